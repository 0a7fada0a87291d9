// What the hub knows of a channel and of a client. All of it is guarded by the hub's lock.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapters/api/server/stream_hub.hpp"

namespace ballast::api {

inline constexpr std::uint16_t close_policy = 1008;  // of a WebSocket whose client broke a rule

struct StreamHub::Channel {
  ChannelState state;
  std::size_t listeners = 0;
  bool told = false;    // of everything that changed, so that it can be handed out
  bool missed = false;  // its publisher was told that nobody listens
};

struct Subscription {
  std::chrono::nanoseconds interval{};
  std::optional<std::uint64_t> seen;  // the last seq sent, or to resume from; nothing: a snapshot
  SteadyTime due;
};

class StreamClient {
 public:
  std::weak_ptr<StreamPeer> peer;
  StreamHub::Identify identify;
  std::optional<Identity> identity;
  SteadyTime since;
  std::map<std::string, Subscription> subscriptions;
  std::size_t events_open = 0;    // submitted, not answered
  std::size_t unknown_calls = 0;  // while nobody knows who it is
  std::function<void()> next;     // reads on; set while the client is held up
  bool closed = false;
};

}  // namespace ballast::api
