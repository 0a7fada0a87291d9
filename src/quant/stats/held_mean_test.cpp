#include "quant/stats/held_mean.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

TEST(HeldMeans, weigh_a_level_by_how_long_it_stood_and_how_long_ago) {
  HeldMeans<2> learnt(10.0);
  EXPECT_FALSE(learnt.mean(0));
  learnt.pass(5.0);  // nothing was known yet
  EXPECT_FALSE(learnt.mean(0));
  learnt.hold({4.0, -1.0});
  EXPECT_FALSE(learnt.mean(0)) << "it has not stood for any time";
  learnt.pass(10.0);
  EXPECT_DOUBLE_EQ(learnt.mean(0).value(), 4.0);
  learnt.hold({1.0, -1.0});
  learnt.pass(10.0);
  // The first stood from 2 to 1 half-lives ago: a weight of 1/4 against 1/2.
  EXPECT_DOUBLE_EQ(learnt.mean(0).value(), (4.0 * 0.25 + 1.0 * 0.5) / 0.75);
  EXPECT_DOUBLE_EQ(learnt.mean(1).value(), -1.0);
  EXPECT_NEAR(learnt.observations(), 0.75 * 0.75 / (0.25 * 0.25 + 0.5 * 0.5), 1e-12);
  learnt.release();
  learnt.pass(30.0);
  EXPECT_DOUBLE_EQ(learnt.mean(0).value(), (4.0 * 0.25 + 1.0 * 0.5) / 0.75);
  EXPECT_FALSE(learnt.level(0));
}

TEST(HeldMeans, equal_the_slow_recomputation_and_do_not_depend_on_how_time_is_cut) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    HeldMeans<1> whole(2.0), cut(2.0);
    std::vector<std::pair<double, double>> stood;  // level, for how long
    for (int i = 0; i < 200; ++i) {
      stood.emplace_back(rng.uniform(), 0.1 * rng.uniform());
      whole.hold({stood.back().first});
      cut.hold({stood.back().first});
      whole.pass(stood.back().second);
      for (int piece = 0; piece < 4; ++piece) {
        cut.hold({stood.back().first});
        cut.pass(stood.back().second / 4);
      }
    }
    double age = 0.0, sum = 0.0, weight = 0.0;
    for (std::size_t i = stood.size(); i-- > 0;) {
      const double w = std::exp2(-age / 2.0) - std::exp2(-(age + stood[i].second) / 2.0);
      age += stood[i].second;
      sum += w * stood[i].first;
      weight += w;
    }
    EXPECT_NEAR(whole.mean(0).value(), sum / weight, 1e-12);
    EXPECT_NEAR(cut.mean(0).value(), sum / weight, 1e-12);
  }
}

TEST(HeldMeans, go_on_from_a_snapshot) {
  HeldMeans<2> one(1.0), other(1.0);
  one.hold({1.0, 2.0});
  one.pass(0.5);
  one.hold({3.0, 5.0});
  std::string bytes;
  SaveArchive save(bytes);
  one.archive(save);
  LoadArchive load(bytes);
  other.archive(load);
  EXPECT_TRUE(load.done());
  one.pass(0.7);
  other.pass(0.7);
  EXPECT_EQ(one.mean(1).value(), other.mean(1).value());
  EXPECT_EQ(one.observations(), other.observations());
}

}  // namespace
}  // namespace ballast
