// EventTarget: what `target` events say; unknown until the first and after the last has ended.
#pragma once

#include "target/target_model.hpp"

namespace ballast {

inline std::optional<Aim> aim(const EventTarget& /*model*/, const Inventory& inventory) {
  if (!inventory.said) return std::nullopt;
  return Aim{*inventory.said};
}
inline std::optional<Timestamp> next_change(const EventTarget& /*model*/, Timestamp /*now*/) {
  return std::nullopt;
}
constexpr bool reads_value(const EventTarget& /*model*/) { return false; }
inline std::string describe(const EventTarget& /*model*/, const Inventory& inventory) {
  return inventory.said ? "said to be " + to_string(*inventory.said) : "nobody has said";
}

}  // namespace ballast
