// Binance kline (candle) CSV to marks: the close price at close time.
//
// The official files (github.com/binance/binance-public-data, "Klines") have no header and twelve
// columns: open time, open, high, low, close, volume, close time, ...; times are milliseconds since
// the epoch, microseconds in spot files since 2025-01-01. Files with a header row are read by its
// names open_time, open, close and close_time, times as RFC 3339 or as counts.
#pragma once

#include "adapters/feed/common/importer.hpp"

namespace ballast {

extern const ImporterKind binance_kline_kind;

}  // namespace ballast
