#include "adherence/reading.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

Decimal tenths(int n) { return Decimal::from_raw(decimal_one / 10 * n); }

/// Levels in tenths of a unit.
FactorState state(int actual, int target, int lower, int upper, int limit_lower, int limit_upper) {
  return {true,          tenths(actual),      tenths(target),      tenths(lower),
          tenths(upper), tenths(limit_lower), tenths(limit_upper), {}};
}

TEST(Reading, scales_each_side_of_an_asymmetric_band_by_its_own_width) {
  const Reading above = read(state(35, 10, 0, 20, -30, 60));
  EXPECT_EQ(above.region, Region::above);
  EXPECT_EQ(above.z, 2.5);
  EXPECT_EQ(above.alpha, 25.0 / 40.0);
  EXPECT_EQ(above.skew, 35.0 / 60.0);
  EXPECT_EQ(above.deviation, tenths(25));
  EXPECT_EQ(above.distance, tenths(15));
  const Reading below = read(state(-5, 10, 5, 60, -15, 60));
  EXPECT_EQ(below.region, Region::below);
  EXPECT_EQ(below.z, -3.0);
  EXPECT_EQ(below.alpha, 0.5);
  EXPECT_EQ(below.skew, -5.0 / 15.0);
  EXPECT_EQ(below.distance, tenths(-10));
}

TEST(Reading, is_in_band_up_to_and_including_its_edge_even_where_the_edge_is_the_limit) {
  for (const int actual : {-20, 20}) {
    const Reading edge = read(state(actual, 0, -20, 20, -20, 20));
    EXPECT_EQ(edge.region, Region::in_band);
    EXPECT_EQ(edge.alpha, 1.0);
    EXPECT_FALSE(edge.past_limit);
    EXPECT_EQ(edge.z, actual / 20.0);
  }
  // The smallest step out is past the limit at once.
  FactorState out = state(20, 0, -20, 20, -20, 20);
  out.actual += Decimal::from_raw(1);
  EXPECT_EQ(read(out).region, Region::above);
  EXPECT_EQ(read(out).alpha, 0.0);
  EXPECT_TRUE(read(out).past_limit);
}

TEST(Reading, counts_being_at_the_limit_as_past_it) {
  EXPECT_TRUE(read(state(60, 0, -20, 20, -60, 60)).past_limit);
  EXPECT_EQ(read(state(60, 0, -20, 20, -60, 60)).alpha, 0.0);
  EXPECT_FALSE(read(state(59, 0, -20, 20, -60, 60)).past_limit);
  EXPECT_TRUE(read(state(-60, 0, -20, 20, -60, 60)).past_limit);
  EXPECT_EQ(read(state(-600, 0, -20, 20, -60, 60)).alpha, 0.0) << "never negative";
}

TEST(Reading, clamps_what_a_side_without_width_cannot_scale) {
  EXPECT_EQ(read(state(1, 0, -20, 0, -60, 60)).z, unbounded_ratio);
  EXPECT_EQ(read(state(-1, 0, 0, 20, -60, 60)).z, -unbounded_ratio);
  EXPECT_EQ(read(state(0, 0, 0, 0, 0, 0)).z, 0.0);
  EXPECT_EQ(read(state(0, 0, 0, 0, 0, 0)).skew, 0.0);
  EXPECT_EQ(read(state(1, 0, 0, 0, 0, 0)).skew, unbounded_ratio);
  EXPECT_EQ(read(state(-1, 0, 0, 0, 0, 0)).skew, -unbounded_ratio);
}

TEST(Reading, says_nothing_but_the_deviation_of_an_unknown_state) {
  FactorState unknown = state(90, 0, -20, 20, -60, 60);
  unknown.known = false;
  const Reading reading = read(unknown);
  EXPECT_FALSE(reading.known());
  EXPECT_FALSE(reading.out_of_band());
  EXPECT_FALSE(reading.past_limit);
  EXPECT_EQ(reading.z, 0.0);
  EXPECT_EQ(reading.alpha, 0.0);
  EXPECT_EQ(reading.distance, Decimal{});
  EXPECT_EQ(reading.deviation, tenths(90));
}

TEST(Reading, has_z_within_one_exactly_when_in_band_and_alpha_in_its_range) {
  Rng rng(3);
  for (int i = 0; i < 20'000; ++i) {
    const int target = static_cast<int>(rng.between(-30, 30));
    const int lower = target - static_cast<int>(rng.below(20));
    const int upper = target + static_cast<int>(rng.below(20));
    const int limit_lower = lower - static_cast<int>(rng.below(20));
    const int limit_upper = upper + static_cast<int>(rng.below(20));
    const int actual = static_cast<int>(rng.between(-90, 90));
    const Reading r = read(state(actual, target, lower, upper, limit_lower, limit_upper));
    EXPECT_EQ(r.region == Region::in_band, r.z >= -1.0 && r.z <= 1.0);
    EXPECT_EQ(r.region == Region::in_band, r.alpha == 1.0);
    EXPECT_EQ(r.past_limit, r.alpha == 0.0);
    EXPECT_TRUE(r.alpha >= 0.0 && r.alpha <= 1.0);
    EXPECT_EQ(r.out_of_band(), !r.distance.zero());
  }
}

TEST(Reading, holds_differences_at_the_ends_of_the_range) {
  FactorState far;
  far.known = true;
  far.actual = Decimal::from_raw(int128_max);
  far.target = far.lower = far.limit_lower = Decimal::from_raw(-int128_max);
  far.upper = far.limit_upper = Decimal::from_raw(-int128_max);
  EXPECT_EQ(read(far).deviation.raw, int128_max);
  EXPECT_EQ(read(far).z, unbounded_ratio);
  EXPECT_EQ(saturating_difference(Decimal::from_raw(-int128_max), Decimal::from_raw(1)).raw,
            -int128_max);
}

}  // namespace
}  // namespace ballast
