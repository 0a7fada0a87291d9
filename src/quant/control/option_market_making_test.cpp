#include "quant/control/option_market_making.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/control/glft_multi.hpp"
#include "quant/pricing/heston.hpp"

namespace ballast {
namespace {

/// Of the legends of the paper's figures 4 to 8: price, and vega by the root of the variance, both
/// as computed to 20 digits from its Heston parameters and as printed, where the paper cuts digits.
struct Quoted {
  double strike, years, price, price_printed, vega, vega_printed;
};
constexpr std::array<Quoted, 12> book_of_the_paper{{
    {8, 1.0, 2.059717912, 2.06, 0.4167196411, 0.41},
    {8, 1.5, 2.112351246, 2.11, 0.4706878289, 0.46},
    {8, 2.0, 2.166380144, 2.16, 0.4783700365, 0.48},
    {8, 3.0, 2.272456165, 2.27, 0.4603952679, 0.46},
    {10, 1.0, 0.5860220933, 0.58, 1.252364177, 1.25},
    {10, 1.5, 0.7181967838, 0.71, 1.061655323, 1.05},
    {10, 2.0, 0.8300403624, 0.83, 0.9268891507, 0.92},
    {10, 3.0, 1.017805069, 1.02, 0.7574351427, 0.76},
    {11, 1.0, 0.2178012622, 0.21, 1.059218913, 1.05},
    {11, 1.5, 0.3342034765, 0.33, 0.9731837986, 0.96},
    {11, 2.0, 0.4388314729, 0.44, 0.8836581702, 0.88},
    {11, 3.0, 0.6215592409, 0.62, 0.7493146623, 0.75},
}};
constexpr double spot = 10.0;
constexpr HestonParameters priced{
    .v0 = 0.0225, .kappa = 3.0, .theta = 0.0225, .sigma = 0.2, .rho = -0.5};

/// The paper's maker: 252 days of 30 requests at the money, fewer away from it; half a million a
/// fill.
std::vector<QuotedOption> options_of_the_paper() {
  std::vector<QuotedOption> options;
  for (const Quoted& one : book_of_the_paper) {
    const double rate = 252.0 * 30.0 / (1.0 + 0.7 * std::fabs(spot - one.strike));
    options.push_back({one.vega, 5e5 / one.price, LogisticFills{rate, 0.7, 150.0 / one.vega}});
  }
  return options;
}
VegaMaker maker_of_the_paper() {
  const double root = std::sqrt(priced.v0);
  const double believed = 2.0 * (0.04 - priced.v0);
  const double paid = priced.kappa * (priced.theta - priced.v0);
  return {.gamma = 1e-3,
          .vol_of_vol = priced.sigma / 2.0,
          .drift = (believed - paid) / (2.0 * root),
          .horizon = 0.0012};
}

TEST(OptionMarketMaking, has_the_prices_and_vegas_of_the_paper) {
  for (const Quoted& one : book_of_the_paper) {
    const HestonOption option{OptionRight::call, one.strike};
    HestonValue value;
    ASSERT_TRUE(heston_values(priced, {.forward = spot, .discount = 1.0, .years = one.years},
                              {&option, 1}, {&value, 1}));
    const double vega = 2.0 * std::sqrt(priced.v0) * value.gradient.v0;
    EXPECT_NEAR(value.price, one.price, 1e-9);
    const auto slope = [&](double h) {
      const auto at = [&](double vol) {
        HestonParameters moved = priced;
        moved.v0 = vol * vol;
        double price = 0.0;
        EXPECT_TRUE(heston_prices(moved, {.forward = spot, .discount = 1.0, .years = one.years},
                                  {&option, 1}, {&price, 1}));
        return price;
      };
      const double vol = std::sqrt(priced.v0);
      return (at(vol + h) - at(vol - h)) / (2.0 * h);
    };
    EXPECT_NEAR(vega, (4.0 * slope(5e-4) - slope(1e-3)) / 3.0, 1e-9);
    EXPECT_NEAR(slope(1e-4), one.vega, 5e-9);  // the reference is this difference
    EXPECT_NEAR(value.price, one.price_printed, 0.011);
    EXPECT_NEAR(vega, one.vega_printed, 0.025);
  }
}

TEST(OptionMarketMaking, knows_the_best_depth_by_trying_all) {
  const std::array<OptionFills, 3> all{ExponentialFills{100.0, 3.0},
                                       LogisticFills{7560.0, 0.7, 150.0},
                                       LogisticFills{50.0, -2.0, 4.0}};
  for (const OptionFills& fills : all) {
    const auto rate = [&](double depth) {
      if (const auto* f = std::get_if<ExponentialFills>(&fills))
        return f->rate * std::exp(-f->k * depth);
      const auto& f = std::get<LogisticFills>(fills);
      return f.rate / (1.0 + std::exp(f.shift + f.slope * depth));
    };
    for (const double p : {-0.05, -0.001, 0.0, 0.002, 0.3}) {
      const double best = best_depth(fills, p);
      const double gain = best_gain(fills, p);
      EXPECT_NEAR(gain, rate(best) * (best - p), 1e-9 * gain);
      for (const double off : {-0.1, -0.01, -1e-4, 1e-4, 0.01, 0.1})
        EXPECT_LT(rate(best + off) * (best + off - p), gain) << p << " " << off;
    }
    const double h = 1e-3 * (best_depth(fills, 0.0));
    const double curvature =
        (best_gain(fills, h) - 2.0 * best_gain(fills, 0.0) + best_gain(fills, -h)) / (h * h);
    EXPECT_NEAR(gain_curvature(fills), curvature, 1e-5 * curvature);
  }
}

/// How far depths of the parabola are from the grid's, as volatility, at most. Fills are a tenth of
/// the paper's and the options a quarter, so that the limit is far from where the book gets to.
double parabola_error(double gamma) {
  std::vector<QuotedOption> options;
  for (const QuotedOption& option : options_of_the_paper()) {
    options.push_back(option);
    options.back().size /= 10.0;
  }
  options = {options[0], options[4], options[9]};
  VegaMaker maker = maker_of_the_paper();
  maker.gamma = gamma;
  const auto skew = VegaSkew::create(maker, options);
  const auto grid = VegaGrid::solve(maker, options, 4e6, 161);
  EXPECT_TRUE(skew && grid);
  double most = 0.0;
  for (double held = -4e5; held <= 4e5; held += 1e5) {
    for (const QuotedOption& option : options) {
      const OptionDepths line = skew->depths(option, held);
      const auto exact = grid->depths(option, held);
      most = std::max({most, std::fabs(line.bid - *exact.bid) / option.vega,
                       std::fabs(line.ask - *exact.ask) / option.vega});
    }
  }
  return most;
}

TEST(OptionMarketMaking, parabola_is_the_grid_to_second_order_in_what_it_leans) {
  // Leaning goes with the root of the aversion, and its error so with the aversion.
  const double error = parabola_error(1e-3);
  const double half_spread = best_depth(LogisticFills{1.0, 0.7, 150.0}, 0.0);  // as volatility
  EXPECT_LT(error, 0.1 * half_spread);
  EXPECT_LT(parabola_error(1e-3 / 16.0), error / 10.0);
}

TEST(OptionMarketMaking, leans_against_what_differs_from_its_view_of_volatility) {
  const VegaMaker maker = maker_of_the_paper();
  const auto skew = VegaSkew::create(maker, options_of_the_paper());
  ASSERT_TRUE(skew);
  EXPECT_NEAR(skew->target(), 4.0 * maker.drift / (1e-3 * 0.04), 1e-6);  // 4 m / (gamma xi^2)
}

TEST(OptionMarketMaking, stops_the_side_that_would_pass_the_limit) {
  const auto options = options_of_the_paper();
  const auto grid = VegaGrid::solve(maker_of_the_paper(), options, 1e7, 101);
  ASSERT_TRUE(grid);
  EXPECT_FALSE(grid->depths(options[4], 1e7).bid);
  EXPECT_TRUE(grid->depths(options[4], 1e7).ask);
  EXPECT_FALSE(grid->depths(options[4], -1e7).ask);
}

/// The same equation over the inventory in whole fills, each value by itself, no interpolation.
TEST(OptionMarketMaking, grid_is_the_equation_over_every_inventory) {
  constexpr int most = 10;
  const QuotedOption option{2.0, 5.0, ExponentialFills{300.0, 4.0}};
  const VegaMaker maker{.gamma = 0.002, .vol_of_vol = 0.5, .drift = 1.5, .horizon = 0.1};
  std::vector<double> v(2 * most + 1, 0.0);
  constexpr int steps = 100'000;
  for (int step = 0; step < steps; ++step) {
    std::vector<double> next = v;
    for (int q = -most; q <= most; ++q) {
      const double vega = 10.0 * q;
      double gain = 1.5 * vega - 0.002 * 0.25 * vega * vega / 2.0;
      const auto at = [&](int i) { return v[static_cast<std::size_t>(i + most)]; };
      const auto earn = [&](int to) {
        const double p = (at(q) - at(to)) / 5.0;
        gain += 5.0 * 300.0 / 4.0 * std::exp(-1.0 - 4.0 * p);
      };
      if (q < most) earn(q + 1);
      if (q > -most) earn(q - 1);
      next[static_cast<std::size_t>(q + most)] = at(q) + 0.1 / steps * gain;
    }
    v = next;
  }
  const auto grid = VegaGrid::solve(maker, {&option, 1}, 100.0, 21);
  ASSERT_TRUE(grid);
  for (int q = -most; q <= most; ++q) {
    const double want = v[static_cast<std::size_t>(q + most)];
    EXPECT_NEAR(grid->value(10.0 * q), want, 0.01 * std::fabs(want)) << q;
  }
}

TEST(OptionMarketMaking, of_one_option_is_a_maker_of_one_asset) {
  // Vega times volatility is a price that moves by vega * w; rates and risk in the same time.
  const QuotedOption option{8.0, 3.0, ExponentialFills{2'000.0, 1.5}};
  const VegaMaker maker{.gamma = 1e-4, .vol_of_vol = 0.7, .drift = 0.0, .horizon = {}};
  const auto skew = VegaSkew::create(maker, {&option, 1});
  const double sigma = 8.0 * 8.0 * 0.7 * 0.7, k = 1.5, rate = 2'000.0, size = 3.0;
  const auto one = GlftMulti::create({.gamma = 1e-4,
                                      .sigma = {&sigma, 1},
                                      .k = {&k, 1},
                                      .fill_rate = {&rate, 1},
                                      .size = {&size, 1},
                                      .utility = MarketMakerUtility::mean_variance});
  ASSERT_TRUE(skew && one);
  for (const double q : {-50.0, -3.0, 0.0, 7.0, 40.0}) {
    double bid = 0.0, ask = 0.0;
    ASSERT_TRUE(one->depths({&q, 1}, {&bid, 1}, {&ask, 1}));
    const OptionDepths depths = skew->depths(option, 8.0 * q);
    EXPECT_NEAR(depths.bid, bid, 1e-9 * std::fabs(bid));
    EXPECT_NEAR(depths.ask, ask, 1e-9 * std::fabs(ask));
  }
}

TEST(OptionMarketMaking, moves_every_options_volatility_by_the_same_number) {
  Rng rng(7);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(fmt::format("seed 7, round {}", round));
    std::vector<QuotedOption> options;
    for (int i = 0; i < 5; ++i) {
      options.push_back({0.1 + 10.0 * rng.uniform(), 1.0 + 100.0 * rng.uniform(),
                         ExponentialFills{10.0 + 1e4 * rng.uniform(), 0.1 + rng.uniform()}});
    }
    VegaMaker maker{.gamma = 1e-5 * (0.1 + rng.uniform()),
                    .vol_of_vol = 0.1 + rng.uniform(),
                    .drift = rng.uniform() - 0.5,
                    .horizon = {}};
    if (rng.chance(0.5)) maker.horizon = 1e-4 + rng.uniform();
    const auto skew = VegaSkew::create(maker, options);
    ASSERT_TRUE(skew);
    const double held = 1e4 * (rng.uniform() - 0.5);
    const double down = skew->vol_skew(held);
    for (const QuotedOption& option : options) {
      const OptionDepths depths = skew->depths(option, held);
      const double width = depths.bid + depths.ask;
      EXPECT_NEAR((depths.bid - depths.ask) / 2.0 / option.vega, down,
                  1e-9 * (std::fabs(down) + width / option.vega));
      EXPECT_GT(width, 0.0);
    }
    EXPECT_NEAR(skew->vol_skew(skew->target()), 0.0,
                1e-9 * (std::fabs(skew->b()) + skew->a() * std::fabs(skew->target())));
  }
}

TEST(OptionMarketMaking, grows_to_its_stationary_skew_with_the_horizon) {
  const auto options = options_of_the_paper();
  VegaMaker maker = maker_of_the_paper();
  double last = 0.0;
  for (const double horizon : {1e-6, 1e-5, 1e-4, 1e-3, 1e-2}) {
    maker.horizon = horizon;
    const double a = VegaSkew::create(maker, options)->a();
    EXPECT_GT(a, last);
    last = a;
  }
  maker.horizon.reset();
  EXPECT_NEAR(VegaSkew::create(maker, options)->a(), last, 1e-12 * last);
}

TEST(OptionMarketMaking, names_what_is_out_of_its_domain) {
  const auto error = [](const VegaMaker& maker, const QuotedOption& option) {
    const auto made = VegaSkew::create(maker, {&option, 1});
    return made ? std::string("none") : made.error().what;
  };
  const VegaMaker maker{.gamma = 1.0, .vol_of_vol = 1.0, .drift = 0.0, .horizon = {}};
  const QuotedOption option{1.0, 1.0, ExponentialFills{1.0, 1.0}};
  EXPECT_EQ(error(maker, option), "none");
  EXPECT_NE(error({0.0, 1.0, 0.0, {}}, option).find("gamma"), std::string::npos);
  EXPECT_NE(error({1.0, -1.0, 0.0, {}}, option).find("vol_of_vol"), std::string::npos);
  EXPECT_NE(error({1.0, 1.0, NAN, {}}, option).find("drift"), std::string::npos);
  EXPECT_NE(error({1.0, 1.0, 0.0, 0.0}, option).find("horizon"), std::string::npos);
  EXPECT_NE(error(maker, {0.0, 1.0, ExponentialFills{1.0, 1.0}}).find("options[0]: vega"),
            std::string::npos);
  EXPECT_NE(error(maker, {1.0, 1.0, LogisticFills{1.0, 1e3, 1.0}}).find("shift"),
            std::string::npos);
  EXPECT_FALSE(VegaGrid::solve(maker, {&option, 1}, 1.0, 11)) << "no horizon";
  EXPECT_FALSE(VegaGrid::solve({1.0, 1.0, 0.0, 1e9}, {&option, 1}, 1.0, 11)) << "too many fills";
}

}  // namespace
}  // namespace ballast
