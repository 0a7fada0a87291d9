// When a dealer hedges, and when he waits for clients to take his inventory off: Barzykin, Bergault
// and Guéant (2023), "Algorithmic market making in dealer markets with hedging and market impact",
// Mathematical Finance 33(1) (arXiv 2106.06974).
//
// Hedging at v units a time costs L(v) = psi |v| + eta v^2 and moves the price by k v. With the
// value function theta(q) = -a q^2 of an inventory q, a unit of hedging is worth p = theta'(q) + k
// q, and
//   v* = sign(p) (|p| - psi)+ / (2 eta),   the v that maximises p v - L(v):
// nothing is hedged while |q| <= psi / (2 a - k), the pure internalisation zone; beyond it the rate
// grows linearly from 0. (Only without eta would it jump to its limit.)
//
// Tests: the formula's values at cited parameters; the maximum by search; the zone as the rate's.
#pragma once

#include "base/result.hpp"

namespace ballast {

struct InternalisationInput {
  double curvature = 0.0;         // a: money per unit^2, > 0
  double spread_cost = 0.0;       // psi: money per unit hedged, >= 0
  double impact = 0.0;            // eta: money time per unit^2, > 0
  double permanent_impact = 0.0;  // k: price per unit hedged, in [0, 2 a)
};

/// psi / (2 a - k), in units.
Result<double> internalisation_half_width(const InternalisationInput& input);

/// v* at an inventory of q units, in units a time: below 0 sells. 0 within the zone.
Result<double> hedging_rate(const InternalisationInput& input, double q);

}  // namespace ballast
