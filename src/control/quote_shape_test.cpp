#include "control/quote_shape.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

template <class To>
To dec(std::string_view text) {
  return parse_decimal<To>(text).value();
}

Instrument instrument_of(std::string_view tick, std::string_view lot) {
  Instrument instrument;
  instrument.name = "BTC-USDT";
  instrument.terms.tick = dec<Price>(tick);
  instrument.terms.lot = dec<Quantity>(lot);
  return instrument;
}

Top top_of(std::string_view bid, std::string_view ask) {
  return {InstrumentId{0}, dec<Price>(bid), Quantity::whole(1), dec<Price>(ask),
          Quantity::whole(1)};
}

ShapeInput input_of(double mid, std::string_view qty) {
  ShapeInput input;
  input.mid = mid;
  input.qty = dec<Quantity>(qty);
  input.room_up = input.room_down = 1e6;
  return input;
}

Quote shape(const SkewedQuote& skew, const Instrument& instrument, const ShapeInput& input) {
  const auto quote = shaped(skew, instrument, InstrumentId{0}, input);
  EXPECT_TRUE(quote) << quote.error().what;
  return quote.value_or(Quote{});
}

/// "bid_qty @ bid / ask_qty @ ask reason"
std::string text(const Quote& quote) {
  return to_string(quote.bid_qty) + " @ " + to_string(quote.bid) + " / " +
         to_string(quote.ask_qty) + " @ " + to_string(quote.ask) +
         (quote.reason.empty() ? "" : " " + quote.reason.str());
}

TEST(QuoteShape, rounds_the_bid_down_the_ask_up_and_sizes_down) {
  const SkewedQuote skew{1.23, 1.21, 0.77, 1.23};
  EXPECT_EQ(text(shape(skew, instrument_of("0.5", "0.01"), input_of(60000.0, "0.5"))),
            "0.38 @ 59998.5 / 0.61 @ 60001.5");
  EXPECT_EQ(text(shape(skew, instrument_of("10", "0.1"), input_of(60000.0, "0.5"))),
            "0.3 @ 59990 / 0.6 @ 60010");
}

TEST(QuoteShape, keeps_a_price_that_is_a_tick_but_no_double) {
  const SkewedQuote skew{0.1, 0.2};
  EXPECT_EQ(text(shape(skew, instrument_of("0.1", "0"), input_of(60000.2, "0.1"))),
            "0.1 @ 60000.1 / 0.1 @ 60000.4");
  EXPECT_EQ(text(shape({1e-8, 2e-8}, instrument_of("0.00000001", "1"), input_of(1.234e-5, "70"))),
            "70 @ 0.00001233 / 70 @ 0.00001236");
}

TEST(QuoteShape, of_any_tick_and_lot_takes_prices_as_they_are) {
  const SkewedQuote skew{0.25, 0.125, 0.5, 1.5};
  EXPECT_EQ(text(shape(skew, instrument_of("0", "0"), input_of(100.0, "0.333333333333333333"))),
            "0.166666666666666666 @ 99.75 / 0.5 @ 100.125");
}

TEST(QuoteShape, never_crosses_where_the_depths_are_below_the_mid_s_last_digit) {
  EXPECT_EQ(text(shape({1e-12, 1e-12}, instrument_of("0.5", "0"), input_of(60000.0, "1"))),
            "1 @ 60000 / 1 @ 60000.5");
  EXPECT_EQ(text(shape({1e-12, 1e-12}, instrument_of("0", "0"), input_of(60000.0, "1"))),
            "1 @ 60000 / 1 @ 60000.000000000000000001");
}

