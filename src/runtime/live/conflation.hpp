// Conflation: prices of an instrument are stored at most once an interval, and then the latest.
//
// A price (`mark`, `top`, `depth`, each by itself) that comes within the interval of the one stored
// before is held; a later one replaces it; what is held when the interval is over is due. So after
// a quiet interval the latest price is always stored. Time is the desk's. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

class Conflation {
 public:
  /// By instrument; zero or absent: everything is stored.
  explicit Conflation(std::vector<Duration> intervals) : intervals_(std::move(intervals)) {
    slots_.resize(intervals_.size() * kinds);
  }

  /// True: it is held, and `event` is spent. False: it is to be stored now.
  bool holds(Event& event, Timestamp now);
  /// When the next held price is due.
  std::optional<Timestamp> due() const {
    return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
  }
  /// The next held price that is due at `now`.
  std::optional<Event> take(Timestamp now);
  /// Those that a later one replaced.
  std::uint64_t replaced() const { return replaced_; }

 private:
  static constexpr std::size_t kinds = 3;
  struct Slot {
    std::optional<Timestamp> stored;
    std::optional<Event> held;
  };

  std::vector<Duration> intervals_;
  std::vector<Slot> slots_;  // by instrument and kind
  std::set<std::pair<Timestamp, std::size_t>> due_;
  std::uint64_t replaced_ = 0;
};

}  // namespace ballast
