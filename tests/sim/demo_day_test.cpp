// The demonstration's day, run as a closed loop: what must be in it, and that its story holds.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/price_path.hpp"
#include "support/demo_run.hpp"

namespace ballast {
namespace {

constexpr DemoIds id;

const testing::DemoDay& day() {
  static const testing::DemoDay made = testing::run_demo(1);
  return made;
}

Timestamp at(int hour, int minute, int second = 0) {
  return Timestamp{1'767'571'200'000'000'000} +
         Duration::seconds(hour * 3600 + minute * 60 + second);
}

template <class Body>
std::vector<const Event*> all() {
  std::vector<const Event*> found;
  for (const Event& event : day().events) {
    if (std::holds_alternative<Body>(event.body)) found.push_back(&event);
  }
  return found;
}

/// Events that are older than one before them, by position in the list.
std::vector<std::size_t> out_of_order(const std::vector<Event>& events) {
  std::vector<std::size_t> found;
  Timestamp latest = events.front().t;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].t < latest) found.push_back(i);
    latest = std::max(latest, events[i].t);
  }
  return found;
}

void has_enough_of_everything_and_the_incidents_once() {
  std::map<std::string, std::size_t> counts;
  for (const Event& event : day().events)
    ++counts[std::string(event.type())];
  EXPECT_GT(day().events.size(), 200'000U);
  EXPECT_LT(day().events.size(), 500'000U);
  EXPECT_GT(counts["fill"], 5'000U);
  EXPECT_GT(counts["mark"], 150'000U);
  EXPECT_GT(counts["top"], 50'000U);
  EXPECT_GE(counts["funding"], 4U);
  EXPECT_GE(counts["transfer"], 4U);
  EXPECT_GT(counts["position"], 100U);
  EXPECT_GT(counts["funding_rate"], 60U);
  EXPECT_GE(counts["balance"], 5U);
  EXPECT_EQ(counts["correct"], 1U);
  EXPECT_EQ(counts["bust"], 1U);
  EXPECT_EQ(counts["kill"], 1U);
  EXPECT_EQ(counts["rearm"], 1U);
  EXPECT_EQ(counts["acknowledge"], 1U);
}

void stays_within_its_24_hours() {
  for (const Event& event : day().events) {
    ASSERT_GE(event.t, at(0, 0));
    ASSERT_LT(event.t, at(24, 0));
  }
}

TEST(DemoDay, is_another_for_another_seed_and_time_runs_forward_but_for_late_fills) {
  std::vector<std::string> digests;
  for (std::uint64_t seed = 2; seed <= 3; ++seed) {
    const testing::DemoDay made = testing::run_demo(seed);
    digests.push_back(made.digest);
    const std::vector<Event>& events = made.events;
    const auto late = out_of_order(events);
    std::size_t really_late = 0;
    for (const std::size_t i : late) {
      ASSERT_TRUE(std::holds_alternative<Fill>(events[i].body)) << "seed " << seed;
      const Duration delay = events[i - 1].t - events[i].t;
      if (delay > Duration::seconds(1)) ++really_late;
    }
    EXPECT_EQ(really_late, 2U) << "seed " << seed;
    EXPECT_LE(late.size(), 3U) << "seed " << seed;
  }
  EXPECT_NE(digests[0], digests[1]);
}

bool at_expiry(const Fill& fill) { return fill.key.id.str().starts_with("expiry-"); }

void prices_and_quantities_are_positive_and_believable() {
  Price low = Price::whole(1'000'000);
  Price high;
  for (const Event* event : all<Mark>()) {
    const Mark& mark = std::get<Mark>(event->body);
    ASSERT_GT(mark.price, Price{});
    if (mark.instrument == id.btc_spot) {
      low = std::min(low, mark.price);
      high = std::max(high, mark.price);
    }
  }
  EXPECT_GT(low, Price::whole(70'000));
  EXPECT_LT(high, Price::whole(110'000));
  EXPECT_GT(to_double(high) / to_double(low), 1.03) << "a day with a fall in it";
  for (const Event* event : all<Fill>()) {
    const Fill& fill = std::get<Fill>(event->body);
    if (!at_expiry(fill)) {
      ASSERT_GT(fill.price, Price{});
    }
    ASSERT_GT(fill.qty, Quantity{});
  }
  for (const Event* event : all<Top>()) {
    const Top& top = std::get<Top>(event->body);
    ASSERT_LT(top.bid, top.ask);
    ASSERT_GT(top.bid_qty, Quantity{});
  }
}

/// By the marks of the half hour before, and at what the option's terms say.
void an_option_is_closed_at_its_payoff() {
  double sum = 0.0;
  int count = 0;
  for (const Event* event : all<Mark>()) {
    const Mark& mark = std::get<Mark>(event->body);
    if (mark.instrument != id.btc_spot || event->t < at(7, 30) || event->t >= at(8, 0)) continue;
    sum += to_double(mark.price);
    ++count;
  }
  const double settlement = sum / count;
  Quantity held;
  std::size_t paid = 0;
  std::size_t traded = 0;
  for (const Event* event : all<Fill>()) {
    const Fill& fill = std::get<Fill>(event->body);
    if (fill.book != BookName("options")) continue;
    ++traded;
    if (fill.key.instrument != id.option(0)) continue;
    held += fill.side == Side::buy ? fill.qty : -fill.qty;
    if (!at_expiry(fill)) continue;
    ++paid;
    EXPECT_EQ(event->t, demo_expiry + Duration::seconds(1));
    EXPECT_NEAR(to_double(fill.price),
                std::max(settlement - demo_options[0].strike, 0.0) / settlement, 1e-4);
  }
  EXPECT_EQ(paid, 1U);
  EXPECT_TRUE(held.zero());
  EXPECT_GT(traded, 30U);
}

void every_fill_has_its_own_key_but_one_that_arrives_twice() {
  std::map<std::string, std::vector<const Event*>> by_key;
  for (const Event* event : all<Fill>()) {
    const FillKey& key = std::get<Fill>(event->body).key;
    by_key[std::to_string(key.instrument.value) + "/" + key.id.str()].push_back(event);
  }
  std::size_t twice = 0;
  for (const auto& [key, events] : by_key) {
    if (events.size() == 1) continue;
    ++twice;
    ASSERT_EQ(events.size(), 2U) << key;
    EXPECT_EQ(*events[0], *events[1]) << "a duplicate says the same";
  }
  EXPECT_EQ(twice, 1U);
}

void flow_is_quoted_and_hedged_and_earns_rebates() {
  std::map<Origin, std::size_t> origins;
  bool rebate = false;
  bool paid = false;
  for (const Event* event : all<Fill>()) {
    const Fill& fill = std::get<Fill>(event->body);
    ++origins[fill.origin];
    if (fill.fee) (fill.fee->amount < Amount{} ? rebate : paid) = true;
    EXPECT_EQ(fill.origin == Origin::hedge, fill.book == BookName("hedger"));
  }
  EXPECT_GT(origins[Origin::quote], 5'000U);
  EXPECT_GT(origins[Origin::hedge], 10U);
  EXPECT_GT(origins[Origin::client], 50U);
  EXPECT_TRUE(rebate);
  EXPECT_TRUE(paid);
}

void the_inverse_perpetual_s_venue_falls_silent_for_21_minutes() {
  Timestamp last = at(0, 0);
  Duration longest{};
  Timestamp silent_from = last;
  for (const Event* event : all<Mark>()) {
    if (std::get<Mark>(event->body).instrument != id.btc_inverse) continue;
    if (event->t - last > longest) {
      longest = event->t - last;
      silent_from = last;
    }
    last = event->t;
  }
  EXPECT_GT(longest, Duration::minutes(20));
  EXPECT_LT(longest, Duration::minutes(23));
  EXPECT_GT(silent_from, at(10, 4));
  EXPECT_LT(silent_from, at(10, 5));
}

void transfers_that_are_sent_arrive() {
  std::set<std::string> under_way;
  for (const Event* event : all<Transfer>()) {
    const Transfer& transfer = std::get<Transfer>(event->body);
    if (transfer.state == TransferState::sent) {
      EXPECT_TRUE(under_way.insert(transfer.id.str()).second);
    } else {
      EXPECT_EQ(transfer.state, TransferState::arrived);
      EXPECT_EQ(under_way.erase(transfer.id.str()), 1U);
    }
  }
  EXPECT_LE(under_way.size(), 1U) << "at most one is still on its way at midnight";
}

void the_correction_undoes_a_fill_ten_times_too_large() {
  const Correct& correct = std::get<Correct>(all<Correct>().front()->body);
  const auto fills = all<Fill>();
  const auto wrong = std::find_if(fills.begin(), fills.end(), [&](const Event* event) {
    return std::get<Fill>(event->body).key == correct.key;
  });
  ASSERT_NE(wrong, fills.end());
  EXPECT_EQ(to_double(std::get<Fill>((*wrong)->body).qty), 10.0 * to_double(*correct.qty));
}

/// An account of derivative positions as an observer of the events would keep it, with what every
/// statement says beside it: the oracle of the story's one break.
void statements_agree_with_the_fills_but_for_the_missing_one() {
  std::map<std::uint32_t, Quantity> held;
  std::set<std::string> seen;
  std::vector<Timestamp> breaks;
  for (const Event& event : day().events) {
    if (const Fill* fill = std::get_if<Fill>(&event.body)) {
      if (!seen.insert(fill->key.id.str()).second) continue;
      held[fill->key.instrument.value] += fill->side == Side::buy ? fill->qty : -fill->qty;
    }
    const Statement* statement = std::get_if<Statement>(&event.body);
    if (statement == nullptr || !statement->instrument.valid()) continue;
    if (statement->qty != held[statement->instrument.value]) breaks.push_back(event.t);
  }
  ASSERT_EQ(breaks.size(), 1U);
  EXPECT_EQ(floor_to(breaks.front(), Duration::minutes(1)), at(19, 35));
}

void deviations_are_brought_back_by_skew_hedge_and_transfer_on_everybody_s_word() {
  std::set<std::pair<Action, ProposalState>> seen;
  for (const Event* event : all<Decision>()) {
    const Decision& decision = std::get<Decision>(event->body);
    seen.insert({decision.action, decision.state});
  }
  using enum ProposalState;
  for (const Action action : {Action::skew, Action::hedge, Action::transfer})
    EXPECT_EQ(seen.count({action, verified}), 1U) << to_string(action);
  EXPECT_EQ(seen.count({Action::hedge, waiting}), 1U);
  EXPECT_EQ(seen.count({Action::hedge, approved}), 1U);
}

void nothing_is_hedged_while_the_hedger_is_stopped() {
  for (const Event* event : all<Order>()) {
    const Order& order = std::get<Order>(event->body);
    if (order.origin != Origin::hedge || order.state != OrderState::working) continue;
    EXPECT_FALSE(event->t > at(3, 20) + Duration::seconds(1) && event->t < at(4, 15))
        << to_string(event->t);
  }
}

/// One test for all that a day must hold: making it takes seconds.
TEST(DemoDay, holds_what_its_story_tells) {
  has_enough_of_everything_and_the_incidents_once();
  stays_within_its_24_hours();
  prices_and_quantities_are_positive_and_believable();
  an_option_is_closed_at_its_payoff();
  every_fill_has_its_own_key_but_one_that_arrives_twice();
  flow_is_quoted_and_hedged_and_earns_rebates();
  the_inverse_perpetual_s_venue_falls_silent_for_21_minutes();
  transfers_that_are_sent_arrive();
  the_correction_undoes_a_fill_ten_times_too_large();
  statements_agree_with_the_fills_but_for_the_missing_one();
  deviations_are_brought_back_by_skew_hedge_and_transfer_on_everybody_s_word();
  nothing_is_hedged_while_the_hedger_is_stopped();
}

TEST(PricePath, moves_like_a_market_and_falls_once) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    PricePath path(seed);
    double before = 0.0;
    double after = 0.0;
    for (int second = 0; second < 86'400; ++second) {
      path.step();
      ASSERT_GT(path.mid(Coin::btc), 0.0);
      ASSERT_GT(path.mid(Coin::eth), 0.0);
      ASSERT_LE(std::abs(path.momentum(Coin::btc)), 3.0);
      if (second == path.crash_second() - 1) before = path.mid(Coin::btc);
      if (second == path.crash_second() + 5) after = path.mid(Coin::btc);
    }
    EXPECT_LT(after / before, 0.975) << "seed " << seed;
    EXPECT_GT(after / before, 0.95) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ballast
