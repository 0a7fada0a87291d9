#include "adherence/tracker.hpp"

#include <algorithm>
#include <limits>

#include "base/contract.hpp"

namespace ballast {
namespace {

constexpr Duration hour = Duration::hours(1);
constexpr Timestamp never{std::numeric_limits<std::int64_t>::max()};

/// 1900 to 2190: any two of these are less than 2^63 ns apart, and no slot's end overflows.
constexpr Timestamp time_min{-2'200'000'000'000'000'000};
constexpr Timestamp time_max{6'940'000'000'000'000'000};
Timestamp in_domain(Timestamp t) { return std::clamp(t, time_min, time_max); }

}  // namespace

Tracker::Tracker(const TrackerOptions& options)
    : options_(options),
      path_(options.grid),
      windows_(options.grid),
      origin_(options.grid),
      hour_base_(options.grid),
      report_base_(options.grid),
      samples_(options.sample_runs_max) {
  BALLAST_ASSERT(options.grid.ns > 0 && options.sample_runs_max > 0);
}

void Tracker::start(Timestamp t) {
  started_ = true;
  path_.start(t);
  unknown_since_ = t;
  origin_ = path_;
  windows_.start(path_);
  hour_base_ = path_;
  hour_end_ = next_multiple(t, hour);
  report_cut_ = options_.report_from.value_or(t);
  while (report_cut_ <= t && report_phase_ != ReportPhase::over)
    cut_report();
  schedule();
}

void Tracker::schedule() {
  boundary_ = std::min(windows_.next_boundary(), report_cut_);
  wake_ = std::min(hour_end_, report_cut_);
}

void Tracker::update(Timestamp t, std::span<const Step> steps) {
  if (steps.empty()) return advance(t);
  for (const Step& step : steps)
    attribution_.apply(step);
  const FactorState& next = steps.back().state;
  if (started_ && next == state_ && steps.size() == 1) return advance(t);

  t = reach(t);
  run_to(t);
  if (state_.known && !next.known) unknown_since_ = t;
  state_ = next;
  reading_ = read(next);
  path_.set(state_, reading_, attribution_.dominant());
  if (reading_.out_of_band() && !was_out_) {
    excursion_start_ = t;
    awaiting_reaction_ = true;
  }
}

void Tracker::advance(Timestamp t) {
  if (!started_ || t >= wake_) reach(t);
}

void Tracker::price_move(Timestamp t, Decimal change) {
  reach(t);
  FactorPnl& pnl = path_.pnl();
  if (!reading_.deviation.zero()) {
    pnl.deviation += Int256::product(reading_.deviation.raw, change.raw);
  }
  if (!state_.target.zero()) pnl.target += Int256::product(state_.target.raw, change.raw);
}

void Tracker::add_pnl(Timestamp t, PnlPart part, const Int256& amount) {
  reach(t);
  path_.pnl().parts[static_cast<std::size_t>(part)] += amount;
}

void Tracker::set_weight(Timestamp t, std::optional<double> weight) {
  run_to(reach(t));
  path_.set_weight(weight);
}

void Tracker::hedge_fill(Timestamp t, Decimal exposure_change) {
  if (!awaiting_reaction_ || !reading_.out_of_band() || t <= excursion_start_) return;
  const Decimal after = saturating_difference(reading_.deviation, -exposure_change);
  if (after.abs() >= reading_.deviation.abs()) return;
  reactions_.add(t - excursion_start_);
  awaiting_reaction_ = false;
}

std::optional<Timestamp> Tracker::unknown_since() const {
  if (!started_ || reading_.known()) return std::nullopt;
  return unknown_since_;
}

std::optional<Timestamp> Tracker::out_of_band_since() const {
  if (!reading_.out_of_band()) return std::nullopt;
  return excursion_start_;
}

/// Everything up to the beginning of t's slot is accounted for; returns t within its domain.
Timestamp Tracker::reach(Timestamp t) {
  t = in_domain(t);
  if (!started_) start(t);
  if (t >= boundary_) cross(t);
  return t;
}

void Tracker::cross(Timestamp t) {
  while (boundary_ <= t) {
    const Timestamp at = boundary_;
    run_to(at);
    total_spans_ = merge(total_spans_, recent_);
    hour_spans_ = merge(hour_spans_, recent_);
    if (report_phase_ == ReportPhase::within) report_spans_ = merge(report_spans_, recent_);
    windows_.append(recent_);
    recent_ = {};
    if (at == report_cut_) cut_report();
    if (at == windows_.next_boundary()) leave_slot(std::min(t, report_cut_));
    schedule();
  }
}

void Tracker::run_to(Timestamp t) {
  const Timestamp from = path_.time();
  if (t <= from) return;
  recent_.append(from, (t - from).ns, path_.out_of_band(), path_.abs_z());
  run_path_to(t);
}

void Tracker::run_path_to(Timestamp t) {
  const std::int64_t samples = path_.run_to(t);
  if (samples > 0 && report_phase_ == ReportPhase::within) {
    samples_.add(path_.deviation(), path_.known(), samples);
  }
  was_out_ = path_.out_of_band();
}

/// The path stands at the end of the finest slot and nothing changes before `next`.
void Tracker::leave_slot(Timestamp next) {
  const Timestamp reached = windows_.cross(path_, next);
  const Spans quiet = path_.constant(path_.time(), reached);
  total_spans_ = merge(total_spans_, quiet);
  if (report_phase_ == ReportPhase::within) report_spans_ = merge(report_spans_, quiet);
  if (reached < hour_end_) {
    hour_spans_ = merge(hour_spans_, quiet);
  } else {
    finish_hours(reached);
  }
  if (reached > path_.time()) run_path_to(reached);
}

void Tracker::finish_hours(Timestamp until) {
  Path end = path_;
  end.run_to(hour_end_);
  if (options_.keep_hours) {
    finished_hours_.push_back(
        end.since(hour_base_, merge(hour_spans_, path_.constant(path_.time(), hour_end_))));
  }
  const Timestamp last = floor_to(until, hour);
  hour_base_ = end;
  hour_base_.run_to(last);
  if (options_.keep_hours && last > hour_end_) {
    finished_hours_.push_back(hour_base_.since(end, path_.constant(hour_end_, last)));
  }
  hour_end_ = last + hour;
  hour_spans_ = path_.constant(last, until);
}

/// The report's span begins or ends where the path stands.
void Tracker::cut_report() {
  if (report_phase_ == ReportPhase::before) {
    report_phase_ = ReportPhase::within;
    report_base_ = path_;
    report_spans_ = {};
    report_cut_ = options_.report_to ? std::max(*options_.report_to, path_.time()) : never;
  } else {
    report_phase_ = ReportPhase::over;
    report_ = path_.since(report_base_, report_spans_);
    report_cut_ = never;
  }
}

Summary Tracker::since_start(Timestamp now) const {
  if (!started_) return {};
  return since(origin_, total_spans_, now);
}

Summary Tracker::open_hour(Timestamp now) const {
  if (!started_) return {};
  return since(hour_base_, hour_spans_, now);
}

Summary Tracker::report_window(Timestamp now) const {
  if (!started_) return {};
  now = std::max(in_domain(now), path_.time());
  if (report_phase_ == ReportPhase::over) return report_;
  if (now < report_cut_) {
    return report_phase_ == ReportPhase::within ? since(report_base_, report_spans_, now)
                                                : Summary{};
  }
  return across_cut(now).report_window(now);
}

/// For a query at `now`, before which the report's span begins or ends in the constant stretch
/// since the last call.
Tracker Tracker::across_cut(Timestamp now) const {
  Tracker ahead = *this;
  ahead.cross(now);
  return ahead;
}

std::optional<SlidingWindows::View> Tracker::view(Window window, Timestamp now) const {
  if (!started_) return std::nullopt;
  return windows_.view(window, std::max(in_domain(now), path_.time()), path_, recent_);
}

std::optional<SlidingWindows::View> Tracker::today(Timestamp now) const {
  // A day is as long as the window of 24 hours, and its beginning stands on that one's slot grid.
  static_assert(Duration::days(1).ns % slot_length(Window::hour_24).ns == 0);
  if (!started_) return std::nullopt;
  now = std::max(in_domain(now), path_.time());
  return windows_.view_from(Window::hour_24, floor_to(now, Duration::days(1)), now, path_, recent_);
}

Summary Tracker::window(Window window, Timestamp now) const {
  const auto asked = view(window, now);
  return asked ? asked->summary() : Summary{};
}

/// The summary from `base` on, of which `spans` leaves out what is recent.
Summary Tracker::since(const Path& base, const Spans& spans, Timestamp now) const {
  Path end = path_;
  now = std::max(in_domain(now), end.time());
  const Spans open = end.constant(end.time(), now);
  end.run_to(now);
  return end.since(base, merge(merge(spans, recent_), open));
}

std::vector<Summary> Tracker::take_finished_hours() {
  std::vector<Summary> taken;
  taken.swap(finished_hours_);
  return taken;
}

std::optional<Duration> Tracker::reaction_delay() const {
  return options_.reaction_delay ? options_.reaction_delay : reactions_.median();
}

std::optional<MinimumVariance> Tracker::minimum_variance_index(Timestamp now,
                                                               std::int64_t order) const {
  const auto delay = reaction_delay();
  if (!started_ || !delay) return std::nullopt;
  now = std::max(in_domain(now), path_.time());
  if (now >= report_cut_) return across_cut(now).minimum_variance_index(now, order);
  SampleLog samples = samples_;
  if (report_phase_ == ReportPhase::within) {
    Path end = path_;
    samples.add(end.deviation(), end.known(), end.run_to(now));
  }
  MinimumVarianceOptions options;
  options.delay_samples = std::max<std::int64_t>(1, (delay->ns + grid().ns - 1) / grid().ns);
  options.order = order;
  return ballast::minimum_variance_index(samples.runs(), options);
}

std::size_t Tracker::memory_bytes() const {
  return sizeof *this + windows_.memory_bytes() + reactions_.memory_bytes() +
         samples_.memory_bytes() + finished_hours_.capacity() * sizeof(Summary);
}

}  // namespace ballast
