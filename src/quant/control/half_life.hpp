// How fast quotes that lean against an inventory bring it back, and the risk aversion that makes
// them do so in a given time.
//
// With n fills held, a half spread h and a skew of s a fill, the bid stands at depth h + s n and
// the ask at h - s n, hit at rates A e^(-k depth) (Avellaneda and Stoikov 2008). In fills a time:
//
//   dn/dt = -2 A e^(-k h) sinh(k s n) ~ -2 A k s e^(-k h) n
//   half-life = ln 2 / (2 A k s e^(-k h))                 of a small inventory
//
// Aversion g (per fill: 1 / price) widens the quotes as it skews them:
//
//   closed form of GLFT     k s = (k sigma / sqrt(A)) sqrt(x/2 (1 + x)^(1 + 1/x)),   x = g / k
//   Avellaneda-Stoikov      k s = k^2 sigma^2 (T - t) x
//   both                    k h = ln(1 + x)/x + k s / 2
//
// so that the half-life falls with g up to one point, where k s is 2 or a little more, and rises
// beyond it, where the wider quotes lose more fills than the skew attracts. Only the falling branch
// is searched: of two aversions with the same half-life the smaller earns more. A half-life below
// its end has no solution.
//
// Tests: the expected drift of simulated fills, the inverse of each other, the end of the branch by
// search over a grid.
#pragma once

#include "base/result.hpp"

namespace ballast {

/// ln 2 / (2 A k s e^(-k h)), in the time of A.
/// @param fill_rate    A: at depth 0, 1 / time, > 0.
/// @param k            decay of the fill rate with depth, 1 / price, > 0.
/// @param half_spread  h: price; may be negative.
/// @param skew         s: price a fill held, > 0.
Result<double> inventory_half_life(double fill_rate, double k, double half_spread, double skew);

struct HalfLifeInput {
  double half_life = 0.0;  // > 0
  double sigma = 0.0;      // volatility, price per root of time, > 0
  double k = 0.0;          // decay of the fill rate with depth, 1 / price, > 0
  double fill_rate = 0.0;  // A: at depth 0, 1 / time, > 0
};

/// The aversion, 1 / price for a fill, with which quotes have this half-life. Errors: bad_input;
/// no_convergence when it is shorter than any aversion gives, with the shortest, or too long for
/// a double.
Result<double> glft_half_life_gamma(const HalfLifeInput& input);

/// @param horizon  T - t of Avellaneda and Stoikov, rolling, > 0.
Result<double> avellaneda_stoikov_half_life_gamma(const HalfLifeInput& input, double horizon);

}  // namespace ballast
