#include "quant/stats/minimum_variance.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

using Series = std::vector<std::optional<double>>;

std::vector<SampleRun> runs_of(const Series& series) {
  std::vector<SampleRun> runs;
  for (const auto& value : series) {
    if (!runs.empty() && runs.back().known == value.has_value() &&
        runs.back().value == value.value_or(0.0)) {
      ++runs.back().count;
    } else {
      runs.push_back({value.value_or(0.0), 1, value.has_value()});
    }
  }
  return runs;
}

struct Naive {
  double index = 0.0;
  std::int64_t samples = 0;
};

/// Every row written out, the normal equations with the constant as one more regressor, solved by
/// elimination with pivoting in long double.
Naive naive_index(const Series& series, std::size_t b, std::size_t m) {
  std::vector<std::vector<long double>> rows;
  std::vector<long double> y;
  for (std::size_t t = b + m - 1; t < series.size(); ++t) {
    std::vector<long double> row{1.0L};
    bool known = series[t].has_value();
    for (std::size_t i = 1; i <= m; ++i)
      row.push_back(series[t - b - i + 1].value_or(0.0));
    // Every sample between the oldest regressor and d_t has to be known, too.
    for (std::size_t k = t - b - m + 1; k <= t; ++k)
      known = known && series[k].has_value();
    if (!known) continue;
    rows.push_back(row);
    y.push_back(*series[t]);
  }
  const std::size_t n = m + 1;
  std::vector<std::vector<long double>> A(n, std::vector<long double>(n + 1));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j)
        A[i][j] += rows[r][i] * rows[r][j];
      A[i][n] += rows[r][i] * y[r];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t pivot = i;
    for (std::size_t k = i; k < n; ++k) {
      if (std::fabs(A[k][i]) > std::fabs(A[pivot][i])) pivot = k;
    }
    std::swap(A[i], A[pivot]);
    for (std::size_t k = 0; k < n; ++k) {
      if (k == i) continue;
      const long double factor = A[k][i] / A[i][i];
      for (std::size_t j = i; j <= n; ++j)
        A[k][j] -= factor * A[i][j];
    }
  }
  long double errors = 0, squares = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    long double error = y[r];
    for (std::size_t i = 0; i < n; ++i)
      error -= A[i][n] / A[i][i] * rows[r][i];
    errors += error * error;
    squares += y[r] * y[r];
  }
  return {static_cast<double>(errors / squares), static_cast<std::int64_t>(rows.size())};
}

TEST(MinimumVariance, equals_naive_least_squares_on_the_expanded_samples) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    Series series;
    double d = rng.normal() * 10;
    while (series.size() < 2000) {
      d = 0.9 * d + rng.normal() + 0.3;
      const std::uint64_t run = rng.chance(0.1) ? rng.below(60) : 1 + rng.below(4);
      const bool known = !rng.chance(0.02);
      for (std::uint64_t i = 0; i < run; ++i)
        series.push_back(known ? std::optional(d) : std::nullopt);
    }
    const auto b = static_cast<std::int64_t>(1 + rng.below(30));
    const auto m = static_cast<std::int64_t>(1 + rng.below(8));
    const auto result = minimum_variance_index(runs_of(series), {b, m});
    const Naive naive =
        naive_index(series, static_cast<std::size_t>(b), static_cast<std::size_t>(m));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->samples, naive.samples);
    EXPECT_NEAR(result->index, naive.index, 1e-10);
    EXPECT_LE(result->low, result->index);
    EXPECT_GE(result->high, result->index);
  }
}

/// The index of y_t = e_t + theta_1 e_{t-1} + ...: what the last b shocks make up of the variance,
/// for no controller acts on them in time (Harris 1989, eq. 9; Desborough & Harris 1992, eq. 8).
Series moving_average(Rng& rng, const std::vector<double>& theta, std::size_t samples) {
  std::vector<double> e(samples + theta.size());
  for (double& shock : e)
    shock = rng.normal();
  Series series;
  for (std::size_t t = theta.size(); t < e.size(); ++t) {
    double y = e[t];
    for (std::size_t i = 0; i < theta.size(); ++i)
      y += theta[i] * e[t - i - 1];
    series.push_back(y);
  }
  return series;
}

TEST(MinimumVariance, finds_the_known_index_of_moving_averages_and_autoregressions) {
  Rng rng(21);
  const auto ma = runs_of(moving_average(rng, {0.6, 0.3}, 100'000));
  const double total = 1 + 0.36 + 0.09;
  EXPECT_NEAR(minimum_variance_index(ma, {1, 12})->index, 1 / total, 0.015);
  EXPECT_NEAR(minimum_variance_index(ma, {2, 12})->index, 1.36 / total, 0.015);
  EXPECT_NEAR(minimum_variance_index(ma, {3, 12})->index, 1.0, 0.002) << "nothing left to avoid";

  Series ar{0.0};
  while (ar.size() < 100'000)
    ar.push_back(0.8 * *ar.back() + rng.normal());
  for (const std::int64_t b : {1, 2, 5}) {
    EXPECT_NEAR(minimum_variance_index(runs_of(ar), {b, 5})->index,
                1 - std::pow(0.8, 2.0 * static_cast<double>(b)), 0.02);
  }
}

TEST(MinimumVariance, is_one_for_white_noise_and_counts_a_constant_offset_as_avoidable) {
  Rng rng(22);
  Series noise, offset;
  for (int i = 0; i < 20'000; ++i) {
    noise.push_back(rng.normal());
    offset.push_back(*noise.back() + 2.0);
  }
  const auto at_best = minimum_variance_index(runs_of(noise), {1, 5});
  EXPECT_NEAR(at_best->index, 1.0, 0.003);
  EXPECT_LE(at_best->high, 1.0);
  EXPECT_NEAR(minimum_variance_index(runs_of(offset), {1, 5})->index, 0.2, 0.01);
}

TEST(MinimumVariance, covers_the_truth_with_its_interval_about_as_often_as_it_says) {
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    const auto result = minimum_variance_index(runs_of(moving_average(rng, {0.8}, 5000)), {1, 10});
    const double truth = 1 / 1.64;
    covered += result->low <= truth && truth <= result->high ? 1 : 0;
  }
  EXPECT_GE(covered, 180);
  EXPECT_LT(covered, 200);
}

TEST(MinimumVariance, is_absent_without_variation_or_with_too_few_samples) {
  EXPECT_FALSE(minimum_variance_index({}, {1, 5}));
  const std::vector<SampleRun> constant{{3.0, 4'000'000'000, true}};
  EXPECT_FALSE(minimum_variance_index(constant, {1, 5}));
  const std::vector<SampleRun> unknown{{0.0, 1'000'000, false}};
  EXPECT_FALSE(minimum_variance_index(unknown, {1, 5}));
  Series few;
  for (int i = 0; i < 125; ++i)
    few.push_back(i % 7);
  // 20 rows for each of the constant and 5 lags; the first row has 5 samples before it.
  EXPECT_EQ(minimum_variance_index(runs_of(few), {1, 5}).value().samples, 120);
  few.resize(124);
  EXPECT_FALSE(minimum_variance_index(runs_of(few), {1, 5}));
}

TEST(MinimumVariance, drops_a_lag_that_the_others_explain) {
  // A step: within either level all lags are equal.
  const std::vector<SampleRun> step{{1.0, 1'000'000, true}, {2.0, 1'000'000, true}};
  const auto result = minimum_variance_index(step, {1, 5});
  ASSERT_TRUE(result);
  EXPECT_LT(result->index, 1e-6);
  EXPECT_GE(result->index, 0.0);
}

}  // namespace
}  // namespace ballast
