#include "quant/pricing/detail_least_squares.hpp"

#include <algorithm>
#include <cmath>

namespace ballast::detail {
namespace {

double half_square_of(std::span<const double> residuals) {
  double sum = 0.0;
  for (const double residual : residuals)
    sum += residual * residual;
  return 0.5 * sum;
}

/// J'J, row by row, and J'r.
struct Normal {
  std::vector<double> matrix;
  std::vector<double> right;
};

using Residuals = std::function<void(std::span<const double>, std::span<double>)>;

Normal normal_equations(const Residuals& residuals,
                        std::vector<double> at,
                        std::span<const double> here) {
  const std::size_t n = at.size();
  const std::size_t count = here.size();
  std::vector<double> jacobian(n * count);  // a row a parameter
  std::vector<double> down(count);
  for (std::size_t j = 0; j < n; ++j) {
    const std::span<double> row(jacobian.data() + j * count, count);
    const double was = at[j];
    const double h = 6e-6 * std::max(1.0, std::fabs(was));  // the cube root of rounding
    at[j] = was + h;
    residuals(at, row);
    at[j] = was - h;
    residuals(at, down);
    at[j] = was;
    for (std::size_t i = 0; i < count; ++i)
      row[i] = (row[i] - down[i]) / (2.0 * h);
  }
  Normal normal{std::vector<double>(n * n), std::vector<double>(n)};
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      double sum = 0.0;
      for (std::size_t i = 0; i < count; ++i)
        sum += jacobian[j * count + i] * jacobian[k * count + i];
      normal.matrix[j * n + k] = normal.matrix[k * n + j] = sum;
    }
    for (std::size_t i = 0; i < count; ++i)
      normal.right[j] -= jacobian[j * count + i] * here[i];
  }
  return normal;
}

}  // namespace

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

LeastSquares least_squares(const Residuals& residuals,
                           std::size_t count,
                           std::vector<double> start,
                           int iterations_max) {
  const std::size_t n = start.size();
  LeastSquares best{.at = std::move(start)};
  std::vector<double> here(count);
  std::vector<double> there(count);
  residuals(best.at, here);
  best.cost = half_square_of(here);
  double damping = 1e-3;
  double growth = 2.0;
  while (best.iterations < iterations_max && !best.has_converged) {
    ++best.iterations;
    const Normal normal = normal_equations(residuals, best.at, here);
    constexpr int tries_max = 30;
    bool has_moved = false;
    for (int attempt = 0; attempt < tries_max && !has_moved; ++attempt) {
      std::vector<double> matrix = normal.matrix;
      std::vector<double> step = normal.right;
      for (std::size_t j = 0; j < n; ++j)
        matrix[j * n + j] += damping * std::max(normal.matrix[j * n + j], 1e-12);
      std::vector<double> next = best.at;
      if (solve_definite(matrix, step)) {
        double expected = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
          next[j] += step[j];
          const double scale = std::max(normal.matrix[j * n + j], 1e-12);
          expected += 0.5 * step[j] * (damping * scale * step[j] + normal.right[j]);
        }
        residuals(next, there);
        const double cost = half_square_of(there);
        if (std::isfinite(cost) && cost < best.cost) {
          const double gain = (best.cost - cost) / std::max(expected, 1e-300);
          best.has_converged = best.cost - cost <= 1e-12 * best.cost;
          best.at = next;
          best.cost = cost;
          here.swap(there);
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
  return best;
}

}  // namespace ballast::detail
