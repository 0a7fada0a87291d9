#include "base/decimal.hpp"

#include <cmath>
#include <concepts>
#include <limits>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

// ---- what must not compile

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
static_assert(Addable<Price, Price>);
static_assert(!Addable<Price, Quantity>);
static_assert(!Addable<Amount, Decimal>);
static_assert(!std::convertible_to<double, Amount>);
static_assert(!std::convertible_to<Amount, double>);
static_assert(!std::convertible_to<Price, Amount>);

// ---- an independent slow arithmetic: decimal digits, least significant first

using Digits = std::vector<int>;

Digits digits_of(UInt128 value) {
  Digits digits;
  for (; value > 0; value /= 10)
    digits.push_back(static_cast<int>(value % 10));
  return digits;
}

void trim(Digits& digits) {
  while (!digits.empty() && digits.back() == 0)
    digits.pop_back();
}

Digits times(const Digits& a, const Digits& b) {
  Digits product(a.size() + b.size(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    int carry = 0;
    for (std::size_t j = 0; j < b.size() || carry > 0; ++j) {
      const int sum = product[i + j] + carry + (j < b.size() ? a[i] * b[j] : 0);
      product[i + j] = sum % 10;
      carry = sum / 10;
    }
  }
  trim(product);
  return product;
}

int compare(const Digits& a, const Digits& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

void subtract(Digits& a, const Digits& b) {  // a >= b
  int borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] -= borrow + (i < b.size() ? b[i] : 0);
    borrow = a[i] < 0 ? 1 : 0;
    a[i] += borrow * 10;
  }
  trim(a);
}

/// a / b by long division in tens, rounded half to even.
Digits divide(const Digits& a, const Digits& b) {
  Digits quotient;
  Digits rest;
  for (std::size_t i = a.size(); i-- > 0;) {
    rest.insert(rest.begin(), a[i]);
    trim(rest);
    int digit = 0;
    for (; compare(rest, b) >= 0; ++digit)
      subtract(rest, b);
    quotient.insert(quotient.begin(), digit);
  }
  trim(quotient);
  const int half = compare(times(rest, {2}), b);
  const bool odd = !quotient.empty() && quotient[0] % 2 == 1;
  if (half > 0 || (half == 0 && odd)) {
    std::size_t i = 0;
    while (i < quotient.size() && quotient[i] == 9)
      quotient[i++] = 0;
    if (i == quotient.size()) quotient.push_back(0);
    ++quotient[i];
  }
  return quotient;
}

Int128 random_raw(Rng& rng) {
  const auto bits = rng.below(127) + 1;
  const UInt128 wide = (static_cast<UInt128>(rng.next()) << 64) | rng.next();
  const auto value = static_cast<Int128>(wide >> (128 - bits));
  return rng.chance(0.5) ? value : -value;
}

TEST(Decimal, multiplies_and_divides_like_schoolbook_digits_rounded_half_to_even) {
  constexpr std::uint64_t seed = 7;
  Rng rng(seed);
  int in_range = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Int128 x = random_raw(rng);
    const Int128 y = random_raw(rng);
    // Small divisors give ties, large ones every path of the long division.
    Int128 z = rng.chance(0.2) ? static_cast<Int128>(rng.between(-20, 20)) : random_raw(rng);
    if (z == 0) z = 2;
    const Digits expected =
        divide(times(digits_of(magnitude(x)), digits_of(magnitude(y))), digits_of(magnitude(z)));
    const bool fits = compare(expected, digits_of(magnitude(int128_max))) <= 0;
    const auto result = mul_div_raw(x, y, z);
    ASSERT_EQ(result.has_value(), fits) << "seed " << seed << " case " << i;
    if (!fits) {
      ASSERT_EQ(result.error().code, Errc::overflow);
      continue;
    }
    ++in_range;
    ASSERT_EQ(digits_of(magnitude(*result)), expected) << "seed " << seed << " case " << i;
    const bool negative = ((x < 0) != (y < 0)) != (z < 0);
    if (*result != 0) {
      ASSERT_EQ(*result < 0, negative) << "seed " << seed << " case " << i;
    }
  }
  EXPECT_GT(in_range, 5'000);
}

TEST(Decimal, rounds_ties_to_even) {
  EXPECT_EQ(*mul_div_raw(1, 1, 2), 0);
  EXPECT_EQ(*mul_div_raw(3, 1, 2), 2);
  EXPECT_EQ(*mul_div_raw(5, 1, 2), 2);
  EXPECT_EQ(*mul_div_raw(-3, 1, 2), -2);
  EXPECT_EQ(*mul_div_raw(-1, 1, -2), 0);
  EXPECT_EQ(*mul_div_raw(int128_max, int128_max, int128_max), int128_max);
}

