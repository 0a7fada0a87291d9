// Delbourgo and Gregory (1985), "Shape preserving piecewise rational interpolation", SIAM J.
// Scientific and Statistical Computing 6(4): a cubic over a quadratic through two points with given
// slopes, and a parameter r >= -1 that is chosen for a second derivative at one end, as far as the
// shape stays monotone and convex. Nothing branches: see elementary.hpp.
#pragma once

#include "quant/pricing/elementary.hpp"

namespace ballast {

struct CubicEnd {
  double x = 0.0;
  double y = 0.0;
  double slope = 0.0;
};

/// Prefer: where the shape leaves r free, a straight line over a smooth curve.
enum class CubicPreference : bool { smooth, shape };

namespace kernel {

constexpr double cubic_min = -(1.0 - 1.5e-8);  // at -1 the denominator could vanish
constexpr double cubic_max = 0x1p104;          // from here on the curve is its chord to rounding

/// 1 or 0, for a truth value of one bit is no number of a vector.
BALLAST_KERNEL double negligible(double x) { return magnitude(x) < smallest_normal ? 1.0 : 0.0; }

BALLAST_KERNEL double cubic_secant(const CubicEnd& left, const CubicEnd& right) {
  return (right.y - left.y) / (right.x - left.x);
}

BALLAST_KERNEL double cubic_quotient(double numerator, double denominator) {
  const double quotient = numerator / denominator;
  const double most_or_least = numerator > 0.0 ? cubic_max : cubic_min;
  const double r = negligible(denominator) != 0.0 ? most_or_least : quotient;
  return negligible(numerator) != 0.0 ? 0.0 : r;
}

/// The least r that keeps what the slopes say of the shape.
BALLAST_KERNEL double cubic_shape_min(const CubicEnd& left,
                                      const CubicEnd& right,
                                      CubicPreference preference) {
  const double chord = cubic_secant(left, right);
  const double before = chord - left.slope;
  const double after = right.slope - chord;
  const double turn = right.slope - left.slope;
  const double monotone =
      (left.slope * chord >= 0.0 ? 1.0 : 0.0) * (right.slope * chord >= 0.0 ? 1.0 : 0.0);
  const double convex = (before >= 0.0 ? 1.0 : 0.0) * (after >= 0.0 ? 1.0 : 0.0);
  const double concave = (before <= 0.0 ? 1.0 : 0.0) * (after <= 0.0 ? 1.0 : 0.0);
  const double free = preference == CubicPreference::shape ? cubic_max : cubic_min;
  const double growth = (right.slope + left.slope) / chord;
  const double steady = negligible(chord) != 0.0 ? free : growth;
  const double for_monotone = monotone != 0.0 ? steady : cubic_min;
  const double bend = most(magnitude(turn / after), magnitude(turn / before));
  const double bent = negligible(before) + negligible(after) != 0.0 ? free : bend;
  const double for_convex = convex + concave != 0.0 ? bent : free;
  const double least_r = most(cubic_min, most(for_monotone, for_convex));
  return monotone + convex + concave == 0.0 ? cubic_min : least_r;
}

/// `at_left`: 1 where the second derivative is of the left end, 0 where it is of the right.
BALLAST_KERNEL double cubic_parameter(const CubicEnd& left,
                                      const CubicEnd& right,
                                      double at_left,
                                      double second_derivative,
                                      CubicPreference preference) {
  const double chord = cubic_secant(left, right);
  const double numerator =
      0.5 * (right.x - left.x) * second_derivative + (right.slope - left.slope);
  const double denominator = at_left != 0.0 ? chord - left.slope : right.slope - chord;
  return most(cubic_quotient(numerator, denominator), cubic_shape_min(left, right, preference));
}

BALLAST_KERNEL double rational_cubic(double x,
                                     const CubicEnd& left,
                                     const CubicEnd& right,
                                     double parameter) {
  const double width = right.x - left.x;
  const double t = (x - left.x) / width;
  const double u = 1.0 - t;
  const double line = right.y * t + left.y * u;
  const double curve =
      (right.y * t * t * t + (parameter * right.y - width * right.slope) * t * t * u +
       (parameter * left.y + width * left.slope) * t * u * u + left.y * u * u * u) /
      (1.0 + (parameter - 3.0) * t * u);
  const double inside = parameter >= cubic_max ? line : curve;
  return negligible(width) != 0.0 ? 0.5 * (left.y + right.y) : inside;
}

}  // namespace kernel
}  // namespace ballast
