#include "adapters/store/journal.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/store/reader.hpp"
#include "adapters/store/sqlite.hpp"

namespace ballast {
namespace {

/// An empty folder that goes with the test.
class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ballast-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    path_ = (folder_ / "desk.db").string();
  }
  ~JournalTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<SqliteJournal> open(JournalOptions options = {.desk = "demo"}) const {
    auto journal = SqliteJournal::open(path_, std::move(options));
    EXPECT_TRUE(journal) << journal.error().what;
    return journal ? std::move(*journal) : nullptr;
  }
  static std::string body(std::uint64_t seq) { return "{\"n\":" + std::to_string(seq) + "}"; }
  static void append(Journal& journal, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t seq = journal.last_seq() + 1;
      const auto appended = journal.append({static_cast<std::int64_t>(seq * 10)}, body(seq));
      ASSERT_TRUE(appended) << appended.error().what;
      ASSERT_EQ(*appended, seq);
    }
  }
  void write(std::uint64_t count) const {
    const auto journal = open();
    append(*journal, count);
    ASSERT_TRUE(journal->commit());
    ASSERT_TRUE(journal->close());
  }
  /// With any SQLite tool.
  void sql(const char* statements) const {
    auto database = sqlite::Database::open(path_, sqlite::Access::read_write, "");
    ASSERT_TRUE(database);
    const auto done = database->exec(statements);
    ASSERT_TRUE(done) << done.error().what;
  }
  std::string ask(std::string_view query) const {
    auto database = sqlite::Database::open(path_, sqlite::Access::read_only, "");
    if (!database) return database.error().what;
    auto text = database->text_of(query);
    return text ? *text : text.error().what;
  }
  Error open_error(JournalOptions options = {.desk = "demo"}) const {
    auto journal = SqliteJournal::open(path_, std::move(options));
    return journal ? Error{Errc::io, "it opened"} : journal.error();
  }
  std::string first_damage() const {
    const auto report = verify_journal(path_);
    if (!report) return report.error().what;
    return report->damage.empty() ? "" : report->damage.front().what;
  }

  std::filesystem::path folder_;
  std::string path_;
};

std::vector<std::string> replayed(Journal& journal, std::uint64_t from) {
  std::vector<std::string> bodies;
  const auto done = journal.replay(from, [&bodies](const JournalEvent& event) -> Result<void> {
    bodies.emplace_back(event.body);
    return {};
  });
  EXPECT_TRUE(done) << done.error().what;
  return bodies;
}

TEST_F(JournalTest, numbers_events_from_one_and_replays_them_in_order) {
  const auto journal = open();
  append(*journal, 3);
  EXPECT_EQ(journal->last_seq(), 3U);
  EXPECT_EQ(journal->durable_seq(), 0U) << "appended is not acknowledged";
  EXPECT_TRUE(replayed(*journal, 1).empty());
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(journal->durable_seq(), 3U);
  EXPECT_EQ(replayed(*journal, 1), (std::vector<std::string>{body(1), body(2), body(3)}));
  EXPECT_EQ(replayed(*journal, 3), (std::vector<std::string>{body(3)}));
  EXPECT_TRUE(replayed(*journal, 4).empty());
}

TEST_F(JournalTest, goes_on_where_it_ended_and_forgets_what_was_not_committed) {
  {
    const auto journal = open();
    append(*journal, 2);
    ASSERT_TRUE(journal->commit());
    append(*journal, 5);
  }
  const auto journal = open();
  EXPECT_EQ(journal->last_seq(), 2U);
  append(*journal, 1);
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(replayed(*journal, 1), (std::vector<std::string>{body(1), body(2), body(3)}));
  EXPECT_EQ(first_damage(), "");
}

