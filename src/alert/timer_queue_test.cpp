#include "alert/timer_queue.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

TEST(TimerQueue, runs_the_soonest_first_and_equal_times_by_number) {
  TimerQueue queue(4);
  queue.set(3, Timestamp{10});
  queue.set(1, Timestamp{10});
  queue.set(2, Timestamp{5});
  queue.set(0, Timestamp{20});
  for (const std::size_t timer : {2U, 1U, 3U, 0U}) {
    ASSERT_EQ(queue.first(), timer);
    queue.cancel(timer);
  }
  EXPECT_TRUE(queue.empty());
}

TEST(TimerQueue, agrees_with_a_sorted_map_and_goes_on_alike_from_a_snapshot) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Rng rng(seed);
    constexpr std::size_t count = 20;
    TimerQueue queue(count);
    std::map<std::size_t, Timestamp> oracle;
    for (int step = 0; step < 1000; ++step) {
      const std::size_t timer = rng.below(count);
      if (rng.chance(0.6)) {
        queue.set(timer, Timestamp{rng.between(0, 30)});
        oracle[timer] = *queue.due(timer);
      } else {
        queue.cancel(timer);
        oracle.erase(timer);
      }
      if (rng.chance(0.05)) {
        std::string bytes;
        SaveArchive save(bytes);
        queue.archive(save);
        queue = TimerQueue(count);
        LoadArchive load(bytes);
        queue.archive(load);
        ASSERT_TRUE(load.done());
      }
      ASSERT_EQ(queue.empty(), oracle.empty());
      if (oracle.empty()) continue;
      const auto first = *std::min_element(oracle.begin(), oracle.end(), [](auto& a, auto& b) {
        return std::pair(a.second, a.first) < std::pair(b.second, b.first);
      });
      ASSERT_EQ(queue.first(), first.first) << "seed " << seed << " step " << step;
      ASSERT_EQ(queue.first_due(), first.second);
    }
  }
}

}  // namespace
}  // namespace ballast
