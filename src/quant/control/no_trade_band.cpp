#include "quant/control/no_trade_band.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

double merton(const ProportionalCostInput& input) {
  return input.excess_return / (input.gamma * input.sigma * input.sigma);
}

Result<void> check(const ProportionalCostInput& input) {
  BALLAST_CHECK(require_positive("excess_return", input.excess_return));
  BALLAST_CHECK(require_positive("sigma", input.sigma));
  BALLAST_CHECK(require_positive("gamma", input.gamma));
  BALLAST_CHECK(require_positive("cost", input.cost));
  if (input.cost >= 1.0) {
    return fail(Errc::bad_input, fmt::format("cost is {}: it must be below 1", input.cost));
  }
  if (const double target = merton(input); target >= 1.0) {
    return fail(Errc::bad_input,
                fmt::format("the target mu/(gamma sigma^2) is {}: it must be below 1", target));
  }
  return {};
}

double first_order(const ProportionalCostInput& input) {
  const double target = merton(input);
  const double spread = target * (1.0 - target);
  return std::cbrt(0.75 / input.gamma * spread * spread * input.cost);
}

/// What the band target +- half leaves over of the cost. In the paper's free boundary problem the
/// slope w obeys w' = P(w) = gamma (w - lower)(w - upper) + w (1 - w) from one edge to the other,
/// over the logarithm of the ratio of the prices at which the edges are hit. P is quadratic, so
/// that distance, the integral of 1 / P, is an area tangent of its discriminant, or a tangent.
double left_over(const ProportionalCostInput& input, double half) {
  const double target = merton(input);
  const double spread = target * (1.0 - target);
  const double discriminant =
      1.0 - 4.0 * input.gamma * (spread - (input.gamma - 1.0) * half * half);
  const double root = std::sqrt(std::fabs(discriminant));
  const double middle = spread - (2.0 * input.gamma - 1.0) * half * half;
  const double log_odds = std::log((target + half) / (target - half)) + std::log1p(half - target) -
                          std::log1p(-half - target);
  double distance = 2.0 * half / middle;
  if (discriminant < 0.0) {
    distance = 2.0 * std::atan2(root * half, middle) / root;
  } else if (middle <= root * half) {  // the slope never gets there
    return -1.0;
  } else if (root > 0.0) {
    distance = 2.0 * std::atanh(root * half / middle) / root;
  }
  return log_odds - std::log1p(-input.cost) - distance;
}

}  // namespace

Result<double> proportional_cost_half_width(const ProportionalCostInput& input) {
  BALLAST_CHECK(check(input));
  return first_order(input);
}

Result<NoTradeBand> proportional_cost_band(const ProportionalCostInput& input) {
  BALLAST_CHECK(check(input));
  const double target = merton(input);
  const double most = (1.0 - 1e-9) * std::min(target, 1.0 - target);
  // A band that is too narrow leaves cost over, and a wider one less of it, until near 0 and 1 the
  // logarithms grow without bound: the first width that leaves none is the one, close to the first
  // order's.
  const auto too_wide = [&](double half) { return left_over(input, half) <= 0.0; };
  constexpr double stride = 0.02;
  const double guess = first_order(input);
  double low = 0.0;
  double high = std::min(stride * guess, most);
  while (!too_wide(high)) {
    if (high >= most) {
      return fail(
          Errc::no_convergence,
          fmt::format("at a cost of {} the band around {} leaves (0, 1)", input.cost, target));
    }
    low = high;
    high = std::min(high + stride * guess, most);
  }
  while (true) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    (too_wide(middle) ? high : low) = middle;
  }
  const double lambda = high * input.gamma * input.sigma * input.sigma;
  const double mu = input.excess_return;
  return NoTradeBand{
      target - high, target + high,
      (mu - lambda) * (mu + lambda) / (2.0 * input.gamma * input.sigma * input.sigma)};
}

Result<double> small_cost_half_width(double gamma, double cost, double sensitivity) {
  BALLAST_CHECK(require_positive("gamma", gamma));
  BALLAST_CHECK(require_not_negative("cost", cost));
  BALLAST_CHECK(require_finite("sensitivity", sensitivity));
  return std::cbrt(1.5 * cost * sensitivity * sensitivity / gamma);
}

Result<double> whalley_wilmott_half_width(const HedgeBandInput& input) {
  BALLAST_CHECK(require_positive("spot", input.spot));
  BALLAST_CHECK(require_not_negative("cost", input.cost));
  BALLAST_CHECK(require_not_negative("years", input.years));
  BALLAST_CHECK(require_finite("rate", input.rate));
  const double discount = std::exp(-input.rate * input.years);
  return small_cost_half_width(input.risk_aversion, discount * input.cost * input.spot,
                               input.gamma_position);
}

Result<double> zakamouline_half_width(const HedgeBandInput& input) {
  BALLAST_CHECK(require_finite("gamma_position", input.gamma_position));
  BALLAST_CHECK(require_positive("spot", input.spot));
  BALLAST_CHECK(require_not_negative("cost", input.cost));
  BALLAST_CHECK(require_positive("risk_aversion", input.risk_aversion));
  BALLAST_CHECK(require_positive("sigma", input.sigma));
  BALLAST_CHECK(require_positive("years", input.years));
  BALLAST_CHECK(require_finite("rate", input.rate));
  const double h0 =
      input.cost / (input.risk_aversion * input.spot * input.sigma * input.sigma * input.years);
  const double h1 = 1.12 * std::pow(input.cost, 0.31) * std::pow(input.years, 0.05) *
                    std::pow(std::exp(-input.rate * input.years) / input.sigma, 0.25) *
                    std::sqrt(std::fabs(input.gamma_position) / input.risk_aversion);
  return h0 + h1;
}

}  // namespace ballast
