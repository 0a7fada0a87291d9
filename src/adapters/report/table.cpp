#include <fmt/format.h>

#include "adapters/report/figures.hpp"
#include "adapters/report/margin_sheets.hpp"
#include "adapters/report/option_sheets.hpp"
#include "adapters/report/render.hpp"
#include "adapters/report/screen.hpp"
#include "adapters/report/sheet.hpp"

namespace ballast {
namespace {

std::string events_text(const EventCounts& events) {
  return fmt::format("{} read, {} applied, {} duplicate, {} refused, {} late", events.read,
                     events.applied, events.duplicate, events.refused, events.late);
}

void put_header(Screen& screen, const Report& report) {
  screen.line(screen.bold(screen_text(report.desk)));
  screen.line(fmt::format("{} to {} UTC", time_text(report.from), time_text(report.to)));
  screen.line();
  screen.line(screen.bold(fmt::format("Adherence  {}", percent_text(report.adherence))));
  if (!report.weights_basis.empty()) {
    std::string weights;
    for (const auto& [factor, weight] : report.weights) {
      weights +=
          fmt::format("{}{} {:.3f}", weights.empty() ? "" : ", ", screen_text(factor), weight);
    }
    screen.line(fmt::format("{}{}{}", weights_text(screen_text(report.weights_basis)),
                            weights.empty() ? "" : ": ", weights));
  }
  if (report.restated_adherence) {
    screen.line(fmt::format("restated, late events at their own time: {}",
                            restated_text(report.adherence, *report.restated_adherence)));
  }
  if (report.net_asset_value) {
    screen.line(fmt::format("net asset value {} {}", money_text(report.net_asset_value->raw),
                            screen_text(report.currency)));
  }
  if (report.tracking_risk) {
    screen.line(fmt::format("tracking risk {} {} per square-root day",
                            number_text(report.tracking_risk), screen_text(report.currency)));
  }
}

void put_options(Screen& screen, const Report& report) {
  screen.sheet(option_explains_sheet(report));
  for (const OptionsReport& one : report.options) {
    screen.sheet(option_greeks_sheet(one.greeks));
    const std::string title = screen_text(options_title(one.greeks));
    for (const auto& [what, reason] :
         {std::pair{"are", &one.greeks.unknown_reason},
          std::pair{"have scenarios that are", &one.scenarios.unknown_reason}}) {
      if (reason->empty()) continue;
      screen.line(screen.toned(
          fmt::format("  {} {} unknown: {}", title, what, screen_text(*reason)), Tone::warning));
    }
    for (std::size_t day = 0; day < one.scenarios.days.size(); ++day)
      screen.sheet(option_scenarios_sheet(one.scenarios, day));
  }
}

void put_margins(Screen& screen, const Report& report) {
  screen.sheet(margins_sheet(report));
  for (const MarginView& view : report.margins) {
    if (view.unknown_reason.empty()) continue;
    screen.line(screen.toned(
        fmt::format("  the margin of {} in {} is unknown: {}", screen_text(account_text(view)),
                    screen_text(view.currency), screen_text(view.unknown_reason)),
        Tone::warning));
  }
  screen.sheet(margin_positions_sheet(report));
  screen.sheet(margin_coins_sheet(report));
}

}  // namespace

std::string render_table(const Report& report, TableStyle style) {
  Screen screen(style);
  put_header(screen, report);
  screen.sheet(factors_sheet(report));
  for (const FactorReport& f : report.factors) {
    if (f.unknown_reason.empty()) continue;
    screen.line(
        screen.toned(fmt::format("  {} is unknown: {}", screen_text(factor_text(f.factor, f.book)),
                                 screen_text(f.unknown_reason)),
                     Tone::warning));
  }
  screen.sheet(alerts_sheet(report));
  screen.sheet(breaks_sheet(report));
  screen.sheet(causes_sheet(report));
  screen.sheet(profit_sheet(report));
  put_options(screen, report);
  put_margins(screen, report);
  screen.sheet(control_sheet(report));
  screen.sheet(actions_sheet(report));
  screen.sheet(weighed_sheet(report));
  screen.sheet(quotes_sheet(report));
  screen.sheet(positions_sheet(report));
  screen.sheet(balances_sheet(report));
  screen.sheet(flights_sheet(report));
  screen.sheet(objectives_sheet(report));
  screen.line();
  screen.line(fmt::format("Events  {}", events_text(report.events)));
  for (const std::string& refusal : report.refusals) {
    screen.line(screen.toned(fmt::format("  {}", screen_text(refusal)), Tone::warning));
  }
  screen.line(fmt::format("Digest  {}", report.digest));
  return screen.take();
}

std::string render_windows_table(std::span<const WindowRow> rows, TableStyle style) {
  Screen screen(style);
  const Sheet sheet = windows_sheet(rows);
  if (sheet.empty()) screen.line("No window has any events.");
  screen.sheet(sheet);
  return screen.take();
}

}  // namespace ballast
