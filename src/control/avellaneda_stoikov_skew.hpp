// AvellanedaStoikovSkew: reservation price and spread of Avellaneda and Stoikov (2008) for the
// deviation, in fills, with a horizon that rolls along: the desk never closes.
//
//   half spread  g sigma^2 T / 2 + ln(1 + g/k) / g       skew a fill  g sigma^2 T
//
// g is the aversion per fill (fill_units.hpp). Needs sigma and k; with a half-life the fill rate
// too.
#pragma once

#include "control/skew_model.hpp"

namespace ballast {

Result<SkewedQuote> skewed(const AvellanedaStoikovSkew& model, const SkewInput& input);

}  // namespace ballast
