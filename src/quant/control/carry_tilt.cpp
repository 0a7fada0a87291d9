#include "quant/control/carry_tilt.hpp"

#include <cmath>

#include "quant/control/domain.hpp"

namespace ballast {

Result<double> carry_confidence(double carry, double standard_error) {
  BALLAST_CHECK(require_finite("carry", carry));
  BALLAST_CHECK(require_not_negative("standard_error", standard_error));
  if (std::fabs(carry) <= standard_error) return 0.0;
  const double ratio = standard_error / carry;
  return 1.0 - ratio * ratio;
}

Result<double> carry_tilt(const CarryTiltInput& input) {
  BALLAST_TRY(confidence, carry_confidence(input.carry, input.standard_error));
  BALLAST_CHECK(require_positive("variance", input.variance));
  BALLAST_CHECK(require_positive("gamma", input.gamma));
  const double tilt = confidence * (input.carry / input.variance / input.gamma);
  BALLAST_CHECK(require_finite("the tilt", tilt));
  return tilt;
}

}  // namespace ballast
