#include "quant/control/aim_portfolio.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(AimPortfolio, trades_at_the_paper_s_rate) {
  // The paper's calibration for commodities: a half-life of 12 days.
  const AimInput calibrated{.gamma = 1e-9, .lambda = 3e-7, .discount = 7.69201184191e-05};
  const double rate = *trading_rate(calibrated);
  EXPECT_NEAR(rate, 0.0560550711512, 1e-10);
  EXPECT_NEAR(std::log(2.0) / -std::log1p(-rate), 12.0155622939, 1e-8);
  EXPECT_NEAR(*trading_rate({.gamma = 1.0, .lambda = 5.0, .discount = 0.01}), 0.354335616433,
              1e-11);
  EXPECT_NEAR(*trading_rate({.gamma = 0.5, .lambda = 2.0}) * 2.0, 0.780776406404, 1e-11);
}

TEST(AimPortfolio, is_the_fixed_point_of_the_value_function) {
  // V(x) = -a x^2 / 2 after trading: iterate Bellman's equation of the linear-quadratic problem.
  const AimInput input{.gamma = 0.7, .lambda = 3.0, .discount = 0.02};
  double a = 0.0;
  for (int i = 0; i < 2000; ++i) {
    const double held = input.gamma + a;  // what a unit held costs from here on
    const double keep = 1.0 - input.discount;
    // Minimise over x: lambda/2 (x - x0)^2 + keep held / 2 x^2; the paper discounts what comes
    // next.
    a = input.lambda * keep * held / (input.lambda + keep * held);
  }
  // What is left of x0 is lambda / (lambda + keep (gamma + a)).
  const double left = input.lambda / (input.lambda + 0.98 * (input.gamma + a));
  EXPECT_NEAR(*trading_rate(input), 1.0 - left, 1e-12);
}

TEST(AimPortfolio, counts_signals_for_less_the_faster_they_decay) {
  const AimInput input{.gamma = 1.0, .lambda = 5.0, .discount = 0.01};
  const std::array one{Signal{1.0, 0.1}};
  EXPECT_NEAR(*aim_position(input, 1.0, one), 0.849496556923, 1e-10);
  const std::array lasting{Signal{1.0, 0.0}};
  EXPECT_EQ(*aim_position(input, 0.25, lasting), 4.0) << "Markowitz, where nothing decays";
  const std::array both{Signal{1.0, 0.1}, Signal{1.0, 0.0}};
  EXPECT_NEAR(*aim_position(input, 1.0, both), 1.849496556923, 1e-10);
  EXPECT_EQ(*aim_position(input, 1.0, {}), 0.0);
}

TEST(AimPortfolio, trades_at_once_where_it_costs_nothing_and_hardly_where_it_costs_much) {
  EXPECT_GT(*trading_rate({.gamma = 1.0, .lambda = 1e-9}), 0.999999);
  EXPECT_LT(*trading_rate({.gamma = 1e-9, .lambda = 1.0}), 1e-4);
}

TEST(AimPortfolio, names_what_is_outside_its_domain) {
  EXPECT_EQ(trading_rate({.gamma = 1.0, .lambda = 1.0, .discount = 1.0}).error().what,
            "discount is 1: it must be below 1");
  EXPECT_EQ(aim_position({.gamma = 1.0, .lambda = 1.0}, 0.0, {}).error().what,
            "variance is 0: it must be above 0");
}

}  // namespace
}  // namespace ballast
