#include "adapters/feed/common/values.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "adapters/feed/common/settings.hpp"

namespace ballast {
namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;

tl::unexpected<Error> not_a_number(std::string_view text) {
  return fail(Errc::bad_input,
              fmt::format(R"({} is not a number such as "12.5" or "1.25e-05")", shown(text)));
}

constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

/// A number with an exponent, written out as a plain decimal.
Result<Int128> parse_with_exponent(std::string_view text, std::size_t e_at) {
  std::string_view mantissa = text.substr(0, e_at);
  std::string_view exponent_text = text.substr(e_at + 1);
  if (!exponent_text.empty() && exponent_text.front() == '+') exponent_text.remove_prefix(1);
  int exponent = 0;
  const auto [end, error] =
      std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  if (error != std::errc{} || end != exponent_text.data() + exponent_text.size() ||
      exponent_text.empty()) {
    return not_a_number(text);
  }
  std::string plain;
  if (!mantissa.empty() && (mantissa.front() == '-' || mantissa.front() == '+')) {
    if (mantissa.front() == '-') plain = "-";
    mantissa.remove_prefix(1);
  }
  std::string digits;
  std::size_t point = std::string::npos;
  for (const char c : mantissa) {
    if (digit(c)) {
      digits += c;
    } else if (c == '.' && point == std::string::npos) {
      point = digits.size();
    } else {
      return not_a_number(text);
    }
  }
  if (digits.empty() || digits.size() == point || point == 0) return not_a_number(text);
  // Far outside what a decimal holds, whatever the mantissa; keeps the text below short.
  constexpr int exponent_max = 100;
  constexpr std::size_t digits_max = 100;
  if (digits.size() > digits_max || exponent > exponent_max || exponent < -exponent_max) {
    return fail(Errc::overflow, fmt::format("{} is outside the decimal range", shown(text)));
  }
  const int whole = static_cast<int>(point == std::string::npos ? digits.size() : point) + exponent;
  if (whole <= 0) {
    plain.append("0.").append(static_cast<std::size_t>(-whole), '0').append(digits);
  } else if (static_cast<std::size_t>(whole) >= digits.size()) {
    plain.append(digits).append(static_cast<std::size_t>(whole) - digits.size(), '0');
  } else {
    plain.append(digits, 0, static_cast<std::size_t>(whole)).append(".");
    plain.append(digits, static_cast<std::size_t>(whole));
  }
  return parse_decimal_raw(plain);
}

std::optional<int> read_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

/// Seconds with an optional fraction of at most nine digits.
bool read_seconds(std::string_view& text, CivilTime& civil) {
  const auto seconds = read_digits(text, 2);
  if (!seconds) return false;
  civil.second = *seconds;
  if (text.empty() || text.front() != '.') return true;
  text.remove_prefix(1);
  int scale = 100'000'000;
  std::size_t count = 0;
  for (; count < text.size() && digit(text[count]); ++count, scale /= 10) {
    if (scale == 0) return false;
    civil.nanosecond += (text[count] - '0') * scale;
  }
  text.remove_prefix(count);
  return count > 0;
}

bool read_pattern_field(char field, std::string_view& text, CivilTime& civil) {
  if (field == 'S') return read_seconds(text, civil);
  const auto value = read_digits(text, field == 'Y' ? 4 : 2);
  if (!value) return false;
  switch (field) {
    case 'Y':
      civil.year = *value;
      break;
    case 'm':
      civil.month = *value;
      break;
    case 'd':
      civil.day = *value;
      break;
    case 'H':
      civil.hour = *value;
      break;
    default:
      civil.minute = *value;
      break;
  }
  return true;
}

constexpr std::string_view pattern_fields = "YmdHMS";

Result<Timestamp> read_pattern(std::string_view pattern,
                               std::string_view text,
                               Duration utc_offset) {
  CivilTime civil;
  std::string_view rest = text;
  bool matches = true;
  for (std::size_t i = 0; i < pattern.size() && matches; ++i) {
    if (pattern[i] == '%') {
      matches = read_pattern_field(pattern[++i], rest, civil);
    } else {
      matches = !rest.empty() && rest.front() == pattern[i];
      if (matches) rest.remove_prefix(1);
    }
  }
  auto time = matches && rest.empty()
                  ? timestamp_from_civil(civil)
                  : fail(Errc::bad_input,
                         fmt::format("{} is not a time as in \"{}\"", shown(text), pattern));
  if (time) *time = *time - utc_offset;
  return time;
}

}  // namespace

