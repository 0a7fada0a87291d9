// An account's margin in the engine: from positions and marks, by the rules of quant/margin.
#include <string>

#include <gtest/gtest.h>

#include "control/account_margin.hpp"
#include "engine/engine.hpp"
#include "engine/margin_desk_test.hpp"
#include "quant/margin/deribit_portfolio.hpp"

namespace ballast {
namespace {

using test::at;
using test::coins;
using test::end_of_january;
using test::flat;
using test::in_coin;
using test::in_quote;
using test::margined_desk;
using test::Trader;

TEST(EngineMargin, is_that_of_the_published_short_call) {
  // At 10,000 a call struck at 9,000, marked at 0.025: 1,750 initial and 1,000 maintenance, by
  // LEAN's test of Deribit's model.
  const Desk desk = margined_desk(MarginKind::standard);
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(coins(at("12:00:00"), "1"));
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "10000"));
  engine.step(mm.mark(at("12:00:00"), "BTC-C9", "0.025"));
  engine.step(flat(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:00:00"), "BTC-C9", Side::sell, "2", "0.03"));
  const auto margin = engine.margin(in_coin);
  ASSERT_TRUE(margin) << margin.error().what;
  EXPECT_NEAR(margin->initial, 2.0 * 0.175, 1e-12);
  EXPECT_NEAR(margin->maintenance, 2.0 * 0.1, 1e-12);
  EXPECT_NEAR(margin->equity, 1.06, 1e-12) << "the premium is cash";
  EXPECT_EQ(engine.margin(in_quote)->initial, 0.0);
}

TEST(EngineMargin, counts_futures_with_their_unrealised_profit) {
  const Desk desk = margined_desk(MarginKind::standard);
  Engine engine(desk);
  Trader mm{&desk};
  Trader other{&desk, "other", 100};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "100000"));
  engine.step(mm.mark(at("12:00:00"), "BTC-PERP", "100000"));
  engine.step(mm.mark(at("12:00:00"), "BTC-USD", "100000"));
  engine.step(mm.fill(at("12:00:01"), "BTC-PERP", Side::buy, "20", "99000"));
  engine.step(other.fill(at("12:00:01"), "BTC-PERP", Side::buy, "5", "100000"));
  engine.step(mm.fill(at("12:00:02"), "BTC-USD", Side::sell, "1000", "100000"));
  const auto quote = engine.margin(in_quote);
  ASSERT_TRUE(quote) << quote.error().what;
  EXPECT_NEAR(quote->initial, 53'125.0, 1e-6);  // 25 BTC at 100,000: Deribit's example
  EXPECT_NEAR(quote->maintenance, 28'125.0, 1e-6);
  EXPECT_NEAR(quote->equity, 20'000.0, 1e-9);
  const auto coin = engine.margin(in_coin);
  ASSERT_TRUE(coin) << coin.error().what;
  EXPECT_NEAR(coin->initial, (0.02 + 0.00005) * 1.0, 1e-12);
  engine.step(mm.mark(at("12:00:03"), "BTC-USD", "80000"));  // a short gains coins as it falls
  EXPECT_NEAR(engine.margin(in_coin)->equity, 100'000.0 / 80'000.0 - 1.0, 1e-12);
}

TEST(EngineMargin, of_a_portfolio_is_the_worst_scenario_of_all_together) {
  const Desk desk = margined_desk(MarginKind::portfolio);
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(coins(at("12:00:00"), "1"));
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "10000"));
  engine.step(mm.mark(at("12:00:00"), "BTC-USD", "10010"));
  engine.step(mm.mark(at("12:00:00"), "BTC-C9", "0.12"));
  engine.step(flat(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:00:00"), "BTC-C9", Side::buy, "2", "0.12"));
  engine.step(mm.fill(at("12:00:00"), "BTC-USD", Side::sell, "130", "10010"));
  const auto margin = engine.margin(in_coin);
  ASSERT_TRUE(margin) << margin.error().what;
  DeribitBook book{DeribitSettlement::coin, 10'000.0, {}};
  book.positions.push_back({.instrument = DeribitInstrument::perpetual,
                            .size = -13'000.0 / 10'010.0,
                            .forward = 10'010.0});
  book.positions.push_back(
      {.instrument = DeribitInstrument::option,
       .size = 2.0,
       .forward = 10'000.0,
       .years = (end_of_january() - at("12:00:00")).to_seconds() / (365.0 * 86'400.0),
       .right = OptionRight::call,
       .strike = 9'000.0,
       .vol = 0.6});
  const auto want = deribit_portfolio_margin(book);
  ASSERT_TRUE(want);
  EXPECT_NEAR(margin->initial, want->margin.initial, 1e-12);
  EXPECT_NEAR(margin->maintenance, want->margin.maintenance, 1e-12);
  EXPECT_NEAR(margin->equity, 1.0, 1e-12) << "an option counts at its mark";
}

TEST(EngineMargin, is_unknown_without_a_price_a_forward_or_a_volatility) {
  const Desk desk = margined_desk(MarginKind::standard);
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.fill(at("12:00:00"), "BTC-C9", Side::sell, "2", "0.03"));
  const auto lack = [&](std::size_t index) {
    const auto margin = engine.margin(index);
    return margin ? std::string("nothing") : margin.error().what;
  };
  EXPECT_EQ(lack(in_coin), "BTC-C9: no forward is known");
  engine.step(mm.mark(at("12:00:01"), "BTC-USDT", "10000"));
  EXPECT_EQ(lack(in_coin), "BTC-C9: no volatility is known");
  engine.step(flat(at("12:00:01"), 0.6));
  EXPECT_EQ(lack(in_coin), "nothing");
  engine.step(mm.fill(at("12:00:02"), "BTC-PERP", Side::sell, "1", "10000"));
  EXPECT_EQ(lack(in_quote), "BTC-PERP: no price");
  EXPECT_EQ(lack(in_coin), "nothing");
  engine.step({end_of_january(), Tick{}});
  EXPECT_EQ(engine.margin(in_coin)->initial, 0.0) << "it has expired";
}

}  // namespace
}  // namespace ballast
