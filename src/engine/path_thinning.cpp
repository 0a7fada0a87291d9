#include "engine/path_thinning.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace ballast {
namespace {

double deviation(const PathPoint& point) { return point.actual - point.target; }

/// Moves what one bucket [begin, end) of `path` keeps to `out`; returns the new end.
std::size_t keep_bucket(std::vector<PathPoint>& path,
                        std::size_t begin,
                        std::size_t end,
                        std::size_t out) {
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::size_t lowest = none;
  std::size_t highest = none;
  std::size_t lost = none;   // became unknown
  std::size_t found = none;  // and known again
  for (std::size_t i = begin; i < end; ++i) {
    if (!path[i].known) {
      if (lost == none) lost = i;
      continue;
    }
    if (lost != none && found == none) found = i;
    if (lowest == none || deviation(path[i]) < deviation(path[lowest])) lowest = i;
    if (highest == none || deviation(path[i]) > deviation(path[highest])) highest = i;
  }
  std::array kept{begin, lowest, highest, lost, found, end - 1};
  std::sort(kept.begin(), kept.end());
  std::size_t previous = none;
  for (const std::size_t i : kept) {
    if (i != none && i != previous) path[out++] = path[i];
    previous = i;
  }
  return out;
}

/// The number of the bucket of width `width` that holds t, counted from `origin` <= t.
std::int64_t bucket_of(Timestamp t, Timestamp origin, Duration width) {
  return (t.ns - origin.ns) / width.ns;
}

}  // namespace

bool same_state(const PathPoint& a, const PathPoint& b) {
  return a.known == b.known && a.actual == b.actual && a.target == b.target && a.lower == b.lower &&
         a.upper == b.upper && a.limit_lower == b.limit_lower && a.limit_upper == b.limit_upper;
}

void thin_path(std::vector<PathPoint>& path, Timestamp origin, Duration bucket) {
  std::size_t out = 0;
  for (std::size_t begin = 0, end = 0; begin < path.size(); begin = end) {
    const std::int64_t number = bucket_of(path[begin].t, origin, bucket);
    while (end < path.size() && bucket_of(path[end].t, origin, bucket) == number)
      ++end;
    out = keep_bucket(path, begin, end, out);
  }
  path.resize(out);
}

}  // namespace ballast
