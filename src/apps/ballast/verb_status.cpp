#include <array>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/ballast/client_verb.hpp"

namespace ballast {
namespace {

using nlohmann::json;

constexpr std::array venue_columns{
    ItemColumn{"venue", "venue"},
    ItemColumn{"age s", "age_seconds"},
    ItemColumn{"lag p99 s", "lag_seconds.p99"},
    ItemColumn{"skew s", "skew_seconds"},
    ItemColumn{"gaps", "gaps"},
    ItemColumn{"silent", "silent"},
    ItemColumn{"breaks", "breaks"},
    ItemColumn{"events/s", "events_per_second"},
};
constexpr std::array sink_columns{
    ItemColumn{"sink", "name"},
    ItemColumn{"queued", "queued"},
    ItemColumn{"failing since", "failing_since"},
    ItemColumn{"last error", "last_error"},
};
constexpr std::array problem_columns{
    ItemColumn{"problem", "code"},
    ItemColumn{"severity", "severity"},
    ItemColumn{"detail", "detail"},
};

std::string shown(const std::string& body) {
  const auto values = flattened(body);
  const json health = json::parse(body);
  std::string text;
  const auto line = [&](std::string_view label, const std::string& path) {
    const auto found = values.find(path);
    text +=
        fmt::format("{:<18}{}\n", label, found == values.end() ? "-" : printable(found->second));
  };
  const auto listed = [&](std::string_view label, const char* name) {
    std::string names;
    for (const json& item : health.value(name, json::array()))
      names +=
          (names.empty() ? "" : ", ") + (item.is_string() ? item.get<std::string>() : item.dump());
    text += fmt::format("{:<18}{}\n", label, names.empty() ? "none" : printable(names));
  };
  const auto table = [&](const char* name, std::span<const ItemColumn> columns) {
    const json items = health.value(name, json::array());
    if (!items.empty()) text += "\n" + shown_items(items.dump(), columns, Format::table, "");
  };
  line("status", "status");
  line("desk's clock", "now");
  line("mode", "mode");
  line("last event", "journal.last_seq");
  line("durable", "journal.durable_seq");
  line("alerts firing", "alerts.firing");
  listed("kill switches", "kill_switches");
  listed("breakers", "breakers");
  table("problems", problem_columns);
  table("venues", venue_columns);
  table("sinks", sink_columns);
  return text;
}

std::string as_csv(const std::string& body) {
  json rows = json::array();
  for (const auto& [path, value] : flattened(body))
    rows.push_back({{"field", path}, {"value", value}});
  constexpr std::array columns{ItemColumn{"field", "field"}, ItemColumn{"value", "value"}};
  return shown_items(rows.dump(), columns, Format::csv, "");
}

Exit run(const ClientVerb& verb) {
  auto client = Client::open(verb.client);
  if (!client) return complain(client.error());
  const auto reply = client->get("/api/v1/health");
  if (!reply) return complain(reply.error());
  const auto written = write_output("", verb.format == Format::json  ? pretty(reply->body)
                                        : verb.format == Format::csv ? as_csv(reply->body)
                                                                     : shown(reply->body));
  if (!written) return complain(written.error());
  const auto values = flattened(reply->body);
  const auto status = values.find("status");
  if (status != values.end() && status->second == "ok") return Exit::fine;
  complain(fmt::format("the service is {}", status == values.end() ? "not saying how it is"
                                                                   : printable(status->second)));
  return Exit::check_failed;
}

}  // namespace

std::function<Exit()> make_status(CLI::App& app) {
  auto verb = std::make_shared<ClientVerb>();
  add_service(app, *verb);
  return [verb] { return run(*verb); };
}

}  // namespace ballast
