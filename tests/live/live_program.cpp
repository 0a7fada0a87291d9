#include "live/live_program.hpp"

#include <array>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ballast::testing {

void nap() { std::this_thread::sleep_for(std::chrono::milliseconds(10)); }

LiveProgram::LiveProgram(std::filesystem::path folder,
                         std::vector<std::string> arguments,
                         Limits limits)
    : folder_(std::move(folder)) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  std::vector<char*> argv;
  std::string program = BALLAST_PROGRAM;
  argv.push_back(program.data());
  for (std::string& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  const std::string log = (folder_ / ".log").string();
  std::error_code none;
  said_before_ = std::filesystem::file_size(log, none);
  if (none) said_before_ = 0;
  child_ = ::fork();
  if (child_ == 0) {
    ::dup2(pipe[0], STDIN_FILENO);
    const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    if (limits.file_size) {
      const rlimit limit{*limits.file_size, *limits.file_size};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      ::signal(SIGXFSZ, SIG_IGN);  // a write fails instead, as on a full disk
    }
    if (::chdir(folder_.c_str()) != 0) ::_exit(127);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(pipe[0]);
  input_ = pipe[1];
  ::signal(SIGPIPE, SIG_IGN);
}

LiveProgram::~LiveProgram() {
  end_input();
  if (ended_) return;
  signal(SIGKILL);
  wait();
}

bool LiveProgram::feed(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(input_, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void LiveProgram::end_input() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

void LiveProgram::signal(int number) const {
  if (!ended_) ::kill(child_, number);
}

std::optional<int> LiveProgram::wait(int seconds) {
  eventually(
      [&] {
        int status = 0;
        if (ended_ || ::waitpid(child_, &status, WNOHANG) != child_) return ended_.has_value();
        ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return true;
      },
      seconds);
  return ended_;
}

std::string LiveProgram::log() const {
  std::ifstream file(folder_ / ".log", std::ios::binary);
  file.seekg(static_cast<std::streamoff>(said_before_));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool LiveProgram::says(std::string_view text, int seconds) const {
  return eventually([&] { return log().find(text) != std::string::npos; }, seconds);
}

}  // namespace ballast::testing
