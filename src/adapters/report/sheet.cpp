#include "adapters/report/sheet.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "adapters/report/figures.hpp"

namespace ballast {
namespace {

template <class Tag>
std::string quantity_of(const std::optional<Fixed<Tag>>& value) {
  return value ? quantity_text(value->raw) : std::string(no_figure);
}

template <class Tag>
std::string money_of(const std::optional<Fixed<Tag>>& value) {
  return value ? money_text(value->raw) : std::string(no_figure);
}

std::string range_of(const std::optional<Range>& range) {
  if (!range) return std::string(no_figure);
  return fmt::format("[{}, {}]", quantity_text(range->lower.raw), quantity_text(range->upper.raw));
}

std::string amounts_of(const std::vector<std::pair<std::string, Amount>>& amounts) {
  std::string text;
  for (const auto& [asset, amount] : amounts) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", quantity_text(amount.raw), asset);
  }
  return text.empty() ? std::string(no_figure) : text;
}

std::string time_of(const std::optional<Timestamp>& t) {
  return t ? time_text(*t) : std::string(no_figure);
}

std::string longest_of(const ExcursionFigures& excursions) {
  return excursions.count == 0 ? std::string(no_figure) : seconds_text(excursions.longest_seconds);
}

std::string dominant_cause(const FactorFigures& figures) {
  if (figures.out_of_band_seconds_by_cause.empty()) return std::string(no_figure);
  return figures.out_of_band_seconds_by_cause.front().first;
}

Tone sign_tone(Int128 raw) { return raw < 0 ? Tone::critical : Tone::plain; }

bool active(const AlertReport& alert) {
  return alert.state == "firing" || alert.state == "acknowledged";
}

}  // namespace

std::vector<std::size_t> point_padding(const Sheet& sheet, std::size_t column) {
  std::vector<std::size_t> padding(sheet.rows.size(), 0);
  if (sheet.columns[column].align != Align::point) return padding;
  // The fraction of a cell: from its point to its end.
  const auto fraction = [&](std::size_t row) {
    const std::string& text = sheet.rows[row][column].text;
    const std::size_t point = text.rfind('.');
    return point == std::string::npos ? std::size_t{0} : text.size() - point;
  };
  std::size_t longest = 0;
  for (std::size_t row = 0; row < padding.size(); ++row) {
    longest = std::max(longest, fraction(row));
  }
  for (std::size_t row = 0; row < padding.size(); ++row)
    padding[row] = longest - fraction(row);
  return padding;
}

Tone state_tone(const FactorReport& factor) {
  if (factor.state == "in_band") return Tone::good;
  const bool past_limit =
      factor.actual && factor.limit &&
      (*factor.actual >= factor.limit->upper || *factor.actual <= factor.limit->lower);
  return past_limit && factor.state != "unknown" ? Tone::critical : Tone::warning;
}

Tone severity_tone(const AlertReport& alert) {
  if (!active(alert)) return Tone::plain;
  return alert.severity == "critical" ? Tone::critical : Tone::warning;
}

Sheet factors_sheet(const Report& report) {
  Sheet sheet{"Factors",
              {{"Factor"},
               {"Actual", Align::number},
               {"Target", Align::number},
               {"Band", Align::number},
               {"z", Align::number},
               {"State"},
               {"Adherence", Align::number},
               {"In band", Align::number},
               {"Unknown", Align::number},
               {"Max |z|", Align::number},
               {"Excursions", Align::number},
               {"Longest", Align::number},
               {"Effectiveness", Align::number},
               {"Main cause"}},
              {}};
  for (const FactorReport& f : report.factors) {
    sheet.rows.push_back({{factor_text(f.factor, f.book)},
                          {quantity_of(f.actual)},
                          {quantity_of(f.target)},
                          {range_of(f.band)},
                          {number_text(f.z)},
                          {words_text(f.state), state_tone(f)},
                          {percent_text(f.adherence)},
                          {percent_text(f.time_in_band)},
                          {percent_text(f.unknown_fraction)},
                          {number_text(f.max_abs_z)},
                          {fmt::format("{}", f.excursions.count)},
                          {longest_of(f.excursions)},
                          {percent_text(f.effectiveness)},
                          {dominant_cause(f)}});
  }
  return sheet;
}

