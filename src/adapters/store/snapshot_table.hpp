// Engine snapshots inside the journal file: split into chunks, with a hash over the whole.
//
// Internal to this folder. Writing happens inside the caller's transaction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/store/event_scan.hpp"
#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"
#include "ports/journal.hpp"

namespace ballast {

/// Stores the state after `head` and drops all but the last two snapshots.
Result<void> write_snapshot(sqlite::Database& database,
                            const JournalHead& head,
                            std::string_view engine_version,
                            std::string_view bytes);

/// The latest snapshot that is whole and of `engine_version`.
Result<SnapshotSearch> find_snapshot(sqlite::Database& database, std::string_view engine_version);

/// Checks every snapshot; one sentence for each that is damaged. `count` tells how many there are.
Result<std::vector<std::string>> check_snapshots(sqlite::Database& database, std::uint64_t& count);

/// The event to verify from after an open: the newest snapshot's, 0 without one.
Result<std::uint64_t> newest_snapshot_seq(sqlite::Database& database);

}  // namespace ballast
