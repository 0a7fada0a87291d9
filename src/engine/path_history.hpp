// PathHistory: the path of one factor while a desk runs on and on, for charts: the last hour
// finest, the last day fine, the last thirty days coarse, and its excursions, all in bounded
// memory.
//
// Each level keeps the points of its span. When it is full it forgets what is older than the span
// and thins the rest (path_thinning.hpp), by buckets that are as narrow as its capacity allows: a
// spike is never lost, only its shape. One add() costs O(1) amortised.
//
// Deterministic; not thread-safe. Not part of the engine's state: whoever keeps it saves it.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "base/timestamp.hpp"
#include "engine/path_recorder.hpp"
#include "engine/report.hpp"

namespace ballast {

class PathHistory {
 public:
  static constexpr std::size_t capacity_min = 64;
  static constexpr std::size_t excursions_max = 500;
  static constexpr Duration longest = Duration::days(30);

  /// @param capacity  points of all levels together, >= capacity_min.
  explicit PathHistory(std::size_t capacity);

  /// `point.t` must not decrease. A second point at one time replaces the first, which held for no
  /// time; one that changes nothing is not kept.
  void add(const PathPoint& point);
  /// `sample.t` must not decrease. An excursion ends when the factor is in its band again or
  /// becomes unknown.
  void observe(const ExcursionSample& sample);

  /// What held in [from, to), at most `points` >= 6 of them: the first at `from` itself, if the
  /// path was there by then.
  std::vector<PathPoint> between(Timestamp from, Timestamp to, std::size_t points) const;
  /// Those that overlap [from, to), in time order; an open one has no end.
  std::vector<ExcursionReport> excursions(Timestamp from, Timestamp to) const;
  /// The point that holds now; nothing before the first.
  std::optional<PathPoint> last() const;
  std::size_t memory_bytes() const;

  template <class Archive>
  void archive(Archive& ar) {
    for (Level& level : levels_) {
      level.points.resize(ar.length(level.points.size(), sizeof(PathPoint)));
      for (PathPoint& p : level.points)
        ar(p.t, p.known, p.actual, p.target, p.lower, p.upper, p.limit_lower, p.limit_upper);
    }
    excursions_.resize(ar.length(excursions_.size(), sizeof(ExcursionReport)));
    for (ExcursionReport& e : excursions_)
      ar(e.from, e.to, e.above, e.worst_z, e.cause);
    if constexpr (Archive::loading) {
      if (!sound()) ar.fail();
    }
  }

 private:
  struct Level {
    Duration span;
    std::size_t capacity = 0;
    std::vector<PathPoint> points;
  };
  static void compact(Level& level);
  bool sound() const;  // after loading: in the order of time, and of finite numbers

  std::array<Level, 3> levels_;             // finest first
  std::deque<ExcursionReport> excursions_;  // in time order; only the last may be open
};

}  // namespace ballast
