#include "apps/ballast/service_api.hpp"

#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "adapters/api/routes/channels.hpp"
#include "adapters/api/routes/live_desk_port.hpp"
#include "adapters/api/routes/routes.hpp"
#include "adapters/api/server/server.hpp"
#include "adapters/metrics/live_metrics.hpp"
#include "adapters/metrics/metrics.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/journal_queries.hpp"
#include "apps/ballast/system_clock.hpp"

namespace ballast {
namespace {

constexpr Duration stop_within = Duration::seconds(2);

/// Of this process, resident; 0 where the system does not say.
std::uint64_t memory_bytes() {
  std::uint64_t pages = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    unsigned long long total = 0;
    unsigned long long resident = 0;
    if (std::fscanf(file, "%llu %llu", &total, &resident) == 2) pages = resident;
    std::fclose(file);
  }
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

Result<std::unique_ptr<api::Tokens>> open_tokens(const ServiceApi::Options& options) {
  if (options.no_auth) return api::Tokens::no_auth();
  return api::Tokens::open(options.journal + ".tokens", {});
}

api::ServerOptions server_options(const ServiceApi::Options& options, metrics::Metrics& metrics) {
  api::ServerOptions server;
  server.address = options.listen.address;
  server.port = options.listen.port;
  server.hosts = options.service.hosts;
  if (!options.service.tls.certificate.empty()) {
    server.tls = api::TlsFiles{options.service.tls.certificate, options.service.tls.key};
  }
  server.observe = [&metrics](const api::AnsweredRequest& request) {
    metrics.count(metrics::HttpAnswer{.method = request.method,
                                      .route = request.route,
                                      .status = request.status,
                                      .role = request.role,
                                      .seconds = request.seconds});
  };
  return server;
}

api::TokenService token_service(api::Tokens& tokens) {
  const auto facts = [](const api::TokenInfo& info) {
    return api::TokenFacts{info.name, info.role, info.created, info.expires};
  };
  api::TokenService service;
  service.list = [&tokens, facts] {
    std::vector<api::TokenFacts> all;
    for (const api::TokenInfo& info : tokens.list())
      all.push_back(facts(info));
    return all;
  };
  service.create = [&tokens](const api::TokenFacts& wanted) {
    return tokens.create({wanted.name, wanted.role, wanted.expires});
  };
  service.problem = [&tokens] { return tokens.problem(); };
  service.revoke = [&tokens](const std::string& name) { return tokens.revoke(name); };
  service.expires = [&tokens](const std::string& name) -> std::optional<Timestamp> {
    for (const api::TokenInfo& info : tokens.list())
      if (info.name == name) return info.expires;
    return std::nullopt;
  };
  return service;
}

}  // namespace

struct ServiceApi::Impl {
  Impl(Options given, LiveDesk& desk, api::LivePaths& paths, std::unique_ptr<api::Tokens> opened)
      : options(std::move(given)),
        tokens(std::move(opened)),
        queries(options.journal),
        services(make_services()),
        hub(hub_options(), *tokens),
        channels(hub, paths, services),
        follower(paths, channels),
        live_metrics(metrics),
        port(desk),
        routes(port, paths, services) {
    metrics.ask_stream([this] {
      const api::HubFigures figures = hub.figures();
      return metrics::StreamFigures{figures.clients, figures.messages, figures.dropped};
    });
    metrics.ask_sinks([this] { return sink_figures(); });
    desk.observe(follower);
    desk.observe(live_metrics);
  }

