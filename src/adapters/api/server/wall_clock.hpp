// The wall's time, for what the world dates by it: expiry of tokens, `Date` headers. The desk's own
// time is another, and comes from ports/clock.hpp.
#pragma once

#include <chrono>
#include <functional>

#include "base/timestamp.hpp"

namespace ballast::api {

using WallClock = std::function<Timestamp()>;

inline Timestamp wall_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count()};
}

}  // namespace ballast::api
