// The one computation behind Black's prices and greeks, for one option at a time and for many: the
// same operations, so the same bits; black.cpp and black_batch.cpp in Fused arithmetic,
// implied_vol.cpp and margins in Separate (elementary.hpp).
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

/// R(h - t) = even + odd and R(h + t) = even - odd, for h >= 0 and small t >= 0.
struct MillsSums {
  double even = 0.0;
  double odd = 0.0;
};

/// Taylor's series about h, where R' = h R - 1 and R^(n+1) = n R^(n-1) + h R^(n).
struct MillsSeries {
  double odd = 0.0;  // t^(n-1) R^(n)
  double even = 0.0;
  double odd_sum = 0.0;  // each over n!
  double even_sum = 0.0;
};

/// To n = 2; `at` is Mills' ratio at h.
template <class Op = Separate>
BALLAST_KERNEL MillsSeries mills_series(const Mills& at, double h, double t) {
  const double even = t * Op::multiply_add(-h, at.slope, at.ratio);
  return {-at.slope, even, -at.slope, 0.5 * even};
}

/// From n = `from`, which is even, to `to`.
template <class Op, int from, int to>
BALLAST_KERNEL MillsSeries continued(MillsSeries series, double h, double t) {
  constexpr std::array inverse_factorials{
      1.0,
      1.0,
      1.0 / 2,
      1.0 / 6,
      1.0 / 24,
      1.0 / 120,
      1.0 / 720,
      1.0 / 5040,
      1.0 / 40320,
      1.0 / 362880,
      1.0 / 3628800,
      1.0 / 39916800,
      1.0 / 479001600,
      1.0 / 6227020800,
      1.0 / 87178291200,
      1.0 / 1307674368000,
  };
  const double t2 = t * t;
  const double ht = h * t;
  double n_t2 = from * t2;
  for (std::size_t n = from; n < to; n += 2) {
    series.odd = Op::multiply_add(ht, series.even, n_t2 * series.odd);
    series.odd_sum = Op::multiply_add(series.odd, inverse_factorials[n + 1], series.odd_sum);
    n_t2 += t2;
    if (n + 1 == to) break;
    series.even = Op::multiply_add(ht, series.odd, n_t2 * series.even);
    series.even_sum = Op::multiply_add(series.even, inverse_factorials[n + 2], series.even_sum);
    n_t2 += t2;
  }
  return series;
}

template <class Op = Separate>
BALLAST_KERNEL MillsSeries first_terms(const Mills& at, double h, double t) {
  return continued<Op, 2, 8>(mills_series<Op>(at, h, t), h, t);
}
template <class Op = Separate>
BALLAST_KERNEL MillsSums mills_sums(const MillsSeries& first, double ratio, double h, double t) {
  const MillsSeries all = continued<Op, 8, 15>(first, h, t);
  return {Op::multiply_add(t, all.even_sum, ratio), -t * all.odd_sum};
}
template <class Op = Separate>
BALLAST_KERNEL MillsSums mills_sums(const Mills& at, double h, double t) {
  return mills_sums<Op>(first_terms<Op>(at, h, t), at.ratio, h, t);
}

/// R(h - t) - R(h + t), as mills_sums().
template <class Op = Separate>
BALLAST_KERNEL double mills_difference(const Mills& at, double h, double t) {
  return 2.0 * mills_sums<Op>(at, h, t).odd;
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
  double per_stdev = 0.0;   // 1 / s
};

/// Beyond these nothing changes, and polynomials in them stay finite. They are handed to a loop as
/// variables: g++ takes the lesser of two numbers by one instruction only if it knows neither.
struct Bounds {
  double half_stdev = 1e6;
  double distance = mills_distance;
  double density = density_distance;
  double nothing = 0.0;
};

/// ln(F/K), F > 0; for K = 0 a number above all others.
template <class Op = Separate>
BALLAST_KERNEL double log_moneyness(double forward, double strike) {
  return strike == 0.0 ? 1e300 : log_ratio<Op>(forward, strike);
}

