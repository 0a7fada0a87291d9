#include "quant/stats/ewma.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

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
  // Half of it: the older has gathered 7/8 and the younger 1/2.
  EXPECT_DOUBLE_EQ(ewma.covariance(0, 1), 8.0 * 0.5 / std::sqrt(7.0 / 8 * 0.5));
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

/// The smallest eigenvalue of a symmetric matrix, by Jacobi's rotations.
double smallest_eigenvalue(std::vector<double> a, std::size_t n) {
  for (int sweep = 0; sweep < 60; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        if (a[p * n + q] == 0.0) continue;
        const double theta = 0.5 * (a[q * n + q] - a[p * n + p]) / a[p * n + q];
        const double t = (theta < 0 ? -1.0 : 1.0) / (std::abs(theta) + std::hypot(1.0, theta));
        const double c = 1.0 / std::hypot(1.0, t), s = t * c;
        for (std::size_t i = 0; i < n; ++i) {
          const double ip = a[i * n + p], iq = a[i * n + q];
          a[i * n + p] = c * ip - s * iq;
          a[i * n + q] = s * ip + c * iq;
        }
        for (std::size_t i = 0; i < n; ++i) {
          const double pi = a[p * n + i], qi = a[q * n + i];
          a[p * n + i] = c * pi - s * qi;
          a[q * n + i] = s * pi + c * qi;
        }
      }
    }
  }
  double smallest = a[0];
  for (std::size_t i = 1; i < n; ++i)
    smallest = std::min(smallest, a[i * n + i]);
  return smallest;
}

TEST(EwmaCovariance, is_semidefinite_whatever_the_ages_and_holes_of_its_series) {
  int young = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    const std::size_t n = 2 + rng.below(6);
    EwmaCovariance ewma(n, 0.05 + rng.uniform());
    std::vector<double> price(n), scale(n);
    std::vector<int> begins(n);
    for (std::size_t i = 0; i < n; ++i) {
      scale[i] = std::exp(3.0 * rng.normal());
      begins[i] = static_cast<int>(rng.below(60));
    }
    // One strong common move, so that correlations are near 1 and any fault of scaling shows.
    const int steps = 20 + static_cast<int>(rng.below(60));
    for (int step = 0; step < steps; ++step) {
      const double common = rng.normal();
      Prices prices(n);
      for (std::size_t i = 0; i < n; ++i) {
        price[i] += scale[i] * (common + 0.02 * rng.normal());
        if (step >= begins[i] && !rng.chance(0.2)) prices[i] = price[i];
        if (rng.chance(0.03)) ewma.interrupt(i);
      }
      ewma.add(step == 0 ? 0.0 : 0.02 * rng.uniform() + 1e-3, prices);
      if (step % 7 != 0) continue;
      for (const Shrinkage shrinkage : {Shrinkage{},
                                        {ShrinkageTarget::diagonal, 0.1},
                                        {ShrinkageTarget::constant_correlation, 0.3},
                                        {ShrinkageTarget::constant_correlation, 1.0}}) {
        std::vector<double> matrix(n * n);
        ewma.matrix(shrinkage, matrix);
        // Of the correlations: prices of all sizes would hide a negative value in rounding.
        std::vector<double> correlation(n * n);
        for (std::size_t i = 0; i < n; ++i) {
          EXPECT_EQ(matrix[i * n + i], ewma.covariance(i, i)) << "shrinking leaves variances";
          young += ewma.estimated(i) && ewma.observations(i) < 5 ? 1 : 0;
          for (std::size_t j = 0; j < n; ++j) {
            const double sizes = std::sqrt(matrix[i * n + i] * matrix[j * n + j]);
            if (sizes > 0.0) correlation[i * n + j] = matrix[i * n + j] / sizes;
          }
        }
        ASSERT_GT(smallest_eigenvalue(correlation, n), -1e-9) << "step " << step;
      }
    }
  }
  EXPECT_GT(young, 1000) << "the streams must hold series of different ages";
}

TEST(EwmaCovariance, is_shrunk_to_the_diagonal_or_to_the_mean_correlation) {
  Rng rng(3);
  EwmaCovariance ewma(4, 1.0);
  for (int i = 0; i < 50; ++i) {
    const double common = rng.normal();
    // The fourth never has a price.
    ewma.add(i == 0 ? 0.0 : 0.1,
             Prices{common, 2 * common + rng.normal(), rng.normal() - common, {}});
  }
  const auto correlation = [&](std::size_t i, std::size_t j) {
    return ewma.covariance(i, j) / std::sqrt(ewma.covariance(i, i) * ewma.covariance(j, j));
  };
  const double mean = (correlation(0, 1) + correlation(0, 2) + correlation(1, 2)) / 3;
  std::vector<double> plain(16), diagonal(16), constant(16);
  ewma.matrix({}, plain);
  ewma.matrix({ShrinkageTarget::diagonal, 0.25}, diagonal);
  ewma.matrix({ShrinkageTarget::constant_correlation, 0.25}, constant);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const std::size_t at = i * 4 + j;
      EXPECT_DOUBLE_EQ(plain[at], ewma.covariance(i, j));
      if (i == j) continue;
      EXPECT_DOUBLE_EQ(diagonal[at], 0.75 * plain[at]);
      const double target = mean * std::sqrt(plain[i * 5] * plain[j * 5]);
      EXPECT_NEAR(constant[at], 0.75 * plain[at] + 0.25 * target, 1e-12 * plain[i * 5]);
    }
    EXPECT_EQ(constant[i * 4 + 3], 0.0);
  }
  EXPECT_EQ(constant[15], 0.0);
}

TEST(EwmaCovariance, does_not_learn_the_move_over_an_interruption) {
  EwmaCovariance ewma(2, 1.0);
  ewma.add(0.0, Prices{1.0, 1.0});
  ewma.add(1.0, Prices{3.0, 2.0});
  ewma.interrupt(0);
  ewma.add(1.0, Prices{{}, 4.0});
  ewma.add(1.0, Prices{103.0, 5.0});
  EXPECT_DOUBLE_EQ(ewma.covariance(0, 0), 4.0) << "neither the move of 100 nor the time counts";
  EXPECT_DOUBLE_EQ(ewma.covariance(1, 1), (1.0 / 8 + 4.0 / 4 + 1.0 / 2) / (7.0 / 8));
  ewma.add(1.0, Prices{104.0, 5.0});
  EXPECT_DOUBLE_EQ(ewma.covariance(0, 0), (4.0 / 16 + 1.0 / 2) / (9.0 / 16));
  EXPECT_NEAR(ewma.observations(0), 9.0 * 9 / (1 + 8 * 8), 1e-12);
}

TEST(EwmaCovariance, goes_on_from_a_snapshot) {
  EwmaCovariance one(2, 1.0), other(2, 1.0);
  one.add(0.0, Prices{1.0, 1.0});
  one.add(1.0, Prices{3.0, 2.0});
  std::string bytes;
  SaveArchive save(bytes);
  one.archive(save);
  LoadArchive load(bytes);
  other.archive(load);
  EXPECT_TRUE(load.done());
  one.add(0.5, Prices{2.0, 4.0});
  other.add(0.5, Prices{2.0, 4.0});
  EXPECT_EQ(one.covariance(0, 1), other.covariance(0, 1));
  EXPECT_EQ(one.observations(1), other.observations(1));
}

}  // namespace
}  // namespace ballast