TEST_F(JournalTest, a_group_is_due_by_count_or_by_the_callers_time) {
  const auto journal = open({.desk = "demo", .max_events = 3, .max_delay = Duration::seconds(1)});
  const Timestamp start{1'000};
  EXPECT_FALSE(journal->commit_due(start)) << "nothing waits";
  append(*journal, 2);
  EXPECT_FALSE(journal->commit_due(start));
  EXPECT_FALSE(journal->commit_due(start + Duration::milliseconds(999)));
  EXPECT_TRUE(journal->commit_due(start + Duration::seconds(1)));
  append(*journal, 1);
  EXPECT_TRUE(journal->commit_due(start)) << "three events";
  ASSERT_TRUE(journal->commit());
  append(*journal, 1);
  EXPECT_FALSE(journal->commit_due(start + Duration::seconds(5))) << "its wait begins here";
}

TEST_F(JournalTest, another_desk_is_refused_unless_asked_and_then_wants_a_rebuild) {
  {
    const auto journal = open();
    append(*journal, 2);
    ASSERT_TRUE(journal->save_snapshot("1", "state"));
    EXPECT_EQ(journal->projected_seq(), 2U);
  }
  EXPECT_EQ(open_error({.desk = "other"}).code, Errc::conflict);
  {
    const auto journal = open({.desk = "other", .accept_other_desk = true});
    EXPECT_EQ(journal->replaced_desk(), "demo");
    EXPECT_EQ(journal->projected_seq(), 0U);
    EXPECT_FALSE(journal->load_snapshot("1")->latest);
    EXPECT_EQ(replayed(*journal, 1).size(), 2U);
  }
  const auto journal = open({.desk = "other"});
  EXPECT_EQ(journal->projected_seq(), 0U) << "still asks";
  journal->begin_rebuild();
  ASSERT_TRUE(journal->finish_rebuild());
  EXPECT_EQ(journal->projected_seq(), 2U);
}

TEST_F(JournalTest, a_missing_file_is_new_or_not_found_as_asked) {
  EXPECT_EQ(open_error({.desk = "demo", .create = false}).code, Errc::not_found);
  EXPECT_FALSE(std::filesystem::exists(path_));
  write(3);
  std::filesystem::remove(path_);
  EXPECT_EQ(open()->last_seq(), 0U) << "a deleted journal does not haunt the next";
}

TEST_F(JournalTest, a_second_writer_is_refused_and_readers_are_not) {
  const auto journal = open();
  append(*journal, 2);
  ASSERT_TRUE(journal->commit());
  const Error refused = open_error();
  EXPECT_EQ(refused.code, Errc::locked);
  EXPECT_NE(refused.what.find("already has a writer"), std::string::npos) << refused.what;
  auto reader = JournalReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().what;
  EXPECT_EQ(reader->last_seq(), 2U);
  append(*journal, 1);
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(reader->last_seq(), 3U);
  EXPECT_EQ(first_damage(), "");
  ASSERT_TRUE(journal->close());
  EXPECT_EQ(open()->last_seq(), 3U);
}

TEST_F(JournalTest, a_closed_journal_returns_an_error_to_everything) {
  const auto journal = open();
  ASSERT_TRUE(journal->close());
  ASSERT_TRUE(journal->close()) << "twice is fine";
  EXPECT_FALSE(journal->append({1}, "x"));
  EXPECT_FALSE(journal->commit());
  EXPECT_FALSE(journal->save_snapshot("1", ""));
}

TEST_F(JournalTest, an_oversized_event_is_refused_without_failing_the_journal) {
  const auto journal = open();
  EXPECT_EQ(journal->append({1}, std::string((16U << 20U) + 1, 'x')).error().code, Errc::bad_input);
  append(*journal, 1);
  EXPECT_TRUE(journal->commit());
}

// ---- damage -------------------------------------------------------------------------------------

struct Tampering {
  const char* sql;
  const char* named;
};

class JournalDamageTest : public JournalTest, public ::testing::WithParamInterface<Tampering> {};

TEST_P(JournalDamageTest, is_named_by_open_verify_and_replay) {
  write(20);
  sql(GetParam().sql);
  const Error refused = open_error();
  EXPECT_EQ(refused.code, Errc::corrupt);
  EXPECT_NE(refused.what.find(GetParam().named), std::string::npos) << refused.what;
  EXPECT_NE(first_damage().find(GetParam().named), std::string::npos) << first_damage();
}

INSTANTIATE_TEST_SUITE_P(
    events,
    JournalDamageTest,
    ::testing::Values(
        Tampering{"UPDATE events SET body = '{\"n\":8}' WHERE seq = 7", "event 7:"},
        Tampering{"UPDATE events SET t = t + 1 WHERE seq = 7", "event 7:"},
        Tampering{"UPDATE events SET chain = x'00' WHERE seq = 7", "event 7:"},
        Tampering{"UPDATE events SET body = CAST(body AS BLOB) WHERE seq = 7", "event 7:"},
        Tampering{"DELETE FROM events WHERE seq = 7", "event 7: missing"},
        Tampering{"DELETE FROM events WHERE seq > 15", "event 16: missing"},
        Tampering{"DELETE FROM events", "event 1: missing"},
        Tampering{"INSERT INTO events VALUES(21, 1, 'x', zeroblob(32))", "event 21:"},
        Tampering{"UPDATE events SET seq = CASE seq WHEN 7 THEN -8 ELSE -7 END WHERE seq IN (7, 8);"
                  "UPDATE events SET seq = -seq WHERE seq < 0",
                  "event 7:"},
        Tampering{"UPDATE meta SET value = '20' WHERE key = 'head'", "'head'"},
        Tampering{"UPDATE meta SET value = 'other' WHERE key = 'desk'", "'desk'"},
        Tampering{"DELETE FROM meta", "meta has no row"},
        Tampering{"PRAGMA application_id = 1", "not a Ballast journal"},
        Tampering{"PRAGMA user_version = 9", "format 9"},
        Tampering{"ALTER TABLE events RENAME TO moved", "'events'"}));

TEST_F(JournalTest, damage_before_the_snapshot_is_found_by_verify_and_by_a_full_replay) {
  {
    const auto journal = open();
    append(*journal, 20);
    ASSERT_TRUE(journal->save_snapshot("1", "state"));
    append(*journal, 5);
    ASSERT_TRUE(journal->commit());
  }
  sql("UPDATE events SET body = 'x' WHERE seq = 7");
  const auto journal = open();  // what it rests on, the snapshot and the tail, is good
  ASSERT_TRUE(journal);
  EXPECT_EQ(replayed(*journal, 21).size(), 5U);
  std::uint64_t last = 0;
  const auto done = journal->replay(1, [&last](const JournalEvent& event) -> Result<void> {
    last = event.seq;
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::corrupt);
  EXPECT_EQ(last, 6U) << "the damaged event is not handed out";
  const auto report = verify_journal(path_);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->damage.size(), 1U);
  EXPECT_EQ(report->damage.front().seq, 7U);
  EXPECT_EQ(report->events, 6U);
}

TEST_F(JournalTest, a_truncated_file_and_a_foreign_one_are_damage_not_an_empty_journal) {
  write(2000);
  const auto size = std::filesystem::file_size(path_);
  for (const std::uintmax_t left : {size / 2, std::uintmax_t{4096}, std::uintmax_t{0}}) {
    std::filesystem::resize_file(path_, left);
    EXPECT_EQ(open_error().code, Errc::corrupt) << left << " bytes left: " << open_error().what;
    EXPECT_NE(first_damage(), "") << left;
  }
  std::ofstream(path_) << "not a database, but a text of some length, more than a header has\n"
                       << std::string(5000, 'x');
  EXPECT_EQ(open_error().code, Errc::corrupt);
}

TEST_F(JournalTest, a_journal_put_back_in_time_misses_what_was_acknowledged) {
  write(5);
  std::filesystem::copy_file(path_, path_ + ".old");
  write(5);
  std::filesystem::remove(path_);
  std::filesystem::rename(path_ + ".old", path_);
  const Error refused = open_error();
  EXPECT_EQ(refused.code, Errc::corrupt);
  EXPECT_NE(refused.what.find("event 6: missing; events up to 10"), std::string::npos)
      << refused.what;
  // Who means it deletes the mark.
  std::filesystem::remove(path_ + ".lock");
  EXPECT_EQ(open()->last_seq(), 5U);
}

TEST_F(JournalTest, altered_projections_and_snapshots_are_found_by_verify) {
  {
    const auto journal = open();
    append(*journal, 1);
    journal->projections().put(BalanceRow{"binance", "main", "USDT", Amount::whole(5)});
    ASSERT_TRUE(journal->save_snapshot("1", "state"));
  }
  ASSERT_EQ(first_damage(), "");
  sql("UPDATE balances SET qty = '6'");
  EXPECT_NE(first_damage().find("balances"), std::string::npos) << first_damage();
  sql("UPDATE balances SET qty = '5'; UPDATE snapshot_parts SET chunk = 'estat'");
  EXPECT_NE(first_damage().find("snapshot at event 1"), std::string::npos) << first_damage();
}

// ---- snapshots and projections ------------------------------------------------------------------

TEST_F(JournalTest, keeps_two_snapshots_and_falls_back_to_the_earlier_one) {
  const auto journal = open();
  const std::string large(9'000'000, 's');  // three chunks
  for (int i = 1; i <= 3; ++i) {
    append(*journal, 2);
    ASSERT_TRUE(journal->save_snapshot("v1", large + std::to_string(i)));
  }
  EXPECT_EQ(journal->durable_seq(), 6U) << "a snapshot takes its events along";
  EXPECT_EQ(ask("SELECT group_concat(seq) FROM snapshots"), "4,6");
  EXPECT_EQ(ask("SELECT count(*) FROM snapshot_parts"), "6");
  auto found = journal->load_snapshot("v1");
  ASSERT_TRUE(found && found->latest);
  EXPECT_EQ(found->latest->seq, 6U);
  EXPECT_EQ(found->latest->bytes, large + "3");
  EXPECT_TRUE(found->damaged.empty());
  EXPECT_FALSE(journal->load_snapshot("v2")->latest) << "another engine cannot read it";

  sql("UPDATE snapshot_parts SET chunk = zeroblob(1) WHERE seq = 6 AND part = 2");
  found = journal->load_snapshot("v1");
  ASSERT_TRUE(found && found->latest);
  EXPECT_EQ(found->latest->seq, 4U);
  ASSERT_EQ(found->damaged.size(), 1U);
  EXPECT_NE(found->damaged.front().find("event 6"), std::string::npos);

  sql("DELETE FROM snapshot_parts WHERE seq = 4 AND part = 1");
  found = journal->load_snapshot("v1");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->latest);
  EXPECT_EQ(found->damaged.size(), 2U);
}

