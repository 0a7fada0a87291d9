#include "adherence/still_run.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "adherence/oracle_test.hpp"
#include "adherence/tracker.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr Timestamp epoch_2024{1'704'067'200'000'000'000};
constexpr Duration hour = Duration::hours(1);

/// The sums say the same to 2^-100 of `all`, of which a run is itself a difference.
bool near(const DoubleDouble& a, const DoubleDouble& b, double all) {
  return std::fabs((a - b).to_double()) <= 0x1p-100 * all;
}

/// |sum of f| <= sqrt(n * sum of f^2), by Cauchy and Schwarz.
double bound(const DoubleDouble& squares, std::int64_t n) {
  return std::sqrt(squares.hi * static_cast<double>(n));
}

/// What holds of `a` and `b` that say the same of a part of `all`: exact where it can be.
void expect_same(const Summary& a, const Summary& b, const Summary& all) {
  EXPECT_EQ(a.from, b.from);
  EXPECT_EQ(a.to, b.to);
  EXPECT_EQ(a.times, b.times);
  EXPECT_EQ(a.spans, b.spans);
  EXPECT_EQ(a.pnl, b.pnl);
  EXPECT_EQ(a.hedged_change, b.hedged_change);
  EXPECT_EQ(a.pairs.count, b.pairs.count);
  const std::int64_t known = all.times.known();
  for (std::size_t i = 0; i < integral_count; ++i) {
    const bool is_signed = i == static_cast<std::size_t>(Integral::z);
    const double most =
        is_signed ? bound(all.integral(Integral::z_squared), known) : all.integrals[i].hi;
    EXPECT_TRUE(near(a.integrals[i], b.integrals[i], most)) << i;
  }
  const DoubleDouble& g_squared = all.uncontrolled_squared;
  EXPECT_TRUE(near(a.uncontrolled, b.uncontrolled, bound(g_squared, known)));
  EXPECT_TRUE(near(a.uncontrolled_squared, b.uncontrolled_squared, g_squared.hi));
  const double squares = all.pairs.xx.hi + all.pairs.yy.hi;
  const double values = bound({squares, 0.0}, all.pairs.count);
  EXPECT_TRUE(near(a.pairs.x, b.pairs.x, values));
  EXPECT_TRUE(near(a.pairs.y, b.pairs.y, values));
  EXPECT_TRUE(near(a.pairs.xx, b.pairs.xx, squares));
  EXPECT_TRUE(near(a.pairs.xy, b.pairs.xy, squares));
  EXPECT_TRUE(near(a.pairs.yy, b.pairs.yy, squares));
}

FactorState random_state(Rng& rng) {
  const auto amount = [&] {
    return Decimal::from_raw(Int128{rng.between(-3'000'000'000, 3'000'000'000)} * 1'234'567'891);
  };
  FactorState state;
  state.known = !rng.chance(0.2);
  state.actual = rng.chance(0.2) ? Decimal{} : amount();
  state.target = rng.chance(0.5) ? Decimal{} : amount();
  state.lower = state.target - amount().abs();
  state.upper = state.target + amount().abs();
  state.limit_lower = state.lower - amount().abs();
  state.limit_upper = state.upper + amount().abs();
  state.hedged = amount();
  return state;
}

class StillRuns : public testing::TestWithParam<Duration> {};

TEST_P(StillRuns, are_the_sum_of_their_parts_and_each_part_is_what_the_path_says) {
  const Duration grid = GetParam();
  constexpr std::uint64_t seed = 12;
  Rng rng(seed);
  Timestamp now = epoch_2024 - Duration::seconds(rng.between(0, 86400));
  TrackerOptions options;
  options.grid = grid;
  Tracker tracker(options);
  Oracle oracle(now, grid);
  int runs = 0;
  int cut = 0;
  for (int event = 0; event < 150; ++event) {
    const std::vector<Step> steps{{random_state(rng), static_cast<Cause>(rng.below(7))}};
    tracker.update(now, steps);
    oracle.update(now, steps);
    if (rng.chance(0.5)) {
      const auto weight = rng.chance(0.2) ? std::nullopt : std::optional(100.0 * rng.uniform());
      tracker.set_weight(now, weight);
      oracle.set_weight(now, weight);
    }
    for (const Summary& run : tracker.take_finished_hours()) {
      if (run.to - run.from <= hour) {
        EXPECT_FALSE(is_still_run(run));
        continue;
      }
      SCOPED_TRACE("seed " + std::to_string(seed) + ", event " + std::to_string(event));
      ASSERT_TRUE(is_still_run(run));
      ++runs;
      Summary merged;
      for (Timestamp from = run.from, to; from < run.to; from = to) {
        to = std::min(run.to, from + hour * rng.between(1, 24));
        const Summary part = part_of_still_run(run, from, to, grid);
        EXPECT_EQ(mismatches(part, oracle.summary(from, to, Oracle::End::closed)), "");
        merged = merge(merged, part);
        ++cut;
      }
      expect_same(merged, run, tracker.since_start(now));
      ASSERT_FALSE(HasFailure());
    }
    const Duration longest = rng.chance(0.5) ? Duration::hours(3) : Duration::days(4);
    now = now + Duration::milliseconds(rng.between(0, longest.ns / 1'000'000));
  }
  EXPECT_GT(runs, 80);
  EXPECT_GT(cut, 200);
}

INSTANTIATE_TEST_SUITE_P(OfGrid,
                         StillRuns,
                         testing::Values(Duration::seconds(1),
                                         Duration::seconds(7),
                                         Duration::minutes(5),
                                         Duration::hours(5),
                                         Duration::hours(31)));

TEST(StillRun, is_nothing_in_which_anything_happened) {
  Tracker tracker{TrackerOptions{}};
  FactorState state;
  state.known = true;
  state.lower = state.limit_lower = Decimal::whole(-1);
  state.upper = state.limit_upper = Decimal::whole(1);
  const auto move = [&](Duration at, int actual) {
    state.actual = Decimal::whole(actual);
    const Step step{state, Cause::quote};
    tracker.update(epoch_2024 + at, std::span(&step, 1));
  };
  move({}, 0);
  move(Duration::hours(1), 2);
  const auto since = [&] { return tracker.since_start(epoch_2024 + Duration::hours(3)); };
  EXPECT_FALSE(is_still_run(since())) << "in band, then out of it";
  tracker.add_pnl(epoch_2024 + Duration::hours(2), PnlPart::fees, at_36_digits(Amount::whole(1)));
  const Summary later = tracker.open_hour(epoch_2024 + Duration::hours(5));
  EXPECT_EQ(later.to - later.from, Duration::hours(3));
  EXPECT_FALSE(is_still_run(later)) << "a fee was paid";
}

}  // namespace
}  // namespace ballast
