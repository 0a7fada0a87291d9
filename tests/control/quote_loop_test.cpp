// Quotes through the loop: what is quoted around the mid, how it leans, and when a side is pulled.
#include <gtest/gtest.h>

#include "control/desk_loop.hpp"

namespace ballast {
namespace {

constexpr std::string_view quoted = R"toml([[quotes]]
instrument = "BTC-USDT"
account = "binance/main"
book = "mm"
factor = "delta:BTC"
skew = { model = "linear", half_spread = 0.0005, price_skew = 1, size_skew = 0.5 }
qty = "0.1"
)toml";

Quote last_quote(const DeskLoop& loop) { return loop.of<Quote>().back(); }

TEST(QuoteLoop, is_symmetric_around_the_mid_when_there_is_no_deviation) {
  DeskLoop loop(control_desk_toml("", quoted));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 10);
  loop.run(events);
  ASSERT_FALSE(loop.of<Quote>().empty());
  const Quote quote = last_quote(loop);
  const Top& top = loop.engine().market().top(InstrumentId{0});
  const double mid = (to_double(top.bid) + to_double(top.ask)) / 2.0;
  EXPECT_NEAR(mid - to_double(quote.bid), 0.0005 * mid, 0.11);  // to the tick
  EXPECT_NEAR(to_double(quote.ask) - mid, 0.0005 * mid, 0.11);
  EXPECT_EQ(to_string(quote.bid_qty), "0.1");
  EXPECT_EQ(to_string(quote.ask_qty), "0.1");
}

TEST(QuoteLoop, leans_against_the_deviation_in_price_and_size) {
  DeskLoop loop(control_desk_toml("", quoted));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 10);
  events.push_back(client_fill(market.now(), "c1", Side::buy, "0.5"));
  market.pass(events, 5);
  loop.run(events);
  const Quote quote = last_quote(loop);
  const Top& top = loop.engine().market().top(InstrumentId{0});
  const double mid = (to_double(top.bid) + to_double(top.ask)) / 2.0;
  // z = 0.5: the middle moves down by half of a half spread, a quarter of the size moves across.
  EXPECT_NEAR(mid - to_double(quote.bid), 1.5 * 0.0005 * mid, 0.11);
  EXPECT_NEAR(to_double(quote.ask) - mid, 0.5 * 0.0005 * mid, 0.11);
  EXPECT_EQ(to_string(quote.bid_qty), "0.075");
  EXPECT_EQ(to_string(quote.ask_qty), "0.125");
}

TEST(QuoteLoop, is_no_narrower_than_configured_around_the_middle_that_the_model_leans_to) {
  DeskLoop loop(control_desk_toml("", std::string(quoted) + "min_half_spread = 0.002\n"));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 10);
  events.push_back(client_fill(market.now(), "c1", Side::buy, "0.5"));
  market.pass(events, 5);
  loop.run(events);
  const Quote quote = last_quote(loop);
  const Top& top = loop.engine().market().top(InstrumentId{0});
  const double mid = (to_double(top.bid) + to_double(top.ask)) / 2.0;
  EXPECT_NEAR(mid - to_double(quote.bid), (0.002 + 0.5 * 0.0005) * mid, 0.11);
  EXPECT_NEAR(to_double(quote.ask) - mid, (0.002 - 0.5 * 0.0005) * mid, 0.11);
}

