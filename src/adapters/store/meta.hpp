// The journal's own facts: rows of the table `meta`.
//
//   desk   the identity text of the desk whose events these are
//   head   "SEQ CHAIN PROJECTED": the last event, its chain value in hex, and the event up to which
//          the projections are derived (behind SEQ only while they are being rebuilt)
//
// Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/store/event_scan.hpp"
#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"

namespace ballast {

struct StoredHead {
  JournalHead head;
  std::uint64_t projected = 0;
};

Result<std::string> read_desk(sqlite::Database& database);
Result<void> write_desk(sqlite::Database& database, std::string_view desk);

Result<StoredHead> read_head(sqlite::Database& database);
/// `statement` is prepared from upsert_meta_sql.
Result<void> write_head(sqlite::Statement& statement, const StoredHead& head);
extern const std::string_view upsert_meta_sql;

/// read_head(), and Errc::corrupt unless it is also the last event stored.
Result<StoredHead> checked_head(sqlite::Database& database);

}  // namespace ballast
