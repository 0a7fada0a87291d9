// When each of a fixed set of things is next due: an indexed binary heap, one entry a thing.
//
// set() moves a thing's time in O(log n) without allocating; the order of equal times is by index,
// so that replay fires them alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "base/timestamp.hpp"

namespace ballast {

class DueTimes {
 public:
  static constexpr Timestamp never{std::numeric_limits<std::int64_t>::max()};

  explicit DueTimes(std::size_t count) : due_(count, never), place_(count) {
    heap_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      heap_.push_back(static_cast<std::uint32_t>(i));
      place_[i] = static_cast<std::uint32_t>(i);
    }
  }

  bool empty() const { return heap_.empty(); }
  /// The earliest; `never` when nothing is due.
  Timestamp first_due() const { return heap_.empty() ? never : due_[heap_.front()]; }
  std::size_t first() const { return heap_.front(); }
  Timestamp due(std::size_t index) const { return due_[index]; }

  void set(std::size_t index, Timestamp due) {
    if (due_[index] == due) return;
    const bool earlier = due < due_[index];
    due_[index] = due;
    if (earlier) {
      up(place_[index]);
    } else {
      down(place_[index]);
    }
  }

  template <class Archive>
  void archive(Archive& ar) {
    std::vector<std::int64_t> times(due_.size());
    for (std::size_t i = 0; i < due_.size(); ++i)
      times[i] = due_[i].ns;
    ar(times);
    if (times.size() != due_.size()) return;
    for (std::size_t i = 0; i < due_.size(); ++i)
      set(i, Timestamp{times[i]});
  }

 private:
  bool before(std::uint32_t a, std::uint32_t b) const {
    return due_[a] != due_[b] ? due_[a] < due_[b] : a < b;
  }
  void put(std::size_t place, std::uint32_t item) {
    heap_[place] = item;
    place_[item] = static_cast<std::uint32_t>(place);
  }
  void up(std::size_t place) {
    const std::uint32_t item = heap_[place];
    while (place > 0 && before(item, heap_[(place - 1) / 2])) {
      put(place, heap_[(place - 1) / 2]);
      place = (place - 1) / 2;
    }
    put(place, item);
  }
  void down(std::size_t place) {
    const std::uint32_t item = heap_[place];
    while (2 * place + 1 < heap_.size()) {
      std::size_t child = 2 * place + 1;
      if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
      if (!before(heap_[child], item)) break;
      put(place, heap_[child]);
      place = child;
    }
    put(place, item);
  }

  std::vector<Timestamp> due_;        // by thing
  std::vector<std::uint32_t> place_;  // by thing: where in the heap
  std::vector<std::uint32_t> heap_;
};

}  // namespace ballast
