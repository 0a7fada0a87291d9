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

struct HestonRoots {
  Complex d, s, q, h;
};
BALLAST_KERNEL HestonRoots heston_roots(const HestonParameters& p, Complex u, Complex a) {
  const double variance = p.sigma * p.sigma;
  const Complex x{p.kappa + p.rho * p.sigma * u.im, -p.rho * p.sigma * u.re};
  HestonRoots roots;
  roots.d = square_root(x * x + variance * a);
  // Where x points away from d, x + d would cancel: (d + x)(d - x) = sigma^2 a.
  roots.s = choose(x.re >= 0.0, x + roots.d, variance * a / (roots.d - x));
  const Complex per_s = reciprocal(roots.s);
  roots.q = a * per_s;
  roots.h = roots.q * per_s;
  return roots;
}

BALLAST_KERNEL Complex heston_one_less_e(double years, Complex d) {
  return -exponential_less_one(-years * d);
}

struct HestonRatios {
  Complex e, G, den, one_more_G, ratio;
  BALLAST_KERNEL Complex w() const { return -(G * ratio); }
};
BALLAST_KERNEL HestonRatios heston_ratios(const HestonParameters& p,
                                          Complex h,
                                          Complex one_less_e) {
  const Complex one{1.0, 0.0};
  HestonRatios ratios;
  ratios.e = one - one_less_e;
  ratios.G = p.sigma * p.sigma * h;
  ratios.den = one + ratios.G * ratios.e;
  ratios.one_more_G = one + ratios.G;
  ratios.ratio = one_less_e / ratios.one_more_G;
  return ratios;
}

BALLAST_KERNEL Complex heston_D(Complex q, Complex one_less_e, const HestonRatios& ratios) {
  return -(q * one_less_e) / ratios.den;
}

/// C over theta; `log` is ln(1 + w) / w.
BALLAST_KERNEL Complex heston_per_theta(
    const HestonParameters& p, double years, Complex q, Complex h, Complex ratio, Complex log) {
  return p.kappa * (2.0 * (h * ratio * log) - years * q);
}

/// What value and derivatives share.
struct HestonTerms {
  HestonRoots roots;
  Complex one_less_e;
  HestonRatios ratios;
  LogRatios log;
};
BALLAST_KERNEL HestonTerms heston_terms(const HestonParameters& p,
                                        double years,
                                        Complex u,
                                        Complex a) {
  HestonTerms t;
  t.roots = heston_roots(p, u, a);
  t.one_less_e = heston_one_less_e(years, t.roots.d);
  t.ratios = heston_ratios(p, t.roots.h, t.one_less_e);
  t.log = log_ratios(t.ratios.w());
  return t;
}

BALLAST_KERNEL HestonExponent heston_exponent_with_gradient(
    const HestonParameters& p, double years, Complex u, Complex a, const HestonTerms& terms) {
  const Complex d = terms.roots.d, s = terms.roots.s, q = terms.roots.q, h = terms.roots.h;
  const Complex e = terms.ratios.e, G = terms.ratios.G, ratio = terms.ratios.ratio;
  const Complex den = terms.ratios.den, one_more_G = terms.ratios.one_more_G;
  const Complex one_less_e = terms.one_less_e;
  const Complex D = heston_D(q, one_less_e, terms.ratios);
  const Complex per_theta = heston_per_theta(p, years, q, h, ratio, terms.log.first);
  const double variance = p.sigma * p.sigma;
  const Complex per_d = reciprocal(d);
  const Complex per_den = reciprocal(den);
  const Complex per_one_more_G = reciprocal(one_more_G);
  const Complex x = s - d;

  // Of a parameter that d and ln s follow at `d_by` and `s_by_relative`: dD/dp, and d(-q T - M)/dp.
  // ln s never cancels: s_p / s = x_p / d, and for sigma, which also stands beside x, sigma q / d
  // more. Sigma also stands in G and M.
  struct Derivatives {
    Complex D, per_kappa_theta;
  };
  const auto through = [&](Complex d_by, Complex s_by_relative, bool is_sigma)
      __attribute__((always_inline)) {
    const Complex q_by = -(q * s_by_relative);
    const Complex h_by = -2.0 * (h * s_by_relative);
    const Complex e_by = -years * (d_by * e);
    Complex G_by = variance * h_by;
    if (is_sigma) G_by = G_by + 2.0 * p.sigma * h;
    const Complex den_by = G_by * e + G * e_by;
    Derivatives by;
    by.D = (q * e_by - q_by * one_less_e - D * den_by) * per_den;
    Complex M_by = 2.0 * ((h_by * e + h * e_by) * per_den - h_by * per_one_more_G);
    if (is_sigma) {
      M_by = M_by + 4.0 * p.sigma * (h * h * ratio * (e * per_den - ratio * terms.log.second));
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
                                    x_by_sigma * per_d + p.sigma * (q * per_d), true);

  const double level = p.kappa * p.theta;
  HestonExponent exponent;
  exponent.value = p.theta * per_theta + p.v0 * D;
  exponent.by_v0 = D;
  exponent.by_theta = per_theta;
  exponent.by_kappa =
      (p.theta / p.kappa) * per_theta + level * kappa.per_kappa_theta + p.v0 * kappa.D;
  exponent.by_sigma = level * sigma.per_kappa_theta + p.v0 * sigma.D;
  exponent.by_rho = level * rho.per_kappa_theta + p.v0 * rho.D;
  return exponent;
}

BALLAST_KERNEL HestonExponent heston_exponent_with_gradient(const HestonParameters& p,
                                                            double years,
                                                            Complex u,
                                                            Complex a) {
  return heston_exponent_with_gradient(p, years, u, a, heston_terms(p, years, u, a));
}

}  // namespace ballast::detail
