// Minimum-cost flow of numbers as people write them: amounts and costs are taken as the decimals
// that they print as (0.1 is a tenth, not the double next to it), scaled to integers by the power
// of ten that makes all of them whole, and solved exactly by minimum_cost_flow. The answer is the
// exact one, rounded once to doubles.
//
// What has no common scale in 64 bits (1e12 beside 1e-9) is an error. Books, whose amounts are
// decimals already, scale by their own lots and use minimum_cost_flow itself.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.hpp"

namespace ballast {

struct DecimalFlowArc {
  std::size_t from = 0;
  std::size_t to = 0;
  std::optional<double> capacity;  // >= 0; absent: unlimited
  double cost = 0.0;               // of one unit of amount
};

struct DecimalFlowProblem {
  std::vector<double> supplies;  // one a node: > 0 must leave, < 0 must come; sum 0
  std::vector<DecimalFlowArc> arcs;
};

struct DecimalFlow {
  double cost = 0.0;
  std::vector<double> flows;  // one an arc
  std::vector<double> duals;  // one a node, as in minimum_cost_flow.hpp
};

/// Errors as minimum_cost_flow's, in the units of the problem.
Result<DecimalFlow> minimum_cost_flow(const DecimalFlowProblem& problem);

}  // namespace ballast
