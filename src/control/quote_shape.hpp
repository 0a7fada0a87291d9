// From a skew to a quote that a venue would take: whole ticks and lots, exact.
//
//   prices   the bid is rounded down to the tick, the ask up: never better than the model meant
//   sizes    qty times the side's factor, rounded down to the lot
//   post     where configured, the bid stays a tick below the best ask and the ask a tick above the
//            best bid; a side of the book that is empty or not known binds nobody
//   pulled   a side whose whole fill would pass the limit, whose price would not be above 0, or
//            whose size is below what the venue takes; its price and quantity are 0
//
// The bid is always below the ask. A price is read to 14 digits of the mid before it is rounded
// to a tick, so that 60000.1, which no double is, stays there; from then on all is integers. A tick
// or lot of 0 means any: then a "tick" is the last digit that a price has, 10^-18.
#pragma once

#include <optional>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "control/skew_model.hpp"
#include "model/event.hpp"
#include "model/instrument.hpp"

namespace ballast {

struct ShapeInput {
  double mid = 0.0;  // that depths are taken from, > 0
  Quantity qty;      // of a side before its factor, > 0
  bool post_only = true;
  std::optional<Top> top;  // of the same instrument
  double room_up = 0.0;    // units of quantity that may be bought before the limit, >= 0
  double room_down = 0.0;  // and sold
};

/// The quote, with the reason of each side that is pulled; `inputs` is empty. Errors: bad_input for
/// a mid, depth or factor that is none or for depths that cross (their sum is not above 0);
/// overflow.
Result<Quote> shaped(const SkewedQuote& skew,
                     const Instrument& instrument,
                     InstrumentId id,
                     const ShapeInput& input);

}  // namespace ballast
