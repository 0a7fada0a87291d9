// Avellaneda and Stoikov (2008), "High-frequency trading in a limit order book", Quantitative
// Finance 8(3), equations 3.17 and 3.18: where a market maker with exponential utility quotes.
//
// The mid moves as a Brownian motion; a quote at depth d from it is hit at rate A exp(-k d).
// Tests: the paper's formulas at the values of its tables. Its table of simulated means does not
// follow from the procedure in its text, so only the orderings in it are worth testing.
#pragma once

#include "base/result.hpp"

namespace ballast {

struct AvellanedaStoikovInput {
  double mid = 0.0;      // price
  double q = 0.0;        // inventory, in units of what one fill trades; > 0: long
  double gamma = 0.0;    // risk aversion, 1 / money, > 0
  double sigma = 0.0;    // volatility, price per root of time, >= 0
  double k = 0.0;        // decay of the fill rate with depth, 1 / price, > 0
  double horizon = 0.0;  // T - t, in the time of sigma, >= 0
};

struct AvellanedaStoikov {
  double reservation = 0.0;  // r = s - q gamma sigma^2 (T - t)
  double spread = 0.0;       // gamma sigma^2 (T - t) + (2 / gamma) ln(1 + gamma / k), ask - bid
  double bid = 0.0;          // r - spread / 2; may be above the mid when short
  double ask = 0.0;
};

/// Bad input (a value outside its domain or not finite) is an error that names it.
Result<AvellanedaStoikov> avellaneda_stoikov(const AvellanedaStoikovInput& input);

}  // namespace ballast
