// ShareTarget: a fraction of the desk's net asset value, in units of the factor.
//
//   target = fraction * net_asset_value / price        half-even, rounded once
//
// `price` is that of one unit of the factor: the coin's for delta:X, the asset's for cash:A@venue,
// the quote asset's for notional:I. Unknown without a price > 0 or a net asset value >= 0 (a share
// of a negative value would turn a loss into a position the other way), and when out of the decimal
// range.
#pragma once

#include "target/target_model.hpp"

namespace ballast {

std::optional<Aim> aim(const ShareTarget& model, const Inventory& inventory);
inline std::optional<Timestamp> next_change(const ShareTarget& /*model*/, Timestamp /*now*/) {
  return std::nullopt;
}
constexpr bool reads_value(const ShareTarget& /*model*/) { return true; }
std::string describe(const ShareTarget& model, const Inventory& inventory);

}  // namespace ballast
