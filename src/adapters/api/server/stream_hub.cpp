#include "adapters/api/server/stream_hub.hpp"

#include <algorithm>
#include <utility>

#include "adapters/api/server/stream_client.hpp"

namespace ballast::api {
namespace {

// A client with more than this waiting is told nothing new, and is not read from.
constexpr std::size_t enough_queued = 64 * 1024;
constexpr auto token_check_every = std::chrono::milliseconds(200);
constexpr std::uint16_t close_going_away = 1001;
constexpr std::uint16_t close_try_later = 1013;

std::chrono::nanoseconds chrono(Duration duration) { return std::chrono::nanoseconds(duration.ns); }

/// The next whole multiple of the interval: clients of one interval are told together, so that they
/// have all seen the same, and share what is made for them.
SteadyTime next_due(SteadyTime now, std::chrono::nanoseconds interval) {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch());
  return now + (interval - since % interval);
}

}  // namespace

StreamHub::StreamHub(HubOptions options, Tokens& tokens)
    : options_(std::move(options)),
      tokens_(tokens),
      // Microseconds: exact in a double, and later than any seq of a run that ended before.
      first_seq_(static_cast<std::uint64_t>(std::max<std::int64_t>(options_.now().ns, 0)) / 1000) {}

StreamHub::~StreamHub() = default;

StreamHub::Channel& StreamHub::channel(std::string_view name) const {
  auto at = channels_.find(name);
  if (at == channels_.end()) {
    auto made = std::make_unique<Channel>(
        Channel{ChannelState(std::string(name), first_seq_, options_.history)});
    at = channels_.emplace(std::string(name), std::move(made)).first;
  }
  return *at->second;
}

void StreamHub::publish(Timestamp now, std::vector<ChannelChange> changes) {
  for (const ChannelChange& change : changes) {
    const std::lock_guard guard(mutex_);
    Channel& to = channel(change.channel);
    if (change.whole) to.missed = false;
    if (to.missed) continue;
    to.state.apply(now, change);
    to.told = true;
  }
}

bool StreamHub::wanted(std::string_view name) const {
  const std::lock_guard guard(mutex_);
  Channel& asked = channel(name);
  if (asked.listeners > 0) return true;
  asked.missed = true;
  asked.told = false;
  return false;
}

HubFigures StreamHub::figures() const {
  const std::lock_guard guard(mutex_);
  HubFigures figures = figures_;
  figures.clients = clients_.size();
  return figures;
}

std::shared_ptr<StreamClient> StreamHub::connect(std::weak_ptr<StreamPeer> peer,
                                                 std::optional<Identity> identity,
                                                 Identify identify,
                                                 SteadyTime now) {
  auto client = std::make_shared<StreamClient>();
  client->peer = std::move(peer);
  client->identity = std::move(identity);
  client->identify = std::move(identify);
  client->since = now;
  const std::lock_guard guard(mutex_);
  clients_.push_back(client);
  return client;
}

void StreamHub::disconnect(const std::shared_ptr<StreamClient>& client) {
  const std::lock_guard guard(mutex_);
  while (!client->subscriptions.empty())
    forget_subscription(*client, std::string(client->subscriptions.begin()->first));
  client->closed = true;
  client->next = nullptr;
  std::erase(clients_, client);
}

void StreamHub::forget_subscription(StreamClient& client, const std::string& name) {
  if (client.subscriptions.erase(name) > 0) --channel(name).listeners;
}

void StreamHub::close_all() {
  const std::lock_guard guard(mutex_);
  for (const auto& client : clients_)
    drop(*client, close_going_away, "the service is stopping");
}

void StreamHub::drop(StreamClient& client, std::uint16_t code, std::string reason) {
  if (client.closed) return;
  client.closed = true;
  if (const auto peer = client.peer.lock()) peer->close(code, std::move(reason));
}

void StreamHub::send(StreamClient& client, Frame frame) {
  if (client.closed) return;
  ++figures_.messages;
  if (const auto peer = client.peer.lock()) peer->send(std::move(frame));
}

void StreamHub::tick(SteadyTime now) {
  std::vector<std::shared_ptr<StreamClient>> clients;
  bool check_tokens = false;
  {
    const std::lock_guard guard(mutex_);
    clients = clients_;
    check_tokens = now - tokens_checked_ >= token_check_every;
    if (check_tokens) tokens_checked_ = now;
    if (const auto passed = now - rate_measured_; passed >= std::chrono::seconds(1)) {
      figures_.messages_per_second = static_cast<double>(figures_.messages - messages_then_) /
                                     std::chrono::duration<double>(passed).count();
      messages_then_ = figures_.messages;
      rate_measured_ = now;
    }
  }
  for (const auto& client : clients) {
    std::function<void()> next;
    std::optional<Identity> identity;
    if (check_tokens) {
      const std::lock_guard guard(mutex_);
      identity = client->identity;
    }
    const bool revoked = identity && !tokens_.holds(*identity);  // it may look at a file
    {
      const std::lock_guard guard(mutex_);
      tend(*client, now, revoked);
      next = resumed(*client);
    }
    if (next) next();
  }
}

void StreamHub::tend(StreamClient& client, SteadyTime now, bool revoked) {
  const auto peer = client.peer.lock();
  if (client.closed || !peer) return;
  if (revoked) return drop(client, close_policy, "the token was revoked, or has expired");
  if (!client.identity && now - client.since >= chrono(options_.auth_within))
    return drop(client, close_policy, "no public/auth came in time");
  const StreamPeer::Backlog backlog = peer->backlog();
  const bool stalled = backlog.since && now - *backlog.since >= chrono(options_.stall);
  if (stalled || backlog.bytes > options_.queued_bytes) {
    ++figures_.dropped;
    return drop(client, close_try_later,
                stalled ? "the client does not read" : "the client reads too slowly");
  }
  if (backlog.bytes <= enough_queued) tell(client, now);
}

void StreamHub::tell(StreamClient& client, SteadyTime now) {
  std::size_t queued = 0;
  for (auto& [name, subscription] : client.subscriptions) {
    if (now < subscription.due || queued > enough_queued) continue;
    Channel& from = channel(name);
    if (!from.told) continue;
    subscription.due = next_due(now, subscription.interval);
    Frame frame = from.state.since(subscription.seen);
    subscription.seen = from.state.seq();
    if (!frame) continue;
    queued += frame->size();
    send(client, std::move(frame));
  }
}

/// What reads on from a client that was held up, when it need not be any longer.
std::function<void()> StreamHub::resumed(StreamClient& client) const {
  if (!client.next || client.events_open >= options_.events_at_once) return nullptr;
  const auto peer = client.peer.lock();
  if (!peer || peer->backlog().bytes > enough_queued) return nullptr;
  return std::exchange(client.next, nullptr);
}

}  // namespace ballast::api
