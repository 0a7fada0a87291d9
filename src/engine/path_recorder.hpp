// PathRecorder: the path of one factor for a chart, and its excursions, in bounded memory.
//
// The path keeps at most `capacity` points. When it is full, time is cut into buckets, and each
// keeps the points in which it began and ended, its largest and smallest deviation, and where it
// became unknown and known again: a spike is never lost, only its shape. Buckets widen by two until
// half of the capacity is free, so one add() costs O(1) amortised and memory does not grow with
// history. The excursion list keeps the longest `excursion_capacity` of those that ended, and the
// open one.
//
// Deterministic; not thread-safe. Not part of the engine's state or digest: a replay records it
// again.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/timestamp.hpp"
#include "engine/report.hpp"

namespace ballast {

/// What an excursion list needs to know of a factor at one moment.
struct ExcursionSample {
  Timestamp t;
  bool known = true;
  bool out_of_band = false;
  double z = 0.0;
  std::string_view cause;  // dominant so far; read while out of band
};

class PathRecorder {
 public:
  static constexpr std::size_t capacity_min = 16;

  /// Requires capacity >= capacity_min and excursion_capacity > 0.
  explicit PathRecorder(std::size_t capacity = 1500, std::size_t excursion_capacity = 200);

  /// `point.t` must not decrease. A second point at one time replaces the first, which held for no
  /// time; one that changes nothing is not kept.
  void add(const PathPoint& point);
  /// A fill that hedged; `t` must not decrease. Moments too close together for a chart are one.
  void hedged(Timestamp t);
  /// `sample.t` must not decrease. An excursion ends when the factor is in its band again or
  /// becomes unknown: nobody knows what it did then.
  void observe(const ExcursionSample& sample);

  /// In time order, at most `capacity`.
  const std::vector<PathPoint>& path() const { return path_; }
  /// In time order; the open one last, with no end.
  std::vector<ExcursionReport> excursions() const;
  /// In time order, at most `capacity`.
  const std::vector<Timestamp>& hedges() const { return hedges_; }

 private:
  void compact();
  void close_excursion(Timestamp t);

  std::size_t capacity_;
  std::size_t excursion_capacity_;
  std::vector<PathPoint> path_;
  Duration bucket_{1};
  std::vector<Timestamp> hedges_;
  Duration hedge_bucket_{1};
  std::vector<ExcursionReport> closed_;
  std::optional<ExcursionReport> open_;
};

}  // namespace ballast
