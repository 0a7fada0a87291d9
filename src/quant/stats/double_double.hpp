// Sums that must not drift: an unevaluated pair hi + lo of doubles, about 106 bits.
//
// A window's integral is the difference of two running integrals, so the running ones have to be
// far more exact than the answer. Only + - * of IEEE doubles are used (no fused multiply-add), so
// every compiler gives the same bits. Values stay far below 2^990, where splitting could overflow.
// Source: Dekker (1971), Numerische Mathematik 18; Knuth, volume 2, 4.2.2, theorem B.
#pragma once

#include <cstdint>

#include "base/int128.hpp"

namespace ballast {

struct DoubleDouble {
  double hi = 0.0;
  double lo = 0.0;

  constexpr double to_double() const { return hi + lo; }
  friend bool operator==(const DoubleDouble&, const DoubleDouble&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(hi, lo);
  }
};

/// a + b = hi + lo exactly.
constexpr DoubleDouble two_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

/// The upper 26 bits of `a`; a - upper_half(a) holds the rest exactly.
constexpr double upper_half(double a) {
  const double scaled = 134217729.0 * a;  // 2^27 + 1
  return scaled - (scaled - a);
}

/// a * b = hi + lo exactly.
constexpr DoubleDouble two_product(double a, double b) {
  const double product = a * b;
  const double a_hi = upper_half(a), a_lo = a - a_hi;
  const double b_hi = upper_half(b), b_lo = b - b_hi;
  return {product, (((a_hi * b_hi - product) + a_hi * b_lo) + a_lo * b_hi) + a_lo * b_lo};
}

constexpr DoubleDouble operator-(const DoubleDouble& a) { return {-a.hi, -a.lo}; }
constexpr DoubleDouble operator+(const DoubleDouble& a, const DoubleDouble& b) {
  const DoubleDouble high = two_sum(a.hi, b.hi);
  const DoubleDouble low = two_sum(a.lo, b.lo);
  const DoubleDouble sum = two_sum(high.hi, high.lo + low.hi);
  return two_sum(sum.hi, sum.lo + low.lo);
}
constexpr DoubleDouble operator-(const DoubleDouble& a, const DoubleDouble& b) { return a + -b; }
constexpr DoubleDouble& operator+=(DoubleDouble& a, const DoubleDouble& b) { return a = a + b; }
constexpr DoubleDouble& operator-=(DoubleDouble& a, const DoubleDouble& b) { return a = a - b; }
constexpr DoubleDouble operator*(const DoubleDouble& a, const DoubleDouble& b) {
  const DoubleDouble product = two_product(a.hi, b.hi);
  return two_sum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

/// The quotient to 2^-103 relative.
constexpr DoubleDouble operator/(const DoubleDouble& a, double b) {
  const double quotient = a.hi / b;
  const DoubleDouble rest = a - two_product(quotient, b);
  return two_sum(quotient, rest.to_double() / b);
}

/// Adds hi + lo to a running sum: cheaper than +, and exact to 2^-100 over 2^40 terms, but the sum
/// is normalised only by the next full operation.
constexpr void accumulate(DoubleDouble& sum, double hi, double lo) {
  const DoubleDouble high = two_sum(sum.hi, hi);
  sum.hi = high.hi;
  sum.lo += high.lo + lo;
}

/// To 2^-104 relative; exact up to 106 significant bits.
constexpr DoubleDouble to_double_double(Int128 value) {
  const auto top = static_cast<std::int64_t>(value >> 64);
  const auto bottom = static_cast<std::uint64_t>(static_cast<UInt128>(value));
  // Three parts that are doubles exactly while |value| < 2^117; else the top is split once more.
  const auto low_bits = static_cast<double>(bottom & 0xFFFFFFFFU);
  const double middle = static_cast<double>(bottom >> 32) * 0x1p32;
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (top < exact && top > -exact) {
    const DoubleDouble upper = two_sum(static_cast<double>(top) * 0x1p64, middle);
    return two_sum(upper.hi, upper.lo + low_bits);
  }
  return two_sum(static_cast<double>(top >> 32) * 0x1p96,
                 static_cast<double>(top & 0xFFFFFFFF) * 0x1p64) +
         two_sum(middle, low_bits);
}

}  // namespace ballast
