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
#include "quant/control/domain.hpp"

namespace ballast {

[[gnu::cold]] tl::unexpected<Error> not_known(std::string_view name);

/// An input that the model cannot do without: known, finite and above 0, or an error that names it.
inline Result<double> required(std::string_view name, const std::optional<double>& input) {
  if (!input) return not_known(name);
  BALLAST_CHECK(require_positive(name, *input));
  return *input;
}

/// gamma, 1 / reporting currency, as the formulas want it: 1 / price.
inline Result<double> per_fill(double gamma, const SkewInput& input) {
  BALLAST_CHECK(require_positive("gamma", gamma));
  BALLAST_CHECK(require_positive("money", input.money));
  BALLAST_CHECK(require_positive("fill", input.fill));
  const double scaled = gamma * input.money * input.fill;
  BALLAST_CHECK(require_positive("gamma times the money of a fill", scaled));
  return scaled;
}

/// The deviation in fills.
inline Result<double> fills_held(const SkewInput& input) {
  BALLAST_CHECK(require_finite("deviation", input.deviation));
  BALLAST_CHECK(require_positive("fill", input.fill));
  return input.deviation / input.fill;
}

/// The quote of two depths; an error when they are more than a double holds.
Result<SkewedQuote> quote_at(double bid_depth, double ask_depth);

}  // namespace ballast
