#include "quant/control/option_market_making.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

constexpr double euler = 2.71828182845904523536;
constexpr double logistic_shift_max = 700.0;
constexpr double grid_steps_max = 1e6;

/// Lambert's W of exp(x): w with w + ln w = x. Newton's steps on that, which is concave in w.
double lambert_of_exp(double x) {
  if (x < -30.0) return std::exp(x);  // w e^w = e^x: w is e^x to rounding
  double w = x > 1.0 ? x - std::log(x) : std::exp(x - 1.0);
  for (int i = 0; i < 60; ++i) {
    const double next = w * (1.0 + x - std::log(w)) / (1.0 + w);
    if (std::fabs(next - w) <= 1e-16 * w) return next;
    w = next;
  }
  return w;
}

double lambert_at(const LogisticFills& fills, double p) {
  return lambert_of_exp(-1.0 - fills.shift - fills.slope * p);
}

template <class... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overload(Fs...) -> Overload<Fs...>;

Result<void> check_fills(const OptionFills& fills) {
  return std::visit(Overload{[](const ExponentialFills& f) -> Result<void> {
                               BALLAST_CHECK(require_positive("rate", f.rate));
                               return require_positive("k", f.k);
                             },
                             [](const LogisticFills& f) -> Result<void> {
                               BALLAST_CHECK(require_positive("rate", f.rate));
                               BALLAST_CHECK(require_positive("slope", f.slope));
                               if (std::fabs(f.shift) <= logistic_shift_max) return {};
                               return outside("shift", f.shift, "at most 700 either way");
                             }},
                    fills);
}

double rate_of(const OptionFills& fills) {
  return std::visit([](const auto& f) { return f.rate; }, fills);
}

Result<void> check_option(const QuotedOption& option) {
  BALLAST_CHECK(require_positive("vega", option.vega));
  BALLAST_CHECK(require_positive("size", option.size));
  return check_fills(option.fills);
}

Result<void> check_maker(const VegaMaker& maker) {
  BALLAST_CHECK(require_positive("gamma", maker.gamma));
  BALLAST_CHECK(require_positive("vol_of_vol", maker.vol_of_vol));
  BALLAST_CHECK(require_finite("drift", maker.drift));
  return maker.horizon ? require_positive("horizon", *maker.horizon) : Result<void>{};
}

}  // namespace

double best_depth(const OptionFills& fills, double p) {
  return std::visit(
      Overload{[&](const ExponentialFills& f) { return p + 1.0 / f.k; },
               [&](const LogisticFills& f) { return p + (1.0 + lambert_at(f, p)) / f.slope; }},
      fills);
}

double best_gain(const OptionFills& fills, double p) {
  return std::visit(
      Overload{[&](const ExponentialFills& f) { return f.rate / f.k * std::exp(-1.0 - f.k * p); },
               [&](const LogisticFills& f) { return f.rate * lambert_at(f, p) / f.slope; }},
      fills);
}

double gain_curvature(const OptionFills& fills) {
  return std::visit(Overload{[](const ExponentialFills& f) { return f.rate * f.k / euler; },
                             [](const LogisticFills& f) {
                               const double w = lambert_at(f, 0.0);
                               return f.rate * f.slope * w / ((1.0 + w) * (1.0 + w) * (1.0 + w));
                             }},
                    fills);
}

Result<double> vega_liquidity(std::span<const QuotedOption> options) {
  double sum = 0.0;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (const auto checked = check_option(options[i]); !checked) {
      return fail(checked.error().code, fmt::format("options[{}]: {}", i, checked.error().what));
    }
    sum += options[i].size * options[i].vega * options[i].vega * gain_curvature(options[i].fills);
  }
  if (!std::isfinite(sum)) return fail(Errc::overflow, "liquidity is no finite number");
  return sum;
}

Result<VegaSkew> VegaSkew::create(const VegaMaker& maker, std::span<const QuotedOption> options) {
  BALLAST_TRY(liquidity, vega_liquidity(options));
  return create(maker, liquidity);
}

