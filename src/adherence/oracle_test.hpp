// The slow, obvious version of a tracker: keeps the whole path and recomputes every figure of any
// interval from it, one segment and one sample at a time. Shares no code with what it judges but
// the Reading of a state and the Summary that it fills in.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "adherence/attribution.hpp"
#include "adherence/reading.hpp"
#include "adherence/summary.hpp"
#include "model/desk.hpp"

namespace ballast {

/// What a summary should be, with integrals in long double.
struct Expected {
  Summary exact;  // times, money, spans, counts
  std::array<long double, integral_count> integrals{};
  long double abs_z = 0;  // the scale of the integral of z, which cancels
  long double uncontrolled = 0, uncontrolled_abs = 0, uncontrolled_squared = 0;
  long double x = 0, y = 0, xx = 0, xy = 0, yy = 0, abs_x = 0;
};

inline long double wide(const DoubleDouble& d) {
  return static_cast<long double>(d.hi) + static_cast<long double>(d.lo);
}

/// What is not as expected, one line each; empty when all is: times, counts and money exactly, and
/// integrals to 1e-12 of their scale.
inline std::string mismatches(const Summary& actual, const Expected& expected) {
  std::string text;
  const auto same = [&](bool equal, const char* what) {
    if (!equal) text += fmt::format("{} differs\n", what);
  };
  const auto near = [&](long double value, long double right, long double scale, const char* what) {
    if (std::fabs(value - right) <= 1e-12L * scale) return;
    text += fmt::format("{} is {} instead of {}\n", what, value, right);
  };
  const Summary& exact = expected.exact;
  same(actual.from == exact.from, "from");
  same(actual.to == exact.to, "to");
  same(actual.times == exact.times, "times");
  same(actual.spans == exact.spans, "spans");
  same(actual.hedged_change == exact.hedged_change, "hedged_change");
  same(actual.pairs.count == exact.pairs.count, "pairs.count");
  same(actual.pnl == exact.pnl, "pnl");
  for (std::size_t i = 0; i < integral_count; ++i) {
    const bool signed_sum = i == static_cast<std::size_t>(Integral::z);
    near(wide(actual.integrals[i]), expected.integrals[i],
         signed_sum ? expected.abs_z : expected.integrals[i], "an integral");
  }
  near(wide(actual.uncontrolled), expected.uncontrolled, expected.uncontrolled_abs, "g");
  near(wide(actual.uncontrolled_squared), expected.uncontrolled_squared,
       expected.uncontrolled_squared, "g^2");
  near(wide(actual.pairs.x), expected.x, expected.abs_x, "x");
  near(wide(actual.pairs.y), expected.y, expected.abs_x, "y");
  near(wide(actual.pairs.xx), expected.xx, expected.xx, "xx");
  near(wide(actual.pairs.xy), expected.xy, std::max(expected.xx, expected.yy), "xy");
  near(wide(actual.pairs.yy), expected.yy, expected.yy, "yy");
  return text;
}

/// The same for two summaries of one interval, come by differently.
inline std::string mismatches(const Summary& a, const Summary& b) {
  Expected expected;
  expected.exact = b;
  for (std::size_t i = 0; i < integral_count; ++i)
    expected.integrals[i] = wide(b.integrals[i]);
  const auto known = static_cast<long double>(b.times.known());
  // Cauchy-Schwarz: |integral of f| <= sqrt(T * integral of f^2) is the scale of a signed integral.
  expected.abs_z = std::sqrt(known * wide(b.integral(Integral::z_squared)));
  expected.uncontrolled = wide(b.uncontrolled);
  expected.uncontrolled_squared = wide(b.uncontrolled_squared);
  expected.uncontrolled_abs = std::sqrt(known * expected.uncontrolled_squared);
  expected.x = wide(b.pairs.x);
  expected.y = wide(b.pairs.y);
  expected.xx = wide(b.pairs.xx);
  expected.xy = wide(b.pairs.xy);
  expected.yy = wide(b.pairs.yy);
  expected.abs_x = std::sqrt(static_cast<long double>(b.pairs.count) * expected.xx) * 2;
  return mismatches(a, expected);
}

/// The figure that a windowed measure names.
inline std::optional<double> figure(const Figures& f, Measure measure) {
  switch (measure) {
    case Measure::adherence:
      return f.adherence;
    case Measure::time_in_band:
      return f.time_in_band;
    case Measure::time_above:
      return f.time_above;
    case Measure::time_below:
      return f.time_below;
    case Measure::time_past_limit:
      return f.time_past_limit;
    case Measure::unknown_fraction:
      return f.unknown_fraction;
    case Measure::bias:
      return f.bias;
    case Measure::rms_z:
      return f.rms_z;
    case Measure::max_abs_z:
      return f.max_abs_z;
    case Measure::iae:
      return f.iae;
    case Measure::ise:
      return f.ise;
    case Measure::excursions:
      return static_cast<double>(f.excursions);
    case Measure::longest_excursion_seconds:
      return f.longest_excursion.value_or(Duration{}).to_seconds();
    default:
      return std::nullopt;
  }
}

class Oracle {
 public:
  Oracle(Timestamp start, Duration grid) : start_(start), grid_(grid) {
    points_.push_back({start, {}, {}, Cause::unknown, std::nullopt});
  }

