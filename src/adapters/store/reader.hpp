// Reads a journal beside its writer, or without one: replay, verify, the last events.
//
// Opens the file read-only and never changes it. Each call sees one consistent state: what was
// durable when it began. for_each() reads, checks and hashes ahead on a thread of its own, in
// batches through a bounded queue; the visitor runs on the caller's thread. Otherwise one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/store/event_scan.hpp"
#include "adapters/store/lock_file.hpp"
#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"
#include "ports/journal.hpp"

namespace ballast {

/// Errc::corrupt unless the journal, which ends at `last_seq`, holds the marked event unaltered.
Result<void> check_mark(sqlite::Database& database, const AckMark& mark, std::uint64_t last_seq);

struct Damage {
  std::uint64_t seq = 0;  // the first event concerned; 0 when it is about the file or a projection
  std::string what;
};

struct VerifyReport {
  std::uint64_t events = 0;  // from the first on, whose chain holds
  Timestamp first_t;
  Timestamp last_t;
  std::string chain;  // in hex, of the last good event: the same for equal events in equal order
  std::uint64_t projected = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t projection_rows = 0;
  std::vector<Damage> damage;  // empty: nothing was found
};

class JournalReader {
 public:
  static Result<JournalReader> open(const std::string& path, const std::string& vfs = {});

  const std::string& desk() const { return desk_; }
  /// Of the last durable event, now.
  Result<std::uint64_t> last_seq();
  /// Events from `from` (1 = the first) to `to` (inclusive; absent: the last), each checked before
  /// it is handed out. An error of the visitor ends it and is returned.
  Result<void> for_each(std::uint64_t from,
                        std::optional<std::uint64_t> to,
                        const JournalVisitor& visit);
  /// The last `count` events, oldest first.
  Result<void> tail(std::uint64_t count, const JournalVisitor& visit);

  Result<SnapshotSearch> load_snapshot(std::string_view engine_version);

  /// Goes through everything: SQLite's own structure, the whole chain, the mark, the write-ahead
  /// log (when no writer has it), snapshots, and each projection's row hash. Damage is in the
  /// report; an error means that it could not be looked for.
  Result<VerifyReport> verify();

 private:
  std::string path_;
  std::string vfs_;
  std::string desk_;
  sqlite::Database database_;
};

/// JournalReader::open() and verify() in one, where damage that keeps the file from being opened is
/// damage found, not an error.
Result<VerifyReport> verify_journal(const std::string& path, const std::string& vfs = {});

}  // namespace ballast
