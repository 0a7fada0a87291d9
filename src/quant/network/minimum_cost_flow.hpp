// Minimum-cost flow: the cheapest way to bring what some nodes have to nodes that need it.
//
//   minimise  sum c_ij x_ij   subject to   sum_j x_ij - sum_j x_ji = b_i,   0 <= x_ij <= u_ij
//
// Solved by the network simplex method (Ahuja, Magnanti and Orlin 1993, "Network Flows", chapter
// 11) in integers, so the answer is exact and, with integral amounts, integral. Amounts and costs
// are counts of units that the caller chooses, such as a venue's lot and a hundredth of a basis
// point: scale to the coarsest units that are exact. What does not fit is an error, never a wrap.
// Optimal flows need not be unique; which of them is found is the same on every run.
//
// Duals are the linear program's: y_i is what one more unit of supply at i changes the cost by, up
// to a constant of each connected part, whose least dual is 0. The reduced cost of an arc,
// c_ij - y_i + y_j, is >= 0 where it could carry more and <= 0 where it carries anything. So y_i -
// y_j is the fair price of having a unit at j instead of at i: a cheaper way to move it is worth
// taking. Where duals are not unique, these are the least ones of which none is negative.
//
// Tests: published instances; random ones against successive shortest paths; optimality by reduced
// costs; duals by differences of cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/int128.hpp"
#include "base/result.hpp"

namespace ballast {

struct FlowArc {
  static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

  std::size_t from = 0;
  std::size_t to = 0;
  std::int64_t capacity = unlimited;  // u >= 0
  std::int64_t cost = 0;              // c: of one unit of amount; may be negative
};

struct MinimumCostFlowProblem {
  std::vector<std::int64_t> supplies;  // b, one a node: > 0 must leave, < 0 must come; sum 0
  std::vector<FlowArc> arcs;           // parallel ones and loops are fine
  int amount_decimals = 0;             // of supplies and capacities, for messages: 250 is 2.50
};

struct MinimumCostFlow {
  Int128 cost = 0;
  std::vector<std::int64_t> flows;  // x, one an arc
  std::vector<std::int64_t> duals;  // y, one a node
};

constexpr std::size_t flow_nodes_max = 1'000'000;
constexpr std::size_t flow_arcs_max = 10'000'000;
/// Nodes x the greatest cost of an arc, and sums of amounts.
constexpr std::int64_t flow_cost_max = std::int64_t{1} << 60;
constexpr std::int64_t flow_amount_max = std::int64_t{1} << 62;

/// Errors: bad_input (an arc to nowhere, supplies that do not sum to 0: by how much); overflow
/// (beyond the bounds above); infeasible (which supplies cannot be delivered); unbounded (which
/// cycle earns without end).
Result<MinimumCostFlow> minimum_cost_flow(const MinimumCostFlowProblem& problem);

/// What stays behind when as much is delivered as can be: of each node, what it cannot get rid of
/// (> 0) or goes short of (< 0). All 0: feasible. Errors: bad_input, overflow.
Result<std::vector<std::int64_t>> undeliverable(const MinimumCostFlowProblem& problem);

}  // namespace ballast
