// Sine and cosine, the angle of a point, and e^y - 1, as elementary.hpp has the rest: without
// branches, tables or libm, so that loops over them become vector instructions.
//
// sine, cosine: Cody and Waite's reduction by pi/2 in three parts, and the polynomials of fdlibm
//               (Sun Microsystems 1993).
// angle:        the rational function of Cephes (Moshier 1989) on a third of a right angle.
// Errors of sine and cosine stay below 1.7e-16, the others' below two units in the last place; the
// tests hold them to long double.
#pragma once

#include "quant/pricing/elementary.hpp"

namespace ballast::kernel {

/// a with the sign of b.
BALLAST_KERNEL double with_sign(double a, double b) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
  return std::bit_cast<double>((bits_of(a) & ~sign) | (bits_of(b) & sign));
}

struct SineCosine {
  double sine, cosine;
};

/// |x| up to 1e6; beyond, the error grows with x.
BALLAST_KERNEL SineCosine sine_cosine(double x) {
  constexpr double half_pi_1 = 1.57079632673412561417;  // 33 bits: times a whole k it is exact
  constexpr double half_pi_2 = 6.07710050630396597660e-11;
  constexpr double half_pi_3 = 2.02226624879595063154e-21;
  constexpr std::array s{-1.66666666666666324348e-01, 8.33333333332248946124e-03,
                         -1.98412698298579493134e-04, 2.75573137070700676789e-06,
                         -2.50507602534068634195e-08, 1.58969099521155010221e-10};
  constexpr std::array c{4.16666666666666019037e-02, -1.38888888888741095749e-03,
                         2.48015872894767294178e-05, -2.75573143513906633035e-07,
                         2.08757232129817482790e-09, -1.13596475577881948265e-11};
  const double quarters_and_rounder = x * 0.63661977236758134308 + rounder;
  const double quarters = quarters_and_rounder - rounder;
  const std::uint64_t count = bits_of(quarters_and_rounder);  // its low bits are the quarters
  const double r = ((x - quarters * half_pi_1) - quarters * half_pi_2) - quarters * half_pi_3;
  const double r2 = r * r;
  const double sine = r + r * r2 * polynomial(s, r2);
  const double most_of_cosine = 1.0 - 0.5 * r2;
  const double cosine =
      most_of_cosine + (((1.0 - most_of_cosine) - 0.5 * r2) + r2 * r2 * polynomial(c, r2));
  const std::uint64_t swap = std::uint64_t{0} - (count & 1U);
  const std::uint64_t first = (bits_of(sine) & ~swap) | (bits_of(cosine) & swap);
  const std::uint64_t second = (bits_of(cosine) & ~swap) | (bits_of(sine) & swap);
  return {std::bit_cast<double>(first ^ ((count & 2U) << 62U)),
          std::bit_cast<double>(second ^ (((count + 1U) & 2U) << 62U))};
}

/// e^y - 1, y <= 700, exact to rounding also near 0.
BALLAST_KERNEL double exp_less_one(double y) {
  y = most(y, -60.0);
  const double k = (y * 1.4426950408889634074 + rounder) - rounder;
  const double r = (y - k * ln2_high) - k * ln2_low;
  const double scale = power_of_2(k + rounder);
  return scale * exp_rest(r) + (scale - 1.0);
}

/// The angle of the point (x, y), -pi to pi; not both 0.
BALLAST_KERNEL double angle(double y, double x) {
  constexpr std::array above{-6.485021904942025371773e1, -1.228866684490136173410e2,
                             -7.500855792314704667340e1, -1.615753718733365076637e1,
                             -8.750608600031904122785e-1};
  constexpr std::array below{1.945506571482613964425e2, 4.853903996359136964868e2,
                             4.328810604912902668951e2, 1.650270098316988542046e2,
                             2.485846490142306297962e1, 1.0};
  constexpr double pi = 3.14159265358979323846;
  constexpr double pi_low = 1.2246467991473531772e-16;  // what a double leaves of it
  const double a = magnitude(y);
  const double b = magnitude(x);
  const double third = a > 0.66 * b ? 0.25 : 0.0;  // of pi, taken off first
  const double off = a > 2.41421356237309504880 * b ? 0.5 : third;
  const double between = off == 0.0 ? a : a - b;
  const double rise = off == 0.5 ? -b : between;
  const double sum = off == 0.0 ? b : a + b;
  const double run = off == 0.5 ? a : sum;
  const double f = rise / run;
  const double f2 = f * f;
  const double rest = f + f * f2 * (polynomial(above, f2) / polynomial(below, f2));
  const double acute = off * pi + (rest + off * pi_low);
  const double wide = x < 0.0 ? (pi - acute) + pi_low : acute;
  return with_sign(wide, y);
}

}  // namespace ballast::kernel
