#include "adapters/store/reader.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "adapters/store/batch_queue.hpp"
#include "adapters/store/hashed_row.hpp"
#include "adapters/store/log_check.hpp"
#include "adapters/store/meta.hpp"
#include "adapters/store/schema.hpp"
#include "adapters/store/snapshot_table.hpp"

namespace ballast {

namespace {

// Large enough that the hand-over costs nothing, small enough that a batch stays in the cache.
constexpr std::size_t batch_events = 1024;
constexpr std::size_t batches_ahead = 4;

struct Batch {
  struct Entry {
    std::uint64_t seq = 0;
    Timestamp t;
    std::size_t end = 0;  // of its body in `bodies`
  };
  std::vector<Entry> entries;
  std::string bodies;

  void clear() {
    entries.clear();
    bodies.clear();
  }
  void add(const JournalEvent& event) {
    bodies.append(event.body);
    entries.push_back({event.seq, event.t, bodies.size()});
  }
  Result<void> visit(const JournalVisitor& visitor) const {
    std::size_t begin = 0;
    for (const Entry& entry : entries) {
      const std::string_view body(bodies.data() + begin, entry.end - begin);
      BALLAST_CHECK(visitor({entry.seq, entry.t, body}));
      begin = entry.end;
    }
    return {};
  }
};
using Queue = BatchQueue<Batch, batches_ahead>;

/// The reading thread's work. What stood before damage is handed over before it is told.
Result<void> fill_queue(EventScan& scan, Queue& queue) {
  Batch batch;
  Result<void> outcome;
  for (bool more = true; more;) {
    batch.clear();
    while (batch.entries.size() < batch_events) {
      auto next = scan.next();
      if (!next) outcome = tl::unexpected(std::move(next).error());
      more = next && *next;
      if (!more) break;
      batch.add(scan.event());
    }
    if (!batch.entries.empty() && !queue.push(batch)) break;
  }
  queue.stop();
  return outcome;
}

/// One consistent view of the file, for as long as it stands.
class ReadTransaction {
 public:
  static Result<ReadTransaction> begin(sqlite::Database& database) {
    BALLAST_CHECK(database.exec("BEGIN"));
    return ReadTransaction(database);
  }
  ReadTransaction(ReadTransaction&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)) {}
  ReadTransaction& operator=(ReadTransaction&&) = delete;
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  ~ReadTransaction() {
    // Nothing was written, so there is nothing that could be lost.
    if (database_ != nullptr) static_cast<void>(database_->exec("ROLLBACK"));
  }

 private:
  explicit ReadTransaction(sqlite::Database& database) : database_(&database) {}
  sqlite::Database* database_;
};

}  // namespace

Result<void> check_mark(sqlite::Database& database, const AckMark& mark, std::uint64_t last_seq) {
  if (mark.seq > last_seq)
    return fail(Errc::corrupt, fmt::format("event {}: missing; events up to {} were acknowledged",
                                           last_seq + 1, mark.seq));
  BALLAST_TRY(chain, stored_chain(database, mark.seq));
  if (!chain || *chain != mark.chain)
    return fail(
        Errc::corrupt,
        fmt::format("event {}: not the one that was acknowledged under this number", mark.seq));
  return {};
}

Result<JournalReader> JournalReader::open(const std::string& path, const std::string& vfs) {
  BALLAST_TRY(exists, sqlite::VfsFile::exists(path, vfs));
  if (!exists) return fail(Errc::not_found, "there is no journal " + path);
  JournalReader reader;
  reader.path_ = path;
  reader.vfs_ = vfs;
  // Read before the file is: the mark only grows, and must not be ahead of what is then seen.
  BALLAST_TRY(mark, LockFile::read_mark(path, vfs));
  const auto load = [&reader, &path, &vfs, &mark]() -> Result<void> {
    BALLAST_TRY(database, sqlite::Database::open(path, sqlite::Access::read_only, vfs));
    reader.database_ = std::move(database);
    BALLAST_CHECK(reader.database_.exec("PRAGMA cell_size_check = ON"));
    BALLAST_CHECK(check_schema(reader.database_));
    BALLAST_TRY(desk, read_desk(reader.database_));
    reader.desk_ = std::move(desk);
    BALLAST_TRY(view, ReadTransaction::begin(reader.database_));
    static_cast<void>(view);
    BALLAST_TRY(head, checked_head(reader.database_));
    if (mark) BALLAST_CHECK(check_mark(reader.database_, *mark, head.head.seq));
    return {};
  };
  if (auto loaded = load(); !loaded) {
    Error error = std::move(loaded).error();
    error.what = fmt::format("journal {}: {}", path, error.what);
    return tl::unexpected(std::move(error));
  }
  return reader;
}

Result<std::uint64_t> JournalReader::last_seq() {
  BALLAST_TRY(stored, read_head(database_));
  return stored.head.seq;
}

