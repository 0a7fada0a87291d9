#include "alert/burn.hpp"

#include <algorithm>

namespace ballast {
namespace {

/// Does a rate reach the factor? Three-valued: nothing when the rate is unknown.
std::optional<bool> reaches(const std::optional<double>& rate, double factor) {
  return rate ? std::optional(*rate >= factor) : std::nullopt;
}

}  // namespace

Burn measure_burn(const ObjectiveConfig& objective, Timestamp at, const Readings& readings) {
  const auto measure_over = [&](Window window) {
    return readings.value(objective.factor, objective.measure, window, at);
  };
  const auto rate_over = [&](Window window) -> std::optional<double> {
    const auto measure = measure_over(window);
    if (!measure) return std::nullopt;
    return burn_rate(*measure, objective.goal);
  };
  Burn burn;
  for (std::size_t i = 0; i < burn_pairs.size(); ++i) {
    burn.pairs[i] = {rate_over(burn_pairs[i].long_window), rate_over(burn_pairs[i].short_window)};
  }
  burn.measure = measure_over(objective.over);
  if (burn.measure) burn.budget_remaining = 1.0 - burn_rate(*burn.measure, objective.goal);
  return burn;
}

std::optional<bool> burning(const Burn& burn) {
  bool unsure = false;
  for (std::size_t i = 0; i < burn_pairs.size(); ++i) {
    const auto long_burns = reaches(burn.pairs[i].long_rate, burn_pairs[i].factor);
    const auto short_burns = reaches(burn.pairs[i].short_rate, burn_pairs[i].factor);
    if (long_burns == false || short_burns == false) continue;  // one calm window settles the pair
    if (long_burns && short_burns) return true;
    unsure = true;
  }
  return unsure ? std::nullopt : std::optional(false);
}

std::optional<double> worst_rate(const Burn& burn) {
  std::optional<double> worst;
  double worst_ratio = 0.0;
  for (std::size_t i = 0; i < burn_pairs.size(); ++i) {
    const auto& [long_rate, short_rate] = burn.pairs[i];
    if (!long_rate || !short_rate) continue;
    const double both = std::min(*long_rate, *short_rate);
    const double ratio = both / burn_pairs[i].factor;
    if (!worst || ratio > worst_ratio) {
      worst = both;
      worst_ratio = ratio;
    }
  }
  return worst;
}

}  // namespace ballast
