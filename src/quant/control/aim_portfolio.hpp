// Gârleanu and Pedersen (2013), "Dynamic trading with predictable returns and transaction costs",
// Journal of Finance 68(6): trade partially towards an aim that looks ahead of where signals decay.
//
// Costs are lambda/2 x' Sigma x for a trade x (proportional to risk), returns B f of signals f that
// decay at rates phi a period. Tests: the paper's calibration, value iteration, limits.
#pragma once

#include <span>

#include "base/result.hpp"

namespace ballast {

struct AimInput {
  double gamma = 0.0;     // risk aversion, 1 / money, > 0
  double lambda = 0.0;    // cost against risk, > 0
  double discount = 0.0;  // rho, a period, in [0, 1)
};

/// The share of the way to the aim that is traded in a period, in (0, 1): a / lambda, with
///   a = [-(gamma (1-rho) + lambda rho)
///        + sqrt((gamma (1-rho) + lambda rho)^2 + 4 gamma lambda (1-rho)^2)] / (2 (1-rho)).
Result<double> trading_rate(const AimInput& input);

/// What one signal says of one asset's return.
struct Signal {
  double expected_return = 0.0;  // B f: a period, per unit held
  double decay = 0.0;            // phi: the share of it lost in a period, in [0, 1]
};
/// Of one asset: sum over signals of expected_return / (1 + a phi / gamma) / (gamma variance), in
/// units. What decays fast counts for less: it will be gone before costs are earned back.
/// @param variance  of the asset's return a period, per unit, > 0.
Result<double> aim_position(const AimInput& input,
                            double variance,
                            std::span<const Signal> signals);

}  // namespace ballast
