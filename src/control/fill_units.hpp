// The one place where a quote's market is put into the units of the formulas.
//
// Avellaneda-Stoikov and GLFT count inventory in fills, each of one unit, and let wealth be in
// price times such units: risk aversion is then 1 / price. Here a fill is `fill` units of the
// instrument's quantity, and wealth is in reporting currency, so that
//
//   a price move of 1 against one fill costs    fill * money                reporting currency
//   exp(-gamma * wealth) has per fill           gamma * money * fill        1 / price
//   inventory                                   deviation / fill            fills
//
// sigma, k and the depths stay in prices. With unit fills of this size the formulas are those for
// fills of `delta` units: Gueant (2017) with xi = gamma * money, delta = fill. Rescaling the lot,
// the price or the currency (and gamma inversely) changes no quote; a test holds every model to it.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "control/skew_model.hpp"

namespace ballast {

/// An input that the model cannot do without: known, finite and above 0, or an error that names it.
Result<double> required(std::string_view name, const std::optional<double>& input);

/// gamma, 1 / reporting currency, as the formulas want it: 1 / price.
Result<double> per_fill(double gamma, const SkewInput& input);

/// The deviation in fills.
Result<double> fills_held(const SkewInput& input);

/// The quote of two depths; an error when they are more than a double holds.
Result<SkewedQuote> quote_at(double bid_depth, double ask_depth);

}  // namespace ballast
