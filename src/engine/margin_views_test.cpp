// Views of margin: what they say, and that it is what hedges spend and the rail decides by.
#include "engine/margin_views.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "control/account_margin.hpp"
#include "control/gate.hpp"
#include "control/hedge_terms.hpp"
#include "engine/margin_desk_test.hpp"
#include "engine/seen_engine_test.hpp"

namespace ballast {
namespace {

using test::at;
using test::coins;
using test::dec;
using test::end_of_january;
using test::flat;
using test::in_coin;
using test::in_quote;
using test::margined_desk;
using test::Seen;
using test::Trader;

/// Two short calls and a short inverse perpetual; priced at noon, the call's surface a minute
/// before.
void trade(Engine& engine, const Desk& desk) {
  Trader mm{&desk};
  engine.step(flat(at("11:59:00"), 0.6));
  engine.step(coins(at("12:00:00"), "1"));
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "10000"));
  engine.step(mm.mark(at("12:00:00"), "BTC-USD", "10010"));
  engine.step(mm.mark(at("12:00:00"), "BTC-C9", "0.12"));
  engine.step(mm.fill(at("12:00:00"), "BTC-C9", Side::sell, "2", "0.12"));
  engine.step(mm.fill(at("12:00:00"), "BTC-USD", Side::sell, "20", "10010"));
}

Event top(const Desk& desk, Timestamp t, std::string_view name, const char* bid, const char* ask) {
  return {t, Top{desk.find_instrument(name), dec<Price>(bid), Quantity::whole(100), dec<Price>(ask),
                 Quantity::whole(100)}};
}

Order sale(const Desk& desk, std::string_view instrument, std::string_view qty) {
  Order order;
  order.id = *OrderId::create("o1");
  order.place = {VenueId{0}, AccountName("main")};
  order.book = *BookName::create("mm");
  order.instrument = desk.find_instrument(instrument);
  order.side = Side::sell;
  order.qty = dec<Quantity>(qty);
  return order;
}

TEST(MarginViews, list_standard_margin_by_position) {
  const Desk desk = margined_desk(MarginKind::standard);
  Engine engine(desk);
  trade(engine, desk);
  const MarginView view = margin_view(engine, in_coin);
  EXPECT_EQ(margin_label(desk, desk.margins[in_coin]), "binance/main BTC");
  EXPECT_EQ(view.venue, "binance");
  EXPECT_EQ(view.account, "main");
  EXPECT_EQ(view.currency, "BTC");
  EXPECT_EQ(view.model, "standard");
  EXPECT_EQ(view.coins, std::vector<std::string>{"BTC"});
  EXPECT_EQ(view.as_of, at("12:00:00"));
  ASSERT_TRUE(view.figures) << view.unknown_reason;
  ASSERT_EQ(view.positions.size(), 2U);
  EXPECT_EQ(view.positions[0].instrument, "BTC-USD");
  EXPECT_NEAR(view.positions[0].coins, -2'000.0 / 10'010.0, 1e-12);
  EXPECT_EQ(view.positions[1].instrument, "BTC-C9");
  EXPECT_EQ(view.positions[1].coins, -2.0);
  EXPECT_NEAR(*view.positions[1].initial, 2.0 * (0.15 + 0.12), 1e-12);
  EXPECT_EQ(*view.positions[0].initial + *view.positions[1].initial, view.figures->initial);
  EXPECT_EQ(*view.positions[0].maintenance + *view.positions[1].maintenance,
            view.figures->maintenance);
  EXPECT_TRUE(view.by_coin.empty());
  EXPECT_EQ(view.state, MarginState::covered);
  EXPECT_NEAR(view.figures->equity, 1.24, 1e-12);
  EXPECT_EQ(*view.figures->use, view.figures->initial / view.figures->equity);
  EXPECT_EQ(view.figures->free, view.figures->equity - view.figures->initial);
  EXPECT_EQ(view.figures->free_in_flight, view.figures->free);
  EXPECT_EQ(view.figures->age_seconds, 60.0) << "the surface is the oldest input";
  const MarginView quote = margin_view(engine, in_quote);
  EXPECT_FALSE(quote.figures->use) << "without equity there is no share of it";
  EXPECT_FALSE(quote.figures->age_seconds) << "it rests on nothing";
}

