#include "adapters/store/journal.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/store/journal_test.hpp"
#include "adapters/store/reader.hpp"

namespace ballast {
namespace {

class JournalTest : public ::testing::Test, protected JournalFolder {};

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
    ASSERT_TRUE(journal->save_snapshot("1", image("state")));
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
  EXPECT_FALSE(journal->save_snapshot("1", {}));
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
    ASSERT_TRUE(journal->save_snapshot("1", image("state")));
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

TEST_F(JournalTest, a_log_without_its_file_is_not_taken_for_a_new_journal) {
  {
    const auto journal = open();
    append(*journal, 5);
    ASSERT_TRUE(journal->commit());
    std::filesystem::copy_file(path_ + "-wal", path_ + "-kept");
    ASSERT_TRUE(journal->close());
  }
  std::filesystem::remove(path_);
  std::filesystem::rename(path_ + "-kept", path_ + "-wal");
  const Error refused = open_error();
  EXPECT_EQ(refused.code, Errc::corrupt);
  EXPECT_NE(refused.what.find("desk.db-wal holds"), std::string::npos) << refused.what;
  EXPECT_TRUE(std::filesystem::exists(path_ + "-wal")) << "it is all that is left";
}

TEST_F(JournalTest, the_log_is_moved_into_the_file_before_it_grows_large) {
  const auto journal = open();
  const std::string large(1 << 20, 'x');
  std::uintmax_t size_max = 0;
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(journal->append({i}, large));
    ASSERT_TRUE(journal->commit());
    size_max = std::max(size_max, std::filesystem::file_size(path_ + "-wal"));
  }
  EXPECT_LT(size_max, 20U << 20U);
  EXPECT_GT(std::filesystem::file_size(path_), 30U << 20U);
}

TEST_F(JournalTest, altered_projections_and_snapshots_are_found_by_verify) {
  {
    const auto journal = open();
    append(*journal, 1);
    journal->projections().put(BalanceRow{"binance", "main", "USDT", Amount::whole(5)});
    ASSERT_TRUE(journal->save_snapshot("1", image("state")));
  }
  ASSERT_EQ(first_damage(), "");
  sql("UPDATE balances SET qty = '6'");
  EXPECT_NE(first_damage().find("balances"), std::string::npos) << first_damage();
  sql("UPDATE balances SET qty = '5'; UPDATE snapshot_blocks SET bytes = 'estat'");
  EXPECT_NE(first_damage().find("snapshot at event 1"), std::string::npos) << first_damage();
}

}  // namespace
}  // namespace ballast
