#include "apps/ballast/system_clock.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

namespace ballast {
namespace {

std::int64_t read(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

ClockSource machine_clocks() {
  return {[] { return read(CLOCK_REALTIME); }, [] { return read(CLOCK_MONOTONIC); }};
}

SystemClock::SystemClock(ClockSource source)
    : source_(source), last_(source.wall()), offset_(last_ - source.monotonic()) {}

/// What the wall did since the last look.
void SystemClock::look() const {
  const std::int64_t monotonic = source_.monotonic();
  const std::int64_t wall = source_.wall();
  const std::int64_t moved = wall - monotonic - offset_;
  offset_ += moved;
  if (moved >= step_least.ns || moved <= -step_least.ns) {
    step_ = {moved};
    stepped_ = monotonic;
  }
  last_ = std::max(last_, wall);
}

Timestamp SystemClock::now() const {
  const std::lock_guard lock(mutex_);
  look();
  return {last_};
}

std::optional<std::string> SystemClock::problem() const {
  const std::lock_guard lock(mutex_);
  look();
  const std::int64_t behind = last_ - source_.wall();
  if (behind >= step_least.ns) {
    return fmt::format(
        "the machine's clock was set back: the desk's clock stands at {} until it "
        "has caught up, in {:.1f} s",
        to_string(Timestamp{last_}), Duration{behind}.to_seconds());
  }
  if (step_.ns == 0 || source_.monotonic() - stepped_ > told_for.ns) return std::nullopt;
  const bool forward = step_.ns > 0;
  return fmt::format(
      "the machine's clock was set {} by {:.1f} s, {:.0f} s ago: look after its "
      "synchronisation",
      forward ? "forward" : "back", Duration{forward ? step_.ns : -step_.ns}.to_seconds(),
      Duration{source_.monotonic() - stepped_}.to_seconds());
}

ScaledClock::ScaledClock(Timestamp begin, double speed, ClockSource source)
    : source_(source), begin_(begin), speed_(speed), since_(source.monotonic()) {}

Timestamp ScaledClock::now() const {
  const auto passed = static_cast<double>(source_.monotonic() - since_) * speed_;
  return begin_ + Duration{static_cast<std::int64_t>(passed)};
}

}  // namespace ballast
