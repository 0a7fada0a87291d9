// The desk as configured, its health, the service's own figures, the route's bearer.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "adapters/api/routes/handlers.hpp"
#include "adapters/api/routes/health_json.hpp"
#include "adapters/api/routes/item_json.hpp"
#include "engine/report_factor.hpp"

namespace ballast::api {
namespace {

template <class Things>
void write_names(JsonWriter& out, std::string_view key, const Things& things) {
  out.key(key).begin_array();
  for (const auto& thing : things)
    out.value(thing.name);
  out.end_array();
}

std::string_view factor_kind_text(FactorKind kind) {
  constexpr std::string_view texts[] = {"delta", "cash", "notional", "channel",
                                        "gamma", "vega", "theta"};
  return texts[static_cast<std::size_t>(kind)];
}

void write_factor_config(JsonWriter& out, const Desk& desk, FactorId id) {
  const FactorConfig& factor = desk.factor(id);
  out.begin_object();
  out.key("key").value(factor_label(factor));
  out.key("factor").value(factor.name);
  out.key("book").value(factor.book);
  out.key("unit").value(desk.asset(factor.unit).name);
  out.key("kind").value(factor_kind_text(factor.kind));
  out.key("controlled");
  if (const ControlConfig* const control = desk.find_control(id)) {
    out.begin_object();
    out.key("skew").value(to_string(control->skew));
    out.key("hedge").value(to_string(control->hedge));
    out.key("transfer").value(to_string(control->transfer));
    out.end_object();
  } else {
    out.null();
  }
  out.end_object();
}

void write_config(JsonWriter& out, const Services& services) {
  const auto facts = services.config ? services.config() : std::nullopt;
  out.key("config");
  if (!facts) return out.null();
  out.begin_object();
  out.key("file").value(facts->file);
  out.key("sha256").value(facts->sha256);
  out.key("loaded").value(facts->loaded);
  out.end_object();
}

Response desk_of(const Services& services, const DeskView& view) {
  const Desk& desk = view.engine.desk();
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("name").value(desk.name);
  out.key("currency").value(desk.asset(desk.currency).name);
  out.key("version").value(services.version);
  out.key("mode").value(services.mode);
  out.key("speed").value(services.speed ? services.speed() : 1.0);
  out.key("grid").value(to_string(desk.grid));
  write_names(out, "assets", desk.assets);
  out.key("venues").begin_array();
  for (const Venue& venue : desk.venues) {
    out.begin_object();
    out.key("name").value(venue.name);
    out.key("accounts").begin_array();
    for (const std::string& account : venue.accounts)
      out.value(account);
    out.end_array();
    out.end_object();
  }
  out.end_array();
  out.key("instruments").begin_array();
  for (const Instrument& instrument : desk.instruments) {
    out.begin_object();
    out.key("name").value(instrument.name);
    out.key("kind").value(to_string(instrument.kind));
    out.key("venue").value(desk.venue(instrument.venue).name);
    out.key("base").value(desk.asset(instrument.base).name);
    out.key("quote").value(desk.asset(instrument.quote).name);
    out.end_object();
  }
  out.end_array();
  out.key("factors").begin_array();
  for (std::size_t i = 0; i < desk.factors.size(); ++i)
    write_factor_config(out, desk, FactorId{i});
  out.end_array();
  out.key("rules").begin_array();
  for (const RuleConfig& rule : desk.rules)
    out.value(rule.name);
  for (const ObjectiveConfig& objective : desk.objectives)
    out.value(objective.name);
  out.end_array();
  write_config(out, services);
  out.end_object();
  return ok(out);
}

Response system_of(const Services& services, const DeskView& view) {
  const LiveFigures& f = view.figures;
  const StreamFacts stream = services.stream ? services.stream() : StreamFacts{};
  const HttpFacts http = services.http ? services.http() : HttpFacts{};
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("version").value(services.version);
  out.key("uptime_seconds").value(f.uptime_seconds);
  out.key("events_per_second").value(f.events_per_second);
  out.key("conflated").value(f.conflated);
  out.key("queue").begin_object();
  out.key("depth").value(f.queued);
  out.key("capacity").value(f.queue_capacity);
  out.end_object();
  out.key("latency_seconds").begin_object();
  write_latency(out, "step", f.step);
  write_latency(out, "commit", f.commit);
  write_latency(out, "ack", f.acknowledge);
  out.end_object();
  out.key("journal");
  write_journal(out, services, view);
  out.key("memory_bytes")
      .value(services.memory_bytes ? std::optional(services.memory_bytes()) : std::nullopt);
  out.key("stream").begin_object();
  out.key("clients").value(stream.clients);
  out.key("messages_per_second").value(stream.messages_per_second);
  out.key("dropped").value(stream.dropped);
  out.end_object();
  out.key("http").begin_object();
  out.key("connections").value(http.connections);
  out.key("requests").value(http.requests);
  out.end_object();
  out.end_object();
  return ok(out);
}

Response me(const Services& services, const Request& request) {
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("name").value(request.by.name);
  out.key("role").value(to_string(request.by.role));
  out.key("expires").value(services.tokens.expires ? services.tokens.expires(request.by.name)
                                                   : std::nullopt);
  out.end_object();
  return ok(out);
}

}  // namespace

void add_desk_routes(Table& table, const RouteContext& context) {
  table.push_back(reads(context, "/api/v1/health", "Whether all is well, and what is not.",
                        "Health", {}, [&context](const DeskView& view, const Request&) {
                          JsonWriter out(JsonWriter::Layout::compact);
                          write_health(out, context.services, view);
                          return ok(out);
                        }));
  Route bearer;
  bearer.pattern = "/api/v1/me";
  bearer.needs = Permission::none;
  bearer.about = "Who the token says you are.";
  bearer.response_schema = "Me";
  bearer.handle = [&context](const Request& request, Respond respond) {
    respond(me(context.services, request));
  };
  table.push_back(std::move(bearer));
  table.push_back(reads(context, "/api/v1/desk", "The desk as it is configured.", "Desk", {},
                        [&context](const DeskView& view, const Request&) {
                          return desk_of(context.services, view);
                        }));
  table.push_back(reads(context, "/api/v1/system", "The service's own figures.", "System", {},
                        [&context](const DeskView& view, const Request&) {
                          return system_of(context.services, view);
                        }));
}

}  // namespace ballast::api
