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
  const double kept = std::exp2(-dt_days / half_life_days_);
  const double fresh = 1.0 - kept;
  for (std::size_t i = 0; i < series(); ++i) {
    move_[i] = prices[i] && last_[i] ? *prices[i] - *last_[i] : 0.0;
    // A series that begins now has nothing to weigh before its first move.
    if (last_[i]) weight_[i] = kept * weight_[i] + fresh;
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
  // The younger of two series has gathered the smaller weight.
  const double weight = std::min(weight_[i], weight_[j]);
  if (!(weight > 0.0)) return 0.0;
  return sums_[i >= j ? at(i, j) : at(j, i)] / weight;
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
  // Series of different ages share no one weight, so the matrix may fall short of semidefinite.
  return std::max(0.0, total);
}

}  // namespace ballast