Result<Int128> parse_number_raw(std::string_view text) {
  const std::size_t e_at = text.find_first_of("eE");
  return e_at == std::string_view::npos ? parse_decimal_raw(text) : parse_with_exponent(text, e_at);
}

Result<Timestamp> epoch_time(std::int64_t count, std::int64_t unit_ns) {
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(count, unit_ns, &ns)) {
    return fail(Errc::overflow, fmt::format("{} is outside the years 1678 to 2262", count));
  }
  return Timestamp{ns};
}

Result<Timestamp> parse_epoch(std::string_view text, std::int64_t unit_ns) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, count);
      error == std::errc{} && at == end) {
    return epoch_time(count, unit_ns);
  }
  const auto value = parse_decimal_raw(text);
  // 1e-18 of a unit times the unit is whole nanoseconds only when nothing is left over.
  const Int128 per_ns = decimal_one / unit_ns;
  if (!value || *value % per_ns != 0) {
    return fail(
        Errc::bad_input,
        fmt::format("{} is not a count of {} ns since the epoch that nanoseconds hold exactly",
                    shown(text), unit_ns));
  }
  const Int128 ns = *value / per_ns;
  if (ns > std::numeric_limits<std::int64_t>::max() ||
      ns < std::numeric_limits<std::int64_t>::min()) {
    return fail(Errc::overflow, fmt::format("{} is outside the years 1678 to 2262", shown(text)));
  }
  return Timestamp{static_cast<std::int64_t>(ns)};
}

Result<Duration> parse_utc_offset(std::string_view text) {
  if (text.empty() || text == "Z") return Duration{};
  std::string_view rest = text.substr(1);
  const auto hours = read_digits(rest, 2);
  if (!rest.empty() && rest.front() == ':') rest.remove_prefix(1);
  const auto minutes = read_digits(rest, 2);
  if ((text.front() != '+' && text.front() != '-') || !hours || !minutes || *hours > 14 ||
      *minutes > 59 || !rest.empty()) {
    return fail(Errc::bad_input,
                fmt::format("{} is not an offset such as \"+03:00\"", shown(text)));
  }
  return Duration::minutes((text.front() == '-' ? -1 : 1) * (std::int64_t{*hours} * 60 + *minutes));
}

Result<TimeFormat> TimeFormat::create(std::string_view format, Duration utc_offset) {
  TimeFormat made;
  made.utc_offset_ = utc_offset;
  constexpr std::string_view units[] = {"s", "ms", "us", "ns"};
  std::int64_t unit = ns_per_s;
  for (const std::string_view name : units) {
    if (format == name) {
      made.kind_ = Kind::epoch;
      made.unit_ns_ = unit;
      return made;
    }
    unit /= 1000;
  }
  if (format == "auto") return made;
  if (format == "rfc3339") {
    made.kind_ = Kind::rfc3339;
    return made;
  }
  made.kind_ = Kind::pattern;
  made.pattern_ = format;
  bool known = format.find('%') != std::string_view::npos;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    known =
        known && ++i < format.size() && pattern_fields.find(format[i]) != std::string_view::npos;
  }
  if (!known) {
    return fail(Errc::bad_input,
                fmt::format("{} is not a time format; use auto, rfc3339, s, ms, us, "
                            "ns, or a pattern such as \"%Y-%m-%d %H:%M:%S\"",
                            shown(format)));
  }
  return made;
}

Result<Timestamp> TimeFormat::read(std::string_view text) const {
  switch (kind_) {
    case Kind::rfc3339:
      if (text.size() < 20) {
        return fail(Errc::bad_input,
                    fmt::format("{} is not a time such as \"2020-03-12T10:45:00Z\"", shown(text)));
      }
      return parse_timestamp(text);
    case Kind::epoch:
      return parse_epoch(text, unit_ns_);
    case Kind::pattern:
      return read_pattern(pattern_, text, utc_offset_);
    case Kind::automatic:
      break;
  }
  if (text.size() > 4 && text[4] == '-') return parse_timestamp(text);
  const std::size_t whole = std::min(text.find('.'), text.size());  // digits before the point
  const std::int64_t unit = whole <= 11   ? ns_per_s
                            : whole <= 14 ? 1'000'000
                            : whole <= 17 ? 1'000
                                          : 1;
  return parse_epoch(text, unit);
}

}  // namespace ballast
