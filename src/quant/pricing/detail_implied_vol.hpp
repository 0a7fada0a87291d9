// The steps of implied_vol.hpp, for one price at a time and for many: the same operations, so the
// same bits. Nothing here branches but by_one() and advanced().
#pragma once

#include <cmath>
#include <cstdint>

#include "quant/pricing/black_kernel.hpp"
#include "quant/pricing/normal_kernel.hpp"
#include "quant/pricing/rational_cubic.hpp"

namespace ballast::kernel {

constexpr double root_of_3 = 1.7320508075688772935;
constexpr double root_of_27 = 5.1961524227066318806;
constexpr double pi = 3.14159265358979323846;
constexpr double centre_slope = 1.0 / root_of_2_pi;  // db/ds at s_c, whatever x

/// b and what goes with it, over min(F, K), at x = |ln(F/K)| and s > 0.
struct Normalised {
  double price = 0.0;       // b
  double complement = 0.0;  // 1 - b, not by subtraction where b is near 1
  double slope = 0.0;       // db/ds
};

/// s, in the terms of black_kernel.hpp.
struct Stand {
  double h, t, z, g;
};
BALLAST_KERNEL Stand stand(double x, double s) {
  const double h = x / s;
  const double t = 0.5 * s;
  return {h, t, h - t, density(h - t)};
}
/// As distances() has it: 1 or 0.
BALLAST_KERNEL double takes_series(double x, const Stand& at) {
  const double is_near = x < 8.0 ? 1.0 : 0.0;
  return at.t < 0.25 ? is_near : 0.0;
}
BALLAST_KERNEL Normalised by_series(const Stand& at) {
  const double price = at.g * mills_difference(mills(least(at.h, mills_distance)), at.h, at.t);
  return {price, 1.0 - price, at.g};
}
BALLAST_KERNEL Normalised by_tails(const Stand& at) {
  const double near = at.g * mills(least(magnitude(at.z), mills_distance)).ratio;
  const double far = at.g * mills(least(at.h + at.t, mills_distance)).ratio;
  const double both = near + far;
  const double between = near - far;
  return {at.z < 0.0 ? 1.0 - both : between, at.z < 0.0 ? both : 1.0 - between, at.g};
}
/// Computing only what it needs.
inline Normalised by_one(double x, double s) {
  const Stand at = stand(x, s);
  return takes_series(x, at) != 0.0 ? by_series(at) : by_tails(at);
}

// ---- where to start

/// The lowest branch: f = (2 pi / root 27) x N(-x / (root 3 s))^3, equation 4.25. `price` at s.
BALLAST_KERNEL double lower_start(double x, double target, double s, double price) {
  const double z = x / (root_of_3 * s);
  const double y = z * z;
  const double tail = cdf(-z);
  const double f = 2.0 * pi / root_of_27 * x * tail * tail * tail;
  const double growth = exp(least(y + 0.125 * s * s - 0.5 * x, 700.0));
  const double first = 2.0 * pi * y * tail * tail * growth;
  const double mills_ratio = tail / density(z);
  const double second =
      pi / 6.0 * y / (s * s * s) * tail *
      (8.0 * root_of_3 * s * x + (3.0 * s * s * (s * s - 8.0) - 8.0 * x * x) * mills_ratio) *
      growth * growth;
  const CubicEnd start{0.0, 0.0, exp(-0.5 * x)};
  const CubicEnd end{price, f, first};
  const double r = cubic_parameter(start, end, 0.0, second, CubicPreference::shape);
  const double cubic = rational_cubic(target, start, end, r);
  const double share = target / price;
  const double parabola = (f * share + price * start.slope * (1.0 - share)) * share;
  const double mapped = cubic > 0.0 ? cubic : parabola;
  // Where even f is below what a double holds, it is b over root(F K) itself.
  constexpr double smallest = 1e-290;
  const double is_small = mapped > smallest ? 0.0 : 1.0;
  const double cube = (is_small != 0.0 ? target : mapped) * (root_of_27 / (2.0 * pi * x));
  const double third_root = exp((log_ratio(cube, 1.0) - 0.5 * x * is_small) / 3.0);
  return x / (root_of_3 * magnitude(quantile_of_lower_half(least(third_root, 0.49))));
}

/// The highest branch: f = N(-s / 2), equation 4.28. `price` and `complement` at s.
BALLAST_KERNEL double upper_start(
    double x, double target, double s, double price, double complement) {
  const double h = x / s;
  const double f = cdf(-0.5 * s);
  const double first = -0.5 * exp(least(0.5 * h * h - 0.5 * x, 700.0));
  const double second =
      root_of_2_pi / 2.0 * exp(least(h * h + 0.125 * s * s - x, 700.0)) * h * h / s;
  const CubicEnd start{price, f, first};
  const CubicEnd end{1.0, 0.0, -0.5 * exp(-0.5 * x)};
  const double r = cubic_parameter(start, end, 1.0, second, CubicPreference::shape);
  const double cubic = rational_cubic(target, start, end, r);
  const double share = (target - price) / complement;
  const double parabola = (f * (1.0 - share) - end.slope * complement * share) * (1.0 - share);
  const double mapped = cubic > 0.0 ? cubic : parabola;
  return -2.0 * quantile_of_lower_half(least(mapped, 0.5));
}

/// Where the tangent at s_c meets 0, and 1.
BALLAST_KERNEL double lower_edge(double s_centre, double b_centre) {
  return s_centre - b_centre / centre_slope;
}
BALLAST_KERNEL double upper_edge(double s_centre, double b_centre) {
  return s_centre + (1.0 - b_centre) / centre_slope;
}

/// Between s_c and the edge, which is below it or above.
BALLAST_KERNEL double middle_start(
    double target, double s_centre, double b_centre, double s_edge, double b_edge, double slope) {
  const double is_above = s_edge > s_centre ? 1.0 : 0.0;
  const CubicEnd centre{b_centre, s_centre, 1.0 / centre_slope};
  const CubicEnd edge{b_edge, s_edge, 1.0 / slope};
  const CubicEnd left{is_above != 0.0 ? centre.x : edge.x, is_above != 0.0 ? centre.y : edge.y,
                      is_above != 0.0 ? centre.slope : edge.slope};
  const CubicEnd right{is_above != 0.0 ? edge.x : centre.x, is_above != 0.0 ? edge.y : centre.y,
                       is_above != 0.0 ? edge.slope : centre.slope};
  const double r = cubic_parameter(left, right, is_above, 0.0, CubicPreference::smooth);
  return rational_cubic(target, left, right, r);
}

// ---- what to iterate on

struct VolTarget {
  double x = 0.0;
  double price = 0.0;
  double complement = 0.0;
  double log_price = 0.0;  // of the price over root(F K), where its inverse has no singularity
};

/// Of what the price is above its intrinsic value.
BALLAST_KERNEL VolTarget vol_target(double forward, double strike, double time_value) {
  const double smaller = least(forward, strike);
  const double x = magnitude(log_ratio(forward, strike));
  const double price = time_value / smaller;
  return {x, price, (smaller - time_value) / smaller, log_ratio(price, 1.0) - 0.5 * x};
}

/// b'' / b', and the third derivative of b over b'.
struct Bends {
  double second, third;
};
BALLAST_KERNEL Bends bends(double x, double s) {
  const double h = x / s;
  const double second = h * h / s - 0.25 * s;
  return {second, second * second - 3.0 * (h / s) * (h / s) - 0.25};
}

BALLAST_KERNEL double householder(double newton, double halley, double third) {
  return newton * (1.0 + 0.5 * halley * newton) / (1.0 + newton * (halley + third * newton / 6.0));
}

BALLAST_KERNEL double step_by_inverse_log(const VolTarget& target,
                                          const Normalised& at,
                                          const Bends& by) {
  const double log_price = log_ratio(at.price, 1.0) - 0.5 * target.x;
  const double ratio = at.slope / at.price;
  const double inverse = 1.0 / log_price;
  const double bend = ratio * (1.0 + 2.0 * inverse);
  const double newton = log_ratio(target.price, at.price) * log_price / target.log_price / ratio;
  return householder(newton, by.second - bend,
                     by.third + 2.0 * ratio * ratio * (1.0 + 3.0 * inverse * (1.0 + inverse)) -
                         3.0 * by.second * bend);
}
BALLAST_KERNEL double step_by_log_complement(const VolTarget& target,
                                             const Normalised& at,
                                             const Bends& by) {
  const double ratio = at.slope / at.complement;
  return householder(log_ratio(at.complement, target.complement) / ratio, by.second + ratio,
                     by.third + ratio * (2.0 * ratio + 3.0 * by.second));
}
BALLAST_KERNEL double step_by_price(const VolTarget& target,
                                    const Normalised& at,
                                    const Bends& by) {
  return householder((target.price - at.price) / at.slope, by.second, by.third);
}

constexpr int vol_steps_max = 4;
constexpr double last_vol_step = 1e-4;  // of s: to the fourth power it is below rounding

enum class VolObjective : std::uint8_t { inverse_log, price, log_complement };

/// The next s.
inline double advanced(const VolTarget& target, VolObjective objective, double s) {
  const Normalised at = by_one(target.x, s);
  const Bends by = bends(target.x, s);
  double change = 0.0;
  if (objective == VolObjective::inverse_log) change = step_by_inverse_log(target, at, by);
  if (objective == VolObjective::log_complement) change = step_by_log_complement(target, at, by);
  if (objective == VolObjective::price) change = step_by_price(target, at, by);
  return s + most(change, -0.5 * s);
}

}  // namespace ballast::kernel
