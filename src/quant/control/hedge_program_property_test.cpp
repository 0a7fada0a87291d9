// What holds of every hedge program, on random desks.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "quant/control/hedge_case_test.hpp"

namespace ballast {
namespace {

double size_of(const HedgeCost& cost) { return 1.0 + std::fabs(cost.total() - cost.excess); }

TEST(HedgeProgramProperty, no_large_desk_ends_worse_than_it_began) {
  HedgeProgram program;
  int inside = 0;
  constexpr int cases = 300;
  for (int seed = 1; seed <= cases; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    const HedgeCase given = random_desk(rng, 10, 50, rng.chance(0.5));
    const Solved plan = solved(program, given);
    EXPECT_LE(plan.after.total(), plan.before.total()) << "seed " << seed;
    EXPECT_LE(plan.bound, plan.after.total()) << "seed " << seed;
    double used = 0.0;
    for (std::size_t j = 0; j < given.instruments.size(); ++j) {
      const HedgeInstrument& instrument = given.instruments[j];
      const double x = plan.trades[j];
      EXPECT_TRUE(instrument.least <= x && x <= instrument.most) << "seed " << seed;
      EXPECT_TRUE(x == 0.0 || std::fabs(x) >= instrument.minimum) << "seed " << seed;
      EXPECT_EQ(x, static_cast<double>(plan.lots[j]) * instrument.lot) << "seed " << seed;
      used += (x > 0.0 ? instrument.buy_margin : instrument.sell_margin) * std::fabs(x);
    }
    EXPECT_LE(used, given.budget * (1.0 + 1e-8)) << "seed " << seed;
    for (std::size_t f = 0; f < given.factors.size(); ++f) {
      const HedgeFactor& factor = given.factors[f];
      double e = factor.deviation;
      for (std::size_t j = 0; j < given.instruments.size(); ++j)
        e += given.exposure[j * given.factors.size() + f] * plan.trades[j];
      EXPECT_NEAR(plan.residual[f], e, 1e-9) << "seed " << seed;
      const double further =
          std::max({0.0, factor.deviation - factor.upper, factor.lower - factor.deviation});
      EXPECT_LE(e, factor.upper + further + 1e-8) << "seed " << seed << " factor " << f;
      EXPECT_GE(e, factor.lower - further - 1e-8) << "seed " << seed << " factor " << f;
      EXPECT_EQ(plan.inside[f], e <= factor.upper + 1e-8 && e >= factor.lower - 1e-8)
          << "seed " << seed << " factor " << f;
    }
    inside += plan.obstacle == HedgeObstacle::none ? 1 : 0;
  }
  EXPECT_GT(inside, cases / 4);
  EXPECT_LT(inside, cases);
}

/// With lots of a ten-thousandth, without minimum and order costs, what is left between the lots
/// and the bound is the continuous program's own gap: the bound is its optimum.
TEST(HedgeProgramProperty, comes_to_the_bound_as_lots_become_small) {
  HedgeProgram program;
  int compared = 0;
  for (int seed = 1; seed <= 200; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    HedgeCase given = random_desk(rng, 10, 50, false);
    for (HedgeFactor& factor : given.factors)
      factor.lower = std::min(factor.lower, -0.2), factor.upper = std::max(factor.upper, 0.2);
    for (HedgeInstrument& instrument : given.instruments) {
      instrument.lot = 1e-4;
      instrument.minimum = instrument.order_cost = 0.0;
    }
    const Solved plan = solved(program, given);
    if (plan.obstacle != HedgeObstacle::none) continue;
    ++compared;
    EXPECT_LT(plan.gap, 1e-3 * size_of(plan.after)) << "seed " << seed;
  }
  EXPECT_GT(compared, 60);
}

TEST(HedgeProgramProperty, does_not_depend_on_the_order_of_instruments) {
  HedgeProgram program;
  for (int seed = 1; seed <= 500; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    const HedgeCase given = random_desk(rng, 2, 4, true);
    HedgeCase other = given;
    const std::size_t n = given.instruments.size();
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t from = (j + 1 + static_cast<std::size_t>(seed)) % n;
      other.instruments[j] = given.instruments[from];
      std::copy_n(given.exposure.begin() + static_cast<std::ptrdiff_t>(2 * from), 2,
                  other.exposure.begin() + static_cast<std::ptrdiff_t>(2 * j));
    }
    const Solved one = solved(program, given);
    const Solved two = solved(program, other);
    if (!one.proven || !two.proven) continue;
    EXPECT_NEAR(one.after.total(), two.after.total(), 1e-7 * (1.0 + one.after.total()))
        << "seed " << seed;
  }
}

TEST(HedgeProgramProperty, does_not_depend_on_the_currency) {
  HedgeProgram program;
  for (int seed = 1; seed <= 300; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    const HedgeCase given = random_desk(rng, 2, 4, true);
    HedgeCase yen = given;
    constexpr double rate = 128.0;  // a power of two: not even rounding differs
    yen.gamma /= rate;
    for (double& entry : yen.covariance)
      entry *= rate * rate;
    for (HedgeInstrument& instrument : yen.instruments) {
      for (double* money : {&instrument.buy_cost, &instrument.sell_cost, &instrument.impact,
                            &instrument.carry, &instrument.order_cost}) {
        *money *= rate;
      }
    }
    const Solved one = solved(program, given);
    const Solved two = solved(program, yen);
    EXPECT_EQ(one.lots, two.lots) << "seed " << seed;
    EXPECT_NEAR(one.after.total() * rate, two.after.total(), 1e-9 * two.after.total())
        << "seed " << seed;
  }
}

TEST(HedgeProgramProperty, does_not_depend_on_units) {
  // A factor in millionths, another in millions, instruments in dozens of thousands: powers of two.
  HedgeProgram program;
  for (int seed = 1; seed <= 300; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    const HedgeCase given = random_desk(rng, 2, 4, true);
    HedgeCase other = given;
    const double factor_scale[] = {0x1p20, 0x1p-20};
    constexpr double unit = 0x1p15;
    for (std::size_t f = 0; f < 2; ++f) {
      HedgeFactor& factor = other.factors[f];
      for (double* each : {&factor.deviation, &factor.lower, &factor.upper})
        *each *= factor_scale[f];
      for (std::size_t g = 0; g < 2; ++g)
        other.covariance[2 * f + g] /= factor_scale[f] * factor_scale[g];
      for (std::size_t j = 0; j < 4; ++j)
        other.exposure[2 * j + f] *= factor_scale[f] * unit;
    }
    for (HedgeInstrument& instrument : other.instruments) {
      for (double* each : {&instrument.buy_cost, &instrument.sell_cost, &instrument.carry,
                           &instrument.buy_margin, &instrument.sell_margin}) {
        *each *= unit;
      }
      instrument.impact *= unit * unit;
      for (double* each :
           {&instrument.lot, &instrument.minimum, &instrument.least, &instrument.most}) {
        *each /= unit;
      }
    }
    const Solved one = solved(program, given);
    const Solved two = solved(program, other);
    EXPECT_EQ(one.lots, two.lots) << "seed " << seed;
    EXPECT_EQ(one.obstacle, two.obstacle) << "seed " << seed;
  }
}

TEST(HedgeProgramProperty, mirrors_a_desk_that_is_short_where_this_one_is_long) {
  HedgeProgram program;
  for (int seed = 1; seed <= 500; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    HedgeCase given = random_desk(rng, 2, 3, true);
    given.instruments[0].sell_margin *= 0.25;
    given.instruments[1].sell_margin *= 2.0;
    HedgeCase mirror = given;
    for (HedgeFactor& factor : mirror.factors) {
      factor = {.deviation = -factor.deviation, .lower = -factor.upper, .upper = -factor.lower};
    }
    for (HedgeInstrument& instrument : mirror.instruments) {
      std::swap(instrument.buy_cost, instrument.sell_cost);
      std::swap(instrument.buy_margin, instrument.sell_margin);
      std::swap(instrument.least, instrument.most);
      instrument.least = -instrument.least;
      instrument.most = -instrument.most;
      instrument.carry = -instrument.carry;
    }
    const Solved one = solved(program, given);
    const Solved two = solved(program, mirror);
    EXPECT_NEAR(one.after.total(), two.after.total(), 1e-7 * (1.0 + one.after.total()))
        << "seed " << seed;
  }
}

/// For any set of permitted trades: were the trades under doubled costs the dearer ones at single
/// costs, either plan could be improved by the other.
TEST(HedgeProgramProperty, trades_no_more_where_costs_double) {
  HedgeProgram program;
  int less = 0;
  int compared = 0;
  for (int seed = 1; seed <= 1000; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    HedgeCase given = random_desk(rng, 2, 3, true);
    for (HedgeInstrument& instrument : given.instruments)
      instrument.carry = 0.0;
    HedgeCase dear = given;
    for (HedgeInstrument& instrument : dear.instruments) {
      instrument.buy_cost *= 2.0;
      instrument.sell_cost *= 2.0;
      instrument.impact *= 2.0;
      instrument.order_cost *= 2.0;
    }
    const Solved one = solved(program, given);
    const Solved two = solved(program, dear);
    if (!one.proven || !two.proven || one.inside != two.inside) continue;
    if (one.obstacle != HedgeObstacle::none) continue;
    ++compared;
    const auto traded = [](const Solved& plan) {
      return plan.after.spread_and_fees + plan.after.impact + plan.after.orders;
    };
    EXPECT_LE(0.5 * traded(two), traded(one) + 1e-7) << "seed " << seed;
    less += 0.5 * traded(two) < traded(one) - 1e-7 ? 1 : 0;
  }
  EXPECT_GT(compared, 500);
  EXPECT_GT(less, 20);
}

TEST(HedgeProgramProperty, a_workspace_remembers_nothing_and_allocates_once) {
  HedgeProgram used;
  Rng rng(3);
  const HedgeCase first = random_desk(rng, 6, 20, false);
  const HedgeCase second = random_desk(rng, 6, 20, true);
  const auto plan = used.solve(first.input());
  ASSERT_TRUE(plan);
  const double* trades = plan->trades.data();
  const Solved again = solved(used, second);
  const Solved fresh = solved(second);
  EXPECT_EQ(again.lots, fresh.lots);
  EXPECT_EQ(again.after.total(), fresh.after.total());
  EXPECT_EQ(again.bound, fresh.bound);
  const auto third = used.solve(first.input());
  ASSERT_TRUE(third);
  EXPECT_EQ(third->trades.data(), trades);
}

TEST(HedgeProgramProperty, shares_among_equal_instruments_without_a_preference) {
  // Duplicates: any split costs the same, and the plan is as good as with one of them.
  HedgeProgram program;
  for (int seed = 1; seed <= 200; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    HedgeCase given = random_desk(rng, 2, 2, true);
    for (HedgeInstrument& instrument : given.instruments)
      instrument.impact = instrument.minimum = instrument.order_cost = 0.0;
    HedgeCase twice = given;
    twice.instruments.insert(twice.instruments.end(), given.instruments.begin(),
                             given.instruments.end());
    twice.exposure.insert(twice.exposure.end(), given.exposure.begin(), given.exposure.end());
    HedgeCase wide = given;
    for (HedgeInstrument& instrument : wide.instruments) {
      instrument.least *= 2.0;
      instrument.most *= 2.0;
    }
    const Solved one = solved(program, wide);
    const Solved two = solved(program, twice);
    EXPECT_NEAR(one.after.total(), two.after.total(), 1e-7 * (1.0 + one.after.total()))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace ballast
