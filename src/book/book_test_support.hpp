// For the tests of book/: a small desk, short ways to write events, and a slow, obvious second
// opinion.
//
// The second opinion shares no arithmetic with the code: Big is schoolbook integers of any length,
// and SlowPosition replays a sorted list of fills by the published rules of average-cost
// accounting.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/archive.hpp"
#include "base/decimal.hpp"
#include "book/books.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast::book_test {

// ---- a desk
// ----------------------------------------------------------------------------------------

inline const AssetId btc{std::size_t{0}};
inline const AssetId usdt{std::size_t{1}};
inline const AssetId bnb{std::size_t{2}};
inline const AssetId usd{std::size_t{3}};
inline const VenueId binance{std::size_t{0}};
inline const VenueId bitmex{std::size_t{1}};
inline const InstrumentId spot{std::size_t{0}};
inline const InstrumentId linear{std::size_t{1}};   // 0.001 BTC a contract
inline const InstrumentId inverse{std::size_t{2}};  // 1 USD a contract
inline const InstrumentId odd{std::size_t{3}};      // a contract size of many digits

inline Desk desk() {
  Desk desk;
  desk.name = "test";
  desk.currency = usdt;
  desk.assets = {{"BTC", {}}, {"USDT", {}}, {"BNB", {}}, {"USD", {}}};
  desk.venues = {{"binance", {"*"}}, {"bitmex", {"*"}}};
  const auto add = [&](const char* name, InstrumentKind kind, VenueId venue, AssetId quote,
                       const char* size) {
    Instrument instrument;
    instrument.name = name;
    instrument.kind = kind;
    instrument.venue = venue;
    instrument.base = btc;
    instrument.quote = quote;
    instrument.contract_size = *parse_decimal<Quantity>(size);
    desk.instruments.push_back(instrument);
  };
  add("BTC-USDT", InstrumentKind::spot, binance, usdt, "1");
  add("BTC-USDT-PERP", InstrumentKind::linear_perpetual, binance, usdt, "0.001");
  add("XBTUSD", InstrumentKind::inverse_perpetual, bitmex, usd, "1");
  add("ODD", InstrumentKind::linear_future, binance, usdt, "0.123456789012345678");
  return desk;
}

