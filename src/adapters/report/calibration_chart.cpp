#include "adapters/report/calibration_chart.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "adapters/report/calibration_sheets.hpp"
#include "adapters/report/figures.hpp"
#include "adapters/report/html_text.hpp"

namespace ballast {
namespace {

// In units of the drawing.
struct Frame {
  double width = 380.0;
  double height = 230.0;
  double left = 44.0;
  double right = 10.0;
  double top = 10.0;
  double bottom = 26.0;

  double inner_width() const { return width - left - right; }
  double inner_height() const { return height - top - bottom; }
};

struct Extent {
  double low = 0.0;
  double high = 1.0;

  void take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// A share of its width more on both sides; some width where it has none.
  void pad(double share) {
    const double width = high - low;
    const double least = std::max(1e-9, 0.02 * std::fabs(high));
    const double more = width > 0.0 ? share * width : least;
    low -= more;
    high += more;
  }
};

/// 1, 2 or 5 times a power of ten, so that `range` holds about `count` steps.
double nice_step(double range, double count) {
  const double rough = range / count;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double lead = rough / power;
  return power * (lead <= 1.0 ? 1.0 : lead <= 2.0 ? 2.0 : lead <= 5.0 ? 5.0 : 10.0);
}

class Plot {
 public:
  Plot(Frame frame, Extent x, Extent y) : frame_(frame), x_(x), y_(y) {}

  double x(double value) const {
    return frame_.left + frame_.inner_width() * (value - x_.low) / (x_.high - x_.low);
  }
  double y(double value) const {
    return frame_.top + frame_.inner_height() * (y_.high - value) / (y_.high - y_.low);
  }
  /// The axes: lines and labels at round values of y, scaled by `unit`.
  std::string values_axis(double unit) const {
    std::string out;
    const double step = nice_step((y_.high - y_.low) * unit, 4.0);
    const int digits = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 4);
    for (double v = std::ceil(y_.low * unit / step) * step; v <= y_.high * unit + 1e-9 * step;
         v += step) {
      const std::string at = coordinate(y(v / unit));
      out += fmt::format(R"(<path class="grid" d="M{} {}H{}"/>)", coordinate(frame_.left), at,
                         coordinate(frame_.width - frame_.right));
      out += fmt::format(R"(<text x="{}" y="{}" text-anchor="end" dy="4">{}</text>)",
                         coordinate(frame_.left - 6.0), at, number_text(v, digits));
    }
    return out;
  }
  std::string label_below(double value, std::string_view text) const {
    const std::string at = coordinate(x(value));
    const double foot = frame_.height - frame_.bottom;
    return fmt::format(R"(<path class="tick" d="M{0} {1}v4"/><text x="{0}" y="{2}" )"
                       R"(text-anchor="middle">{3}</text>)",
                       at, coordinate(foot), coordinate(foot + 17.0), text);
  }
  /// What is drawn in it stays within the axes.
  std::string clipped(std::string_view content) const {
    return fmt::format(R"(<svg x="{0}" y="{1}" width="{2}" height="{3}" viewBox="{0} {1} {2} {3}">)"
                       R"({4}</svg>)",
                       coordinate(frame_.left), coordinate(frame_.top),
                       coordinate(frame_.inner_width()), coordinate(frame_.inner_height()),
                       content);
  }
  std::string border() const {
    return fmt::format(R"(<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>)",
                       coordinate(frame_.left), coordinate(frame_.top),
                       coordinate(frame_.inner_width()), coordinate(frame_.inner_height()));
  }
  const Frame& frame() const { return frame_; }