TEST(QuoteShape, stays_behind_the_other_side_when_it_may_only_post) {
  const SkewedQuote leaning_up{-3.0, 5.0};
  const SkewedQuote leaning_down{5.0, -3.0};
  const Instrument instrument = instrument_of("0.5", "0.1");
  ShapeInput input = input_of(100.0, "1");
  input.top = top_of("99.5", "100.5");
  EXPECT_EQ(text(shape(leaning_up, instrument, input)), "1 @ 100 / 1 @ 105");
  EXPECT_EQ(text(shape(leaning_down, instrument, input)), "1 @ 95 / 1 @ 100");
  input.top->ask_qty = {};  // nobody sells: nothing to cross
  EXPECT_EQ(text(shape(leaning_up, instrument, input)), "1 @ 103 / 1 @ 105");
  input.top = top_of("99.7", "100.7");  // not on a tick of ours
  EXPECT_EQ(text(shape(leaning_up, instrument, input)), "1 @ 100 / 1 @ 105");
  EXPECT_EQ(text(shape(leaning_down, instrument, input)), "1 @ 95 / 1 @ 100.5");
  input.top.reset();
  EXPECT_EQ(text(shape(leaning_up, instrument, input)), "1 @ 103 / 1 @ 105");
  input.top = top_of("99.5", "100.5");
  input.post_only = false;
  EXPECT_EQ(text(shape(leaning_down, instrument, input)), "1 @ 95 / 1 @ 97");
}

TEST(QuoteShape, pulls_a_side_that_would_pass_the_limit) {
  const SkewedQuote skew{1.0, 1.0};
  const Instrument instrument = instrument_of("0.5", "0.1");
  ShapeInput input = input_of(100.0, "1");
  input.room_up = 1.0;  // up to the limit itself
  input.room_down = 0.99;
  EXPECT_EQ(text(shape(skew, instrument, input)),
            "1 @ 99 / 0 @ 0 ask: a fill would pass the limit");
  input.room_up = 0.0;
  EXPECT_EQ(text(shape(skew, instrument, input)),
            "0 @ 0 / 0 @ 0 bid: a fill would pass the limit; ask: a fill would pass the limit");
  input.room_down = 0.5;
  EXPECT_EQ(text(shape({1.0, 1.0, 1.0, 0.5}, instrument, input)),
            "0 @ 0 / 0.5 @ 101 bid: a fill would pass the limit");
  input.room_up = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(shape(skew, instrument, input).bid_qty, Quantity{});
}

TEST(QuoteShape, pulls_a_side_that_the_venue_would_not_take) {
  Instrument instrument = instrument_of("0.5", "0.1");
  const ShapeInput input = input_of(100.0, "1");
  EXPECT_EQ(text(shape({1.0, 1.0, 0.05, 0.0}, instrument, input)),
            "0 @ 0 / 0 @ 0 bid: size below one lot; ask: size below one lot");
  instrument.terms.min_qty = dec<Quantity>("0.4");
  EXPECT_EQ(text(shape({1.0, 1.0, 0.4, 0.39}, instrument, input)),
            "0.4 @ 99 / 0 @ 0 ask: below min_qty");
  instrument.terms.min_notional = Amount::whole(100);
  EXPECT_EQ(text(shape({1.0, 1.0}, instrument, input)), "0 @ 0 / 1 @ 101 bid: below min_notional");
  EXPECT_EQ(text(shape({100.0, 1.0}, instrument, input)), "0 @ 0 / 1 @ 101 bid: price not above 0");
}

TEST(QuoteShape, takes_the_notional_of_contracts) {
  Instrument inverse = instrument_of("0.5", "1");
  inverse.kind = InstrumentKind::inverse_perpetual;
  inverse.contract_size = Quantity::whole(100);
  inverse.terms.min_notional = Amount::whole(200);  // two contracts, whatever the price
  EXPECT_EQ(text(shape({1.0, 1.0, 0.5, 1.0}, inverse, input_of(60000.0, "2"))),
            "0 @ 0 / 2 @ 60001 bid: below min_notional");
  Instrument linear = inverse;
  linear.kind = InstrumentKind::linear_perpetual;
  linear.contract_size = dec<Quantity>("0.001");
  EXPECT_EQ(text(shape({1.0, 1.0}, linear, input_of(60000.0, "3"))),
            "0 @ 0 / 0 @ 0 bid: below min_notional; ask: below min_notional");
}

