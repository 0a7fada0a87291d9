#include "adapters/report/html_options.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/report/calibration_chart.hpp"
#include "adapters/report/figures.hpp"
#include "adapters/report/html_tables.hpp"
#include "adapters/report/html_text.hpp"
#include "adapters/report/option_sheets.hpp"

namespace ballast {
namespace {

std::string svg_text(double x, double y, std::string_view anchor, std::string_view text) {
  return fmt::format(R"(<text x="{}" y="{}" text-anchor="{}">{}</text>)", coordinate(x),
                     coordinate(y), anchor, escape_html(text));
}

std::string svg_box(
    std::string_view kind, double x, double y, double width, double height, double opacity) {
  return fmt::format(R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}" fill-opacity="{}"/>)",
                     kind, coordinate(x), coordinate(y), coordinate(width), coordinate(height),
                     coordinate(opacity));
}

std::string figure_of(std::string_view caption,
                      std::string_view kind,
                      double width,
                      double height,
                      std::string_view content) {
  return fmt::format(
      R"(<figure class="drawn"><figcaption>{0}</figcaption><div class="scroll" tabindex="0" )"
      R"(role="region" aria-label="{0}"><svg class="{1}" viewBox="0 0 {2} {3}" )"
      R"(style="width:{2}px" role="img" aria-label="{0}">{4}</svg></div></figure>)"
      "\n",
      escape_html(caption), kind, coordinate(width), coordinate(height), content);
}

// ---- the waterfall

using Part = std::pair<std::string_view, double>;

std::array<Part, 9> parts_of(const PnlExplain& p) {
  return {{{"delta", p.delta},
           {"gamma", p.gamma},
           {"vega", p.vega},
           {"theta", p.theta},
           {"vanna", p.vanna},
           {"volga", p.volga},
           {"new trades", p.new_trades},
           {"unexplained", p.unexplained},
           {"total", p.total()}}};
}

/// Each part begins where the one before ended; the total stands on zero.
std::string waterfall(const ExplainView& view) {
  PnlExplain sum = view.all;
  if (view.open) sum += *view.open;
  const auto parts = parts_of(sum);
  constexpr double step = 82.0;
  constexpr double bar = 52.0;
  constexpr double head = 26.0;
  constexpr double inner = 160.0;
  constexpr double height = head + inner + 44.0;
  double low = 0.0;
  double high = 0.0;
  double at = 0.0;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    at += parts[i].second;
    low = std::min(low, at);
    high = std::max(high, at);
  }
  if (!(high > low) || !std::isfinite(high - low)) return {};
  const auto y = [&](double value) { return head + inner * (high - value) / (high - low); };
  std::string out = fmt::format(R"(<path class="zero" d="M0 {}H{}"/>)", coordinate(y(0.0)),
                                coordinate(step * static_cast<double>(parts.size())));
  at = 0.0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& [name, value] = parts[i];
    const double from = i + 1 == parts.size() ? 0.0 : at;
    const double to = from + value;
    const double x = step * static_cast<double>(i) + (step - bar) / 2.0;
    const double top = y(std::max(from, to));
    out += svg_box(value < 0.0 ? "loss" : "gain", x, top, bar,
                   std::max(y(std::min(from, to)) - top, 1.0), 1.0);
    out += svg_text(x + bar / 2.0, top - 6.0, "middle", number_text(value, 0));
    out += svg_text(x + bar / 2.0, height - 14.0, "middle", name);
    at = to;
  }
  return figure_of(fmt::format("What the options earned, in {}, by greek", view.quote), "falls",
                   step * static_cast<double>(parts.size()), height, out);
}

// ---- the heat map

struct HeatMap {
  std::vector<Timestamp> expiries;
  std::vector<double> strikes;
  std::vector<std::optional<double>> values;  // by expiry, then strike

  std::optional<double>& at(std::size_t expiry, std::size_t strike) {
    return values[expiry * strikes.size() + strike];
  }
};

HeatMap vega_map(const GreeksView& view) {
  std::set<Timestamp> expiries;
  std::set<double> strikes;
  for (const OptionLineView& line : view.lines) {
    if (!line.greeks) continue;
    expiries.insert(line.expiry);
    strikes.insert(line.strike);
  }
  HeatMap map{{expiries.begin(), expiries.end()}, {strikes.begin(), strikes.end()}, {}};
  map.values.resize(map.expiries.size() * map.strikes.size());
  const auto place = [](const auto& sorted, const auto& value) {
    return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), value) -
                                    sorted.begin());
  };
  for (const OptionLineView& line : view.lines) {
    if (!line.greeks) continue;
    auto& value = map.at(place(map.expiries, line.expiry), place(map.strikes, line.strike));
    value = value.value_or(0.0) + line.greeks->vega;
  }
  return map;
}

