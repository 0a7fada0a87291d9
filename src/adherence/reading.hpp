// What one moment of a factor says: normalised deviation, adherence, skew, and where it stands.
//
// Pure functions of the factor's levels (ADHERENCE.md section 2). Levels are exact and compared
// exactly; ratios are doubles of exact differences, so each is within 2 ulp of the true ratio.
// Levels and their differences are exact within +-1.7e20; differences beyond saturate there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/decimal.hpp"

namespace ballast {

/// A factor's absolute levels, in its own unit.
/// Invariant: limit_lower <= lower <= target <= upper <= limit_upper.
struct FactorState {
  bool known = false;  // false: an input is stale or disputed; levels are the last ones held
  Decimal actual;
  Decimal target;
  Decimal lower;  // the band
  Decimal upper;
  Decimal limit_lower;
  Decimal limit_upper;
  Decimal hedged;  // running exposure of hedge and rebalance fills since the engine's start

  friend bool operator==(const FactorState&, const FactorState&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(known, actual, target, lower, upper, limit_lower, limit_upper, hedged);
  }
};

enum class Region : std::uint8_t { in_band, above, below, unknown };
inline constexpr std::array<std::string_view, 4> region_names{"in_band", "above", "below",
                                                              "unknown"};
constexpr std::string_view to_string(Region region) {
  return region_names[static_cast<std::size_t>(region)];
}

/// z once the factor leaves a side of zero width, and skew where the limit on that side is 0.
constexpr double unbounded_ratio = 1e6;

struct Reading {
  Region region = Region::unknown;
  bool past_limit = false;  // out of band, at its hard limit or beyond: alpha is 0
  double z = 0.0;      // d / (u - tau) above the target, d / (tau - l) below it; 0 when unknown
  double alpha = 0.0;  // 1 in band, 0 at or past the limit, linear between; 0 when unknown
  double skew = 0.0;   // a / U for a >= 0, else -(a / L); 0 when unknown
  Decimal deviation;   // d = a - tau; also while unknown, from the last levels
  Decimal distance;    // signed distance outside the band: + above, - below, 0 in band or unknown

  bool known() const { return region != Region::unknown; }
  bool out_of_band() const { return region == Region::above || region == Region::below; }
};

Reading read(const FactorState& state);

/// x - y, held at the ends of the decimal range instead of overflowing.
constexpr Decimal saturating_difference(Decimal x, Decimal y) {
  Decimal difference;
  if (__builtin_sub_overflow(x.raw, y.raw, &difference.raw) || difference.raw == int128_min) {
    difference.raw = x.raw < 0 ? -int128_max : int128_max;
  }
  return difference;
}

/// The signed distance outside the band, whether or not the state is known.
constexpr Decimal distance_outside(const FactorState& state) {
  if (state.actual > state.upper) return saturating_difference(state.actual, state.upper);
  if (state.actual < state.lower) return saturating_difference(state.actual, state.lower);
  return {};
}

}  // namespace ballast
