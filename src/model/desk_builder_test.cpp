#include "model/desk_builder.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(DeskBuilder, numbers_names_in_order_of_first_appearance) {
  DeskBuilder builder;
  const VenueId binance = builder.venue("binance");
  EXPECT_EQ(builder.asset("BTC").index(), 0u);
  EXPECT_EQ(builder.asset("USDT").index(), 1u);
  EXPECT_EQ(builder.asset("BTC").index(), 0u);
  EXPECT_EQ(builder.instrument("BTC-USDT", binance).index(), 0u);
  EXPECT_EQ(builder.instrument("ETH-USDT", binance).index(), 1u);
  EXPECT_EQ(builder.instrument("BTC-USDT", binance).index(), 0u);
  EXPECT_EQ(builder.desk().assets.size(), 2u);
  EXPECT_EQ(builder.desk().instruments.size(), 2u);
}

TEST(DeskBuilder, builds_a_desk_whose_own_lookups_agree_and_whose_venues_take_any_account) {
  DeskBuilder builder;
  const VenueId okx = builder.venue("okx");
  const InstrumentId perp = builder.instrument("BTC-USD-SWAP", okx);
  const Desk& desk = builder.desk();
  EXPECT_EQ(desk.find_venue("okx"), okx);
  EXPECT_EQ(desk.find_instrument("BTC-USD-SWAP"), perp);
  EXPECT_EQ(desk.instrument(perp).venue, okx);
  EXPECT_TRUE(desk.venue(okx).any_account());
  const VenueId other = builder.venue("deribit");
  EXPECT_EQ(builder.instrument("BTC-USD-SWAP", other), perp);
  EXPECT_EQ(desk.instrument(perp).venue, okx);
}

}  // namespace
}  // namespace ballast
