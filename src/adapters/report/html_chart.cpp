#include "adapters/report/html_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "adapters/report/figures.hpp"
#include "adapters/report/html_text.hpp"
#include "engine/path_recorder.hpp"

namespace ballast {
namespace {

constexpr std::size_t vertices_max = 1500;
constexpr double plot_size = 1000.0;  // of the view box, both ways

/// One constant stretch of the path, in plot coordinates' time.
struct Stretch {
  double x0, x1;
  const PathPoint* at;
};

/// A rectangle of the plot, in its coordinates: y grows downwards.
struct Span {
  double x0, x1, y_low, y_high;
};

std::string rectangle(double x0, double x1, double y0, double y1) {
  return fmt::format("M{0} {2}H{1}V{3}H{0}Z", coordinate(x0), coordinate(x1), coordinate(y0),
                     coordinate(y1));
}

bool lost_any(std::span<const ChartProposal> proposals) {
  return std::any_of(proposals.begin(), proposals.end(), [](const auto& p) { return p.lost; });
}

struct Scale {
  double low = 0.0, high = 1.0;
  double y(double value) const { return plot_size * (high - value) / (high - low); }
};

class Chart {
 public:
  Chart(const FactorReport& factor, Timestamp from, Timestamp to) : factor_(factor) {
    PathRecorder recorder(vertices_max);
    for (const PathPoint& point : factor.path) {
      if (point.t <= to) recorder.add(point);
    }
    path_ = recorder.path();
    if (path_.empty()) return;
    from_ = std::min(from, path_.front().t);
    to_ = std::max(to, path_.back().t);
    if (from_ == to_) to_ = to_ + Duration::seconds(1);
    for (std::size_t i = 0; i < path_.size(); ++i) {
      const Timestamp end = i + 1 < path_.size() ? path_[i + 1].t : to_;
      stretches_.push_back({x(path_[i].t), x(end), &path_[i]});
    }
    choose_scale();
  }

  bool empty() const { return path_.empty(); }
  std::string html(const ChartMarks& marks, const std::string& id) const;

 private:
  double x(Timestamp t) const {
    const double share = (t - from_).to_seconds() / (to_ - from_).to_seconds();
    return plot_size * std::clamp(share, 0.0, 1.0);
  }
  void choose_scale();

  std::string svg(const std::string& id) const;
  std::vector<Span> spans(double PathPoint::*lower, double PathPoint::*upper) const;
  std::string band_area() const;
  std::string beyond_limits() const;
  std::string steps(double PathPoint::*value, bool known_only) const;
  std::string outside(double PathPoint::*lower, double PathPoint::*upper) const;
  std::string unknown_spans() const;
  std::string value_labels() const;
  std::string value_lines() const;
  std::string time_labels() const;
  std::string excursion_lane() const;
  std::string alert_lane(std::span<const ChartAlert> alerts) const;
  std::string proposal_lane(std::span<const ChartProposal> proposals) const;
  std::string hedge_lane() const;
  std::string legend(const ChartMarks& marks) const;
  bool any_unknown() const {
    return std::any_of(path_.begin(), path_.end(), [](const auto& p) { return !p.known; });
  }
  std::vector<double> value_ticks() const;

