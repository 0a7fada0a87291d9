#include "quant/control/internalisation.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr InternalisationInput dealer{
    .curvature = 0.01, .spread_cost = 0.1, .impact = 0.01, .permanent_impact = 0.005};

TEST(Internalisation, has_the_zone_and_the_rate_of_the_legendre_transform) {
  EXPECT_NEAR(*internalisation_half_width(dealer), 6.666666666667, 1e-12);
  EXPECT_EQ(*hedging_rate(dealer, 5.0), 0.0);
  EXPECT_NEAR(*hedging_rate(dealer, 40.0), -25.0, 1e-12);
  EXPECT_NEAR(*hedging_rate(dealer, -40.0), 25.0, 1e-12);
}

TEST(Internalisation, hedges_at_the_rate_that_is_worth_most) {
  for (const double psi : {0.0, 0.1, 1.0}) {
    for (const double k : {0.0, 0.005, 0.019}) {
      InternalisationInput input = dealer;
      input.spread_cost = psi;
      input.permanent_impact = k;
      for (double q = -60.0; q <= 60.0; q += 7.5) {
        const double p = -2.0 * input.curvature * q + k * q;
        double best = 0.0;
        double most = 0.0;
        for (int i = -60'000; i <= 60'000; ++i) {
          const double v = i * 1e-3;
          const double worth = p * v - psi * std::fabs(v) - input.impact * v * v;
          if (worth > most) {
            most = worth;
            best = v;
          }
        }
        EXPECT_NEAR(*hedging_rate(input, q), best, 1e-3)
            << "psi " << psi << " k " << k << " q " << q;
      }
    }
  }
}

TEST(Internalisation, starts_hedging_slowly_at_the_edge_of_the_zone) {
  const double edge = *internalisation_half_width(dealer);
  EXPECT_EQ(*hedging_rate(dealer, 0.999999 * edge), 0.0);
  EXPECT_LT(*hedging_rate(dealer, 1.000001 * edge), 0.0);
  EXPECT_NEAR(*hedging_rate(dealer, 1.000001 * edge), 0.0, 1e-5);
  InternalisationInput free = dealer;
  free.spread_cost = 0.0;
  EXPECT_EQ(*internalisation_half_width(free), 0.0);
}

TEST(Internalisation, wants_a_dealer_for_whom_hedging_is_worth_something) {
  const auto spoiled = [](auto spoil) {
    InternalisationInput input = dealer;
    spoil(input);
    return !internalisation_half_width(input) && !hedging_rate(input, 1.0);
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(spoiled([](auto& i) { i.curvature = 0.0; }));
  EXPECT_TRUE(spoiled([](auto& i) { i.spread_cost = -1.0; }));
  EXPECT_TRUE(spoiled([](auto& i) { i.impact = 0.0; }));
  EXPECT_TRUE(spoiled([](auto& i) { i.permanent_impact = 0.02; }));
  EXPECT_TRUE(spoiled([](auto& i) { i.permanent_impact = nan; }));
  EXPECT_FALSE(hedging_rate(dealer, nan));
}

}  // namespace
}  // namespace ballast
