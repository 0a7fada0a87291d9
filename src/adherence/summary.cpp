#include "adherence/summary.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"

namespace ballast {
namespace {

constexpr double ns_per_second = 1e9;

template <std::size_t N>
void add(std::array<std::int64_t, N>& to, const std::array<std::int64_t, N>& from) {
  for (std::size_t i = 0; i < N; ++i)
    to[i] += from[i];
}
template <std::size_t N>
void subtract(std::array<std::int64_t, N>& to, const std::array<std::int64_t, N>& from) {
  for (std::size_t i = 0; i < N; ++i)
    to[i] -= from[i];
}

}  // namespace

Times& Times::operator+=(const Times& other) {
  add(by_region, other.by_region);
  add(by_cause, other.by_cause);
  past_limit += other.past_limit;
  weighted += other.weighted;
  return *this;
}

Times& Times::operator-=(const Times& other) {
  subtract(by_region, other.by_region);
  subtract(by_cause, other.by_cause);
  past_limit -= other.past_limit;
  weighted -= other.weighted;
  return *this;
}

Int256 FactorPnl::total() const {
  Int256 sum = deviation + target;
  for (const Int256& part : parts)
    sum += part;
  return sum;
}

FactorPnl& FactorPnl::operator+=(const FactorPnl& other) {
  deviation += other.deviation;
  target += other.target;
  for (std::size_t i = 0; i < parts.size(); ++i)
    parts[i] += other.parts[i];
  return *this;
}

FactorPnl& FactorPnl::operator-=(const FactorPnl& other) {
  deviation -= other.deviation;
  target -= other.target;
  for (std::size_t i = 0; i < parts.size(); ++i)
    parts[i] -= other.parts[i];
  return *this;
}

void shift_uncontrolled(DoubleDouble& first,
                        DoubleDouble& second,
                        Decimal hedged,
                        std::int64_t known_ns,
                        double scale) {
  if (hedged.zero()) return;
  const DoubleDouble h = to_double_double(hedged.raw);
  const DoubleDouble h_length = h * to_double_double(known_ns);
  // What the squares that cancel here cannot hold is noise, and zero has to be zero.
  const double noise = 1e-28 * (scale + second.hi + h.hi * h_length.hi);
  // integral of (g - h)^2 = integral of g^2 - h (2 integral of g - h T)
  second -= h * (first + first - h_length);
  first -= h_length;
  if (second.hi < noise) first = second = {};
}

Summary merge(const Summary& left, const Summary& right) {
  if (left.from == left.to) return right;
  if (right.from == right.to) return left;
  BALLAST_ASSERT(left.to == right.from);
  Summary both = left;
  both.to = right.to;
  both.times += right.times;
  for (std::size_t i = 0; i < integral_count; ++i)
    both.integrals[i] += right.integrals[i];

  DoubleDouble first = right.uncontrolled;
  DoubleDouble second = right.uncontrolled_squared;
  shift_uncontrolled(first, second, left.hedged_change, right.times.known(), 0.0);
  both.uncontrolled += first;
  both.uncontrolled_squared += second;
  both.hedged_change = saturating_difference(left.hedged_change, -right.hedged_change);

  both.pairs += right.pairs;
  both.pnl += right.pnl;
  both.spans = merge(left.spans, right.spans);
  return both;
}

Amount rounded_amount(const Int256& at_36) {
  const auto raw = divide_half_even(at_36, static_cast<UInt128>(decimal_one));
  if (raw) return Amount{*raw};
  return Amount{at_36.negative() ? -int128_max : int128_max};
}

namespace {

void averages(const Summary& summary, Figures& out) {
  const Times& times = summary.times;
  const auto known = static_cast<double>(times.known());
  const auto share = [known](std::int64_t ns) { return static_cast<double>(ns) / known; };
  const auto mean = [&](Integral i) { return summary.integral(i).to_double() / known; };
  const auto integral = [&](Integral i) { return summary.integral(i).to_double() / ns_per_second; };

  out.adherence = mean(Integral::alpha);
  out.time_in_band = share(times.in(Region::in_band));
  out.time_above = share(times.in(Region::above));
  out.time_below = share(times.in(Region::below));
  out.time_past_limit = share(times.past_limit);
  out.bias = mean(Integral::z);
  out.rms_z = std::sqrt(mean(Integral::z_squared));
  out.max_abs_z = summary.spans.max_abs_z;
  out.iae = integral(Integral::abs_deviation);
  out.ise = integral(Integral::deviation_squared);
  // Raw decimal units are 10^-18 of the factor's unit.
  const DoubleDouble squared = summary.uncontrolled_squared / 1e18 / 1e18;
  out.ise_uncontrolled = std::max(0.0, squared.to_double() / ns_per_second);
  if (*out.ise_uncontrolled > 0.0) {
    // 1 - sqrt(A / U), written so that nothing cancels when hedging hardly mattered.
    const double actual = *out.ise;
    const double idle = *out.ise_uncontrolled;
    out.effectiveness = (idle - actual) / (idle + std::sqrt(actual) * std::sqrt(idle));
  }
}

void excursions(const Spans& spans, std::int64_t out_of_band_ns, Figures& out) {
  out.excursions = spans.count;
  if (spans.count == 0) return;
  out.longest_excursion = Duration{spans.longest};
  out.mean_excursion = Duration{out_of_band_ns / spans.count};
  if (spans.suffix > 0) out.open_excursion = Duration{spans.suffix};
  if (spans.count > 1) {
    out.mean_between_starts =
        Duration{(spans.last_start - spans.first_start).ns / (spans.count - 1)};
  }
}

}  // namespace

Figures figures(const Summary& summary, Duration grid) {
  const Times& times = summary.times;
  Figures out;
  out.from = summary.from;
  out.to = summary.to;
  out.known = Duration{times.known()};
  out.unknown = Duration{times.unknown()};
  if (summary.to > summary.from) {
    out.unknown_fraction =
        static_cast<double>(times.unknown()) / static_cast<double>((summary.to - summary.from).ns);
  }
  if (times.known() > 0) averages(summary, out);
  excursions(summary.spans, times.out_of_band(), out);
  if (const auto fit = ou_fit(summary.pairs, grid.to_seconds())) {
    out.half_life_seconds = fit->half_life_seconds;
  }
  for (std::size_t i = 0; i < cause_count; ++i) {
    out.out_of_band_by_cause[i] = Duration{times.by_cause[i]};
  }
  out.deviation_pnl = rounded_amount(summary.pnl.deviation);
  out.target_pnl = rounded_amount(summary.pnl.target);
  if (times.weighted > 0) {
    out.mean_weight =
        summary.integral(Integral::weight).to_double() / static_cast<double>(times.weighted);
  }
  return out;
}

}  // namespace ballast
