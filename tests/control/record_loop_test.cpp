// What control says of itself after a closed loop: its alerts, its record and its explanation.
#include <cmath>

#include <gtest/gtest.h>

#include "control/desk_loop.hpp"

namespace ballast {
namespace {

std::vector<Event> a_minute_with_a_fill(const Desk& desk) {
  std::vector<Event> events;
  Wobble market(desk);
  market.pass(events, 60);
  events.push_back(client_fill(market.now(), "c1", Side::buy, "3"));
  market.pass(events, 30);
  return events;
}

PaperOptions rejecting() {
  PaperOptions paper;
  paper.rejects = 1.0;
  return paper;
}

std::string text_of(const std::vector<Explanation>& lines) {
  std::string text;
  for (const Explanation& line : lines)
    text += line.label + " " + line.value + "\n";
  return text;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(ControlRecord, a_hedge_is_counted_with_what_it_was_to_cost_and_did_cost) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  loop.run(a_minute_with_a_fill(loop.desk()));
  const Report report = loop.engine().report();
  ASSERT_EQ(report.control.size(), 1U);
  const ControlReport& control = report.control[0];
  EXPECT_EQ(control.proposals, 1U);
  EXPECT_EQ(control.verified, 1U);
  const ActionReport& hedge = control.actions[static_cast<std::size_t>(Action::hedge)];
  EXPECT_EQ(hedge.carried_out, 1U);
  EXPECT_NEAR(hedge.quantity.value(), 2.0, 1e-9);
  // By hand: every fill's fee, and its price against the mid when the hedge was decided.
  double mid = 0.0;
  double cost = 0.0;
  bool decided = false;
  for (const Event& event : loop.stepped) {
    decided = decided || std::holds_alternative<Decision>(event.body);
    const auto* top = std::get_if<Top>(&event.body);
    if (top != nullptr && !decided && loop.desk().instrument(top->instrument).name == "BTC-PERP") {
      mid = to_double(top->bid + top->ask) / 2.0;
    }
    const auto* fill = std::get_if<Fill>(&event.body);
    if (fill == nullptr || fill->origin != Origin::hedge) continue;
    cost += to_double(fill->qty) * (mid - to_double(fill->price)) + to_double(fill->fee->amount);
  }
  EXPECT_GT(cost, 0.0);
  EXPECT_NEAR(hedge.realised_cost.value(), cost, 1e-6);
  EXPECT_NEAR(hedge.expected_cost, 2.0 * (0.05 + 12.0), 0.1);
  ASSERT_EQ(control.latest.size(), 1U);
  EXPECT_EQ(control.latest[0].state, "verified");
  EXPECT_TRUE(control.latest[0].ended);
  EXPECT_EQ(control.median_seconds_back,
            (*control.latest[0].ended - control.latest[0].since).to_seconds());
  EXPECT_EQ(control.last_options.size(), 4U);
  EXPECT_TRUE(control.last_options[static_cast<std::size_t>(Action::hedge)].chosen);
}

TEST(ControlRecord, outcomes_sum_to_the_proposals) {
  for (const std::string_view mode : {"auto", "advise", "approve"}) {
    for (const double rejects : {0.0, 0.5, 1.0}) {
      PaperOptions paper;
      paper.rejects = rejects;
      DeskLoop loop(control_desk_toml(hedge_control(mode)), paper);
      loop.run(a_minute_with_a_fill(loop.desk()));
      const Report report = loop.engine().report();
      const ControlReport& c = report.control.at(0);
      std::uint32_t sum = c.verified + c.blocked + c.nothing_possible + c.rejected + c.expired +
                          c.withdrawn + c.awaiting_approval + c.under_way;
      for (const auto& [reason, count] : c.failed)
        sum += count;
      EXPECT_EQ(sum, c.proposals) << mode << " " << rejects;
      EXPECT_GT(c.proposals, 0U) << mode << " " << rejects;
    }
  }
}

TEST(ControlRecord, a_tripped_breaker_is_a_critical_alert_until_a_person_rearms) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")), rejecting());
  loop.run(a_minute_with_a_fill(loop.desk()));
  Report report = loop.engine().report();
  ASSERT_EQ(report.alerts.size(), 1U);
  EXPECT_EQ(report.alerts[0].id, "breaker/delta:BTC/1");
  EXPECT_EQ(report.alerts[0].severity, "critical");
  EXPECT_EQ(report.alerts[0].state, "firing");
  EXPECT_EQ(report.alerts[0].reason, "3 failed, the last: not filled: 0 of 120004 USDT");
  EXPECT_EQ(report.control[0].breaker_trips, 1U);
  EXPECT_TRUE(report.control[0].breaker_tripped);
  EXPECT_TRUE(has(text_of(loop.engine().explain_proposal(FactorId{0})), "breaker delta:BTC"));