 private:
  Frame frame_;
  Extent x_, y_;
};

std::string svg_of(const Frame& frame, std::string_view description, std::string_view content) {
  return fmt::format(
      R"(<svg class="smile" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>)",
      coordinate(frame.width), coordinate(frame.height), escape_html(description), content);
}

/// "90k", "2.5k", "850".
std::string strike_text(double strike) {
  if (strike < 1000.0) return fmt::format("{:.6g}", strike);
  return fmt::format("{:.6g}k", strike / 1000.0);
}

/// Round strikes between two log-strikes, apart enough to be read.
std::vector<double> strike_ticks(double forward, const Extent& k, const Plot& plot) {
  const double low = forward * std::exp(k.low);
  const double high = forward * std::exp(k.high);
  std::vector<double> candidates;
  constexpr double wide = 3.0;
  if (high / low < wide) {
    const double step = nice_step(high - low, 5.0);
    for (double strike = std::ceil(low / step) * step; strike <= high; strike += step)
      candidates.push_back(strike);
  } else {
    for (double power = std::pow(10.0, std::floor(std::log10(low))); power <= high; power *= 10.0)
      for (const double lead : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0})
        if (lead * power >= low && lead * power <= high) candidates.push_back(lead * power);
  }
  std::vector<double> ticks;
  double last = -1e9;
  constexpr double apart = 46.0;
  for (const double strike : candidates) {
    const double at = plot.x(std::log(strike / forward));
    if (at - last < apart) continue;
    ticks.push_back(strike);
    last = at;
  }
  return ticks;
}

/// What the chart is to show: the model and the middles; wide bars may go beyond.
Extent vol_range(const ExpiryFit& expiry) {
  std::vector<double> shown;
  for (const SmilePoint& point : expiry.curve)
    shown.push_back(point.vol);
  for (const SmileQuote& quote : expiry.smile.quotes) {
    if (quote.bid && quote.ask) shown.push_back(0.5 * (*quote.bid + *quote.ask));
  }
  if (shown.empty()) {
    for (const SmileQuote& quote : expiry.smile.quotes)
      shown.push_back(quote.bid ? *quote.bid : *quote.ask);
  }
  Extent range{shown.front(), shown.front()};
  for (const double vol : shown)
    range.take(vol);
  range.pad(0.12);
  range.low = std::max(range.low, 0.0);
  return range;
}

std::string quote_marks(const ExpiryFit& expiry, const Plot& plot) {
  std::string out;
  for (const SmileQuote& quote : expiry.smile.quotes) {
    const double x = plot.x(quote.log_strike);
    if (quote.bid && quote.ask) {
      const double top = plot.y(*quote.ask);
      const double foot = std::max(plot.y(*quote.bid), top + 1.5);  // a tight quote is seen too
      out += fmt::format(R"(<path class="market" d="M{0} {1}V{2}"/>)", coordinate(x),
                         coordinate(top), coordinate(foot));
    } else {
      // Up from a bid, down from an ask: there the vol may be.
      const double y = plot.y(quote.bid ? *quote.bid : *quote.ask);
      const double point = quote.bid ? y - 7.0 : y + 7.0;
      out += fmt::format(R"(<path class="bound" d="M{} {}L{} {}L{} {}Z"/>)", coordinate(x - 3.0),
                         coordinate(y), coordinate(x + 3.0), coordinate(y), coordinate(x),
                         coordinate(point));
    }
  }
  return out;
}

}  // namespace

