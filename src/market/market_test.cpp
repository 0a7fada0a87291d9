#include "market/market.hpp"

#include <gtest/gtest.h>

#include "base/archive.hpp"

namespace ballast {
namespace {

constexpr AssetId usdt{0}, btc{1}, eth{2}, usd{3};
constexpr InstrumentId btc_usdt{0}, eth_btc{1}, btc_perp{2};

Desk three_instruments() {
  Desk desk;
  desk.assets = {{"USDT", {}}, {"BTC", {}}, {"ETH", {}}, {"USD", usdt}};
  desk.currency = usdt;
  desk.venues = {{"v", {"main"}}};
  const auto add = [&](const char* name, InstrumentKind kind, AssetId base, AssetId quote) {
    Instrument instrument;
    instrument.name = name;
    instrument.kind = kind;
    instrument.venue = VenueId{0};
    instrument.base = base;
    instrument.quote = quote;
    desk.instruments.push_back(instrument);
  };
  add("BTC-USDT", InstrumentKind::spot, btc, usdt);
  add("ETH-BTC", InstrumentKind::spot, eth, btc);
  add("BTC-PERP", InstrumentKind::linear_perpetual, btc, usdt);
  return desk;
}

class MarketTest : public ::testing::Test {
 protected:
  MarketChange mark(std::int64_t second, InstrumentId id, std::int64_t price) {
    Mark mark;
    mark.instrument = id;
    mark.price = Price::whole(price);
    return market.apply(at(second), mark);
  }
  MarketChange mark(std::int64_t second, AssetId asset, AssetId quote, std::int64_t price) {
    Mark mark;
    mark.asset = asset;
    mark.quote = quote;
    mark.price = Price::whole(price);
    return market.apply(at(second), mark);
  }
  MarketChange top(std::int64_t second, std::int64_t bid, std::int64_t ask, std::int64_t bid_qty) {
    return market.apply(at(second), Top{btc_usdt, Price::whole(bid), Quantity::whole(bid_qty),
                                        Price::whole(ask), Quantity::whole(1)});
  }
  static Timestamp at(std::int64_t second) { return {second * 1'000'000'000}; }
  std::optional<Price> price(AssetId id) const {
    const Quoted& quoted = market.asset_price(id);
    return quoted.present ? std::optional(quoted.price) : std::nullopt;
  }

  Desk desk = three_instruments();
  Market market{desk};
};

TEST_F(MarketTest, the_reporting_currency_and_its_equals_cost_one_and_never_age) {
  EXPECT_EQ(price(usdt), Price::whole(1));
  EXPECT_EQ(price(usd), Price::whole(1));
  EXPECT_TRUE(market.fixed(usd));
  EXPECT_FALSE(market.fixed(btc));
  EXPECT_EQ(price(btc), std::nullopt);
}

TEST_F(MarketTest, a_mark_prices_its_instrument_and_the_asset) {
  const MarketChange change = mark(1, btc_usdt, 50'000);
  EXPECT_TRUE(change.priced);
  EXPECT_EQ(change.before, std::nullopt);
  EXPECT_EQ(market.price(btc_usdt).price, Price::whole(50'000));
  EXPECT_EQ(price(btc), Price::whole(50'000));
  ASSERT_EQ(market.asset_changes().size(), 1U);
  EXPECT_EQ(market.asset_changes()[0].after, Price::whole(50'000));
  EXPECT_EQ(mark(2, btc_usdt, 51'000).before, Price::whole(50'000));
}

TEST_F(MarketTest, a_quote_in_another_asset_is_converted_and_follows_that_asset) {
  mark(1, eth_btc, 2);
  EXPECT_EQ(price(eth), std::nullopt);  // no price of BTC yet
  mark(2, btc_usdt, 100);
  EXPECT_EQ(price(eth), Price::whole(200));
  EXPECT_EQ(market.asset_price(eth).t, at(1));  // as old as its oldest input
  mark(3, btc_usdt, 110);
  EXPECT_EQ(price(eth), Price::whole(220));
  ASSERT_EQ(market.asset_changes().size(), 2U);
}

TEST_F(MarketTest, asset_marks_come_before_spot_and_spot_before_derivatives) {
  mark(1, btc_perp, 90);
  EXPECT_EQ(price(btc), Price::whole(90));
  mark(2, btc_usdt, 100);
  EXPECT_EQ(price(btc), Price::whole(100));
  mark(3, btc, usdt, 95);
  EXPECT_EQ(price(btc), Price::whole(95));
  mark(4, btc_usdt, 101);
  EXPECT_EQ(price(btc), Price::whole(95));
  EXPECT_TRUE(market.asset_changes().empty());
}

TEST_F(MarketTest, an_older_mark_changes_nothing_and_is_counted) {
  mark(10, btc_usdt, 100);
  const MarketChange late = mark(9, btc_usdt, 99);
  EXPECT_FALSE(late.priced);
  EXPECT_EQ(price(btc), Price::whole(100));
  EXPECT_EQ(market.late_marks(), 1U);
  EXPECT_TRUE(mark(10, btc_usdt, 98).priced);  // of equal times the later word counts
}

TEST_F(MarketTest, the_middle_of_two_sided_tops_prices_until_the_first_mark) {
  EXPECT_TRUE(top(1, 99, 102, 1).priced);
  EXPECT_EQ(price(btc), *parse_decimal<Price>("100.5"));
  EXPECT_FALSE(top(2, 90, 102, 0).priced);  // one-sided: no middle
  EXPECT_EQ(market.top(btc_usdt).bid, Price::whole(90));
  mark(3, btc_usdt, 105);
  EXPECT_FALSE(top(4, 1, 3, 1).priced);
  EXPECT_EQ(price(btc), Price::whole(105));
}

TEST_F(MarketTest, a_conversion_out_of_range_is_refused_whole) {
  mark(1, btc_usdt, 1'000'000'000'000);
  const MarketChange change = mark(2, eth_btc, 1'000'000'000'000);
  EXPECT_TRUE(change.overflow);
  EXPECT_FALSE(change.priced);
  EXPECT_FALSE(market.price(eth_btc).present);
  EXPECT_EQ(price(eth), std::nullopt);
  EXPECT_EQ(price(btc), Price::whole(1'000'000'000'000));
}

TEST_F(MarketTest, goes_on_from_its_bytes) {
  mark(1, eth_btc, 2);
  mark(2, btc, usdt, 100);
  top(3, 99, 101, 1);
  std::string bytes;
  SaveArchive save(bytes);
  market.archive(save);
  Market again(desk);
  LoadArchive load(bytes);
  again.archive(load);
  ASSERT_TRUE(load.done());
  EXPECT_EQ(again.asset_price(eth).price, Price::whole(200));
  Mark next;
  next.asset = btc;
  next.quote = usdt;
  next.price = Price::whole(110);
  again.apply(at(4), next);
  EXPECT_EQ(again.asset_price(eth).price, Price::whole(220));
}

TEST_F(MarketTest, prices_one_asset_in_another_through_the_reporting_currency) {
  EXPECT_EQ(market.price_in(btc, usdt), std::nullopt);
  EXPECT_EQ(market.price_in(usdt, btc), std::nullopt);
  mark(1, btc_usdt, 60'000);
  EXPECT_EQ(market.price_in(btc, usdt), Price::whole(60'000));
  EXPECT_EQ(market.price_in(btc, usd), Price::whole(60'000));
  EXPECT_EQ(market.price_in(eth, btc), std::nullopt);
  mark(2, eth, usdt, 3'000);
  EXPECT_EQ(market.price_in(eth, btc), Price::from_raw(decimal_one / 20));
  EXPECT_EQ(market.price_in(btc, eth), Price::whole(20));
  EXPECT_EQ(market.price_in(btc, btc), Price::whole(1));
}

}  // namespace
}  // namespace ballast
