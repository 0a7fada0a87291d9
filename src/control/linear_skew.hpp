// LinearSkew: prices and sizes that lean in proportion to z, the deviation in band half widths.
//
//   half      = half_spread * mid
//   shift     = price_skew * half * clamp(z, -2, 2)          of the middle, downwards
//   bid depth = half + shift                                 ask depth = half - shift
//   bid size  = 1 - size_skew * clamp(z, -1, 1)              ask size  = 1 + the same
//
// At the band's edge the middle has moved price_skew half spreads and size_skew of the size has
// moved across. Sizes stop there, for a share of more than everything means nothing; prices go on
// to twice the way, by when hedges have their turn, and no further: a broken target must not send a
// quote through the book. Needs no market data but the mid.
#pragma once

#include "control/skew_model.hpp"

namespace ballast {

Result<SkewedQuote> skewed(const LinearSkew& model, const SkewInput& input);

}  // namespace ballast
