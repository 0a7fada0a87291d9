#include "target/schedule_target.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

Decimal dec(std::string_view text) { return parse_decimal<Decimal>(text).value(); }
Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }

constexpr std::uint8_t friday = 1 << 5;
constexpr std::uint8_t saturday = 1 << 6;

Decimal target_at(const ScheduleTarget& model, std::string_view time) {
  return aim(model, {at(time), {}, {}})->target;
}

/// Flat from Friday 20:00 until Monday 00:00.
ScheduleTarget flat_on_weekends() {
  return {dec("10"), {{friday, Duration::hours(20), Duration::hours(52), dec("0"), {}, {}}}};
}

TEST(ScheduleTarget, is_flat_over_the_weekend) {  // 2024-08-09 was a Friday
  const ScheduleTarget model = flat_on_weekends();
  EXPECT_EQ(target_at(model, "2024-08-09T19:59:59.999999999Z"), dec("10"));
  EXPECT_EQ(target_at(model, "2024-08-09T20:00:00Z"), dec("0"));
  EXPECT_EQ(target_at(model, "2024-08-11T00:00:00Z"), dec("0"));  // past the week's end
  EXPECT_EQ(target_at(model, "2024-08-11T23:59:59.999999999Z"), dec("0"));
  EXPECT_EQ(target_at(model, "2024-08-12T00:00:00Z"), dec("10"));
}

TEST(ScheduleTarget, changes_next_at_the_edges_of_its_spans) {
  const ScheduleTarget model = flat_on_weekends();
  EXPECT_EQ(next_change(model, at("2024-08-07T11:00:00Z")), at("2024-08-09T20:00:00Z"));
  EXPECT_EQ(next_change(model, at("2024-08-09T20:00:00Z")), at("2024-08-12T00:00:00Z"));
  EXPECT_EQ(next_change(model, at("2024-08-12T00:00:00Z")), at("2024-08-16T20:00:00Z"));
}

TEST(ScheduleTarget, is_smaller_around_funding_stamps_and_crosses_midnight) {
  ScheduleTarget model{dec("8"), {}};
  for (const int hour : {0, 8, 16}) {
    const Duration from = Duration::minutes((hour * 60 - 5 + 1440) % 1440);
    model.entries.push_back({0x7F, from, Duration::minutes(10), {}, dec("0.25"), dec("0.5")});
  }
  EXPECT_EQ(target_at(model, "2024-08-09T23:54:59Z"), dec("8"));
  EXPECT_EQ(target_at(model, "2024-08-09T23:55:00Z"), dec("2"));
  EXPECT_EQ(target_at(model, "2024-08-10T00:04:59Z"), dec("2"));
  EXPECT_EQ(target_at(model, "2024-08-10T00:05:00Z"), dec("8"));
  EXPECT_EQ(target_at(model, "2024-08-10T08:00:00Z"), dec("2"));
  EXPECT_EQ(aim(model, {at("2024-08-10T16:00:00Z"), {}, {}})->band_scale, dec("0.5"));
}

TEST(ScheduleTarget, takes_the_first_entry_that_covers_the_time) {
  const ScheduleEntry narrow{saturday, Duration::hours(10), Duration::hours(1), dec("1"), {}, {}};
  const ScheduleEntry wide{saturday, Duration::hours(9), Duration::hours(4), dec("2"), {}, {}};
  const ScheduleTarget narrow_first{dec("5"), {narrow, wide}};
  EXPECT_EQ(target_at(narrow_first, "2024-08-10T09:30:00Z"), dec("2"));
  EXPECT_EQ(target_at(narrow_first, "2024-08-10T10:30:00Z"), dec("1"));
  EXPECT_EQ(target_at(narrow_first, "2024-08-10T11:30:00Z"), dec("2"));
  // Behind the wide one the narrow one never shows, so its edges are no changes.
  const ScheduleTarget wide_first{dec("5"), {wide, narrow}};
  EXPECT_EQ(target_at(wide_first, "2024-08-10T10:30:00Z"), dec("2"));
  EXPECT_EQ(next_change(wide_first, at("2024-08-10T09:30:00Z")), at("2024-08-10T13:00:00Z"));
}

