// Checks of what a formula is given: errors that name the parameter, its value and its domain.
#pragma once

#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "base/result.hpp"

namespace ballast {

inline Result<void> require_finite(std::string_view name, double value) {
  if (std::isfinite(value)) return {};
  return fail(Errc::bad_input, fmt::format("{} is {}: it must be a finite number", name, value));
}

inline Result<void> require_positive(std::string_view name, double value) {
  if (std::isfinite(value) && value > 0.0) return {};
  return fail(Errc::bad_input, fmt::format("{} is {}: it must be above 0", name, value));
}

inline Result<void> require_not_negative(std::string_view name, double value) {
  if (std::isfinite(value) && value >= 0.0) return {};
  return fail(Errc::bad_input, fmt::format("{} is {}: it must be 0 or above", name, value));
}

}  // namespace ballast
