// A desk's own fills as a JSON array of objects, as export tools and Binance's GET /api/v3/myTrades
// ("Account trade list", Binance spot API documentation) write them, to fills sorted by time and
// id.
//
//   what        field (or Binance's name)        value
//   id          id                               number or text
//   time        tradedAt (time)                  RFC 3339 text, or milliseconds since the epoch
//   side        side, isBuyer                    BUY or SELL; true or false; both must agree
//   quantity    quantity (qty)                   number, or text of one
//   price       price                            likewise
//   fee         fee (commission)                 likewise, optional; + paid
//   fee asset   feeCurrency (commissionAsset)    text, needed with a fee
//   maker       isMaker                          true or false, optional
//   order       orderId                          number or text, optional
//   instrument  symbol                           text, unless instrument= names it
//   venue       exchange                         text, unless venue= names it
//
// Numbers are taken digit by digit as they stand in the text, exponents included, never through a
// double. Other fields are ignored. The whole array is held in memory until its end, then parsed.
#pragma once

#include "adapters/feed/common/importer.hpp"

namespace ballast {

extern const ImporterKind own_fills_kind;

}  // namespace ballast
