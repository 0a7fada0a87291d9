// Hedging on spot, a linear and an inverse perpetual at once: three units of quantity, three fees,
// funding on two of them.
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "control/desk_loop.hpp"

namespace ballast {
namespace {

constexpr InstrumentId linear{1};
constexpr InstrumentId inverse{2};

/// The inverse perpetual, 100 dollars a contract, beside the spot and the linear perpetual.
/// @param terms  TOML of its terms; @param hedge  of its hedge.
std::string three_hedges(std::string_view terms = "taker_fee = \"0.0002\"",
                         std::string_view hedge = "") {
  return control_desk_toml(hedge_control("auto"), R"toml([[assets]]
name = "USD"
equals = "USDT"
[[instruments]]
name = "BTC-INV"
kind = "inverse_perpetual"
venue = "binance"
base = "BTC"
quote = "USD"
contract_size = "100"
tick = "0.1"
lot = "1"
min_qty = "1"
)toml" + std::string(terms) + R"toml(
[[hedges]]
instrument = "BTC-INV"
account = "binance/hedge"
book = "hedge"
max_order = "3000"
)toml" + std::string(hedge));
}

Event top(Timestamp t,
          InstrumentId instrument,
          std::string_view bid_qty,
          std::string_view ask_qty) {
  const Price bid = Price::whole(60'000);
  return {t,
          Top{instrument, bid, parse_decimal<Quantity>(bid_qty).value(),
              bid + Price::from_raw(decimal_one / 10), parse_decimal<Quantity>(ask_qty).value()}};
}

Event funding_rate(Timestamp t, InstrumentId instrument, std::string_view rate) {
  return {t, FundingRate{instrument, parse_decimal<Decimal>(rate).value(), Decimal::whole(8)}};
}

/// By instrument, over all orders sent.
double sent(const DeskLoop& loop, InstrumentId instrument) {
  double sum = 0.0;
  for (const OrderRequest& request : loop.effects_of<OrderRequest>()) {
    if (request.order.instrument != instrument) continue;
    sum += (request.order.side == Side::buy ? 1.0 : -1.0) * to_double(request.order.qty);
  }
  return sum;
}

std::vector<std::string> reasons(const DeskLoop& loop, ProposalState state) {
  std::vector<std::string> all;
  for (const Decision& decision : loop.of<Decision>()) {
    if (decision.state == state) all.emplace_back(decision.reason.view());
  }
  return all;
}

// ---- funding

struct Funded {
  std::string_view linear;  // rates of eight hours
  std::string_view inverse;
};
void run_a_fill(DeskLoop& loop, Side side, const Funded& rates) {
  std::vector<Event> events;
  Wobble market(loop.desk());
  events.push_back(funding_rate(market.now(), linear, rates.linear));
  events.push_back(funding_rate(market.now(), inverse, rates.inverse));
  market.pass(events, 60, 60'000, "5000");
  events.push_back(client_fill(market.now(), "c1", side, "3"));
  market.pass(events, 5, 60'000, "5000");
  loop.run(events);
}

TEST(InverseHedge, counts_the_funding_that_is_known_before_its_mean_is) {
  // One rate each: longs pay it, so a sale goes where it is higher and a purchase where it is
  // lower.
  const Funded rates{"0.00005", "0.0001"};
  DeskLoop sold(three_hedges());
  run_a_fill(sold, Side::buy, rates);
  EXPECT_EQ(sent(sold, linear), 0.0);
  EXPECT_NEAR(sent(sold, inverse), -1200.0, 1.0);  // 2 BTC in contracts of 100
  DeskLoop bought(three_hedges());
  run_a_fill(bought, Side::sell, rates);
  EXPECT_EQ(sent(bought, linear), 2.0);
  EXPECT_EQ(sent(bought, inverse), 0.0);
}

TEST(InverseHedge, of_two_hedges_that_pay_for_themselves_takes_the_one_that_pays_more) {
  // Fees are 0.02 %: a seller receives more than that from either, most from the second.
  DeskLoop sold(three_hedges());
  run_a_fill(sold, Side::buy, {"0.0006", "0.0008"});
  EXPECT_EQ(sent(sold, linear), 0.0);
  EXPECT_NEAR(sent(sold, inverse), -1200.0, 1.0);
  DeskLoop other(three_hedges());
  run_a_fill(other, Side::buy, {"0.0008", "0.0006"});
  EXPECT_EQ(sent(other, linear), -2.0);
  EXPECT_EQ(sent(other, inverse), 0.0);
  // A buyer pays it: less on spot, at twice the fee and no funding.
  DeskLoop bought(three_hedges());
  run_a_fill(bought, Side::sell, {"0.0006", "0.0008"});
  EXPECT_NEAR(sent(bought, InstrumentId{0}), 2.0, 1e-9);
  // No more than what is needed, whatever it pays.
  EXPECT_NEAR(to_double(sold.engine().factor(FactorId{0}).state.actual), 1.0, 0.01);
}

TEST(InverseHedge, takes_what_there_is_of_the_hedge_that_pays_more_before_another) {
  DeskLoop loop(three_hedges());
  std::vector<Event> events;
  Wobble market(loop.desk());
  events.push_back(funding_rate(market.now(), linear, "0.0006"));
  events.push_back(funding_rate(market.now(), inverse, "0.0008"));
  market.pass(events, 60, 60'000, "5000");
  const Timestamp t = market.now() + Duration::milliseconds(100);
  events.push_back(top(t, inverse, "300", "300"));  // half a BTC
  events.push_back(client_fill(t, "c1", Side::buy, "2"));
  events.push_back({t + Duration::milliseconds(200), Tick{}});
  loop.run(events);
  EXPECT_EQ(sent(loop, inverse), -300.0);
  EXPECT_NEAR(sent(loop, linear), -0.51, 1e-9);
}

// ---- what was filled

TEST(InverseHedge, does_not_take_contracts_for_coins_when_it_asks_what_was_filled) {
  // 1 BTC of each perpetual is visible; the linear one is gone when the order arrives.
  DeskLoop loop(three_hedges());
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60, 60'000, "5000");
  const Timestamp t = market.now() + Duration::milliseconds(100);
  for (const InstrumentId thin : {InstrumentId{0}, linear})
    events.push_back(top(t, thin, "1", "1"));
  events.push_back(top(t, inverse, "600", "600"));
  events.push_back(client_fill(t, "c1", Side::buy, "2.8"));
  events.push_back(top(t + Duration::milliseconds(20), linear, "0", "1"));
  events.push_back({t + Duration::milliseconds(200), Tick{}});
  loop.run(events);
  ASSERT_NE(sent(loop, linear), 0.0);
  ASSERT_NE(sent(loop, inverse), 0.0);
  const auto failed = reasons(loop, ProposalState::failed);
  ASSERT_FALSE(failed.empty());
  EXPECT_EQ(failed.front().rfind("filled in part: ", 0), 0U) << failed.front();
  EXPECT_NE(failed.front().find(" USDT"), std::string::npos) << failed.front();
}

TEST(InverseHedge, a_partly_filled_hedge_is_tried_again_and_trips_no_breaker) {
  PaperOptions paper;
  paper.share = parse_decimal<Decimal>("0.3").value();
  DeskLoop loop(control_desk_toml(hedge_control("auto")), paper);
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60, 60'000, "2");
  events.push_back(client_fill(market.now(), "c1", Side::buy, "5"));
  market.pass(events, 20, 60'000, "2");  // 0.6 of 2 can be had, again and again
  loop.run(events);
  EXPECT_GE(reasons(loop, ProposalState::failed).size(), 3U);
  EXPECT_TRUE(loop.effects_of<BreakerTripped>().empty());
  EXPECT_LE(to_double(loop.engine().factor(FactorId{0}).state.actual), 1.0 + 1e-9);
}

// ---- waiting

TEST(InverseHedge, does_not_wait_for_what_only_hedges_brought_back) {
  // Clients push it out again and again, now this way and now that; each time a hedge ends it. The
  // path reverts for all the world, and none of it by itself.
  DeskLoop loop(three_hedges());
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60, 60'000, "5000");
  for (int i = 0; i < 40; ++i) {
    const Side side = i % 4 < 2 ? Side::buy : Side::sell;
    events.push_back(client_fill(market.now(), "c" + std::to_string(i), side, "1.6"));
    market.pass(events, 6, 60'000, "5000");
  }
  loop.run(events);
  ASSERT_TRUE(loop.engine().report().factors.front().half_life_seconds.has_value());
  for (const Decision& decision : loop.of<Decision>()) {
    EXPECT_FALSE(decision.action == Action::wait && decision.state == ProposalState::acting)
        << decision.id.view();
  }
}

// ---- how often, and how much

TEST(InverseHedge, proposes_at_most_once_an_interval) {
  DeskLoop loop(three_hedges());
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60, 60'000, "0.05");
  events.push_back(client_fill(market.now(), "c1", Side::buy, "3"));
  market.pass(events, 10, 60'000, "0.05");  // a bit at a time
  loop.run(events);
  std::optional<Timestamp> before;
  for (const Event& event : loop.stepped) {
    const auto* decision = std::get_if<Decision>(&event.body);
    if (decision == nullptr || decision->state != ProposalState::acting) continue;
    if (before) {
      EXPECT_GE((event.t - *before).to_seconds(), 1.0) << decision->id.view();
    }
    before = event.t;
  }
  EXPECT_GE(loop.engine().control().watch(FactorId{0})->proposals, 5U);
}

TEST(InverseHedge, sends_no_second_order_to_save_a_fraction_of_a_lot) {
  // 2.005 BTC are to go and a lot is 0.01: three contracts more would save 0.005 BTC of fees.
  DeskLoop loop(three_hedges());
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60, 60'000, "600");
  events.push_back(client_fill(market.now(), "c1", Side::buy, "3.005"));
  market.pass(events, 5, 60'000, "600");
  loop.run(events);
  EXPECT_EQ(loop.effects_of<OrderRequest>().size(), 1U);
  EXPECT_NEAR(sent(loop, linear), -2.01, 1e-9);
}

TEST(InverseHedge, a_minimum_notional_is_one_of_contracts_at_their_size) {
  // Four contracts would do and are worth 400.
  DeskLoop loop(three_hedges("taker_fee = \"0.0002\"\nmin_notional = \"1000\""));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 60, 60'000, "5000");
  events.push_back(client_fill(market.now(), "c1", Side::buy, "1.006"));
  market.pass(events, 5, 60'000, "5000");
  loop.run(events);
  for (const Order& order : loop.of<Order>())
    EXPECT_NE(order.state, OrderState::rejected) << order.reason.view();
  EXPECT_NEAR(sent(loop, linear), -0.01, 1e-9);
}

TEST(InverseHedge, the_margin_that_other_books_tie_up_in_the_account_is_not_free) {
  // 0.2 BTC bear 1200 contracts at a tenth, and another book is short of 1100 of them.
  DeskLoop loop(three_hedges("taker_fee = \"0.0001\"", "margin = 0.1\n"));
  std::vector<Event> events;
  Wobble market(loop.desk());
  const Place account{VenueId{0}, AccountName("hedge")};
  events.push_back(
      {market.now(),
       BalanceChange{account, AssetId{0}, parse_decimal<Amount>("0.2").value(), {}, {}}});
  market.pass(events, 60, 60'000, "5000");
  Event other = client_fill(market.now(), "c1", Side::sell, "1100");
  std::get<Fill>(other.body).key.place = account;
  std::get<Fill>(other.body).key.instrument = inverse;
  events.push_back(other);
  events.push_back(client_fill(market.now(), "c2", Side::buy, "6"));
  market.pass(events, 5, 60'000, "5000");
  loop.run(events);
  EXPECT_LT(sent(loop, inverse), 0.0);
  EXPECT_GE(sent(loop, inverse), -100.0);
  EXPECT_LT(sent(loop, linear), 0.0);
}

}  // namespace
}  // namespace ballast
