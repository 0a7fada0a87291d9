// The edges of Alerts that the scenarios of golden_test.cpp do not show.
#include "alert/alerts.hpp"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "adherence/measure.hpp"
#include "adherence/tracker.hpp"
#include "alert/desk_run_test.hpp"

namespace ballast {
namespace {

// ---- names and reports ------------------------------------------------------------------------

TEST(Alerts, are_named_by_rule_factor_and_episode) {
  Desk desk = two_factors();
  desk.rules = {rule("out", {btc, eth}), rule("low", {})};
  desk.objectives.resize(1);
  desk.objectives[0].name = "in-band";
  AlertTransition transition;
  transition.rule = RuleId{std::size_t{0}};
  transition.factor = btc;
  transition.episode = 7;
  EXPECT_EQ(alert_id(desk, transition), "out/delta:BTC/7");
  transition.factor = eth;
  EXPECT_EQ(alert_id(desk, transition), "out/delta:ETH@mm/7");
  transition.objective = true;
  EXPECT_EQ(alert_id(desk, transition), "in-band/delta:ETH@mm/7");
  transition.objective = false;
  transition.rule = RuleId{std::size_t{1}};
  transition.factor = FactorId{};
  EXPECT_EQ(alert_id(desk, transition), "low/desk/7");
}

TEST(Alerts, list_what_is_active_and_remember_what_ended) {
  Desk desk = two_factors();
  desk.rules = {rule("out", {btc, eth})};
  desk.rules[0].dwell = Duration::seconds(10);
  desk.rules[0].severity = Severity::critical;
  DeskRun run(desk);
  run.z(second(0), btc, 1.5);
  run.z(second(5), eth, 1.2);
  run.z(second(8), eth, 0.1);   // never fired: not remembered
  run.z(second(12), btc, 3.0);  // fired at 10
  run.alerts.apply(second(20), Acknowledge{RuleId{std::size_t{0}}, btc, {}}, run.effects);
  run.alerts.apply(second(21), Shelve{RuleId{std::size_t{0}}, second(600), {}}, run.effects);
  ASSERT_EQ(run.alerts.active().size(), 1U);
  AlertEpisode expected;
  expected.rule = RuleId{std::size_t{0}};
  expected.factor = btc;
  expected.episode = 1;
  expected.severity = Severity::critical;
  expected.state = AlertState::acknowledged;
  expected.began = second(0);
  expected.fired = second(10);
  expected.acknowledged = expected.since = second(20);
  expected.value = expected.peak = 3.0;
  expected.shelved = true;
  EXPECT_EQ(run.alerts.active()[0], expected);
  EXPECT_TRUE(run.alerts.history().empty());

  run.z(second(30), btc, 0.5);
  EXPECT_TRUE(run.alerts.active().empty());
  expected.state = AlertState::ok;
  expected.cleared = expected.since = second(30);
  expected.value = 0.5;
  expected.shelved = false;
  ASSERT_EQ(run.alerts.history().size(), 1U);
  EXPECT_EQ(run.alerts.history()[0], expected);
}

TEST(Alerts, keep_the_lowest_value_as_the_peak_of_a_rule_that_watches_for_too_little) {
  Desk desk = two_factors();
  desk.rules = {rule("low", {btc})};
  desk.rules[0].measure = Measure::alpha;
  desk.rules[0].comparison = Comparison::below;
  DeskRun run(desk);
  for (const double alpha : {0.9, 0.2, 0.6}) {
    run.set(run.effects.empty() ? second(0) : second(1), btc, Measure::alpha, alpha);
  }
  EXPECT_EQ(run.alerts.active()[0].peak, 0.2);
  EXPECT_EQ(run.alerts.active()[0].value, 0.6);
}

TEST(Alerts, remember_the_newest_episodes_up_to_their_bound) {
  Desk desk = two_factors();
  desk.rules = {rule("out", {btc})};
  DeskRun run(desk);
  const auto count = static_cast<std::int64_t>(Alerts::history_max) + 5;
  for (std::int64_t i = 0; i < count; ++i) {
    run.z(second(2 * i), btc, 2.0);
    run.z(second(2 * i + 1), btc, 0.0);
  }
  const auto history = run.alerts.history();
  ASSERT_EQ(history.size(), Alerts::history_max);
  EXPECT_EQ(history.front().episode, 6U);
  EXPECT_EQ(history.back().episode, static_cast<std::uint32_t>(count));
}

TEST(Alerts, ask_only_about_the_factor_that_moved) {
  Desk desk = two_factors();
  desk.rules = {rule("a", {btc}), rule("b", {eth, btc}), rule("c", {eth})};
  DeskRun run(desk);
  run.readings.set(eth, Measure::abs_z, 2.0);  // not said to have moved
  run.z(second(1), btc, 2.0);
  const auto transitions = run.transitions();
  ASSERT_EQ(transitions.size(), 2U);
  EXPECT_EQ(alert_id(desk, transitions[0]), "a/delta:BTC/1");
  EXPECT_EQ(alert_id(desk, transitions[1]), "b/delta:BTC/1");
}

TEST(Alerts, take_objectives_after_rules_in_what_people_say) {
  Desk desk = two_factors();
  desk.rules = {rule("out", {btc})};
  desk.objectives.resize(1);
  desk.objectives[0].name = "in-band";
  desk.objectives[0].factor = eth;
  DeskRun run(desk);
  for (std::size_t w = 0; w < window_infos.size(); ++w) {
    run.readings.set(eth, Measure::time_in_band, static_cast<Window>(w), 0.0);
  }
  run.arrived(second(5));
  const RuleId in_band{std::size_t{1}};
  EXPECT_EQ(run.alerts.apply(second(6), Acknowledge{in_band, btc, {}}, run.effects),
            AlertAnswer::no_such_alert);
  EXPECT_EQ(run.alerts.apply(second(6), Acknowledge{in_band, eth, {}}, run.effects),
            AlertAnswer::applied);
  EXPECT_EQ(run.transitions().back().state, AlertState::acknowledged);
  EXPECT_EQ(run.alerts.apply(second(7), Shelve{in_band, second(60), {}}, run.effects),
            AlertAnswer::applied);
  EXPECT_EQ(
      run.alerts.apply(second(7), Shelve{RuleId{std::size_t{2}}, second(60), {}}, run.effects),
      AlertAnswer::no_such_alert);
  EXPECT_NEAR(*run.alerts.burn(0, second(7), run.readings).budget_remaining, -99.0, 1e-9);
}

/// In band but for [out, back); what a window holds of it, in closed form.
class OneExcursion final : public Readings {
 public:
  OneExcursion(Timestamp out, Timestamp back) : out_(out), back_(back) {}
  std::optional<double> value(FactorId /*factor*/,
                              Measure /*measure*/,
                              Window window,
                              Timestamp at) const override {
    const Duration length = window_infos[static_cast<std::size_t>(window)].length;
    const Duration bad = std::min(at, back_) - std::max(at - length, out_);
    return 1.0 - std::max(0.0, bad.to_seconds()) / length.to_seconds();
  }

