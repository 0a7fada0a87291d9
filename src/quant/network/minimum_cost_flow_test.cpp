#include "quant/network/minimum_cost_flow.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr std::int64_t unlimited = FlowArc::unlimited;

/// Successive shortest paths by Bellman and Ford, one whole path at a time, after saturating what
/// has a negative cost (Ahuja, Magnanti and Orlin, section 9.7). Nothing: infeasible.
class SlowFlow {
 public:
  explicit SlowFlow(const MinimumCostFlowProblem& problem) : excess_(problem.supplies) {
    for (const FlowArc& arc : problem.arcs) {
      const std::int64_t start = arc.cost < 0 ? arc.capacity : 0;
      edges_.push_back({arc.from, arc.to, arc.capacity - start, arc.cost});
      edges_.push_back({arc.to, arc.from, start, -arc.cost});
      cost_ += static_cast<Int128>(start) * arc.cost;
      excess_[arc.from] -= start;
      excess_[arc.to] += start;
    }
  }

  std::optional<Int128> cost() {
    for (std::size_t node = 0; node < excess_.size(); ++node) {
      while (excess_[node] > 0)
        if (!send_from(node)) return std::nullopt;
    }
    return cost_;
  }

 private:
  struct Edge {
    std::size_t from, to;
    std::int64_t left, cost;
  };

  bool send_from(std::size_t source) {
    constexpr std::int64_t far = std::int64_t{1} << 61;
    std::vector<std::int64_t> distance(excess_.size(), far);
    std::vector<std::size_t> way(excess_.size());
    distance[source] = 0;
    for (std::size_t round = 0; round < excess_.size(); ++round) {
      for (std::size_t e = 0; e < edges_.size(); ++e) {
        const Edge& edge = edges_[e];
        if (edge.left == 0 || distance[edge.from] == far) continue;
        if (distance[edge.from] + edge.cost >= distance[edge.to]) continue;
        distance[edge.to] = distance[edge.from] + edge.cost;
        way[edge.to] = e;
      }
    }
    std::size_t sink = source;
    for (std::size_t node = 0; node < excess_.size(); ++node) {
      if (excess_[node] < 0 && distance[node] < far &&
          (sink == source || distance[node] < distance[sink]))
        sink = node;
    }
    if (sink == source) return false;
    std::int64_t amount = std::min(excess_[source], -excess_[sink]);
    for (std::size_t at = sink; at != source; at = edges_[way[at]].from)
      amount = std::min(amount, edges_[way[at]].left);
    for (std::size_t at = sink; at != source; at = edges_[way[at]].from) {
      edges_[way[at]].left -= amount;
      edges_[way[at] ^ 1U].left += amount;
    }
    excess_[source] -= amount;
    excess_[sink] += amount;
    cost_ += static_cast<Int128>(amount) * distance[sink];
    return true;
  }

  std::vector<std::int64_t> excess_;
  std::vector<Edge> edges_;
  Int128 cost_ = 0;
};

std::int64_t small(Int128 value) { return static_cast<std::int64_t>(value); }

/// Conservation, capacities, cost, and that each arc's reduced cost has the sign of an optimum.
void expect_optimal(const MinimumCostFlowProblem& problem, const MinimumCostFlow& answer) {
  ASSERT_EQ(answer.flows.size(), problem.arcs.size());
  ASSERT_EQ(answer.duals.size(), problem.supplies.size());
  std::vector<std::int64_t> left = problem.supplies;
  Int128 cost = 0;
  for (std::size_t i = 0; i < problem.arcs.size(); ++i) {
    const FlowArc& arc = problem.arcs[i];
    const std::int64_t flow = answer.flows[i];
    EXPECT_GE(flow, 0) << "arc " << i;
    EXPECT_LE(flow, arc.capacity) << "arc " << i;
    left[arc.from] -= flow;
    left[arc.to] += flow;
    cost += static_cast<Int128>(flow) * arc.cost;
    const std::int64_t reduced = arc.cost - answer.duals[arc.from] + answer.duals[arc.to];
    if (flow < arc.capacity) {
      EXPECT_GE(reduced, 0) << "arc " << i << " could carry more";
    }
    if (flow > 0) {
      EXPECT_LE(reduced, 0) << "arc " << i << " carries " << flow;
    }
  }
  EXPECT_EQ(left, std::vector<std::int64_t>(problem.supplies.size(), 0));
  EXPECT_TRUE(cost == answer.cost);
  EXPECT_EQ(*std::min_element(answer.duals.begin(), answer.duals.end()), 0);
}

