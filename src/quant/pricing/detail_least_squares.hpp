// Levenberg-Marquardt (Marquardt 1963, with Nielsen's 1999 rule for the damping) for a handful of
// unbounded parameters and residuals that are cheap: derivatives by central differences.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace ballast::detail {

struct LeastSquares {
  std::vector<double> at;
  double cost = 0.0;  // half the sum of squares
  int iterations = 0;
  bool has_converged = false;
};

/// `residuals` fills its second argument, whose length is `count`. Residuals that are not finite
/// turn a step down; at `start` they must be finite.
LeastSquares least_squares(
    const std::function<void(std::span<const double>, std::span<double>)>& residuals,
    std::size_t count,
    std::vector<double> start,
    int iterations_max);

/// Solves the symmetric positive definite `matrix` (n x n, row by row, overwritten) x = `right` in
/// place; false where it is not definite.
bool solve_definite(std::span<double> matrix, std::span<double> right);

}  // namespace ballast::detail
