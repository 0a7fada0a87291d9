// The minimum-variance index: how far a controlled series is from the best that its delay allows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace ballast {

/// `count` equal neighbouring samples.
struct SampleRun {
  double value = 0.0;
  std::uint32_t count = 0;
  bool known = false;

  friend bool operator==(const SampleRun&, const SampleRun&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(value, count, known);
  }
};

struct MinimumVarianceOptions {
  std::int64_t delay_samples = 1;  // b >= 1
  std::int64_t order = 5;          // m, 1 to 16
};

struct MinimumVariance {
  double index = 0.0;  // in (0, 1]: 1 = no controller with that delay does better
  double low = 0.0;    // 95 % confidence interval, within [0, 1]
  double high = 0.0;
  std::int64_t order = 0;
  std::int64_t delay_samples = 0;
  std::int64_t samples = 0;  // rows of the regression
};

/// Fits d_t = c + sum over i = 1..m of theta_i d_{t-b-i+1} + e_t by least squares over every t
/// whose d_t and regressors are known: index = var(e) / (var(d) + mean(d)^2). The interval is that
/// of batch means: the index of each of 10 consecutive batches of rows, with the quantile of
/// Student's t on 9 degrees of freedom.
/// @param samples  in time order, run-length encoded; the cost grows with runs * m^3, not samples.
/// @return nothing for fewer than 20 (m + 1) rows or samples that do not vary.
/// Source: Harris (1989), Can. J. Chem. Eng. 67; Desborough & Harris (1992), Can. J. Chem. Eng. 70.
/// Tests: naive least squares on the expanded samples; the known index of a moving average.
std::optional<MinimumVariance> minimum_variance_index(std::span<const SampleRun> samples,
                                                      const MinimumVarianceOptions& options);

}  // namespace ballast
