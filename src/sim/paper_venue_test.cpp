// What a trader expects of a venue, as scripts: times in ms, latency 10 ms unless said otherwise,
// quantities before prices. Maker fee -1 bp, taker fee 10 bp.
#include "sim/paper_venue.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "sim/paper_test_desk.hpp"

namespace ballast::paper {
namespace {

PaperOptions after_10_ms() {
  PaperOptions options;
  options.latency = Duration::milliseconds(10);
  options.lost_for = Duration::milliseconds(500);
  return options;
}
std::string played(std::string_view script) { return outcome(script, after_10_ms()); }

// ---- orders

TEST(PaperVenue, fills_an_order_at_the_top_as_it_stands_on_arrival) {
  EXPECT_EQ(played(R"(
  0 top 5@99.9 4@100.1
  1 order h1 buy 3@100.5
  5 top 5@99.9 4@100.3     # the price moves while the order is on its way
)"),
            R"(
11 order h1 working 0
11 fill buy 3@100.3 taker fee 0.3009 USD of h1
11 order h1 filled 3
)");
}

TEST(PaperVenue, cancels_what_the_visible_quantity_does_not_cover) {
  EXPECT_EQ(played(R"(
  0 top 5@99.9 4@100.1
  1 order h1 sell 7@99.9
)"),
            R"(
11 order h1 working 0
11 fill sell 5@99.9 taker fee 0.4995 USD of h1
11 order h1 cancelled 5 (immediate or cancel)
)");
}

TEST(PaperVenue, fills_nothing_when_the_price_moved_away) {
  EXPECT_EQ(played(R"(
  0 top 5@99.9 4@100.1
  1 order h1 buy 3@100.1
  9 top 5@100.1 4@100.2
)"),
            R"(
11 order h1 working 0
11 order h1 cancelled 0 (immediate or cancel)
)");
}

TEST(PaperVenue, walks_a_recent_depth_to_the_limit_and_no_old_one) {
  const std::string_view script = R"(
  0 depth 5@99.9 1@100.1,2@100.2,3@100.3,4@100.4
  1 order h1 buy 9@100.3
)";
  EXPECT_EQ(played(script), R"(
11 order h1 working 0
11 fill buy 1@100.1 taker fee 0.1001 USD of h1
11 fill buy 2@100.2 taker fee 0.2004 USD of h1
11 fill buy 3@100.3 taker fee 0.3009 USD of h1
11 order h1 cancelled 6 (immediate or cancel)
)");
  PaperOptions forgets = after_10_ms();
  forgets.depth_age = Duration::milliseconds(10);
  EXPECT_EQ(outcome(script, forgets), R"(
11 order h1 working 0
11 fill buy 1@100.1 taker fee 0.1001 USD of h1
11 order h1 cancelled 1 (immediate or cancel)
)");
}

TEST(PaperVenue, does_not_sell_the_same_size_twice) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 order h1 buy 3@100.1
  20 top 6@99.9 4@100.1    # the ask is the same: one of it is left
  21 order h2 buy 3@100.1
  40 top 6@99.9 2@100.1    # stated anew
  41 order h3 buy 3@100.1
)"),
            R"(
11 order h1 working 0
11 fill buy 3@100.1 taker fee 0.3003 USD of h1
11 order h1 filled 3
31 order h2 working 0
31 fill buy 1@100.1 taker fee 0.1001 USD of h2
31 order h2 cancelled 1 (immediate or cancel)
51 order h3 working 0
51 fill buy 2@100.1 taker fee 0.2002 USD of h3
51 order h3 cancelled 2 (immediate or cancel)
)");
}

TEST(PaperVenue, learns_nothing_from_a_top_that_comes_late) {
  EXPECT_EQ(played(R"(
  20 top 5@99.9 4@100.3
  10 top 5@99.9 4@100.1
  21 order h1 buy 3@100.1
)"),
            R"(
31 order h1 working 0
31 order h1 cancelled 0 (immediate or cancel)
)");
}

