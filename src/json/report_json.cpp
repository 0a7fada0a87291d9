#include "json/report_json.hpp"

#include "json/margin_json.hpp"
#include "json/option_json.hpp"

namespace ballast {
namespace {

using Layout = JsonWriter::Layout;

template <class Value>
void write_map(JsonWriter& out,
               std::string_view key,
               const std::vector<std::pair<std::string, Value>>& items) {
  out.key(key).begin_object(Layout::inline_);
  for (const auto& [name, value] : items)
    out.key(name).value(value);
  out.end_object();
}

void write_strings(JsonWriter& out,
                   std::string_view key,
                   const std::vector<std::string>& items,
                   Layout layout) {
  out.key(key).begin_array(layout);
  for (const auto& item : items)
    out.value(item);
  out.end_array();
}

void write_excursions(JsonWriter& out, const ExcursionFigures& excursions) {
  out.key("excursions").begin_object(Layout::inline_);
  out.key("count").value(excursions.count);
  out.key("longest_seconds").value(excursions.longest_seconds);
  out.key("mean_seconds").value(excursions.mean_seconds);
  out.key("open_seconds").value(excursions.open_seconds);
  out.key("mean_seconds_between_starts").value(excursions.mean_seconds_between_starts);
  out.end_object();
}

void write_minimum_variance(JsonWriter& out, const std::optional<MinimumVarianceFigures>& figures) {
  if (!figures) return out.key("minimum_variance").null();
  out.key("minimum_variance").begin_object(Layout::inline_);
  out.key("index").value(figures->index);
  out.key("low").value(figures->low);
  out.key("high").value(figures->high);
  out.key("m").value(figures->m);
  out.key("delay_samples").value(figures->delay_samples);
  out.key("samples").value(figures->samples);
  out.end_object();
}

void write_excursion_list(JsonWriter& out, const std::vector<ExcursionReport>& list) {
  out.key("excursion_list").begin_array();
  for (const auto& excursion : list)
    write_excursion(out, excursion);
  out.end_array();
}

template <class Item>
void write_list(JsonWriter& out,
                std::string_view key,
                const std::vector<Item>& items,
                void (*write)(JsonWriter&, const Item&)) {
  out.key(key).begin_array();
  for (const auto& item : items)
    write(out, item);
  out.end_array();
}

void write_action(JsonWriter& out, const ActionReport& a) {
  out.begin_object(Layout::inline_);
  out.key("action").value(a.action);
  out.key("proposals").value(a.proposals);
  out.key("carried_out").value(a.carried_out);
  out.key("expected_cost").value(a.expected_cost);
  out.key("realised_cost").value(a.realised_cost);
  out.key("quantity").value(a.quantity);
  out.end_object();
}

void write_events(JsonWriter& out, const EventCounts& events) {
  out.key("events").begin_object(Layout::inline_);
  out.key("read").value(events.read);
  out.key("applied").value(events.applied);
  out.key("duplicate").value(events.duplicate);
  out.key("refused").value(events.refused);
  out.key("late").value(events.late);
  out.end_object();
}

}  // namespace

void write_reason(JsonWriter& out, std::string_view key, std::string_view reason) {
  if (reason.empty()) return out.key(key).null();
  out.key(key).value(reason);
}

void write_range(JsonWriter& out, std::string_view key, const std::optional<Range>& range) {
  if (!range) return out.key(key).null();
  out.key(key).begin_array(Layout::inline_);
  out.value(range->lower);
  out.value(range->upper);
  out.end_array();
}

void write_excursion(JsonWriter& out, const ExcursionReport& excursion) {
  out.begin_object(Layout::inline_);
  out.key("from").value(excursion.from);
  out.key("to").value(excursion.to);
  out.key("side").value(excursion.above ? "above" : "below");
  out.key("worst_z").value(excursion.worst_z);
  out.key("cause").value(excursion.cause);
  out.end_object();
}

void write_figures(JsonWriter& out, const FactorFigures& f) {
  out.key("known_seconds").value(f.known_seconds);
  out.key("unknown_fraction").value(f.unknown_fraction);
  out.key("adherence").value(f.adherence);
  out.key("time_in_band").value(f.time_in_band);
  out.key("time_above").value(f.time_above);
  out.key("time_below").value(f.time_below);
  out.key("time_past_limit").value(f.time_past_limit);
  out.key("bias").value(f.bias);
  out.key("rms_z").value(f.rms_z);
  out.key("max_abs_z").value(f.max_abs_z);
  out.key("iae").value(f.iae);
  out.key("ise").value(f.ise);
  write_excursions(out, f.excursions);
  out.key("half_life_seconds").value(f.half_life_seconds);
  out.key("deviation_pnl").value(f.deviation_pnl);
  out.key("effectiveness").value(f.effectiveness);
  out.key("minimum_variance_index");
  if (f.minimum_variance) {
    out.value(f.minimum_variance->index);
  } else {
    out.null();
  }
  write_map(out, "out_of_band_seconds_by_cause", f.out_of_band_seconds_by_cause);
}

void write_profit(JsonWriter& out, const std::optional<FactorProfit>& profit) {
  if (!profit) return out.key("pnl").null();
  out.key("pnl").begin_object(Layout::inline_);
  out.key("spread").value(profit->spread);
  out.key("target").value(profit->target);
  out.key("deviation").value(profit->deviation);
  out.key("basis").value(profit->basis);
  out.key("funding").value(profit->funding);
  out.key("fees").value(profit->fees);
  out.key("total").value(profit->total);
  out.end_object();
}

void write_factor(JsonWriter& out, const FactorReport& f) {
  out.begin_object();
  out.key("factor").value(f.factor);
  out.key("book").value(f.book);
  out.key("unit").value(f.unit);
  out.key("actual").value(f.actual);
  out.key("target").value(f.target);
  write_range(out, "band", f.band);
  write_range(out, "limit", f.limit);
  out.key("deviation").value(f.deviation);
  out.key("z").value(f.z);
  out.key("state").value(f.state);
  write_figures(out, f);
  write_minimum_variance(out, f.minimum_variance);
  write_profit(out, f.profit);
  out.key("skew").value(f.skew);
  write_reason(out, "unknown_reason", f.unknown_reason);
  if (f.restated_adherence) out.key("restated_adherence").value(f.restated_adherence);
  write_excursion_list(out, f.excursion_list);
  out.end_object();
}

void write_position(JsonWriter& out, const PositionReport& p) {
  out.begin_object(Layout::inline_);
  out.key("venue").value(p.venue);
  out.key("account").value(p.account);
  out.key("book").value(p.book);
  out.key("instrument").value(p.instrument);
  out.key("qty").value(p.qty);
  out.key("average_price").value(p.average_price);
  out.key("realized_pnl").value(p.realized_pnl);
  out.key("unrealized_pnl").value(p.unrealized_pnl);
  write_map(out, "fees", p.fees);
  write_map(out, "funding", p.funding);
  out.key("settlement").value(p.settlement);
  out.key("mark").value(p.mark);
  out.end_object();
}

void write_alert(JsonWriter& out, const AlertReport& a) {
  out.begin_object(Layout::inline_);
  out.key("id").value(a.id);
  out.key("rule").value(a.rule);
  out.key("factor").value(a.factor);
  out.key("episode").value(a.episode);
  out.key("severity").value(a.severity);
  out.key("state").value(a.state);
  out.key("since").value(a.since);
  out.key("book").value(a.book);
  out.key("fired").value(a.fired);
  out.key("cleared").value(a.cleared);
  out.key("value").value(a.value);
  write_reason(out, "reason", a.reason);
  out.end_object();
}

void write_flight(JsonWriter& out, const FlightReport& f) {
  out.begin_object(Layout::inline_);
  out.key("id").value(f.id);
  out.key("asset").value(f.asset);
  out.key("qty").value(f.qty);
  out.key("from").value(f.from);
  out.key("to").value(f.to);
  out.key("sent").value(f.sent);
  out.key("overdue").value(f.overdue);
  out.end_object();
}

void write_break(JsonWriter& out, const BreakReport& b) {
  out.begin_object(Layout::inline_);
  out.key("venue").value(b.venue);
  out.key("account").value(b.account);
  out.key("subject").value(b.subject);
  out.key("stated").value(b.stated);
  out.key("ours").value(b.ours);
  out.key("since").value(b.since);
  out.key("open").value(b.open);
  write_strings(out, "candidates", b.candidates, Layout::inline_);
  out.end_object();
}

void write_objective(JsonWriter& out, const BurnReport& b) {
  out.begin_object(Layout::inline_);
  out.key("objective").value(b.objective);
  out.key("factor").value(b.factor);
  out.key("goal").value(b.goal);
  out.key("measured").value(b.measured);
  out.key("budget_remaining").value(b.budget_remaining);
  write_map(out, "burn_rates", b.burn_rates);
  out.end_object();
}

void write_balance(JsonWriter& out, const BalanceReport& b) {
  out.begin_object(Layout::inline_);
  out.key("venue").value(b.venue);
  out.key("account").value(b.account);
  out.key("asset").value(b.asset);
  out.key("qty").value(b.qty);
  out.end_object();
}

void write_option(JsonWriter& out, const OptionReport& o) {
  out.begin_object(Layout::inline_);
  out.key("action").value(o.action);
  out.key("chosen").value(o.chosen);
  out.key("possible").value(o.possible);
  out.key("in_time").value(o.in_time);
  out.key("cost").value(o.cost);
  out.key("risk_cost").value(o.risk_cost);
  out.key("total").value(o.total);
  out.key("seconds").value(o.seconds);
  write_reason(out, "why", o.why);
  out.end_object();
}

void write_proposal(JsonWriter& out, const ProposalReport& p) {
  out.begin_object(Layout::inline_);
  out.key("id").value(p.id);
  out.key("since").value(p.since);
  out.key("ended").value(p.ended);
  out.key("action").value(p.action);
  out.key("state").value(p.state);
  out.key("reason").value(p.reason);
  out.key("deviation").value(p.deviation);
  out.key("expected_cost").value(p.expected_cost);
  out.key("realised_cost").value(p.realised_cost);
  out.key("quantity").value(p.quantity);
  out.end_object();
}

void write_control(JsonWriter& out, const ControlReport& c) {
  out.begin_object();
  out.key("factor").value(c.factor);
  out.key("book").value(c.book);
  out.key("unit").value(c.unit);
  out.key("proposals").value(c.proposals);
  out.key("verified").value(c.verified);
  write_map(out, "failed", c.failed);
  out.key("blocked").value(c.blocked);
  out.key("nothing_possible").value(c.nothing_possible);
  out.key("rejected").value(c.rejected);
  out.key("expired").value(c.expired);
  out.key("withdrawn").value(c.withdrawn);
  out.key("awaiting_approval").value(c.awaiting_approval);
  out.key("under_way").value(c.under_way);
  write_list(out, "actions", c.actions, write_action);
  out.key("median_seconds_back").value(c.median_seconds_back);
  out.key("breaker_trips").value(c.breaker_trips);
  out.key("breaker_tripped").value(c.breaker_tripped);
  write_list(out, "latest", c.latest, write_proposal);
  write_list(out, "last_options", c.last_options, write_option);
  out.end_object();
}

void write_quote(JsonWriter& out, const QuoteReport& q) {
  out.begin_object(Layout::inline_);
  out.key("instrument").value(q.instrument);
  out.key("account").value(q.account);
  out.key("book").value(q.book);
  out.key("factor").value(q.factor);
  out.key("known_seconds").value(q.known_seconds);
  out.key("two_sided").value(q.two_sided);
  out.key("bid_pulled").value(q.bid_pulled);
  out.key("ask_pulled").value(q.ask_pulled);
  write_map(out, "bid_pulled_by_reason", q.bid_reasons);
  write_map(out, "ask_pulled_by_reason", q.ask_reasons);
  out.end_object();
}

void write_window(JsonWriter& out, const WindowRow& row) {
  out.begin_object(Layout::inline_);
  out.key("factor").value(row.factor);
  out.key("book").value(row.book);
  out.key("unit").value(row.unit);
  out.key("from").value(row.from);
  out.key("to").value(row.to);
  write_figures(out, row);
  write_minimum_variance(out, row.minimum_variance);
  out.end_object();
}

std::string render_json(const Report& report) {
  JsonWriter out;
  out.begin_object();
  out.key("desk").value(report.desk);
  out.key("from").value(report.from);
  out.key("to").value(report.to);
  out.key("adherence").value(report.adherence);
  write_map(out, "weights", report.weights);
  write_list(out, "factors", report.factors, write_factor);
  write_list(out, "positions", report.positions, write_position);
  write_list(out, "balances", report.balances, write_balance);
  write_list(out, "alerts", report.alerts, write_alert);
  write_events(out, report.events);
  out.key("digest").value(report.digest);
  // Extensions.
  out.key("currency").value(report.currency);
  out.key("weights_basis").value(report.weights_basis);
  out.key("tracking_risk").value(report.tracking_risk);
  out.key("net_asset_value").value(report.net_asset_value);
  if (report.restated_adherence) out.key("restated_adherence").value(report.restated_adherence);
  write_list(out, "in_flight", report.in_flight, write_flight);
  write_list(out, "breaks", report.breaks, write_break);
  write_list(out, "objectives", report.objectives, write_objective);
  write_list(out, "control", report.control, write_control);
  write_list(out, "quotes", report.quotes, write_quote);
  if (!report.options.empty()) write_list(out, "options", report.options, write_options_report);
  if (!report.margins.empty()) write_list(out, "margins", report.margins, write_margin);
  write_strings(out, "refusals", report.refusals, Layout::lines);
  out.end_object();
  return out.take();
}

std::string render_windows_json(std::span<const WindowRow> rows) {
  JsonWriter out;
  out.begin_array();
  for (const auto& row : rows)
    write_window(out, row);
  out.end_array();
  return out.take();
}

}  // namespace ballast
