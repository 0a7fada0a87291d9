#include "quant/stats/mean_reversion.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/contract.hpp"
#include "quant/stats/ou.hpp"

namespace ballast {

double MeanReversionFit::expected_average(double level, double horizon_days) const {
  if (slope >= 1.0 || !(horizon_days > 0.0)) return level;
  if (!(slope > 0.0)) return mean;
  const double decays = -std::log(slope) * horizon_days / step_days;  // kappa H
  if (decays < 1e-300) return level;
  return mean + (level - mean) * -std::expm1(-decays) / decays;
}

MeanReversion::MeanReversion(double half_life_days) : half_life_days_(half_life_days) {
  BALLAST_ASSERT(half_life_days > 0.0);
}

void MeanReversion::restart(double step_days) {
  BALLAST_ASSERT(step_days > 0.0);
  *this = MeanReversion(half_life_days_);
  step_days_ = step_days;
}

void MeanReversion::add(double level) {
  BALLAST_ASSERT(step_days_ > 0.0);
  forget(1.0);
  if (last_) {
    // West (1979), Comm. ACM 22(9): moments about running means lose no digits to a large level.
    weight_.add(1.0);
    const double share = 1.0 / weight_.sum;
    const double x = *last_ - mean_x_;
    const double y = level - mean_y_;
    sxx_ += (1.0 - share) * x * x;
    sxy_ += (1.0 - share) * x * y;
    syy_ += (1.0 - share) * y * y;
    mean_x_ += share * x;
    mean_y_ += share * y;
  }
  last_ = level;
}

void MeanReversion::skip(double steps) {
  forget(steps);
  last_.reset();
}

void MeanReversion::forget(double steps) {
  const double kept = kept_after(steps * step_days_, half_life_days_);
  weight_.forget(kept);
  sxx_ *= kept;
  sxy_ *= kept;
  syy_ *= kept;
  fit_.forget();
}

std::optional<MeanReversionFit> MeanReversion::fitted() const {
  const double n = observations();
  if (!(n >= 3.0)) return std::nullopt;
  MeanReversionFit fit;
  fit.mean = mean_y_;
  fit.step_days = step_days_;
  fit.observations = n;
  if (!(sxx_ > 0.0)) return fit;  // one level all the while says nothing of what would pull it back

  const double slope = sxy_ / sxx_;
  const double unexplained = std::max(0.0, syy_ - slope * sxy_) / weight_.sum * n / (n - 2.0);
  fit.innovation_std = std::sqrt(unexplained);
  const double unbiased = slope + (1.0 + 3.0 * slope) / n;
  const double spread = syy_ / weight_.sum * n / (n - 1.0);
  if (unbiased < 1.0) {
    const double ratio = (1.0 + std::max(unbiased, 0.0)) / (1.0 - std::max(unbiased, 0.0));
    fit.mean_std_error = std::sqrt(spread / n * ratio);
  }
  const double slope_error = std::sqrt(unexplained * weight_.sum / sxx_ / n);
  const auto pairs = static_cast<std::int64_t>(n);
  const bool reverts = pairs >= ou_pairs_min && slope < 1.0 &&
                       slope - 1.0 < dickey_fuller_critical(pairs) * slope_error;
  if (!reverts) return fit;
  // Below this nothing is left of a level in the next, and rounding alone decides on the sign.
  fit.slope = slope < 1e-9 ? 0.0 : slope;
  fit.mean = (mean_y_ - fit.slope * mean_x_) / (1.0 - fit.slope);
  if (fit.slope > 0.0) {
    const double rate = -std::log(slope);
    fit.half_life_days = PointEstimate{ln_2 * step_days_ / rate,
                                       ln_2 * step_days_ / (slope * rate * rate) * slope_error};
  }
  return fit;
}

}  // namespace ballast
