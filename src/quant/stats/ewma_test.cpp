#include "quant/stats/ewma.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

using Prices = std::vector<std::optional<double>>;

TEST(EwmaCovariance, is_the_weighted_mean_of_squared_moves_per_day) {
  // Two moves: 3 over a quarter of a day, then 2 over half a day with a half-life of one day.
  EwmaCovariance ewma(1, 1.0);
  ewma.add(0.0, Prices{10.0});
  EXPECT_FALSE(ewma.volatility(0));
  ewma.add(0.25, Prices{13.0});
  EXPECT_DOUBLE_EQ(ewma.volatility(0).value(), 6.0) << "sqrt(9 / 0.25)";
  ewma.add(0.5, Prices{11.0});
  const double w1 = (1 - std::exp2(-0.25)) * std::exp2(-0.5);
  const double w2 = 1 - std::exp2(-0.5);
  EXPECT_DOUBLE_EQ(ewma.covariance(0, 0), (w1 * 36.0 + w2 * 8.0) / (w1 + w2));
}

TEST(EwmaCovariance, forgets_half_in_a_half_life) {
  EwmaCovariance ewma(1, 1.0);
  ewma.add(0.0, Prices{0.0});
  for (int i = 1; i <= 100'000; ++i)
    ewma.add(0.01, Prices{(i % 2) * 0.1});  // variance 1 a day
  EXPECT_NEAR(ewma.covariance(0, 0), 1.0, 1e-9);
  for (int i = 0; i < 100; ++i)
    ewma.add(0.01, Prices{0.0});  // quiet for one half-life
  EXPECT_NEAR(ewma.covariance(0, 0), 0.5, 1e-9);
}

TEST(EwmaCovariance, recovers_a_simulated_covariance_from_irregular_samples) {
  Rng rng(6);
  EwmaCovariance ewma(2, 20.0);
  double a = 100.0, b = 50.0;
  ewma.add(0.0, Prices{a, b});
  for (int i = 0; i < 200'000; ++i) {
    const double dt = 0.0005 + 0.002 * rng.uniform();
    const double common = rng.normal();
    a += 3.0 * common * std::sqrt(dt);
    b += (1.2 * common - 1.6 * rng.normal()) * std::sqrt(dt);
    ewma.add(dt, Prices{a, b});
  }
  // Some 20 / ln 2 days at 667 samples a day weigh: about 38,000 squares, each of error sqrt(2).
  const double se = std::sqrt(2.0 / 38'000);
  EXPECT_NEAR(ewma.covariance(0, 0), 9.0, 4 * 9.0 * se);
  EXPECT_NEAR(ewma.covariance(1, 1), 4.0, 4 * 4.0 * se);
  EXPECT_NEAR(ewma.covariance(0, 1), 3.6, 4 * 6.0 * se);
  EXPECT_EQ(ewma.covariance(0, 1), ewma.covariance(1, 0));
}

TEST(EwmaCovariance, weighs_a_late_series_from_its_own_beginning_and_keeps_a_missing_price) {
  EwmaCovariance ewma(2, 1.0);
  ewma.add(0.0, Prices{1.0, {}});
  ewma.add(1.0, Prices{2.0, {}});
  ewma.add(1.0, Prices{3.0, 10.0});
  EXPECT_FALSE(ewma.estimated(1));
  EXPECT_EQ(ewma.covariance(0, 1), 0.0);
  ewma.add(1.0, Prices{5.0, 14.0});
  EXPECT_DOUBLE_EQ(ewma.volatility(1).value(), 4.0);
  EXPECT_DOUBLE_EQ(ewma.covariance(0, 1), 8.0);
  ewma.add(1.0, Prices{{}, 14.0});
  ewma.add(1.0, Prices{7.0, 14.0});
  // 4/day (weight 1/4 of the last two days' leavings), then nothing, then the whole move of 2.
  EXPECT_DOUBLE_EQ(ewma.covariance(0, 0),
                   (1.0 / 32 + 1.0 / 16 + 4.0 / 8 + 0.0 / 4 + 4.0 / 2) / (31.0 / 32));
}

TEST(EwmaCovariance, sums_its_quadratic_form_over_all_pairs) {
  Rng rng(8);
  EwmaCovariance ewma(4, 1.0);
  for (int i = 0; i < 50; ++i) {
    ewma.add(i == 0 ? 0.0 : 0.1, Prices{rng.normal(), rng.normal(), rng.normal(), rng.normal()});
  }
  const std::vector<double> x{1.0, -2.0, 0.0, 0.5};
  double naive = 0.0;
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j)
      naive += x[i] * x[j] * ewma.covariance(i, j);
  }
  EXPECT_GT(naive, 0.0);
  EXPECT_NEAR(ewma.quadratic_form(x), naive, 1e-12 * naive);
}

}  // namespace
}  // namespace ballast
