// Black (1976), "The pricing of commodity contracts", J. Financial Economics 3, and Black and
// Scholes (1973), "The pricing of options and corporate liabilities", J. Political Economy 81:
// European options on a lognormal price, with their greeks.
//
//   forward form  V = D (F N(d1) - K N(d2)), put D (K N(-d2) - F N(-d1))
//                 d1,2 = ln(F/K) / s +- s/2,  s = vol root(years),  D = exp(-rate years)
//   spot form     the same with F = S exp((rate - yield) years)
//
// Limits are exact. Without time or volatility: price and delta of the payoff, all else 0. On the
// strike then, delta is 1/2, but gamma and others grow without end: the price is given, the greeks
// are an overflow. Strike 0: the call is the forward. Far wings round to 0 or to the payoff.
// Prices are right to a few units in the last place of the option out of the money, however small s
// and however close the strike, beyond what ln(F/K) / s loses by rounding: no differences cancel.
// The results are the same bits on every machine, and those of black_batch.hpp.
// Tests: refs values of Let's Be Rational; long double; parity; finite differences; limits.
#pragma once

#include "base/option_right.hpp"
#include "base/result.hpp"

namespace ballast {

struct Black76Input {
  OptionRight right = OptionRight::call;
  double forward = 0.0;   // F, quote per base, > 0
  double strike = 0.0;    // K, the same unit, >= 0
  double years = 0.0;     // to expiry, >= 0
  double vol = 0.0;       // annual, 0.5 is 50 %, >= 0
  double discount = 1.0;  // D, > 0; 1 where years is 0
};

struct BlackScholesInput {
  OptionRight right = OptionRight::call;
  double spot = 0.0;    // S, quote per base, > 0
  double strike = 0.0;  // K, the same unit, >= 0
  double years = 0.0;   // to expiry, >= 0
  double vol = 0.0;     // annual, >= 0
  double rate = 0.0;    // annual, continuous
  double yield = 0.0;   // of the base, annual, continuous
};

/// Derivatives of the price per one unit of base. `x` is the forward in the forward form, the spot
/// in the spot form; time t runs forward, with the expiry fixed; volatility in units of 1.00.
struct BlackGreeks {
  double price = 0.0;
  double delta = 0.0;   // dV/dx
  double gamma = 0.0;   // d2V/dx2
  double vega = 0.0;    // dV/dvol
  double theta = 0.0;   // dV/dt, per year
  double rho = 0.0;     // dV/drate, per 1.00; in the forward form with F fixed: -years V
  double vanna = 0.0;   // d2V/dx dvol
  double volga = 0.0;   // d2V/dvol2
  double charm = 0.0;   // d delta/dt
  double speed = 0.0;   // d3V/dx3
  double color = 0.0;   // d gamma/dt
  double zomma = 0.0;   // d gamma/dvol
  double ultima = 0.0;  // d3V/dvol3
};

/// Error: bad_input.
Result<double> black76_price(const Black76Input& input);
/// Errors: bad_input; overflow, where a greek is no finite number.
Result<BlackGreeks> black76(const Black76Input& input);

/// Errors: bad_input; overflow, also where |rate years| or |(rate - yield) years| is above 700.
Result<double> black_scholes_price(const BlackScholesInput& input);
Result<BlackGreeks> black_scholes(const BlackScholesInput& input);

/// The checks of the four above: bad_input, or overflow.
Result<void> check(const Black76Input& input);
Result<void> check(const BlackScholesInput& input);
/// Overflow, naming the first that is no finite number.
Result<void> check(const BlackGreeks& greeks);

}  // namespace ballast
