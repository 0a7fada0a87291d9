// Tape: the events of a made-up day in the order in which they arrive, collected second by second.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/event.hpp"

namespace ballast {

class Tape {
 public:
  explicit Tape(Timestamp start) : second_(start) {}

  Timestamp now() const { return second_; }
  /// In this second, `ms` milliseconds into it; sorted when the second ends.
  void at(std::int64_t ms, EventBody body) {
    pending_.push_back({second_ + Duration::milliseconds(ms), std::move(body)});
  }
  /// Arrives at the end of this second with an earlier time of its own.
  void late(Event event) { late_.push_back(std::move(event)); }

  void end_second() {
    std::stable_sort(pending_.begin(), pending_.end(),
                     [](const Event& a, const Event& b) { return a.t < b.t; });
    for (std::vector<Event>* part : {&pending_, &late_}) {
      std::move(part->begin(), part->end(), std::back_inserter(events_));
      part->clear();
    }
    second_ = second_ + Duration::seconds(1);
  }

  std::vector<Event> take() { return std::move(events_); }

 private:
  Timestamp second_;
  std::vector<Event> pending_;
  std::vector<Event> late_;
  std::vector<Event> events_;
};

}  // namespace ballast