Sheet causes_sheet(const Report& report) {
  Sheet sheet{"Time out of band, by cause",
              {{"Factor"}, {"Cause"}, {"Time", Align::number}, {"Share", Align::number}},
              {}};
  for (const FactorReport& f : report.factors) {
    double total = 0.0;
    for (const auto& [cause, seconds] : f.out_of_band_seconds_by_cause)
      total += seconds;
    for (const auto& [cause, seconds] : f.out_of_band_seconds_by_cause) {
      if (seconds <= 0.0) continue;
      sheet.rows.push_back({{factor_text(f.factor, f.book)},
                            {cause},
                            {seconds_text(seconds)},
                            {percent_text(seconds / total)}});
    }
  }
  return sheet;
}

Sheet profit_sheet(const Report& report) {
  Sheet sheet{fmt::format("Profit and loss, {}", report.currency),
              {{"Factor"},
               {"Spread", Align::number},
               {"Target", Align::number},
               {"Deviation", Align::number},
               {"Basis", Align::number},
               {"Funding", Align::number},
               {"Fees", Align::number},
               {"Total", Align::number}},
              {}};
  for (const FactorReport& f : report.factors) {
    if (!f.profit) continue;
    const FactorProfit& p = *f.profit;
    std::vector<Cell> row{{factor_text(f.factor, f.book)}};
    for (const Decimal part :
         {p.spread, p.target, p.deviation, p.basis, p.funding, p.fees, p.total}) {
      row.push_back({money_text(part.raw), sign_tone(part.raw)});
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet positions_sheet(const Report& report) {
  Sheet sheet{"Positions",
              {{"Venue"},
               {"Account"},
               {"Book"},
               {"Instrument"},
               {"Quantity", Align::point},
               {"Average price", Align::point},
               {"Mark", Align::point},
               {"Realised", Align::point},
               {"Unrealised", Align::point},
               {"In"},
               {"Fees", Align::number},
               {"Funding", Align::number}},
              {}};
  for (const PositionReport& p : report.positions) {
    // Coin-settled profit needs more than two digits; money-like settlement does not.
    const auto settled = [&](Amount amount) {
      return p.settlement == report.currency ? money_text(amount.raw) : quantity_text(amount.raw);
    };
    sheet.rows.push_back({{p.venue},
                          {p.account},
                          {p.book},
                          {p.instrument},
                          {quantity_text(p.qty.raw)},
                          {quantity_of(p.average_price)},
                          {quantity_of(p.mark)},
                          {settled(p.realized_pnl), sign_tone(p.realized_pnl.raw)},
                          {p.unrealized_pnl ? settled(*p.unrealized_pnl) : std::string(no_figure),
                           p.unrealized_pnl ? sign_tone(p.unrealized_pnl->raw) : Tone::plain},
                          {p.settlement},
                          {amounts_of(p.fees)},
                          {amounts_of(p.funding)}});
  }
  return sheet;
}

Sheet balances_sheet(const Report& report) {
  Sheet sheet{"Balances", {{"Venue"}, {"Account"}, {"Asset"}, {"Quantity", Align::point}}, {}};
  for (const BalanceReport& b : report.balances) {
    sheet.rows.push_back(
        {{b.venue}, {b.account}, {b.asset}, {quantity_text(b.qty.raw), sign_tone(b.qty.raw)}});
  }
  return sheet;
}

Sheet flights_sheet(const Report& report) {
  Sheet sheet{"Transfers in flight",
              {{"Transfer"},
               {"Asset"},
               {"Quantity", Align::point},
               {"From"},
               {"To"},
               {"Sent (UTC)"},
               {"State"}},
              {}};
  for (const FlightReport& f : report.in_flight) {
    sheet.rows.push_back(
        {{f.id},
         {f.asset},
         {quantity_text(f.qty.raw)},
         {f.from},
         {f.to},
         {time_text(f.sent)},
         {f.overdue ? "overdue" : "under way", f.overdue ? Tone::warning : Tone::plain}});
  }
  return sheet;
}

std::vector<std::size_t> alert_order(const std::vector<AlertReport>& alerts) {
  std::vector<std::size_t> order(alerts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (active(alerts[a]) != active(alerts[b])) return active(alerts[a]);
    return alerts[a].fired.value_or(alerts[a].since) < alerts[b].fired.value_or(alerts[b].since);
  });
  return order;
}

Sheet alerts_sheet(const Report& report) {
  Sheet sheet{"Alerts",
              {{"No.", Align::number},
               {"Rule"},
               {"Factor"},
               {"Episode", Align::number},
               {"Severity"},
               {"State"},
               {"Fired (UTC)"},
               {"Cleared (UTC)"},
               {"Last value", Align::number}},
              {}};
  const bool reasons = std::any_of(report.alerts.begin(), report.alerts.end(),
                                   [](const AlertReport& a) { return !a.reason.empty(); });
  if (reasons) sheet.columns.push_back({"Reason"});
  std::size_t number = 0;
  for (const std::size_t i : alert_order(report.alerts)) {
    const AlertReport& a = report.alerts[i];
    sheet.rows.push_back({{fmt::format("{}", ++number)},
                          {a.rule},
                          {factor_text(a.factor, a.book)},
                          {fmt::format("{}", a.episode)},
                          {a.severity},
                          {a.state, severity_tone(a)},
                          {time_of(a.fired)},
                          {time_of(a.cleared)},
                          {number_text(a.value)}});
    if (reasons) sheet.rows.back().push_back({a.reason});
  }
  return sheet;
}

Sheet breaks_sheet(const Report& report) {
  Sheet sheet{"Reconciliation breaks",
              {{"Venue"},
               {"Account"},
               {"Subject"},
               {"Stated", Align::point},
               {"Ours", Align::point},
               {"Since (UTC)"},
               {"State"},
               {"What could explain it"}},
              {}};
  std::vector<const BreakReport*> ordered;
  for (const BreakReport& b : report.breaks)
    ordered.push_back(&b);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const BreakReport* a, const BreakReport* b) { return a->open && !b->open; });
  for (const BreakReport* b : ordered) {
    sheet.rows.push_back(
        {{b->venue},
         {b->account},
         {b->subject},
         {quantity_text(b->stated.raw)},
         {quantity_text(b->ours.raw)},
         {time_text(b->since)},
         {b->open ? "open" : "closed", b->open ? Tone::warning : Tone::plain},
         {b->candidates.empty() ? std::string(no_figure)
                                : fmt::format("{}", fmt::join(b->candidates, "; "))}});
  }
  return sheet;
}

