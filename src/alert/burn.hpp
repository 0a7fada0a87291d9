// Burn rates: how fast an objective uses up its error budget.
//
//   budget    = 1 - goal                                       the share of time that may be bad
//   burn rate = (1 - measure over a window) / (1 - goal)       1: exactly used up over the period
//
// An objective fires when both windows of a pair burn at or above the pair's factor: the long one
// says that it matters, the short one that it still goes on. Dimensionless doubles. Source: Beyer
// et al., "The Site Reliability Workbook" (Google, 2018), chapter 5, table 5-8: 14.4 uses 2 % of a
// 30-day budget in 1 h, 6 uses 5 % in 6 h, 1 uses 10 % in 3 d; short windows are 1/12 of them.
// Tests: burn_test.cpp (the workbook's numbers; three-valued logic of unknown windows).
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "alert/readings.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"

namespace ballast {

struct BurnPair {
  Window long_window;
  Window short_window;
  double factor;
};
inline constexpr std::array<BurnPair, 3> burn_pairs{{{Window::hour_1, Window::min_5, 14.4},
                                                     {Window::hour_6, Window::min_30, 6.0},
                                                     {Window::day_3, Window::hour_6, 1.0}}};

/// measure in [0, 1], goal in (0, 1); in [0, 1 / (1 - goal)].
constexpr double burn_rate(double measure, double goal) { return (1.0 - measure) / (1.0 - goal); }

/// One pair measured. A window without known time has no rate.
struct PairBurn {
  std::optional<double> long_rate;
  std::optional<double> short_rate;
};

/// An objective measured at one instant.
struct Burn {
  std::array<PairBurn, burn_pairs.size()> pairs;
  std::optional<double> measure;           // over the objective's whole period
  std::optional<double> budget_remaining;  // 1: untouched, 0: used up, negative: overdrawn
};

Burn measure_burn(const ObjectiveConfig& objective, Timestamp at, const Readings& readings);

/// The verdict: burning if any pair surely burns; unknown (nothing) if none does but one might.
std::optional<bool> burning(const Burn& burn);

/// The rate that both windows reach, of the pair that is highest against its factor; nothing when
/// no pair has both rates.
std::optional<double> worst_rate(const Burn& burn);

}  // namespace ballast
