// Levenberg-Marquardt (Marquardt 1963, with Nielsen's 1999 rule for the damping) for a handful of
// unbounded parameters, from the sums that its steps need: no residual is kept.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace ballast::detail {

/// Of residuals r with derivatives J, n parameters.
struct NormalEquations {
  double cost = 0.0;           // half the sum of squares
  std::vector<double> matrix;  // J'J, n x n, row by row
  std::vector<double> right;   // -J'r

  explicit NormalEquations(std::size_t n) : matrix(n * n), right(n) {}
};

struct LeastSquares {
  std::vector<double> at;
  double cost = 0.0;
  int iterations = 0;
  bool has_converged = false;
};

/// `equations` fills its second argument, of as many parameters as `start`. A cost that is not
/// finite turns a step down; at `start` it must be finite.
LeastSquares least_squares(
    const std::function<void(std::span<const double>, NormalEquations&)>& equations,
    std::vector<double> start,
    int iterations_max);

/// Solves the symmetric positive definite `matrix` (n x n, row by row, overwritten) x = `right` in
/// place; false where it is not definite.
bool solve_definite(std::span<double> matrix, std::span<double> right);

}  // namespace ballast::detail
