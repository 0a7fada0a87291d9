// Reads a journal beside its writer, or without one: replay, a range, the last events.
//
// Opens the file read-only and never changes it. Each call sees one consistent state: what was
// durable when it began. for_each() reads, checks and hashes ahead on a thread of its own, in
// batches through a bounded queue; the visitor runs on the caller's thread. Otherwise one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/store/event_scan.hpp"
#include "adapters/store/lock_file.hpp"
#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"
#include "ports/journal.hpp"

namespace ballast {

/// Errc::corrupt unless the journal, which ends at `last_seq`, holds the marked event unaltered.
Result<void> check_mark(sqlite::Database& database, const AckMark& mark, std::uint64_t last_seq);

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

 private:
  std::string path_;
  std::string vfs_;
  std::string desk_;
  std::int64_t format_ = 0;
  sqlite::Database database_;
};

}  // namespace ballast
