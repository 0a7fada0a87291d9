// The loop of deviation, hedge and proof, end to end: an engine and a paper venue, recorded tops
// and client fills in, and a trader's expectations of what comes out.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "control/desk_loop.hpp"

namespace ballast {
namespace {

double hedged(const DeskLoop& loop) {
  double sum = 0.0;
  for (const Fill& fill : loop.of<Fill>()) {
    if (fill.origin != Origin::hedge) continue;
    sum += (fill.side == Side::buy ? 1.0 : -1.0) * to_double(fill.qty);
  }
  return sum;
}

std::vector<ProposalState> states(const DeskLoop& loop) {
  std::vector<ProposalState> all;
  for (const Decision& decision : loop.of<Decision>())
    all.push_back(decision.state);
  return all;
}

std::vector<Event> a_minute_with_a_fill(const Desk& desk, std::string_view qty) {
  std::vector<Event> events;
  Wobble market(desk);
  market.pass(events, 60);
  events.push_back(client_fill(market.now(), "c1", Side::buy, qty));
  market.pass(events, 30);
  return events;
}

TEST(HedgeLoop, brings_a_deviation_back_to_the_near_edge_on_the_cheapest_instrument) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  loop.run(a_minute_with_a_fill(loop.desk(), "3"));
  EXPECT_NEAR(hedged(loop), -2.0, 1e-9);  // from 3 to the edge at 1, not to the target
  for (const Order& order : loop.of<Order>())
    EXPECT_EQ(loop.desk().instrument(order.instrument).name, "BTC-PERP");  // half the fee
  EXPECT_EQ(states(loop), (std::vector{ProposalState::acting, ProposalState::verified}));
  EXPECT_TRUE(loop.engine().control().orders().all().empty());
}

TEST(HedgeLoop, replays_from_its_own_events_to_the_same_digest) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  loop.run(a_minute_with_a_fill(loop.desk(), "3"));
  Engine again(loop.desk());
  for (const Event& event : loop.stepped)
    again.step(event);
  EXPECT_EQ(again.digest(), loop.engine().digest());
  EXPECT_EQ(again.counts().refused, 0U);
}

TEST(HedgeLoop, goes_on_from_a_snapshot_as_it_would_have_gone_on) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  loop.run(a_minute_with_a_fill(loop.desk(), "3"));
  for (std::size_t cut = 1; cut < loop.stepped.size(); cut += 7) {
    Engine first(loop.desk());
    for (std::size_t i = 0; i < cut; ++i)
      first.step(loop.stepped[i]);
    Engine second(loop.desk());
    ASSERT_TRUE(second.restore(first.snapshot()));
    for (std::size_t i = cut; i < loop.stepped.size(); ++i)
      second.step(loop.stepped[i]);
    ASSERT_EQ(second.digest(), loop.engine().digest()) << "cut at " << cut;
  }
}

TEST(HedgeLoop, advises_and_does_nothing_by_itself) {
  DeskLoop loop(control_desk_toml(hedge_control("advise")));
  loop.run(a_minute_with_a_fill(loop.desk(), "3"));
  EXPECT_EQ(loop.effects_of<OrderRequest>().size(), 0U);
  const auto decisions = loop.of<Decision>();
  ASSERT_FALSE(decisions.empty());
  EXPECT_EQ(decisions.front().state, ProposalState::advised);
  EXPECT_EQ(decisions.front().action, Action::hedge);
}

TEST(HedgeLoop, waits_for_a_person_and_acts_on_his_word) {
  DeskLoop loop(control_desk_toml(hedge_control("approve")));
  auto events = a_minute_with_a_fill(loop.desk(), "3");
  const Timestamp fill_at = events[events.size() - 61].t;
  Approve approve{TradeId("p0-1"), true, Note("anna"), {}};
  const auto after = std::find_if(events.begin(), events.end(), [&](const Event& e) {
    return e.t > fill_at + Duration::seconds(3);
  });
  events.insert(after, Event{after->t, approve});
  loop.run(events);
  EXPECT_EQ(states(loop), (std::vector{ProposalState::waiting, ProposalState::approved,
                                       ProposalState::acting, ProposalState::verified}));
  EXPECT_NEAR(hedged(loop), -2.0, 1e-9);
}

TEST(HedgeLoop, never_hedges_the_same_deviation_twice_while_answers_are_lost) {
  PaperOptions paper;
  paper.lost_answers = 1.0;
  paper.lost_for = Duration::seconds(20);
  DeskLoop loop(control_desk_toml(hedge_control("auto")), paper);
  loop.run(a_minute_with_a_fill(loop.desk(), "3"));
  double sent = 0.0;
  for (const OrderRequest& request : loop.effects_of<OrderRequest>())
    sent += to_double(request.order.qty);
  EXPECT_NEAR(sent, 2.0, 1e-9);
  EXPECT_NEAR(hedged(loop), -2.0, 1e-9);
}

