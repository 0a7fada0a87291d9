// The logarithm of the characteristic function of ln(S_T / F) under Heston's model, and its
// derivatives: what heston.hpp states, written so that nothing cancels, down to sigma = 0.
//
//   x = kappa - i rho sigma u,   d = sqrt(x^2 + sigma^2 a),   a = u^2 + i u,   e = e^(-d T)
//   s = x + d,   q = a / s,   h = a / s^2,   G = sigma^2 h
//   D = -q (1 - e) / (1 + G e)
//   C = kappa theta (-q T - M),   M = 2/sigma^2 ln((1 + G e) / (1 + G))
//     = -2 h (1 - e) / (1 + G) ln(1 + w) / w,   w = -G (1 - e) / (1 + G)
//   ln phi = C + D v0
//
// This is the "little trap" of Albrecher, Mayer, Schoutens and Tistaert (2007), with their g = -G:
// e^(-d T) decays, and the principal branch of the logarithm is the right one. Derivatives by the
// chain rule; they are those of Cui, del Baño Rollin and Germano (2017).
#pragma once

#include "quant/pricing/detail_complex.hpp"
#include "quant/pricing/heston.hpp"

namespace ballast::detail {

struct HestonExponent {
  Complex value;
  // By v0, kappa, theta, sigma, rho, in the order of HestonParameters.
  Complex by_v0, by_kappa, by_theta, by_sigma, by_rho;
};

/// What value and derivatives share.
struct HestonTerms {
  Complex d, s, q, h, e, one_less_e, G, den, one_more_G, ratio;
  LogRatios log;
  Complex D, per_theta;
};

BALLAST_KERNEL HestonTerms heston_terms(const HestonParameters& p,
                                        double years,
                                        Complex u,
                                        Complex a) {
  const double variance = p.sigma * p.sigma;
  const Complex one{1.0, 0.0};
  HestonTerms t;
  const Complex x{p.kappa + p.rho * p.sigma * u.im, -p.rho * p.sigma * u.re};
  t.d = square_root(x * x + variance * a);
  // Where x points away from d, x + d would cancel: (d + x)(d - x) = sigma^2 a.
  t.s = choose(x.re >= 0.0, x + t.d, variance * a / (t.d - x));
  const Complex per_s = reciprocal(t.s);
  t.q = a * per_s;
  t.h = t.q * per_s;
  t.one_less_e = -exponential_less_one(-years * t.d);
  t.e = one - t.one_less_e;
  t.G = variance * t.h;
  t.den = one + t.G * t.e;
  t.one_more_G = one + t.G;
  t.ratio = t.one_less_e / t.one_more_G;
  t.log = log_ratios(-(t.G * t.ratio));
  t.D = -(t.q * t.one_less_e) / t.den;
  t.per_theta = p.kappa * (2.0 * (t.h * t.ratio * t.log.first) - years * t.q);
  return t;
}

BALLAST_KERNEL Complex heston_exponent(const HestonParameters& p,
                                       double years,
                                       Complex u,
                                       Complex a) {
  const HestonTerms t = heston_terms(p, years, u, a);
  return p.theta * t.per_theta + p.v0 * t.D;
}

BALLAST_KERNEL HestonExponent heston_exponent_with_gradient(const HestonParameters& p,
                                                            double years,
                                                            Complex u,
                                                            Complex a) {
  const HestonTerms t = heston_terms(p, years, u, a);
  const double variance = p.sigma * p.sigma;
  const Complex per_d = reciprocal(t.d);
  const Complex per_den = reciprocal(t.den);
  const Complex per_one_more_G = reciprocal(t.one_more_G);
  const Complex x = t.s - t.d;

  // Of a parameter that d and ln s follow at `d_by` and `s_by_relative`: dD/dp, and d(-q T - M)/dp.
  // ln s never cancels: s_p / s = x_p / d, and for sigma, which also stands beside x, sigma q / d
  // more. Sigma also stands in G and M.
  struct Derivatives {
    Complex D, per_kappa_theta;
  };
  const auto through = [&](Complex d_by, Complex s_by_relative, bool is_sigma)
      __attribute__((always_inline)) {
    const Complex q_by = -(t.q * s_by_relative);
    const Complex h_by = -2.0 * (t.h * s_by_relative);
    const Complex e_by = -years * (d_by * t.e);
    Complex G_by = variance * h_by;
    if (is_sigma) G_by = G_by + 2.0 * p.sigma * t.h;
    const Complex den_by = G_by * t.e + t.G * e_by;
    Derivatives by;
    by.D = (t.q * e_by - q_by * t.one_less_e - t.D * den_by) * per_den;
    Complex M_by = 2.0 * ((h_by * t.e + t.h * e_by) * per_den - h_by * per_one_more_G);
    if (is_sigma) {
      M_by =
          M_by + 4.0 * p.sigma * (t.h * t.h * t.ratio * (t.e * per_den - t.ratio * t.log.second));
    }
    by.per_kappa_theta = -years * q_by - M_by;
    return by;
  };
  const Complex x_by_rho{p.sigma * u.im, -p.sigma * u.re};
  const Complex x_by_sigma{p.rho * u.im, -p.rho * u.re};
  const Complex x_per_d = x * per_d;
  const Derivatives kappa = through(x_per_d, per_d, false);
  const Derivatives rho = through(x_by_rho * x_per_d, x_by_rho * per_d, false);
  const Derivatives sigma = through(x_by_sigma * x_per_d + p.sigma * (a * per_d),
                                    x_by_sigma * per_d + p.sigma * (t.q * per_d), true);

  const double level = p.kappa * p.theta;
  HestonExponent exponent;
  exponent.value = p.theta * t.per_theta + p.v0 * t.D;
  exponent.by_v0 = t.D;
  exponent.by_theta = t.per_theta;
  exponent.by_kappa =
      (p.theta / p.kappa) * t.per_theta + level * kappa.per_kappa_theta + p.v0 * kappa.D;
  exponent.by_sigma = level * sigma.per_kappa_theta + p.v0 * sigma.D;
  exponent.by_rho = level * rho.per_kappa_theta + p.v0 * rho.D;
  return exponent;
}

}  // namespace ballast::detail
