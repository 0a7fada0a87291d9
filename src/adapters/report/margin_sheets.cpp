#include "adapters/report/margin_sheets.hpp"

#include <cmath>

#include <fmt/format.h>

#include "adapters/report/figures.hpp"

namespace ballast {
namespace {

/// Coins need more digits than money, and a currency may be either.
int digits_of(double amount) { return std::abs(amount) < 1'000.0 ? 4 : 2; }

Tone state_tone(MarginState state) {
  switch (state) {
    case MarginState::covered:
      return Tone::good;
    case MarginState::below_maintenance:
      return Tone::critical;
    case MarginState::below_initial:
    case MarginState::unknown:
      break;
  }
  return Tone::warning;
}

/// A dash where there is none.
void put_amount(std::vector<Cell>& row, const std::optional<double>& amount) {
  row.push_back({number_text(amount, digits_of(amount.value_or(0.0)))});
}

}  // namespace

std::string account_text(const MarginView& view) { return view.venue + "/" + view.account; }

std::string worst_text(const CoinMarginView& coin) {
  if (!coin.worst) return "none";
  const WorstScenario& worst = *coin.worst;
  std::string text = fmt::format("{:+.4g} %", 100.0 * worst.price_move);
  if (worst.vol == DeribitVolShock::same) return text + ", volatility the same";
  return text +
         fmt::format(", volatility {} ({:+.4g} %)", to_string(worst.vol), 100.0 * worst.vol_move);
}

Sheet margins_sheet(const Report& report) {
  Sheet sheet{"Margin",
              {{"Account"},
               {"In"},
               {"Model"},
               {"State"},
               {"Use", Align::number},
               {"Equity", Align::number},
               {"Initial", Align::number},
               {"Maintenance", Align::number},
               {"Free", Align::number},
               {"Free, all filled", Align::number},
               {"Oldest input", Align::number}},
              {}};
  for (const MarginView& view : report.margins) {
    std::vector<Cell> row{{account_text(view)},
                          {view.currency},
                          {view.model},
                          {words_text(to_string(view.state)), state_tone(view.state)}};
    const auto& figures = view.figures;
    row.push_back({percent_text(figures ? figures->use : std::nullopt)});
    for (double MarginFigures::*part : {&MarginFigures::equity, &MarginFigures::initial,
                                        &MarginFigures::maintenance, &MarginFigures::free})
      put_amount(row, figures ? std::optional((*figures).*part) : std::nullopt);
    put_amount(row, figures ? figures->free_in_flight : std::nullopt);
    row.push_back({seconds_text(figures ? figures->age_seconds : std::nullopt)});
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet margin_positions_sheet(const Report& report) {
  Sheet sheet{"Standard margin by position",
              {{"Account"},
               {"In"},
               {"Instrument"},
               {"Coins", Align::number},
               {"Initial", Align::number},
               {"Maintenance", Align::number}},
              {}};
  for (const MarginView& view : report.margins) {
    for (const MarginPosition& position : view.positions) {
      if (!position.initial) continue;
      std::vector<Cell> row{{account_text(view)}, {view.currency}, {position.instrument}};
      put_amount(row, position.coins);
      put_amount(row, position.initial);
      put_amount(row, position.maintenance);
      sheet.rows.push_back(std::move(row));
    }
  }
  return sheet;
}

Sheet margin_coins_sheet(const Report& report) {
  Sheet sheet{"Portfolio margin by coin",
              {{"Account"},
               {"In"},
               {"Coin"},
               {"Worst scenario"},
               {"Loss in it", Align::number},
               {"Delta shock", Align::number},
               {"Roll shock", Align::number},
               {"Initial", Align::number},
               {"Maintenance", Align::number}},
              {}};
  for (const MarginView& view : report.margins) {
    for (const CoinMarginView& coin : view.by_coin) {
      std::vector<Cell> row{{account_text(view)}, {view.currency}, {coin.coin}, {worst_text(coin)}};
      for (const double amount :
           {coin.loss, coin.delta_shock, coin.roll_shock, coin.initial, coin.maintenance})
        put_amount(row, amount);
      sheet.rows.push_back(std::move(row));
    }
  }
  return sheet;
}

}  // namespace ballast
