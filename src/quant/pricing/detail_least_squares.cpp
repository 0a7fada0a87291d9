#include "quant/pricing/detail_least_squares.hpp"

#include <algorithm>
#include <cmath>

namespace ballast::detail {

bool solve_definite(std::span<double> matrix, std::span<double> right) {
  const std::size_t n = right.size();
  for (std::size_t j = 0; j < n; ++j) {
    double pivot = matrix[j * n + j];
    for (std::size_t k = 0; k < j; ++k)
      pivot -= matrix[j * n + k] * matrix[j * n + k];
    if (!(pivot > 0.0) || !std::isfinite(pivot)) return false;
    const double root = std::sqrt(pivot);
    matrix[j * n + j] = root;
    for (std::size_t i = j + 1; i < n; ++i) {
      double entry = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k)
        entry -= matrix[i * n + k] * matrix[j * n + k];
      matrix[i * n + j] = entry / root;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k)
      right[i] -= matrix[i * n + k] * right[k];
    right[i] /= matrix[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k)
      right[i] -= matrix[k * n + i] * right[k];
    right[i] /= matrix[i * n + i];
  }
  return true;
}

LeastSquares least_squares(
    const std::function<void(std::span<const double>, NormalEquations&)>& equations,
    std::vector<double> start,
    int iterations_max) {
  const std::size_t n = start.size();
  LeastSquares best{.at = std::move(start)};
  NormalEquations here(n);
  NormalEquations there(n);
  equations(best.at, here);
  std::vector<double> matrix(n * n);
  std::vector<double> step(n);
  std::vector<double> next(n);
  double damping = 1e-3;
  double growth = 2.0;
  const auto scale = [&](std::size_t j) { return std::max(here.matrix[j * n + j], 1e-12); };
  while (best.iterations < iterations_max && !best.has_converged) {
    ++best.iterations;
    constexpr int tries_max = 30;
    bool has_moved = false;
    for (int attempt = 0; attempt < tries_max && !has_moved; ++attempt) {
      matrix = here.matrix;
      step = here.right;
      for (std::size_t j = 0; j < n; ++j)
        matrix[j * n + j] += damping * scale(j);
      if (solve_definite(matrix, step)) {
        double expected = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
          next[j] = best.at[j] + step[j];
          expected += 0.5 * step[j] * (damping * scale(j) * step[j] + here.right[j]);
        }
        equations(next, there);
        if (std::isfinite(there.cost) && there.cost < here.cost) {
          const double gain = (here.cost - there.cost) / std::max(expected, 1e-300);
          best.has_converged = here.cost - there.cost <= 1e-12 * here.cost;
          best.at.swap(next);
          std::swap(here, there);
          const double rule = 2.0 * gain - 1.0;
          damping = std::max(1e-12, damping * std::max(1.0 / 3.0, 1.0 - rule * rule * rule));
          growth = 2.0;
          has_moved = true;
          continue;
        }
      }
      damping *= growth;
      growth *= 2.0;
    }
    if (!has_moved) best.has_converged = true;  // no step however small goes down
  }
  best.cost = here.cost;
  return best;
}

}  // namespace ballast::detail
