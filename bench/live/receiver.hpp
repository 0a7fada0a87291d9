// The receiver of the desk's webhook: answers every message at once, and notes when the first of
// each firing came. Threading: one of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "live/sockets.hpp"

namespace ballast::live_bench {

class Receiver {
 public:
  Receiver();
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  /// The port is there from the beginning.
  void start();
  std::uint16_t port() const { return listener_.port; }

  struct Received {
    std::map<std::uint64_t, std::int64_t> firings;  // by episode of the probe's rule: when
    std::uint64_t messages = 0;                     // of every kind
    std::uint64_t again = 0;                        // firings that had come before
    std::uint64_t strange = 0;                      // requests that are no such message
  };
  Received received() const;

 private:
  void run();
  void answer(int fd);

  Listener listener_;
  std::thread thread_;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  Received received_;
};

}  // namespace ballast::live_bench
