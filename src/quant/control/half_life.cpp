#include "quant/control/half_life.hpp"

#include <cmath>
#include <numbers>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

/// ln(1 + x) / x
double mean_log(double x) { return std::log1p(x) / x; }

/// k s of the closed form of GLFT as a function of x = g / k.
struct GlftLean {
  double scale;  // k sigma / sqrt(A)
  double operator()(double x) const {
    return scale * std::sqrt(0.5 * x * std::exp((1.0 + 1.0 / x) * std::log1p(x)));
  }
  static double elasticity(double x) { return 1.0 - 0.5 * mean_log(x); }  // d ln(k s) / d ln x
};

struct AvellanedaStoikovLean {
  double scale;  // k^2 sigma^2 (T - t)
  double operator()(double x) const { return scale * x; }
  static double elasticity(double /*x*/) { return 1.0; }
};

/// k s e^(-k h): what the rate of return is in proportion to.
template <class Lean>
double pull(const Lean& lean, double x) {
  const double ks = lean(x);
  return ks * std::exp(-mean_log(x) - 0.5 * ks);
}

/// Whether the pull still grows with x: the sign of d ln(pull) / d ln x.
template <class Lean>
bool grows(const Lean& lean, double x) {
  return Lean::elasticity(x) * (1.0 - 0.5 * lean(x)) + mean_log(x) - 1.0 / (1.0 + x) > 0.0;
}

/// The largest x, to a relative 1e-13, at which `below` still holds; it holds for all smaller ones.
/// `start` is any positive number. An answer outside [1e-150, 1e150] is one near that end.
template <class Below>
double last(double start, const Below& below) {
  constexpr double least = 1e-150;
  constexpr double most = 1e150;
  double low = start;
  double high = start;
  while (!below(low) && low > least) {
    high = low;
    low *= 0.0625;
  }
  while (below(high) && high < most) {
    low = high;
    high *= 16.0;
  }
  while (high - low > 1e-13 * high) {
    const double middle = std::sqrt(low * high);
    if (middle <= low || middle >= high) break;
    (below(middle) ? low : high) = middle;
  }
  return low;
}

Result<void> check(const HalfLifeInput& input) {
  BALLAST_CHECK(require_positive("half_life", input.half_life));
  BALLAST_CHECK(require_positive("sigma", input.sigma));
  BALLAST_CHECK(require_positive("k", input.k));
  return require_positive("A", input.fill_rate);
}

/// Aversion by bisection on the falling branch.
template <class Lean>
Result<double> solve(const HalfLifeInput& input, const Lean& lean) {
  BALLAST_CHECK(require_positive("the scale of sigma against k", lean.scale));
  const double wanted = 0.5 * std::numbers::ln2 / (input.fill_rate * input.half_life);
  const double peak = last(1.0, [&](double x) { return grows(lean, x); });
  const double best = pull(lean, peak);
  if (!(wanted <= best)) {
    return fail(Errc::no_convergence,
                fmt::format("no risk aversion gives a half-life of {:.6g}: the shortest with a "
                            "fill rate of {:.6g} is {:.6g}",
                            input.half_life, input.fill_rate,
                            0.5 * std::numbers::ln2 / (input.fill_rate * best)));
  }
  const double x = last(peak, [&](double at) { return at < peak && pull(lean, at) < wanted; });
  const double gamma = x * input.k;
  if (!(pull(lean, x) <= wanted) || !std::isnormal(gamma)) {
    return fail(Errc::no_convergence,
                fmt::format("a half-life of {:.6g} asks for less risk aversion than a double holds",
                            input.half_life));
  }
  return gamma;
}

}  // namespace

Result<double> inventory_half_life(double fill_rate, double k, double half_spread, double skew) {
  BALLAST_CHECK(require_positive("A", fill_rate));
  BALLAST_CHECK(require_positive("k", k));
  BALLAST_CHECK(require_finite("half spread", half_spread));
  BALLAST_CHECK(require_positive("skew", skew));
  const double half_life =
      0.5 * std::numbers::ln2 * std::exp(k * half_spread) / (fill_rate * k * skew);
  if (!std::isfinite(half_life))
    return fail(Errc::overflow, "the half-life is longer than a double holds");
  return half_life;
}

Result<double> glft_half_life_gamma(const HalfLifeInput& input) {
  BALLAST_CHECK(check(input));
  return solve(input, GlftLean{input.k * input.sigma / std::sqrt(input.fill_rate)});
}

Result<double> avellaneda_stoikov_half_life_gamma(const HalfLifeInput& input, double horizon) {
  BALLAST_CHECK(check(input));
  BALLAST_CHECK(require_positive("horizon", horizon));
  const double per_root = input.k * input.sigma;
  return solve(input, AvellanedaStoikovLean{per_root * per_root * horizon});
}

}  // namespace ballast
