// Time-weighted means of levels that hold until they change: a spread, the size at the best price.
//
//   mean = integral of 2^(-(now - s) / half-life) x(s) ds, over the time s for which x is known,
//          divided by the same integral of 1.
//
// Hence a level counts by how long it stood, not by how often it was repeated. Several levels that
// change at the same moments share the weights. No standard error: neighbouring levels are too much
// alike for one to be read off the count. Times are in the half-life's unit. Not thread-safe.
// Tests: slow recomputation, closed forms of a step, rows of equal levels cut into pieces.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "quant/stats/forgetting.hpp"

namespace ballast {

template <std::size_t count>
class HeldMeans {
 public:
  explicit HeldMeans(double half_life) : half_life_(half_life) {}

  /// What stands from now on.
  void hold(const std::array<double, count>& levels) {
    held_ = levels;
    holding_ = true;
  }
  /// From now on nothing is known.
  void release() { holding_ = false; }

  /// `passed` >= 0 goes by, while what is held stands.
  void pass(double passed) {
    const double kept = kept_after(passed, half_life_);
    weight_.forget(kept);
    for (double& sum : sums_)
      sum *= kept;
    if (!holding_) return;
    const double fresh = 1.0 - kept;
    weight_.add(fresh);
    for (std::size_t i = 0; i < count; ++i)
      sums_[i] += fresh * held_[i];
  }

  /// What stands now, when anything does.
  std::optional<double> level(std::size_t i) const {
    return holding_ ? std::optional(held_[i]) : std::nullopt;
  }
  /// Nothing before any level has stood for some time.
  std::optional<double> mean(std::size_t i) const {
    if (!(weight_.squares > 0.0)) return std::nullopt;
    return sums_[i] / weight_.sum;
  }
  /// Levels, an effective count by the time they stood.
  double observations() const { return weight_.effective(); }

  template <class Archive>
  void archive(Archive& ar) {
    ar(weight_, sums_, held_, holding_);
  }

 private:
  double half_life_;
  GatheredWeight weight_;
  std::array<double, count> sums_{};
  std::array<double, count> held_{};
  bool holding_ = false;
};

}  // namespace ballast
