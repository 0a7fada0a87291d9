// Delbourgo and Gregory (1985), "Shape preserving piecewise rational interpolation", SIAM J.
// Scientific and Statistical Computing 6(4): a cubic over a quadratic through two points with given
// slopes, and a parameter r >= -1 that is chosen for a second derivative at one end, as far as the
// shape stays monotone and convex.
#pragma once

namespace ballast {

struct CubicEnd {
  double x = 0.0;
  double y = 0.0;
  double slope = 0.0;
};

/// Prefer: where the shape leaves r free, a straight line over a smooth curve.
enum class CubicPreference : bool { smooth, shape };

double cubic_parameter_at_left(const CubicEnd& left,
                               const CubicEnd& right,
                               double second_derivative,
                               CubicPreference preference);
double cubic_parameter_at_right(const CubicEnd& left,
                                const CubicEnd& right,
                                double second_derivative,
                                CubicPreference preference);

double rational_cubic(double x, const CubicEnd& left, const CubicEnd& right, double parameter);

}  // namespace ballast
