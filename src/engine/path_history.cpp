#include "engine/path_history.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"
#include "engine/path_thinning.hpp"

namespace ballast {
namespace {

/// The first point that stands after t.
auto first_after(const std::vector<PathPoint>& points, Timestamp t) {
  return std::upper_bound(points.begin(), points.end(), t,
                          [](Timestamp at, const PathPoint& p) { return at < p.t; });
}

}  // namespace

PathHistory::PathHistory(std::size_t capacity)
    : levels_{{{Duration::hours(1), capacity / 4, {}},
               {Duration::hours(24), capacity / 2, {}},
               {longest, capacity / 4, {}}}} {
  BALLAST_ASSERT(capacity >= capacity_min);
}

void PathHistory::add(const PathPoint& point) {
  for (Level& level : levels_) {
    std::vector<PathPoint>& points = level.points;
    if (!points.empty()) {
      BALLAST_ASSERT(point.t >= points.back().t);
      if (point.t == points.back().t) points.pop_back();
    }
    if (!points.empty() && same_state(point, points.back())) continue;
    if (points.size() >= level.capacity) compact(level);
    points.push_back(point);
  }
}

void PathHistory::compact(Level& level) {
  std::vector<PathPoint>& points = level.points;
  const Timestamp oldest = points.back().t - level.span;
  auto keep = first_after(points, oldest);
  if (keep != points.begin()) --keep;  // what held when the span began
  points.erase(points.begin(), keep);
  const std::size_t wanted = level.capacity * 3 / 4;
  Duration bucket{std::max<std::int64_t>(1, level.span.ns / static_cast<std::int64_t>(wanted))};
  while (points.size() > wanted) {
    thin_path(points, floor_to(points.front().t, bucket), bucket);
    bucket = bucket + bucket;
  }
}

void PathHistory::observe(const ExcursionSample& sample) {
  const bool open = !excursions_.empty() && !excursions_.back().to;
  if (!sample.known || !sample.out_of_band) {
    if (!open) return;
    ExcursionReport& last = excursions_.back();
    last.to = sample.t;
    if (last.to == last.from) excursions_.pop_back();  // it lasted no time
    return;
  }
  if (!open) {
    excursions_.push_back({sample.t, std::nullopt, sample.z > 0.0, sample.z, {}});
    if (excursions_.size() > excursions_max) excursions_.pop_front();
  }
  ExcursionReport& last = excursions_.back();
  if (std::abs(sample.z) > std::abs(last.worst_z)) last.worst_z = sample.z;
  if (last.cause != sample.cause) last.cause = sample.cause;
}

std::vector<PathPoint> PathHistory::between(Timestamp from,
                                            Timestamp to,
                                            std::size_t points) const {
  BALLAST_ASSERT(points >= 6);
  std::vector<PathPoint> out;
  if (levels_.front().points.empty()) return out;  // and so are all
  // The finest level that reaches back to `from`, else the finest of those that reach back
  // furthest.
  const auto begin_of = [](const Level& level) { return level.points.front().t; };
  auto level = std::find_if(levels_.begin(), levels_.end(),
                            [&](const Level& one) { return begin_of(one) <= from; });
  if (level == levels_.end())
    level = std::min_element(levels_.begin(), levels_.end(), [&](const Level& a, const Level& b) {
      return begin_of(a) < begin_of(b);
    });
  auto at = first_after(level->points, from);
  if (at != level->points.begin() && from < to) {
    out.push_back(*(at - 1));
    out.back().t = from;
  }
  while (at != level->points.end() && at->t < to)
    out.push_back(*at++);
  Duration bucket{std::max<std::int64_t>(1, (to - from).ns / static_cast<std::int64_t>(points))};
  for (; out.size() > points; bucket = bucket + bucket)
    thin_path(out, from, bucket);
  return out;
}

std::vector<ExcursionReport> PathHistory::excursions(Timestamp from, Timestamp to) const {
  std::vector<ExcursionReport> out;
  for (const ExcursionReport& e : excursions_) {
    if (e.from < to && (!e.to || *e.to > from)) out.push_back(e);
  }
  return out;
}

std::optional<PathPoint> PathHistory::last() const {
  const std::vector<PathPoint>& finest = levels_.front().points;
  return finest.empty() ? std::nullopt : std::optional(finest.back());
}

bool PathHistory::sound() const {
  const auto finite = [](const PathPoint& p) {
    return std::isfinite(p.actual) && std::isfinite(p.target) && std::isfinite(p.lower) &&
           std::isfinite(p.upper) && std::isfinite(p.limit_lower) && std::isfinite(p.limit_upper);
  };
  for (const Level& level : levels_) {
    if (!std::is_sorted(level.points.begin(), level.points.end(),
                        [](const PathPoint& a, const PathPoint& b) { return a.t < b.t; }) ||
        !std::all_of(level.points.begin(), level.points.end(), finite)) {
      return false;
    }
  }
  for (std::size_t i = 0; i < excursions_.size(); ++i) {
    if (!excursions_[i].to && i + 1 != excursions_.size()) return false;
  }
  return true;
}

std::size_t PathHistory::memory_bytes() const {
  std::size_t bytes = sizeof *this + excursions_.size() * sizeof(ExcursionReport);
  for (const Level& level : levels_)
    bytes += level.points.capacity() * sizeof(PathPoint);
  return bytes;
}

}  // namespace ballast
