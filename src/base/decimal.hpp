// Exact decimals: a 128-bit integer at 10^-18, in distinct types for price, quantity and money.
//
//   type        means                                        unit
//   Quantity    signed amount; the sign is the side          base asset, or contracts
//   Price       quote asset for one base asset               quote / base
//   Amount      an amount of some asset that stands beside it settlement or cash asset
//   Money       an Amount that carries its asset and refuses to mix
//
//   operation                    result     rounding          fails on
//   T + T, T - T, -T             T          none              overflow: contract (use checked_*)
//   checked_add(T, T)            Result<T>  none              overflow
//   notional(Quantity, Price)    Result<Amount>  half-even    overflow
//   mul_div(x, y, z) = x*y/z     Result     half-even, once   overflow, z = 0
//
// Everything else (Price + Quantity, Money of two assets, a silent double) does not compile or is
// an error. One named crossing to doubles each way: to_double() and decimal_from_double(). The
// range is
// +-1.7e20; sums inside the engine are checked by a contract, inputs by Results.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/contract.hpp"
#include "base/int128.hpp"
#include "base/result.hpp"

namespace ballast {

constexpr int decimal_digits = 18;
constexpr Int128 decimal_one = 1'000'000'000'000'000'000LL;

template <class Tag>
struct Fixed {
  Int128 raw{};  // value * 10^18

  static constexpr Fixed from_raw(Int128 raw) { return Fixed{raw}; }
  /// A whole number; |whole| <= 9.2e18 always fits.
  static constexpr Fixed whole(std::int64_t whole) { return Fixed{Int128{whole} * decimal_one}; }

  friend constexpr auto operator<=>(Fixed, Fixed) = default;

  constexpr bool zero() const { return raw == 0; }
  constexpr int sign() const { return raw < 0 ? -1 : raw > 0 ? 1 : 0; }
  constexpr Fixed operator-() const { return Fixed{-raw}; }
  constexpr Fixed abs() const { return raw < 0 ? Fixed{-raw} : *this; }

  constexpr Fixed& operator+=(Fixed other) {
    BALLAST_ASSERT(!__builtin_add_overflow(raw, other.raw, &raw));
    return *this;
  }
  constexpr Fixed& operator-=(Fixed other) {
    BALLAST_ASSERT(!__builtin_sub_overflow(raw, other.raw, &raw));
    return *this;
  }
  friend constexpr Fixed operator+(Fixed a, Fixed b) { return a += b; }
  friend constexpr Fixed operator-(Fixed a, Fixed b) { return a -= b; }
};

using Quantity = Fixed<struct QuantityTag>;
using Price = Fixed<struct PriceTag>;
using Amount = Fixed<struct AmountTag>;
/// A number without a dimension of its own, or one whose unit its factor states.
using Decimal = Fixed<struct DecimalTag>;

template <class To, class Tag>
constexpr To decimal_cast(Fixed<Tag> value) {  // a named change of meaning, never a conversion
  return To{value.raw};
}

template <class Tag>
constexpr Result<Fixed<Tag>> checked_add(Fixed<Tag> a, Fixed<Tag> b) {
  Fixed<Tag> sum;
  if (__builtin_add_overflow(a.raw, b.raw, &sum.raw)) {
    return fail(Errc::overflow, "a sum leaves the decimal range of +-1.7e20");
  }
  return sum;
}

/// x * y / z rounded half to even, with a 256-bit intermediate. Raw integers in, raw integer out.
Result<Int128> mul_div_raw(Int128 x, Int128 y, Int128 z);

template <class To, class X, class Y>
Result<To> product(Fixed<X> x, Fixed<Y> y) {  // x * y, half-even
  auto raw = mul_div_raw(x.raw, y.raw, decimal_one);
  if (!raw) return tl::unexpected(std::move(raw).error());
  return To{*raw};
}

template <class To, class X, class Z>
Result<To> quotient(Fixed<X> x, Fixed<Z> z) {  // x / z, half-even
  auto raw = mul_div_raw(x.raw, decimal_one, z.raw);
  if (!raw) return tl::unexpected(std::move(raw).error());
  return To{*raw};
}

template <class To, class X, class Y, class Z>
Result<To> mul_div(Fixed<X> x, Fixed<Y> y, Fixed<Z> z) {  // x * y / z, half-even, rounded once
  auto raw = mul_div_raw(x.raw, y.raw, z.raw);
  if (!raw) return tl::unexpected(std::move(raw).error());
  return To{*raw};
}

/// The value of a quantity at a price in the quote asset: the only Quantity x Price.
inline Result<Amount> notional(Quantity quantity, Price price) {
  return product<Amount>(quantity, price);
}

/// The one crossing to the world of doubles; relative error below 2^-52.
template <class Tag>
double to_double(Fixed<Tag> value) {
  return to_double(value.raw) / 1e18;
}
/// The one crossing back: rounds half-even to `digits` fractional digits (0 to 18); an error for
/// anything not finite or out of range.
Result<Int128> raw_from_double(double value, int digits);
/// That error. Out of line, so that a crossing that succeeds costs no more than it must.
[[gnu::cold]] tl::unexpected<Error> beyond_decimals(double value);
/// raw_from_double() of what is in range; requires |value| < 1.7e20.
Int128 rounded_in_range(double value, int digits);
/// The same as raw_from_double(); nothing where that is an error.
inline std::optional<Int128> rounded_raw(double value, int digits) {
  if (!(value < 1.7e20 && value > -1.7e20)) return std::nullopt;
  return rounded_in_range(value, digits);
}
template <class To>
Result<To> decimal_from_double(double value, int digits) {
  if (const auto raw = rounded_raw(value, digits)) return To{*raw};
  return beyond_decimals(value);
}

/// Plain decimal text: [+-]digits[.digits], nothing else; exact or an error.
Result<Int128> parse_decimal_raw(std::string_view text);
template <class To>
Result<To> parse_decimal(std::string_view text) {
  auto raw = parse_decimal_raw(text);
  if (!raw) return tl::unexpected(std::move(raw).error());
  return To{*raw};
}

/// Writes the shortest exact decimal (no exponent, no trailing zeros); parse(print(x)) == x.
/// `out` holds at least decimal_text_max characters; returns the end.
constexpr std::size_t decimal_text_max = 48;
char* print_decimal(Int128 raw, char* out);
std::string decimal_text(Int128 raw);
template <class Tag>
std::string to_string(Fixed<Tag> value) {
  return decimal_text(value.raw);
}

}  // namespace ballast
