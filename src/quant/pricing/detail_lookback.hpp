// What lookbacks watched continuously and at fixings share: all of floating (lambda 1) and fixed
// ones is the value of what the extreme will exceed a level by.
#pragma once

#include <algorithm>
#include <cmath>

#include "quant/pricing/lookback.hpp"

namespace ballast::detail {

/// Whether the payoff rests on the greatest price, not the least.
bool watches_maximum(const Lookback& lookback);

/// e^(-rT) E[(max S - level)+], level >= S, or of the minimum e^(-rT) E[(level - min S)+],
/// level <= S: watched continuously.
double lookback_excess(const LookbackMarket& market, double years, double level, bool maximum);

/// What the spot and 1, both of the end, are worth now: S e^(-qT) and e^(-rT).
struct EndWorth {
  double spot, bond;
};
inline EndWorth end_worth(const LookbackMarket& market, double years) {
  return {market.spot * std::exp(-market.yield * years), std::exp(-market.rate * years)};
}

/// The price of a floating (lambda 1), fixed or partial_fixed lookback that is watched from now on,
/// by what the extreme exceeds a level by.
template <class Excess>
double lookback_from_excess(const LookbackMarket& market,
                            const Lookback& lookback,
                            const EndWorth& worth,
                            const Excess& excess) {
  const bool maximum = watches_maximum(lookback);
  const double extremum = lookback.extremum.value_or(market.spot);
  if (lookback.style == LookbackStyle::floating) {
    return excess(extremum) + (maximum ? 1.0 : -1.0) * (extremum * worth.bond - worth.spot);
  }
  const double level =
      maximum ? std::max(extremum, *lookback.strike) : std::min(extremum, *lookback.strike);
  return excess(level) + worth.bond * std::fabs(level - *lookback.strike);
}

}  // namespace ballast::detail
