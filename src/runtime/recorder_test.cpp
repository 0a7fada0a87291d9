#include "runtime/recorder.hpp"

#include <gtest/gtest.h>

#include "engine/engine_test_desk.hpp"

namespace ballast {
namespace {

using test::at;

class RecorderTest : public ::testing::Test {
 protected:
  /// Buys at noon, ten seconds and twenty seconds later, recorded from `from` on.
  std::vector<PathPoint> path(std::optional<Timestamp> from) {
    Desk desk = test::plain_desk();
    desk.factors.push_back(test::delta(desk, "BTC", "2", "6"));
    test::Trader trader{&desk};
    Engine engine(desk);
    Recorder recorder(engine, from);
    for (const char* time : {"12:00:00", "12:00:10", "12:00:20"}) {
      const Event event = trader.fill(at(time), "BTC-USDT", Side::buy, "1", "40000");
      recorder.reach(event.t);
      engine.step(event);
      recorder.follow(event);
    }
    Report report = engine.report();
    recorder.complete(report);
    return report.factors[0].path;
  }
};

TEST_F(RecorderTest, begins_a_span_with_what_held_then) {
  const auto points = path(at("12:00:05"));
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].t, at("12:00:05"));
  EXPECT_EQ(points[0].actual, 1.0);
  EXPECT_EQ(points[1].t, at("12:00:10"));
  EXPECT_EQ(points[1].actual, 2.0);
  EXPECT_EQ(points[2].actual, 3.0);
}

TEST_F(RecorderTest, begins_with_the_event_where_a_span_begins_at_one) {
  const auto points = path(at("12:00:10"));
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].t, at("12:00:10"));
  EXPECT_EQ(points[0].actual, 2.0);
}

TEST_F(RecorderTest, begins_with_the_first_event_of_all) {
  for (const auto& from : {std::optional<Timestamp>{}, std::optional(at("11:00:00"))}) {
    const auto points = path(from);
    ASSERT_EQ(points.size(), 3U);
    EXPECT_EQ(points[0].t, at("12:00:00"));
    EXPECT_EQ(points[0].actual, 1.0);
  }
}

}  // namespace
}  // namespace ballast
