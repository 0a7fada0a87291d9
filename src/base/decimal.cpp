#include "base/decimal.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace ballast {
namespace {

constexpr std::array<std::uint64_t, 20> powers_of_ten = [] {
  std::array<std::uint64_t, 20> powers{};
  std::uint64_t power = 1;
  for (auto& p : powers) {
    p = power;
    power *= 10;
  }
  return powers;
}();

/// The same as doubles, each exact.
constexpr std::array<double, decimal_digits + 1> powers_of_ten_double = [] {
  std::array<double, decimal_digits + 1> powers{};
  for (std::size_t i = 0; i < powers.size(); ++i)
    powers[i] = static_cast<double>(powers_of_ten[i]);
  return powers;
}();

/// rounded_in_range() of any value, by integers.
Int128 rounded_by_integers(double value, int digits) {
  // |value| = mantissa * 2^exponent exactly; the scaled mantissa has at most 53 + 60 bits.
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const int biased = static_cast<int>(bits >> 52 & 0x7FF);  // 0: below 2^-1022, no leading one
  const std::uint64_t leading = std::uint64_t{biased != 0} << 52;
  const std::uint64_t mantissa = leading | (bits & ((std::uint64_t{1} << 52) - 1));
  const int exponent = biased - 1075;
  UInt128 kept = UInt128{mantissa} * powers_of_ten[static_cast<std::size_t>(digits)];
  if (exponent >= 0) {
    kept <<= exponent;  // below 1.7e38 by the range of the value
  } else if (exponent < -127) {
    kept = 0;
  } else {
    const UInt128 rest = kept << (128 + exponent);  // what is cut off, from the highest bit on
    constexpr UInt128 half = UInt128{1} << 127;
    kept >>= -exponent;
    if (rest > half || (rest == half && (kept & 1) != 0)) ++kept;
  }
  const auto raw =
      static_cast<Int128>(kept * powers_of_ten[static_cast<std::size_t>(decimal_digits - digits)]);
  return value < 0.0 ? -raw : raw;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t shown = 60;
  return text.size() <= shown ? fmt::format("\"{}\"", text)
                              : fmt::format("\"{}...\"", text.substr(0, shown));
}

struct Digits {
  std::uint64_t value = 0;
  std::size_t count = 0;
};

/// Reads up to 19 digits, which always fit 64 bits.
Digits read_digits(const char* at, const char* end) {
  Digits digits;
  while (at + digits.count < end && digits.count < 19) {
    const auto digit = static_cast<unsigned char>(at[digits.count] - '0');
    if (digit > 9) break;
    digits.value = digits.value * 10 + digit;
    ++digits.count;
  }
  return digits;
}

/// The whole part of a decimal; at most 21 significant digits can be in range.
Result<UInt128> parse_whole(const char*& at, const char* end, std::string_view text) {
  while (at < end && *at == '0')
    ++at;
  UInt128 value = 0;
  int count = 0;
  for (; at < end; ++at) {
    const auto digit = static_cast<unsigned char>(*at - '0');
    if (digit > 9) break;
    if (++count > 21) {
      return fail(Errc::overflow,
                  fmt::format("{} leaves the decimal range of +-1.7e20", quoted(text)));
    }
    value = value * 10 + digit;
  }
  return value;
}

Result<Int128> malformed(std::string_view text) {
  return fail(Errc::bad_input,
              fmt::format("{} is not a plain decimal such as \"-12.5\"", quoted(text)));
}

/// The general reader: any number of digits, every error named.
Result<Int128> parse_slow(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) ++at;
  const char* const whole_begin = at;
  BALLAST_TRY(whole, parse_whole(at, end, text));
  const bool any_whole = at > whole_begin;
  std::uint64_t fraction = 0;
  if (at < end && *at == '.') {
    const char* const begin = ++at;
    const Digits digits = read_digits(at, end);
    if (digits.count == 0) return malformed(text);
    at += digits.count;
    fraction = digits.value;
    std::size_t kept = digits.count;
    if (kept > decimal_digits) {  // the nineteenth digit may only be a zero
      if (fraction % 10 != 0) kept = 0;
      fraction /= 10;
      if (kept != 0) kept = decimal_digits;
    }
    while (at < end && *at == '0')
      ++at;
    const bool excess = kept == 0 || (at < end && *at >= '1' && *at <= '9');
    if (excess) {
      return fail(Errc::excess_digits,
                  fmt::format("{} has more than {} fractional digits, which cannot be kept exactly",
                              quoted(text), decimal_digits));
    }
    if (at < end) return malformed(text);
    fraction *= powers_of_ten[static_cast<std::size_t>(decimal_digits) - kept];
    (void)begin;
  } else if (!any_whole) {
    return malformed(text);
  }
  if (at != end || (!any_whole && text.empty())) return malformed(text);
  if (!any_whole) return malformed(text);

