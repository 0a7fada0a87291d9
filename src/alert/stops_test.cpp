#include "alert/stops.hpp"

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "model/desk_builder.hpp"

namespace ballast {
namespace {

constexpr Timestamp at(std::int64_t seconds) { return Timestamp{} + Duration::seconds(seconds); }

Scope factor_scope(std::size_t factor) {
  Scope scope;
  scope.kind = ScopeKind::factor;
  scope.factor = FactorId{factor};
  return scope;
}

Acknowledge acknowledgement(RuleId rule, FactorId factor = {}) { return {rule, factor, {}}; }

class StopsTest : public ::testing::Test {
 protected:
  void trip(std::int64_t t, std::size_t factor) {
    stops.tripped(at(t), {FactorId{factor}, 3, Note("not filled")}, effects);
  }
  void kill(std::int64_t t, const Scope& scope) {
    stops.killed(at(t), {scope, Note("ana"), Note("halted")}, effects);
  }
  void rearm(std::int64_t t, const Scope& scope) {
    stops.rearmed(at(t), {scope, Note("ben"), Note("fixed")}, effects);
  }
  const AlertTransition& told() const { return std::get<AlertTransition>(effects.back().body); }

  Stops stops;
  std::vector<Effect> effects;
};

TEST_F(StopsTest, a_breaker_fires_at_once_and_ends_with_a_rearm_of_its_factor) {
  trip(1, 0);
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(told().rule, breaker_rule);
  EXPECT_EQ(told().severity, Severity::critical);
  EXPECT_EQ(told().state, AlertState::firing);
  EXPECT_EQ(told().reason, "3 failed, the last: not filled");
  rearm(2, factor_scope(1));
  rearm(2, Scope{});
  EXPECT_EQ(effects.size(), 1U) << "that was another scope";
  rearm(5, factor_scope(0));
  ASSERT_EQ(effects.size(), 2U);
  EXPECT_EQ(told().state, AlertState::ok);
  EXPECT_EQ(told().reason, "3 failed, the last: not filled; rearmed by ben: fixed");
  EXPECT_EQ(stops.all()[0].began, at(1));
  EXPECT_EQ(stops.all()[0].cleared, at(5));
  rearm(6, factor_scope(0));
  EXPECT_EQ(effects.size(), 2U) << "it is over";
}

TEST_F(StopsTest, episodes_are_numbered_by_subject) {
  trip(1, 0);
  rearm(2, factor_scope(0));
  trip(3, 1);
  trip(4, 0);
  EXPECT_EQ(told().episode, 2U);
  kill(5, Scope{});
  EXPECT_EQ(told().episode, 1U);
  EXPECT_EQ(told().rule, kill_switch_rule);
  EXPECT_EQ(told().reason, "thrown by ana: halted");
}

TEST_F(StopsTest, one_rearm_lifts_the_switch_and_the_breaker_of_a_factor) {
  trip(1, 0);
  kill(2, factor_scope(0));
  rearm(3, factor_scope(0));
  EXPECT_EQ(effects.size(), 4U);
  for (const StopEpisode& stop : stops.all())
    EXPECT_EQ(stop.state, AlertState::ok);
}

TEST_F(StopsTest, only_what_fires_is_acknowledged) {
  const auto answer = [&](RuleId rule, FactorId factor = {}) {
    return stops.apply(at(9), acknowledgement(rule, factor), effects);
  };
  EXPECT_EQ(answer(breaker_rule, FactorId{0}), AlertAnswer::no_such_alert);
  trip(1, 0);
  EXPECT_EQ(answer(breaker_rule), AlertAnswer::no_such_alert) << "of which factor?";
  EXPECT_EQ(answer(breaker_rule, FactorId{0}), AlertAnswer::applied);
  EXPECT_EQ(told().state, AlertState::acknowledged);
  EXPECT_EQ(answer(breaker_rule, FactorId{0}), AlertAnswer::not_firing);
  kill(2, Scope{});
  kill(3, factor_scope(1));
  EXPECT_EQ(answer(kill_switch_rule), AlertAnswer::applied);
  for (const StopEpisode& stop : stops.all())
    EXPECT_EQ(stop.state, AlertState::acknowledged);
  rearm(10, factor_scope(0));
  EXPECT_EQ(told().state, AlertState::ok);
}

TEST_F(StopsTest, history_is_bounded_and_never_repeats_a_number) {
  for (std::size_t i = 0; i < Stops::history_max + 10; ++i) {
    trip(static_cast<std::int64_t>(i), 0);
    rearm(static_cast<std::int64_t>(i), factor_scope(0));
  }
  EXPECT_EQ(stops.all().size(), Stops::history_max);
  EXPECT_EQ(stops.all().back().episode, Stops::history_max + 10);
}

TEST_F(StopsTest, damaged_bytes_of_another_desk_do_not_fit) {
  trip(1, 3);
  std::string bytes;
  SaveArchive save(bytes);
  save(stops);
  Stops again;
  LoadArchive load(bytes);
  load(again);
  ASSERT_TRUE(load.done());
  Desk desk;
  EXPECT_FALSE(again.fits(desk));
  desk.factors.resize(4);
  EXPECT_TRUE(again.fits(desk));
}

}  // namespace
}  // namespace ballast
