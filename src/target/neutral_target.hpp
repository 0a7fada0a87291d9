// NeutralTarget: nothing held.
#pragma once

#include "target/target_model.hpp"

namespace ballast {

inline std::optional<Aim> aim(const NeutralTarget& /*model*/, const Inventory& /*inventory*/) {
  return Aim{};
}
inline std::optional<Timestamp> next_change(const NeutralTarget& /*model*/, Timestamp /*now*/) {
  return std::nullopt;
}
constexpr bool reads_value(const NeutralTarget& /*model*/) { return false; }
inline std::string describe(const NeutralTarget& /*model*/, const Inventory& /*inventory*/) {
  return "0";
}

}  // namespace ballast
