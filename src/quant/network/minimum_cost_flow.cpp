#include "quant/network/minimum_cost_flow.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include "base/contract.hpp"
#include "quant/network/shortest_paths.hpp"

namespace ballast {
namespace {

/// "2.50" of 250 with two decimals.
std::string amount_text(Int128 amount, int decimals) {
  const bool negative = amount < 0;
  std::string digits = fmt::format("{:0{}}", magnitude(amount), decimals + 1);
  if (decimals > 0) digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
  return negative ? "-" + digits : digits;
}

/// The problem's bounds, which keep LEMON's unchecked integers from wrapping.
struct Extent {
  std::int64_t supply = 0;  // all that must leave somewhere
  bool negative_cost = false;
  bool unlimited = false;
};

Result<std::int64_t> total_supply(const MinimumCostFlowProblem& problem) {
  Int128 leaves = 0;
  Int128 comes = 0;
  for (const std::int64_t supply : problem.supplies)
    (supply > 0 ? leaves : comes) += supply;
  if (leaves + comes != 0) {
    const auto text = [&](Int128 amount) { return amount_text(amount, problem.amount_decimals); };
    return fail(
        Errc::bad_input,
        fmt::format("supplies must sum to 0: {} leaves and {} comes, {} too {}", text(leaves),
                    text(-comes), text(static_cast<Int128>(magnitude(leaves + comes))),
                    leaves + comes > 0 ? "much leaves; a node with that demand would take it"
                                       : "much comes; a node with that supply would give it"));
  }
  if (leaves > flow_amount_max) {
    return fail(Errc::overflow, "the supplies' sum is more than 2^62: use a larger unit of amount");
  }
  return static_cast<std::int64_t>(leaves);
}

Result<Extent> check(const MinimumCostFlowProblem& problem) {
  const std::size_t nodes = problem.supplies.size();
  if (nodes < 1 || nodes > flow_nodes_max || problem.arcs.size() > flow_arcs_max) {
    return fail(Errc::bad_input,
                fmt::format("{} nodes and {} arcs: there must be 1 to {} and at most {}", nodes,
                            problem.arcs.size(), flow_nodes_max, flow_arcs_max));
  }
  Extent extent;
  BALLAST_TRY(supply, total_supply(problem));
  extent.supply = supply;
  Int128 capacities = 0;
  const std::int64_t cost_limit = flow_cost_max / static_cast<std::int64_t>(nodes);
  for (std::size_t i = 0; i < problem.arcs.size(); ++i) {
    const FlowArc& arc = problem.arcs[i];
    if (arc.from >= nodes || arc.to >= nodes) {
      return fail(Errc::bad_input, fmt::format("arc {} is from node {} to {}: nodes are 0 to {}", i,
                                               arc.from, arc.to, nodes - 1));
    }
    if (arc.capacity < 0) {
      return fail(Errc::bad_input,
                  fmt::format("the capacity of arc {} is {}: it must be 0 or above", i,
                              amount_text(arc.capacity, problem.amount_decimals)));
    }
    if (arc.cost > cost_limit || arc.cost < -cost_limit) {
      return fail(Errc::overflow,
                  fmt::format("the cost of arc {} is beyond +-2^60 / {} nodes: use a larger unit "
                              "of cost",
                              i, nodes));
    }
    extent.negative_cost |= arc.cost < 0;
    extent.unlimited |= arc.capacity == FlowArc::unlimited;
    if (arc.capacity != FlowArc::unlimited) capacities += arc.capacity;
  }
  // An arc without limit may carry what every other one can.
  if (extent.negative_cost && extent.unlimited && capacities + supply > flow_amount_max) {
    return fail(Errc::overflow,
                "the capacities' sum is more than 2^62 beside arcs without limit and negative "
                "costs: use a larger unit of amount");
  }
  return extent;
}

/// Flows of an optimum; nothing when there is none. Where no cost is negative, no arc needs to
/// carry more than all supplies together, nor may one be unlimited for LEMON.
std::optional<std::vector<std::int64_t>> network_simplex(const MinimumCostFlowProblem& problem,
                                                         const Extent& extent) {
  using Graph = lemon::SmartDigraph;
  using Simplex = lemon::NetworkSimplex<Graph, std::int64_t, std::int64_t>;
  const int nodes = static_cast<int>(problem.supplies.size());
  const int arcs = static_cast<int>(problem.arcs.size());
  Graph graph;
  graph.reserveNode(nodes);
  graph.reserveArc(arcs);
  for (int i = 0; i < nodes; ++i)
    graph.addNode();
  Graph::NodeMap<std::int64_t> supplies(graph);
  for (int i = 0; i < nodes; ++i)
    supplies[Graph::nodeFromId(i)] = problem.supplies[static_cast<std::size_t>(i)];
  for (const FlowArc& arc : problem.arcs) {
    graph.addArc(Graph::nodeFromId(static_cast<int>(arc.from)),
                 Graph::nodeFromId(static_cast<int>(arc.to)));
  }
  Graph::ArcMap<std::int64_t> capacities(graph);
  Graph::ArcMap<std::int64_t> costs(graph);
  for (int i = 0; i < arcs; ++i) {
    const FlowArc& arc = problem.arcs[static_cast<std::size_t>(i)];
    capacities[Graph::arcFromId(i)] =
        extent.negative_cost ? arc.capacity : std::min(arc.capacity, extent.supply);
    costs[Graph::arcFromId(i)] = arc.cost;
  }
  Simplex simplex(graph);
  simplex.supplyMap(supplies).upperMap(capacities).costMap(costs);
  if (simplex.run() != Simplex::OPTIMAL) return std::nullopt;
  std::vector<std::int64_t> flows(problem.arcs.size());
  for (int i = 0; i < arcs; ++i)
    flows[static_cast<std::size_t>(i)] = simplex.flow(Graph::arcFromId(i));
  return flows;
}

/// From the flows and not from LEMON's potentials, which for a node that its arcs cannot bring one
/// more unit to hold a number as large as an integer can be. That there is no negative cycle proves
/// the flows optimal.
std::vector<std::int64_t> duals_of(const MinimumCostFlowProblem& problem,
                                   const std::vector<std::int64_t>& flows) {
  std::vector<CostEdge> residual;
  for (std::size_t i = 0; i < flows.size(); ++i) {
    const FlowArc& arc = problem.arcs[i];
    if (flows[i] < arc.capacity) residual.push_back({arc.from, arc.to, arc.cost});
    if (flows[i] > 0) residual.push_back({arc.to, arc.from, -arc.cost});
  }
  ShortestPaths paths = shortest_paths(problem.supplies.size(), residual);
  BALLAST_ASSERT(paths.cycle.empty());
  for (std::int64_t& distance : paths.distances)
    distance = -distance;
  return std::move(paths.distances);
}

Result<Int128> cost_of(const MinimumCostFlowProblem& problem,
                       const std::vector<std::int64_t>& flows) {
  Int128 cost = 0;
  for (std::size_t i = 0; i < flows.size(); ++i) {
    if (__builtin_add_overflow(cost, static_cast<Int128>(flows[i]) * problem.arcs[i].cost, &cost))
      return fail(Errc::overflow, "the cost is more than 128 bits hold: use larger units");
  }
  return cost;
}

/// With a way past the network for what it cannot carry, which nothing else would choose.
std::vector<std::int64_t> left_behind(const MinimumCostFlowProblem& problem, std::int64_t supply) {
  MinimumCostFlowProblem easier = problem;
  const std::size_t past = problem.supplies.size();
  easier.supplies.push_back(0);
  for (FlowArc& arc : easier.arcs)
    arc.cost = 0;
  for (std::size_t node = 0; node < past; ++node) {
    const std::int64_t wanted = problem.supplies[node];
    if (wanted > 0) easier.arcs.push_back({node, past, wanted, 1});
    if (wanted < 0) easier.arcs.push_back({past, node, -wanted, 0});
  }
  const auto flows = network_simplex(easier, {.supply = supply});
  BALLAST_ASSERT(flows.has_value());
  std::vector<std::int64_t> left(past);
  for (std::size_t i = problem.arcs.size(); i < flows->size(); ++i) {
    const FlowArc& arc = easier.arcs[i];
    if (arc.to == past) left[arc.from] += (*flows)[i];
    if (arc.from == past) left[arc.to] -= (*flows)[i];
  }
  return left;
}

tl::unexpected<Error> infeasible(const MinimumCostFlowProblem& problem,
                                 const std::vector<std::int64_t>& left) {
  constexpr int named_max = 8;
  const auto text = [&](std::int64_t amount) {
    return amount_text(amount, problem.amount_decimals);
  };
  std::string what;
  int named = 0;
  for (std::size_t node = 0; node < left.size(); ++node) {
    if (left[node] == 0 || ++named > named_max) continue;
    what += left[node] > 0 ? fmt::format("; node {} cannot send {} of its {}", node,
                                         text(left[node]), text(problem.supplies[node]))
                           : fmt::format("; node {} goes short of {} of {}", node,
                                         text(-left[node]), text(-problem.supplies[node]));
  }
  if (named > named_max) what += fmt::format("; and {} nodes more", named - named_max);
  return fail(Errc::infeasible, "the arcs cannot carry all supplies, at best" + what.substr(1));
}

tl::unexpected<Error> unbounded(const MinimumCostFlowProblem& problem) {
  std::vector<CostEdge> edges;
  std::vector<std::size_t> arcs;
  for (std::size_t i = 0; i < problem.arcs.size(); ++i) {
    const FlowArc& arc = problem.arcs[i];
    if (arc.capacity != FlowArc::unlimited) continue;
    edges.push_back({arc.from, arc.to, arc.cost});
    arcs.push_back(i);
  }
  const ShortestPaths paths = shortest_paths(problem.supplies.size(), edges);
  BALLAST_ASSERT(!paths.cycle.empty());
  std::string names;
  for (const std::size_t edge : paths.cycle)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", arcs[edge]);
  return fail(Errc::unbounded,
              fmt::format("there is no least cost: a round through arcs {} costs less than nothing "
                          "and none of them has a capacity",
                          names));
}

}  // namespace

Result<std::vector<std::int64_t>> undeliverable(const MinimumCostFlowProblem& problem) {
  BALLAST_TRY(extent, check(problem));
  return left_behind(problem, extent.supply);
}

Result<MinimumCostFlow> minimum_cost_flow(const MinimumCostFlowProblem& problem) {
  BALLAST_TRY(extent, check(problem));
  auto flows = network_simplex(problem, extent);
  if (!flows) {
    const auto left = left_behind(problem, extent.supply);
    const bool all = std::all_of(left.begin(), left.end(), [](auto amount) { return amount == 0; });
    return all ? unbounded(problem) : infeasible(problem, left);
  }
  BALLAST_TRY(cost, cost_of(problem, *flows));
  auto duals = duals_of(problem, *flows);
  return MinimumCostFlow{cost, std::move(*flows), std::move(duals)};
}

}  // namespace ballast
