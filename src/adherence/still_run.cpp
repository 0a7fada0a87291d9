#include "adherence/still_run.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"

namespace ballast {
namespace {

constexpr Duration hour = Duration::hours(1);

bool whole_hour(Timestamp t) { return floor_to(t, hour) == t; }

/// Grid points in [from, to).
std::int64_t grid_points(Timestamp from, Timestamp to, Duration grid) {
  const auto before = [grid](Timestamp t) { return floor_to(t - Duration{1}, grid); };
  return (before(to) - before(from)).ns / grid.ns;
}

/// Of a constant state each time is all of the run or none of it.
Times part_of(const Times& run, std::int64_t ns) {
  Times part = run;
  const auto cut = [ns](std::int64_t& time) { time = time == 0 ? 0 : ns; };
  std::for_each(part.by_region.begin(), part.by_region.end(), cut);
  std::for_each(part.by_cause.begin(), part.by_cause.end(), cut);
  cut(part.past_limit);
  cut(part.weighted);
  return part;
}

/// All pairs are of the constant deviation and itself, but for the first: its earlier sample may be
/// from before the state was what it is. Both are doubles, which sums of twice as many digits hold.
PairSums part_of(const Summary& run, Timestamp from, Timestamp to, Duration grid) {
  const std::int64_t all = run.pairs.count;
  // Before the first known sample, there is none to pair it with.
  const std::int64_t unpaired = grid_points(run.from, run.to, grid) - all;
  const auto pairs_before = [&](Timestamp t) {
    return std::max<std::int64_t>(0, grid_points(run.from, t, grid) - unpaired);
  };
  const std::int64_t before = pairs_before(from);
  std::int64_t count = pairs_before(to) - before;
  PairSums part;
  if (count == 0) return part;
  const double deviation = (run.pairs.y / static_cast<double>(all)).to_double();
  if (before == 0) {
    const DoubleDouble others = two_product(deviation, static_cast<double>(all - 1));
    double first = (run.pairs.x - others).to_double();
    // What the sums that cancel here cannot hold is noise, and zero has to be zero.
    if (std::fabs(first) < 1e-28 * std::fabs(others.hi)) first = 0.0;
    part.add(first, deviation);
    --count;
  }
  part.add_constant(deviation, count);
  return part;
}

}  // namespace

bool is_still_run(const Summary& summary) {
  const std::int64_t length = (summary.to - summary.from).ns;
  const auto all_or_none = [length](std::int64_t ns) { return ns == 0 || ns == length; };
  const Times& times = summary.times;
  return length > hour.ns && whole_hour(summary.from) && whole_hour(summary.to) &&
         std::all_of(times.by_region.begin(), times.by_region.end(), all_or_none) &&
         std::all_of(times.by_cause.begin(), times.by_cause.end(), all_or_none) &&
         all_or_none(times.past_limit) && all_or_none(times.weighted) &&
         all_or_none(summary.spans.suffix) && summary.hedged_change.zero() &&
         summary.pnl == FactorPnl{};
}

Summary part_of_still_run(const Summary& run, Timestamp from, Timestamp to, Duration grid) {
  BALLAST_ASSERT(is_still_run(run) && grid.ns > 0);
  BALLAST_ASSERT(run.from <= from && from < to && to <= run.to);
  BALLAST_ASSERT(whole_hour(from) && whole_hour(to));
  if (from == run.from && to == run.to) return run;
  const std::int64_t whole_hours = (to - from).ns / hour.ns;
  const std::int64_t whole_run_hours = (run.to - run.from).ns / hour.ns;
  const auto hours = static_cast<double>(whole_hours);
  const auto run_hours = static_cast<double>(whole_run_hours);
  const auto in_proportion = [&](const DoubleDouble& integral) {
    return integral / run_hours * DoubleDouble{hours};
  };
  Summary part;
  part.from = from;
  part.to = to;
  part.times = part_of(run.times, (to - from).ns);
  for (std::size_t i = 0; i < integral_count; ++i)
    part.integrals[i] = in_proportion(run.integrals[i]);
  part.uncontrolled = in_proportion(run.uncontrolled);
  part.uncontrolled_squared = in_proportion(run.uncontrolled_squared);
  part.pairs = part_of(run, from, to, grid);
  part.spans.append(from, (to - from).ns, run.spans.suffix > 0, run.spans.max_abs_z);
  return part;
}

}  // namespace ballast