struct Published {
  const char* name;
  MinimumCostFlowProblem problem;
  std::int64_t cost;
};

/// Sources of amounts `a` and sinks of amounts `b` with a cost for each pair.
MinimumCostFlowProblem transport(const std::vector<std::int64_t>& a,
                                 const std::vector<std::int64_t>& b,
                                 const std::vector<std::vector<std::int64_t>>& costs) {
  MinimumCostFlowProblem problem{a, {}};
  for (const std::int64_t amount : b)
    problem.supplies.push_back(-amount);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j)
      problem.arcs.push_back({i, a.size() + j, unlimited, costs[i][j]});
  }
  return problem;
}

TEST(MinimumCostFlow, finds_the_published_costs) {
  const Published rows[] = {
      // Google OR-tools, documentation of its minimum-cost flow solver.
      {"or-tools",
       {{20, 0, 0, -5, -15},
        {{0, 1, 15, 4},
         {0, 2, 8, 4},
         {1, 2, 20, 2},
         {1, 3, 4, 2},
         {1, 4, 10, 6},
         {2, 3, 15, 1},
         {2, 4, 4, 3},
         {3, 4, 20, 2},
         {4, 2, 5, 3}}},
       150},
      // networkx, documentation of min_cost_flow.
      {"networkx", {{5, 0, 0, -5}, {{0, 1, 4, 3}, {0, 2, 10, 6}, {1, 3, 9, 1}, {2, 3, 5, 2}}}, 24},
      // The sample of DIMACS' format for minimum-cost flows.
      {"dimacs",
       {{4, 0, 0, -4}, {{0, 1, 4, 2}, {0, 2, 2, 2}, {1, 2, 2, 1}, {1, 3, 3, 3}, {2, 3, 5, 1}}},
       14},
      // Hitchcock's transportation problem, 3 x 4, as textbooks have it.
      {"hitchcock",
       transport({300, 400, 500}, {250, 350, 400, 200}, {{3, 1, 7, 4}, {2, 6, 5, 9}, {8, 3, 3, 2}}),
       2850},
      // POT's documentation of ot.emd, in halves.
      {"pot", transport({1, 1}, {1, 1}, {{0, 1}, {1, 0}}), 0},
      // SciPy's documentation of wasserstein_distance, in thirds: 5.
      {"scipy", transport({1, 1, 1}, {1, 1, 1}, {{5, 6, 8}, {4, 5, 7}, {2, 3, 5}}), 15},
      // Squared distances on a line, in hundredths: 0.5, the quantile coupling's.
      {"line",
       transport({10, 20, 30, 40}, {25, 25, 25, 25},
                 {{0, 1, 4, 9}, {1, 0, 1, 4}, {4, 1, 0, 1}, {9, 4, 1, 0}}),
       50},
  };
  for (const Published& row : rows) {
    SCOPED_TRACE(row.name);
    const auto answer = minimum_cost_flow(row.problem);
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(small(answer->cost), row.cost);
    expect_optimal(row.problem, *answer);
  }
}

MinimumCostFlowProblem random_problem(Rng& rng, bool negative) {
  const auto nodes = static_cast<std::size_t>(rng.between(1, 12));
  MinimumCostFlowProblem problem;
  problem.supplies.assign(nodes, 0);
  for (std::int64_t i = rng.between(0, 6); i > 0; --i) {
    const std::int64_t amount = rng.between(1, 20);
    problem.supplies[rng.below(nodes)] += amount;
    problem.supplies[rng.below(nodes)] -= amount;
  }
  for (std::int64_t i = rng.between(0, 40); i > 0; --i) {
    const std::int64_t capacity = rng.chance(0.1) ? 0 : rng.between(1, 30);
    problem.arcs.push_back(
        {rng.below(nodes), rng.below(nodes), capacity, rng.between(negative ? -10 : 0, 20)});
  }
  return problem;
}

