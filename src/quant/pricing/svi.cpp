#include "quant/pricing/svi.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "quant/control/domain.hpp"

namespace ballast {
namespace {

/// g without its check; -infinity where w is 0 and has a slope.
double g_of(const SviDerivatives& d, double k) {
  const double lean = 1.0 - 0.5 * k * d.by_k / d.w;
  return lean * lean - 0.25 * d.by_k * d.by_k * (1.0 / d.w + 0.25) + 0.5 * d.by_k_twice;
}

double wing_limit(double slope) { return 0.25 - slope * slope / 16.0; }

struct Least {
  double value, at;
};

/// A grid that is dense about 0 and goes out a million times as far as it is fine.
constexpr int grid_points = 241;
double grid_place(double i) {
  constexpr double reach = 14.5;  // sinh of it is a million
  return std::sinh(reach * (2.0 * i / (grid_points - 1) - 1.0));
}
const std::array<double, grid_points>& grid_places() {
  static const auto places = [] {
    std::array<double, grid_points> made{};
    for (int i = 0; i < grid_points; ++i)
      made[static_cast<std::size_t>(i)] = grid_place(i);
    return made;
  }();
  return places;
}

/// The least value of `f` on the grid about `centre`, where `scale` is the width of what it has to
/// see; refined by golden section.
template <class F>
Least least_of(const F& f, double centre, double scale) {
  const auto place = [&](double i) { return centre + scale * grid_place(i); };
  int best = 0;
  Least least{std::numeric_limits<double>::infinity(), 0.0};
  for (int i = 0; i < grid_points; ++i) {
    const double at = centre + scale * grid_places()[static_cast<std::size_t>(i)];
    const double here = f(at);
    if (here < least.value) {
      least = {here, at};
      best = i;
    }
  }
  double low = std::max(0, best - 1);
  double high = std::min(grid_points - 1, best + 1);
  constexpr double golden = 0.3819660112501051;
  double left = low + golden * (high - low);
  double right = high - golden * (high - low);
  const auto look = [&](double i) {
    const double value = f(place(i));
    if (value < least.value) least = {value, place(i)};
    return value;
  };
  double at_left = look(left);
  double at_right = look(right);
  constexpr int sections = 60;
  for (int i = 0; i < sections; ++i) {
    if (at_left < at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = low + golden * (high - low);
      at_left = look(left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = high - golden * (high - low);
      at_right = look(right);
    }
  }
  return least;
}

}  // namespace

Result<void> check_svi(const RawSvi& svi) {
  BALLAST_CHECK(require_finite("a", svi.a));
  BALLAST_CHECK(require_not_negative("b", svi.b));
  if (!(std::fabs(svi.rho) < 1.0)) return outside("rho", svi.rho, "-1 to 1, both excluded");
  BALLAST_CHECK(require_finite("m", svi.m));
  BALLAST_CHECK(require_positive("sigma", svi.sigma));
  const double least = svi.a + svi.b * svi.sigma * std::sqrt(1.0 - svi.rho * svi.rho);
  if (!(least >= 0.0)) {
    return fail(Errc::bad_input, fmt::format("the total variance is {} at its least: "
                                             "a + b sigma sqrt(1 - rho^2) must be 0 or above",
                                             least));
  }
  return {};
}

double svi_total_variance(const RawSvi& svi, double k) {
  const double y = k - svi.m;
  return svi.a + svi.b * (svi.rho * y + std::hypot(y, svi.sigma));
}

SviDerivatives svi_derivatives(const RawSvi& svi, double k) {
  const double y = k - svi.m;
  const double root = std::hypot(y, svi.sigma);
  return {.w = svi.a + svi.b * (svi.rho * y + root),
          .by_k = svi.b * (svi.rho + y / root),
          .by_k_twice = svi.b * (svi.sigma / root) * (svi.sigma / root) / root};
}

Result<double> durrleman_g(const RawSvi& svi, double k) {
  BALLAST_CHECK(check_svi(svi));
  BALLAST_CHECK(require_finite("log_strike", k));
  const SviDerivatives d = svi_derivatives(svi, k);
  if (!(d.w > 0.0)) {
    return fail(Errc::divide_by_zero, fmt::format("the total variance is 0 at log_strike {}", k));
  }
  return g_of(d, k);
}

SviSlopes svi_slopes(const RawSvi& svi) {
  return {svi.b * (1.0 - svi.rho), svi.b * (1.0 + svi.rho)};
}

Result<ButterflyCheck> check_butterfly(const RawSvi& svi) {
  BALLAST_CHECK(check_svi(svi));
  const double lowest_at =
      svi.m - svi.rho * svi.sigma / std::sqrt((1.0 - svi.rho) * (1.0 + svi.rho));
  if (!(svi_total_variance(svi, lowest_at) > 0.0)) {
    return fail(Errc::divide_by_zero,
                fmt::format("the total variance is 0 at log_strike {}", lowest_at));
  }
  ButterflyCheck check;
  check.slopes = svi_slopes(svi);
  const auto g_at = [&](double k) { return g_of(svi_derivatives(svi, k), k); };
  const Least least = least_of(g_at, svi.m, svi.sigma);
  check.g_min = least.value;
  check.at_k = least.at;
  // The limits count only where a wing has a slope: without one, w is flat and g tends to 1.
  for (const double slope : {check.slopes.left, check.slopes.right})
    if (slope > 0.0) check.g_min = std::min(check.g_min, wing_limit(slope));
  check.is_free = check.g_min >= 0.0;  // slopes of at most 2 are the limits' own condition
  return check;
}

CalendarCheck check_calendar(const RawSvi& earlier, const RawSvi& later) {
  const auto gap = [&](double k) {
    return svi_total_variance(later, k) - svi_total_variance(earlier, k);
  };
  CalendarCheck check;
  check.gap_min = gap(0.0);
  for (const RawSvi& svi : {earlier, later}) {
    const Least least = least_of(gap, svi.m, svi.sigma);
    if (least.value < check.gap_min) {
      check.gap_min = least.value;
      check.at_k = least.at;
    }
  }
  const SviSlopes before = svi_slopes(earlier);
  const SviSlopes after = svi_slopes(later);
  check.is_free = check.gap_min >= 0.0 && after.left >= before.left && after.right >= before.right;
  return check;
}

SviJumpWings svi_jump_wings(const RawSvi& svi, double years) {
  const SviDerivatives at_money = svi_derivatives(svi, 0.0);
  const double root = std::sqrt(at_money.w);
  return {
      .variance = at_money.w / years,
      .skew = 0.5 * at_money.by_k / root,
      .put_slope = svi.b * (1.0 - svi.rho) / root,
      .call_slope = svi.b * (1.0 + svi.rho) / root,
      .variance_minimum = (svi.a + svi.b * svi.sigma * std::sqrt(1.0 - svi.rho * svi.rho)) / years};
}

Result<void> check_ssvi(const Ssvi& ssvi) {
  if (!(std::fabs(ssvi.rho) < 1.0)) return outside("rho", ssvi.rho, "-1 to 1, both excluded");
  BALLAST_CHECK(require_positive("eta", ssvi.eta));
  if (!(ssvi.gamma > 0.0 && ssvi.gamma < 1.0))
    return outside("gamma", ssvi.gamma, "0 to 1, both excluded");
  return {};
}

double ssvi_phi(const Ssvi& ssvi, double theta) {
  return ssvi.eta / (std::pow(theta, ssvi.gamma) * std::pow(1.0 + theta, 1.0 - ssvi.gamma));
}

double ssvi_total_variance(const Ssvi& ssvi, double theta, double k) {
  const double y = ssvi_phi(ssvi, theta) * k;
  return 0.5 * theta *
         (1.0 + ssvi.rho * y +
          std::sqrt((y + ssvi.rho) * (y + ssvi.rho) + 1.0 - ssvi.rho * ssvi.rho));
}

RawSvi ssvi_slice(const Ssvi& ssvi, double theta) {
  const double phi = ssvi_phi(ssvi, theta);
  const double rest = 1.0 - ssvi.rho * ssvi.rho;
  return {.a = 0.5 * theta * rest,
          .b = 0.5 * theta * phi,
          .rho = ssvi.rho,
          .m = -ssvi.rho / phi,
          .sigma = std::sqrt(rest) / phi};
}

SsviConditions ssvi_conditions(const Ssvi& ssvi, double theta) {
  const double phi = ssvi_phi(ssvi, theta);
  SsviConditions conditions{.first = theta * phi * (1.0 + std::fabs(ssvi.rho)),
                            .second = theta * phi * phi * (1.0 + std::fabs(ssvi.rho))};
  conditions.hold = conditions.first < 4.0 && conditions.second <= 4.0;
  return conditions;
}

}  // namespace ballast
