#include "control/quote_shape.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "exposure/exposures.hpp"
#include "quant/control/domain.hpp"

namespace ballast {
namespace {

constexpr Int128 summand_max = int128_max / 4;  // sums of three such numbers fit

/// A tick or lot in raw integers; 0 means any.
Int128 step_of(Int128 raw) { return std::max<Int128>(raw, 1); }

/// raw % step, at once where the machine's own division will do, as it does for sizes.
Int128 rest_of(Int128 raw, Int128 step) {
  const auto low = static_cast<std::int64_t>(raw), low_step = static_cast<std::int64_t>(step);
  return low == raw && low_step == step ? low % low_step : raw % step;
}

Int128 rounded_down(Int128 raw, Int128 step) {
  const Int128 rest = rest_of(raw, step);
  return raw - rest - (rest < 0 ? step : Int128{0});
}
Int128 rounded_up(Int128 raw, Int128 step) { return -rounded_down(-raw, step); }

/// Fractional digits of a price near `mid` with 14 significant ones, sometimes 15: what sums of
/// doubles of that size mean.
int digits_near(double mid) {
  // Of a mid that is finite and above 0; one below 2^-1022 has all digits in any case.
  const int exponent = static_cast<int>(std::bit_cast<std::uint64_t>(mid) >> 52) - 1023;
  const int whole = (exponent * 78913) >> 18;  // floor(exponent * log10(2)), for every exponent
  return std::clamp(13 - whole, 0, decimal_digits);
}

Result<void> check(const SkewedQuote& skew, const Instrument& instrument, const ShapeInput& input) {
  BALLAST_CHECK(require_positive("mid", input.mid));
  BALLAST_CHECK(require_finite("bid depth", skew.bid_depth));
  BALLAST_CHECK(require_finite("ask depth", skew.ask_depth));
  for (const double size : {skew.bid_size, skew.ask_size}) {
    if (!(size >= 0.0 && size <= 2.0))
      return fail(Errc::bad_input, fmt::format("a size factor is {}: it must be 0 to 2", size));
  }
  if (!(skew.bid_depth + skew.ask_depth > 0.0)) {
    return fail(Errc::bad_input,
                fmt::format("the depths {} and {} cross: their sum must be above 0", skew.bid_depth,
                            skew.ask_depth));
  }
  if (input.qty.sign() <= 0) {
    return fail(Errc::bad_input,
                fmt::format("qty is {}: it must be above 0", to_string(input.qty)));
  }
  const TradingTerms& terms = instrument.terms;
  if (terms.tick.sign() < 0 || terms.lot.sign() < 0) {
    return fail(Errc::bad_input,
                fmt::format("the tick {} and lot {} of {} must be 0 or above",
                            to_string(terms.tick), to_string(terms.lot), instrument.name));
  }
  return {};
}

bool summand(Int128 raw) { return raw <= summand_max && raw >= -summand_max; }

Result<void> set_prices(const SkewedQuote& skew,
                        Int128 tick,
                        const ShapeInput& input,
                        Quote& quote) {
  const int digits = digits_near(input.mid);
  const double bid_meant = input.mid - skew.bid_depth;
  const double ask_meant = input.mid + skew.ask_depth;
  const auto bid_raw = rounded_raw(bid_meant, digits);
  const auto ask_raw = rounded_raw(ask_meant, digits);
  if (!bid_raw) return beyond_decimals(bid_meant);
  if (!ask_raw) return beyond_decimals(ask_meant);
  Int128 bid = *bid_raw, ask = *ask_raw;
  const Top* const top = input.top ? &*input.top : nullptr;
  if (!summand(tick) || !summand(bid) || !summand(ask) ||
      (top != nullptr && (!summand(top->bid.raw) || !summand(top->ask.raw)))) {
    return fail(Errc::overflow, "a price or the tick is beyond +-4e19");
  }
  if (input.post_only && top != nullptr) {  // an empty side binds nobody
    if (top->ask_qty.sign() > 0) bid = std::min(bid, top->ask.raw - tick);
    if (top->bid_qty.sign() > 0) ask = std::max(ask, top->bid.raw + tick);
  }
  bid = rounded_down(bid, tick);
  ask = rounded_up(ask, tick);
  // Only where the depths were lost in the mid's last digit.
  if (bid >= ask) ask = bid + tick;
  quote.bid = Price{bid};
  quote.ask = Price{ask};
  return {};
}

/// Exactly; by doubles where they leave no doubt, which is nearly always and ten times as fast.
Result<bool> reaches_min_notional(const Instrument& instrument, Quantity qty, Price price) {
  const double least = to_double(instrument.terms.min_notional);
  const double worth = to_double(qty) * to_double(instrument.contract_size) *
                       (instrument.inverse() ? 1.0 : to_double(price));
  if (std::fabs(worth - least) > 1e-9 * least) return worth > least;
  const auto exact = notional_exposure(Contract::of(instrument), qty, price);
  if (!exact) return fail(Errc::overflow, "the notional of a quote is out of range");
  return exact->raw >= instrument.terms.min_notional.raw;
}

/// The size of one side, and why it is pulled; empty: it is quoted.
/// @param qty   before the side's factor on entry.
/// @param room  units that may trade on this side before the limit; not a number: none.
Result<std::string_view> set_size(
    const Instrument& instrument, Price price, double factor, double room, Quantity& qty) {
  const TradingTerms& terms = instrument.terms;
  if (price.sign() <= 0) return "price not above 0";
  if (factor != 1.0) {
    BALLAST_TRY(share, decimal_from_double<Decimal>(factor, decimal_digits));
    BALLAST_TRY(scaled, product<Quantity>(qty, share));
    qty = scaled;
  }
  qty.raw = rounded_down(qty.raw, step_of(terms.lot.raw));
  if (qty.zero()) return "size below one lot";
  if (qty < terms.min_qty) return "below min_qty";
  if (!terms.min_notional.zero()) {
    BALLAST_TRY(enough, reaches_min_notional(instrument, qty, price));
    if (!enough) return "below min_notional";
  }
  if (!(to_double(qty) <= room)) return "a fill would pass the limit";
  return std::string_view{};
}

Note reason(std::string_view bid, std::string_view ask) {
  std::string text;
  if (!bid.empty()) text.append("bid: ").append(bid);
  if (!bid.empty() && !ask.empty()) text.append("; ");
  if (!ask.empty()) text.append("ask: ").append(ask);
  return *Note::create(text);  // the longest pair of reasons has 68 characters
}

/// Sizes both sides of a quote that has its prices. A side that is pulled has neither.
Result<void> set_sizes(const SkewedQuote& skew,
                       const Instrument& instrument,
                       const ShapeInput& input,
                       Quote& quote) {
  quote.bid_qty = quote.ask_qty = input.qty;
  BALLAST_TRY(bid, set_size(instrument, quote.bid, skew.bid_size, input.room_up, quote.bid_qty));
  BALLAST_TRY(ask, set_size(instrument, quote.ask, skew.ask_size, input.room_down, quote.ask_qty));
  if (!bid.empty()) {
    quote.bid = {};
    quote.bid_qty = {};
  }
  if (!ask.empty()) {
    quote.ask = {};
    quote.ask_qty = {};
  }
  if (!bid.empty() || !ask.empty()) quote.reason = reason(bid, ask);
  return {};
}

Result<void> shape(const SkewedQuote& skew,
                   const Instrument& instrument,
                   const ShapeInput& input,
                   Quote& quote) {
  BALLAST_CHECK(check(skew, instrument, input));
  BALLAST_CHECK(set_prices(skew, step_of(instrument.terms.tick.raw), input, quote));
  return set_sizes(skew, instrument, input, quote);
}

}  // namespace

Result<Quote> shaped(const SkewedQuote& skew,
                     const Instrument& instrument,
                     InstrumentId id,
                     const ShapeInput& input) {
  // Made in its place: a quote is wide, and a copy would wait for what was just written in parts.
  Result<Quote> quote;
  quote->instrument = id;
  if (auto made = shape(skew, instrument, input, *quote); !made)
    quote = tl::unexpected(std::move(made).error());
  return quote;
}

}  // namespace ballast
