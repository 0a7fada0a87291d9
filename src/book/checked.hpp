// Sums that say no instead of leaving the decimal range. The range is symmetric: the one raw value
// without a negative counts as outside, so a result can always be negated.
#pragma once

#include "base/decimal.hpp"
#include "base/int128.hpp"

namespace ballast {

template <class Tag>
[[nodiscard]] constexpr bool add_to(Fixed<Tag>& sum, Fixed<Tag> term) {
  Int128 raw = 0;
  if (__builtin_add_overflow(sum.raw, term.raw, &raw) || raw == int128_min) return false;
  sum.raw = raw;
  return true;
}

template <class Tag>
[[nodiscard]] constexpr bool subtract_from(Fixed<Tag>& sum, Fixed<Tag> term) {
  Int128 raw = 0;
  if (__builtin_sub_overflow(sum.raw, term.raw, &raw) || raw == int128_min) return false;
  sum.raw = raw;
  return true;
}

}  // namespace ballast
