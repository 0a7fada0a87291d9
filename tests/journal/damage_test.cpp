// Damage at rest: whatever a bad disk or an eager hand does to the bytes, verify names it and
// replay never serves it. With a reader that leaves the chain alone, to prove that the checks tell.
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/store/reader.hpp"
#include "adapters/store/verify.hpp"
#include "base/rng.hpp"
#include "journal/fault_disk.hpp"
#include "journal/script.hpp"

namespace ballast::testing {
namespace {

/// Reads what the file holds, all of it, and hands it out.
using Serve = std::function<Result<void>(const FaultDisk&, const JournalVisitor&)>;

Result<void> serve_checked(const FaultDisk& disk, const JournalVisitor& visit) {
  BALLAST_TRY(reader, JournalReader::open(script_path, disk.vfs()));
  return reader.for_each(1, {}, visit);
}

/// The mutant: rows as they stand in the table.
Result<void> serve_unchecked(const FaultDisk& disk, const JournalVisitor& visit) {
  BALLAST_TRY(database, sqlite::Database::open(script_path, sqlite::Access::read_only, disk.vfs()));
  BALLAST_TRY(rows, database.prepare("SELECT seq, t, body FROM events ORDER BY seq"));
  for (;;) {
    BALLAST_TRY(more, rows.step());
    if (!more) return {};
    BALLAST_CHECK(visit(
        {static_cast<std::uint64_t>(rows.integer(0)), Timestamp{rows.integer(1)}, rows.bytes(2)}));
  }
}

/// Every row of every table, as anybody sees it.
std::string dump(const FaultDisk& disk) {
  auto database = sqlite::Database::open(script_path, sqlite::Access::read_only, disk.vfs());
  if (!database) return database.error().what;
  std::string all;
  for (const char* query :
       {"SELECT group_concat(type || name || tbl_name || sql) FROM sqlite_schema",
        "SELECT group_concat(seq || ' ' || t || body || hex(chain)) FROM events_utc JOIN events "
        "USING(seq)",
        "SELECT group_concat(key || value) FROM meta",
        "SELECT group_concat(venue || qty) FROM "
        "balances",
        "SELECT group_concat(seq || time || id || status || qty) FROM fills_utc",
        "SELECT group_concat(seq || size || hex(chain) || hex(hash)) FROM snapshots",
        "SELECT group_concat(seq || ' ' || part || ' ' || block) FROM snapshot_parts",
        "SELECT group_concat(id || hex(hash) || hex(bytes)) FROM snapshot_blocks"}) {
    const auto text = database->text_of(query);
    all += text ? *text : text.error().what;
    all += '\n';
  }
  return all;
}

class JournalDamage : public ::testing::Test {
 protected:
  JournalDamage() : disk_("damage") {}

  /// A journal of script_events events, closed.
  void write_closed() {
    ASSERT_TRUE(run_script(disk_).finished);
    disk_.end_process();
    whole_ = disk_.image();
  }
  /// The same events, but the process was killed, and most commits stand in the log.
  void write_killed() {
    auto journal = SqliteJournal::open(script_path, script_options(disk_));
    ASSERT_TRUE(journal);
    for (std::uint64_t seq = 1; seq <= script_events; ++seq) {
      ASSERT_TRUE((*journal)->append(script_time(seq), script_body(seq)));
      const bool last_of_group = seq % 3 == 0 || seq == script_events;
      ASSERT_TRUE(!last_of_group || (*journal)->commit());
    }
    disk_.kill();
    journal->reset();
    disk_.end_process();
    whole_ = disk_.image();
  }

  /// With any SQLite tool. The image is then the damaged one, as if nothing had happened.
  void sql(const std::string& statements) {
    disk_.restore(whole_);
    auto database = sqlite::Database::open(script_path, sqlite::Access::read_write, disk_.vfs());
    ASSERT_TRUE(database);
    const auto done = database->exec(statements.c_str());
    ASSERT_TRUE(done) << done.error().what;
  }

