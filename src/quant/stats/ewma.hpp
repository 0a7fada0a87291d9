// Exponentially weighted covariance of absolute price moves, from irregular samples.
//
//   C <- w C + (1 - w) r r' / dt,   w = 2^(-dt / half-life),   r = price change over dt
//
// Entry ij is divided by sqrt(W_i W_j), W_i being the weight that series i has gathered since it
// began, so that every variance is unbiased from the start. Sums of r r' are positive semidefinite,
// and so they stay under a scaling of rows and columns alike: the matrix is semidefinite whatever
// the ages of its series and the holes in them. The price for it: a covariance with a series that
// is younger is too small by sqrt(W_young / W_old), which a half-life or two put right.
// Units: price^2 per day. Of logarithms of prices it is the covariance of log returns, per day.
// Deterministic: std::exp2 of one C library. Not thread-safe.
// Source: RiskMetrics (1996), Technical Document, chapter 5; shrinkage: Ledoit & Wolf (2004),
//         "Honey, I shrunk the sample covariance matrix", J. Portfolio Management 30(4).
// Tests: slow recomputation, simulated covariances, semidefinite on random streams with holes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "quant/stats/forgetting.hpp"

namespace ballast {

/// What a matrix of few observations is drawn to; the variances stay.
enum class ShrinkageTarget : std::uint8_t {
  diagonal,              // no correlation
  constant_correlation,  // all pairs have the mean correlation
};
struct Shrinkage {
  ShrinkageTarget target = ShrinkageTarget::constant_correlation;
  double intensity = 0.0;  // in [0, 1]: the share of the target in the answer
};

class EwmaCovariance {
 public:
  /// @param series  how many prices there are; memory is series^2 / 2 doubles.
  EwmaCovariance(std::size_t series, double half_life_days);

  /// Prices at one moment, `dt_days` > 0 after the previous ones (ignored on the first call). A
  /// missing price keeps its last value: its move shows when it is back. Costs series^2 / 2.
  void add(double dt_days, std::span<const std::optional<double>> prices);
  /// The last price of series i no longer holds: until it has another, time does not count for it,
  /// and its move over that time is not learnt.
  void interrupt(std::size_t i) { last_[i].reset(); }

  /// True once the series has had two samples, until more than 300 half-lives after the last.
  bool estimated(std::size_t i) const { return weight_[i].sum > 1e-100; }
  /// Standard deviation of the absolute move, price per square-root day.
  std::optional<double> volatility(std::size_t i) const;
  /// Price_i times price_j per day; 0 until both are estimated.
  double covariance(std::size_t i, std::size_t j) const;
  /// The whole matrix, row by row, shrunk; always semidefinite (to rounding). Rows of series that
  /// are not estimated are 0. @param out  series^2 values.
  void matrix(Shrinkage shrinkage, std::span<double> out) const;
  /// x' C x over the estimated series, never negative. @param x  one value per series.
  double quadratic_form(std::span<const double> x) const;
  /// Samples of series i, an effective count.
  double observations(std::size_t i) const { return weight_[i].effective(); }
  std::size_t series() const { return weight_.size(); }

  template <class Archive>
  void archive(Archive& ar) {
    for (auto& value : last_)
      ar(value);
    for (auto& value : weight_)
      ar(value);
    for (auto& value : sums_)
      ar(value);
  }

 private:
  static std::size_t at(std::size_t i, std::size_t j) {  // lower triangle, i >= j
    return i * (i + 1) / 2 + j;
  }

  double half_life_days_;
  std::vector<std::optional<double>> last_;
  std::vector<GatheredWeight> weight_;
  std::vector<double> sums_;
  std::vector<double> move_;  // scratch
};

}  // namespace ballast