TEST(MarginViews, name_the_worst_scenario_of_a_portfolio) {
  Desk desk = margined_desk(MarginKind::portfolio);
  desk.margins[in_coin].volatility_up = 0.4;
  Engine engine(desk);
  trade(engine, desk);
  const MarginView view = margin_view(engine, in_coin);
  ASSERT_TRUE(view.figures) << view.unknown_reason;
  ASSERT_EQ(view.by_coin.size(), 1U);
  const CoinMarginView& coin = view.by_coin[0];
  EXPECT_EQ(coin.coin, "BTC");
  ASSERT_TRUE(coin.worst);
  EXPECT_EQ(coin.worst->price_move, 0.16) << "short calls lose as it rises";
  EXPECT_EQ(coin.worst->vol, DeribitVolShock::up);
  EXPECT_EQ(coin.worst->vol_move, 0.4);
  EXPECT_FALSE(coin.worst->extended);
  EXPECT_GT(coin.loss, 0.1);
  EXPECT_GT(coin.roll_shock, 0.0);
  EXPECT_NEAR(coin.loss + coin.delta_shock + coin.roll_shock, coin.initial, 1e-9);
  EXPECT_EQ(coin.initial, view.figures->initial);
  EXPECT_EQ(coin.maintenance, view.figures->maintenance);
  ASSERT_EQ(view.positions.size(), 2U);
  EXPECT_FALSE(view.positions[1].initial) << "only all together have one";
}

TEST(MarginViews, say_how_far_volatility_falls_in_the_worst_scenario) {
  Desk desk = margined_desk(MarginKind::portfolio);
  desk.margins[in_coin].volatility_down = 0.3;
  Engine engine(desk);
  Trader mm{&desk, "mm", 100};
  trade(engine, desk);
  engine.step(mm.fill(at("12:00:01"), "BTC-C9", Side::buy, "4", "0.12"));
  const MarginView view = margin_view(engine, in_coin);
  ASSERT_EQ(view.by_coin.size(), 1U) << view.unknown_reason;
  ASSERT_TRUE(view.by_coin[0].worst);
  EXPECT_EQ(view.by_coin[0].worst->price_move, -0.16) << "two long calls lose as it falls";
  EXPECT_EQ(view.by_coin[0].worst->vol, DeribitVolShock::down);
  EXPECT_EQ(view.by_coin[0].worst->vol_move, -0.3);
}

TEST(MarginViews, know_no_worst_scenario_where_none_loses) {
  const Desk desk = margined_desk(MarginKind::portfolio);
  Engine engine(desk);
  Trader mm{&desk, "mm", 100};
  trade(engine, desk);
  engine.step(mm.fill(at("12:00:01"), "BTC-C9", Side::buy, "2", "0.12"));
  engine.step(mm.fill(at("12:00:01"), "BTC-USD", Side::buy, "20", "10010"));
  EXPECT_TRUE(margin_view(engine, in_coin).by_coin.empty()) << "nothing is held";
  engine.step(mm.fill(at("12:00:01"), "BTC-C9", Side::buy, "1", "0"));
  engine.step(flat(at("12:00:01"), 0.0001));
  engine.step(mm.mark(at("12:00:01"), "BTC-USDT", "5000"));
  const MarginView view = margin_view(engine, in_coin);
  ASSERT_EQ(view.by_coin.size(), 1U) << view.unknown_reason;
  EXPECT_EQ(view.by_coin[0].loss, 0.0) << "a call that is worth nothing can only gain";
  EXPECT_FALSE(view.by_coin[0].worst);
}

TEST(MarginViews, say_how_equity_stands_to_what_is_asked_for) {
  const Desk desk = margined_desk(MarginKind::standard);
  const auto state = [&](const char* deposit) {
    Engine engine(desk);
    trade(engine, desk);
    engine.step(coins(at("12:00:01"), deposit));
    return margin_view(engine, in_coin).state;
  };
  // 1.24 coins of equity; 0.544 initial and 0.392 maintenance.
  EXPECT_EQ(state("-0.69"), MarginState::covered);
  EXPECT_EQ(state("-0.70"), MarginState::below_initial);
  EXPECT_EQ(state("-0.84"), MarginState::below_initial);
  EXPECT_EQ(state("-0.85"), MarginState::below_maintenance);
  EXPECT_EQ(state("-5"), MarginState::below_maintenance);
}

