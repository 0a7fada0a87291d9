// Complex arithmetic without the care for infinities that std::complex takes: its products and
// quotients branch on NaN, which costs more than the arithmetic. Operands here are moderate, and
// whoever uses the results checks that they are finite. Nothing branches: loops over these become
// vector instructions.
#pragma once

#include <cmath>

#include "quant/pricing/trigonometry.hpp"

namespace ballast::detail {

struct Complex {
  double re = 0.0;
  double im = 0.0;
};

BALLAST_KERNEL Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
BALLAST_KERNEL Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
BALLAST_KERNEL Complex operator-(Complex a) { return {-a.re, -a.im}; }
BALLAST_KERNEL Complex operator*(Complex a, Complex b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
BALLAST_KERNEL Complex operator*(double a, Complex b) { return {a * b.re, a * b.im}; }
BALLAST_KERNEL Complex operator/(Complex a, Complex b) {
  const double scale = 1.0 / (b.re * b.re + b.im * b.im);
  return {(a.re * b.re + a.im * b.im) * scale, (a.im * b.re - a.re * b.im) * scale};
}

BALLAST_KERNEL Complex choose(bool first, Complex a, Complex b) {
  return {first ? a.re : b.re, first ? a.im : b.im};
}

BALLAST_KERNEL Complex reciprocal(Complex z) {
  const double scale = 1.0 / (z.re * z.re + z.im * z.im);
  return {z.re * scale, -z.im * scale};
}

/// The root with a real part >= 0.
BALLAST_KERNEL Complex square_root(Complex z) {
  const double size = std::sqrt(z.re * z.re + z.im * z.im);
  const double large = std::sqrt(0.5 * (size + kernel::magnitude(z.re)));
  const double quotient = 0.5 * z.im / large;
  const double small = large == 0.0 ? 0.0 : quotient;
  return choose(z.re >= 0.0, {large, small},
                {kernel::magnitude(small), kernel::with_sign(large, z.im)});
}

BALLAST_KERNEL Complex exponential(Complex z) {
  const double size = kernel::exp(z.re);
  const kernel::SineCosine turn = kernel::sine_cosine(z.im);
  return {size * turn.cosine, size * turn.sine};
}

/// e^z - 1, exact to rounding also near 0.
BALLAST_KERNEL Complex exponential_less_one(Complex z) {
  const double less_one = kernel::exp_less_one(z.re);
  const kernel::SineCosine half = kernel::sine_cosine(0.5 * z.im);
  const double versed = 2.0 * half.sine * half.sine;  // cos z = 1 - 2 sin^2, sin z = 2 sin cos
  return {less_one * (1.0 - versed) - versed, (less_one + 1.0) * 2.0 * half.sine * half.cosine};
}

/// ln(1 + z) / z and (ln(1 + z) / z - 1) / z, exact to rounding also near 0.
struct LogRatios {
  Complex first;
  Complex second;
};

/// -1/2 + z/3 - z^2/4 + ..., which is the second, to 1e-17 where |z| is below 0.05.
BALLAST_KERNEL Complex second_log_ratio_near_0(Complex z) {
  const Complex z2 = z * z;
  const Complex z4 = z2 * z2;
  const auto four = [&](double a, double b, double c, double d) __attribute__((always_inline)) {
    return Complex{a + b * z.re, b * z.im} + z2 * Complex{c + d * z.re, d * z.im};
  };
  return four(-1.0 / 2, 1.0 / 3, -1.0 / 4, 1.0 / 5) +
         z4 * (four(-1.0 / 6, 1.0 / 7, -1.0 / 8, 1.0 / 9) +
               z4 * four(-1.0 / 10, 1.0 / 11, -1.0 / 12, 1.0 / 13));
}

BALLAST_KERNEL LogRatios log_ratios(Complex z) {
  const double square = z.re * z.re + z.im * z.im;
  const double rise = 2.0 * z.re + square;  // |1 + z|^2 - 1
  const double risen = 1.0 + rise;
  const double lost = rise - (risen - 1.0);  // by rounding
  const Complex log{0.5 * (kernel::log_ratio(risen, 1.0) + lost / risen),
                    kernel::angle(z.im, 1.0 + z.re)};
  const Complex first = choose(square == 0.0, {1.0, 0.0}, log * reciprocal(z));
  const Complex second = (first - Complex{1.0, 0.0}) * reciprocal(z);
  return {first, choose(square < 0.0025, second_log_ratio_near_0(z), second)};
}

}  // namespace ballast::detail
