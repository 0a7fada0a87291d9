// Monte Carlo under Heston's model, by Andersen's (2008) quadratic-exponential scheme with
// martingale correction, Journal of Computational Finance 11(3). The variance of the next step has
// the exact mean and variance whether or not Feller's condition holds, and touches 0 as the model
// does.
//
// Within a step the logarithm of the price is a Brownian bridge with the mean variance of the two
// ends, of which the extreme is drawn exactly: so the extreme is that of continuous watching.
// Price and a European option are control variates: their exact values are known.
// Every path has a generator of its own, made from seed and number: more paths begin as fewer do.
// Tests: European prices against the closed sum, also where Feller's condition is far from holding;
// lookbacks against reference values, and against Black and Scholes with hardly any volatility of
// the variance.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.hpp"
#include "quant/pricing/heston.hpp"
#include "quant/pricing/lookback.hpp"

namespace ballast {

struct HestonPaths {
  HestonParameters parameters;  // sigma > 0
  double spot = 0.0;            // > 0
  double rate = 0.0;            // continuous, annual
  double yield = 0.0;           // continuous, annual
  std::int64_t paths = 0;       // 2 to 1e8
  int steps = 0;                // of time up to the end: 1 to 100,000; about 200 a year are plenty
  std::uint64_t seed = 0;
};

struct MonteCarloPrice {
  double price = 0.0;
  double std_error = 0.0;
  double plain_std_error = 0.0;  // without control variates
  int controls = 0;              // how many of the two were of use
};

/// Any of the four styles. With `fixings` >= 1 the extreme is taken at so many equal dates and now,
/// floating and fixed only; steps are then a multiple of them. Errors: check_heston's and
/// check_lookback's; bad_input; overflow.
Result<MonteCarloPrice> lookback_price_heston(const HestonPaths& paths,
                                              const Lookback& lookback,
                                              std::optional<int> fixings = {});

/// A European option by the same paths, with the price as control variate alone: how well the
/// scheme does. Errors: check_heston's; bad_input; overflow.
Result<MonteCarloPrice> european_price_heston(const HestonPaths& paths,
                                              OptionRight right,
                                              double strike,
                                              double years);

}  // namespace ballast
