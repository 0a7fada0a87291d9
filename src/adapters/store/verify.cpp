#include "adapters/store/verify.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "adapters/store/event_walk.hpp"
#include "adapters/store/hashed_row.hpp"
#include "adapters/store/lock_file.hpp"
#include "adapters/store/log_check.hpp"
#include "adapters/store/meta.hpp"
#include "adapters/store/read_transaction.hpp"
#include "adapters/store/schema.hpp"
#include "adapters/store/snapshot_table.hpp"

namespace ballast {

namespace {

/// Enough to see what happened; a file that is damaged all over needs no list.
constexpr std::size_t damage_listed_max = 20;

class Verification {
 public:
  Verification(const std::string& path, const std::string& vfs, const VerifyProgress& progress)
      : path_(path), vfs_(vfs), progress_(progress) {}

  Result<VerifyReport> run() {
    report_.chain = hex_of(chain_start());
    BALLAST_TRY(exists, sqlite::VfsFile::exists(path_, vfs_));
    if (!exists) return fail(Errc::not_found, "there is no journal " + path_);
    // Read before the file is: the mark only grows, and must not be ahead of what is then seen.
    BALLAST_TRY(mark, LockFile::read_mark(path_, vfs_));
    mark_ = mark;
    if (mark_) report_.acknowledged = mark_->seq;
    BALLAST_CHECK(note(check_quiet_log()));
    BALLAST_CHECK(note(check_file()));
    return std::move(report_);
  }

 private:
  /// Makes damage part of the report, so that the other parts are looked at too.
  Result<void> note(Result<void> done) {
    if (done || done.error().code != Errc::corrupt) return done;
    add(JournalPart::file, std::move(done).error().what);
    return {};
  }
  void add(JournalPart part, std::string what) { add({part, 0, std::move(what)}); }
  void add(std::uint64_t seq, std::string what) {
    add({JournalPart::events, seq, std::move(what)});
  }
  void add(Damage damage) {
    if (report_.damage.size() < damage_listed_max) report_.damage.push_back(std::move(damage));
  }

  /// A writer changes the log while it is read, and has checked it.
  Result<void> check_quiet_log() {
    LockFile lock;
    BALLAST_TRY(quiet, lock.hold_off_writers(path_, vfs_));
    return quiet ? check_log(path_, vfs_) : Result<void>{};
  }

  Result<void> check_file() {
    BALLAST_TRY(database, sqlite::Database::open(path_, sqlite::Access::read_only, vfs_));
    database_ = std::move(database);
    BALLAST_CHECK(database_.exec("PRAGMA cell_size_check = ON"));
    BALLAST_TRY(format, check_schema(database_));
    BALLAST_TRY(view, ReadTransaction::begin(database_));
    static_cast<void>(view);
    if (auto desk = read_desk(database_); !desk)
      BALLAST_CHECK(note(tl::unexpected(std::move(desk).error())));
    BALLAST_CHECK(note(check_events()));
    if (format == journal_format) BALLAST_CHECK(note(check_snapshots()));
    for (const std::string_view table : projection_tables) {
      if (format < 3 && table == "audit") continue;  // it came with format 3
      BALLAST_CHECK(note(check_rows(table)));
    }
    return check_structure();
  }

  Result<void> check_events() {
    JournalHead head{0, chain_start()};
    auto stored = read_head(database_);
    if (stored) {
      head = stored->head;
      report_.projected = stored->projected;
    } else {
      BALLAST_CHECK(note(tl::unexpected(stored.error())));
    }
    EventWalk walk(database_);
    BALLAST_CHECK(
        walk.run([this](EventFinding finding) { add(finding.seq, std::move(finding.what)); },
                 [this, &head](std::uint64_t seq) {
                   if (progress_) progress_(seq, head.seq);
                 }));
    report_.events = walk.good().seq;
    report_.first_t = walk.first_t();
    report_.last_t = walk.last_good_t();
    report_.chain = hex_of(walk.good().chain);
    if (stored) check_end(walk, head);
    return {};
  }

  /// Whether the events end where the journal and its mark say.
  void check_end(const EventWalk& walk, const JournalHead& head) {
    const std::uint64_t last = walk.last_seq();
    const std::uint64_t acknowledged = mark_ ? mark_->seq : 0;
    if (const std::uint64_t due = std::max(head.seq, acknowledged); last < due)
      return add(last + 1, fmt::format("event {}: missing; events up to {} were {}", last + 1, due,
                                       due == acknowledged ? "acknowledged" : "made durable"));
    if (last > head.seq)
      return add(head.seq + 1, fmt::format("event {}: not written by the journal, which ends at {}",
                                           head.seq + 1, head.seq));
    if (walk.last_chain() != head.chain)
      return add(last, fmt::format("event {}: its chain value is not the one recorded as the "
                                   "journal's last",
                                   last));
    // A chain that is whole and ends as recorded, and yet is not what was acknowledged.
    if (report_.damage.empty() && mark_) {
      const auto chain = stored_chain(database_, mark_->seq);
      if (!chain || !*chain || **chain != mark_->chain)
        add(mark_->seq, fmt::format("event {}: not the one that was acknowledged under this number",
                                    mark_->seq));
    }
  }

  Result<void> check_snapshots() {
    BALLAST_TRY(damaged, ballast::check_snapshots(database_, report_.snapshots));
    for (std::string& what : damaged)
      add(JournalPart::snapshots, std::move(what));
    return {};
  }

  Result<void> check_rows(std::string_view table) {
    BALLAST_TRY(rows, database_.prepare(fmt::format("SELECT * FROM {}", table)));
    for (std::uint64_t number = 1;; ++number) {
      BALLAST_TRY(more, rows.step());
      if (!more) return {};
      ++report_.projection_rows;
      if (row_is_intact(rows)) continue;
      add(JournalPart::projections,
          fmt::format("table {}: row {} is not as it was written", table, number));
      return {};  // one named row of a table is enough to distrust it
    }
  }

  /// SQLite's own structure: pages, cells, indices against tables. Only the first few complaints.
  Result<void> check_structure() {
    BALLAST_TRY(statement, database_.prepare("PRAGMA integrity_check(10)"));
    for (;;) {
      BALLAST_TRY(row, statement.step());
      if (!row) return {};
      if (statement.bytes(0) != "ok")
        add(JournalPart::file, fmt::format("file structure: {}", statement.bytes(0)));
    }
  }

  const std::string& path_;
  const std::string& vfs_;
  const VerifyProgress& progress_;
  std::optional<AckMark> mark_;
  sqlite::Database database_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> verify_journal(const std::string& path,
                                    const std::string& vfs,
                                    const VerifyProgress& progress) {
  return Verification(path, vfs, progress).run();
}

}  // namespace ballast
