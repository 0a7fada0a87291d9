#include "book/position.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "book/book_test_support.hpp"

namespace ballast {
namespace {

using namespace book_test;

Contract contract_of(InstrumentId id) { return Contract::of(desk().instrument(id)); }

AverageCost after(InstrumentId instrument,
                  std::initializer_list<std::pair<const char*, const char*>> trades) {
  AverageCost position;
  std::int64_t t = 0;
  for (const auto& [quantity, at_price] : trades) {
    EXPECT_TRUE(position.trade(contract_of(instrument), at(++t), qty(quantity), price(at_price)));
  }
  return position;
}

// BitMEX, "Perpetual Contracts Guide", example: long 15,000 XBTUSD contracts from 750 to 800 gains
// 15000 * (1/750 - 1/800) = 1.25 XBT; the position was worth 15000/750 = 20 XBT at entry.
TEST(InversePosition, gains_what_bitmex_publishes) {
  const AverageCost open = after(inverse, {{"15000", "750"}});
  EXPECT_EQ(open.cost, amount("-20"));
  EXPECT_EQ(unrealized(contract_of(inverse), open, price("800")), amount("1.25"));
  const AverageCost closed = after(inverse, {{"15000", "750"}, {"-15000", "800"}});
  EXPECT_EQ(closed.realized, amount("1.25"));
  EXPECT_EQ(closed.qty, Quantity{});
}

// BitMEX user report ("r/BitMEX: Solved"): 885 contracts, entry 7299, exit 6635.5: -1,212,403
// satoshi.
TEST(InversePosition, loses_what_a_bitmex_user_was_charged) {
  const AverageCost closed = after(inverse, {{"885", "7299"}, {"-885", "6635.5"}});
  EXPECT_NEAR(to_double(closed.realized) * 1e8, -1212403.498, 0.001);
}

// NautilusTrader, fold_net_position / Position.apply: same-side legs average by quantity, opposite
// legs close at the standing average, and a leg that crosses zero leaves its rest at that leg's
// price.
TEST(AverageCostAccounting, averages_closes_and_flips_as_nautilus_documents) {
  const AverageCost added = after(spot, {{"10", "100"}, {"5", "130"}});
  EXPECT_EQ(added.average, price("110"));  // (10 * 100 + 5 * 130) / 15
  const AverageCost reduced = after(spot, {{"10", "100"}, {"5", "130"}, {"-6", "120"}});
  EXPECT_EQ(reduced.average, price("110"));
  EXPECT_EQ(reduced.realized, amount("60"));
  EXPECT_EQ(reduced.cost, amount("990"));
  const AverageCost flipped = after(spot, {{"10", "100"}, {"-15", "120"}});
  EXPECT_EQ(flipped.qty, qty("-5"));
  EXPECT_EQ(flipped.average, price("120"));
  EXPECT_EQ(flipped.realized, amount("200"));
  EXPECT_EQ(flipped.cost, amount("-600"));
}

TEST(AverageCostAccounting, states_the_harmonic_mean_for_inverse_contracts) {
  // 100 at 5,000 and 100 at 10,000: 200 / (100/5000 + 100/10000) = 6666.66...
  const AverageCost position = after(inverse, {{"100", "5000"}, {"100", "10000"}});
  EXPECT_EQ(position.average, price("6666.666666666666666667"));
}

TEST(AverageCostAccounting, keeps_the_exact_price_of_a_position_opened_at_one_price) {
  // Each value rounds, so cost / quantity would not give the price back.
  const char* third = "0.333333333333333333";
  const AverageCost position = after(spot, {{third, "0.777777777777777777"},
                                            {third, "0.777777777777777777"},
                                            {"-0.1", "5"},
                                            {third, "0.777777777777777777"}});
  EXPECT_EQ(position.average, price("0.777777777777777777"));
  EXPECT_FALSE(position.several_prices);
}

TEST(AverageCostAccounting, ends_flat_with_nothing_left_over) {
  const AverageCost flat = after(odd, {{"7", "3.000000000000000001"}, {"-3", "4"}, {"-4", "5"}});
  EXPECT_EQ(flat.qty, Quantity{});
  EXPECT_EQ(flat.cost, Amount{});
  EXPECT_EQ(flat.average, Price{});
  EXPECT_EQ(flat.fills, 3U);
}

TEST(AverageCostAccounting, refuses_what_overflows_and_stays_as_it_was) {
  const Quantity huge = Quantity::from_raw(int128_max);
  AverageCost position = after(spot, {{"1", "100"}});
  const AverageCost before = position;
  EXPECT_FALSE(position.trade(contract_of(spot), at(2), huge, price("1")));
  EXPECT_FALSE(position.trade(contract_of(spot), at(2), qty("1"), Price::from_raw(int128_max)));
  EXPECT_FALSE(position.trade(contract_of(inverse), at(2), huge, price("0.000000000000000001")));
  EXPECT_EQ(position, before);
}

/// Magnitudes from one unit to thousands, coarse and fine.
Int128 random_raw(Rng& rng) {
  const Int128 coarse = static_cast<Int128>(1 + rng.below(1'000'000)) * (decimal_one / 100'000);
  return rng.chance(0.5) ? coarse : coarse + static_cast<Int128>(rng.below(1'000'000'000'000));
}

TEST(AverageCostAccounting, equals_the_slow_replay_to_the_last_unit) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    const Instrument instrument = desk().instruments[rng.below(4)];
    const Contract contract = Contract::of(instrument);
    AverageCost position;
    SlowPosition slow;
    Price repeated = Price::from_raw(random_raw(rng));
    for (int i = 0; i < 60; ++i) {
      Quantity quantity = Quantity::from_raw(random_raw(rng));
      if (rng.chance(0.1) && !position.qty.zero()) quantity = position.qty.abs();
      if (rng.chance(0.5)) quantity = -quantity;
      const Price at_price = rng.chance(0.4) ? repeated : Price::from_raw(random_raw(rng));
      ASSERT_TRUE(position.trade(contract, at(i), quantity, at_price));
      slow.trade(instrument, Big(quantity.raw), Big(at_price.raw));
      ASSERT_EQ(position.qty.raw, slow.qty.to_raw());
      ASSERT_EQ(position.cost.raw, slow.cost.to_raw());
      ASSERT_EQ(position.realized.raw, slow.realized.to_raw());
      ASSERT_EQ(position.average.raw, slow.average.to_raw());
      ASSERT_EQ(position.flow().raw, slow.flow.to_raw());
      const Amount profit = *unrealized(contract, position, repeated);
      const Big marked = slow_value(instrument, slow.qty, Big(repeated.raw));
      ASSERT_EQ(profit + position.realized, Amount::from_raw((slow.flow + marked).to_raw()));
    }
  }
}

TEST(ContractValue, rounds_once_whatever_the_contract_size) {
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    Instrument instrument;
    instrument.kind =
        rng.chance(0.5) ? InstrumentKind::linear_future : InstrumentKind::inverse_future;
    const auto wide = [&rng] {
      const auto raw = static_cast<Int128>((UInt128{rng.next() >> rng.below(60)} << 20) |
                                           rng.next() % 1'000'000);
      return raw == 0 ? Int128{1} : raw;
    };
    instrument.contract_size.raw = wide();
    const Quantity quantity = Quantity::from_raw(rng.chance(0.5) ? wide() : -wide());
    const Price at_price = Price::from_raw(wide());
    const auto fast = value(Contract::of(instrument), quantity, at_price);
    const Big slow = slow_value(instrument, Big(quantity.raw), Big(at_price.raw));
    if (fast) {
      ASSERT_EQ(Big(fast->raw), slow);
    } else {
      const bool large =
          Big(int128_max) < slow.abs() ||
          Big(int128_max) <
              divide(Big(quantity.raw) * Big(instrument.contract_size.raw), big_one).abs();
      ASSERT_TRUE(large);
    }
  }
}

