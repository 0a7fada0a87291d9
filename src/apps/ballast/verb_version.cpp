#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/verb.hpp"
#include "quant/pricing/vector_path.hpp"

namespace ballast {

std::function<Exit()> make_version(CLI::App& app) {
  const auto verbose = std::make_shared<bool>(false);
  app.add_flag("-v,--verbose", *verbose, "and which vector instructions it uses here");
  return [verbose] {
    fmt::print("ballast {}\n", BALLAST_VERSION);
    if (*verbose) fmt::print("vector instructions: {}\n", to_string(widest_vector_path()));
    return Exit::fine;
  };
}

}  // namespace ballast
