#include <gtest/gtest.h>

#include "apps/ballast/system_clock.hpp"

namespace ballast {
namespace {

std::int64_t wall = 0;
std::int64_t monotonic = 0;
constexpr std::int64_t second = 1'000'000'000;

void pass(std::int64_t seconds) {
  wall += seconds * second;
  monotonic += seconds * second;
}
ClockSource set_clocks() {
  wall = 1'000 * second;
  monotonic = 5 * second;
  return {[] { return wall; }, [] { return monotonic; }};
}

TEST(SystemClock, follows_the_wall_and_tells_of_a_step_forward_for_a_while) {
  const SystemClock clock(set_clocks());
  pass(10);
  EXPECT_EQ(clock.now().ns, 1'010 * second);
  wall += second / 10;  // as synchronisation moves it
  EXPECT_EQ(clock.now().ns, 1'010 * second + second / 10);
  EXPECT_FALSE(clock.problem());
  wall += 60 * second;
  EXPECT_EQ(clock.now().ns, 1'070 * second + second / 10);
  ASSERT_TRUE(clock.problem());
  EXPECT_NE(clock.problem()->find("set forward by 60.0 s"), std::string::npos) << *clock.problem();
  pass(601);
  EXPECT_FALSE(clock.problem());
}

TEST(SystemClock, stands_when_the_wall_is_set_back_until_it_has_caught_up) {
  const SystemClock clock(set_clocks());
  wall -= 30 * second;
  EXPECT_EQ(clock.now().ns, 1'000 * second);
  pass(10);
  EXPECT_EQ(clock.now().ns, 1'000 * second);
  ASSERT_TRUE(clock.problem());
  EXPECT_NE(clock.problem()->find("until it has caught up, in 20.0 s"), std::string::npos)
      << *clock.problem();
  pass(25);
  EXPECT_EQ(clock.now().ns, 1'005 * second);
  EXPECT_NE(clock.problem()->find("set back by 30.0 s"), std::string::npos) << *clock.problem();
}

TEST(ScaledClock, runs_from_its_beginning_so_many_times_as_fast) {
  const ScaledClock clock(Timestamp{77}, 60.0, set_clocks());
  EXPECT_EQ(clock.now().ns, 77);
  pass(2);
  wall -= 100 * second;  // is nothing to it
  EXPECT_EQ(clock.now().ns, 120 * second + 77);
  EXPECT_EQ(clock.speed(), 60.0);
}

}  // namespace
}  // namespace ballast