TEST(ContractValue, sees_ties_across_three_factors) {
  Instrument instrument;
  instrument.kind = InstrumentKind::linear_perpetual;
  const auto value_raw = [&](const char* size, const char* quantity, const char* at_price) {
    instrument.contract_size = qty(size);
    return value(Contract::of(instrument), qty(quantity), price(at_price))->raw;
  };
  EXPECT_EQ(value_raw("0.5", "0.000000000000000001", "1"), 0);  // a tie goes to the even 0
  EXPECT_EQ(value_raw("0.5", "0.000000000000000003", "1"), 2);  // and to the even 2
  EXPECT_EQ(value_raw("0.5", "0.000000000000000001", "1.000000000000000001"),
            1);  // just above a tie
  EXPECT_EQ(value_raw("0.5", "0.000000000000000001", "0.999999999999999999"), 0);  // just below
  EXPECT_EQ(value_raw("0.5", "-0.000000000000000001", "1.000000000000000001"), -1);
}

TEST(ContractValue, names_the_instrument_that_overflows) {
  const auto worth = value(desk().instrument(spot), Quantity::from_raw(int128_max), price("2"));
  ASSERT_FALSE(worth.has_value());
  EXPECT_EQ(worth.error().code, Errc::overflow);
  EXPECT_NE(worth.error().what.find("BTC-USDT"), std::string::npos);
}

}  // namespace
}  // namespace ballast
