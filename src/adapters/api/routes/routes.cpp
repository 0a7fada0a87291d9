#include "adapters/api/routes/routes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/routes/backpressure.hpp"
#include "adapters/api/routes/handlers.hpp"
#include "adapters/api/routes/openapi.hpp"
#include "base/suggest.hpp"

namespace ballast::api {
namespace {

/// What a route does not document it does not take: an unknown parameter, or one given twice, is an
/// error that names it and not one that is silently of no effect.
std::optional<Response> wrong_parameter(const Route& route, const Request& request) {
  for (auto at = request.query.begin(); at != request.query.end(); ++at) {
    const std::string& name = at->first;
    if (request.query.count(name) > 1)
      return problem(400, "bad_parameter", fmt::format("{} is given more than once", name));
    const bool known = std::any_of(route.parameters.begin(), route.parameters.end(),
                                   [&](const ParameterDoc& p) { return p.name == name; });
    if (known) continue;
    std::vector<std::string> names;
    Suggestion suggestion(name);
    for (const ParameterDoc& p : route.parameters) {
      names.push_back(p.name);
      suggestion.consider(p.name);
    }
    return problem(400, "unknown_parameter",
                   names.empty()
                       ? fmt::format("`{}` is no parameter of this route, which takes none", name)
                       : fmt::format("`{}` is no parameter of this route{}; there are: {}", name,
                                     suggestion.text(), fmt::join(names, ", ")));
  }
  return std::nullopt;
}

void guard(Route& route) {
  Route documented = route;  // what the guard looks at; its handlers are not used
  documented.handle = {};
  documented.stream_lines = {};
  route.handle = [documented, handle = std::move(route.handle)](const Request& request,
                                                                Respond respond) {
    if (auto wrong = wrong_parameter(documented, request)) return respond(std::move(*wrong));
    handle(request, std::move(respond));
  };
  if (!route.stream_lines) return;
  route.stream_lines = [documented,
                        make = std::move(route.stream_lines)](const Request& request) -> LineTaker {
    if (auto wrong = wrong_parameter(documented, request)) {
      return [answer = *wrong](const LineBatch&, const std::function<void(LineAnswer)>& done) {
        done({.end = answer});
      };
    }
    return make(request);
  };
}

Response plain(int status, std::string text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text) + "\n";
  return response;
}

}  // namespace

struct Routes::State {
  const Services& services;
  Backpressure backpressure;
  RouteContext context;
  Table table;
  std::string openapi;

  State(DeskPort& desk, const LivePaths& paths, const Services& given)
      : services(given), backpressure(desk, {}), context{desk, paths, services, backpressure} {
    add_probes();
    add_desk_routes(table, context);
    add_holding_routes(table, context);
    add_factor_routes(table, context);
    add_adherence_routes(table, context);
    add_control_routes(table, context);
    add_option_routes(table, context);
    add_margin_routes(table, context);
    add_journal_routes(table, context);
    add_event_routes(table, context);
    add_target_changes(table, context);
    add_control_changes(table, context);
    add_admin_changes(table, context);
    add_own_routes();
    for (Route& route : table)
      guard(route);
    openapi = openapi_document(table, services.version);
  }

  Route& add(std::string pattern,
             std::optional<Permission> needs,
             std::string about,
             std::string produces,
             Handler handle) {
    Route route;
    route.pattern = std::move(pattern);
    route.needs = needs;
    route.about = std::move(about);
    route.response_schema =
        produces == "text/plain" ? R"({"type":"string"})" : R"({"type":"object"})";
    route.produces = std::move(produces);
    route.handle = std::move(handle);
    table.push_back(std::move(route));
    return table.back();
  }

  /// /livez says that the process answers, /readyz that the desk does, and takes events.
  void add_probes() {
    add("/livez", std::nullopt, "Whether the process lives.", "text/plain",
        [](const Request& /*request*/, Respond respond) { respond(plain(200, "ok")); });
    add("/readyz", std::nullopt, "Whether it serves; 503 with the reason.", "text/plain",
        [this](const Request& /*request*/, Respond respond) {
          context.desk.query([respond = std::move(respond)](const DeskView& view) {
            const LiveFigures& f = view.figures;
            if (f.failed) return respond(plain(503, "the journal has failed: " + *f.failed));
            if (f.draining) return respond(plain(503, "draining"));
            respond(plain(200, "ok"));
          });
        });
  }

  void add_own_routes() {
    add("/metrics", Permission::scrape, "Figures for Prometheus.", "text/plain",
        [this](const Request& /*request*/, Respond respond) {
          if (!services.metrics) return respond(not_available("metrics"));
          Response response = plain(200, {});
          response.content_type = "text/plain; version=0.0.4; charset=utf-8";
          response.body = services.metrics();
          respond(std::move(response));
        });
    add("/api/v1/openapi.json", Permission::none, "This document.", "application/json",
        [this](const Request& /*request*/, Respond respond) {
          Response response;
          response.body = openapi;
          respond(std::move(response));
        });
    // The server takes what upgrades; what comes here does not.
    add("/api/v1/stream", Permission::none, "A WebSocket that speaks JSON-RPC 2.0: see The stream.",
        "application/json", [](const Request& /*request*/, Respond respond) {
          Response response =
              problem(426, "upgrade_required", "this is a WebSocket: ask with Upgrade: websocket");
          response.headers.emplace_back("Upgrade", "websocket");
          respond(std::move(response));
        });
  }
};

Routes::Routes(DeskPort& desk, const LivePaths& paths, const Services& services)
    : state_(std::make_unique<State>(desk, paths, services)) {}

Routes::~Routes() = default;

const std::vector<Route>& Routes::table() const { return state_->table; }
const std::string& Routes::openapi() const { return state_->openapi; }

}  // namespace ballast::api