  const FactorReport& factor_;
  std::vector<PathPoint> path_;
  std::vector<Stretch> stretches_;
  Timestamp from_, to_;
  Scale scale_;
  bool limits_in_view_ = true;
};

void Chart::choose_scale() {
  double low = path_.front().lower, high = path_.front().upper;
  double limit_low = low, limit_high = high;
  for (const PathPoint& p : path_) {
    low = std::min({low, p.lower, p.target, p.known ? p.actual : p.target});
    high = std::max({high, p.upper, p.target, p.known ? p.actual : p.target});
    limit_low = std::min(limit_low, p.limit_lower);
    limit_high = std::max(limit_high, p.limit_upper);
  }
  // Limits are shown unless they would press the path into a line.
  limits_in_view_ = std::max(high, limit_high) - std::min(low, limit_low) <= 6.0 * (high - low);
  if (limits_in_view_) {
    low = std::min(low, limit_low);
    high = std::max(high, limit_high);
  }
  double margin = 0.06 * (high - low);
  if (!(margin > 0.0)) margin = std::max(1e-9, 0.1 * std::abs(high));
  scale_ = {low - margin, high + margin};
}

/// Consecutive stretches between the same two levels as one.
std::vector<Span> Chart::spans(double PathPoint::*lower, double PathPoint::*upper) const {
  std::vector<Span> joined;
  for (const Stretch& s : stretches_) {
    const double low = scale_.y(s.at->*lower);
    const double high = scale_.y(s.at->*upper);
    if (!joined.empty() && joined.back().y_low == low && joined.back().y_high == high) {
      joined.back().x1 = s.x1;
    } else {
      joined.push_back({s.x0, s.x1, low, high});
    }
  }
  return joined;
}

std::string Chart::band_area() const {
  std::string d;
  for (const Span& s : spans(&PathPoint::lower, &PathPoint::upper)) {
    d += rectangle(s.x0, s.x1, s.y_high, s.y_low);
  }
  return d;
}

std::string Chart::beyond_limits() const {
  std::string d;
  for (const Span& s : spans(&PathPoint::limit_lower, &PathPoint::limit_upper)) {
    if (s.y_high > 0.0) d += rectangle(s.x0, s.x1, 0.0, s.y_high);
    if (s.y_low < plot_size) d += rectangle(s.x0, s.x1, s.y_low, plot_size);
  }
  return d;
}

std::string Chart::steps(double PathPoint::*value, bool known_only) const {
  std::string d;
  bool drawing = false;
  double last = 0.0;
  for (const Stretch& s : stretches_) {
    if (known_only && !s.at->known) {
      drawing = false;
      continue;
    }
    const double y = scale_.y(s.at->*value);
    if (!drawing) {
      d += fmt::format("M{} {}", coordinate(s.x0), coordinate(y));
    } else if (y != last) {
      d += fmt::format("H{}V{}", coordinate(s.x0), coordinate(y));
    }
    drawing = true;
    last = y;
    const bool ends = &s == &stretches_.back() || (known_only && !(&s + 1)->at->known);
    if (ends) d += fmt::format("H{}", coordinate(s.x1));
  }
  return d;
}

/// What lies between the actual and the edge that it has left.
std::string Chart::outside(double PathPoint::*lower, double PathPoint::*upper) const {
  std::string d;
  for (const Stretch& s : stretches_) {
    if (!s.at->known) continue;
    const double actual = s.at->actual;
    const double edge = std::clamp(actual, std::min(s.at->*lower, s.at->*upper), s.at->*upper);
    if (edge == actual) continue;
    d += rectangle(s.x0, s.x1, scale_.y(edge), scale_.y(actual));
  }
  return d;
}

std::string Chart::unknown_spans() const {
  std::string out;
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    if (stretches_[i].at->known) continue;
    const double start = stretches_[i].x0;
    while (i + 1 < stretches_.size() && !stretches_[i + 1].at->known)
      ++i;
    out += fmt::format(R"(<i class="unknown" style="left:{}%;width:{}%"></i>)",
                       coordinate(start / 10.0), coordinate((stretches_[i].x1 - start) / 10.0));
  }
  return out;
}

std::vector<double> Chart::value_ticks() const {
  const double span = scale_.high - scale_.low;
  double step = std::pow(10.0, std::floor(std::log10(span / 5.0)));
  for (const double multiple : {1.0, 2.0, 5.0, 10.0}) {
    if (span / (step * multiple) <= 6.0) {
      step *= multiple;
      break;
    }
  }
  std::vector<double> ticks;
  for (double i = std::ceil(scale_.low / step); i * step <= scale_.high && ticks.size() < 12; ++i) {
    ticks.push_back(i * step);
  }
  return ticks;
}

std::string Chart::value_lines() const {
  std::string d;
  for (const double tick : value_ticks()) {
    d += fmt::format("M0 {}H{}", coordinate(scale_.y(tick)), coordinate(plot_size));
  }
  return d;
}

std::string Chart::value_labels() const {
  const std::vector<double> ticks = value_ticks();
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1.0;
  const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 12);
  std::string out;
  for (const double tick : ticks) {
    const double shown = std::abs(tick) < step / 2 ? 0.0 : tick;
    out += fmt::format(R"(<span style="top:{}%">{}</span>)", coordinate(scale_.y(tick) / 10.0),
                       number_text(shown, digits));
  }
  return out;
}

