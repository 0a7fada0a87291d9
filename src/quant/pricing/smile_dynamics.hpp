// How a smile moves when the forward does.
#pragma once

#include <cstdint>

namespace ballast {

/// What a volatility belongs to while the forward moves.
enum class SmileDynamics : std::uint8_t {
  sticky_strike,  // to a strike
  sticky_delta,   // to a moneyness K / F, and so, for one expiry, to a delta
};

}  // namespace ballast
