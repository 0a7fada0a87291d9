#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "adapters/config/config.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/verb.hpp"

namespace ballast {
namespace {

Exit run(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!(file && text << file.rdbuf())) {
    complain(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
    return Exit::failed;
  }
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const Problem& problem : check_desk(text.str(), path)) {
    fmt::print("{}\n", to_string(problem));
    ++(problem.kind == Problem::Kind::error ? errors : warnings);
  }
  if (errors > 0) {
    complain(fmt::format("{}: {} errors, {} warnings", path, errors, warnings));
    return Exit::bad_configuration;
  }
  const auto desk = load_desk(text.str(), path);
  if (!desk) {
    complain(desk.error().what);
    return Exit::bad_configuration;
  }
  fmt::print("{}: fine: {} instruments, {} factors, {} rules, {} objectives; {} warnings\n", path,
             desk->instruments.size(), desk->factors.size(), desk->rules.size(),
             desk->objectives.size(), warnings);
  return Exit::fine;
}

}  // namespace

std::function<Exit()> make_check(CLI::App& app) {
  auto path = std::make_shared<std::string>();
  app.add_option("CONFIG", *path, "the desk's configuration, TOML")->required();
  return [path] { return run(*path); };
}

}  // namespace ballast
