// How far a holding may be from its target before trading back is worth its cost.
//
// Proportional costs make a band of no trading around the target, whose width grows with the cube
// root of the cost: a small cost buys much rest. Trade to the band's near edge, not to its middle.
// Tests: values by Riccati shooting in higher precision, published examples, and the limits of the
// formulas in each other.
#pragma once

#include "base/result.hpp"

namespace ballast {

/// The share of wealth in an asset, for long-run power utility.
struct ProportionalCostInput {
  double excess_return = 0.0;  // mu: drift above the safe rate, per time, > 0
  double sigma = 0.0;          // volatility per root of time, > 0
  double gamma = 0.0;  // relative risk aversion, > 0; the target mu/(gamma sigma^2) is in (0, 1)
  double cost = 0.0;   // epsilon: bought at S, sold at (1 - epsilon) S, in (0, 1)
};
struct NoTradeBand {
  double lower = 0.0;
  double upper = 0.0;
  double safe_rate = 0.0;  // equivalent: what the investment is worth a time, above the safe rate
};
/// Gerhold, Guasoni, Muhle-Karbe and Schachermayer (2014), "Transaction costs, trading volume, and
/// the liquidity premium", Finance and Stochastics 18, theorem 2.2: the exact band.
/// Errors: bad_input; no_convergence where costs leave no band inside (0, 1).
Result<NoTradeBand> proportional_cost_band(const ProportionalCostInput& input);
/// Its first term: half width (3/(4 gamma) pi^2 (1 - pi)^2 epsilon)^(1/3) around pi = mu/(gamma
/// sigma^2).
Result<double> proportional_cost_half_width(const ProportionalCostInput& input);

/// In units of the asset, for constant absolute risk aversion: Kallsen and Muhle-Karbe (2017), "The
/// general structure of optimal investment and consumption with small transaction costs",
/// Mathematical Finance 27(3):
///   half width (3/2 cost sensitivity^2 / gamma)^(1/3)
/// @param gamma        absolute risk aversion, 1 / money, > 0.
/// @param cost         of trading one unit one way, in money, >= 0.
/// @param sensitivity  d target / d price, units per price; 0 gives no width at all: a target that
///                     does not move with the price has no reason to be approached in small steps.
Result<double> small_cost_half_width(double gamma, double cost, double sensitivity);

/// The delta of a hedged option position.
struct HedgeBandInput {
  double gamma_position = 0.0;  // Gamma: d delta / d spot of the position, units per price
  double spot = 0.0;            // > 0
  double cost = 0.0;            // lambda: one way, as a share of what is traded, >= 0
  double risk_aversion = 0.0;   // gamma: absolute, 1 / money, > 0
  double sigma = 0.0;           // annual volatility, > 0 (Zakamouline)
  double years = 0.0;           // to expiry, > 0
  double rate = 0.0;            // continuous, annual
};
/// Whalley and Wilmott (1997), Mathematical Finance 7(3): half width of the band around the delta,
/// (3/2 e^(-r tau) lambda S Gamma^2 / gamma)^(1/3).
Result<double> whalley_wilmott_half_width(const HedgeBandInput& input);
/// Zakamouline (2006), "European option pricing and hedging with both fixed and proportional
/// transaction costs", Journal of Economic Dynamics and Control 30(1): H0 + H1. Around the delta at
/// his modified volatility, which is not computed here.
Result<double> zakamouline_half_width(const HedgeBandInput& input);

}  // namespace ballast
