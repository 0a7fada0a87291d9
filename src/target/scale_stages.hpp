// Scales: factors on a target, so that the money at risk stays what was meant.
//
//   vol_budget   at most budget / (price * sigma) units, sigma the volatility a square-root day
//   regime       multipliers by level of volatility. A level begins at its `above` and ends below
//                (1 - hysteresis) of it, so that a volatility at the edge does not flap.
#pragma once

#include <algorithm>
#include <cmath>

#include "target/stage.hpp"

namespace ballast {

inline std::optional<double> read(const VolBudgetScale& stage,
                                  const StageWorld& world,
                                  const Draft& /*draft*/,
                                  StageMemory& /*memory*/,
                                  StageInputs& inputs) {
  const auto price = inputs.add(world.unit_price());
  const auto sigma = inputs.add(world.figure(EstimateKind::volatility, stage.instrument));
  if (!price || !sigma) return std::nullopt;
  const double risk = *price * *sigma;
  if (!(risk > 0.0)) return std::nullopt;  // a price that never moved says nothing of its risk
  return stage.budget / risk;
}
inline void act(const VolBudgetScale& /*stage*/,
                double reading,
                const StageWorld& /*world*/,
                StageMemory& /*memory*/,
                Draft& draft) {
  draft.target = std::clamp(draft.target, -std::fabs(reading), std::fabs(reading));
}
std::span<const std::string_view> input_names(const VolBudgetScale&);
constexpr std::string_view formula(const VolBudgetScale&) {
  return "at most budget / (price sigma)";
}
constexpr const Hold* hold(const VolBudgetScale& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const VolBudgetScale& stage) {
  return {stage.instrument, InstrumentId{}};
}

inline std::optional<double> read(const RegimeScale& stage,
                                  const StageWorld& world,
                                  const Draft& /*draft*/,
                                  StageMemory& /*memory*/,
                                  StageInputs& inputs) {
  return inputs.add(world.figure(EstimateKind::volatility, stage.instrument));
}
/// memory.count is the level that volatility is in.
inline void act(const RegimeScale& stage,
                double reading,
                const StageWorld& /*world*/,
                StageMemory& memory,
                Draft& draft) {
  std::size_t level = std::min<std::size_t>(memory.count, stage.levels.size() - 1);
  while (level + 1 < stage.levels.size() && reading >= stage.levels[level + 1].above)
    ++level;
  while (level > 0 && reading < stage.levels[level].above * (1.0 - stage.hysteresis))
    --level;
  memory.count = static_cast<std::uint32_t>(level);
  draft.target *= stage.levels[level].scale;
  draft.lower *= stage.levels[level].band_scale;
  draft.upper *= stage.levels[level].band_scale;
}
std::span<const std::string_view> input_names(const RegimeScale&);
constexpr std::string_view formula(const RegimeScale&) {
  return "multipliers of the level that volatility is in";
}
constexpr const Hold* hold(const RegimeScale& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const RegimeScale& stage) {
  return {stage.instrument, InstrumentId{}};
}

}  // namespace ballast
