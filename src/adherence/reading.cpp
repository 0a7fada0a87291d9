#include "adherence/reading.hpp"

namespace ballast {
namespace {

double ratio(Decimal part, Decimal whole) { return to_double(part.raw) / to_double(whole.raw); }

double normalised(Decimal deviation, const FactorState& state) {
  if (deviation.zero()) return 0.0;
  const bool long_side = deviation.raw > 0;
  const Decimal width = long_side ? saturating_difference(state.upper, state.target)
                                  : saturating_difference(state.target, state.lower);
  if (width.raw > 0) return ratio(deviation, width);
  return long_side ? unbounded_ratio : -unbounded_ratio;
}

double skew(const FactorState& state) {
  if (state.actual.zero()) return 0.0;
  if (state.actual.raw > 0) {
    return state.limit_upper.raw > 0 ? ratio(state.actual, state.limit_upper) : unbounded_ratio;
  }
  return state.limit_lower.raw < 0 ? -ratio(state.actual, state.limit_lower) : -unbounded_ratio;
}

}  // namespace

Reading read(const FactorState& state) {
  Reading reading;
  reading.deviation = saturating_difference(state.actual, state.target);
  if (!state.known) return reading;

  reading.z = normalised(reading.deviation, state);
  reading.skew = skew(state);
  reading.distance = distance_outside(state);
  if (reading.distance.zero()) {
    reading.region = Region::in_band;
    reading.alpha = 1.0;
    return reading;
  }
  const bool above = reading.distance.raw > 0;
  reading.region = above ? Region::above : Region::below;
  // What is left of the way from the band to the limit, as a share of that way.
  const Decimal left = above ? saturating_difference(state.limit_upper, state.actual)
                             : saturating_difference(state.actual, state.limit_lower);
  reading.past_limit = left.raw <= 0;
  if (!reading.past_limit) {
    const Decimal way = above ? saturating_difference(state.limit_upper, state.upper)
                              : saturating_difference(state.lower, state.limit_lower);
    reading.alpha = ratio(left, way);
  }
  return reading;
}

}  // namespace ballast
