// Mean reversion of a level that is seen step by step (a funding rate), with forgetting.
//
//   x(t + step) = mean + slope (x(t) - mean) + innovation,   slope = exp(-kappa step)
//
// by weighted least squares over neighbouring pairs, a pair's weight halving every half-life. The
// exact fit of a whole series is ou_fit() (quant/stats/ou.hpp), whose test for a random walk this
// one shares. Times are days. Not thread-safe.
// Source: Phillips (1972) for the exact discretisation; Dickey & Fuller (1979), J. Am. Stat. Assoc.
//         74; Kendall (1954), Biometrika 41, for the slope's bias of -(1 + 3 slope) / n.
// Tests: slow recomputation, simulated truth within 4 errors, coverage of the mean's error.
#pragma once

#include <optional>

#include "base/kept.hpp"
#include "quant/stats/forgetting.hpp"

namespace ballast {

struct MeanReversionFit {
  /// What the level reverts to: the intercept over 1 - slope; the weighted mean where slope is 1.
  double mean = 0.0;
  /// From the effective count of independent levels, n (1 - phi) / (1 + phi), phi being the slope
  /// without its bias: neighbours are alike, so that n / that count is 10 and more for funding.
  /// Absent where phi is 1 or above: the mean is then not known at all.
  std::optional<double> mean_std_error;
  /// In [0, 1]. 1: a random walk was not refused at 5 %. 0: nothing of a level is left a step
  /// later.
  double slope = 1.0;
  /// ln 2 / kappa; absent where the slope is 1 (no reversion found) or 0 (faster than can be seen).
  std::optional<PointEstimate> half_life_days;
  double innovation_std = 0.0;  // of one step
  double step_days = 0.0;
  double observations = 0.0;  // pairs, an effective count

  /// The level that is expected on average over horizon_days >= 0 from now, given the present one:
  ///   mean + (level - mean) (1 - e^(-kappa H)) / (kappa H).
  /// With slope 1 it is the present level, with slope 0 the mean.
  double expected_average(double level, double horizon_days) const;
};

class MeanReversion {
 public:
  explicit MeanReversion(double half_life_days);

  /// Begins anew with steps of step_days > 0: a slope belongs to its step.
  void restart(double step_days);
  /// The level one step after the previous one. Requires restart() before.
  void add(double level);
  /// `steps` > 0 steps of which no level is known: no pair spans them.
  void skip(double steps);

  double step_days() const { return step_days_; }
  /// Nothing before three pairs (effective): then mean and slope leave no error to estimate.
  /// Worked out once a level.
  const std::optional<MeanReversionFit>& fit() const {
    return fit_.get([this] { return fitted(); });
  }
  /// Pairs, an effective count.
  double observations() const { return weight_.effective(); }

  template <class Archive>
  void archive(Archive& ar) {
    ar(step_days_, last_, weight_, mean_x_, mean_y_, sxx_, sxy_, syy_);
    if constexpr (Archive::loading) fit_.forget();
  }

 private:
  void forget(double steps);
  std::optional<MeanReversionFit> fitted() const;

  double half_life_days_;
  double step_days_ = 0.0;
  std::optional<double> last_;
  // Over pairs (x, next x): weighted means, and sums of products about them.
  GatheredWeight weight_;
  double mean_x_ = 0.0;
  double mean_y_ = 0.0;
  double sxx_ = 0.0;
  double sxy_ = 0.0;
  double syy_ = 0.0;
  Kept<std::optional<MeanReversionFit>> fit_;
};

}  // namespace ballast
