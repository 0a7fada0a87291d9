#include "adapters/store/reader.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "adapters/store/batch_queue.hpp"
#include "adapters/store/meta.hpp"
#include "adapters/store/read_transaction.hpp"
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
      more = next.value_or(false);
      if (!next) outcome = tl::unexpected(std::move(next).error());
      if (!more) break;
      batch.add(scan.event());
    }
    if (!batch.entries.empty() && !queue.push(batch)) break;
  }
  queue.stop();
  return outcome;
}

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
    BALLAST_TRY(format, check_schema(reader.database_));
    reader.format_ = format;
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
  if (!visited || read) return visited;
  Error error = std::move(read).error();
  error.what = fmt::format("journal {}: {}", path_, error.what);
  return tl::unexpected(std::move(error));
}

Result<void> JournalReader::tail(std::uint64_t count, const JournalVisitor& visit) {
  BALLAST_TRY(last, last_seq());
  if (count == 0) return {};
  return for_each(last >= count ? last - count + 1 : 1, last, visit);
}

Result<SnapshotSearch> JournalReader::load_snapshot(std::string_view engine_version) {
  BALLAST_TRY(view, ReadTransaction::begin(database_));
  static_cast<void>(view);
  if (format_ != journal_format)
    return SnapshotSearch{{}, {fmt::format("the snapshots are of journal format {}", format_)}};
  return find_snapshot(database_, engine_version, nullptr);
}

}  // namespace ballast
