// Balances through the loop: cash that is missing at one venue comes from another, at least cost
// and in time; a channel is balanced by a payment that goes round.
#include <gtest/gtest.h>

#include "control/desk_loop.hpp"

namespace ballast {
namespace {

constexpr std::string_view desk_toml = R"toml([desk]
name = "treasury"
currency = "USDT"
[[assets]]
name = "BTC"
[[assets]]
name = "USDT"
[[venues]]
name = "binance"
accounts = ["main"]
[[venues]]
name = "okx"
accounts = ["main"]
[[venues]]
name = "bybit"
accounts = ["main"]
[[factors]]
name = "cash:USDT@okx"
target = { model = "static", value = "20000" }
band  = { lower = "-5000", upper = "5000" }
limit = { lower = "0", upper = "100000" }
[[factors]]
name = "cash:USDT@bybit"
target = { model = "static", value = "30000" }
band  = { lower = "-10000", upper = "10000" }
limit = { lower = "0", upper = "100000" }
[[controls]]
factor = "cash:USDT@okx"
gamma = 1e-6
recover_within = "10m"
hedge = "off"
transfer = "auto"
[[routes]]
name = "binance-to-okx"
asset = "USDT"
from = "binance/main"
to = "okx/main"
fee = "5"
delay = "2m"
[[routes]]
name = "bybit-to-okx"
asset = "USDT"
from = "bybit/main"
to = "okx/main"
fee = "1"
delay = "1m"
[[routes]]
name = "slow-and-free"
asset = "USDT"
from = "binance/main"
to = "okx/main"
delay = "1h"
)toml";

const Timestamp start = parse_timestamp("2026-01-05T12:00:00Z").value();

Event deposit(std::size_t venue, std::string_view qty) {
  BalanceChange change;
  change.place = {VenueId{venue}, AccountName("main")};
  change.asset = AssetId{1};
  change.qty = parse_decimal<Amount>(qty).value();
  return {start, change};
}

std::vector<Event> ticks(int minutes) {
  std::vector<Event> events;
  for (int i = 1; i <= minutes * 6; ++i)
    events.push_back({start + Duration::seconds(10 * i), Tick{}});
  return events;
}

TEST(TransferLoop, takes_the_cheapest_route_that_is_in_time_and_leaves_the_giver_in_its_band) {
  DeskLoop loop{std::string(desk_toml)};
  // bybit is cheapest, and may give 10,000 down to its own lower edge; the rest comes from binance.
  std::vector<Event> events{deposit(2, "30000"), deposit(0, "100000")};
  for (const Event& tick : ticks(8))
    events.push_back(tick);
  loop.run(events);
  double bybit = 0.0;
  double binance = 0.0;
  for (const TransferRequest& request : loop.effects_of<TransferRequest>()) {
    (request.transfer.from.venue == VenueId{2} ? bybit : binance) +=
        to_double(request.transfer.qty);
  }
  EXPECT_NEAR(bybit, 10'000.0, 1e-3);
  EXPECT_NEAR(binance, 5'000.0, 1e-3);  // 15,000 to the near edge in all
  EXPECT_GE(to_double(loop.engine().factor(FactorId{0}).state.actual), 15'000.0 - 1e-3);
  EXPECT_EQ(loop.of<Decision>().back().state, ProposalState::verified);
}

TEST(TransferLoop, does_not_send_again_what_is_on_its_way) {
  DeskLoop loop{std::string(desk_toml)};
  std::vector<Event> events{deposit(0, "100000")};
  for (const Event& tick : ticks(12))
    events.push_back(tick);
  loop.run(events);
  EXPECT_EQ(loop.effects_of<TransferRequest>().size(), 1U);
}

std::string replaced(std::string_view was, std::string_view is) {
  std::string toml(desk_toml);
  const std::size_t at = toml.find(was);
  EXPECT_NE(at, std::string::npos);
  return toml.replace(at, was.size(), is);
}

TEST(TransferLoop, goes_on_to_the_target_when_told) {
  DeskLoop loop{replaced("hedge = \"off\"", "aim = \"target\"\nhedge = \"off\"")};
  std::vector<Event> events{deposit(0, "100000")};
  for (const Event& tick : ticks(8))
    events.push_back(tick);
  loop.run(events);
  EXPECT_NEAR(to_double(loop.engine().factor(FactorId{0}).state.actual), 20'000.0, 1e-3);
}

TEST(TransferLoop, moves_the_least_that_a_route_takes_when_that_is_more_than_is_needed) {
  DeskLoop loop{replaced("fee = \"5\"", "fee = \"5\"\nleast = \"2000\"")};
  std::vector<Event> events{deposit(1, "14900"), deposit(0, "100000")};
  for (const Event& tick : ticks(8))
    events.push_back(tick);
  loop.run(events);
  EXPECT_NEAR(to_double(loop.engine().factor(FactorId{0}).state.actual), 16'900.0, 1e-3);
}

TEST(TransferLoop, a_transfer_that_arrived_has_not_failed_for_the_breaker_whatever_left_since) {
  DeskLoop loop{std::string(desk_toml)};
  std::vector<Event> events{deposit(0, "100000")};
  for (const Event& tick : ticks(30)) {
    events.push_back(tick);
    Event paid = deposit(1, "-150");  // every ten seconds
    paid.t = tick.t;
    events.push_back(paid);
  }
  loop.run(events);
  EXPECT_GT(loop.effects_of<TransferRequest>().size(), 4U);
  EXPECT_EQ(loop.effects_of<BreakerTripped>().size(), 0U);
}

TEST(TransferLoop, transfers_that_fail_trip_the_breaker) {
  PaperOptions paper;
  paper.failed_transfers = 1.0;
  DeskLoop loop{std::string(desk_toml), paper};
  std::vector<Event> events{deposit(0, "100000")};
  for (const Event& tick : ticks(40))
    events.push_back(tick);
  loop.run(events);
  EXPECT_EQ(loop.effects_of<BreakerTripped>().size(), 1U);
}

/// bybit can give only over binance: the second leg waits for the first, a minute later.
std::vector<Event> two_legs(std::string& toml, const EventBody& meanwhile) {
  toml.replace(toml.find("from = \"bybit/main\"\nto = \"okx/main\""), 35,
               "from = \"bybit/main\"\nto = \"binance/main\"");
  std::vector<Event> events{deposit(2, "100000"), deposit(1, "5000")};
  for (const Event& tick : ticks(9)) {
    events.push_back(tick);
    if (tick.t == start + Duration::seconds(30)) events.push_back({tick.t, meanwhile});
  }
  return events;
}

std::vector<std::string> routes_used(const DeskLoop& loop) {
  std::vector<std::string> names;
  for (const TransferRequest& request : loop.effects_of<TransferRequest>())
    names.push_back(loop.desk().routes[request.transfer.route.index()].name);
  return names;
}

TEST(TransferLoop, sends_a_further_leg_when_the_balance_has_arrived) {
  std::string toml(desk_toml);
  const auto events = two_legs(toml, Tick{});
  DeskLoop loop(toml);
  loop.run(events);
  EXPECT_EQ(routes_used(loop), (std::vector<std::string>{"bybit-to-okx", "binance-to-okx"}));
}

TEST(TransferLoop, sends_no_further_leg_while_its_factor_or_its_way_is_stopped) {
  const Scope factor{ScopeKind::factor, {}, {}, FactorId{0}};
  const Scope venue{ScopeKind::venue, {VenueId{1}, {}}, {}, {}};
  for (const Scope& scope : {factor, venue}) {
    std::string toml(desk_toml);
    const auto events = two_legs(toml, Kill{scope, Note("anna"), Note("not now")});
    DeskLoop loop(toml);
    loop.run(events);
    EXPECT_EQ(routes_used(loop), std::vector<std::string>{"bybit-to-okx"});
  }
}

TEST(TransferLoop, asks_for_no_other_transfer_until_it_has_heard_of_the_first) {
  const Desk desk = load_desk(desk_toml, "desk.toml").value();
  Engine engine(desk);
  std::vector<TransferRequest> asked;
  const auto step = [&](const Event& event) {
    for (const Effect& effect : engine.step(event)) {
      if (const auto* request = std::get_if<TransferRequest>(&effect.body))
        asked.push_back(*request);
    }
  };
  step(deposit(0, "100000"));
  for (const Event& tick : ticks(60))  // whoever executes says nothing
    step(tick);
  ASSERT_EQ(asked.size(), 1U);
  Transfer failed = asked[0].transfer;
  failed.state = TransferState::failed;
  step({engine.now(), failed});
  step({engine.now() + Duration::minutes(1), Tick{}});
  EXPECT_EQ(asked.size(), 2U);
}

TEST(TransferLoop, says_why_nothing_can_be_moved) {
  DeskLoop loop{std::string(desk_toml)};
  std::vector<Event> events{deposit(1, "100")};
  for (const Event& tick : ticks(2))
    events.push_back(tick);
  loop.run(events);
  EXPECT_EQ(loop.effects_of<TransferRequest>().size(), 0U);
  const FactorWatch* const watch = loop.engine().control().watch(FactorId{0});
  ASSERT_TRUE(watch->proposal);
  EXPECT_EQ(watch->proposal->state, ProposalState::blocked);
  EXPECT_EQ(watch->proposal->options[3].why.view(), "no account can spare or take it in time");
}

}  // namespace
}  // namespace ballast