  void update(Timestamp t, const std::vector<Step>& steps) {
    for (const Step& step : steps)
      attribute(step);
    Point& point = at(t);
    point.state = steps.back().state;
    point.reading = read(point.state);
    point.dominant = dominant();
  }
  void set_weight(Timestamp t, std::optional<double> weight) { at(t).weight = weight; }
  void price_move(Timestamp t, Decimal change) {
    const FactorState& state = points_.back().state;
    FactorPnl pnl;
    pnl.deviation = Int256::product(state.actual.raw - state.target.raw, change.raw);
    pnl.target = Int256::product(state.target.raw, change.raw);
    money_.push_back({t, pnl});
  }
  void add_pnl(Timestamp t, PnlPart part, Amount amount) {
    FactorPnl pnl;
    pnl.parts[static_cast<std::size_t>(part)] = at_36_digits(amount);
    money_.push_back({t, pnl});
  }

  /// Contributions by cause, recomputed from the last moment in band.
  const std::map<Cause, Int128>& contributions() const { return contributions_; }
  Int128 distance() const { return distance_; }

  enum class End { closed, open };  // open: still running, with what was booked at `to` itself

  Expected summary(Timestamp from, Timestamp to, End end_kind) const {
    from = std::max(from, start_);
    const Timestamp booked_to = end_kind == End::open ? to + Duration{1} : to;
    Expected out;
    out.exact.from = from;
    out.exact.to = to;
    const Int128 hedged_before = hedged_just_before(from);
    bool open = false;
    Timestamp opened;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const Timestamp begin = std::max(points_[i].t, from);
      const Timestamp end = i + 1 < points_.size() ? std::min(points_[i + 1].t, to) : to;
      if (begin >= end) continue;
      add_segment(points_[i], (end - begin).ns, hedged_before, out);
      Spans& spans = out.exact.spans;
      spans.length += (end - begin).ns;
      if (!points_[i].reading.out_of_band()) {
        open = false;
        continue;
      }
      if (!open) {
        open = true;
        opened = begin;
        if (spans.count++ == 0) spans.first_start = begin;
        spans.last_start = begin;
      }
      const std::int64_t length = (end - opened).ns;
      spans.longest = std::max(spans.longest, length);
      if (opened == from) spans.prefix = length;
      if (end == to) spans.suffix = length;
    }
    out.exact.hedged_change = Decimal::from_raw(hedged_just_before(booked_to) - hedged_before);
    add_pairs(from, to, out);
    for (const Money& money : money_) {
      if (money.t >= from && money.t < booked_to) out.exact.pnl += money.pnl;
    }
    return out;
  }

 private:
  struct Point {
    Timestamp t;
    FactorState state;
    Reading reading;
    Cause dominant = Cause::unknown;
    std::optional<double> weight;
  };
  struct Money {
    Timestamp t;
    FactorPnl pnl;
  };

