// Jäckel (2015), "Let's be rational", Wilmott 75: the volatility of a price by Black's formula, to
// all the digits that the price determines.
//
// The price out of the money, over the smaller of F and K, is a function b of s = vol root(years)
// that rises from 0 to 1, with its inflexion at s_c = root(2 |ln(F/K)|). A start comes from one of
// four branches, rational cubics between s_c, the two points where the tangent at s_c meets 0 and
// 1, and maps that straighten both ends (equations 4.15 to 4.34). Two Householder steps of order
// four follow, on 1 / ln b below, b between, ln(1 - b) above. A third is made only if the second
// was large. Tests: refs values; round trips from prices of 1e-300 and s from 1e-6 to 50; long
// double.
#pragma once

#include "base/result.hpp"
#include "quant/pricing/black.hpp"

namespace ballast {

struct ImpliedVolInput {
  OptionRight right = OptionRight::call;
  double forward = 0.0;  // quote per base, > 0
  double strike = 0.0;   // the same unit, > 0
  double years = 0.0;    // to expiry, > 0
  double price = 0.0;    // undiscounted, the same unit
};

/// Annual. 0 for the intrinsic value itself. The price of an option in the money holds its
/// volatility only in what is above intrinsic value: where that is lost to rounding, so is the
/// answer's precision. Errors: bad_input; infeasible, where no volatility gives the price: below
/// intrinsic value, or at or above what the option can be worth (the forward of a call, the strike
/// of a put).
Result<double> implied_vol(const ImpliedVolInput& input);

}  // namespace ballast
