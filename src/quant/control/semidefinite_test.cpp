#include "quant/control/semidefinite.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/control/hedge_case_test.hpp"

namespace ballast {
namespace {

TEST(Semidefinite, multiplies_back_to_the_matrix_whatever_its_rank) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed);
    const std::size_t n = 1 + rng.below(12);
    const auto matrix = random_covariance(rng, n, rng.below(n + 2));
    std::vector<double> root(n * n, 7.0);
    const auto done = semidefinite_factor("sigma", matrix, n, root);
    ASSERT_TRUE(done) << "seed " << seed << ": " << done.error().what;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double product = 0.0;
        for (std::size_t k = 0; k < n; ++k)
          product += root[i * n + k] * root[j * n + k];
        EXPECT_NEAR(product, matrix[i * n + j], 1e-6) << "seed " << seed;
        EXPECT_TRUE(j <= i || root[i * n + j] == 0.0);
      }
    }
  }
}

TEST(Semidefinite, refuses_what_is_no_covariance) {
  std::vector<double> root(4);
  const auto refused = [&](std::vector<double> matrix) {
    return !semidefinite_factor("sigma", matrix, 2, root);
  };
  EXPECT_FALSE(refused({1.0, 1.0, 1.0, 1.0}));
  EXPECT_FALSE(refused({0.0, 0.0, 0.0, 0.0}));
  EXPECT_TRUE(refused({1.0, 1.1, 1.1, 1.0}));
  EXPECT_TRUE(refused({0.0, 0.1, 0.1, 1.0}));
  EXPECT_TRUE(refused({1.0, 0.1, 0.1, 0.0}));
  EXPECT_TRUE(refused({1.0, 0.5, 0.4, 1.0}));
  EXPECT_TRUE(refused({-1.0, 0.0, 0.0, 1.0}));
  EXPECT_TRUE(refused({1.0, HUGE_VAL, HUGE_VAL, 1.0}));
}

}  // namespace
}  // namespace ballast
