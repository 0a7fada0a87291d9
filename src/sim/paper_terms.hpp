// An instrument's trading terms as a paper venue applies them: what it refuses. What it charges is
// in book/trade_fee.hpp.
//
// Exact: prices in ticks, quantities in lots.
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

}  // namespace ballast