std::string heat_map(const GreeksView& view) {
  HeatMap map = vega_map(view);
  if (map.expiries.empty()) return {};
  double largest = 0.0;
  for (const auto& value : map.values)
    largest = std::max(largest, std::abs(value.value_or(0.0)));
  if (!(largest > 0.0)) return {};
  constexpr double left = 92.0;
  constexpr double width = 72.0;
  constexpr double height = 26.0;
  std::string out;
  for (std::size_t s = 0; s < map.strikes.size(); ++s) {
    out += svg_text(left + width * (static_cast<double>(s) + 0.5), 14.0, "middle",
                    number_text(map.strikes[s], 0));
  }
  for (std::size_t e = 0; e < map.expiries.size(); ++e) {
    const double top = 22.0 + height * static_cast<double>(e);
    out += svg_text(left - 10.0, top + 17.0, "end", time_text(map.expiries[e]).substr(0, 10));
    for (std::size_t s = 0; s < map.strikes.size(); ++s) {
      const auto& value = map.at(e, s);
      if (!value) continue;
      const double x = left + width * static_cast<double>(s);
      // At most half opaque, so that the figure in it can be read.
      out += svg_box(*value < 0.0 ? "loss" : "gain", x + 1.0, top + 1.0, width - 2.0, height - 2.0,
                     0.08 + 0.42 * std::abs(*value) / largest);
      out += svg_text(x + width / 2.0, top + 17.0, "middle", number_text(*value, 1));
    }
  }
  return figure_of(fmt::format("Vega in {} per volatility point, by expiry and strike", view.quote),
                   "heat", left + width * static_cast<double>(map.strikes.size()) + 4.0,
                   26.0 + height * static_cast<double>(map.expiries.size()), out);
}

// ---- smiles

/// Bid to ask of the options out of the money; a mark alone is a quote without a spread.
ExpiryFit as_fit(const ExpirySmileView& view) {
  ExpiryFit fit;
  fit.smile.expires = view.expiry;
  fit.smile.forward = *view.forward;
  for (const SmileQuoteView& quote : view.quotes) {
    const bool out = quote.right == OptionRight::call ? quote.strike >= *view.forward
                                                      : quote.strike < *view.forward;
    if (!out) continue;
    SmileQuote mark{.log_strike = std::log(quote.strike / *view.forward)};
    mark.bid = quote.bid_vol;
    mark.ask = quote.ask_vol;
    if (!mark.bid && !mark.ask) mark.bid = mark.ask = quote.mark_vol;
    ++(mark.bid && mark.ask ? fit.smile.two_sided : fit.smile.one_sided);
    fit.smile.quotes.push_back(mark);
  }
  for (const SmileCurvePoint& point : view.curve)
    fit.curve.push_back({std::log(point.strike / *view.forward), point.vol});
  return fit;
}

std::string smile_figures(const SmileView& view) {
  std::string out;
  for (const ExpirySmileView& expiry : view.expiries) {
    if (!expiry.forward) continue;
    const std::string chart = smile_chart(as_fit(expiry));
    if (chart.empty()) continue;
    const std::string age =
        expiry.surface_age_seconds
            ? ", surface of " + seconds_text(expiry.surface_age_seconds) + " ago"
            : "";
    out += fmt::format("<figure><figcaption>{} <small>{} days{}</small></figcaption>{}</figure>\n",
                       time_text(expiry.expiry).substr(0, 10), number_text(expiry.days, 1), age,
                       chart);
  }
  if (out.empty()) return out;
  return R"(<h3 class="part">Smiles: surface as a line, bid to ask as bars, percent by strike</h3>)"
         R"(<div class="smiles">)" +
         out + "</div>";
}

std::string scenario_tables(const ScenarioView& view) {
  if (!view.unknown_reason.empty()) {
    return fmt::format(R"(<p class="note warning">Scenarios are unknown: {}</p>)",
                       escape_html(view.unknown_reason));
  }
  std::string out;
  for (std::size_t day = 0; day < view.days.size(); ++day) {
    const Sheet sheet = option_scenarios_sheet(view, day);
    if (sheet.empty()) continue;
    out +=
        fmt::format(R"(<h3 class="part">{}</h3>{})", escape_html(sheet.title), sheet_table(sheet));
  }
  return out;
}

std::string options_section(const OptionsReport& report) {
  std::string out = fmt::format(R"(<section class="factor"><h2>{}</h2>)",
                                escape_html(options_title(report.greeks)));
  if (!report.greeks.unknown_reason.empty()) {
    out += fmt::format(R"(<p class="note warning">Unknown: {}</p>)",
                       escape_html(report.greeks.unknown_reason));
  }
  if (report.explain.unknown_seconds > 0.0) {
    out += fmt::format(
        R"(<p class="note warning">For {} a position had no value: no profit is counted.</p>)",
        seconds_text(report.explain.unknown_seconds));
  }
  out += waterfall(report.explain);
  out += heat_map(report.greeks);
  const Sheet greeks = option_greeks_sheet(report.greeks);
  out += greeks.empty() ? R"(<p class="note">No options are held.</p>)" : sheet_table(greeks);
  out += scenario_tables(report.scenarios);
  return out + smile_figures(report.smile) + "</section>\n";
}

}  // namespace

std::string options_sections(const Report& report) {
  std::string out;
  for (const OptionsReport& one : report.options)
    out += options_section(one);
  return out.empty() ? out : out + sheet_section(option_explains_sheet(report));
}

std::string_view options_style() {
  return R"css(
.drawn{margin:0 0 14px}
.drawn figcaption{font-size:12px;font-weight:600;color:var(--quiet);padding-bottom:4px}
.falls,.heat{display:block;height:auto}
.falls text,.heat text{fill:var(--ink);font-size:11px}
.falls .gain,.heat .gain{fill:var(--band)}
.falls .loss,.heat .loss{fill:var(--bad)}
.falls .zero{stroke:var(--quiet)}
@media print{.falls,.heat{max-width:100%}}
)css";
}

}  // namespace ballast
