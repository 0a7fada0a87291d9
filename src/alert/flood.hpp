// Flood control: at most so many notifications of firing alerts in a calendar minute (UTC).
//
// What is past the limit is counted, and the count is told once when the minute has ended. Only
// notifications are held back; no transition is.
#pragma once

#include <cstdint>

#include "base/timestamp.hpp"

namespace ballast {

class FloodControl {
 public:
  static constexpr Duration minute = Duration::minutes(1);

  explicit FloodControl(std::uint32_t per_minute) : per_minute_(per_minute) {}

  /// May a notification go out at t? Times never go back.
  bool admit(Timestamp t) {
    if (const Timestamp start = floor_to(t, minute); start != minute_) {
      minute_ = start;
      admitted_ = 0;
    }
    if (admitted_ == per_minute_) {
      ++held_back_;
      return false;
    }
    ++admitted_;
    return true;
  }
  std::uint32_t held_back() const { return held_back_; }
  Timestamp minute_start() const { return minute_; }
  /// The count since it was last taken; zero from here on.
  std::uint32_t take_held_back() {
    const std::uint32_t count = held_back_;
    held_back_ = 0;
    return count;
  }

  template <class Archive>
  void archive(Archive& ar) {
    ar(minute_, admitted_, held_back_);
  }

 private:
  std::uint32_t per_minute_;
  std::uint32_t admitted_ = 0;
  std::uint32_t held_back_ = 0;
  Timestamp minute_{};
};

}  // namespace ballast
