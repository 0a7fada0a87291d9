#include "quant/stats/minimum_variance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/contract.hpp"
#include "base/int128.hpp"

namespace ballast {
namespace {

constexpr std::size_t order_max = 16;
constexpr std::int64_t batch_count = 10;
constexpr std::int64_t rows_per_coefficient = 20;  // with fewer, a fit to noise looks like skill
/// The 97.5 % quantile of Student's t by degrees of freedom, from 1.
constexpr std::array<double, batch_count - 1> t_quantile{12.706, 4.303, 3.182, 2.776, 2.571,
                                                         2.447,  2.365, 2.306, 2.262};

/// One row of the regression, `times` over: the sample and its regressors, less the mean.
struct Row {
  double d = 0.0;
  std::array<double, order_max> lags{};
  std::int64_t times = 0;
};

/// Walks the rows of a run-length encoded series in time order without expanding it: after b + m -
/// 1 samples into a run every row is the same, until the run ends.
class Rows {
 public:
  Rows(std::span<const SampleRun> runs, const MinimumVarianceOptions& options, double centre)
      : runs_(runs), options_(options), centre_(centre) {}

  template <class Visit>
  void each(Visit visit) const {
    const std::int64_t reach = options_.delay_samples + options_.order - 1;
    for (std::size_t first = 0; first < runs_.size();) {
      if (!runs_[first].known) {
        ++first;
        continue;
      }
      std::size_t last = first;  // [first, last): a stretch without unknown samples
      while (last < runs_.size() && runs_[last].known)
        ++last;
      stretch(runs_.subspan(first, last - first), reach, visit);
      first = last;
    }
  }

 private:
  /// A reader that trails the row by some samples.
  struct Cursor {
    std::size_t run = 0;
    std::int64_t offset = 0;  // within the run
    void advance(std::span<const SampleRun> runs, std::int64_t by) {
      offset += by;
      while (run < runs.size() && offset >= runs[run].count)
        offset -= runs[run++].count;
    }
  };

  template <class Visit>
  void stretch(std::span<const SampleRun> runs, std::int64_t reach, Visit& visit) const {
    std::int64_t left = -reach;  // rows that remain
    for (const SampleRun& run : runs)
      left += run.count;
    if (left <= 0) return;
    const auto order = static_cast<std::size_t>(options_.order);
    std::array<Cursor, order_max + 1> cursors{};  // the sample itself, then its lags, nearest first
    cursors[0].advance(runs, reach);
    for (std::size_t i = 1; i <= order; ++i) {
      cursors[i].advance(runs, static_cast<std::int64_t>(order - i));
    }
    while (left > 0) {
      Row row;
      row.d = runs[cursors[0].run].value - centre_;
      std::int64_t same = left;  // until any of them comes to another run
      for (std::size_t i = 0; i <= order; ++i) {
        const SampleRun& run = runs[cursors[i].run];
        if (i > 0) row.lags[i - 1] = run.value - centre_;
        same = std::min(same, run.count - cursors[i].offset);
      }
      row.times = same;
      visit(row);
      for (std::size_t i = 0; i <= order; ++i)
        cursors[i].advance(runs, same);
      left -= same;
    }
  }

