#include "adapters/api/routes/schemas.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/contract.hpp"
#include "json/json_writer.hpp"

namespace ballast::api {
namespace {

using Layout = JsonWriter::Layout;

constexpr std::string_view figures_fields =
    "known_seconds number, unknown_fraction number, adherence number?, time_in_band number?, "
    "time_above number?, time_below number?, time_past_limit number?, bias number?, rms_z number?, "
    "max_abs_z number?, iae number?, ise number?, excursions Excursions, half_life_seconds "
    "number?, "
    "deviation_pnl decimal?, effectiveness number?, minimum_variance_index number?, "
    "out_of_band_seconds_by_cause map<number>, minimum_variance MinimumVariance?";

constexpr std::string_view alert_fields =
    "id string, rule string, factor string, episode integer, severity info|warning|critical, state "
    "ok|pending|firing|acknowledged, since time, book string, fired time?, cleared time?, value "
    "number?, reason string?";

constexpr std::string_view proposal_fields =
    "id string, key string, action none|wait|skew|hedge|transfer, state string, reason string?, "
    "because string?, since time, ended time?, deadline time?, deviation number, unit string, "
    "expected_cost number?, realised_cost number?, quantity number?, by string?, options Option[]";

constexpr std::string_view report_fields =
    "desk string, from time, to time, adherence number?, weights map<number>, factors "
    "FactorReport[], positions Position[], balances Balance[], alerts Alert[], events EventCounts, "
    "digest string, currency string, weights_basis string, tracking_risk number?, net_asset_value "
    "decimal?, ~restated_adherence number?, in_flight Flight[], breaks Break[], objectives "
    "Objective[], control ControlReport[], quotes QuoteReport[], refusals string[]";

constexpr std::string_view greeks_fields =
    "value number?, delta number?, delta_net number?, delta_equity number?, gamma number?, vega "
    "number?, theta number?, vanna number?, volga number?";

constexpr std::string_view pnl_parts =
    "delta number?, gamma number?, vega number?, theta number?, vanna number?, volga number?, "
    "new_trades number?, unexplained number?, total number?";

constexpr std::string_view expiry_fields =
    "expiry time, days number, state "
    "priced|no_forward|no_surface|out_of_range|unsettled|settled, forward number?, atm_vol "
    "number?, contracts number";

struct Part {
  std::string_view name;
  std::string_view fields;
  bool listed = false;  // there is a list of it, named so with List behind
};

constexpr Part parts[] = {
    {"Adherence", R"({"anyOf":[{"$ref":"#/components/schemas/Report"},)"
                  R"({"$ref":"#/components/schemas/SlidingWindow"},)"
                  R"({"$ref":"#/components/schemas/CalendarRows"}]})"},
    {"AdherenceByWindow",
     "5m number?, 1h number?, 6h number?, 24h number?, 30d number?, today number?, all number?"},
    {"Alert", alert_fields, true},
    {"AlertMark",
     "t number, id string, rule string, severity info|warning|critical, state "
     "ok|firing|acknowledged"},
    {"Audit",
     "seq integer, t time, by string, role string, action string, subject string, before any, "
     "after "
     "any, reason string?, event integer?",
     true},
    {"Balance", "venue string, account string, asset string, qty decimal", true},
    {"Break",
     "venue string, account string, subject string, stated decimal, ours decimal, since time, open "
     "boolean, candidates string[]",
     true},
    {"CalendarRows", "by hour|day|week|month, from time?, to time?, rows WindowRow[]"},
    {"Change", "~seq integer?, ~audit_seq integer, before any, after any"},
    {"ConfigFacts", "file string, sha256 string, loaded time"},
    {"ControlReport",
     "factor string, book string, unit string, proposals integer, verified integer, failed "
     "map<integer>, blocked integer, nothing_possible integer, rejected integer, expired integer, "
     "withdrawn integer, awaiting_approval integer, under_way integer, actions ActionReport[], "
     "median_seconds_back number?, breaker_trips integer, breaker_tripped boolean, latest "
     "ReportedProposal[], last_options Option[]"},
    {"ActionReport",
     "action string, proposals integer, carried_out integer, expected_cost number, realised_cost "
     "number?, quantity number?"},
    {"ReportedProposal",
     "id string, since time, ended time?, action string, state string, reason string, deviation "
     "number, expected_cost number?, realised_cost number?, quantity number?"},
    {"Controlled",
     "skew off|advise|approve|auto, hedge off|advise|approve|auto, transfer "
     "off|advise|approve|auto"},
    {"Desk",
     "name string, currency string, version string, mode live|simulated, speed number, grid "
     "string, "
     "assets string[], venues DeskVenue[], instruments DeskInstrument[], factors DeskFactor[], "
     "rules "
     "string[], config ConfigFacts?"},
    {"DeskFactor",
     "key string, factor string, book string, unit string, "
     "kind delta|cash|notional|channel|gamma|vega|theta, controlled Controlled?"},
    {"DeskInstrument", "name string, kind string, venue string, base string, quote string"},
    {"DeskVenue", "name string, accounts string[]"},
    {"EventCounts",
     "read integer, applied integer, duplicate integer, refused integer, late integer"},
    {"Events", R"({"anyOf":[{"type":"object"},{"type":"array","items":{"type":"object"}}],)"
               R"("description":"One event or an array of them, as docs/events.md describes; or )"
               R"(application/x-ndjson, an event a line."})"},
    {"Excursion", "from time, to time?, side above|below, worst_z number, cause string"},
    {"ExcursionNow", "seconds number, cause string"},
    {"Excursions",
     "count integer, longest_seconds number, mean_seconds number?, open_seconds number?, "
     "mean_seconds_between_starts number?"},
    {"Explanation", "lines Line[]"},
    {"Exposure",
     "key string, factor string, book string, unit string, state in_band|above|below|unknown, "
     "unknown_reason string?, actual decimal?, target decimal?, band range?, limit range?, "
     "deviation "
     "decimal?, z number?, skew number?, alpha number?, adherence AdherenceByWindow, "
     "time_in_band_today number?, excursion ExcursionNow?, cost_to_return decimal?, proposal "
     "OpenProposal?, overridden boolean, age_seconds number?, since time?",
     true},
    {"FactorPnl", "key string, pnl Profit?"},
    {"FillMark",
     "t number, origin string, side buy|sell, qty decimal, instrument string, price decimal"},
    {"Flight",
     "id string, asset string, qty decimal, from string, to string, sent time, overdue boolean"},
    {"Health",
     "status ok|degraded|stopped, problems HealthProblem[], now time, wall time, mode "
     "live|simulated, speed number, venues VenueHealth[], journal HealthJournal, kill_switches "
     "string[], breakers string[], alerts HealthAlerts, sinks Sink[]"},
    {"HealthAlerts", "firing integer, acknowledged integer"},
    {"HealthJournal", "last_seq integer, durable_seq integer, lag_seconds number, failed string?"},
    {"HealthProblem", "code string, severity info|warning|critical, detail string"},
    {"Http", "connections integer, requests integer"},
    {"Ingested",
     "accepted integer, applied integer, duplicate integer, refused integer, conflated integer, "
     "last_seq integer, errors IngestError[], ~total boolean"},
    {"IngestError", "index integer, code string, detail string"},
    {"Journal",
     "file string, last_seq integer, durable_seq integer, digest string, bytes integer, "
     "commit_seconds Percentiles"},
    {"KillRequest", "scope string, ~reason string?"},
    {"KillSwitch", "scope string, kind kill_switch|breaker, by string?, reason string, since time",
     true},
    {"Latencies", "step Percentiles, commit Percentiles, ack Percentiles"},
    {"Limit",
     "key string, unit string, limit range?, configured range?, used number?, overridden boolean, "
     "until time?, version string"},
    {"LimitChange", "limit range, reason string"},
    {"LimitList", "items Limit[], next string?, as_of time, seq integer, rails Rails"},
    {"Line", "depth integer, label string, value string"},
    {"Margin",
     "venue string, account string, currency string, model standard|portfolio, coins string[], "
     "as_of time, state unknown|covered|below_initial|below_maintenance, unknown_reason string?, "
     "equity number?, initial number?, maintenance number?, use number?, free number?, "
     "free_in_flight number?, age_seconds number?, positions MarginPosition[], by_coin "
     "CoinMargin[]",
     true},
    {"MarginPosition", "instrument string, coins number, initial number?, maintenance number?"},
    {"CoinMargin",
     "coin string, initial number, maintenance number, worst WorstScenario?, loss number, "
     "delta_shock number, roll_shock number"},
    {"WorstScenario", "price_move number, vol up|same|down, vol_move number, extended boolean"},
    {"Me", "name string, role viewer|trader|risk|admin|ingest|metrics, expires time?"},
    {"MinimumVariance",
     "index number, low number?, high number?, m integer, delay_samples integer, samples integer"},
    {"Objective",
     "objective string, factor string, goal number, measured number?, budget_remaining number?, "
     "burn_rates map<number?>"},
    {"OpenProposal", "id string, action string, state string"},
    {"Option",
     "action string, chosen boolean, possible boolean, in_time boolean, cost number?, risk_cost "
     "number?, total number?, seconds number?, why string?"},
    {"Order",
     "id string, venue string, account string, book string, instrument string, side buy|sell, qty "
     "decimal, filled decimal, booked decimal, state "
     "sent|working|filled|cancelled|rejected|unknown, cancelling boolean, origin string, proposal "
     "string?, sent time",
     true},
    {"Parameter",
     "name string, unit string, about string, value number?, std_error number?, observations "
     "integer, "
     "age_seconds number?, lack string?"},
    {"ParameterList", "items Parameters[], next string?, as_of time, seq integer"},
    {"Parameters", "instrument string, parameters Parameter[]"},
    {"OptionExpiry", expiry_fields},
    {"OptionExplain",
     "underlying string, quote string, book string, as_of time, seq integer, from time, to time, "
     "today PnlParts, all PnlParts, open PnlParts?, steps PnlStep[], unknown_seconds number, "
     "unknown_seconds_today number"},
    {"OptionGreeks",
     "underlying string, quote string, book string, as_of time, seq integer, total Greeks?, "
     "unknown_reason string?, expiries ExpiryGreeks[], lines LineGreeks[]"},
    {"OptionScenarios",
     "underlying string, quote string, book string, as_of time, seq integer, dynamics "
     "sticky_strike|sticky_delta, delta delta|delta_net|delta_equity, spot number[], vol number[], "
     "days number[], target ScenarioTargets, unknown_reason string?, cells ScenarioCell[]"},
    {"OptionSmile",
     "underlying string, book string, as_of time, seq integer, expiries ExpirySmile[]"},
    {"OptionUnderlying",
     "underlying string, quote string, books string[], state valued|unknown, unknown_reason "
     "string?, as_of time, expiries OptionExpiry[]",
     true},
    {"ExpirySmile",
     "expiry time, days number, forward number?, surface_age_seconds number?, curve CurvePoint[], "
     "quotes SmileQuote[], own SmileOwn[]"},
    {"CurvePoint", "strike number, vol number"},
    {"SmileQuote",
     "instrument string, strike number, right call|put, bid_vol number?, ask_vol number?, mark_vol "
     "number?"},
    {"SmileOwn", "strike number, contracts number, vega number?"},
    {"ScenarioBand", "factor string, target number, lower number, upper number"},
    {"ScenarioTargets", "delta ScenarioBand?, gamma ScenarioBand?, vega ScenarioBand?"},
    {"ScenarioCell",
     "pnl number, delta number, gamma number, vega number, theta number, delta_side "
     "below|inside|above?, gamma_side below|inside|above?, vega_side below|inside|above?"},
    {"Greeks", greeks_fields},
    {"PnlParts", pnl_parts},
    {"Path",
     "key string, unit string, from time, to time, t number[], actual number[], target number[], "
     "lower number[], upper number[], limit_lower number[], limit_upper number[], known boolean[], "
     "fills FillMark[], alerts AlertMark[], excursions Excursion[]"},
    {"Percentiles", "p50 number?, p99 number?"},
    {"Pnl",
     "currency string, factors FactorPnl[], positions PositionsPnl, net_asset_value decimal?"},
    {"Position",
     "venue string, account string, book string, instrument string, qty decimal, average_price "
     "decimal?, realized_pnl decimal, unrealized_pnl decimal?, fees map<decimal>, funding "
     "map<decimal>, settlement string, mark decimal?",
     true},
    {"PositionsPnl",
     "realized decimal?, unrealized decimal?, fees decimal?, funding decimal?, unpriced string[]"},
    {"Problem",
     "type string, title string, status integer, code string, detail string, ~errors "
     "ProblemPart[]"},
    {"ProblemPart", "index integer, detail string"},
    {"Profit",
     "spread decimal, target decimal, deviation decimal, basis decimal, funding decimal, fees "
     "decimal, total decimal"},
    {"Proposal", proposal_fields, true},
    {"Queue", "depth integer, capacity integer"},
    {"Quote",
     "instrument string, venue string, account string, book string, factor string, known boolean, "
     "bid decimal?, bid_qty decimal, ask decimal?, ask_qty decimal, bid_reason string?, ask_reason "
     "string?, two_sided number?",
     true},
    {"QuoteReport",
     "instrument string, account string, book string, factor string, known_seconds number, "
     "two_sided "
     "number?, bid_pulled number?, ask_pulled number?, bid_pulled_by_reason map<number>, "
     "ask_pulled_by_reason map<number>"},
    {"Rails",
     "currency string, order_notional decimal?, daily_notional decimal?, daily_notional_used "
     "decimal?, price_collar number?, messages integer?, messages_used integer, position_notional "
     "decimal?, stale_after string"},
    {"ReasonOnly", "~reason string?"},
    {"RearmRequest", "scope string, reason string"},
    {"Reloaded", "changed string[], audit_seq integer?"},
    {"Report", report_fields},
    {"Rule",
     "name string, when string, factors string[], severity info|warning|critical, objective "
     "boolean, "
     "for string?, clear number?, shelved_until time?",
     true},
    {"Shelving", "~until time?, ~for string?, ~reason string?"},
    {"Sink", "name string, queued integer, failing_since time?, last_error string?"},
    {"SlidingWindow", "window string, from time, to time, adherence number?, rows WindowRow[]"},
    {"StoredEvent", "seq integer, event any", true},
    {"Stream", "clients integer, messages_per_second number, dropped integer"},
    {"System",
     "version string, uptime_seconds number, events_per_second number, conflated integer, queue "
     "Queue, latency_seconds Latencies, journal Journal, memory_bytes integer?, stream Stream, "
     "http "
     "Http"},
    {"Target",
     "key string, unit string, target decimal?, band range?, limit range?, model string, stages "
     "string[], overridden boolean, until time?, pushed_by string?, known boolean, unknown_reason "
     "string?, version string",
     true},
    {"TargetPush", "~target number|decimal?, ~band range?, ~until time?, ~reason string?"},
    {"Token",
     "name string, role viewer|trader|risk|admin|ingest|metrics, created time?, expires time?",
     true},
    {"TokenMade", "~seq integer?, ~audit_seq integer, before any, after any, ~token string"},
    {"TokenRequest",
     "name string, role viewer|trader|risk|admin|ingest|metrics, ~expires time?, ~reason string?"},
    {"Transfer",
     "id string, asset string, qty decimal, from string, to string, sent time?, overdue boolean, "
     "state sent|arrived|failed, ended boolean",
     true},
    {"VenueHealth",
     "venue string, age_seconds number?, lag_seconds Percentiles, skew_seconds number?, gaps "
     "integer, longest_gap_seconds number, silent boolean, breaks integer, events_per_second "
     "number"},
};

// ---- the short form

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

void write_type(JsonWriter& out, std::string_view type);

void write_simple(JsonWriter& out, std::string_view type) { out.key("type").value(type); }

void write_any_of_null(JsonWriter& out, std::string_view type) {
  out.begin_object();
  out.key("anyOf").begin_array();
  write_type(out, type);
  out.begin_object();
  write_simple(out, "null");
  out.end_object();
  out.end_array();
  out.end_object();
}

void write_decimal(JsonWriter& out) {
  write_simple(out, "string");
  out.key("pattern").value("^-?[0-9]+(\\.[0-9]+)?$");
}

void write_enum(JsonWriter& out, std::string_view texts) {
  write_simple(out, "string");
  out.key("enum").begin_array();
  while (!texts.empty()) {
    const auto bar = texts.find('|');
    out.value(texts.substr(0, bar));
    texts.remove_prefix(bar == std::string_view::npos ? texts.size() : bar + 1);
  }
  out.end_array();
}

void write_type(JsonWriter& out, std::string_view type) {
  if (type.ends_with('?')) return write_any_of_null(out, type.substr(0, type.size() - 1));
  out.begin_object();
  if (type.ends_with("[]")) {
    write_simple(out, "array");
    out.key("items");
    write_type(out, type.substr(0, type.size() - 2));
  } else if (type.starts_with("map<")) {
    write_simple(out, "object");
    out.key("additionalProperties");
    write_type(out, type.substr(4, type.size() - 5));
  } else if (type == "range") {
    write_simple(out, "array");
    out.key("items");
    write_type(out, "decimal");
    out.key("minItems").value(2);
    out.key("maxItems").value(2);
  } else if (type == "decimal") {
    write_decimal(out);
  } else if (type == "time") {
    write_simple(out, "string");
    out.key("format").value("date-time");
  } else if (type == "number|decimal") {
    out.key("anyOf").begin_array();
    write_type(out, "number");
    write_type(out, "decimal");
    out.end_array();
  } else if (type.find('|') != std::string_view::npos) {
    write_enum(out, type);
  } else if (type.front() >= 'A' && type.front() <= 'Z') {
    out.key("$ref").value("#/components/schemas/" + std::string(type));
  } else if (type != "any") {
    write_simple(out, type);
  }
  out.end_object();
}

struct Field {
  std::string_view name, type;
  bool required = true;
};

std::vector<Field> fields_of(std::string_view text) {
  std::vector<Field> fields;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view one = trimmed(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    const auto space = one.find(' ');
    BALLAST_ASSERT(space != std::string_view::npos);
    Field field{one.substr(0, space), trimmed(one.substr(space)), true};
    if (field.name.starts_with('~')) {
      field.name.remove_prefix(1);
      field.required = false;
    }
    fields.push_back(field);
  }
  return fields;
}

}  // namespace

