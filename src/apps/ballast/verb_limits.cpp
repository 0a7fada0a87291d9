#include <array>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/ballast/client_verb.hpp"

namespace ballast {
namespace {

constexpr std::array columns{
    ItemColumn{"factor", "key"},
    ItemColumn{"unit", "unit"},
    ItemColumn{"lower", "limit.0"},
    ItemColumn{"upper", "limit.1"},
    ItemColumn{"configured", "configured"},
    ItemColumn{"used", "used"},
};

struct Arguments : ClientVerb {
  std::string key, lower, upper;
};

/// The version of a limit is its entry's: the list has no single route of its own.
Exit set(const Arguments& arguments) {
  const nlohmann::ordered_json limit = {arguments.lower, arguments.upper};
  nlohmann::ordered_json body = {{"limit", limit}};
  if (!arguments.reason.empty()) body["reason"] = arguments.reason;
  return ask_versioned_change(arguments,
                              {.method = "PUT",
                               .target = "/api/v1/limits/" + percent_encoded(arguments.key),
                               .body = body.dump()},
                              fmt::format("set the limit of {}", arguments.key));
}

}  // namespace

std::function<Exit()> make_limits(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_service(app, *arguments);
  SubVerbs verbs(app, "limits", [arguments] {
    return list_items(*arguments, "/api/v1/limits", columns, "no limits");
  });
  CLI::App* setting = verbs.add("set", "change a factor's hard limit",
                                "set delta:BTC -6 6 --reason 'smaller over the weekend'",
                                [arguments] { return set(*arguments); });
  setting->add_option("KEY", arguments->key, "delta:BTC, or a book's own as delta:BTC@mm")
      ->required();
  setting->add_option("LOWER", arguments->lower, "its lower level")->required();
  setting->add_option("UPPER", arguments->upper, "its upper level")->required();
  add_change(*setting, *arguments, Reason::required);
  return verbs.chosen();
}

}  // namespace ballast
