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

#include "target/stage.hpp"

namespace ballast {

std::optional<double> read(
    const VolBand&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
void act(const VolBand&, double reading, const StageWorld&, StageMemory&, Draft& draft);
std::span<const std::string_view> input_names(const VolBand&);
constexpr std::string_view formula(const VolBand&) { return "offsets times reference / sigma"; }
constexpr const Hold* hold(const VolBand& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const VolBand& stage) {
  return {stage.instrument, InstrumentId{}};
}

std::optional<double> read(
    const NoTradeBandStage&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
void act(const NoTradeBandStage&, double reading, const StageWorld&, StageMemory&, Draft& draft);
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
void act(const WhalleyWilmottBand&, double reading, const StageWorld&, StageMemory&, Draft& draft);
std::span<const std::string_view> input_names(const WhalleyWilmottBand&);
constexpr std::string_view formula(const WhalleyWilmottBand&) {
  return "half width (3/2 cost Gamma^2 / gamma)^(1/3)";
}
constexpr const Hold* hold(const WhalleyWilmottBand& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const WhalleyWilmottBand& stage) {
  return {stage.instrument, InstrumentId{}};
}

}  // namespace ballast
