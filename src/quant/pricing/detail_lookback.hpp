// What lookbacks watched continuously and at fixings share: all of floating (lambda 1) and fixed
// ones is the value of what the extreme will exceed a level by.
#pragma once

#include <functional>

#include "quant/pricing/lookback.hpp"

namespace ballast::detail {

/// Whether the payoff rests on the greatest price, not the least.
bool watches_maximum(const Lookback& lookback);

/// e^(-rT) E[(max S - level)+], level >= S, or of the minimum e^(-rT) E[(level - min S)+],
/// level <= S: watched continuously.
double lookback_excess(const LookbackMarket& market, double years, double level, bool maximum);

/// The price of a floating (lambda 1), fixed or partial_fixed lookback that is watched from now on.
double lookback_from_excess(const LookbackMarket& market,
                            const Lookback& lookback,
                            const std::function<double(double level)>& excess);

}  // namespace ballast::detail
