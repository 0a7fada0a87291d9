#include "quant/pricing/heston_paths.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "base/rng.hpp"
#include "quant/control/domain.hpp"
#include "quant/pricing/detail_lookback.hpp"
#include "quant/pricing/normal_kernel.hpp"

namespace ballast {
namespace {

/// A generator of each path's own: nearby seeds and numbers are spread by a multiplication.
Rng generator_of(std::uint64_t seed, std::int64_t path) {
  return Rng(seed ^
             (static_cast<std::uint64_t>(path) * 0x9e3779b97f4a7c15ULL + 0x2545f4914f6cdd1dULL));
}

/// Inside 0 to 1, ends excluded.
double inner_uniform(Rng& rng) { return rng.uniform() + 0x1p-54; }

/// One step of the scheme over `dt`; names as in Andersen's paper, with gamma1 = gamma2 = 1/2.
class QuadraticExponential {
 public:
  QuadraticExponential(const HestonParameters& p, double carry, double dt)
      : theta_(p.theta), carry_dt_(carry * dt), half_dt_(0.5 * dt) {
    decay_ = std::exp(-p.kappa * dt);
    const double less = -std::expm1(-p.kappa * dt);
    variance_by_v_ = p.sigma * p.sigma * decay_ * less / p.kappa;
    variance_at_0_ = p.theta * p.sigma * p.sigma * less * less / (2.0 * p.kappa);
    const double lean = p.rho / p.sigma;
    k0_ = -lean * p.kappa * p.theta * dt;
    k1_ = half_dt_ * (p.kappa * lean - 0.5) - lean;
    k2_ = half_dt_ * (p.kappa * lean - 0.5) + lean;
    k34_ = half_dt_ * (1.0 - p.rho * p.rho);
    a_ = k2_ + 0.5 * k34_;
  }

  struct Move {
    double log_return;
    double bridge_variance;
  };
  /// Moves `v` on.
  Move advance(double& v, Rng& rng) const {
    const double mean = theta_ + (v - theta_) * decay_;
    const double square = v * variance_by_v_ + variance_at_0_;
    const double psi = square / (mean * mean);
    const double uniform = inner_uniform(rng);
    const double normal = kernel::quantile(inner_uniform(rng));
    const double v_before = v;
    double k0 = k0_;
    constexpr double switch_at = 1.5;
    if (!(mean > 0.0)) {
      v = 0.0;
    } else if (psi <= switch_at) {
      const double inverse = 2.0 / std::max(psi, 1e-12);
      const double b_square = inverse - 1.0 + std::sqrt(inverse) * std::sqrt(inverse - 1.0);
      const double a = mean / (1.0 + b_square);
      const double root = std::sqrt(b_square) + kernel::quantile(uniform);
      v = a * root * root;
      const double rest = 1.0 - 2.0 * a_ * a;
      if (rest > 0.0)
        k0 = -a_ * b_square * a / rest + 0.5 * std::log(rest) - (k1_ + 0.5 * k34_) * v_before;
    } else {
      const double p = (psi - 1.0) / (psi + 1.0);
      const double beta = (1.0 - p) / mean;
      v = uniform <= p ? 0.0 : std::log((1.0 - p) / (1.0 - uniform)) / beta;
      if (a_ < beta)
        k0 = -std::log(p + beta * (1.0 - p) / (beta - a_)) - (k1_ + 0.5 * k34_) * v_before;
    }
    return {.log_return = carry_dt_ + k0 + k1_ * v_before + k2_ * v +
                          std::sqrt(k34_ * (v_before + v)) * normal,
            .bridge_variance = half_dt_ * (v_before + v)};
  }

 private:
  double theta_, carry_dt_, half_dt_;
  double decay_ = 0.0;
  double variance_by_v_ = 0.0, variance_at_0_ = 0.0;
  double k0_ = 0.0, k1_ = 0.0, k2_ = 0.0, k34_ = 0.0;
  double a_ = 0.0;  // Andersen's A
};

/// A stretch of equal steps, and whether the extreme is watched in it.
struct Stretch {
  QuadraticExponential scheme;
  int steps;
  bool is_watched;
};

/// Value, and controls less their exact values; sums about the first path's value.
class Samples {
 public:
  explicit Samples(std::size_t controls) : controls_(controls) {}

  void add(double value, const std::array<double, 2>& control) {
    if (count_ == 0.0) shift_ = value;
    const std::array<double, 3> row{value - shift_, control[0], control[1]};
    for (std::size_t i = 0; i < row.size(); ++i) {
      sums_[i] += row[i];
      for (std::size_t j = 0; j <= i; ++j)
        products_[i][j] += row[i] * row[j];
    }
    count_ += 1.0;
  }

