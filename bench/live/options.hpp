// What the command line of the live benchmark says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace ballast::live_bench {

struct Options {
  double seconds = 20.0;
  std::uint64_t fills_a_second = 10'000;
  std::uint64_t marks_a_second = 50'000;
  std::size_t subscribers = 200;
  std::string program;  // empty: none was built with this
  bool keep = false;    // the folder, with journal and log
};

/// Nothing where it is wrong, or only help was asked for; what there is to say was printed.
std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

}  // namespace ballast::live_bench
