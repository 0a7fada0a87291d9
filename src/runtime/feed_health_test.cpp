#include "runtime/feed_health.hpp"

#include <gtest/gtest.h>

#include "engine/engine_test_desk.hpp"
#include "runtime/meters.hpp"

namespace ballast {
namespace {

using test::at;

TEST(FeedHealth, tells_age_lag_skew_rate_and_silences) {
  const Desk desk = test::plain_desk();
  const test::Trader trader{&desk};
  FeedHealth feeds(desk, Duration::seconds(10), at("12:00:00"));
  const auto heard = [&](Timestamp arrival, Duration lag) {
    feeds.heard(trader.mark(arrival - lag, "BTC-USDT", "100"), arrival);
  };
  for (int i = 0; i < 20; ++i)
    heard(at("12:00:00") + Duration::seconds(i), Duration::milliseconds(i == 7 ? 400 : 20));
  VenueHealth health = feeds.at(at("12:00:21"))[0];
  EXPECT_EQ(health.venue, VenueId{0});
  EXPECT_DOUBLE_EQ(*health.age_seconds, 2.0);
  EXPECT_NEAR(*health.lag_p50_seconds, 0.02, 0.003);
  EXPECT_LT(*health.lag_p99_seconds, 0.03);  // one of twenty is beyond it
  EXPECT_DOUBLE_EQ(*health.skew_seconds, 0.02);
  EXPECT_DOUBLE_EQ(health.events_per_second, 0.9);
  EXPECT_FALSE(health.silent);
  EXPECT_EQ(health.gaps, 0U);

  EXPECT_TRUE(feeds.at(at("12:00:30"))[0].silent);
  heard(at("12:00:34"), Duration::milliseconds(-50));  // its clock is ahead of ours
  health = feeds.at(at("12:00:34"))[0];
  EXPECT_FALSE(health.silent);
  EXPECT_EQ(health.gaps, 1U);
  EXPECT_DOUBLE_EQ(health.longest_gap_seconds, 15.0);
  EXPECT_DOUBLE_EQ(*health.skew_seconds, -0.05);
}

TEST(FeedHealth, knows_a_venue_that_was_never_heard_of) {
  const Desk desk = test::plain_desk();
  FeedHealth feeds(desk, Duration::seconds(10), at("12:00:00"));
  feeds.heard({at("12:00:00"), Tick{}}, at("12:00:00"));  // nobody's
  EXPECT_FALSE(feeds.at(at("12:00:10"))[1].silent);
  const VenueHealth health = feeds.at(at("12:00:11"))[1];
  EXPECT_TRUE(health.silent);
  EXPECT_FALSE(health.age_seconds);
  EXPECT_FALSE(health.skew_seconds);
}

TEST(MinuteHistogram, gives_quantiles_within_an_eighth_and_forgets_after_a_minute) {
  MinuteHistogram histogram;
  const Timestamp begin = at("12:00:00");
  EXPECT_FALSE(histogram.quantile(begin, 0.5));
  for (std::int64_t i = 1; i <= 1000; ++i)
    histogram.add(begin, Duration{i * 1'000});
  const auto near = [&](double share, double ns) {
    const double found = static_cast<double>(histogram.quantile(begin, share)->ns);
    EXPECT_GE(found, ns);
    EXPECT_LE(found, ns * 1.13);
  };
  near(0.5, 500e3);
  near(0.99, 990e3);
  histogram.add(begin + Duration::seconds(30), Duration{7'000'000'000});
  EXPECT_EQ(histogram.least(begin + Duration::seconds(30)), Duration{1'000});
  EXPECT_GE(histogram.quantile(begin + Duration::seconds(75), 0.5)->ns, 7'000'000'000);
  EXPECT_EQ(histogram.least(begin + Duration::seconds(75)), Duration{7'000'000'000});
  EXPECT_FALSE(histogram.quantile(begin + Duration::minutes(5), 0.5));
  EXPECT_EQ(histogram.count(), 1001U);
  EXPECT_NEAR(histogram.sum(), 7.5005, 1e-9);
}

TEST(MinuteHistogram, sums_more_than_a_duration_holds) {
  MinuteHistogram histogram;
  for (int i = 0; i < 1000; ++i)  // events of last year
    histogram.add(at("12:00:00"), Duration::days(330));
  EXPECT_DOUBLE_EQ(histogram.sum(), 1000.0 * 330.0 * 86400.0);
}

TEST(RateMeter, counts_the_last_ten_whole_seconds) {
  RateMeter rate;
  const Timestamp begin = at("12:00:00");
  for (int second = 0; second < 20; ++second)
    rate.add(begin + Duration::seconds(second), 100);
  EXPECT_DOUBLE_EQ(rate.per_second(begin + Duration::seconds(20)), 100.0);
  EXPECT_DOUBLE_EQ(rate.per_second(begin + Duration::seconds(25)), 50.0);
  EXPECT_DOUBLE_EQ(rate.per_second(begin + Duration::seconds(60)), 0.0);
}

}  // namespace
}  // namespace ballast
