// Snapshots in the journal's file: what is written, when it counts, and what is told of damage.
#include "adapters/store/snapshot_table.hpp"

#include <string>

#include <gtest/gtest.h>

#include "adapters/store/journal_test.hpp"
#include "adapters/store/reader.hpp"

namespace ballast {
namespace {

class SnapshotTest : public ::testing::Test, protected JournalFolder {};

TEST_F(SnapshotTest, keeps_two_and_falls_back_to_the_earlier_one) {
  const auto journal = open();
  const std::string large(2'500'000, 's');  // three pieces
  for (int i = 1; i <= 3; ++i) {
    append(*journal, 2);
    ASSERT_TRUE(journal->save_snapshot("v1", image(large + std::to_string(i))));
  }
  EXPECT_EQ(journal->durable_seq(), 6U) << "a snapshot takes its events along";
  EXPECT_EQ(ask("SELECT group_concat(seq) FROM snapshots"), "4,6");
  EXPECT_EQ(ask("SELECT count(*) FROM snapshot_parts"), "6");
  auto found = journal->load_snapshot("v1");
  ASSERT_TRUE(found && found->latest);
  EXPECT_EQ(found->latest->seq, 6U);
  EXPECT_EQ(found->latest->image.bytes, large + "3");
  EXPECT_TRUE(found->damaged.empty());
  EXPECT_FALSE(journal->load_snapshot("v2")->latest) << "another engine cannot read it";

  sql("UPDATE snapshot_blocks SET bytes = zeroblob(1) WHERE id = (SELECT block FROM "
      "snapshot_parts WHERE seq = 6 AND part = 2)");
  found = journal->load_snapshot("v1");
  ASSERT_TRUE(found && found->latest);
  EXPECT_EQ(found->latest->seq, 4U);
  ASSERT_EQ(found->damaged.size(), 1U);
  EXPECT_NE(found->damaged.front().find("event 6: part 2 of 3"), std::string::npos)
      << found->damaged.front();

  sql("DELETE FROM snapshot_parts WHERE seq = 4 AND part = 1");
  found = journal->load_snapshot("v1");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->latest);
  EXPECT_EQ(found->damaged.size(), 2U);
}

TEST_F(SnapshotTest, a_snapshot_may_be_empty_and_may_replace_itself) {
  const auto journal = open();
  ASSERT_TRUE(journal->save_snapshot("v1", {}));
  EXPECT_EQ(journal->load_snapshot("v1")->latest->image, StateImage());
  ASSERT_TRUE(journal->save_snapshot("v1", image("again")));
  EXPECT_EQ(journal->load_snapshot("v1")->latest->image.bytes, "again");
  EXPECT_EQ(ask("SELECT count(*) FROM snapshots"), "1");
}

TEST_F(SnapshotTest, writes_only_the_blocks_of_a_snapshot_that_the_file_does_not_hold) {
  const auto blocks = [this] { return ask("SELECT group_concat(id) FROM snapshot_blocks"); };
  StateImage state = image("one", {"old", "older", "oldest"});
  {
    const auto journal = open();
    append(*journal, 1);
    ASSERT_TRUE(journal->save_snapshot("v1", state));
    EXPECT_EQ(blocks(), "1,2,3,4");
    append(*journal, 1);
    state.bytes = "two";
    state.blocks[1] = Block("changed");
    ASSERT_TRUE(journal->save_snapshot("v1", state));
    EXPECT_EQ(blocks(), "1,2,3,4,5,6");
    append(*journal, 1);
    state.bytes = "three";
    state.blocks.emplace_back("new");
    ASSERT_TRUE(journal->save_snapshot("v1", state));
    EXPECT_EQ(blocks(), "2,4,5,6,7,8") << "what only the first had is gone";
    ASSERT_TRUE(journal->close());
  }
  const auto journal = open();
  auto found = journal->load_snapshot("v1");
  ASSERT_TRUE(found && found->latest);
  EXPECT_EQ(found->latest->image, state);
  append(*journal, 1);
  // The same bytes elsewhere are written: only the same memory is known to be the same.
  found->latest->image.blocks[0] = Block("old");
  found->latest->image.bytes = "four";
  ASSERT_TRUE(journal->save_snapshot("v1", found->latest->image));
  EXPECT_EQ(blocks(), "2,4,6,7,8,9,10");
  EXPECT_EQ(ask("SELECT group_concat(block) FROM snapshot_parts WHERE seq = 4"), "9,10,6,4,8");
}

TEST_F(SnapshotTest, a_snapshot_that_is_begun_counts_when_the_commits_have_taken_all_of_it) {
  const StateImage state = image(std::string(2'500'000, 's'), {"a", "b"});
  {
    const auto journal = open();
    append(*journal, 1);
    ASSERT_TRUE(journal->save_snapshot("v1", image("first")));
    append(*journal, 1);
    ASSERT_TRUE(journal->begin_snapshot("v1", state));
    append(*journal, 3);
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(journal->commit());
      ASSERT_TRUE(journal->snapshot_underway()) << i;
      EXPECT_EQ(journal->load_snapshot("v1")->latest->seq, 1U) << i;
    }
    ASSERT_TRUE(journal->commit());
    EXPECT_FALSE(journal->snapshot_underway());
    auto found = journal->load_snapshot("v1");
    ASSERT_TRUE(found && found->latest);
    EXPECT_EQ(found->latest->seq, 2U) << "the state of when it was begun";
    EXPECT_EQ(found->latest->image, state);
    EXPECT_EQ(first_damage(), "");

    // One that is not completed leaves blocks that the next one removes.
    ASSERT_TRUE(journal->begin_snapshot("v1", image(std::string(2'500'000, 't'))));
    ASSERT_TRUE(journal->commit());
    ASSERT_TRUE(journal->commit());
    ASSERT_TRUE(journal->close());
  }
  EXPECT_EQ(first_damage(), "");
  EXPECT_EQ(ask("SELECT count(*) FROM snapshot_blocks"), "7");
  const auto journal = open();
  EXPECT_EQ(journal->load_snapshot("v1")->latest->seq, 2U);
  append(*journal, 1);
  ASSERT_TRUE(journal->save_snapshot("v1", image("last")));
  EXPECT_EQ(ask("SELECT count(*) FROM snapshot_blocks"), "6");
  EXPECT_EQ(journal->load_snapshot("v1")->latest->image.bytes, "last");
}

