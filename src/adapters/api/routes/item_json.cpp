#include "adapters/api/routes/item_json.hpp"

#include <cmath>

#include <fmt/format.h>

#include "engine/report_factor.hpp"
#include "engine/report_items.hpp"

namespace ballast::api {
namespace {

void write_texts(JsonWriter& out, std::string_view key, const std::vector<std::string>& texts) {
  out.key(key).begin_array();
  for (const std::string& text : texts)
    out.value(text);
  out.end_array();
}

std::string version_text(std::uint64_t version) { return fmt::format("{:016x}", version); }

}  // namespace

void write_money(JsonWriter& out, std::string_view key, const std::optional<double>& value) {
  out.key(key);
  if (!value) return out.null();
  if (const auto exact = decimal_from_double<Decimal>(*value, 8)) return out.value(*exact);
  out.null();
}

void write_adherence(JsonWriter& out, const AdherenceView& adherence) {
  out.begin_object();
  for (std::size_t i = 0; i < board_windows.size(); ++i) {
    out.key(window_infos[static_cast<std::size_t>(board_windows[i])].name)
        .value(adherence.windows[i]);
  }
  out.key("today").value(adherence.today);
  out.key("all").value(adherence.all);
  out.end_object();
}

void write_desk_adherence(JsonWriter& out, const DeskAdherenceView& desk) {
  out.begin_object();
  out.key("key").value("desk");
  out.key("adherence");
  write_adherence(out, desk.adherence);
  out.key("weights_basis").value(desk.weights_basis);
  out.end_object();
}

void write_exposure(JsonWriter& out, const ExposureView& view) {
  out.begin_object();
  out.key("key").value(view.key);
  out.key("factor").value(view.factor);
  out.key("book").value(view.book);
  out.key("unit").value(view.unit);
  out.key("state").value(to_string(view.state));
  write_reason(out, "unknown_reason", view.unknown_reason);
  out.key("actual").value(view.actual);
  out.key("target").value(view.target);
  write_range(out, "band", view.band);
  write_range(out, "limit", view.limit);
  out.key("deviation").value(view.deviation);
  out.key("z").value(view.z);
  out.key("skew").value(view.skew);
  out.key("alpha").value(view.alpha);
  out.key("adherence");
  write_adherence(out, view.adherence);
  out.key("time_in_band_today").value(view.time_in_band_today);
  out.key("excursion");
  if (view.excursion) {
    out.begin_object();
    out.key("seconds").value(view.excursion->seconds);
    out.key("cause").value(view.excursion->cause);
    out.end_object();
  } else {
    out.null();
  }
  write_money(out, "cost_to_return", view.cost_to_return);
  out.key("proposal");
  if (view.proposal != nullptr) {
    out.begin_object();
    out.key("id").value(view.proposal->id);
    out.key("action").value(to_string(view.proposal->action));
    out.key("state").value(to_string(view.proposal->state));
    out.end_object();
  } else {
    out.null();
  }
  out.key("overridden").value(view.overridden);
  out.key("age_seconds").value(view.age_seconds);
  out.key("since").value(view.since);
  out.end_object();
}

void write_target(JsonWriter& out, const TargetView& view, std::string_view pushed_by) {
  out.begin_object();
  out.key("key").value(view.key);
  out.key("unit").value(view.unit);
  out.key("target");
  if (view.plan) {
    out.value(view.plan->target);
  } else {
    out.null();
  }
  write_range(out, "band", view.plan ? std::optional(view.plan->band) : std::nullopt);
  write_range(out, "limit", view.plan ? std::optional(view.plan->limit) : std::nullopt);
  out.key("model").value(view.model);
  out.key("stages").begin_array();
  for (const std::string_view stage : view.stages)
    out.value(stage);
  out.end_array();
  out.key("overridden").value(view.overridden());
  out.key("until").value(view.overridden() ? view.override->until : std::nullopt);
  write_reason(out, "pushed_by", view.overridden() ? pushed_by : std::string_view());
  out.key("known").value(view.known);
  write_reason(out, "unknown_reason", view.unknown_reason);
  out.key("version").value(version_text(view.version));
  out.end_object();
}

void write_limit(JsonWriter& out, const LimitView& view) {
  out.begin_object();
  out.key("key").value(view.key);
  out.key("unit").value(view.unit);
  write_range(out, "limit", view.limit);
  write_range(out, "configured", view.configured);
  out.key("used").value(view.used);
  out.key("overridden").value(view.overridden);
  out.key("until").value(view.until);
  out.key("version").value(version_text(view.version));
  out.end_object();
}

void write_lines(JsonWriter& out, const std::vector<Explanation>& lines) {
  out.begin_array();
  for (const Explanation& line : lines) {
    out.begin_object();
    out.key("depth").value(line.depth);
    out.key("label").value(line.label);
    out.key("value").value(line.value);
    out.end_object();
  }
  out.end_array();
}

void write_order(JsonWriter& out, const Desk& desk, const OpenOrder& order) {
  out.begin_object();
  out.key("id").value(order.id);
  out.key("venue").value(desk.venue(order.place.venue).name);
  out.key("account").value(order.place.account);
  out.key("book").value(order.book);
  out.key("instrument").value(desk.instrument(order.instrument).name);
  out.key("side").value(to_string(order.side));
  out.key("qty").value(order.qty);
  out.key("filled").value(order.filled);
  out.key("booked").value(order.booked);
  out.key("state").value(to_string(order.state));
  out.key("cancelling").value(order.cancelling);
  out.key("origin").value(to_string(order.origin));
  write_reason(out, "proposal", order.proposal.view());
  out.key("sent").value(order.sent);
  out.end_object();
}

void write_transfer(JsonWriter& out,
                    const Desk& desk,
                    const Books& books,
                    const TransferRecord& transfer,
                    Timestamp now) {
  constexpr std::array<std::string_view, 3> states{"sent", "arrived", "failed"};
  const FlightReport f = flight_report(desk, books, transfer, now);
  const bool over = transfer.state != TransferState::sent;
  out.begin_object();
  out.key("id").value(f.id);
  out.key("asset").value(f.asset);
  out.key("qty").value(f.qty);
  out.key("from").value(f.from);
  out.key("to").value(f.to);
  out.key("sent").value(transfer.sent_seen ? std::optional(f.sent) : std::nullopt);
  out.key("overdue").value(!over && f.overdue);
  out.key("state").value(states[static_cast<std::size_t>(transfer.state)]);
  out.key("ended").value(over);
  out.end_object();
}

void write_rule(JsonWriter& out, const RuleView& view) {
  out.begin_object();
  out.key("name").value(view.name);
  out.key("when").value(view.when);
  write_texts(out, "factors", view.factors);
  out.key("severity").value(to_string(view.severity));
  out.key("objective").value(view.objective);
  out.key("for").value(view.dwell ? std::optional(to_string(*view.dwell)) : std::nullopt);
  out.key("clear").value(view.clear);
  out.key("shelved_until").value(view.shelved_until);
  out.end_object();
}

void write_quote_now(JsonWriter& out, const QuoteView& view) {
  out.begin_object();
  out.key("instrument").value(view.instrument);
  out.key("venue").value(view.venue);
  out.key("account").value(view.account);
  out.key("book").value(view.book);
  out.key("factor").value(view.factor);
  out.key("known").value(view.known);
  out.key("bid").value(view.bid);
  out.key("bid_qty").value(view.bid_qty);
  out.key("ask").value(view.ask);
  out.key("ask_qty").value(view.ask_qty);
  write_reason(out, "bid_reason", view.bid_reason);
  write_reason(out, "ask_reason", view.ask_reason);
  out.key("two_sided").value(view.two_sided);
  out.end_object();
}

void write_stop(JsonWriter& out, const StopView& view) {
  out.begin_object();
  out.key("scope").value(view.scope);
  out.key("kind").value(view.breaker ? "breaker" : "kill_switch");
  write_reason(out, "by", view.by);
  out.key("reason").value(view.reason);
  out.key("since").value(view.since);
  out.end_object();
}

void write_venue_health(JsonWriter& out,
                        const Desk& desk,
                        const VenueHealth& health,
                        std::size_t breaks) {
  out.begin_object();
  out.key("venue").value(desk.venue(health.venue).name);
  out.key("age_seconds").value(health.age_seconds);
  out.key("lag_seconds").begin_object();
  out.key("p50").value(health.lag_p50_seconds);
  out.key("p99").value(health.lag_p99_seconds);
  out.end_object();
  out.key("skew_seconds").value(health.skew_seconds);
  out.key("gaps").value(health.gaps);
  out.key("longest_gap_seconds").value(health.longest_gap_seconds);
  out.key("silent").value(health.silent);
  out.key("breaks").value(breaks);
  out.key("events_per_second").value(health.events_per_second);
  out.end_object();
}

void write_parameters(JsonWriter& out, const Engine& engine, InstrumentId id) {
  out.begin_object();
  out.key("instrument").value(engine.desk().instrument(id).name);
  out.key("parameters").begin_array();
  for (std::size_t i = 0; i < estimate_infos.size(); ++i) {
    const EstimateKind kind = estimate_kind(i);
    const Learned learned = engine.learning().estimate(engine.now(), id, kind);
    const auto given = learned.given();
    const bool heard = learned.lack != Lack::never;
    out.begin_object();
    out.key("name").value(estimate_infos[i].name);
    out.key("unit").value(estimate_infos[i].unit);
    out.key("about").value(estimate_infos[i].about);
    out.key("value").value(given ? std::optional(given->value) : std::nullopt);
    out.key("std_error").value(given ? given->std_error : std::nullopt);
    out.key("observations").value(learned.estimate.observations);
    out.key("age_seconds").value(heard ? std::optional(learned.age.to_seconds()) : std::nullopt);
    write_reason(out, "lack", lack_text(learned));
    out.end_object();
  }
  out.end_array();
  out.end_object();
}

void write_full_proposal(JsonWriter& out,
                         const Desk& desk,
                         FactorId factor,
                         const Proposal& proposal,
                         const std::vector<Explanation>* lines) {
  const FactorConfig& config = desk.factor(factor);
  const ProposalReport p = proposal_report(proposal);
  out.begin_object();
  out.key("id").value(p.id);
  out.key("key").value(factor_label(config));
  out.key("action").value(p.action);
  out.key("state").value(p.state);
  write_reason(out, "reason", p.reason);
  write_reason(out, "because", proposal.because.view());
  out.key("since").value(p.since);
  out.key("ended").value(p.ended);
  out.key("deadline").value(is_open(proposal) ? std::optional(proposal.deadline) : std::nullopt);
  out.key("deviation").value(p.deviation);
  out.key("unit").value(desk.asset(config.unit).name);
  out.key("expected_cost").value(p.expected_cost);
  out.key("realised_cost").value(p.realised_cost);
  out.key("quantity").value(p.quantity);
  write_reason(out, "by", proposal.by.view());
  out.key("options").begin_array();
  for (const Option& option : proposal.options)
    write_option(out, option_report(proposal, option));
  out.end_array();
  if (lines != nullptr) {
    out.key("lines");
    write_lines(out, *lines);
  }
  out.end_object();
}

std::string position_key(const PositionReport& p) {
  return fmt::format("{}/{}/{}/{}", p.venue, p.account, p.book, p.instrument);
}
std::string balance_key(const BalanceReport& b) {
  return fmt::format("{}/{}/{}", b.venue, b.account, b.asset);
}
std::string break_key(const BreakReport& b) {
  return fmt::format("{}/{}/{}/{}", b.venue, b.account, b.subject, to_string(b.since));
}

}  // namespace ballast::api