  /// What is served although it was not appended so, or left out without an error.
  std::string wrongly_served(const Serve& serve) {
    std::uint64_t count = 0;
    std::string wrong;
    const auto done = serve(disk_, [&](const JournalEvent& event) -> Result<void> {
      ++count;
      if (event.seq != count || event.t != script_time(count) || event.body != script_body(count))
        wrong = fmt::format("event {} is served as {} {}", count, event.seq, event.body);
      return {};
    });
    if (done && count != script_events) wrong += fmt::format("{} events, and no error", count);
    if (!done && done.error().code != Errc::corrupt) wrong += done.error().what;
    return wrong;
  }
  /// What the next writer takes on: it refuses, or has all.
  std::string wrongly_opened() {
    auto journal = SqliteJournal::open(script_path, script_options(disk_));
    if (!journal) return journal.error().code == Errc::corrupt ? "" : journal.error().what;
    if ((*journal)->durable_seq() != script_events)
      return fmt::format("opened with {} events", (*journal)->durable_seq());
    return {};
  }
  std::vector<Damage> damage() const {
    auto report = verify_journal(script_path, disk_.vfs());
    if (!report) return {{JournalPart::file, 0, report.error().what}};
    return report->damage;
  }
  bool verify_names(std::uint64_t seq) const {
    const std::string name = fmt::format("event {}:", seq);
    for (const Damage& found : damage())
      if (found.seq == seq && found.what.find(name) != std::string::npos) return true;
    return false;
  }

