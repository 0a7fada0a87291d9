#include "apps/ballast/client_stream.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "ports/url.hpp"

namespace ballast {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using nlohmann::json;

constexpr std::chrono::seconds connect_at_most{10};
constexpr std::chrono::seconds silent_at_most{45};  // the service pings every 15 s
constexpr std::size_t message_max = std::size_t{64} << 20;

/// Runs one asynchronous step to its end; its own timer bounds it. Other work (the stream's timers
/// and pings) may be left over for the next.
template <class Start>
error_code run(asio::io_context& io, Start start) {
  std::optional<error_code> outcome;
  start([&outcome](error_code error, const auto&...) { outcome = error; });
  io.restart();
  while (!outcome && io.run_one() > 0) {
  }
  return outcome.value_or(asio::error::operation_aborted);
}

class Connection {
 public:
  virtual ~Connection() = default;
  virtual Result<void> write(const std::string& text) = 0;
  virtual Result<std::string> read() = 0;

 protected:
  Connection() = default;
  Connection(const Connection&) = default;
  Connection& operator=(const Connection&) = default;
};

template <class Stream>
class WebSocket final : public Connection {
 public:
  template <class... Arguments>
  explicit WebSocket(Arguments&&... arguments)
      : socket_(io_, std::forward<Arguments>(arguments)...) {}

  websocket::stream<Stream>& socket() { return socket_; }
  asio::io_context& io() { return io_; }

  Result<void> handshake(const Url& url, const StreamWish& wish) {
    socket_.set_option(websocket::stream_base::timeout{connect_at_most, silent_at_most, true});
    socket_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
      request.set(beast::http::field::user_agent, "ballast/" BALLAST_VERSION);
      if (!wish.token.text.empty())
        request.set(beast::http::field::authorization, "Bearer " + wish.token.text);
    }));
    socket_.read_message_max(message_max);
    websocket::response_type response;
    const error_code error = run(io_, [&](auto done) {
      socket_.async_handshake(response, url.authority(), "/api/v1/stream", done);
    });
    if (error == websocket::error::upgrade_declined)
      return tl::unexpected(
          refusal(static_cast<int>(response.result_int()), "", wish.url, wish.token));
    if (error) return fail(Errc::io, error.message());
    return {};
  }

  Result<void> write(const std::string& text) override {
    const error_code error =
        run(io_, [&](auto done) { socket_.async_write(asio::buffer(text), done); });
    if (error) return fail(Errc::io, error.message());
    return {};
  }

  Result<std::string> read() override {
    beast::flat_buffer buffer;
    const error_code error = run(io_, [&](auto done) { socket_.async_read(buffer, done); });
    if (error == websocket::error::closed && socket_.reason().reason.size() > 0)
      return fail(Errc::io, std::string(socket_.reason().reason.c_str()));
    if (error) return fail(Errc::io, error.message());
    return beast::buffers_to_string(buffer.data());
  }

 private:
  asio::io_context io_;
  websocket::stream<Stream> socket_;
};

Result<void> connect(asio::io_context& io, beast::tcp_stream& tcp, const Url& url) {
  error_code error;
  asio::ip::tcp::resolver resolver(io);
  const auto found = resolver.resolve(url.host, std::to_string(url.port), error);
  if (error) return fail(Errc::io, error.message());
  tcp.expires_after(connect_at_most);
  error = run(io, [&](auto done) { tcp.async_connect(found, done); });
  tcp.expires_never();  // from now on the WebSocket's own timer
  if (error) return fail(Errc::io, error.message());
  return {};
}

Result<std::unique_ptr<Connection>> connect_plain(const Url& url, const StreamWish& wish) {
  auto connection = std::make_unique<WebSocket<beast::tcp_stream>>();
  BALLAST_CHECK(connect(connection->io(), connection->socket().next_layer(), url));
  BALLAST_CHECK(connection->handshake(url, wish));
  return connection;
}

Result<std::unique_ptr<Connection>> connect_tls(const Url& url, const StreamWish& wish) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  error_code error;
  context.set_default_verify_paths(error);
  context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  auto connection = std::make_unique<WebSocket<beast::ssl_stream<beast::tcp_stream>>>(context);
  auto& tls = connection->socket().next_layer();
  tls.set_verify_mode(asio::ssl::verify_peer);
  tls.set_verify_callback(asio::ssl::host_name_verification(url.host));
  if (SSL_set_tlsext_host_name(tls.native_handle(), url.host.c_str()) != 1)
    return fail(Errc::bad_input, fmt::format("{} is no name for TLS", url.host));
  BALLAST_CHECK(connect(connection->io(), tls.next_layer(), url));
  tls.next_layer().expires_after(connect_at_most);
  error = run(connection->io(),
              [&](auto done) { tls.async_handshake(asio::ssl::stream_base::client, done); });
  tls.next_layer().expires_never();
  if (error) return fail(Errc::io, error.message());
  BALLAST_CHECK(connection->handshake(url, wish));
  return connection;
}

