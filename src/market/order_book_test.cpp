#include "market/order_book.hpp"

#include <iterator>
#include <map>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

Price price(const char* text) { return *parse_decimal<Price>(text); }
Quantity qty(const char* text) { return *parse_decimal<Quantity>(text); }

/// The obvious book: two ordered maps.
class NaiveBook {
 public:
  void apply(Side side, Price at, Quantity quantity) {
    auto& levels = side == Side::buy ? bids_ : asks_;
    if (quantity.zero()) {
      levels.erase(at);
    } else {
      levels[at] = quantity;
    }
  }
  std::vector<BookLevel> from_best(Side side) const {
    std::vector<BookLevel> out;
    for (const auto& [at, quantity] : side == Side::buy ? bids_ : asks_)
      out.push_back({at, quantity});
    if (side == Side::buy) std::reverse(out.begin(), out.end());
    return out;
  }

 private:
  std::map<Price, Quantity> bids_;
  std::map<Price, Quantity> asks_;
};

std::vector<BookLevel> from_best(const OrderBook& book, Side side) {
  std::vector<BookLevel> out;
  for (std::size_t rank = 0; rank < book.depth(side); ++rank)
    out.push_back(book.level(side, rank));
  return out;
}

TEST(OrderBook, equals_two_ordered_maps_after_every_random_update) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Rng rng(seed);
    OrderBook book;
    NaiveBook naive;
    for (int i = 0; i < 500; ++i) {
      const Side side = rng.chance(0.5) ? Side::buy : Side::sell;
      const Price at = Price::from_raw(rng.between(1, 40) * (decimal_one / 100));
      const Quantity quantity = Quantity::from_raw(rng.chance(0.4) ? 0 : rng.between(1, 1000));
      book.apply(side, at, quantity);
      naive.apply(side, at, quantity);
      ASSERT_EQ(from_best(book, Side::buy), naive.from_best(Side::buy));
      ASSERT_EQ(from_best(book, Side::sell), naive.from_best(Side::sell));
      const auto bids = naive.from_best(Side::buy);
      const auto asks = naive.from_best(Side::sell);
      ASSERT_EQ(book.crossed(), !bids.empty() && !asks.empty() && bids[0].price >= asks[0].price);
    }
  }
}

TEST(OrderBook, best_is_the_highest_bid_and_the_lowest_ask) {
  OrderBook book;
  EXPECT_EQ(book.best(Side::buy), nullptr);
  EXPECT_FALSE(book.two_sided());
  book.apply(Side::buy, price("99"), qty("1"));
  book.apply(Side::buy, price("100"), qty("2"));
  book.apply(Side::sell, price("102"), qty("3"));
  book.apply(Side::sell, price("101"), qty("4"));
  EXPECT_EQ(*book.best(Side::buy), (BookLevel{price("100"), qty("2")}));
  EXPECT_EQ(*book.best(Side::sell), (BookLevel{price("101"), qty("4")}));
  EXPECT_EQ(book.mid(), price("100.5"));
}

TEST(OrderBook, an_absolute_quantity_replaces_and_zero_removes) {
  OrderBook book;
  book.apply(Side::buy, price("10"), qty("1"));
  book.apply(Side::buy, price("10"), qty("7"));
  EXPECT_EQ(book.best(Side::buy)->qty, qty("7"));
  book.apply(Side::buy, price("10"), qty("0"));
  book.apply(Side::buy, price("11"), qty("0"));  // never was there
  EXPECT_EQ(book, OrderBook{});
}

TEST(OrderBook, an_odd_spread_in_the_last_digit_rounds_the_mid_half_to_even) {
  const auto mid_of = [](int bid, int ask) {
    OrderBook book;
    book.apply(Side::buy, Price::from_raw(bid), qty("1"));
    book.apply(Side::sell, Price::from_raw(ask), qty("1"));
    return static_cast<int>(book.mid().raw);
  };
  EXPECT_EQ(mid_of(2, 3), 2);  // 2.5
  EXPECT_EQ(mid_of(3, 4), 4);  // 3.5
  EXPECT_EQ(mid_of(4, 3), 4);  // 3.5, crossed
  EXPECT_EQ(mid_of(3, 2), 2);  // 2.5, crossed
  EXPECT_EQ(mid_of(2, 6), 4);
}

TEST(OrderBookDeathTest, a_negative_quantity_is_a_defect_of_the_caller) {
  OrderBook book;
  EXPECT_DEATH(book.apply(Side::buy, price("1"), qty("-1")), "qty.sign");
}

}  // namespace
}  // namespace ballast
