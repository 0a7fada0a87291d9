// A run of calendar hours in which nothing happened, which a tracker hands out as one summary, and
// its parts: the summaries of the shorter windows in it.
//
// The path is constant over a run, so everything but the grid's samples is in proportion to time.
#pragma once

#include "adherence/summary.hpp"

namespace ballast {

/// Whether the summary is of whole UTC hours, more than one, with one constant state throughout.
bool is_still_run(const Summary& summary);

/// The run's part [from, to), as if it had been summed up alone. Parts that make up the run merge
/// to it: exactly in times, counts, money and excursions; in sums of doubles to 2^-100 of those
/// since the path's start, of which the run itself is a difference.
/// @param run       is_still_run(run).
/// @param from, to  whole hours, run.from <= from < to <= run.to.
/// @param grid      the sampling grid that the tracker ran on, > 0.
Summary part_of_still_run(const Summary& run, Timestamp from, Timestamp to, Duration grid);

}  // namespace ballast
