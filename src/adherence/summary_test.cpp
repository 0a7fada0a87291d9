#include "adherence/summary.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

#include "adherence/oracle_test.hpp"
#include "adherence/path.hpp"
#include "adherence/tracker.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr Timestamp epoch_2024{1'704'067'200'000'000'000};

TEST(Spans, merge_to_what_appending_all_of_it_gives_wherever_it_is_cut) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    std::array<Spans, 3> parts;
    Spans whole;
    Timestamp at = epoch_2024;
    for (Spans& part : parts) {
      for (std::uint64_t i = rng.below(5); i > 0; --i) {
        const std::int64_t ns = rng.between(0, 3);
        const bool out = rng.chance(0.6);
        const double z = out ? 1.0 + rng.uniform() : rng.uniform();
        part.append(at, ns, out, z);
        whole.append(at, ns, out, z);
        at = at + Duration{ns};
      }
    }
    EXPECT_EQ(merge(merge(parts[0], parts[1]), parts[2]), whole);
    EXPECT_EQ(merge(parts[0], merge(parts[1], parts[2])), whole);
  }
}

TEST(Summary, of_a_split_interval_merges_to_that_of_the_whole) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    Path path(Duration::seconds(1));
    path.start(epoch_2024);
    std::array<Summary, 4> parts;
    Path first = path;
    Spans whole;
    for (Summary& part : parts) {
      const Path base = path;
      Spans spans;
      for (std::uint64_t i = rng.below(30); i > 0; --i) {
        FactorState state;
        state.known = rng.chance(0.9);
        state.actual =
            Decimal::from_raw(Int128{rng.between(-9'000'000'000, 9'000'000'000)} * 999'999'937);
        state.upper = state.limit_upper = Decimal::whole(1);
        state.lower = state.limit_lower = Decimal::whole(-1);
        state.hedged =
            Decimal::from_raw(Int128{rng.between(-9'000'000'000, 9'000'000'000)} * 9'999'999'937);
        path.set(state, read(state), Cause::client);
        path.pnl().deviation += Int256::product(state.actual.raw, state.hedged.raw);
        const std::int64_t ns = rng.between(0, 5'000'000'000);
        spans.append(path.time(), ns, path.out_of_band(), path.abs_z());
        path.run_to(path.time() + Duration{ns});
      }
      part = path.since(base, spans);
      whole = merge(whole, spans);
    }
    const Summary expected = path.since(first, whole);
    EXPECT_EQ(mismatches(merge(merge(parts[0], parts[1]), merge(parts[2], parts[3])), expected),
              "");
    EXPECT_EQ(mismatches(merge(parts[0], merge(merge(parts[1], parts[2]), parts[3])), expected),
              "");
    EXPECT_EQ(merge(expected, Summary{}), expected);
    EXPECT_EQ(merge(Summary{}, expected), expected);
  }
}

