#include "adapters/metrics/process_figures.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

namespace ballast::metrics {
namespace {

std::string text_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

double number(std::string_view word) {
  double value = 0.0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// When the machine started, in seconds since the epoch: asked once, so that it stands still.
/// (/proc/stat would say so, but not to a service that sees only its own processes.)
double boot_seconds() {
  static const double booted = seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME);
  return booted;
}

std::optional<double> open_fds() {
  std::error_code error;
  const std::filesystem::directory_iterator folder("/proc/self/fd", error);
  if (error) return std::nullopt;
  double count = -1.0;  // the one that reads the folder
  for (auto it = begin(folder); it != end(folder); it.increment(error)) {
    if (error) return std::nullopt;
    count += 1.0;
  }
  return count;
}

}  // namespace

std::optional<ProcessFigures> process_figures() {
  const std::string stat = text_of("/proc/self/stat");
  const std::size_t name_end = stat.rfind(')');  // the name may hold blanks
  if (name_end == std::string::npos) return std::nullopt;
  // proc(5): the field behind the name is number 3.
  const auto words = words_of(std::string_view(stat).substr(name_end + 1));
  const auto field = [&](std::size_t n) { return number(words[n - 3]); };
  const auto fds = open_fds();
  if (words.size() < 22 || !fds) return std::nullopt;

  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  ProcessFigures figures;
  figures.cpu_seconds = (field(14) + field(15)) / ticks;
  figures.threads = field(20);
  figures.start_seconds = boot_seconds() + field(22) / ticks;
  figures.virtual_bytes = field(23);
  figures.resident_bytes = field(24) * static_cast<double>(sysconf(_SC_PAGESIZE));
  figures.open_fds = *fds;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    figures.max_fds = static_cast<double>(limit.rlim_cur);
  return figures;
}

}  // namespace ballast::metrics
