#include <algorithm>

#include <fmt/format.h>

#include "adapters/report/calibration_chart.hpp"
#include "adapters/report/figures.hpp"
#include "adapters/report/html_chart.hpp"
#include "adapters/report/html_options.hpp"
#include "adapters/report/html_style.hpp"
#include "adapters/report/html_tables.hpp"
#include "adapters/report/html_text.hpp"
#include "adapters/report/margin_sheets.hpp"
#include "adapters/report/render.hpp"
#include "adapters/report/sheet.hpp"

namespace ballast {
namespace {

constexpr std::size_t listed_excursions_max = 12;

/// A term and what it is, the value already HTML.
std::string term(std::string_view name, std::string_view value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
}

std::optional<Decimal> total_profit(const Report& report) {
  std::optional<Decimal> total;
  for (const FactorReport& f : report.factors) {
    // A book's own factors are part of the desk's; counting both would count twice.
    if (f.book != "*" || !f.profit) continue;
    auto sum = checked_add(total.value_or(Decimal{}), f.profit->total);
    if (!sum) return std::nullopt;
    total = *sum;
  }
  return total;
}

/// Money without the cents where those are noise.
std::string headline_text(Int128 raw) {
  return magnitude(raw) >= magnitude(decimal_one) * 10'000 ? fixed_text(raw, 0) : money_text(raw);
}

std::string money_term(std::string_view name, std::optional<Decimal> value, std::string_view unit) {
  if (!value) return {};
  return term(name,
              fmt::format("{} <small>{}</small>", headline_text(value->raw), escape_html(unit)));
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} <small>{}</small>", count, count == 1 ? one : many);
}

std::string tiles(const Report& report) {
  std::size_t in_band = 0;
  for (const FactorReport& f : report.factors)
    in_band += f.state == "in_band" ? 1U : 0U;
  const auto firing = static_cast<std::size_t>(std::count_if(
      report.alerts.begin(), report.alerts.end(),
      [](const AlertReport& a) { return a.state == "firing" || a.state == "acknowledged"; }));
  const auto open_breaks = static_cast<std::size_t>(std::count_if(
      report.breaks.begin(), report.breaks.end(), [](const BreakReport& b) { return b.open; }));
  std::string out = R"(<dl class="tiles">)";
  out += money_term("Profit and loss", total_profit(report), report.currency);
  out += money_term("Net asset value", report.net_asset_value, report.currency);
  if (report.tracking_risk) {
    out += term("Tracking risk",
                fmt::format("{} <small>{} / \u221aday</small>", number_text(report.tracking_risk),
                            escape_html(report.currency)));
  }
  out += term("In band now",
              fmt::format("{} <small>of {} factors</small>", in_band, report.factors.size()));
  out += term("Alerts",
              fmt::format("{} <small>firing, {} in all</small>", firing, report.alerts.size()));
  out += term("Reconciliation", count_of(open_breaks, "open break", "open breaks"));
  return out + "</dl>";
}

std::string adherence_hero(const Report& report) {
  if (!report.adherence) return R"(<p class="hero">&#8211;</p>)";
  std::string share = percent_text(report.adherence);
  share.erase(share.size() - 2);  // the sign is set smaller
  return fmt::format(R"(<p class="hero" aria-label="Adherence {0} %">{0}<small>%</small></p>)",
                     share);
}

std::string time_element(Timestamp t) {
  return fmt::format(R"(<time datetime="{}">{}</time>)", to_string(t), time_text(t));
}

std::string header(const Report& report) {
  std::string out = R"(<header class="head"><div><p class="kicker">Inventory adherence</p>)";
  out += fmt::format("<h1>{}</h1>", escape_html(report.desk));
  out += fmt::format(R"(<p class="span">{} to {} UTC, {}</p>)", time_element(report.from),
                     time_element(report.to), seconds_text((report.to - report.from).to_seconds()));
  out += adherence_hero(report);
  if (report.restated_adherence) {
    out += fmt::format(R"(<p class="note">Restated, with late events at their own time: {}</p>)",
                       restated_text(report.adherence, *report.restated_adherence));
  }
  out += "</div>" + tiles(report) + "</header>\n";
  if (!report.weights_basis.empty() && !report.weights.empty()) {
    out += fmt::format(R"(<p class="note">Desk adherence is the mean over its factors {}: )",
                       escape_html(weights_text(report.weights_basis)));
    for (std::size_t i = 0; i < report.weights.size(); ++i) {
      out += fmt::format("{}{} {:.3f}", i == 0 ? "" : ", ", escape_html(report.weights[i].first),
                         report.weights[i].second);
    }
    out += ".</p>\n";
  }
  return out;
}

std::string key_figures(const FactorReport& f) {
  std::string out = R"(<dl class="figures">)";
  out += term("In band", percent_text(f.time_in_band));
  out += term("Above", percent_text(f.time_above));
  out += term("Below", percent_text(f.time_below));
  out += term("At or past limit", percent_text(f.time_past_limit));
  out += term("Unknown", percent_text(f.unknown_fraction));
  out += term("Bias, z", number_text(f.bias));
  out += term("RMS z", number_text(f.rms_z));
  out += term("Largest |z|", number_text(f.max_abs_z));
  out += term("Excursions", fmt::format("{}", f.excursions.count));
  out += term("Longest", seconds_text(f.excursions.longest_seconds));
  out += term("Mean length", seconds_text(f.excursions.mean_seconds));
  out += term("Half-life", seconds_text(f.half_life_seconds));
  out += term("Effectiveness", percent_text(f.effectiveness));
  std::string index = "\u2013";
  if (f.minimum_variance) {
    index = number_text(f.minimum_variance->index);
    if (f.minimum_variance->low && f.minimum_variance->high) {
      index +=
          fmt::format(R"( <small class="quiet">({} to {})</small>)",
                      number_text(f.minimum_variance->low), number_text(f.minimum_variance->high));
    }
  }
  out += term("Min. variance index", index);
  return out + "</dl>";
}

/// The worst excursions in order of time.
Sheet excursions_sheet(const FactorReport& f) {
  std::vector<const ExcursionReport*> list;
  for (const ExcursionReport& e : f.excursion_list)
    list.push_back(&e);
  std::stable_sort(list.begin(), list.end(), [](const auto* a, const auto* b) {
    return std::abs(a->worst_z) > std::abs(b->worst_z);
  });
  list.resize(std::min(list.size(), listed_excursions_max));
  std::stable_sort(list.begin(), list.end(),
                   [](const auto* a, const auto* b) { return a->from < b->from; });
  Sheet sheet{
      fmt::format("Excursions of {}", factor_text(f.factor, f.book)),
      {{"From (UTC)"}, {"Length", Align::number}, {"Side"}, {"Worst z", Align::number}, {"Cause"}},
      {}};
  for (const ExcursionReport* e : list) {
    sheet.rows.push_back({{time_text(floor_to(e->from, Duration::seconds(1)))},
                          {e->to ? seconds_text((*e->to - e->from).to_seconds()) : "still open"},
                          {e->above ? "above" : "below"},
                          {number_text(e->worst_z)},
                          {e->cause}});
  }
  return sheet;
}

std::string excursions_block(const FactorReport& f) {
  const Sheet sheet = excursions_sheet(f);
  if (sheet.empty()) return {};
  const std::size_t count = std::max<std::size_t>(f.excursions.count, f.excursion_list.size());
  const std::string heading =
      count > sheet.rows.size()
          ? fmt::format("The {} worst of {} excursions", sheet.rows.size(), count)
          : std::string("Excursions");
  return fmt::format("<div><h3>{}</h3>{}</div>", heading, sheet_table(sheet));
}

std::string now_text(const FactorReport& f) {
  std::string out = fmt::format(R"(<span class="state {}">{}</span>)", tone_class(state_tone(f)),
                                escape_html(words_text(f.state)));
  if (f.actual && f.target) {
    out += fmt::format(R"( <span class="quiet">{} {} against {}, z {}</span>)",
                       quantity_text(f.actual->raw), escape_html(f.unit),
                       quantity_text(f.target->raw), number_text(f.z));
  }
  return out;
}

/// The proposals about a factor, where its chart marks them.
std::vector<ChartProposal> proposal_marks(const Report& report, const FactorReport& f) {
  std::vector<ChartProposal> marks;
  for (const ControlReport& c : report.control) {
    if (c.factor != f.factor || c.book != f.book) continue;
    for (const ProposalReport& p : c.latest) {
      const bool lost = p.state == "failed" || p.state == "blocked" || p.state == "expired" ||
                        p.state == "nothing_possible";
      marks.push_back({p.since, p.ended, lost});
    }
  }
  return marks;
}

std::string factor_section(const Report& report, std::size_t index) {
  const FactorReport& f = report.factors[index];
  const std::string id = fmt::format("factor-{}", index + 1);
  std::vector<ChartAlert> alerts;
  std::size_t number = 0;
  for (const std::size_t i : alert_order(report.alerts)) {
    const AlertReport& a = report.alerts[i];
    ++number;
    if (a.factor != f.factor || a.book != f.book || !a.fired) continue;
    alerts.push_back({number, *a.fired, a.cleared});
  }
  std::sort(alerts.begin(), alerts.end(),
            [](const auto& a, const auto& b) { return a.fired < b.fired; });

  std::string out = fmt::format(
      R"(<section class="factor" aria-labelledby="{0}"><div class="factor-head">)"
      R"(<h2 id="{0}">{1}</h2><p>{2}</p>)"
      R"(<p class="share">{3} <small>adherence</small></p></div>)",
      id, escape_html(factor_text(f.factor, f.book)), now_text(f), percent_text(f.adherence));
  if (!f.unknown_reason.empty()) {
    out += fmt::format(R"(<p class="note warning">Unknown: {}</p>)", escape_html(f.unknown_reason));
  }
  const auto marks = proposal_marks(report, f);
  const std::string chart = chart_html(f, report.from, report.to, {alerts, marks}, id);
  out += chart.empty() ? R"(<p class="note">The path of this factor was not recorded.</p>)" : chart;
  out += key_figures(f);
  out += R"(<div class="cols"><div>)" + causes_bars(f) + profit_bars(f, report.currency) +
         "</div>" + excursions_block(f) + "</div>";
  if (f.restated_adherence) {
    out += fmt::format(R"(<p class="note">Restated, with late events at their own time: {}</p>)",
                       restated_text(f.adherence, *f.restated_adherence));
  }
  return out + "</section>\n";
}

std::string control_section(const Report& report) {
  if (report.control.empty()) return {};
  std::string out = "<section><h2>Control</h2>" + sheet_table(control_sheet(report));
  for (const Sheet& sheet :
       {actions_sheet(report), weighed_sheet(report), proposals_sheet(report)}) {
    if (sheet.empty()) continue;
    out +=
        fmt::format(R"(<h3 class="part">{}</h3>{})", escape_html(sheet.title), sheet_table(sheet));
  }
  return out + "</section>\n";
}

std::string margin_section(const Report& report) {
  if (report.margins.empty()) return {};
  std::string out = "<section><h2>Margin</h2>";
  for (const MarginView& view : report.margins) {
    if (view.unknown_reason.empty()) continue;
    out += fmt::format(R"(<p class="note warning">The margin of {} in {} is unknown: {}</p>)",
                       escape_html(account_text(view)), escape_html(view.currency),
                       escape_html(view.unknown_reason));
  }
  out += sheet_table(margins_sheet(report));
  for (const Sheet& sheet : {margin_positions_sheet(report), margin_coins_sheet(report)}) {
    if (sheet.empty()) continue;
    out +=
        fmt::format(R"(<h3 class="part">{}</h3>{})", escape_html(sheet.title), sheet_table(sheet));
  }
  return out + "</section>\n";
}

std::string footer(const Report& report) {
  const EventCounts& e = report.events;
  std::string out = "<footer>";
  if (!report.refusals.empty()) {
    out += R"(<h2>Refused input</h2><ul class="refusals">)";
    for (const std::string& refusal : report.refusals) {
      out += fmt::format("<li>{}</li>", escape_html(refusal));
    }
    out += "</ul>";
  }
  out += fmt::format(
      "<p>Events: {} read, {} applied, {} duplicate, {} refused, {} late. State digest "
      "<code>{}</code>.</p>"
      "<p>Figures are rounded for reading; the JSON report holds every digit. Averages are over "
      "known "
      "time only.</p>",
      e.read, e.applied, e.duplicate, e.refused, e.late, escape_html(report.digest));
  return out + "</footer>\n";
}

}  // namespace

std::string render_html(const Report& report) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += R"(<meta name="viewport" content="width=device-width, initial-scale=1">)";
  out += R"(<meta name="color-scheme" content="light dark">)";
  out += fmt::format("\n<title>{}: inventory adherence {}</title>\n<style>",
                     escape_html(report.desk), percent_text(report.adherence));
  out += report_style;
  if (!report.options.empty()) {
    out += calibration_style();
    out += options_style();
  }
  out += "</style>\n</head>\n<body>\n<main>\n";
  out += header(report);
  out += sheet_section(factors_sheet(report));
  for (std::size_t i = 0; i < report.factors.size(); ++i)
    out += factor_section(report, i);
  out += options_sections(report);
  out += margin_section(report);
  out += sheet_section(alerts_sheet(report));
  out += control_section(report);
  out += sheet_section(quotes_sheet(report));
  out += sheet_section(breaks_sheet(report));
  out += sheet_section(objectives_sheet(report));
  out += sheet_section(positions_sheet(report));
  out += sheet_section(balances_sheet(report));
  out += sheet_section(flights_sheet(report));
  out += footer(report);
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace ballast
