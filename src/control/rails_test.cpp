// Conformance: what every rail keeps, whichever it is, and the edge of each. A new word in Rails is
// tested here as it is.
#include "control/rails.hpp"

#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();
const Timestamp noon = parse_timestamp("2026-01-05T12:00:00Z").value();

/// Everything is watched.
RailsConfig all() {
  RailsConfig config;
  config.order_notional = 50'000.0;
  config.daily_notional = 1'000'000.0;
  config.price_collar = 0.01;
  config.messages = 10;
  config.position_notional = 200'000.0;
  config.stale_after = Duration::seconds(10);
  return config;
}

/// A buy of a quarter of a coin that hurts nobody; everything is known.
RailInput benign(Side side = Side::buy) {
  RailInput input;
  input.now = noon;
  input.side = side;
  input.qty = 0.25;
  input.price = 60'000.0;
  input.notional = 15'000.0;
  input.mark = 60'010.0;
  input.mark_at = noon - Duration::seconds(1);
  input.top_at = noon - Duration::milliseconds(20);
  input.sent_today = 300'000.0;
  input.messages = 3;
  input.position = 50'000.0;
  input.working = 10'000.0;
  input.equity = 8.0;
  input.margin = 5.5;
  input.free_before = 3.0;
  input.own_bid = 59'000.0;
  input.own_ask = 61'000.0;
  return input;
}

constexpr std::optional<double> RailInput::*numbers[] = {
    &RailInput::price,       &RailInput::notional, &RailInput::mark,    &RailInput::sent_today,
    &RailInput::position,    &RailInput::working,  &RailInput::own_bid, &RailInput::own_ask,
    &RailInput::free_before, &RailInput::equity,   &RailInput::margin};

template <class List>
struct TypesOf;
template <class... Rs>
struct TypesOf<std::tuple<Rs...>> {
  using type = ::testing::Types<Rs...>;
};

template <class R>
class EveryRail : public ::testing::Test {};
TYPED_TEST_SUITE(EveryRail, typename TypesOf<Rails>::type);

TYPED_TEST(EveryRail, passes_a_harmless_order_without_a_word) {
  for (const Side side : {Side::buy, Side::sell}) {
    const RailVerdict verdict = TypeParam::check(all(), benign(side));
    EXPECT_TRUE(verdict.pass) << verdict.why;
    EXPECT_TRUE(verdict.why.empty()) << verdict.why;
  }
}

TYPED_TEST(EveryRail, blocks_when_nothing_is_known) {
  ASSERT_TRUE(TypeParam::watches(all()));
  RailInput nothing;
  nothing.quotes_known = false;
  // A kill switch is known by being thrown: nothing else tells of it.
  if (std::is_same_v<TypeParam, KillSwitchRail>) nothing.killed = "desk: by hand";
  const RailVerdict verdict = TypeParam::check(all(), nothing);
  EXPECT_FALSE(verdict.pass);
  EXPECT_FALSE(verdict.why.empty());
}

TYPED_TEST(EveryRail, blocks_on_a_number_that_is_none_wherever_it_needs_one) {
  for (const Side side : {Side::buy, Side::sell}) {
    for (const auto member : numbers) {
      RailInput without = benign(side);
      without.*member = std::nullopt;
      const bool needs = !TypeParam::check(all(), without).pass;
      for (const double bad : {nan, infinite, -infinite}) {
        RailInput input = benign(side);
        input.*member = bad;
        const RailVerdict verdict = TypeParam::check(all(), input);
        EXPECT_EQ(verdict.why.empty(), verdict.pass);
        if (needs) {
          EXPECT_FALSE(verdict.pass) << bad;
        }
      }
    }
  }
}

TYPED_TEST(EveryRail, stands_in_both_lists_under_its_name) {
  RailInput nothing;
  nothing.quotes_known = false;
  const auto reports = report_rails(all(), nothing);
  ASSERT_EQ(reports.size(), std::tuple_size_v<Rails>);
  int found = 0;
  for (const RailReport& report : reports) {
    if (report.rail != TypeParam::name) continue;
    ++found;
    EXPECT_TRUE(report.watches);
    EXPECT_EQ(report.verdict.why, TypeParam::check(all(), nothing).why);
  }
  EXPECT_EQ(found, 1);
}

TEST(MarginRail, holds_back_what_equity_does_not_cover_unless_it_frees_some) {
  RailInput input = benign();
  input.margin = 8.0;
  EXPECT_TRUE(MarginRail::check(all(), input).pass) << "at the limit";
  input.margin = 8.0 + 1e-13;
  EXPECT_TRUE(MarginRail::check(all(), input).pass) << "by rounding";
  input.margin = 8.5;
  const RailVerdict held = MarginRail::check(all(), input);
  EXPECT_FALSE(held.pass);
  EXPECT_NE(held.why.find("initial margin would be 8.5 of 8 equity; 3 is free"), std::string::npos)
      << held.why;
  input.free_before = -0.75;  // short of more before
  EXPECT_TRUE(MarginRail::check(all(), input).pass);
  input.free_before = -0.25;
  EXPECT_FALSE(MarginRail::check(all(), input).pass);
  input.margin.reset();
  input.margin_lack = "BTC-C: no forward is known";
  EXPECT_EQ(MarginRail::check(all(), input).why, "cannot be evaluated: BTC-C: no forward is known");
  input.margined = false;
  EXPECT_TRUE(MarginRail::check(all(), input).pass) << "no margin is configured";
}

