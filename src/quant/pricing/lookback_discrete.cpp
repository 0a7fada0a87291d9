// Lookbacks at fixings, with steps of the logarithm of the price measured in their own deviation.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "quant/control/domain.hpp"
#include "quant/pricing/detail_black.hpp"
#include "quant/pricing/detail_gauss_legendre.hpp"
#include "quant/pricing/detail_lookback.hpp"

namespace ballast {
namespace {

constexpr int fixings_max = 5000;

Result<void> check_fixings(const LookbackMarket& market, const Lookback& lookback, int fixings) {
  BALLAST_CHECK(check_lookback(market, lookback));
  if (lookback.style != LookbackStyle::floating && lookback.style != LookbackStyle::fixed)
    return fail(Errc::bad_input,
                "partial lookbacks are watched continuously: leave out monitorings");
  if (lookback.lambda != 1.0)
    return fail(Errc::bad_input, "lambda is given, but at fixings it must be 1");
  if (fixings < 1)
    return fail(Errc::bad_input, fmt::format("monitorings is {}: it must be 1 or above", fixings));
  return {};
}

/// The greatest of 0 and the first n sums of independent N(drift, 1): Lindley (1952) has it as
/// W_n = max(0, W_(n-1) + X). An atom at 0, and a density beyond it at the nodes of equal panels.
class GreatestSum {
 public:
  static constexpr std::size_t nodes_per_panel = 12;
  static constexpr double panel = 2.0;  // in deviations of a step: the density is smooth on that

  GreatestSum(double drift, double reach)
      : drift_(drift),
        panels_(static_cast<std::size_t>(std::ceil(reach / panel))),
        density_(panels_ * nodes_per_panel) {
    const auto& rule = detail::gauss_legendre<nodes_per_panel>();
    // From a node of one panel to a node of another `apart` panels on.
    const double kernel_reach = 9.5 + std::fabs(drift);
    apart_ = static_cast<std::size_t>(std::ceil(kernel_reach / panel)) + 1;
    kernel_.resize((2 * apart_ + 1) * nodes_per_panel * nodes_per_panel);
    std::size_t at = 0;
    for (std::size_t shift = 0; shift <= 2 * apart_; ++shift) {
      const double distance = panel * (static_cast<double>(shift) - static_cast<double>(apart_));
      for (const double to : rule.nodes) {
        for (std::size_t from = 0; from < nodes_per_panel; ++from) {
          const double step = distance + 0.5 * panel * (to - rule.nodes[from]);
          kernel_[at++] = 0.5 * panel * rule.weights[from] * detail::normal_density(step - drift);
        }
      }
    }
  }

  void step() {
    std::vector<double> next(density_.size());
    const double atom = expectation([&](double w) { return detail::normal_cdf(-w - drift_); });
    for (std::size_t to = 0; to < panels_; ++to) {
      double* const row = next.data() + to * nodes_per_panel;
      for (std::size_t i = 0; i < nodes_per_panel; ++i)
        row[i] = atom_ * detail::normal_density(place(to, i) - drift_);
      const std::size_t first = to > apart_ ? to - apart_ : 0;
      const std::size_t last = std::min(panels_ - 1, to + apart_);
      for (std::size_t from = first; from <= last; ++from)
        add_panel(to + apart_ - from, density_.data() + from * nodes_per_panel, row);
    }
    density_.swap(next);
    atom_ = atom;
  }

  template <class F>
  double expectation(const F& f) const {
    const auto& rule = detail::gauss_legendre<nodes_per_panel>();
    double sum = atom_ * f(0.0);
    for (std::size_t p = 0; p < panels_; ++p)
      for (std::size_t i = 0; i < nodes_per_panel; ++i)
        sum += 0.5 * panel * rule.weights[i] * density_[p * nodes_per_panel + i] * f(place(p, i));
    return sum;
  }

