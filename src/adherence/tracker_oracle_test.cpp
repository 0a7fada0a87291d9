#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adherence/measure.hpp"
#include "adherence/oracle_test.hpp"
#include "adherence/tracker.hpp"
#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr Timestamp epoch_2024{1'704'067'200'000'000'000};

/// A random desk life: what kind of time passes between events decides which code runs.
struct Scenario {
  std::uint64_t seed;
  std::int64_t usual_gap_ns;
  std::int64_t longest_gap_ns;
  Duration grid;
  int events;
};

class Life {
 public:
  explicit Life(const Scenario& scenario) : rng_(scenario.seed), scenario_(scenario) {
    now_ = epoch_2024 + Duration{rng_.between(-8'000'000'000'000, 8'000'000'000'000)};
    state_.known = true;
    plan();
  }

  Timestamp now() const { return now_; }
  Rng& rng() { return rng_; }

  void pass_time() {
    const std::uint64_t kind = rng_.below(10);
    if (kind < 2) return;  // simultaneous
    if (kind == 2) {
      now_ = now_ + Duration{rng_.between(1, 3)};
    } else if (kind == 3) {  // exactly onto a slot, a sample or an hour
      constexpr std::array<std::int64_t, 4> steps{1, 5, 60, 3600};
      const Duration step = Duration::seconds(steps[rng_.below(steps.size())]);
      if (step.ns <= scenario_.longest_gap_ns) now_ = floor_to(now_, step) + step;
    } else if (kind == 4 && rng_.chance(0.2)) {
      now_ = now_ + Duration{rng_.between(1, scenario_.longest_gap_ns)};
    } else {
      now_ = now_ + Duration{rng_.between(1, 2 * scenario_.usual_gap_ns)};
    }
  }

  std::vector<Step> steps() {
    std::vector<Step> steps;
    const std::uint64_t count = 1 + rng_.below(3);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (rng_.chance(0.05)) {
        state_.known = !state_.known;
        steps.push_back({state_, Cause::market});
      } else if (rng_.chance(0.15)) {
        const FactorState before = state_;
        plan();
        for (const Step& step : split_target_step(before, state_))
          steps.push_back(step);
      } else {
        const auto cause = static_cast<Cause>(rng_.below(7));
        const Decimal change = amount();
        state_.actual += change;
        if (cause == Cause::hedge || cause == Cause::rebalance) state_.hedged += change;
        if (rng_.chance(0.1)) state_.actual = rng_.chance(0.5) ? state_.upper : state_.limit_lower;
        steps.push_back({state_, cause});
      }
    }
    return steps;
  }

  Decimal amount() {
    return Decimal::from_raw(Int128{rng_.between(-3'000'000'000, 3'000'000'000)} * 1'234'567'891);
  }

 private:
  void plan() {
    const auto width = [&](double zero) { return rng_.chance(zero) ? Decimal{} : amount().abs(); };
    state_.target = amount();
    state_.lower = state_.target - width(0.2);
    state_.upper = state_.target + width(0.2);
    state_.limit_lower = state_.lower - width(0.3);
    state_.limit_upper = state_.upper + width(0.3);
  }

  Rng rng_;
  Scenario scenario_;
  Timestamp now_;
  FactorState state_;
};

constexpr std::int64_t second = 1'000'000'000;
const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all{
      {1, second / 5, 20 * second, Duration::seconds(1), 3000},
      {2, 3 * second, 600 * second, Duration::seconds(1), 2500},
      {3, 40 * second, 7200 * second, Duration::seconds(7), 2000},
      {4, 1200 * second, 3 * 86400 * second, Duration::seconds(900), 1200},
      {5, 9 * 3600 * second, 50 * 86400 * second, Duration::hours(5), 800},
  };
  return all;
}

void expect_all_windows(const Tracker& tracker, const Oracle& oracle, Timestamp now) {
  for (std::size_t k = 0; k < level_count; ++k) {
    const auto window = static_cast<Window>(k);
    SCOPED_TRACE(window_infos[k].name);
    const Timestamp from = floor_to(now - window_infos[k].length, slot_length(window));
    const Summary summary = tracker.window(window, now);
    EXPECT_EQ(mismatches(summary, oracle.summary(from, now, Oracle::End::open)), "");
    // What is computed alone is what is computed with all the rest.
    const auto view = tracker.view(window, now);
    const Figures f = figures(summary, tracker.grid());
    for (std::size_t m = 0; m < measure_names.size(); ++m) {
      const auto measure = static_cast<Measure>(m);
      if (!windowed(measure)) continue;
      EXPECT_EQ(measured(*view, measure), figure(f, measure)) << measure_names[m];
    }
    EXPECT_EQ(mean_weight(*view), f.mean_weight);
  }
  SCOPED_TRACE("today");
  EXPECT_EQ(mismatches(tracker.today(now)->summary(),
                       oracle.summary(floor_to(now, Duration::days(1)), now, Oracle::End::open)),
            "");
}

class EveryScenario : public testing::TestWithParam<std::size_t> {};