TEST(QuoteLoop, knows_what_leaning_quotes_of_several_assets_would_attract_before_they_lean) {
  DeskLoop loop(
      control_desk_toml("[[controls]]\nfactor = \"delta:BTC\"\ngamma = 1e-5\n"
                        "recover_within = \"1h\"\nhedge = \"off\"\nskew = \"advise\"\n",
                        R"toml([[quotes]]
instrument = "BTC-USDT"
account = "binance/main"
book = "mm"
factor = "delta:BTC"
skew = { model = "multi_asset", gamma = 1e-3 }
qty = "0.1"
)toml"));
  std::vector<Event> events;
  Wobble market(loop.desk());
  for (int i = 0; i < 40; ++i) {
    market.pass(events, 1);
    events.push_back(
        {market.now() + Duration::milliseconds(i % 2 == 0 ? 300 : 700),
         Trade{InstrumentId{0}, Price::whole(60'000 - i % 7), Quantity::whole(1), Side::sell}});
  }
  events.push_back(client_fill(market.now() + Duration::milliseconds(900), "c1", Side::buy, "3"));
  market.pass(events, 5);
  loop.run(events);
  const FactorWatch* const watch = loop.engine().control().watch(FactorId{0});
  ASSERT_TRUE(watch->proposal);
  EXPECT_EQ(watch->proposal->action, Action::skew);
  EXPECT_TRUE(watch->proposal->options[1].possible) << watch->proposal->options[1].why.view();
}

TEST(QuoteLoop, pulls_the_adding_side_at_the_limit_and_says_so) {
  DeskLoop loop(control_desk_toml("", quoted));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 10);
  events.push_back(client_fill(market.now(), "c1", Side::sell, "4.97"));
  market.pass(events, 2);
  loop.run(events);
  const Quote quote = last_quote(loop);
  EXPECT_TRUE(quote.ask_qty.zero());
  EXPECT_FALSE(quote.bid_qty.zero());
  EXPECT_EQ(quote.reason.view(), "ask: a fill would pass the limit");
}

TEST(QuoteLoop, pulls_both_sides_while_the_factor_is_unknown) {
  DeskLoop loop(control_desk_toml("", quoted));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 10);
  events.push_back({market.now() + Duration::minutes(2), Tick{}});  // older than max_age
  loop.run(events);
  const Quote quote = last_quote(loop);
  EXPECT_TRUE(quote.bid_qty.zero());
  EXPECT_TRUE(quote.ask_qty.zero());
  EXPECT_NE(quote.reason.view().find("max_age"), std::string_view::npos) << quote.reason.view();
}

TEST(QuoteLoop, is_filled_by_prints_through_it_and_quotes_again) {
  DeskLoop loop(control_desk_toml("", quoted));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 10);
  events.push_back({market.now() + Duration::milliseconds(500),
                    Trade{InstrumentId{0}, Price::whole(59'900), Quantity::whole(1), Side::sell}});
  market.pass(events, 5);
  loop.run(events);
  const auto fills = loop.of<Fill>();
  ASSERT_EQ(fills.size(), 1U);
  EXPECT_EQ(fills[0].origin, Origin::quote);
  EXPECT_EQ(fills[0].side, Side::buy);
  EXPECT_EQ(to_string(fills[0].qty), "0.1");
  EXPECT_FALSE(last_quote(loop).bid_qty.zero());  // refilled
  Engine again(loop.desk());
  for (const Event& event : loop.stepped)
    again.step(event);
  EXPECT_EQ(again.digest(), loop.engine().digest());
}

TEST(QuoteLoop, is_pulled_by_a_kill_switch_and_comes_back_only_when_rearmed) {
  DeskLoop loop(control_desk_toml("", quoted));
  std::vector<Event> events;
  Wobble market(loop.desk());
  market.pass(events, 10);
  const Scope book{ScopeKind::book, {}, BookName("mm"), {}};
  events.push_back({market.now(), Kill{book, Note("anna"), Note("a strange fill")}});
  market.pass(events, 5);
  loop.run(events);
  EXPECT_TRUE(last_quote(loop).bid_qty.zero());
  EXPECT_TRUE(last_quote(loop).ask_qty.zero());
  std::vector<Event> more{{market.now(), Rearm{book, Note("anna"), Note("explained")}}};
  market.pass(more, 5);
  loop.run(more);
  EXPECT_FALSE(last_quote(loop).bid_qty.zero());
}

}  // namespace
}  // namespace ballast
