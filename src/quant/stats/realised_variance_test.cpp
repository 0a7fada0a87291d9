#include "quant/stats/realised_variance.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr double pi = 3.14159265358979323846;
constexpr double second = 1.0 / 86400.0;

struct Return {
  double dt_days;
  double r;
  bool after_hole = false;  // of 10 of its own dt
};

/// The definitions, with every weight from the return's age.
struct Slow {
  double variance = 0.0, variance_error = 0.0, bipower = 0.0, observations = 0.0;

  Slow(const std::vector<Return>& returns, double half_life) {
    double w1 = 0.0, w2 = 0.0, squares = 0.0, fourths = 0.0, b1 = 0.0, products = 0.0;
    double age = 0.0;
    for (std::size_t i = returns.size(); i-- > 0;) {
      const Return& now = returns[i];
      const double w = std::exp2(-age / half_life) - std::exp2(-(age + now.dt_days) / half_life);
      age += now.dt_days * (now.after_hole ? 11.0 : 1.0);
      const double x = now.r * now.r / now.dt_days;
      w1 += w;
      w2 += w * w;
      squares += w * x;
      fourths += w * w * x * x;
      if (i == 0 || now.after_hole) continue;
      const Return& before = returns[i - 1];
      b1 += w;
      products += w * std::abs(now.r * before.r) / std::sqrt(now.dt_days * before.dt_days);
    }
    variance = squares / w1;
    variance_error = std::sqrt(2.0 / 3.0 * fourths) / w1;
    bipower = pi / 2 * products / b1;
    observations = w1 * w1 / w2;
  }
};

TEST(RealisedVariance, equals_the_slow_recomputation_on_irregular_returns_with_holes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    RealisedVariance fast(0.3);
    std::vector<Return> returns;
    for (int i = 0; i < 300; ++i) {
      const Return next{0.001 + 0.01 * rng.uniform(), 0.02 * rng.normal(),
                        i > 0 && rng.chance(0.05)};
      if (next.after_hole) fast.skip(10.0 * next.dt_days);
      fast.add(next.dt_days, next.r);
      returns.push_back(next);
    }
    const Slow slow(returns, 0.3);
    EXPECT_NEAR(fast.variance()->value, slow.variance, 1e-12 * slow.variance);
    EXPECT_NEAR(fast.variance()->std_error, slow.variance_error, 1e-12 * slow.variance_error);
    EXPECT_NEAR(fast.bipower()->value, slow.bipower, 1e-12 * slow.bipower);
    EXPECT_NEAR(fast.observations(), slow.observations, 1e-9 * slow.observations);
  }
}

TEST(RealisedVariance, holds_the_truth_of_a_diffusion_within_four_errors) {
  // 80 % a square-root year; one day of irregular seconds, remembered by half-lives of one hour.
  const double truth = 0.8 * 0.8 / 365.0;
  double chi = 0.0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    RealisedVariance learnt(1.0 / 24.0);
    for (int i = 0; i < 20'000; ++i) {
      const double dt = second * (0.5 + 2.0 * rng.uniform());
      learnt.add(dt, std::sqrt(truth * dt) * rng.normal());
    }
    const auto all = learnt.variance().value();
    const auto continuous = learnt.bipower().value();
    EXPECT_NEAR(all.value, truth, 4 * all.std_error);
    EXPECT_NEAR(continuous.value, truth, 4 * continuous.std_error);
    EXPECT_LT(learnt.jump_share()->value, 4 * learnt.jump_share()->std_error);
    EXPECT_LT(all.std_error, 0.03 * truth);
    const double z = (all.value - truth) / all.std_error;
    chi += z * z / 30;
  }
  EXPECT_GT(chi, 0.3) << "the errors stated are far too large";
  EXPECT_LT(chi, 2.5) << "the errors stated are far too small";
}