TEST(MinimumCostFlow, agrees_with_successive_shortest_paths_on_random_instances) {
  int feasible = 0;
  int infeasible = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    const auto problem = random_problem(rng, seed % 2 == 0);
    const auto expected = SlowFlow(problem).cost();
    const auto answer = minimum_cost_flow(problem);
    const auto left = undeliverable(problem);
    ASSERT_TRUE(left);
    const bool all =
        std::all_of(left->begin(), left->end(), [](std::int64_t amount) { return amount == 0; });
    EXPECT_EQ(all, expected.has_value());
    if (expected) {
      ++feasible;
      ASSERT_TRUE(answer) << answer.error().what;
      EXPECT_EQ(small(answer->cost), small(*expected));
      expect_optimal(problem, *answer);
    } else {
      ++infeasible;
      ASSERT_FALSE(answer);
      EXPECT_EQ(answer.error().code, Errc::infeasible) << answer.error().what;
      // What stays behind is just what must: the rest can be delivered, and none of it can.
      auto rest = problem;
      for (std::size_t i = 0; i < rest.supplies.size(); ++i)
        rest.supplies[i] -= (*left)[i];
      EXPECT_TRUE(minimum_cost_flow(rest));
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < left->size(); ++i) {
        sum += (*left)[i];
        EXPECT_GE(std::abs(problem.supplies[i]), std::abs((*left)[i]));
        EXPECT_GE(problem.supplies[i] < 0 ? -(*left)[i] : (*left)[i], 0);
      }
      EXPECT_EQ(sum, 0);
      for (std::size_t i = 0; i < left->size(); ++i) {
        for (std::size_t j = 0; j < left->size(); ++j) {
          if ((*left)[i] <= 0 || (*left)[j] >= 0) continue;
          auto more = rest;
          ++more.supplies[i];
          --more.supplies[j];
          EXPECT_FALSE(minimum_cost_flow(more)) << i << " to " << j;
        }
      }
    }
  }
  EXPECT_GT(feasible, 500);
  EXPECT_GT(infeasible, 500);
}

TEST(MinimumCostFlow, has_duals_that_are_the_cost_of_one_unit_more) {
  int exact = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    auto problem = random_problem(rng, seed % 2 == 0);
    for (FlowArc& arc : problem.arcs)
      arc.capacity *= 10;  // one unit more must not change what is full
    const auto answer = minimum_cost_flow(problem);
    if (!answer) continue;
    for (std::size_t i = 0; i < problem.supplies.size(); ++i) {
      for (std::size_t j = 0; j < problem.supplies.size(); ++j) {
        auto more = problem;
        ++more.supplies[i];
        --more.supplies[j];
        auto less = problem;
        --less.supplies[i];
        ++less.supplies[j];
        const std::int64_t price = answer->duals[i] - answer->duals[j];
        const auto up = minimum_cost_flow(more);
        const auto down = minimum_cost_flow(less);
        // The cost is convex: a dual is between the slopes on either side, and is both when equal.
        if (up) {
          EXPECT_LE(price, small(up->cost - answer->cost)) << i << " to " << j;
        }
        if (down) {
          EXPECT_GE(price, small(answer->cost - down->cost)) << i << " to " << j;
        }
        if (i != j && up && down && up->cost - answer->cost == answer->cost - down->cost) ++exact;
      }
    }
  }
  EXPECT_GT(exact, 500);
}

TEST(MinimumCostFlow, takes_amounts_and_costs_as_large_as_it_says) {
  constexpr std::int64_t wei = 1'000'000'000'000'000'000;
  const MinimumCostFlowProblem problem{{4 * wei, 0, -4 * wei},
                                       {{0, 1, unlimited, flow_cost_max / 3},
                                        {1, 2, unlimited, flow_cost_max / 3},
                                        {0, 2, wei, flow_cost_max / 3}}};
  const auto answer = minimum_cost_flow(problem);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->flows, (std::vector<std::int64_t>{3 * wei, 3 * wei, wei}));
  EXPECT_TRUE(answer->cost == static_cast<Int128>(7 * wei) * (flow_cost_max / 3));
  expect_optimal(problem, *answer);
  // Capacities that sum to more than an integer holds do no harm where no cost is negative.
  auto wide = problem;
  for (int i = 0; i < 50; ++i)
    wide.arcs.push_back({0, 2, unlimited - 1, flow_cost_max / 3});
  ASSERT_TRUE(minimum_cost_flow(wide));
  EXPECT_TRUE(minimum_cost_flow(wide)->cost == static_cast<Int128>(4 * wei) * (flow_cost_max / 3));
}