std::string Chart::time_labels() const {
  constexpr std::array<std::int64_t, 24> step_seconds{
      1,     2,     5,      10,     15,      30,      60,       120,
      300,   600,   900,    1800,   3600,    7200,    10800,    21600,
      43200, 86400, 172800, 604800, 2592000, 7776000, 31536000, 157680000};
  const Duration span = to_ - from_;
  const auto fits = [&](std::int64_t step) { return span.ns / Duration::seconds(step).ns <= 8; };
  const auto* found = std::find_if(step_seconds.begin(), step_seconds.end(), fits);
  const std::int64_t step = found == step_seconds.end() ? step_seconds.back() : *found;
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string out;
  Timestamp tick = floor_to(from_, Duration::seconds(step));
  if (tick < from_) tick = tick + Duration::seconds(step);
  for (int i = 0; tick <= to_; tick = tick + Duration::seconds(step), ++i) {
    const CivilTime civil = civil_time(tick);
    const auto month = months[static_cast<std::size_t>(civil.month - 1)];
    std::string label =
        step < 60        ? fmt::format("{:02}:{:02}:{:02}", civil.hour, civil.minute, civil.second)
        : step < 86400   ? fmt::format("{:02}:{:02}", civil.hour, civil.minute)
        : step < 2592000 ? fmt::format("{} {}", civil.day, month)
                         : fmt::format("{} {}", month, civil.year);
    out += fmt::format(R"(<span{} style="left:{}%">{}</span>)", i % 2 == 1 ? R"( class="odd")" : "",
                       coordinate(x(tick) / 10.0), label);
  }
  return out;
}

std::string Chart::excursion_lane() const {
  std::string d;
  for (const ExcursionReport& e : factor_.excursion_list) {
    const double start = x(e.from);
    const double end = std::max(x(e.to.value_or(to_)), std::min(plot_size, start + 1.5));
    d += rectangle(std::min(start, end - 1.5), end, 0.0, plot_size);
  }
  return d;
}

std::string Chart::alert_lane(std::span<const ChartAlert> alerts) const {
  std::string out;
  double last = -100.0;
  double last_sparse = -100.0;
  for (const ChartAlert& alert : alerts) {
    const double start = x(alert.fired) / 10.0;
    const double width = std::max(0.2, x(alert.cleared.value_or(to_)) / 10.0 - start);
    out += fmt::format(R"(<i style="left:{}%;width:{}%"></i>)", coordinate(std::min(start, 99.8)),
                       coordinate(width));
    // A number that would cover the one before is left out: the table has it. Narrow screens have
    // room for fewer.
    if (start - last < 2.5) continue;
    const bool dense = start - last_sparse < 9.0;
    out += fmt::format(R"(<b{} style="left:{}%">{}</b>)", dense ? R"( class="odd")" : "",
                       coordinate(std::min(start, 97.0)), alert.number);
    last = start;
    if (!dense) last_sparse = start;
  }
  return out;
}

std::string Chart::proposal_lane(std::span<const ChartProposal> proposals) const {
  std::string out;
  for (const bool lost : {false, true}) {
    std::string d;
    for (const ChartProposal& p : proposals) {
      if (p.lost != lost || p.since > to_) continue;
      const double start = std::min(x(p.since), plot_size - 2.0);
      d += rectangle(start, std::max(x(p.ended.value_or(to_)), start + 2.0), 0.0, plot_size);
    }
    if (!d.empty()) {
      out += fmt::format(R"(<path class="{}" d="{}"/>)", lost ? "lost" : "proposal", d);
    }
  }
  return out;
}

std::string Chart::hedge_lane() const {
  std::string d;
  for (const Timestamp t : factor_.hedges) {
    const double at = std::min(x(t), plot_size - 1.5);
    d += rectangle(at, at + 1.5, 0.0, plot_size);
  }
  return fmt::format(R"(<path class="hedge" d="{}"/>)", d);
}

