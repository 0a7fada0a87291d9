#include "quant/control/joint_target.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/control/hedge_case_test.hpp"

namespace ballast {
namespace {

std::vector<double> holdings(const std::vector<JointTargetFactor>& factors,
                             const std::vector<double>& covariance,
                             double gamma) {
  JointTargetProgram program;
  const auto target = program.solve({.factors = factors, .covariance = covariance, .gamma = gamma});
  EXPECT_TRUE(target) << target.error().what;
  if (!target) return {};
  return {target->holdings.begin(), target->holdings.end()};
}

TEST(JointTarget, is_merton_s_portfolio_without_costs_and_bounds) {
  // Sigma = [4 1; 1 2], gamma = 0.5: (gamma Sigma)^-1 (3, 1) = 2/7 [2 -1; -1 4] (3, 1) = (10, 2)/7.
  std::vector<JointTargetFactor> factors(2, {.lower = -1e6, .upper = 1e6});
  factors[0].carry = 3.0;
  factors[1].carry = 1.0;
  const auto q = holdings(factors, {4.0, 1.0, 1.0, 2.0}, 0.5);
  EXPECT_NEAR(q[0], 10.0 / 7.0, 1e-6);
  EXPECT_NEAR(q[1], 2.0 / 7.0, 1e-6);
}

TEST(JointTarget, of_one_factor_trades_to_the_edge_of_the_no_trade_interval) {
  // (2 +- 0.5) / (0.1 * 4) = 3.75 to 6.25.
  const auto from = [](double current, double upper = 100.0) {
    return holdings(
        {{.current = current, .carry = 2.0, .cost = 0.5, .lower = -100.0, .upper = upper}}, {4.0},
        0.1)[0];
  };
  EXPECT_NEAR(from(0.0), 3.75, 1e-6);
  EXPECT_NEAR(from(-50.0), 3.75, 1e-5);
  EXPECT_NEAR(from(10.0), 6.25, 1e-6);
  for (const double current : {3.76, 4.0, 5.0, 6.24})
    EXPECT_EQ(from(current), current);
  EXPECT_NEAR(from(0.0, 3.0), 3.0, 1e-7);
  EXPECT_NEAR(from(5.0, 3.0), 3.0, 1e-7);  // outside the box: a must
}

TEST(JointTarget, goes_to_the_bound_where_nothing_is_at_risk) {
  const std::vector<JointTargetFactor> factors{
      {.carry = 1.0, .cost = 0.5, .lower = -3.0, .upper = 7.0},
      {.carry = -1.0, .cost = 0.5, .lower = -3.0, .upper = 7.0},
      {.current = 2.0, .carry = 0.1, .cost = 0.5, .lower = -3.0, .upper = 7.0}};
  EXPECT_EQ(holdings(factors, std::vector<double>(9, 0.0), 1.0),
            (std::vector<double>{7.0, -3.0, 2.0}));
}

/// Marginal gain against cost, in every position that a factor may be in.
TEST(JointTarget, satisfies_the_conditions_of_optimality) {
  JointTargetProgram program;
  int stayed = 0;
  int bought = 0;
  int bound = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Rng rng(seed);
    const std::size_t n = 1 + rng.below(32);
    const std::size_t rank = rng.chance(0.3) ? 1 + rng.below(n) : n + 2;
    const auto covariance = random_covariance(rng, n, rank);
    std::vector<JointTargetFactor> factors;
    for (std::size_t f = 0; f < n; ++f) {
      const double lower = -10.0 * rng.uniform();
      factors.push_back({.current = 8.0 * rng.normal(),
                         .carry = rng.chance(0.2) ? 0.0 : rng.normal(),
                         .cost = rng.chance(0.2) ? 0.0 : rng.uniform(),
                         .lower = lower,
                         .upper = rng.chance(0.05) ? lower : 10.0 * rng.uniform()});
    }
    const double gamma = rng.chance(0.05) ? 0.0 : 0.1 * rng.uniform();
    const auto target =
        program.solve({.factors = factors, .covariance = covariance, .gamma = gamma});
    ASSERT_TRUE(target) << "seed " << seed << ": " << target.error().what;
    EXPECT_LT(target->gap, 1e-6 * (1.0 + std::fabs(target->objective))) << "seed " << seed;
    for (std::size_t f = 0; f < n; ++f) {
      const JointTargetFactor& factor = factors[f];
      const double q = target->holdings[f];
      ASSERT_TRUE(factor.lower <= q && q <= factor.upper) << "seed " << seed;
      double gain = factor.carry;
      for (std::size_t g = 0; g < n; ++g)
        gain -= gamma * covariance[f * n + g] * target->holdings[g];
      constexpr double near = 1e-4;
      // A unit more, a unit less: neither gains, unless there is no room for it.
      const double more = q >= factor.current ? factor.cost : -factor.cost;
      const double less = q <= factor.current ? factor.cost : -factor.cost;
      EXPECT_TRUE(gain - more <= near || q >= factor.upper - near) << "seed " << seed << " " << f;
      EXPECT_TRUE(-gain - less <= near || q <= factor.lower + near) << "seed " << seed << " " << f;
      stayed += q == factor.current ? 1 : 0;
      bought += q > factor.current ? 1 : 0;
      bound += q == factor.upper || q == factor.lower ? 1 : 0;
    }
  }
  EXPECT_GT(stayed, 100);
  EXPECT_GT(bought, 100);
  EXPECT_GT(bound, 100);
}

TEST(JointTarget, is_better_than_any_holdings_nearby) {
  JointTargetProgram program;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Rng rng(seed);
    const auto covariance = random_covariance(rng, 3, 3);
    std::vector<JointTargetFactor> factors(3);
    for (JointTargetFactor& factor : factors) {
      factor = {.current = rng.normal(),
                .carry = rng.normal(),
                .cost = 0.3 * rng.uniform(),
                .lower = -2.0,
                .upper = 2.0};
    }
    const auto target = program.solve({.factors = factors, .covariance = covariance, .gamma = 0.5});
    ASSERT_TRUE(target);
    const auto objective = [&](const std::vector<double>& q) {
      double sum = 0.0;
      for (std::size_t f = 0; f < 3; ++f) {
        sum += factors[f].carry * q[f] - factors[f].cost * std::fabs(q[f] - factors[f].current);
        for (std::size_t g = 0; g < 3; ++g)
          sum -= 0.25 * covariance[f * 3 + g] * q[f] * q[g];
      }
      return sum;
    };
    const std::vector<double> best(target->holdings.begin(), target->holdings.end());
    EXPECT_NEAR(objective(best), target->objective, 1e-12);
    for (int trial = 0; trial < 200; ++trial) {
      std::vector<double> q = best;
      for (double& each : q)
        each = std::clamp(each + rng.normal() * (rng.chance(0.5) ? 1.0 : 1e-3), -2.0, 2.0);
      EXPECT_LE(objective(q), target->objective + 1e-7) << "seed " << seed;
    }
  }
}

