// The clocks of a served desk.
#pragma once

#include <cstdint>
#include <mutex>

#include "ports/clock.hpp"

namespace ballast {

/// Nanoseconds of the machine's clocks; tests put others in their place.
struct ClockSource {
  std::int64_t (*wall)() = nullptr;       // since the epoch; may be set
  std::int64_t (*monotonic)() = nullptr;  // of an arbitrary beginning; never goes back
};
ClockSource machine_clocks();

/// The wall's time, which never goes back: when the wall is set back, it stands until the wall has
/// caught up. A step of the wall against the monotonic clock is a problem for a while.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(ClockSource source = machine_clocks());
  Timestamp now() const override;
  std::optional<std::string> problem() const override;

  static constexpr Duration step_least = Duration::milliseconds(500);
  static constexpr Duration told_for = Duration::minutes(10);

 private:
  void look() const;

  ClockSource source_;
  mutable std::mutex mutex_;
  mutable std::int64_t last_ = 0;
  mutable std::int64_t offset_ = 0;   // of the wall to the monotonic clock
  mutable Duration step_{};           // the last one
  mutable std::int64_t stepped_ = 0;  // monotonic
};

/// A simulated desk's time: from a beginning on, so many seconds a second.
class ScaledClock final : public Clock {
 public:
  ScaledClock(Timestamp begin, double speed, ClockSource source = machine_clocks());
  Timestamp now() const override;
  double speed() const override { return speed_; }

 private:
  ClockSource source_;
  Timestamp begin_;
  double speed_;
  std::int64_t since_;  // monotonic
};

}  // namespace ballast