std::string smile_chart(const ExpiryFit& expiry) {
  const auto& quotes = expiry.smile.quotes;
  if (quotes.empty() && expiry.curve.empty()) return {};
  const double first = quotes.empty() ? expiry.curve.front().log_strike : quotes.front().log_strike;
  Extent k{first, first};
  if (!quotes.empty()) k.take(quotes.back().log_strike);
  if (!expiry.curve.empty()) {
    k.take(expiry.curve.front().log_strike);
    k.take(expiry.curve.back().log_strike);
  }
  k.pad(0.03);
  const Plot plot({}, k, vol_range(expiry));
  std::string out = plot.values_axis(100.0);
  for (const double strike : strike_ticks(expiry.smile.forward, k, plot))
    out += plot.label_below(std::log(strike / expiry.smile.forward), strike_text(strike));
  std::string marks;
  if (k.low < 0.0 && k.high > 0.0) {
    marks += fmt::format(R"(<path class="money" d="M{} {}V{}"/>)", coordinate(plot.x(0.0)),
                         coordinate(plot.frame().top),
                         coordinate(plot.frame().height - plot.frame().bottom));
  }
  marks += quote_marks(expiry, plot);
  if (!expiry.curve.empty()) {
    std::string line;
    for (const SmilePoint& point : expiry.curve) {
      line += fmt::format("{}{} {}", line.empty() ? "M" : "L", coordinate(plot.x(point.log_strike)),
                          coordinate(plot.y(point.vol)));
    }
    marks += fmt::format(R"(<path class="model" d="{}"/>)", line);
  }
  out += plot.clipped(marks) + plot.border();
  const std::string description =
      fmt::format("Implied vols in percent by strike: {} quotes with two sides, {} with one{}",
                  expiry.smile.two_sided, expiry.smile.one_sided,
                  expiry.residuals ? fmt::format("; the model is {} vols away, root mean square",
                                                 vol_text(expiry.residuals->rmse_vol))
                                   : std::string());
  return svg_of(plot.frame(), description, out);
}

std::string series_chart(std::string_view title, std::span<const SeriesPoint> points) {
  if (points.size() < 2) return {};
  constexpr double second = 1e-9;
  const Timestamp from = points.front().at;
  const double span = (points.back().at - from).to_seconds();
  Extent values{points.front().value, points.front().value};
  for (const SeriesPoint& point : points)
    values.take(point.value);
  values.pad(0.08);
  const Frame frame{.height = 150.0, .left = 54.0};
  const Plot plot(frame, {0.0, std::max(span, second)}, values);
  std::string out = plot.values_axis(1.0);
  constexpr int labels = 5;
  for (int i = 0; i < labels; ++i) {
    const double share = (0.5 + i) / labels;
    const double seconds = share * span;
    const auto at = from + Duration::seconds(static_cast<std::int64_t>(seconds));
    const std::string day = time_text(floor_to(at, Duration::seconds(1)));
    out += plot.label_below(seconds, span > 2.0 * 86400.0 ? day.substr(5, 5) : day.substr(11, 5));
  }
  std::string line;
  for (const SeriesPoint& point : points) {
    line += fmt::format("{}{} {}", line.empty() ? "M" : "L",
                        coordinate(plot.x((point.at - from).to_seconds())),
                        coordinate(plot.y(point.value)));
  }
  out += plot.clipped(fmt::format(R"(<path class="model" d="{}"/>)", line)) + plot.border();
  return fmt::format("<figure class=\"series\"><figcaption>{}</figcaption>{}</figure>\n",
                     escape_html(title), svg_of(frame, title, out));
}

std::string_view calibration_style() {
  return R"css(
.smiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));
gap:20px 28px}
.smiles figure,.series{margin:0;min-width:0}
.smiles figcaption,.series figcaption{font-size:13px;font-weight:600;padding-bottom:4px}
.smiles figcaption small,.legend{font-size:12px;font-weight:400;color:var(--quiet)}
.smile{display:block;width:100%;height:auto}
.smile text{fill:var(--quiet);font-size:11px}
.smile path{fill:none}
.smile .grid{stroke:var(--grid)}
.smile .tick,.smile .frame{stroke:var(--rule);fill:none}
.smile .money{stroke:var(--hatch);stroke-dasharray:2 3}
.smile .market{stroke:var(--mark);stroke-width:3.5}
.smile path.bound{fill:var(--band)}
.smile .model{stroke:var(--actual);stroke-width:1.6;stroke-linejoin:round}
.keys{display:flex;flex-wrap:wrap;gap:2px 20px;list-style:none;margin:0 0 12px;padding:0;
color:var(--quiet);font-size:12px}
.keys svg{display:inline-block;width:18px;height:12px;margin-right:6px;vertical-align:-2px}
)css";
}

}  // namespace ballast
