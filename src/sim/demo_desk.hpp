// The desk of the demonstration: a small market maker in BTC and ETH, once as the text that
// `ballast demo` writes out and once as the value that this text means (a test holds them
// together).
#pragma once

#include <string_view>

#include "model/desk.hpp"

namespace ballast {

/// Ids as demo_desk() numbers them.
struct DemoIds {
  AssetId btc{0}, eth{1}, usdt{2}, usd{3};
  VenueId binance{0}, bybit{1}, deribit{2};
  InstrumentId btc_spot{0}, eth_spot{1}, btc_linear{2}, eth_linear{3}, btc_inverse{4};
  FactorId delta_btc{0}, delta_eth{1}, cash_usdt{2};
  RuleId btc_blind{4};
};

extern const std::string_view demo_desk_toml;
Desk demo_desk();

}  // namespace ballast