TEST(Decimal, refuses_to_divide_by_zero) {
  EXPECT_EQ(mul_div_raw(1, 1, 0).error().code, Errc::divide_by_zero);
}

TEST(Decimal, values_a_quantity_at_a_price) {
  const auto quantity = *parse_decimal<Quantity>("-1.5");
  EXPECT_EQ(to_string(*notional(quantity, *parse_decimal<Price>("61234.57"))), "-91851.855");
  EXPECT_EQ(notional(Quantity::whole(10'000'000'000), Price::whole(100'000'000'000)).error().code,
            Errc::overflow);
}

TEST(Decimal, parses_what_it_prints_for_every_magnitude) {
  constexpr std::uint64_t seed = 11;
  Rng rng(seed);
  for (int i = 0; i < 20'000; ++i) {
    const Int128 raw = random_raw(rng);
    const std::string text = decimal_text(raw);
    ASSERT_LE(text.size(), decimal_text_max);
    const auto back = parse_decimal_raw(text);
    ASSERT_TRUE(back) << text;
    ASSERT_EQ(*back, raw) << text << " seed " << seed;
  }
  EXPECT_EQ(*parse_decimal_raw(decimal_text(int128_max)), int128_max);
  EXPECT_EQ(decimal_text(int128_max), "170141183460469231731.687303715884105727");
}

TEST(Decimal, prints_the_shortest_exact_text) {
  EXPECT_EQ(to_string(Price{}), "0");
  EXPECT_EQ(to_string(*parse_decimal<Price>("00120.5000")), "120.5");
  EXPECT_EQ(to_string(*parse_decimal<Price>("-0.0")), "0");
  EXPECT_EQ(to_string(Price::from_raw(-1)), "-0.000000000000000001");
  EXPECT_EQ(to_string(Price::whole(std::numeric_limits<std::int64_t>::min())),
            "-9223372036854775808");
  EXPECT_EQ(to_string(*parse_decimal<Price>("100000000000000000000")), "100000000000000000000");
}

TEST(Decimal, parses_every_plain_form_exactly) {
  EXPECT_EQ(*parse_decimal_raw("+1"), decimal_one);
  EXPECT_EQ(*parse_decimal_raw("0000000000000000000000001"), decimal_one);
  EXPECT_EQ(*parse_decimal_raw("1.0000000000000000000000000"), decimal_one);
  EXPECT_EQ(*parse_decimal_raw("0.000000000000000001"), 1);
  EXPECT_EQ(*parse_decimal_raw("0.0000000000000000010"), 1);
  EXPECT_EQ(*parse_decimal_raw("9999999999999999999.999999999999999999"),
            Int128{10'000'000'000'000'000'000ULL} * decimal_one - 1);
}

TEST(Decimal, refuses_what_is_not_a_plain_decimal) {
  for (const auto* text : {"",
                           "-",
                           "+",
                           ".",
                           "-.",
                           ".5",
                           "5.",
                           "-.5",
                           "1.2.3",
                           "1e5",
                           "1,000",
                           " 1",
                           "1 ",
                           "0x1",
                           "--1",
                           "+-1",
                           "1-",
                           "NaN",
                           "inf",
                           "1_000",
                           "\xd9\xa1",
                           "1.5x",
                           "x1.5",
                           "100000000000000000000x",
                           "1.0000000000000000000x"}) {
    const auto raw = parse_decimal_raw(text);
    ASSERT_FALSE(raw) << text;
    EXPECT_EQ(raw.error().code, Errc::bad_input) << text;
  }
  EXPECT_FALSE(parse_decimal_raw(std::string_view("1\0", 2)));
  EXPECT_FALSE(parse_decimal_raw(std::string_view("1.5\0", 4)));
}

TEST(Decimal, refuses_digits_it_cannot_keep_and_numbers_out_of_range) {
  EXPECT_EQ(parse_decimal_raw("0.0000000000000000001").error().code, Errc::excess_digits);
  EXPECT_EQ(parse_decimal_raw("1.12345678901234567890000000001").error().code, Errc::excess_digits);
  EXPECT_EQ(parse_decimal_raw("170141183460469231731.687303715884105728").error().code,
            Errc::overflow);
  EXPECT_EQ(parse_decimal_raw("1000000000000000000000").error().code, Errc::overflow);
  EXPECT_EQ(parse_decimal_raw(std::string(1000, '9')).error().code, Errc::overflow);
}

