#include "target/scale_stages.hpp"

#include <algorithm>
#include <cmath>

namespace ballast {

std::optional<double> read(const VolBudgetScale& stage,
                           const StageWorld& world,
                           const Draft& /*draft*/,
                           StageMemory& /*memory*/,
                           StageInputs& inputs) {
  const auto price = inputs.add(world.unit_price());
  const auto sigma = inputs.add(world.estimate(EstimateKind::volatility, stage.instrument));
  if (!price || !sigma) return std::nullopt;
  const double risk = *price * *sigma;
  if (!(risk > 0.0)) return std::nullopt;  // a price that never moved says nothing of its risk
  return stage.budget / risk;
}

void act(const VolBudgetScale& /*stage*/,
         double reading,
         const StageWorld& /*world*/,
         StageMemory& /*memory*/,
         Draft& draft) {
  draft.target = std::clamp(draft.target, -std::fabs(reading), std::fabs(reading));
}

std::span<const std::string_view> input_names(const VolBudgetScale& /*stage*/) {
  static constexpr std::array<std::string_view, 2> names{"price", "volatility"};
  return names;
}

std::optional<double> read(const RegimeScale& stage,
                           const StageWorld& world,
                           const Draft& /*draft*/,
                           StageMemory& /*memory*/,
                           StageInputs& inputs) {
  return inputs.add(world.estimate(EstimateKind::volatility, stage.instrument));
}

/// memory.count is the level that volatility is in.
void act(const RegimeScale& stage,
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

std::span<const std::string_view> input_names(const RegimeScale& /*stage*/) {
  static constexpr std::array<std::string_view, 1> names{"volatility"};
  return names;
}

}  // namespace ballast
