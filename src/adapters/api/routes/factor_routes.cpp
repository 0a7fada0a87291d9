// Factors: the adherence board, where each should be, what its numbers are made of.
#include <map>

#include <fmt/format.h>

#include "adapters/api/routes/handlers.hpp"
#include "adapters/api/routes/item_json.hpp"
#include "adapters/api/routes/live_paths.hpp"
#include "engine/report_factor.hpp"

namespace ballast::api {
namespace {

using WriteFactor = std::function<void(JsonWriter&, const DeskView&, FactorId)>;

Response all_factors(const DeskView& view,
                     const Request& request,
                     std::string_view list,
                     const WriteFactor& write,
                     const std::function<void(JsonWriter&)>& beside = {}) {
  const Desk& desk = view.engine.desk();
  BALLAST_ANSWER(page, page_of(request, list));
  return answer_page(
      view, page,
      {.list = list,
       .count = desk.factors.size(),
       .wanted = {},
       .name_of = [&](std::size_t i) { return factor_label(desk.factors[i]); },
       .write = [&](JsonWriter& out, std::size_t i) { write(out, view, FactorId{i}); },
       .beside = beside});
}

Response one_factor(const DeskView& view, const Request& request, const WriteFactor& write) {
  BALLAST_ANSWER(id, factor_named(view.engine.desk(), request.captures.at("key")));
  JsonWriter out(JsonWriter::Layout::compact);
  write(out, view, id);
  return ok(out);
}

/// `{"lines": [...]}`
void write_explanation(JsonWriter& out, const std::vector<Explanation>& lines) {
  out.begin_object();
  out.key("lines");
  write_lines(out, lines);
  out.end_object();
}

/// Who pushed each target that somebody pushed last, by its key: what the audit says.
using Pushers = std::map<std::string, std::string, std::less<>>;

Pushers pushers(const Services& services, const std::string& key) {
  Pushers out;
  if (!services.audit) return out;
  std::map<std::string, std::uint64_t> cleared;
  const auto latest = [&](std::string_view action, const auto& take) {
    const auto entries = services.audit({.before = {},
                                         .limit = key.empty() ? Page::limit_max : 1,
                                         .by = {},
                                         .action = std::string(action),
                                         .subject = key});
    if (!entries) return;
    for (const AuditEntry& entry : *entries)
      take(entry);
  };
  latest("target.clear", [&](const AuditEntry& e) { cleared.emplace(e.subject, e.seq); });
  latest("target.set", [&](const AuditEntry& e) {
    const auto at = cleared.find(e.subject);
    if (at == cleared.end() || at->second < e.seq) out.emplace(e.subject, e.by);
  });
  return out;
}

std::string_view pusher_of(const Pushers& pushers, std::string_view key) {
  const auto at = pushers.find(key);
  return at == pushers.end() ? std::string_view() : std::string_view(at->second);
}

std::string etag(std::uint64_t version) { return fmt::format("\"{:016x}\"", version); }

/// Asks the audit on the thread of the request, and the desk on its own.
Route reads_targets(const RouteContext& context,
                    std::string pattern,
                    std::string about,
                    std::string schema,
                    std::vector<ParameterDoc> parameters,
                    std::function<Response(const DeskView&, const Request&, const Pushers&)> look) {
  Route route = reads(context, std::move(pattern), std::move(about), std::move(schema),
                      std::move(parameters), {});
  route.handle = [&context, look = std::move(look)](const Request& request, Respond respond) {
    const auto key = request.captures.find("key");
    Pushers who = pushers(context.services, key == request.captures.end() ? "" : key->second);
    context.desk.query([look, request, who = std::move(who), respond = std::move(respond)](
                           const DeskView& view) { respond(look(view, request, who)); });
  };
  return route;
}

Response targets(const DeskView& view, const Request& request, const Pushers& who) {
  return all_factors(view, request, "targets",
                     [&](JsonWriter& out, const DeskView& desk, FactorId id) {
                       const TargetView target = target_view(desk.engine, id);
                       write_target(out, target, pusher_of(who, target.key));
                     });
}

Response target(const DeskView& view, const Request& request, const Pushers& who) {
  BALLAST_ANSWER(id, factor_named(view.engine.desk(), request.captures.at("key")));
  const TargetView target = target_view(view.engine, id);
  JsonWriter out(JsonWriter::Layout::compact);
  write_target(out, target, pusher_of(who, target.key));
  Response response = ok(out);
  response.headers.emplace_back("ETag", etag(target.version));
  return response;
}

void write_rails(JsonWriter& out, const Engine& engine) {
  const RailsConfig& rails = engine.desk().rails;
  const Gate& gate = engine.control().gate();
  out.begin_object();
  out.key("currency").value(engine.desk().asset(engine.desk().currency).name);
  write_money(out, "order_notional", rails.order_notional);
  write_money(out, "daily_notional", rails.daily_notional);
  write_money(out, "daily_notional_used", gate.sent_today(engine.now()));
  out.key("price_collar").value(rails.price_collar);
  out.key("messages").value(rails.messages);
  out.key("messages_used").value(gate.messages(engine.now()));
  write_money(out, "position_notional", rails.position_notional);
  out.key("stale_after").value(to_string(rails.stale_after));
  out.end_object();
}

/// The list of limits, with the guard rails beside them.
Response limits(const DeskView& view, const Request& request) {
  return all_factors(
      view, request, "limits",
      [](JsonWriter& out, const DeskView& desk, FactorId id) {
        write_limit(out, limit_view(desk.engine, id));
      },
      [&](JsonWriter& out) {
        out.key("rails");
        write_rails(out, view.engine);
      });
}

Response limit(const DeskView& view, const Request& request) {
  BALLAST_ANSWER(id, factor_named(view.engine.desk(), request.captures.at("key")));
  const LimitView limit = limit_view(view.engine, id);
  JsonWriter out(JsonWriter::Layout::compact);
  write_limit(out, limit);
  Response response = ok(out);
  response.headers.emplace_back("ETag", etag(limit.version));
  return response;
}

}  // namespace

void add_factor_routes(Table& table, const RouteContext& context) {
  const WriteFactor exposure = [&context](JsonWriter& out, const DeskView& view, FactorId id) {
    ExposureView row = exposure_view(view.engine, id);
    if (!row.since) row.since = context.paths.state_since(id);
    write_exposure(out, row);
  };
  table.push_back(reads(context, "/api/v1/exposures",
                        "The adherence board: every factor with its target, band and adherence.",
                        "ExposureList", with_page(),
                        [exposure](const DeskView& view, const Request& request) {
                          return all_factors(view, request, "exposures", exposure);
                        }));
  table.push_back(reads(context, "/api/v1/exposures/{key}", "One row of the adherence board.",
                        "Exposure", {}, [exposure](const DeskView& view, const Request& request) {
                          return one_factor(view, request, exposure);
                        }));
  const auto of_one = [&](std::string_view what, std::string_view about, std::string_view schema,
                          const WriteFactor& write) {
    table.push_back(reads(context, "/api/v1/" + std::string(what), std::string(about),
                          std::string(schema), {},
                          [write](const DeskView& view, const Request& request) {
                            return one_factor(view, request, write);
                          }));
  };
  of_one("factors/{key}", "One factor of the report, since the start.", "FactorReport",
         [](JsonWriter& out, const DeskView& view, FactorId id) {
           write_factor(out, view.engine.factor_report(id));
         });
  of_one("factors/{key}/explain", "What a factor's number is made of.", "Explanation",
         [](JsonWriter& out, const DeskView& view, FactorId id) {
           write_explanation(out, view.engine.explain(id));
         });
  of_one("targets/{key}/explain", "How a factor's target came about, stage by stage.",
         "Explanation", [](JsonWriter& out, const DeskView& view, FactorId id) {
           write_explanation(out, view.engine.explain_target(id));
         });
  table.push_back(reads_targets(context, "/api/v1/targets", "Where every factor should be.",
                                "TargetList", with_page(), targets));
  table.push_back(reads_targets(context, "/api/v1/targets/{key}",
                                "Where a factor should be, with the ETag of what may be changed.",
                                "Target", {}, target));
  table.push_back(reads(context, "/api/v1/limits",
                        "Every factor's hard limit and how much of it is used; the guard rails.",
                        "LimitList", with_page(), limits));
  table.push_back(reads(context, "/api/v1/limits/{key}", "A factor's hard limit, with its ETag.",
                        "Limit", {}, limit));
}

}  // namespace ballast::api
