// Every target stage, and the one place that calls them whichever it is.
#pragma once

#include <variant>

#include "target/band_stages.hpp"
#include "target/reach_stages.hpp"
#include "target/scale_stages.hpp"
#include "target/tilt_stages.hpp"

namespace ballast {

template <class... Ss>
constexpr bool all_are_target_stages(const std::variant<Ss...>* /*list*/) {
  return (IsTargetStage<Ss> && ...);
}
static_assert(all_are_target_stages(static_cast<const TargetStage*>(nullptr)),
              "a word in TargetStage lacks its functions: see target/stage.hpp");

inline std::span<const std::string_view> input_names(const TargetStage& stage) {
  return std::visit([](const auto& s) { return input_names(s); }, stage);
}
inline std::string_view formula(const TargetStage& stage) {
  return std::visit([](const auto& s) { return formula(s); }, stage);
}
inline std::array<InstrumentId, 2> instruments(const TargetStage& stage) {
  return std::visit([](const auto& s) { return instruments(s); }, stage);
}
inline const TargetStageName& name_of(const TargetStage& stage) {
  return target_stage_names[stage.index()];
}

}  // namespace ballast
