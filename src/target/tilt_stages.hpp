// Tilts: what is added to a target because holding it is paid for.
//
//   carry   mu = -(expected funding a day over the horizon)
//                - convergence * basis / horizon,           basis = price / price of `against` - 1
//           sigma^2 = variance a day of the return of the instrument, or of its return less that of
//                     `against` where the holding is hedged
//           q = mu / (gamma sigma^2) / price, shrunk by the error of mu
//           (quant/control/carry_tilt.hpp)
//   drift   the same of what a `drift` event expects
//   joint   the factor's part of a joint target
//
// A long position pays funding when it is positive. mu and sigma are relative, a day; q is in
// units.
#pragma once

#include "target/stage.hpp"

namespace ballast {

std::optional<double> read(
    const CarryTilt&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
std::span<const std::string_view> input_names(const CarryTilt&);
constexpr std::string_view formula(const CarryTilt&) {
  return "mu / (gamma sigma^2) / price, shrunk by the error of mu";
}
constexpr const Hold* hold(const CarryTilt& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const CarryTilt& stage) {
  return {stage.instrument, stage.against};
}

std::optional<double> read(
    const DriftTilt&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
std::span<const std::string_view> input_names(const DriftTilt&);
constexpr std::string_view formula(const DriftTilt&) {
  return "drift / (gamma sigma^2) / price, shrunk by its error";
}
constexpr const Hold* hold(const DriftTilt& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const DriftTilt& stage) {
  return {stage.instrument, InstrumentId{}};
}

std::optional<double> read(
    const JointTilt&, const StageWorld&, const Draft&, StageMemory&, StageInputs&);
std::span<const std::string_view> input_names(const JointTilt&);
constexpr std::string_view formula(const JointTilt&) {
  return "its part of what maximises carry'q - gamma/2 q' Sigma q - costs within limits";
}
constexpr const Hold* hold(const JointTilt& stage) { return &stage.hold; }
constexpr std::array<InstrumentId, 2> instruments(const JointTilt&) { return {}; }

template <class Tilt>
requires(std::same_as<Tilt, CarryTilt> || std::same_as<Tilt, DriftTilt> ||
         std::same_as<Tilt, JointTilt>) void act(const Tilt& /*stage*/,
                                                 double reading,
                                                 const StageWorld& /*world*/,
                                                 StageMemory& /*memory*/,
                                                 Draft& draft) {
  draft.target += reading;
}

}  // namespace ballast
