#include "quant/margin/deribit_standard.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr DeribitSettlement coin = DeribitSettlement::coin;
constexpr DeribitSettlement quote = DeribitSettlement::quote;

DeribitPosition perpetual(double size) { return {.size = size}; }

DeribitPosition option(OptionRight right, double size, double strike, double mark) {
  return {.instrument = DeribitInstrument::option,
          .size = size,
          .forward = 10000.0,
          .right = right,
          .strike = strike,
          .mark = mark};
}
DeribitPosition call(double size, double strike = 9000.0, double mark = 0.025) {
  return option(OptionRight::call, size, strike, mark);
}
DeribitPosition put(double size, double strike = 9000.0, double mark = 0.025) {
  return option(OptionRight::put, size, strike, mark);
}

DeribitMargin margin_of(DeribitSettlement settlement,
                        double index,
                        const DeribitPosition& position,
                        const DeribitStandardRules& rules = {}) {
  const auto margin = deribit_standard_margin({settlement, index, {position}}, rules);
  EXPECT_TRUE(margin) << margin.error().what;
  return margin ? margin->total : DeribitMargin{-1.0, -1.0};
}

std::string refusal(const DeribitBook& book, const DeribitStandardRules& rules = {}) {
  const auto margin = deribit_standard_margin(book, rules);
  return margin ? "none" : margin.error().what;
}

// Deribit, support article 25944738177565, "Linear Perpetual": examples of BTC_USDC at 100,000 and
// SOL_USDC at 200.
TEST(DeribitStandard, gives_the_published_examples_of_linear_perpetuals) {
  const DeribitStandardRules sol{.futures = deribit_sol_futures};
  for (const double side : {1.0, -1.0}) {
    const DeribitMargin btc_25 = margin_of(quote, 100000.0, perpetual(side * 25.0));
    EXPECT_NEAR(btc_25.initial, 53125.0, 1e-6);
    EXPECT_NEAR(btc_25.maintenance, 28125.0, 1e-6);
    EXPECT_NEAR(margin_of(quote, 100000.0, perpetual(side * 350.0)).initial, 1312500.0, 1e-6);
    const DeribitMargin sol_25 = margin_of(quote, 200.0, perpetual(side * 25.0), sol);
    EXPECT_NEAR(sol_25.initial, 200.625, 1e-9);
    EXPECT_NEAR(sol_25.maintenance, 100.625, 1e-9);
    EXPECT_NEAR(margin_of(quote, 200.0, perpetual(side * 6000.0), sol).initial, 84000.0, 1e-6);
  }
  EXPECT_EQ(margin_of(quote, 100000.0, perpetual(0.0)).initial, 0.0);
}

// Deribit, support article 25944826427293: BTC 2 % + 0.005 % a coin, ETH 2 % + 0.0004 % a coin.
TEST(DeribitStandard, margins_inverse_futures_in_coin_without_a_price) {
  const DeribitMargin btc = margin_of(coin, 0.0, perpetual(-100.0));
  EXPECT_NEAR(btc.initial, 2.5, 1e-12);
  EXPECT_NEAR(btc.maintenance, 1.5, 1e-12);
  const DeribitMargin eth = margin_of(coin, 0.0, perpetual(1000.0), {deribit_eth_futures, {}});
  EXPECT_NEAR(eth.initial, 24.0, 1e-12);
  EXPECT_NEAR(eth.maintenance, 14.0, 1e-12);
}

// A peer's tests of Deribit's formulas: underlying 10000, strike 9000, mark 0.025 coin.
TEST(DeribitStandard, gives_a_peer_s_numbers_for_short_options) {
  const double usd = 10000.0;
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0)).initial * usd, 1750.0, 1e-9);
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0)).maintenance * usd, 1000.0, 1e-9);
  EXPECT_NEAR(margin_of(coin, 0.0, put(-1.0)).initial * usd, 1250.0, 1e-9);
  EXPECT_NEAR(margin_of(coin, 0.0, put(-1.0)).maintenance * usd, 1000.0, 1e-9);
}

TEST(DeribitStandard, asks_nothing_for_long_options) {
  for (const DeribitPosition& position : {call(3.0), put(3.0), call(0.0)}) {
    EXPECT_EQ(margin_of(coin, 0.0, position).initial, 0.0);
    EXPECT_EQ(margin_of(quote, 10000.0, position).maintenance, 0.0);
  }
}

TEST(DeribitStandard, falls_with_the_distance_out_of_the_money_down_to_the_least) {
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0, 10000.0, 0.0)).initial, 0.15, 1e-15);
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0, 10200.0, 0.0)).initial, 0.13, 1e-15);
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0, 10500.0, 0.0)).initial, 0.10, 1e-15);
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0, 20000.0, 0.0)).initial, 0.10, 1e-15);
  EXPECT_NEAR(margin_of(coin, 0.0, put(-1.0, 9800.0, 0.0)).initial, 0.13, 1e-15);
  EXPECT_NEAR(margin_of(coin, 0.0, put(-1.0, 20000.0, 0.0)).initial, 0.15, 1e-15);
}