TEST(Decimal, crosses_to_doubles_within_the_promised_error) {
  constexpr std::uint64_t seed = 13;
  Rng rng(seed);
  for (int i = 0; i < 20'000; ++i) {
    const Int128 raw = random_raw(rng);
    const long double exact = static_cast<long double>(raw) / 1e18L;
    const double got = to_double(Decimal{raw});
    ASSERT_LE(std::fabs(static_cast<double>((exact - got) / (exact == 0 ? 1 : exact))), 0x1.0p-52)
        << "seed " << seed << " case " << i;
  }
}

TEST(Decimal, crosses_back_from_doubles_by_their_exact_binary_value) {
  // The exact value of the double nearest 0.1 is 0.1000000000000000055511151231257827...
  EXPECT_EQ(*raw_from_double(0.1, 18), 100'000'000'000'000'006);
  EXPECT_EQ(*raw_from_double(0.1, 2), 100'000'000'000'000'000);
  EXPECT_EQ(*raw_from_double(-2.5, 0), -2 * decimal_one);  // a tie, to even
  EXPECT_EQ(*raw_from_double(3.5, 0), 4 * decimal_one);
  EXPECT_EQ(*raw_from_double(0.125, 2), 120'000'000'000'000'000);
  EXPECT_EQ(*raw_from_double(9007199254740993.0, 18), Int128{9007199254740992} * decimal_one);
  EXPECT_EQ(*raw_from_double(1e20, 18), Int128{100} * decimal_one * decimal_one);
  EXPECT_EQ(*raw_from_double(5e-324, 18), 0);
  EXPECT_EQ(*raw_from_double(0.0, 18), 0);
  for (const double bad : {1.8e20, -1.8e20, std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(raw_from_double(bad, 18).error().code, Errc::overflow);
  }
}

TEST(Decimal, crosses_back_as_long_division_of_the_exact_binary_value_does) {
  Rng rng(41);
  for (int i = 0; i < 200'000; ++i) {
    const auto mantissa = static_cast<std::int64_t>(rng.next() >> 11);  // below 2^53
    const int exponent = static_cast<int>(rng.between(-126, 15));
    const double value = std::ldexp(static_cast<double>(mantissa), exponent);
    if (value >= 1.7e20) continue;
    const int digits = static_cast<int>(rng.between(0, decimal_digits));
    Int128 unit = 1, scale = 1;
    for (int d = 0; d < decimal_digits; ++d)
      (d < digits ? scale : unit) *= 10;
    Int256 numerator = Int256::product(mantissa, scale);
    for (int doubled = 0; doubled < exponent; ++doubled)
      numerator += numerator;
    const UInt128 divisor = exponent < 0 ? UInt128{1} << -exponent : 1;
    const Int128 expected = *divide_half_even(numerator, divisor) * unit;
    ASSERT_EQ(*raw_from_double(value, digits), expected) << value << " to " << digits;
    ASSERT_EQ(*raw_from_double(-value, digits), -expected) << value << " to " << digits;
  }
}

TEST(Decimal, crosses_back_the_right_way_right_beside_a_tie) {
  Rng rng(42);
  for (int i = 0; i < 100'000; ++i) {
    const int digits = static_cast<int>(rng.between(0, decimal_digits));
    Int128 unit = 1, scale = 1;
    for (int d = 0; d < decimal_digits; ++d)
      (d < digits ? scale : unit) *= 10;
    const auto whole = static_cast<double>(rng.next() >> rng.between(13, 63));
    const double tie = (whole + 0.5) / to_double(scale);
    for (const double value : {std::nextafter(tie, 0.0), tie, std::nextafter(tie, 1e21)}) {
      int exponent = 0;
      const auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(value, &exponent), 53));
      exponent -= 53;
      ASSERT_LE(exponent, 0);
      const UInt128 divisor = UInt128{1} << -exponent;
      const Int128 expected = *divide_half_even(Int256::product(mantissa, scale), divisor) * unit;
      ASSERT_EQ(*raw_from_double(value, digits), expected) << value << " to " << digits;
    }
  }
}

TEST(Decimal, reports_an_overflow_of_a_checked_sum) {
  const auto most = Amount::from_raw(int128_max);
  EXPECT_EQ(*checked_add(most, Amount::from_raw(0)), most);
  EXPECT_EQ(checked_add(most, Amount::from_raw(1)).error().code, Errc::overflow);
  EXPECT_DEATH({ [[maybe_unused]] auto sum = most + Amount::from_raw(1); }, "overflow");
}

}  // namespace
}  // namespace ballast
