// The bivariate normal distribution.
#pragma once

namespace ballast::detail {

/// P(X <= a, Y <= b) for standard normals of correlation rho, -1 to 1; a and b may be infinite.
/// Genz (2004), Statistics and Computing 14, after Drezner and Wesolowsky (1990); absolute error
/// 1e-15.
double bivariate_normal_cdf(double a, double b, double rho);

/// Its derivatives by a and by b.
struct BivariateSlopes {
  double by_a = 0.0;
  double by_b = 0.0;
};
BivariateSlopes bivariate_normal_slopes(double a, double b, double rho);

/// ln N(x), also where N(x) is below the least double.
double log_normal_cdf(double x);

}  // namespace ballast::detail
