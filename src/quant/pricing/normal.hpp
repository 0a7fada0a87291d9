// The standard normal distribution.
//
// Tests: published quantiles; long double on both sides to +-38; there and back.
#pragma once

#include "base/result.hpp"

namespace ballast {

/// exp(-x^2 / 2) / root(2 pi).
double normal_density(double x);

/// N(x) = P(X <= x), to a few units in the last place of itself in both tails: through Mills' ratio
/// R, N(-z) = phi(z) R(z). Below some -38.5 it rounds to 0.
double normal_cdf(double x);

/// The x where N(x) = p, 0 < p < 1. Wichura (1988), "Algorithm AS 241: the percentage points of the
/// normal distribution", Applied Statistics 37(3): to 1e-15 of itself.
/// Error: bad_input.
Result<double> normal_quantile(double p);

}  // namespace ballast
