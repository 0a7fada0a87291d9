// The sheets about control: proposals, their costs, quotes.
#include <algorithm>

#include <fmt/format.h>

#include "adapters/report/figures.hpp"
#include "adapters/report/sheet.hpp"

namespace ballast {
namespace {

constexpr std::size_t listed_proposals_max = 50;

std::string count_text(std::uint32_t count) {
  return count == 0 ? std::string(no_figure) : fmt::format("{}", count);
}

std::string failures_text(const ControlReport& control) {
  std::string text;
  for (const auto& [reason, count] : control.failed) {
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, words_text(reason));
  }
  return text.empty() ? std::string(no_figure) : text;
}

/// The weightiest reasons: a table has room for few, the JSON report for all.
std::string shares_text(std::string_view side,
                        const std::vector<std::pair<std::string, double>>& reasons) {
  constexpr std::size_t shown_max = 2;
  std::string text;
  for (std::size_t i = 0; i < std::min(reasons.size(), shown_max); ++i) {
    const auto& [reason, share] = reasons[i];
    text += fmt::format("{}{} {}", i == 0 ? fmt::format("{}: ", side) : ", ", words_text(reason),
                        percent_text(share));
  }
  if (reasons.size() > shown_max) text += ", ...";
  return text;
}

Tone outcome_tone(const std::string& state) {
  if (state == "verified") return Tone::good;
  if (state == "failed" || state == "blocked") return Tone::critical;
  return state == "nothing_possible" || state == "expired" ? Tone::warning : Tone::plain;
}

}  // namespace

Sheet control_sheet(const Report& report) {
  Sheet sheet{"Control",
              {{"Factor"},
               {"Proposals", Align::number},
               {"Verified", Align::number},
               {"Failed"},
               {"Blocked", Align::number},
               {"Nothing possible", Align::number},
               {"Refused or late", Align::number},
               {"Withdrawn", Align::number},
               {"Waiting", Align::number},
               {"Under way", Align::number},
               {"Median way back", Align::number},
               {"Breaker trips", Align::number}},
              {}};
  for (const ControlReport& c : report.control) {
    sheet.rows.push_back({{factor_text(c.factor, c.book)},
                          {fmt::format("{}", c.proposals)},
                          {count_text(c.verified)},
                          {failures_text(c)},
                          {count_text(c.blocked)},
                          {count_text(c.nothing_possible)},
                          {count_text(c.rejected + c.expired)},
                          {count_text(c.withdrawn)},
                          {count_text(c.awaiting_approval)},
                          {count_text(c.under_way)},
                          {seconds_text(c.median_seconds_back)},
                          {c.breaker_tripped ? fmt::format("{}, tripped", c.breaker_trips)
                                             : count_text(c.breaker_trips),
                           c.breaker_tripped ? Tone::critical : Tone::plain}});
  }
  return sheet;
}

Sheet actions_sheet(const Report& report) {
  Sheet sheet{fmt::format("Cost of control, {}", report.currency),
              {{"Factor"},
               {"Action"},
               {"Proposed", Align::number},
               {"Carried out", Align::number},
               {"Expected cost", Align::number},
               {"Realised cost", Align::number},
               {"Quantity", Align::number},
               {"In"}},
              {}};
  for (const ControlReport& c : report.control) {
    for (const ActionReport& a : c.actions) {
      if (a.proposals == 0) continue;
      sheet.rows.push_back({{factor_text(c.factor, c.book)},
                            {a.action},
                            {fmt::format("{}", a.proposals)},
                            {fmt::format("{}", a.carried_out)},
                            {number_text(a.expected_cost)},
                            {number_text(a.realised_cost)},
                            {number_text(a.quantity, 4)},
                            {c.unit}});
    }
  }
  return sheet;
}

Sheet weighed_sheet(const Report& report) {
  Sheet sheet{fmt::format("What the last proposal weighed, {}", report.currency),
              {{"Factor"},
               {"Action"},
               {"Verdict"},
               {"Cost", Align::number},
               {"Risk meanwhile", Align::number},
               {"Total", Align::number},
               {"Takes", Align::number},
               {"Remark"}},
              {}};
  for (const ControlReport& c : report.control) {
    for (const OptionReport& o : c.last_options) {
      const std::string_view verdict = o.chosen      ? "chosen"
                                       : !o.possible ? "not possible"
                                       : !o.in_time  ? "not in time"
                                                     : "dearer";
      sheet.rows.push_back({{factor_text(c.factor, c.book)},
                            {o.action},
                            {std::string(verdict), o.chosen ? Tone::good : Tone::plain},
                            {number_text(o.cost)},
                            {number_text(o.risk_cost)},
                            {number_text(o.total)},
                            {seconds_text(o.seconds)},
                            {o.why.empty() ? std::string(no_figure) : o.why}});
    }
  }
  return sheet;
}

Sheet proposals_sheet(const Report& report) {
  Sheet sheet{"Proposals",
              {{"Proposed (UTC)"},
               {"Factor"},
               {"Deviation", Align::number},
               {"Action"},
               {"Expected cost", Align::number},
               {"Realised cost", Align::number},
               {"Quantity", Align::number},
               {"Outcome"},
               {"After", Align::number},
               {"Why"}},
              {}};
  struct Line {
    const ControlReport* control;
    const ProposalReport* proposal;
  };
  std::vector<Line> lines;
  for (const ControlReport& c : report.control) {
    for (const ProposalReport& p : c.latest)
      lines.push_back({&c, &p});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.proposal->since > b.proposal->since;
  });
  lines.resize(std::min(lines.size(), listed_proposals_max));
  for (const auto& [c, p] : lines) {
    std::optional<double> after;
    if (p->ended) after = (*p->ended - p->since).to_seconds();
    sheet.rows.push_back({{time_text(p->since)},
                          {factor_text(c->factor, c->book)},
                          {number_text(p->deviation, 4)},
                          {p->action},
                          {number_text(p->expected_cost)},
                          {number_text(p->realised_cost)},
                          {number_text(p->quantity, 4)},
                          {words_text(p->state), outcome_tone(p->state)},
                          {seconds_text(after)},
                          {p->reason}});
  }
  return sheet;
}

Sheet quotes_sheet(const Report& report) {
  Sheet sheet{"Quotes",
              {{"Instrument"},
               {"Account"},
               {"Book"},
               {"Factor"},
               {"Both sides", Align::number},
               {"Bid pulled", Align::number},
               {"Ask pulled", Align::number},
               {"Why"}},
              {}};
  for (const QuoteReport& q : report.quotes) {
    std::string why = shares_text("bid", q.bid_reasons);
    const std::string ask = shares_text("ask", q.ask_reasons);
    if (!why.empty() && !ask.empty()) why += "; ";
    why += ask;
    sheet.rows.push_back({{q.instrument},
                          {q.account},
                          {q.book},
                          {q.factor},
                          {percent_text(q.two_sided)},
                          {percent_text(q.bid_pulled)},
                          {percent_text(q.ask_pulled)},
                          {why.empty() ? std::string(no_figure) : why}});
  }
  return sheet;
}

}  // namespace ballast
