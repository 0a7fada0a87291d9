// Properties of Alerts on random paths: against a naive machine, in parts, under flood control. A
// failure prints its seed.
#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "alert/alerts.hpp"
#include "alert/desk_run_test.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

/// One random thing that happens at a whole second.
struct Happening {
  std::int64_t at;
  int kind;  // 0 z, 1 window, 2 acknowledge, 3 shelve, 4 time alone
  FactorId factor;
  std::optional<double> value;
  RuleId rule;
  std::int64_t until;
};

Desk random_desk(Rng& rng) {
  Desk desk = two_factors();
  desk.notifications_per_minute = static_cast<std::uint32_t>(rng.below(4));
  for (int i = 0; i < 4; ++i) {
    RuleConfig config = rule("r" + std::to_string(i), {btc, eth});
    config.threshold = 0.5 * static_cast<double>(rng.between(1, 4));
    const bool low = rng.chance(0.3);
    config.comparison = static_cast<Comparison>((low ? 2 : 0) + rng.below(2));
    if (rng.chance(0.5)) config.clear = config.threshold + (low ? 0.5 : -0.5);
    if (rng.chance(0.6)) config.dwell = Duration::seconds(rng.between(1, 20));
    if (rng.chance(0.3)) config.repeat = Duration::seconds(rng.between(5, 60));
    if (i == 3) config.measure = Measure::adherence;
    desk.rules.push_back(config);
  }
  return desk;
}

std::vector<Happening> random_path(Rng& rng, bool people) {
  std::vector<Happening> path;
  std::int64_t now = 0;
  for (int i = 0; i < 150; ++i) {
    now += rng.between(0, 12);
    Happening h{};
    h.at = now;
    h.kind = static_cast<int>(rng.below(people ? 5 : 2));
    if (rng.chance(0.5)) h.kind = 0;
    h.factor = rng.chance(0.5) ? btc : eth;
    if (!rng.chance(0.1)) h.value = 0.25 * static_cast<double>(rng.between(0, 12));
    h.rule = RuleId{static_cast<std::size_t>(rng.below(4))};
    h.until = now + rng.between(-10, 200);
    path.push_back(h);
  }
  return path;
}

void happen(DeskRun& run, const Happening& h) {
  const Timestamp now = second(h.at);
  run.pass(now);
  switch (h.kind) {
    case 0:
      run.readings.set(h.factor, Measure::abs_z, h.value);
      run.alerts.on_factor(h.factor, now, run.readings, run.effects);
      break;
    case 1:
      run.readings.set(h.factor, Measure::adherence, Window::hour_1, h.value);
      break;
    case 2:
      run.alerts.apply(now, Acknowledge{h.rule, h.factor, {}}, run.effects);
      break;
    case 3:
      run.alerts.apply(now, Shelve{h.rule, second(h.until), {}}, run.effects);
      break;
    default:
      break;
  }
  run.arrived(now);
}

/// The state machine, second by second, without timers: slow and obvious.
struct Naive {
  RuleConfig rule;
  AlertState state = AlertState::ok;
  std::uint32_t episode = 0;
  std::int64_t held_since = 0;
  bool broken = false;  // unknown came in between

  bool triggered(double v) const {
    switch (rule.comparison) {
      case Comparison::above:
        return v > rule.threshold;
      case Comparison::at_least:
        return v >= rule.threshold;
      case Comparison::below:
        return v < rule.threshold;
      case Comparison::at_most:
        return v <= rule.threshold;
    }
    return false;
  }
  bool good(double v) const {
    if (!rule.clear) return !triggered(v);
    const bool high =
        rule.comparison == Comparison::above || rule.comparison == Comparison::at_least;
    return high ? v <= *rule.clear : v >= *rule.clear;
  }
  /// The value in force at second `now`; true when the state changed.
  bool judge(std::int64_t now, std::optional<double> value) {
    const AlertState before = state;
    if (!value) {
      broken = true;
      return false;
    }
    if (state == AlertState::ok && triggered(*value)) {
      ++episode;
      held_since = now;
      broken = false;
      state = rule.dwell > Duration{} ? AlertState::pending : AlertState::firing;
    } else if (state == AlertState::pending && !triggered(*value)) {
      state = AlertState::ok;
    } else if (state == AlertState::firing && good(*value)) {
      state = AlertState::ok;
    } else if (state == AlertState::pending && broken) {
      broken = false;
      held_since = now;
    }
    return state != before;
  }
  /// At the dwell's end the measure is asked once more.
  bool dwell(std::int64_t now, std::optional<double> value) {
    if (state != AlertState::pending || broken) return false;
    if (Duration::seconds(now - held_since) < rule.dwell) return false;
    if (judge(now, value)) return true;
    if (broken) return false;
    state = AlertState::firing;
    return true;
  }
};