/// What was last seen of each channel, and what follows.
class Follower {
 public:
  Follower(const StreamWish& wish, const StreamListener& listener)
      : wish_(&wish), listener_(&listener) {}

  /// True when the listener has enough. An error ends the connection; after `subscribed()` it is
  /// worth another.
  Result<bool> follow(Connection& connection) {
    subscribed_ = false;
    BALLAST_CHECK(subscribe(connection));
    for (;;) {
      BALLAST_TRY(text, connection.read());
      const json message = json::parse(text, nullptr, false);
      if (!message.is_object()) return fail(Errc::io, "the service sent what is no JSON object");
      if (message.contains("error")) {
        refused_ = true;
        return fail(Errc::bad_input,
                    "the service refuses to subscribe: " + words_of(message["error"]));
      }
      if (message.value("method", json()) != "subscription") {
        subscribed_ = subscribed_ || message.contains("result");
        continue;
      }
      BALLAST_TRY(goes_on, take(connection, message.value("params", json::object())));
      if (!goes_on) return true;
    }
  }
  bool subscribed() const { return subscribed_; }
  bool refused() const { return refused_; }

 private:
  static std::string words_of(const json& error) {
    const auto message = error.is_object() ? error.find("message") : error.end();
    return message != error.end() && message->is_string() ? message->get<std::string>()
                                                          : error.dump();
  }

  Result<void> subscribe(Connection& connection) {
    json params = {{"channels", wish_->channels}, {"interval_ms", wish_->interval.ns / 1'000'000}};
    if (!seen_.empty()) params["resume"] = seen_;
    return connection.write(json{
        {"jsonrpc", "2.0"},
        {"id", ++requests_},
        {"method", "private/subscribe"},
        {"params",
         std::move(params)}}.dump());
  }

  Result<bool> take(Connection& connection, const json& params) {
    const std::string channel = params.value("channel", "");
    const auto seq = params.value("seq", json());
    const auto before = params.value("prev_seq", json());
    if (channel.empty() || !seq.is_number_unsigned())
      return fail(Errc::io, "a notification names neither channel nor number");
    const auto seen = seen_.find(channel);
    if (before.is_number_unsigned() && seen != seen_.end() && before != seen->second) {
      listener_->trouble(fmt::format("{}: changes between {} and {} are missing; asking anew",
                                     channel, seen->second, seq.get<std::uint64_t>()));
      seen_.erase(seen);
      BALLAST_CHECK(subscribe(connection));
      return true;  // a snapshot comes
    }
    if (before.is_number_unsigned() && seen == seen_.end())
      return true;  // older than that snapshot
    seen_[channel] = seq.get<std::uint64_t>();
    return listener_->notification(params.dump());
  }

  const StreamWish* wish_;
  const StreamListener* listener_;
  std::map<std::string, std::uint64_t> seen_;
  int requests_ = 0;
  bool subscribed_ = false;
  bool refused_ = false;
};

}  // namespace

Result<void> follow_stream(const StreamWish& wish, const StreamListener& listener) {
  BALLAST_TRY(url, parse_url(wish.url));
  Follower follower(wish, listener);
  std::chrono::milliseconds pause{250};
  for (bool worked = false;;) {
    std::string lost;
    auto connection = url.tls ? connect_tls(url, wish) : connect_plain(url, wish);
    if (connection) {
      const auto enough = follower.follow(**connection);
      if (enough) return {};
      if (follower.refused()) return tl::unexpected(enough.error());
      worked = worked || follower.subscribed();
      if (follower.subscribed()) pause = std::chrono::milliseconds{250};
      lost = enough.error().what;
    } else {
      lost = connection.error().what;
      if (connection.error().code != Errc::io) return tl::unexpected(connection.error());
    }
    if (!worked) {
      return fail(Errc::io,
                  fmt::format("no stream from {}: {}; is it running (`ballast run`), and is "
                              "that its address (--url)?",
                              wish.url, lost));
    }
    listener.trouble(fmt::format("the connection is lost ({}); trying again", lost));
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds{10'000});
  }
}

}  // namespace ballast