  const Timestamp later = loop.engine().now() + Duration::seconds(1);
  loop.engine().step({later, Acknowledge{breaker_rule, FactorId{0}, Note("ana")}});
  EXPECT_EQ(loop.engine().report().alerts[0].state, "acknowledged");
  Rearm rearm;
  rearm.scope.kind = ScopeKind::factor;
  rearm.scope.factor = FactorId{0};
  rearm.by = Note("ben");
  rearm.reason = Note("fixed");
  loop.engine().step({later, rearm});
  report = loop.engine().report();
  EXPECT_EQ(report.alerts[0].state, "ok");
  EXPECT_EQ(report.alerts[0].cleared, later);
  EXPECT_FALSE(report.control[0].breaker_tripped);
  EXPECT_EQ(loop.engine().counts().refused, 0U);
}

TEST(ControlRecord, a_span_speaks_of_what_was_proposed_within_it) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  auto events = a_minute_with_a_fill(loop.desk());
  Wobble market(loop.desk());
  std::vector<Event> later;
  market.pass(later, 150);
  const Timestamp end = events.back().t;
  for (const Event& event : later) {
    if (event.t > end) events.push_back(event);
  }
  events.push_back(client_fill(events.back().t, "c2", Side::buy, "2"));
  events.push_back({events.back().t + Duration::seconds(5), Tick{}});
  loop.run(events);
  ASSERT_EQ(loop.engine().report().control[0].proposals, 2U);
  EngineOptions options;
  options.from = events.front().t + Duration::seconds(100);
  Engine of_span(loop.desk(), options);
  for (const Event& event : loop.stepped)
    of_span.step(event);
  EXPECT_EQ(of_span.report().control[0].proposals, 1U);
  EXPECT_EQ(of_span.digest(), loop.engine().digest()) << "to look changes nothing";
}

TEST(ControlRecord, its_snapshot_goes_on_to_the_same_report_and_explanation) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  loop.run(a_minute_with_a_fill(loop.desk()));
  const std::size_t cut = loop.stepped.size() * 3 / 4;
  Engine first(loop.desk());
  for (std::size_t i = 0; i < cut; ++i)
    first.step(loop.stepped[i]);
  Engine second(loop.desk());
  ASSERT_TRUE(second.restore(first.snapshot()));
  for (std::size_t i = cut; i < loop.stepped.size(); ++i)
    second.step(loop.stepped[i]);
  EXPECT_EQ(text_of(second.explain_proposal(FactorId{0})),
            text_of(loop.engine().explain_proposal(FactorId{0})));
  EXPECT_EQ(second.report().control[0].actions[2].realised_cost,
            loop.engine().report().control[0].actions[2].realised_cost);
}

TEST(ControlRecord, an_explanation_says_what_was_weighed_and_why_this_instrument) {
  DeskLoop loop(control_desk_toml(hedge_control("auto")));
  loop.run(a_minute_with_a_fill(loop.desk()));
  const std::string text = text_of(loop.engine().explain_proposal(FactorId{0}));
  EXPECT_TRUE(has(text, "skew not possible: its mode is off")) << text;
  EXPECT_TRUE(has(text, "chosen: the cheapest in time")) << text;
  EXPECT_TRUE(has(text, "BTC-PERP binance/hedge 0.05 half spread + 12.0002 fee")) << text;
  EXPECT_TRUE(has(text, "sent: sell 2 at ")) << text;
  EXPECT_TRUE(has(text, "BTC-USDT binance/hedge 0.05 half spread + 24.0004 fee")) << text;
  EXPECT_TRUE(has(text, "room for 5; not traded")) << text;
  EXPECT_TRUE(has(text, "outcome verified at ")) << text;
}

TEST(ControlRecord, a_persons_hedge_counts_for_the_proposal_that_was_advised) {
  DeskLoop loop(control_desk_toml(hedge_control("advise")));
  auto events = a_minute_with_a_fill(loop.desk());
  Event hedge = client_fill(events[130].t, "h1", Side::sell, "2", "59990");
  auto& fill = std::get<Fill>(hedge.body);
  fill.key.place.account = AccountName("hedge");
  fill.key.instrument = InstrumentId{1};
  fill.book = BookName("hedge");
  fill.origin = Origin::hedge;
  events.insert(events.begin() + 131, hedge);
  loop.run(events);
  const Report report = loop.engine().report();
  const ActionReport& action = report.control[0].actions[2];
  EXPECT_NEAR(action.quantity.value(), 2.0, 1e-9);
  EXPECT_GT(action.realised_cost.value(), 0.0);
}

TEST(ControlRecord, quotes_say_how_long_they_stood_and_why_not) {
  DeskLoop loop(control_desk_toml(hedge_control("off"), R"toml([[quotes]]
instrument = "BTC-USDT"
account = "binance/main"
book = "mm"
factor = "delta:BTC"
skew = { model = "linear", half_spread = 0.0005, price_skew = 0.5, size_skew = 0.5 }
qty = "0.5"
)toml"));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60);
  Kill kill;
  kill.by = Note("ana");
  kill.reason = Note("halted");
  events.push_back({market.now(), kill});
  market.pass(events, 60);
  loop.run(events);
  const Report report = loop.engine().report();
  ASSERT_EQ(report.quotes.size(), 1U);
  const QuoteReport& quote = report.quotes[0];
  EXPECT_NEAR(quote.known_seconds, 119.0, 1e-9);
  EXPECT_NEAR(*quote.two_sided, 59.0 / 119.0, 0.02);
  EXPECT_NEAR(*quote.two_sided + *quote.bid_pulled, 1.0, 1e-9);
  ASSERT_FALSE(quote.bid_reasons.empty());
  EXPECT_EQ(quote.bid_reasons[0].first, "kill_switch");
  EXPECT_EQ(report.alerts[0].id, "kill_switch/desk/1");
}

}  // namespace
}  // namespace ballast