TEST(MinimumCostFlow, keeps_duals_small_where_a_node_can_get_no_more) {
  // Node 1 gets all that its arc can carry, so LEMON's own potential of it may be near 2^62.
  const MinimumCostFlowProblem problem{{2, -1, -1}, {{0, 1, 1, 5}, {0, 2, 1, 7}}};
  const auto answer = minimum_cost_flow(problem);
  ASSERT_TRUE(answer);
  for (const std::int64_t dual : answer->duals)
    EXPECT_LE(dual, 7);
  expect_optimal(problem, *answer);
}

std::string refusal(const MinimumCostFlowProblem& problem, Errc code) {
  const auto answer = minimum_cost_flow(problem);
  if (answer) return "none";
  EXPECT_EQ(answer.error().code, code);
  return answer.error().what;
}

TEST(MinimumCostFlow, says_what_cannot_be_delivered) {
  const MinimumCostFlowProblem problem{{800, 200, -300, -700}, {{0, 2, 500, 1}, {1, 3, 900, 1}}, 2};
  EXPECT_EQ(refusal(problem, Errc::infeasible),
            "the arcs cannot carry all supplies, at best node 0 cannot send 5.00 of its 8.00; node "
            "3 goes short of 5.00 of 7.00");
  EXPECT_EQ(*undeliverable(problem), (std::vector<std::int64_t>{500, 0, 0, -500}));
  MinimumCostFlowProblem many;
  for (int i = 0; i < 20; ++i)
    many.supplies.push_back(i % 2 == 0 ? 1 : -1);
  EXPECT_NE(refusal(many, Errc::infeasible).find("; and 12 nodes more"), std::string::npos);
}

TEST(MinimumCostFlow, names_the_round_that_earns_without_end) {
  MinimumCostFlowProblem problem{
      {1, 0, -1},
      {{0, 1, 5, -9}, {1, 2, unlimited, 2}, {0, 2, unlimited, 1}, {2, 1, unlimited, -3}}};
  EXPECT_EQ(refusal(problem, Errc::unbounded),
            "there is no least cost: a round through arcs 1, 3 costs less than nothing and none of "
            "them has a capacity");
  problem.arcs[3].capacity = 4;  // worth taking in full
  const auto answer = minimum_cost_flow(problem);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->flows[3], 4);
  expect_optimal(problem, *answer);
  // Impossible comes before endless.
  problem.arcs[3].capacity = unlimited;
  problem.supplies = {0, 0, 0, 1, -1};
  refusal(problem, Errc::infeasible);
}

TEST(MinimumCostFlow, names_what_is_outside_its_domain) {
  EXPECT_EQ(refusal({{}, {}}, Errc::bad_input),
            "0 nodes and 0 arcs: there must be 1 to 1000000 and at most 10000000");
  EXPECT_EQ(refusal({{5, -3}, {}, 1}, Errc::bad_input),
            "supplies must sum to 0: 0.5 leaves and 0.3 comes, 0.2 too much leaves; a node with "
            "that demand would take it");
  EXPECT_EQ(refusal({{1, -3}, {}}, Errc::bad_input),
            "supplies must sum to 0: 1 leaves and 3 comes, 2 too much comes; a node with that "
            "supply would give it");
  EXPECT_EQ(refusal({{1, -1}, {{0, 2, 1, 1}}}, Errc::bad_input),
            "arc 0 is from node 0 to 2: nodes are 0 to 1");
  EXPECT_EQ(refusal({{1, -1}, {{0, 1, -25, 1}}, 1}, Errc::bad_input),
            "the capacity of arc 0 is -2.5: it must be 0 or above");
  EXPECT_EQ(refusal({{1, -1}, {{0, 1, 1, flow_cost_max}}}, Errc::overflow),
            "the cost of arc 0 is beyond +-2^60 / 2 nodes: use a larger unit of cost");
  EXPECT_NE(refusal({{flow_amount_max, 1, -flow_amount_max, -1}, {}}, Errc::overflow).find("2^62"),
            std::string::npos);
  EXPECT_NE(refusal({{1, -1}, {{0, 1, unlimited - 1, -1}, {0, 1, unlimited, 0}}}, Errc::overflow)
                .find("2^62"),
            std::string::npos);
}

}  // namespace
}  // namespace ballast