std::string Chart::legend(const ChartMarks& marks) const {
  std::string out = R"(<ul class="legend" aria-label="Legend">)";
  const auto entry = [&](std::string_view kind, std::string_view text) {
    out += fmt::format(R"(<li><i class="key {}"></i>{}</li>)", kind, text);
  };
  entry("actual", "actual");
  entry("target", "target");
  entry("band", "band");
  entry("limit", limits_in_view_ ? "limit" : "limit (out of view)");
  if (!factor_.excursion_list.empty()) entry("excursion", "out of band");
  if (any_unknown()) entry("unknown", "unknown");
  if (!factor_.hedges.empty()) entry("hedge", "hedge fill");
  if (!marks.proposals.empty()) entry("proposal", "proposal");
  if (lost_any(marks.proposals)) entry("lost", "proposal that failed or was held back");
  if (!marks.alerts.empty()) entry("alert", "alert, numbered as in the table");
  return out + "</ul>";
}

std::string Chart::svg(const std::string& id) const {
  const std::string name = escape_html(factor_text(factor_.factor, factor_.book));
  std::string out = fmt::format(
      R"(<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" )"
      R"(aria-labelledby="{0}-title {0}-desc">)"
      R"(<title id="{0}-title">{1}: actual against target, in {2}</title>)"
      R"(<desc id="{0}-desc">From {3} to {4} UTC. In band {5} of known time, out of it {6} times, )"
      R"(largest |z| {7}, at or past its limit {8}; unknown {9} of the time. Now {10}.</desc>)",
      id, name, escape_html(factor_.unit), time_text(from_), time_text(to_),
      percent_text(factor_.time_in_band), factor_.excursions.count, number_text(factor_.max_abs_z),
      percent_text(factor_.time_past_limit), percent_text(factor_.unknown_fraction),
      escape_html(words_text(factor_.state)));
  const auto path = [&](std::string_view kind, const std::string& d) {
    if (!d.empty()) out += fmt::format(R"(<path class="{}" d="{}"/>)", kind, d);
  };
  path("grid", value_lines());
  path("band", band_area());
  path("edge", steps(&PathPoint::upper, false) + steps(&PathPoint::lower, false));
  path("beyond", beyond_limits());
  path("limit", steps(&PathPoint::limit_upper, false) + steps(&PathPoint::limit_lower, false));
  path("out", outside(&PathPoint::lower, &PathPoint::upper));
  path("past", outside(&PathPoint::limit_lower, &PathPoint::limit_upper));
  path("target", steps(&PathPoint::target, false));
  path("actual", steps(&PathPoint::actual, true));
  return out + "</svg>";
}

std::string Chart::html(const ChartMarks& marks, const std::string& id) const {
  std::string out = R"(<figure class="chart">)" + legend(marks);
  out += fmt::format(R"(<div class="plot"><div class="values" aria-hidden="true">{}</div>)"
                     R"(<div class="area">{}{}</div>)",
                     value_labels(), unknown_spans(), svg(id));
  const auto lane = [&](std::string_view name, const std::string& paths) {
    out += fmt::format(R"(<div class="lane-name" aria-hidden="true">{}</div>)"
                       R"(<div class="lane" aria-hidden="true"><svg viewBox="0 0 1000 1000" )"
                       R"(preserveAspectRatio="none">{}</svg></div>)",
                       name, paths);
  };
  if (!factor_.excursion_list.empty()) {
    lane("out of band", fmt::format(R"(<path class="excursion" d="{}"/>)", excursion_lane()));
  }
  if (!marks.proposals.empty()) lane("proposals", proposal_lane(marks.proposals));
  if (!factor_.hedges.empty()) lane("hedges", hedge_lane());
  if (!marks.alerts.empty()) {
    out += fmt::format(R"(<div class="lane-name" aria-hidden="true">alerts</div>)"
                       R"(<div class="lane alerts" aria-hidden="true">{}</div>)",
                       alert_lane(marks.alerts));
  }
  out += fmt::format(R"(<div class="times" aria-hidden="true">{}</div></div>)", time_labels());
  return out + "</figure>";
}

}  // namespace

std::string chart_html(const FactorReport& factor,
                       Timestamp from,
                       Timestamp to,
                       const ChartMarks& marks,
                       const std::string& id) {
  const Chart chart(factor, from, to);
  return chart.empty() ? std::string() : chart.html(marks, id);
}

}  // namespace ballast