  FaultDisk disk_;
  FaultDisk::Image whole_;
};

struct Tampering {
  const char* name;
  const char* sql;  // {0} is the event, {1} the next one
  bool unseen;      // a reader without the chain serves it
  bool of_last;     // applies to the last event too
};
constexpr std::array tamperings{
    Tampering{"a bit of the body",
              "UPDATE events SET body = substr(body, 1, 5) || char(unicode(substr(body, 6, 1)) + 1 "
              "- 2 * (unicode(substr(body, 6, 1)) & 1)) || substr(body, 7) WHERE seq = {0}",
              true, true},
    Tampering{"the time", "UPDATE events SET t = t + 1 WHERE seq = {0}", true, true},
    Tampering{"the hash",
              "UPDATE events SET chain = CAST(substr(chain, 1, 31) || x'00' AS BLOB) WHERE seq = "
              "{0}",
              false, true},
    Tampering{"no hash", "UPDATE events SET chain = x'' WHERE seq = {0}", false, true},
    Tampering{"a row gone", "DELETE FROM events WHERE seq = {0}", true, true},
    Tampering{"the end gone", "DELETE FROM events WHERE seq >= {0}", true, true},
    Tampering{"two numbers swapped",
              "UPDATE events SET seq = -seq WHERE seq IN ({0}, {1});"
              "UPDATE events SET seq = {0} + {1} + seq WHERE seq < 0",
              true, false},
    Tampering{"two bodies swapped",
              "UPDATE events SET body = (SELECT body FROM events AS e WHERE e.seq = {0} + {1} - "
              "events.seq) WHERE seq IN ({0}, {1})",
              true, false},
    Tampering{"a row written twice",
              "UPDATE events SET seq = seq + 100 WHERE seq > {0};"
              "UPDATE events SET seq = seq - 99 WHERE seq > 100;"
              "INSERT INTO events SELECT {1}, t, body, chain FROM events WHERE seq = {0}",
              true, true},
};

TEST_F(JournalDamage, of_any_event_is_named_by_verify_and_never_served) {
  write_closed();
  ASSERT_TRUE(damage().empty());
  ASSERT_EQ(wrongly_served(serve_checked), "");
  for (const Tampering& tampering : tamperings) {
    for (std::uint64_t seq = 1; seq <= script_events; ++seq) {
      if (seq == script_events && !tampering.of_last) continue;
      SCOPED_TRACE(fmt::format("{} at event {}", tampering.name, seq));
      sql(fmt::format(fmt::runtime(tampering.sql), seq, seq + 1));
      // What was written twice is right; the next one is the copy.
      const bool doubled = std::string_view(tampering.name) == "a row written twice";
      ASSERT_TRUE(verify_names(doubled ? seq + 1 : seq));
      ASSERT_EQ(wrongly_served(serve_checked), "");
      ASSERT_EQ(wrongly_opened(), "");
      if (tampering.unseen) {
        ASSERT_NE(wrongly_served(serve_unchecked), "") << "the check would not tell";
      }
    }
  }
}

TEST_F(JournalDamage, at_several_places_is_named_at_each) {
  write_closed();
  sql("UPDATE events SET t = 0 WHERE seq = 7; UPDATE events SET chain = zeroblob(32) WHERE seq = "
      "11; DELETE FROM events WHERE seq BETWEEN 20 AND 22; UPDATE meta SET value = 'x' WHERE key "
      "= 'desk'; UPDATE balances SET qty = 0; DELETE FROM snapshot_parts");
  std::string all;
  for (const Damage& found : damage())
    all += found.what + '\n';
  for (const char* part :
       {"event 7: not as it", "event 11: not as it", "event 20: missing, and all up to event 22",
        "the row 'desk' of meta", "table balances", "the snapshot at event 36",
        "the snapshot at event 40"})
    EXPECT_NE(all.find(part), std::string::npos) << part << " in\n" << all;
  EXPECT_EQ(all.find("event 8"), std::string::npos) << all;
  EXPECT_EQ(all.find("event 12"), std::string::npos) << all;
  EXPECT_EQ(all.find("event 23"), std::string::npos) << all;
}

/// Flips one bit at many places of a file; `check` looks at what is left.
void flip_everywhere(FaultDisk& disk,
                     const FaultDisk::Image& whole,
                     const std::string& name,
                     const std::function<void(const std::string& where)>& check) {
  disk.restore(whole);
  const std::size_t size = disk.contents(name)->size();
  constexpr std::uint64_t seed = 20240131;
  Rng rng(seed);
  // Every byte of what has many meanings, and a sample of the rest.
  for (std::size_t at = 0; at < size; at += at < 120 ? 1 : 1 + rng.below(size / 400)) {
    disk.restore(whole);
    const auto bit = static_cast<std::uint8_t>(1U << rng.below(8));
    (*disk.contents(name))[at] ^= bit;
    check(fmt::format("{} byte {} bit {:#04x} (seed {})", name, at, bit, seed));
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST_F(JournalDamage, of_any_byte_of_the_file_is_found_or_without_effect) {
  write_closed();
  const std::string before = dump(disk_);
  std::size_t found = 0;
  flip_everywhere(disk_, whole_, script_path, [&](const std::string& where) {
    const bool seen = !damage().empty();
    found += seen ? 1 : 0;
    ASSERT_EQ(wrongly_served(serve_checked), "") << where;
    if (!seen) {
      ASSERT_EQ(dump(disk_), before) << where;
    }
    ASSERT_EQ(wrongly_opened(), "") << where;
  });
  EXPECT_GT(found, 200U);  // the rest are pages that no snapshot uses any more, and empty tables
}

TEST_F(JournalDamage, of_any_byte_of_the_log_is_found_or_without_effect) {
  write_killed();
  const std::string log = script_path + "-wal";
  std::size_t found = 0;
  flip_everywhere(disk_, whole_, log, [&](const std::string& where) {
    found += damage().empty() ? 0 : 1;
    ASSERT_EQ(wrongly_served(serve_checked), "") << where;
    ASSERT_EQ(wrongly_opened(), "") << where;
  });
  EXPECT_GT(found, 300U);
}

/// One change to what the file holds of snapshots, whichever row and column `rng` picks.
std::string snapshot_tampering(Rng& rng) {
  const auto any = [&rng](std::string_view columns, std::string_view table) {
    return fmt::format(
        "({0}) = (SELECT {0} FROM {1} ORDER BY {0} LIMIT 1 OFFSET {2} % (SELECT "
        "count(*) FROM {1}))",
        columns, table, rng.below(1000));
  };
  const std::string block = " WHERE " + any("id", "snapshot_blocks");
  const std::string part = " WHERE " + any("seq, part", "snapshot_parts");
  const std::string snapshot = " WHERE " + any("seq", "snapshots");
  const std::string hash = fmt::format("x'{:064x}'", rng.next());
  const std::uint64_t at = 1 + rng.below(600);  // every block has so many bytes
  switch (rng.below(14)) {
    case 0:
      return fmt::format(
                 "UPDATE snapshot_blocks SET bytes = CAST(substr(bytes, 1, {} - 1) || "
                 "x'{:02x}' || substr(bytes, {} + 1) AS BLOB)",
                 at, 128 + rng.below(128), at) +
             block;
    case 1:
      return "UPDATE snapshot_blocks SET hash = " + hash + block;
    case 2:
      return "UPDATE snapshot_blocks SET bytes = CAST(bytes || x'00' AS BLOB)" + block;
    case 3:
      return "UPDATE snapshot_blocks SET bytes = x''" + block;
    case 4:
      return "UPDATE snapshot_blocks SET id = id + 1000" + block;
    case 5:
      return "DELETE FROM snapshot_blocks" + block;
    case 6:
      return "DELETE FROM snapshot_parts" + part;
    case 7:
      return "UPDATE snapshot_parts SET block = (SELECT id FROM snapshot_blocks WHERE hash <> "
             "(SELECT hash FROM snapshot_blocks WHERE id = block) LIMIT 1)" +
             part;
    case 8:
      return "INSERT INTO snapshot_parts SELECT seq, max(part) + 1, min(block) FROM snapshot_parts "
             "GROUP BY seq LIMIT 1";
    case 9:
      return "UPDATE snapshots SET seq = seq - 1" + snapshot;
    case 10:
      return fmt::format("UPDATE snapshots SET parts = parts + {}", rng.below(3) + 1) + snapshot;
    case 11:
      return fmt::format("UPDATE snapshots SET size = {}", rng.between(-5, 1'000'000)) + snapshot;
    case 12:
      return "UPDATE snapshots SET chain = " + hash + snapshot;
    default:
      return "UPDATE snapshots SET hash = " + hash + snapshot;
  }
}

TEST_F(JournalDamage, of_any_part_of_a_snapshot_is_named_and_never_served) {
  write_closed();
  int passed_over = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed);
    const std::string statement = snapshot_tampering(rng);
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, statement));
    sql(statement);
    std::string all;
    for (const Damage& found : damage()) {
      EXPECT_EQ(found.part, JournalPart::snapshots) << found.what;
      all += found.what + '\n';
    }
    ASSERT_NE(all.find("snapshot"), std::string::npos) << all;
    auto reader = JournalReader::open(script_path, disk_.vfs());
    ASSERT_TRUE(reader);
    const auto search = reader->load_snapshot("1");
    ASSERT_TRUE(search) << search.error().what;
    ASSERT_TRUE(search->latest || !search->damaged.empty());
    if (search->latest) {
      ASSERT_EQ(wrong_snapshot(*search->latest), "");
    }
    passed_over += search->damaged.empty() ? 0 : 1;
    ASSERT_EQ(wrongly_served(serve_checked), "") << "events do not suffer";
  }
  EXPECT_GT(passed_over, 80);
}

