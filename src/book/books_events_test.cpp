// Single events and their refusals: keys, cash, funding, transfers.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/int128.hpp"
#include "book/book_test_support.hpp"

namespace ballast {
namespace {

using namespace book_test;

const AccountId main_account{std::size_t{0}};

BalanceChange deposit(std::string_view quantity, std::string_view event_id, AssetId asset = usdt) {
  return {place(), asset, amount(quantity), id(event_id), Note("deposit")};
}

Transfer transfer(TransferState state, std::string_view quantity = "10") {
  return {id("T1"), usdt, amount(quantity), place("main"), place("main", bitmex), state};
}

Correct correction(const Fill& fill) {
  Correct correct;
  correct.key = fill.key;
  return correct;
}

Amount total_outside(const Books& books, AssetId asset) {
  Amount sum;
  for (std::size_t kind = 0; kind < outside_kinds; ++kind) {
    sum += books.outside(asset, static_cast<CashKind>(kind));
  }
  return sum;
}

// ---- keys
// --------------------------------------------------------------------------------------------

TEST(FillKeys, with_the_same_body_are_duplicates_and_change_nothing) {
  Books books(desk());
  books.apply(at(1), buy("1", "2", "100"));
  const Position before = books.positions()[0];
  EXPECT_EQ(books.apply(at(1), buy("1", "2", "100")).verdict, Verdict::duplicate);
  EXPECT_EQ(books.positions()[0], before);
  EXPECT_EQ(books.counters().duplicates, 1U);
  EXPECT_TRUE(books.changes().positions.empty());
  EXPECT_TRUE(books.changes().cash.empty());
}

TEST(FillKeys, refuse_any_other_body) {
  Books books(desk());
  Fill first = buy("1", "2", "100");
  first.fee = Fee{amount("0.1"), usdt};
  first.order = OrderId("A");
  books.apply(at(1), first);
  std::vector<std::pair<Timestamp, Fill>> others(9, {at(1), first});
  others[0].first = at(2);
  others[1].second.qty = qty("2.000000000000000001");
  others[2].second.price = price("100.000000000000000001");
  others[3].second.side = Side::sell;
  others[4].second.fee->amount = amount("-0.1");
  others[5].second.fee->asset = bnb;
  others[6].second.book = BookName("arb");
  others[7].second.origin = Origin::hedge;
  others[8].second.order = OrderId("B");
  others.push_back({at(1), first});
  others.back().second.liquidity = Liquidity::maker;
  others.push_back({at(1), first});
  others.back().second.fee.reset();
  for (std::size_t i = 0; i < others.size(); ++i) {
    const Outcome outcome = books.apply(others[i].first, others[i].second);
    EXPECT_EQ(outcome.verdict, Verdict::refused) << i;
    EXPECT_EQ(outcome.why, Refusal::conflicting_body) << i;
  }
  EXPECT_EQ(books.positions().size(), 1U);
  EXPECT_EQ(books.positions()[0].qty, qty("2"));
  EXPECT_EQ(books.book_count(), 1U);
}

TEST(FillKeys, differ_by_venue_account_instrument_id_and_leg) {
  Books books(desk());
  std::vector<Fill> fills(5, buy("1", "1", "100"));
  fills[1].key.place.account = AccountName("other");
  fills[2].key.instrument = linear;
  fills[3].key.id = id("01");
  fills[4].key.leg = 1;
  fills.push_back(fills[0]);
  fills.back().key.place.venue = bitmex;
  for (const Fill& fill : fills)
    EXPECT_TRUE(books.apply(at(1), fill).applied());
  EXPECT_EQ(books.counters().fills, 6U);
}

TEST(Corrections, are_known_again_and_so_is_what_they_corrected) {
  Books books(desk());
  const Fill first = buy("1", "2", "100");
  books.apply(at(1), first);
  Correct correct = correction(first);
  correct.price = price("90");
  const Outcome outcome = books.apply(at(5), correct);
  EXPECT_TRUE(outcome.applied());
  EXPECT_EQ(books.apply(at(5), correct).verdict, Verdict::duplicate);
  EXPECT_EQ(books.apply(at(6), correct).verdict, Verdict::duplicate);  // changes nothing
  EXPECT_EQ(books.apply(at(1), first).verdict, Verdict::duplicate);
  EXPECT_EQ(books.apply(at(1), buy("1", "2", "90")).verdict, Verdict::duplicate);
  EXPECT_EQ(books.apply(at(1), buy("1", "2", "80")).why, Refusal::conflicting_body);
  EXPECT_EQ(books.positions()[0].cost, amount("180"));
  EXPECT_EQ(books.positions()[0].last_fill, at(1));
}

TEST(Corrections, apply_in_the_order_they_were_made) {
  for (const bool swapped : {false, true}) {
    Books books(desk());
    const Fill first = buy("1", "2", "100");
    books.apply(at(1), first);
    Correct early = correction(first);
    early.price = price("90");
    early.qty = qty("3");
    Correct later = correction(first);
    later.price = price("80");
    books.apply(swapped ? at(6) : at(5), swapped ? later : early);
    books.apply(swapped ? at(5) : at(6), swapped ? early : later);
    EXPECT_EQ(books.positions()[0].qty, qty("3"));
    EXPECT_EQ(books.positions()[0].average, price("80"));
  }
}

TEST(Corrections, say_what_they_did_to_quantity_flow_and_cash) {
  Books books(desk());
  Fill first = sell("1", "2", "100");
  first.origin = Origin::hedge;
  first.fee = Fee{amount("1"), usdt};
  books.apply(at(1), first);
  Correct correct = correction(first);
  correct.qty = qty("3");
  correct.fee = amount("2");
  correct.fee_asset = bnb;
  const Outcome outcome = books.apply(at(5), correct);
  EXPECT_EQ(outcome.origin, Origin::hedge);
  EXPECT_EQ(outcome.signed_qty_change, qty("-1"));
  ASSERT_EQ(books.changes().positions.size(), 1U);
  EXPECT_EQ(books.changes().positions[0].qty_before, qty("-2"));
  EXPECT_EQ(books.changes().positions[0].qty_after, qty("-3"));
  EXPECT_EQ(books.changes().positions[0].flow_change, amount("100"));
  ASSERT_EQ(books.changes().cash.size(), 4U);  // BTC, USDT, the old fee back, the new fee
  EXPECT_EQ(books.cash(main_account, usdt), amount("300"));
  EXPECT_EQ(books.cash(main_account, bnb), amount("-2"));
  ASSERT_EQ(books.positions()[0].totals.size(), 1U);  // no trace of the fee that never was
  EXPECT_EQ(books.positions()[0].fees(bnb), amount("2"));
}

TEST(Corrections, of_what_is_unknown_busted_or_senseless_are_refused) {
  Books books(desk());
  const Fill first = buy("1", "2", "100");
  Correct correct = correction(first);
  correct.qty = qty("3");
  EXPECT_EQ(books.apply(at(5), correct).why, Refusal::unknown_fill);
  EXPECT_EQ(books.apply(at(5), Bust{first.key}).why, Refusal::unknown_fill);
  books.apply(at(1), first);
  correct.qty = qty("0");
  EXPECT_EQ(books.apply(at(5), correct).why, Refusal::invalid);
  correct.qty.reset();
  correct.fee = amount("1");  // in which asset?
  EXPECT_EQ(books.apply(at(5), correct).why, Refusal::invalid);
  EXPECT_TRUE(books.apply(at(6), Bust{first.key}).applied());
  EXPECT_EQ(books.apply(at(7), Bust{first.key}).verdict, Verdict::duplicate);
  EXPECT_EQ(books.apply(at(1), first).verdict, Verdict::duplicate);
  correct = correction(first);
  correct.qty = qty("3");
  EXPECT_EQ(books.apply(at(8), correct).why, Refusal::busted_fill);
  EXPECT_EQ(books.positions()[0].qty, Quantity{});
  EXPECT_EQ(books.positions()[0].fills, 0U);
  EXPECT_EQ(books.cash(main_account, usdt), Amount{});
}

TEST(LateFills, are_called_late_and_in_order_ones_are_not) {
  Books books(desk());
  EXPECT_FALSE(books.apply(at(5), buy("10", "1", "100")).late);
  EXPECT_FALSE(books.apply(at(5), buy("11", "1", "100")).late);
  EXPECT_TRUE(books.apply(at(5), buy("9", "1", "100")).late);
  EXPECT_TRUE(books.apply(at(4), buy("12", "1", "100")).late);
  EXPECT_EQ(books.counters().late_fills, 2U);
}

// ---- cash
// --------------------------------------------------------------------------------------------

TEST(Cash, of_a_derivative_moves_by_realized_profit_fees_and_funding) {
  Books books(desk());
  Fill open = buy("1", "15000", "750", inverse);
  open.fee = Fee{amount("0.015"), btc};
  books.apply(at(1), open);
  EXPECT_EQ(books.cash(main_account, btc), amount("-0.015"));
  const FundingPayment funding{id("F1"), open.key.place, open.book, inverse, amount("-0.05"), btc};
  EXPECT_TRUE(books.apply(at(2), funding).applied());
  EXPECT_EQ(books.apply(at(2), funding).verdict, Verdict::duplicate);
  FundingPayment other = funding;
  other.amount = amount("0.05");
  EXPECT_EQ(books.apply(at(2), other).why, Refusal::conflicting_body);
  books.apply(at(3), sell("2", "15000", "800", inverse));
  EXPECT_EQ(books.cash(main_account, btc), amount("1.185"));  // 1.25 - 0.015 - 0.05
  EXPECT_EQ(books.outside(btc, CashKind::realized), amount("-1.25"));
  EXPECT_EQ(books.outside(btc, CashKind::fee), amount("0.015"));
  EXPECT_EQ(books.outside(btc, CashKind::funding), amount("0.05"));
  EXPECT_EQ(books.positions()[0].funding(btc), amount("-0.05"));
  EXPECT_TRUE(books.balanced());
}

TEST(Cash, of_a_deposit_counts_once_by_its_id_and_each_time_without_one) {
  Books books(desk());
  EXPECT_TRUE(books.apply(at(1), deposit("100", "D1")).applied());
  EXPECT_EQ(books.apply(at(2), deposit("100", "D1")).verdict, Verdict::duplicate);
  EXPECT_EQ(books.apply(at(2), deposit("101", "D1")).why, Refusal::conflicting_body);
  EXPECT_TRUE(books.apply(at(2), deposit("1", "D1", btc)).applied());  // another asset, another key
  books.apply(at(3), deposit("5", ""));
  books.apply(at(3), deposit("5", ""));
  EXPECT_EQ(books.cash(main_account, usdt), amount("110"));
  EXPECT_EQ(books.outside(usdt, CashKind::deposit), amount("-110"));
  ASSERT_EQ(books.balances(main_account).size(), 2U);
  EXPECT_EQ(books.balances(main_account)[0].asset, btc);
}

TEST(Cash, changes_sum_to_the_balances_with_the_outside_and_what_is_in_flight) {
  Books books(desk());
  Fill trade = buy("1", "2", "100");
  trade.fee = Fee{amount("0.002"), btc};
  books.apply(at(1), trade);
  books.apply(at(2), deposit("1000", "D"));
  books.apply(at(3), transfer(TransferState::sent));
  for (const AssetId asset : {btc, usdt}) {
    Amount held = books.in_flight(asset);
    for (std::size_t i = 0; i < books.account_count(); ++i)
      held += books.cash(AccountId(i), asset);
    EXPECT_EQ(held, -total_outside(books, asset));
  }
}

// ---- overflow
// ----------------------------------------------------------------------------------------

TEST(Overflow, anywhere_leaves_no_trace_but_a_count) {
  const std::string_view nearly_all = "170000000000000000000";
  Books books(desk());
  books.apply(at(1), deposit(nearly_all, "D"));
  books.apply(at(2), buy("1", "1", "100"));
  const auto everything = [&] {
    std::string bytes =
        std::to_string(books.account_count()) + " " + std::to_string(books.book_count());
    for (const Position& position : books.positions())
      bytes += saved(const_cast<Position&>(position));
    for (std::size_t i = 0; i < books.account_count(); ++i) {
      for (const Balance& held : books.balances(AccountId(i)))
        bytes += to_string(held.qty) + " ";
    }
    return bytes + (books.balanced() ? "" : "unbalanced");
  };
  const std::string before = everything();
  const auto refused = [&](const Outcome& outcome) {
    EXPECT_EQ(outcome.why, Refusal::overflow);
    EXPECT_EQ(outcome.verdict, Verdict::refused);
    EXPECT_TRUE(books.changes().cash.empty() && books.changes().positions.empty());
    EXPECT_EQ(everything(), before);
  };
  refused(books.apply(at(3), deposit(nearly_all, "D2")));
  refused(books.apply(at(3), buy("2", nearly_all, nearly_all)));
  refused(books.apply(at(3), sell("2", "1", nearly_all)));  // its value fits, the balance does not
  refused(books.apply(at(1), sell("2", "1", nearly_all)));  // the same, late
  Fill elsewhere = buy("2", nearly_all, "2");
  elsewhere.key.place.account = AccountName("new");
  elsewhere.book = BookName("new");
  refused(books.apply(at(3), elsewhere));
  Correct correct = correction(buy("1", "1", "1"));
  correct.price = price(nearly_all);
  correct.qty = qty("2");
  refused(books.apply(at(3), correct));
  Fill fee = buy("3", "1", "1");
  fee.fee = Fee{amount("-170000000000000000000"), usdt};
  refused(books.apply(at(3), fee));
  refused(books.apply(
      at(3), FundingPayment{id("F"), place(), BookName("mm"), spot, amount(nearly_all), usdt}));
  // The refused keys are still free.
  EXPECT_TRUE(books.apply(at(3), buy("2", "1", "1")).applied());
  EXPECT_TRUE(books.apply(at(3), deposit("1", "D2")).applied());
}

TEST(SenselessEvents, are_refused_as_invalid) {
  Books books(desk());
  Fill fill = buy("1", "1", "1");
  fill.qty = Quantity{};
  EXPECT_EQ(books.apply(at(1), fill).why, Refusal::invalid);
  fill = buy("1", "1", "1");
  fill.price = price("-1");
  EXPECT_EQ(books.apply(at(1), fill).why, Refusal::invalid);
  fill = buy("1", "1", "1");
  fill.key.instrument = InstrumentId(std::size_t{99});
  EXPECT_EQ(books.apply(at(1), fill).why, Refusal::invalid);
  fill = buy("1", "1", "1");
  fill.key.place.venue = VenueId{};
  EXPECT_EQ(books.apply(at(1), fill).why, Refusal::invalid);
  fill = buy("1", "1", "1");
  fill.fee = Fee{amount("1"), AssetId{}};
  EXPECT_EQ(books.apply(at(1), fill).why, Refusal::invalid);
  EXPECT_EQ(books.apply(at(1), deposit("1", "D", AssetId{})).why, Refusal::invalid);
  EXPECT_EQ(books.apply(at(1), transfer(TransferState::sent, "-1")).why, Refusal::invalid);
  EXPECT_EQ(books.apply(at(1), Statement{place(), {}, {}, qty("1")}).why, Refusal::invalid);
  EXPECT_EQ(books.counters().refused[static_cast<std::size_t>(Refusal::invalid)], 8U);
  EXPECT_EQ(books.account_count(), 0U);
}

// ---- transfers
// ---------------------------------------------------------------------------------------

TEST(Transfers, end_with_the_same_balances_in_every_order_of_arrival) {
  for (const TransferState end : {TransferState::arrived, TransferState::failed}) {
    for (const bool end_first : {false, true}) {
      Books books(desk());
      const auto first = end_first ? end : TransferState::sent;
      const auto second = end_first ? TransferState::sent : end;
      EXPECT_TRUE(books.apply(at(1), transfer(first)).applied());
      if (!end_first) {
        EXPECT_EQ(books.in_flight(usdt), amount("10"));
        EXPECT_EQ(books.cash(books.find_account(place("main")), usdt), amount("-10"));
        EXPECT_EQ(books.transfers().open().size(), 1U);
      }
      EXPECT_TRUE(books.apply(at(2), transfer(second)).applied());
      const bool landed = end == TransferState::arrived;
      EXPECT_EQ(books.in_flight(usdt), Amount{});
      EXPECT_EQ(books.cash(books.find_account(place("main")), usdt), amount(landed ? "-10" : "0"));
      EXPECT_EQ(books.cash(books.find_account(place("main", bitmex)), usdt),
                amount(landed ? "10" : "0"));
      EXPECT_TRUE(books.transfers().open().empty());
      EXPECT_TRUE(books.balanced());
      EXPECT_EQ(books.apply(at(3), transfer(TransferState::sent)).verdict, Verdict::duplicate);
      EXPECT_EQ(books.apply(at(3), transfer(end)).verdict, Verdict::duplicate);
      const auto opposite_end = landed ? TransferState::failed : TransferState::arrived;
      EXPECT_EQ(books.apply(at(3), transfer(opposite_end)).why, Refusal::duplicate_state);
    }
  }
}

TEST(Transfers, refuse_another_body_under_a_known_id) {
  Books books(desk());
  books.apply(at(1), transfer(TransferState::sent));
  Transfer other = transfer(TransferState::arrived, "11");
  EXPECT_EQ(books.apply(at(2), other).why, Refusal::conflicting_transfer);
  other = transfer(TransferState::arrived);
  other.to = place("elsewhere");
  EXPECT_EQ(books.apply(at(2), other).why, Refusal::conflicting_transfer);
  other = transfer(TransferState::arrived);
  other.asset = btc;
  EXPECT_EQ(books.apply(at(2), other).why, Refusal::conflicting_transfer);
  EXPECT_EQ(books.account_count(), 2U);
  EXPECT_EQ(books.in_flight(usdt), amount("10"));
}

TEST(Transfers, overdue_in_flight_are_raised_once_in_order_of_their_times) {
  Books books(desk());
  Transfer second = transfer(TransferState::sent);
  second.id = id("T2");
  Transfer quick = transfer(TransferState::sent);
  quick.id = id("T3");
  books.apply(at(100), transfer(TransferState::sent));
  books.apply(at(50), second);
  books.apply(at(60), quick);
  quick.state = TransferState::arrived;
  books.apply(at(70), quick);
  std::vector<Effect> effects;
  EXPECT_EQ(books.next_due(), at(50 + 3600));
  books.run_due(at(50 + 3599), effects);
  EXPECT_TRUE(effects.empty());
  books.run_due(at(100 + 3600), effects);
  ASSERT_EQ(effects.size(), 2U);
  EXPECT_EQ(std::get<TransferOverdue>(effects[0].body).id, id("T2"));
  EXPECT_EQ(std::get<TransferOverdue>(effects[1].body).sent, at(100));
  EXPECT_EQ(books.next_due(), std::nullopt);
  books.run_due(at(9000), effects);
  EXPECT_EQ(effects.size(), 2U);
}

}  // namespace
}  // namespace ballast
