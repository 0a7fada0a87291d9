// Which way back: the same desk, flow and market, and deviations of different sizes. Where leaning
// is cheaper than trading is the internalisation zone (Barzykin, Bergault and Gueant, 2023).
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

/// The first proposal about a client's fill of `qty`, after a minute in which buyers and sellers
/// traded around the touch twice a second.
Decision first_decision(const std::string& toml, std::string_view qty) {
  DeskLoop loop(toml);
  std::vector<Event> events;
  Wobble market(loop.desk());
  for (int second = 0; second < 60; ++second) {
    market.pass(events, 1);
    for (int half = 0; half < 2; ++half) {
      const bool buys = half == 0;
      const Price price = Price::whole(buys ? 60'012 + second % 9 : 59'988 - second % 9);
      const Quantity size = Quantity::from_raw(decimal_one / 100);
      events.push_back({market.now() + Duration::milliseconds(300 + 300 * half),
                        Trade{InstrumentId{0}, price, size, buys ? Side::buy : Side::sell}});
    }
  }
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

}  // namespace
}  // namespace ballast