TEST(PaperVenue, keeps_a_level_taken_that_becomes_the_best_unchanged) {
  EXPECT_EQ(played(R"(
   0 depth 5@99.9 1@100.1,2@100.2
   1 order h1 buy 2@100.2
  20 top 5@99.9 2@100.2
  21 order h2 buy 2@100.2
)"),
            R"(
11 order h1 working 0
11 fill buy 1@100.1 taker fee 0.1001 USD of h1
11 fill buy 1@100.2 taker fee 0.1002 USD of h1
11 order h1 filled 2
31 order h2 working 0
31 fill buy 1@100.2 taker fee 0.1002 USD of h2
31 order h2 cancelled 1 (immediate or cancel)
)");
}

TEST(PaperVenue, lets_only_a_share_of_what_is_visible_be_taken_in_whole_lots) {
  PaperOptions options = after_10_ms();
  options.share = number<Decimal>("0.25");
  EXPECT_EQ(outcome(R"(
  0 top 5@99.9 3@100.1
  1 order h1 buy 3@100.1
)",
                    options),
            R"(
11 order h1 working 0
11 fill buy 0.7@100.1 taker fee 0.07007 USD of h1
11 order h1 cancelled 0.7 (immediate or cancel)
)");
}

TEST(PaperVenue, charges_an_inverse_contract_in_the_coin) {
  EXPECT_EQ(played(R"(
  0 top 5@99.5 40@100 perp
  1 order h1 buy 20@100 perp
)"),
            R"(
11 order h1 working 0
11 fill buy 20@100 taker fee 0.002 ETH of h1
11 order h1 filled 20
)");
}

TEST(PaperVenue, takes_a_market_order_at_whatever_is_there) {
  EXPECT_EQ(played(R"(
  0 top 5@99.9 -
  1 market h1 buy 3@1
  2 market h2 sell 3@1
)"),
            R"(
11 order h1 rejected 0 (no price: a market order, and nobody on the other side)
12 order h2 working 0
12 fill sell 3@99.9 taker fee 0.2997 USD of h2
12 order h2 filled 3
)");
}

TEST(PaperVenue, rejects_what_the_terms_forbid_and_says_why) {
  EXPECT_EQ(played(R"(
  0 order early buy 3@100
 20 top 5@99.9 4@100.1
 21 order tick buy 3@100.05
 22 order lot buy 3.05@100
 23 order least buy 0.1@100
 24 order worth buy 0.2@100
 25 order none buy 0@100
 26 order free buy 1@0
)"),
            R"(
10 order early rejected 0 (no market yet: the instrument has no top)
31 order tick rejected 0 (price 100.05 is off the tick 0.1)
32 order lot rejected 0 (quantity 3.05 is off the lot 0.1)
33 order least rejected 0 (quantity 0.1 is below 0.2)
34 order worth rejected 0 (notional 20 is below 30)
35 order none rejected 0 (quantity 0 is not above 0)
36 order free rejected 0 (price 0 is not above 0)
)");
}

TEST(PaperVenue, rejects_by_chance) {
  PaperOptions options = after_10_ms();
  options.rejects = 1.0;
  EXPECT_EQ(outcome(R"(
  0 top 5@99.9 4@100.1
  1 order h1 buy 3@100.1
)",
                    options),
            R"(
11 order h1 rejected 0 (refused by the paper venue)
)");
}

TEST(PaperVenue, loses_an_answer_and_tells_the_truth_later_or_when_asked_to_cancel) {
  PaperOptions options = after_10_ms();
  options.lost_answers = 1.0;
  EXPECT_EQ(outcome(R"(
    0 top 5@99.9 4@100.1
    1 order h1 buy 3@100.1
    2 order h2 buy 3@100.1
   20 top 5@99.9 4@100.9   # no longer: the fills below were made before
  100 cancel h2
  120 cancel h2            # and has nothing more to say
)",
                    options),
            R"(
11 order h1 unknown 0 (the answer was lost)
12 order h2 unknown 0 (the answer was lost)
110 fill buy 1@100.1 taker fee 0.1001 USD of h2
110 order h2 cancelled 1 (immediate or cancel)
511 fill buy 3@100.1 taker fee 0.3003 USD of h1
511 order h1 filled 3
)");
}

// ---- quotes