inline Quantity qty(std::string_view text) { return *parse_decimal<Quantity>(text); }
inline Price price(std::string_view text) { return *parse_decimal<Price>(text); }
inline Amount amount(std::string_view text) { return *parse_decimal<Amount>(text); }
inline TradeId id(std::string_view text) { return *TradeId::create(text); }
inline Timestamp at(std::int64_t seconds) { return {seconds * 1'000'000'000}; }
inline Place place(std::string_view account = "main", VenueId venue = binance) {
  return {venue, *AccountName::create(account)};
}

inline Fill fill(std::string_view trade_id,
                 Side side,
                 std::string_view quantity,
                 std::string_view at_price,
                 InstrumentId instrument = spot) {
  Fill fill;
  fill.key = {place("main", instrument == inverse ? bitmex : binance), instrument, id(trade_id), 0};
  fill.book = BookName("mm");
  fill.side = side;
  fill.qty = qty(quantity);
  fill.price = price(at_price);
  return fill;
}
inline Fill buy(std::string_view trade_id,
                std::string_view quantity,
                std::string_view at_price,
                InstrumentId instrument = spot) {
  return fill(trade_id, Side::buy, quantity, at_price, instrument);
}
inline Fill sell(std::string_view trade_id,
                 std::string_view quantity,
                 std::string_view at_price,
                 InstrumentId instrument = spot) {
  return fill(trade_id, Side::sell, quantity, at_price, instrument);
}

template <class Object>
std::string saved(Object& object) {
  std::string bytes;
  SaveArchive ar(bytes);
  ar(object);
  return bytes;
}

// ---- integers of any length
// ------------------------------------------------------------------------

class Big {
 public:
  Big() = default;
  explicit Big(Int128 value) : negative_(value < 0) {
    for (UInt128 rest = magnitude(value); rest != 0; rest >>= 16) {
      digits_.push_back(static_cast<std::uint32_t>(rest & 0xFFFFU));
    }
  }
  bool negative() const { return negative_ && !digits_.empty(); }
  bool zero() const { return digits_.empty(); }
  int sign() const { return zero() ? 0 : negative_ ? -1 : 1; }
  Big operator-() const {
    Big result = *this;
    result.negative_ = !negative_;
    return result;
  }
  Big abs() const { return negative() ? -*this : *this; }

  friend Big operator+(const Big& a, const Big& b) {
    Big result;
    if (a.negative() == b.negative()) {
      result.digits_ = add(a.digits_, b.digits_);
      result.negative_ = a.negative();
    } else if (compare(a.digits_, b.digits_) >= 0) {
      result.digits_ = subtract(a.digits_, b.digits_);
      result.negative_ = a.negative();
    } else {
      result.digits_ = subtract(b.digits_, a.digits_);
      result.negative_ = b.negative();
    }
    return result;
  }
  friend Big operator-(const Big& a, const Big& b) { return a + -b; }
  friend Big operator*(const Big& a, const Big& b) {
    Big result;
    result.negative_ = a.negative() != b.negative();
    result.digits_.assign(a.digits_.size() + b.digits_.size(), 0);
    for (std::size_t i = 0; i < a.digits_.size(); ++i) {
      std::uint32_t carry = 0;
      for (std::size_t j = 0; j < b.digits_.size() || carry != 0; ++j) {
        const std::uint64_t digit =
            std::uint64_t{result.digits_[i + j]} + carry +
            (j < b.digits_.size() ? std::uint64_t{a.digits_[i]} * b.digits_[j] : 0);
        result.digits_[i + j] = static_cast<std::uint32_t>(digit & 0xFFFFU);
        carry = static_cast<std::uint32_t>(digit >> 16);
      }
    }
    trim(result.digits_);
    return result;
  }
  friend bool operator==(const Big& a, const Big& b) { return (a - b).zero(); }
  friend bool operator<(const Big& a, const Big& b) { return (a - b).negative(); }

  /// a / b, rounded half to even: long division, each quotient digit by sixteen trial subtractions.
  friend Big divide(const Big& a, const Big& b) {
    std::vector<Big> multiples{b.abs()};  // b << 0 .. 15
    while (multiples.size() < 16)
      multiples.push_back(multiples.back() + multiples.back());
    Big quotient;
    Big rest;
    quotient.digits_.assign(a.digits_.size(), 0);
    for (std::size_t i = a.digits_.size(); i-- > 0;) {
      rest.digits_.insert(rest.digits_.begin(), a.digits_[i]);
      trim(rest.digits_);
      for (std::size_t bit = 16; bit-- > 0;) {
        if (compare(rest.digits_, multiples[bit].digits_) < 0) continue;
        rest.digits_ = subtract(rest.digits_, multiples[bit].digits_);
        quotient.digits_[i] |= 1U << bit;
      }
    }
    trim(quotient.digits_);
    const Big twice = rest + rest;
    const bool odd_quotient = !quotient.zero() && (quotient.digits_[0] & 1U) != 0;
    if (b.abs() < twice || (twice == b.abs() && odd_quotient)) quotient = quotient + Big(1);
    return a.negative() != b.negative() ? -quotient : quotient;
  }
  Int128 to_raw() const {  // the value must fit
    UInt128 value = 0;
    for (std::size_t i = digits_.size(); i-- > 0;)
      value = (value << 16) | digits_[i];
    return negative() ? -static_cast<Int128>(value) : static_cast<Int128>(value);
  }

 private:
  using Digits = std::vector<std::uint32_t>;  // base 2^16, lowest first
  static void trim(Digits& digits) {
    while (!digits.empty() && digits.back() == 0)
      digits.pop_back();
  }
  static int compare(const Digits& a, const Digits& b) {
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    for (std::size_t i = a.size(); i-- > 0;) {
      if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    }
    return 0;
  }
  static Digits add(const Digits& a, const Digits& b) {
    Digits sum;
    std::uint32_t carry = 0;
    for (std::size_t i = 0; i < a.size() || i < b.size() || carry != 0; ++i) {
      carry += (i < a.size() ? a[i] : 0) + (i < b.size() ? b[i] : 0);
      sum.push_back(carry & 0xFFFFU);
      carry >>= 16;
    }
    return sum;
  }
  static Digits subtract(const Digits& a, const Digits& b) {  // a >= b
    Digits difference;
    std::uint32_t borrow = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const std::uint32_t take = (i < b.size() ? b[i] : 0) + borrow;
      borrow = a[i] < take ? 1 : 0;
      difference.push_back(a[i] + (borrow << 16) - take);
    }
    trim(difference);
    return difference;
  }

  bool negative_ = false;
  Digits digits_;
};

inline const Big big_one{decimal_one};

// ---- the second opinion
// ----------------------------------------------------------------------------

inline Big slow_value(const Instrument& instrument, const Big& quantity, const Big& at_price) {
  const Big size(instrument.contract_size.raw);
  if (instrument.inverse()) return divide(-quantity * size, at_price);
  return divide(quantity * size * at_price, big_one * big_one);
}

/// Every figure in units of 10^-18.
struct SlowPosition {
  Big qty, cost, average, realized, flow;
  bool one_price = true;

  void trade(const Instrument& instrument, const Big& signed_qty, const Big& at_price) {
    const Big worth = slow_value(instrument, signed_qty, at_price);
    flow = flow - worth;
    if (qty.sign() * signed_qty.sign() >= 0) {
      open_more(instrument, signed_qty, at_price, worth);
    } else if (!(qty.abs() < signed_qty.abs()) && !(qty.abs() == signed_qty.abs())) {
      const Big released = divide(cost * signed_qty.abs(), qty.abs());
      cost = cost - released;
      qty = qty + signed_qty;
    } else {
      const Big rest = qty + signed_qty;
      qty = cost = average = Big();
      if (!rest.zero())
        open_more(instrument, rest, at_price, slow_value(instrument, rest, at_price));
    }
    realized = flow + cost;  // what was paid in and is no longer tied up
  }

 private:
  void open_more(const Instrument& instrument,
                 const Big& signed_qty,
                 const Big& at_price,
                 const Big& worth) {
    if (qty.zero()) {
      one_price = true;
      average = at_price;
    } else {
      one_price = one_price && average == at_price;
    }
    qty = qty + signed_qty;
    cost = cost + worth;
    if (one_price) return;
    const Big units = divide(qty.abs() * Big(instrument.contract_size.raw), big_one);
    average = instrument.inverse() ? divide(units * big_one, cost.abs())
                                   : divide(cost.abs() * big_one, units);
  }
};

}  // namespace ballast::book_test
