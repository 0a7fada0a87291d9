#include "quant/control/internalisation.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

/// 2 a - k: how fast the worth of hedging grows with inventory.
Result<double> urgency(const InternalisationInput& input) {
  BALLAST_CHECK(require_positive("curvature", input.curvature));
  BALLAST_CHECK(require_not_negative("spread_cost", input.spread_cost));
  BALLAST_CHECK(require_positive("impact", input.impact));
  BALLAST_CHECK(require_not_negative("permanent_impact", input.permanent_impact));
  const double slope = 2.0 * input.curvature - input.permanent_impact;
  if (slope > 0.0) return slope;
  return fail(Errc::bad_input,
              fmt::format("permanent_impact is {}: it must be below 2 curvature, {}, or hedging "
                          "moves the price by more than it saves",
                          input.permanent_impact, 2.0 * input.curvature));
}

}  // namespace

Result<double> internalisation_half_width(const InternalisationInput& input) {
  BALLAST_TRY(slope, urgency(input));
  return input.spread_cost / slope;
}

Result<double> hedging_rate(const InternalisationInput& input, double q) {
  BALLAST_TRY(slope, urgency(input));
  BALLAST_CHECK(require_finite("q", q));
  const double gain = std::max(0.0, slope * std::fabs(q) - input.spread_cost);
  return gain > 0.0 ? -std::copysign(gain / (2.0 * input.impact), q) : 0.0;
}

}  // namespace ballast
