#include "adherence/tracker.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "adherence/oracle_test.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

Timestamp noon_plus(std::int64_t seconds) {
  return Timestamp{1'723'118'400'000'000'000} + Duration::seconds(seconds);  // 2024-08-08T12:00:00Z
}

FactorState levels(int actual, int target, int lower, int upper, int limit_lower, int limit_upper) {
  FactorState state;
  state.known = true;
  state.actual = Decimal::whole(actual);
  state.target = Decimal::whole(target);
  state.lower = Decimal::whole(lower);
  state.upper = Decimal::whole(upper);
  state.limit_lower = Decimal::whole(limit_lower);
  state.limit_upper = Decimal::whole(limit_upper);
  return state;
}

void change(Tracker& tracker, std::int64_t seconds, const FactorState& state, Cause cause) {
  const Step step{state, cause};
  tracker.update(noon_plus(seconds), std::span(&step, 1));
}

void move_target(Tracker& tracker, std::int64_t seconds, const FactorState& state) {
  const auto steps = split_target_step(tracker.state(), state);
  tracker.update(noon_plus(seconds), steps);
}

/// Section 6 of the definition: 100 seconds of a factor with target 0, band +-2 and limits +-6.
Tracker worked_example(const TrackerOptions& options = {}) {
  Tracker tracker(options);
  FactorState state = levels(0, 0, -2, 2, -6, 6);
  change(tracker, 0, state, Cause::market);
  state.actual = Decimal::whole(3);
  change(tracker, 20, state, Cause::quote);
  state.actual = Decimal::whole(6);
  change(tracker, 40, state, Cause::quote);
  tracker.hedge_fill(noon_plus(50), Decimal::whole(-5));
  state.actual = Decimal::whole(1);
  state.hedged = Decimal::whole(-5);
  change(tracker, 50, state, Cause::hedge);
  state.target = Decimal::whole(3);
  state.lower = Decimal::whole(1);
  state.upper = Decimal::whole(5);
  move_target(tracker, 70, state);
  state.lower = Decimal::whole(2);
  state.upper = Decimal::whole(4);
  move_target(tracker, 80, state);
  return tracker;
}

TEST(Tracker, reproduces_the_worked_example_to_the_digit) {
  const Tracker tracker = worked_example();
  const Figures f = figures(tracker.since_start(noon_plus(100)), tracker.grid());
  EXPECT_EQ(f.from, noon_plus(0));
  EXPECT_EQ(f.to, noon_plus(100));
  EXPECT_EQ(f.adherence, 0.825);
  EXPECT_EQ(f.time_in_band, 0.50);
  EXPECT_EQ(f.time_above, 0.30);
  EXPECT_EQ(f.time_below, 0.20);
  EXPECT_EQ(f.time_past_limit, 0.10);
  EXPECT_EQ(f.unknown_fraction, 0.0);
  EXPECT_EQ(f.iae, 200.0);
  EXPECT_EQ(f.ise, 680.0);
  EXPECT_EQ(f.excursions, 2);
  EXPECT_EQ(f.longest_excursion, Duration::seconds(30));
  EXPECT_EQ(f.mean_excursion, Duration::seconds(25));
  EXPECT_EQ(f.open_excursion, Duration::seconds(20));
  EXPECT_EQ(f.mean_between_starts, Duration::seconds(60));
  EXPECT_EQ(f.bias, 0.20);
  EXPECT_EQ(f.max_abs_z, 3.0);
  EXPECT_EQ(f.ise_uncontrolled, 1530.0);
  EXPECT_EQ(f.effectiveness, 1.0 / 3.0);
  EXPECT_EQ(f.out_of_band_by_cause[static_cast<std::size_t>(Cause::quote)], Duration::seconds(30));
  EXPECT_EQ(f.out_of_band_by_cause[static_cast<std::size_t>(Cause::band)], Duration::seconds(20));
  EXPECT_EQ(tracker.reading().z, -2.0);
  EXPECT_EQ(tracker.reading().alpha, 0.875);
  EXPECT_EQ(tracker.reaction_delay(), Duration::seconds(30));
  // A random walk might have gone this way, and 66 rows do not carry six coefficients.
  EXPECT_FALSE(f.half_life_seconds);
  EXPECT_FALSE(tracker.minimum_variance_index(noon_plus(100)));
}

