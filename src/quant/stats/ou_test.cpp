#include "quant/stats/ou.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

std::vector<double> ou_path(
    Rng& rng, double kappa, double mean, double sd, double dt, int samples) {
  const double kept = std::exp(-kappa * dt);
  std::vector<double> path{mean + sd * rng.normal()};
  for (int i = 1; i < samples; ++i) {
    path.push_back(mean + kept * (path.back() - mean) +
                   sd * std::sqrt(1 - kept * kept) * rng.normal());
  }
  return path;
}

PairSums pairs_of(const std::vector<double>& path) {
  PairSums pairs;
  for (std::size_t i = 1; i < path.size(); ++i)
    pairs.add(path[i - 1], path[i]);
  return pairs;
}

struct Naive {
  long double slope = 0, mean = 0, t = 0;
};

/// The textbook regression of y on x, in two passes about the means: t of the hypothesis slope = 1.
Naive naive_regression(const std::vector<double>& path) {
  long double mean_x = 0, mean_y = 0, sxx = 0, sxy = 0, errors = 0;
  const auto n = static_cast<long double>(path.size() - 1);
  for (std::size_t i = 1; i < path.size(); ++i) {
    mean_x += static_cast<long double>(path[i - 1]) / n;
    mean_y += static_cast<long double>(path[i]) / n;
  }
  for (std::size_t i = 1; i < path.size(); ++i) {
    const long double x = static_cast<long double>(path[i - 1]) - mean_x;
    sxx += x * x;
    sxy += x * (static_cast<long double>(path[i]) - mean_y);
  }
  Naive naive;
  naive.slope = sxy / sxx;
  naive.mean = (mean_y - naive.slope * mean_x) / (1 - naive.slope);
  for (std::size_t i = 1; i < path.size(); ++i) {
    const long double fitted =
        mean_y + naive.slope * (static_cast<long double>(path[i - 1]) - mean_x);
    errors += std::pow(static_cast<long double>(path[i]) - fitted, 2);
  }
  naive.t = (naive.slope - 1) / std::sqrt(errors / (n - 2) / sxx);
  return naive;
}

TEST(OuFit, equals_the_naive_regression_about_the_means) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    const auto path = ou_path(rng, 0.3, 1e6, 1.0, 1.0, 500);
    const Naive naive = naive_regression(path);
    const auto fit = ou_fit(pairs_of(path), 1.0);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->slope, static_cast<double>(naive.slope), 1e-11);
    EXPECT_NEAR(fit->kappa_per_second, -std::log(static_cast<double>(naive.slope)), 1e-11);
    EXPECT_NEAR(fit->mean, static_cast<double>(naive.mean), 1e-4);
    EXPECT_NEAR(fit->dickey_fuller_t, static_cast<double>(naive.t), 1e-10);
  }
}

TEST(OuFit, recovers_the_speed_of_a_simulated_path) {
  constexpr double kappa = 0.05, dt = 0.5;
  constexpr int samples = 200'000;
  Rng rng(4);
  const auto fit = ou_fit(pairs_of(ou_path(rng, kappa, -3.0, 2.0, dt, samples)), dt);
  const double b = std::exp(-kappa * dt);
  const double kappa_se = std::sqrt((1 - b * b) / samples) / (b * dt);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->kappa_per_second, kappa, 4 * kappa_se);
  EXPECT_NEAR(fit->half_life_seconds, std::log(2.0) / kappa,
              4 * kappa_se * std::log(2.0) / kappa / kappa);
  EXPECT_NEAR(fit->mean, -3.0, 4 * 2.0 * std::sqrt(2.0 / (kappa * dt * samples)));
}

