// The exponential function, the logarithm of a ratio and Mills' ratio, without branches, tables or
// libm: so loops over them become vector instructions, and every machine and library gives the same
// bits, one number at a time or eight.
//
// exp:    Cody and Waite (1980), "Software Manual for the Elementary Functions": y = k ln 2 + r.
// log:    2 atanh((a - b) / (a + b)) of the significands, so that nothing is lost where a is near
// b. Mills:  R(z) = N(-z) / phi(z) = 1 / (z + S(z)); S, which falls from root(2 / pi) like 1 / z,
// is one
//         quotient of polynomials with positive coefficients on all of z >= 0, to 4e-17 of itself.
// The polynomials are minimax fits made with 60 digits. Errors stay below two units in the last
// place; the tests hold them to long double.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

// The functions that call these are compiled for several processors, each inlining its own copy.
#define BALLAST_KERNEL [[gnu::always_inline]] inline

namespace ballast::kernel {

constexpr double ln2_high = 0x1.62e42feep-1;  // 32 bits: times a whole k it is exact
constexpr double ln2_low = 0x1.a39ef35793c76p-33;
constexpr double rounder = 0x1.8p52;  // adding it rounds to a whole number, held in the low bits
constexpr double root_of_2_pi = 2.5066282746310005024;
constexpr double smallest_normal = 0x1p-1022;

BALLAST_KERNEL double least(double a, double b) { return a < b ? a : b; }
BALLAST_KERNEL double most(double a, double b) { return a > b ? a : b; }
BALLAST_KERNEL double magnitude(double a) { return std::fabs(a); }
/// None of them is set where x is 0.
BALLAST_KERNEL std::uint64_t bits_of(double x) { return std::bit_cast<std::uint64_t>(x); }

/// In groups of four, of which processors compute several at once: Horner's rule would wait for
/// each step. Sums whose terms are of one sign lose no more by it.
template <std::size_t n>
BALLAST_KERNEL double polynomial(const std::array<double, n>& coefficients, double x) {
  const auto at = [&](std::size_t i) __attribute__((always_inline)) {
    return i < n ? coefficients[i] : 0.0;
  };
  const double x2 = x * x;
  const double x4 = x2 * x2;
  double sum = 0.0;
  for (std::size_t group = (n + 3) / 4; group-- > 0;) {
    const std::size_t i = 4 * group;
    double part = at(i);
    if (i + 1 < n) part += at(i + 1) * x;
    if (i + 3 < n)
      part += (at(i + 2) + at(i + 3) * x) * x2;
    else if (i + 2 < n)
      part += at(i + 2) * x2;
    sum = i + 4 < n ? part + sum * x4 : part;
  }
  return sum;
}

/// 2^k for the whole k that `rounder` was added to, |k| < 1022.
BALLAST_KERNEL double power_of_2(double k_and_rounder) {
  const std::uint64_t k =
      std::bit_cast<std::uint64_t>(k_and_rounder) - std::bit_cast<std::uint64_t>(rounder);
  return std::bit_cast<double>((k + 1023U) << 52U);
}

/// e^r - 1 for |r| <= ln 2 / 2.
BALLAST_KERNEL double exp_rest(double r) {
  constexpr std::array q{
      0.50000000000000109648,   0.16666666666666406402,   0.041666666666526812031,
      0.0083333333334972954698, 0.0013888888944615262721, 0.00019841269502818091299,
      2.4801491985169736181e-5, 2.7557587600662747605e-6, 2.7630674848986987841e-7,
      2.5000348084839552127e-8,
  };
  return r + r * r * polynomial(q, r);
}

/// exp's argument as k ln 2 + r. Loops over many stop here, and at log_ratio()'s quotient: halves
/// wait for half as many results, so a processor has more rounds of them under way.
struct ExpParts {
  double k = 0.0;
  double r = 0.0;
};

/// Of high + low, |low| small beside 1.
BALLAST_KERNEL ExpParts exp_parts(double high, double low) {
  const double k = (high * 1.4426950408889634074 + rounder) - rounder;
  return {k, ((high - k * ln2_high) - k * ln2_low) + low};
}

/// -1154 <= k <= 1023. Rounds to subnormal numbers and 0.
BALLAST_KERNEL double exp_of(const ExpParts& of) {
  const double e = 1.0 + exp_rest(of.r);
  const double half = 0.5 * of.k + rounder;  // in two steps: 2^k alone may be no normal number
  return e * power_of_2(half) * power_of_2((of.k - (half - rounder)) + rounder);
}

/// exp(y), y <= 709.
BALLAST_KERNEL double exp(double y) { return exp_of(exp_parts(most(y, -800.0), 0.0)); }

/// Of -z^2 / 2. z^2 is taken exactly: rounded, it would cost digits in the tails.
BALLAST_KERNEL ExpParts density_parts(double z) {
  z = least(magnitude(z), 50.0);
  const double head =
      std::bit_cast<double>(std::bit_cast<std::uint64_t>(z) & ~std::uint64_t{0x7ffffff});
  return exp_parts(-0.5 * head * head, -0.5 * (z - head) * (z + head));
}
/// As exp_of(), where k is in -1804 ... 0: one step and the constant are enough.
BALLAST_KERNEL double density_of(const ExpParts& of) {
  const double e = 1.0 + exp_rest(of.r);
  return e * power_of_2(of.k + (rounder + 900.0)) * (0x1p-900 / root_of_2_pi);
}

/// exp(-z^2 / 2) / root(2 pi).
BALLAST_KERNEL double density(double z) { return density_of(density_parts(z)); }

/// 2^52 and the biased exponent of a normal number above 0, from its bits.
BALLAST_KERNEL double exponent(std::uint64_t bits) {
  constexpr std::uint64_t whole = std::bit_cast<std::uint64_t>(0x1p52);
  return std::bit_cast<double>((bits >> 52U) | whole);
}

/// A logarithm as k ln 2 + 2 atanh(f).
struct LogParts {
  double k = 0.0;
  double f = 0.0;
};

BALLAST_KERNEL LogParts log_parts(double a, double b) {
  constexpr std::uint64_t one = std::bit_cast<std::uint64_t>(1.0);
  constexpr std::uint64_t significand_mask = (std::uint64_t{1} << 52U) - 1U;
  const double a_shift = a < smallest_normal ? 54.0 : 0.0;
  const double b_shift = b < smallest_normal ? 54.0 : 0.0;
  const double a_scale = a < smallest_normal ? 0x1p54 : 1.0;
  const double b_scale = b < smallest_normal ? 0x1p54 : 1.0;
  const std::uint64_t a_bits = std::bit_cast<std::uint64_t>(a * a_scale);
  const std::uint64_t b_bits = std::bit_cast<std::uint64_t>(b * b_scale);
  const double exponents = (exponent(a_bits) - exponent(b_bits)) - (a_shift - b_shift);
  const double m = std::bit_cast<double>((a_bits & significand_mask) | one);
  const double n = std::bit_cast<double>((b_bits & significand_mask) | one);
  constexpr double root_of_2 = 1.4142135623730950488;
  const double above = m > root_of_2 * n ? 1.0 : 0.0;
  const double below = root_of_2 * m < n ? 1.0 : 0.0;
  const double scaled = m * (1.0 - 0.5 * above + below);
  return {exponents + above - below, (scaled - n) / (scaled + n)};
}

BALLAST_KERNEL double log_of(const LogParts& of) {
  constexpr std::array w{
      0.66666666666667447297, 0.39999999999339016632, 0.28571428760653254784,
      0.22222196565064867335, 0.18183675057632665772, 0.1531106710578181775,
      0.14827199234603696631,
  };
  const double f2 = of.f * of.f;
  return of.k * ln2_high + (2.0 * of.f + (of.f * f2 * polynomial(w, f2) + of.k * ln2_low));
}

/// ln(a / b), for a, b > 0 and finite; some -1,500 for a = 0.
BALLAST_KERNEL double log_ratio(double a, double b) { return log_of(log_parts(a, b)); }

struct Mills {
  double ratio = 0.0;  // R(z)
  double slope = 0.0;  // -R'(z) = 1 - z R(z)
};

/// z >= 0; beyond 1e8, where R is 1 / z, as at 1e8.
BALLAST_KERNEL Mills mills(double z) {
  constexpr std::array above{
      4350790.2129733069699, 6262266.5736702374604, 4550314.9850300441447, 2154393.0958637074523,
      728356.06629728370645, 182726.28006979140667, 34384.284623927916222, 4797.7032702602247812,
      477.2001117072729964,  30.830233672669854477, 1.0000000000000000332,
  };
  constexpr std::array below{
      5452906.8824133616756, 10332002.300639584854, 9663498.6352668265008, 5820346.3467122662912,
      2492354.4507819067958, 794303.43040641832311, 192136.70530608407673, 35332.684845919702531,
      4859.3637376180938586, 479.20011170721545023, 30.830233672669958445, 1.0,
  };
  z = least(z, 1e8);
  const double n = polynomial(above, z);
  const double p = polynomial(below, z);
  const double inverse = 1.0 / (n + z * p);
  return {p * inverse, n * inverse};
}

}  // namespace ballast::kernel
