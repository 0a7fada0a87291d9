// StopSignals: how a service hears that it shall stop, or read its configuration again.
//
// One at a time in a process, and before any thread is started: threads inherit that the signals
// are blocked. Where asked for, `q` on a terminal stops as SIGTERM does; the terminal is as it was
// afterwards.
#pragma once

#include <csignal>
#include <memory>

#include "base/timestamp.hpp"

namespace ballast {

class StopSignals {
 public:
  enum class Heard : std::uint8_t { nothing, stop, reload };

  explicit StopSignals(bool quit_on_key);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// The next one, or nothing within so long.
  Heard wait(Duration at_most);

 private:
  struct Terminal;
  bool quit_pressed();

  sigset_t set_{};
  sigset_t before_{};
  std::unique_ptr<Terminal> terminal_;  // with the key, on a terminal
};

}  // namespace ballast
