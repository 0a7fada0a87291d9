#include "quant/network/shortest_paths.hpp"

#include <algorithm>
#include <deque>

namespace ballast {
namespace {

constexpr auto none = static_cast<std::size_t>(-1);

/// The cycle that the path back from `node` runs into; none when it ends at a node without a way
/// in.
std::vector<std::size_t> cycle_behind(std::size_t node,
                                      const std::vector<CostEdge>& edges,
                                      const std::vector<std::size_t>& last_edge) {
  for (std::size_t i = 0; i < last_edge.size(); ++i) {
    if (last_edge[node] == none) return {};
    node = edges[last_edge[node]].from;
  }
  std::vector<std::size_t> cycle;
  std::size_t at = node;
  do {
    cycle.push_back(last_edge[at]);
    at = edges[last_edge[at]].from;
  } while (at != node);
  std::reverse(cycle.begin(), cycle.end());
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
  return cycle;
}

}  // namespace

ShortestPaths shortest_paths(std::size_t nodes, const std::vector<CostEdge>& edges) {
  std::vector<std::size_t> first(nodes + 1);  // of each node's edges in `outgoing`
  for (const CostEdge& edge : edges)
    ++first[edge.from + 1];
  for (std::size_t i = 0; i < nodes; ++i)
    first[i + 1] += first[i];
  std::vector<std::size_t> outgoing(edges.size());
  std::vector<std::size_t> next = first;
  for (std::size_t e = 0; e < edges.size(); ++e)
    outgoing[next[edges[e].from]++] = e;

  ShortestPaths paths;
  paths.distances.assign(nodes, 0);
  std::vector<std::size_t> last_edge(nodes, none);
  // Of the path, in edges. As many as there are nodes prove a cycle of negative cost, though the
  // last edges may show it only some steps later.
  std::vector<std::size_t> length(nodes);
  std::vector<char> waits(nodes, 1);
  std::deque<std::size_t> queue;
  for (std::size_t i = 0; i < nodes; ++i)
    queue.push_back(i);
  while (!queue.empty()) {
    const std::size_t from = queue.front();
    queue.pop_front();
    waits[from] = 0;
    for (std::size_t i = first[from]; i < first[from + 1]; ++i) {
      const CostEdge& edge = edges[outgoing[i]];
      const std::int64_t distance = paths.distances[from] + edge.cost;
      if (distance >= paths.distances[edge.to]) continue;
      paths.distances[edge.to] = distance;
      last_edge[edge.to] = outgoing[i];
      length[edge.to] = length[from] + 1;
      if (length[edge.to] >= nodes) {
        paths.cycle = cycle_behind(edge.to, edges, last_edge);
        if (!paths.cycle.empty()) return paths;
      }
      if (waits[edge.to] == 0) queue.push_back(edge.to);
      waits[edge.to] = 1;
    }
  }
  return paths;
}

}  // namespace ballast
