// `ballast run` as a process of its own, started, fed, killed and waited for.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace ballast::testing {

class LiveProgram {
 public:
  struct Limits {
    std::optional<std::uint64_t> file_size;  // bytes that a file may have: a full disk
  };

  /// Runs in `folder`; standard error goes to the file `.log` there, behind what it holds.
  LiveProgram(std::filesystem::path folder, std::vector<std::string> arguments, Limits limits = {});
  /// Kills it.
  ~LiveProgram();
  LiveProgram(const LiveProgram&) = delete;
  LiveProgram& operator=(const LiveProgram&) = delete;

  /// To its standard input; false when it reads no more.
  bool feed(std::string_view text);
  void end_input();
  void signal(int number) const;
  /// Its exit code, or 128 + the signal that killed it; nothing when it goes on after so long.
  std::optional<int> wait(int seconds = 60);
  /// What it said so far, since this start.
  std::string log() const;
  /// False when it does not say it in time.
  bool says(std::string_view text, int seconds = 60) const;

 private:
  std::filesystem::path folder_;
  std::uintmax_t said_before_ = 0;  // bytes of `.log`, by earlier starts
  pid_t child_ = -1;
  int input_ = -1;
  std::optional<int> ended_;
};

void nap();

/// Waits until it holds; false when it does not in time.
template <class Condition>
bool eventually(const Condition& holds, int seconds = 60) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    if (holds()) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    nap();
  }
}

}  // namespace ballast::testing
