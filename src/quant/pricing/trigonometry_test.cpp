#include "quant/pricing/trigonometry.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr double unit = 0x1p-52;

TEST(Trigonometry, is_that_of_long_double) {
  const std::uint64_t seed = 7;
  Rng rng(seed);
  for (int i = 0; i < 200'000; ++i) {
    const double size = std::exp(20.0 * rng.uniform() - 10.0);  // to 22,000
    const double x = rng.chance(0.5) ? size : -size;
    const auto at = kernel::sine_cosine(x);
    const auto sine = static_cast<double>(sinl(static_cast<long double>(x)));
    const auto cosine = static_cast<double>(cosl(static_cast<long double>(x)));
    ASSERT_NEAR(at.sine, sine, 0.75 * unit) << "seed " << seed << ": " << x;
    ASSERT_NEAR(at.cosine, cosine, 0.75 * unit) << "seed " << seed << ": " << x;

    const double y = -40.0 * rng.uniform() * rng.uniform() * rng.uniform();
    const auto less_one = static_cast<double>(expm1l(static_cast<long double>(y)));
    ASSERT_NEAR(kernel::exp_less_one(y), less_one, unit * 2.0 * std::fabs(less_one)) << y;
    ASSERT_NEAR(kernel::exp_less_one(-y), expm1(-y), unit * 2.0 * expm1(-y)) << -y;

    const double a = rng.normal() * std::exp(4.0 * rng.normal());
    const double b = rng.normal() * std::exp(4.0 * rng.normal());
    const auto angle =
        static_cast<double>(atan2l(static_cast<long double>(a), static_cast<long double>(b)));
    ASSERT_NEAR(kernel::angle(a, b), angle, unit * 2.0 * std::fabs(angle)) << a << " " << b;
  }
}

TEST(Trigonometry, knows_the_axes) {
  EXPECT_EQ(kernel::sine_cosine(0.0).sine, 0.0);
  EXPECT_EQ(kernel::sine_cosine(0.0).cosine, 1.0);
  EXPECT_EQ(kernel::exp_less_one(0.0), 0.0);
  EXPECT_EQ(kernel::exp_less_one(-1e4), -1.0);
  EXPECT_EQ(kernel::exp_less_one(1e-300), 1e-300);
  EXPECT_EQ(kernel::angle(0.0, 2.0), 0.0);
  EXPECT_EQ(kernel::angle(2.0, 0.0), std::acos(0.0));
  EXPECT_EQ(kernel::angle(-2.0, 0.0), -std::acos(0.0));
  EXPECT_EQ(kernel::angle(0.0, -2.0), std::acos(-1.0));
  EXPECT_TRUE(std::isnan(kernel::sine_cosine(std::nan("")).sine));
}

}  // namespace
}  // namespace ballast
