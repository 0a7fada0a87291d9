#include "runtime/outbox/outbox_state.hpp"

#include <gtest/gtest.h>

#include "runtime/outbox/outbox_test.hpp"

namespace ballast {
namespace {

using testing::notification;
using testing::t0;
using State = NotificationState;
using Kind = DeliveryFailure::Kind;

constexpr Duration second = Duration::seconds(1);

/// A state with its clocks; what was delivered, as "sink:id state".
class Scene {
 public:
  explicit Scene(AlertSettings settings, std::vector<SinkTraits> traits = {})
      : settings_(std::move(settings)), traits_(std::move(traits)) {
    traits_.resize(settings_.sinks.size());
    restart();
  }

  void restart() {
    if (state) testing::MemoryStore::apply(state->take_changes(false), image);
    state = std::make_unique<OutboxState>("maker", settings_, traits_, image, 7);
    testing::MemoryStore::apply(state->take_changes(true), image);
  }
  void configure(AlertSettings settings) {
    settings_ = std::move(settings);
    traits_.resize(settings_.sinks.size());
  }

  void say(const Notification& n, bool notify = true) {
    const AlertNews news{++seq, n, notify};
    state->put({&news, 1}, wall);
  }
  void say(const std::string& id, State what, bool notify = true) {
    say(notification(id, what, desk), notify);
  }
  void tick() {
    state->tick(desk, wall, [this](const std::string&) { return standing; });
  }
  void pass(Duration span) {
    desk = desk + span;
    wall = wall + span;
  }

  /// Delivers what a sink has to do now, each with `outcome`.
  std::vector<std::string> run(std::size_t sink, const DeliveryOutcome& outcome = Delivered{"ok"}) {
    std::vector<std::string> done;
    while (auto job = state->turn(sink, wall).job) {
      done.push_back(job->notification.id + " " + std::string(to_string(job->notification.state)));
      last = job->notification;
      state->settle(sink, *job, outcome, wall);
      if (done.size() > 1000) break;
    }
    return done;
  }
  static DeliveryOutcome failure(Kind kind, std::optional<Duration> after = std::nullopt) {
    return tl::unexpected(DeliveryFailure{kind, "no", after});
  }
  SinkHealth health(std::size_t sink = 0) const { return state->health()[sink]; }

  std::unique_ptr<OutboxState> state;
  OutboxImage image;
  Timestamp desk = t0;
  Timestamp wall = t0 + Duration::hours(1);
  std::uint64_t seq = 0;
  AlertStanding standing = AlertStanding::firing;
  Notification last;

