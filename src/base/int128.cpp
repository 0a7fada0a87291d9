#include "base/int128.hpp"

#include "base/contract.hpp"

namespace ballast {
namespace {

struct Division {
  UInt128 quotient;
  UInt128 remainder;
};

constexpr std::uint64_t low64(UInt128 value) { return static_cast<std::uint64_t>(value); }

struct WordDivision {
  std::uint64_t quotient;
  std::uint64_t remainder;
};

/// (high:low) / divisor for high < divisor. One instruction, where the compiler would call a
/// function that cannot know that the quotient fits.
WordDivision divide_words(std::uint64_t high, std::uint64_t low, std::uint64_t divisor) {
#if defined(__x86_64__)
  WordDivision division{};
  __asm__("divq %[divisor]"
          : "=a"(division.quotient), "=d"(division.remainder)
          : [divisor] "r"(divisor), "a"(low), "d"(high)
          : "cc");
  return division;
#else
  const UInt128 whole = (UInt128{high} << 64) | low;
  return {static_cast<std::uint64_t>(whole / divisor), static_cast<std::uint64_t>(whole % divisor)};
#endif
}

/// (high:low) / divisor for high < divisor <= 2^64 - 1.
Division divide_by_word(UInt128 high, UInt128 low, std::uint64_t divisor) {
  const WordDivision upper = divide_words(low64(high), low64(low >> 64), divisor);
  const WordDivision lower = divide_words(upper.remainder, low64(low), divisor);
  return {(UInt128{upper.quotient} << 64) | lower.quotient, lower.remainder};
}

/// (high:low) / divisor for high < divisor >= 2^64: Knuth's algorithm D with two 64-bit digits (The
/// Art of Computer Programming, volume 2, 4.3.1).
Division divide_by_two_words(UInt128 high, UInt128 low, UInt128 divisor) {
  const int shift = __builtin_clzll(low64(divisor >> 64));
  const UInt128 d = divisor << shift;
  const std::uint64_t d1 = low64(d >> 64);
  const std::uint64_t d0 = low64(d);
  UInt128 remainder = shift == 0 ? high : (high << shift) | (low >> (128 - shift));
  const UInt128 tail = low << shift;

  UInt128 quotient = 0;
  for (const std::uint64_t next : {low64(tail >> 64), low64(tail)}) {
    const std::uint64_t top = low64(remainder >> 64);
    WordDivision guess{~std::uint64_t{0}, 0};
    UInt128 rest = UInt128{low64(remainder)} + d1;  // of the largest guess, when top == d1
    if (top < d1) {
      guess = divide_words(top, low64(remainder), d1);
      rest = guess.remainder;
    }
    while ((rest >> 64) == 0 && UInt128{guess.quotient} * d0 > ((rest << 64) | next)) {
      --guess.quotient;
      rest += d1;
    }
    // Wraps modulo 2^128; the true value fits.
    remainder = ((remainder << 64) | next) - guess.quotient * d;
    quotient = (quotient << 64) | guess.quotient;
  }
  return {quotient, remainder >> shift};
}

}  // namespace

std::optional<Int128> divide_half_even(const Int256& numerator, UInt128 divisor) {
  BALLAST_ASSERT(divisor > 0 && divisor <= magnitude(int128_max));
  const bool negative = numerator.negative();
  const Int256 absolute = negative ? -numerator : numerator;
  const auto high = static_cast<UInt128>(absolute.hi);
  if (high >= divisor) return std::nullopt;  // the quotient needs more than 128 bits

  Division division{};
  if ((divisor >> 64) == 0) {
    division = divide_by_word(high, absolute.lo, low64(divisor));
  } else if (high == 0) {
    division = {absolute.lo / divisor, absolute.lo % divisor};
  } else {
    division = divide_by_two_words(high, absolute.lo, divisor);
  }
  const UInt128 gap = divisor - division.remainder;
  if (division.remainder > gap || (division.remainder == gap && (division.quotient & 1) != 0)) {
    ++division.quotient;
  }
  if (division.quotient > magnitude(int128_max)) return std::nullopt;
  const auto quotient = static_cast<Int128>(division.quotient);
  return negative ? -quotient : quotient;
}

double Int256::to_double() const {
  const bool is_negative = negative();
  const Int256 absolute = is_negative ? -*this : *this;
  constexpr double two_to_128 = 340282366920938463463374607431768211456.0;
  const double value = static_cast<double>(static_cast<UInt128>(absolute.hi)) * two_to_128 +
                       static_cast<double>(absolute.lo);
  return is_negative ? -value : value;
}

}  // namespace ballast
