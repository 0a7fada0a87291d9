#include "adapters/report/option_sheets.hpp"

#include <array>

#include <fmt/format.h>

#include "adapters/report/figures.hpp"
#include "engine/option_views.hpp"

namespace ballast {
namespace {

std::string signed_text(double value, int digits) { return number_text(value, digits); }

Tone loss_tone(double value) { return value < 0.0 ? Tone::critical : Tone::plain; }

std::string day_text(Timestamp t) { return time_text(t).substr(0, 16); }

/// Value and greeks, dashes where there are none.
void put_greeks(std::vector<Cell>& row, const std::optional<GreekFigures>& figures) {
  const auto put = [&](double GreekFigures::*part, int digits) {
    row.push_back({number_text(figures ? std::optional((*figures).*part) : std::nullopt, digits)});
  };
  put(&GreekFigures::value, 2);
  put(&GreekFigures::delta, 4);
  put(&GreekFigures::delta_net, 4);
  put(&GreekFigures::gamma, 4);
  put(&GreekFigures::vega, 2);
  put(&GreekFigures::theta, 2);
}

std::string spot_text(double move) { return fmt::format("{:+.4g} %", 100.0 * move); }

std::string side_mark(BandSide side) {
  if (side == BandSide::below) return " \u25bc";
  return side == BandSide::above ? " \u25b2" : "";
}

}  // namespace

std::string options_title(const OptionsOf& of) {
  return "Options on " + factor_text(of.underlying, of.book);
}

std::string after_days(double days) {
  if (days == 0.0) return "now";
  return fmt::format("after {:.4g} day{}", days, days == 1.0 ? "" : "s");
}

Sheet option_explains_sheet(const Report& report) {
  Sheet sheet{"Profit and loss of options, by greek",
              {{"Options on"},
               {"In"},
               {"Delta", Align::number},
               {"Gamma", Align::number},
               {"Vega", Align::number},
               {"Theta", Align::number},
               {"Vanna", Align::number},
               {"Volga", Align::number},
               {"New trades", Align::number},
               {"Unexplained", Align::number},
               {"Total", Align::number},
               {"Unknown for", Align::number}},
              {}};
  for (const OptionsReport& one : report.options) {
    const ExplainView& view = one.explain;
    PnlExplain sum = view.all;
    if (view.open) sum += *view.open;
    std::vector<Cell> row{{factor_text(view.underlying, view.book)}, {view.quote}};
    for (const double part : {sum.delta, sum.gamma, sum.vega, sum.theta, sum.vanna, sum.volga,
                              sum.new_trades, sum.unexplained, sum.total()})
      row.push_back({signed_text(part, 2), loss_tone(part)});
    row.push_back(
        {view.unknown_seconds > 0.0 ? seconds_text(view.unknown_seconds) : std::string(no_figure)});
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet option_greeks_sheet(const GreeksView& view) {
  Sheet sheet{fmt::format("{}, in {}", options_title(view), view.quote),
              {{"Expiry (UTC)"},
               {"Strike", Align::number},
               {"Right"},
               {"Contracts", Align::number},
               {"Vol", Align::number},
               {"Value", Align::number},
               {"Delta", Align::number},
               {"Net delta", Align::number},
               {"Gamma, 1 %", Align::number},
               {"Vega, point", Align::number},
               {"Theta, day", Align::number}},
              {}};
  auto line = view.lines.begin();
  for (const OptionExpiryView& expiry : view.expiries) {
    if (expiry.contracts == 0.0) continue;
    for (; line != view.lines.end() && line->expiry == expiry.expiry; ++line) {
      sheet.rows.push_back({{day_text(line->expiry)},
                            {number_text(line->strike, 0)},
                            {line->right == OptionRight::call ? "call" : "put"},
                            {number_text(line->contracts, 1)},
                            {percent_text(line->vol)}});
      put_greeks(sheet.rows.back(), line->greeks);
    }
    const bool known = expiry.total.has_value();
    sheet.rows.push_back(
        {{day_text(expiry.expiry)},
         {"all"},
         {known ? "" : std::string(to_string(expiry.state)), known ? Tone::plain : Tone::warning},
         {number_text(expiry.contracts, 1)},
         {percent_text(expiry.atm_vol)}});
    put_greeks(sheet.rows.back(), expiry.total);
  }
  if (sheet.rows.empty()) return sheet;
  sheet.rows.push_back({{"all"}, {}, {}, {}, {}});
  put_greeks(sheet.rows.back(), view.total);
  return sheet;
}

Sheet option_scenarios_sheet(const ScenarioView& view, std::size_t day) {
  Sheet sheet{
      fmt::format(
          "Profit in {} {}, by points of volatility and spot{}", view.quote,
          after_days(view.days[day]),
          view.delta_target ? "; \u25bc \u25b2 where delta is below or above its band" : ""),
      {{"Vol"}},
      {}};
  for (const double move : view.spot)
    sheet.columns.push_back({spot_text(move), Align::number});
  if (view.cells.empty()) return sheet;
  auto cell =
      view.cells.begin() + static_cast<std::ptrdiff_t>(day * view.vol.size() * view.spot.size());
  for (const double shift : view.vol) {
    std::vector<Cell> row{{fmt::format("{:+.4g}", 100.0 * shift)}};
    for (std::size_t s = 0; s < view.spot.size(); ++s, ++cell) {
      const bool out = cell->delta_side == BandSide::below || cell->delta_side == BandSide::above;
      row.push_back({signed_text(cell->pnl, 0) + side_mark(cell->delta_side),
                     out ? Tone::warning : Tone::plain});
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

}  // namespace ballast