TEST(Tracker, gives_the_worked_example_also_as_a_report_span_and_as_a_sliding_window) {
  TrackerOptions options;
  options.report_from = noon_plus(10);
  options.report_to = noon_plus(90);
  Tracker tracker = worked_example(options);
  const Summary whole = tracker.since_start(noon_plus(100));
  EXPECT_EQ(tracker.window(Window::min_5, noon_plus(100)), whole);
  EXPECT_EQ(tracker.window(Window::day_30, noon_plus(100)), whole);

  const Summary asked = tracker.report_window(noon_plus(100));
  tracker.advance(noon_plus(100));
  const Summary frozen = tracker.report_window(noon_plus(100));
  EXPECT_EQ(asked, frozen) << "asking changes nothing";
  EXPECT_EQ(frozen, tracker.report_window(noon_plus(5000))) << "what is over stays";
  const Figures f = figures(frozen, tracker.grid());
  EXPECT_EQ(f.from, noon_plus(10));
  EXPECT_EQ(f.to, noon_plus(90));
  EXPECT_EQ(f.ise, 640.0);
  EXPECT_EQ(f.open_excursion, Duration::seconds(10));
}

TEST(Tracker, knows_nothing_before_it_starts_and_averages_nothing_while_unknown) {
  Tracker tracker{TrackerOptions{}};
  EXPECT_EQ(tracker.since_start(noon_plus(0)), Summary{});
  EXPECT_EQ(tracker.window(Window::hour_1, noon_plus(0)), Summary{});
  EXPECT_FALSE(tracker.view(Window::hour_1, noon_plus(0)));
  FactorState state = levels(9, 0, -2, 2, -6, 6);
  state.known = false;
  change(tracker, 0, state, Cause::market);
  const Figures f = figures(tracker.since_start(noon_plus(10)), tracker.grid());
  EXPECT_EQ(f.unknown, Duration::seconds(10));
  EXPECT_EQ(f.unknown_fraction, 1.0);
  EXPECT_FALSE(f.adherence || f.time_in_band || f.time_past_limit || f.bias || f.rms_z ||
               f.max_abs_z || f.iae || f.ise || f.effectiveness || f.half_life_seconds ||
               f.longest_excursion || f.mean_excursion || f.open_excursion || f.mean_weight);
  EXPECT_EQ(tracker.unknown_since(), noon_plus(0));
}

TEST(Tracker, ends_an_excursion_where_the_factor_becomes_unknown) {
  Tracker tracker{TrackerOptions{}};
  FactorState state = levels(3, 0, -2, 2, -6, 6);
  change(tracker, 0, state, Cause::quote);
  state.known = false;
  change(tracker, 10, state, Cause::market);
  state.known = true;
  change(tracker, 30, state, Cause::market);
  const Figures f = figures(tracker.since_start(noon_plus(35)), tracker.grid());
  EXPECT_EQ(f.excursions, 2);
  EXPECT_EQ(f.longest_excursion, Duration::seconds(10));
  EXPECT_EQ(f.mean_between_starts, Duration::seconds(30));
  EXPECT_EQ(f.out_of_band_by_cause[static_cast<std::size_t>(Cause::quote)], Duration::seconds(15))
      << "what happened before the dark is still why";
}

TEST(Tracker, counts_no_state_that_lasts_no_time) {
  Tracker tracker{TrackerOptions{}};
  change(tracker, 0, levels(0, 0, -2, 2, -6, 6), Cause::market);
  change(tracker, 10, levels(50, 0, -2, 2, -6, 6), Cause::client);
  change(tracker, 10, levels(1, 0, -2, 2, -6, 6), Cause::hedge);
  change(tracker, 20, levels(4, 0, -2, 2, -6, 6), Cause::client);
  change(tracker, 30, levels(0, 0, -2, 2, -6, 6), Cause::hedge);
  change(tracker, 30, levels(-4, 0, -2, 2, -6, 6), Cause::client);
  const Figures f = figures(tracker.since_start(noon_plus(40)), tracker.grid());
  EXPECT_EQ(f.excursions, 1) << "from above to below without time in band";
  EXPECT_EQ(f.longest_excursion, Duration::seconds(20));
  EXPECT_EQ(f.max_abs_z, 2.0);
}

TEST(Tracker, hands_a_run_of_quiet_hours_out_as_one_and_each_hour_once) {
  Tracker tracker{TrackerOptions{}};
  change(tracker, 600, levels(3, 0, -2, 2, -6, 6), Cause::quote);
  EXPECT_FALSE(tracker.has_finished_hours());
  change(tracker, 3600 * 24 * 365 + 60, levels(0, 0, -2, 2, -6, 6), Cause::hedge);
  const auto hours = tracker.take_finished_hours();
  ASSERT_EQ(hours.size(), 2U);
  EXPECT_EQ(hours[0].from, noon_plus(600));
  EXPECT_EQ(hours[0].to, noon_plus(3600));
  EXPECT_EQ(hours[1].from, noon_plus(3600));
  EXPECT_EQ(hours[1].to, noon_plus(3600 * 24 * 365));
  EXPECT_EQ(hours[1].spans.count, 1);
  EXPECT_FALSE(tracker.has_finished_hours());
  const Timestamp now = noon_plus(3600 * 24 * 365 + 99);
  EXPECT_EQ(mismatches(merge(merge(hours[0], hours[1]), tracker.open_hour(now)),
                       tracker.since_start(now)),
            "");
}

