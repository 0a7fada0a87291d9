// MultiAssetSkew: what the desk holds too much of in all assets together leans each quote
// (Bergault, Evangelista, Gueant and Vieira 2021). The matrix is solved once for all quotes; here
// is what it says of this one, in prices:
//
//   bid depth = joint_half_spread + joint_skew        ask depth = joint_half_spread - joint_skew
//
// joint_skew is (Gamma q)_i with q the deviations: positive when the desk holds too much of what
// moves with this instrument, which lowers both prices. Needs both.
#pragma once

#include "control/skew_model.hpp"

namespace ballast {

Result<SkewedQuote> skewed(const MultiAssetSkew& model, const SkewInput& input);

}  // namespace ballast
