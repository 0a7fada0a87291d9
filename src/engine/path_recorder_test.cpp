#include "engine/path_recorder.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

PathPoint at(std::int64_t seconds, double actual, bool known = true) {
  return {{seconds * 1'000'000'000}, known, actual, 0.0, -1.0, 1.0, -3.0, 3.0};
}

std::vector<double> actuals(const PathRecorder& recorder) {
  std::vector<double> values;
  for (const PathPoint& point : recorder.path())
    values.push_back(point.actual);
  return values;
}

/// A day of a noisy inventory with rare spikes and spells of ignorance.
std::vector<PathPoint> random_day(std::uint64_t seed, int count) {
  Rng rng(seed);
  std::vector<PathPoint> points;
  std::int64_t t = 1'700'000'000;
  double level = 0.0;
  bool known = true;
  for (int i = 0; i < count; ++i) {
    t += rng.between(0, 9);
    level += 0.1 * rng.normal();
    if (rng.chance(0.001)) known = !known;
    points.push_back(at(t, level + (rng.chance(0.002) ? 40.0 * rng.normal() : 0.0), known));
  }
  return points;
}

/// The state that holds from its time on: of several at one time only the last.
std::vector<PathPoint> held(const std::vector<PathPoint>& points) {
  std::vector<PathPoint> result;
  for (const PathPoint& point : points) {
    if (!result.empty() && result.back().t == point.t) result.pop_back();
    result.push_back(point);
  }
  return result;
}

double largest_between(const std::vector<PathPoint>& points, Timestamp from, Timestamp to) {
  double largest = -1e9;
  for (const PathPoint& point : points) {
    if (point.known && point.t >= from && point.t < to) largest = std::max(largest, point.actual);
  }
  return largest;
}

TEST(PathRecorder, keeps_a_short_path_whole) {
  PathRecorder recorder(16);
  for (int i = 0; i < 16; ++i)
    recorder.add(at(i, i % 5));
  ASSERT_EQ(recorder.path().size(), 16U);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(recorder.path()[static_cast<std::size_t>(i)].t.ns, i * 1'000'000'000LL);
    EXPECT_EQ(recorder.path()[static_cast<std::size_t>(i)].actual, i % 5);
  }
}

TEST(PathRecorder, keeps_no_point_that_changes_nothing) {
  PathRecorder recorder(16);
  for (int i = 0; i < 1000; ++i)
    recorder.add(at(i, 2.0));
  EXPECT_EQ(actuals(recorder), (std::vector<double>{2.0}));
}

TEST(PathRecorder, a_state_that_held_for_no_time_is_replaced) {
  PathRecorder recorder(16);
  recorder.add(at(0, 1.0));
  recorder.add(at(5, 9.0));
  recorder.add(at(5, 2.0));
  EXPECT_EQ(actuals(recorder), (std::vector<double>{1.0, 2.0}));
}

TEST(PathRecorder, memory_is_bounded_and_order_kept_however_long_the_path) {
  for (const std::size_t capacity : {std::size_t{16}, std::size_t{17}, std::size_t{100}}) {
    PathRecorder recorder(capacity);
    for (const PathPoint& point : random_day(7, 20'000)) {
      recorder.add(point);
      ASSERT_LE(recorder.path().size(), capacity);
    }
    const auto& path = recorder.path();
    EXPECT_GE(path.size(), capacity / 4);
    EXPECT_TRUE(std::is_sorted(path.begin(), path.end(),
                               [](const auto& a, const auto& b) { return a.t < b.t; }));
  }
}

TEST(PathRecorder, no_spike_is_lost_and_none_is_moved_by_more_than_a_pixel) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const auto points = held(random_day(seed, 30'000));
    PathRecorder recorder;
    for (const PathPoint& point : points)
      recorder.add(point);
    const auto& path = recorder.path();
    const Timestamp from = points.front().t;
    const Timestamp to = points.back().t + Duration::seconds(1);
    EXPECT_EQ(largest_between(path, from, to), largest_between(points, from, to));
    EXPECT_EQ(path.front().t, points.front().t);
    EXPECT_EQ(path.back().t, points.back().t);

    const Duration slice{(to - from).ns / 50};
    const Duration pixel{(to - from).ns / 100};
    for (int i = 0; i < 50; ++i) {
      const Timestamp start = from + slice * i;
      EXPECT_GE(largest_between(path, start - pixel, start + slice + pixel),
                largest_between(points, start, start + slice));
    }
  }
}

TEST(PathRecorder, a_moment_of_ignorance_survives_widening) {
  PathRecorder recorder(16);
  for (int i = 0; i < 4000; ++i)
    recorder.add(at(i, i % 7, i != 1234));
  const auto& path = recorder.path();
  const auto lost = std::find_if(path.begin(), path.end(), [](const auto& p) { return !p.known; });
  ASSERT_NE(lost, path.end());
  EXPECT_EQ(lost->t.ns, 1234 * 1'000'000'000LL);
  EXPECT_EQ((lost + 1)->t.ns, 1235 * 1'000'000'000LL);
}

ExcursionSample sample(std::int64_t seconds, double z, std::string_view cause = "quote") {
  return {{seconds * 1'000'000'000}, true, z > 1.0 || z < -1.0, z, cause};
}

TEST(PathRecorder, lists_excursions_with_side_worst_and_cause_at_the_end) {
  PathRecorder recorder;
  recorder.observe(sample(0, 0.5));
  recorder.observe(sample(10, 1.5, "quote"));
  recorder.observe(sample(20, 3.0, "market"));
  recorder.observe(sample(25, 1.2, "market"));
  recorder.observe(sample(30, 0.9));
  recorder.observe(sample(50, -2.0, "hedge"));
  const auto list = recorder.excursions();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].from.ns, 10'000'000'000);
  EXPECT_EQ(list[0].to->ns, 30'000'000'000);
  EXPECT_TRUE(list[0].above);
  EXPECT_EQ(list[0].worst_z, 3.0);
  EXPECT_EQ(list[0].cause, "market");
  EXPECT_EQ(list[1].from.ns, 50'000'000'000);
  EXPECT_FALSE(list[1].to.has_value());
  EXPECT_FALSE(list[1].above);
  EXPECT_EQ(list[1].worst_z, -2.0);
}

TEST(PathRecorder, an_excursion_ends_where_knowledge_does) {
  PathRecorder recorder;
  recorder.observe(sample(0, 2.0));
  recorder.observe({{5'000'000'000}, false, true, 9.0, "market"});
  recorder.observe(sample(8, 2.0));
  recorder.observe(sample(9, 0.0));
  const auto list = recorder.excursions();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].to->ns, 5'000'000'000);
  EXPECT_EQ(list[0].worst_z, 2.0);
  EXPECT_EQ(list[1].from.ns, 8'000'000'000);
}

TEST(PathRecorder, of_too_many_excursions_the_longest_stay_in_order) {
  PathRecorder recorder(16, 3);
  std::int64_t t = 0;
  for (const std::int64_t length : {5, 1, 9, 2, 7, 1, 1, 8, 1, 3}) {
    recorder.observe(sample(t, 2.0));
    recorder.observe(sample(t + length, 0.0));
    t += 100;
  }
  const auto list = recorder.excursions();
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].from.ns, 200 * 1'000'000'000LL);
  EXPECT_EQ(list[1].from.ns, 400 * 1'000'000'000LL);
  EXPECT_EQ(list[2].from.ns, 700 * 1'000'000'000LL);
}

TEST(PathRecorderDeathTest, time_does_not_run_backwards) {
  PathRecorder recorder;
  recorder.add(at(2, 1.0));
  EXPECT_DEATH(recorder.add(at(1, 1.0)), "point.t");
}

TEST(PathRecorder, hedges_stay_few_and_keep_their_first_and_their_spread) {
  PathRecorder recorder(16);
  const Timestamp start{1'000'000'000};
  for (int i = 0; i < 10'000; ++i)
    recorder.hedged(start + Duration::seconds(i));
  const auto& hedges = recorder.hedges();
  ASSERT_LE(hedges.size(), 16U);
  ASSERT_GE(hedges.size(), 8U);
  EXPECT_EQ(hedges.front(), start);
  for (std::size_t i = 1; i < hedges.size(); ++i)
    EXPECT_LT(hedges[i] - hedges[i - 1], Duration::seconds(10'000 / 4));
}

}  // namespace
}  // namespace ballast
