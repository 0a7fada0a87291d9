#include "alert/burn.hpp"

#include <gtest/gtest.h>

#include "alert/scripted_readings_test.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr FactorId btc{std::size_t{0}};

ObjectiveConfig objective(double goal) {
  ObjectiveConfig config;
  config.factor = btc;
  config.goal = goal;
  return config;
}

/// Every window of the pairs at the same measure, and the whole period.
ScriptedReadings steady(double measure) {
  ScriptedReadings readings;
  for (std::size_t w = 0; w < window_infos.size(); ++w) {
    readings.set(btc, Measure::time_in_band, static_cast<Window>(w), measure);
  }
  return readings;
}

Burn measured(const ScriptedReadings& readings) {
  return measure_burn(objective(0.99), Timestamp{}, readings);
}

/// The verdict on what did not burn before.
std::optional<bool> burning(const Burn& burn) {
  BurningPairs none{};
  return judge(burn.pairs, 0.9, none);
}

TEST(Burn, rates_are_those_of_the_site_reliability_workbook) {
  // Chapter 5, "Burn rate": for a 99.9 % objective over 30 days, the error rate that uses the
  // budget up at these rates. A total outage burns at 1000 and is out of budget in 43 minutes.
  EXPECT_DOUBLE_EQ(burn_rate(1.0 - 0.001, 0.999), 1.0);
  EXPECT_NEAR(burn_rate(1.0 - 0.002, 0.999), 2.0, 1e-12);
  EXPECT_NEAR(burn_rate(1.0 - 0.01, 0.999), 10.0, 1e-12);
  EXPECT_NEAR(burn_rate(0.0, 0.999), 1000.0, 1e-9);
  EXPECT_NEAR(Duration::days(30).to_seconds() / burn_rate(0.0, 0.999) / 60.0, 43.2, 1e-9);
}

TEST(Burn, pairs_use_the_workbooks_share_of_the_budget_in_their_long_window) {
  // Table 5-8: 2 % in 1 h, 5 % in 6 h, 10 % in 3 d of a 30-day budget; short windows are a twelfth.
  constexpr std::array<double, 3> budget_used{0.02, 0.05, 0.10};
  for (std::size_t i = 0; i < burn_pairs.size(); ++i) {
    const auto length = [](Window w) {
      return window_infos[static_cast<std::size_t>(w)].length.to_seconds();
    };
    const double share = length(burn_pairs[i].long_window) / Duration::days(30).to_seconds();
    EXPECT_NEAR(burn_pairs[i].factor * share, budget_used[i], 1e-12);
    EXPECT_DOUBLE_EQ(length(burn_pairs[i].long_window), 12 * length(burn_pairs[i].short_window));
  }
}

TEST(Burn, measures_every_window_and_what_is_left_of_the_budget) {
  ScriptedReadings readings = steady(1.0);
  readings.set(btc, Measure::time_in_band, Window::hour_1, 0.85);
  readings.set(btc, Measure::time_in_band, Window::min_5, 0.5);
  readings.set(btc, Measure::time_in_band, Window::day_30, 0.996);
  const Burn burn = measured(readings);
  EXPECT_NEAR(*burn.pairs[0].long_rate, 15.0, 1e-9);   // 0.15 / 0.01
  EXPECT_NEAR(*burn.pairs[0].short_rate, 50.0, 1e-9);  // 0.50 / 0.01
  EXPECT_DOUBLE_EQ(*burn.pairs[2].long_rate, 0.0);
  EXPECT_NEAR(*burn.budget_remaining, 0.6, 1e-9);  // 0.004 of 0.01 used
  EXPECT_EQ(burning(burn), true);
  EXPECT_NEAR(*worst_rate(burn.pairs), 15.0, 1e-9);
}

TEST(Burn, needs_both_windows_of_a_pair) {
  ScriptedReadings readings = steady(1.0);
  readings.set(btc, Measure::time_in_band, Window::hour_1, 0.80);
  EXPECT_EQ(burning(measured(readings)), false);  // over by now
  readings.set(btc, Measure::time_in_band, Window::min_5, 0.86);
  EXPECT_EQ(burning(measured(readings)), false);  // 14 < 14.4
  readings.set(btc, Measure::time_in_band, Window::min_5, 0.85);
  EXPECT_EQ(burning(measured(readings)), true);
  readings.set(btc, Measure::time_in_band, Window::hour_1, 0.86);
  EXPECT_EQ(burning(measured(readings)), false);  // only a start
}

TEST(Burn, at_exactly_the_factor_burns) {
  // A goal of one half makes the rates exact: half the time bad is exactly 1x.
  EXPECT_EQ(burning(measure_burn(objective(0.5), Timestamp{}, steady(0.5))), true);
  EXPECT_EQ(burning(measure_burn(objective(0.5), Timestamp{}, steady(0.5000001))), false);
}

