// What every part of the live benchmark uses: its two clocks, its one error, and samples of spans.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <time.h>

namespace ballast::live_bench {

/// The benchmark cannot go on, or what it found ends it at once.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

constexpr std::int64_t ns_a_ms = 1'000'000;
constexpr std::int64_t ns_a_second = 1'000'000'000;

inline std::int64_t clock_ns(clockid_t which) {
  timespec at{};
  ::clock_gettime(which, &at);
  return std::int64_t{at.tv_sec} * ns_a_second + at.tv_nsec;
}
/// For spans.
inline std::int64_t steady_ns() { return clock_ns(CLOCK_MONOTONIC); }
/// For the times of events, which the service holds against its own clock.
inline std::int64_t wall_ns() { return clock_ns(CLOCK_REALTIME); }

inline double to_seconds(std::int64_t ns) {
  return static_cast<double>(ns) / static_cast<double>(ns_a_second);
}

/// Spans, all kept: a run has some hundred thousand. Of one thread at a time.
class Samples {
 public:
  void add(std::int64_t ns) { values_.push_back(ns); }
  void add(const Samples& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  }
  std::size_t size() const { return values_.size(); }
  /// In milliseconds; 0 where there is none. @param share  1: the longest.
  double quantile_ms(double share) const {
    if (values_.empty()) return 0.0;
    std::vector<std::int64_t> sorted = values_;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
    const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(at);
    std::nth_element(sorted.begin(), nth, sorted.end());
    return static_cast<double>(*nth) / static_cast<double>(ns_a_ms);
  }

 private:
  std::vector<std::int64_t> values_;
};

}  // namespace ballast::live_bench
