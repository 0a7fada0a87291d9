#include "adapters/feed/common/values.hpp"

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

std::string number(std::string_view text) {
  const auto raw = parse_number_raw(text);
  return raw ? decimal_text(*raw) : std::string(to_string(raw.error().code));
}

TEST(Number, takes_exponents_exactly) {
  EXPECT_EQ(number("6.019e-05"), "0.00006019");
  EXPECT_EQ(number("1e-8"), "0.00000001");
  EXPECT_EQ(number("-2.2E-05"), "-0.000022");
  EXPECT_EQ(number("1.5e3"), "1500");
  EXPECT_EQ(number("1.5e+0"), "1.5");
  EXPECT_EQ(number("12345.678e2"), "1234567.8");
  EXPECT_EQ(number("1e-18"), "0.000000000000000001");
  EXPECT_EQ(number("10e-19"), "0.000000000000000001");  // its last digit is a zero
  EXPECT_EQ(number("12.5"), "12.5");
}

TEST(Number, refuses_what_it_cannot_hold_or_read) {
  EXPECT_EQ(number("1e-19"), "excess_digits");
  EXPECT_EQ(number("1e21"), "overflow");
  EXPECT_EQ(number("1e999999999"), "overflow");
  for (const char* bad : {"", "e", "1e", "e5", "1e5.0", "1ee5", ".5e1", "5.e1", "1.2.3e1", "0x1e4",
                          "1e--5", "1 e5", "nan", "inf", "- 1e5"}) {
    EXPECT_EQ(number(bad), "bad_input") << bad;
  }
}

TEST(Number, an_exponent_shifts_the_point_and_changes_no_digit) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Rng rng(seed);
    const std::int64_t mantissa = rng.between(-999'999'999, 999'999'999);
    const auto exponent = static_cast<int>(rng.between(-9, 9));
    // mantissa * 10^exponent by repeated multiplication: the obvious way.
    Int128 raw = Int128{mantissa} * decimal_one;
    for (int i = 0; i < exponent; ++i)
      raw *= 10;
    for (int i = 0; i > exponent; --i)
      raw /= 10;  // exact: 18 digits are there to give
    EXPECT_EQ(number(std::to_string(mantissa) + "e" + std::to_string(exponent)), decimal_text(raw));
  }
}

std::string time(std::string_view format, std::string_view text, Duration offset = {}) {
  const auto made = TimeFormat::create(format, offset);
  if (!made) return "format: " + made.error().what;
  const auto t = made->read(text);
  return t ? to_string(*t) : "error";
}

TEST(TimeFormat, reads_counts_since_the_epoch_exactly) {
  EXPECT_EQ(time("s", "1625097621.647"), "2021-07-01T00:00:21.647Z");
  EXPECT_EQ(time("s", "1625097600"), "2021-07-01T00:00:00Z");
  EXPECT_EQ(time("ms", "1601510340000"), "2020-09-30T23:59:00Z");
  EXPECT_EQ(time("us", "1598918403810979"), "2020-09-01T00:00:03.810979Z");
  EXPECT_EQ(time("us", "1598918403810979.5"), "2020-09-01T00:00:03.810979500Z");
  EXPECT_EQ(time("ns", "1723161253937085768"), "2024-08-08T23:54:13.937085768Z");
  EXPECT_EQ(time("s", "-1.5"), "1969-12-31T23:59:58.500Z");
}

TEST(TimeFormat, refuses_counts_that_nanoseconds_do_not_hold) {
  EXPECT_EQ(time("s", "1.0000000001"), "error");
  EXPECT_EQ(time("ns", "1.5"), "error");
  EXPECT_EQ(time("s", "9223372037"), "error");  // past the year 2262
  EXPECT_EQ(time("s", "1e9"), "error");
  EXPECT_EQ(time("ms", ""), "error");
}

TEST(TimeFormat, auto_tells_the_unit_by_its_magnitude) {
  for (const char* text : {"1601510340", "1601510340000", "1601510340000000", "1601510340000000000",
                           "2020-09-30T23:59:00Z", "2020-09-30 23:59:00+00:00"}) {
    EXPECT_EQ(time("auto", text), "2020-09-30T23:59:00Z") << text;
  }
}

TEST(TimeFormat, a_pattern_reads_clock_times_in_their_zone) {
  EXPECT_EQ(time("%Y-%m-%d %H:%M:%S", "2020-01-01 03:00:00.001", Duration::hours(3)),
            "2020-01-01T00:00:00.001Z");
  EXPECT_EQ(time("%d/%m/%Y %H:%M", "31/12/2019 23:59"), "2019-12-31T23:59:00Z");
  EXPECT_EQ(time("%Y%m%d", "20200229"), "2020-02-29T00:00:00Z");
  for (const char* bad :
       {"2020-01-01", "2020-13-01 00:00:00", "2021-02-29 00:00:00", "2020-01-01 00:00:00Z",
        "2020-01-01 00:00:00.", "2020-01-01T00:00:00", "2020-01-01 00:00:00.1234567891"}) {
    EXPECT_EQ(time("%Y-%m-%d %H:%M:%S", bad), "error") << bad;
  }
}

TEST(TimeFormat, refuses_a_format_that_is_none) {
  for (const char* bad : {"", "sec", "%Q", "%", "%Y-%"}) {
    EXPECT_EQ(time(bad, "1").rfind("format: ", 0), 0U) << bad;
  }
}

TEST(UtcOffset, reads_hours_and_minutes_with_a_sign) {
  EXPECT_EQ(parse_utc_offset("+03:00"), Duration::hours(3));
  EXPECT_EQ(parse_utc_offset("-0530"), Duration::minutes(-330));
  EXPECT_EQ(parse_utc_offset("Z"), Duration{});
  for (const char* bad : {"3", "+3", "+15:00", "+03:60", "+03:00x", "03:00"}) {
    EXPECT_FALSE(parse_utc_offset(bad)) << bad;
  }
}

}  // namespace
}  // namespace ballast
