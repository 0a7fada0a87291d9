#include <array>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/ballast/client_verb.hpp"
#include "runtime/principal.hpp"

namespace ballast {
namespace {

constexpr std::array columns{
    ItemColumn{"name", "name"},
    ItemColumn{"role", "role"},
    ItemColumn{"created", "created"},
    ItemColumn{"expires", "expires"},
};

struct Arguments : ClientVerb {
  std::string name, role, expires;
};

/// The token alone goes to standard output, so that it can be kept in a file.
Exit create(const Arguments& arguments) {
  auto client = Client::open(arguments.client);
  if (!client) return complain(client.error());
  const auto reply = client->change({.method = "POST",
                                     .target = "/api/v1/tokens",
                                     .body = json_object({{"name", arguments.name},
                                                          {"role", arguments.role},
                                                          {"expires", arguments.expires},
                                                          {"reason", arguments.reason}}),
                                     .dry_run = arguments.dry_run});
  if (!reply) return complain(reply.error());
  const auto answer = nlohmann::json::parse(reply->body);
  std::string shown;
  if (arguments.format == Format::json) {
    shown = pretty(reply->body);
  } else if (arguments.dry_run) {
    shown = shown_change(reply->body, fmt::format("create the token {}", arguments.name), true,
                         arguments.format);
  } else if (!answer.contains("token") || !answer["token"].is_string()) {
    return complain(Error{Errc::io,
                          "the service made the token and did not tell it; revoke it and "
                          "make another"});
  } else {
    shown = answer["token"].get<std::string>() + "\n";
  }
  const auto written = write_output("", shown);
  if (!written) return complain(written.error());
  if (!arguments.dry_run) {
    complain(fmt::format("this is the only time that the token {} is shown; whoever has it is {}",
                         arguments.name, arguments.role));
  }
  return Exit::fine;
}

}  // namespace

std::function<Exit()> make_token(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_service(app, *arguments);
  SubVerbs verbs(app, "token", {});
  verbs.add("list", "names, roles and expiry; never the tokens", "list",
            [arguments] { return list_items(*arguments, "/api/v1/tokens", columns, "no tokens"); });
  CLI::App* creating = verbs.add("create", "make a token and print it once",
                                 "create prometheus --role metrics > /etc/prometheus/ballast.token",
                                 [arguments] { return create(*arguments); });
  creating->add_option("NAME", arguments->name, "who it is for; the audit says so")->required();
  creating->add_option("--role", arguments->role, "viewer, trader, risk, admin, ingest or metrics")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>(role_names.begin(), role_names.end())));
  creating->add_option("--expires", arguments->expires, "until then; default: never")
      ->type_name("TIME");
  add_change(*creating, *arguments, Reason::optional);
  CLI::App* revoking =
      verbs.add("revoke", "have a token taken no longer", "revoke prometheus", [arguments] {
        return ask_change(*arguments,
                          {.method = "DELETE",
                           .target = "/api/v1/tokens/" + percent_encoded(arguments->name),
                           .body = json_object({{"reason", arguments->reason}})},
                          fmt::format("revoke the token {}", arguments->name));
      });
  revoking->add_option("NAME", arguments->name, "as `ballast token list` has it")->required();
  add_change(*revoking, *arguments, Reason::optional);
  return verbs.chosen();
}

}  // namespace ballast
