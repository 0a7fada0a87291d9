#include "quant/pricing/detail_bivariate_normal.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "quant/pricing/detail_black.hpp"
#include "quant/pricing/detail_gauss_legendre.hpp"

namespace ballast::detail {
namespace {

constexpr double two_pi = 2.0 * std::numbers::pi;

/// Plackett's integral over the correlation, from 0; for correlations away from +-1.
double by_correlation(double h, double k, double rho) {
  const auto& rule = gauss_legendre<20>();
  const double hk = h * k;
  const double half_squares = 0.5 * (h * h + k * k);
  const double half_angle = 0.5 * std::asin(rho);
  double sum = 0.0;
  for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
    const double sine = std::sin(half_angle * (1.0 + rule.nodes[i]));
    sum += rule.weights[i] * std::exp((sine * hk - half_squares) / (1.0 - sine * sine));
  }
  return sum * half_angle / two_pi + normal_cdf(-h) * normal_cdf(-k);
}

/// The same from +-1, with the singular part taken off and integrated exactly: Genz, equation 6.
double by_distance_from_one(double h, double k, double rho) {
  if (rho < 0.0) k = -k;
  double hk = h * k;
  double sum = 0.0;
  constexpr double exponent_least = -700.0;
  if (std::fabs(rho) < 1.0) {
    const double square = (1.0 - rho) * (1.0 + rho);
    double a = std::sqrt(square);
    const double gap_square = (h - k) * (h - k);
    const double gap = std::fabs(h - k);
    const double c = (4.0 - hk) / 8.0;
    const double d = (12.0 - hk) / 80.0;
    const double exponent = -0.5 * (gap_square / square + hk);
    if (exponent > exponent_least) {
      sum = a * std::exp(exponent) *
            (1.0 - c * (gap_square - square) * (1.0 - d * gap_square) / 3.0 +
             c * d * square * square);
    }
    if (hk > 2.0 * exponent_least) {
      sum -= std::exp(-0.5 * hk) * std::sqrt(two_pi) * normal_cdf(-gap / a) * gap *
             (1.0 - c * gap_square * (1.0 - d * gap_square) / 3.0);
    }
    a *= 0.5;
    const auto& rule = gauss_legendre<20>();
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
      const double x = a * (1.0 + rule.nodes[i]);
      const double x_square = x * x;
      const double at = -0.5 * (gap_square / x_square + hk);
      if (at <= exponent_least) continue;
      const double root = std::sqrt(1.0 - x_square);
      const double series = 1.0 + c * x_square * (1.0 + 5.0 * d * x_square);
      const double exact = std::exp(-0.5 * hk * x_square / ((1.0 + root) * (1.0 + root))) / root;
      sum += a * rule.weights[i] * std::exp(at) * (exact - series);
    }
    sum = -sum / two_pi;
  }
  if (rho > 0.0) return sum + normal_cdf(-std::max(h, k));
  const double rest = h >= k ? 0.0 : normal_cdf(k) - normal_cdf(h);
  return rest - sum;
}

}  // namespace

double bivariate_normal_cdf(double a, double b, double rho) {
  constexpr double sure = 40.0;  // N(-40) is below the least double
  if (a <= -sure || b <= -sure) return 0.0;
  if (a >= sure) return normal_cdf(b);
  if (b >= sure) return normal_cdf(a);
  constexpr double near_one = 0.925;
  const double value =
      std::fabs(rho) < near_one ? by_correlation(-a, -b, rho) : by_distance_from_one(-a, -b, rho);
  return std::clamp(value, 0.0, 1.0);
}

BivariateSlopes bivariate_normal_slopes(double a, double b, double rho) {
  const double rest = std::sqrt((1.0 - rho) * (1.0 + rho));
  const auto slope = [&](double at, double other) {
    const double gap = other - rho * at;
    if (rest > 0.0) return normal_density(at) * normal_cdf(gap / rest);
    return gap > 0.0 ? normal_density(at) : 0.0;
  };
  return {slope(a, b), slope(b, a)};
}

double log_normal_cdf(double x) {
  constexpr double far = -30.0;
  if (x > far) return std::log(normal_cdf(x));
  const double y = 1.0 / (x * x);  // the asymptotic series, to 1e-12 here
  const double series = y * (-1.0 + y * (3.0 + y * (-15.0 + y * 105.0)));
  return -0.5 * x * x - std::log(-x) - 0.5 * std::log(two_pi) + std::log1p(series);
}

}  // namespace ballast::detail
