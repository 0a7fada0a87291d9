#include "adapters/systemd/notify.hpp"

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

namespace ballast::systemd {
namespace {

/// Newlines separate assignments, so a status has none.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return line;
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

/// A whole number > 0; nothing where it is none.
std::optional<std::int64_t> positive(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

}  // namespace

Result<Notifier> Notifier::create(std::string_view address) {
  const bool abstract = address.starts_with('@');
  if (!abstract && !address.starts_with('/')) {
    return fail(
        Errc::bad_input,
        fmt::format("NOTIFY_SOCKET is \"{}\", which is neither a path nor an abstract name; "
                    "unset it when systemd did not set it",
                    address));
  }
  if (address.size() >= sizeof(sockaddr_un::sun_path) || address.size() < 2) {
    return fail(Errc::bad_input, fmt::format("NOTIFY_SOCKET has {} characters, of 2 to {}",
                                             address.size(), sizeof(sockaddr_un::sun_path) - 1));
  }
  Notifier notifier;
  notifier.address_ = address;
  if (abstract) notifier.address_[0] = '\0';
  return notifier;
}

Result<Notifier> Notifier::from_environment() {
  const std::string_view address = variable("NOTIFY_SOCKET");
  if (address.empty()) return Notifier{};
  BALLAST_TRY(notifier, create(address));
  const auto timeout_us = positive(variable("WATCHDOG_USEC"));
  const std::string_view pid = variable("WATCHDOG_PID");
  if (timeout_us && (pid.empty() || positive(pid) == getpid()))
    notifier.alive_every_ = Duration{*timeout_us * 1000 / 2};
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
    unsetenv(name);
  return std::move(notifier);
}

Result<void> Notifier::ready(std::string_view status) const {
  return send(fmt::format("READY=1\nSTATUS={}", one_line(status)));
}

Result<void> Notifier::reloading() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                          std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000));
}

Result<void> Notifier::stopping(std::string_view status) const {
  return send(fmt::format("STOPPING=1\nSTATUS={}", one_line(status)));
}

Result<void> Notifier::alive() const { return send("WATCHDOG=1"); }

Result<void> Notifier::status(std::string_view status) const {
  return send("STATUS=" + one_line(status));
}

Result<void> Notifier::send(const std::string& message) const {
  if (!wanted()) return {};
  const auto failed = [&] {
    return fail(Errc::io, fmt::format("systemd was not told \"{}\": {}",
                                      message.substr(0, message.find('\n')), std::strerror(errno)));
  };
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  // An abstract name ends where the length says; a path at its zero byte, which is not counted.
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  const ssize_t sent = sendto(fd, message.data(), message.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), length);
  auto result = sent == static_cast<ssize_t>(message.size()) ? Result<void>{} : failed();
  close(fd);
  return result;
}

}  // namespace ballast::systemd
