#include "quant/control/semidefinite.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"

namespace ballast {

Result<void> semidefinite_factor(std::string_view name,
                                 std::span<const double> matrix,
                                 std::size_t n,
                                 std::span<double> factor) {
  BALLAST_ASSERT(matrix.size() == n * n && factor.size() == n * n);
  constexpr double rounding = 1e-14;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (!std::isfinite(matrix[i * n + j])) {
        return fail(Errc::bad_input, fmt::format("{}[{}, {}] is {}: it must be a finite number",
                                                 name, i, j, matrix[i * n + j]));
      }
    }
    BALLAST_CHECK(require_not_negative(name, matrix[i * n + i]));
  }
  std::fill(factor.begin(), factor.end(), 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const double variance = matrix[i * n + i];
    double pivot = variance;
    for (std::size_t j = 0; j < i; ++j) {
      const double size = std::sqrt(variance * matrix[j * n + j]);
      if (std::fabs(matrix[i * n + j] - matrix[j * n + i]) > 1e-9 * size) {
        return fail(Errc::bad_input,
                    fmt::format("{} is not symmetric: [{}, {}] is {}, [{}, {}] {}", name, i, j,
                                matrix[i * n + j], j, i, matrix[j * n + i]));
      }
      double sum = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k)
        sum -= factor[i * n + k] * factor[j * n + k];
      double& entry = factor[i * n + j];
      if (factor[j * n + j] > 0.0) {
        entry = sum / factor[j * n + j];
      } else if (std::fabs(sum) > 1e-6 * size) {
        pivot = -variance;  // it moves with something that does not move
      }
      pivot -= entry * entry;
    }
    if (pivot < -1e-9 * variance) {
      return fail(Errc::bad_input,
                  fmt::format("{} is not positive semidefinite: see row {}", name, i));
    }
    if (pivot > rounding * variance) factor[i * n + i] = std::sqrt(pivot);
  }
  return {};
}

}  // namespace ballast
