// Every target model, and the one place that calls them whichever it is.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "target/event_target.hpp"
#include "target/neutral_target.hpp"
#include "target/schedule_target.hpp"
#include "target/share_target.hpp"
#include "target/static_target.hpp"
#include "target/target_model.hpp"

namespace ballast {

template <class... Ms>
constexpr bool all_are_target_models(const std::variant<Ms...>* /*list*/) {
  return (IsTargetModel<Ms> && ...);
}
static_assert(all_are_target_models(static_cast<const TargetModel*>(nullptr)),
              "a word in TargetModel lacks its functions: see target/target_model.hpp");

inline std::optional<Aim> aim(const TargetModel& model, const Inventory& inventory) {
  return std::visit([&](const auto& m) { return aim(m, inventory); }, model);
}
inline std::optional<Timestamp> next_change(const TargetModel& model, Timestamp now) {
  return std::visit([&](const auto& m) { return next_change(m, now); }, model);
}
inline bool reads_value(const TargetModel& model) {
  return std::visit([](const auto& m) { return reads_value(m); }, model);
}
inline std::string describe(const TargetModel& model, const Inventory& inventory) {
  return std::visit([&](const auto& m) { return describe(m, inventory); }, model);
}
inline std::string_view name_of(const TargetModel& model) {
  return target_model_names[model.index()];
}

}  // namespace ballast
