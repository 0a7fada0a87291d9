// Burn rates: how fast an objective uses up its error budget.
//
//   budget    = 1 - goal                                       the share of time that may be bad
//   burn rate = (1 - measure over a window) / (1 - goal)       1: exactly used up over the period
//
// An objective fires when both windows of a pair burn at or above the pair's factor: the long one
// says that it matters, the short one that it still goes on. The pair then burns until one of them
// is below `clear` times the factor: a window's length steps between W and W * 61/60, so a rate
// near the factor crosses it to and fro while nothing changes. Dimensionless doubles. Source: Beyer
// et al., "The Site Reliability Workbook" (Google, 2018), chapter 5, table 5-8: 14.4 uses 2 % of a
// 30-day budget in 1 h, 6 uses 5 % in 6 h, 1 uses 10 % in 3 d; short windows are 1/12 of them.
// Tests: burn_test.cpp (the workbook's numbers; three-valued logic of unknown windows; hysteresis).
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

using PairBurns = std::array<PairBurn, burn_pairs.size()>;

/// An objective measured at one instant.
struct Burn {
  PairBurns pairs;
  std::optional<double> measure;           // over the objective's whole period
  std::optional<double> budget_remaining;  // 1: untouched, 0: used up, negative: overdrawn
};

PairBurns measure_pairs(const ObjectiveConfig& objective, Timestamp at, const Readings& readings);
Burn measure_burn(const ObjectiveConfig& objective, Timestamp at, const Readings& readings);

/// Whether the short windows alone say that no pair begins to burn: all are known and below their
/// factor. What is usually asked, at half the cost.
bool calm(const ObjectiveConfig& objective, Timestamp at, const Readings& readings);

/// Which pairs burn, from one look to the next.
using BurningPairs = std::array<bool, burn_pairs.size()>;

/// The verdict: burning if any pair surely burns; unknown (nothing) if none does but one might.
/// @param clear    in (0, 1]: the share of its factor below which a burning pair is over.
/// @param burning  brought up to date; an unknown pair stays as it was.
std::optional<bool> judge(const PairBurns& pairs, double clear, BurningPairs& burning);

/// The rate that both windows reach, of the pair that is highest against its factor; nothing when
/// no pair has both rates.
std::optional<double> worst_rate(const PairBurns& pairs);

}  // namespace ballast
