#include "live/options.hpp"

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

namespace ballast::live_bench {
namespace {

constexpr int wrong_usage = 2;

constexpr std::string_view usage_text = R"(usage: live_bench [OPTION...]

  --minutes NUMBER      how long the load lasts
  --seconds NUMBER      the same, in seconds (20)
  --fills NUMBER        a second (10000)
  --marks NUMBER        a second (50000)
  --subscribers NUMBER  of the stream (200; at most 240, as the service takes 256 connections)
  --program PATH        the service's program, instead of the one built with this
  --keep                leave the folder with journal and log

BALLAST_BENCH_DIR names the folder to write in (default: the current).
)";

#ifdef BALLAST_PROGRAM
constexpr std::string_view built_program = BALLAST_PROGRAM;
#else
constexpr std::string_view built_program;
#endif

template <class Number>
bool read_number(std::string_view text, Number least, Number most, Number& out) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  if (!(value >= least && value <= most)) return false;
  out = value;
  return true;
}

/// False where the option is not known, or its value is wrong.
bool take(std::string_view name, std::string_view value, Options& options) {
  constexpr double longest = 86'400.0;
  constexpr std::uint64_t fastest = 10'000'000;
  if (name == "--seconds") return read_number(value, 2.0, longest, options.seconds);
  if (name == "--fills")
    return read_number(value, std::uint64_t{0}, fastest, options.fills_a_second);
  if (name == "--marks")
    return read_number(value, std::uint64_t{1}, fastest, options.marks_a_second);
  if (name == "--subscribers")
    return read_number(value, std::size_t{0}, std::size_t{240}, options.subscribers);
  if (name == "--program") {
    // It is started in another folder.
    options.program = std::filesystem::absolute(value).lexically_normal().string();
    return true;
  }
  double minutes = 0.0;
  if (name != "--minutes" || !read_number(value, 0.1, longest / 60.0, minutes)) return false;
  options.seconds = minutes * 60.0;
  return true;
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
  Options options;
  options.program = built_program;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    // `./dev bench` gives all benchmarks the same flags; this one has nothing to filter.
    if (name.starts_with("--benchmark_")) continue;
    if (name == "--help" || name == "-h") {
      fmt::print("{}", usage_text);
      exit_code = 0;
      return std::nullopt;
    }
    if (name == "--keep") {
      options.keep = true;
      continue;
    }
    const std::string_view value = i + 1 < argc ? std::string_view(argv[++i]) : std::string_view();
    if (take(name, value, options)) continue;
    fmt::print(stderr, "live_bench: {} {} is not understood\n\n{}", name, value, usage_text);
    exit_code = wrong_usage;
    return std::nullopt;
  }
  if (options.program.empty()) {
    fmt::print(stderr, "live_bench: give the service's program with --program\n");
    exit_code = wrong_usage;
    return std::nullopt;
  }
  return options;
}

}  // namespace ballast::live_bench
