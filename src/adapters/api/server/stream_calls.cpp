// What the stream's clients may call: the methods of StreamHub that answer them.

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "adapters/api/server/stream_client.hpp"
#include "adapters/api/server/stream_hub.hpp"

namespace ballast::api {
namespace {

constexpr std::int64_t interval_ms_min = 50;
constexpr std::int64_t interval_ms_max = 10'000;
constexpr std::int64_t interval_ms_default = 100;
constexpr std::size_t unknown_calls_max = 16;

tl::unexpected<RpcError> refuse(int code, std::string message) {
  return tl::unexpected(RpcError{code, std::move(message)});
}

std::string names(const auto& list, const auto& name_of) {
  std::string out = "[";
  for (const auto& entry : list) {
    if (out.size() > 1) out += ',';
    out += json_text(name_of(entry));
  }
  return out + "]";
}

std::string subscribed(const StreamClient& client) {
  return names(client.subscriptions, [](const auto& row) { return row.first; });
}

}  // namespace

void StreamHub::receive(const std::shared_ptr<StreamClient>& client,
                        std::string_view text,
                        std::function<void()> next) {
  auto call = parse_call(text);
  {
    std::unique_lock lock(mutex_);
    client->next = std::move(next);
    if (!call) {
      send(*client, std::make_shared<const std::string>(rpc_error(call.error())));
    } else if (call->method == "private/events") {
      lock.unlock();
      submit(client, std::move(*call));
      lock.lock();
    } else {
      const auto id = call->id;
      Outcome outcome = [&]() -> Outcome {
        // A token is looked up without the lock: it may be in a file that has changed.
        if (call->method != "public/auth") return answer(*client, *call);
        lock.unlock();
        auto identity = call->token ? client->identify(*call->token) : std::nullopt;
        lock.lock();
        return authenticate(*client, *call, std::move(identity));
      }();
      if (!outcome) outcome.error().id = id.value_or("null");
      if (id)
        send(*client, std::make_shared<const std::string>(outcome ? rpc_result(*id, *outcome)
                                                                  : rpc_error(outcome.error())));
    }
    if (!client->identity && ++client->unknown_calls > unknown_calls_max)
      drop(*client, close_policy, "too much was said before public/auth");
    next = resumed(*client);
  }
  if (next) next();
}

StreamHub::Outcome StreamHub::answer(StreamClient& client, const RpcCall& call) {
  if (call.method == "public/ping") return "\"pong\"";
  if (call.method == "public/hello") return hello();
  const bool subscribes = call.method == "private/subscribe";
  if (!subscribes && call.method != "private/unsubscribe")
    return refuse(rpc::method_not_found,
                  fmt::format("there is no method {}; there are public/auth, public/ping, "
                              "public/hello, private/subscribe, private/unsubscribe, "
                              "private/events",
                              call.method));
  if (!client.identity)
    return refuse(rpc::unauthorized, "say who you are first: public/auth with a token");
  const Principal& by = client.identity->principal;
  if (!may(by.role, Permission::read))
    return refuse(rpc::forbidden, fmt::format("the token {} has the role {}, which may not read",
                                              by.name, to_string(by.role)));
  if (!call.channels) return refuse(rpc::invalid_params, "channels are missing");
  return subscribes ? subscribe(client, call) : unsubscribe(client, call);
}

StreamHub::Outcome StreamHub::hello() const {
  return fmt::format(R"({{"version":{},"time":"{}","channels":{}}})", json_text(options_.version),
                     to_string(options_.now()),
                     names(options_.channels, [](const std::string& name) { return name; }));
}

StreamHub::Outcome StreamHub::authenticate(StreamClient& client,
                                           const RpcCall& call,
                                           std::optional<Identity> identity) {
  if (!call.token) return refuse(rpc::invalid_params, "token is missing");
  if (!identity)
    return refuse(rpc::unauthorized,
                  "this token is malformed, unknown, expired or revoked; an admin can make one");
  client.identity = std::move(identity);
  const Principal& by = client.identity->principal;
  return fmt::format(R"({{"name":{},"role":"{}"}})", json_text(by.name), to_string(by.role));
}

bool StreamHub::known(std::string_view name) const {
  return std::any_of(
      options_.channels.begin(), options_.channels.end(), [&](const std::string& channel) {
        return channel.ends_with(':') ? name.starts_with(channel) && name.size() > channel.size()
                                      : name == channel;
      });
}

StreamHub::Outcome StreamHub::subscribe(StreamClient& client, const RpcCall& call) {
  const std::int64_t interval = call.interval_ms.value_or(interval_ms_default);
  if (interval < interval_ms_min || interval > interval_ms_max)
    return refuse(rpc::invalid_params, fmt::format("interval_ms is {}; it goes from {} to {}",
                                                   interval, interval_ms_min, interval_ms_max));
  std::set<std::string_view> all;
  for (const auto& [name, subscription] : client.subscriptions)
    all.insert(name);
  for (const std::string& name : *call.channels) {
    if (!known(name) || name.size() > 256)
      return refuse(rpc::invalid_params,
                    fmt::format("there is no channel {}; public/hello lists them", name));
    all.insert(name);
  }
  for (const auto& [name, seq] : call.resume)
    if (std::find(call.channels->begin(), call.channels->end(), name) == call.channels->end())
      return refuse(rpc::invalid_params,
                    fmt::format("resume names {}, which channels does not", name));
  if (all.size() > options_.channels_per_client)
    return refuse(rpc::too_many, fmt::format("a client has at most {} channels; open another "
                                             "connection, or unsubscribe from some",
                                             options_.channels_per_client));
  for (const std::string& name : *call.channels) {
    const auto [at, is_new] = client.subscriptions.try_emplace(name);
    if (is_new) ++channel(name).listeners;
    const auto from = call.resume.find(name);
    at->second = {std::chrono::milliseconds(interval),
                  from == call.resume.end() ? std::nullopt : std::optional(from->second),
                  SteadyTime{}};
  }
  return subscribed(client);
}

StreamHub::Outcome StreamHub::unsubscribe(StreamClient& client, const RpcCall& call) {
  for (const std::string& name : *call.channels)
    forget_subscription(client, name);
  return subscribed(client);
}

std::optional<RpcError> StreamHub::refuse_events(const StreamClient& client,
                                                 const RpcCall& call) const {
  if (!client.identity)
    return RpcError{rpc::unauthorized, "say who you are first: public/auth with a token"};
  const Principal& by = client.identity->principal;
  if (!may(by.role, Permission::act) && !may(by.role, Permission::ingest))
    return RpcError{rpc::forbidden, fmt::format("the token {} has the role {}, which may not post",
                                                by.name, to_string(by.role))};
  if (!call.events) return RpcError{rpc::invalid_params, "events are missing"};
  if (!options_.submit) return RpcError{rpc::internal_error, "this service takes no events here"};
  return std::nullopt;
}

void StreamHub::submit(const std::shared_ptr<StreamClient>& client, RpcCall call) {
  StreamEvents events;
  {
    const std::lock_guard guard(mutex_);
    if (auto refused = refuse_events(*client, call)) {
      refused->id = call.id.value_or("null");
      if (call.id) send(*client, std::make_shared<const std::string>(rpc_error(*refused)));
      return;
    }
    ++client->events_open;
    events = {client->identity->principal, std::move(*call.events), call.atomic,
              std::move(call.key)};
  }
  options_.submit(std::move(events), [this, client, id = call.id](Response response) {
    const bool good = response.status >= 200 && response.status < 300;
    const RpcError error{rpc::refused, std::string(reason_phrase(response.status)),
                         id.value_or("null"), response.body};
    std::function<void()> next;
    {
      const std::lock_guard guard(mutex_);
      --client->events_open;
      if (id)
        send(*client, std::make_shared<const std::string>(good ? rpc_result(*id, response.body)
                                                               : rpc_error(error)));
      next = resumed(*client);
    }
    if (next) next();
  });
}

}  // namespace ballast::api
