// Merton (1976), "Option pricing when underlying stock returns are discontinuous", Journal of
// Financial Economics 3: European options when the price also jumps.
//
// Jumps come at rate lambda; the logarithm of each is normal (jump_mean, jump_sd). Given n of them
// the price is lognormal, so with k = exp(jump_mean + jump_sd^2/2) - 1
//   price = discount * sum over n of Poisson(lambda T; n) Black(F_n, K, s_n)
//   F_n = F e^(-lambda k T) (1 + k)^n,   s_n^2 = sigma^2 T + n jump_sd^2
// The sum goes over all n outside of which less than 1e-16 of strike and forward remains.
// Tests: Haug's table as corrected (his own sum stops at 11 terms); values that agree with the
// integral of the characteristic function; jumps to ruin; Black without jumps; parity.
#pragma once

#include "base/option_right.hpp"
#include "base/result.hpp"

namespace ballast {

struct MertonInput {
  double forward = 0.0;    // > 0
  double discount = 1.0;   // > 0
  double strike = 0.0;     // > 0
  double years = 0.0;      // > 0
  double sigma = 0.0;      // vol between jumps, annual, >= 0
  double lambda = 0.0;     // jumps a year, >= 0
  double jump_mean = 0.0;  // of the logarithm of a jump
  double jump_sd = 0.0;    // of the logarithm of a jump, >= 0
};

/// Discounted, in the unit of the forward. Errors: bad_input; no_convergence, where the sum would
/// need more than a million terms; overflow.
Result<double> merton_price(OptionRight right, const MertonInput& input);

}  // namespace ballast
