// What systemd wants to hear from a service of Type=notify (sd_notify(3)), said without its
// library: one datagram to the socket that NOTIFY_SOCKET names.
//
// Where nobody asked, everything here does nothing. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace ballast::systemd {

class Notifier {
 public:
  /// Says nothing to anybody.
  Notifier() = default;
  /// @param address  as in NOTIFY_SOCKET: a path, or '@' and an abstract name.
  static Result<Notifier> create(std::string_view address);
  /// Of this process's environment, which loses the variables, so that no child speaks for us.
  /// Before there are threads.
  static Result<Notifier> from_environment();

  // Each fails with Errc::io when the message cannot be handed over. `status` is one line that
  // `systemctl status` shows.
  Result<void> ready(std::string_view status) const;
  /// The configuration is being read again; ready() ends it.
  Result<void> reloading() const;
  Result<void> stopping(std::string_view status) const;
  Result<void> alive() const;
  Result<void> status(std::string_view status) const;

  bool wanted() const { return !address_.empty(); }
  /// How often alive() has to be said: half of what systemd waits for. Absent: no watchdog.
  std::optional<Duration> alive_every() const { return alive_every_; }

 private:
  Result<void> send(const std::string& message) const;

  std::string address_;  // as the kernel takes it: an abstract name begins with a zero byte
  std::optional<Duration> alive_every_;
};

}  // namespace ballast::systemd
