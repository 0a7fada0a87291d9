#include "quant/stats/ewma.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"

namespace ballast {

EwmaCovariance::EwmaCovariance(std::size_t series, double half_life_days)
    : half_life_days_(half_life_days),
      last_(series),
      weight_(series),
      sums_(series * (series + 1) / 2),
      move_(series) {
  BALLAST_ASSERT(half_life_days > 0.0);
}

void EwmaCovariance::add(double dt_days, std::span<const std::optional<double>> prices) {
  BALLAST_ASSERT(prices.size() == series());
  if (!(dt_days > 0.0)) {  // the first prices
    std::copy(prices.begin(), prices.end(), last_.begin());
    return;
  }
  const double kept = kept_after(dt_days, half_life_days_);
  const double fresh = 1.0 - kept;
  for (std::size_t i = 0; i < series(); ++i) {
    move_[i] = prices[i] && last_[i] ? *prices[i] - *last_[i] : 0.0;
    // A series that begins now has nothing to weigh before its first move.
    weight_[i].forget(kept);
    if (last_[i]) weight_[i].add(fresh);
    if (prices[i]) last_[i] = prices[i];
  }
  double* sum = sums_.data();
  for (std::size_t i = 0; i < series(); ++i) {
    const double scaled = fresh * move_[i] / dt_days;
    for (std::size_t j = 0; j <= i; ++j, ++sum)
      *sum = kept * *sum + scaled * move_[j];
  }
}

double EwmaCovariance::covariance(std::size_t i, std::size_t j) const {
  if (!estimated(i) || !estimated(j)) return 0.0;
  return sums_[i >= j ? at(i, j) : at(j, i)] / std::sqrt(weight_[i].sum * weight_[j].sum);
}

void EwmaCovariance::matrix(Shrinkage shrinkage, std::span<double> out) const {
  BALLAST_ASSERT(out.size() == series() * series());
  BALLAST_ASSERT(shrinkage.intensity >= 0.0 && shrinkage.intensity <= 1.0);
  const std::size_t n = series();
  // The mean correlation of a semidefinite matrix is at least -1 / (n - 1), and that is what makes
  // the matrix with that one correlation semidefinite, too.
  double mean = 0.0;
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < n; ++i) {
    out[i * n + i] = covariance(i, i);
    for (std::size_t j = 0; j < i; ++j) {
      const double scale = std::sqrt(out[i * n + i]) * std::sqrt(out[j * n + j]);
      if (!(scale > 0.0)) continue;
      mean += covariance(i, j) / scale;
      ++pairs;
    }
  }
  const bool constant = shrinkage.target == ShrinkageTarget::constant_correlation && pairs > 0;
  mean = constant ? mean / static_cast<double>(pairs) : 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double target = mean * std::sqrt(out[i * n + i]) * std::sqrt(out[j * n + j]);
      const double own = covariance(i, j);
      out[i * n + j] = out[j * n + i] = own + shrinkage.intensity * (target - own);
    }
  }
}

std::optional<double> EwmaCovariance::volatility(std::size_t i) const {
  if (!estimated(i)) return std::nullopt;
  return std::sqrt(covariance(i, i));
}

double EwmaCovariance::quadratic_form(std::span<const double> x) const {
  BALLAST_ASSERT(x.size() == series());
  double total = 0.0;
  for (std::size_t i = 0; i < series(); ++i) {
    if (x[i] == 0.0) continue;
    double row = 0.5 * covariance(i, i) * x[i];
    for (std::size_t j = 0; j < i; ++j)
      row += covariance(i, j) * x[j];
    total += 2.0 * x[i] * row;
  }
  return std::max(0.0, total);  // what falls short of 0 is rounding
}

}  // namespace ballast
