#include "control/multi_asset_skew.hpp"

#include "control/fill_units.hpp"
#include "quant/control/domain.hpp"

namespace ballast {

Result<SkewedQuote> skewed(const MultiAssetSkew& /*model*/, const SkewInput& input) {
  if (!input.joint_skew) return fail(Errc::stale_data, "joint_skew is not known");
  BALLAST_CHECK(require_finite("joint_skew", *input.joint_skew));
  BALLAST_TRY(half, required("joint_half_spread", input.joint_half_spread));
  return quote_at(half + *input.joint_skew, half - *input.joint_skew);
}

}  // namespace ballast
