// The exponential function, the logarithm of a ratio and Mills' ratio, without branches, tables or
// libm: so loops over them become vector instructions, and every machine and library gives the same
// bits, one number at a time or eight.
//
// Each comes in two arithmetics. Separate rounds a product before it is added to, as every machine
// can at once. Fused rounds once: fewer instructions where the processor has one for it, and calls
// of libm, as exact but some tens of times slower, where it has not or the code is compiled for any
// processor. So Fused is for what is compiled for several (vector_path.hpp).
//
// exp:    Cody and Waite (1980), "Software Manual for the Elementary Functions": y = k ln 2 + r.
// log:    2 atanh((a - b) / (a + b)) of the significands: nothing is lost where a is near b.
// Mills:  R(z) = N(-z) / phi(z) = 1 / (z + S(z)); S, which falls from root(2 / pi) like 1 / z, is
//         one quotient of polynomials with positive coefficients on all of z >= 0, to 4e-17 of
//         itself.
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
BALLAST_KERNEL constexpr std::uint64_t bits_of(double x) { return std::bit_cast<std::uint64_t>(x); }

/// z^2 as high + low.
struct Square {
  double high = 0.0;
  double low = 0.0;
};

struct Separate {
  /// a b + c.
  BALLAST_KERNEL static double multiply_add(double a, double b, double c) { return a * b + c; }
  BALLAST_KERNEL static Square square(double z) {
    const double head = std::bit_cast<double>(bits_of(z) & ~std::uint64_t{0x7ffffff});
    return {head * head, (z - head) * (z + head)};
  }
};

struct Fused {
  BALLAST_KERNEL static double multiply_add(double a, double b, double c) {
    return __builtin_fma(a, b, c);
  }
  BALLAST_KERNEL static Square square(double z) {
    const double high = z * z;
    return {high, __builtin_fma(z, z, -high)};
  }
};

/// In groups of four, of which processors compute several at once: Horner's rule would wait for
/// each step. Sums whose terms are of one sign lose no more by it.
template <class Op = Separate, std::size_t n>
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
    if (i + 1 < n) part = Op::multiply_add(at(i + 1), x, part);
    if (i + 3 < n)
      part = Op::multiply_add(Op::multiply_add(at(i + 3), x, at(i + 2)), x2, part);
    else if (i + 2 < n)
      part = Op::multiply_add(at(i + 2), x2, part);
    sum = i + 4 < n ? Op::multiply_add(sum, x4, part) : part;
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
template <class Op = Separate>
BALLAST_KERNEL double exp_rest(double r) {
  constexpr std::array q{
      0.50000000000000109648,   0.16666666666666406402,   0.041666666666526812031,
      0.0083333333334972954698, 0.0013888888944615262721, 0.00019841269502818091299,
      2.4801491985169736181e-5, 2.7557587600662747605e-6, 2.7630674848986987841e-7,
      2.5000348084839552127e-8,
  };
  return Op::multiply_add(r * r, polynomial<Op>(q, r), r);
}

/// exp's argument as k ln 2 + r. Loops over many stop here, and at log_ratio()'s quotient: halves
/// wait for half as many results, so a processor has more rounds of them under way.
struct ExpParts {
  double k = 0.0;
  double r = 0.0;
};

/// Of high + low, |low| small beside 1.
template <class Op = Separate>
BALLAST_KERNEL ExpParts exp_parts(double high, double low) {
  const double k = Op::multiply_add(high, 1.4426950408889634074, rounder) - rounder;
  const double rest = Op::multiply_add(-k, ln2_low, Op::multiply_add(-k, ln2_high, high));
  return {k, rest + low};
}

/// -1154 <= k <= 1023. Rounds to subnormal numbers and 0.
template <class Op = Separate>
BALLAST_KERNEL double exp_of(const ExpParts& of) {
  const double e = 1.0 + exp_rest<Op>(of.r);
  const double half = 0.5 * of.k + rounder;  // in two steps: 2^k alone may be no normal number
  return e * power_of_2(half) * power_of_2((of.k - (half - rounder)) + rounder);
}

/// exp(y), y <= 709.
template <class Op = Separate>
BALLAST_KERNEL double exp(double y) {
  return exp_of<Op>(exp_parts<Op>(most(y, -800.0), 0.0));
}

/// Beyond it the density is 0.
constexpr double density_distance = 50.0;

