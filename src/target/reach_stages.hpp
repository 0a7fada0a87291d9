// Caps and smoothing: how far a target may go, and how fast.
//
//   liquidity   at most participation * traded volume a second * horizon, so that it can be unwound
//               in that time; target and band alike
//   aim         x <- x + (1 - (1 - rate)^(dt / period)) (aim - x), rate the trading rate of
//   Garleanu
//               and Pedersen (quant/control/aim_portfolio.hpp); the band moves along
#pragma once

#include "target/stage.hpp"

namespace ballast {

std::optional<double> read(
    const LiquidityCap&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
void act(const LiquidityCap&, double reading, const StageWorld&, StageMemory&, Draft& draft);
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
void act(const AimSmoothing&, double reading, const StageWorld&, StageMemory&, Draft& draft);
std::span<const std::string_view> input_names(const AimSmoothing&);
constexpr std::string_view formula(const AimSmoothing&) {
  return "the share of the way to the aim that is gone in a period";
}
constexpr const Hold* hold(const AimSmoothing&) { return nullptr; }
constexpr std::array<InstrumentId, 2> instruments(const AimSmoothing&) { return {}; }

}  // namespace ballast