// A put worth coins is margined by its mark, and initial margin is never below maintenance.
TEST(DeribitStandard, margins_a_put_deep_in_the_money_by_its_mark) {
  const DeribitMargin deep = margin_of(coin, 0.0, put(-1.0, 50000.0, 4.0));
  EXPECT_NEAR(deep.maintenance, 0.075 * 4.0 + 4.0, 1e-14);
  EXPECT_EQ(deep.initial, deep.maintenance);
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0, 1000.0, 4.0)).maintenance, 4.075, 1e-14);
}

TEST(DeribitStandard, is_the_same_in_either_settlement_up_to_the_price) {
  for (const double strike : {5000.0, 9000.0, 10300.0, 40000.0}) {
    for (const double mark : {0.0, 0.01, 0.3, 2.0}) {
      for (const OptionRight right : {OptionRight::call, OptionRight::put}) {
        const DeribitMargin in_coin = margin_of(coin, 0.0, option(right, -7.0, strike, mark));
        const DeribitMargin in_quote =
            margin_of(quote, 9990.0, option(right, -7.0, strike, mark * 10000.0));
        EXPECT_NEAR(in_quote.initial, in_coin.initial * 10000.0, 1e-9 * in_quote.initial);
        EXPECT_NEAR(in_quote.maintenance, in_coin.maintenance * 10000.0,
                    1e-9 * in_quote.maintenance);
      }
    }
  }
}

TEST(DeribitStandard, adds_up_over_positions_and_is_homogeneous_for_options) {
  const DeribitBook book{coin, 0.0, {perpetual(40.0), call(-2.0), put(-5.0), call(9.0)}};
  const auto margin = deribit_standard_margin(book);
  ASSERT_TRUE(margin);
  ASSERT_EQ(margin->positions.size(), 4U);
  DeribitMargin sum;
  for (const DeribitMargin& one : margin->positions) {
    sum.initial += one.initial;
    sum.maintenance += one.maintenance;
    EXPECT_LE(one.maintenance, one.initial);
  }
  EXPECT_DOUBLE_EQ(margin->total.initial, sum.initial);
  EXPECT_DOUBLE_EQ(margin->total.maintenance, sum.maintenance);
  EXPECT_NEAR(margin_of(coin, 0.0, put(-15.0)).initial,
              3.0 * margin_of(coin, 0.0, put(-5.0)).initial, 1e-14);
  // The share that grows with size makes one position dearer than two of half.
  EXPECT_GT(margin_of(coin, 0.0, perpetual(80.0)).initial,
            2.0 * margin_of(coin, 0.0, perpetual(40.0)).initial);
  const auto none = deribit_standard_margin({});
  EXPECT_EQ(none->total.initial, 0.0);
}

TEST(DeribitStandard, follows_each_of_its_rules) {
  const DeribitStandardRules rules{
      .futures = {.initial = 0.1, .maintenance = 0.05, .per_coin = 0.001},
      .options = {
          .initial = 0.3, .initial_min = 0.25, .maintenance = 0.2, .put_mark_maintenance = 0.5}};
  EXPECT_NEAR(margin_of(coin, 0.0, perpetual(10.0), rules).initial, 1.1, 1e-14);
  EXPECT_NEAR(margin_of(coin, 0.0, perpetual(10.0), rules).maintenance, 0.6, 1e-14);
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0, 10200.0, 0.1), rules).initial, 0.38, 1e-14);
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0, 10700.0, 0.1), rules).initial, 0.35, 1e-14);
  EXPECT_NEAR(margin_of(coin, 0.0, call(-1.0, 10700.0, 0.1), rules).maintenance, 0.3, 1e-14);
  EXPECT_NEAR(margin_of(coin, 0.0, put(-1.0, 20000.0, 1.0), rules).maintenance, 1.5, 1e-14);
}

TEST(DeribitStandard, refuses_what_is_no_position_and_names_it) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refusal({quote, 0.0, {perpetual(1.0)}}), "index is 0: it must be above 0");
  EXPECT_EQ(refusal({coin, 0.0, {perpetual(1.0), perpetual(nan)}}),
            "positions[1]: size is nan: it must be a finite number");
  EXPECT_EQ(refusal({coin, 0.0, {call(-1.0, 0.0)}}),
            "positions[0]: strike is 0: it must be above 0");
  EXPECT_EQ(refusal({coin, 0.0, {call(1.0, 9000.0, -0.1)}}),
            "positions[0]: mark is -0.1: it must be 0 or above");
  EXPECT_EQ(refusal({coin, 0.0, {{.instrument = DeribitInstrument::option, .strike = 1.0}}}),
            "positions[0]: forward is 0: it must be above 0");
  EXPECT_EQ(refusal({}, {.futures = {.initial = -0.1}}),
            "initial of futures is -0.1: it must be 0 or above");
  EXPECT_EQ(refusal({}, {.options = {.put_mark_maintenance = nan}}),
            "put_mark_maintenance is nan: it must be 0 or above");
  const auto huge = deribit_standard_margin({coin, 0.0, {perpetual(1e200)}});
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, Errc::overflow);
}

}  // namespace
}  // namespace ballast
