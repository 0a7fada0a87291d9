#include <array>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/ballast/client_verb.hpp"

namespace ballast {
namespace {

using nlohmann::json;

constexpr std::array columns{
    ItemColumn{"factor", "factor"},
    ItemColumn{"book", "book"},
    ItemColumn{"from", "from"},
    ItemColumn{"adherence", "adherence"},
    ItemColumn{"in band", "time_in_band"},
    ItemColumn{"above", "time_above"},
    ItemColumn{"below", "time_below"},
    ItemColumn{"past limit", "time_past_limit"},
    ItemColumn{"excursions", "excursions.count"},
    ItemColumn{"longest s", "excursions.longest_seconds"},
    ItemColumn{"known s", "known_seconds"},
    ItemColumn{"unknown", "unknown_fraction"},
};

struct Arguments : ClientVerb {
  std::string window, factor, from, to, by;
  std::optional<double> require;
};

std::string target_of(const Arguments& arguments) {
  const bool calendar = !arguments.from.empty() || !arguments.to.empty() || !arguments.by.empty();
  const std::string window = calendar ? "" : arguments.window.empty() ? "24h" : arguments.window;
  return with_query("/api/v1/adherence", {{"window", window},
                                          {"from", arguments.from},
                                          {"to", arguments.to},
                                          {"by", arguments.by},
                                          {"factor", arguments.factor}});
}

/// What --require is held against: the desk's figure where the answer has it and no factor was
/// named, else the worst row's. Nothing when any of it is unknown.
std::optional<double> required_figure(const json& answer, bool of_desk) {
  if (const auto desk = answer.find("adherence"); of_desk && desk != answer.end())
    return desk->is_number() ? std::optional(desk->get<double>()) : std::nullopt;
  std::optional<double> worst;
  for (const json& row : answer.value("rows", json::array())) {
    const auto figure = row.find("adherence");
    if (figure == row.end() || !figure->is_number()) return std::nullopt;
    worst = std::min(worst.value_or(1.0), figure->get<double>());
  }
  return worst;
}

Exit run(const Arguments& arguments) {
  auto client = Client::open(arguments.client);
  if (!client) return complain(client.error());
  const auto reply = client->get(target_of(arguments));
  if (!reply) return complain(reply.error());
  const json answer = json::parse(reply->body);
  const auto written =
      write_output("", arguments.format == Format::json
                           ? pretty(reply->body)
                           : shown_items(answer.value("rows", json::array()).dump(), columns,
                                         arguments.format, "nothing is known of that span"));
  if (!written) return complain(written.error());
  if (!arguments.require) return Exit::fine;
  const auto figure = required_figure(answer, arguments.factor.empty());
  if (figure && *figure >= *arguments.require) return Exit::fine;
  complain(fmt::format("adherence {} is below the required {}",
                       figure ? fmt::format("{:.6f}", *figure) : "unknown", *arguments.require));
  return Exit::adherence_below;
}

}  // namespace

std::function<Exit()> make_adherence(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_service(app, *arguments);
  auto* window = app.add_option("--window", arguments->window,
                                "5m, 30m, 1h, 6h, 24h, 3d, 30d or today; default: 24h");
  app.add_option("--factor", arguments->factor, "only this factor, as delta:BTC or delta:BTC@mm");
  app.add_option("--from", arguments->from, "calendar spans from this time on, instead of a window")
      ->type_name("TIME")
      ->excludes(window);
  app.add_option("--to", arguments->to, "up to this time")->type_name("TIME")->excludes(window);
  app.add_option("--by", arguments->by, "a row per hour, day, week or month")
      ->check(CLI::IsMember({"hour", "day", "week", "month"}))
      ->excludes(window);
  add_require(app, arguments->require);
  return [arguments] { return run(*arguments); };
}

}  // namespace ballast
