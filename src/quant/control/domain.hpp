// Checks of what a formula is given: errors that name the parameter, its value and its domain.
#pragma once

#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "base/result.hpp"

namespace ballast {

/// The error. Out of line, so that a check that holds costs a comparison and no more.
[[gnu::cold]] tl::unexpected<Error> outside(std::string_view name,
                                            double value,
                                            std::string_view domain);

inline Result<void> require_finite(std::string_view name, double value) {
  if (std::isfinite(value)) return {};
  return outside(name, value, "a finite number");
}

inline Result<void> require_positive(std::string_view name, double value) {
  if (std::isfinite(value) && value > 0.0) return {};
  return outside(name, value, "above 0");
}

inline Result<void> require_not_negative(std::string_view name, double value) {
  if (std::isfinite(value) && value >= 0.0) return {};
  return outside(name, value, "0 or above");
}

}  // namespace ballast
