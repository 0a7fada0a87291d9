// Exponentially weighted covariance of absolute price moves, from irregular samples.
//
//   C <- w C + (1 - w) r r' / dt,   w = 2^(-dt / half-life),   r = price change over dt
//
// divided by the weight gathered so far, 1 - (product of all w), so that the start is unbiased.
// Units: price^2 per day. Deterministic: std::exp2 of one C library. Not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace ballast {

class EwmaCovariance {
 public:
  /// @param series  how many prices there are; memory is series^2 / 2 doubles.
  EwmaCovariance(std::size_t series, double half_life_days);

  /// Prices at one moment, `dt_days` > 0 after the previous ones (ignored on the first call). A
  /// missing price keeps its last value: its move shows when it is back.
  void add(double dt_days, std::span<const std::optional<double>> prices);

  /// True once the series has had two samples.
  bool estimated(std::size_t i) const { return weight_[i] > 0.0; }
  /// Standard deviation of the absolute move, price per square-root day.
  std::optional<double> volatility(std::size_t i) const;
  /// Price_i times price_j per day; 0 until both are estimated.
  double covariance(std::size_t i, std::size_t j) const;
  /// x' C x over the estimated series, never negative. @param x  one value per series.
  double quadratic_form(std::span<const double> x) const;
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
  std::vector<double> weight_;  // 1 - product of w since the series began; 0: no estimate
  std::vector<double> sums_;
  std::vector<double> move_;  // scratch
};

}  // namespace ballast
