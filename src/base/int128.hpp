// 128- and 256-bit signed integers for exact books.
//
// Int128 is the compiler's own. Int256 holds exact products of two Int128 and sums of such products
// (a profit split that must close to the last unit); it has only the operations that those need.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>

namespace ballast {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

constexpr Int128 int128_max = static_cast<Int128>((static_cast<UInt128>(1) << 127) - 1);
constexpr Int128 int128_min = -int128_max - 1;

constexpr UInt128 magnitude(Int128 value) {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

/// The nearest double, ties to even: what static_cast<double> gives, without its library call.
constexpr double to_double(Int128 value) {
  // Nearly always in two parts that doubles hold exactly: their sum is rounded once, as the whole.
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  const Int128 above = value >> 53;
  const auto upper = static_cast<std::int64_t>(above);
  if (upper == above && upper >= -exact && upper <= exact) {
    const auto lower = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) & (exact - 1));
    return static_cast<double>(upper) * 0x1p53 + static_cast<double>(lower);
  }
  // The first 63 significant bits round like the whole, with one bit set for all that is cut off.
  const UInt128 absolute = magnitude(value);
  auto high = static_cast<std::uint64_t>(absolute >> 64);
  auto rest = static_cast<std::uint64_t>(absolute);
  const int shift = high == 0 ? 64 : std::countl_zero(high);
  if (shift == 64) {
    high = rest;
    rest = 0;
  } else if (shift != 0) {
    high = (high << shift) | (rest >> (64 - shift));
    rest <<= shift;
  }
  const auto top = static_cast<std::int64_t>((high >> 1) | (high & 1) | (rest != 0 ? 1 : 0));
  const auto scale = std::bit_cast<double>(static_cast<std::uint64_t>(1023 + 65 - shift) << 52);
  const double result = static_cast<double>(top) * scale;
  return value < 0 ? -result : result;
}

/// Two's complement, 256 bits: value = hi * 2^128 + lo.
struct Int256 {
  UInt128 lo{};
  Int128 hi{};

  static constexpr Int256 from(Int128 value) {
    return {static_cast<UInt128>(value), value < 0 ? Int128{-1} : Int128{0}};
  }

  /// The exact product; never overflows.
  static constexpr Int256 product(Int128 a, Int128 b) {
    // The schoolbook product of the bit patterns; a negative factor stood for 2^128 too much.
    const auto x = static_cast<UInt128>(a);
    const auto y = static_cast<UInt128>(b);
    constexpr UInt128 mask = std::numeric_limits<std::uint64_t>::max();
    const UInt128 x0 = x & mask, x1 = x >> 64, y0 = y & mask, y1 = y >> 64;
    const UInt128 p00 = x0 * y0, p01 = x0 * y1, p10 = x1 * y0, p11 = x1 * y1;
    const UInt128 middle = (p00 >> 64) + (p01 & mask) + (p10 & mask);
    const UInt128 high = p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64);
    const auto a_sign = static_cast<UInt128>(a >> 127);  // all ones for a negative number
    const auto b_sign = static_cast<UInt128>(b >> 127);
    return {(p00 & mask) | (middle << 64), static_cast<Int128>(high - (y & a_sign) - (x & b_sign))};
  }

  constexpr Int256 operator-() const {
    const UInt128 low = UInt128{0} - lo;
    return {low, static_cast<Int128>(~static_cast<UInt128>(hi) + (lo == 0 ? 1U : 0U))};
  }
  constexpr Int256& operator+=(const Int256& other) {
    const UInt128 sum = lo + other.lo;
    hi = static_cast<Int128>(static_cast<UInt128>(hi) + static_cast<UInt128>(other.hi) +
                             (sum < lo ? 1U : 0U));
    lo = sum;
    return *this;
  }
  constexpr Int256& operator-=(const Int256& other) {
    const UInt128 borrow = lo < other.lo ? 1U : 0U;
    hi = static_cast<Int128>(static_cast<UInt128>(hi) - static_cast<UInt128>(other.hi) - borrow);
    lo -= other.lo;
    return *this;
  }
  friend constexpr Int256 operator+(Int256 a, const Int256& b) { return a += b; }
  friend constexpr Int256 operator-(Int256 a, const Int256& b) { return a -= b; }
  friend constexpr bool operator==(const Int256&, const Int256&) = default;
  friend constexpr std::strong_ordering operator<=>(const Int256& a, const Int256& b) {
    if (a.hi != b.hi) return a.hi <=> b.hi;
    return a.lo <=> b.lo;
  }
  constexpr bool negative() const { return hi < 0; }

  double to_double() const;
};

/// Divides by a positive divisor, rounding half to even; nothing when the quotient leaves 128 bits.
std::optional<Int128> divide_half_even(const Int256& numerator, UInt128 divisor);

}  // namespace ballast
