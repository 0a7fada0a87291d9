#include "target/reach_stages.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/aim_portfolio.hpp"
#include "target/units.hpp"

namespace ballast {

std::optional<double> read(const LiquidityCap& stage,
                           const StageWorld& world,
                           const Draft& /*draft*/,
                           StageMemory& /*memory*/,
                           StageInputs& inputs) {
  const auto volume = inputs.add(world.estimate(EstimateKind::traded_volume, stage.instrument));
  const auto unit = units_per_quantity(world, stage.instrument, inputs);
  if (!volume || !unit) return std::nullopt;
  return stage.participation * *volume * *unit * stage.horizon.to_seconds();
}

void act(const LiquidityCap& /*stage*/,
         double reading,
         const StageWorld& /*world*/,
         StageMemory& /*memory*/,
         Draft& draft) {
  const double most = std::fabs(reading);
  const double target = std::clamp(draft.target, -most, most);
  draft.lower = std::clamp(draft.target + draft.lower, -most, most) - target;
  draft.upper = std::clamp(draft.target + draft.upper, -most, most) - target;
  draft.target = target;
}

std::span<const std::string_view> input_names(const LiquidityCap& /*stage*/) {
  static constexpr std::array<std::string_view, 2> names{"traded_volume", "price"};
  return names;
}

std::optional<double> read(const AimSmoothing& stage,
                           const StageWorld& /*world*/,
                           const Draft& /*draft*/,
                           StageMemory& memory,
                           StageInputs& /*inputs*/) {
  if (memory.weight == 0.0) {  // the configuration's own number, worked out once
    const auto rate = trading_rate({stage.gamma, stage.lambda, stage.discount});
    memory.weight = rate ? *rate : 1.0;
  }
  return memory.weight;
}

/// memory.last is where the target stands, since memory.t.
void act(const AimSmoothing& stage,
         double reading,
         const StageWorld& world,
         StageMemory& memory,
         Draft& draft) {
  if (memory.count == 0) {
    memory.last = draft.target;
  } else {
    const double periods = (world.now - memory.t).to_seconds() / stage.period.to_seconds();
    const double share = 1.0 - std::pow(1.0 - reading, std::max(0.0, periods));
    memory.last += share * (draft.target - memory.last);
  }
  memory.count = 1;
  memory.t = world.now;
  draft.target = memory.last;
}

std::span<const std::string_view> input_names(const AimSmoothing& /*stage*/) { return {}; }

}  // namespace ballast
