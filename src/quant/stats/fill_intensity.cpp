#include "quant/stats/fill_intensity.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"

namespace ballast {

MarkedRate::MarkedRate(double half_life_seconds) : half_life_(half_life_seconds) {
  BALLAST_ASSERT(half_life_seconds > 0.0);
}

void MarkedRate::pass(double seconds, bool exposed) {
  const double kept = kept_after(seconds, half_life_);
  events_.forget(kept);
  marks_ *= kept;
  mark_squares_ *= kept * kept;
  exposure_ *= kept;
  if (exposed) exposure_ += half_life_ / ln_2 * fresh_after(seconds, half_life_);
}

void MarkedRate::add(double mark) {
  events_.add(1.0);
  marks_ += mark;
  mark_squares_ += mark * mark;
}

std::optional<PointEstimate> MarkedRate::rate() const {
  if (!(exposure_ > 0.0)) return std::nullopt;
  return PointEstimate{events_.sum / exposure_, std::sqrt(events_.squares) / exposure_};
}

std::optional<PointEstimate> MarkedRate::mark_rate() const {
  if (!(exposure_ > 0.0)) return std::nullopt;
  return PointEstimate{marks_ / exposure_, std::sqrt(mark_squares_) / exposure_};
}

std::optional<double> MarkedRate::mean_mark() const {
  if (!(events_.sum > 0.0)) return std::nullopt;
  return marks_ / events_.sum;
}

void FillIntensity::add(double depth, double minimum_depth) {
  BALLAST_ASSERT(minimum_depth >= 0.0);
  excesses_.add(std::max(0.0, depth - minimum_depth));
  minimum_ += (minimum_depth - minimum_) / excesses_.events();
}

std::optional<FillIntensityFit> FillIntensity::fit() const {
  const auto rate = excesses_.rate();
  const auto excess = excesses_.mean_mark();
  if (!rate || !excess || !(*excess > 0.0)) return std::nullopt;
  const double k = 1.0 / *excess;
  const double a = rate->value * std::exp(k * minimum_);
  if (!std::isfinite(k) || !std::isfinite(a)) return std::nullopt;
  const double root = std::sqrt(observations());
  return FillIntensityFit{{a, a * std::hypot(1.0, k * minimum_) / root}, {k, k / root}};
}

}  // namespace ballast
