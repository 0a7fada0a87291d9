// Lookback options under Black and Scholes: floating and fixed strike, extremes watched all the
// time or a part of it, continuously or at fixings.
//
//   floating          call S_T - lambda min, put lambda max - S_T; paid where above 0
//   fixed             call max - K, put K - min; paid where above 0
//   partial_floating  as floating, the extreme watched from now to t1
//   partial_fixed     as fixed, the extreme watched from t1 to the end
//
// Goldman, Sosin and Gatto (1979); Conze and Viswanathan (1991); Heynen and Kat (1994); Haug
// (2006), sections 4.15 and 4.16. Their terms (sigma^2 / 2b) (...) lose all digits as the cost of
// carry b = rate - yield goes to 0, where futures have it: here each is a difference quotient by 2b
// / sigma^2, and near 0 the integral of its derivative, exact and continuous. Tests: tables of Haug
// and of Broadie, Glasserman and Kou; partial ones against integrals over the price at t1; the
// limit b = 0 from both sides; limits of t1; fixings by Spitzer's identity.
#pragma once

#include <cstdint>
#include <optional>

#include "base/option_right.hpp"
#include "base/result.hpp"

namespace ballast {

enum class LookbackStyle : std::uint8_t { floating, fixed, partial_floating, partial_fixed };

struct LookbackMarket {
  double spot = 0.0;   // > 0
  double rate = 0.0;   // continuous, annual
  double yield = 0.0;  // continuous, annual
  double vol = 0.0;    // annual, > 0
};

struct Lookback {
  LookbackStyle style = LookbackStyle::floating;
  OptionRight right = OptionRight::call;
  double years = 0.0;                 // > 0
  std::optional<double> strike = {};  // of the two fixed styles, > 0
  // So far: the least price (floating call, fixed put) or the greatest; absent: the spot. Not of
  // partial_fixed, whose watch is to come.
  std::optional<double> extremum = {};
  // Of the two partial styles, years: above 0, at most `years`; partial_fixed: from 0, below
  // `years`.
  std::optional<double> t1 = {};
  double lambda = 1.0;  // of the two floating styles: call >= 1, put above 0 to 1
};

/// Errors: bad_input, naming what is missing, of no use, or outside its domain.
Result<void> check_lookback(const LookbackMarket& market, const Lookback& lookback);

/// Watched continuously. In the unit of the spot. Errors: check_lookback's; overflow.
Result<double> lookback_price(const LookbackMarket& market, const Lookback& lookback);

/// The extreme taken at `fixings` equal steps up to the end, and now: 1 to 5,000. Floating (lambda
/// 1) and fixed. The distribution of the extreme by Lindley's recursion, its integrals by
/// Gauss-Legendre: errors are near 1e-12 of the spot; time grows as fixings^1.5.
Result<double> lookback_price_discrete(const LookbackMarket& market,
                                       const Lookback& lookback,
                                       int fixings);

/// The same by the correction of Broadie, Glasserman and Kou (1999), Finance and Stochastics 3,
/// from the continuous price: instant, for any number of fixings; the error falls faster than their
/// root.
Result<double> lookback_price_corrected(const LookbackMarket& market,
                                        const Lookback& lookback,
                                        int fixings);

}  // namespace ballast