  UInt128 raw = 0;
  if (__builtin_mul_overflow(whole, static_cast<UInt128>(decimal_one), &raw) ||
      __builtin_add_overflow(raw, UInt128{fraction}, &raw) || raw > magnitude(int128_max)) {
    return fail(Errc::overflow,
                fmt::format("{} leaves the decimal range of +-1.7e20", quoted(text)));
  }
  const auto value = static_cast<Int128>(raw);
  return negative ? -value : value;
}

}  // namespace

Result<Int128> parse_decimal_raw(std::string_view text) {
  // The common shape, at most 19 digits on each side of the point, in one pass.
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at < end && *at == '-';
  if (negative) ++at;
  const Digits whole = read_digits(at, end);
  at += whole.count;
  if (whole.count == 0) return parse_slow(text);
  UInt128 raw = static_cast<UInt128>(whole.value) * static_cast<UInt128>(decimal_one);
  if (at < end) {
    if (*at != '.') return parse_slow(text);
    const Digits fraction = read_digits(++at, end);
    at += fraction.count;
    if (at != end || fraction.count == 0 || fraction.count > decimal_digits)
      return parse_slow(text);
    // At most 18 digits in all, so below 2^64.
    const std::uint64_t part = fraction.value * powers_of_ten[decimal_digits - fraction.count];
    raw += part;
  }
  const auto value = static_cast<Int128>(raw);
  return negative ? -value : value;
}

Result<Int128> mul_div_raw(Int128 x, Int128 y, Int128 z) {
  if (z == 0) return fail(Errc::divide_by_zero, "division by zero");
  Int256 numerator = Int256::product(x, y);
  if (z < 0) numerator = -numerator;
  if (const auto result = divide_half_even(numerator, magnitude(z))) return *result;
  return fail(Errc::overflow, "a product or quotient leaves the decimal range of +-1.7e20");
}

Result<Int128> raw_from_double(double value, int digits) {
  if (const auto raw = rounded_raw(value, digits)) return *raw;
  return beyond_decimals(value);
}

tl::unexpected<Error> beyond_decimals(double value) {
  return fail(Errc::overflow, fmt::format("{} is outside the decimal range of +-1.7e20", value));
}

Int128 rounded_in_range(double value, int digits) {
  BALLAST_ASSERT(digits >= 0 && digits <= decimal_digits);
  // Nearly always a product in doubles leaves no doubt: it is off by 2^-53 of itself at most, and
  // the whole number next to it is nearer than a half by more than that.
  const double scaled = value * powers_of_ten_double[static_cast<std::size_t>(digits)];
  constexpr double no_fraction = 0x1.8p52;  // a double of this size has none: adding it rounds
  const double whole = (scaled + no_fraction) - no_fraction;
  const double size = std::fabs(scaled);
  if (size < 0x1p50 && std::fabs(scaled - whole) + size * 0x1p-52 < 0.5) {
    return Int128{static_cast<std::int64_t>(whole)} *
           static_cast<std::int64_t>(
               powers_of_ten[static_cast<std::size_t>(decimal_digits - digits)]);
  }
  return rounded_by_integers(value, digits);
}

char* print_decimal(Int128 raw, char* out) {
  UInt128 rest = magnitude(raw);
  if (raw < 0) *out++ = '-';
  constexpr auto one = static_cast<UInt128>(decimal_one);
  const UInt128 whole = rest / one;
  auto fraction = static_cast<std::uint64_t>(rest % one);
  constexpr UInt128 word = std::numeric_limits<std::uint64_t>::max();
  if (whole <= word) {
    const fmt::format_int text(static_cast<std::uint64_t>(whole));
    std::memcpy(out, text.data(), text.size());
    out += text.size();
  } else {  // at most 21 digits
    constexpr std::uint64_t chunk = 10'000'000'000ULL;
    const fmt::format_int high(static_cast<std::uint64_t>(whole / chunk));
    std::memcpy(out, high.data(), high.size());
    out += high.size();
    auto low = static_cast<std::uint64_t>(whole % chunk);
    for (int i = 9; i >= 0; --i, low /= 10)
      out[i] = static_cast<char>('0' + low % 10);
    out += 10;
  }
  if (fraction == 0) return out;
  *out++ = '.';
  int digits = decimal_digits;
  while (fraction % 10 == 0) {
    fraction /= 10;
    --digits;
  }
  for (int i = digits - 1; i >= 0; --i, fraction /= 10)
    out[i] = static_cast<char>('0' + fraction % 10);
  return out + digits;
}

std::string decimal_text(Int128 raw) {
  char buffer[decimal_text_max];
  return {buffer, print_decimal(raw, buffer)};
}

}  // namespace ballast
