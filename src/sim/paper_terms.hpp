// An instrument's trading terms as a paper venue applies them: what it refuses, what it charges.
//
// Exact: prices in ticks, quantities in lots, fees rounded once, half-even, at 10^-18.
#pragma once

#include <optional>

#include "base/decimal.hpp"
#include "model/event.hpp"
#include "model/instrument.hpp"

namespace ballast {

/// The largest multiple of the lot that is not above `qty`; qty >= 0. A lot of zero: qty itself.
Quantity whole_lots(Quantity qty, Quantity lot);

/// Why an order of this size at this price is not taken; nothing when it is.
std::optional<Note> refusal(const Instrument& instrument, Quantity qty, Price price);

/// The fee of a fill: its share of the notional, in the quote asset, or in the coin for inverse
/// contracts; below zero for a rebate. Nothing where it leaves the decimal range (such a fill
/// leaves it too, and the books say so).
std::optional<Fee> fee_of(const Instrument& instrument,
                          Quantity qty,
                          Price price,
                          Liquidity liquidity);

}  // namespace ballast
