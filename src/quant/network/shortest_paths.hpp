// Bellman and Ford's shortest paths to every node from a source that reaches each of them at cost
// 0, with costs of either sign: either potentials that leave no edge a negative reduced cost, or a
// cycle of negative cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ballast {

struct CostEdge {
  std::size_t from = 0;
  std::size_t to = 0;
  std::int64_t cost = 0;
};

struct ShortestPaths {
  std::vector<std::int64_t> distances;  // <= 0; cost + distance[from] - distance[to] >= 0
  std::vector<std::size_t>
      cycle;  // edges in order, the first of them first; when not empty, distances mean nothing
};

/// @param edges  nodes x the greatest cost is below 2^62.
ShortestPaths shortest_paths(std::size_t nodes, const std::vector<CostEdge>& edges);

}  // namespace ballast
