// The one computation behind Black's prices and greeks, for one option at a time (black.cpp,
// implied_vol.cpp) and for many (black_batch.cpp): the same operations, so the same bits.
//
// With h = |ln(F/K)| / s, t = s / 2, z = h - t and w = h + t, the option out of the money is worth
//   min(F, K) phi(z) (R(z) - R(w)),    R: Mills' ratio,
// for F phi(d1) = K phi(d2) = min(F, K) phi(z): one exponential serves for everything. Where s is
// small the difference is summed as a Taylor series about h, for then it would cancel.
// Tests: black_test.cpp, against long double.
#pragma once

#include <cmath>
#include <cstdint>

#include "quant/pricing/elementary.hpp"

namespace ballast::kernel {

/// R(h - t) - R(h + t) for h >= 0 and small t >= 0:  -2 sum of t^n R^(n)(h) / n! over odd n, where
/// R' = h R - 1 (at: Mills' ratio at h) and R^(n+1) = n R^(n-1) + h R^(n).
BALLAST_KERNEL double mills_difference(const Mills& at, double h, double t) {
  constexpr std::array inverse_factorials{
      1.0 / 6,        1.0 / 120,        1.0 / 5040,         1.0 / 362880,
      1.0 / 39916800, 1.0 / 6227020800, 1.0 / 1307674368000};
  const double t2 = t * t;
  double even = at.ratio;  // R^(n-1)
  double odd = -at.slope;  // R^(n)
  double power = 1.0;
  double sum = odd;
  double n = 1.0;
  for (const double inverse_factorial : inverse_factorials) {
    even = n * even + h * odd;
    odd = (n + 1.0) * odd + h * even;
    n += 2.0;
    power *= t2;
    sum += power * (odd * inverse_factorial);
  }
  return -2.0 * t * sum;
}

/// What prices and greeks are made of. Undiscounted.
struct BlackPoint {
  double d1 = 0.0;
  double d2 = 0.0;
  double lower = 0.0;       // N(-d1)
  double upper = 0.0;       // N(d1)
  double density = 0.0;     // phi(d1)
  double weight = 0.0;      // F phi(d1) = K phi(d2)
  double time_value = 0.0;  // of call and put alike: the price of the one out of the money
  double per_stdev = 0.0;   // 1 / s; 0 where the weight is 0
};

/// Where the option stands, in deviations.
struct Distances {
  double h = 0.0;           // |ln(F/K)| / s
  double t = 0.0;           // s / 2
  double use_series = 0.0;  // 1 or 0
};

/// log_moneyness = ln(F/K), or anything when K = 0; stdev >= 0.
BALLAST_KERNEL Distances distances(double strike, double log_moneyness, double stdev) {
  // Eight terms of the series are exact to rounding up to here, and beyond the difference is to a
  // few units. With |ln(F/K)| large it is the recurrence for derivatives that cancels.
  constexpr double series_half_stdev_max = 0.25;
  constexpr double series_log_moneyness_max = 8.0;
  // Beyond these nothing changes, and their squares are finite.
  constexpr double half_stdev_max = 1e6;
  constexpr double distance_max = 1e9;
  const double x = magnitude(log_moneyness);
  const double t = least(0.5 * stdev, half_stdev_max);
  const double h = x == 0.0 ? 0.0 : least(x / stdev, distance_max);
  const double near_series = x < series_log_moneyness_max ? 1.0 : 0.0;
  return {strike == 0.0 ? distance_max : h, t, t < series_half_stdev_max ? near_series : 0.0};
}

/// N(-|z|) and N(-w), over phi(z).
struct Tails {
  double near = 0.0;
  double far = 0.0;
};

BALLAST_KERNEL Tails tails(const Distances& at) {
  return {mills(magnitude(at.h - at.t)).ratio, mills(at.h + at.t).ratio};
}

/// R(z) - R(w) by the tails, times g = phi(z).
BALLAST_KERNEL double tail_difference(const Distances& at, double g, const Tails& tails) {
  const double near = g * tails.near;
  const double far = g * tails.far;
  return at.h < at.t ? (1.0 - near) - far : most(near - far, 0.0);
}

/// F > 0, K >= 0; difference: R(z) - R(w), times g.
BALLAST_KERNEL BlackPoint black_point(double forward,
                                      double strike,
                                      double stdev,
                                      const Distances& at,
                                      double g,
                                      const Tails& tails,
                                      double difference) {
  const double z = at.h - at.t;
  const double w = at.h + at.t;
  const double near = g * tails.near;
  const bool call_is_out = forward <= strike;
  const double smaller = call_is_out ? forward : strike;
  const double up = z < 0.0 ? 1.0 - near : near;  // N(-z)
  const double down = z < 0.0 ? near : 1.0 - near;
  const double share = smaller / forward;
  const double beyond = g * tails.far * share;  // N(-w) where it is of d1
  BlackPoint point;
  point.d1 = call_is_out ? -z : w;
  point.d2 = call_is_out ? -w : z;
  point.upper = call_is_out ? up : 1.0 - beyond;
  point.lower = call_is_out ? down : beyond;
  point.density = g * share;
  point.weight = smaller * g;
  point.time_value = smaller * difference;
  point.per_stdev = point.weight == 0.0 ? 0.0 : 1.0 / stdev;
  return point;
}

/// One option, computing only what it needs. black_batch_kernel.cpp does the same in loops.
inline BlackPoint black_point(double forward, double strike, double log_moneyness, double stdev) {
  const Distances at = distances(strike, log_moneyness, stdev);
  const double g = density(at.h - at.t);
  const Tails both = tails(at);
  const double difference = at.use_series != 0.0 ? g * mills_difference(mills(at.h), at.h, at.t)
                                                 : tail_difference(at, g, both);
  return black_point(forward, strike, stdev, at, g, both, difference);
}

/// An option in forward form with what its greeks need, sign +1 for a call, -1 for a put.
struct BlackState {
  BlackPoint point;
  double sign = 1.0;
  double forward = 0.0;
  double strike = 0.0;
  double vol = 0.0;
  double years = 0.0;
  double root_years = 0.0;
  double discount = 1.0;
  double rate = 0.0;  // -ln(discount) / years
};

inline BlackState black_state(double sign,
                              double forward,
                              double strike,
                              double years,
                              double vol,
                              double discount,
                              double rate) {
  const double root_years = std::sqrt(years);
  return {black_point(forward, strike, log_ratio(forward, strike), vol * root_years),
          sign,
          forward,
          strike,
          vol,
          years,
          root_years,
          discount,
          rate};
}

// Each is one column of black_batch(). Equations in black.hpp; divisions by s are multiplications
// by per_stdev, so that what is 0 times anything without deviation left is 0.

BALLAST_KERNEL double price_of(const BlackState& o) {
  const double intrinsic = most(o.sign * (o.forward - o.strike), 0.0);
  return o.discount * (intrinsic + o.point.time_value);
}
BALLAST_KERNEL double delta_of(const BlackState& o) {
  return o.discount * (o.sign > 0.0 ? o.point.upper : -o.point.lower);
}
BALLAST_KERNEL double gamma_of(const BlackState& o) {
  return o.discount * o.point.density * o.point.per_stdev / o.forward;
}
BALLAST_KERNEL double vega_of(const BlackState& o) {
  return o.discount * o.point.weight * o.root_years;
}
/// What passes of the price in a year for the deviation that shrinks, interest aside.
BALLAST_KERNEL double decay_of(const BlackState& o) {
  return o.discount * o.point.weight * o.point.per_stdev * o.vol * (0.5 * o.vol);
}
BALLAST_KERNEL double theta_of(const BlackState& o) { return o.rate * price_of(o) - decay_of(o); }
BALLAST_KERNEL double rho_of(const BlackState& o) { return -o.years * price_of(o); }
BALLAST_KERNEL double vanna_of(const BlackState& o) {
  return -o.discount * o.point.density * o.point.per_stdev * o.point.d2 * o.root_years;
}
BALLAST_KERNEL double volga_of(const BlackState& o) {
  return vega_of(o) * o.point.per_stdev * o.root_years * (o.point.d1 * o.point.d2);
}
/// d N(d1) / d t by the deviation alone.
BALLAST_KERNEL double drift_of_delta(const BlackState& o) {
  const double inverse_years = o.vol * o.point.per_stdev * o.vol * o.point.per_stdev;
  return o.discount * o.point.density * (0.5 * o.point.d2) * inverse_years;
}
BALLAST_KERNEL double charm_of(const BlackState& o) {
  return drift_of_delta(o) + o.rate * delta_of(o);
}
BALLAST_KERNEL double speed_of(const BlackState& o) {
  return -gamma_of(o) / o.forward * (o.point.d1 * o.point.per_stdev + 1.0);
}
/// d gamma / d t by the deviation alone.
BALLAST_KERNEL double drift_of_gamma(const BlackState& o) {
  const double inverse_years = o.vol * o.point.per_stdev * o.vol * o.point.per_stdev;
  return gamma_of(o) * (0.5 * (1.0 - o.point.d1 * o.point.d2)) * inverse_years;
}
BALLAST_KERNEL double color_of(const BlackState& o) {
  return drift_of_gamma(o) + o.rate * gamma_of(o);
}
BALLAST_KERNEL double zomma_of(const BlackState& o) {
  return gamma_of(o) * (o.point.d1 * o.point.d2 - 1.0) * (o.root_years * o.point.per_stdev);
}
BALLAST_KERNEL double ultima_of(const BlackState& o) {
  const double product = o.point.d1 * o.point.d2;
  const double inverse_vol = o.root_years * o.point.per_stdev;
  return vega_of(o) * inverse_vol * inverse_vol *
         (product * (product - 1.0) - o.point.d1 * o.point.d1 - o.point.d2 * o.point.d2);
}

/// The same in spot form: the forward is spot * growth, growth = exp((rate - yield) years).
struct SpotState {
  BlackState option;
  double spot = 0.0;
  double growth = 1.0;
  double yield = 0.0;
};

BALLAST_KERNEL double price_of(const SpotState& o) { return price_of(o.option); }
BALLAST_KERNEL double delta_of(const SpotState& o) { return o.growth * delta_of(o.option); }
BALLAST_KERNEL double gamma_of(const SpotState& o) {
  return o.growth * (o.growth * gamma_of(o.option));
}
BALLAST_KERNEL double vega_of(const SpotState& o) { return vega_of(o.option); }
BALLAST_KERNEL double theta_of(const SpotState& o) {
  return o.option.rate * price_of(o) - decay_of(o.option) -
         (o.option.rate - o.yield) * (o.option.forward * delta_of(o.option));
}
BALLAST_KERNEL double rho_of(const SpotState& o) {
  return o.option.years * (o.option.forward * delta_of(o.option) - price_of(o));
}
BALLAST_KERNEL double vanna_of(const SpotState& o) { return o.growth * vanna_of(o.option); }
BALLAST_KERNEL double volga_of(const SpotState& o) { return volga_of(o.option); }
BALLAST_KERNEL double charm_of(const SpotState& o) {
  return o.yield * delta_of(o) - (o.option.rate - o.yield) * (o.spot * gamma_of(o)) +
         o.growth * drift_of_delta(o.option);
}
BALLAST_KERNEL double speed_of(const SpotState& o) {
  return o.growth * (o.growth * (o.growth * speed_of(o.option)));
}
BALLAST_KERNEL double color_of(const SpotState& o) {
  const double carried = o.option.point.d1 * o.option.point.per_stdev * (o.option.rate - o.yield);
  return gamma_of(o) * (o.yield + carried) + o.growth * (o.growth * drift_of_gamma(o.option));
}
BALLAST_KERNEL double zomma_of(const SpotState& o) {
  return o.growth * (o.growth * zomma_of(o.option));
}
BALLAST_KERNEL double ultima_of(const SpotState& o) { return ultima_of(o.option); }

inline SpotState spot_state(
    double sign, double spot, double strike, double years, double vol, double rate, double yield) {
  const double growth = exp((rate - yield) * years);
  const double discount = exp(-rate * years);
  return {black_state(sign, spot * growth, strike, years, vol, discount, rate), spot, growth,
          yield};
}

}  // namespace ballast::kernel
