#include "quant/pricing/rational_cubic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ballast {
namespace {

constexpr double parameter_min = -(1.0 - 1.5e-8);  // at -1 the denominator could vanish
constexpr double parameter_max = 0x1p104;  // from here on the curve is its chord to rounding

bool negligible(double x) { return std::fabs(x) < std::numeric_limits<double>::min(); }

double secant(const CubicEnd& left, const CubicEnd& right) {
  return (right.y - left.y) / (right.x - left.x);
}

double parameter(double numerator, double denominator) {
  if (negligible(numerator)) return 0.0;
  if (negligible(denominator)) return numerator > 0.0 ? parameter_max : parameter_min;
  return numerator / denominator;
}

/// The least r that keeps what the slopes say of the shape.
double shape_min(const CubicEnd& left, const CubicEnd& right, CubicPreference preference) {
  const double chord = secant(left, right);
  const bool monotone = left.slope * chord >= 0.0 && right.slope * chord >= 0.0;
  const bool convex = left.slope <= chord && chord <= right.slope;
  const bool concave = left.slope >= chord && chord >= right.slope;
  if (!monotone && !convex && !concave) return parameter_min;
  const bool shape = preference == CubicPreference::shape;
  double for_monotone = parameter_min;
  double for_convex = parameter_min;
  if (monotone) {
    if (!negligible(chord))
      for_monotone = (right.slope + left.slope) / chord;
    else if (shape)
      for_monotone = parameter_max;
  }
  if (convex || concave) {
    const double before = chord - left.slope;
    const double after = right.slope - chord;
    const double turn = right.slope - left.slope;
    if (!negligible(before) && !negligible(after))
      for_convex = std::max(std::fabs(turn / after), std::fabs(turn / before));
    else if (shape)
      for_convex = parameter_max;
  } else if (shape) {
    for_convex = parameter_max;
  }
  return std::max({parameter_min, for_monotone, for_convex});
}

}  // namespace

double cubic_parameter_at_left(const CubicEnd& left,
                               const CubicEnd& right,
                               double second_derivative,
                               CubicPreference preference) {
  const double numerator =
      0.5 * (right.x - left.x) * second_derivative + (right.slope - left.slope);
  return std::max(parameter(numerator, secant(left, right) - left.slope),
                  shape_min(left, right, preference));
}

double cubic_parameter_at_right(const CubicEnd& left,
                                const CubicEnd& right,
                                double second_derivative,
                                CubicPreference preference) {
  const double numerator =
      0.5 * (right.x - left.x) * second_derivative + (right.slope - left.slope);
  return std::max(parameter(numerator, right.slope - secant(left, right)),
                  shape_min(left, right, preference));
}

double rational_cubic(double x, const CubicEnd& left, const CubicEnd& right, double parameter) {
  const double width = right.x - left.x;
  if (negligible(width)) return 0.5 * (left.y + right.y);
  const double t = (x - left.x) / width;
  const double u = 1.0 - t;
  if (parameter >= parameter_max) return right.y * t + left.y * u;
  return (right.y * t * t * t + (parameter * right.y - width * right.slope) * t * t * u +
          (parameter * left.y + width * left.slope) * t * u * u + left.y * u * u * u) /
         (1.0 + (parameter - 3.0) * t * u);
}

}  // namespace ballast