  /// The mean of what is left after regression on the controls.
  MonteCarloPrice price() const {
    const auto covariance = [&](std::size_t i, std::size_t j) {
      return (products_[std::max(i, j)][std::min(i, j)] - sums_[i] * sums_[j] / count_) /
             (count_ - 1.0);
    };
    const double variance = std::max(0.0, covariance(0, 0));
    MonteCarloPrice result;
    result.plain_std_error = std::sqrt(variance / count_);
    double mean = sums_[0] / count_;
    double left = variance;
    // One after the other: each control less what those before it explain.
    double slope_on_first = 0.0;
    for (std::size_t c = 1; c <= controls_; ++c) {
      double own = covariance(c, c);
      double with_value = covariance(0, c);
      double control_mean = sums_[c] / count_;
      if (c == 2 && result.controls == 1) {
        slope_on_first = covariance(1, 2) / covariance(1, 1);
        own -= slope_on_first * covariance(1, 2);
        with_value -= slope_on_first * covariance(0, 1);
        control_mean -= slope_on_first * sums_[1] / count_;
      }
      constexpr double rounding = 1e-12;
      if (!(own > rounding * covariance(c, c))) continue;
      ++result.controls;
      mean -= with_value / own * control_mean;
      left -= with_value * with_value / own;
    }
    result.price = shift_ + mean;
    const double freedom = std::max(1.0, count_ - 1.0 - result.controls);
    result.std_error = std::sqrt(std::max(0.0, left) / count_ * (count_ - 1.0) / freedom);
    return result;
  }

