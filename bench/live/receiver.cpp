#include "live/receiver.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "live/basics.hpp"
#include "live/desk_shape.hpp"
#include "live/http.hpp"

namespace ballast::live_bench {
namespace {

constexpr std::string_view answer_text =
    "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The whole request; nothing when its client goes away first.
std::optional<std::string> read_request(int fd) {
  std::string text;
  std::array<char, 16 * 1024> piece{};
  for (;;) {
    const ssize_t count = ::recv(fd, piece.data(), piece.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    text.append(piece.data(), static_cast<std::size_t>(count));
    const std::size_t end = text.find("\r\n\r\n");
    if (end == text.npos) continue;
    constexpr std::string_view name = "\r\nContent-Length: ";
    const std::size_t at = text.find(name);
    if (at > end) return std::nullopt;
    std::size_t length = 0;
    std::from_chars(text.data() + at + name.size(), text.data() + end, length);
    if (text.size() >= end + 4 + length) return text;
  }
}

/// "probe-out/delta:PROBE/17" -> 17.
std::optional<std::uint64_t> episode_of(std::string_view request) {
  const std::string prefix = fmt::format("{}/{}/", probe_rule, factor_name(probe));
  const auto id = json_value(request, "id");
  if (!id || !id->starts_with(prefix)) return std::nullopt;
  const std::string_view digits = id->substr(prefix.size());
  std::uint64_t episode = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), episode);
  if (error != std::errc{}) return std::nullopt;
  return episode;
}

}  // namespace

Receiver::Receiver() : listener_(listen_loopback()) {}

Receiver::~Receiver() {
  stop_ = true;
  ::shutdown(listener_.fd.get(), SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
}

void Receiver::start() {
  thread_ = std::thread([this] { run(); });
}

void Receiver::run() {
  while (!stop_) {
    const Descriptor client(::accept4(listener_.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client.open()) continue;
    const timeval patience{5, 0};
    ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    answer(client.get());
  }
}

void Receiver::answer(int fd) {
  const auto request = read_request(fd);
  const std::int64_t now = steady_ns();
  if (request) {
    [[maybe_unused]] const ssize_t sent =
        ::send(fd, answer_text.data(), answer_text.size(), MSG_NOSIGNAL);
  }
  const auto episode = request ? episode_of(*request) : std::nullopt;
  const std::lock_guard lock(mutex_);
  ++received_.messages;
  if (!episode) {
    ++received_.strange;
  } else if (json_value(*request, "type") == "alert.firing" &&
             !received_.firings.emplace(*episode, now).second) {
    ++received_.again;
  }
}

Receiver::Received Receiver::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

}  // namespace ballast::live_bench
