// The hub of the stream (docs/api.md): keeps the latest of every channel, and tells each client
// what it lacks when its interval has passed. No sockets here: the server connects clients and
// ticks.
//
// A client is sent the next changes only when the last ones have gone out, so that a slow one gets
// fewer and later ones; one that takes nothing for `stall`, or has `queued_bytes` waiting, is
// dropped. One lock over everything, held for one client at a time; nothing is called back under it
// but StreamPeer, which is quick. It outlives the server, and every answer that `submit` owes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/http.hpp"
#include "adapters/api/server/channel_state.hpp"
#include "adapters/api/server/json_rpc.hpp"
#include "adapters/api/server/tokens.hpp"
#include "adapters/api/stream.hpp"

namespace ballast::api {

using SteadyTime = std::chrono::steady_clock::time_point;

/// A client's connection as the hub sees it. Any thread; quick.
class StreamPeer {
 public:
  virtual ~StreamPeer() = default;
  virtual void send(Frame frame) = 0;
  /// Once what was sent has gone out, or after a while. Later calls of send() do nothing.
  virtual void close(std::uint16_t code, std::string reason) = 0;

  struct Backlog {
    std::size_t bytes = 0;            // given to send(), not yet taken by the client's side
    std::optional<SteadyTime> since;  // when the last bit was taken; nothing when all was
  };
  virtual Backlog backlog() const = 0;
};

/// Events that came by the stream, for POST /api/v1/events to answer.
struct StreamEvents {
  Principal by;
  std::vector<std::string> events;  // each as JSON
  bool atomic = false;
  std::string key;  // Idempotency-Key; empty: none
};

struct HubOptions {
  /// The channels that can be subscribed to; "exposures:" stands for all that begin with it.
  std::vector<std::string> channels = {
      "positions", "balances", "exposures", "exposures:", "adherence", "alerts",
      "proposals", "quotes",   "orders",    "transfers",  "breaks",    "health"};
  std::size_t channels_per_client = 64;
  std::size_t history = 4096;  // removed items that are remembered, of a channel
  std::size_t queued_bytes = 16 * 1024 * 1024;
  Duration stall = Duration::seconds(10);
  Duration auth_within = Duration::seconds(5);
  std::size_t events_at_once = 64;  // of a client, not yet answered; then it is not read from
  std::string version = {};
  WallClock now = wall_now;  // the first seq of every channel is of it
  /// Answers as the route does; its body becomes the result, or the error's data.
  std::function<void(StreamEvents, Respond)> submit = {};
};

struct HubFigures {
  std::size_t clients = 0;
  std::uint64_t messages = 0;  // sent since the start
  double messages_per_second = 0.0;
  std::uint64_t dropped = 0;  // clients that did not read
};

class StreamClient;

class StreamHub final : public ChannelSink {
 public:
  StreamHub(HubOptions options, Tokens& tokens);
  ~StreamHub() override;
  StreamHub(const StreamHub&) = delete;
  StreamHub& operator=(const StreamHub&) = delete;

  void publish(Timestamp now, std::vector<ChannelChange> changes) override;
  bool wanted(std::string_view channel) const override;
  HubFigures figures() const;

  // ---- for the server

  using Identify = std::function<std::optional<Identity>(std::string_view token)>;
  /// `identity` is absent for a client that has yet to say its token, which `identify` looks up.
  std::shared_ptr<StreamClient> connect(std::weak_ptr<StreamPeer> peer,
                                        std::optional<Identity> identity,
                                        Identify identify,
                                        SteadyTime now);
  void disconnect(const std::shared_ptr<StreamClient>& client);
  /// A message came. `next` is called once the client may be read from again.
  void receive(const std::shared_ptr<StreamClient>& client,
               std::string_view text,
               std::function<void()> next);
  /// Every 25 ms or so, by one thread at a time.
  void tick(SteadyTime now);
  /// Tells all clients that the service ends.
  void close_all();

 private:
  struct Channel;
  using Outcome = tl::expected<std::string, RpcError>;  // the result, as JSON

  Channel& channel(std::string_view name) const;
  bool known(std::string_view name) const;
  void tend(StreamClient& client, SteadyTime now, bool revoked);
  void tell(StreamClient& client, SteadyTime now);
  void drop(StreamClient& client, std::uint16_t code, std::string reason);
  void send(StreamClient& client, Frame frame);
  void forget_subscription(StreamClient& client, const std::string& name);
  std::function<void()> resumed(StreamClient& client) const;

  Outcome answer(StreamClient& client, const RpcCall& call);
  Outcome authenticate(StreamClient& client, const RpcCall& call, std::optional<Identity> identity);
  Outcome subscribe(StreamClient& client, const RpcCall& call);
  Outcome unsubscribe(StreamClient& client, const RpcCall& call);
  Outcome hello() const;
  std::optional<RpcError> refuse_events(const StreamClient& client, const RpcCall& call) const;
  void submit(const std::shared_ptr<StreamClient>& client, RpcCall call);

  const HubOptions options_;
  Tokens& tokens_;
  const std::uint64_t first_seq_;
  mutable std::mutex mutex_;  // of all below
  mutable std::map<std::string, std::unique_ptr<Channel>, std::less<>> channels_;
  std::vector<std::shared_ptr<StreamClient>> clients_;
  HubFigures figures_;
  SteadyTime tokens_checked_;
  SteadyTime rate_measured_;
  std::uint64_t messages_then_ = 0;
};

}  // namespace ballast::api
