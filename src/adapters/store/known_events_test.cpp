#include "adapters/store/known_events.hpp"

#include <string>

#include <gtest/gtest.h>

#include "adapters/store/journal_test.hpp"

namespace ballast {
namespace {

class KnownEventsTest : public ::testing::Test, protected JournalFolder {
 protected:
  KnownEvents known(std::uint64_t last_seq) { return expected(KnownEvents::open(path_, last_seq)); }
  /// As append() of the fixture writes them.
  static Result<std::uint64_t> take(KnownEvents& known, std::uint64_t seq) {
    return known.take({static_cast<std::int64_t>(seq * 10)}, body(seq));
  }
};

TEST_F(KnownEventsTest, an_interrupted_input_is_known_up_to_where_it_was_stored) {
  write(20);
  KnownEvents events = known(20);
  for (std::uint64_t seq = 1; seq <= 20; ++seq)
    EXPECT_EQ(expected(take(events, seq)), seq);
  EXPECT_EQ(expected(take(events, 21)), 0U);
  EXPECT_EQ(expected(take(events, 1)), 0U) << "what comes again later is the engine's to judge";
}

TEST_F(KnownEventsTest, a_second_input_is_known_from_where_it_was_added) {
  write(20);
  KnownEvents events = known(20);
  for (std::uint64_t seq = 13; seq <= 20; ++seq)
    EXPECT_EQ(expected(take(events, seq)), seq);
  EXPECT_EQ(expected(take(events, 21)), 0U);
}

TEST_F(KnownEventsTest, another_input_is_new) {
  write(20);
  KnownEvents events = known(20);
  EXPECT_EQ(expected(take(events, 21)), 0U);
  EXPECT_EQ(expected(take(events, 1)), 0U);
  KnownEvents other_time = known(20);
  EXPECT_EQ(expected(other_time.take({11}, body(1))), 0U);
}

TEST_F(KnownEventsTest, an_input_that_begins_alike_and_then_differs_is_refused) {
  write(20);
  KnownEvents events = known(20);
  EXPECT_EQ(expected(take(events, 5)), 5U);
  const auto differs = take(events, 7);
  ASSERT_FALSE(differs);
  EXPECT_EQ(differs.error().code, Errc::conflict);
  EXPECT_NE(differs.error().what.find("begins with event 5"), std::string::npos);
  EXPECT_NE(differs.error().what.find("differs from it at event 6"), std::string::npos);
}

}  // namespace
}  // namespace ballast
