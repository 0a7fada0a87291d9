// Statements of venues against the books, through Books.
#include "book/reconciliation.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "book/book_test_support.hpp"

namespace ballast {
namespace {

using namespace book_test;
using Kind = BreakCandidate::Kind;

const AccountId main_account{std::size_t{0}};

Statement states(InstrumentId instrument, std::string_view quantity) {
  return {place("main", instrument == inverse ? bitmex : binance), instrument, AssetId{},
          qty(quantity)};
}
Statement states(AssetId asset, std::string_view quantity) {
  return {place(), InstrumentId{}, asset, qty(quantity)};
}
BalanceChange adjustment(AssetId asset, std::string_view quantity) {
  return {place(), asset, amount(quantity), TradeId{}, Note("adjustment")};
}
bool explains(const Break& what, Kind kind, std::string_view fill, std::string_view other = "") {
  return std::any_of(what.candidates.begin(), what.candidates.end(), [&](const BreakCandidate& c) {
    return c.kind == kind && c.id == id(fill) && c.other == id(other);
  });
}

/// Books that hold 3 contracts on two books, bought at 10 s and 20 s.
Books with_position() {
  Books books(desk());
  books.apply(at(10), buy("1", "1", "100", linear));
  Fill other = buy("2", "2", "100", linear);
  other.book = BookName("arb");
  books.apply(at(20), other);
  return books;
}

TEST(Reconciliation, compares_a_derivative_with_the_sum_over_books) {
  Books books = with_position();
  books.apply(at(30), states(linear, "3"));
  EXPECT_TRUE(books.breaks().empty());
  books.apply(at(31), states(linear, "4"));
  ASSERT_EQ(books.breaks().size(), 1U);
  EXPECT_EQ(books.breaks()[0].stated, qty("4"));
  EXPECT_EQ(books.breaks()[0].ours, qty("3"));
  EXPECT_EQ(books.breaks()[0].since, at(31));
  ASSERT_EQ(books.changes().breaks.size(), 1U);
  EXPECT_EQ(books.changes().breaks[0].state, BreakState::open);
  EXPECT_EQ(books.changes().breaks[0].instrument, linear);
  EXPECT_EQ(books.positions()[0].qty, qty("1"));  // never an invented fill
}

TEST(Reconciliation, compares_a_spot_statement_with_the_balance_of_the_base_asset) {
  Books books(desk());
  books.apply(at(1), buy("1", "2", "100"));
  books.apply(at(2), adjustment(btc, "0.5"));
  books.apply(at(3), states(spot, "2.5"));
  EXPECT_TRUE(books.breaks().empty());
  books.apply(at(4), states(btc, "2"));
  ASSERT_EQ(books.breaks().size(), 1U);
  EXPECT_EQ(books.breaks()[0].place.asset, btc);
  EXPECT_FALSE(books.breaks()[0].place.instrument.valid());
}

TEST(Breaks, close_when_a_later_statement_agrees_and_keep_their_first_time_until_then) {
  Books books = with_position();
  books.apply(at(30), states(linear, "4"));
  books.apply(at(40), states(linear, "5"));
  ASSERT_EQ(books.breaks().size(), 1U);
  EXPECT_EQ(books.breaks()[0].since, at(30));
  EXPECT_EQ(books.breaks()[0].stated, qty("5"));
  EXPECT_TRUE(books.changes().breaks.empty());  // it was open already
  books.apply(at(50), states(linear, "3"));
  ASSERT_EQ(books.changes().breaks.size(), 1U);
  EXPECT_EQ(books.changes().breaks[0].state, BreakState::closed);
  ASSERT_EQ(books.breaks().size(), 1U);
  EXPECT_EQ(books.breaks()[0].closed, at(50));
}

TEST(Breaks, are_not_touched_by_ordinary_later_fills) {
  Books books = with_position();
  books.apply(at(30), states(linear, "4"));
  books.apply(at(40), buy("3", "1", "100", linear));  // would make 4, but after the statement
  ASSERT_FALSE(books.breaks()[0].closed);
  EXPECT_EQ(books.breaks()[0].ours, qty("3"));
}

TEST(Breaks, close_by_a_late_fill_that_was_missing) {
  Books books = with_position();
  books.apply(at(30), states(linear, "4"));
  books.apply(at(25), buy("3", "0.4", "100", linear));
  EXPECT_FALSE(books.breaks()[0].closed);
  books.apply(at(25), buy("4", "0.6", "100", linear));
  EXPECT_TRUE(books.breaks()[0].closed);
  EXPECT_EQ(books.changes().breaks.size(), 1U);
}

TEST(Breaks, close_by_a_correction_or_bust_that_removes_the_difference) {
  Books corrected = with_position();
  corrected.apply(at(30), states(linear, "4"));
  Correct correct;
  correct.key = buy("1", "1", "1", linear).key;
  correct.qty = qty("2");
  corrected.apply(at(99), correct);
  EXPECT_TRUE(corrected.breaks()[0].closed);

  Books busted = with_position();
  busted.apply(at(30), states(linear, "2"));
  busted.apply(at(99), Bust{correct.key});
  EXPECT_TRUE(busted.breaks()[0].closed);
}

TEST(Breaks, of_cash_close_by_a_balance_event_of_exactly_the_difference) {
  Books books(desk());
  books.apply(at(1), adjustment(usdt, "100"));
  books.apply(at(2), states(usdt, "90"));
  books.apply(at(3),
              adjustment(usdt, "-4"));  // later, and not the difference: an ordinary withdrawal
  EXPECT_FALSE(books.breaks()[0].closed);
  EXPECT_EQ(books.breaks()[0].ours, qty("100"));
  books.apply(at(4), adjustment(usdt, "-10"));
  EXPECT_TRUE(books.breaks()[0].closed);
  EXPECT_EQ(books.cash(main_account, usdt), amount("86"));
}

TEST(Breaks, of_cash_see_a_spot_fill_and_its_fee_as_one_change) {
  Books books(desk());
  books.apply(at(1), adjustment(usdt, "1000"));
  books.apply(at(10), states(usdt, "899"));
  Fill missing = buy("1", "1", "100");
  missing.fee = Fee{amount("1"), usdt};
  books.apply(at(9), missing);
  EXPECT_TRUE(books.breaks()[0].closed);
}

TEST(Statements, that_are_older_than_the_latest_are_counted_and_ignored) {
  Books books = with_position();
  books.apply(at(30), states(linear, "3"));
  books.apply(at(29), states(linear, "9"));
  EXPECT_TRUE(books.breaks().empty());
  EXPECT_EQ(books.counters().old_statements, 1U);
}

TEST(Statements, are_compared_with_what_was_held_at_their_time) {
  Books books = with_position();
  books.apply(at(15), states(linear, "1"));  // before the second fill, heard after it
  EXPECT_TRUE(books.breaks().empty());
  Books cash(desk());
  cash.apply(at(1), adjustment(usdt, "1000"));
  Fill fill = buy("1", "1", "100");
  fill.fee = Fee{amount("1"), usdt};
  cash.apply(at(20), fill);
  cash.apply(at(10), states(usdt, "1000"));
  EXPECT_TRUE(cash.breaks().empty());
  cash.apply(at(20), states(usdt, "899"));
  EXPECT_TRUE(cash.breaks().empty());
}

TEST(Candidates, name_the_fills_whose_bust_or_repeat_would_explain_the_difference) {
  Books bust = with_position();
  bust.apply(at(30), states(linear, "1"));  // without fill 2
  EXPECT_TRUE(explains(bust.breaks()[0], Kind::not_traded, "2"));
  EXPECT_FALSE(explains(bust.breaks()[0], Kind::not_traded, "1"));
  Books again = with_position();
  again.apply(at(30), states(linear, "4"));  // fill 1 twice
  EXPECT_TRUE(explains(again.breaks()[0], Kind::traded_more, "1"));
  Books pair = with_position();
  pair.apply(at(30), states(linear, "0"));
  EXPECT_TRUE(explains(pair.breaks()[0], Kind::not_traded, "2", "1"));
}

TEST(Candidates, name_dropped_fills_and_transfers_in_flight) {
  Books books = with_position();
  books.apply(at(21), buy("2", "7", "100", linear));  // conflicting: refused
  books.apply(at(30), states(linear, "10"));
  EXPECT_TRUE(explains(books.breaks()[0], Kind::dropped, "2"));

  Books cash(desk());
  cash.apply(at(1), adjustment(usdt, "100"));
  cash.apply(at(2), Transfer{id("T"), usdt, amount("40"), place(), place("main", bitmex),
                             TransferState::sent});
  cash.apply(at(3), states(usdt, "100"));  // the venue has not let it go yet
  EXPECT_TRUE(explains(cash.breaks()[0], Kind::in_flight, "T"));
}

TEST(Disputes, begin_after_the_grace_and_end_with_the_break) {
  Books books = with_position();
  books.apply(at(30), states(linear, "4"));
  EXPECT_EQ(books.next_due(), at(90));
  std::vector<Effect> effects;
  books.run_due(at(89), effects);
  EXPECT_FALSE(books.disputed(main_account, linear));
  books.run_due(at(90), effects);
  EXPECT_TRUE(books.disputed(main_account, linear));
  EXPECT_FALSE(books.disputed(main_account, spot));
  ASSERT_EQ(books.changes().disputes.size(), 1U);
  EXPECT_TRUE(books.changes().disputes[0].disputed);
  EXPECT_EQ(books.next_due(), std::nullopt);
  books.apply(at(95), states(linear, "3"));
  EXPECT_FALSE(books.disputed(main_account, linear));
  ASSERT_EQ(books.changes().disputes.size(), 1U);
  EXPECT_FALSE(books.changes().disputes[0].disputed);
}

TEST(Disputes, of_spot_are_those_of_its_base_asset_and_need_no_wait_without_a_grace) {
  Desk hasty = desk();
  hasty.break_grace = Duration{};
  Books books(hasty);
  books.apply(at(1), states(spot, "1"));
  EXPECT_TRUE(books.disputed(main_account, spot));
  EXPECT_TRUE(books.disputed(main_account, btc));
  EXPECT_EQ(books.changes().disputes.size(), 1U);
}

TEST(Breaks, of_the_past_are_bounded) {
  Books books(desk());
  for (int i = 0; i < 600; ++i) {
    books.apply(at(2 * i), states(linear, "1"));
    books.apply(at(2 * i + 1), states(linear, "0"));
  }
  EXPECT_EQ(books.breaks().size(), Reconciliation::closed_max);
  EXPECT_EQ(books.breaks().back().since, at(1198));
}

}  // namespace
}  // namespace ballast
