#include "quant/control/hedge_program.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/control/hedge_case_test.hpp"

namespace ballast {
namespace {

/// One factor; every instrument moves it by 1 a unit, in lots of 1, for 1 a unit either way.
HedgeCase one_factor(double deviation, double band, std::size_t instruments = 1) {
  HedgeCase given;
  given.factors = {{.deviation = deviation, .lower = -band, .upper = band}};
  given.covariance = {4.0};
  given.gamma = 0.01;
  for (std::size_t j = 0; j < instruments; ++j) {
    given.instruments.push_back(
        {.buy_cost = 1.0, .sell_cost = 1.0, .lot = 1.0, .least = -100.0, .most = 100.0});
    given.exposure.push_back(1.0);
  }
  return given;
}

TEST(HedgeProgram, trades_to_the_near_edge_and_no_further) {
  const Solved plan = solved(one_factor(10.0, 3.0));
  EXPECT_EQ(plan.trades, std::vector<double>{-7.0});
  EXPECT_EQ(plan.residual, std::vector<double>{3.0});
  EXPECT_EQ(plan.obstacle, HedgeObstacle::none);
  EXPECT_TRUE(plan.proven);
  EXPECT_DOUBLE_EQ(plan.after.total(), 7.0);
  EXPECT_DOUBLE_EQ(plan.after.spread_and_fees, 7.0);
  EXPECT_DOUBLE_EQ(plan.before.risk, 0.5 * 0.01 * 4.0 * 49.0);  // of the excess of 7
  EXPECT_NEAR(plan.gap, 0.0, 1e-6);
}

TEST(HedgeProgram, aims_at_the_target_while_risk_is_dearer_than_trading) {
  // Risk 0.02 e^2 falls by 0.04 e a unit: with a cost of 0.1 down to e = 2.5, in lots to 3 or 2.
  HedgeCase given = one_factor(10.0, 3.0);
  given.aim = HedgeAim::target;
  given.instruments[0].sell_cost = 0.1;
  given.instruments[0].lot = 0.25;
  const Solved plan = solved(given);
  EXPECT_EQ(plan.residual, std::vector<double>{2.5});
  EXPECT_DOUBLE_EQ(plan.after.total(), 0.02 * 6.25 + 0.75);
  EXPECT_TRUE(plan.proven);
}

TEST(HedgeProgram, does_nothing_inside_the_band) {
  HedgeCase given = one_factor(2.9, 3.0, 2);
  given.instruments[1].carry = -5.0;  // a gift: no reason to trade
  const Solved plan = solved(given);
  EXPECT_EQ(plan.trades, (std::vector<double>{0.0, 0.0}));
  EXPECT_EQ(plan.after.total(), 0.0);
  EXPECT_TRUE(plan.proven);
}

TEST(HedgeProgram, uses_the_cheaper_until_its_impact_makes_the_other_as_dear) {
  // Selling x of the first costs x + 0.05 x^2, marginally 1 + 0.1 x: as dear as the second's 2 from
  // x = 10 on. Of 17 to sell, 10 are the first's.
  HedgeCase given = one_factor(20.0, 3.0, 2);
  given.instruments[0].impact = 0.05;
  given.instruments[1].sell_cost = 2.0;
  const Solved plan = solved(given);
  EXPECT_EQ(plan.trades, (std::vector<double>{-10.0, -7.0}));
  EXPECT_DOUBLE_EQ(plan.after.impact, 5.0);
  EXPECT_DOUBLE_EQ(plan.after.spread_and_fees, 24.0);
  EXPECT_NEAR(plan.gap, 0.0, 1e-6);
  given.factors[0].deviation = 11.0;  // 8: the first alone
  EXPECT_EQ(solved(given).trades, (std::vector<double>{-8.0, 0.0}));
}

TEST(HedgeProgram, counts_carry_with_the_spread_but_never_for_more) {
  HedgeCase given = one_factor(10.0, 3.0, 2);
  given.instruments[0].carry = 0.5;  // sold: 1 - 0.5
  const Solved plan = solved(given);
  EXPECT_EQ(plan.trades, (std::vector<double>{-7.0, 0.0}));
  EXPECT_DOUBLE_EQ(plan.after.carry, -3.5);
  EXPECT_DOUBLE_EQ(plan.after.total(), 3.5);
  given.instruments[0].carry = 5.0;
  EXPECT_DOUBLE_EQ(solved(given).after.total(), 0.0);
  EXPECT_EQ(solved(given).residual[0], 3.0);
}

TEST(HedgeProgram, rounds_lots_to_the_inside) {
  HedgeCase given = one_factor(10.0, 3.0);
  given.instruments[0].lot = 2.0;
  EXPECT_EQ(solved(given).residual[0], 2.0);
  given.factors[0].deviation = -10.0;
  EXPECT_EQ(solved(given).residual[0], -2.0);
  given.factors[0].deviation = 1.5;  // 0.1 lots are not 0.3 in doubles: the edge is the edge
  given.factors[0].upper = 1.2;
  given.instruments[0].lot = 0.1;
  EXPECT_EQ(solved(given).lots[0], -3);
}

TEST(HedgeProgram, ends_as_near_as_lots_permit_to_a_band_narrower_than_a_lot) {
  HedgeCase given = one_factor(10.4, 0.1);
  Solved plan = solved(given);
  EXPECT_EQ(plan.trades, std::vector<double>{-10.0});
  EXPECT_EQ(plan.inside, std::vector<bool>{false});
  EXPECT_EQ(plan.obstacle, HedgeObstacle::lots);
  EXPECT_EQ(to_string(plan.obstacle), "lots");
  given.factors[0].deviation = 10.6;  // across the band is nearer
  EXPECT_EQ(solved(given).trades, std::vector<double>{-11.0});
  given.factors[0].deviation = 0.45;  // and here it is not
  EXPECT_EQ(solved(given).trades, std::vector<double>{0.0});
}

TEST(HedgeProgram, trades_the_minimum_or_not_at_all) {
  HedgeCase given = one_factor(4.0, 3.0);
  given.instruments[0].minimum = 5.0;
  EXPECT_EQ(solved(given).trades, std::vector<double>{-5.0});  // to -1: inside
  given.instruments[0].minimum = 8.5;                          // at least 9: to -5, worse than 4
  const Solved plan = solved(given);
  EXPECT_EQ(plan.trades, std::vector<double>{0.0});
  EXPECT_EQ(plan.obstacle, HedgeObstacle::lots);
}

TEST(HedgeProgram, prefers_one_order_where_each_has_a_cost) {
  HedgeCase given = one_factor(20.0, 3.0, 2);
  given.instruments[0].impact = 0.05;
  given.instruments[1].sell_cost = 2.0;
  given.instruments[0].order_cost = given.instruments[1].order_cost = 50.0;
  // One order: 17 + 14.45 against 34; two would cost 29 and another 50.
  const Solved plan = solved(given);
  EXPECT_EQ(plan.trades, (std::vector<double>{-17.0, 0.0}));
  EXPECT_EQ(plan.after.orders, 50.0);
  EXPECT_TRUE(plan.proven);
}

TEST(HedgeProgram, pushes_no_factor_out_of_its_band) {
  // Selling the first instrument also lowers the second factor, which may fall by 2 only; the
  // second instrument raises it again, for 3.
  HedgeCase given;
  given.factors = {{.deviation = 10.0, .lower = -3.0, .upper = 3.0},
                   {.deviation = 0.0, .lower = -2.0, .upper = 2.0}};
  given.covariance = {1.0, 0.0, 0.0, 1.0};
  given.gamma = 0.001;
  given.instruments = {{.buy_cost = 1.0, .sell_cost = 1.0, .least = -100.0, .most = 100.0},
                       {.buy_cost = 3.0, .sell_cost = 3.0, .least = -100.0, .most = 100.0}};
  given.exposure = {1.0, 1.0, 0.0, 1.0};
  Solved plan = solved(given);
  EXPECT_EQ(plan.trades, (std::vector<double>{-7.0, 5.0}));
  EXPECT_EQ(plan.residual, (std::vector<double>{3.0, -2.0}));
  EXPECT_DOUBLE_EQ(plan.after.total(), 22.0);
  // Without it: as far as the second factor permits.
  given.instruments.pop_back();
  given.exposure = {1.0, 1.0};
  plan = solved(given);
  EXPECT_EQ(plan.trades, std::vector<double>{-2.0});
  EXPECT_EQ(plan.inside, (std::vector<bool>{false, true}));
  EXPECT_EQ(plan.obstacle, HedgeObstacle::instruments);
}

TEST(HedgeProgram, says_which_constraint_binds) {
  HedgeCase given = one_factor(10.0, 3.0);
  given.instruments[0].buy_margin = 3.0;
  given.instruments[0].sell_margin = 2.0;
  given.budget = 9.0;
  Solved plan = solved(given);
  EXPECT_EQ(plan.trades, std::vector<double>{-4.0});
  EXPECT_EQ(plan.obstacle, HedgeObstacle::budget);
  given.budget = 14.0;
  EXPECT_EQ(solved(given).obstacle, HedgeObstacle::none);
  given.instruments[0].least = -5.5;
  plan = solved(given);
  EXPECT_EQ(plan.trades, std::vector<double>{-5.0});
  EXPECT_EQ(plan.obstacle, HedgeObstacle::bounds);
  given.exposure[0] = 0.0;
  EXPECT_EQ(solved(given).obstacle, HedgeObstacle::instruments);
  EXPECT_EQ(solved(given).trades, std::vector<double>{0.0});
}

TEST(HedgeProgram, spends_a_budget_where_it_goes_furthest) {
  // Both would do; the dearer needs a quarter of the margin.
  HedgeCase given = one_factor(10.0, 3.0, 2);
  given.instruments[0].sell_margin = 4.0;
  given.instruments[1].sell_margin = 1.0;
  given.instruments[1].sell_cost = 2.0;
  given.budget = 19.0;  // 4 of the first and 3 of the second
  const Solved plan = solved(given);
  EXPECT_EQ(plan.trades, (std::vector<double>{-4.0, -3.0}));
  EXPECT_TRUE(plan.proven);
}

/// A desk short of calls, hedged by a perpetual, a call and a put: where gamma, delta and cash all
/// end at an edge, no exchange of two instruments leads from one plan to a better one.
TEST(HedgeProgram, comes_near_its_bound_where_three_edges_meet) {
  for (double cash = -0.5; cash <= -0.1; cash += 0.01) {
    HedgeCase given;
    given.factors = {
        {-3064.2, -1000.0, 1000.0}, {-1.0413, -0.3, 0.3}, {-15.963, -0.5, 0.5}, {1.7, cash, 3.0}};
    given.instruments.resize(3);
    given.instruments[0].buy_cost = given.instruments[0].sell_cost = 30.5;
    given.instruments[0].lot = 0.01;
    for (const std::size_t j : {1U, 2U}) {
      given.instruments[j].buy_cost = given.instruments[j].sell_cost = 30.0;
      given.instruments[j].lot = 0.1;
    }
    for (HedgeInstrument& instrument : given.instruments) {
      instrument.least = -100.0;
      instrument.most = 100.0;
    }
    given.exposure = {0.0,     0.0,       1.0,       0.0,     // vega, gamma, delta, cash
                      68.1816, 0.0231717, 0.534136,  -0.069,  //
                      53.5598, 0.0182037, -0.241997, -0.0255};
    given.covariance.assign(16, 0.0);
    const Solved plan = solved(given);
    EXPECT_EQ(plan.obstacle, HedgeObstacle::none) << cash;
    EXPECT_LT(plan.gap, 0.02 * plan.bound) << cash;
  }
}

TEST(HedgeProgram, needs_no_costs_no_risk_no_instruments_and_no_factors) {
  HedgeCase given = one_factor(10.0, 3.0, 2);
  given.covariance = {0.0};
  for (HedgeInstrument& instrument : given.instruments)
    instrument.buy_cost = instrument.sell_cost = 0.0;
  Solved plan = solved(given);
  EXPECT_TRUE(plan.inside[0]);
  EXPECT_EQ(plan.after.total(), 0.0);
  given.instruments.clear();
  given.exposure.clear();
  plan = solved(given);
  EXPECT_EQ(plan.residual[0], 10.0);
  EXPECT_EQ(plan.obstacle, HedgeObstacle::instruments);
  EXPECT_EQ(solved(HedgeCase{}).after.total(), 0.0);
}

TEST(HedgeProgram, keeps_to_a_band_of_no_width) {
  HedgeCase given = one_factor(10.0, 0.0, 2);
  EXPECT_EQ(solved(given).residual[0], 0.0);
  given.factors[0].deviation = 0.0;
  EXPECT_EQ(solved(given).after.total(), 0.0);
}

TEST(HedgeProgram, names_what_is_outside_its_domain) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const HedgeCase good = one_factor(10.0, 3.0);
  HedgeProgram program;
  const auto error_of = [&](const HedgeCase& given) {
    const auto plan = program.solve(given.input());
    return plan ? std::string("none") : plan.error().what;
  };
  const auto spoiled = [&](auto spoil) {
    HedgeCase given = good;
    spoil(given);
    return error_of(given);
  };
  EXPECT_EQ(error_of(good), "none");
  EXPECT_EQ(spoiled([&](HedgeCase& c) { c.factors[0].deviation = nan; }),
            "factors[0].deviation is nan: it must be a finite number");
  EXPECT_EQ(spoiled([&](HedgeCase& c) { c.instruments[0].lot = 0.0; }),
            "instruments[0].lot is 0: it must be above 0");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.factors[0].lower = 1.0; }), "none");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.instruments[0].most = HUGE_VAL; }), "none");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.instruments[0].most = 1e300; }), "none");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.instruments[0].least = 1.0; }), "none");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.covariance[0] = -1.0; }), "none");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.covariance.clear(); }), "none");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.exposure[0] = nan; }), "none");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.budget = -1.0; }), "none");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.budget = nan; }), "none");
  EXPECT_NE(spoiled([&](HedgeCase& c) { c.gamma = -1.0; }), "none");
}

}  // namespace
}  // namespace ballast
