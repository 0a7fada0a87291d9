// The journal in one SQLite file: events with their hash chain, engine snapshots, and projections.
//
// One writer for each FILE (FILE.lock, among processes and within one); any number of readers
// beside it (JournalReader). Groups of events become durable together: append() and projections()
// write into the open group, commit() syncs it. After the first error of any of them the journal
// has failed: nothing is acknowledged any more and every call returns that error; open it again to
// learn what is durable. One thread at a time. docs/journal.md says what damage is found, and what
// is not.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/store/event_scan.hpp"
#include "adapters/store/lock_file.hpp"
#include "adapters/store/projections.hpp"
#include "adapters/store/snapshot_table.hpp"
#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "ports/journal.hpp"

namespace ballast {

struct JournalOptions {
  /// Identity of the desk whose events these are, kept in the file. Opening with another text is
  /// Errc::conflict.
  std::string desk = {};
  /// Take the journal over to `desk`: snapshots go, and the projections ask for a rebuild.
  bool accept_other_desk = false;
  /// Make the file when there is none; else that is Errc::not_found.
  bool create = true;

  /// A group is due for commit at this many events, or when it has waited this long.
  std::uint32_t max_events = 1024;
  Duration max_delay = Duration::milliseconds(20);

  /// Check the chain of the events since the newest snapshot while opening. A caller who replays
  /// them right away may spare it: replay checks the same.
  bool verify_tail = true;
  std::string vfs = {};  // a registered SQLite VFS; empty: the system's
};

class SqliteJournal final : public Journal {
 public:
  /// Opens `path`, recovers from a crash, and checks what is there. Errors: locked (another
  /// writer), conflict (another desk), corrupt (damage, named by event), not_found, io.
  static Result<std::unique_ptr<SqliteJournal>> open(const std::string& path,
                                                     JournalOptions options);
  SqliteJournal(const SqliteJournal&) = delete;
  SqliteJournal& operator=(const SqliteJournal&) = delete;
  /// What was not committed is gone, as it was never acknowledged.
  ~SqliteJournal() override;

  Result<std::uint64_t> append(Timestamp t, std::string_view body) override;
  bool commit_due(Timestamp now) override;
  Result<std::uint64_t> commit() override;
  std::uint64_t last_seq() const override { return head_.seq; }
  std::uint64_t durable_seq() const override { return durable_seq_; }
  Result<void> replay(std::uint64_t from_seq, const JournalVisitor& visit) override;
  Result<void> save_snapshot(std::string_view engine_version, StateImage image) override;
  Result<void> begin_snapshot(std::string_view engine_version, StateImage image) override;
  bool snapshot_underway() const override { return snapshot_.has_value(); }
  Result<SnapshotSearch> load_snapshot(std::string_view engine_version) override;

  /// Where to put rows of the open group. Their errors come out of commit().
  Projections& projections() { return projections_; }

  /// The event up to which the projections are derived. Behind durable_seq() when the caller held
  /// rows back (Projections::complete()): put those of the events behind it. 0 when a rebuild
  /// was begun and not finished, or when the desk changed: begin one then.
  std::uint64_t projected_seq() const { return projected_; }
  /// Empties the projections. Until finish_rebuild() commits leave projected_seq() at 0.
  void begin_rebuild();
  /// The caller has put every row anew, up to last_seq(). Commits.
  Result<void> finish_rebuild();

  /// Moves the write-ahead log into the file. Never needed for durability.
  Result<void> checkpoint();
  /// Commits, checkpoints and lets go of the file, telling errors that the destructor cannot tell.
  /// A snapshot that was begun and is not complete is given up.
  Result<void> close();

  /// The desk text the file was opened with the last time, when it was not options.desk.
  const std::optional<std::string>& replaced_desk() const { return replaced_desk_; }

 private:
  SqliteJournal(std::string path, JournalOptions options);
  Result<void> recover(bool exists);
  Result<void> create_tables();
  Result<void> check_contents(const std::optional<AckMark>& mark);
  Result<void> check_desk();
  Result<void> prepare_statements();
  Result<void> begin_group();
  Result<void> commit_group();
  Result<void> step_snapshot();
  Result<void> move_log();
  /// Passes a success on; makes an error the journal's last word.
  Result<void> keep(Result<void> done);

  std::string path_;
  JournalOptions options_;
  LockFile lock_;
  std::uint32_t log_pages_ = 0;  // before database_, which writes to it
  sqlite::Database database_;
  sqlite::Statement begin_, insert_, update_head_, commit_;
  Projections projections_;
  KnownBlocks known_blocks_;
  std::optional<SnapshotWriter> snapshot_;  // begun

  JournalHead head_;  // of what was appended
  std::uint64_t durable_seq_ = 0;
  std::uint64_t projected_ = 0;
  bool rebuilding_ = false;
  bool group_open_ = false;
  std::optional<Timestamp> waiting_since_;
  std::optional<Error> failure_;
  std::optional<std::string> replaced_desk_;
};

}  // namespace ballast
