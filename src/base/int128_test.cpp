#include "base/int128.hpp"

#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

/// An independent oracle: 256 bits as 32 bytes, arithmetic byte by byte.
using Bytes = std::array<unsigned, 32>;

Bytes bytes_of(const Int256& value) {
  Bytes bytes{};
  for (std::size_t i = 0; i < 16; ++i) {
    bytes[i] = static_cast<unsigned>(value.lo >> (8 * i)) & 0xFF;
    bytes[16 + i] = static_cast<unsigned>(static_cast<UInt128>(value.hi) >> (8 * i)) & 0xFF;
  }
  return bytes;
}

Bytes extended(Int128 value) {  // sign-extended
  Bytes bytes{};
  for (std::size_t i = 0; i < 32; ++i) {
    const UInt128 bits = static_cast<UInt128>(value);
    bytes[i] = i < 16 ? static_cast<unsigned>(bits >> (8 * i)) & 0xFF : value < 0 ? 0xFFU : 0U;
  }
  return bytes;
}

Bytes sum(const Bytes& a, const Bytes& b) {
  Bytes result{};
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += a[i] + b[i];
    result[i] = carry & 0xFF;
    carry >>= 8;
  }
  return result;
}

Bytes product(const Bytes& a, const Bytes& b) {  // modulo 2^256, right for two's complement
  Bytes result{};
  for (std::size_t i = 0; i < 32; ++i) {
    unsigned carry = 0;
    for (std::size_t j = 0; i + j < 32; ++j) {
      carry += result[i + j] + a[i] * b[j];
      result[i + j] = carry & 0xFF;
      carry >>= 8;
    }
  }
  return result;
}

Int128 random_int(Rng& rng) {
  if (rng.chance(0.05)) return rng.chance(0.5) ? int128_max : int128_min;
  const UInt128 wide = (static_cast<UInt128>(rng.next()) << 64) | rng.next();
  const auto value = static_cast<Int128>(wide) >> rng.below(127);
  return value;
}

TEST(Int256, multiplies_adds_subtracts_and_negates_like_bytes_by_hand) {
  constexpr std::uint64_t seed = 3;
  Rng rng(seed);
  for (int i = 0; i < 50'000; ++i) {
    const Int128 a = random_int(rng);
    const Int128 b = random_int(rng);
    const Int128 c = random_int(rng);
    const Int256 ab = Int256::product(a, b);
    const Int256 wide = Int256::from(c);
    ASSERT_EQ(bytes_of(ab), product(extended(a), extended(b))) << "seed " << seed << " case " << i;
    ASSERT_EQ(bytes_of(ab + wide), sum(bytes_of(ab), extended(c)))
        << "seed " << seed << " case " << i;
    ASSERT_EQ(sum(bytes_of(-ab), bytes_of(ab)), Bytes{}) << "seed " << seed << " case " << i;
    ASSERT_EQ(ab - wide + wide, ab) << "seed " << seed << " case " << i;
  }
}

TEST(Int256, orders_by_value) {
  EXPECT_LT(Int256::product(int128_min, int128_max), Int256::from(int128_min));
  EXPECT_LT(Int256::from(-1), Int256{});
  EXPECT_LT(Int256::from(int128_max), Int256::from(int128_max) + Int256::from(1));
  EXPECT_TRUE(Int256::from(-1).negative());
  EXPECT_FALSE(Int256{}.negative());
}

TEST(Int256, divides_so_that_the_remainder_is_at_most_half) {
  constexpr std::uint64_t seed = 5;
  Rng rng(seed);
  int divided = 0;
  for (int i = 0; i < 50'000; ++i) {
    const Int256 numerator = Int256::product(random_int(rng), random_int(rng));
    const UInt128 divisor = magnitude(random_int(rng) / 2) + 1;
    const auto quotient = divide_half_even(numerator, divisor);
    if (!quotient) {
      // The exact quotient must be beyond 128 bits: |numerator| > (2^127 - 1) * divisor.
      const Int256 size = numerator.negative() ? -numerator : numerator;
      ASSERT_GT(size, Int256::product(int128_max, static_cast<Int128>(divisor))) << "case " << i;
      continue;
    }
    ++divided;
    Int256 rest = numerator - Int256::product(*quotient, static_cast<Int128>(divisor));
    if (rest.negative()) rest = -rest;
    const Int256 twice = rest + rest;
    const Int256 whole = Int256::from(static_cast<Int128>(divisor));
    ASSERT_LE(twice, whole) << "seed " << seed << " case " << i;
    if (twice == whole) {
      ASSERT_EQ(*quotient % 2, 0) << "seed " << seed << " case " << i;
    }
  }
  EXPECT_GT(divided, 10'000);
}

TEST(Int256, divides_back_what_was_multiplied_where_guesses_of_digits_are_worst) {
  // Divisors and quotients of all-ones and single-one words make Knuth's guesses too large by two.
  std::vector<Int128> edges;
  for (int bit = 62; bit < 127; ++bit) {
    const Int128 power = Int128{1} << bit;
    edges.insert(edges.end(), {power - 1, power, power + 1, power + (Int128{1} << 62)});
  }
  edges.insert(edges.end(), {1, 2, 1'000'000'000'000'000'000, int128_max - 1, int128_max});
  for (const Int128 divisor : edges) {
    for (const Int128 quotient : edges) {
      for (const Int128 rest : {Int128{0}, (divisor - 1) / 2, -((divisor - 1) / 2)}) {
        const Int256 numerator = Int256::product(quotient, divisor) + Int256::from(rest);
        ASSERT_EQ(divide_half_even(numerator, static_cast<UInt128>(divisor)), quotient);
        ASSERT_EQ(divide_half_even(-numerator, static_cast<UInt128>(divisor)), -quotient);
      }
    }
  }
}

TEST(Int256, becomes_the_nearest_double_within_one_part_in_2_to_the_52) {
  const Int256 square = Int256::product(int128_max, int128_max);
  EXPECT_NEAR(square.to_double() / std::ldexp(1.0, 254), 1.0, 0x1.0p-52);
  EXPECT_NEAR((-square).to_double() / std::ldexp(1.0, 254), -1.0, 0x1.0p-52);
  EXPECT_EQ(Int256::from(-42).to_double(), -42.0);
}

TEST(Int128, becomes_the_double_that_the_compiler_would_make) {
  constexpr std::uint64_t seed = 7;
  Rng rng(seed);
  for (int i = 0; i < 200'000; ++i) {
    Int128 value = random_int(rng);
    if (rng.chance(0.5)) {  // close to halfway between two doubles, where rounding shows
      const auto bits = static_cast<unsigned>(rng.between(54, 126));
      const UInt128 ones = (UInt128{1} << 54) - 1 - rng.below(3);
      value = static_cast<Int128>(ones << (bits - 54)) + rng.between(-1, 1);
      if (rng.chance(0.5)) value = -value;
    }
    ASSERT_EQ(to_double(value), static_cast<double>(value)) << "seed " << seed << " case " << i;
  }
  for (int bit = 0; bit < 127; ++bit) {
    for (const Int128 off : {-1, 0, 1}) {
      const Int128 value = (Int128{1} << bit) + off;
      ASSERT_EQ(to_double(value), static_cast<double>(value)) << bit;
      ASSERT_EQ(to_double(-value), static_cast<double>(-value)) << bit;
    }
  }
  EXPECT_EQ(to_double(int128_min), static_cast<double>(int128_min));
}

}  // namespace
}  // namespace ballast
