#include "target/units.hpp"

namespace ballast {

std::optional<double> units_per_quantity(const StageWorld& world,
                                         InstrumentId instrument,
                                         StageInputs& inputs) {
  const Instrument& traded = world.desk->instrument(instrument);
  const double size = to_double(traded.contract_size);
  const bool in_quote = world.factor->kind == FactorKind::notional;
  if (traded.inverse() == in_quote) return size;  // quote per contract, or coins per contract
  const auto price = inputs.add(world.market->price(instrument));
  if (!price) return std::nullopt;
  return in_quote ? size * *price : size / *price;
}

std::optional<double> unit_cost(const StageWorld& world,
                                InstrumentId instrument,
                                StageInputs& inputs) {
  const auto half_spread = inputs.add(world.estimate(EstimateKind::half_spread, instrument));
  const auto traded_at = inputs.add(world.market->price(instrument));
  const auto price = inputs.add(world.unit_price());
  if (!half_spread || !traded_at || !price) return std::nullopt;
  const double fee = to_double(world.desk->instrument(instrument).terms.taker_fee);
  return (*half_spread / *traded_at + fee) * *price;
}

}  // namespace ballast
