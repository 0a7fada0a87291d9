#include "alert/burn.hpp"

#include <algorithm>

namespace ballast {
namespace {

/// Does a rate reach the level? Three-valued: nothing when the rate is unknown.
std::optional<bool> reaches(const std::optional<double>& rate, double level) {
  return rate ? std::optional(*rate >= level) : std::nullopt;
}

std::optional<double> rate_over(const ObjectiveConfig& objective,
                                Window window,
                                Timestamp at,
                                const Readings& readings) {
  const auto measure = readings.value(objective.factor, objective.measure, window, at);
  if (!measure) return std::nullopt;
  return burn_rate(*measure, objective.goal);
}

}  // namespace

PairBurns measure_pairs(const ObjectiveConfig& objective, Timestamp at, const Readings& readings) {
  PairBurns pairs;
  for (std::size_t i = 0; i < burn_pairs.size(); ++i) {
    pairs[i] = {rate_over(objective, burn_pairs[i].long_window, at, readings),
                rate_over(objective, burn_pairs[i].short_window, at, readings)};
  }
  return pairs;
}

Burn measure_burn(const ObjectiveConfig& objective, Timestamp at, const Readings& readings) {
  Burn burn;
  burn.pairs = measure_pairs(objective, at, readings);
  burn.measure = readings.value(objective.factor, objective.measure, objective.over, at);
  if (burn.measure) burn.budget_remaining = 1.0 - burn_rate(*burn.measure, objective.goal);
  return burn;
}

bool calm(const ObjectiveConfig& objective, Timestamp at, const Readings& readings) {
  return std::all_of(burn_pairs.begin(), burn_pairs.end(), [&](const BurnPair& pair) {
    return reaches(rate_over(objective, pair.short_window, at, readings), pair.factor) == false;
  });
}

std::optional<bool> judge(const PairBurns& pairs, double clear, BurningPairs& burning) {
  bool any = false;
  bool unsure = false;
  for (std::size_t i = 0; i < burn_pairs.size(); ++i) {
    const double level = burn_pairs[i].factor * (burning[i] ? clear : 1.0);
    const auto long_burns = reaches(pairs[i].long_rate, level);
    const auto short_burns = reaches(pairs[i].short_rate, level);
    if (long_burns == false || short_burns == false) {  // one calm window settles the pair
      burning[i] = false;
    } else if (long_burns && short_burns) {
      burning[i] = any = true;
    } else {
      unsure = true;
    }
  }
  if (any) return true;
  return unsure ? std::nullopt : std::optional(false);
}

std::optional<double> worst_rate(const PairBurns& pairs) {
  std::optional<double> worst;
  double worst_ratio = 0.0;
  for (std::size_t i = 0; i < burn_pairs.size(); ++i) {
    const auto& [long_rate, short_rate] = pairs[i];
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
