// The stream's subscribers: all of them on one thread, which waits for whichever has something.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "live/stream_client.hpp"

namespace ballast::live_bench {

struct SubscribersOutcome {
  StreamCounts counts;
  std::size_t clients = 0;
  std::size_t silent = 0;                      // were told nothing at all
  std::map<std::string, std::size_t> dropped;  // by what the service said
  double seconds = 0.0;
};

class Subscribers {
 public:
  explicit Subscribers(std::size_t count) : count_(count) {}
  ~Subscribers();
  Subscribers(const Subscribers&) = delete;
  Subscribers& operator=(const Subscribers&) = delete;

  /// Connects them, one after another. @param token  of role viewer.
  void start(std::uint16_t port, std::string_view token);
  /// From now on the service may end their connections: it is told to stop.
  void expect_the_end();
  /// Disconnects those that are left.
  SubscribersOutcome finish();

 private:
  void run();

  const std::size_t count_;
  std::vector<std::unique_ptr<StreamClient>> clients_;
  Descriptor epoll_;
  SubscribersOutcome outcome_;
  std::int64_t began_ = 0;
  std::thread thread_;
  std::atomic<bool> end_expected_{false};
  std::atomic<bool> stop_{false};
};

}  // namespace ballast::live_bench