 private:
  double place(std::size_t p, std::size_t i) const {
    const auto& rule = detail::gauss_legendre<nodes_per_panel>();
    return panel * (static_cast<double>(p) + 0.5 * (1.0 + rule.nodes[i]));
  }
  void add_panel(std::size_t shift, const double* from, double* to) const {
    const double* const kernel = kernel_.data() + shift * nodes_per_panel * nodes_per_panel;
    for (std::size_t i = 0; i < nodes_per_panel; ++i) {
      double sum = 0.0;
      for (std::size_t j = 0; j < nodes_per_panel; ++j)
        sum += kernel[i * nodes_per_panel + j] * from[j];
      to[i] += sum;
    }
  }

  double drift_;
  std::size_t panels_;
  std::size_t apart_ = 0;
  double atom_ = 1.0;
  std::vector<double> density_;
  std::vector<double> kernel_;
};

/// e^(-rT) E[(max S - level)+] at fixings, or of the minimum. The last step is Black's formula,
/// which is smooth where the payoff has its kink.
double discrete_excess(
    const LookbackMarket& market, double years, double level, bool maximum, int fixings) {
  const double eta = maximum ? 1.0 : -1.0;
  const double step = market.vol * std::sqrt(years / fixings);
  const double drift =
      eta * (market.rate - market.yield - 0.5 * market.vol * market.vol) * (years / fixings) / step;
  const double tilted = std::max({0.0, drift, drift + eta * step});
  constexpr double deviations = 9.5;
  const double reach = tilted * fixings + deviations * std::sqrt(fixings) + 6.0;
  GreatestSum greatest(drift, reach);
  for (int fixing = 1; fixing < fixings; ++fixing)
    greatest.step();
  const double gap = eta * std::log(level / market.spot) / step;  // to be passed, >= 0
  const double expected = greatest.expectation([&](double w) {
    const double d = w + drift - gap;
    const double grown = market.spot * std::exp(eta * step * (w + drift) + 0.5 * step * step);
    return eta * (grown * detail::normal_cdf(d + eta * step) - level * detail::normal_cdf(d));
  });
  return std::exp(-market.rate * years) * std::max(0.0, expected);
}

}  // namespace

Result<double> lookback_price_discrete(const LookbackMarket& market,
                                       const Lookback& lookback,
                                       int fixings) {
  BALLAST_CHECK(check_fixings(market, lookback, fixings));
  if (fixings > fixings_max) {
    return fail(Errc::bad_input,
                fmt::format("monitorings is {}: it must be at most {}", fixings, fixings_max));
  }
  const double drift = std::fabs(market.rate - market.yield - 0.5 * market.vol * market.vol) *
                       std::sqrt(lookback.years) / market.vol;
  const double stdev = market.vol * std::sqrt(lookback.years);
  constexpr double most = 20.0;
  if (!(drift <= most) || !(stdev <= most)) {
    return fail(
        Errc::no_convergence,
        fmt::format("the logarithm of the price drifts by {} of its deviations, which is {}: "
                    "more than {} of either is not computed",
                    drift, stdev, most));
  }
  const bool maximum = detail::watches_maximum(lookback);
  const auto worth = detail::end_worth(market, lookback.years);
  const double price = detail::lookback_from_excess(market, lookback, worth, [&](double level) {
    return discrete_excess(market, lookback.years, level, maximum, fixings);
  });
  if (!std::isfinite(price)) return fail(Errc::overflow, "the price is not finite");
  return std::max(0.0, price);
}

Result<double> lookback_price_corrected(const LookbackMarket& market,
                                        const Lookback& lookback,
                                        int fixings) {
  BALLAST_CHECK(check_fixings(market, lookback, fixings));
  constexpr double beta = 0.58259715793901;  // -zeta(1/2) / sqrt(2 pi)
  const bool maximum = detail::watches_maximum(lookback);
  const double shift =
      (maximum ? 1.0 : -1.0) * beta * market.vol * std::sqrt(lookback.years / fixings);
  const auto worth = detail::end_worth(market, lookback.years);
  const double price = detail::lookback_from_excess(market, lookback, worth, [&](double level) {
    return std::exp(-shift) *
           detail::lookback_excess(market, lookback.years, level * std::exp(shift), maximum);
  });
  if (!std::isfinite(price)) return fail(Errc::overflow, "the price is not finite");
  return std::max(0.0, price);
}

}  // namespace ballast
