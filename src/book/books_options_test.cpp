// Options in the books: premiums paid when they trade, in quote or in coin, and what expiry pays.
#include <string>

#include <gtest/gtest.h>

#include "book/book_test_support.hpp"

namespace ballast {
namespace {

using namespace book_test;

const InstrumentId coin_call{std::size_t{4}};
const InstrumentId quote_put{std::size_t{5}};

Desk desk_with_options() {
  Desk made = desk();
  Instrument option = made.instruments[linear.index()];
  option.name = "BTC-CALL";
  option.kind = InstrumentKind::option_inverse;
  option.contract_size = qty("0.1");
  option.strike = price("60000");
  option.expiry = at(1000);
  option.right = OptionRight::call;
  made.instruments.push_back(option);
  option.name = "BTC-PUT";
  option.kind = InstrumentKind::option_linear;
  option.right = OptionRight::put;
  made.instruments.push_back(option);
  return made;
}

Amount balance(const Books& books, AssetId asset) {
  for (const Balance& one : books.balances(AccountId{std::size_t{0}})) {
    if (one.asset == asset) return one.qty;
  }
  return {};
}

TEST(OptionFills, pay_their_premium_when_they_trade) {
  Books books(desk_with_options());
  books.apply(at(1), buy("1", "30", "0.04", coin_call));
  EXPECT_EQ(balance(books, btc), amount("-0.12"));
  EXPECT_EQ(books.positions()[0].cost, amount("0.12"));
  EXPECT_EQ(books.positions()[0].average, price("0.04"));
  EXPECT_EQ(books.positions()[0].realized, Amount{});
  books.apply(at(2), sell("2", "10", "0.06", coin_call));
  EXPECT_EQ(balance(books, btc), amount("-0.06"));
  EXPECT_EQ(books.positions()[0].realized, amount("0.02"));

  books.apply(at(3), sell("3", "20", "1000", quote_put));
  EXPECT_EQ(balance(books, usdt), amount("2000"));
  EXPECT_EQ(balance(books, btc), amount("-0.06"));
}

TEST(OptionFills, correct_and_bust_their_premium) {
  Books books(desk_with_options());
  const Fill fill = buy("1", "30", "0.04", coin_call);
  books.apply(at(1), fill);
  Correct correct;
  correct.key = fill.key;
  correct.price = price("0.05");
  EXPECT_TRUE(books.apply(at(2), correct).applied());
  EXPECT_EQ(balance(books, btc), amount("-0.15"));
  EXPECT_TRUE(books.apply(at(3), Bust{fill.key}).applied());
  EXPECT_EQ(balance(books, btc), Amount{});
}

TEST(OptionFills, close_at_the_payoff_or_at_nothing) {
  Books books(desk_with_options());
  books.apply(at(1), buy("1", "30", "0.04", coin_call));
  books.apply(at(1), sell("2", "20", "1000", quote_put));
  EXPECT_TRUE(books.apply(at(1000), sell("3", "30", "0.25", coin_call)).applied());
  EXPECT_TRUE(books.apply(at(1000), buy("4", "20", "0", quote_put)).applied());
  EXPECT_TRUE(books.positions()[0].qty.zero());
  EXPECT_TRUE(books.positions()[1].qty.zero());
  EXPECT_EQ(books.positions()[0].realized, amount("0.63"));
  EXPECT_EQ(books.positions()[1].realized, amount("2000"));
  EXPECT_EQ(balance(books, btc), amount("0.63"));
  EXPECT_EQ(balance(books, usdt), amount("2000"));
}

TEST(OptionFills, alone_may_have_the_price_zero) {
  Books books(desk_with_options());
  for (const InstrumentId instrument : {spot, linear, inverse})
    EXPECT_EQ(books.apply(at(1), buy("1", "1", "0", instrument)).why, Refusal::invalid);
  EXPECT_FALSE(books.apply(at(1), buy("1", "1", "-1", coin_call)).applied());
  EXPECT_TRUE(books.apply(at(1), buy("1", "1", "0", coin_call)).applied());
}

TEST(OptionFills, are_the_same_from_an_image) {
  const Desk desk = desk_with_options();
  Books books(desk);
  books.apply(at(1), sell("2", "20", "1000", quote_put));
  books.apply(at(1000), buy("4", "20", "0", quote_put));
  const std::string bytes = saved(books);
  Books again(desk);
  LoadArchive in(bytes);
  again.archive(in);
  EXPECT_TRUE(in.done());
  EXPECT_EQ(again.positions()[0], books.positions()[0]);
  EXPECT_EQ(saved(again), bytes);
}

}  // namespace
}  // namespace ballast