/// Of -z^2 / 2, |z| <= density_distance. z^2 is taken exactly: rounded, it would cost digits in the
/// tails.
template <class Op = Separate>
BALLAST_KERNEL ExpParts density_parts(double z) {
  const Square square = Op::square(z);
  return exp_parts<Op>(-0.5 * square.high, -0.5 * square.low);
}
/// As exp_of(), where k is in -1804 ... 0: one step and the constant are enough.
template <class Op = Separate>
BALLAST_KERNEL double density_of(const ExpParts& of) {
  const double e = 1.0 + exp_rest<Op>(of.r);
  return e * power_of_2(of.k + (rounder + 900.0)) * (0x1p-900 / root_of_2_pi);
}

/// exp(-z^2 / 2) / root(2 pi).
template <class Op = Separate>
BALLAST_KERNEL double density(double z) {
  return density_of<Op>(density_parts<Op>(least(magnitude(z), density_distance)));
}

/// A logarithm as k ln 2 + 2 atanh(f).
struct LogParts {
  double k = 0.0;
  double f = 0.0;
};

/// For normal a, b > 0. The difference of their bits, read as a fixed-point number, is log2(a / b)
/// to 0.09; k is its nearest whole number. What it has besides takes the significand of b, n, to a
/// number between 2/3 and 3/2 of it: a / 2^k where b is n.
BALLAST_KERNEL LogParts log_parts_of_normal(double a, double b) {
  constexpr unsigned fraction = 52;
  constexpr std::uint64_t bias = 2047;  // keeps k above 0
  constexpr std::uint64_t half = std::uint64_t{1} << (fraction - 1U);
  constexpr std::uint64_t significand = (std::uint64_t{1} << fraction) - 1U;
  constexpr double whole = 0x1p52;
  const std::uint64_t difference = bits_of(a) - bits_of(b) + (bias << fraction);
  const std::uint64_t k = (difference + half) >> fraction;
  const std::uint64_t n_bits = (bits_of(b) & significand) | bits_of(1.0);
  const double m = std::bit_cast<double>(difference - (k << fraction) + n_bits);
  const double n = std::bit_cast<double>(n_bits);
  return {std::bit_cast<double>(k | bits_of(whole)) - (whole + static_cast<double>(bias)),
          (m - n) / (m + n)};
}

/// For a, b >= 0 and finite; 0 counts as some number below all others.
BALLAST_KERNEL LogParts log_parts(double a, double b) {
  const double a_shift = a < smallest_normal ? 54.0 : 0.0;
  const double b_shift = b < smallest_normal ? 54.0 : 0.0;
  const double a_scale = a < smallest_normal ? 0x1p54 : 1.0;
  const double b_scale = b < smallest_normal ? 0x1p54 : 1.0;
  const LogParts parts = log_parts_of_normal(a * a_scale, b * b_scale);
  return {parts.k - (a_shift - b_shift), parts.f};
}

template <class Op = Separate>
BALLAST_KERNEL double log_of(const LogParts& of) {
  constexpr std::array w{
      0.66666666666668832752, 0.39999999997780865746, 0.28571429160101717933,
      0.22222154609942449374, 0.18185789155214895328, 0.15260112810627974836,
      0.1529971820853442457,
  };
  const double f2 = of.f * of.f;
  const double rest = Op::multiply_add(of.f * f2, polynomial<Op>(w, f2), of.k * ln2_low);
  return Op::multiply_add(of.k, ln2_high, Op::multiply_add(2.0, of.f, rest));
}

/// ln(a / b), for a, b > 0 and finite; some -1,500 for a = 0.
template <class Op = Separate>
BALLAST_KERNEL double log_ratio(double a, double b) {
  return log_of<Op>(log_parts(a, b));
}

struct Mills {
  double ratio = 0.0;  // R(z)
  double slope = 0.0;  // -R'(z) = 1 - z R(z)
};

/// Up to where R is 1 / z, and the polynomials finite.
constexpr double mills_distance = 1e8;

/// 0 <= z <= some of mills_distance.
template <class Op = Separate>
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
  const double n = polynomial<Op>(above, z);
  const double p = polynomial<Op>(below, z);
  const double inverse = 1.0 / Op::multiply_add(z, p, n);
  return {p * inverse, n * inverse};
}

}  // namespace ballast::kernel
