#include "adherence/path.hpp"

#include <algorithm>

#include "base/contract.hpp"

namespace ballast {
namespace {

constexpr std::size_t lane(Integral i) { return static_cast<std::size_t>(i); }
constexpr std::size_t lane_uncontrolled = integral_count;
constexpr std::size_t lane_uncontrolled_squared = integral_count + 2;

/// 2^52 ns (52 days) is a double exactly; longer runs are taken in parts.
constexpr std::int64_t exact_ns_max = std::int64_t{1} << 52;

/// Calls add(part) for each part of `ns`.
template <class Add>
void in_exact_parts(std::int64_t ns, Add&& add) {
  while (ns > 0) {
    const std::int64_t part = std::min(ns, exact_ns_max);
    ns -= part;
    add(static_cast<double>(part));
  }
}

/// Adds rate * ns to a lane by Dekker's exact product and Knuth's exact sum, in the order that
/// vectorises.
inline void add_product(double& sum, double& sum_low, double rate, double ns) {
  const double ns_hi = upper_half(ns);
  const double ns_lo = ns - ns_hi;
  const double rate_hi = upper_half(rate);
  const double rate_lo = rate - rate_hi;
  const double term = rate * ns;
  const double lost =
      (((rate_hi * ns_hi - term) + rate_hi * ns_lo) + rate_lo * ns_hi) + rate_lo * ns_lo;
  const DoubleDouble next = two_sum(sum, term);
  sum = next.hi;
  sum_low += next.lo + lost;
}

}  // namespace

void Path::start(Timestamp t) {
  BALLAST_ASSERT(grid_.ns > 0);
  time_ = t;
  next_sample_ = floor_to(t, grid_);
  if (next_sample_ < t) next_sample_ = next_sample_ + grid_;
}

std::int64_t Path::run_to(Timestamp t) {
  const std::int64_t ns = t.ns - time_.ns;
  BALLAST_ASSERT(ns >= 0);
  if (ns == 0) return 0;

  add_times(times_, ns);
  if (known()) {
    in_exact_parts(ns, [this](double part) {
      for (std::size_t i = 0; i < lane_count; ++i)
        add_product(sums_[i], sums_low_[i], rates_[i], part);
    });
  }
  time_ = t;
  return next_sample_ < t ? sample_until(t) : 0;
}

void Path::add_times(Times& times, std::int64_t ns) const {
  times.by_region[static_cast<std::size_t>(region_)] += ns;
  if (past_limit_) times.past_limit += ns;
  if (out_of_band()) times.by_cause[static_cast<std::size_t>(dominant_)] += ns;
  if (known() && weighted_) times.weighted += ns;
}

Times Path::times_at(Timestamp t) const {
  Times times = times_;
  add_times(times, t.ns - time_.ns);
  return times;
}

DoubleDouble Path::integral_at(Integral i, Timestamp t) const {
  double sum = sums_[lane(i)];
  double sum_low = sums_low_[lane(i)];
  if (known()) {
    in_exact_parts(t.ns - time_.ns,
                   [&](double part) { add_product(sum, sum_low, rates_[lane(i)], part); });
  }
  return two_sum(sum, sum_low);
}

std::int64_t Path::sample_until(Timestamp t) {
  const std::int64_t count = (t.ns - 1 - next_sample_.ns) / grid_.ns + 1;
  next_sample_.ns += count * grid_.ns;
  if (known()) {
    if (last_sample_known_) pairs_.add(last_sample_, deviation_);
    if (count > 1) pairs_.add_constant(deviation_, count - 1);
  }
  last_sample_known_ = known();
  last_sample_ = known() ? deviation_ : 0.0;
  return count;
}

void Path::set(const FactorState& state, const Reading& reading, Cause dominant) {
  region_ = reading.region;
  dominant_ = reading.out_of_band() ? dominant : Cause::unknown;
  past_limit_ = reading.past_limit;
  hedged_ = state.hedged;
  const double weight = weighted_ ? weight_ : 0.0;
  if (!reading.known()) {
    deviation_ = 0.0;
    abs_z_ = 0.0;
    rates_ = {};
    rates_[lane(Integral::weight)] = weight;
    return;
  }
  deviation_ = to_double(reading.deviation);
  abs_z_ = reading.z < 0.0 ? -reading.z : reading.z;
  rates_[lane(Integral::alpha)] = reading.alpha;
  rates_[lane(Integral::z)] = reading.z;
  rates_[lane(Integral::z_squared)] = reading.z * reading.z;
  rates_[lane(Integral::abs_deviation)] = deviation_ < 0.0 ? -deviation_ : deviation_;
  rates_[lane(Integral::deviation_squared)] = deviation_ * deviation_;
  rates_[lane(Integral::weight)] = weight;

  const DoubleDouble g =
      to_double_double(saturating_difference(reading.deviation, state.hedged).raw);
  const DoubleDouble g_squared = g * g;
  rates_[lane_uncontrolled] = g.hi;
  rates_[lane_uncontrolled + 1] = g.lo;
  rates_[lane_uncontrolled_squared] = g_squared.hi;
  rates_[lane_uncontrolled_squared + 1] = g_squared.lo;
}

void Path::set_weight(std::optional<double> weight) {
  weighted_ = weight.has_value();
  weight_ = weight.value_or(0.0);
  rates_[lane(Integral::weight)] = weight_;
}

Summary Path::since(const Path& base, const Spans& spans) const {
  const auto change = [&](std::size_t i) {
    return two_sum(sums_[i], sums_low_[i]) - two_sum(base.sums_[i], base.sums_low_[i]);
  };
  Summary summary;
  summary.from = base.time_;
  summary.to = time_;
  summary.times = times_;
  summary.times -= base.times_;
  for (std::size_t i = 0; i < integral_count; ++i)
    summary.integrals[i] = change(i);
  summary.uncontrolled = change(lane_uncontrolled) + change(lane_uncontrolled + 1);
  summary.uncontrolled_squared =
      change(lane_uncontrolled_squared) + change(lane_uncontrolled_squared + 1);
  // The lanes take out all hedging since the engine's start: give back what came before the base.
  shift_uncontrolled(summary.uncontrolled, summary.uncontrolled_squared, -base.hedged_,
                     summary.times.known(), sums_[lane_uncontrolled_squared]);
  summary.hedged_change = saturating_difference(hedged_, base.hedged_);
  summary.pairs = pairs_;
  summary.pairs -= base.pairs_;
  summary.pnl = pnl_;
  summary.pnl -= base.pnl_;
  summary.spans = spans;
  return summary;
}

}  // namespace ballast
