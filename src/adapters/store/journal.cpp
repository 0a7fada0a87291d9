#include "adapters/store/journal.hpp"

#include <utility>

#include <fmt/format.h>

#include "adapters/store/log_check.hpp"
#include "adapters/store/meta.hpp"
#include "adapters/store/reader.hpp"
#include "adapters/store/schema.hpp"
#include "adapters/store/snapshot_table.hpp"
#include "adapters/store/vfs_file.hpp"

namespace ballast {

namespace {

/// No event of ours comes near; a longer one is a caller's mistake, not worth a failed journal.
constexpr std::size_t body_size_max = std::size_t{16} << 20U;

// FULL: a commit returns after its log is synced. cell_size_check finds damaged pages early. 16 MiB
// of cache hold the projections of a large desk. SQLite's own checkpoints ignore errors, so the
// journal does them.
constexpr const char* connection_settings =
    "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
    "PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY";

/// The log grows to 16 MiB before it is moved into the file, so that a position's page written by
/// many groups is moved once.
constexpr std::uint32_t log_pages_max = 4000;

Error in_journal(const std::string& path, Error error) {
  error.what = fmt::format("journal {}: {}", path, error.what);
  return error;
}

}  // namespace

SqliteJournal::SqliteJournal(std::string path, JournalOptions options)
    : path_(std::move(path)), options_(std::move(options)) {}

SqliteJournal::~SqliteJournal() = default;

// ---- opening ------------------------------------------------------------------------------------

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const std::string& path,
                                                           JournalOptions options) {
  BALLAST_TRY(exists, sqlite::VfsFile::exists(path, options.vfs));
  if (!exists && !options.create) return fail(Errc::not_found, "there is no journal " + path);
  std::unique_ptr<SqliteJournal> journal(new SqliteJournal(path, std::move(options)));
  BALLAST_TRY(lock, LockFile::acquire(path, journal->options_.vfs));
  journal->lock_ = std::move(lock);
  if (auto recovered = journal->keep(journal->recover(exists)); !recovered)
    return tl::unexpected(in_journal(path, std::move(recovered).error()));
  return journal;
}

Result<void> SqliteJournal::recover(bool exists) {
  BALLAST_CHECK(check_log(path_, options_.vfs));
  // With the file gone there is nothing to recover: a new journal, whatever stood here before.
  if (!exists) BALLAST_CHECK(lock_.clear_mark());
  // What a crash left in the log may be in the page cache only, after a sync that failed. It must
  // be durable before anything relies on it.
  if (exists) BALLAST_CHECK(rewrite_log(path_, options_.vfs));
  BALLAST_TRY(database, sqlite::Database::open(path_, sqlite::Access::create, options_.vfs));
  database_ = std::move(database);
  database_.keep_log_on_close(true);  // until the content is known to be good
  BALLAST_TRY(empty, schema_is_empty(database_));
  BALLAST_TRY(mark, lock_.mark());
  if (empty && mark && mark->seq > 0)
    return fail(Errc::corrupt,
                fmt::format("event 1: missing; the file is empty, and events up to {} "
                            "were acknowledged",
                            mark->seq));
  BALLAST_CHECK(database_.exec(connection_settings));
  BALLAST_TRY(mode, database_.text_of("PRAGMA journal_mode = WAL"));
  if (mode != "wal") return fail(Errc::io, "SQLite cannot keep a write-ahead log here");
  if (empty) BALLAST_CHECK(create_tables());
  BALLAST_CHECK(check_contents(mark));
  BALLAST_CHECK(prepare_statements());
  // All that is here counts as acknowledged from now on.
  BALLAST_CHECK(lock_.set_mark({head_.seq, head_.chain}));
  database_.watch_log(&log_pages_);
  database_.keep_log_on_close(false);
  return {};
}

Result<void> SqliteJournal::create_tables() {
  BALLAST_CHECK(database_.exec("BEGIN IMMEDIATE"));
  BALLAST_CHECK(create_schema(database_));
  BALLAST_CHECK(write_desk(database_, options_.desk));
  {
    BALLAST_TRY(head, database_.prepare(upsert_meta_sql));
    BALLAST_CHECK(write_head(head, {{0, chain_start()}, 0}));
  }
  return database_.exec("COMMIT");
}