TEST(ScheduleTarget, never_changes_when_one_span_is_always_on) {
  const ScheduleTarget daily{dec("1"),
                             {{0x7F, Duration::hours(3), Duration::hours(24), dec("2"), {}, {}}}};
  EXPECT_EQ(target_at(daily, "2024-08-10T02:59:00Z"), dec("2"));
  EXPECT_EQ(next_change(daily, at("2024-08-10T03:00:00Z")), std::nullopt);
  const ScheduleTarget weekly{dec("1"),
                              {{friday, Duration::hours(3), Duration::days(7), dec("2"), {}, {}}}};
  EXPECT_EQ(next_change(weekly, at("2024-08-10T03:00:00Z")), std::nullopt);
}

TEST(ScheduleTarget, is_unknown_when_scaling_leaves_the_decimal_range) {
  const ScheduleTarget model{dec("100000000000000000000"),
                             {{0x7F, Duration{}, Duration::hours(24), {}, dec("1000"), {}}}};
  EXPECT_FALSE(aim(model, {at("2024-08-10T03:00:00Z"), {}, {}}));
}

TEST(ScheduleTarget, holds_to_the_ends_of_time) {
  const ScheduleTarget model = flat_on_weekends();
  for (const std::int64_t ns : {INT64_MIN, INT64_MAX}) {
    EXPECT_TRUE(aim(model, {Timestamp{ns}, {}, {}}));
  }
  EXPECT_FALSE(next_change(model, Timestamp{INT64_MAX}));
}

TEST(ScheduleTarget, explains_itself) {
  const ScheduleEntry hedge{friday, Duration::hours(20), Duration::hours(4),
                            {},     dec("0.5"),          dec("2")};
  const ScheduleTarget model{dec("10"), {hedge}};
  EXPECT_EQ(describe(model, {at("2024-08-09T21:00:00Z"), {}, {}}),
            "entry 1 (Fri from 20h for 4h): 5 = base 10 x 0.5, band x 2");
  EXPECT_EQ(describe(model, {at("2024-08-09T19:00:00Z"), {}, {}}), "base value 10");
}

/// The obvious way: does a span that began on one of the last nine calendar days cover the time?
std::size_t covering_entry(const ScheduleTarget& model, Timestamp t) {
  for (std::size_t i = 0; i < model.entries.size(); ++i) {
    const ScheduleEntry& entry = model.entries[i];
    for (int back = 0; back <= 8; ++back) {
      const Timestamp midnight = floor_to(t, Duration::days(1)) - Duration::days(back);
      if (((entry.weekdays >> civil_time(midnight).weekday) & 1) == 0) continue;
      const Timestamp start = midnight + entry.from;
      if (start <= t && t < start + entry.length) return i + 1;
    }
  }
  return 0;
}

TEST(ScheduleTarget, agrees_with_walking_the_calendar) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Rng rng(seed);
    ScheduleTarget model;
    const auto count = rng.between(1, 4);
    for (std::int64_t i = 0; i < count; ++i) {
      model.entries.push_back({static_cast<std::uint8_t>(rng.below(128)),
                               Duration::minutes(rng.between(0, 1439)),
                               Duration::minutes(rng.between(1, rng.chance(0.5) ? 300 : 10080)),
                               Decimal::whole(i + 1),
                               {},
                               {}});
    }
    Timestamp t{rng.between(-1'000'000, 1'700'000'000) * 1'000'000'000};
    t = floor_to(t, Duration::minutes(1));
    Timestamp change = next_change(model, t).value_or(Timestamp{INT64_MAX});
    std::size_t before = covering_entry(model, t);
    for (int minute = 0; minute < 2 * 7 * 1440; ++minute, t = t + Duration::minutes(1)) {
      const std::size_t expected = covering_entry(model, t);
      ASSERT_EQ(aim(model, {t, {}, {}})->target,
                Decimal::whole(static_cast<std::int64_t>(expected)))
          << "seed " << seed << " at " << to_string(t);
      if (expected == before) {
        ASSERT_LT(t, change) << "seed " << seed << ": a change that is none";
        continue;
      }
      ASSERT_EQ(t, change) << "seed " << seed;
      change = next_change(model, t).value_or(Timestamp{INT64_MAX});
      before = expected;
    }
  }
}

}  // namespace
}  // namespace ballast
