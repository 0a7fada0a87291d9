// Options quoted by the book's vega, end to end: one volatility leans them all.
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "control/desk_loop.hpp"
#include "control/option_desk_toml.hpp"

namespace ballast {
namespace {

constexpr std::string_view leaning_modes = "hedge = \"off\"\nskew = \"auto\"";

std::string option_quote(std::string_view instrument) {
  return "[[quotes]]\ninstrument = \"" + std::string(instrument) + R"toml("
account = "deribit/main"
book = "mm"
factor = "vega:BTC"
skew = { model = "option_vega", gamma = 4e-4, vol_of_vol = 0.8, fills_a_day = 20, vol_depth = 0.01 }
qty = "5"
)toml";
}

Event option_top(
    Timestamp t, const Desk& desk, std::string_view name, const char* bid, const char* ask) {
  const auto size = Quantity::whole(100);
  return {t, Top{desk.find_instrument(name), parse_decimal<Price>(bid).value(), size,
                 parse_decimal<Price>(ask).value(), size}};
}

struct RecordedQuotes {
  std::vector<Event> events;
  Timestamp now = parse_timestamp("2026-01-05T12:00:00Z").value();

  void second(const Desk& desk) {
    now = now + Duration::seconds(1);
    events.push_back(option_top(now, desk, "BTC-PERP", "59999.5", "60000.5"));
    events.push_back(option_top(now, desk, "C60", "0.0650", "0.0720"));
    events.push_back(option_top(now, desk, "C66", "0.0300", "0.0370"));
    events.push_back(option_top(now, desk, "P54", "0.0235", "0.0265"));
  }
  void surface(const Desk& desk) {
    Surface said;
    said.underlying = desk.find_asset("BTC");
    said.expiry = *desk.instrument(desk.find_instrument("C60")).expiry;
    said.vol = 0.6;
    events.push_back({now, said});
  }
  void trade(const Desk& desk, Side side, std::string_view qty) {
    Event fill = client_fill(now, "c1", side, qty, "0.034");
    std::get<Fill>(fill.body).key.instrument = desk.find_instrument("C66");
    events.push_back(fill);
  }
};

/// By instrument, an input of the last quote that was asked for.
std::map<std::string, double> last_quote_input(const DeskLoop& loop, std::string_view name) {
  std::map<std::string, double> found;
  for (const QuoteRequest& request : loop.effects_of<QuoteRequest>()) {
    for (const DecisionInput& input : request.quote.inputs) {
      if (input.name.view() == name)
        found[loop.desk().instrument(request.quote.instrument).name] = input.value;
    }
  }
  return found;
}

double vega_of_one(const DeskLoop& loop, std::string_view name) {  // reporting currency per 1.00
  const InstrumentId id = loop.desk().find_instrument(name);
  return loop.engine_now().options().value(id, loop.engine_now().now())->unit.vega;
}

TEST(OptionQuotes, lean_all_by_one_number_of_volatility_points) {
  DeskLoop loop(option_desk_toml(option_quote("C60") + option_quote("C66"), leaning_modes));
  RecordedQuotes run;
  run.second(loop.desk());
  run.surface(loop.desk());
  run.second(loop.desk());
  run.trade(loop.desk(), Side::buy, "20");
  run.second(loop.desk());
  run.second(loop.desk());
  loop.run(run.events);
  // The closed form: 2 a V with a = w root(gamma / (8 D)), D = sum of size vega^2 A k / e.
  double liquidity = 0.0;
  for (const char* const name : {"C60", "C66"}) {
    const double vega = vega_of_one(loop, name);
    liquidity += 5.0 * vega * vega * (20.0 * 365.0) / (vega * 0.01) / std::exp(1.0);
  }
  const double a = 0.8 * std::sqrt(4e-4 / (8.0 * liquidity));
  const double points = 100.0 * 2.0 * a * (20.0 * vega_of_one(loop, "C66"));
  const auto leans = last_quote_input(loop, "vol_points");
  ASSERT_EQ(leans.size(), 2U);
  EXPECT_GT(points, 0.01);
  for (const auto& [name, value] : leans)
    EXPECT_NEAR(value, points, 1e-6 * points) << name;
  // Both prices of each move down by that times its vega, in coin.
  const auto bids = last_quote_input(loop, "bid_depth");
  const auto asks = last_quote_input(loop, "ask_depth");
  for (const char* const name : {"C60", "C66"}) {
    const double vega = vega_of_one(loop, name);
    EXPECT_NEAR((bids.at(name) - asks.at(name)) / 2.0, points / 100.0 * vega / 60'000.0,
                1e-3 * points / 100.0 * vega / 60'000.0);
    EXPECT_GT((bids.at(name) + asks.at(name)) / 2.0, 0.01 * vega / 60'000.0) << "1 / k at least";
  }
}

TEST(OptionQuotes, are_pulled_while_the_volatility_is_unknown) {
  DeskLoop loop(option_desk_toml(option_quote("C60") + option_quote("C66"), leaning_modes));
  RecordedQuotes run;
  for (int i = 0; i < 3; ++i)
    run.second(loop.desk());
  loop.run(run.events);
  for (const QuoteRequest& request : loop.effects_of<QuoteRequest>())
    EXPECT_TRUE(request.quote.bid_qty.zero() && request.quote.ask_qty.zero());
}

}  // namespace
}  // namespace ballast
