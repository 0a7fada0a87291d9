#include "journal/script.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/store/reader.hpp"
#include "adapters/store/verify.hpp"
#include "base/rng.hpp"

namespace ballast::testing {

namespace {

/// Appends events up to `to` in groups of one to eight, each with the projections of its last
/// event.
class ScriptRun {
 public:
  ScriptRun(FaultDisk& disk, Driver driver) : disk_(disk), driver_(driver) {}

  Outcome run() {
    outcome_.finished = first_process() && second_process();
    if (journal_) expect_refusal();
    journal_.reset();
    return outcome_;
  }

 private:
  bool first_process() {
    return open() && append_to(16) && snapshot() && append_to(24) && note(journal_->checkpoint()) &&
           begin_snapshot() && append_to(30) && killed();
  }
  bool second_process() {
    return open() && load_snapshot() && append_to(36) && begin_snapshot() &&
           append_to(script_events) && replay() && snapshot() && close();
  }

  template <class T>
  bool note(const Result<T>& result) {
    if (!result) failed_ = true;
    return static_cast<bool>(result);
  }

  bool open() {
    auto opened = SqliteJournal::open(script_path, script_options(disk_));
    if (!opened) {
      // With one fault and no power loss nothing is damaged, so nothing may be called damaged.
      if (opened.error().code == Errc::corrupt) violation("open: " + opened.error().what);
      return false;
    }
    journal_ = std::move(*opened);
    if (journal_->durable_seq() < outcome_.acknowledged) violation("reopened with fewer events");
    outcome_.acknowledged = journal_->durable_seq();
    return true;
  }
  bool close() {
    const bool closed = note(journal_->close());
    journal_.reset();
    return closed;
  }

  /// In the middle of a group.
  bool killed() {
    for (int i = 0; i < 3; ++i) {
      const std::uint64_t seq = journal_->last_seq() + 1;
      outcome_.appended = std::max(outcome_.appended, seq);
      if (!note(journal_->append(script_time(seq), script_body(seq)))) return false;
    }
    disk_.kill();
    journal_.reset();
    if (disk_.crashed()) return false;
    disk_.start_process();
    return true;
  }

  bool append_to(std::uint64_t to) {
    while (journal_->last_seq() < to) {
      std::uint64_t group = std::min(1 + rng_.below(8), to - journal_->last_seq());
      for (; group > 0; --group) {
        const std::uint64_t seq = journal_->last_seq() + 1;
        outcome_.appended = std::max(outcome_.appended, seq);
        if (!note(journal_->append(script_time(seq), script_body(seq)))) return false;
        if (driver_ == Driver::acks_before_sync) outcome_.acknowledged = seq;
        put_fill(seq);
      }
      const auto count = static_cast<std::int64_t>(journal_->last_seq());
      journal_->projections().put(BalanceRow{"venue", "main", "COUNT", Amount::whole(count)});
      if (!commit()) return false;
    }
    return true;
  }
  void put_fill(std::uint64_t seq) {
    if (seq % 3 != 0) return;
    const std::string id = fmt::format("t{}", seq);
    journal_->projections().put(FillRow{.seq = seq,
                                        .t = script_time(seq),
                                        .venue = "venue",
                                        .account = "main",
                                        .book = "mm",
                                        .instrument = "BTC-USDT",
                                        .id = id,
                                        .qty = Quantity::whole(1),
                                        .price = Price::whole(1)});
  }
  bool commit() {
    const auto committed = journal_->commit();
    if (!note(committed)) return false;
    outcome_.acknowledged = std::max(outcome_.acknowledged, *committed);
    if (begun_ > 0 && !journal_->snapshot_underway()) outcome_.snapshot = begun_;
    return true;
  }
  bool snapshot() {
    const std::uint64_t seq = journal_->last_seq();
    if (!note(journal_->save_snapshot("1", script_image(seq, history_)))) return false;
    outcome_.snapshot = seq;
    begun_ = 0;
    return true;
  }
  bool begin_snapshot() {
    begun_ = journal_->last_seq();
    return note(journal_->begin_snapshot("1", script_image(begun_, history_)));
  }
  bool load_snapshot() {
    const auto search = journal_->load_snapshot("1");
    if (!search) return false;  // reading may fail without failing the writer
    begun_ = 0;
    history_.clear();
    if (search->latest) history_ = search->latest->image.blocks;
    return true;
  }
  bool replay() {
    std::uint64_t expected = 1;
    const auto done = journal_->replay(1, [&](const JournalEvent& event) -> Result<void> {
      if (event.seq != expected || event.body != script_body(expected)) violation("replay differs");
      ++expected;
      return {};
    });
    if (!done && done.error().code == Errc::corrupt) violation("replay: " + done.error().what);
    if (done && expected != script_events + 1) violation("replay ends early");
    return static_cast<bool>(done);  // reading may fail without failing the writer
  }

