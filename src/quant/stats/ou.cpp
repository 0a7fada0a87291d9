#include "quant/stats/ou.hpp"

#include <cmath>

#include "base/contract.hpp"

namespace ballast {

std::optional<OuFit> ou_fit(const PairSums& pairs, double dt_seconds) {
  BALLAST_ASSERT(dt_seconds > 0.0);
  if (pairs.count < 3) return std::nullopt;
  const auto count = static_cast<double>(pairs.count);
  const DoubleDouble n{count, 0.0};
  // n^2 times the variance and the covariance.
  const double spread = (n * pairs.xx - pairs.x * pairs.x).to_double();
  const double joint = (n * pairs.xy - pairs.x * pairs.y).to_double();
  if (!(spread > 1e-24 * count * pairs.xx.to_double())) return std::nullopt;
  const double slope = joint / spread;
  if (!(slope > 0.0 && slope < 1.0)) return std::nullopt;

  OuFit fit;
  fit.slope = slope;
  fit.mean = (pairs.y.to_double() - slope * pairs.x.to_double()) / (count * (1.0 - slope));
  fit.kappa_per_second = -std::log(slope) / dt_seconds;
  fit.half_life_seconds = std::log(2.0) / fit.kappa_per_second;
  return fit;
}

}  // namespace ballast
