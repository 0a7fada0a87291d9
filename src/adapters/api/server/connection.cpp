#include "adapters/api/server/connection.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/api/server/exchange.hpp"
#include "adapters/api/server/frame_queue.hpp"
#include "adapters/api/server/request_parser.hpp"
#include "adapters/api/server/socket_or_tls.hpp"

namespace ballast::api {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using tcp = net::ip::tcp;
using Nanoseconds = std::chrono::nanoseconds;

constexpr std::size_t piece_bytes = 16 * 1024;  // read at once
constexpr std::size_t linger_bytes = 256 * 1024;
constexpr auto linger_within = std::chrono::seconds(2);
constexpr auto close_within = std::chrono::seconds(5);  // of a WebSocket
constexpr auto ping_every = std::chrono::seconds(15);
constexpr std::uint16_t close_unsupported = 1003;

Nanoseconds chrono(Duration duration) { return Nanoseconds(duration.ns); }

/// A class of its own, for Beast to find what stands beside it here.
class Bytes
    : public SocketOrTls<tcp::socket, net::ssl::stream<tcp::socket&>, boost::system::error_code> {
 public:
  using SocketOrTls::SocketOrTls;
};

// What Beast's WebSocket asks of the stream below it.
template <class Handler>
void async_teardown(beast::role_type /*role*/, Bytes& bytes, Handler&& handler) {
  bytes.close();
  net::post(bytes.get_executor(),
            beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}
void beast_close_socket(Bytes& bytes) { bytes.close(); }

class Connection final : public Wire,
                         public StreamPeer,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerCore& core, tcp::socket socket, net::ssl::context* tls, Accepted accepted)
      : core_(core),
        limits_(core.options.limits),
        accepted_(std::move(accepted)),
        bytes_(std::move(socket), tls),
        executor_(bytes_.get_executor()),
        timer_(executor_),
        buffer_(limits_.header_bytes + 4 * piece_bytes) {}
  ~Connection() override { core_.table.leave(id_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// False when there is no room for it.
  bool enter();
  void start();
  void turn_away();

  // Wire
  void read(SteadyTime deadline, std::function<void(Piece)> then) override;
  void write(std::string_view first,
             std::string_view second,
             SteadyTime deadline,
             std::function<void()> then) override;
  void wait(SteadyTime deadline, std::function<void()> late) override;
  void post(std::function<void()> task) override;
  void next(bool close) override;
  void upgrade(Admission admission, std::string host) override;

  // StreamPeer, of any thread
  void send(Frame frame) override;
  void close(std::uint16_t code, std::string reason) override;
  Backlog backlog() const override;

 private:
  enum class Phase : std::uint8_t {
    waiting,  // for a request, or in the middle of its head
    reading,
    writing,
    handling,
    lingering,
    stream,
    closed
  };

  void until(SteadyTime deadline);
  void within(Nanoseconds span) { until(std::chrono::steady_clock::now() + span); }
  void expire();
  void asked_to_close(bool at_once);
  void close_now();
  template <class Member>
  auto bound(Member member) {
    return beast::bind_front_handler(member, shared_from_this());
  }

  void await_request();
  void on_bytes(error_code error, std::size_t count);
  void begin_head();
  void parse_head();
  void on_head();
  RequestHead take_head();
  void on_piece(error_code error, std::size_t count);
  void linger();
  void drain(error_code error, std::size_t count);

  void on_upgraded(error_code error);
  void read_message();
  void on_message(error_code error, std::size_t count);
  void write_frame();
  void on_frame_written(error_code error);
  void close_stream(std::uint16_t code, const std::string& reason);

  ServerCore& core_;
  const ServerLimits& limits_;
  const Accepted accepted_;
  std::uint64_t id_ = 0;
  Bytes bytes_;
  Bytes::executor_type executor_;
  net::steady_timer timer_;
  std::uint64_t deadline_ = 0;  // counts the deadlines set: an earlier one means nothing any more
  bool expired_ = false;        // the read under way was cut off by its deadline
  Phase phase_ = Phase::waiting;
  bool first_request_ = true;
  bool close_after_ = false;

  beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  std::shared_ptr<Exchange> exchange_;
  std::string piece_;
  std::function<void(Piece)> on_read_;
  std::function<void()> on_late_;
  std::size_t drained_ = 0;

  using WebSocket = websocket::stream<Bytes, false>;
  std::optional<WebSocket> ws_;
  std::optional<Identity> identity_;
  std::shared_ptr<StreamClient> client_;
  beast::flat_buffer message_;
  FrameQueue queue_;
};

// ---- deadlines and ends

bool Connection::enter() {
  const std::weak_ptr<Connection> self = weak_from_this();
  id_ = core_.table.enter(accepted_.peer, [self, executor = executor_](bool at_once) {
    net::post(executor, [self, at_once] {
      if (const auto open = self.lock()) open->asked_to_close(at_once);
    });
  });
  return id_ != 0;
}

void Connection::start() {
  net::dispatch(executor_, [self = shared_from_this()] {
    if (self->bytes_.tls() == nullptr) return self->await_request();
    self->within(chrono(self->limits_.header_within));
    self->bytes_.tls()->async_handshake(net::ssl::stream_base::server, [self](error_code error) {
      if (error) return self->close_now();
      self->await_request();
    });
  });
}

/// Says why in the clear; a TLS client sees the connection end.
void Connection::turn_away() {
  if (bytes_.tls() != nullptr) return;
  Response response = problem(503, "too_many_connections",
                              "too many connections are open; close some, or come back later");
  response.headers.emplace_back("Retry-After", "5");
  const std::string text =
      reply_head(response, response.body.size(), {"", false, true, core_.options.now()}) +
      response.body;
  const int socket = bytes_.socket().native_handle();
  [[maybe_unused]] const ssize_t sent =
      ::send(socket, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::shutdown(socket, SHUT_WR);
}

void Connection::until(SteadyTime deadline) {
  const std::uint64_t number = ++deadline_;
  timer_.expires_at(deadline);
  timer_.async_wait([self = shared_from_this(), number](error_code error) {
    if (!error && number == self->deadline_) self->expire();
  });
}

void Connection::expire() {
  if (phase_ == Phase::handling) return std::exchange(on_late_, nullptr)();
  if (phase_ != Phase::reading && !(phase_ == Phase::waiting && parser_)) return close_now();
  expired_ = true;  // whoever reads answers 408
  error_code ignored;
  bytes_.socket().cancel(ignored);
}

void Connection::asked_to_close(bool at_once) {
  close_after_ = true;
  if (at_once || phase_ == Phase::waiting || phase_ == Phase::lingering) close_now();
}

void Connection::close_now() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  ++deadline_;
  timer_.cancel();
  if (client_) core_.hub.disconnect(std::exchange(client_, nullptr));
  (ws_ ? ws_->next_layer() : bytes_).close();
  core_.table.leave(id_);
}

// ---- a request's head

void Connection::await_request() {
  if (close_after_ || core_.draining) return linger();
  phase_ = Phase::waiting;
  core_.table.set_waiting(id_, true);
  exchange_.reset();
  parser_.reset();
  expired_ = false;
  if (buffer_.size() > 0) return begin_head();  // pipelined
  within(chrono(first_request_ ? limits_.header_within : limits_.idle_within));
  bytes_.async_read_some(buffer_.prepare(piece_bytes), bound(&Connection::on_bytes));
}

void Connection::begin_head() {
  first_request_ = false;
  parser_.emplace(limits_.header_bytes);
  within(chrono(limits_.header_within));
  parse_head();
}

void Connection::on_bytes(error_code error, std::size_t count) {
  if (phase_ == Phase::closed) return;
  if (expired_) return on_head();
  if (error) return close_now();
  buffer_.commit(count);
  parser_ ? parse_head() : begin_head();
}

void Connection::parse_head() {
  const auto data = buffer_.cdata();
  buffer_.consume(parser_->feed({static_cast<const char*>(data.data()), data.size()}));
  if (!parser_->wants_more()) return on_head();
  bytes_.async_read_some(buffer_.prepare(piece_bytes), bound(&Connection::on_bytes));
}

void Connection::on_head() {
  core_.table.set_waiting(id_, false);
  exchange_ = std::make_shared<Exchange>(core_, shared_from_this());
  if (expired_) {
    exchange_->refuse(problem(408, "too_slow", "the head of the request did not come in time"));
  } else if (auto refusal = parser_->head_problem()) {
    exchange_->refuse(std::move(*refusal));
  } else {
    exchange_->begin(take_head());
  }
}

RequestHead Connection::take_head() {
  RequestHead head = parser_->head();
  head.body_begun = buffer_.size() > 0;
  head.peer = accepted_.peer;
  head.local_address = accepted_.local_address;
  return head;
}

// ---- what an exchange asks for

void Connection::read(SteadyTime deadline, std::function<void(Piece)> then) {
  phase_ = Phase::reading;
  until(deadline);
  on_read_ = std::move(then);
  piece_.resize(piece_bytes);
  parser_->read_into(piece_);
  http::async_read_some(bytes_, buffer_, parser_->beast(), bound(&Connection::on_piece));
}

void Connection::on_piece(error_code error, std::size_t /*count*/) {
  if (phase_ == Phase::closed) return;
  if (error == http::error::need_buffer) error = {};
  auto malformed = RequestParser::body_problem(error);
  if (error && !expired_ && !malformed) return close_now();  // the client went away
  Piece piece;
  if (expired_) {
    piece.problem = problem(408, "too_slow", "the body of the request did not come in time");
  } else if (malformed) {
    piece.problem = std::move(malformed);
  } else {
    // The line end behind a chunk stays in the buffer until the next one comes.
    constexpr std::size_t chunk_end = 2;
    error_code ignored;
    piece.bytes = std::string_view(piece_).substr(0, piece_bytes - parser_->unfilled());
    piece.whole = parser_->done();
    piece.more = buffer_.size() > chunk_end || bytes_.socket().available(ignored) > 0;
  }
  std::exchange(on_read_, nullptr)(std::move(piece));
}

void Connection::write(std::string_view first,
                       std::string_view second,
                       SteadyTime deadline,
                       std::function<void()> then) {
  phase_ = Phase::writing;
  until(deadline);
  const std::array<net::const_buffer, 2> parts{net::buffer(first), net::buffer(second)};
  net::async_write(bytes_, parts,
                   [self = shared_from_this(), exchange = exchange_, then = std::move(then)](
                       error_code error, std::size_t /*count*/) {
                     if (self->phase_ == Phase::closed) return;
                     error ? self->close_now() : then();
                   });
}

void Connection::wait(SteadyTime deadline, std::function<void()> late) {
  phase_ = Phase::handling;
  on_late_ = std::move(late);
  until(deadline);
}

void Connection::post(std::function<void()> task) {
  net::post(executor_, [self = shared_from_this(), task = std::move(task)] {
    if (self->phase_ != Phase::closed) task();
  });
}

void Connection::next(bool close) {
  if (close) close_after_ = true;
  close_after_ ? linger() : await_request();
}

/// Closes so that the client can still read the answer: a socket that is closed with something
/// unread resets the connection, and the answer may be lost with it.
void Connection::linger() {
  phase_ = Phase::lingering;
  core_.table.set_waiting(id_, true);
  within(linger_within);
  piece_.resize(piece_bytes);
  const auto then = [self = shared_from_this()](error_code /*error*/) {
    error_code ignored;
    self->bytes_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    self->drain({}, 0);
  };
  bytes_.tls() != nullptr ? bytes_.tls()->async_shutdown(then) : then({});
}

void Connection::drain(error_code error, std::size_t count) {
  drained_ += count;
  if (error || phase_ == Phase::closed || drained_ > linger_bytes) return close_now();
  bytes_.socket().async_read_some(net::buffer(piece_), bound(&Connection::drain));
}

// ---- the stream

void Connection::upgrade(Admission admission, std::string host) {
  if (buffer_.size() > 0)
    return exchange_->refuse(
        problem(400, "too_early", "a client of the stream waits for the answer first"));
  identity_ = std::move(admission.identity);
  const bool tls = bytes_.tls() != nullptr;
  phase_ = Phase::stream;
  ++deadline_;  // from here on, Beast's own
  timer_.cancel();
  ws_.emplace(std::move(bytes_));
  websocket::stream_base::timeout timeouts{};
  timeouts.handshake_timeout = chrono(limits_.header_within);
  timeouts.idle_timeout = 2 * ping_every;  // pings come halfway
  timeouts.keep_alive_pings = true;
  ws_->set_option(timeouts);
  ws_->read_message_max(limits_.message_bytes);
  ws_->auto_fragment(false);
  ws_->set_option(websocket::stream_base::decorator(
      [tls, host = std::move(host)](websocket::response_type& response) {
        response.set(http::field::server, "ballast");
        for (const auto& [name, value] : security_headers({.host = host, .tls = tls}, false))
          response.set(name, value);
      }));
  ws_->async_accept(parser_->beast().get(), bound(&Connection::on_upgraded));
}

void Connection::on_upgraded(error_code error) {
  if (phase_ == Phase::closed) return;
  if (error) return close_now();
  const auto now = std::chrono::steady_clock::now();
  client_ = core_.hub.connect(
      weak_from_this(), std::move(identity_),
      [this](std::string_view token) {
        return core_.gate.identify(token, accepted_.peer, std::chrono::steady_clock::now());
      },
      now);
  if (core_.draining) return close_stream(1001, "the service is stopping");
  read_message();
}

void Connection::read_message() {
  if (phase_ == Phase::closed) return;
  ws_->async_read(message_, bound(&Connection::on_message));
}

void Connection::on_message(error_code error, std::size_t /*count*/) {
  if (phase_ == Phase::closed) return;
  if (error) return close_now();
  if (!ws_->got_text()) return close_stream(close_unsupported, "messages are text: JSON-RPC 2.0");
  const auto data = message_.cdata();
  const std::string text(static_cast<const char*>(data.data()), data.size());
  message_.consume(data.size());
  core_.hub.receive(client_, text, [self = shared_from_this()] {
    net::post(self->executor_, [self] { self->read_message(); });
  });
}

void Connection::send(Frame frame) {
  if (!queue_.put(std::move(frame))) return;
  net::post(executor_, [self = shared_from_this()] { self->write_frame(); });
}

void Connection::write_frame() {
  if (phase_ == Phase::closed) return;
  const Frame frame = queue_.first();
  ws_->text(true);
  const auto text = net::buffer(*frame);
  ws_->async_write(text, [self = shared_from_this(), frame](error_code error, std::size_t) {
    self->on_frame_written(error);
  });
}

void Connection::on_frame_written(error_code error) {
  const bool more = queue_.written();
  if (phase_ == Phase::closed) return;
  if (error) return close_now();
  if (more) write_frame();
}

StreamPeer::Backlog Connection::backlog() const { return queue_.backlog(); }

void Connection::close(std::uint16_t code, std::string reason) {
  net::post(executor_, [self = shared_from_this(), code, reason = std::move(reason)] {
    self->close_stream(code, reason);
  });
}

void Connection::close_stream(std::uint16_t code, const std::string& reason) {
  if (phase_ == Phase::closed || !queue_.close()) return;
  within(close_within);  // what is being written may be stuck
  ws_->async_close({static_cast<websocket::close_code>(code), reason},
                   [self = shared_from_this()](error_code /*error*/) { self->close_now(); });
}

}  // namespace

void serve(ServerCore& core, net::io_context& io, net::ssl::context* tls, Accepted accepted) {
  tcp::socket socket(net::make_strand(io));
  error_code error;
  socket.assign(accepted.ipv6 ? tcp::v6() : tcp::v4(), accepted.socket, error);
  if (error) {
    ::close(accepted.socket);
    return;
  }
  socket.set_option(tcp::no_delay(true), error);
  const auto connection =
      std::make_shared<Connection>(core, std::move(socket), tls, std::move(accepted));
  connection->enter() ? connection->start() : connection->turn_away();
}

}  // namespace ballast::api
