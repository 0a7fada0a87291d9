#include "quant/pricing/implied_vol.hpp"

#include <algorithm>
#include <cmath>

#include "quant/control/domain.hpp"
#include "quant/pricing/detail_implied_vol.hpp"

namespace ballast {
namespace {

using kernel::Normalised;
using kernel::VolObjective;
using kernel::VolTarget;

struct VolStart {
  double s = 0.0;
  VolObjective objective = VolObjective::price;
};

VolStart start_of(double x, double target) {
  const double s_centre = std::sqrt(2.0 * x);
  const double b_centre = x == 0.0 ? 0.0 : kernel::by_one(x, s_centre).price;
  const bool is_below = target < b_centre;
  const double s_edge =
      is_below ? kernel::lower_edge(s_centre, b_centre) : kernel::upper_edge(s_centre, b_centre);
  const Normalised edge = kernel::by_one(x, s_edge);
  if (is_below && target < edge.price)
    return {kernel::lower_start(x, target, s_edge, edge.price), VolObjective::inverse_log};
  if (!is_below && target > edge.price) {
    return {kernel::upper_start(x, target, s_edge, edge.price, edge.complement),
            target > 0.5 ? VolObjective::log_complement : VolObjective::price};
  }
  return {kernel::middle_start(target, s_centre, b_centre, s_edge, edge.price, edge.slope),
          VolObjective::price};
}

/// s where b(x, s) is the target's price, above 0 and below 1.
double implied_stdev(const VolTarget& target) {
  const VolStart start = start_of(target.x, target.price);
  double s = start.s;
  for (int i = 0; i < kernel::vol_steps_max; ++i) {
    const double before = s;
    s = kernel::advanced(target, start.objective, s);
    if (i > 0 && std::fabs(s - before) < kernel::last_vol_step * s) break;
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
  const VolTarget target = kernel::vol_target(input.forward, input.strike, input.price - intrinsic);
  if (target.price == 0.0) return 0.0;
  return implied_stdev(target) / std::sqrt(input.years);
}

}  // namespace ballast
