// What a venue charges for a trade: the one formula behind paper fills and the costs that control
// weighs.
//
//   all but options   fee = rate * |value of the trade|
//   options           fee = rate * |quantity| * contract_size * coin, in size at most
//                           fee_cap * |premium|; coin is 1 where the premium is paid in coin, and
//                           the underlying's price in the quote asset where it is paid in that
//
// In the settlement asset; below zero for a rebate, which the cap bounds likewise. Each product is
// rounded half-even at 10^-18.
//
// Deribit, "Fees" (support.deribit.com): 0.03 % of the underlying or 0.0003 BTC per options
// contract, never more than 12.5 % of the option's price. Traded at 0.0001 BTC: 0.0000125 BTC.
#pragma once

#include <optional>

#include "base/decimal.hpp"
#include "model/event.hpp"
#include "model/instrument.hpp"

namespace ballast {

struct FeeInput {
  Quantity qty;
  Price price;
  /// Price of the underlying in the quote asset: of use where needs_underlying().
  std::optional<Price> underlying;
  Liquidity liquidity = Liquidity::taker;  // unknown: as a taker's
};

/// Whether its fee rests on the price of the underlying, and is unknown without it.
bool needs_underlying(const Instrument& instrument);

/// Nothing without the underlying's price where it is needed, at a price that the instrument cannot
/// trade at, or out of the decimal range.
std::optional<Fee> trade_fee(const Instrument& instrument, const FeeInput& input);

}  // namespace ballast