TEST(RealisedVariance, tells_jumps_from_the_diffusion) {
  // 8,000 returns of sd 1e-3, and one in 200 jumps by another 0.02: the jumps' share of variance is
  // (4e-4 / 200) / (1e-6 + 4e-4 / 200) = 2/3.
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    RealisedVariance learnt(1e6);
    int jumps = 0;
    for (int i = 0; i < 8000; ++i) {
      const bool jumping = i % 200 == 100;  // never two in a row, which BV takes for diffusion
      jumps += jumping ? 1 : 0;
      const double jump = jumping ? (rng.chance(0.5) ? 0.02 : -0.02) : 0.0;
      learnt.add(1.0, 1e-3 * rng.normal() + jump);
    }
    // A finite sample leaves two products of a jump with an ordinary return in BV, of mean
    // 0.02 * 1e-3 sqrt(2/pi) each, in place of two ordinary ones.
    const double n = 8000.0;
    const double all = 1e-6 + jumps * 4e-4 / n;
    const double left = 1e-6 + 2 * jumps / n * (pi / 2 * 2e-5 * std::sqrt(2 / pi) - 1e-6);
    // Errors of RV's diffusion and its product with jumps; of BV, 2.3e-8 and 2.1e-8.
    EXPECT_NEAR(learnt.variance()->value, all, 4 * 3.6e-8);
    EXPECT_NEAR(learnt.bipower()->value, left, 4 * 3.1e-8);
    EXPECT_NEAR(learnt.jump_share()->value, 1 - left / all, 4 * 3.1e-8 / all);
  }
}

TEST(RealisedVariance, has_closed_forms_for_constant_returns) {
  RealisedVariance learnt(1.0);
  EXPECT_FALSE(learnt.variance());
  learnt.add(0.25, 0.03);
  EXPECT_DOUBLE_EQ(learnt.variance()->value, 0.0036);
  EXPECT_FALSE(learnt.bipower());
  EXPECT_FALSE(learnt.jump_share());
  EXPECT_NEAR(learnt.observations(), 1.0, 1e-12);
  learnt.add(0.25, -0.03);
  EXPECT_DOUBLE_EQ(learnt.bipower()->value, pi / 2 * 0.0036);
  EXPECT_EQ(learnt.jump_share()->value, 0.0) << "never negative";
  // In the end equal steps of w have (1 + w) / (1 - w) effective returns.
  for (int i = 0; i < 1000; ++i)
    learnt.add(0.25, 0.03);
  const double w = std::exp2(-0.25);
  EXPECT_NEAR(learnt.observations(), (1 + w) / (1 - w), 1e-9);
}

TEST(RealisedVariance, knows_nothing_of_jumps_in_a_price_that_stands_still) {
  RealisedVariance learnt(1.0);
  for (int i = 0; i < 100; ++i)
    learnt.add(0.1, 0.0);
  EXPECT_EQ(learnt.variance()->value, 0.0);
  EXPECT_EQ(learnt.bipower()->value, 0.0);
  EXPECT_FALSE(learnt.jump_share());
  // After thousands of half-lives no weight is left, and then none is divided by.
  learnt.skip(5000.0);
  EXPECT_FALSE(learnt.variance());
  learnt.add(0.1, 0.01);
  EXPECT_DOUBLE_EQ(learnt.variance()->value, 0.001);
}

TEST(RealisedVariance, goes_on_from_a_snapshot) {
  RealisedVariance one(0.5), other(0.5);
  for (int i = 0; i < 10; ++i)
    one.add(0.1, 0.01 * i);
  std::string bytes;
  SaveArchive save(bytes);
  one.archive(save);
  LoadArchive load(bytes);
  other.archive(load);
  EXPECT_TRUE(load.done());
  one.add(0.2, 0.03);
  other.add(0.2, 0.03);
  EXPECT_EQ(one.bipower()->value, other.bipower()->value);
  EXPECT_EQ(one.variance()->std_error, other.variance()->std_error);
}

}  // namespace
}  // namespace ballast
