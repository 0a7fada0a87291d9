#include "quant/stats/ou.hpp"

#include <cmath>
#include <limits>

#include "base/contract.hpp"

namespace ballast {

double dickey_fuller_critical(std::int64_t pairs) {
  const double per = 1.0 / static_cast<double>(pairs);
  return -2.86154 + per * (-2.8903 + per * (-4.234 + per * -40.040));
}

std::optional<OuFit> ou_fit(const PairSums& pairs, double dt_seconds) {
  BALLAST_ASSERT(dt_seconds > 0.0);
  if (pairs.count < ou_pairs_min) return std::nullopt;
  const auto count = static_cast<double>(pairs.count);
  const DoubleDouble n{count, 0.0};
  // Each n times the sum of squares or products about the means.
  const DoubleDouble spread = n * pairs.xx - pairs.x * pairs.x;
  const DoubleDouble joint = n * pairs.xy - pairs.x * pairs.y;
  const DoubleDouble spread_next = n * pairs.yy - pairs.y * pairs.y;
  if (!(spread.to_double() > 1e-24 * count * pairs.xx.to_double())) return std::nullopt;
  const double slope = joint.to_double() / spread.to_double();
  if (!(slope >= 1e-9 && slope < 1.0)) return std::nullopt;

  OuFit fit;
  fit.slope = slope;
  fit.mean = (pairs.y.to_double() - slope * pairs.x.to_double()) / (count * (1.0 - slope));
  fit.kappa_per_second = -std::log(slope) / dt_seconds;
  fit.half_life_seconds = std::log(2.0) / fit.kappa_per_second;
  // se(b)^2 = (Syy Sxx - Sxy^2) / ((n - 2) Sxx^2), in which the errors' sum of squares is a
  // difference of nearly equal products: hence yy in double-double, too.
  const double unexplained = (spread_next * spread - joint * joint).to_double();
  const double below_one = (joint - spread).to_double();
  fit.dickey_fuller_t = unexplained > 0.0
                            ? below_one * std::sqrt(count - 2.0) / std::sqrt(unexplained)
                            : -std::numeric_limits<double>::infinity();
  if (!(fit.dickey_fuller_t < dickey_fuller_critical(pairs.count))) return std::nullopt;
  return fit;
}

}  // namespace ballast
