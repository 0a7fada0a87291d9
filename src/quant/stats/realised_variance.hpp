// Realised variance, what of it the jumps made, and how far both can be trusted.
//
//   RV: the mean of  r_i^2 / dt_i                                     all of the variance
//   BV: the mean of  (pi/2) |r_i| |r_(i-1)| / sqrt(dt_i dt_(i-1))     without its jumps
//
// each weighted by 1 - 2^(-dt_i / half-life) and forgotten with that half-life, so that irregular
// samples weigh by the time they stand for. A jump is one large return between two ordinary ones:
// it counts in full in RV and hardly in BV. Prices that do not move from one sample to the next
// (an illiquid instrument on a fine grid) pull BV down, and with it up the share of jumps.
// Units: r is a log return, times are days, RV and BV are per day. Not thread-safe.
// Source: Barndorff-Nielsen & Shephard (2004), J. Financial Econometrics 2(1); the standard errors
//         from theorem 1 and section 3, with (2/3) sum r^4 for RV's quarticity.
// Tests: slow recomputation; simulated diffusions and jumps, within 4 standard errors.
#pragma once

#include <optional>

#include "quant/stats/forgetting.hpp"

namespace ballast {

class RealisedVariance {
 public:
  explicit RealisedVariance(double half_life_days);

  /// The next return, over the dt_days > 0 since the last. Both are finite.
  void add(double dt_days, double log_return);
  /// Time of which nothing is known: no return spans it.
  void skip(double dt_days);

  /// Per day, all of it; nothing before the first return.
  std::optional<PointEstimate> variance() const;
  /// Per day, without jumps; nothing before the second return in a row.
  std::optional<PointEstimate> bipower() const;
  /// max(0, 1 - BV / RV); its error is the one in the absence of jumps. Nothing when RV is 0.
  std::optional<PointEstimate> jump_share() const;
  /// Returns, an effective count.
  double observations() const { return weight_.effective(); }

  template <class Archive>
  void archive(Archive& ar) {
    ar(weight_, squares_, fourths_, bipower_weight_, products_, last_size_);
  }

 private:
  void forget(double dt_days);

  double half_life_days_;
  GatheredWeight weight_;
  double squares_ = 0.0;  // sum of weight * r^2 / dt
  double fourths_ = 0.0;  // sum of (weight * r^2 / dt)^2
  GatheredWeight bipower_weight_;
  double products_ = 0.0;            // sum of weight * |r_i| |r_(i-1)| / sqrt(dt_i dt_(i-1))
  std::optional<double> last_size_;  // |r| / sqrt(dt) of the last return
};

}  // namespace ballast
