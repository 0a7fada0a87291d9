// Black (1976) as the surfaces and path-dependent options need it: a price from forward, strike and
// standard deviation, its derivative, and the standard deviation of a price.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/option_right.hpp"
#include "quant/pricing/normal.hpp"

namespace ballast::detail {

using ballast::normal_cdf;
using ballast::normal_density;

/// What is out of the money, per sqrt(FK), x = -|ln(F/K)| <= 0 and s = vol sqrt(T) >= 0.
inline double black_time_value(double x, double s) {
  if (!(s > 0.0)) return 0.0;
  const double value = std::exp(0.5 * x) * normal_cdf(x / s + 0.5 * s) -
                       std::exp(-0.5 * x) * normal_cdf(x / s - 0.5 * s);
  return std::max(0.0, value);
}
/// Its derivative by s.
inline double black_time_value_by_stdev(double x, double s) {
  if (!(s > 0.0)) return 0.0;
  return normal_density(std::sqrt((x / s) * (x / s) + 0.25 * s * s));
}

/// Undiscounted.
inline double black_price(OptionRight right, double forward, double strike, double s) {
  const double sign = right == OptionRight::call ? 1.0 : -1.0;
  const double x = -std::fabs(std::log(forward / strike));
  return std::max(0.0, sign * (forward - strike)) +
         std::sqrt(forward) * std::sqrt(strike) * black_time_value(x, s);
}
inline double black_vega_by_stdev(double forward, double strike, double s) {
  return std::sqrt(forward) * std::sqrt(strike) *
         black_time_value_by_stdev(-std::fabs(std::log(forward / strike)), s);
}

/// The s at which black_time_value(x, s) is `value`; nothing where there is none: value <= 0 or
/// value >= e^(x/2). Newton's method on the logarithm of the price, within a bracket, from `guess`.
inline std::optional<double> black_stdev(double x, double value, double guess = 0.0) {
  if (!(value > 0.0) || !(value < std::exp(0.5 * x))) return std::nullopt;
  constexpr double stdev_max = 1e3;
  double low = 0.0;
  double high = stdev_max;
  double s = guess > 0.0 ? guess : x == 0.0 ? 2.5 * value : std::sqrt(2.0 * -x);
  const double target = std::log(value);
  constexpr int steps_max = 200;
  for (int step = 0; step < steps_max; ++step) {
    const double price = black_time_value(x, s);
    (price < value ? low : high) = s;
    double next = high < stdev_max ? 0.5 * (low + high) : 2.0 * s;
    if (price > 0.0) {
      const double slope = black_time_value_by_stdev(x, s) / price;
      const double newton = s - (std::log(price) - target) / slope;
      if (newton > low && newton < high) next = newton;
    }
    if (std::fabs(next - s) <= 1e-15 * s) return next;
    s = next;
  }
  return s;
}

}  // namespace ballast::detail