TEST_P(EveryScenario, equals_the_recomputation_from_the_whole_path) {
  const Scenario scenario = scenarios()[GetParam()];
  SCOPED_TRACE("seed " + std::to_string(scenario.seed));
  Life life(scenario);
  TrackerOptions options;
  options.grid = scenario.grid;
  options.report_from = life.now() + Duration{scenario.usual_gap_ns * scenario.events / 5 + 17};
  options.report_to = life.now() + Duration{scenario.usual_gap_ns * scenario.events / 2 + 17};
  Tracker tracker(options);
  const Timestamp start = life.now();
  Oracle oracle(start, scenario.grid);
  std::vector<Summary> hours;
  Rng& rng = life.rng();

  for (int event = 0; event < scenario.events; ++event) {
    if (event > 0) life.pass_time();
    if (rng.chance(0.1)) {
      const Decimal change = life.amount();
      tracker.price_move(life.now(), change);
      oracle.price_move(life.now(), change);
    }
    if (rng.chance(0.05)) {
      const Amount amount = decimal_cast<Amount>(life.amount());
      tracker.add_pnl(life.now(), PnlPart::funding, at_36_digits(amount));
      oracle.add_pnl(life.now(), PnlPart::funding, amount);
    }
    if (rng.chance(0.05)) {
      const auto weight = rng.chance(0.2) ? std::nullopt : std::optional(100.0 * rng.uniform());
      tracker.set_weight(life.now(), weight);
      oracle.set_weight(life.now(), weight);
    }
    if (rng.chance(0.1)) tracker.advance(life.now());
    const auto steps = life.steps();
    tracker.update(life.now(), steps);
    oracle.update(life.now(), steps);

    Int128 sum = 0;
    for (std::size_t i = 0; i < cause_count; ++i) {
      const Decimal part = tracker.attribution().contribution(static_cast<Cause>(i));
      sum += part.raw;
      const auto found = oracle.contributions().find(static_cast<Cause>(i));
      EXPECT_EQ(part.raw, found == oracle.contributions().end() ? 0 : found->second);
    }
    EXPECT_EQ(sum, oracle.distance());
    if (tracker.reading().known()) {
      EXPECT_EQ(sum, tracker.reading().distance.raw);
    }

    for (Summary& hour : tracker.take_finished_hours())
      hours.push_back(hour);
    if (event % (scenario.events / 40) == 0) {
      // Now, and after a silence.
      for (const Timestamp now :
           {life.now(), life.now() + Duration{rng.between(1, scenario.longest_gap_ns)}}) {
        expect_all_windows(tracker, oracle, now);
        EXPECT_EQ(
            mismatches(tracker.since_start(now), oracle.summary(start, now, Oracle::End::open)),
            "");
        const Timestamp from = *options.report_from;
        const Timestamp to = std::min(now, *options.report_to);
        const auto end = now < *options.report_to ? Oracle::End::open : Oracle::End::closed;
        if (from < now) {
          EXPECT_EQ(mismatches(tracker.report_window(now), oracle.summary(from, to, end)), "");
        }
      }
      ASSERT_FALSE(HasFailure()) << "event " << event;
    }
  }

  const Timestamp now = life.now();
  Timestamp reached = start;
  Summary merged;
  for (const Summary& hour : hours) {
    EXPECT_EQ(hour.from, reached);
    EXPECT_EQ(hour.to, floor_to(hour.to, Duration::hours(1)));
    reached = hour.to;
    EXPECT_EQ(mismatches(hour, oracle.summary(hour.from, hour.to, Oracle::End::closed)), "");
    merged = merge(merged, hour);
  }
  EXPECT_LE((now - reached).ns, Duration::hours(1).ns);
  EXPECT_EQ(mismatches(merge(merged, tracker.open_hour(now)),
                       oracle.summary(start, now, Oracle::End::open)),
            "");
}

TEST_P(EveryScenario, goes_on_alike_after_saving_and_loading_whoever_asks_in_between) {
  const Scenario scenario = scenarios()[GetParam()];
  SCOPED_TRACE("seed " + std::to_string(scenario.seed));
  Life life(scenario);
  TrackerOptions options;
  options.grid = scenario.grid;
  options.sample_runs_max = 64;
  Tracker straight(options);
  Tracker resumed(options);
  const auto saved = [](Tracker& tracker) {
    std::string bytes;
    SaveArchive ar(bytes);
    tracker.archive(ar);
    return bytes;
  };
  for (int event = 0; event < scenario.events; ++event) {
    life.pass_time();
    const auto steps = life.steps();
    for (Tracker* tracker : {&straight, &resumed}) {
      if (event % 3 == 0) tracker->price_move(life.now(), Decimal::whole(1));
      if (event % 2 == 0) tracker->hedge_fill(life.now(), -tracker->reading().deviation);
      tracker->update(life.now(), steps);
    }
    if (event % (scenario.events / 20) == 0) {
      (void)resumed.window(Window::min_5, life.now() + Duration::days(1));
      const std::string bytes = saved(resumed);
      ASSERT_EQ(bytes, saved(straight)) << "event " << event;
      resumed = Tracker(options);
      LoadArchive ar(bytes);
      resumed.archive(ar);
      ASSERT_TRUE(ar.done());
      ASSERT_EQ(bytes, saved(resumed));
      EXPECT_EQ(resumed.minimum_variance_index(life.now()).has_value(),
                straight.minimum_variance_index(life.now()).has_value());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tracker, EveryScenario, testing::Range<std::size_t>(0, 5));

TEST(TrackerArchive, survives_damaged_bytes) {
  Life life(scenarios()[1]);
  TrackerOptions options;
  Tracker tracker(options);
  for (int event = 0; event < 300; ++event) {
    life.pass_time();
    tracker.update(life.now(), life.steps());
  }
  std::string bytes;
  SaveArchive save(bytes);
  tracker.archive(save);
  Rng rng(77);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = bytes;
    if (rng.chance(0.3)) damaged.resize(rng.below(bytes.size()));
    for (std::uint64_t i = 0; i < 1 + rng.below(20) && !damaged.empty(); ++i) {
      damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(256));
    }
    Tracker loaded(options);
    LoadArchive load(damaged);
    loaded.archive(load);
    if (damaged.size() < bytes.size()) {
      EXPECT_FALSE(load.done());
    }
  }
}

}  // namespace
}  // namespace ballast
