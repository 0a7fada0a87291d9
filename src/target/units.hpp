// From an instrument's quantities and prices to a factor's units and money.
#pragma once

#include "target/stage.hpp"

namespace ballast {

/// What one unit of an instrument's quantity is in the factor's unit, at present prices: coins for
/// a delta factor, quote for a notional factor. Adds the price that it used, if one.
inline std::optional<double> units_per_quantity(const StageWorld& world,
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

/// What trading one unit of the factor costs one way, in the reporting currency: half spread and
/// taker fee of the instrument. Adds the half spread and the instrument's price.
std::optional<double> unit_cost(const StageWorld& world,
                                InstrumentId instrument,
                                StageInputs& inputs);

}  // namespace ballast
