#include "base/timestamp.hpp"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/int128.hpp"

namespace ballast {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr int min_year = 1677;  // in the first and the last, only what 64 bits of nanoseconds hold
constexpr int max_year = 2262;

struct FloorDivision {
  std::int64_t quotient;
  std::int64_t remainder;
};

constexpr FloorDivision floor_divide(std::int64_t value, std::int64_t by) {
  std::int64_t q = value / by;
  std::int64_t r = value % by;
  if (r < 0) {
    r += by;
    --q;
  }
  return {q, r};
}

/// Days since the epoch of a proleptic Gregorian date, and back (Howard Hinnant, "chrono-compatible
/// low-level date algorithms").
constexpr std::int64_t days_from_civil(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int yoe = y - era * 400;
  const int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return static_cast<std::int64_t>(era) * 146097 + doe - 719468;
}

constexpr CivilTime date_from_days(std::int64_t days) {
  const std::int64_t z = days + 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const auto doe = static_cast<int>(z - era * 146097);
  const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int mp = (5 * doy + 2) / 153;
  CivilTime civil;
  civil.day = doy - (153 * mp + 2) / 5 + 1;
  civil.month = mp < 10 ? mp + 3 : mp - 9;
  civil.year = static_cast<int>(yoe + era * 400) + (civil.month <= 2 ? 1 : 0);
  civil.weekday = static_cast<int>(floor_divide(days + 4, 7).remainder);
  return civil;
}

constexpr int days_in_month(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

tl::unexpected<Error> not_a_time(std::string_view text) {
  return fail(Errc::bad_input,
              fmt::format("\"{}\" is not a time; write RFC 3339 UTC such as "
                          "\"2024-08-08T23:54:15.030Z\", or integer nanoseconds since the epoch",
                          text.substr(0, 60)));
}

/// Reads exactly `count` digits, or -1.
int fixed_digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const auto digit = static_cast<unsigned char>(text[i] - '0');
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/// The zone at `at` to the end: Z, z or +hh:mm; the offset in seconds, or nothing.
std::optional<int> zone_offset(std::string_view zone) {
  if (zone == "Z" || zone == "z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const int hours = fixed_digits(zone, 1, 2);
  const int minutes = fixed_digits(zone, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return (zone[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

void put_digits(char*& out, int value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10)
    out[i] = static_cast<char>('0' + value % 10);
  out += count;
}

}  // namespace

CivilTime civil_time(Timestamp t) {
  const auto [seconds, nanoseconds] = floor_divide(t.ns, ns_per_second);
  const auto [days, of_day] = floor_divide(seconds, seconds_per_day);
  CivilTime civil = date_from_days(days);
  civil.hour = static_cast<int>(of_day / 3600);
  civil.minute = static_cast<int>(of_day / 60 % 60);
  civil.second = static_cast<int>(of_day % 60);
  civil.nanosecond = static_cast<int>(nanoseconds);
  return civil;
}

Result<Timestamp> timestamp_from_civil(const CivilTime& c) {
  const bool fields = c.year >= min_year && c.year <= max_year && c.month >= 1 && c.month <= 12 &&
                      c.day >= 1 && c.day <= days_in_month(c.year, c.month) && c.hour >= 0 &&
                      c.hour <= 23 && c.minute >= 0 && c.minute <= 59 && c.second >= 0 &&
                      c.second <= 59 && c.nanosecond >= 0 && c.nanosecond < ns_per_second;
  if (fields) {
    const std::int64_t seconds = days_from_civil(c.year, c.month, c.day) * seconds_per_day +
                                 std::int64_t{c.hour} * 3600 + std::int64_t{c.minute} * 60 +
                                 c.second;
    const Int128 ns = Int128{seconds} * ns_per_second + c.nanosecond;
    const auto stamp = static_cast<std::int64_t>(ns);
    if (stamp == ns) return Timestamp{stamp};
  }
  return fail(
      Errc::bad_input,
      fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} is not a time between the years {} and {}",
                  c.year, c.month, c.day, c.hour, c.minute, c.second, min_year, max_year));
}

Result<Timestamp> parse_timestamp(std::string_view text) {
  if (text.size() < 20 || text[4] != '-') {
    std::int64_t ns = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ns);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) {
      return not_a_time(text);
    }
    return Timestamp{ns};
  }
  const bool marks = text[7] == '-' && (text[10] == 'T' || text[10] == 't' || text[10] == ' ') &&
                     text[13] == ':' && text[16] == ':';
  CivilTime c;
  c.year = fixed_digits(text, 0, 4);
  c.month = fixed_digits(text, 5, 2);
  c.day = fixed_digits(text, 8, 2);
  c.hour = fixed_digits(text, 11, 2);
  c.minute = fixed_digits(text, 14, 2);
  c.second = fixed_digits(text, 17, 2);
  std::size_t at = 19;
  if (text[at] == '.') {
    int scale = 100'000'000;
    const std::size_t begin = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
      if (scale == 0 && text[at] != '0') return not_a_time(text);  // finer than a nanosecond
      c.nanosecond += (text[at] - '0') * scale;
    }
    if (at == begin) return not_a_time(text);
  }
  const auto offset = zone_offset(text.substr(at));
  if (!marks || !offset) return not_a_time(text);
  const auto time = timestamp_from_civil(c);
  Timestamp utc;
  if (!time || __builtin_sub_overflow(time->ns, Duration::seconds(*offset).ns, &utc.ns)) {
    return not_a_time(text);
  }
  return utc;
}

