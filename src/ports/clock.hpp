// Clock: what time it is for a desk that runs live.
#pragma once

#include <optional>

#include "base/timestamp.hpp"

namespace ballast {

class Clock {
 public:
  virtual ~Clock() = default;

  /// The desk's time. Never goes back between two calls. Any thread.
  virtual Timestamp now() const = 0;
  /// Desk seconds per second of the wall: 1 but for a simulated desk.
  virtual double speed() const { return 1.0; }

 protected:
  Clock() = default;
  Clock(const Clock&) = default;
  Clock& operator=(const Clock&) = default;
};

}  // namespace ballast
