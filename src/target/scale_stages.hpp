// Scales: factors on a target, so that the money at risk stays what was meant.
//
//   vol_budget   at most budget / (price * sigma) units, sigma the volatility a square-root day
//   regime       multipliers by level of volatility. A level begins at its `above` and ends below
//                (1 - hysteresis) of it, so that a volatility at the edge does not flap.
#pragma once

#include "target/stage.hpp"

namespace ballast {

std::optional<double> read(
    const VolBudgetScale&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
void act(const VolBudgetScale&, double reading, const StageWorld&, StageMemory&, Draft& draft);
std::span<const std::string_view> input_names(const VolBudgetScale&);
constexpr std::string_view formula(const VolBudgetScale&) {
  return "at most budget / (price sigma)";
}
constexpr const Hold* hold(const VolBudgetScale& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const VolBudgetScale& stage) {
  return {stage.instrument, InstrumentId{}};
}

std::optional<double> read(
    const RegimeScale&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
void act(const RegimeScale&, double reading, const StageWorld&, StageMemory&, Draft& draft);
std::span<const std::string_view> input_names(const RegimeScale&);
constexpr std::string_view formula(const RegimeScale&) {
  return "multipliers of the level that volatility is in";
}
constexpr const Hold* hold(const RegimeScale& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const RegimeScale& stage) {
  return {stage.instrument, InstrumentId{}};
}

}  // namespace ballast
