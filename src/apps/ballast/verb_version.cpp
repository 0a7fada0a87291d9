#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/verb.hpp"

namespace ballast {

std::function<Exit()> make_version(CLI::App& /*app*/) {
  return [] {
    fmt::print("ballast {}\n", BALLAST_VERSION);
    return Exit::fine;
  };
}

}  // namespace ballast
