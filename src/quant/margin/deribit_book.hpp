// What Deribit's margin rules look at: an account's positions on one currency pair, in one
// settlement currency.
//
// Settled in coin (inverse contracts), margin and profit are in coin; settled in quote (linear
// contracts, USDC and USDT), in quote. Sizes are in coins either way, as Deribit states them: of an
// inverse future or perpetual, its amount in quote over its mark price. Positions are net: one an
// instrument.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "quant/pricing/black.hpp"

namespace ballast {

enum class DeribitSettlement : std::uint8_t { coin, quote };
enum class DeribitInstrument : std::uint8_t { perpetual, future, option };

struct DeribitPosition {
  DeribitInstrument instrument = DeribitInstrument::perpetual;
  double size = 0.0;     // coins; > 0: long
  double forward = 0.0;  // quote, > 0: of the option's expiry; a future's or perpetual's own mark,
                         // which only portfolio margin in quote asks for
  double years = 0.0;    // to expiry, >= 0; a perpetual's is not looked at
  // Of options only:
  OptionRight right = OptionRight::call;
  double strike = 0.0;  // quote, > 0
  double vol = 0.0;     // of the mark, annual, >= 0; portfolio margin asks for it
  double mark = 0.0;    // of one coin's option, settlement currency, >= 0; standard margin asks
};

struct DeribitBook {
  DeribitSettlement settlement = DeribitSettlement::coin;
  double index = 0.0;  // quote, > 0; standard margin in coin does not ask for it
  std::vector<DeribitPosition> positions = {};
};

/// In the settlement currency, >= 0.
struct DeribitMargin {
  double initial = 0.0;      // what a new position must leave
  double maintenance = 0.0;  // below which liquidation begins
};

}  // namespace ballast
