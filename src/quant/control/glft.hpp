// Guéant, Lehalle and Fernandez-Tapia (2013), "Dealing with the inventory risk", Mathematics and
// Financial Economics 7(4) (arXiv 1105.3115): the depths of a market maker's quotes with inventory
// limits, and Guéant (2017), "Optimal market making", Applied Mathematical Finance 24(2).
//
//   v'(t) = M v(t), v(T) = 1          M tridiagonal over q = -Q..Q:
//   diagonal  k gamma sigma^2 q^2 / 2 - k mu q        off-diagonal  -eta
//   eta = A (1 + gamma/k)^-(1 + k/gamma) exp(-k xi / 2)
//   bid depth = ln(v_q / v_(q+1)) / k + ln(1 + gamma/k) / gamma + xi / 2, ask with v_(q-1)
//
// Inventory q counts fills of one size. Depths are distances from the mid, in its price unit, and
// may be negative far from flat.
// Tests: values at the parameters of the paper's figures; the limits of the three methods in each
// other; symmetry.
#pragma once

#include <optional>

#include "base/result.hpp"

namespace ballast {

struct GlftInput {
  double gamma = 0.0;      // risk aversion, 1 / money, > 0
  double sigma = 0.0;      // volatility, price per root of time, > 0
  double k = 0.0;          // decay of the fill rate with depth, 1 / price, > 0
  double fill_rate = 0.0;  // A: at depth 0, 1 / time, > 0
  double drift = 0.0;      // mu: of the price, price per time
  double impact = 0.0;     // xi: what a fill moves the price by, against the maker, >= 0
  int limit = 0;  // Q: the most fills held either way, 1 to 500; the closed form has no limit
};

/// Absent: at the inventory limit, where the side that adds is not quoted.
struct GlftDepths {
  std::optional<double> bid;
  std::optional<double> ask;
};

/// The closed form (Gaussian approximation of the stationary solution, section 4), without limits:
///   c1 + ((2q + 1)/2 - mu/(gamma sigma^2)) c2, ask with -(2q - 1)/2 + mu/(gamma sigma^2),
///   c1 = ln(1 + gamma/k)/gamma + xi/2
///   c2 = sqrt(sigma^2 gamma/(2 k A) (1 + gamma/k)^(1 + k/gamma)) e^(k xi/4)
Result<GlftDepths> glft_closed_form(const GlftInput& input, double q);

/// Long before the end: v is the eigenvector of M's smallest eigenvalue. |q| <= limit.
Result<GlftDepths> glft_stationary(const GlftInput& input, int q);

/// The same for inventories that are not whole: linear between the two whole ones next to q. Both
/// sides are given: one that is not quoted at q at the depth where it last is. |q| is taken as
/// `limit` when it is more.
Result<GlftDepths> glft_stationary_between(const GlftInput& input, double q);

/// `horizon` before the end, >= 0: v = exp(-M horizon) v(T), with v_q(T) = exp(-k xi q^2 / 2).
Result<GlftDepths> glft_exact(const GlftInput& input, int q, double horizon);

struct GueantInput {
  double gamma = 0.0;      // > 0
  double sigma = 0.0;      // price per root of time, > 0
  double k = 0.0;          // > 0
  double fill_rate = 0.0;  // A, > 0
  double xi = 0.0;         // gamma: exponential utility (model A); 0: mean and variance (model B)
  double delta = 0.0;      // the size of a fill, > 0
};
/// Guéant (2017), equations 4.6 and 4.7, for an inventory of `q` units:
///   c1 + sigma c2 delta / 2 + q sigma c2, ask with - q sigma c2.
Result<GlftDepths> gueant_closed_form(const GueantInput& input, double q);

}  // namespace ballast
