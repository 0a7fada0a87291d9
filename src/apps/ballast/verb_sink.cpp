#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/config/alert_config.hpp"
#include "adapters/config/config.hpp"
#include "apps/ballast/alerts_out.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/system_clock.hpp"
#include "apps/ballast/verb.hpp"
#include "base/suggest.hpp"

namespace ballast {
namespace {

struct Options {
  std::string name;
  std::string config;
};

Notification test_notification(const Desk& desk, const AlertSettings& alerts) {
  const Timestamp t = SystemClock().now();
  const std::string id = fmt::format("test/{}", to_string(t));
  return {.id = id,
          .message = id,
          .rule = "test",
          .factor = "desk",
          .book = "*",
          .severity = Severity::info,
          .state = NotificationState::notice,
          .t = t,
          .since = t,
          .reason = "somebody ran `ballast sink test`; nothing is wrong",
          .desk = desk.name,
          .link = alerts.dashboard};
}

Exit run_test(const Options& options) {
  const auto text = read_file(options.config);
  if (!text) return complain(text.error());
  const auto desk = load_desk(*text, options.config);
  const auto alerts = load_alert_settings(*text, options.config);
  if (!desk || !alerts) {
    complain(desk ? alerts.error().what : desk.error().what);
    return Exit::bad_configuration;
  }
  Suggestion near(options.name);
  for (const SinkSettings& settings : alerts->sinks) {
    near.consider(settings.name);
    if (settings.name != options.name) continue;
    const auto opened =
        open_sink(settings, std::filesystem::path(options.config).parent_path().string());
    if (!opened) {
      complain(opened.error().what);
      return Exit::bad_configuration;
    }
    const auto outcome =
        opened->sink->deliver(test_notification(*desk, *alerts), settings.timeout, {});
    if (outcome) {
      fmt::print("{}: {}\n", settings.name, outcome->answer);
      return Exit::fine;
    }
    complain(fmt::format("{}: {}", settings.name, outcome.error().what));
    return Exit::failed;
  }
  complain(fmt::format("{}: no [[sinks]] is called \"{}\"{}", options.config, options.name,
                       near.text()));
  return Exit::usage;
}

}  // namespace

std::function<Exit()> make_sink_verb(CLI::App& app) {
  app.require_subcommand(1);
  const auto options = std::make_shared<Options>();
  CLI::App* test = app.add_subcommand("test", "send a notification and print what is answered");
  test->add_option("NAME", options->name, "the sink's name in the configuration")->required();
  test->add_option("-c,--config", options->config, "the desk's configuration, TOML")->required();
  return [options] { return run_test(*options); };
}

}  // namespace ballast
