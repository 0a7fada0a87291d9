#include "model/learning.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(LearningConfig, is_sound_by_default_and_names_the_field_that_is_not) {
  EXPECT_TRUE(check(LearningConfig{}));
  const auto error = [](auto&& spoil) {
    LearningConfig config;
    spoil(config);
    const auto checked = check(config);
    return checked ? std::string("taken") : checked.error().what;
  };
  EXPECT_EQ(error([](auto& c) { c.grid = {}; }), "grid is 0s: it must be above 0");
  EXPECT_EQ(error([](auto& c) { c.funding_half_life = Duration::hours(-1); }),
            "funding_half_life is -1h: it must be above 0");
  EXPECT_EQ(error([](auto& c) { c.grid = Duration::minutes(6); }),
            "grid is 6m: it must not be above max_age, 5m");
  EXPECT_EQ(error([](auto& c) { c.shrinkage = 1.5; }), "shrinkage is 1.5: it must be in [0, 1]");
  EXPECT_EQ(error([](auto& c) { c.depth_distance = 0.0; }),
            "depth_distance is 0: it must be in (0, 1)");
}

TEST(Learned, says_why_it_says_nothing) {
  Learned learned;
  EXPECT_EQ(lack_text(learned), "never");
  learned.estimate.observations = 12;
  learned.needed = 30;
  learned.age = Duration::minutes(6);
  learned.allowed = Duration::minutes(5);
  learned.lack = Lack::too_few;
  EXPECT_EQ(lack_text(learned), "too few: 12 of 30");
  EXPECT_FALSE(learned.given());
  learned.lack = Lack::too_old;
  EXPECT_EQ(lack_text(learned), "too old: 6m, at most 5m");
  learned.lack = Lack::undetermined;
  EXPECT_EQ(lack_text(learned), "undetermined");
  learned.lack = Lack::none;
  EXPECT_EQ(lack_text(learned), "");
  EXPECT_EQ(learned.given()->observations, 12U);
}

TEST(EstimateKind, has_a_name_of_its_own_for_each) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < estimate_infos.size(); ++i)
    names.insert(to_string(estimate_kind(i)));
  EXPECT_EQ(names.size(), estimate_infos.size());
  EXPECT_EQ(to_string(EstimateKind::funding_half_life_days), "funding_half_life_days");
  EXPECT_EQ(static_cast<std::size_t>(EstimateKind::funding_half_life_days) + 1,
            estimate_infos.size());
}

}  // namespace
}  // namespace ballast