Result<void> SqliteJournal::check_contents(const std::optional<AckMark>& mark) {
  BALLAST_TRY(format, check_schema(database_));
  BALLAST_TRY(stored, checked_head(database_));
  head_ = stored.head;
  durable_seq_ = stored.head.seq;
  projected_ = stored.projected;
  if (mark) BALLAST_CHECK(check_mark(database_, *mark, head_.seq));
  if (format != journal_format) BALLAST_CHECK(upgrade_schema(database_));
  BALLAST_CHECK(check_desk());
  if (!options_.verify_tail) return {};
  BALLAST_TRY(snapshot, newest_snapshot_seq(database_));
  if (snapshot > head_.seq)
    return fail(Errc::corrupt, fmt::format("event {}: missing; there is a snapshot at {}",
                                           head_.seq + 1, snapshot));
  BALLAST_TRY(scan, EventScan::start(database_, snapshot + 1, head_.seq));
  for (;;) {
    BALLAST_TRY(more, scan.next());
    if (!more) return {};
  }
}

Result<void> SqliteJournal::check_desk() {
  BALLAST_TRY(desk, read_desk(database_));
  if (desk == options_.desk) return {};
  if (!options_.accept_other_desk)
    return fail(Errc::conflict,
                "it was written for another desk configuration. Give that one, another journal, or "
                "--change-desk to go on under this one");
  BALLAST_CHECK(database_.exec("BEGIN IMMEDIATE"));
  BALLAST_CHECK(write_desk(database_, options_.desk));
  BALLAST_CHECK(
      database_.exec("DELETE FROM snapshots; DELETE FROM snapshot_parts; DELETE "
                     "FROM snapshot_blocks"));
  projected_ = 0;
  {
    BALLAST_TRY(head, database_.prepare(upsert_meta_sql));
    BALLAST_CHECK(write_head(head, {head_, projected_}));
  }
  BALLAST_CHECK(database_.exec("COMMIT"));
  replaced_desk_ = std::move(desk);
  return {};
}

Result<void> SqliteJournal::prepare_statements() {
  struct Sql {
    sqlite::Statement SqliteJournal::*statement;
    std::string_view text;
  };
  for (const Sql& sql : {Sql{&SqliteJournal::begin_, "BEGIN IMMEDIATE"},
                         Sql{&SqliteJournal::insert_, "INSERT INTO events VALUES(?, ?, ?, ?)"},
                         Sql{&SqliteJournal::update_head_, upsert_meta_sql},
                         Sql{&SqliteJournal::commit_, "COMMIT"}}) {
    BALLAST_TRY(statement, database_.prepare(sql.text));
    this->*sql.statement = std::move(statement);
  }
  BALLAST_TRY(projections, Projections::open(database_, [this] { return begin_group(); }));
  projections_ = std::move(projections);
  projections_.set_complete(projected_ == head_.seq);
  return {};
}

// ---- writing ------------------------------------------------------------------------------------

Result<void> SqliteJournal::keep(Result<void> done) {
  if (!done && !failure_) {
    failure_ = done.error();
    // Leave the log for the next open to judge.
    if (database_.is_open()) database_.keep_log_on_close(true);
  }
  return done;
}

Result<void> SqliteJournal::begin_group() {
  if (failure_) return tl::unexpected(*failure_);
  // SQLite may have rolled the group back by itself; the next statement would stand alone.
  if (projections_.failure())
    return keep(tl::unexpected(in_journal(path_, *projections_.failure())));
  if (group_open_) return {};
  if (log_pages_ >= log_pages_max) BALLAST_CHECK(move_log());
  if (auto begun = begin_.run(); !begun)
    return keep(tl::unexpected(in_journal(path_, std::move(begun).error())));
  group_open_ = true;
  return {};
}

Result<std::uint64_t> SqliteJournal::append(Timestamp t, std::string_view body) {
  if (body.size() > body_size_max)
    return fail(Errc::bad_input,
                fmt::format("an event of {} bytes is longer than {}", body.size(), body_size_max));
  BALLAST_CHECK(begin_group());
  const std::uint64_t seq = head_.seq + 1;
  const Chain chain = chain_next(head_.chain, seq, t, body);
  insert_.bind(1, static_cast<std::int64_t>(seq));
  insert_.bind(2, t.ns);
  insert_.bind_text(3, body);
  insert_.bind_blob(4, bytes_of(chain));
  if (auto inserted = insert_.run(); !inserted) {
    BALLAST_CHECK(keep(tl::unexpected(in_journal(path_, std::move(inserted).error()))));
  }
  head_ = {seq, chain};
  return seq;
}

