// Settlement at an average: Deribit delivers at the time-weighted mean of its index over the last
// 30 minutes. As the window passes, what it has seen no longer moves, and delta decays with the
// time left of it.
//
//   mean      A = (1 - u) seen + u X,  u: the share of the window that is left (1 before it opens),
//             X: the mean over what is left
//   deviation E[X^2] = F^2 exp(vol^2 wait) 2 (e^v - 1 - v) / v^2,  v = vol^2 times what is left of
//   the
//             window, wait: the time until it opens. X is taken as lognormal with these two
//             moments.
//   option    u times Black's with strike (K - (1 - u) seen) / u; where that is at or below 0 the
//             option is a forward
// The lognormal of an average is an approximation (Turnbull and Wakeman 1991, J. Financial and
// Quantitative Analysis 26; Levy 1992, J. International Money and Finance 11). Over half an hour, v
// is below 1e-3 at any volatility that trades, and its error far below a thousandth of the price.
// The same paid in coin is worth the price over F, up to the move of the index within the window.
// Tests: limits (before, at the end), Monte Carlo, finite differences, parity.
#pragma once

#include "base/result.hpp"
#include "quant/pricing/black.hpp"

namespace ballast {

constexpr double deribit_window_years = 30.0 / (365.0 * 24.0 * 60.0);

struct SettlementAverage {
  double forward = 0.0;  // F of the index: its level now, once the window is open; > 0
  double years = 0.0;    // to the end of the window, >= 0
  double window_years = deribit_window_years;  // > 0
  double seen =
      0.0;  // mean of the index since the window opened, > 0 then; else it is not asked for
};

struct SettlementMean {
  double expected = 0.0;    // the settlement price, quote per coin
  double share_left = 0.0;  // u: also the delta of a linear future, of its delta before the window
  double coin_share = 0.0;  // u F / expected: the same of an inverse future's N / mark
  double deviation_years = 0.0;  // of X at small volatility: wait + left / 3
};
/// Error: bad_input.
Result<SettlementMean> settlement_mean(const SettlementAverage& average);

struct AveragedOptionInput {
  OptionRight right = OptionRight::call;
  double strike = 0.0;  // quote per coin, >= 0
  double vol = 0.0;     // annual, of the index, >= 0
  SettlementAverage average;
};

/// Of one contract on one coin, undiscounted.
struct AveragedOption {
  double price = 0.0;       // quote
  double price_coin = 0.0;  // of the option paid in coin
  double delta = 0.0;       // d price / d forward
  double delta_net = 0.0;   // delta - u price_coin: what a book kept in coin holds
  double gamma = 0.0;       // d2 price / d forward2
  double vega = 0.0;        // d price / d vol, per 1.00
};
/// Errors: bad_input; overflow.
Result<AveragedOption> averaged_option(const AveragedOptionInput& input);

}  // namespace ballast
