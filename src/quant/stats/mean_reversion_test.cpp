#include "quant/stats/mean_reversion.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr double step = 1.0 / 3.0;  // eight hours

TEST(MeanReversion, equals_the_slow_weighted_regression) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    MeanReversion fast(20.0);
    fast.restart(step);
    std::vector<std::optional<double>> levels;
    double x = 0.0;
    for (int i = 0; i < 400; ++i) {
      x = 0.5 * x + rng.normal();
      if (rng.chance(0.05)) {
        fast.skip(1.0);
        levels.emplace_back();
      } else {
        fast.add(7.0 + x);
        levels.emplace_back(7.0 + x);
      }
    }
    double w1 = 0.0, w2 = 0.0, mx = 0.0, my = 0.0;
    const auto weight = [&](std::size_t i) {
      return std::exp2(-step * static_cast<double>(levels.size() - 1 - i) / 20.0);
    };
    const auto each_pair = [&](auto&& take) {
      for (std::size_t i = 1; i < levels.size(); ++i) {
        if (levels[i - 1] && levels[i]) take(weight(i), *levels[i - 1], *levels[i]);
      }
    };
    each_pair([&](double w, double a, double b) {
      w1 += w;
      w2 += w * w;
      mx += w * a;
      my += w * b;
    });
    mx /= w1;
    my /= w1;
    double sxx = 0.0, sxy = 0.0, rss = 0.0;
    each_pair([&](double w, double a, double b) {
      sxx += w * (a - mx) * (a - mx);
      sxy += w * (a - mx) * (b - my);
    });
    const double slope = sxy / sxx;
    each_pair([&](double w, double a, double b) {
      const double e = b - my - slope * (a - mx);
      rss += w * e * e;
    });
    const double n = w1 * w1 / w2;
    const MeanReversionFit fit = fast.fit().value();
    EXPECT_NEAR(fit.slope, slope, 1e-11);
    EXPECT_NEAR(fit.mean, (my - slope * mx) / (1 - slope), 1e-10);
    EXPECT_NEAR(fit.innovation_std, std::sqrt(rss / w1 * n / (n - 2)), 1e-11);
    EXPECT_NEAR(fit.observations, n, 1e-9);
    EXPECT_NEAR(fit.half_life_days->value, step * std::log(2.0) / -std::log(slope), 1e-9);
  }
}

TEST(MeanReversion, holds_the_truth_within_four_errors_and_states_errors_of_the_right_size) {
  const double mean = 3e-4, slope = 0.8, innovation = 1e-4;
  const double half_life = step * std::log(2.0) / -std::log(slope);
  double chi_mean = 0.0, chi_half_life = 0.0;
  constexpr int seeds = 60;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    MeanReversion learnt(100.0);
    learnt.restart(step);
    double x = mean;
    for (int i = 0; i < 2000; ++i) {
      x = mean + slope * (x - mean) + innovation * rng.normal();
      learnt.add(x);
    }
    const MeanReversionFit fit = learnt.fit().value();
    EXPECT_NEAR(fit.mean, mean, 4 * fit.mean_std_error.value());
    EXPECT_NEAR(fit.half_life_days->value, half_life, 4 * fit.half_life_days->std_error);
    EXPECT_NEAR(fit.innovation_std, innovation, 4 * innovation / std::sqrt(2 * fit.observations));
    // Sixteen times the variance per level, and nine times less of it in the mean than n suggests.
    EXPECT_NEAR(*fit.mean_std_error,
                innovation / std::sqrt(1 - slope * slope) * 3 / std::sqrt(fit.observations),
                0.35 * *fit.mean_std_error);
    const double zm = (fit.mean - mean) / *fit.mean_std_error;
    const double zh = (fit.half_life_days->value - half_life) / fit.half_life_days->std_error;
    chi_mean += zm * zm / seeds;
    chi_half_life += zh * zh / seeds;
  }
  EXPECT_GT(chi_mean, 0.5);
  EXPECT_LT(chi_mean, 1.6);
  EXPECT_GT(chi_half_life, 0.5);
  EXPECT_LT(chi_half_life, 1.6);
}

