// How much of an asset to hold for what holding it earns.
//
//   q = mu / (gamma sigma^2) * max(0, 1 - se^2 / mu^2)
//
// The first factor is Merton's, for constant absolute risk aversion. The second allows for mu being
// an estimate: an estimate's square is mu^2 + se^2 on average, so the share of it that is signal is
// about 1 - se^2 / mu^2: the positive part of James' and Stein's factor, in its empirical Bayes
// form (Efron and Morris 1973, "Stein's estimation rule and its competitors", Journal of the
// American Statistical Association 68; for portfolios Kan and Zhou 2007, "Optimal portfolio choice
// with parameter uncertainty", Journal of Financial and Quantitative Analysis 42(3)). An estimate
// within one standard error of 0 holds nothing; there is no jump where it begins to.
//
// Use the risk of the hedged position, the basis, where the price itself is hedged. Any unit of
// time does, the same for mu, se and variance. Tests: limits, and the gain over the estimate taken
// at its word.
#pragma once

#include "base/result.hpp"

namespace ballast {

struct CarryTiltInput {
  double carry = 0.0;           // mu: earned by a unit held, money a time; short earns the opposite
  double standard_error = 0.0;  // of mu, >= 0
  double variance = 0.0;        // sigma^2: of a unit's value, money^2 a time, > 0
  double gamma = 0.0;           // absolute risk aversion, 1 / money, > 0
};

/// The share of an estimate that is not its error, in [0, 1]: 0 for an estimate of 0.
Result<double> carry_confidence(double carry, double standard_error);

/// In units: above 0 is long.
Result<double> carry_tilt(const CarryTiltInput& input);

}  // namespace ballast
