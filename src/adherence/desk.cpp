#include "adherence/desk.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"

namespace ballast {
namespace {

constexpr double seconds_per_day = 86400.0;

/// Default weights as shares of 1 among the factors without a weight by hand; equal when they have
/// to be.
WeightBasis share_by_default(std::span<const FactorShare> factors,
                             double share,
                             std::vector<double>& weights) {
  double total = 0.0;
  double count = 0.0;
  bool estimated = true;
  for (const FactorShare& factor : factors) {
    if (factor.manual_weight) continue;
    count += 1.0;
    total += factor.mean_weight.value_or(0.0);
    estimated = estimated && factor.mean_weight.has_value();
  }
  const bool by_risk = estimated && total > 0.0;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (factors[i].manual_weight) continue;
    weights[i] = share * (by_risk ? *factors[i].mean_weight / total : 1.0 / count);
  }
  return by_risk ? WeightBasis::band_risk : WeightBasis::equal;
}

}  // namespace

DeskAdherence desk_adherence(std::span<const FactorShare> factors) {
  DeskAdherence desk;
  desk.weights.resize(factors.size());
  double manual_total = 0.0;
  std::size_t manual_count = 0;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (!factors[i].manual_weight) continue;
    desk.weights[i] = *factors[i].manual_weight;
    manual_total += desk.weights[i];
    ++manual_count;
  }
  if (manual_count == factors.size()) {
    desk.basis = WeightBasis::manual;
  } else {
    desk.basis = share_by_default(factors, std::max(0.0, 1.0 - manual_total), desk.weights);
    if (manual_count > 0) desk.basis = WeightBasis::mixed;
  }

  double total = 0.0;
  std::size_t known = 0;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (factors[i].adherence) {
      total += desk.weights[i];
      ++known;
    } else {
      desk.weights[i] = 0.0;
    }
  }
  if (known == 0) return desk;
  double adherence = 0.0;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (!factors[i].adherence) continue;
    desk.weights[i] = total > 0.0 ? desk.weights[i] / total : 1.0 / static_cast<double>(known);
    adherence += desk.weights[i] * *factors[i].adherence;
  }
  if (!(total > 0.0)) desk.basis = WeightBasis::equal;
  desk.adherence = adherence;
  return desk;
}

std::optional<double> tracking_risk(const TrackingTotals& totals) {
  if (!(totals.days > 0.0)) return std::nullopt;
  return std::sqrt(totals.variance_days / totals.days);
}

DeskRisk::DeskRisk(const DeskRiskOptions& options)
    : options_(options),
      band_width_(options.factors),
      has_price_(options.factors),
      covariance_(options.factors, options.half_life.to_seconds() / seconds_per_day),
      prices_(options.factors),
      deviations_(options.factors) {
  BALLAST_ASSERT(options.factors <= factors_max && options.grid.ns > 0);
}

void DeskRisk::sample(Timestamp t, std::span<const RiskSample> factors) {
  BALLAST_ASSERT(factors.size() == options_.factors);
  if (started_ && t <= last_) return;
  totals_ = totals(t);
  bool all_known = true;
  bool any_price = false;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const RiskSample& factor = factors[i];
    prices_[i] = factor.price;
    if (factor.price) has_price_[i] = 1;
    band_width_[i] = factor.band_width;
    deviations_[i] = has_price_[i] != 0 ? factor.deviation : 0.0;
    any_price = any_price || has_price_[i] != 0;
    all_known = all_known && (factor.known || has_price_[i] == 0);
  }
  covariance_.add(started_ ? (t - last_).to_seconds() / seconds_per_day : 0.0, prices_);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    all_known = all_known && (has_price_[i] == 0 || covariance_.estimated(i));
  }
  variance_.reset();
  if (any_price && all_known) variance_ = covariance_.quadratic_form(deviations_);
  started_ = true;
  last_ = t;
  next_ = next_multiple(t, options_.grid);
}

std::optional<double> DeskRisk::band_risk(std::size_t factor) const {
  const auto sigma = covariance_.volatility(factor);
  if (!sigma) return std::nullopt;
  return 0.5 * band_width_[factor] * *sigma;
}

TrackingTotals DeskRisk::totals(Timestamp now) const {
  TrackingTotals totals = totals_;
  if (!started_ || now <= last_) return totals;
  const double days = (now - last_).to_seconds() / seconds_per_day;
  if (variance_) {
    totals.variance_days += *variance_ * days;
    totals.days += days;
  } else {
    totals.unknown_days += days;
  }
  return totals;
}

}  // namespace ballast