TEST(JointTarget, names_what_is_outside_its_domain) {
  JointTargetProgram program;
  const auto error_of = [&](const JointTargetFactor& factor, std::vector<double> covariance,
                            double gamma) {
    const std::vector<JointTargetFactor> factors{factor};
    const auto target =
        program.solve({.factors = factors, .covariance = covariance, .gamma = gamma});
    return target ? std::string("none") : target.error().what;
  };
  const JointTargetFactor good{.carry = 1.0, .lower = -1.0, .upper = 1.0};
  const auto spoiled = [&](auto spoil) {
    JointTargetFactor factor = good;
    spoil(factor);
    return error_of(factor, {1.0}, 1.0);
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(error_of(good, {1.0}, 1.0), "none");
  EXPECT_EQ(error_of(good, {-1.0}, 1.0), "covariance is -1: it must be 0 or above");
  EXPECT_NE(error_of(good, {nan}, 1.0), "none");
  EXPECT_NE(error_of(good, {1.0, 2.0}, 1.0), "none");
  EXPECT_NE(error_of(good, {1.0}, -1.0), "none");
  EXPECT_NE(spoiled([&](JointTargetFactor& f) { f.upper = -2.0; }), "none");
  EXPECT_NE(spoiled([&](JointTargetFactor& f) { f.cost = -1.0; }), "none");
  EXPECT_NE(spoiled([&](JointTargetFactor& f) { f.carry = nan; }), "none");
  EXPECT_NE(spoiled([&](JointTargetFactor& f) { f.upper = HUGE_VAL; }), "none");
  EXPECT_TRUE(program.solve({}));
  const std::vector<JointTargetFactor> two(2, good);
  const std::vector<double> indefinite{1.0, 2.0, 2.0, 1.0};
  EXPECT_FALSE(program.solve({.factors = two, .covariance = indefinite, .gamma = 1.0}));
  const std::vector<double> lopsided{1.0, 0.5, 0.2, 1.0};
  EXPECT_FALSE(program.solve({.factors = two, .covariance = lopsided, .gamma = 1.0}));
}

}  // namespace
}  // namespace ballast
