// What a quantity of an instrument is worth at a price, exactly: the one formula behind cost, P&L
// and cash.
//
//   spot, linear   value =  quantity * price * contract_size      quote asset
//   inverse        value = -quantity * contract_size / price      the coin
//   option         value =  quantity * premium * contract_size    quote asset, or the coin where
//                                                                 the premium is paid in it
//
// With flow = -sum of value(trade), the profit of any position is flow + value(quantity, mark),
// whatever its kind. Each value is rounded once, half-even, at 10^-18. Overflow is an error, never
// a contract.
#pragma once

#include <optional>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "model/instrument.hpp"

namespace ballast {

/// The part of an instrument that accounting needs, small enough to stay in cache.
struct Contract {
  Quantity size = Quantity::whole(1);  // > 0
  AssetId base;
  AssetId quote;
  bool spot = true;
  bool inverse = false;
  bool option = false;
  bool paid_in_base = false;

  static Contract of(const Instrument& instrument) {
    return {instrument.contract_size,
            instrument.base,
            instrument.quote,
            instrument.spot(),
            instrument.inverse(),
            instrument.option(),
            instrument.settlement() == instrument.base};
  }
  /// Whether it can trade at the price. An option that expires worthless is closed at 0.
  bool trades_at(Price price) const { return price.sign() > 0 || (option && price.zero()); }
  AssetId settlement() const { return paid_in_base ? base : quote; }
};

/// Value of a signed quantity at a price, in the settlement asset; nothing on overflow or at a
/// price that the contract cannot trade at: 0 or below, of an option below 0.
std::optional<Amount> value(const Contract& contract, Quantity qty, Price price);

/// The same for callers that hold an instrument, with an error that says why.
Result<Amount> value(const Instrument& instrument, Quantity qty, Price price);

/// The price at which `qty` is worth `cost`: cost / (qty * size), or qty * size / |cost| (the
/// harmonic mean) for inverse contracts. Half-even; nothing on overflow or when there is nothing to
/// divide by.
std::optional<Price> average_price(const Contract& contract, Quantity qty, Amount cost);

}  // namespace ballast
