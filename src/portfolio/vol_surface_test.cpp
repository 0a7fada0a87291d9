#include "portfolio/vol_surface.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "portfolio/option_books_test.hpp"

namespace ballast {
namespace {

using test::day;
using test::flat_surface;
using test::smiling_surface;
using test::strike_surface;
using test::svi_surface;

constexpr auto sticky_strike = SmileDynamics::sticky_strike;
constexpr auto sticky_delta = SmileDynamics::sticky_delta;

double vol(const VolSurface& surface,
           std::int64_t now,
           std::int64_t expiry,
           double strike,
           double forward,
           SmileDynamics dynamics = sticky_strike) {
  const auto found = surface.vol(day(now), day(expiry), strike, forward, dynamics);
  EXPECT_TRUE(found) << found.error().what;
  return found.value_or(-1.0);
}

TEST(VolSurface, gives_back_the_volatilities_it_was_given_at_their_strikes) {
  const VolSurface surface = smiling_surface();
  EXPECT_NEAR(vol(surface, 0, 7, 50'000, 60'000), 0.8, 1e-14);
  EXPECT_NEAR(vol(surface, 0, 7, 60'000, 60'000), 0.6, 1e-14);
  EXPECT_NEAR(vol(surface, 0, 7, 75'000, 60'000), 0.7, 1e-14);
  EXPECT_EQ(vol(surface, 0, 190, 10'000, 62'000), 0.55);
}

TEST(VolSurface, is_linear_in_total_variance_between_strikes_and_level_beyond_them) {
  const VolSurface surface = smiling_surface();
  const double share = std::log(67'000.0 / 60'000.0) / std::log(75'000.0 / 60'000.0);
  EXPECT_NEAR(vol(surface, 0, 7, 67'000, 60'000), std::sqrt(0.36 + share * (0.49 - 0.36)), 1e-13);
  EXPECT_EQ(vol(surface, 0, 7, 10'000, 60'000), vol(surface, 0, 7, 49'000, 60'000));
  EXPECT_NEAR(vol(surface, 0, 7, 10'000, 60'000), 0.8, 1e-14);
  EXPECT_NEAR(vol(surface, 0, 7, 500'000, 60'000), 0.7, 1e-14);
}

TEST(VolSurface, reads_svi_as_the_total_variance_of_the_time_left_when_it_was_said) {
  const VolSurface surface = smiling_surface();
  const double k = std::log(70'000.0 / 60'500.0);
  const double w = 0.02 + 0.08 * (-0.3 * (k - 0.02) + std::hypot(k - 0.02, 0.2));
  const double expected = std::sqrt(w / (40.0 / 365.0));
  EXPECT_NEAR(vol(surface, 0, 40, 70'000, 60'500), expected, 1e-13);
  // Later the volatility is the same: the variance that is left has shrunk with the time.
  EXPECT_NEAR(vol(surface, 20, 40, 70'000, 60'500), expected, 1e-13);
}

TEST(VolSurface, is_linear_in_total_variance_between_expiries_at_one_moneyness) {
  const VolSurface surface = smiling_surface();
  const double strike = 66'000.0;
  for (const std::int64_t now : {0, 5}) {
    for (const std::int64_t expiry : {8, 21, 39}) {
      const auto t = [&](std::int64_t at) { return static_cast<double>(at - now) / 365.0; };
      const double share = (t(expiry) - t(7)) / (t(40) - t(7));
      const double anchor = 60'000.0 * std::pow(60'500.0 / 60'000.0, share);
      const double near = vol(surface, now, 7, strike / anchor * 60'000.0, 60'000);
      const double far = vol(surface, now, 40, strike / anchor * 60'500.0, 60'500);
      const double w = near * near * t(7) + share * (far * far * t(40) - near * near * t(7));
      EXPECT_NEAR(vol(surface, now, expiry, strike, 60'100), std::sqrt(w / t(expiry)), 1e-12)
          << "on day " << now << " for day " << expiry;
    }
  }
}

TEST(VolSurface, holds_the_outer_volatilities_before_the_first_and_behind_the_last_expiry) {
  const VolSurface surface = smiling_surface();
  EXPECT_EQ(vol(surface, 0, 2, 61'000, 60'000), vol(surface, 0, 7, 61'000, 60'000));
  EXPECT_EQ(vol(surface, 0, 900, 61'000, 60'000), 0.55);
  // The first expiry has passed: the next is the first.
  EXPECT_EQ(vol(surface, 8, 20, 61'000, 60'000), vol(surface, 8, 40, 61'000, 60'000));
}

TEST(VolSurface, sticks_to_strikes_or_to_moneyness_as_its_dynamics_say) {
  const VolSurface surface = smiling_surface();
  for (const std::int64_t expiry : {7, 21, 40}) {
    const double before = vol(surface, 0, expiry, 66'000, 60'000, sticky_strike);
    EXPECT_EQ(vol(surface, 0, expiry, 66'000, 72'000, sticky_strike), before);
    const double moneyness = vol(surface, 0, expiry, 66'000, 60'000, sticky_delta);
    EXPECT_NEAR(vol(surface, 0, expiry, 66'000 * 1.2, 72'000, sticky_delta), moneyness, 1e-13);
    EXPECT_GT(std::fabs(vol(surface, 0, expiry, 66'000, 72'000, sticky_delta) - moneyness), 1e-3);
  }
  // At the anchor both say the same.
  EXPECT_NEAR(vol(surface, 0, 40, 66'000, 60'500, sticky_delta),
              vol(surface, 0, 40, 66'000, 60'500, sticky_strike), 1e-14);
}

TEST(VolSurface, is_unknown_without_a_surface_and_where_a_smile_waits_for_its_forward) {
  VolSurface surface;
  const auto code = [&](std::int64_t now, std::int64_t expiry) {
    const auto found = surface.vol(day(now), day(expiry), 1.0, 1.0, sticky_strike);
    EXPECT_FALSE(found);
    return found ? Errc::io : found.error().code;
  };
  EXPECT_EQ(code(0, 7), Errc::stale_data);
  EXPECT_EQ(code(7, 7), Errc::bad_input);
  ASSERT_TRUE(surface.apply(day(0), svi_surface(day(40), {0.02, 0.08, -0.3, 0.02, 0.2}), {}));
  EXPECT_EQ(code(0, 7), Errc::stale_data);
  surface.anchor(day(40), 60'500.0);
  EXPECT_NEAR(vol(surface, 0, 40, 70'000, 60'500), vol(smiling_surface(), 0, 40, 70'000, 60'500),
              1e-15);
  surface.anchor(day(40), 10.0);  // it has one
  EXPECT_NEAR(vol(surface, 0, 40, 70'000, 60'500), vol(smiling_surface(), 0, 40, 70'000, 60'500),
              1e-15);
  EXPECT_EQ(code(40, 41), Errc::stale_data);  // the only expiry has passed
}

TEST(VolSurface, needs_no_forward_for_a_flat_expiry) {
  VolSurface surface;
  ASSERT_TRUE(surface.apply(day(0), flat_surface(day(7), 0.5), {}));
  EXPECT_EQ(vol(surface, 0, 3, 1.0, 2.0, sticky_delta), 0.5);
}

TEST(VolSurface, tells_the_age_of_the_older_slice_that_an_expiry_rests_on) {
  VolSurface surface = smiling_surface();
  ASSERT_TRUE(surface.apply(day(3), flat_surface(day(40), 0.5), 60'000.0));
  EXPECT_EQ(*surface.age(day(5), day(7)), Duration::days(5));
  EXPECT_EQ(*surface.age(day(5), day(21)), Duration::days(5));
  EXPECT_EQ(*surface.age(day(5), day(40)), Duration::days(2));
}

TEST(VolSurface, ignores_what_is_older_than_what_it_knows_and_drops_what_has_passed) {
  VolSurface surface = smiling_surface();
  ASSERT_TRUE(*surface.apply(day(3), flat_surface(day(40), 0.5), {}));
  const auto late = surface.apply(day(2), flat_surface(day(40), 0.9), {});
  ASSERT_TRUE(late);
  EXPECT_FALSE(*late);
  EXPECT_EQ(vol(surface, 3, 40, 60'000, 60'000), 0.5);
  ASSERT_EQ(surface.slices().size(), 3U);
  ASSERT_TRUE(*surface.apply(day(41), flat_surface(day(50), 0.5), {}));
  EXPECT_EQ(surface.slices().size(), 2U);
}

TEST(VolSurface, refuses_what_is_no_surface_and_keeps_what_it_knew) {
  VolSurface surface = smiling_surface();
  const auto refused = [&](const Surface& said, std::string_view words,
                           std::optional<double> forward = 60'000.0) {
    const auto applied = surface.apply(day(1), said, forward);
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code, Errc::bad_input);
    EXPECT_NE(applied.error().what.find(words), std::string::npos) << applied.error().what;
  };
  refused(flat_surface(day(1), 0.5), "has passed");
  refused(flat_surface(day(7), 0.0), "vol is 0");
  refused(flat_surface(day(7), std::nan("")), "vol is nan");
  refused(flat_surface(day(7), 0.5), "forward is -1", -1.0);
  refused(strike_surface(day(7), {2, 1}, {0.5, 0.5}), "strikes[1]");
  refused(strike_surface(day(7), {1, 2}, {0.5, -0.5}), "vols[1]");
  refused(strike_surface(day(7), {1, 2}, {0.5}), "1 vols for 2 strikes");
  refused(svi_surface(day(7), {0.02, -0.08, -0.3, 0.02, 0.2}), "b");
  refused(svi_surface(day(7), {-1.0, 0.08, -0.3, 0.02, 0.2}), "");
  Surface both = flat_surface(day(7), 0.5);
  both.strikes = {1.0};
  both.vols = {0.5};
  refused(both, "one of");
  EXPECT_NEAR(vol(surface, 1, 7, 60'000, 60'000), 0.6, 1e-14);
}

TEST(VolSurface, is_the_same_from_its_image_and_refuses_a_damaged_one) {
  VolSurface surface = smiling_surface();
  std::string image;
  SaveArchive out(image);
  surface.archive(out);
  VolSurface again;
  LoadArchive in(image);
  again.archive(in);
  ASSERT_TRUE(in.done());
  for (const std::int64_t expiry : {3, 7, 21, 40, 100, 400})
    EXPECT_EQ(vol(again, 1, expiry, 66'000, 61'000), vol(surface, 1, expiry, 66'000, 61'000));
  EXPECT_EQ(*again.age(day(1), day(21)), Duration::days(1));
  // What is said next has the same revision on both, and none that was there before.
  for (VolSurface* one : {&surface, &again})
    ASSERT_TRUE(*one->apply(day(1), flat_surface(day(7), 0.4), {}));
  EXPECT_EQ(again.slices()[0].revision, 4U);
  EXPECT_EQ(surface.slices()[0].revision, 4U);
  for (std::size_t size = 0; size < image.size(); ++size) {
    VolSurface damaged;
    LoadArchive part(std::string_view(image).substr(0, size));
    damaged.archive(part);
    EXPECT_FALSE(part.done());
  }
}

}  // namespace
}  // namespace ballast
