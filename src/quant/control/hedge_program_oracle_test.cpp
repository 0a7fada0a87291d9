// Hedge programs against every combination of lots, and their continuous bound against a simplex.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "quant/control/hedge_case_test.hpp"
#include "quant/control/simplex_oracle_test.hpp"

namespace ballast {
namespace {

/// What a plan is measured by: first the factors outside, then how far by weight, then money. The
/// program's prices are one number for all three; this states it anew.
struct Merit {
  int outside = 0;
  double excess = 0.0;
  double money = 0.0;
};

double beyond(const HedgeFactor& factor, double e) {
  constexpr double rounding = 1e-9;
  if (e > factor.upper + rounding) return e - factor.upper;
  if (e < factor.lower - rounding) return e - factor.lower;
  return 0.0;
}

/// Nothing where the trades are not permitted.
std::optional<Merit> merit(const HedgeCase& given, const std::vector<double>& x) {
  const std::size_t F = given.factors.size();
  Merit merit;
  double used = 0.0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const HedgeInstrument& instrument = given.instruments[j];
    const double size = std::fabs(x[j]);
    if (size == 0.0) continue;
    if (size < instrument.minimum - 1e-9) return std::nullopt;
    const double side = x[j] > 0.0 ? instrument.buy_cost + instrument.carry
                                   : instrument.sell_cost - instrument.carry;
    merit.money +=
        std::max(0.0, side) * size + instrument.impact * size * size + instrument.order_cost;
    used += (x[j] > 0.0 ? instrument.buy_margin : instrument.sell_margin) * size;
  }
  if (used > given.budget + 1e-9) return std::nullopt;
  std::vector<double> counted(F);
  for (std::size_t f = 0; f < F; ++f) {
    double e = given.factors[f].deviation;
    for (std::size_t j = 0; j < x.size(); ++j)
      e += given.exposure[j * F + f] * x[j];
    const double excess = beyond(given.factors[f], e);
    if (std::fabs(excess) >
        std::fabs(beyond(given.factors[f], given.factors[f].deviation)) + 1e-9) {
      return std::nullopt;
    }
    if (excess != 0.0) ++merit.outside;
    merit.excess += std::fabs(excess) * std::sqrt(given.covariance[f * F + f]);
    counted[f] = given.aim == HedgeAim::target ? e : excess;
  }
  for (std::size_t f = 0; f < F; ++f) {
    for (std::size_t g = 0; g < F; ++g)
      merit.money += 0.5 * given.gamma * given.covariance[f * F + g] * counted[f] * counted[g];
  }
  return merit;
}

/// Positive where the first is better.
bool better(const Merit& a, const Merit& b) {
  if (a.outside != b.outside) return a.outside < b.outside;
  if (std::fabs(a.excess - b.excess) > 1e-7) return a.excess < b.excess;
  return a.money < b.money - 1e-9;
}

Merit best_of_all(const HedgeCase& given) {
  std::vector<double> x(given.instruments.size(), 0.0);
  std::optional<Merit> best;
  const std::function<void(std::size_t)> visit = [&](std::size_t j) {
    if (j == x.size()) {
      const auto here = merit(given, x);
      if (here && (!best || better(*here, *best))) best = here;
      return;
    }
    const HedgeInstrument& instrument = given.instruments[j];
    const auto least = static_cast<int>(std::lround(instrument.least / instrument.lot));
    const auto most = static_cast<int>(std::lround(instrument.most / instrument.lot));
    for (int k = least; k <= most; ++k) {
      x[j] = k * instrument.lot;
      visit(j + 1);
    }
  };
  visit(0);
  return *best;
}

TEST(HedgeProgramOracle, finds_the_best_of_all_combinations_of_lots) {
  HedgeProgram program;
  int equal = 0;
  int proven = 0;
  int reached = 0;
  constexpr int cases = 3000;
  for (int seed = 1; seed <= cases; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    HedgeCase given = random_desk(rng, 2, 3, true);
    for (std::size_t j = 1; j < given.instruments.size(); j += 2)
      given.instruments[j].sell_margin *= 0.25;
    const Merit best = best_of_all(given);
    const Solved plan = solved(program, given);
    const auto found = merit(given, plan.trades);
    ASSERT_TRUE(found) << "seed " << seed << ": not permitted";
    EXPECT_FALSE(better(*found, best)) << "seed " << seed << ": the oracle missed it";
    EXPECT_NEAR(plan.after.total() - plan.after.excess, found->money, 1e-9) << "seed " << seed;
    EXPECT_LE(plan.bound, plan.after.total()) << "seed " << seed;
    const bool same = !better(best, *found);
    equal += same ? 1 : 0;
    proven += plan.proven ? 1 : 0;
    reached += best.outside == 0 ? 1 : 0;
    EXPECT_TRUE(same || !plan.proven)
        << "seed " << seed << ": proven, and wrong: outside " << found->outside << " for "
        << best.outside << ", excess " << found->excess << " for " << best.excess << ", money "
        << found->money << " for " << best.money;
  }
  EXPECT_EQ(equal, cases);
  EXPECT_EQ(proven, cases);
  EXPECT_GT(reached, cases / 2);
  EXPECT_LT(reached, cases);
}

TEST(HedgeProgramOracle, finds_the_best_of_more_instruments) {
  HedgeProgram program;
  int proven = 0;
  constexpr int cases = 150;
  for (int seed = 1; seed <= cases; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    HedgeCase given = random_desk(rng, 3, 5, true);
    for (std::size_t j = 1; j < given.instruments.size(); j += 2)
      given.instruments[j].sell_margin *= 0.25;
    const Merit best = best_of_all(given);
    const Solved plan = solved(program, given);
    const auto found = merit(given, plan.trades);
    ASSERT_TRUE(found) << "seed " << seed << ": not permitted";
    EXPECT_FALSE(better(*found, best)) << "seed " << seed << ": the oracle missed it";
    EXPECT_FALSE(better(best, *found))
        << "seed " << seed << (plan.proven ? ": proven, and wrong" : "");
    proven += plan.proven ? 1 : 0;
  }
  EXPECT_GE(proven, 148);  // two run out of nodes, and are right all the same
}

/// The least cost of bringing every factor inside with fractions of lots, without risk.
std::optional<double> linear_minimum(const HedgeCase& given) {
  const std::size_t F = given.factors.size();
  const std::size_t n = given.instruments.size();
  std::vector<std::vector<double>> a(F);
  std::vector<double> b;
  std::vector<double> c;
  std::vector<double> upper;
  for (const HedgeInstrument& instrument : given.instruments) {
    c.push_back(std::max(0.0, instrument.buy_cost + instrument.carry));
    c.push_back(std::max(0.0, instrument.sell_cost - instrument.carry));
    upper.push_back(instrument.most);
    upper.push_back(-instrument.least);
  }
  for (std::size_t f = 0; f < F; ++f) {
    for (std::size_t j = 0; j < n; ++j) {
      a[f].push_back(-given.exposure[j * F + f]);
      a[f].push_back(given.exposure[j * F + f]);
    }
    for (std::size_t g = 0; g < F; ++g)
      a[f].push_back(f == g ? 1.0 : 0.0);
    b.push_back(given.factors[f].deviation - given.factors[f].lower);
    c.push_back(0.0);
    upper.push_back(given.factors[f].upper - given.factors[f].lower);
  }
  if (std::isfinite(given.budget)) {
    for (std::vector<double>& row : a)
      row.push_back(0.0);
    std::vector<double> row;
    for (const HedgeInstrument& instrument : given.instruments)
      row.insert(row.end(), {instrument.buy_margin, instrument.sell_margin});
    row.resize(2 * n + F, 0.0);
    row.push_back(1.0);
    a.push_back(row);
    b.push_back(given.budget);
    c.push_back(0.0);
    upper.push_back(given.budget);
  }
  return simplex_minimum(a, b, c, upper);
}

TEST(HedgeProgramOracle, bounds_linear_programs_by_their_minimum) {
  HedgeProgram program;
  int reachable = 0;
  constexpr int cases = 400;
  for (int seed = 1; seed <= cases; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    const auto factors = static_cast<std::size_t>(rng.between(1, 4));
    HedgeCase given = random_desk(rng, factors, factors + rng.below(8), false);
    given.gamma = 0.0;
    given.aim = HedgeAim::near_edge;
    for (HedgeInstrument& instrument : given.instruments)
      instrument.impact = instrument.order_cost = instrument.minimum = 0.0;
    const auto minimum = linear_minimum(given);
    const Solved plan = solved(program, given);
    if (!minimum) {
      EXPECT_TRUE(plan.obstacle == HedgeObstacle::budget ||
                  plan.obstacle == HedgeObstacle::bounds ||
                  plan.obstacle == HedgeObstacle::instruments)
          << "seed " << seed << ": " << to_string(plan.obstacle);
      continue;
    }
    ++reachable;
    EXPECT_TRUE(plan.obstacle == HedgeObstacle::none || plan.obstacle == HedgeObstacle::lots)
        << "seed " << seed << ": " << to_string(plan.obstacle);
    EXPECT_NEAR(plan.bound, *minimum, 1e-6 * (1.0 + *minimum)) << "seed " << seed;
    // Where a band has no width, most fractions have no lots near them.
    const bool wide = std::all_of(given.factors.begin(), given.factors.end(),
                                  [](const HedgeFactor& f) { return f.lower < -0.1; });
    if (plan.obstacle == HedgeObstacle::none && wide) {
      EXPECT_LT(plan.gap, 0.02) << "seed " << seed << ": a few lots of 0.01";
    }
  }
  EXPECT_GT(reachable, cases / 3);
  EXPECT_LT(reachable, cases);
}

}  // namespace
}  // namespace ballast
