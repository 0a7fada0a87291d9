#include "live/service.hpp"

#include <array>
#include <charconv>
#include <csignal>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "live/basics.hpp"
#include "live/http.hpp"

namespace ballast::live_bench {
namespace {

constexpr double start_within_seconds = 60.0;
constexpr double stop_within_seconds = 60.0;
constexpr std::size_t last_words_bytes = 2000;
constexpr std::string_view token_fragment = "/#token=";

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Service::Service(std::string program, std::filesystem::path folder) : folder_(std::move(folder)) {
  const Descriptor log(
      ::open((folder_ / "service.log").c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600));
  process_ = std::make_unique<Process>(
      std::vector<std::string>{std::move(program), "run", "-c", "desk.toml", "--journal", "desk.db",
                               "--listen", "127.0.0.1:0"},
      folder_.string(), Process::Output{.out = log.get(), .error = log.get()});
  await_address();
}

/// "the dashboard: http://127.0.0.1:41234/#token=blst_..."
void Service::await_address() {
  constexpr std::string_view address = "http://127.0.0.1:";
  const std::int64_t until =
      steady_ns() + static_cast<std::int64_t>(start_within_seconds) * ns_a_second;
  while (running() && steady_ns() < until) {
    const std::string said = log();
    const std::size_t at = said.find(address);
    const std::size_t token = said.find(token_fragment, at);
    const std::size_t end = said.find('\n', token);
    if (at == said.npos || token == said.npos || end == said.npos) {
      ::usleep(10'000);
      continue;
    }
    std::from_chars(said.data() + at + address.size(), said.data() + token, port_);
    admin_token_ = said.substr(token + token_fragment.size(), end - token - token_fragment.size());
    return;
  }
  throw Failure("the service did not start:\n" + last_words());
}

std::string Service::make_token(std::string_view name, std::string_view role) const {
  const std::string body = fmt::format(R"({{"name":"{}","role":"{}"}})", name, role);
  const std::string answer = ask(
      port_, {.method = "POST", .target = "/api/v1/tokens", .token = admin_token_, .body = body});
  const auto token = json_value(answer, "token");
  if (!token) throw Failure("no token was made: " + answer);
  return std::string(*token);
}

std::string Service::get(std::string_view target, std::string_view token) const {
  return ask(port_, {.target = target, .token = token});
}

bool Service::running() { return !process_->wait(0.0); }

std::uint64_t Service::resident_bytes() const {
  std::ifstream file(fmt::format("/proc/{}/statm", process_->pid()));
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

double Service::processor_seconds() const {
  const std::string text = content_of(fmt::format("/proc/{}/stat", process_->pid()));
  // Behind the name, which stands in brackets, come eleven fields, and then the two times.
  std::istringstream fields(text.substr(std::min(text.rfind(')'), text.size() - 1) + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  double user = 0.0;
  double system = 0.0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Service::Stopped Service::stop() {
  const std::int64_t begin = steady_ns();
  process_->signal(SIGTERM);
  const auto code = process_->wait(stop_within_seconds);
  return {code.value_or(-1), to_seconds(steady_ns() - begin)};
}

std::string Service::log() const { return content_of(folder_ / "service.log"); }

std::string Service::last_words() const {
  std::string said = log();
  if (const std::size_t at = said.find(token_fragment); at != said.npos)
    said.erase(at, said.find('\n', at) - at);
  if (said.size() > last_words_bytes) said.erase(0, said.size() - last_words_bytes);
  return said;
}

}  // namespace ballast::live_bench