std::string json_schema(std::string_view text) {
  if (text.starts_with('{')) return std::string(text);
  const auto fields = fields_of(text);
  JsonWriter out(Layout::compact);
  out.begin_object();
  out.key("type").value("object");
  out.key("properties").begin_object();
  for (const Field& field : fields) {
    out.key(field.name);
    write_type(out, field.type);
  }
  out.end_object();
  out.key("required").begin_array();
  for (const Field& field : fields)
    if (field.required) out.value(field.name);
  out.end_array();
  out.key("additionalProperties").value(false);
  out.end_object();
  return out.text();
}

std::map<std::string, std::string> schemas() {
  std::map<std::string, std::string> out;
  for (const Part& part : parts) {
    const std::string name(part.name);
    out[name] = json_schema(part.fields);
    if (part.listed) {
      out[name + "List"] =
          json_schema("items " + name + "[], next string?, as_of time, seq integer");
    }
  }
  const std::string figures(figures_fields);
  out["WindowRow"] =
      json_schema("factor string, book string, unit string, from time, to time, " + figures);
  out["FactorReport"] = json_schema(fmt::format(
      "factor string, book string, unit string, actual decimal?, target decimal?, band range?, "
      "limit range?, deviation decimal?, z number?, state in_band|above|below|unknown, {}, pnl "
      "Profit?, skew number?, unknown_reason string?, ~restated_adherence number?, "
      "excursion_list Excursion[]",
      figures));
  out["ExpiryGreeks"] = json_schema(std::string(expiry_fields) + ", total Greeks?");
  out["LineGreeks"] = json_schema(fmt::format(
      "instrument string, expiry time, strike number, right call|put, contracts number, coins "
      "number, vol number?, mark number?, {}",
      greeks_fields));
  out["PnlStep"] = json_schema(fmt::format("from time, to time, {}", pnl_parts));
  out["ProposalInFull"] = json_schema(std::string(proposal_fields) + ", lines Line[]");
  return out;
}

}  // namespace ballast::api