/// stdev >= 0.
BALLAST_KERNEL Distances distances(double log_moneyness, double stdev, const Bounds& bounds = {}) {
  // Eight terms of the series are exact to rounding up to here, and beyond the difference is to a
  // few units. With |ln(F/K)| large it is the recurrence for derivatives that cancels.
  constexpr double series_half_stdev_max = 0.25;
  constexpr double series_log_moneyness_max = 8.0;
  const double x = magnitude(log_moneyness);
  const double t = least(0.5 * stdev, bounds.half_stdev);
  const double per_stdev = 1.0 / stdev;
  // At the money without deviation 0 times infinity: no distance.
  const double h = least(most(x * per_stdev, bounds.nothing), bounds.distance);
  const double near_series = x < series_log_moneyness_max ? 1.0 : 0.0;
  return {h, t, t < series_half_stdev_max ? near_series : 0.0, per_stdev};
}

/// Where near_point() stands and what it is for: the series takes R at h, the tails at |z|.
BALLAST_KERNEL double near_point(const Distances& at) {
  return at.use_series != 0.0 ? at.h : magnitude(at.h - at.t);
}

/// R(z) by the series and R(|z|) by the tails, R(w), and R(z) - R(w), which only the series needs.
struct Tails {
  double near = 0.0;
  double far = 0.0;
  double difference = 0.0;
};

BALLAST_KERNEL Tails tails_of(const MillsSums& sums) {
  return {sums.even + sums.odd, sums.even - sums.odd, 2.0 * sums.odd};
}

/// F > 0, K >= 0; g = phi(z).
BALLAST_KERNEL BlackPoint
black_point(double forward, double strike, const Distances& at, double g, const Tails& tails) {
  const double z = at.h - at.t;
  const double w = at.h + at.t;
  const bool call_is_out = forward <= strike;
  const double smaller = least(forward, strike);
  const double near = g * tails.near;
  const double far = g * tails.far;
  const double other = 1.0 - near;
  const double reflected = z + at.use_series;  // below 0: R is of -z, which the series never needs
  const double up = reflected < 0.0 ? other : near;  // N(-z)
  const double down = reflected < 0.0 ? near : other;
  const double difference = at.use_series != 0.0 ? g * tails.difference : most(up - far, 0.0);
  const double share = smaller / forward;
  const double beyond = far * share;  // N(-w) where it is of d1
  BlackPoint point;
  point.d1 = call_is_out ? -z : w;
  point.d2 = call_is_out ? -w : z;
  point.upper = call_is_out ? up : 1.0 - beyond;
  point.lower = call_is_out ? down : beyond;
  point.density = g * share;
  point.weight = smaller * g;
  point.time_value = smaller * difference;
  point.per_stdev = point.weight == 0.0 ? 0.0 : at.per_stdev;
  return point;
}

/// One option, computing only what it needs. black_batch_kernel.cpp does the same in loops.
template <class Op = Separate>
BALLAST_KERNEL BlackPoint black_point(double forward, double strike, double stdev) {
  const Distances at = distances(log_moneyness<Op>(forward, strike), stdev);
  const double g = density<Op>(at.h - at.t);
  const Mills near = mills<Op>(near_point(at));
  const Tails tails = at.use_series != 0.0 ? tails_of(mills_sums<Op>(near, at.h, at.t))
                                           : Tails{near.ratio, mills<Op>(at.h + at.t).ratio, 0.0};
  return black_point(forward, strike, at, g, tails);
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

template <class Op = Separate>
BALLAST_KERNEL BlackState black_state(double sign,
                                      double forward,
                                      double strike,
                                      double years,
                                      double vol,
                                      double discount,
                                      double rate) {
  const double root_years = std::sqrt(years);
  return {black_point<Op>(forward, strike, vol * root_years),
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

template <class Op = Separate>
BALLAST_KERNEL SpotState spot_state(
    double sign, double spot, double strike, double years, double vol, double rate, double yield) {
  const double growth = exp<Op>((rate - yield) * years);
  const double discount = exp<Op>(-rate * years);
  return {black_state<Op>(sign, spot * growth, strike, years, vol, discount, rate), spot, growth,
          yield};
}

}  // namespace ballast::kernel
