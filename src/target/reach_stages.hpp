// Caps and smoothing: how far a target may go, and how fast.
//
//   liquidity   at most participation * traded volume a second * horizon, so that it can be unwound
//               in that time; target and band alike
//   aim         x <- x + (1 - (1 - rate)^(dt / period)) (aim - x), rate the trading rate of
//   Garleanu
//               and Pedersen (quant/control/aim_portfolio.hpp); the band moves along
#pragma once

#include <algorithm>
#include <cmath>

#include "target/stage.hpp"
#include "target/units.hpp"

namespace ballast {

inline std::optional<double> read(const LiquidityCap& stage,
                                  const StageWorld& world,
                                  const Draft& /*draft*/,
                                  StageMemory& /*memory*/,
                                  StageInputs& inputs) {
  const auto volume = inputs.add(world.figure(EstimateKind::traded_volume, stage.instrument));
  const auto unit = units_per_quantity(world, stage.instrument, inputs);
  if (!volume || !unit) return std::nullopt;
  return stage.participation * *volume * *unit * stage.horizon.to_seconds();
}
inline void act(const LiquidityCap& /*stage*/,
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
std::span<const std::string_view> input_names(const LiquidityCap&);
constexpr std::string_view formula(const LiquidityCap&) {
  return "at most participation * volume * horizon";
}
constexpr const Hold* hold(const LiquidityCap& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const LiquidityCap& stage) {
  return {stage.instrument, InstrumentId{}};
}

std::optional<double> read(
    const AimSmoothing&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
/// memory.last is where the target stands, since memory.t.
inline void act(const AimSmoothing& stage,
                double reading,
                const StageWorld& world,
                StageMemory& memory,
                Draft& draft) {
  if (memory.count == 0) {
    memory.last = draft.target;
  } else {
    const Duration time = world.now - memory.t;
    TakenShare& taken = memory.taken;
    if (taken.rate != reading || taken.time != time) {
      const double periods = time.to_seconds() / stage.period.to_seconds();
      taken = {reading, time, 1.0 - std::pow(1.0 - reading, std::max(0.0, periods))};
    }
    memory.last += taken.share * (draft.target - memory.last);
  }
  memory.count = 1;
  memory.t = world.now;
  draft.target = memory.last;
}
std::span<const std::string_view> input_names(const AimSmoothing&);
constexpr std::string_view formula(const AimSmoothing&) {
  return "the share of the way to the aim that is gone in a period";
}
constexpr const Hold* hold(const AimSmoothing&) { return nullptr; }
constexpr std::array<InstrumentId, 2> instruments(const AimSmoothing&) { return {}; }

}  // namespace ballast
