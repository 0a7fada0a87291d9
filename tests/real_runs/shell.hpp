// For tests that run the program as a user does: a command's exit code and what it printed.
#pragma once

#include <cstdio>
#include <string>

#include <sys/wait.h>

namespace ballast {

struct Ended {
  int code = -1;
  std::string output;  // standard output, and standard error where the command sends it there
};

inline Ended run_shell(const std::string& command) {
  Ended ended;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ended;
  char part[4096];
  for (std::size_t got = 0; (got = std::fread(part, 1, sizeof part, pipe)) > 0;)
    ended.output.append(part, got);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  return ended;
}

}  // namespace ballast