TEST_F(JournalTest, a_snapshot_may_be_empty_and_may_replace_itself) {
  const auto journal = open();
  ASSERT_TRUE(journal->save_snapshot("v1", ""));
  EXPECT_EQ(journal->load_snapshot("v1")->latest->bytes, "");
  ASSERT_TRUE(journal->save_snapshot("v1", "again"));
  EXPECT_EQ(journal->load_snapshot("v1")->latest->bytes, "again");
  EXPECT_EQ(ask("SELECT count(*) FROM snapshots"), "1");
}

TEST_F(JournalTest, projections_are_rows_that_any_tool_reads) {
  const auto journal = open();
  append(*journal, 1);
  Projections& out = journal->projections();
  const Timestamp noon{1'700'000'000'000'000'001};
  out.put(PositionRow{"binance", "main", "mm", "BTC-USDT", *parse_decimal<Quantity>("0.10"),
                      *parse_decimal<Price>("65000.5"), Amount::whole(6500), Amount{},
                      R"({"USDT":"1"})", "{}"});
  FillRow fill{.seq = 1,
               .t = noon,
               .venue = "binance",
               .account = "main",
               .book = "mm",
               .instrument = "BTC-USDT",
               .id = "t1",
               .side = Side::sell,
               .qty = Quantity::whole(2),
               .price = Price::whole(3)};
  out.put(fill);
  out.put(BalanceRow{"binance", "main", "USDT", Amount::whole(-7)});
  out.put(AdherenceHourRow{.factor = "delta:BTC",
                           .book = "*",
                           .from = noon,
                           .to = noon,
                           .known_seconds = 3600,
                           .adherence = 0.825,
                           .excursions = 2,
                           .summary = std::string_view("\0x", 2)});
  out.put(AlertRow{.id = "r/delta:BTC/1",
                   .rule = "r",
                   .factor = "delta:BTC",
                   .book = "*",
                   .episode = 1,
                   .state = AlertState::firing,
                   .since = noon,
                   .started = noon,
                   .value = -0.0});
  out.put(BreakRow{.venue = "binance",
                   .account = "main",
                   .subject = "BTC-USDT",
                   .since = noon,
                   .stated = Quantity::whole(1),
                   .ours = Quantity{}});
  out.put(TransferRow{.id = "x",
                      .asset = "BTC",
                      .qty = Amount::whole(1),
                      .from_venue = "a",
                      .from_account = "b",
                      .to_venue = "c",
                      .to_account = "d",
                      .sent = noon});
  EXPECT_EQ(ask("SELECT count(*) FROM fills"), "0") << "with its event, not before";
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(ask("SELECT qty || ' ' || average_price || ' ' || fees FROM positions"),
            R"(0.1 65000.5 {"USDT":"1"})");
  EXPECT_EQ(ask("SELECT time || side || status || coalesce(fee, '-') FROM fills_utc"),
            "2023-11-14T22:13:20.000000001Zsellapplied-");
  EXPECT_EQ(ask("SELECT adherence || ' ' || coalesce(bias, 'none') FROM adherence_hourly"),
            "0.825 none");
  EXPECT_EQ(ask("SELECT state || since FROM alerts_utc"), "firing2023-11-14T22:13:20Z");
  EXPECT_EQ(ask("SELECT state || stated || ours FROM breaks_utc"), "open10");
  EXPECT_EQ(ask("SELECT qty FROM balances"), "-7");
  EXPECT_EQ(ask("SELECT state || overdue FROM transfers"), "sent0");

  fill.status = FillStatus::busted;
  fill.fee = Amount::whole(1);
  fill.fee_asset = "BNB";
  EXPECT_EQ(out.fill_seq("binance", "main", "BTC-USDT", "t1", 0), 1U);
  EXPECT_EQ(out.fill_seq("binance", "main", "BTC-USDT", "t1", 1), std::nullopt);
  out.put(fill);  // the first of a group of its own
  EXPECT_EQ(ask("SELECT status FROM fills"), "applied");
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(ask("SELECT count(*) || max(status) || max(fee_asset) FROM fills"), "1bustedBNB");
  EXPECT_EQ(first_damage(), "");

  journal->begin_rebuild();
  EXPECT_EQ(journal->projected_seq(), 1U);
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(journal->projected_seq(), 0U);
  EXPECT_EQ(ask("SELECT (SELECT count(*) FROM fills) + (SELECT count(*) FROM alerts)"), "0");
  ASSERT_TRUE(journal->finish_rebuild());
  EXPECT_EQ(journal->projected_seq(), 1U);
}

