#include "quant/control/carry_tilt.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

TEST(CarryTilt, is_merton_s_for_a_carry_that_is_certain) {
  EXPECT_DOUBLE_EQ(*carry_tilt({.carry = 2.0, .variance = 50.0, .gamma = 0.01}), 4.0);
  EXPECT_DOUBLE_EQ(*carry_tilt({.carry = -2.0, .variance = 50.0, .gamma = 0.01}), -4.0);
}

TEST(CarryTilt, shrinks_with_the_estimate_s_error_until_nothing_is_held) {
  CarryTiltInput input{.carry = 2.0, .standard_error = 1.0, .variance = 50.0, .gamma = 0.01};
  EXPECT_DOUBLE_EQ(*carry_tilt(input), 3.0);  // 1 - 1/4
  input.standard_error = 2.0;
  EXPECT_EQ(*carry_tilt(input), 0.0);
  input.standard_error = 1.9999999;
  EXPECT_GT(*carry_tilt(input), 0.0);
  EXPECT_LT(*carry_tilt(input), 1e-6);
  input.carry = -2.0;
  EXPECT_LT(*carry_tilt(input), 0.0);
  EXPECT_EQ(*carry_confidence(0.0, 0.0), 0.0);
}

TEST(CarryTilt, earns_more_than_taking_an_estimate_at_its_word) {
  // Carries are as large as the error of their estimates: utility mu q - gamma/2 sigma^2 q^2.
  Rng rng(11);
  double naive = 0.0;
  double shrunk = 0.0;
  for (int i = 0; i < 20'000; ++i) {
    const double carry = rng.normal();
    const double estimate = carry + rng.normal();
    const auto utility = [&](double q) { return carry * q - 0.5 * q * q; };
    naive += utility(*carry_tilt({.carry = estimate, .variance = 1.0, .gamma = 1.0}));
    shrunk += utility(
        *carry_tilt({.carry = estimate, .standard_error = 1.0, .variance = 1.0, .gamma = 1.0}));
  }
  EXPECT_GT(shrunk, naive + 0.1 * 20'000);
}

TEST(CarryTilt, names_what_is_outside_its_domain) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(carry_tilt({.carry = nan, .variance = 1.0, .gamma = 1.0}));
  EXPECT_FALSE(carry_tilt({.carry = 1.0, .standard_error = -1.0, .variance = 1.0, .gamma = 1.0}));
  EXPECT_FALSE(carry_tilt({.carry = 1.0, .variance = 0.0, .gamma = 1.0}));
  EXPECT_FALSE(carry_tilt({.carry = 1.0, .variance = 1.0, .gamma = 0.0}));
  EXPECT_FALSE(carry_tilt({.carry = 1e300, .variance = 1e-300, .gamma = 1e-10}));
}

}  // namespace
}  // namespace ballast
