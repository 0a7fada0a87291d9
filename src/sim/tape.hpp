// Tape: the events of a made-up day in the order in which they arrive, collected second by second
// and played as they are asked for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "model/event.hpp"

namespace ballast {

class Tape {
 public:
  /// Bodies that are made only once everything up to their time has happened.
  using Lazy = std::function<std::vector<EventBody>()>;

  explicit Tape(Timestamp start) : second_(start) {}

  Timestamp now() const { return second_; }
  /// In this second, `ms` milliseconds into it; sorted when the second ends.
  void at(std::int64_t ms, EventBody body) {
    pending_.push_back({{second_ + Duration::milliseconds(ms), std::move(body)}, nullptr});
  }
  /// The same, behind a time event.
  void at(std::int64_t ms, Lazy lazy) {
    pending_.push_back({{second_ + Duration::milliseconds(ms), Tick{}}, std::move(lazy)});
  }
  /// Arrives at the end of this second with an earlier time of its own.
  void late(Event event) { late_.push_back({std::move(event), nullptr}); }

  void end_second() {
    std::stable_sort(pending_.begin(), pending_.end(),
                     [](const Entry& a, const Entry& b) { return a.event.t < b.event.t; });
    for (std::vector<Entry>* part : {&pending_, &late_}) {
      std::move(part->begin(), part->end(), std::back_inserter(entries_));
      part->clear();
    }
    second_ = second_ + Duration::seconds(1);
  }

  bool empty() const { return entries_.empty() && !lazy_; }
  /// The next of the ended seconds' events. Requires that there is one.
  Event next() {
    if (lazy_) {
      const Lazy lazy = std::exchange(lazy_, nullptr);
      std::vector<EventBody> bodies = lazy();
      for (auto body = bodies.rbegin(); body != bodies.rend(); ++body)
        entries_.push_front({{lazy_at_, std::move(*body)}, nullptr});
      if (entries_.empty()) return {lazy_at_, Tick{}};
    }
    Entry entry = std::move(entries_.front());
    entries_.pop_front();
    lazy_ = std::move(entry.lazy);
    lazy_at_ = entry.event.t;
    return std::move(entry.event);
  }

 private:
  struct Entry {
    Event event;
    Lazy lazy;  // what follows it
  };
  Timestamp second_;
  std::vector<Entry> pending_;
  std::vector<Entry> late_;
  std::deque<Entry> entries_;
  Lazy lazy_;
  Timestamp lazy_at_{};
};

}  // namespace ballast