TEST(OuFit, adds_a_constant_run_as_its_pairs_one_by_one) {
  PairSums at_once, one_by_one;
  at_once.add(1.5, 0.1);
  one_by_one.add(1.5, 0.1);
  at_once.add_constant(0.1, 1000);
  for (int i = 0; i < 1000; ++i)
    one_by_one.add(0.1, 0.1);
  EXPECT_EQ(at_once.count, one_by_one.count);
  EXPECT_DOUBLE_EQ(at_once.xx.to_double(), one_by_one.xx.to_double());
  EXPECT_DOUBLE_EQ(at_once.xy.to_double(), one_by_one.xy.to_double());
  EXPECT_DOUBLE_EQ(at_once.yy.to_double(), one_by_one.yy.to_double());
  EXPECT_DOUBLE_EQ(at_once.x.to_double(), one_by_one.x.to_double());
  EXPECT_DOUBLE_EQ(at_once.y.to_double(), one_by_one.y.to_double());
}

TEST(OuFit, is_absent_when_nothing_reverts) {
  EXPECT_FALSE(ou_fit({}, 1.0));
  std::vector<double> explosive{1.0}, alternating{1.0}, jump(100, 0.1);
  while (explosive.size() < 100) {
    explosive.push_back(explosive.back() * 1.1);
    alternating.push_back(-alternating.back());
  }
  EXPECT_FALSE(ou_fit(pairs_of(explosive), 1.0));
  EXPECT_FALSE(ou_fit(pairs_of(alternating), 1.0));
  PairSums constant;
  constant.add_constant(0.1, 1'000'000);
  EXPECT_FALSE(ou_fit(constant, 1.0));
  // From 0.3 to 0.1 at once and for good: the slope is 0, give or take the rounding.
  jump.front() = 0.3;
  EXPECT_FALSE(ou_fit(pairs_of(jump), 1.0));
}

TEST(OuFit, needs_as_many_pairs_as_the_shortest_series_with_a_critical_value) {
  // 8, 4, 2, ... reverts with a half-life of one step and without any error.
  std::vector<double> halving{8.0};
  while (halving.size() < 25)
    halving.push_back(halving.back() / 2);
  EXPECT_FALSE(ou_fit(pairs_of(halving), 2.0)) << "24 pairs";
  halving.push_back(halving.back() / 2);
  const auto fit = ou_fit(pairs_of(halving), 2.0);
  ASSERT_TRUE(fit) << "25 pairs";
  EXPECT_NEAR(fit->half_life_seconds, 2.0, 1e-12);
  EXPECT_LT(fit->dickey_fuller_t, -1e6);
}

// ---- The test against a random walk ----

TEST(DickeyFuller, has_the_published_critical_values) {
  // Fuller (1976), table 8.5.2, the tau of a model with a constant at 5 %: simulated, two decimals.
  EXPECT_NEAR(dickey_fuller_critical(25), -3.00, 0.015);
  EXPECT_NEAR(dickey_fuller_critical(50), -2.93, 0.01);
  EXPECT_NEAR(dickey_fuller_critical(100), -2.89, 0.01);
  EXPECT_NEAR(dickey_fuller_critical(250), -2.88, 0.01);
  EXPECT_NEAR(dickey_fuller_critical(500), -2.87, 0.01);
  EXPECT_NEAR(dickey_fuller_critical(1'000'000), -2.86, 0.005);
}

int fits_among(int paths, int pairs, double slope) {
  int found = 0;
  for (int seed = 0; seed < paths; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    std::vector<double> path{0.0};
    for (int i = 0; i < pairs; ++i)
      path.push_back(slope * path.back() + rng.normal());
    found += ou_fit(pairs_of(path), 1.0) ? 1 : 0;
  }
  return found;
}

TEST(DickeyFuller, takes_a_random_walk_for_mean_reverting_five_times_in_a_hundred) {
  // 8,000 paths each, of seeds 0 to 7,999: 400 on average, with a standard deviation of 19.5.
  for (const int pairs : {25, 100, 400}) {
    const int found = fits_among(8000, pairs, 1.0);
    EXPECT_NEAR(found, 400, 80) << pairs << " pairs";
  }
}

TEST(DickeyFuller, sees_a_reversion_that_the_samples_can_show_and_not_one_that_they_cannot) {
  EXPECT_GT(fits_among(200, 400, 0.8), 198) << "a half-life of 3.1 steps in 400";
  EXPECT_LT(fits_among(200, 100, 0.99), 20) << "a half-life of 69 steps in 100";
}

}  // namespace
}  // namespace ballast