TEST(QuoteShape, refuses_what_is_no_quote) {
  const Instrument instrument = instrument_of("0.5", "0.1");
  const auto what = [](const Result<Quote>& quote) {
    return quote ? "no error" : quote.error().what;
  };
  const ShapeInput input = input_of(100.0, "1");
  const auto shape_of = [&](const SkewedQuote& skew) {
    return what(shaped(skew, instrument, InstrumentId{0}, input));
  };
  EXPECT_EQ(shape_of({1.0, -1.0}), "the depths 1 and -1 cross: their sum must be above 0");
  EXPECT_EQ(shape_of({std::nan(""), 1.0}), "bid depth is nan: it must be a finite number");
  EXPECT_EQ(shape_of({1.0, 1.0, 2.5, 1.0}), "a size factor is 2.5: it must be 0 to 2");
  EXPECT_EQ(shape_of({1.0, 1.0, 1.0, std::nan("")}), "a size factor is nan: it must be 0 to 2");
  EXPECT_EQ(what(shaped({1.0, 1.0}, instrument, InstrumentId{0}, input_of(0.0, "1"))),
            "mid is 0: it must be above 0");
  EXPECT_EQ(what(shaped({1.0, 1.0}, instrument, InstrumentId{0}, input_of(1.0, "0"))),
            "qty is 0: it must be above 0");
  EXPECT_EQ(what(shaped({1.0, 1.0}, instrument_of("-1", "0"), InstrumentId{0}, input_of(1.0, "1"))),
            "the tick -1 and lot 0 of BTC-USDT must be 0 or above");
  EXPECT_FALSE(shaped({1.0, 1e300}, instrument, InstrumentId{0}, input));
  // What the decimals hold, but not with a tick on top.
  const std::string beyond = "a price or the tick is beyond +-4e19";
  EXPECT_EQ(shape_of({1.0, 1e20}), beyond);
  EXPECT_EQ(shape_of({1e20, 1.0}), beyond);
  EXPECT_EQ(
      what(shaped({1.0, 1.0}, instrument_of("100000000000000000000", "0"), InstrumentId{0}, input)),
      beyond);
  ShapeInput wild = input;
  wild.top = top_of("1", "100000000000000000000");
  EXPECT_EQ(what(shaped({1.0, 1.0}, instrument, InstrumentId{0}, wild)), beyond);
}

// ---- whatever the numbers

