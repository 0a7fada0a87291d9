// Gemini-style market data CSV, one file a day, as the ccapi recorder writes it
// (github.com/crypto-chassis/ccapi; cryptochassis.com "market data API"):
//
//   market-depth   time_seconds,bid_price_bid_size,ask_price_ask_size 1625097600,2271.58_1.6477,...
//   trade          time_seconds,price,size,is_buyer_maker 1625097621.647,2278.15,0.0409,1
//
// Best bid and ask when they change (at most once a second) become tops, prints become trades. An
// empty side of the book becomes a side without quantity.
#pragma once

#include "adapters/feed/common/importer.hpp"

namespace ballast {

extern const ImporterKind gemini_top_kind;
extern const ImporterKind gemini_trade_kind;

}  // namespace ballast
