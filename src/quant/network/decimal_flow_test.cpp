#include "quant/network/decimal_flow.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

/// Sources of amounts `a` and sinks of amounts `b` with a cost for each pair.
DecimalFlowProblem transport(const std::vector<double>& a,
                             const std::vector<double>& b,
                             const std::vector<std::vector<double>>& costs) {
  DecimalFlowProblem problem{a, {}};
  for (const double amount : b)
    problem.supplies.push_back(-amount);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j)
      problem.arcs.push_back({i, a.size() + j, std::nullopt, costs[i][j]});
  }
  return problem;
}

TEST(DecimalFlow, finds_the_published_costs_of_fractions) {
  // POT's documentation of ot.emd.
  const auto pot = minimum_cost_flow(transport({0.5, 0.5}, {0.5, 0.5}, {{0, 1}, {1, 0}}));
  ASSERT_TRUE(pot);
  EXPECT_EQ(pot->cost, 0.0);
  EXPECT_EQ(pot->flows, (std::vector<double>{0.5, 0.0, 0.0, 0.5}));
  // SciPy's documentation of wasserstein_distance([0, 1, 3], [5, 6, 8]): 5.
  const double third = 1.0 / 3.0;
  const auto scipy = minimum_cost_flow(
      transport({third, third, third}, {third, third, third}, {{5, 6, 8}, {4, 5, 7}, {2, 3, 5}}));
  ASSERT_TRUE(scipy);
  EXPECT_NEAR(scipy->cost, 5.0, 1e-14);
  // Squared distances on a line: the quantile coupling costs 0.5. As binary fractions, its supplies
  // would not sum to 0.
  const auto line =
      minimum_cost_flow(transport({0.1, 0.2, 0.3, 0.4}, {0.25, 0.25, 0.25, 0.25},
                                  {{0, 1, 4, 9}, {1, 0, 1, 4}, {4, 1, 0, 1}, {9, 4, 1, 0}}));
  ASSERT_TRUE(line) << line.error().what;
  EXPECT_EQ(line->cost, 0.5);
  EXPECT_EQ(line->flows[0], 0.1);
  EXPECT_EQ(line->flows[4], 0.15);
  EXPECT_EQ(line->flows[5], 0.05);
}

TEST(DecimalFlow, has_duals_in_the_unit_of_costs) {
  const auto answer = minimum_cost_flow(DecimalFlowProblem{
      {2.5, 0.0, -2.5}, {{0, 1, 2.0, 0.001}, {1, 2, {}, 0.0025}, {0, 2, {}, 0.25}}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->flows, (std::vector<double>{2.0, 2.0, 0.5}));
  EXPECT_EQ(answer->cost, 0.132);
  EXPECT_EQ(answer->duals, (std::vector<double>{0.25, 0.0025, 0.0}));
}

TEST(DecimalFlow, carries_any_decimal_through_unchanged) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    const double amount = static_cast<double>(rng.between(1, 1'000'000'000'000'000)) *
                          std::pow(10.0, static_cast<double>(rng.between(-18, 2)));
    const auto answer = minimum_cost_flow(DecimalFlowProblem{{amount, -amount}, {{0, 1, {}, 1.0}}});
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->flows[0], amount);
    EXPECT_EQ(answer->cost, amount);
  }
}

TEST(DecimalFlow, refuses_what_has_no_common_scale_in_64_bits) {
  const auto wide = minimum_cost_flow(DecimalFlowProblem{{1e12, -1e12}, {{0, 1, 1e-9, 1.0}}});
  ASSERT_FALSE(wide);
  EXPECT_EQ(wide.error().code, Errc::overflow);
  EXPECT_EQ(wide.error().what,
            "supply 0 is 1000000000000 where others have 9 decimals: together more digits than 64 "
            "bits hold, so round them, or use another unit");
  EXPECT_FALSE(
      minimum_cost_flow(DecimalFlowProblem{{1.0, -1.0}, {{0, 1, {}, 1e-300}, {0, 1, {}, 1.0}}}));
  EXPECT_FALSE(minimum_cost_flow(DecimalFlowProblem{{1e300, -1e300}, {}}));
}

TEST(DecimalFlow, speaks_in_the_units_of_the_problem) {
  const auto error = [](const DecimalFlowProblem& problem) {
    const auto answer = minimum_cost_flow(problem);
    return answer ? std::string("none") : answer.error().what;
  };
  EXPECT_EQ(error({{0.5, -0.3}, {}}),
            "supplies must sum to 0: 0.5 leaves and 0.3 comes, 0.2 too much leaves; a node with "
            "that demand would take it");
  EXPECT_EQ(error({{0.75, -0.75}, {{0, 1, 0.5, 1.0}}}),
            "the arcs cannot carry all supplies, at best node 0 cannot send 0.25 of its 0.75; node "
            "1 goes short of 0.25 of 0.75");
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(error({{nan, 0.0}, {}}), "supply 0 is nan: it must be a finite number");
  EXPECT_EQ(error({{0.0}, {{0, 0, nan, 1.0}}}),
            "the capacity of arc 0 is nan: it must be a finite number");
  EXPECT_EQ(error({{0.0}, {{0, 0, 1.0, nan}}}),
            "the cost of arc 0 is nan: it must be a finite number");
}

}  // namespace
}  // namespace ballast