TEST(Burn, of_each_pair_alone_is_enough) {
  for (const BurnPair& pair : burn_pairs) {
    ScriptedReadings readings = steady(1.0);
    // A hair over the factor in both windows.
    readings.set(btc, Measure::time_in_band, pair.long_window, 1.0 - pair.factor * 0.01001);
    readings.set(btc, Measure::time_in_band, pair.short_window, 1.0 - pair.factor * 0.01001);
    EXPECT_EQ(burning(measured(readings)), true) << pair.factor;
    EXPECT_NEAR(*worst_rate(measured(readings).pairs), pair.factor * 1.001, 1e-9);
  }
}

TEST(Burn, of_an_unknown_window_is_unknown_unless_its_partner_is_calm) {
  ScriptedReadings readings = steady(1.0);
  readings.set(btc, Measure::time_in_band, Window::min_5, std::nullopt);
  EXPECT_EQ(burning(measured(readings)), false);  // the hour is calm: the pair cannot burn
  readings.set(btc, Measure::time_in_band, Window::hour_1, 0.5);
  EXPECT_EQ(burning(measured(readings)), std::nullopt);  // it might
  readings.set(btc, Measure::time_in_band, Window::hour_6, 0.5);
  readings.set(btc, Measure::time_in_band, Window::min_30, 0.5);
  EXPECT_EQ(burning(measured(readings)), true);  // another pair surely does
  EXPECT_EQ(burning(measured(ScriptedReadings{})), std::nullopt);
  EXPECT_EQ(worst_rate(measured(ScriptedReadings{}).pairs), std::nullopt);
  EXPECT_EQ(measured(ScriptedReadings{}).budget_remaining, std::nullopt);
}

TEST(Burn, of_a_pair_goes_on_until_one_of_its_windows_is_below_the_clear_share) {
  BurningPairs burning{};
  const auto verdict = [&](double long_rate, double short_rate) {
    PairBurns pairs{{{long_rate, short_rate}, {0.0, 0.0}, {0.0, 0.0}}};
    return judge(pairs, 0.5, burning);
  };
  EXPECT_EQ(verdict(14.3, 100.0), false);  // half of it is not enough to begin
  EXPECT_EQ(verdict(14.4, 14.4), true);
  EXPECT_EQ(burning, (BurningPairs{true, false, false}));
  EXPECT_EQ(verdict(7.2, 7.2), true);
  EXPECT_EQ(verdict(7.2, 7.1), false);
  EXPECT_EQ(burning, BurningPairs{});
  EXPECT_EQ(verdict(14.3, 14.3), false);  // it has to begin anew
  EXPECT_EQ(verdict(20.0, 20.0), true);
  EXPECT_EQ(verdict(7.1, 20.0), false);
}

TEST(Burn, of_one_pair_gives_no_other_pair_its_lower_level) {
  BurningPairs burning{};
  EXPECT_EQ(judge({{{20.0, 20.0}, {5.9, 5.9}, {0.0, 0.0}}}, 0.9, burning), true);
  EXPECT_EQ(judge({{{1.0, 1.0}, {5.9, 5.9}, {0.0, 0.0}}}, 0.9, burning), false);
}

TEST(Burn, of_a_pair_that_becomes_unknown_stays_as_it_was) {
  BurningPairs burning{};
  EXPECT_EQ(judge({{{15.0, 15.0}, {0.0, 0.0}, {0.0, 0.0}}}, 0.9, burning), true);
  EXPECT_EQ(judge({{{15.0, std::nullopt}, {0.0, 0.0}, {0.0, 0.0}}}, 0.9, burning), std::nullopt);
  EXPECT_EQ(judge({{{14.0, 14.0}, {0.0, 0.0}, {0.0, 0.0}}}, 0.9, burning), true);  // above 12.96
  EXPECT_EQ(judge({{{14.0, 12.9}, {0.0, 0.0}, {0.0, 0.0}}}, 0.9, burning), false);
}

TEST(Burn, is_calm_only_where_no_pair_can_begin_to_burn) {
  const auto is_calm = [](const ScriptedReadings& readings) {
    return calm(objective(0.99), Timestamp{}, readings);
  };
  constexpr std::array<double, 6> values{1.0, 0.99, 0.95, 0.94, 0.9, 0.5};
  constexpr std::uint64_t seed = 7;
  Rng rng(seed);
  int calm_ones = 0;
  for (int i = 0; i < 5'000; ++i) {
    ScriptedReadings readings = steady(1.0);
    for (std::size_t w = 0; w < window_infos.size(); ++w) {
      std::optional<double> value = values[rng.below(values.size())];
      if (rng.chance(0.1)) value.reset();
      readings.set(btc, Measure::time_in_band, static_cast<Window>(w), value);
    }
    if (!is_calm(readings)) continue;
    ++calm_ones;
    ASSERT_EQ(burning(measured(readings)), false) << "seed " << seed << ", " << i;
  }
  EXPECT_GT(calm_ones, 50);
}

}  // namespace
}  // namespace ballast