Quantity quantity_at(Rng& rng, int digits) {
  Int128 raw = 1 + static_cast<Int128>(rng.below(9'999));
  for (int i = digits; i < decimal_digits; ++i)
    raw *= 10;
  return Quantity{raw};
}

TEST(QuoteShape, keeps_ticks_lots_limits_and_the_book_apart_whatever_the_numbers) {
  constexpr std::uint64_t seed = 1;
  Rng rng(seed);
  int quoted = 0;
  for (int round = 0; round < 20'000; ++round) {
    SCOPED_TRACE("seed 1, round " + std::to_string(round));
    Instrument instrument;
    TradingTerms& terms = instrument.terms;
    if (rng.chance(0.9)) terms.tick.raw = quantity_at(rng, 6).raw;
    if (rng.chance(0.9)) terms.lot = quantity_at(rng, 6);
    if (rng.chance(0.3)) terms.min_qty = quantity_at(rng, 4);
    if (rng.chance(0.3)) terms.min_notional.raw = quantity_at(rng, 2).raw;
    const double mid = std::exp(3.0 * rng.normal());
    const SkewedQuote skew{mid * 0.05 * rng.normal(), mid * 0.05 * (1.0 + 9.0 * rng.uniform()),
                           2.0 * rng.uniform(), 2.0 * rng.uniform()};
    ShapeInput input = input_of(mid, "1");
    input.qty = quantity_at(rng, 3);
    input.post_only = rng.chance(0.8);
    input.room_up = 10.0 * rng.uniform();
    input.room_down = 10.0 * rng.uniform();
    if (rng.chance(0.8)) {
      Top top;
      top.bid = decimal_from_double<Price>(mid * (1.0 - 0.01 * rng.uniform()), 8).value();
      top.ask = decimal_from_double<Price>(mid * (1.0 + 0.01 * rng.uniform()), 8).value();
      top.bid_qty = Quantity::whole(rng.chance(0.9) ? 1 : 0);
      top.ask_qty = Quantity::whole(rng.chance(0.9) ? 1 : 0);
      input.top = top;
    }
    const auto answer = shaped(skew, instrument, InstrumentId{7}, input);
    if (skew.bid_depth + skew.ask_depth <= 0.0) {
      ASSERT_FALSE(answer);
      continue;
    }
    ASSERT_TRUE(answer) << answer.error().what;
    const Quote& quote = *answer;
    EXPECT_EQ(quote.instrument, InstrumentId{7});
    EXPECT_EQ(quote.reason.empty(), quote.bid_qty.sign() > 0 && quote.ask_qty.sign() > 0);
    const auto side = [&](Price price, Quantity qty, double model, double room, double sign) {
      if (qty.zero()) {
        EXPECT_TRUE(price.zero());
        return;
      }
      ++quoted;
      EXPECT_GT(price.sign(), 0);
      EXPECT_GT(qty.sign(), 0);
      if (!terms.tick.zero()) {
        EXPECT_TRUE(price.raw % terms.tick.raw == 0) << to_string(price);
      }
      if (!terms.lot.zero()) {
        EXPECT_TRUE(qty.raw % terms.lot.raw == 0) << to_string(qty);
      }
      EXPECT_GE(qty, terms.min_qty);
      EXPECT_GE(notional(qty, price)->raw, terms.min_notional.raw);
      EXPECT_LE(to_double(qty), room);
      // Never better than meant.
      EXPECT_LE(sign * to_double(price), sign * model + 1e-13 * mid);
    };
    side(quote.bid, quote.bid_qty, mid - skew.bid_depth, input.room_up, 1.0);
    side(quote.ask, quote.ask_qty, mid + skew.ask_depth, input.room_down, -1.0);
    if (!quote.bid_qty.zero() && !quote.ask_qty.zero()) {
      EXPECT_LT(quote.bid, quote.ask);
    }
    if (!input.post_only || !input.top) continue;
    const Price tick = terms.tick.zero() ? Price{1} : terms.tick;
    if (!quote.bid_qty.zero() && !input.top->ask_qty.zero()) {
      EXPECT_LE(quote.bid + tick, input.top->ask);
    }
    if (!quote.ask_qty.zero() && !input.top->bid_qty.zero()) {
      EXPECT_GE(quote.ask, input.top->bid + tick);
    }
  }
  EXPECT_GT(quoted, 5'000);
}

TEST(QuoteShape, on_the_tick_is_within_a_tick_of_what_was_meant) {
  constexpr std::uint64_t seed = 2;
  Rng rng(seed);
  for (int round = 0; round < 20'000; ++round) {
    Instrument instrument = instrument_of("0", "0");
    instrument.terms.tick.raw = quantity_at(rng, 6).raw;
    const double tick = to_double(instrument.terms.tick);
    const double mid = 1.0 + 1e5 * rng.uniform();
    const SkewedQuote skew{0.5 * rng.uniform(), 0.5 * rng.uniform() + 1e-3};
    const Quote quote = shape(skew, instrument, input_of(mid, "1"));
    EXPECT_NEAR(to_double(quote.bid), mid - skew.bid_depth - 0.5 * tick, 0.5 * tick + 1e-13 * mid)
        << "seed " << seed << ", round " << round;
    EXPECT_NEAR(to_double(quote.ask), mid + skew.ask_depth + 0.5 * tick, 0.5 * tick + 1e-13 * mid)
        << "seed " << seed << ", round " << round;
  }
}

}  // namespace
}  // namespace ballast
