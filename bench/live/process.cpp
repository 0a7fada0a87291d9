#include "live/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live/basics.hpp"

namespace ballast::live_bench {

Process::Process(std::vector<std::string> arguments, const std::string& folder, Output output) {
  std::vector<char*> argv;
  for (std::string& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw Failure(fmt::format("cannot start a program: {}", std::strerror(errno)));
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (output.out >= 0) ::dup2(output.out, STDOUT_FILENO);
  if (output.error >= 0) ::dup2(output.error, STDERR_FILENO);
  if (::chdir(folder.c_str()) != 0) ::_exit(127);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

Process::~Process() {
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  wait(10.0);
}

void Process::signal(int number) const {
  if (!ended_) ::kill(pid_, number);
}

std::optional<int> Process::wait(double seconds) {
  constexpr useconds_t look_every_us = 1'000;
  const std::int64_t until =
      steady_ns() + static_cast<std::int64_t>(seconds * static_cast<double>(ns_a_second));
  while (!ended_) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (steady_ns() >= until) {
      break;
    } else {
      ::usleep(look_every_us);
    }
  }
  return ended_;
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure("no pipe can be made");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::string output_of(std::vector<std::string> arguments, const std::string& folder) {
  Pipe pipe = make_pipe();
  const std::string what = fmt::format("{}", fmt::join(arguments, " "));
  Process process(std::move(arguments), folder, {.out = pipe.write.get()});
  pipe.write.close();
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t count = 0; (count = ::read(pipe.read.get(), piece.data(), piece.size())) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(count));
  const auto code = process.wait(60.0);
  if (code != 0) throw Failure(fmt::format("{} ended with {}: {}", what, code.value_or(-1), text));
  return text;
}

}  // namespace ballast::live_bench