Result<VegaSkew> VegaSkew::create(const VegaMaker& maker, double liquidity) {
  BALLAST_CHECK(check_maker(maker));
  BALLAST_CHECK(require_positive("liquidity", liquidity));
  const double w = maker.vol_of_vol;
  const double pull = w * std::sqrt(2.0 * maker.gamma * liquidity);
  const double share = maker.horizon ? std::tanh(pull * *maker.horizon) : 1.0;
  VegaSkew skew;
  skew.a_ = w * std::sqrt(maker.gamma / (8.0 * liquidity)) * share;
  skew.b_ = maker.drift * share / pull;
  skew.target_ = maker.drift / (maker.gamma * w * w);
  if (!(skew.a_ > 0.0) || !std::isfinite(skew.a_) || !std::isfinite(skew.b_)) {
    return fail(Errc::overflow, "the skew is no number above 0: the inputs are out of proportion");
  }
  return skew;
}

OptionDepths VegaSkew::depths(const QuotedOption& option, double held) const {
  return {best_depth(option.fills, cost_of_fill(held, option.vega, option.size)),
          best_depth(option.fills, cost_of_fill(held, option.vega, -option.size))};
}

// ---- the equation itself

double VegaGrid::value(double held) const {
  const double last = static_cast<double>(values_.size() - 1);
  const double at = std::clamp((held + limit_) / (2.0 * limit_), 0.0, 1.0) * last;
  const auto i = static_cast<std::size_t>(std::min(std::floor(at), last - 1.0));
  const double rest = at - static_cast<double>(i);
  return values_[i] + rest * (values_[i + 1] - values_[i]);
}

std::optional<double> VegaGrid::cost_of_fill(double held, double vega, double size) const {
  const double after = held + size * vega;
  if (std::fabs(after) > limit_ && std::fabs(after) > std::fabs(held)) return std::nullopt;
  return (value(held) - value(after)) / std::fabs(size);
}

VegaGrid::Depths VegaGrid::depths(const QuotedOption& option, double held) const {
  Depths depths;
  const auto side = [&](double size) -> std::optional<double> {
    const auto cost = cost_of_fill(held, option.vega, size);
    return cost ? std::optional(best_depth(option.fills, *cost)) : std::nullopt;
  };
  depths.bid = side(option.size);
  depths.ask = side(-option.size);
  return depths;
}

/// Backwards in time by steps in which less than half a fill is expected, so that each value is a
/// mean of what it was after a step.
Result<VegaGrid> VegaGrid::solve(const VegaMaker& maker,
                                 std::span<const QuotedOption> options,
                                 double limit,
                                 std::size_t points) {
  BALLAST_CHECK(check_maker(maker));
  BALLAST_CHECK(vega_liquidity(options));
  BALLAST_CHECK(require_positive("limit", limit));
  if (!maker.horizon) return fail(Errc::bad_input, "horizon is absent: a grid needs one");
  if (points < 3 || points > 2001)
    return fail(Errc::bad_input, fmt::format("points is {}: it must be 3 to 2001", points));
  double rate = 0.0;
  for (const QuotedOption& option : options)
    rate += 2.0 * rate_of(option.fills);
  const double steps = std::ceil(2.0 * rate * *maker.horizon) + 1.0;
  if (!(steps <= grid_steps_max)) {
    return fail(Errc::no_convergence,
                fmt::format("{:.3g} fills within the horizon: a million is the most", steps / 2.0));
  }
  const double dt = *maker.horizon / steps;
  const double risk = maker.gamma * maker.vol_of_vol * maker.vol_of_vol / 2.0;
  VegaGrid grid;
  grid.limit_ = limit;
  grid.values_.assign(points, 0.0);
  std::vector<double> before(points);
  for (double step = 0.0; step < steps; step += 1.0) {
    for (std::size_t i = 0; i < points; ++i) {
      const double held =
          limit * (2.0 * static_cast<double>(i) / static_cast<double>(points - 1) - 1.0);
      double gain = maker.drift * held - risk * held * held;
      for (const QuotedOption& option : options) {
        for (const double size : {option.size, -option.size}) {
          const auto cost = grid.cost_of_fill(held, option.vega, size);
          if (cost) gain += option.size * best_gain(option.fills, *cost);
        }
      }
      before[i] = grid.values_[i] + dt * gain;
    }
    std::swap(grid.values_, before);
  }
  for (const double value : grid.values_) {
    if (!std::isfinite(value)) return fail(Errc::overflow, "a value is no finite number");
  }
  return grid;
}

}  // namespace ballast
