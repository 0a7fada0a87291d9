#include "quant/pricing/heston_paths.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "quant/control/domain.hpp"
#include "quant/pricing/detail_lookback.hpp"
#include "quant/pricing/heston_paths_kernel.hpp"

namespace ballast {
namespace {

using kernel::HestonScheme;
using kernel::PathLanes;

/// Of Andersen's paper.
HestonScheme scheme_of(const HestonParameters& p, double carry, double dt) {
  const double half_dt = 0.5 * dt;
  const double less = -std::expm1(-p.kappa * dt);
  const double decay = std::exp(-p.kappa * dt);
  const double lean = p.rho / p.sigma;
  const double k2 = half_dt * (p.kappa * lean - 0.5) + lean;
  const double k34 = half_dt * (1.0 - p.rho * p.rho);
  return {.theta = p.theta,
          .carry_dt = carry * dt,
          .half_dt = half_dt,
          .decay = decay,
          .variance_by_v = p.sigma * p.sigma * decay * less / p.kappa,
          .variance_at_0 = p.theta * p.sigma * p.sigma * less * less / (2.0 * p.kappa),
          .k0 = -lean * p.kappa * p.theta * dt,
          .k1 = half_dt * (p.kappa * lean - 0.5) - lean,
          .k2 = k2,
          .k34 = k34,
          .a = k2 + 0.5 * k34};
}

/// A generator of each path's own: nearby seeds and numbers are spread by a multiplication, then
/// its state is made as Rng makes it.
void seed_path(std::uint64_t seed, std::int64_t path, PathLanes& lanes, std::size_t lane) {
  constexpr std::uint64_t spread = 0x9e3779b97f4a7c15ULL;
  std::uint64_t at = seed ^ (static_cast<std::uint64_t>(path) * spread + 0x2545f4914f6cdd1dULL);
  for (auto& words : lanes.state) {
    at += spread;
    std::uint64_t z = at;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    words[lane] = z ^ (z >> 31U);
  }
}

/// A stretch of equal steps, and whether the extreme is watched in it.
struct Stretch {
  HestonScheme scheme;
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
    return Stretch{scheme_of(paths.parameters, carry, years / steps), steps, is_watched};
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

/// Walks all paths and tells `take` the price and extreme at each one's end. `eta` is 1 for the
/// maximum. `every`: 0 for continuous watching, else the steps from fixing to fixing.
template <class Take>
void walk_all(const HestonPaths& paths,
              std::span<const Stretch> stretches,
              double eta,
              double log_extreme,
              int every,
              const Take& take) {
  static const kernel::WalkPaths walk = kernel::walk_paths_kernel(widest_vector_path());
  PathLanes lanes;
  for (std::int64_t first = 0; first < paths.paths; first += kernel::path_lanes) {
    lanes.v.fill(paths.parameters.v0);
    lanes.x.fill(0.0);
    lanes.extreme.fill(log_extreme);
    for (std::size_t lane = 0; lane < kernel::path_lanes; ++lane)
      seed_path(paths.seed, first + static_cast<std::int64_t>(lane), lanes, lane);
    bool has_extreme = std::isfinite(log_extreme);
    for (const Stretch& stretch : stretches) {
      if (stretch.is_watched && !has_extreme) {
        lanes.extreme = lanes.x;  // the watch begins here
        has_extreme = true;
      }
      walk(stretch.scheme, stretch.steps,
           {.is_continuous = stretch.is_watched && every == 0, .every = every, .eta = eta}, lanes);
    }
    const auto count = std::min<std::int64_t>(kernel::path_lanes, paths.paths - first);
    for (std::size_t lane = 0; lane < static_cast<std::size_t>(count); ++lane)
      take(paths.spot * std::exp(lanes.x[lane]), paths.spot * std::exp(lanes.extreme[lane]));
  }
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
  walk_all(paths, stretches, eta, extreme_now, every, [&](double spot, double extreme) {
    samples.add(
        discount * payoff_of(lookback, spot, extreme),
        {discount * spot - spot_now,
         control.price ? discount * european_payoff(control.option, spot) - *control.price : 0.0});
  });
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
  const int at_the_end = stretches.front().steps;
  walk_all(paths, stretches, 1.0, 0.0, at_the_end, [&](double spot, double) {
    samples.add(discount * european_payoff({right, strike}, spot),
                {discount * spot - spot_now, 0.0});
  });
  return finite(samples.price());
}

}  // namespace ballast
