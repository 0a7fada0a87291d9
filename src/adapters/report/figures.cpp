#include "adapters/report/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "base/contract.hpp"

namespace ballast {
namespace {

UInt128 power_of_ten(int exponent) {
  UInt128 power = 1;
  for (int i = 0; i < exponent; ++i)
    power *= 10;
  return power;
}

std::string grouped(std::string digits) {
  for (std::size_t left = digits.size(); left > 3;) {
    left -= 3;
    digits.insert(left, 1, ',');
  }
  return digits;
}

/// Fractional digits that leave `significant` digits in all, from 0 to 8.
int fraction_digits(UInt128 magnitude_raw, int significant) {
  int whole_digits = 0;
  for (UInt128 whole = magnitude_raw / static_cast<UInt128>(decimal_one); whole > 0; whole /= 10) {
    ++whole_digits;
  }
  return std::clamp(significant - std::max(whole_digits, 1), 0, 8);
}

}  // namespace

std::string fixed_text(Int128 raw, int digits) {
  BALLAST_ASSERT(digits >= 0 && digits <= decimal_digits);
  const UInt128 unit = power_of_ten(decimal_digits - digits);
  const UInt128 whole_value = magnitude(raw);
  UInt128 units = whole_value / unit;
  const UInt128 rest = whole_value % unit;
  if (rest * 2 > unit || (rest * 2 == unit && units % 2 == 1)) ++units;

  const UInt128 scale = power_of_ten(digits);
  std::string text = raw < 0 && units > 0 ? "-" : "";
  text += grouped(fmt::format("{}", units / scale));
  if (digits > 0) {
    text += fmt::format(".{:0>{}}", fmt::format("{}", units % scale), digits);
  }
  return text;
}

std::string money_text(Int128 raw) {
  const bool shows = raw == 0 || magnitude(raw) >= power_of_ten(decimal_digits - 2);
  return shows ? fixed_text(raw, 2) : quantity_text(raw);
}

std::string quantity_text(Int128 raw) {
  const int digits = fraction_digits(magnitude(raw), 7);
  std::string text = fixed_text(raw, digits);
  if (digits > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "0" && raw != 0 ? decimal_text(raw) : text;
}

std::string percent_text(std::optional<double> share) {
  if (!share || !std::isfinite(*share)) return std::string(no_figure);
  return number_text(*share * 100.0) + " %";
}

std::string number_text(std::optional<double> value, int digits) {
  if (!value || !std::isfinite(*value)) return std::string(no_figure);
  if (std::abs(*value) >= 1e12) return fmt::format("{:.3e}", *value);
  const std::string text = fmt::format("{:.{}f}", std::abs(*value), digits);
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  const std::size_t point = std::min(text.find('.'), text.size());
  return (*value < 0 && !zero ? "-" : "") + grouped(text.substr(0, point)) + text.substr(point);
}

std::string seconds_text(std::optional<double> seconds) {
  if (!seconds || !std::isfinite(*seconds)) return std::string(no_figure);
  if (*seconds < 9.95) {
    std::string text = fmt::format("{:.2f}", *seconds);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text + " s";
  }
  const auto whole = static_cast<std::int64_t>(std::llround(std::min(*seconds, 1e15)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {:02} h", whole / 86400, whole % 86400 / 3600);
}

std::string time_text(Timestamp t) {
  const CivilTime civil = civil_time(t);
  std::string text = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", civil.year, civil.month,
                                 civil.day, civil.hour, civil.minute, civil.second);
  if (civil.nanosecond >= 1'000'000) text += fmt::format(".{:03}", civil.nanosecond / 1'000'000);
  return text;
}

std::string restated_text(std::optional<double> lived, double restated) {
  std::string text = percent_text(restated);
  if (!lived) return text;
  const std::string points = number_text((restated - *lived) * 100.0);
  return text + fmt::format(" ({}{} points)", points.starts_with('-') ? "" : "+", points);
}

std::string weights_text(std::string_view basis) {
  if (basis == "equal") return "with equal weights";
  if (basis == "configured") return "with the configured weights";
  return fmt::format("weighted by {}", basis);
}

std::string factor_text(std::string_view factor, std::string_view book) {
  if (factor.empty()) return "desk";
  std::string text(factor);
  if (!book.empty() && book != "*") text += fmt::format(" @ {}", book);
  return text;
}

std::string words_text(std::string_view identifier) {
  std::string text(identifier);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

}  // namespace ballast
