#include <array>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/ballast/client_verb.hpp"

namespace ballast {
namespace {

constexpr std::array columns{
    ItemColumn{"factor", "key"},
    ItemColumn{"unit", "unit"},
    ItemColumn{"target", "target"},
    ItemColumn{"lower", "band.0"},
    ItemColumn{"upper", "band.1"},
    ItemColumn{"model", "model"},
    ItemColumn{"stages", "stages"},
    ItemColumn{"overridden", "overridden"},
    ItemColumn{"until", "until"},
    ItemColumn{"by", "pushed_by"},
    ItemColumn{"unknown", "unknown_reason"},
};

struct Arguments : ClientVerb {
  std::string key, target, until;
  std::vector<std::string> band;
};

std::string path_of(const Arguments& arguments) {
  return "/api/v1/targets/" + percent_encoded(arguments.key);
}

Exit set(const Arguments& arguments) {
  if (arguments.target.empty() && arguments.band.empty()) {
    complain("target set needs --target, --band, or both");
    return Exit::usage;
  }
  nlohmann::ordered_json body = nlohmann::ordered_json::object();
  if (!arguments.target.empty()) body["target"] = arguments.target;
  if (!arguments.band.empty()) body["band"] = arguments.band;
  if (!arguments.until.empty()) body["until"] = arguments.until;
  if (!arguments.reason.empty()) body["reason"] = arguments.reason;
  return ask_versioned_change(arguments,
                              {.method = "PUT", .target = path_of(arguments), .body = body.dump()},
                              fmt::format("set the target of {}", arguments.key));
}

}  // namespace

std::function<Exit()> make_target(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_service(app, *arguments);
  SubVerbs verbs(app, "target", [arguments] {
    return list_items(*arguments, "/api/v1/targets", columns, "no factors");
  });
  CLI::App* setting = verbs.add(
      "set", "push a target over the configured one",
      "set delta:BTC --target 3 --band 2 4 --until 2026-01-05T18:00:00Z --reason 'client block'",
      [arguments] { return set(*arguments); });
  setting->add_option("KEY", arguments->key, "delta:BTC, or a book's own as delta:BTC@mm")
      ->required();
  setting->add_option("--target", arguments->target, "in the factor's unit; default: as it is")
      ->type_name("QTY");
  setting->add_option("--band", arguments->band, "its lower and upper level; default: as it is")
      ->expected(2)
      ->type_name("QTY");
  setting->add_option("--until", arguments->until, "until then; default: until it is cleared")
      ->type_name("TIME");
  add_change(*setting, *arguments, Reason::optional);

  CLI::App* clearing =
      verbs.add("clear", "go back to the configured target", "clear delta:BTC", [arguments] {
        return ask_versioned_change(*arguments,
                                    {.method = "DELETE",
                                     .target = path_of(*arguments),
                                     .body = json_object({{"reason", arguments->reason}})},
                                    fmt::format("clear the target of {}", arguments->key));
      });
  clearing->add_option("KEY", arguments->key, "delta:BTC, or a book's own as delta:BTC@mm")
      ->required();
  add_change(*clearing, *arguments, Reason::optional);
  return verbs.chosen();
}

}  // namespace ballast