TEST_F(JournalDamage, a_cut_or_missing_file_is_found) {
  write_closed();
  const std::size_t size = disk_.contents(script_path)->size();
  for (std::size_t left = 0; left < size; left += 1 + size / 100) {
    disk_.restore(whole_);
    disk_.contents(script_path)->resize(left);
    SCOPED_TRACE(fmt::format("{} of {} bytes", left, size));
    ASSERT_FALSE(damage().empty());
    ASSERT_EQ(wrongly_served(serve_checked), "");
    ASSERT_EQ(wrongly_opened(), "");
  }
}

TEST_F(JournalDamage, a_cut_or_missing_log_is_found) {
  write_killed();
  const std::string log = script_path + "-wal";
  const std::size_t size = disk_.contents(log)->size();
  for (std::size_t left = 0; left < size; left += 1 + size / 100) {
    disk_.restore(whole_);
    disk_.contents(log)->resize(left);
    SCOPED_TRACE(fmt::format("{} of {} bytes", left, size));
    ASSERT_FALSE(damage().empty());
    ASSERT_EQ(wrongly_served(serve_checked), "");
    ASSERT_EQ(wrongly_opened(), "");
  }
  disk_.restore(whole_);
  disk_.remove(log);
  EXPECT_FALSE(damage().empty());
  EXPECT_EQ(wrongly_opened(), "");
  disk_.restore(whole_);
  disk_.remove(script_path);
  EXPECT_EQ(wrongly_opened(), "") << "the log holds what was acknowledged";
}

TEST_F(JournalDamage, a_second_writer_is_refused_while_the_first_lives) {
  auto first = SqliteJournal::open(script_path, script_options(disk_));
  ASSERT_TRUE(first);
  const auto second = SqliteJournal::open(script_path, script_options(disk_));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::locked);
  ASSERT_TRUE((*first)->append(script_time(1), script_body(1)));
  EXPECT_EQ((*first)->commit().value_or(0), 1U) << "the first goes on";
  disk_.kill();
  first->reset();
  disk_.end_process();
  EXPECT_TRUE(SqliteJournal::open(script_path, script_options(disk_))) << "a dead one is no writer";
}

}  // namespace
}  // namespace ballast::testing
