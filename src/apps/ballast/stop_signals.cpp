#include "apps/ballast/stop_signals.hpp"

#include <ctime>

#include <poll.h>
#include <pthread.h>
#include <termios.h>
#include <unistd.h>

namespace ballast {

struct StopSignals::Terminal {
  termios before{};
};

StopSignals::StopSignals(bool quit_on_key) {
  sigemptyset(&set_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, &before_);
  std::signal(SIGPIPE, SIG_IGN);
  // In the background a terminal is not ours to set.
  if (!quit_on_key || tcgetpgrp(STDIN_FILENO) != getpgrp()) return;
  termios settings{};
  if (tcgetattr(STDIN_FILENO, &settings) != 0) return;
  terminal_ = std::make_unique<Terminal>(Terminal{settings});
  settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

StopSignals::~StopSignals() {
  if (terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &terminal_->before);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::quit_pressed() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  char key = 0;
  return terminal_ && ::poll(&input, 1, 0) > 0 && ::read(STDIN_FILENO, &key, 1) == 1 &&
         (key == 'q' || key == 'Q');
}

StopSignals::Heard StopSignals::wait(Duration at_most) {
  const timespec time{static_cast<time_t>(at_most.ns / 1'000'000'000),
                      static_cast<long>(at_most.ns % 1'000'000'000)};
  const int signal = sigtimedwait(&set_, nullptr, &time);
  if (signal == SIGHUP) return Heard::reload;
  return signal > 0 || quit_pressed() ? Heard::stop : Heard::nothing;
}

}  // namespace ballast