  void expect_refusal() {
    if (!failed_) return;
    if (journal_->append({1}, "x")) violation("append after a failure");
    if (journal_->commit()) violation("commit after a failure");
    if (journal_->save_snapshot("1", {})) violation("snapshot after a failure");
    if (journal_->checkpoint()) violation("checkpoint after a failure");
    if (journal_->durable_seq() > outcome_.acknowledged) violation("acknowledged by a failure");
  }
  void violation(std::string what) { outcome_.violations.push_back(std::move(what)); }

  FaultDisk& disk_;
  Driver driver_;
  Rng rng_{7};
  std::unique_ptr<SqliteJournal> journal_;
  bool failed_ = false;
  std::vector<Block> history_;  // of the state
  std::uint64_t begun_ = 0;     // a snapshot at this event; 0: none
  Outcome outcome_;
};

class Survivor {
 public:
  Survivor(FaultDisk& disk, const Outcome& outcome) : disk_(disk), outcome_(outcome) {}

  std::vector<std::string> check() {
    // A reader alone, as a report after the crash would be, and only then the next writer.
    check_reader();
    if (open()) {
      check_snapshot();
      check_goes_on();
    }
    return std::move(violations_);
  }

 private:
  void violation(std::string what) { violations_.push_back(std::move(what)); }

  void check_reader() {
    auto reader = JournalReader::open(script_path, disk_.vfs());
    if (!reader) {
      // Before the tables were durable there is nothing to read.
      if (outcome_.acknowledged > 0) violation("reader: " + reader.error().what);
      return;
    }
    std::uint64_t count = 0;
    const auto done = reader->for_each(1, {}, [&](const JournalEvent& event) -> Result<void> {
      ++count;
      if (event.seq != count || event.t != script_time(count) || event.body != script_body(count))
        violation(fmt::format("event {} differs", count));
      return {};
    });
    if (!done) violation("replay: " + done.error().what);
    if (count < outcome_.acknowledged)
      violation(fmt::format("{} events of {} acknowledged", count, outcome_.acknowledged));
    if (count > outcome_.appended) violation("more events than were appended");
    const auto report = verify_journal(script_path, disk_.vfs());
    if (!report) {
      violation("verify: " + report.error().what);
    } else {
      for (const Damage& damage : report->damage)
        violation("verify: " + damage.what);
    }
    check_projections(count);
  }

  void check_projections(std::uint64_t count) {
    auto database = sqlite::Database::open(script_path, sqlite::Access::read_only, disk_.vfs());
    if (!database) return violation("projections: " + database.error().what);
    const auto rows = database->text_of(
        "SELECT (SELECT count(*) FROM fills) || ' ' || coalesce((SELECT max(seq) FROM fills), 0) "
        "|| "
        "' ' || coalesce((SELECT qty FROM balances), 0)");
    const std::string expected = fmt::format("{} {} {}", count / 3, count / 3 * 3, count);
    if (!rows || *rows != expected)
      violation(fmt::format("projections say {}, the events {}", rows.value_or("?"), expected));
  }

  bool open() {
    auto opened = SqliteJournal::open(script_path, script_options(disk_));
    if (!opened) {
      violation("open: " + opened.error().what);
      return false;
    }
    journal_ = std::move(*opened);
    recovered_ = journal_->durable_seq();
    if (recovered_ < outcome_.acknowledged || recovered_ > outcome_.appended)
      violation(fmt::format("recovered {} of {} acknowledged, {} appended", recovered_,
                            outcome_.acknowledged, outcome_.appended));
    return true;
  }
  void check_snapshot() {
    const auto search = journal_->load_snapshot("1");
    if (!search) return violation("snapshot: " + search.error().what);
    for (const std::string& damaged : search->damaged)
      violation(damaged);
    const std::uint64_t seq = search->latest ? search->latest->seq : 0;
    if (seq < outcome_.snapshot) violation("a saved snapshot is gone");
    if (search->latest && !wrong_snapshot(*search->latest).empty())
      violation(wrong_snapshot(*search->latest));
  }

