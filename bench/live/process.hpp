// A program that the benchmark starts: the service, and the service's own tools on its journal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "live/sockets.hpp"

namespace ballast::live_bench {

/// Killed when this ends, and when the benchmark does, however it ends.
class Process {
 public:
  /// Where its output goes; -1: where ours goes.
  struct Output {
    int out = -1;
    int error = -1;
  };
  Process(std::vector<std::string> arguments, const std::string& folder, Output output);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// Its exit code, or 128 + the signal that ended it; nothing when it goes on after so long.
  std::optional<int> wait(double seconds);

 private:
  pid_t pid_ = -1;
  std::optional<int> ended_;
};

struct Pipe {
  Descriptor read, write;
};
Pipe make_pipe();

/// What a program prints on standard output; throws Failure when it does not end with 0.
std::string output_of(std::vector<std::string> arguments, const std::string& folder);

}  // namespace ballast::live_bench