 private:
  Timestamp out_, back_;
};

TEST(Alerts, burn_as_the_worked_example_of_the_documentation_says) {
  Desk desk = two_factors();
  desk.objectives.resize(1);
  desk.objectives[0].factor = btc;
  const OneExcursion readings(second(0), second(12 * 60));  // midnight for the example's noon
  Alerts alerts(desk);
  alerts.start(midnight);
  std::vector<Effect> effects;
  alerts.run_due(second(1800), readings, effects);
  ASSERT_EQ(effects.size(), 2U);
  EXPECT_EQ(std::get<AlertTransition>(effects[0].body).state, AlertState::firing);
  EXPECT_EQ(effects[0].t, second(8 * 60 + 40));
  EXPECT_NEAR(std::get<AlertTransition>(effects[0].body).value, 520.0 / 36.0, 1e-9);
  EXPECT_EQ(std::get<AlertTransition>(effects[1].body).state, AlertState::ok);
  EXPECT_EQ(effects[1].t, second(16 * 60 + 25));
  const Burn burn = alerts.burn(0, second(12 * 60), readings);
  EXPECT_NEAR(*burn.budget_remaining, 1.0 - 12.0 / 432.0, 1e-9);
}

/// One factor as its tracker has it.
struct Tracked final : Readings {
  Tracker tracker{TrackerOptions{}};

