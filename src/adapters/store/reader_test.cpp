#include "adapters/store/reader.hpp"

#include <string>

#include <gtest/gtest.h>

#include "adapters/store/journal_test.hpp"

namespace ballast {
namespace {

class ReaderTest : public ::testing::Test, protected JournalFolder {};

TEST_F(ReaderTest, a_range_or_the_last_few_events_are_read_alone) {
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
  const auto report = verify_journal(path_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->events, 5000U);
  EXPECT_EQ(report->last_t.ns, 50'000);
}

TEST_F(ReaderTest, an_error_of_the_visitor_ends_the_replay_at_once) {
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

TEST_F(ReaderTest, equal_events_give_an_equal_chain) {
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

TEST_F(ReaderTest, reads_while_the_writer_goes_on) {
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