char* print_timestamp(Timestamp t, char* out) {
  const CivilTime c = civil_time(t);
  put_digits(out, c.year, 4);
  *out++ = '-';
  put_digits(out, c.month, 2);
  *out++ = '-';
  put_digits(out, c.day, 2);
  *out++ = 'T';
  put_digits(out, c.hour, 2);
  *out++ = ':';
  put_digits(out, c.minute, 2);
  *out++ = ':';
  put_digits(out, c.second, 2);
  if (c.nanosecond != 0) {
    *out++ = '.';
    if (c.nanosecond % 1'000'000 == 0) {
      put_digits(out, c.nanosecond / 1'000'000, 3);
    } else if (c.nanosecond % 1'000 == 0) {
      put_digits(out, c.nanosecond / 1'000, 6);
    } else {
      put_digits(out, c.nanosecond, 9);
    }
  }
  *out++ = 'Z';
  return out;
}

std::string to_string(Timestamp t) {
  char buffer[timestamp_text_max];
  return {buffer, print_timestamp(t, buffer)};
}

namespace {

struct DurationUnit {
  std::string_view name;
  std::int64_t ns;
};
constexpr std::array<DurationUnit, 8> duration_units{{{"w", 7 * seconds_per_day* ns_per_second},
                                                      {"d", seconds_per_day* ns_per_second},
                                                      {"h", 3'600 * ns_per_second},
                                                      {"m", 60 * ns_per_second},
                                                      {"s", ns_per_second},
                                                      {"ms", 1'000'000},
                                                      {"us", 1'000},
                                                      {"ns", 1}}};

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const auto malformed = [&] {
    return fail(Errc::bad_input, fmt::format("\"{}\" is not a duration; write \"500ms\", \"30s\", "
                                             "\"5m\", \"1h30m\" or \"2d\"",
                                             text.substr(0, 40)));
  };
  std::string_view rest = text;
  std::int64_t total = 0;
  if (rest.empty()) return malformed();
  while (!rest.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc{} || count < 0) return malformed();
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    std::size_t letters = 0;
    while (letters < rest.size() && rest[letters] >= 'a' && rest[letters] <= 'z')
      ++letters;
    const std::string_view unit = rest.substr(0, letters);
    rest.remove_prefix(letters);
    std::int64_t per_unit = 0;
    for (const auto& known : duration_units) {
      if (known.name == unit) per_unit = known.ns;
    }
    std::int64_t part = 0;
    if (per_unit == 0 || __builtin_mul_overflow(count, per_unit, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return malformed();
    }
  }
  return Duration{total};
}

std::string to_string(Duration d) {
  if (d.ns == 0) return "0s";
  std::string text = d.ns < 0 ? "-" : "";
  std::int64_t rest = d.ns < 0 ? -d.ns : d.ns;
  for (const auto& unit : duration_units) {
    if (unit.name == "w" || rest < unit.ns) continue;
    text += fmt::format("{}{}", rest / unit.ns, unit.name);
    rest %= unit.ns;
  }
  return text;
}

}  // namespace ballast