 private:
  AlertSettings settings_;
  std::vector<SinkTraits> traits_;
};

using Strings = std::vector<std::string>;

AlertSettings one_sink() { return {.sinks = {testing::sink_settings("chat")}}; }

TEST(OutboxState, tells_of_an_alert_from_its_firing_to_its_end) {
  Scene scene(one_sink());
  scene.say("a", State::firing);
  scene.say("a", State::acknowledged);
  scene.say("a", State::resolved);
  EXPECT_EQ(scene.run(0), (Strings{"a firing", "a acknowledged", "a resolved"}));
  EXPECT_EQ(scene.run(0), Strings{});
  EXPECT_EQ(scene.health().delivered, 3u);
  EXPECT_TRUE(scene.state->open_alerts().empty());
}

TEST(OutboxState, takes_an_event_s_news_once_however_often_they_are_replayed) {
  Scene scene(one_sink());
  const std::vector<AlertNews> news{{4, notification("a", State::firing), true},
                                    {4, notification("b", State::firing), true}};
  scene.state->put(news, scene.wall);
  EXPECT_EQ(scene.state->seq(), 4u);
  scene.state->put(news, scene.wall);
  scene.restart();
  scene.state->put(news, scene.wall);
  EXPECT_EQ(scene.run(0), (Strings{"a firing", "b firing"}));
}

TEST(OutboxState, says_nothing_of_what_is_shelved_or_was_never_told) {
  Scene scene(one_sink());
  scene.say("a", State::firing, false);
  scene.say("a", State::resolved);
  scene.say("b", State::firing);
  scene.say("b", State::resolved, false);  // shelved meanwhile
  EXPECT_EQ(scene.run(0), Strings{"b firing"});
}

TEST(OutboxState, tells_a_sink_that_keeps_state_of_an_end_while_shelved) {
  Scene scene(one_sink(), {{.keeps_state = true}});
  scene.say("b", State::firing);
  scene.say("b", State::resolved, false);
  EXPECT_EQ(scene.run(0), (Strings{"b firing", "b resolved"}));
}

TEST(OutboxState, tells_of_a_firing_first_when_a_reminder_is_what_it_hears_of) {
  Scene scene(one_sink());
  scene.say("a", State::firing, false);  // shelved
  scene.say("a", State::reminder);       // the shelving ended
  scene.pass(second);
  scene.say("a", State::reminder);
  EXPECT_EQ(scene.run(0), (Strings{"a firing", "a reminder"}));
}

TEST(OutboxState, tries_again_later_and_later_with_the_same_message) {
  Scene scene(one_sink());
  scene.say("a", State::firing);
  scene.state->turn(0, scene.wall);
  std::string message;
  Duration least{}, most{};
  for (int attempt = 1; attempt <= 12; ++attempt) {
    ASSERT_EQ(scene.run(0, Scene::failure(Kind::unavailable)), Strings{"a firing"}) << attempt;
    if (attempt == 1) message = scene.last.message;
    EXPECT_EQ(scene.last.message, message);
    const auto turn = scene.state->turn(0, scene.wall);
    ASSERT_TRUE(turn.at);
    const Duration pause = *turn.at - scene.wall;
    most = std::min(OutboxState::longest_back_off,
                    Duration::seconds(std::int64_t{1} << std::min(attempt, 20)));
    least = Duration{most.ns / 2};
    EXPECT_GE(pause, least) << attempt;
    EXPECT_LE(pause, most) << attempt;
    scene.wall = scene.wall + pause;
    if (attempt % 3 == 0) scene.restart();
  }
  EXPECT_EQ(scene.health().queued, 1u);
  EXPECT_EQ(scene.health().last_error, "no");
  EXPECT_TRUE(scene.health().failing_since);
  EXPECT_EQ(scene.run(0), Strings{"a firing"});
  EXPECT_FALSE(scene.health().failing_since);
  EXPECT_FALSE(scene.health().last_error);
}

TEST(OutboxState, holds_back_what_follows_of_the_same_alert_and_nothing_else) {
  Scene scene(one_sink());
  scene.say("a", State::firing);
  scene.run(0, Scene::failure(Kind::failed));
  scene.say("a", State::resolved);
  scene.say("b", State::firing);
  EXPECT_EQ(scene.run(0), Strings{"b firing"});
  scene.pass(Duration::seconds(2));
  EXPECT_EQ(scene.run(0), (Strings{"a firing", "a resolved"}));
}

TEST(OutboxState, sends_at_once_what_waited_for_a_sink_that_is_back) {
  Scene scene(one_sink());
  scene.say("a", State::firing);
  for (int i = 0; i < 8; ++i) {
    scene.run(0, Scene::failure(Kind::unavailable));
    scene.pass(Duration::minutes(5));
  }
  scene.run(0, Scene::failure(Kind::unavailable));
  scene.say("b", State::firing);
  EXPECT_EQ(scene.run(0), (Strings{"b firing", "a firing"}));
}

TEST(OutboxState, waits_as_long_as_a_sink_asks_but_not_for_ever) {
  Scene scene(one_sink());
  scene.say("a", State::firing);
  scene.run(0, Scene::failure(Kind::unavailable, Duration::seconds(90)));
  scene.say("b", State::firing);
  scene.pass(Duration::seconds(89));
  EXPECT_EQ(scene.run(0), Strings{});
  scene.restart();
  EXPECT_EQ(scene.run(0), Strings{});
  scene.pass(second);
  EXPECT_EQ(scene.run(0).size(), 2u);
  scene.say("c", State::firing);
  scene.run(0, Scene::failure(Kind::unavailable, Duration::days(30)));
  scene.pass(OutboxState::longest_pause);
  EXPECT_EQ(scene.run(0), Strings{"c firing"});
}

TEST(OutboxState, goes_on_when_the_wall_is_set_back) {
  Scene scene(one_sink());
  scene.say("a", State::firing);
  scene.run(0, Scene::failure(Kind::unavailable));
  scene.wall = scene.wall - Duration::days(400);
  EXPECT_EQ(scene.run(0), Strings{"a firing"});
}

TEST(OutboxState, gives_up_what_is_refused_or_old_and_counts_it_but_never_what_is_critical) {
  Scene scene(one_sink());
  scene.say("a", State::firing);
  EXPECT_EQ(scene.run(0, Scene::failure(Kind::refused)), Strings{"a firing"});
  EXPECT_EQ(scene.health().given_up, 1u);
  EXPECT_EQ(scene.health().queued, 0u);

  scene.say("b", State::firing);
  scene.run(0, Scene::failure(Kind::unavailable));
  scene.pass(Duration::hours(24));
  scene.run(0, Scene::failure(Kind::unavailable));
  EXPECT_EQ(scene.health().given_up, 2u);
  EXPECT_EQ(scene.health().queued, 0u);

  scene.say(notification("c", State::firing, scene.desk, Severity::critical));
  scene.run(0, Scene::failure(Kind::refused));
  scene.pass(Duration::days(9));
  scene.run(0, Scene::failure(Kind::refused));
  EXPECT_EQ(scene.health().given_up, 2u);
  EXPECT_EQ(scene.health().queued, 1u);
  scene.pass(OutboxState::longest_back_off);
  EXPECT_EQ(scene.run(0), Strings{"c firing"});
}

TEST(OutboxState, tells_only_the_latest_where_only_that_matters) {
  Scene scene({.sinks = {testing::sink_settings("pager"), testing::sink_settings("chat")}},
              {{.latest_only = true, .keeps_state = true}, {}});
  scene.say("a", State::firing);
  scene.say("b", State::firing);
  scene.say("a", State::resolved);
  EXPECT_EQ(scene.run(0), (Strings{"b firing", "a resolved"}));
  EXPECT_EQ(scene.run(1), (Strings{"a firing", "b firing", "a resolved"}));
}

TEST(OutboxState, lets_an_end_replace_what_is_under_way) {
  Scene scene(one_sink(), {{.latest_only = true}});
  scene.say("a", State::firing);
  const auto turn = scene.state->turn(0, scene.wall);
  scene.say("a", State::resolved);
  scene.state->settle(0, *turn.job, Scene::failure(Kind::unavailable), scene.wall);
  EXPECT_EQ(scene.run(0), Strings{"a resolved"});
}

TEST(OutboxState, says_again_what_fires_where_it_would_be_forgotten) {
  Scene scene(one_sink(), {{.latest_only = true, .resend_every = Duration::minutes(1)}});
  scene.say("a", State::firing);
  EXPECT_EQ(scene.run(0), Strings{"a firing"});
  scene.pass(Duration::seconds(59));
  EXPECT_EQ(scene.run(0), Strings{});
  scene.pass(second);
  EXPECT_EQ(scene.run(0), Strings{"a firing"});
  scene.restart();
  EXPECT_EQ(scene.run(0), Strings{"a firing"}) << "nobody knows how long it was down";
  scene.pass(Duration::minutes(1));
  EXPECT_EQ(scene.run(0, Scene::failure(Kind::unavailable)), Strings{"a firing"});
  scene.pass(Duration::seconds(2));
  EXPECT_EQ(scene.run(0), Strings{"a firing"});
  scene.say("a", State::resolved);
  EXPECT_EQ(scene.run(0), Strings{"a resolved"});
  scene.pass(Duration::hours(1));
  EXPECT_EQ(scene.run(0), Strings{});
}

TEST(OutboxState, tells_each_sink_only_what_is_severe_enough_for_it) {
  AlertSettings settings{.sinks = {testing::sink_settings("all"), testing::sink_settings("bad")}};
  settings.sinks[1].severity = Severity::critical;
  Scene scene(settings);
  scene.say("a", State::firing);
  scene.say(notification("b", State::firing, t0, Severity::critical));
  scene.say("a", State::resolved);
  EXPECT_EQ(scene.run(0), (Strings{"a firing", "b firing", "a resolved"}));
  EXPECT_EQ(scene.run(1), Strings{"b firing"});
}

// ---- floods

TEST(OutboxState, holds_a_flood_back_and_counts_it_in_one_summary) {
  AlertSettings settings = one_sink();
  settings.sinks[0].per_minute = 2;
  Scene scene(settings);
  for (const char* id : {"a", "b", "c", "d"})
    scene.say(id, State::firing);
  scene.say("a", State::resolved);
  scene.say("c", State::resolved);  // of which it was not told
  EXPECT_EQ(scene.run(0), (Strings{"a firing", "b firing", "a resolved"}));
  scene.tick();
  EXPECT_EQ(scene.run(0), Strings{}) << "the minute goes on";
  scene.restart();
  scene.pass(Duration::minutes(1));
  scene.tick();
  const Strings summary = scene.run(0);
  ASSERT_EQ(summary.size(), 1u);
  EXPECT_EQ(scene.last.state, State::notice);
  EXPECT_EQ(scene.last.count, 2u);
  EXPECT_EQ(scene.last.severity, Severity::warning);
  EXPECT_EQ(scene.last.desk, "maker");
  EXPECT_EQ(scene.health().held_back, 2u);
  scene.tick();
  EXPECT_EQ(scene.run(0), Strings{});
  scene.say("d", State::reminder);
  EXPECT_EQ(scene.run(0), Strings{"d firing"}) << "the first that it hears of it";
}

// ---- escalation

AlertSettings three_levels() {
  AlertSettings settings{.sinks = {testing::sink_settings("chat"), testing::sink_settings("pager"),
                                   testing::sink_settings("head")}};
  settings.escalations = {
      {.name = "head", .severity = Severity::critical, .sinks = {"head"}},
      {.name = "desk",
       .sinks = {"chat"},
       .escalate_after = Duration::minutes(5),
       .escalate_to = "on-call"},
      {.name = "on-call",
       .sinks = {"pager"},
       .escalate_after = Duration::minutes(10),
       .escalate_to = "head"},
  };
  return settings;
}

TEST(OutboxState, escalates_level_by_level_once_each_also_through_restarts) {
  Scene scene(three_levels());
  scene.say(notification("a", State::firing, t0, Severity::critical));
  EXPECT_EQ(scene.run(0), Strings{"a firing"});
  scene.pass(Duration::minutes(5) - second);
  scene.tick();
  EXPECT_EQ(scene.run(1), Strings{});
  scene.restart();
  scene.pass(second);
  scene.tick();
  scene.tick();
  EXPECT_EQ(scene.run(1), Strings{"a firing"});
  EXPECT_EQ(scene.last.level, 1u);
  EXPECT_EQ(scene.last.reason, "nobody has acknowledged it for 5m");
  EXPECT_EQ(scene.run(2), Strings{});
  scene.restart();
  scene.pass(Duration::minutes(10));
  scene.tick();
  EXPECT_EQ(scene.run(2), Strings{"a firing"});
  EXPECT_EQ(scene.last.level, 2u);
  scene.pass(Duration::days(1));
  scene.tick();
  scene.say("a", State::resolved);
  for (std::size_t sink = 0; sink < 3; ++sink)
    EXPECT_EQ(scene.run(sink), Strings{"a resolved"}) << sink;
}

TEST(OutboxState, leaves_out_a_level_that_is_about_worse) {
  Scene scene(three_levels());
  scene.say("a", State::firing);  // a warning, and `head` wants critical
  scene.pass(Duration::minutes(20));
  scene.tick();
  scene.pass(Duration::minutes(20));
  scene.tick();
  EXPECT_EQ(scene.run(1), Strings{"a firing"});
  EXPECT_EQ(scene.run(2), Strings{});
}

TEST(OutboxState, stops_to_escalate_when_it_is_acknowledged_or_over) {
  for (const State end : {State::acknowledged, State::resolved}) {
    Scene scene(three_levels());
    scene.say("a", State::firing);
    scene.say("a", end, false);
    scene.pass(Duration::hours(1));
    scene.tick();
    EXPECT_EQ(scene.run(1), Strings{});
  }
}

TEST(OutboxState, does_not_escalate_while_shelved_and_counts_anew_after) {
  Scene scene(three_levels());
  scene.say("a", State::firing);
  scene.standing = AlertStanding::shelved;
  scene.pass(Duration::minutes(5));
  scene.tick();
  scene.standing = AlertStanding::firing;
  scene.pass(Duration::minutes(4));
  scene.tick();
  EXPECT_EQ(scene.run(1), Strings{});
  scene.pass(Duration::minutes(1));
  scene.tick();
  EXPECT_EQ(scene.run(1), Strings{"a firing"});
}

// ---- configurations that change

TEST(OutboxState, drops_what_waits_for_a_sink_that_is_gone_and_says_so) {
  Scene scene({.sinks = {testing::sink_settings("chat"), testing::sink_settings("old")}});
  scene.say("a", State::firing);
  scene.configure(one_sink());
  scene.restart();
  ASSERT_EQ(scene.state->dropped().size(), 1u);
  EXPECT_EQ(scene.state->dropped()[0],
            "1 notifications waited for the sink \"old\", which is configured no longer");
  EXPECT_EQ(scene.run(0), Strings{"a firing"});
  scene.restart();
  EXPECT_TRUE(scene.state->dropped().empty());
}

TEST(OutboxState, ends_what_the_desk_forgot_and_tells_what_it_found) {
  Scene scene(one_sink());
  scene.say("a", State::firing);
  scene.run(0);
  scene.state->forget("a", scene.desk, "gone", scene.wall);
  scene.state->forget("never", scene.desk, "gone", scene.wall);
  EXPECT_EQ(scene.run(0), Strings{"a resolved"});
  EXPECT_EQ(scene.last.reason, "gone");
  scene.state->adopt(notification("b", State::reminder), scene.wall);
  scene.state->adopt(notification("b", State::reminder), scene.wall);
  EXPECT_EQ(scene.run(0), Strings{"b firing"});
}

TEST(OutboxState, gives_back_after_a_restart_what_it_had) {
  Scene scene(three_levels(), {{}, {}, {.resend_every = second}});
  scene.say(notification("a", State::firing, t0, Severity::critical));
  scene.run(0, Scene::failure(Kind::unavailable, second));
  scene.restart();
  EXPECT_EQ(scene.state->image(), scene.image);
  EXPECT_FALSE(scene.state->changed());
}

}  // namespace
}  // namespace ballast