  void set(Timestamp t, bool out) {
    FactorState state;
    state.known = true;
    state.actual = Decimal::whole(out ? 2 : 0);
    state.lower = state.limit_lower = Decimal::whole(-1);
    state.upper = state.limit_upper = Decimal::whole(1);
    const Step step{state, Cause::quote};
    tracker.update(t, std::span(&step, 1));
  }
  std::optional<double> value(FactorId /*factor*/,
                              Measure measure,
                              Window window,
                              Timestamp at) const override {
    return measured(*tracker.view(window, at), measure);
  }
};

/// Two days out of band for 3.63 s at the end of every 6 minutes, a hair over 1 % of the time; then
/// two in band. What is said from the first noon on: before it, windows are short and rates leap.
std::vector<Effect> a_rate_about_the_limit(double clear) {
  Desk desk = two_factors();
  desk.objectives.resize(1);
  desk.objectives[0].factor = btc;
  desk.objectives[0].clear = clear;
  Alerts alerts(desk);
  Tracked readings;
  std::vector<Effect> effects;
  readings.set(midnight, false);
  alerts.start(midnight);
  const auto move = [&](Timestamp t, bool out) {
    alerts.run_due(t - Duration{1}, readings, effects);
    readings.set(t, out);
    alerts.on_factor(btc, t, readings, effects);
  };
  for (Timestamp t = second(350); t < midnight + Duration::days(2); t = t + Duration::minutes(6)) {
    move(t, true);
    move(t + Duration::milliseconds(3630), false);
  }
  alerts.run_due(midnight + Duration::days(4), readings, effects);
  std::erase_if(effects, [](const Effect& e) { return e.t < midnight + Duration::hours(12); });
  return effects;
}

TEST(Alerts, of_an_objective_do_not_flap_while_its_rate_is_about_the_limit) {
  EXPECT_GT(a_rate_about_the_limit(1.0).size(), 400U) << "as it was without hysteresis";
  const auto effects = a_rate_about_the_limit(0.9);
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(std::get<AlertTransition>(effects[0].body).state, AlertState::ok);
  EXPECT_GT(effects[0].t, midnight + Duration::days(2));
}

// ---- time -------------------------------------------------------------------------------------

TEST(Alerts, have_nothing_due_without_windows_dwells_or_reminders) {
  Desk desk = two_factors();
  desk.rules = {rule("out", {btc})};
  DeskRun run(desk);
  run.z(second(0), btc, 2.0);
  EXPECT_EQ(run.alerts.next_due(), std::nullopt);
}

Desk watching_a_window() {
  Desk desk = two_factors();
  desk.rules = {rule("dark", {btc}), rule("out", {btc})};
  desk.rules[0].measure = Measure::unknown_seconds;
  desk.rules[1].repeat = Duration::minutes(1);
  return desk;
}

TEST(Alerts, set_no_reminder_for_what_is_acknowledged_or_cleared) {
  Desk desk = two_factors();
  desk.rules = {rule("out", {btc})};
  desk.rules[0].repeat = Duration::minutes(1);
  DeskRun run(desk);
  run.z(second(0), btc, 2.0);
  EXPECT_EQ(run.alerts.next_due(), second(60));
  run.alerts.apply(second(1), Acknowledge{RuleId{std::size_t{0}}, btc, {}}, run.effects);
  EXPECT_EQ(run.alerts.next_due(), std::nullopt);
  run.z(second(2), btc, 0.0);
  run.z(second(3), btc, 2.0);
  EXPECT_EQ(run.alerts.next_due(), second(63));
  run.z(second(4), btc, 0.0);
  EXPECT_EQ(run.alerts.next_due(), std::nullopt);
}

/// Times at which the grid is due while run_due is called as often as it asks.
std::vector<Timestamp> grid_times(DeskRun& run, Timestamp until) {
  std::vector<Timestamp> times;
  while (run.alerts.next_due() && *run.alerts.next_due() <= until) {
    times.push_back(*run.alerts.next_due());
    run.arrived(times.back());
  }
  return times;
}

TEST(Alerts, judge_windows_every_five_seconds_and_less_often_while_nothing_moves) {
  DeskRun run(watching_a_window());
  run.z(second(3), btc, 0.0);
  const auto times = grid_times(run, second(7 * 86'400));
  EXPECT_EQ(times.front(), second(5));
  EXPECT_LT(times.size(), 1100U);
  for (std::size_t i = 1; i < times.size(); ++i) {
    const Duration step = times[i] - times[i - 1];
    const Duration still = times[i - 1] - second(3);
    ASSERT_EQ(times[i].ns % Alerts::grid.ns, 0);
    if (still <= Alerts::long_stillness) {
      ASSERT_EQ(step, Alerts::grid);
    } else {
      ASSERT_LE(step.ns, std::max(Alerts::grid.ns, still.ns / 120));
      ASSERT_GT(step.ns, still.ns / 120 - Alerts::grid.ns);
    }
  }
  // As soon as a factor moves, five seconds again.
  run.z(second(7 * 86'400 + 1), eth, 0.0);
  EXPECT_EQ(run.alerts.next_due(), second(7 * 86'400 + 5));
}

TEST(Alerts, cost_little_when_an_event_comes_from_another_century) {
  DeskRun run(watching_a_window());
  run.z(second(3), btc, 2.0);  // fires, and repeats every minute
  run.arrived(parse_timestamp("2261-12-31T00:00:00Z").value());
  EXPECT_LT(run.effects.size(), 3000U);
  EXPECT_GT(run.effects.size(), 500U);
}

TEST(Alerts, do_not_wait_past_the_end_of_time) {
  Desk desk = watching_a_window();
  desk.rules[1].dwell = Duration::seconds(30);
  DeskRun run(desk);
  const Timestamp end{std::numeric_limits<std::int64_t>::max()};
  run.z(end - Duration::seconds(1), btc, 2.0);
  run.arrived(end);
  EXPECT_EQ(run.alerts.next_due(), std::nullopt);
}

TEST(AlertsDeathTest, trust_the_desk_not_to_repeat_without_end) {
  Desk desk = two_factors();
  desk.rules = {rule("out", {btc})};
  desk.rules[0].repeat = Duration{};
  EXPECT_DEATH(Alerts{desk}, "repeat");
}

}  // namespace
}  // namespace ballast