TEST(MarginViews, are_unknown_without_an_input_and_with_one_that_is_too_old) {
  Desk desk = margined_desk(MarginKind::standard);
  desk.margins[in_coin].max_age = Duration::seconds(90);
  Engine engine(desk);
  Trader mm{&desk, "mm", 100};
  engine.step(mm.fill(at("11:59:00"), "BTC-C9", Side::sell, "1", "0.12"));
  const MarginView bare = margin_view(engine, in_coin);
  EXPECT_EQ(bare.state, MarginState::unknown);
  EXPECT_EQ(bare.unknown_reason, "BTC-C9: no forward is known");
  EXPECT_FALSE(bare.figures);
  EXPECT_TRUE(bare.positions.empty());
  trade(engine, desk);
  const auto lack = [&](const char* clock) {
    engine.step({at(clock), Tick{}});
    return margin_view(engine, in_coin).unknown_reason;
  };
  EXPECT_EQ(lack("12:00:30"), "");
  EXPECT_EQ(lack("12:00:31"), "BTC-C9: its volatility is 91 s old, max_age is 1m30s");
  engine.step(flat(at("12:00:40"), 0.6));
  EXPECT_EQ(lack("12:01:30"), "");
  EXPECT_EQ(lack("12:01:31"), "BTC-USD: its price is 91 s old, max_age is 1m30s");
  engine.step(mm.mark(at("12:01:31"), "BTC-USD", "10010"));
  EXPECT_EQ(lack("12:01:32"), "BTC-USD: the price of its coin is 92 s old, max_age is 1m30s");
  engine.step(mm.mark(at("12:01:32"), "BTC-USDT", "10000"));
  EXPECT_EQ(lack("12:01:33"), "BTC-C9: its price is 93 s old, max_age is 1m30s");
  engine.step(mm.mark(at("12:01:33"), "BTC-C9", "0.12"));
  EXPECT_EQ(lack("12:01:34"), "");
  EXPECT_EQ(*margin_view(engine, in_coin).figures->age_seconds, 54.0);
  EXPECT_EQ(margin_view(engine, in_quote).unknown_reason, "") << "it has no max_age";
}

/// What the rail `margin` says of an order, or nothing.
std::string rail(const Engine& engine, const Order& order) {
  const auto block =
      Gate().check(Seen(engine), engine.control().orders(), {}, nullptr, order, false);
  return block ? fmt::format("{}: {}", block->rail, block->why) : "";
}

double budget(const Engine& engine, const Desk& desk) {
  HedgeConfig hedge;
  hedge.instrument = desk.find_instrument("BTC-USD");
  hedge.place = {VenueId{0}, AccountName("main")};
  HedgeInstrument program;
  program.least = -10.0;
  program.most = 10.0;
  const auto free = set_margin(Seen(engine), engine.control().orders(), hedge, program);
  EXPECT_TRUE(free) << free.error().what;
  return free ? free->free : -1.0;
}

TEST(MarginViews, show_what_hedges_may_spend_and_what_the_rail_decides_by) {
  for (const MarginKind kind : {MarginKind::standard, MarginKind::portfolio}) {
    const Desk desk = margined_desk(kind);
    Engine engine(desk);
    trade(engine, desk);
    engine.step(top(desk, at("12:00:00"), "BTC-USD", "10009", "10011"));
    const auto figures = *margin_view(engine, in_coin).figures;
    EXPECT_GT(figures.free, 0.0);
    EXPECT_EQ(budget(engine, desk), figures.free * 10'000.0) << "in the reporting currency";
    const std::string held = rail(engine, sale(desk, "BTC-USD", "5000"));
    EXPECT_NE(held.find(fmt::format(" of {:.12g} equity; {:.12g} is free without this order",
                                    figures.equity, figures.free)),
              std::string::npos)
        << held;

    engine.step({at("12:00:00"), sale(desk, "BTC-USD", "30")});
    const auto then = *margin_view(engine, in_coin).figures;
    EXPECT_EQ(then.free, figures.free) << "an order is no position";
    EXPECT_LT(*then.free_in_flight, figures.free);
    EXPECT_EQ(budget(engine, desk), *then.free_in_flight * 10'000.0);
    const std::string later = rail(engine, sale(desk, "BTC-USD", "5000"));
    EXPECT_NE(later.find(fmt::format("{:.12g} is free without this order", *then.free_in_flight)),
              std::string::npos)
        << later;
  }
}

TEST(MarginViews, are_unknown_where_hedges_and_the_rail_know_nothing) {
  Desk desk = margined_desk(MarginKind::standard);
  desk.margins[in_coin].max_age = Duration::seconds(90);
  Engine engine(desk);
  trade(engine, desk);
  engine.step(top(desk, at("12:00:31"), "BTC-USD", "10009", "10011"));
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:31"), "BTC-USD", "10010"));
  const std::string why = margin_view(engine, in_coin).unknown_reason;
  EXPECT_EQ(why, "BTC-C9: its volatility is 91 s old, max_age is 1m30s");
  EXPECT_EQ(rail(engine, sale(desk, "BTC-USD", "1")), "margin: cannot be evaluated: " + why);
  HedgeConfig hedge;
  hedge.instrument = desk.find_instrument("BTC-USD");
  hedge.place = {VenueId{0}, AccountName("main")};
  HedgeInstrument program;
  const auto free = set_margin(Seen(engine), engine.control().orders(), hedge, program);
  ASSERT_FALSE(free);
  EXPECT_EQ(free.error().what, why);
}

}  // namespace
}  // namespace ballast
