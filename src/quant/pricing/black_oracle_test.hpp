// Black's time value over min(F, K) by long double, slowly: the oracle of the pricing tests.
#pragma once

#include <cmath>

#include "quant/pricing/black.hpp"

namespace ballast {

constexpr OptionRight call = OptionRight::call;
constexpr OptionRight put = OptionRight::put;

using Wide = long double;

/// phi(z), N(-z) and -R'(z) = 1 - z R(z), z >= 0.
inline Wide wide_density(Wide z) { return expl(-0.5L * z * z) / sqrtl(2.0L * acosl(-1.0L)); }
inline Wide wide_tail(Wide z) { return 0.5L * erfcl(z / sqrtl(2.0L)); }
inline Wide wide_slope(Wide z) {
  if (z < 25.0L) return 1.0L - z * wide_tail(z) / wide_density(z);
  // Its asymptotic series, of which these terms are exact to 1e-19 from here on.
  const Wide a = 1.0L / (z * z);
  Wide sum = 1.0L;
  for (int n = 23; n >= 3; n -= 2)
    sum = 1.0L - static_cast<Wide>(n) * a * sum;
  return a * sum;
}

/// The integral of -R'(z) phi(h - t) over h - t to h + t, by Gauss and Legendre, where a difference
/// would cancel; the difference elsewhere. x = |ln(F/K)|, s > 0.
inline Wide wide_time_value(Wide x, Wide s) {
  const Wide h = x / s;
  const Wide t = 0.5L * s;
  const Wide z = h - t;
  const Wide g = wide_density(z);
  const Wide nodes[] = {0.1488743389816312108848260L, 0.4333953941292471907992659L,
                        0.6794095682990244062343274L, 0.8650633666889845107320967L,
                        0.9739065285171717200779640L};
  const Wide weights[] = {0.2955242247147528701738930L, 0.2692667193099963550912269L,
                          0.2190863625159820439955349L, 0.1494513491505805931457763L,
                          0.0666713443086881375935688L};
  if (t < 0.1L || z > 25.0L) {
    // In pieces short beside the decay of the integrand.
    const int pieces = static_cast<int>(ceill(t / 0.1L));
    Wide sum = 0.0L;
    for (int piece = 0; piece < pieces; ++piece) {
      const Wide half = t / static_cast<Wide>(pieces);
      const Wide middle = z + half * static_cast<Wide>(2 * piece + 1);
      for (int i = 0; i < 5; ++i) {
        for (const Wide side : {-1.0L, 1.0L}) {
          const Wide u = middle + side * nodes[i] * half;
          sum += half * weights[i] *
                 (u < 0.0L ? 1.0L + -u * wide_tail(u) / wide_density(u) : wide_slope(u));
        }
      }
    }
    return g * sum;
  }
  // g R(w) without the quotient of two small numbers.
  const Wide far = expl(x) * wide_tail(h + t);
  return wide_tail(z) - far;
}

}  // namespace ballast
