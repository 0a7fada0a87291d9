#include "target/tilt_stages.hpp"

#include <cmath>

#include "quant/control/carry_tilt.hpp"

namespace ballast {
namespace {

/// Variance a day of the return of an instrument, less that of what it is hedged with.
std::optional<double> variance(const StageWorld& world,
                               InstrumentId instrument,
                               InstrumentId against,
                               StageInputs& inputs) {
  if (!against.valid()) {
    const auto sigma = inputs.add(world.figure(EstimateKind::volatility, instrument));
    if (!sigma) return std::nullopt;
    return *sigma * *sigma;
  }
  const auto covariance = [&](InstrumentId a, InstrumentId b) {
    return inputs.add(world.learning->covariance(world.now, a, b));
  };
  const auto own = covariance(instrument, instrument);
  const auto other = covariance(against, against);
  const auto both = covariance(instrument, against);
  if (!own || !other || !both) return std::nullopt;
  return *own + *other - 2.0 * *both;
}

std::optional<double> tilt(
    double rate, double std_error, double gamma, double variance_day, double price) {
  // In money a day, for one unit.
  CarryTiltInput input;
  input.carry = rate * price;
  input.standard_error = std_error * price;
  input.variance = variance_day * price * price;
  input.gamma = gamma;
  const auto units = carry_tilt(input);
  if (!units) return std::nullopt;  // no variance, say: nothing to weigh it against
  return *units;
}

/// The expected carry of holding an instrument, relative, a day: minus expected funding, minus what
/// of the basis to `against` closes. Nothing when an input is unknown.
struct CarryRate {
  double rate = 0.0;
  double std_error = 0.0;
};
std::optional<CarryRate> carry_rate(const StageWorld& world,
                                    InstrumentId instrument,
                                    InstrumentId against,
                                    Duration horizon,
                                    double convergence,
                                    StageInputs& inputs) {
  const auto funding = world.learning->funding_figures(world.now, instrument, horizon);
  const auto rate = inputs.add(funding.expected);
  // The level is known; what is estimated is where it goes from there.
  const auto error = inputs.add(funding.mean_error);
  if (!rate || !error) return std::nullopt;
  CarryRate carry{-*rate, *error};
  if (against.valid() && convergence > 0.0) {
    const auto price = inputs.add(world.market->price(instrument));
    const auto other = inputs.add(world.market->price(against));
    if (!price || !other) return std::nullopt;
    const double days = horizon.to_seconds() / 86'400.0;
    carry.rate -= convergence * (*price / *other - 1.0) / days;
  }
  return carry;
}

}  // namespace

std::optional<double> read(const CarryTilt& stage,
                           const StageWorld& world,
                           const Draft& /*draft*/,
                           StageMemory& /*memory*/,
                           StageInputs& inputs) {
  const auto price = inputs.add(world.unit_price());
  const auto risk = variance(world, stage.instrument, stage.against, inputs);
  const auto carry =
      carry_rate(world, stage.instrument, stage.against, stage.horizon, stage.convergence, inputs);
  if (!price || !risk || !carry) return std::nullopt;
  return tilt(carry->rate, carry->std_error, stage.gamma, *risk, *price);
}

std::span<const std::string_view> input_names(const CarryTilt& stage) {
  static constexpr std::array<std::string_view, 6> outright{
      "price", "volatility", "expected_funding", "funding_error", "price_held", "price_against"};
  static constexpr std::array<std::string_view, 8> hedged{
      "price",         "variance",   "variance_against", "covariance", "expected_funding",
      "funding_error", "price_held", "price_against"};
  if (stage.against.valid()) return hedged;
  return outright;
}

std::optional<double> read(const DriftTilt& stage,
                           const StageWorld& world,
                           const Draft& /*draft*/,
                           StageMemory& /*memory*/,
                           StageInputs& inputs) {
  const auto price = inputs.add(world.unit_price());
  const auto risk = variance(world, stage.instrument, InstrumentId{}, inputs);
  const AssetId asset = world.desk->instrument(stage.instrument).base;
  const auto drift = world.drifts->of(asset, world.now);
  if (!drift) {
    return inputs.add_unknown();
  }
  inputs.add(StageInput{drift->rate, drift->t, 0, Lack::none});
  inputs.add(StageInput{drift->std_error, drift->t, 0, Lack::none});
  if (!price || !risk) return std::nullopt;
  return tilt(drift->rate, drift->std_error, stage.gamma, *risk, *price);
}

std::span<const std::string_view> input_names(const DriftTilt& /*stage*/) {
  static constexpr std::array<std::string_view, 4> names{"price", "volatility", "drift",
                                                         "drift_error"};
  return names;
}

std::optional<double> read(const JointTilt& /*stage*/,
                           const StageWorld& world,
                           const Draft& /*draft*/,
                           StageMemory& /*memory*/,
                           StageInputs& inputs) {
  const auto& units = world.joint.units;
  if (!units) return inputs.add(StageInput{0.0, world.joint.t, 0, Lack::never});
  return inputs.add(StageInput{*units, world.joint.t, 0, Lack::none});
}

std::span<const std::string_view> input_names(const JointTilt& /*stage*/) {
  static constexpr std::array<std::string_view, 1> names{"joint_target"};
  return names;
}

}  // namespace ballast
