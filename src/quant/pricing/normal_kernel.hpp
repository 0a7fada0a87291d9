// The normal distribution's functions without checks, for the formulas of this folder.
#pragma once

#include <cmath>

#include "quant/pricing/elementary.hpp"

namespace ballast::kernel {

BALLAST_KERNEL double cdf(double x) {
  const double z = magnitude(x);
  const double tail = density(z) * mills(least(z, mills_distance)).ratio;
  return x > 0.0 ? 1.0 - tail : tail;
}

// Wichura (1988), algorithm AS 241, in its three regions.
constexpr std::array quantile_a{3.3871328727963666080e0,  1.3314166789178437745e+2,
                                1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr std::array quantile_b{1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
constexpr std::array quantile_c{1.42343711074968357734e0,  4.63033784615654529590e0,
                                5.76949722146069140550e0,  3.64784832476320460504e0,
                                1.27045825245236838258e0,  2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array quantile_d{1.0,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
constexpr std::array quantile_e{6.65790464350110377720e0,  5.46378491116411436990e0,
                                1.78482653991729133580e0,  2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array quantile_f{1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};

/// Of q = p - 0.5, |q| <= 0.425.
BALLAST_KERNEL double quantile_of_centre(double q) {
  const double r = 0.180625 - q * q;
  return q * (polynomial(quantile_a, r) / polynomial(quantile_b, r));
}

/// Less the sign, of r = root(-ln p), r <= 5.
BALLAST_KERNEL double quantile_of_tail(double r) {
  return polynomial(quantile_c, r - 1.6) / polynomial(quantile_d, r - 1.6);
}

/// The same beyond.
BALLAST_KERNEL double quantile_of_far_tail(double r) {
  return polynomial(quantile_e, r - 5.0) / polynomial(quantile_f, r - 5.0);
}

constexpr double quantile_centre = 0.425;

/// normal_quantile(p) for 0 < p < 1.
inline double quantile(double p) {
  const double q = p - 0.5;
  if (magnitude(q) <= quantile_centre) return quantile_of_centre(q);
  const double r = std::sqrt(-log_ratio(q < 0.0 ? p : 1.0 - p, 1.0));
  const double z = r <= 5.0 ? quantile_of_tail(r) : quantile_of_far_tail(r);
  return q < 0.0 ? -z : z;
}

/// The same for p <= 0.5, without branches.
BALLAST_KERNEL double quantile_of_lower_half(double p) {
  const double q = p - 0.5;
  const double centre = quantile_of_centre(q);
  const double r = std::sqrt(-log_ratio(p, 1.0));
  const double tail = quantile_of_tail(r);
  const double far = quantile_of_far_tail(r);
  const double outside = r <= 5.0 ? tail : far;
  return magnitude(q) <= quantile_centre ? centre : -outside;
}

}  // namespace ballast::kernel
