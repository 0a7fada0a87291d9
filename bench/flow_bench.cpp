// How long does it take to plan transfers: a minimum-cost flow of 200 nodes and 2,000 arcs?
#include <cstddef>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "base/contract.hpp"
#include "base/rng.hpp"
#include "quant/network/minimum_cost_flow.hpp"

namespace ballast {
namespace {

/// A ring, so that all can be delivered, and random arcs across it; 8 % of nodes have and 8 % need.
MinimumCostFlowProblem problem(std::size_t nodes, std::size_t arcs) {
  Rng rng(1);
  MinimumCostFlowProblem problem;
  problem.supplies.assign(nodes, 0);
  for (std::size_t i = 0; i < nodes / 12; ++i) {
    const std::int64_t amount = rng.between(1, 1'000'000);
    problem.supplies[rng.below(nodes)] += amount;
    problem.supplies[rng.below(nodes)] -= amount;
  }
  for (std::size_t i = 0; i < nodes; ++i)
    problem.arcs.push_back({i, (i + 1) % nodes, FlowArc::unlimited, rng.between(5'000, 10'000)});
  while (problem.arcs.size() < arcs) {
    problem.arcs.push_back({rng.below(nodes), rng.below(nodes), rng.between(1'000, 1'000'000),
                            rng.between(1, 10'000)});
  }
  return problem;
}

void minimum_cost_flow(benchmark::State& state) {
  const auto nodes = static_cast<std::size_t>(state.range(0));
  const auto instance = problem(nodes, 10 * nodes);
  for (auto _ : state) {
    const auto answer = ballast::minimum_cost_flow(instance);
    BALLAST_ASSERT(answer.has_value());
    benchmark::DoNotOptimize(answer->cost);
  }
}
BENCHMARK(minimum_cost_flow)->Arg(200)->Arg(2000)->Arg(20000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ballast
