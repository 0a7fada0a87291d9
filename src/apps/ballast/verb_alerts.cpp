#include <array>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/client_verb.hpp"

namespace ballast {
namespace {

constexpr std::array columns{
    ItemColumn{"id", "id"},       ItemColumn{"severity", "severity"},
    ItemColumn{"state", "state"}, ItemColumn{"since", "since"},
    ItemColumn{"value", "value"}, ItemColumn{"reason", "reason"},
};

struct Arguments : ClientVerb {
  std::string state = "open";
  std::string id, rule, length, until;
};

}  // namespace

std::function<Exit()> make_alerts(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_service(app, *arguments);
  app.add_option("--state", arguments->state, "open, firing, acknowledged, ended or all")
      ->check(CLI::IsMember({"open", "firing", "acknowledged", "ended", "all"}));
  SubVerbs verbs(app, "alerts", [arguments] {
    return list_items(*arguments, with_query("/api/v1/alerts", {{"state", arguments->state}}),
                      columns, "no alerts");
  });

  CLI::App* ack = verbs.add(
      "ack", "acknowledge a firing alert: its reminders stop",
      "ack btc-out-of-band/delta:BTC/3 --reason 'hedging by hand'", [arguments] {
        return ask_change(
            *arguments,
            {.method = "POST",
             .target = fmt::format("/api/v1/alerts/{}/acknowledge", percent_encoded(arguments->id)),
             .body = json_object({{"reason", arguments->reason}})},
            fmt::format("acknowledge {}", arguments->id));
      });
  ack->add_option("ID", arguments->id, "as `ballast alerts` lists it")->required();
  add_change(*ack, *arguments, Reason::optional);

  CLI::App* shelve = verbs.add(
      "shelve", "no notifications of a rule for a while; its state is still kept",
      "shelve btc-out-of-band --for 2h --reason 'rebalancing until noon'", [arguments] {
        if (arguments->length.empty() == arguments->until.empty()) {
          complain("shelve needs one of --for and --until");
          return Exit::usage;
        }
        return ask_change(
            *arguments,
            {.method = "POST",
             .target = fmt::format("/api/v1/rules/{}/shelve", percent_encoded(arguments->rule)),
             .body = json_object({{"for", arguments->length},
                                  {"until", arguments->until},
                                  {"reason", arguments->reason}})},
            fmt::format("shelve {}", arguments->rule));
      });
  shelve->add_option("RULE", arguments->rule, "the rule's name")->required();
  shelve->add_option("--for", arguments->length, "for so long, such as 2h")->type_name("DURATION");
  shelve->add_option("--until", arguments->until, "until then; a past time ends it")
      ->type_name("TIME");
  add_change(*shelve, *arguments, Reason::optional);
  return verbs.chosen();
}

}  // namespace ballast