TEST(HedgeLoop, tries_again_after_rejections_until_the_breaker_trips_and_rearms_only_by_a_person) {
  PaperOptions paper;
  paper.rejects = 1.0;
  DeskLoop loop(control_desk_toml(hedge_control("auto")), paper);
  auto events = a_minute_with_a_fill(loop.desk(), "3");
  loop.run(events);
  EXPECT_EQ(loop.effects_of<BreakerTripped>().size(), 1U);
  EXPECT_TRUE(loop.engine().control().watch(FactorId{0})->tripped);
  const std::size_t sent = loop.effects_of<OrderRequest>().size();
  EXPECT_EQ(sent, 3U);
  for (const Decision& decision : loop.of<Decision>()) {
    if (decision.state == ProposalState::failed) {
      EXPECT_NE(decision.reason.view().find("not filled"), std::string_view::npos);
    }
  }
}

TEST(HedgeLoop, a_promise_is_measured_by_what_was_to_be_gained) {
  // Half a coin stands at the touch: each hedge can gain little of the nine that are outside.
  PaperOptions paper;
  paper.rejects = 1.0;
  DeskLoop loop(control_desk_toml(hedge_control("auto")), paper);
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60, 60'000, "0.25");
  events.push_back(client_fill(market.now(), "c1", Side::buy, "10"));
  market.pass(events, 10, 60'000, "0.25");
  loop.run(events);
  const auto all = states(loop);
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(std::count(all.begin(), all.end(), ProposalState::verified), 0);
}

TEST(HedgeLoop, does_not_trade_again_on_a_top_that_it_has_taken) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60, 60'000, "0.25");
  events.push_back(client_fill(market.now(), "c1", Side::buy, "10"));
  const Timestamp last_top = market.now();
  for (int i = 1; i <= 90; ++i)
    events.push_back({last_top + Duration::milliseconds(100 * i), Tick{}});
  loop.run(events);
  // Once on either instrument; then nobody knows what stands there.
  EXPECT_EQ(loop.effects_of<OrderRequest>().size(), 2U);
  EXPECT_NEAR(hedged(loop), -0.5, 1e-9);
}

TEST(HedgeLoop, sends_nothing_while_a_kill_switch_covers_the_venue) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  auto events = a_minute_with_a_fill(loop.desk(), "3");
  Kill kill;
  kill.scope.kind = ScopeKind::venue;
  kill.scope.place.venue = VenueId{0};
  kill.by = Note("anna");
  kill.reason = Note("withdrawals are halted");
  events.insert(events.begin() + 10, Event{events[10].t, kill});
  loop.run(events);
  EXPECT_EQ(loop.effects_of<OrderRequest>().size(), 0U);
}

TEST(HedgeLoop, does_not_act_on_an_approval_while_the_factor_is_stopped) {
  DeskLoop loop(control_desk_toml(hedge_control("approve")));
  auto events = a_minute_with_a_fill(loop.desk(), "3");
  const Timestamp later = events[events.size() - 61].t + Duration::seconds(3);
  const auto after = std::find_if(events.begin(), events.end(),
                                  [&](const Event& event) { return event.t > later; });
  const Scope factor{ScopeKind::factor, {}, {}, FactorId{0}};
  const Timestamp t = after->t;
  events.insert(after, {Event{t, Kill{factor, Note("anna"), Note("not now")}},
                        Event{t, Approve{TradeId("p0-1"), true, Note("ben"), {}}}});
  loop.run(events);
  EXPECT_EQ(loop.effects_of<OrderRequest>().size(), 0U);
  EXPECT_EQ(states(loop).back(), ProposalState::blocked);
}

TEST(HedgeLoop, holds_all_orders_of_a_proposal_against_the_rails_together) {
  std::string toml = control_desk_toml(hedge_control("auto"));
  toml.replace(toml.find("daily_notional = 50000000"), 25, "daily_notional = 100000  ");
  for (std::size_t at = 0; (at = toml.find("max_order = \"5\"", at)) != std::string::npos; ++at)
    toml.replace(at, 15, "max_order = \"1\"");
  DeskLoop loop(toml);
  loop.run(a_minute_with_a_fill(loop.desk(), "3"));  // one of spot, one of the perpetual: 120,000
  EXPECT_EQ(loop.effects_of<OrderRequest>().size(), 0U);
  const auto decisions = loop.of<Decision>();
  ASSERT_FALSE(decisions.empty());
  EXPECT_EQ(decisions.front().state, ProposalState::blocked);
  EXPECT_TRUE(decisions.front().reason.view().starts_with("daily_notional"));
}

TEST(HedgeLoop, proposes_nothing_while_the_factor_is_unknown) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60);
  const Timestamp late = market.now() + Duration::minutes(5);  // marks are older than max_age
  events.push_back(client_fill(late, "c1", Side::buy, "3"));
  events.push_back({late + Duration::seconds(5), Tick{}});
  loop.run(events);
  EXPECT_EQ(loop.of<Decision>().size(), 0U);
}

}  // namespace
}  // namespace ballast
