// Factors of covariances, which may be singular: a factor that others imply, or that does not move.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

/// L with L L' = the matrix, lower triangular, by Cholesky; a pivot that is 0 to rounding leaves
/// its column 0.
/// @param name    of the matrix, for errors.
/// @param matrix  n x n.      @param factor  n x n, overwritten.
/// Errors: bad_input where the matrix is not finite, symmetric and positive semidefinite.
Result<void> semidefinite_factor(std::string_view name,
                                 std::span<const double> matrix,
                                 std::size_t n,
                                 std::span<double> factor);

}  // namespace ballast
