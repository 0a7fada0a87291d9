// Thinning a path for a chart: fewer points, and no spike lost.
#pragma once

#include <vector>

#include "base/timestamp.hpp"
#include "engine/report.hpp"

namespace ballast {

/// All but the time.
bool same_state(const PathPoint& a, const PathPoint& b);

/// Cuts time into buckets counted from `origin`, no later than the first point, and keeps of each
/// the points in which it began and ended, its largest and smallest deviation, and where it became
/// unknown and known again: at most six.
/// @param bucket  > 0.
void thin_path(std::vector<PathPoint>& path, Timestamp origin, Duration bucket);

}  // namespace ballast