  std::span<const SampleRun> runs_;
  MinimumVarianceOptions options_;
  double centre_;
};

struct Moments {
  std::int64_t count = 0;
  double d = 0.0;
  std::array<double, order_max> lag{};
  std::array<double, order_max> d_lag{};
  std::array<std::array<double, order_max>, order_max> lag_lag{};
};

/// Solves A x = y for a symmetric semidefinite A by Cholesky; a regressor that the ones before it
/// explain (pivot below 1e-10 of its variance) gets the coefficient 0.
void solve(std::array<std::array<double, order_max>, order_max>& A,
           std::array<double, order_max>& x,
           std::size_t n) {
  std::array<bool, order_max> dropped{};
  for (std::size_t i = 0; i < n; ++i) {
    const double variance = A[i][i];
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = A[i][j];
      for (std::size_t k = 0; k < j; ++k)
        sum -= A[i][k] * A[j][k];
      if (j < i) {
        A[i][j] = dropped[j] ? 0.0 : sum / A[j][j];
      } else {
        dropped[i] = !(sum > 1e-10 * variance);
        A[i][i] = dropped[i] ? 1.0 : std::sqrt(sum);
      }
    }
    if (dropped[i]) std::fill_n(A[i].begin(), i, 0.0);
    for (std::size_t k = 0; k < i; ++k)
      x[i] -= A[i][k] * x[k];
    x[i] = dropped[i] ? 0.0 : x[i] / A[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k)
      x[i] -= A[k][i] * x[k];
    x[i] = dropped[i] ? 0.0 : x[i] / A[i][i];
  }
}

/// The least-squares coefficients of the lags; the constant is whatever the means leave.
std::array<double, order_max> fit(Moments& moments, std::size_t order) {
  const auto n = static_cast<double>(moments.count);
  std::array<double, order_max> theta{};
  for (std::size_t i = 0; i < order; ++i) {
    theta[i] = moments.d_lag[i] - moments.d * moments.lag[i] / n;
    for (std::size_t j = 0; j <= i; ++j) {
      moments.lag_lag[i][j] -= moments.lag[i] * moments.lag[j] / n;
    }
  }
  solve(moments.lag_lag, theta, order);
  return theta;
}

struct Squares {
  double errors = 0.0;
  double deviations = 0.0;  // about zero, not about the mean
};

struct Interval {
  double low = 0.0;
  double high = 1.0;
};

Interval batch_interval(const std::array<Squares, batch_count>& batches, double index) {
  double sum = 0.0;
  double sum_squares = 0.0;
  std::size_t count = 0;
  for (const Squares& batch : batches) {
    if (!(batch.deviations > 0.0)) continue;  // on target throughout: no ratio
    const double ratio = batch.errors / batch.deviations;
    sum += ratio;
    sum_squares += ratio * ratio;
    ++count;
  }
  if (count < 2) return {};
  const auto n = static_cast<double>(count);
  const double variance = std::max(0.0, (sum_squares - sum * sum / n) / (n - 1.0));
  const double half = t_quantile[count - 2] * std::sqrt(variance / n);
  return {std::max(0.0, index - half), std::min(1.0, index + half)};
}

/// The centre of what is known: shifting a series changes no coefficient and loses no digits.
double mean_of(std::span<const SampleRun> runs) {
  double sum = 0.0;
  double count = 0.0;
  for (const SampleRun& run : runs) {
    if (!run.known) continue;
    sum += run.value * static_cast<double>(run.count);
    count += static_cast<double>(run.count);
  }
  return count > 0.0 ? sum / count : 0.0;
}

}  // namespace

std::optional<MinimumVariance> minimum_variance_index(std::span<const SampleRun> samples,
                                                      const MinimumVarianceOptions& options) {
  BALLAST_ASSERT(options.delay_samples >= 1 && options.order >= 1);
  BALLAST_ASSERT(options.order <= static_cast<std::int64_t>(order_max));
  const auto order = static_cast<std::size_t>(options.order);
  const double centre = mean_of(samples);
  const Rows rows(samples, options, centre);

  Moments moments;
  bool varies = false;
  std::optional<double> first;
  rows.each([&](const Row& row) {
    const auto times = static_cast<double>(row.times);
    moments.count += row.times;
    moments.d += times * row.d;
    for (std::size_t i = 0; i < order; ++i) {
      moments.lag[i] += times * row.lags[i];
      moments.d_lag[i] += times * row.d * row.lags[i];
      for (std::size_t j = 0; j <= i; ++j) {
        moments.lag_lag[i][j] += times * row.lags[i] * row.lags[j];
      }
    }
    if (!first) first = row.d;
    varies = varies || row.d != *first;
  });
  if (!varies || moments.count < rows_per_coefficient * (options.order + 1)) return std::nullopt;

  const double mean_d = moments.d / static_cast<double>(moments.count);
  std::array<double, order_max> mean_lag{};
  for (std::size_t i = 0; i < order; ++i) {
    mean_lag[i] = moments.lag[i] / static_cast<double>(moments.count);
  }
  const std::int64_t count = moments.count;
  const auto theta = fit(moments, order);

  Squares total;
  std::array<Squares, batch_count> batches{};
  std::int64_t done = 0;
  rows.each([&](const Row& row) {
    double error = row.d - mean_d;
    for (std::size_t i = 0; i < order; ++i)
      error -= theta[i] * (row.lags[i] - mean_lag[i]);
    const double deviation = row.d + centre;
    for (std::int64_t left = row.times; left > 0;) {
      const auto batch = static_cast<std::int64_t>(static_cast<Int128>(done) * batch_count / count);
      const auto batch_end = static_cast<std::int64_t>(
          (static_cast<Int128>(batch + 1) * count + batch_count - 1) / batch_count);
      const std::int64_t part = std::min(left, batch_end - done);
      const auto times = static_cast<double>(part);
      Squares& squares = batches[static_cast<std::size_t>(batch)];
      squares.errors += times * error * error;
      squares.deviations += times * deviation * deviation;
      done += part;
      left -= part;
    }
  });
  for (const Squares& batch : batches) {
    total.errors += batch.errors;
    total.deviations += batch.deviations;
  }

  MinimumVariance result;
  result.index = std::min(1.0, total.errors / total.deviations);
  const Interval interval = batch_interval(batches, result.index);
  result.low = interval.low;
  result.high = interval.high;
  result.order = options.order;
  result.delay_samples = options.delay_samples;
  result.samples = count;
  return result;
}

}  // namespace ballast
