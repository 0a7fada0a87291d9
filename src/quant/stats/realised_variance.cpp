#include "quant/stats/realised_variance.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"

namespace ballast {
namespace {

constexpr double pi = 3.14159265358979323846;

}  // namespace

RealisedVariance::RealisedVariance(double half_life_days) : half_life_days_(half_life_days) {
  BALLAST_ASSERT(half_life_days > 0.0);
}

void RealisedVariance::add(double dt_days, double log_return) {
  BALLAST_ASSERT(dt_days > 0.0);
  forget(dt_days);
  const double weight = fresh_after(dt_days, half_life_days_);
  const double size = std::abs(log_return) / std::sqrt(dt_days);
  const double square = weight * size * size;
  weight_.add(weight);
  squares_ += square;
  fourths_ += square * square;
  if (last_size_) {
    bipower_weight_.add(weight);
    products_ += weight * size * *last_size_;
  }
  last_size_ = size;
}

void RealisedVariance::skip(double dt_days) {
  forget(dt_days);
  last_size_.reset();
}

void RealisedVariance::forget(double dt_days) {
  const double kept = kept_after(dt_days, half_life_days_);
  weight_.forget(kept);
  squares_ *= kept;
  fourths_ *= kept * kept;
  bipower_weight_.forget(kept);
  products_ *= kept;
}

std::optional<PointEstimate> RealisedVariance::variance() const {
  if (!(weight_.sum > 0.0)) return std::nullopt;
  // r^2/dt has variance 2 sigma^4 and mean square 3 sigma^4.
  return PointEstimate{squares_ / weight_.sum, std::sqrt(2.0 / 3.0 * fourths_) / weight_.sum};
}

std::optional<PointEstimate> RealisedVariance::bipower() const {
  if (!(bipower_weight_.squares > 0.0)) return std::nullopt;
  const double value = 0.5 * pi * products_ / bipower_weight_.sum;
  return PointEstimate{
      value, value * std::sqrt((0.25 * pi * pi + pi - 3.0) / bipower_weight_.effective())};
}

std::optional<PointEstimate> RealisedVariance::jump_share() const {
  const auto all = variance();
  const auto continuous = bipower();
  if (!continuous || !(all->value > 0.0)) return std::nullopt;
  return PointEstimate{std::max(0.0, 1.0 - continuous->value / all->value),
                       std::sqrt((0.25 * pi * pi + pi - 5.0) / bipower_weight_.effective())};
}

}  // namespace ballast
