// kill and rearm: the one stops a scope, the other lifts that again.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/client_verb.hpp"

namespace ballast {
namespace {

struct Arguments : ClientVerb {
  std::string scope;
};

std::function<Exit()> make_switch(CLI::App& app, const char* word, const char* scopes) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("SCOPE", arguments->scope, scopes)->required();
  add_service(app, *arguments);
  add_change(app, *arguments, Reason::required);
  return [arguments, word] {
    return ask_change(
        *arguments,
        {.method = "POST",
         .target = fmt::format("/api/v1/{}", word),
         .body = json_object({{"scope", arguments->scope}, {"reason", arguments->reason}})},
        fmt::format("{} {}", word, arguments->scope));
  };
}

}  // namespace

std::function<Exit()> make_kill(CLI::App& app) {
  return make_switch(app, "kill", "desk, venue:NAME, account:VENUE/ACCOUNT or book:NAME");
}

std::function<Exit()> make_rearm(CLI::App& app) {
  return make_switch(app, "rearm",
                     "desk, venue:NAME, account:VENUE/ACCOUNT, book:NAME, or factor:KEY for its "
                     "breaker");
}

}  // namespace ballast
