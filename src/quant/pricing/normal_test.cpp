#include "quant/pricing/normal.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/black_oracle_test.hpp"
#include "quant/pricing/elementary.hpp"

namespace ballast {
namespace {

constexpr double unit = 0x1p-52;

double off(double value, Wide exact) { return static_cast<double>(fabsl((value - exact) / exact)); }

template <class Op>
class Elementary : public testing::Test {};
using Arithmetics = testing::Types<kernel::Separate, kernel::Fused>;
TYPED_TEST_SUITE(Elementary, Arithmetics);

TYPED_TEST(Elementary, exp_and_log_are_right_to_two_units) {
  using Op = TypeParam;
  Rng rng(1);
  for (int i = 0; i < 20'000; ++i) {
    const double y = -700.0 + 1400.0 * rng.uniform();
    ASSERT_LT(off(kernel::exp<Op>(y), expl(y)), 2.0 * unit) << y;
    const double a = std::exp(600.0 * (rng.uniform() - 0.5));
    const double b = std::exp(600.0 * (rng.uniform() - 0.5));
    ASSERT_LT(off(kernel::log_ratio<Op>(a, b), logl(static_cast<Wide>(a) / b)), 2.0 * unit)
        << a << " " << b;
    // Near 1, where the rounded quotient would lose what is left.
    const double c = a * (1.0 + std::pow(10.0, -10.0 * rng.uniform()));
    ASSERT_LT(off(kernel::log_ratio<Op>(c, a), log1pl((static_cast<Wide>(c) - a) / a)), 2.0 * unit)
        << a << " " << c;
    // As far apart as two numbers can be, of which 0.7 ... 1.5 scale to either side of each other.
    const double d = std::ldexp(0.7 + 0.8 * rng.uniform(), rng.chance(0.5) ? 1020 : -1021);
    ASSERT_LT(off(kernel::log_ratio<Op>(a, d), logl(static_cast<Wide>(a) / d)), 2.0 * unit)
        << a << " " << d;
  }
  EXPECT_EQ(kernel::exp<Op>(0.0), 1.0);
  EXPECT_EQ(kernel::exp<Op>(-800.0), 0.0);
  EXPECT_EQ(kernel::exp<Op>(-745.0), std::exp(-745.0)) << "subnormal";
  EXPECT_EQ(kernel::log_ratio<Op>(3.0, 3.0), 0.0);
  EXPECT_NEAR(kernel::log_ratio<Op>(5e-324, 1.0), -744.4400719213812, 1e-12);
  EXPECT_NEAR(kernel::log_ratio<Op>(1.0, 5e-324), 744.4400719213812, 1e-12);
  EXPECT_NEAR(kernel::log_ratio<Op>(5e-324, 1.7e308), -1454.2, 0.1);
}

TYPED_TEST(Elementary, density_and_tail_are_right_in_relative_terms) {
  using Op = TypeParam;
  Rng rng(2);
  for (int i = 0; i < 20'000; ++i) {
    const double z = 37.4 * rng.uniform();
    ASSERT_LT(off(kernel::density<Op>(z), wide_density(z)), 3.0 * unit) << z;
    ASSERT_LT(off(kernel::density<Op>(z) * kernel::mills<Op>(z).ratio, wide_tail(z)), 4.0 * unit)
        << z;
  }
}

TEST(Normal, cdf_is_right_in_relative_terms_in_both_tails) {
  Rng rng(2);
  for (int i = 0; i < 20'000; ++i) {
    const double x = -37.4 + 45.0 * rng.uniform();
    ASSERT_LT(off(normal_cdf(x), wide_tail(-static_cast<Wide>(x))), 4.0 * unit) << x;
    ASSERT_LT(off(normal_density(x), wide_density(x)), 3.0 * unit) << x;
  }
  EXPECT_NEAR(normal_cdf(0.0), 0.5, 0x1p-53);
  EXPECT_EQ(normal_cdf(-100.0), 0.0);
  EXPECT_EQ(normal_cdf(100.0), 1.0);
}

TEST(Normal, quantiles_are_those_of_tables) {
  // Abramowitz and Stegun (1964), table 26.5; Wichura (1988), test values.
  EXPECT_NEAR(*normal_quantile(0.975), 1.959963984540054, 1e-15);
  EXPECT_NEAR(*normal_quantile(0.25), -0.6744897501960817, 1e-15);
  EXPECT_NEAR(*normal_quantile(0.001), -3.090232306167814, 4e-15);
  EXPECT_NEAR(*normal_quantile(1e-20), -9.262340089798408, 1e-14);
  EXPECT_EQ(*normal_quantile(0.5), 0.0);
}

TEST(Normal, quantile_inverts_cdf) {
  Rng rng(3);
  for (int i = 0; i < 20'000; ++i) {
    const double p = rng.chance(0.5) ? rng.uniform() : std::pow(10.0, -300.0 * rng.uniform());
    if (p <= 0.0 || p >= 1.0) continue;
    const double x = *normal_quantile(p);
    const Wide error = (wide_tail(-static_cast<Wide>(x)) - p) / wide_density(x);
    ASSERT_LT(fabsl(error), 1e-15L * std::max(1.0, std::fabs(x))) << p;
  }
}

TEST(Normal, there_is_no_quantile_outside_0_to_1) {
  for (const double p : {0.0, 1.0, -0.1, 1.1, std::nan("")}) {
    const auto quantile = normal_quantile(p);
    ASSERT_FALSE(quantile) << p;
    EXPECT_EQ(quantile.error().code, Errc::bad_input);
  }
}

}  // namespace
}  // namespace ballast
