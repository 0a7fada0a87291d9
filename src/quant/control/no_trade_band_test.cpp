#include "quant/control/no_trade_band.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr ProportionalCostInput share(double cost) {
  return {.excess_return = 0.08, .sigma = 0.16, .gamma = 5.0, .cost = cost};
}

TEST(NoTradeBand, is_the_solution_of_the_free_boundary_problem) {
  // By shooting the paper's Riccati equation with an integrator of order eight at 1e-12.
  const auto wide = proportional_cost_band(share(0.01));
  ASSERT_TRUE(wide);
  EXPECT_NEAR(wide->lower, 0.581942311753, 1e-8);
  EXPECT_NEAR(wide->upper, 0.668057688247, 1e-8);
  EXPECT_NEAR(wide->safe_rate, 0.0248813462709, 1e-9);
  const auto narrow = proportional_cost_band(share(0.0001));
  ASSERT_TRUE(narrow);
  EXPECT_NEAR(narrow->lower, 0.615630184513, 1e-8);
  EXPECT_NEAR(narrow->upper, 0.634369815487, 1e-8);
  EXPECT_NEAR(narrow->safe_rate, 0.0249943812197, 1e-9);
  EXPECT_NEAR(
      proportional_cost_band({.excess_return = 0.3, .sigma = 0.6, .gamma = 2.0, .cost = 0.002})
          ->safe_rate,
      0.0620521207235, 1e-9);
}

TEST(NoTradeBand, tends_to_the_cube_root_of_the_cost) {
  EXPECT_NEAR(*proportional_cost_half_width(share(0.01)), 0.0435148953151, 1e-10);
  EXPECT_NEAR(*proportional_cost_half_width(share(0.0001)), 0.009375, 1e-10);
  double worst = 1.0;
  for (const double cost : {1e-2, 1e-4, 1e-6, 1e-8}) {
    const auto band = proportional_cost_band(share(cost));
    ASSERT_TRUE(band);
    const double exact = 0.5 * (band->upper - band->lower);
    const double off = std::fabs(exact / *proportional_cost_half_width(share(cost)) - 1.0);
    EXPECT_LT(off, worst) << "cost " << cost;
    worst = off;
  }
  EXPECT_LT(worst, 1e-4);
}

TEST(NoTradeBand, is_wider_the_dearer_trading_is) {
  for (const double gamma : {3.2, 5.0, 6.25, 50.0}) {
    double before = 0.0;
    for (const double cost : {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.3, 0.5}) {
      ProportionalCostInput input = share(cost);
      input.gamma = gamma;
      const auto band = proportional_cost_band(input);
      ASSERT_TRUE(band) << "gamma " << gamma << " cost " << cost;
      EXPECT_GT(band->upper - band->lower, before) << "gamma " << gamma << " cost " << cost;
      EXPECT_TRUE(0.0 < band->lower && band->upper < 1.0);
      before = band->upper - band->lower;
    }
  }
}

TEST(NoTradeBand, around_a_delta_is_whalley_s_and_wilmott_s) {
  const HedgeBandInput published{.gamma_position = 0.02,
                                 .spot = 5000,
                                 .cost = 0.0005,
                                 .risk_aversion = 1.0,
                                 .sigma = 0.2,
                                 .years = 0.25};
  EXPECT_NEAR(*whalley_wilmott_half_width(published), 0.114471424255, 1e-10);
  EXPECT_NEAR(*zakamouline_half_width(published), 0.020953691, 1e-9);
  const HedgeBandInput coin{.gamma_position = 3.85112021206e-05,
                            .spot = 60000,
                            .cost = 0.0005,
                            .risk_aversion = 1e-5,
                            .sigma = 0.6,
                            .years = 0.08219178082};
  EXPECT_NEAR(*whalley_wilmott_half_width(coin), 0.188276256557, 1e-10);
  EXPECT_NEAR(*zakamouline_half_width(coin), 0.237043103972, 1e-10);
  const HedgeBandInput stock{.gamma_position = 0.0131493110303,
                             .spot = 100,
                             .cost = 0.02,
                             .risk_aversion = 1.0,
                             .sigma = 0.3,
                             .years = 1.0};
  EXPECT_NEAR(*whalley_wilmott_half_width(stock), 0.0803481257063, 1e-10);
  EXPECT_NEAR(*zakamouline_half_width(stock), 0.0538292095296, 1e-10);
  // The general rule with the delta as the target.
  EXPECT_EQ(*small_cost_half_width(1.0, 0.02 * 100, 0.0131493110303),
            *whalley_wilmott_half_width(stock));
}

TEST(NoTradeBand, names_what_is_outside_its_domain) {
  ProportionalCostInput input = share(0.01);
  input.gamma = 1.0;
  EXPECT_EQ(proportional_cost_band(input).error().what,
            "the target mu/(gamma sigma^2) is 3.125: it must be below 1");
  EXPECT_EQ(proportional_cost_band(share(1.5)).error().what, "cost is 1.5: it must be below 1");
  input = share(0.5);
  input.gamma =
      3.13;  // a target of 0.998: at this cost even holding nothing else is no reason to sell
  EXPECT_EQ(proportional_cost_band(input).error().code, Errc::no_convergence);
  EXPECT_EQ(whalley_wilmott_half_width({}).error().what, "spot is 0: it must be above 0");
}

}  // namespace
}  // namespace ballast
