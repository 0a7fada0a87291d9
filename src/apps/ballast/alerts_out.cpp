#include "apps/ballast/alerts_out.hpp"

#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "adapters/config/alert_config.hpp"
#include "adapters/http_client/http_client.hpp"
#include "adapters/sink/sink_kinds.hpp"
#include "adapters/store/outbox_store.hpp"
#include "apps/ballast/system_clock.hpp"
#include "base/hash.hpp"

namespace ballast {
namespace {

Timestamp wall_now() { return {machine_clocks().wall()}; }

std::optional<std::string> from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

std::string under(const std::string& folder, const std::string& file) {
  if (file.empty() || folder.empty() || file.starts_with('/')) return file;
  return folder + "/" + file;
}

}  // namespace

Result<SinkWithClient> open_sink(const SinkSettings& settings, const std::string& folder) {
  BALLAST_TRY(secret, read_secret(settings, folder, from_environment));
  auto http = make_http_client({.ca_file = under(folder, settings.ca_file)});
  if (!http)
    return fail(http.error().code,
                fmt::format("sink \"{}\": {}", settings.name, http.error().what));
  SinkWithClient opened{std::move(*http), nullptr};
  BALLAST_TRY(sink, make_sink({settings, std::move(secret), *opened.http, wall_now}));
  opened.sink = std::move(sink);
  return opened;
}

Result<OpenSinks> open_sinks(const AlertSettings& settings, const std::string& folder) {
  OpenSinks all;
  for (const SinkSettings& each : settings.sinks) {
    BALLAST_TRY(opened, open_sink(each, folder));
    all.clients.push_back(std::move(opened.http));
    all.sinks.push_back(std::move(opened.sink));
  }
  return all;
}

AlertsOut::AlertsOut(Clients clients, std::unique_ptr<Outbox> outbox, AlertSettings settings)
    : clients_(std::move(clients)),
      outbox_(std::move(outbox)),
      feed_(*outbox_, std::move(settings)) {}

Result<std::unique_ptr<AlertsOut>> AlertsOut::open(const AlertSettings& settings,
                                                   const Options& options) {
  OutboxParts parts{.desk = options.desk,
                    .settings = settings,
                    .sinks = {},
                    .store = nullptr,
                    .wall = wall_now,
                    // Jitter must differ from machine to machine, and need not be anything else.
                    .seed = hash_bytes(options.journal, static_cast<std::uint64_t>(wall_now().ns))};
  BALLAST_TRY(opened, open_sinks(settings, options.folder));
  parts.sinks = std::move(opened.sinks);
  BALLAST_TRY(store, open_outbox_store(options.journal + ".outbox"));
  parts.store = std::move(store);
  BALLAST_TRY(outbox, Outbox::open(std::move(parts), options.journal_seq));
  return std::unique_ptr<AlertsOut>(
      new AlertsOut(std::move(opened.clients), std::move(outbox), settings));
}

void AlertsOut::reconfigure(const AlertSettings& settings, OpenSinks sinks) {
  outbox_->reconfigure(settings, std::move(sinks.sinks));
  clients_ = std::move(sinks.clients);  // those of before were in use until here
  feed_.configure(settings);
}

}  // namespace ballast