  /// What was recovered must be durable now, and the journal go on.
  void check_goes_on() {
    journal_.reset();
    disk_.lose_power(0);
    if (!open()) return;
    if (recovered_ < outcome_.acknowledged) return;
    const std::uint64_t before = recovered_;
    const std::uint64_t seq = before + 1;
    if (!journal_->append(script_time(seq), script_body(seq)) || !journal_->commit() ||
        !journal_->close())
      violation("it does not go on");
    journal_.reset();
  }

  FaultDisk& disk_;
  const Outcome& outcome_;
  std::unique_ptr<SqliteJournal> journal_;
  std::uint64_t recovered_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace

JournalOptions script_options(const FaultDisk& disk) {
  JournalOptions options;
  options.desk = "script";
  options.vfs = disk.vfs();
  return options;
}
Timestamp script_time(std::uint64_t seq) { return {static_cast<std::int64_t>(1000 + seq)}; }
std::string script_body(std::uint64_t seq) {
  return fmt::format(R"({{"n":{},"pad":"{}"}})", seq, std::string(seq * 7 % 90, 'p'));
}

StateImage script_image(std::uint64_t seq, std::vector<Block>& history) {
  constexpr std::uint64_t blocks_max = 12;
  StateImage image{fmt::format("state after {} ", seq) + std::string(3'000, 's'), {}};
  for (std::uint64_t i = 0; i < std::min(seq / 8, blocks_max); ++i) {
    if (history.size() == i)
      history.emplace_back(fmt::format("block {}", i) + std::string(600, 'b'));
    image.blocks.push_back(history[i]);
  }
  return image;
}

std::string wrong_snapshot(const Snapshot& snapshot) {
  std::vector<Block> history;
  if (snapshot.image == script_image(snapshot.seq, history)) return {};
  return fmt::format("the snapshot at event {} differs", snapshot.seq);
}

Outcome run_script(FaultDisk& disk, Driver driver) { return ScriptRun(disk, driver).run(); }

std::vector<std::string> check_survivor(FaultDisk& disk, const Outcome& outcome) {
  return Survivor(disk, outcome).check();
}

std::vector<FaultRun> fault_runs(FaultDisk& disk, Fault fault) {
  disk.restore({});
  disk.arm(Fault::none, 0);
  run_script(disk);
  std::vector<FaultRun> runs;
  for (std::uint64_t at = 0; at < disk.calls().size(); ++at)
    if (applies(fault, disk.calls()[at])) runs.push_back({fault, at});
  return runs;
}

std::vector<std::string> FaultCheck::violations_of(const FaultRun& run, Driver driver) {
  disk_.restore({});
  disk_.arm(run.fault, run.at);
  const Outcome outcome = run_script(disk_, driver);
  std::vector<std::string> found = outcome.violations;
  const auto add = [&](std::string_view when) {
    for (const std::string& violation : survivor_violations(outcome))
      found.push_back(fmt::format("{}: {}", when, violation));
  };
  disk_.end_process();
  const FaultDisk::Image left = disk_.image();
  add("after the process ended");
  // Seed 0 loses all that was not synced; the others keep parts of it.
  std::vector<std::uint64_t> seeds{0, run.at * 2 + 1};
  if (run.fault == Fault::crash) seeds.push_back(run.at * 2 + 2);
  for (const std::uint64_t seed : seeds) {
    disk_.restore(left);
    disk_.lose_power(seed);
    add(fmt::format("after power loss {}", seed));
  }
  return found;
}

const std::vector<std::string>& FaultCheck::survivor_violations(const Outcome& outcome) {
  const Key key{disk_.fingerprint(), outcome.appended, outcome.acknowledged, outcome.snapshot};
  const auto known = checked_.find(key);
  if (known != checked_.end()) return known->second;
  return checked_[key] = check_survivor(disk_, outcome);
}

}  // namespace ballast::testing
