// The arbiter: skew, hedge, transfer or wait, whichever brings a factor back inside its band at
// least cost and in time.
//
// One scale for all: money, until the deviation is inside. An action costs what it costs, and while
// it takes its time the deviation risks
//
//   gamma/2 * variance * integral of d(t)^2 dt            (t in days, variance of one unit a day)
//
// Waiting follows the deviation's own half-life, skewing the flow that leaned quotes attract;
// neither is possible where its rate is unknown or points away. An action excluded for this
// deviation, or not allowed, is shown with the reason. Pure: nothing here keeps state.
#pragma once

#include <array>
#include <optional>

#include "control/candidate.hpp"
#include "control/proposal.hpp"
#include "model/control.hpp"

namespace ballast {

/// The flow that leaned quotes attract towards the band, against what symmetric ones would earn.
struct SkewFlow {
  double rate = 0.0;  // units of the factor a second, towards the band; > 0
  double cost = 0.0;  // spread given up a second, reporting currency, >= 0
};

/// Money that a deviation risks while it goes from `from` to `to`, units, in a straight line.
double risk_of_line(double gamma, double variance, double from, double to, double seconds);
/// While it decays from `from` with a half-life.
double risk_of_decay(
    double gamma, double variance, double from, double half_life_seconds, double seconds);

Candidate wait_candidate(const ControlConfig& control,
                         const Deviation& deviation,
                         std::optional<double> half_life_seconds);
Candidate skew_candidate(const ControlConfig& control,
                         const Deviation& deviation,
                         const std::optional<SkewFlow>& flow);
/// Adds the risk of the time that an action takes to what it costs.
void add_risk(const ControlConfig& control, const Deviation& deviation, Candidate& candidate);

/// The cheapest of those that are possible, allowed and in time; else the fastest that is possible
/// and allowed; nothing when none is.
std::optional<Action> choose(const std::array<Option, 4>& options);

}  // namespace ballast
