#include <array>
#include <cmath>

#include <fmt/format.h>

#include "quant/calc/registry.hpp"
#include "quant/network/decimal_flow.hpp"
#include "quant/network/minimum_cost_flow.hpp"

namespace ballast {
namespace {

constexpr std::array minimum_cost_flow_parameters{
    Parameter{"nodes", Kind::whole, "how many; they are numbered from 0", positive},
    Parameter{"supplies", Kind::numbers,
              "of each node: > 0 must leave it, < 0 must come; they sum to 0"},
    Parameter{"arcs", Kind::rows,
              "[from, to, capacity, cost] each: nodes, an amount (null: unlimited), and the cost "
              "of one unit of amount"},
};
constexpr std::array minimum_cost_flow_answers{
    Answer{"cost", "the least, of all arcs together"},
    Answer{"flows", "the amount on each arc"},
    Answer{"duals",
           "of each node: what one more unit of supply there adds to the cost, up to a constant; "
           "cost - dual[from] + dual[to] is >= 0 where an arc could carry more and <= 0 where it "
           "carries anything"},
};

Result<DecimalFlowArc> arc_of(std::size_t index, const std::vector<std::optional<double>>& row) {
  constexpr std::size_t columns = 4;
  if (row.size() != columns || !row[0] || !row[1] || !row[3]) {
    return fail(Errc::bad_input,
                fmt::format("arcs[{}] must be [from, to, capacity, cost], of which "
                            "only the capacity may be null",
                            index));
  }
  for (const double node : {*row[0], *row[1]}) {
    constexpr auto nodes_max = static_cast<double>(flow_nodes_max);
    if (std::trunc(node) != node || node < 0.0 || node >= nodes_max) {
      return fail(Errc::bad_input,
                  fmt::format("arcs[{}] names a node {}: nodes are numbered from 0", index, node));
    }
  }
  return DecimalFlowArc{static_cast<std::size_t>(*row[0]), static_cast<std::size_t>(*row[1]),
                        row[2], *row[3]};
}

Result<Fields> evaluate_minimum_cost_flow(const Arguments& arguments) {
  DecimalFlowProblem problem;
  problem.supplies = arguments.numbers("supplies");
  if (arguments.number("nodes") != static_cast<double>(problem.supplies.size())) {
    return fail(Errc::bad_input, fmt::format("{} nodes and {} supplies: there must be one each",
                                             arguments.number("nodes"), problem.supplies.size()));
  }
  for (const auto& row : arguments.rows("arcs")) {
    BALLAST_TRY(arc, arc_of(problem.arcs.size(), row));
    problem.arcs.push_back(arc);
  }
  BALLAST_TRY(flow, minimum_cost_flow(problem));
  return Fields{
      {"cost", flow.cost}, {"flows", list_of(flow.flows)}, {"duals", list_of(flow.duals)}};
}

Fields example_minimum_cost_flow() {
  const auto arc = [](double from, double to, double capacity, double cost) {
    return Value(List{from, to, capacity, cost});
  };
  return {{"nodes", 4.0},
          {"supplies", List{5.0, 0.0, 0.0, -5.0}},
          {"arcs", List{arc(0, 1, 4, 3), arc(0, 2, 10, 6), arc(1, 3, 9, 1), arc(2, 3, 5, 2)}}};
}

}  // namespace

std::span<const Formula> network_formulas() {
  static constexpr std::array entries{
      Formula{"minimum_cost_flow",
              "the cheapest way to bring amounts from where they are to where "
              "they are needed",
              "network simplex: Ahuja, Magnanti and Orlin (1993), Network Flows, chapter 11",
              minimum_cost_flow_parameters, minimum_cost_flow_answers, evaluate_minimum_cost_flow,
              example_minimum_cost_flow},
  };
  return entries;
}

}  // namespace ballast