TEST(Summary, keeps_what_a_short_window_holds_after_long_times_of_larger_things) {
  Path path(Duration::hours(1));
  path.start(epoch_2024);
  FactorState state;
  state.known = true;
  state.actual = Decimal::whole(1000);
  state.hedged = Decimal::whole(-7000);
  path.set(state, read(state), Cause::client);
  path.run_to(epoch_2024 + Duration::days(100));
  state.actual = Decimal::from_raw(decimal_one / 100);
  path.set(state, read(state), Cause::client);
  path.run_to(path.time() + Duration{12'345'678'901});
  const Path base = path;
  path.run_to(path.time() + Duration{1'000'000'001});
  const Summary summary = path.since(base, {});
  const long double ns = 1'000'000'001.0L;
  const auto d = static_cast<long double>(0.01);
  const auto near = [](const DoubleDouble& actual, long double expected, const char* what) {
    EXPECT_LE(std::fabs(wide(actual) - expected), 1e-12L * expected) << what;
  };
  near(summary.integral(Integral::abs_deviation), d * ns, "iae");
  near(summary.integral(Integral::deviation_squared), d * d * ns, "ise");
  near(summary.uncontrolled_squared, 1e32L * ns, "uncontrolled");
}

// ---- Ornstein-Uhlenbeck deviations (refs: rows OU-* of the metric's neighbours)
// ----------------------

struct OuSetup {
  double kappa_per_second = 2.0;
  double sd = 0.25;  // s / sqrt(2 kappa) with s = 0.5: a mean square of 0.0625
  double dt_seconds = 0.05;
  int steps = 400'000;
};

Tracker simulate(const OuSetup& ou, std::uint64_t seed) {
  TrackerOptions options;
  options.grid = Duration::milliseconds(50);
  Tracker tracker(options);
  Rng rng(seed);
  const double kept = std::exp(-ou.kappa_per_second * ou.dt_seconds);
  const double fresh = ou.sd * std::sqrt(1.0 - kept * kept);
  double d = ou.sd * rng.normal();
  FactorState state;
  state.known = true;
  state.lower = decimal_from_double<Decimal>(-ou.sd, 18).value();
  state.upper = -state.lower;
  state.limit_lower = Decimal::whole(-1);
  state.limit_upper = Decimal::whole(1);
  for (int i = 0; i < ou.steps; ++i) {
    state.actual = decimal_from_double<Decimal>(d, 15).value();
    const Step step{state, Cause::client};
    tracker.update(epoch_2024 + Duration::milliseconds(50) * i, std::span(&step, 1));
    d = kept * d + fresh * rng.normal();
  }
  return tracker;
}

TEST(Figures, of_a_simulated_mean_reverting_deviation_are_those_of_theory) {
  const OuSetup ou;
  const Tracker tracker = simulate(ou, 11);
  const double seconds = ou.dt_seconds * ou.steps;
  const Timestamp end = epoch_2024 + Duration::milliseconds(50) * ou.steps;
  const Figures f = figures(tracker.since_start(end), tracker.grid());
  // Time averages of a path correlated over 1 / kappa: about seconds * kappa independent values.
  const double se = 1.0 / std::sqrt(seconds * ou.kappa_per_second);
  EXPECT_NEAR(f.ise.value() / seconds, 0.0625, 4 * 0.0625 * se) << "OU-ISE-rate";
  const double mean_abs = ou.sd * std::sqrt(2.0 / std::numbers::pi);
  EXPECT_NEAR(f.iae.value() / seconds, mean_abs, 4 * mean_abs * se) << "E|e| = sd sqrt(2/pi)";
  const double outside = std::erfc(1.0 / std::numbers::sqrt2);  // 2 Phi(-b / sd), b = sd
  EXPECT_NEAR(1.0 - f.time_in_band.value(), outside, 4 * outside * se);
  // The slope's standard error is sqrt((1 - b^2) / n), carried over to ln 2 / kappa.
  const double b = std::exp(-ou.kappa_per_second * ou.dt_seconds);
  const double kappa_se = std::sqrt((1 - b * b) / ou.steps) / (b * ou.dt_seconds);
  EXPECT_NEAR(std::numbers::ln2 / f.half_life_seconds.value(), 2.0, 4 * kappa_se);
  EXPECT_NEAR(f.half_life_seconds.value(), 0.346573590280, 0.35 * 4 * kappa_se / 2)
      << "OU-halflife";
}

TEST(Figures, of_a_step_that_decays_are_the_textbook_integrals) {
  // OU-step-IAE = e0 / kappa = 1.5 and OU-step-ISE = e0^2 / (2 kappa) = 2.25 for e0 = 3, kappa = 2.
  Tracker tracker{TrackerOptions{}};
  FactorState state;
  state.known = true;
  constexpr int steps = 20'000;  // of 1 ms, each at its middle value
  for (int i = 0; i < steps; ++i) {
    state.actual =
        decimal_from_double<Decimal>(3.0 * std::exp(-2.0 * (i + 0.5) * 1e-3), 18).value();
    const Step step{state, Cause::client};
    tracker.update(epoch_2024 + Duration::milliseconds(i), std::span(&step, 1));
  }
  const Figures f =
      figures(tracker.since_start(epoch_2024 + Duration::seconds(20)), tracker.grid());
  EXPECT_NEAR(f.iae.value(), 1.5, 1e-6);
  EXPECT_NEAR(f.ise.value(), 2.25, 4e-6);
}

TEST(Figures, rounds_money_half_to_even_and_holds_it_in_range) {
  EXPECT_EQ(rounded_amount(Int256::product(3, decimal_one / 2)).raw, 2);
  EXPECT_EQ(rounded_amount(Int256::product(-5, decimal_one / 2)).raw, -2);
  EXPECT_EQ(rounded_amount(Int256::product(int128_max, int128_max)).raw, int128_max);
  EXPECT_EQ(rounded_amount(-Int256::product(int128_max, int128_max)).raw, -int128_max);
}

}  // namespace
}  // namespace ballast
