// Bands that follow the market.
//
//   vol              offsets times reference / sigma, within [least, most]
//   no_trade         half width (3/2 cost nu^2 / (gamma sigma_money^2))^(1/3): the small-cost rule
//   of
//                    quant/control/no_trade_band.hpp with the sensitivity nu / sigma_money, where
//                    nu is how far flow and target drive the deviation apart in a square-root day
//                    when nobody hedges, learnt here
//   whalley_wilmott  (3/2 cost Gamma^2 / gamma)^(1/3) around an option position's delta
//
// cost is of trading one unit one way: half spread and taker fee, in the reporting currency.
#pragma once

#include <algorithm>
#include <cmath>

#include "target/stage.hpp"

namespace ballast {

/// A band of this half width, leaning as the configured offsets do.
inline void widen_to(double half_width, Draft& draft) {
  const double width = draft.upper - draft.lower;
  const double lean = width > 0.0 ? draft.upper / width : 0.5;
  draft.lower = -2.0 * half_width * (1.0 - lean);
  draft.upper = 2.0 * half_width * lean;
}

inline std::optional<double> read(const VolBand& stage,
                                  const StageWorld& world,
                                  const Draft& /*draft*/,
                                  StageMemory& /*memory*/,
                                  StageInputs& inputs) {
  return inputs.add(world.figure(EstimateKind::volatility, stage.instrument));
}
inline void act(const VolBand& stage,
                double reading,
                const StageWorld& /*world*/,
                StageMemory& /*memory*/,
                Draft& draft) {
  const double scale =
      reading > 0.0 ? std::clamp(stage.reference / reading, stage.least, stage.most) : stage.most;
  draft.lower *= scale;
  draft.upper *= scale;
}
std::span<const std::string_view> input_names(const VolBand&);
constexpr std::string_view formula(const VolBand&) { return "offsets times reference / sigma"; }
constexpr const Hold* hold(const VolBand& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const VolBand& stage) {
  return {stage.instrument, InstrumentId{}};
}

std::optional<double> read(
    const NoTradeBandStage&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
inline void act(const NoTradeBandStage& stage,
                double reading,
                const StageWorld& /*world*/,
                StageMemory& /*memory*/,
                Draft& draft) {
  const double most = stage.most > 0.0 ? stage.most : reading;
  widen_to(std::max(stage.least, std::min(reading, most)), draft);
}
std::span<const std::string_view> input_names(const NoTradeBandStage&);
constexpr std::string_view formula(const NoTradeBandStage&) {
  return "half width (3/2 cost wander^2 / (gamma sigma^2 price^2))^(1/3)";
}
constexpr const Hold* hold(const NoTradeBandStage& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const NoTradeBandStage& stage) {
  return {stage.instrument, InstrumentId{}};
}

std::optional<double> read(
    const WhalleyWilmottBand&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
inline void act(const WhalleyWilmottBand& /*stage*/,
                double reading,
                const StageWorld& /*world*/,
                StageMemory& /*memory*/,
                Draft& draft) {
  widen_to(reading, draft);
}
std::span<const std::string_view> input_names(const WhalleyWilmottBand&);
constexpr std::string_view formula(const WhalleyWilmottBand&) {
  return "half width (3/2 cost Gamma^2 / gamma)^(1/3)";
}
constexpr const Hold* hold(const WhalleyWilmottBand& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const WhalleyWilmottBand& stage) {
  return {stage.instrument, InstrumentId{}};
}

}  // namespace ballast
