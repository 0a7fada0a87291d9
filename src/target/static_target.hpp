// StaticTarget: a fixed amount.
#pragma once

#include "target/target_model.hpp"

namespace ballast {

inline std::optional<Aim> aim(const StaticTarget& model, const Inventory& /*inventory*/) {
  return Aim{model.value};
}
inline std::optional<Timestamp> next_change(const StaticTarget& /*model*/, Timestamp /*now*/) {
  return std::nullopt;
}
constexpr bool reads_value(const StaticTarget& /*model*/) { return false; }
inline std::string describe(const StaticTarget& model, const Inventory& /*inventory*/) {
  return "fixed at " + to_string(model.value);
}

}  // namespace ballast