Result<void> JournalReader::for_each(std::uint64_t from,
                                     std::optional<std::uint64_t> to,
                                     const JournalVisitor& visit) {
  BALLAST_TRY(view, ReadTransaction::begin(database_));
  static_cast<void>(view);
  BALLAST_TRY(stored, checked_head(database_));
  from = std::max<std::uint64_t>(from, 1);
  const std::uint64_t last = std::min(to.value_or(stored.head.seq), stored.head.seq);
  if (from > last) return {};
  BALLAST_TRY(scan, EventScan::start(database_, from, last));

  // While the thread runs it alone touches the database.
  Queue queue;
  Result<void> read;
  std::thread thread([&scan, &queue, &read] { read = fill_queue(scan, queue); });
  Result<void> visited;
  Batch batch;
  while (visited && queue.pop(batch))
    visited = batch.visit(visit);
  queue.stop();
  thread.join();
  return visited ? read : visited;
}

Result<void> JournalReader::tail(std::uint64_t count, const JournalVisitor& visit) {
  BALLAST_TRY(last, last_seq());
  if (count == 0) return {};
  return for_each(last >= count ? last - count + 1 : 1, last, visit);
}

Result<SnapshotSearch> JournalReader::load_snapshot(std::string_view engine_version) {
  BALLAST_TRY(view, ReadTransaction::begin(database_));
  static_cast<void>(view);
  return find_snapshot(database_, engine_version);
}

// ---- verify -------------------------------------------------------------------------------------

namespace {

/// SQLite's own structure: pages, cells, indices against tables. Only the first few complaints.
Result<void> check_structure(sqlite::Database& database, VerifyReport& report) {
  BALLAST_TRY(statement, database.prepare("PRAGMA integrity_check(10)"));
  for (;;) {
    BALLAST_TRY(row, statement.step());
    if (!row) return {};
    if (statement.bytes(0) != "ok")
      report.damage.push_back({0, fmt::format("file structure: {}", statement.bytes(0))});
  }
}

Result<void> check_events(sqlite::Database& database,
                          const std::optional<AckMark>& mark,
                          VerifyReport& report) {
  BALLAST_TRY(stored, checked_head(database));
  if (mark) BALLAST_CHECK(check_mark(database, *mark, stored.head.seq));
  report.projected = stored.projected;
  BALLAST_TRY(scan, EventScan::start(database, 1, stored.head.seq));
  for (;;) {
    auto more = scan.next();
    if (!more && more.error().code == Errc::corrupt) {
      report.damage.push_back({scan.position(), more.error().what});
      return {};
    }
    BALLAST_CHECK(more);
    if (!*more) return {};
    if (report.events == 0) report.first_t = scan.event().t;
    ++report.events;
    report.last_t = scan.event().t;
    report.chain = hex_of(scan.chain());
  }
}

Result<void> check_rows(sqlite::Database& database, VerifyReport& report) {
  for (const std::string_view table : hashed_tables) {
    BALLAST_TRY(rows, database.prepare(fmt::format("SELECT * FROM {}", table)));
    for (std::uint64_t number = 1;; ++number) {
      BALLAST_TRY(more, rows.step());
      if (!more) break;
      ++report.projection_rows;
      if (row_is_intact(rows)) continue;
      report.damage.push_back(
          {0, fmt::format("table {}: row {} is not as it was written", table, number)});
      break;  // one named row of a table is enough to distrust it
    }
  }
  return {};
}

Result<void> check_all_snapshots(sqlite::Database& database, VerifyReport& report) {
  BALLAST_TRY(damaged, check_snapshots(database, report.snapshots));
  for (std::string& what : damaged)
    report.damage.push_back({0, std::move(what)});
  return {};
}

}  // namespace

Result<VerifyReport> JournalReader::verify() {
  VerifyReport report;
  report.chain = hex_of(chain_start());
  BALLAST_TRY(mark, LockFile::read_mark(path_, vfs_));
  BALLAST_TRY(view, ReadTransaction::begin(database_));
  static_cast<void>(view);
  // Each part is looked at, whatever another part found.
  const auto note = [&report](Result<void> done) -> Result<void> {
    if (done || done.error().code != Errc::corrupt) return done;
    report.damage.push_back({0, std::move(done).error().what});
    return {};
  };
  BALLAST_CHECK(note(check_events(database_, mark, report)));
  if (auto lock = LockFile::acquire(path_, vfs_); lock || lock.error().code != Errc::locked)
    BALLAST_CHECK(note(check_log(path_, vfs_)));
  BALLAST_CHECK(note(check_all_snapshots(database_, report)));
  BALLAST_CHECK(note(check_rows(database_, report)));
  BALLAST_CHECK(note(check_structure(database_, report)));
  return report;
}

Result<VerifyReport> verify_journal(const std::string& path, const std::string& vfs) {
  auto reader = JournalReader::open(path, vfs);
  if (reader) return reader->verify();
  if (reader.error().code != Errc::corrupt) return tl::unexpected(reader.error());
  VerifyReport report;
  report.damage.push_back({0, reader.error().what});
  return report;
}

}  // namespace ballast
