// Aversion: gamma as configured, or the one that makes quotes bring a small deviation back with the
// configured half-life (quant/control/half_life.hpp), in the units of the formulas: 1 / price for a
// fill.
#pragma once

#include "base/result.hpp"
#include "control/fill_units.hpp"
#include "quant/control/half_life.hpp"

namespace ballast {

/// @param solve  HalfLifeInput -> Result<double>: the model's own solution for gamma. Called, and
///               the fill rate looked at, only when a half-life is configured.
template <class Solve>
Result<double> gamma_of(
    const Aversion& aversion, const SkewInput& input, double sigma, double k, const Solve& solve) {
  if (aversion.half_life == Duration{}) return per_fill(aversion.gamma, input);
  BALLAST_TRY(fill_rate, required("fill_rate", input.fill_rate));
  return solve(HalfLifeInput{aversion.half_life.to_seconds(), sigma, k, fill_rate});
}

}  // namespace ballast
