#include "quant/pricing/detail_svi_problem.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

std::vector<SmileQuote> some_quotes(Rng& rng) {
  std::vector<SmileQuote> quotes;
  for (double k = -0.6; k < 0.61; k += 0.05) {
    const double vol = 0.5 + 0.4 * k * k - 0.2 * k + 0.02 * rng.normal();
    SmileQuote quote{.log_strike = k, .bid = vol - 0.01, .ask = vol + 0.01};
    quote.weight = 0.1 + rng.uniform();
    if (rng.chance(0.2)) quote.bid.reset();
    if (quote.bid && rng.chance(0.2)) quote.ask.reset();
    quotes.push_back(quote);
  }
  return quotes;
}

/// The derivative of the cost is J'r, which a difference knows nothing of but the cost: where
/// quotes alone count, where arbitrage does, and with and without an earlier expiry and ceilings.
TEST(SviProblem, has_the_derivatives_of_its_cost) {
  std::size_t checked = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Rng rng(seed);
    const auto chain = detail::smile_chain(some_quotes(rng), 0.3);
    ASSERT_TRUE(chain);
    const RawSvi earlier{0.02, 0.1, -0.3, 0.05, 0.2};
    const std::vector<VarianceCeiling> ceilings{{-1.0, 0.1}, {1.0, 0.05}};
    const bool has_earlier = rng.chance(0.5);
    const detail::SviProblem problem(*chain, has_earlier ? &earlier : nullptr, ceilings);
    std::vector<double> x{-4.0 + rng.normal(), rng.normal(), rng.normal(), 0.5 * rng.normal(),
                          1.5 * rng.normal()};
    const double penalty = rng.chance(0.3) ? 0.0 : 1.0;
    detail::NormalEquations at(5);
    problem.equations(x, penalty, at);
    for (std::size_t j = 0; j < x.size(); ++j) {
      const auto cost_at = [&](double move) {
        std::vector<double> moved = x;
        moved[j] += move;
        detail::NormalEquations there(5);
        problem.equations(moved, penalty, there);
        return there.cost;
      };
      constexpr double h = 1e-5;
      const double slope =
          (8.0 * (cost_at(h) - cost_at(-h)) - (cost_at(2.0 * h) - cost_at(-2.0 * h))) / (12.0 * h);
      EXPECT_NEAR(-at.right[j], slope,
                  1e-6 * (std::fabs(slope) + std::sqrt(at.cost * at.matrix[6 * j])))
          << "seed " << seed << ", coordinate " << j << ", penalty " << penalty;
      ++checked;
    }
  }
  EXPECT_EQ(checked, 300U);
}

TEST(SviProblem, places_smiles_where_its_coordinates_have_them) {
  Rng rng(3);
  const auto chain = detail::smile_chain(some_quotes(rng), 0.3);
  ASSERT_TRUE(chain);
  const detail::SviProblem problem(*chain, nullptr, {});
  const RawSvi smile{0.02, 0.12, -0.35, 0.03, 0.18};
  const RawSvi back = problem.coordinates().shape(problem.coordinates().place(smile)).raw();
  EXPECT_NEAR(back.a, smile.a, 1e-12);
  EXPECT_NEAR(back.b, smile.b, 1e-12);
  EXPECT_NEAR(back.rho, smile.rho, 1e-12);
  EXPECT_NEAR(back.m, smile.m, 1e-12);
  EXPECT_NEAR(back.sigma, smile.sigma, 1e-12);
}

}  // namespace
}  // namespace ballast
