#include "target/scale_stages.hpp"

#include <algorithm>
#include <cmath>

namespace ballast {

std::span<const std::string_view> input_names(const VolBudgetScale& /*stage*/) {
  static constexpr std::array<std::string_view, 2> names{"price", "volatility"};
  return names;
}

std::span<const std::string_view> input_names(const RegimeScale& /*stage*/) {
  static constexpr std::array<std::string_view, 1> names{"volatility"};
  return names;
}

}  // namespace ballast
