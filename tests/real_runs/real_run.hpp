// An example's run.sh end to end, into a folder of its own, for the tests of this folder.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "adapters/feed/common/import_testing.hpp"
#include "support/program.hpp"

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

/// Runs an example's run.sh into a folder of its own.
class RealRun : public ::testing::Test {
 protected:
  Ended run(std::string_view example, std::string_view arguments) const {
    const auto script = std::filesystem::path(BALLAST_SOURCE_DIR) / "examples" / example / "run.sh";
    return run_shell(fmt::format("BALLAST='{}' sh '{}' '{}' '{}' {} 2>&1", BALLAST_PROGRAM,
                                 script.string(), recording("").string(), out_.path().string(),
                                 arguments));
  }

  testing::Scratch out_;  // its folder has the process in its name: another build may run the same
};

/// How often `what` stands in `text`.
inline std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size())) {
    ++found;
  }
  return found;
}

}  // namespace ballast