TEST(Rails, pass_a_harmless_order_and_name_the_first_that_fails) {
  EXPECT_FALSE(check_rails(all(), benign()));
  RailInput input = benign();
  input.notional = 2e6;  // beyond the order's, the day's and the position's limit
  EXPECT_EQ(check_rails(all(), input)->rail, "order_notional");
  input.top_at.reset();
  EXPECT_EQ(check_rails(all(), input)->rail, "stale_data");
  input.killed = "venue binance: by alice, wrong prices";
  EXPECT_EQ(check_rails(all(), input)->why,
            "killed: venue binance: by alice, wrong prices; send `rearm` when it may go on");
  int failing = 0;
  for (const RailReport& report : report_rails(all(), input))
    failing += report.verdict.pass ? 0 : 1;
  EXPECT_EQ(failing, 5);
}

TEST(Rails, ask_only_what_is_configured_and_always_for_kills_stale_data_margin_and_own_quotes) {
  std::set<std::string_view> watching;
  RailInput nothing;
  for (const RailReport& report : report_rails(RailsConfig{}, nothing)) {
    if (report.watches) {
      watching.insert(report.rail);
    } else {
      EXPECT_TRUE(report.verdict.pass);
    }
  }
  EXPECT_EQ(watching,
            (std::set<std::string_view>{"kill_switch", "stale_data", "margin", "self_trade"}));
}

// ---- the edge of each

template <class R>
std::string why(const RailInput& input, const RailsConfig& config = all()) {
  return R::check(config, input).why;
}

TEST(StaleDataRail, passes_what_is_as_old_as_the_limit) {
  RailInput input = benign();
  input.top_at = noon - Duration::seconds(10);
  EXPECT_EQ(why<StaleDataRail>(input), "");
  input.top_at = *input.top_at - Duration{1'000'000};
  EXPECT_EQ(why<StaleDataRail>(input),
            "the top is 10.001 s old, stale_after is 10s: wait for a new one or check the feed");
  input = benign();
  input.mark_at = noon - Duration::hours(1);
  EXPECT_EQ(why<StaleDataRail>(input),
            "the mark is 3600 s old, stale_after is 10s: wait for a new one or check the feed");
  input.mark_at.reset();
  EXPECT_EQ(why<StaleDataRail>(input), "cannot be evaluated: no mark; check the feed");
  input.mark_at = noon + Duration::seconds(1);
  EXPECT_EQ(why<StaleDataRail>(input),
            "cannot be evaluated: the mark is of 2026-01-05T12:00:01Z, which is to come; check the "
            "clocks");
  input.mark_at = Timestamp{std::numeric_limits<std::int64_t>::min()};
  EXPECT_NE(why<StaleDataRail>(input), "");
}