  api::Services make_services() {
    api::Services made;
    made.version = BALLAST_VERSION;
    made.mode = options.mode;
    made.speed = [clock = options.clock] { return clock->speed(); };
    made.journal_file = options.journal;
    made.config = options.config;
    made.wall = [] { return Timestamp{machine_clocks().wall()}; };
    made.memory_bytes = memory_bytes;
    made.sinks = [this] { return sink_health(); };
    made.stream = [this] {
      const api::HubFigures figures = hub.figures();
      return api::StreamFacts{figures.clients, figures.messages_per_second, figures.dropped};
    };
    made.http = [this] {
      const api::ServerFigures figures = server ? server->figures() : api::ServerFigures{};
      return api::HttpFacts{figures.connections, figures.requests};
    };
    made.metrics = [this] { return metrics.render(); };
    made.calendar = [this](const api::CalendarQuery& query) { return queries.calendar(query); };
    made.events = [this](std::uint64_t from, std::size_t limit) {
      return queries.events(from, limit);
    };
    made.audit = [this](const api::AuditQuery& query) { return queries.audit(query); };
    if (!options.no_auth) made.tokens = token_service(*tokens);
    made.reload = options.reload;
    return made;
  }

  api::HubOptions hub_options() {
    api::HubOptions made;
    made.version = BALLAST_VERSION;
    made.submit = [this](api::StreamEvents events, api::Respond respond) {
      submit(std::move(events), std::move(respond));
    };
    return made;
  }

  /// Events of the stream are answered by the route of those of HTTP.
  void submit(api::StreamEvents events, api::Respond respond);

  std::vector<api::SinkHealth> sink_health() const {
    std::vector<api::SinkHealth> all;
    for (const SinkHealth& sink : options.sinks())
      all.push_back({sink.name, sink.queued, sink.failing_since, sink.last_error.value_or("")});
    return all;
  }
  std::vector<metrics::SinkFigures> sink_figures() const {
    std::vector<metrics::SinkFigures> all;
    for (const SinkHealth& sink : options.sinks())
      all.push_back(
          {sink.name, sink.queued, sink.delivered, sink.given_up, sink.failing_since.has_value()});
    return all;
  }

  Options options;
  std::unique_ptr<api::Tokens> tokens;
  metrics::Metrics metrics;
  JournalQueries queries;
  std::unique_ptr<api::Server> server;  // made last, gone first; `services` asks it
  api::Services services;
  api::StreamHub hub;
  api::Channels channels;
  api::LiveFollower follower;
  metrics::LiveMetrics live_metrics;
  api::LiveDeskPort port;
  api::Routes routes;
};

void ServiceApi::Impl::submit(api::StreamEvents events, api::Respond respond) {
  api::Request request;
  request.method = api::Method::post;
  request.path = "/api/v1/events";
  request.by = std::move(events.by);
  request.headers["content-type"] = "application/json";
  if (!events.key.empty()) request.headers["idempotency-key"] = std::move(events.key);
  if (events.atomic) request.query.emplace("atomic", "true");
  request.body = fmt::format("[{}]", fmt::join(events.events, ","));
  for (const api::Route& route : routes.table()) {
    if (route.method == request.method && route.pattern == request.path)
      return route.handle(request, std::move(respond));
  }
}

ServiceApi::ServiceApi(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ServiceApi::~ServiceApi() { impl_->server.reset(); }

Result<std::unique_ptr<ServiceApi>> ServiceApi::create(Options options,
                                                       LiveDesk& desk,
                                                       api::LivePaths& paths) {
  BALLAST_TRY(tokens, open_tokens(options));
  auto impl = std::make_unique<Impl>(std::move(options), desk, paths, std::move(tokens));
  BALLAST_TRY(server,
              api::Server::create(server_options(impl->options, impl->metrics), *impl->tokens,
                                  impl->routes.table(), api::dashboard(), impl->hub));
  impl->server = std::move(server);
  return std::unique_ptr<ServiceApi>(new ServiceApi(std::move(impl)));
}

Result<void> ServiceApi::start() {
  impl_->server->start();
  if (impl_->options.no_auth) complain("no token is asked for: whoever reaches it may do anything");
  complain("the dashboard: " + address());
  return {};
}

void ServiceApi::stop() { impl_->server->stop(stop_within); }

std::string ServiceApi::address() const {
  std::string address = impl_->server->address() + "/";
  if (const auto token = impl_->tokens->first_token()) address += "#token=" + *token;
  return address;
}

}  // namespace ballast
