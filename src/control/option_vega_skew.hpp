// OptionVegaSkew: Baldacci, Bergault and Guéant (2021), "Algorithmic market making for options"
// (quant/control/option_market_making.hpp). The vega that the desk has beyond its target leans all
// quotes of a vega factor alike: by one number of volatility points, each option's price by that
// times its vega. Long before the end, with no view of volatility; the delta is hedged elsewhere.
//
//   bid depth = joint_half_spread + joint_skew        ask depth = joint_half_spread - joint_skew
//
// How often a side trades is configured, since few options print often enough to learn it:
// fills_a_day exp(-depth / (vega vol_depth)). Needs the unit's price, and the vega.
#pragma once

#include "control/situation.hpp"
#include "control/skew_model.hpp"

namespace ballast {

/// Sets what the quotes of the factor together say of this one; nothing where a vega or price is
/// missing. Options of which that is so for themselves are left out of the others' sum.
void lean_by_vega(const Situation& situation,
                  const QuoteConfig& config,
                  const OptionVegaSkew& model,
                  SkewInput& input);

Result<SkewedQuote> skewed(const OptionVegaSkew& model, const SkewInput& input);

}  // namespace ballast