Sheet objectives_sheet(const Report& report) {
  Sheet sheet{"Objectives",
              {{"Objective"},
               {"Factor"},
               {"Goal", Align::number},
               {"Measured", Align::number},
               {"Budget left", Align::number},
               {"Burn rates"}},
              {}};
  for (const BurnReport& b : report.objectives) {
    std::string rates;
    for (const auto& [window, rate] : b.burn_rates) {
      rates += fmt::format("{}{} {}", rates.empty() ? "" : ", ", window,
                           rate ? number_text(rate) + "\u00d7" : std::string(no_figure));
    }
    const bool spent = b.budget_remaining && *b.budget_remaining <= 0.0;
    sheet.rows.push_back({{b.objective},
                          {b.factor},
                          {percent_text(b.goal)},
                          {percent_text(b.measured)},
                          {percent_text(b.budget_remaining), spent ? Tone::critical : Tone::plain},
                          {rates.empty() ? std::string(no_figure) : rates}});
  }
  return sheet;
}

Sheet windows_sheet(std::span<const WindowRow> rows) {
  Sheet sheet{"Windows",
              {{"From (UTC)"},
               {"To (UTC)"},
               {"Factor"},
               {"Adherence", Align::number},
               {"In band", Align::number},
               {"Past limit", Align::number},
               {"Unknown", Align::number},
               {"Bias z", Align::number},
               {"RMS z", Align::number},
               {"Max |z|", Align::number},
               {"Excursions", Align::number},
               {"Longest", Align::number},
               {"Effectiveness", Align::number},
               {"Deviation P&L", Align::number},
               {"Main cause"}},
              {}};
  for (const WindowRow& row : rows) {
    sheet.rows.push_back({{time_text(row.from)},
                          {time_text(row.to)},
                          {factor_text(row.factor, row.book)},
                          {percent_text(row.adherence)},
                          {percent_text(row.time_in_band)},
                          {percent_text(row.time_past_limit)},
                          {percent_text(row.unknown_fraction)},
                          {number_text(row.bias)},
                          {number_text(row.rms_z)},
                          {number_text(row.max_abs_z)},
                          {fmt::format("{}", row.excursions.count)},
                          {longest_of(row.excursions)},
                          {percent_text(row.effectiveness)},
                          {money_of(row.deviation_pnl)},
                          {dominant_cause(row)}});
  }
  return sheet;
}

}  // namespace ballast
