// Clock: what time it is for a desk that runs live.
#pragma once

#include <optional>
#include <string>

#include "base/timestamp.hpp"

namespace ballast {

class Clock {
 public:
  virtual ~Clock() = default;

  /// The desk's time. Never goes back between two calls. Any thread.
  virtual Timestamp now() const = 0;
  /// Desk seconds per second of the wall: 1 but for a simulated desk.
  virtual double speed() const { return 1.0; }
  /// What is wrong with it now, in a sentence; nothing when nothing is. Any thread.
  virtual std::optional<std::string> problem() const { return std::nullopt; }

 protected:
  Clock() = default;
  Clock(const Clock&) = default;
  Clock& operator=(const Clock&) = default;
};

}  // namespace ballast