TEST_F(JournalTest, an_error_in_a_projection_fails_the_journal_at_commit) {
  const auto journal = open();
  append(*journal, 1);
  ASSERT_TRUE(journal->commit());
  sql("DROP TABLE balances");  // as harsh as a failing disk
  append(*journal, 1);
  journal->projections().put(BalanceRow{"binance", "main", "USDT", Amount::whole(1)});
  EXPECT_EQ(journal->commit().error().code, Errc::io);
  EXPECT_EQ(journal->durable_seq(), 1U);
  EXPECT_FALSE(journal->append({1}, "x"));
  EXPECT_FALSE(journal->commit());
  EXPECT_FALSE(journal->checkpoint());
  EXPECT_FALSE(journal->load_snapshot("1"));
  EXPECT_FALSE(journal->replay(1, [](const JournalEvent&) -> Result<void> { return {}; }));
}

// ---- reading ------------------------------------------------------------------------------------

TEST_F(JournalTest, a_range_or_the_last_few_events_are_read_alone) {
  write(5000);  // several batches
  auto reader = JournalReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().what;
  EXPECT_EQ(reader->desk(), "demo");
  std::uint64_t count = 0;
  std::uint64_t expected = 7;
  const JournalVisitor visit = [&](const JournalEvent& event) -> Result<void> {
    EXPECT_EQ(event.seq, expected++);
    EXPECT_EQ(event.body, body(event.seq));
    EXPECT_EQ(event.t.ns, static_cast<std::int64_t>(event.seq * 10));
    ++count;
    return {};
  };
  ASSERT_TRUE(reader->for_each(7, 4500, visit));
  EXPECT_EQ(count, 4494U);
  expected = 4998;
  count = 0;
  ASSERT_TRUE(reader->tail(3, visit));
  EXPECT_EQ(count, 3U);
  ASSERT_TRUE(reader->for_each(6000, {}, visit));
  ASSERT_TRUE(reader->tail(0, visit));
  EXPECT_EQ(count, 3U);
  const auto report = reader->verify();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->events, 5000U);
  EXPECT_EQ(report->last_t.ns, 50'000);
}