TEST(PaperVenue, fills_a_quote_that_improves_on_the_best_by_the_first_print) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.3
   1 quote 2@100 2@100.2
  10 print sell 1@100      # still on its way
  12 print buy 1@100       # the other aggressor
  13 print sell 1.5@100
  14 print sell 3@100      # half is left
  15 print buy 1@100.2
)"),
            R"(
13 fill buy 1.5@100 maker fee -0.015 USD of bid
14 fill buy 0.5@100 maker fee -0.005 USD of bid
15 fill sell 1@100.2 maker fee -0.01002 USD of ask
)");
}

TEST(PaperVenue, stands_behind_what_is_visible_at_the_touch) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.9 2@100.1
  20 print sell 3@99.9     # 2 ahead
  21 print sell 3@99.9     # 2 ahead, 1 for us
  22 print sell 9@99.9
  23 print buy 5@100.2     # through: no queue
)"),
            R"(
21 fill buy 1@99.9 maker fee -0.00999 USD of bid
22 fill buy 1@99.9 maker fee -0.00999 USD of bid
23 fill sell 2@100.1 maker fee -0.02002 USD of ask
)");
}

TEST(PaperVenue, moves_up_by_a_cancellation_only_where_it_must_have_been_ahead) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.9 -
  20 top 7@99.9 4@100.1    # two behind us
  21 top 5.5@99.9 4@100.1  # who left? nobody ahead of us, we say
  22 print sell 5@99.9     # all of the five were ahead
  23 top 1@99.9 4@100.1
  24 print sell 1@99.9
)"),
            R"(
24 fill buy 1@99.9 maker fee -0.00999 USD of bid
)");
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.9 -
  20 top 1@99.9 4@100.1    # four must have left ahead of us
  21 print sell 2@99.9
)"),
            R"(
21 fill buy 1@99.9 maker fee -0.00999 USD of bid
)");
}

TEST(PaperVenue, waits_for_an_unseen_price_to_show_before_it_queues_there) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.5 -
  20 print sell 50@99.5    # how many were ahead? all of them
  21 top 3@99.5 4@100.1
  22 print sell 4@99.5
)"),
            R"(
22 fill buy 1@99.5 maker fee -0.00995 USD of bid
)");
  EXPECT_EQ(played(R"(
   0 depth 5@99.9,3@99.5,1@99.4 4@100.1
   1 quote 2@99.5 -
  20 print sell 4@99.5
)"),
            R"(
20 fill buy 1@99.5 maker fee -0.00995 USD of bid
)");
  EXPECT_EQ(played(R"(
   0 depth 5@99.9,3@99.5,1@99.4 4@100.1
   1 quote 2@99.7 -        # seen, and nobody is there
  20 print sell 1@99.7
)"),
            R"(
20 fill buy 1@99.7 maker fee -0.00997 USD of bid
)");
}

TEST(PaperVenue, fills_a_quote_that_the_other_side_comes_to) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.9 -
  20 top 5@99.5 1.5@99.8   # asks come down to 99.8: at our price, not theirs
  21 top 5@99.4 1.5@99.8   # the same ask is not taken twice
  22 top 5@99.4 4@99.9
)"),
            R"(
20 fill buy 1.5@99.9 maker fee -0.014985 USD of bid
22 fill buy 0.5@99.9 maker fee -0.004995 USD of bid
)");
}

TEST(PaperVenue, leaves_the_old_quote_in_danger_until_the_new_one_arrives) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.9 -
  20 quote - -             # pulled, too late for the next print
  25 print sell 1@99.8
  31 print sell 1@99.7     # gone
)"),
            R"(
25 fill buy 1@99.9 maker fee -0.00999 USD of bid
)");
}

TEST(PaperVenue, keeps_the_place_in_the_queue_of_what_does_not_change_or_shrinks) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.9 -
  20 print sell 4@99.9     # one ahead
  30 quote 1@99.9 -
  50 print sell 2@99.9
)"),
            R"(
50 fill buy 1@99.9 maker fee -0.00999 USD of bid
)");
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.9 -
  20 print sell 4@99.9
  30 quote 3@99.9 -        # grows: to the end of the queue, of five again
  50 print sell 5.5@99.9
)"),
            R"(
50 fill buy 0.5@99.9 maker fee -0.004995 USD of bid
)");
}