TEST_F(SnapshotTest, blocks_of_a_snapshot_that_was_given_up_may_be_those_of_the_next) {
  const auto journal = open();
  StateImage state = image("x", {"a", "b", "c"});
  append(*journal, 1);
  ASSERT_TRUE(journal->begin_snapshot("v1", state));
  ASSERT_TRUE(journal->commit());
  ASSERT_TRUE(journal->commit());
  ASSERT_TRUE(journal->commit());  // "x", "a" and "b" are written
  state.bytes = "y";
  ASSERT_TRUE(journal->begin_snapshot("v1", state));
  while (journal->snapshot_underway())
    ASSERT_TRUE(journal->commit());
  EXPECT_EQ(ask("SELECT group_concat(block) FROM snapshot_parts"), "4,2,3,5");
  EXPECT_EQ(ask("SELECT count(*) FROM snapshot_blocks"), "4");
  EXPECT_EQ(journal->load_snapshot("v1")->latest->image, state);
}

TEST_F(SnapshotTest, a_journal_of_format_2_is_read_and_taken_over_without_its_snapshots) {
  {
    const auto journal = open();
    append(*journal, 5);
    ASSERT_TRUE(journal->save_snapshot("v1", image("state")));
    ASSERT_TRUE(journal->close());
  }
  sql("DROP VIEW audit_utc; DROP TABLE audit; DROP TABLE snapshot_blocks; DROP TABLE "
      "snapshot_parts;"
      "CREATE TABLE snapshot_parts(seq INTEGER NOT NULL, part INTEGER NOT NULL, chunk BLOB NOT "
      "NULL, PRIMARY KEY(seq, part)); INSERT INTO snapshot_parts VALUES(5, 0, 'state');"
      "PRAGMA user_version = 2");
  EXPECT_EQ(first_damage(), "");
  {
    auto reader = expected(JournalReader::open(path_));
    EXPECT_EQ(expected(reader.last_seq()), 5U);
    const auto found = reader.load_snapshot("v1");
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->latest);
    ASSERT_EQ(found->damaged.size(), 1U);
    EXPECT_NE(found->damaged.front().find("format 2"), std::string::npos);
  }
  const auto journal = open();
  EXPECT_EQ(journal->last_seq(), 5U);
  EXPECT_FALSE(journal->load_snapshot("v1")->latest);
  append(*journal, 1);
  ASSERT_TRUE(journal->save_snapshot("v1", image("now")));
  EXPECT_EQ(journal->load_snapshot("v1")->latest->image.bytes, "now");
  EXPECT_EQ(first_damage(), "");
  EXPECT_EQ(ask("PRAGMA user_version"), "3");
}

}  // namespace
}  // namespace ballast
