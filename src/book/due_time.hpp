// When a deadline falls: a time and a wait, clamped to the representable times.
#pragma once

#include <cstdint>
#include <limits>

#include "base/timestamp.hpp"

namespace ballast {

constexpr Timestamp due_time(Timestamp from, Duration wait) {
  std::int64_t ns = 0;
  if (!__builtin_add_overflow(from.ns, wait.ns, &ns)) return {ns};
  using Limits = std::numeric_limits<std::int64_t>;
  return {wait.ns < 0 ? Limits::min() : Limits::max()};
}

}  // namespace ballast