TEST(PaperVenue, does_not_place_a_post_only_side_that_would_trade) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@100 2@100.4
   5 top 5@99.8 4@100      # while it was on its way
  20 print sell 9@99
  21 print buy 9@101
)"),
            R"(
11 order bid rejected 0 (post-only: would trade with the best ask 100)
21 fill sell 2@100.4 maker fee -0.02008 USD of ask
)");
}

TEST(PaperVenue, takes_first_with_a_quote_that_may_and_rests_with_the_rest) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 1@100.1
   1 cross 3@100.2 -
  20 print sell 9@100.2
)"),
            R"(
11 fill buy 1@100.1 taker fee 0.1001 USD of bid
20 fill buy 2@100.2 maker fee -0.02004 USD of bid
)");
}

TEST(PaperVenue, rejects_a_side_of_a_quote_that_the_terms_forbid_and_pulls_the_old_one) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.9 2@100.1
  20 quote 2@99.85 2@100.1
  40 print sell 9@99
)"),
            R"(
30 order bid rejected 0 (price 99.85 is off the tick 0.1)
)");
}

TEST(PaperVenue, fills_no_quote_by_a_print_from_before_it_rested) {
  EXPECT_EQ(played(R"(
   0 top 5@99.9 4@100.1
   1 quote 2@99.9 -
  20 top 5@99.9 4@100.1
  10 print sell 9@99       # comes late
  11 print sell 1@99       # comes late too, but it rested by then
)"),
            R"(
20 fill buy 1@99.9 maker fee -0.00999 USD of bid
)");
}

TEST(PaperVenue, repeats_the_quote_as_the_record_of_the_decision) {
  Session run;
  const QuoteRequest request = quote(level("2@99.9"), level("2@100.1"));
  run.venue().quote(ms(7), request);
  run.until(ms(7));
  ASSERT_EQ(run.events().size(), 1U);
  EXPECT_EQ(run.events().front(), (Event{ms(7), request.quote}));
}

// ---- transfers

TEST(PaperVenue, moves_an_asset_in_the_time_and_for_the_fee_of_its_route) {
  EXPECT_EQ(played("5 transfer m1 4"), R"(
5 transfer m1 4 sent
5 balance -1 m1/fee (transfer fee)
600005 transfer m1 4 arrived
)");
}

TEST(PaperVenue, fails_a_transfer_by_chance_after_the_same_time) {
  PaperOptions options = after_10_ms();
  options.failed_transfers = 1.0;
  EXPECT_EQ(outcome("5 transfer m1 4", options), R"(
5 transfer m1 4 sent
5 balance -1 m1/fee (transfer fee)
600005 transfer m1 4 failed
)");
}

TEST(PaperVenue, fails_a_transfer_that_no_route_leads_to) {
  Session run;
  Transfer back{TradeId("m1"),       eth,  Amount::whole(4), account(bank), account(),
                TransferState::sent, route};
  run.venue().transfer(ms(5), {back});
  run.until(ms(5));
  ASSERT_EQ(run.events().size(), 2U);
  EXPECT_EQ(told(run.desk(), run.events()[0]), "5 transfer m1 4 sent");
  EXPECT_EQ(told(run.desk(), run.events()[1]), "5 transfer m1 4 failed");
}

// ---- options

TEST(PaperVenue, names_an_option_outside_its_domain) {
  const auto why = [](auto change) {
    PaperOptions options;
    change(options);
    const Desk on = desk();
    const auto made = PaperVenue::create(on, options);
    return made ? std::string("taken") : made.error().what;
  };
  EXPECT_EQ(why([](PaperOptions&) {}), "taken");
  EXPECT_EQ(why([](PaperOptions& o) { o.latency = Duration{-1}; }),
            "latency is -1ns: it must be 0 or above");
  EXPECT_EQ(why([](PaperOptions& o) { o.rejects = 1.5; }), "rejects is 1.5: it must be 0 to 1");
  EXPECT_EQ(why([](PaperOptions& o) { o.lost_answers = std::nan(""); }),
            "lost_answers is nan: it must be 0 to 1");
  EXPECT_EQ(why([](PaperOptions& o) { o.share = Decimal{}; }),
            "share is 0: it must be above 0 and at most 1");
}

}  // namespace
}  // namespace ballast::paper
