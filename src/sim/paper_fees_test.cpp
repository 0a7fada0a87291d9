// What the paper venue charges for options. Columns as in paper_venue_test.cpp.
#include <gtest/gtest.h>

#include "sim/paper_test_desk.hpp"

namespace ballast::paper {
namespace {

std::string charged_in(std::string_view script) {
  PaperOptions options;
  options.latency = Duration::milliseconds(10);
  return outcome(script, options);
}

TEST(PaperFees, charges_an_option_a_share_of_the_coin_up_to_its_share_of_the_premium) {
  EXPECT_EQ(charged_in(R"(
  0 top 50@0.0499 4@0.05 call
  1 order h1 buy 2@0.05 call
 20 top 50@0.0001 4@0.0002 call
 21 order h2 sell 2@0.0001 call
 40 quote - 2@0.0004 call
 60 print buy 9@0.0005 call
)"),
            R"(
11 order h1 working 0
11 fill buy 2@0.05 taker fee 0.0006 ETH of h1
11 order h1 filled 2
31 order h2 working 0
31 fill sell 2@0.0001 taker fee 0.000025 ETH of h2
31 order h2 filled 2
60 fill sell 2@0.0004 maker fee 0.0001 ETH of ask
)");
}

TEST(PaperFees, charges_an_option_paid_in_quote_at_the_underlyings_price) {
  EXPECT_EQ(charged_in(R"(
  0 top 50@9.9 40@10 usd-call
  1 order h1 buy 20@10 usd-call
 20 top 5@99 5@101
 21 order h2 buy 20@10 usd-call
 40 mark 200
 41 order h3 buy 20@10 usd-call
)"),
            R"(
11 order h1 rejected 0 (no price of the underlying yet, which the fee is a share of)
31 order h2 working 0
31 fill buy 20@10 taker fee 0.06 USD of h2
31 order h2 filled 20
51 order h3 working 0
51 fill buy 20@10 taker fee 0.12 USD of h3
51 order h3 filled 20
)");
}

}  // namespace
}  // namespace ballast::paper
