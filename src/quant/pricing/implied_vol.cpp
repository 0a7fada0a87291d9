#include "quant/pricing/implied_vol.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "quant/control/domain.hpp"
#include "quant/pricing/black_kernel.hpp"
#include "quant/pricing/normal_kernel.hpp"
#include "quant/pricing/rational_cubic.hpp"

namespace ballast {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double root_of_3 = 1.7320508075688772935;
constexpr double root_of_27 = 5.1961524227066318806;
constexpr double centre_slope = 1.0 / kernel::root_of_2_pi;  // db/ds at s_c, whatever x

/// b and what goes with it, over min(F, K), at x = |ln(F/K)| and s > 0.
struct Normalised {
  double price = 0.0;       // b
  double complement = 0.0;  // 1 - b, not by subtraction where b is near 1
  double slope = 0.0;       // db/ds
};

Normalised normalised(double x, double s) {
  const double h = x / s;
  const double t = 0.5 * s;
  const double z = h - t;
  const double g = kernel::density(z);
  if (t < 0.25 && x < 8.0) {  // as in black_point()
    const double price = g * kernel::mills_difference(kernel::mills(h), h, t);
    return {price, 1.0 - price, g};
  }
  const double near = g * kernel::mills(std::fabs(z)).ratio;
  const double far = g * kernel::mills(h + t).ratio;
  if (z < 0.0) return {1.0 - (near + far), near + far, g};
  return {near - far, 1.0 - (near - far), g};
}

double householder(double newton, double halley, double third) {
  return newton * (1.0 + 0.5 * halley * newton) / (1.0 + newton * (halley + third * newton / 6.0));
}

// ---- the lowest branch: f = (2 pi / root 27) x N(-x / (root 3 s))^3, equation 4.25

double lower_start(double x, double target, double s, const Normalised& at) {
  const double z = x / (root_of_3 * s);
  const double y = z * z;
  const double cdf = kernel::cdf(-z);
  const double f = 2.0 * pi / root_of_27 * x * cdf * cdf * cdf;
  const double growth = kernel::exp(y + 0.125 * s * s - 0.5 * x);
  const double first = 2.0 * pi * y * cdf * cdf * growth;
  const double mills_ratio = cdf / kernel::density(z);
  const double second =
      pi / 6.0 * y / (s * s * s) * cdf *
      (8.0 * root_of_3 * s * x + (3.0 * s * s * (s * s - 8.0) - 8.0 * x * x) * mills_ratio) *
      growth * growth;
  const CubicEnd start{0.0, 0.0, kernel::exp(-0.5 * x)};
  const CubicEnd end{at.price, f, first};
  const double r = cubic_parameter_at_right(start, end, second, CubicPreference::shape);
  double mapped = rational_cubic(target, start, end, r);
  if (!(mapped > 0.0)) {
    const double share = target / at.price;
    mapped = (f * share + at.price * start.slope * (1.0 - share)) * share;
  }
  // Where even f is below what a double holds, it is b over root(F K) itself.
  constexpr double smallest = 1e-290;
  const double factor = root_of_27 / (2.0 * pi * x);
  const double third_root =
      mapped > smallest ? std::cbrt(mapped * factor)
                        : kernel::exp((kernel::log_ratio(target * factor, 1.0) - 0.5 * x) / 3.0);
  return x / (root_of_3 * std::fabs(kernel::quantile(std::min(third_root, 0.49))));
}

// ---- the highest branch: f = N(-s / 2), equation 4.28

double upper_start(double x, double target, double s, const Normalised& at) {
  const double h = x / s;
  const double f = kernel::cdf(-0.5 * s);
  const double first = -0.5 * kernel::exp(0.5 * h * h - 0.5 * x);
  const double second =
      kernel::root_of_2_pi / 2.0 * kernel::exp(h * h + 0.125 * s * s - x) * h * h / s;
  const CubicEnd start{at.price, f, first};
  const CubicEnd end{1.0, 0.0, -0.5 * kernel::exp(-0.5 * x)};
  const double r = cubic_parameter_at_left(start, end, second, CubicPreference::shape);
  double mapped = rational_cubic(target, start, end, r);
  if (!(mapped > 0.0)) {
    const double share = (target - at.price) / at.complement;
    mapped = (f * (1.0 - share) - end.slope * at.complement * share) * (1.0 - share);
  }
  return -2.0 * kernel::quantile(std::min(mapped, 0.5));
}

// ---- where to start, and what to iterate on

enum class Objective : std::uint8_t { inverse_log, price, log_complement };

struct Start {
  double s = 0.0;
  Objective objective = Objective::price;
};

Start start_of(double x, double target) {
  const double s_centre = std::sqrt(2.0 * x);
  const double b_centre = x == 0.0 ? 0.0 : normalised(x, s_centre).price;
  const CubicEnd centre{b_centre, s_centre, 1.0 / centre_slope};
  if (target < b_centre) {
    const double s_low = s_centre - b_centre / centre_slope;
    const Normalised low = normalised(x, s_low);
    if (target < low.price) return {lower_start(x, target, s_low, low), Objective::inverse_log};
    const CubicEnd end{low.price, s_low, 1.0 / low.slope};
    const double r = cubic_parameter_at_right(end, centre, 0.0, CubicPreference::smooth);
    return {rational_cubic(target, end, centre, r), Objective::price};
  }
  const double s_high = s_centre + (1.0 - b_centre) / centre_slope;
  const Normalised high = normalised(x, s_high);
  if (target > high.price) {
    return {upper_start(x, target, s_high, high),
            target > 0.5 ? Objective::log_complement : Objective::price};
  }
  const CubicEnd end{high.price, s_high, 1.0 / high.slope};
  const double r = cubic_parameter_at_left(centre, end, 0.0, CubicPreference::smooth);
  return {rational_cubic(target, centre, end, r), Objective::price};
}

struct Target {
  double x = 0.0;
  double price = 0.0;
  double complement = 0.0;
  double log_price = 0.0;  // of the price over root(F K), where its inverse has no singularity
};

double step(const Target& target, Objective objective, double s) {
  const Normalised at = normalised(target.x, s);
  const double h = target.x / s;
  const double second = h * h / s - 0.25 * s;                             // b'' / b'
  const double third = second * second - 3.0 * (h / s) * (h / s) - 0.25;  // b''' / b'
  if (objective == Objective::inverse_log) {
    const double log_price = kernel::log_ratio(at.price, 1.0) - 0.5 * target.x;
    const double ratio = at.slope / at.price;
    const double inverse = 1.0 / log_price;
    const double bend = ratio * (1.0 + 2.0 * inverse);
    const double newton =
        kernel::log_ratio(target.price, at.price) * log_price / target.log_price / ratio;
    return householder(newton, second - bend,
                       third + 2.0 * ratio * ratio * (1.0 + 3.0 * inverse * (1.0 + inverse)) -
                           3.0 * second * bend);
  }
  if (objective == Objective::log_complement) {
    const double ratio = at.slope / at.complement;
    return householder(kernel::log_ratio(at.complement, target.complement) / ratio, second + ratio,
                       third + ratio * (2.0 * ratio + 3.0 * second));
  }
  return householder((target.price - at.price) / at.slope, second, third);
}

/// s where b(x, s) is the target's price, above 0 and below 1.
double implied_stdev(const Target& target) {
  constexpr int steps_max = 4;
  constexpr double last_step = 1e-4;  // to the fourth power it is below rounding
  const Start start = start_of(target.x, target.price);
  double s = start.s;
  for (int i = 0; i < steps_max; ++i) {
    const double change = std::max(step(target, start.objective, s), -0.5 * s);
    s += change;
    if (i > 0 && std::fabs(change) < last_step * s) break;
  }
  return s;
}

Result<void> check(const ImpliedVolInput& input) {
  BALLAST_CHECK(require_positive("forward", input.forward));
  BALLAST_CHECK(require_positive("strike", input.strike));
  BALLAST_CHECK(require_positive("years", input.years));
  return require_not_negative("price", input.price);
}

}  // namespace

Result<double> implied_vol(const ImpliedVolInput& input) {
  BALLAST_CHECK(check(input));
  const double sign = input.right == OptionRight::call ? 1.0 : -1.0;
  const double intrinsic = std::max(sign * (input.forward - input.strike), 0.0);
  const double most = sign > 0.0 ? input.forward : input.strike;
  if (input.price < intrinsic) {
    return fail(Errc::infeasible,
                fmt::format("price is {}: no volatility gives less than the intrinsic value, {}",
                            input.price, intrinsic));
  }
  if (input.price >= most) {
    return fail(Errc::infeasible,
                fmt::format("price is {}: every volatility gives less than {}", input.price, most));
  }
  const double time_value = input.price - intrinsic;
  const double smaller = std::min(input.forward, input.strike);
  Target target{.x = std::fabs(kernel::log_ratio(input.forward, input.strike)),
                .price = time_value / smaller,
                .complement = (smaller - time_value) / smaller};
  if (target.price == 0.0) return 0.0;
  target.log_price = kernel::log_ratio(target.price, 1.0) - 0.5 * target.x;
  return implied_stdev(target) / std::sqrt(input.years);
}

}  // namespace ballast
