// Complex arithmetic without the care for infinities that std::complex takes: its products and
// quotients branch on NaN, which costs more than the arithmetic. Operands here are moderate, and
// whoever uses the results checks that they are finite.
#pragma once

#include <cmath>

namespace ballast::detail {

struct Complex {
  double re = 0.0;
  double im = 0.0;

  friend Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
  friend Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
  friend Complex operator-(Complex a) { return {-a.re, -a.im}; }
  friend Complex operator*(Complex a, Complex b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
  friend Complex operator*(double a, Complex b) { return {a * b.re, a * b.im}; }
  friend Complex operator/(Complex a, Complex b) {
    const double scale = 1.0 / (b.re * b.re + b.im * b.im);
    return {(a.re * b.re + a.im * b.im) * scale, (a.im * b.re - a.re * b.im) * scale};
  }
};

inline Complex reciprocal(Complex z) {
  const double scale = 1.0 / (z.re * z.re + z.im * z.im);
  return {z.re * scale, -z.im * scale};
}

/// The root with a real part >= 0.
inline Complex square_root(Complex z) {
  const double size = std::sqrt(z.re * z.re + z.im * z.im);
  const double large = std::sqrt(0.5 * (size + std::fabs(z.re)));
  if (large == 0.0) return {};
  const double small = 0.5 * z.im / large;
  if (z.re >= 0.0) return {large, small};
  return {std::fabs(small), std::copysign(large, z.im)};
}

inline Complex exponential(Complex z) {
  const double size = std::exp(z.re);
  return {size * std::cos(z.im), size * std::sin(z.im)};
}

/// e^z - 1, exact to rounding also near 0.
inline Complex exponential_less_one(Complex z) {
  const double less_one = std::expm1(z.re);
  const double sine = std::sin(0.5 * z.im);  // cos z = 1 - 2 sin^2, sin z = 2 sin cos, of z/2
  const double cosine = std::cos(0.5 * z.im);
  const double versed = 2.0 * sine * sine;
  return {less_one * (1.0 - versed) - versed, (less_one + 1.0) * 2.0 * sine * cosine};
}

/// ln(1 + z) / z and (ln(1 + z) / z - 1) / z, exact to rounding also near 0.
struct LogRatios {
  Complex first;
  Complex second;
};
inline LogRatios log_ratios(Complex z) {
  const double square = z.re * z.re + z.im * z.im;
  LogRatios ratios;
  if (square < 0.01) {  // ln(1 + z) = z - z^2/2 + ..., to 1e-18 at |z| = 0.1
    constexpr int terms = 18;
    for (int n = terms; n >= 2; --n)
      ratios.second = ratios.second * z + Complex{(n % 2 == 0 ? -1.0 : 1.0) / n, 0.0};
    ratios.first = Complex{1.0, 0.0} + z * ratios.second;
    return ratios;
  }
  const Complex log{0.5 * std::log1p(2.0 * z.re + square), std::atan2(z.im, 1.0 + z.re)};
  const Complex per_z = reciprocal(z);
  ratios.first = log * per_z;
  ratios.second = (ratios.first - Complex{1.0, 0.0}) * per_z;
  return ratios;
}

}  // namespace ballast::detail