TEST(MeanReversion, does_not_call_a_random_walk_mean_reverting) {
  int called = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Rng rng(seed);
    MeanReversion learnt(1e6);
    learnt.restart(1.0);
    double x = 0.0;
    for (int i = 0; i < 200; ++i)
      learnt.add(x += rng.normal());
    const MeanReversionFit fit = learnt.fit().value();
    if (fit.half_life_days) {
      ++called;
      continue;
    }
    EXPECT_EQ(fit.slope, 1.0);
    EXPECT_EQ(fit.expected_average(x, 30.0), x) << "seed " << seed;
  }
  EXPECT_LE(called, 37) << "5 % of 400 and four standard errors";
}

TEST(MeanReversion, sees_noise_about_a_mean_as_reverting_at_once) {
  MeanReversion learnt(1e6);
  learnt.restart(step);
  for (int i = 0; i < 100; ++i)
    learnt.add(i % 2 == 0 ? 1.0 : 3.0);
  const MeanReversionFit fit = learnt.fit().value();
  EXPECT_EQ(fit.slope, 0.0);
  EXPECT_FALSE(fit.half_life_days);
  EXPECT_NEAR(fit.mean, 2.0, 0.02);
  EXPECT_EQ(fit.expected_average(5.0, 1.0), fit.mean);
  EXPECT_EQ(fit.expected_average(5.0, 0.0), 5.0);
}

TEST(MeanReversion, takes_a_constant_for_what_it_is) {
  MeanReversion learnt(7.0);
  learnt.restart(step);
  learnt.add(1e-4);
  EXPECT_FALSE(learnt.fit());
  for (int i = 0; i < 50; ++i)
    learnt.add(1e-4);
  const MeanReversionFit fit = learnt.fit().value();
  EXPECT_EQ(fit.mean, 1e-4);
  EXPECT_FALSE(fit.mean_std_error);
  EXPECT_FALSE(fit.half_life_days);
  EXPECT_EQ(fit.innovation_std, 0.0);
  EXPECT_EQ(fit.expected_average(1e-4, 5.0), 1e-4);
}

TEST(MeanReversion, expects_the_average_of_the_decaying_level) {
  MeanReversionFit fit;
  fit.mean = 2.0;
  fit.slope = 0.5;
  fit.step_days = step;
  // The average of mean + (level - mean) 2^(-s / step) over [0, H], by the midpoint rule.
  const double horizon = 2.5;
  double sum = 0.0;
  constexpr int parts = 100'000;
  for (int i = 0; i < parts; ++i)
    sum += 2.0 + 3.0 * std::exp2(-(i + 0.5) * horizon / parts / step);
  EXPECT_NEAR(fit.expected_average(5.0, horizon), sum / parts, 1e-9);
  EXPECT_NEAR(fit.expected_average(5.0, 1e-12), 5.0, 1e-9);
  EXPECT_NEAR(fit.expected_average(5.0, 1e12), 2.0, 1e-9);
  EXPECT_EQ(fit.expected_average(5.0, 0.0), 5.0);
}

TEST(MeanReversion, begins_anew_with_another_step_and_goes_on_from_a_snapshot) {
  Rng rng(4);
  MeanReversion one(7.0), other(7.0);
  one.restart(1.0);
  for (int i = 0; i < 40; ++i)
    one.add(rng.normal());
  one.restart(step);
  EXPECT_EQ(one.observations(), 0.0);
  EXPECT_EQ(one.step_days(), step);
  for (int i = 0; i < 40; ++i)
    one.add(rng.normal());
  std::string bytes;
  SaveArchive save(bytes);
  one.archive(save);
  LoadArchive load(bytes);
  other.archive(load);
  EXPECT_TRUE(load.done());
  one.add(0.3);
  other.add(0.3);
  EXPECT_EQ(one.fit()->mean, other.fit()->mean);
  EXPECT_EQ(one.fit()->innovation_std, other.fit()->innovation_std);
}

}  // namespace
}  // namespace ballast
