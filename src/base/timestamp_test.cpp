#include "base/timestamp.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

std::int64_t ns(std::string_view text) {
  const auto time = parse_timestamp(text);
  EXPECT_TRUE(time) << text;
  return time ? time->ns : 0;
}

TEST(Timestamp, reads_known_instants) {
  EXPECT_EQ(ns("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ns("2001-09-09T01:46:40Z"), 1'000'000'000'000'000'000);  // the billennium
  EXPECT_EQ(ns("2024-08-08T23:54:15.030314667Z"), 1'723'161'255'030'314'667);
  EXPECT_EQ(ns("1969-12-31T23:59:59.999999999Z"), -1);
  EXPECT_EQ(ns("2000-02-29T00:00:00Z"), 951'782'400'000'000'000);
  EXPECT_EQ(ns("2024-08-08t23:54:15z"), ns("2024-08-08 23:54:15Z"));
}

TEST(Timestamp, takes_zones_fractions_and_integers) {
  EXPECT_EQ(ns("2024-08-08T23:54:15+00:00"), ns("2024-08-08T23:54:15Z"));
  EXPECT_EQ(ns("2024-08-09T05:24:15+05:30"), ns("2024-08-08T23:54:15Z"));
  EXPECT_EQ(ns("2024-08-08T16:54:15-07:00"), ns("2024-08-08T23:54:15Z"));
  EXPECT_EQ(ns("1970-01-01T00:00:00.5Z"), 500'000'000);
  EXPECT_EQ(ns("1970-01-01T00:00:00.000000001000Z"), 1);
  EXPECT_EQ(ns("0"), 0);
  EXPECT_EQ(ns("-5"), -5);
  EXPECT_EQ(ns("1723161255030314667"), 1'723'161'255'030'314'667);
  EXPECT_EQ(ns("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
}

TEST(Timestamp, refuses_what_is_no_time) {
  for (const auto* text : {"",
                           "now",
                           "2024-08-08",
                           "2024-08-08T23:54:15",
                           "2024-13-01T00:00:00Z",
                           "2024-00-01T00:00:00Z",
                           "2024-02-30T00:00:00Z",
                           "2023-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2024-01-00T00:00:00Z",
                           "2024-01-01T24:00:00Z",
                           "2024-01-01T00:60:00Z",
                           "2024-01-01T00:00:60Z",
                           "2024-01-01T00:00:00.Z",
                           "2024-01-01T00:00:00.0000000001Z",
                           "2024-01-01T00:00:00+24:00",
                           "2024-01-01T00:00:00+0000",
                           "2024-01-01T00:00:00 Z",
                           "2024/01/01T00:00:00Z",
                           "2024-01-01T00:00:00Zx",
                           "1e18",
                           "1.5",
                           "+1",
                           "9223372036854775808",
                           "1677-09-21T00:12:43.145224191Z",
                           "2262-04-11T23:47:16.854775808Z",
                           "0001-01-01T00:00:00Z",
                           "9999-12-31T23:59:59Z",
                           "2262-04-11T23:47:16-01:00",
                           "1677-09-21T00:12:44+01:00"}) {
    const auto time = parse_timestamp(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().code, Errc::bad_input);
  }
}

TEST(Timestamp, reads_what_it_prints_over_its_whole_range) {
  constexpr std::uint64_t seed = 17;
  Rng rng(seed);
  const auto check = [&](std::int64_t at) {
    const std::string text = to_string(Timestamp{at});
    ASSERT_LE(text.size(), timestamp_text_max);
    ASSERT_EQ(ns(text), at) << text << " seed " << seed;
  };
  check(std::numeric_limits<std::int64_t>::min());
  check(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(to_string(Timestamp{std::numeric_limits<std::int64_t>::min()}),
            "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(to_string(Timestamp{std::numeric_limits<std::int64_t>::max()}),
            "2262-04-11T23:47:16.854775807Z");
  for (int i = 0; i < 20'000; ++i) {
    const auto at = static_cast<std::int64_t>(rng.next());
    check(at);
    check(at / 1'000'000 * 1'000'000);
  }
}

TEST(Timestamp, prints_the_fewest_of_0_3_6_and_9_digits) {
  EXPECT_EQ(to_string(Timestamp{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_string(Timestamp{10'000'000}), "1970-01-01T00:00:00.010Z");
  EXPECT_EQ(to_string(Timestamp{1'000}), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(to_string(Timestamp{1}), "1970-01-01T00:00:00.000000001Z");
}

TEST(Timestamp, counts_the_days_of_the_calendar_one_by_one) {
  // Walks every day of the range and compares with a calendar kept by hand.
  const auto leap = [](int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; };
  int year = 1678;
  int month = 1;
  int day = 1;
  int weekday = 6;  // 1678-01-01 was a Saturday
  for (Timestamp t{ns("1678-01-01T00:00:00Z")}; year < 2262; t = t + Duration::days(1)) {
    const CivilTime c = civil_time(t);
    ASSERT_EQ(c.year, year);
    ASSERT_EQ(c.month, month) << year;
    ASSERT_EQ(c.day, day) << year << "-" << month;
    ASSERT_EQ(c.weekday, weekday) << year << "-" << month << "-" << day;
    ASSERT_EQ(timestamp_from_civil(c)->ns, t.ns);
    const int lengths[] = {31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    weekday = (weekday + 1) % 7;
    if (++day > lengths[month - 1]) {
      day = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
  }
}

TEST(Timestamp, floors_towards_the_past_also_before_the_epoch) {
  EXPECT_EQ(floor_to({1'500}, Duration{1'000}).ns, 1'000);
  EXPECT_EQ(floor_to({-1}, Duration{1'000}).ns, -1'000);
  EXPECT_EQ(floor_to({-2'000}, Duration{1'000}).ns, -2'000);
}

TEST(Timestamp, finds_the_next_multiple_also_before_the_epoch) {
  EXPECT_EQ(next_multiple({1'500}, Duration{1'000}).ns, 2'000);
  EXPECT_EQ(next_multiple({2'000}, Duration{1'000}).ns, 3'000);
  EXPECT_EQ(next_multiple({-1}, Duration{1'000}).ns, 0);
  EXPECT_EQ(next_multiple({-2'000}, Duration{1'000}).ns, -1'000);
}

TEST(Timestamp, rounds_to_the_ends_of_time_and_never_beyond) {
  constexpr std::int64_t last = INT64_MAX, first = INT64_MIN;
  for (const std::int64_t step : {std::int64_t{1}, std::int64_t{1'000}, last / 2 + 3, last}) {
    for (const std::int64_t near : {std::int64_t{0}, std::int64_t{1}, step / 2, step - 1}) {
      for (const std::int64_t t : {last - near, first + near}) {
        const Int128 rest = (Int128{t} % step + step) % step;
        const Int128 floor = t - rest;
        EXPECT_EQ(floor_to({t}, {step}).ns,
                  floor < first ? first : static_cast<std::int64_t>(floor))
            << t << " by " << step;
        EXPECT_EQ(next_multiple({t}, {step}).ns,
                  floor + step > last ? last : static_cast<std::int64_t>(floor + step))
            << t << " by " << step;
      }
    }
  }
}

TEST(Duration, reads_units_and_sums) {
  EXPECT_EQ(parse_duration("500ms")->ns, 500'000'000);
  EXPECT_EQ(*parse_duration("1h30m"), Duration::minutes(90));
  EXPECT_EQ(*parse_duration("2d"), Duration::hours(48));
  EXPECT_EQ(*parse_duration("1w"), Duration::days(7));
  EXPECT_EQ(*parse_duration("0s"), Duration{});
  EXPECT_EQ(parse_duration("7us3ns")->ns, 7'003);
}

TEST(Duration, refuses_what_is_no_duration) {
  for (const auto* text : {"", "5", "s", "-5s", "1.5h", "5 s", "5S", "5min", "h5", "300y",
                           "9223372036854775807s", "106751d106751d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, reads_what_it_prints) {
  constexpr std::uint64_t seed = 19;
  Rng rng(seed);
  for (int i = 0; i < 5'000; ++i) {
    const Duration d{static_cast<std::int64_t>(rng.next() >> (1 + rng.below(63)))};
    ASSERT_EQ(*parse_duration(to_string(d)), d) << to_string(d) << " seed " << seed;
  }
}

}  // namespace
}  // namespace ballast