bool SqliteJournal::commit_due(Timestamp now) {
  if (!group_open_) return false;
  if (!waiting_since_) waiting_since_ = now;
  return head_.seq - durable_seq_ >= options_.max_events ||
         now - *waiting_since_ >= options_.max_delay;
}

Result<std::uint64_t> SqliteJournal::commit() {
  if (failure_) return tl::unexpected(*failure_);
  if (snapshot_) BALLAST_CHECK(step_snapshot());
  if (group_open_) {
    if (auto done = commit_group(); !done)
      BALLAST_CHECK(keep(tl::unexpected(in_journal(path_, std::move(done).error()))));
  }
  return durable_seq_;
}

Result<void> SqliteJournal::commit_group() {
  if (projections_.failure()) return tl::unexpected(*projections_.failure());
  std::uint64_t projected = projected_;
  if (rebuilding_) {
    projected = 0;
  } else if (projections_.complete()) {
    projected = head_.seq;
  }
  BALLAST_CHECK(write_head(update_head_, {head_, projected}));
  BALLAST_CHECK(commit_.run());
  // Durable from here; acknowledged once the mark says so too.
  BALLAST_CHECK(lock_.set_mark({head_.seq, head_.chain}));
  group_open_ = false;
  waiting_since_.reset();
  durable_seq_ = head_.seq;
  projected_ = projected;
  return {};
}

void SqliteJournal::begin_rebuild() {
  rebuilding_ = true;
  projections_.clear();
}

Result<void> SqliteJournal::finish_rebuild() {
  BALLAST_CHECK(begin_group());
  rebuilding_ = false;
  projections_.set_complete(true);
  BALLAST_CHECK(commit());
  return {};
}

// ---- reading, snapshots, closing ----------------------------------------------------------------

Result<void> SqliteJournal::replay(std::uint64_t from_seq, const JournalVisitor& visit) {
  if (failure_) return tl::unexpected(*failure_);
  BALLAST_TRY(reader, JournalReader::open(path_, options_.vfs));
  return reader.for_each(from_seq, durable_seq_, visit);
}

Result<void> SqliteJournal::begin_snapshot(std::string_view engine_version, StateImage image) {
  BALLAST_CHECK(begin_group());
  auto begun =
      SnapshotWriter::begin(database_, known_blocks_, head_, engine_version, std::move(image));
  if (!begun) return keep(tl::unexpected(in_journal(path_, std::move(begun).error())));
  snapshot_ = std::move(*begun);
  return {};
}

Result<void> SqliteJournal::step_snapshot() {
  BALLAST_CHECK(begin_group());
  auto complete = snapshot_->step();
  if (!complete) return keep(tl::unexpected(in_journal(path_, std::move(complete).error())));
  if (*complete) snapshot_.reset();
  return {};
}

Result<void> SqliteJournal::save_snapshot(std::string_view engine_version, StateImage image) {
  BALLAST_CHECK(begin_snapshot(engine_version, std::move(image)));
  while (snapshot_)
    BALLAST_CHECK(step_snapshot());
  BALLAST_CHECK(commit());
  return {};
}

Result<SnapshotSearch> SqliteJournal::load_snapshot(std::string_view engine_version) {
  if (failure_) return tl::unexpected(*failure_);
  return find_snapshot(database_, engine_version, &known_blocks_);
}

Result<void> SqliteJournal::checkpoint() {
  BALLAST_CHECK(commit());
  return move_log();
}

Result<void> SqliteJournal::move_log() {
  // A reader may hold part of the log back; what it holds is moved later.
  if (auto moved = database_.exec("PRAGMA wal_checkpoint(PASSIVE)"); !moved)
    return keep(tl::unexpected(in_journal(path_, std::move(moved).error())));
  log_pages_ = 0;
  return {};
}

Result<void> SqliteJournal::close() {
  if (!database_.is_open()) return {};
  snapshot_.reset();
  Result<void> done = checkpoint();
  begin_ = {};
  insert_ = {};
  update_head_ = {};
  commit_ = {};
  projections_ = {};
  if (auto closed = database_.close(); done && !closed) done = closed;
  lock_ = {};
  if (!failure_) failure_ = Error{Errc::io, fmt::format("journal {} is closed", path_)};
  return done;
}

}  // namespace ballast
