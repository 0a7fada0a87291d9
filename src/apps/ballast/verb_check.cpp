#include <cstdio>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/config/alert_config.hpp"
#include "adapters/config/config.hpp"
#include "apps/ballast/alerts_out.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/verb.hpp"

namespace ballast {
namespace {

Exit run(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return complain(text.error());
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const Problem& problem : check_desk(*text, path)) {
    fmt::print("{}\n", to_string(problem));
    ++(problem.kind == Problem::Kind::error ? errors : warnings);
  }
  if (errors > 0) {
    complain(fmt::format("{}: {} errors, {} warnings", path, errors, warnings));
    return Exit::bad_configuration;
  }
  const auto desk = load_desk(*text, path);
  const auto alerts = load_alert_settings(*text, path);
  if (!desk || !alerts) {
    complain(desk ? alerts.error().what : desk.error().what);
    return Exit::bad_configuration;
  }
  // What the text alone cannot say: whether each sink's secret is there and can be one.
  for (const SinkSettings& sink : alerts->sinks) {
    const auto opened = open_sink(sink, std::filesystem::path(path).parent_path().string());
    if (opened) continue;
    fmt::print("{}\n", to_string({Problem::Kind::error, path, sink.line, 1, opened.error().what}));
    ++errors;
  }
  if (errors > 0) {
    complain(fmt::format("{}: {} errors, {} warnings", path, errors, warnings));
    return Exit::bad_configuration;
  }
  fmt::print(
      "{}: fine: {} instruments, {} factors, {} rules, {} objectives, {} sinks; {} warnings\n",
      path, desk->instruments.size(), desk->factors.size(), desk->rules.size(),
      desk->objectives.size(), alerts->sinks.size(), warnings);
  return Exit::fine;
}

}  // namespace

std::function<Exit()> make_check(CLI::App& app) {
  auto path = std::make_shared<std::string>();
  app.add_option("CONFIG", *path, "the desk's configuration, TOML")->required();
  return [path] { return run(*path); };
}

}  // namespace ballast
