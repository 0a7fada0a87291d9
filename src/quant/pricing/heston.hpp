// Heston (1993), Review of Financial Studies 6(2): European options under stochastic variance.
//
//   dF = sqrt(v) F dW1,   dv = kappa (theta - v) dt + sigma sqrt(v) dW2,   d<W1, W2> = rho dt
//
// Prices are one sum over the characteristic function, whose nodes all strikes of an expiry share.
// With x = ln(F / K) and Lewis's (2001) integral,
//   f(u) = Re(e^(iux) phi(u - i/2)) / (u^2 + 1/4),
//   min(F, K) - V(x) sqrt(FK) = sqrt(FK) / pi * integral of f over u > 0,
// V being the value of the option that is out of the money. The trapezoidal rule with step 2 pi / L
// is by Poisson's formula the sum of the same quantity over x + kL. Of that sum the terms without V
// are a geometric series, which is taken off; what remains is V at distances of L, which falls
// exponentially with L. So halving the step squares the error, and the sums of two steps say what
// it is. The derivatives are the same sums over those of phi.
//
// Accuracy: 1e-13 of sqrt(FK) where the sum needs no more than a few thousand nodes. The error is
// absolute: an option worth 1e-9 of sqrt(FK) has four digits.
// Tests: reference prices; the five derivatives by finite differences; an adaptive integral in long
// double of another form; Black's formula at sigma = 0; parity and convexity at random parameters.
#pragma once

#include <array>
#include <complex>
#include <span>

#include "base/option_right.hpp"
#include "base/result.hpp"

namespace ballast {

/// Also the shape of a gradient: of something by each parameter.
struct HestonParameters {
  double v0 = 0.0;     // variance now, per year, >= 0
  double kappa = 0.0;  // speed of its return to theta, per year, > 0
  double theta = 0.0;  // variance in the long run, per year, >= 0; not both it and v0 are 0
  double sigma = 0.0;  // volatility of the variance, per root of year, >= 0
  double rho = 0.0;    // correlation of price and variance, -1 to 1, both excluded

  bool operator==(const HestonParameters&) const = default;
};

/// Error: bad_input, naming the parameter.
Result<void> check_heston(const HestonParameters& parameters);

/// 2 kappa theta >= sigma^2: the variance does not reach 0.
bool feller_holds(const HestonParameters& parameters);

/// Variance expected from now to `years`, not annualised: the total variance of an option at the
/// money when sigma is small.
double heston_expected_variance(const HestonParameters& parameters, double years);

struct HestonCharacteristic {
  std::complex<double> log_phi;
  std::array<std::complex<double>, 5> gradient;  // of log_phi, in the order of HestonParameters
};
/// ln E[(S_T / F)^(iu)], for `u` where the moment exists: with an imaginary part of -1 to 0,
/// always. Albrecher, Mayer, Schoutens and Tistaert (2007); gradient as Cui, del Baño Rollin and
/// Germano (2017), European Journal of Operational Research 263. Errors: bad_input; overflow, where
/// it is not finite.
Result<HestonCharacteristic> heston_characteristic(const HestonParameters& parameters,
                                                   double years,
                                                   std::complex<double> u);

struct HestonExpiry {
  double forward = 0.0;   // of the expiry, > 0
  double discount = 1.0;  // what 1 paid then is worth now, > 0
  double years = 0.0;     // > 0
};

struct HestonOption {
  OptionRight right = OptionRight::call;
  double strike = 0.0;  // > 0, in the unit of the forward
};

struct HestonValue {
  double price = 0.0;         // discounted, in the unit of the forward
  double delta = 0.0;         // by the forward
  double gamma = 0.0;         // second, by the forward
  HestonParameters gradient;  // of the price
};

/// The prices of `options`, one each. Errors: bad_input; no_convergence where the characteristic
/// function falls so slowly that 65,536 nodes do not reach its end (large sigma, little variance);
/// overflow.
Result<void> heston_prices(const HestonParameters& parameters,
                           const HestonExpiry& expiry,
                           std::span<const HestonOption> options,
                           std::span<double> prices);

/// The same with derivatives.
Result<void> heston_values(const HestonParameters& parameters,
                           const HestonExpiry& expiry,
                           std::span<const HestonOption> options,
                           std::span<HestonValue> values);

}  // namespace ballast
