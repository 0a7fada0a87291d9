#include "target/units.hpp"

namespace ballast {

std::optional<double> unit_cost(const StageWorld& world,
                                InstrumentId instrument,
                                StageInputs& inputs) {
  const auto half_spread = inputs.add(world.figure(EstimateKind::half_spread, instrument));
  const auto traded_at = inputs.add(world.market->price(instrument));
  const auto price = inputs.add(world.unit_price());
  if (!half_spread || !traded_at || !price) return std::nullopt;
  const double fee = to_double(world.desk->instrument(instrument).terms.taker_fee);
  return (*half_spread / *traded_at + fee) * *price;
}

}  // namespace ballast
