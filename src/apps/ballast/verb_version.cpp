#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/ballast/verb.hpp"
#include "quant/pricing/vector_path.hpp"

namespace ballast {

std::function<Exit()> make_version(CLI::App& /*app*/) {
  return [] {
    fmt::print("ballast {}\nvector instructions: {}\n", BALLAST_VERSION,
               to_string(widest_vector_path()));
    return Exit::fine;
  };
}

}  // namespace ballast
