#include "quant/pricing/settlement_average.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

struct Parts {
  double wait = 0.0;  // until the window opens, years
  double left = 0.0;  // of the window, years
  double share = 0.0;
  double fixed = 0.0;  // what the window has seen puts into the mean, quote per coin
};

Result<Parts> parts_of(const SettlementAverage& average) {
  BALLAST_CHECK(require_positive("forward", average.forward));
  BALLAST_CHECK(require_not_negative("years", average.years));
  BALLAST_CHECK(require_positive("window_years", average.window_years));
  Parts parts;
  parts.left = std::min(average.years, average.window_years);
  parts.wait = average.years - parts.left;
  parts.share = parts.left / average.window_years;
  if (parts.share < 1.0) {
    BALLAST_CHECK(require_positive("seen", average.seen));
    parts.fixed = (1.0 - parts.share) * average.seen;
  }
  return parts;
}

/// ln(2 (e^v - 1 - v) / v^2) and its derivative, v >= 0.
struct Growth {
  double log = 0.0;
  double slope = 0.0;
};
Growth growth(double v) {
  if (v < 0.5) {
    // The quotient is 1 + y, y the sum over n >= 1 of 2 v^n / (n + 2)!.
    double term = 1.0;
    double y = 0.0;
    double slope = 0.0;
    constexpr int terms = 14;
    for (int n = 1; n <= terms; ++n) {
      slope += n * term / (n + 2);
      term *= v / (n + 2);
      y += term;
    }
    return {std::log1p(y), slope / (1.0 + y)};
  }
  const double rest = std::expm1(-v) + v * std::exp(-v);  // -(e^v - 1 - v) e^-v
  return {v + std::log(-2.0 * rest / (v * v)), std::expm1(-v) / rest - 2.0 / v};
}

/// Price and greeks of the part that still moves.
Result<BlackGreeks> moving_part(const AveragedOptionInput& input,
                                const Parts& parts,
                                double strike) {
  const double variance = input.vol * input.vol;
  const Growth of_window = growth(variance * parts.left);
  const double stdev = std::sqrt(variance * parts.wait + of_window.log);
  BALLAST_TRY(greeks, black76({.right = input.right,
                               .forward = input.average.forward,
                               .strike = strike,
                               .years = 1.0,
                               .vol = stdev}));
  // Black's vega is of s; ds/dvol = vol (wait + left d log / dv) / s.
  const double per_vol = input.vol * (parts.wait + parts.left * of_window.slope);
  greeks.vega *= stdev > 0.0 ? per_vol / stdev : std::sqrt(parts.wait + parts.left / 3.0);
  return greeks;
}

}  // namespace

Result<SettlementMean> settlement_mean(const SettlementAverage& average) {
  BALLAST_TRY(parts, parts_of(average));
  const double moving = parts.share * average.forward;
  return SettlementMean{.expected = parts.fixed + moving,
                        .share_left = parts.share,
                        .coin_share = moving / (parts.fixed + moving),
                        .deviation_years = parts.wait + parts.left / 3.0};
}

Result<AveragedOption> averaged_option(const AveragedOptionInput& input) {
  BALLAST_CHECK(require_not_negative("strike", input.strike));
  BALLAST_CHECK(require_not_negative("vol", input.vol));
  BALLAST_TRY(parts, parts_of(input.average));
  const double sign = input.right == OptionRight::call ? 1.0 : -1.0;
  const double expected = parts.fixed + parts.share * input.average.forward;
  AveragedOption option;
  if (parts.share == 0.0 || input.strike <= parts.fixed) {
    // Exercise no longer depends on what is to come.
    const double worth = sign * (expected - input.strike);
    const bool exercised = worth > 0.0;
    option.price = exercised ? worth : 0.0;
    option.delta = exercised ? sign * parts.share : 0.0;
  } else {
    BALLAST_TRY(greeks, moving_part(input, parts, (input.strike - parts.fixed) / parts.share));
    option.price = parts.share * greeks.price;
    option.delta = parts.share * greeks.delta;
    option.gamma = parts.share * greeks.gamma;
    option.vega = parts.share * greeks.vega;
  }
  option.price_coin = option.price / expected;
  option.delta_net = option.delta - parts.share * option.price_coin;
  return option;
}

}  // namespace ballast
