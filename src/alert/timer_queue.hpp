// TimerQueue: at most one pending time for each of a fixed set of timers, soonest first.
//
// A binary heap of timer numbers that knows where each stands, so that a timer is moved or
// cancelled in place: its size is bounded by the number of timers, however often they change. Equal
// times run in the order of their numbers. set() and cancel() are O(log n); nothing allocates after
// construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/contract.hpp"
#include "base/timestamp.hpp"

namespace ballast {

class TimerQueue {
 public:
  explicit TimerQueue(std::size_t count) : due_(count), place_(count, absent) {
    heap_.reserve(count);
  }

  bool empty() const { return heap_.empty(); }
  /// The timer that is due first; the queue is not empty.
  std::size_t first() const { return heap_.front(); }
  Timestamp first_due() const { return due_[heap_.front()]; }
  std::optional<Timestamp> due(std::size_t timer) const {
    return place_[timer] == absent ? std::nullopt : std::optional(due_[timer]);
  }

  void set(std::size_t timer, Timestamp due) {
    due_[timer] = due;
    if (place_[timer] == absent) {
      heap_.push_back(static_cast<std::uint32_t>(timer));
      place_[timer] = static_cast<std::uint32_t>(heap_.size() - 1);
    }
    sift_down(sift_up(place_[timer]));
  }

  void cancel(std::size_t timer) {
    const std::uint32_t hole = place_[timer];
    if (hole == absent) return;
    place_[timer] = absent;
    const std::uint32_t last = heap_.back();
    heap_.pop_back();
    if (last == timer) return;
    put(hole, last);
    sift_down(sift_up(hole));
  }

  template <class Archive>
  void archive(Archive& ar) {
    for (std::size_t timer = 0; timer < due_.size(); ++timer) {
      auto when = due(timer);
      ar(when);
      if constexpr (Archive::loading) {
        if (when) {
          set(timer, *when);
        } else {
          cancel(timer);
        }
      }
    }
  }

 private:
  static constexpr std::uint32_t absent = UINT32_MAX;

  bool before(std::uint32_t a, std::uint32_t b) const {
    return std::pair(due_[a], a) < std::pair(due_[b], b);
  }
  void put(std::uint32_t place, std::uint32_t timer) {
    heap_[place] = timer;
    place_[timer] = place;
  }
  std::uint32_t sift_up(std::uint32_t at) {
    const std::uint32_t timer = heap_[at];
    for (; at > 0; at = (at - 1) / 2) {
      const std::uint32_t parent = heap_[(at - 1) / 2];
      if (!before(timer, parent)) break;
      put(at, parent);
    }
    put(at, timer);
    return at;
  }
  void sift_down(std::uint32_t at) {
    const std::uint32_t timer = heap_[at];
    const auto size = static_cast<std::uint32_t>(heap_.size());
    for (std::uint32_t child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && before(heap_[child + 1], heap_[child])) ++child;
      if (!before(heap_[child], timer)) break;
      put(at, heap_[child]);
      at = child;
    }
    put(at, timer);
  }

  std::vector<Timestamp> due_;        // by timer; meaningful while it is in the heap
  std::vector<std::uint32_t> place_;  // by timer: its place in the heap, or absent
  std::vector<std::uint32_t> heap_;
};

}  // namespace ballast