TEST(Tracker, splits_price_moves_exactly_between_deviation_and_target) {
  Tracker tracker{TrackerOptions{}};
  FactorState state = levels(5, 3, 1, 5, -6, 6);
  state.actual = Decimal::from_raw(Decimal::whole(5).raw + 1);
  change(tracker, 0, state, Cause::quote);
  tracker.price_move(noon_plus(1), Decimal::whole(-7));
  tracker.add_pnl(noon_plus(2), PnlPart::fees, at_36_digits(Amount::whole(-2)));
  tracker.add_pnl(noon_plus(3), PnlPart::spread, at_36_digits(Amount::from_raw(1)));
  const Summary summary = tracker.since_start(noon_plus(4));
  EXPECT_EQ(summary.pnl.deviation,
            Int256::product(Decimal::whole(2).raw + 1, Decimal::whole(-7).raw));
  EXPECT_EQ(summary.pnl.target, Int256::product(Decimal::whole(3).raw, Decimal::whole(-7).raw));
  // a * change + fees + spread
  EXPECT_EQ(summary.pnl.total(), Int256::product(state.actual.raw, Decimal::whole(-7).raw) +
                                     Int256::product(Amount::whole(-2).raw + 1, decimal_one));
  EXPECT_EQ(figures(summary, tracker.grid()).target_pnl, Amount::whole(-21));
}

TEST(Tracker, averages_the_weight_over_the_time_that_has_one) {
  Tracker tracker{TrackerOptions{}};
  change(tracker, 0, levels(0, 0, -2, 2, -6, 6), Cause::market);
  tracker.set_weight(noon_plus(10), 100.0);
  tracker.set_weight(noon_plus(20), 400.0);
  EXPECT_EQ(figures(tracker.since_start(noon_plus(50)), tracker.grid()).mean_weight, 325.0);
  EXPECT_FALSE(figures(tracker.since_start(noon_plus(50)), tracker.grid()).half_life_seconds);
}

TEST(Tracker, measures_reactions_only_of_fills_that_reduce_the_deviation) {
  Tracker tracker{TrackerOptions{}};
  change(tracker, 0, levels(4, 0, -2, 2, -6, 6), Cause::client);
  tracker.hedge_fill(noon_plus(1), Decimal::whole(1));   // the wrong way
  tracker.hedge_fill(noon_plus(2), Decimal::whole(-9));  // past the target, farther than before
  EXPECT_FALSE(tracker.reaction_delay());
  tracker.hedge_fill(noon_plus(3), Decimal::whole(-1));
  tracker.hedge_fill(noon_plus(4), Decimal::whole(-1));  // only the first counts
  EXPECT_EQ(tracker.reaction_delay(), Duration::seconds(3));
  change(tracker, 5, levels(0, 0, -2, 2, -6, 6), Cause::hedge);
  tracker.hedge_fill(noon_plus(6), Decimal::whole(-1));  // nothing to react to
  change(tracker, 7, levels(-5, 0, -2, 2, -6, 6), Cause::client);
  tracker.hedge_fill(noon_plus(8), Decimal::whole(2));
  EXPECT_EQ(tracker.reaction_delay(), Duration::seconds(1)) << "the lower median of 3 s and 1 s";
  EXPECT_FALSE(tracker.minimum_variance_index(noon_plus(9))) << "too few samples";
}

TEST(Tracker, compares_its_grid_samples_with_the_best_that_the_reaction_delay_allows) {
  TrackerOptions options;
  options.reaction_delay = Duration::milliseconds(1500);  // two samples, rounded up
  Tracker tracker(options);
  Rng rng(8);
  double d = 0.0;
  for (std::int64_t t = 0; t < 3000; ++t) {
    d = 0.8 * d + rng.normal();
    FactorState state = levels(0, 0, -2, 2, -6, 6);
    state.actual = decimal_from_double<Decimal>(d, 12).value();
    change(tracker, t, state, Cause::client);
  }
  const auto best = tracker.minimum_variance_index(noon_plus(3000));
  ASSERT_TRUE(best);
  EXPECT_EQ(best->delay_samples, 2);
  EXPECT_EQ(best->samples, 3000 - 2 - 4) << "from the first that has all five lags on";
  // Of an autoregression of 0.8, what two steps ahead cannot know: 1 - 0.8^4.
  EXPECT_NEAR(best->index, 1.0 - 0.4096, 0.06);
}

