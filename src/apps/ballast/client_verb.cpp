#include "apps/ballast/client_verb.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ballast {

void add_service(CLI::App& app, ClientVerb& verb) {
  add_client(app, verb.client);
  add_format(app, verb.format);
}

void add_change(CLI::App& app, ClientVerb& verb, Reason reason) {
  CLI::Option* option = app.add_option("--reason", verb.reason, "why; the audit keeps it");
  if (reason == Reason::required) {
    option->required()->check(CLI::Validator(
        [](const std::string& text) {
          return text.find_first_not_of(' ') == std::string::npos ? "say why" : "";
        },
        ""));
  }
  app.add_flag("--dry-run", verb.dry_run, "only show what would change");
}

SubVerbs::SubVerbs(CLI::App& app, std::string_view verb, std::function<Exit()> list)
    : app_(&app), verb_(verb), chosen_(std::make_shared<std::function<Exit()>>(std::move(list))) {
  if (!*chosen_) app.require_subcommand(1);
}

CLI::App* SubVerbs::add(std::string_view name,
                        std::string_view about,
                        std::string_view example,
                        std::function<Exit()> run) {
  CLI::App* sub = app_->add_subcommand(std::string(name), std::string(about));
  sub->fallthrough();
  sub->callback([chosen = chosen_, run = std::move(run)] { *chosen = run; });
  sub->footer(fmt::format("Example:\n  ballast {} {}", verb_, example));
  return sub;
}

std::function<Exit()> SubVerbs::chosen() const {
  return [chosen = chosen_] { return (*chosen)(); };
}

Exit list_items(const ClientVerb& verb,
                std::string_view target,
                std::span<const ItemColumn> columns,
                std::string_view none) {
  auto client = Client::open(verb.client);
  if (!client) return complain(client.error());
  const auto items = client->get_items(target);
  if (!items) return complain(items.error());
  const auto written = write_output("", shown_items(*items, columns, verb.format, none));
  return written ? Exit::fine : complain(written.error());
}

namespace {

Exit show_change(Client& client,
                 const ClientVerb& verb,
                 ChangeRequest request,
                 std::string_view what) {
  request.dry_run = verb.dry_run;
  const auto reply = client.change(request);
  if (!reply) return complain(reply.error());
  const auto written = write_output("", shown_change(reply->body, what, verb.dry_run, verb.format));
  return written ? Exit::fine : complain(written.error());
}

}  // namespace

Exit ask_change(const ClientVerb& verb, ChangeRequest request, std::string_view what) {
  auto client = Client::open(verb.client);
  if (!client) return complain(client.error());
  return show_change(*client, verb, std::move(request), what);
}

Exit ask_versioned_change(const ClientVerb& verb, ChangeRequest request, std::string_view what) {
  auto client = Client::open(verb.client);
  if (!client) return complain(client.error());
  const auto present = client->get(request.target);
  if (!present) return complain(present.error());
  request.if_match = present->etag.empty() ? "*" : present->etag;
  return show_change(*client, verb, std::move(request), what);
}

std::string json_object(
    std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const auto& [name, value] : members) {
    if (!value.empty()) object[std::string(name)] = value;
  }
  return object.dump();
}

}  // namespace ballast
