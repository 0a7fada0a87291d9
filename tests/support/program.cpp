#include "support/program.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ballast::testing {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Ended run_ballast(const std::filesystem::path& folder,
                  const std::string& arguments,
                  std::string_view input) {
  std::ofstream(folder / ".in", std::ios::binary) << input;
  const int status = std::system(fmt::format("cd '{}' && '{}' < .in {} > .out 2> .err",
                                             folder.string(), BALLAST_PROGRAM, arguments)
                                     .c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(folder / ".out"),
          text_of(folder / ".err")};
}

Scratch::Scratch() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  path_ = std::filesystem::path(::testing::TempDir()) /
          fmt::format("ballast_{}_{}_{}", test->test_suite_name(), test->name(), getpid());
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!::testing::Test::HasFailure()) std::filesystem::remove_all(path_, ignored);
}

void Scratch::write(const std::string& name, std::string_view text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
}

std::string Scratch::read(const std::string& name) const { return text_of(path_ / name); }

}  // namespace ballast::testing
