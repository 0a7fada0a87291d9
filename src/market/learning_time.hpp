// What the parts of MarketLearning share: spans between any two times, and levels held over one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/timestamp.hpp"
#include "market/learning.hpp"

namespace ballast::learning_time {

constexpr double seconds_per_day = 86400.0;

/// Any two times are within 2^64 ns of each other, though not within 2^63. Requires from <= to.
inline double seconds_between(Timestamp from, Timestamp to) {
  return static_cast<double>(static_cast<std::uint64_t>(to.ns) -
                             static_cast<std::uint64_t>(from.ns)) *
         1e-9;
}
inline double days_between(Timestamp from, Timestamp to) {
  return seconds_between(from, to) / seconds_per_day;
}
inline double days(Duration span) { return span.to_seconds() / seconds_per_day; }

/// to - from is above `span`; false when `to` is the earlier one.
inline bool further(Timestamp from, Timestamp to, Duration span) {
  return to > from && static_cast<std::uint64_t>(to.ns) - static_cast<std::uint64_t>(from.ns) >
                          static_cast<std::uint64_t>(span.ns);
}

constexpr std::size_t index(Feed feed) { return static_cast<std::size_t>(feed); }

}  // namespace ballast::learning_time

namespace ballast {

template <std::size_t count>
void MarketLearning::pass_held(HeldMeans<count>& means,
                               const std::optional<Timestamp>& from,
                               Timestamp to) const {
  if (!from || to <= *from) return;
  if (learning_time::further(*from, to, config_.max_age)) means.release();
  means.pass(learning_time::seconds_between(*from, to));
}

}  // namespace ballast
