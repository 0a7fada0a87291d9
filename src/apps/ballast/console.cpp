#include "apps/ballast/console.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace ballast {

void complain(std::string_view what) { fmt::print(stderr, "ballast: {}\n", what); }

Exit complain(const Error& error) {
  complain(error.what);
  return error.code == Errc::corrupt ? Exit::journal_damaged : Exit::failed;
}

bool colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  file.peek();
  if (file.eof()) return std::string();  // to copy nothing would count as a failure
  std::ostringstream text;
  if (!(file && text << file.rdbuf()))
    return fail(Errc::io, fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  return std::move(text).str();
}

Result<void> write_output(const std::string& path, std::string_view text) {
  const bool standard = path.empty() || path == "-";
  std::FILE* file = standard ? stdout : std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return fail(Errc::io, fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = standard ? std::fflush(file) == 0 : std::fclose(file) == 0;
  if (!written || !closed) {
    return fail(Errc::io, fmt::format("{}: cannot be written: {}",
                                      standard ? "standard output" : path, std::strerror(errno)));
  }
  return {};
}

double monotonic_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

Progress::Progress(std::string label)
    : label_(std::move(label)),
      active_(isatty(STDERR_FILENO) != 0),
      started_(monotonic_seconds()),
      last_(started_) {}

Progress::~Progress() { finish(); }

void Progress::draw(std::uint64_t events, std::uint64_t done, std::uint64_t total) {
  const double now = monotonic_seconds();
  if (!active_ || now - last_ < 0.1) return;
  last_ = now;
  drawn_ = true;
  const double seconds = now - started_;
  const double rate = static_cast<double>(events) / seconds;
  std::string line = fmt::format("\r{} {} events, {:.2f} M/s", label_, events, rate / 1e6);
  if (total > 0 && done > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    constexpr int width = 24;
    const int filled = static_cast<int>(share * width);
    line += fmt::format("  [{:#<{}}{:.<{}}] {:3.0f} %  {:.0f} s left", "", filled, "",
                        width - filled, share * 100.0, seconds / share - seconds);
  }
  fmt::print(stderr, "{}\033[K", line);
  std::fflush(stderr);
}

void Progress::finish() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
}

}  // namespace ballast
