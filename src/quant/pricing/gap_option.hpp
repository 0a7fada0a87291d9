// Gap options (Reiner and Rubinstein 1991; Haug 2006, section 4.17): S - strike is paid when S ends
// above the trigger, or strike - S below it; negative where the two are on the wrong sides.
//
//   call = discount (F N(d1) - K N(d2)),  d1,2 = ln(F / trigger)/s +- s/2,  s = vol sqrt(T)
//   put  = discount (K N(-d2) - F N(-d1))
//
// Tests: Haug's example; parity with the forward; Black where trigger and strike are one.
#pragma once

#include "base/option_right.hpp"
#include "base/result.hpp"

namespace ballast {

struct GapOption {
  double forward = 0.0;   // > 0
  double discount = 1.0;  // > 0
  double strike = 0.0;    // what is paid or received, > 0
  double trigger = 0.0;   // > 0
  double years = 0.0;     // > 0
  double vol = 0.0;       // annual, > 0
};

/// Discounted, in the unit of the forward. Errors: bad_input; overflow.
Result<double> gap_option_price(OptionRight right, const GapOption& option);

}  // namespace ballast
