#include "target/band_stages.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/no_trade_band.hpp"
#include "target/units.hpp"

namespace ballast {
namespace {

/// How far the uncontrolled deviation wanders in a square-root day: an average of squared moves,
/// each over its time, weighted by exponential forgetting in time.
std::optional<double> wander(const NoTradeBandStage& stage,
                             const StageWorld& world,
                             const Draft& draft,
                             StageMemory& memory) {
  if (!world.uncontrolled) return std::nullopt;
  const double deviation = *world.uncontrolled - draft.target;
  if (memory.count > 0 && world.now > memory.t) {
    const double days = (world.now - memory.t).to_seconds() / 86'400.0;
    const double kept = std::exp2(-days / (stage.half_life.to_seconds() / 86'400.0));
    const double move = deviation - memory.last;
    memory.level = kept * memory.level + (1.0 - kept) * move * move / days;
    memory.weight = kept * memory.weight + (1.0 - kept);
  }
  if (memory.count == 0 || world.now > memory.t) ++memory.count;
  memory.last = deviation;
  memory.t = world.now;
  if (memory.count <= world.desk->learning.min_observations) return std::nullopt;
  return std::sqrt(memory.level / memory.weight);
}

}  // namespace

std::span<const std::string_view> input_names(const VolBand& /*stage*/) {
  static constexpr std::array<std::string_view, 1> names{"volatility"};
  return names;
}

std::optional<double> read(const NoTradeBandStage& stage,
                           const StageWorld& world,
                           const Draft& draft,
                           StageMemory& memory,
                           StageInputs& inputs) {
  const auto wandered = wander(stage, world, draft, memory);
  inputs.add(StageInput{wandered.value_or(0.0), memory.t, memory.count,
                        wandered ? Lack::none : Lack::too_few});
  const auto sigma = inputs.add(world.figure(EstimateKind::volatility, stage.instrument));
  const auto cost = unit_cost(world, stage.instrument, inputs);
  const Quoted& price = world.unit_price();
  if (!wandered || !sigma || !cost || !price.present) return std::nullopt;
  const double risk = *sigma * to_double(price.price);
  if (!(risk > 0.0)) return std::nullopt;
  const auto width = small_cost_half_width(stage.gamma, *cost, *wandered / risk);
  if (!width) return std::nullopt;
  return *width;
}

std::span<const std::string_view> input_names(const NoTradeBandStage& /*stage*/) {
  static constexpr std::array<std::string_view, 5> names{"wander", "volatility", "half_spread",
                                                         "price_traded", "price"};
  return names;
}

std::optional<double> read(const WhalleyWilmottBand& stage,
                           const StageWorld& world,
                           const Draft& /*draft*/,
                           StageMemory& /*memory*/,
                           StageInputs& inputs) {
  const auto cost = unit_cost(world, stage.instrument, inputs);
  if (!cost) return std::nullopt;
  const double price = to_double(world.unit_price().price);
  // The formula discounts by the rate to expiry; margin on a perpetual or spot pays none.
  HedgeBandInput input;
  input.gamma_position = stage.position_gamma;
  input.spot = price;
  input.cost = *cost / price;
  input.risk_aversion = stage.gamma;
  input.sigma = 1.0;
  input.years = 1.0;
  const auto width = whalley_wilmott_half_width(input);
  if (!width) return std::nullopt;
  return *width;
}

std::span<const std::string_view> input_names(const WhalleyWilmottBand& /*stage*/) {
  static constexpr std::array<std::string_view, 3> names{"half_spread", "price_traded", "price"};
  return names;
}

}  // namespace ballast