TEST(Tracker, fits_half_life_and_best_possible_to_the_samples_of_the_reported_span_alone) {
  TrackerOptions options;
  options.reaction_delay = Duration::seconds(1);
  TrackerOptions spanned = options;
  spanned.report_from = noon_plus(5000);
  spanned.report_to = noon_plus(9000);
  Tracker whole(spanned);
  Tracker part(options);
  Rng rng(9);
  double d = 0.0;
  for (std::int64_t t = 0; t < 12'000; ++t) {
    const bool inside = t >= 5000 && t < 9000;
    d = (inside ? 0.3 : 0.97) * d + rng.normal();
    FactorState state = levels(0, 0, -2, 2, -6, 6);
    state.actual = decimal_from_double<Decimal>(d, 12).value();
    change(whole, t, state, Cause::client);
    if (inside) change(part, t, state, Cause::client);
    if (t == 4999) {
      EXPECT_FALSE(whole.minimum_variance_index(noon_plus(t)));
    }
  }
  const auto same = [](const Tracker& a, std::int64_t at_a, const Tracker& b, std::int64_t at_b) {
    const auto x = a.minimum_variance_index(noon_plus(at_a));
    const auto y = b.minimum_variance_index(noon_plus(at_b));
    ASSERT_TRUE(x && y);
    EXPECT_EQ(x->samples, y->samples);
    EXPECT_EQ(x->index, y->index);
    EXPECT_EQ(x->low, y->low);
  };
  same(whole, 12'000, part, 9000);
  const Summary summary = whole.report_window(noon_plus(12'000));
  EXPECT_EQ(summary.pairs.count, 4000) << "the first pairs with the sample just before the span";
  const auto half_life = figures(summary, whole.grid()).half_life_seconds;
  ASSERT_TRUE(half_life);
  EXPECT_NEAR(*half_life, std::log(2.0) / -std::log(0.3), 0.1) << "outside it is 23 s";

  // The span ends, and another begins, while nothing happens.
  spanned.report_from = noon_plus(100);
  spanned.report_to = noon_plus(400);
  Tracker ends(spanned);
  Tracker quiet(options);
  for (std::int64_t t = 0; t < 350; ++t) {
    FactorState state = levels(0, 0, -2, 2, -6, 6);
    state.actual = Decimal::from_raw(rng.between(-1'000'000, 1'000'000));
    change(ends, t, state, Cause::client);
    if (t >= 100) change(quiet, t, state, Cause::client);
  }
  same(ends, 399, quiet, 399);
  same(ends, 5000, quiet, 400);
  ends.advance(noon_plus(5000));
  same(ends, 9000, quiet, 400);
}

TEST(Tracker, finds_no_effectiveness_where_there_was_nothing_to_control) {
  Tracker tracker{TrackerOptions{}};
  FactorState state = levels(0, 0, -2, 2, -6, 6);
  Rng rng(5);
  std::int64_t t = 0;
  for (; t < 40'000; t += 7) {
    state.hedged += Decimal::from_raw(Int128{rng.between(1, 1'000'000'000)} * 12'345'678'901);
    state.actual = Decimal::from_raw(rng.between(-1'000'000'000, 1'000'000'000));
    change(tracker, t, state, Cause::hedge);
  }
  state.actual = Decimal{};
  change(tracker, t, state, Cause::hedge);
  const Summary quiet = tracker.window(Window::min_5, noon_plus(t + 1000));
  EXPECT_FALSE(figures(quiet, tracker.grid()).effectiveness);
  EXPECT_EQ(figures(quiet, tracker.grid()).ise_uncontrolled, 0.0);
  EXPECT_TRUE(figures(tracker.since_start(noon_plus(t)), tracker.grid()).effectiveness);
}

TEST(Tracker, takes_times_at_the_ends_of_the_clock_without_harm) {
  Tracker tracker{TrackerOptions{}};
  const Step step{levels(4, 0, -2, 2, -6, 6), Cause::client};
  tracker.update(Timestamp{std::numeric_limits<std::int64_t>::min()}, std::span(&step, 1));
  tracker.advance(Timestamp{std::numeric_limits<std::int64_t>::max()});
  const Timestamp last{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(figures(tracker.since_start(last), tracker.grid()).adherence, 0.5);
  EXPECT_EQ(figures(tracker.window(Window::min_5, last), tracker.grid()).adherence, 0.5);
}

}  // namespace
}  // namespace ballast