TEST_F(JournalTest, an_error_of_the_visitor_ends_the_replay_at_once) {
  write(20'000);  // more than the queue holds, so the reading thread waits for room
  auto reader = JournalReader::open(path_);
  ASSERT_TRUE(reader);
  std::uint64_t count = 0;
  const auto done = reader->for_each(1, {}, [&count](const JournalEvent&) -> Result<void> {
    if (++count == 1500) return fail(Errc::stale_data, "enough");
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "enough");
  EXPECT_EQ(count, 1500U);
}

TEST_F(JournalTest, equal_events_give_an_equal_chain) {
  write(50);
  const std::string first = verify_journal(path_)->chain;
  path_ += "2";
  const auto journal = open();
  append(*journal, 20);
  ASSERT_TRUE(journal->commit());
  append(*journal, 30);
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(verify_journal(path_)->chain, first);
}

TEST_F(JournalTest, reads_while_the_writer_goes_on) {
  const auto journal = open();
  append(*journal, 3000);
  ASSERT_TRUE(journal->commit());
  auto reader = JournalReader::open(path_);
  ASSERT_TRUE(reader);
  std::uint64_t count = 0;
  ASSERT_TRUE(reader->for_each(1, {}, [&](const JournalEvent& event) -> Result<void> {
    if (event.seq % 1000 == 0) {
      append(*journal, 10);
      BALLAST_CHECK(journal->commit());
    }
    ++count;
    return {};
  }));
  EXPECT_EQ(count, 3000U) << "one consistent view";
  EXPECT_EQ(journal->durable_seq(), 3030U);
}

}  // namespace
}  // namespace ballast
