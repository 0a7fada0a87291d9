// Fees by hand, and the rates and examples that Deribit ("Fees") and Binance ("Options fees")
// publish in their help pages.
#include "book/trade_fee.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "book/book_test_support.hpp"

namespace ballast {
namespace {

using namespace book_test;

Decimal share(std::string_view text) { return *parse_decimal<Decimal>(text); }

Instrument traded(InstrumentKind kind, std::string_view maker, std::string_view taker) {
  Instrument instrument;
  instrument.name = "traded";
  instrument.kind = kind;
  instrument.base = btc;
  instrument.quote = usdt;
  instrument.terms.maker_fee = share(maker);
  instrument.terms.taker_fee = share(taker);
  return instrument;
}

/// As Deribit charges BTC options.
Instrument coin_option() {
  Instrument option = traded(InstrumentKind::option_inverse, "0.0003", "0.0003");
  option.terms.fee_cap = share("0.125");
  return option;
}
/// As it charges those paid in a stablecoin; a contract is on a tenth of a coin.
Instrument quote_option() {
  Instrument option = traded(InstrumentKind::option_linear, "0.0001", "0.0005");
  option.contract_size = qty("0.1");
  option.terms.fee_cap = share("0.125");
  return option;
}

/// "0.0003 BTC"
std::string charged(const Instrument& instrument,
                    std::string_view quantity,
                    std::string_view at_price,
                    Liquidity liquidity = Liquidity::taker,
                    std::optional<Price> underlying = std::nullopt) {
  const auto fee = trade_fee(instrument, {qty(quantity), price(at_price), underlying, liquidity});
  if (!fee) return "unknown";
  return to_string(fee->amount) + (fee->asset == btc ? " BTC" : " USDT");
}

TEST(TradeFee, of_an_option_paid_in_coin_is_a_share_of_the_coin_whatever_the_premium) {
  EXPECT_EQ(charged(coin_option(), "1", "0.05"), "0.0003 BTC");
  EXPECT_EQ(charged(coin_option(), "1", "0.5"), "0.0003 BTC");
  EXPECT_EQ(charged(coin_option(), "-2.5", "0.05"), "0.00075 BTC");
  Instrument tenth = coin_option();
  tenth.contract_size = qty("0.1");
  EXPECT_EQ(charged(tenth, "10", "0.05"), "0.0003 BTC");
}

TEST(TradeFee, of_an_option_is_never_more_than_its_share_of_the_premium) {
  // Deribit's example: an option traded at 0.0001 BTC pays 0.0000125 BTC instead of 0.0003.
  EXPECT_EQ(charged(coin_option(), "1", "0.0001"), "0.0000125 BTC");
  EXPECT_EQ(charged(coin_option(), "20", "0.0001"), "0.00025 BTC");
  EXPECT_EQ(charged(coin_option(), "1", "0.0024"), "0.0003 BTC");  // where the two meet
  EXPECT_EQ(charged(coin_option(), "1", "0.0023"), "0.0002875 BTC");
  EXPECT_EQ(charged(coin_option(), "1", "0"), "0 BTC");  // expired worthless
  Instrument no_cap = coin_option();
  no_cap.terms.fee_cap.reset();
  EXPECT_EQ(charged(no_cap, "1", "0.0001"), "0.0003 BTC");
  EXPECT_EQ(charged(no_cap, "1", "0"), "0.0003 BTC");
}

TEST(TradeFee, of_an_option_paid_in_quote_is_a_share_of_the_underlyings_price) {
  const Price index = Price::whole(60'000);
  EXPECT_EQ(charged(quote_option(), "1", "2500", Liquidity::taker, index), "3 USDT");
  EXPECT_EQ(charged(quote_option(), "1", "2500", Liquidity::maker, index), "0.6 USDT");
  EXPECT_EQ(charged(quote_option(), "30", "40", Liquidity::taker, index), "15 USDT");  // capped
  EXPECT_EQ(charged(quote_option(), "30", "40", Liquidity::unknown, index), "15 USDT");
}

TEST(TradeFee, agrees_with_the_example_that_binance_publishes) {
  // "Options fees": 3 contracts of ETH at a premium of 1,000, the index at 2,000, a cap of 10 %.
  Instrument option = traded(InstrumentKind::option_linear, "0.0003", "0.0003");
  option.terms.fee_cap = share("0.1");
  EXPECT_EQ(charged(option, "3", "1000", Liquidity::taker, Price::whole(2'000)), "1.8 USDT");
}

TEST(TradeFee, of_an_option_paid_in_quote_is_unknown_without_the_underlyings_price) {
  EXPECT_EQ(charged(quote_option(), "1", "2500"), "unknown");
  EXPECT_TRUE(needs_underlying(quote_option()));
  EXPECT_FALSE(needs_underlying(coin_option()));
  const Instrument free = traded(InstrumentKind::option_linear, "0", "0");
  EXPECT_FALSE(needs_underlying(free));
  EXPECT_EQ(charged(free, "1", "2500"), "0 USDT");
}

TEST(TradeFee, a_rebate_of_an_option_is_capped_as_a_fee_is) {
  Instrument option = coin_option();
  option.terms.maker_fee = share("-0.0001");
  EXPECT_EQ(charged(option, "1", "0.05", Liquidity::maker), "-0.0001 BTC");
  EXPECT_EQ(charged(option, "1", "0.0001", Liquidity::maker), "-0.0000125 BTC");
}

TEST(TradeFee, of_all_else_is_a_share_of_the_notional) {
  const Instrument spot = traded(InstrumentKind::spot, "-0.0001", "0.001");
  EXPECT_EQ(charged(spot, "3", "100.3"), "0.3009 USDT");
  EXPECT_EQ(charged(spot, "-3", "100", Liquidity::maker), "-0.03 USDT");
  Instrument inverse = traded(InstrumentKind::inverse_perpetual, "0", "0.0005");
  inverse.contract_size = Quantity::whole(10);
  EXPECT_EQ(charged(inverse, "5000", "100000"), "0.00025 BTC");  // Deribit's: 50,000 at 100,000
}

TEST(TradeFee, out_of_the_decimal_range_is_unknown) {
  const Quantity most{Quantity::whole(9'000'000'000'000'000'000)};
  const Price high = Price::whole(1'000'000);
  const FeeInput input{most, high, high, Liquidity::taker};
  EXPECT_FALSE(trade_fee(traded(InstrumentKind::spot, "0", "0.001"), input));
  EXPECT_FALSE(trade_fee(coin_option(), input));
  EXPECT_FALSE(trade_fee(quote_option(), input));
}

TEST(TradeFee, of_an_option_is_the_smaller_of_two_shares_at_any_price) {
  Rng rng(20);
  for (int i = 0; i < 2'000; ++i) {
    Instrument option = rng.chance(0.5) ? coin_option() : quote_option();
    const double contracts = rng.uniform() * 1'000.0;
    const double in_coins = rng.uniform() * 0.01;
    const double index = 1.0 + rng.uniform() * 100'000.0;
    const bool coin = option.settlement() == btc;
    const double premium = coin ? in_coins : in_coins * index;
    const FeeInput input{*decimal_from_double<Quantity>(contracts, 12),
                         *decimal_from_double<Price>(premium, 12),
                         *decimal_from_double<Price>(index, 12),
                         rng.chance(0.5) ? Liquidity::maker : Liquidity::taker};
    const double rate = to_double(input.liquidity == Liquidity::maker ? option.terms.maker_fee
                                                                      : option.terms.taker_fee);
    const double coins = contracts * to_double(option.contract_size);
    const double expected = std::min(rate * coins * (coin ? 1.0 : index), 0.125 * coins * premium);
    const auto fee = trade_fee(option, input);
    ASSERT_TRUE(fee.has_value());
    EXPECT_EQ(fee->asset, coin ? btc : usdt);
    EXPECT_NEAR(to_double(fee->amount), expected, 1e-9 * (1.0 + expected));
  }
}

}  // namespace
}  // namespace ballast
