#include "engine/path_history.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr std::int64_t start = 1'700'000'000;

PathPoint at(std::int64_t seconds, double actual, bool known = true) {
  return {{(start + seconds) * 1'000'000'000}, known, actual, 0.0, -1.0, 1.0, -3.0, 3.0};
}
Timestamp moment(std::int64_t seconds) { return at(seconds, 0.0).t; }

TEST(PathHistory, gives_a_short_path_whole_from_any_moment_on) {
  PathHistory history(256);
  for (int i = 0; i < 20; ++i)
    history.add(at(10 * i, i));
  const auto whole = history.between(moment(0), moment(1000), 600);
  ASSERT_EQ(whole.size(), 20U);
  EXPECT_EQ(whole.back().actual, 19.0);
  const auto part = history.between(moment(35), moment(60), 600);
  ASSERT_EQ(part.size(), 3U);
  EXPECT_EQ(part[0].t, moment(35));  // what held then
  EXPECT_EQ(part[0].actual, 3.0);
  EXPECT_EQ(part[2].actual, 5.0);
  EXPECT_TRUE(history.between(moment(-50), moment(0), 600).empty());
  EXPECT_EQ(history.between(moment(5000), moment(6000), 600).size(), 1U);
}

/// Thirty days of a noisy inventory: memory stays bounded, the last hour is fine, and the extremes
/// of every span that is asked for are those that were.
TEST(PathHistory, forgets_detail_with_age_and_no_extreme) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    PathHistory history(2048);
    std::vector<PathPoint> all;
    std::int64_t t = 0;
    double level = 0.0;
    constexpr std::int64_t month = 30 * 86'400;
    while (t < month) {
      t += rng.between(1, 60);
      level += 0.1 * rng.normal();
      all.push_back(at(t, level + (rng.chance(0.001) ? 30.0 * rng.normal() : 0.0)));
      history.add(all.back());
    }
    EXPECT_LE(history.memory_bytes(), 2048 * 2 * sizeof(PathPoint));
    const auto largest = [](const std::vector<PathPoint>& points, Timestamp from) {
      double most = 0.0;
      for (const PathPoint& p : points)
        if (p.t >= from) most = std::max(most, std::abs(p.actual));
      return most;
    };
    for (const std::int64_t span : {std::int64_t{3000}, std::int64_t{80'000}, month - 100}) {
      const Timestamp from = moment(t - span);
      const auto shown = history.between(from, moment(t + 1), 600);
      EXPECT_LE(shown.size(), 600U);
      // A bucket that began before `from` may keep an extreme of before it instead.
      const Timestamp later = from + Duration::seconds(span / 10);
      EXPECT_GE(largest(shown, from), largest(all, later)) << span;
      EXPECT_LE(largest(shown, from), largest(all, from)) << span;
      EXPECT_TRUE(std::is_sorted(shown.begin(), shown.end(),
                                 [](const auto& a, const auto& b) { return a.t < b.t; }));
    }
    // The last hour is not a few points.
    EXPECT_GT(history.between(moment(t - 3000), moment(t + 1), 600).size(), 80U);
  }
}

TEST(PathHistory, keeps_excursions_with_their_worst_and_cause) {
  PathHistory history(64);
  const auto sample = [&](std::int64_t s, double z, std::string_view cause, bool known = true) {
    history.observe({moment(s), known, std::abs(z) > 1.0, z, cause});
  };
  sample(0, 0.5, "");
  sample(10, 1.5, "client");
  sample(20, 2.5, "client");
  sample(30, 0.0, "");
  sample(40, -1.5, "market");
  sample(40, 0.0, "");  // it lasted no time
  sample(50, -2.0, "quote");
  auto list = history.excursions(moment(0), moment(100));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].worst_z, 2.5);
  EXPECT_EQ(list[0].to, moment(30));
  EXPECT_FALSE(list[1].above);
  EXPECT_EQ(list[1].to, std::nullopt);
  EXPECT_EQ(history.excursions(moment(31), moment(49)).size(), 0U);
  sample(60, -2.0, "quote", false);  // nobody knows what it did then
  EXPECT_EQ(history.excursions(moment(0), moment(100))[1].to, moment(60));
}

TEST(PathHistory, goes_on_alike_after_saving_and_refuses_damage) {
  Rng rng(5);
  PathHistory one(128);
  PathHistory other(128);
  std::string bytes;
  for (int i = 0; i < 900; ++i) {
    const PathPoint p = at(7 * i, rng.normal(), !rng.chance(0.1));
    one.add(p);
    one.observe({p.t, p.known, std::abs(p.actual) > 1.0, p.actual, "client"});
    if (i != 500) continue;
    SaveArchive save(bytes);
    one.archive(save);
    LoadArchive load(bytes);
    other.archive(load);
    ASSERT_TRUE(load.done());
  }
  rng = Rng(5);
  for (int i = 0; i < 900; ++i) {
    const PathPoint p = at(7 * i, rng.normal(), !rng.chance(0.1));
    if (i <= 500) continue;
    other.add(p);
    other.observe({p.t, p.known, std::abs(p.actual) > 1.0, p.actual, "client"});
  }
  std::string first;
  std::string second;
  SaveArchive save_first(first);
  one.archive(save_first);
  SaveArchive save_second(second);
  other.archive(save_second);
  EXPECT_EQ(first, second);

  for (int round = 0; round < 300; ++round) {
    std::string damaged = bytes;
    if (rng.chance(0.3)) damaged.resize(rng.below(bytes.size()));
    for (std::uint64_t i = 0; i < 1 + rng.below(9) && !damaged.empty(); ++i)
      damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(256));
    PathHistory loaded(128);
    LoadArchive load(damaged);
    loaded.archive(load);
    EXPECT_FALSE(load.done() && damaged.size() < bytes.size());
    if (!load.done()) continue;
    loaded.add({{INT64_MAX}, true, 1.0, 0, 0, 0, 0, 0});  // whatever was taken can go on
  }
}

}  // namespace
}  // namespace ballast
