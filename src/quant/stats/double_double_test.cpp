#include "quant/stats/double_double.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

TEST(DoubleDouble, multiplies_two_doubles_without_losing_a_bit) {
  Rng rng(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t a = rng.between(-(1LL << 53), 1LL << 53);
    const std::int64_t b = rng.between(-(1LL << 53), 1LL << 53);
    const DoubleDouble product = two_product(static_cast<double>(a), static_cast<double>(b));
    EXPECT_TRUE(static_cast<Int128>(product.hi) + static_cast<Int128>(product.lo) == Int128{a} * b);
  }
}

TEST(DoubleDouble, holds_a_wide_integer_to_106_bits) {
  Rng rng(2);
  for (int i = 0; i < 20'000; ++i) {
    auto value = static_cast<Int128>((static_cast<UInt128>(rng.next()) << 64) | rng.next());
    value >>= static_cast<int>(rng.below(127));
    const DoubleDouble wide = to_double_double(value);
    // 2^127 as a double is one past the range of Int128: leave the very top out.
    if (magnitude(value) >> 126 != 0) continue;
    const Int128 error = static_cast<Int128>(wide.hi) + static_cast<Int128>(wide.lo) - value;
    EXPECT_TRUE(magnitude(error) <= magnitude(value) >> 104);
  }
}

TEST(DoubleDouble, keeps_a_small_term_beside_a_large_one_that_comes_and_goes) {
  DoubleDouble sum{1e-3, 0.0};
  for (int i = 0; i < 1000; ++i)
    accumulate(sum, 1e15 + i, 0.0);
  for (int i = 0; i < 1000; ++i)
    accumulate(sum, -1e15 - i, 0.0);
  EXPECT_NEAR(sum.to_double(), 1e-3, 1e18 * 0x1p-100);
  EXPECT_DOUBLE_EQ(
      (DoubleDouble{1e16, 0.0} + DoubleDouble{1.0, 0.0} - DoubleDouble{1e16, 0.0}).to_double(),
      1.0);
}

TEST(DoubleDouble, divides_so_that_multiplying_gives_the_number_back) {
  Rng rng(3);
  for (int i = 0; i < 1000; ++i) {
    const DoubleDouble a = two_sum(rng.normal(), rng.normal() * 1e-17);
    const DoubleDouble back = a / 1e18 * DoubleDouble{1e18, 0.0} - a;
    EXPECT_LE(back.to_double() < 0 ? -back.to_double() : back.to_double(), 1e-30);
  }
}

}  // namespace
}  // namespace ballast