TEST(PriceCollarRail, passes_the_collar_itself_and_holds_only_the_adverse_side) {
  RailsConfig config = all();
  for (const double mark : {1.0, 3.0, 7.7, 60'000.0}) {
    for (const double collar : {0.001, 0.01, 0.1, 0.3}) {
      config.price_collar = collar;
      RailInput buy = benign(Side::buy);
      buy.mark = mark;
      RailInput sell = benign(Side::sell);
      sell.mark = mark;
      for (const double part : {0.5, 1.0, 1.001}) {
        buy.price = mark + part * collar * mark;
        sell.price = mark - part * collar * mark;
        EXPECT_EQ(PriceCollarRail::check(config, buy).pass, part <= 1.0) << mark << " " << collar;
        EXPECT_EQ(PriceCollarRail::check(config, sell).pass, part <= 1.0) << mark << " " << collar;
      }
      buy.price = 0.01 * mark;
      sell.price = 100.0 * mark;
      EXPECT_TRUE(PriceCollarRail::check(config, buy).pass);
      EXPECT_TRUE(PriceCollarRail::check(config, sell).pass);
    }
  }
}

TEST(PriceCollarRail, says_how_far_and_what_is_missing) {
  RailInput input = benign();
  input.mark = 60'000.0;
  input.price = 61'200.0;
  EXPECT_EQ(why<PriceCollarRail>(input),
            "buy at 61200 is 2% above the mark of 60000, price_collar is 1%: check the price");
  input.side = Side::sell;
  input.price = 57'000.0;
  EXPECT_EQ(why<PriceCollarRail>(input),
            "sell at 57000 is 5% below the mark of 60000, price_collar is 1%: check the price");
  input.mark.reset();
  EXPECT_EQ(why<PriceCollarRail>(input), "cannot be evaluated: no mark");
  input.price.reset();
  EXPECT_EQ(why<PriceCollarRail>(input),
            "cannot be evaluated: no limit price; send the order with one");
}

TEST(OrderNotionalRail, passes_the_limit_itself) {
  RailInput input = benign();
  input.notional = 50'000.0;
  EXPECT_EQ(why<OrderNotionalRail>(input), "");
  input.notional = 50'000.01;
  EXPECT_EQ(why<OrderNotionalRail>(input),
            "the order is worth 50000.01, order_notional is 50000: send less at a time");
  input.notional = -1.0;
  EXPECT_EQ(why<OrderNotionalRail>(input), "cannot be evaluated: no notional");
}

TEST(DailyNotionalRail, counts_this_order_and_passes_the_limit_itself) {
  RailInput input = benign();
  input.sent_today = 985'000.0;
  EXPECT_EQ(why<DailyNotionalRail>(input), "");
  input.sent_today = 985'001.0;
  EXPECT_EQ(why<DailyNotionalRail>(input),
            "985001 was sent today and this order is worth 15000, daily_notional is 1000000: wait "
            "for the next UTC day or raise it");
  input.sent_today.reset();
  EXPECT_EQ(why<DailyNotionalRail>(input), "cannot be evaluated: what was sent today is not known");
}

TEST(MessageRateRail, counts_this_one_and_passes_the_limit_itself) {
  RailInput input = benign();
  input.messages = 9;
  EXPECT_EQ(why<MessageRateRail>(input), "");
  input.messages = 10;
  EXPECT_EQ(why<MessageRateRail>(input), "10 were sent in the last second, messages is 10: wait");
  input.messages = std::numeric_limits<std::uint32_t>::max();
  EXPECT_NE(why<MessageRateRail>(input), "");
}

TEST(PositionAfterFillRail, counts_what_is_working_and_passes_the_limit_itself) {
  for (const Side side : {Side::buy, Side::sell}) {
    const double sign = side == Side::buy ? 1.0 : -1.0;
    RailInput input = benign(side);
    input.position = sign * 175'000.0;  // and 10000 working, and 15000 of this order
    EXPECT_EQ(why<PositionAfterFillRail>(input), "");
    input.position = sign * 175'001.0;
    EXPECT_NE(why<PositionAfterFillRail>(input), "");
  }
  RailInput input = benign();
  input.position = 190'000.0;
  EXPECT_EQ(why<PositionAfterFillRail>(input),
            "the position of 190000 would be 215000 after this order and those working, "
            "position_notional is 200000: send less, or the other way");
}

TEST(PositionAfterFillRail, lets_a_position_beyond_the_limit_shrink_but_not_turn_over) {
  for (const Side side : {Side::buy, Side::sell}) {
    const double held = side == Side::buy ? -300'000.0 : 300'000.0;
    RailInput input = benign(side);
    input.position = held;
    EXPECT_EQ(why<PositionAfterFillRail>(input), "");
    input.notional = 490'000.0;  // with 10000 working: as far on the other side as the limit
    EXPECT_EQ(why<PositionAfterFillRail>(input), "");
    input.notional = 491'000.0;  // less than held, but on the other side
    EXPECT_NE(why<PositionAfterFillRail>(input), "");
    input = benign(opposite(side));
    input.position = held;
    EXPECT_NE(why<PositionAfterFillRail>(input), "");
    input.notional = 0.0;
    input.working = 0.0;  // adds nothing
    EXPECT_EQ(why<PositionAfterFillRail>(input), "");
  }
}

TEST(SelfTradeRail, blocks_at_our_own_price_and_through_it) {
  for (const bool rests : {false, true}) {
    RailInput input = benign(Side::buy);
    input.rests = rests;
    input.price = 60'999.5;
    EXPECT_EQ(why<SelfTradeRail>(input), "");
    input.price = 61'000.0;
    EXPECT_EQ(why<SelfTradeRail>(input),
              "a buy at 61000 would trade with our own ask at 61000: pull the quote first");
    input.side = Side::sell;
    input.price = 59'000.5;
    EXPECT_EQ(why<SelfTradeRail>(input), "");
    input.price = 58'000.0;
    EXPECT_EQ(why<SelfTradeRail>(input),
              "a sell at 58000 would trade with our own bid at 59000: pull the quote first");
  }
}

TEST(SelfTradeRail, needs_to_know_our_quotes_and_a_price_where_we_quote) {
  RailInput input = benign();
  input.price.reset();
  EXPECT_EQ(why<SelfTradeRail>(input),
            "a buy without a limit price may trade with our own ask at 61000: send it with one, or "
            "pull the quote first");
  input.own_ask.reset();
  EXPECT_EQ(why<SelfTradeRail>(input), "");
  input.quotes_known = false;
  EXPECT_EQ(why<SelfTradeRail>(input), "cannot be evaluated: our own quotes are not known");
  input = benign();
  input.own_ask = nan;
  EXPECT_EQ(why<SelfTradeRail>(input), "cannot be evaluated: our own ask is no price");
}

}  // namespace
}  // namespace ballast
