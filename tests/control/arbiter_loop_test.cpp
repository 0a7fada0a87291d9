// Which way back: the same desk, flow and market, and deviations of different sizes. Where leaning
// is cheaper than trading is the internalisation zone (Barzykin, Bergault and Gueant, 2023).
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "control/desk_loop.hpp"

namespace ballast {
namespace {

std::string desk(std::string_view skew, double gamma) {
  return control_desk_toml(
      fmt::format("[[controls]]\nfactor = \"delta:BTC\"\ngamma = {}\nrecover_within = \"2m\"\n"
                  "skew = \"{}\"\nhedge = \"auto\"\n",
                  gamma, skew),
      R"toml([[quotes]]
instrument = "BTC-USDT"
account = "binance/main"
book = "mm"
factor = "delta:BTC"
skew = { model = "linear", half_spread = 0.0001, price_skew = 1, size_skew = 0.5 }
qty = "0.5"
)toml");
}

/// Buyers and sellers trade around the touch twice a second.
void busy(std::vector<Event>& events, Wobble& market, int seconds) {
  for (int second = 0; second < seconds; ++second) {
    market.pass(events, 1);
    for (int half = 0; half < 2; ++half) {
      const bool buys = half == 0;
      const Price price = Price::whole(buys ? 60'012 + second % 9 : 59'988 - second % 9);
      const Quantity size = Quantity::from_raw(decimal_one / 100);
      events.push_back({market.now() + Duration::milliseconds(300 + 300 * half),
                        Trade{InstrumentId{0}, price, size, buys ? Side::buy : Side::sell}});
    }
  }
}

/// The first proposal about a client's fill of `qty`, after a busy minute.
Decision first_decision(const std::string& toml, std::string_view qty) {
  DeskLoop loop(toml);
  std::vector<Event> events;
  Wobble market(loop.desk());
  busy(events, market, 60);
  events.push_back(client_fill(market.now() + Duration::milliseconds(900), "c1", Side::buy, qty));
  market.pass(events, 2);
  loop.run(events);
  const auto decisions = loop.of<Decision>();
  EXPECT_FALSE(decisions.empty());
  return decisions.empty() ? Decision{} : decisions.front();
}

TEST(ArbiterLoop, leans_inside_the_internalisation_zone_and_trades_beyond_it) {
  EXPECT_EQ(first_decision(desk("auto", 1e-5), "1.2").action, Action::skew);
  EXPECT_EQ(first_decision(desk("auto", 1e-5), "4.5").action, Action::hedge);
}

TEST(ArbiterLoop, trades_what_it_would_lean_against_when_it_may_not_lean) {
  EXPECT_EQ(first_decision(desk("off", 1e-5), "1.2").action, Action::hedge);
}

TEST(ArbiterLoop, the_zone_shrinks_as_risk_weighs_more) {
  EXPECT_EQ(first_decision(desk("auto", 1e-5), "1.5").action, Action::skew);
  EXPECT_EQ(first_decision(desk("auto", 1.0), "1.5").action, Action::hedge);
}

TEST(ArbiterLoop, weighs_anew_when_a_deviation_that_it_leant_against_has_grown) {
  DeskLoop loop(desk("auto", 1e-5));
  std::vector<Event> events;
  Wobble market(loop.desk());
  busy(events, market, 60);
  events.push_back(client_fill(market.now() + Duration::milliseconds(900), "c1", Side::buy, "1.2"));
  busy(events, market, 2);
  const Timestamp grown = market.now() + Duration::milliseconds(900);
  events.push_back(client_fill(grown, "c2", Side::buy, "3.3"));
  busy(events, market, 3);
  loop.run(events);
  const auto decisions = loop.of<Decision>();
  ASSERT_FALSE(decisions.empty());
  EXPECT_EQ(decisions.front().action, Action::skew);
  const auto anew = std::find_if(decisions.begin(), decisions.end(), [](const Decision& decision) {
    return decision.state == ProposalState::withdrawn;
  });
  ASSERT_NE(anew, decisions.end());
  EXPECT_EQ(anew->reason.view(), "the deviation has grown: it is weighed anew");
  EXPECT_NE(std::next(anew), decisions.end());  // and is, long before the leaning's deadline
}

}  // namespace
}  // namespace ballast