  Point& at(Timestamp t) {
    if (points_.back().t != t) {
      points_.push_back(points_.back());
      points_.back().t = t;
    }
    return points_.back();
  }

  /// The state at the last point strictly before t; nothing was hedged before the start.
  Int128 hedged_just_before(Timestamp t) const {
    Int128 hedged = 0;
    for (const Point& point : points_) {
      if (point.t < t) hedged = point.state.hedged.raw;
    }
    return hedged;
  }

  static void add_segment(const Point& point,
                          std::int64_t ns,
                          Int128 hedged_before,
                          Expected& out) {
    Times& times = out.exact.times;
    const Reading& reading = point.reading;
    times.by_region[static_cast<std::size_t>(reading.region)] += ns;
    if (!reading.known()) return;
    if (reading.past_limit) times.past_limit += ns;
    if (reading.out_of_band()) times.by_cause[static_cast<std::size_t>(point.dominant)] += ns;
    const auto dt = static_cast<long double>(ns);
    const auto z = static_cast<long double>(reading.z);
    const auto d = static_cast<long double>(reading.deviation.raw) / 1e18L;
    const auto add = [&](Integral i, long double value) {
      out.integrals[static_cast<std::size_t>(i)] += value * dt;
    };
    add(Integral::alpha, static_cast<long double>(reading.alpha));
    add(Integral::z, z);
    add(Integral::z_squared, z * z);
    add(Integral::abs_deviation, std::fabs(d));
    add(Integral::deviation_squared, d * d);
    if (point.weight) {
      times.weighted += ns;
      add(Integral::weight, static_cast<long double>(*point.weight));
    }
    out.abs_z += std::fabs(z) * dt;
    out.exact.spans.max_abs_z = std::max(out.exact.spans.max_abs_z, std::fabs(reading.z));
    const auto g =
        static_cast<long double>(reading.deviation.raw - (point.state.hedged.raw - hedged_before));
    out.uncontrolled += g * dt;
    out.uncontrolled_abs += std::fabs(g) * dt;
    out.uncontrolled_squared += g * g * dt;
  }

  void add_pairs(Timestamp from, Timestamp to, Expected& out) const {
    Timestamp sample = floor_to(from, grid_);
    if (sample < from) sample = sample + grid_;
    std::size_t i = 0;
    std::size_t before = 0;
    for (; sample < to; sample = sample + grid_) {
      const Timestamp previous = sample - grid_;
      if (previous < start_) continue;
      while (i + 1 < points_.size() && points_[i + 1].t <= sample)
        ++i;
      while (before + 1 < points_.size() && points_[before + 1].t <= previous)
        ++before;
      if (!points_[i].reading.known() || !points_[before].reading.known()) continue;
      ++out.exact.pairs.count;
      const auto x = static_cast<long double>(points_[before].reading.deviation.raw) / 1e18L;
      const auto y = static_cast<long double>(points_[i].reading.deviation.raw) / 1e18L;
      out.x += x;
      out.y += y;
      out.abs_x += std::fabs(x) + std::fabs(y);
      out.xx += x * x;
      out.xy += x * y;
      out.yy += y * y;
    }
  }

  void attribute(const Step& step) {
    if (!step.state.known) return;
    const Int128 a = step.state.actual.raw;
    const Int128 u = step.state.upper.raw;
    const Int128 l = step.state.lower.raw;
    const Int128 now = a > u ? a - u : a < l ? a - l : 0;
    if (now == 0) {
      contributions_.clear();
    } else {
      contributions_[step.cause] += now - distance_;
    }
    distance_ = now;
  }
  Cause dominant() const {
    Cause best = Cause::unknown;
    Int128 most = 0;
    for (const auto& [cause, part] : contributions_) {
      const Int128 toward = distance_ < 0 ? -part : part;
      if (toward > most) {
        most = toward;
        best = cause;
      }
    }
    return best;
  }

  Timestamp start_;
  Duration grid_;
  std::vector<Point> points_;
  std::vector<Money> money_;
  std::map<Cause, Int128> contributions_;
  Int128 distance_ = 0;
};

}  // namespace ballast
