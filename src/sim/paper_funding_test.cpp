// Funding on paper: who pays whom, for what, and how often. Times in ms, latency 10 ms, intervals
// of an hour.
#include "sim/paper_funding.hpp"

#include <gtest/gtest.h>

#include "sim/paper_test_desk.hpp"

namespace ballast::paper {
namespace {

std::string played(std::string_view script) {
  PaperOptions options;
  options.latency = Duration::milliseconds(10);
  return outcome(script, options);
}

TEST(PaperFunding, a_short_receives_what_a_positive_rate_costs_a_long) {
  // 8 contracts of 10 USD at 80 are 1 ETH.
  constexpr std::string_view bought = R"(
  0 top 9@79 9@81 perp
  1 order h1 buy 8@81 perp
  20 mark 80 perp
  3600004 rate 0.0003 1 perp
)";
  EXPECT_EQ(played(bought), R"(
11 order h1 working 0
11 fill buy 8@81 taker fee 0.000987654320987654 ETH of h1
11 order h1 filled 8
3600004 funding -0.0003 ETH of mm
)");
  EXPECT_EQ(played(R"(
  0 top 9@79 9@81 perp
  1 order h1 sell 8@79 perp
  20 mark 80 perp
  3600004 rate 0.0003 1 perp
  7200004 rate -0.0001 1 perp
)"),
            R"(
11 order h1 working 0
11 fill sell 8@79 taker fee 0.001012658227848101 ETH of h1
11 order h1 filled 8
3600004 funding 0.0003 ETH of mm
7200004 funding -0.0001 ETH of mm
)");
}

TEST(PaperFunding, an_interval_is_paid_once_and_its_stamp_may_be_a_little_early) {
  EXPECT_EQ(played(R"(
  0 top 9@80 9@80 perp
  1 order h1 sell 8@80 perp
  3599990 rate 0.0003 1 perp   # of the hour that is about to begin
  3600004 rate 0.0003 1 perp   # again
  5000000 rate 0.0009 1 perp   # what is forecast
  7200003 rate 0.0005 1 perp
)"),
            R"(
11 order h1 working 0
11 fill sell 8@80 taker fee 0.001 ETH of h1
11 order h1 filled 8
3599990 funding 0.0003 ETH of mm
7200003 funding 0.0005 ETH of mm
)");
}

TEST(PaperFunding, nothing_is_paid_without_a_position_or_a_price_or_on_spot) {
  EXPECT_EQ(played(R"(
  0 top 9@80 9@80 perp
  1 order h1 sell 8@80 perp
  20 order h2 buy 8@80 perp
  3600000 rate 0.0003 1 perp
)"),
            R"(
11 order h1 working 0
11 fill sell 8@80 taker fee 0.001 ETH of h1
11 order h1 filled 8
30 order h2 working 0
30 fill buy 8@80 taker fee 0.001 ETH of h2
30 order h2 filled 8
)");
  EXPECT_EQ(played(R"(
  0 top 9@100 9@100
  1 order h1 sell 8@100
  3600000 rate 0.0003 1
)"),
            R"(
11 order h1 working 0
11 fill sell 8@100 taker fee 0.8 USD of h1
11 order h1 filled 8
)");
}

/// A linear contract of 0.1 ETH, quoted in USD.
Desk linear_desk() {
  Desk linear = desk();
  linear.instruments[1].kind = InstrumentKind::linear_perpetual;
  linear.instruments[1].contract_size = number<Quantity>("0.1");
  return linear;
}
Fill filled(std::string_view book, Side side, std::string_view qty) {
  Fill fill;
  fill.key.place = account();
  fill.key.instrument = inverse;
  fill.book = *BookName::create(book);
  fill.side = side;
  fill.qty = number<Quantity>(qty);
  return fill;
}

TEST(PaperFunding, each_book_is_paid_for_its_own_in_the_quote_asset_of_a_linear_contract) {
  const Desk linear = linear_desk();
  PaperFunding funding(linear);
  const FundingRate rate{inverse, number<Decimal>("0.0002"), Decimal::whole(8)};
  funding.filled(filled("a", Side::buy, "30"));
  funding.filled(filled("b", Side::sell, "50"));
  funding.filled(filled("a", Side::buy, "10"));
  EXPECT_TRUE(funding.settle(ms(0), rate).empty());  // no price yet
  Mark mark;
  mark.instrument = inverse;
  mark.price = Price::whole(2000);
  funding.hear(mark);
  const auto payments = funding.settle(ms(8 * 3'600'000), rate);
  ASSERT_EQ(payments.size(), 2U);
  EXPECT_EQ(payments[0].book.view(), "a");
  EXPECT_EQ(payments[0].amount, number<Amount>("-1.6"));  // 40 * 0.1 * 2000 * 0.0002
  EXPECT_EQ(payments[1].amount, number<Amount>("2"));
  EXPECT_EQ(payments[1].asset, usd);
  EXPECT_NE(payments[0].id, payments[1].id);
}

TEST(PaperFunding, an_interval_that_changes_its_length_goes_on_being_paid) {
  const Desk linear = linear_desk();
  PaperFunding funding(linear);
  funding.filled(filled("a", Side::buy, "30"));
  funding.hear(
      Top{inverse, Price::whole(100), Quantity::whole(1), Price::whole(102), Quantity::whole(1)});
  const auto paid = [&](std::int64_t hour, std::string_view length) {
    return funding
        .settle(ms(hour * 3'600'000), {inverse, number<Decimal>("0.01"), number<Decimal>(length)})
        .size();
  };
  EXPECT_EQ(paid(8, "8"), 1U);
  EXPECT_EQ(paid(12, "4"), 1U);
  EXPECT_EQ(paid(16, "4"), 1U);
  EXPECT_EQ(paid(24, "8"), 1U);
  EXPECT_EQ(paid(24, "8"), 0U);
  EXPECT_EQ(paid(25, "0"), 0U);  // no interval
}

}  // namespace
}  // namespace ballast::paper