std::string naive_line(
    const Desk& desk, std::int64_t now, FactorId factor, std::size_t r, const Naive& naive) {
  return to_string(second(now)) + " " + desk.rules[r].name + "/" + desk.factor(factor).name + " " +
         std::to_string(naive.episode) + " " + std::to_string(static_cast<int>(naive.state));
}

/// Transitions by the naive machine, sorted within a second (the order there is another test's).
std::multiset<std::string> naive_transitions(const Desk& desk, const std::vector<Happening>& path) {
  std::multiset<std::string> result;
  std::map<std::pair<std::size_t, FactorId>, Naive> machines;
  std::map<std::pair<bool, FactorId>, std::optional<double>> values;
  const auto each = [&](auto&& visit) {
    for (std::size_t r = 0; r < desk.rules.size(); ++r) {
      for (const FactorId id : {btc, eth}) {
        Naive& machine = machines[{r, id}];
        machine.rule = desk.rules[r];
        visit(r, id, machine, values[{desk.rules[r].measure == Measure::adherence, id}]);
      }
    }
  };
  std::size_t next = 0;
  for (std::int64_t now = 0; now <= path.back().at; ++now) {
    // Timers run after the first event of their second and before its second one; without an event,
    // alone. The grid comes before dwells.
    bool first = true;
    const auto timers = [&] {
      if (now > 0 && now % 5 == 0 && first) {
        each([&](std::size_t r, FactorId id, Naive& m, const std::optional<double>& v) {
          if (desk.rules[r].measure != Measure::adherence) return;
          if (m.judge(now, v)) result.insert(naive_line(desk, now, id, r, m));
        });
      }
      each([&](std::size_t r, FactorId id, Naive& m, const std::optional<double>& v) {
        if (m.dwell(now, v)) result.insert(naive_line(desk, now, id, r, m));
      });
      first = false;
    };
    for (; next < path.size() && path[next].at == now; ++next) {
      const Happening& h = path[next];
      values[{h.kind == 1, h.factor}] = h.value;
      if (h.kind == 0) {
        each([&](std::size_t r, FactorId id, Naive& m, const std::optional<double>& v) {
          if (id != h.factor || desk.rules[r].measure != Measure::abs_z) return;
          if (m.judge(now, v)) result.insert(naive_line(desk, now, id, r, m));
        });
      }
      timers();
    }
    if (first) timers();
  }
  return result;
}

TEST(Alerts, lose_no_transition_and_keep_exact_time_as_a_naive_machine_does) {
  std::size_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed);
    const Desk desk = random_desk(rng);
    const auto path = random_path(rng, false);
    DeskRun run(desk);
    for (const Happening& h : path)
      happen(run, h);
    std::multiset<std::string> actual;
    for (const Effect& effect : run.effects) {
      const auto* t = std::get_if<AlertTransition>(&effect.body);
      if (t == nullptr || t->repeat) continue;
      ASSERT_EQ(t->since, effect.t);
      Naive seen;
      seen.episode = t->episode;
      seen.state = t->state;
      const auto at = (effect.t - midnight).ns / Duration::seconds(1).ns;
      ASSERT_EQ(second(at), effect.t) << "seed " << seed;
      actual.insert(naive_line(desk, at, t->factor, t->rule.index(), seen));
    }
    const auto expected = naive_transitions(desk, path);
    std::vector<std::string> apart;
    std::set_symmetric_difference(actual.begin(), actual.end(), expected.begin(), expected.end(),
                                  std::back_inserter(apart));
    ASSERT_TRUE(apart.empty()) << "seed " << seed << ", first apart: " << apart.front();
    compared += actual.size();
  }
  EXPECT_GT(compared, 5000U);
}

TEST(Alerts, are_the_same_whole_or_split_and_restored) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Rng rng(seed);
    const Desk desk = random_desk(rng);
    const auto path = random_path(rng, true);
    DeskRun whole(desk);
    auto parts = std::make_unique<DeskRun>(desk);
    for (const Happening& h : path) {
      happen(whole, h);
      happen(*parts, h);
      if (!rng.chance(0.2)) continue;
      const std::string bytes = parts->saved();
      auto fresh = std::make_unique<DeskRun>(desk);
      LoadArchive load(bytes);
      fresh->alerts.archive(load);
      ASSERT_TRUE(load.done()) << "seed " << seed;
      ASSERT_EQ(fresh->saved(), bytes) << "seed " << seed;
      fresh->readings = parts->readings;
      fresh->effects = parts->effects;
      parts = std::move(fresh);
    }
    ASSERT_EQ(lines(whole), lines(*parts)) << "seed " << seed;
    ASSERT_EQ(whole.alerts.active(), parts->alerts.active()) << "seed " << seed;
    ASSERT_EQ(whole.alerts.history(), parts->alerts.history()) << "seed " << seed;
    ASSERT_EQ(whole.alerts.next_due(), parts->alerts.next_due()) << "seed " << seed;
  }
}

