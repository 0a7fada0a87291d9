// Tardis CSV datasets (docs.tardis.dev, "Downloadable CSV files"): trades to trades; quotes and
// book_snapshot_5 / book_snapshot_25 to tops.
//
// Columns are found by name: exchange, symbol, timestamp, local_timestamp (microseconds since the
// epoch), then id, side, price, amount (trades); ask_amount, ask_price, bid_price, bid_amount
// (quotes); asks[0].price, asks[0].amount, bids[0].price, bids[0].amount, ... (snapshots). An empty
// price says that the side has no orders. A trade whose side is "unknown" says nothing of the
// aggressor and is left out, counted in a note.
#pragma once

#include "adapters/feed/common/importer.hpp"

namespace ballast {

extern const ImporterKind tardis_trades_kind;
extern const ImporterKind tardis_quotes_kind;
extern const ImporterKind tardis_book_snapshot_kind;

}  // namespace ballast