 private:
  std::size_t controls_;
  double count_ = 0.0;
  double shift_ = 0.0;
  std::array<double, 3> sums_{};
  std::array<std::array<double, 3>, 3> products_{};
};

Result<void> check_paths(const HestonPaths& paths) {
  BALLAST_CHECK(check_heston(paths.parameters));
  BALLAST_CHECK(require_positive("sigma", paths.parameters.sigma));
  BALLAST_CHECK(require_positive("spot", paths.spot));
  BALLAST_CHECK(require_finite("rate", paths.rate));
  BALLAST_CHECK(require_finite("yield", paths.yield));
  constexpr std::int64_t paths_max = 100'000'000;
  if (paths.paths < 2 || paths.paths > paths_max)
    return outside("paths", static_cast<double>(paths.paths), "2 to 100,000,000");
  constexpr int steps_max = 100'000;
  if (paths.steps < 1 || paths.steps > steps_max)
    return outside("steps", paths.steps, "1 to 100,000");
  return {};
}

std::vector<Stretch> stretches_of(const HestonPaths& paths,
                                  const Lookback& lookback,
                                  std::optional<int> fixings) {
  const double carry = paths.rate - paths.yield;
  const auto stretch = [&](double years, int steps, bool is_watched) {
    return Stretch{QuadraticExponential(paths.parameters, carry, years / steps), steps, is_watched};
  };
  if (fixings) {
    const int each = (paths.steps + *fixings - 1) / *fixings;
    return {stretch(lookback.years, each * *fixings, true)};
  }
  if (!lookback.t1 || *lookback.t1 == lookback.years || *lookback.t1 == 0.0)
    return {stretch(lookback.years, paths.steps, true)};
  const double share = *lookback.t1 / lookback.years;
  const int first = std::max(1, static_cast<int>(std::lround(share * paths.steps)));
  const bool is_first_watched = lookback.style == LookbackStyle::partial_floating;
  return {
      stretch(*lookback.t1, first, is_first_watched),
      stretch(lookback.years - *lookback.t1, std::max(1, paths.steps - first), !is_first_watched)};
}

struct End {
  double log_price;    // of S_T / S
  double log_extreme;  // of the watched extreme over S
};

/// `eta` is 1 for the maximum. `every`: 0 for continuous watching, else the steps from fixing to
/// fixing.
End walk(const HestonPaths& paths,
         std::span<const Stretch> stretches,
         double eta,
         double log_extreme,
         int every,
         Rng rng) {
  double v = paths.parameters.v0;
  double x = 0.0;
  bool has_extreme = std::isfinite(log_extreme);
  for (const Stretch& stretch : stretches) {
    if (stretch.is_watched && !has_extreme) {
      log_extreme = x;  // the watch begins here
      has_extreme = true;
    }
    for (int step = 1; step <= stretch.steps; ++step) {
      const auto move = stretch.scheme.advance(v, rng);
      if (stretch.is_watched && every == 0) {
        const double square = move.log_return * move.log_return -
                              2.0 * move.bridge_variance * std::log(inner_uniform(rng));
        const double extreme = x + 0.5 * (move.log_return + eta * std::sqrt(square));
        log_extreme = eta * std::max(eta * log_extreme, eta * extreme);
      }
      x += move.log_return;
      if (every > 0 && step % every == 0) log_extreme = eta * std::max(eta * log_extreme, eta * x);
    }
  }
  return {x, log_extreme};
}

double payoff_of(const Lookback& lookback, double spot, double extreme) {
  const double sign = lookback.right == OptionRight::call ? 1.0 : -1.0;
  const bool is_fixed =
      lookback.style == LookbackStyle::fixed || lookback.style == LookbackStyle::partial_fixed;
  return std::max(0.0, is_fixed ? sign * (extreme - *lookback.strike)
                                : sign * (spot - lookback.lambda * extreme));
}

/// The European option that is most like the lookback, and its value; 0 where it has none to offer.
struct Control {
  HestonOption option;
  std::optional<double> price;
};
Control control_of(const HestonPaths& paths, const Lookback& lookback) {
  const double like =
      lookback.strike ? *lookback.strike : lookback.lambda * lookback.extremum.value_or(paths.spot);
  Control control{{lookback.right, like}, {}};
  const HestonExpiry expiry{
      .forward = paths.spot * std::exp((paths.rate - paths.yield) * lookback.years),
      .discount = std::exp(-paths.rate * lookback.years),
      .years = lookback.years};
  double price = 0.0;
  if (heston_prices(paths.parameters, expiry, {&control.option, 1}, {&price, 1}))
    control.price = price;
  return control;
}

double european_payoff(const HestonOption& option, double spot) {
  const double sign = option.right == OptionRight::call ? 1.0 : -1.0;
  return std::max(0.0, sign * (spot - option.strike));
}

Result<MonteCarloPrice> finite(const MonteCarloPrice& price) {
  if (!std::isfinite(price.price) || !std::isfinite(price.std_error))
    return fail(Errc::overflow, "the price is not finite");
  return price;
}

}  // namespace

Result<MonteCarloPrice> lookback_price_heston(const HestonPaths& paths,
                                              const Lookback& lookback,
                                              std::optional<int> fixings) {
  BALLAST_CHECK(check_paths(paths));
  // The vol of the market is of no account here; the rest of it is checked.
  BALLAST_CHECK(check_lookback({paths.spot, paths.rate, paths.yield, 1.0}, lookback));
  if (fixings) {
    constexpr int fixings_max = 100'000;
    if (*fixings < 1 || *fixings > fixings_max)
      return outside("monitorings", *fixings, "1 to 100,000");
    if (lookback.t1) {
      return fail(Errc::bad_input,
                  "partial lookbacks are watched continuously: leave out monitorings");
    }
  }
  const std::vector<Stretch> stretches = stretches_of(paths, lookback, fixings);
  const int every = fixings ? stretches.front().steps / *fixings : 0;
  const double eta = detail::watches_maximum(lookback) ? 1.0 : -1.0;
  const bool begins_later = lookback.style == LookbackStyle::partial_fixed && *lookback.t1 > 0.0;
  const double extreme_now = begins_later
                                 ? -eta * std::numeric_limits<double>::infinity()
                                 : std::log(lookback.extremum.value_or(paths.spot) / paths.spot);
  const Control control = control_of(paths, lookback);
  const double discount = std::exp(-paths.rate * lookback.years);
  const double spot_now = paths.spot * std::exp(-paths.yield * lookback.years);
  Samples samples(control.price ? 2 : 1);
  for (std::int64_t path = 0; path < paths.paths; ++path) {
    const End end = walk(paths, stretches, eta, extreme_now, every, generator_of(paths.seed, path));
    const double spot = paths.spot * std::exp(end.log_price);
    const double extreme = paths.spot * std::exp(end.log_extreme);
    samples.add(
        discount * payoff_of(lookback, spot, extreme),
        {discount * spot - spot_now,
         control.price ? discount * european_payoff(control.option, spot) - *control.price : 0.0});
  }
  return finite(samples.price());
}

Result<MonteCarloPrice> european_price_heston(const HestonPaths& paths,
                                              OptionRight right,
                                              double strike,
                                              double years) {
  BALLAST_CHECK(check_paths(paths));
  BALLAST_CHECK(require_positive("strike", strike));
  BALLAST_CHECK(require_positive("years", years));
  const Lookback whole{.style = LookbackStyle::floating, .right = right, .years = years};
  const std::vector<Stretch> stretches = stretches_of(paths, whole, {});
  const double discount = std::exp(-paths.rate * years);
  const double spot_now = paths.spot * std::exp(-paths.yield * years);
  Samples samples(1);
  for (std::int64_t path = 0; path < paths.paths; ++path) {
    const End end =
        walk(paths, stretches, 1.0, 0.0, stretches.front().steps, generator_of(paths.seed, path));
    const double spot = paths.spot * std::exp(end.log_price);
    samples.add(discount * european_payoff({right, strike}, spot),
                {discount * spot - spot_now, 0.0});
  }
  return finite(samples.price());
}

}  // namespace ballast
