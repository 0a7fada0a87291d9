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

TEST(OuFit, equals_the_naive_regression_about_the_means) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    const auto path = ou_path(rng, 0.3, 1e6, 1.0, 1.0, 500);
    long double mean_x = 0, mean_y = 0, sxx = 0, sxy = 0;
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
    const auto fit = ou_fit(pairs_of(path), 1.0);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->slope, static_cast<double>(sxy / sxx), 1e-11);
    EXPECT_NEAR(fit->kappa_per_second, -std::log(static_cast<double>(sxy / sxx)), 1e-11);
    EXPECT_NEAR(fit->mean, static_cast<double>((mean_y - sxy / sxx * mean_x) / (1 - sxy / sxx)),
                1e-4);
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
  EXPECT_DOUBLE_EQ(at_once.x.to_double(), one_by_one.x.to_double());
  EXPECT_DOUBLE_EQ(at_once.y.to_double(), one_by_one.y.to_double());
}

TEST(OuFit, is_absent_when_nothing_reverts) {
  EXPECT_FALSE(ou_fit({}, 1.0));
  EXPECT_FALSE(ou_fit(pairs_of({1.0, 2.0, 1.0}), 1.0)) << "two pairs";
  EXPECT_FALSE(ou_fit(pairs_of({1.0, 2.0, 4.0, 8.0, 16.0}), 1.0)) << "explosive";
  EXPECT_FALSE(ou_fit(pairs_of({1.0, -1.0, 1.0, -1.0, 1.0}), 1.0)) << "alternating";
  PairSums constant;
  constant.add_constant(0.1, 1'000'000);
  EXPECT_FALSE(ou_fit(constant, 1.0));
}

}  // namespace
}  // namespace ballast