TEST(Alerts, never_notify_more_than_the_desk_allows_and_count_the_rest) {
  std::uint32_t held_back_total = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed);
    const Desk desk = random_desk(rng);
    const auto path = random_path(rng, true);
    DeskRun run(desk);
    // Shelving holds back too, and is not counted; leave it out of this sum.
    for (const Happening& h : path) {
      if (h.kind != 3) happen(run, h);
    }
    run.arrived(second(path.back().at + 3600));
    const Timestamp last_minute = floor_to(second(path.back().at + 3600), Duration::minutes(1));
    std::map<std::int64_t, std::uint32_t> told;
    std::uint32_t held_back = 0, summed = 0;
    for (const Effect& effect : run.effects) {
      if (const auto* flood = std::get_if<FloodSummary>(&effect.body)) {
        EXPECT_EQ(effect.t, floor_to(effect.t, Duration::minutes(1)));
        EXPECT_GT(flood->held_back, 0U);
        summed += flood->held_back;
        continue;
      }
      const auto& t = std::get<AlertTransition>(effect.body);
      if (t.state != AlertState::firing || effect.t >= last_minute) continue;
      const auto minute = floor_to(effect.t, Duration::minutes(1)).ns;
      if (t.notify) {
        ASSERT_LE(++told[minute], desk.notifications_per_minute) << "seed " << seed;
      } else {
        ++held_back;
        // Held back only when the minute is full.
        ASSERT_EQ(told[minute], desk.notifications_per_minute) << "seed " << seed;
      }
    }
    ASSERT_EQ(summed, held_back) << "seed " << seed;
    held_back_total += held_back;
  }
  EXPECT_GT(held_back_total, 500U);
}

TEST(Alerts, go_in_order_through_states_that_follow_each_other_and_never_reuse_a_name) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed);
    const Desk desk = random_desk(rng);
    DeskRun run(desk);
    for (const Happening& h : random_path(rng, true))
      happen(run, h);
    std::map<std::pair<RuleId, FactorId>, AlertTransition> last;
    std::set<std::string> names;
    Timestamp before = midnight;
    for (const Effect& effect : run.effects) {
      ASSERT_GE(effect.t, before) << "seed " << seed;
      before = effect.t;
      const auto* t = std::get_if<AlertTransition>(&effect.body);
      if (t == nullptr) continue;
      AlertTransition& previous = last[{t->rule, t->factor}];
      if (t->repeat) {
        ASSERT_EQ(t->state, AlertState::firing);
        ASSERT_EQ(previous.state, AlertState::firing);
        continue;
      }
      const AlertState from = previous.state;
      const bool follows =
          (t->state == AlertState::ok && from != AlertState::ok) ||
          (t->state == AlertState::pending && from == AlertState::ok) ||
          (t->state == AlertState::firing &&
           (from == AlertState::pending ||
            (from == AlertState::ok && desk.rules[t->rule.index()].dwell == Duration{}))) ||
          (t->state == AlertState::acknowledged && from == AlertState::firing);
      ASSERT_TRUE(follows) << "seed " << seed << ": " << line(desk, effect);
      ASSERT_EQ(t->episode, previous.episode + (from == AlertState::ok ? 1 : 0)) << "seed " << seed;
      const auto name = alert_id(desk, *t) + " " + std::to_string(static_cast<int>(t->state));
      ASSERT_TRUE(names.insert(name).second) << "seed " << seed << ": " << name << " twice";
      ASSERT_FALSE(t->state == AlertState::pending && t->notify);
      previous = *t;
    }
  }
}

TEST(Alerts, survive_a_damaged_snapshot_without_leaving_their_tables) {
  Rng rng(1);
  const Desk desk = random_desk(rng);
  DeskRun run(desk);
  for (const Happening& h : random_path(rng, true))
    happen(run, h);
  const std::string good = run.saved();
  for (int round = 0; round < 500; ++round) {
    std::string bytes = good;
    bytes.resize(rng.below(bytes.size()) + 1);
    for (int flips = 0; flips < 5; ++flips) {
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.below(256));
    }
    DeskRun damaged(desk);
    LoadArchive load(bytes);
    damaged.alerts.archive(load);
    for (const auto& episode : damaged.alerts.history())
      alert_id(desk, episode.transition());
    for (const auto& episode : damaged.alerts.active())
      alert_id(desk, episode.transition());
  }
}

}  // namespace
}  // namespace ballast
