// Time is data: UTC nanoseconds since the epoch in an int64 (years 1678 to 2262). No clock is read
// here.
//
// Text is RFC 3339 UTC with up to nine fractional digits; readers also take integers as
// nanoseconds.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

/// A signed span of nanoseconds.
struct Duration {
  std::int64_t ns = 0;

  static constexpr Duration nanoseconds(std::int64_t n) { return {n}; }
  static constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000}; }
  static constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000'000}; }
  static constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
  static constexpr Duration hours(std::int64_t n) { return seconds(n * 3600); }
  static constexpr Duration days(std::int64_t n) { return seconds(n * 86400); }

  constexpr double to_seconds() const { return static_cast<double>(ns) / 1e9; }
  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(Duration a, std::int64_t n) { return {a.ns * n}; }
};

struct Timestamp {
  std::int64_t ns = 0;

  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
  friend constexpr Timestamp operator+(Timestamp t, Duration d) { return {t.ns + d.ns}; }
  friend constexpr Timestamp operator-(Timestamp t, Duration d) { return {t.ns - d.ns}; }
  friend constexpr Duration operator-(Timestamp a, Timestamp b) { return {a.ns - b.ns}; }
};

/// The largest multiple of `step` > 0 since the epoch that is <= t (floor, also before 1970); the
/// earliest time there is where that multiple would be before it.
constexpr Timestamp floor_to(Timestamp t, Duration step) {
  const std::int64_t rest = t.ns % step.ns;
  Timestamp floor;
  const bool before = __builtin_sub_overflow(t.ns, rest < 0 ? rest + step.ns : rest, &floor.ns);
  return before ? Timestamp{INT64_MIN} : floor;
}
/// The smallest multiple of `step` > 0 that is > t; the latest time there is where that multiple
/// would be after it.
constexpr Timestamp next_multiple(Timestamp t, Duration step) {
  const std::int64_t rest = t.ns % step.ns;
  Timestamp next;
  const bool after = __builtin_add_overflow(t.ns, rest < 0 ? -rest : step.ns - rest, &next.ns);
  return after ? Timestamp{INT64_MAX} : next;
}

/// A civil UTC date and time of day.
struct CivilTime {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanosecond = 0;
  int weekday = 4;  // 0 = Sunday; the epoch was a Thursday
};

CivilTime civil_time(Timestamp t);
/// An error when a field is out of range or the date does not exist.
Result<Timestamp> timestamp_from_civil(const CivilTime& civil);

/// "2024-08-08T23:54:15.030314667Z" (offsets such as +00:00 are taken too), or integer nanoseconds.
Result<Timestamp> parse_timestamp(std::string_view text);

/// RFC 3339 UTC with 0, 3, 6 or 9 fractional digits, whichever is shortest and exact. Returns the
/// end; `out` holds at least timestamp_text_max characters.
constexpr std::size_t timestamp_text_max = 32;
char* print_timestamp(Timestamp t, char* out);
std::string to_string(Timestamp t);

/// "500ms", "30s", "5m", "1h", "2d", sums such as "1h30m"; an error otherwise.
Result<Duration> parse_duration(std::string_view text);
std::string to_string(Duration d);

}  // namespace ballast
