#include "adapters/api/server/connection.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <exception>
#include <limits>
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
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/api/server/line_splitter.hpp"
#include "adapters/api/server/reply.hpp"

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
constexpr std::size_t batch_lines = 1000;
constexpr std::size_t linger_bytes = 256 * 1024;
constexpr auto linger_within = std::chrono::seconds(2);
constexpr auto close_within = std::chrono::seconds(5);  // of a WebSocket
constexpr auto ping_every = std::chrono::seconds(15);
constexpr std::uint16_t close_unsupported = 1003;

Nanoseconds chrono(Duration duration) { return Nanoseconds(duration.ns); }

/// A socket, with TLS or without: one type, so that all above it is compiled once.
class Bytes {
 public:
  using executor_type = tcp::socket::executor_type;

  Bytes(tcp::socket socket, net::ssl::context* tls)
      : socket_(std::make_unique<tcp::socket>(std::move(socket))),
        tls_(tls == nullptr ? nullptr : std::make_unique<Tls>(*socket_, *tls)) {}

  executor_type get_executor() { return socket_->get_executor(); }
  tcp::socket& socket() { return *socket_; }
  net::ssl::stream<tcp::socket&>* tls() { return tls_.get(); }
  void close() {
    error_code ignored;
    socket_->close(ignored);
  }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_read_some(buffers, std::forward<Handler>(handler));
    else
      socket_->async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_write_some(buffers, std::forward<Handler>(handler));
    else
      socket_->async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  using Tls = net::ssl::stream<tcp::socket&>;
  std::unique_ptr<tcp::socket> socket_;  // stays where it is: `tls_` refers to it
  std::unique_ptr<Tls> tls_;
};

// What Beast's WebSocket asks of the stream below it.
template <class Handler>
void async_teardown(beast::role_type /*role*/, Bytes& bytes, Handler&& handler) {
  bytes.close();
  net::post(bytes.get_executor(),
            beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}
void beast_close_socket(Bytes& bytes) { bytes.close(); }

bool is_http_error(const error_code& error) {
  return error.category() == make_error_code(http::error::bad_method).category();
}

class Connection final : public StreamPeer, public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerCore& core, tcp::socket socket, std::string peer, std::string local_address)
      : core_(core),
        limits_(core.options.limits),
        peer_(std::move(peer)),
        local_address_(std::move(local_address)),
        bytes_(std::move(socket), core.tls),
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

  // StreamPeer, of any thread
  void send(Frame frame) override;
  void close(std::uint16_t code, std::string reason) override;
  Backlog backlog() const override;

 private:
  enum class Phase : std::uint8_t {
    waiting,
    body,
    lines,
    handling,
    writing,
    lingering,
    stream,
    closed
  };
  using Parser = http::request_parser<http::buffer_body>;

  void until(SteadyTime deadline);
  void within(Nanoseconds span) { until(std::chrono::steady_clock::now() + span); }
  Nanoseconds transfer_time(std::size_t bytes) const;
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
  void on_head(error_code error);
  RequestHead take_head();
  void act_on(RequestHead head);
  void continue_then(void (Connection::*read)());

  void read_piece(void (Connection::*then)(error_code, std::size_t));
  bool take_piece(error_code& error, std::string_view& piece);
  void read_body();
  void refuse_body();
  void on_body(error_code error, std::size_t count);
  void handle();

  void begin_lines();
  void read_lines();
  void on_lines(error_code error, std::size_t count);
  void give_batch();
  void on_answer(LineAnswer answer);
  void end_lines(Response last);
  void write_lines(std::string_view line, bool last);
  void on_lines_written(error_code error, std::size_t count);

  void reply(Response response);
  void on_written(error_code error, std::size_t count);
  void finish_exchange();
  void linger();
  void drain(error_code error, std::size_t count);

  void upgrade();
  void on_upgraded(error_code error);
  void read_message();
  void on_message(error_code error, std::size_t count);
  void write_frame();
  void on_frame_written(error_code error, std::size_t count);
  void close_stream(std::uint16_t code, const std::string& reason);

  ServerCore& core_;
  const ServerLimits& limits_;
  const std::string peer_;
  const std::string local_address_;
  std::uint64_t id_ = 0;
  Bytes bytes_;
  Bytes::executor_type executor_;
  net::steady_timer timer_;
  std::uint64_t deadline_ = 0;  // counts the deadlines set: an earlier one means nothing any more
  bool expired_ = false;        // the read under way was cut off by its deadline
  Phase phase_ = Phase::waiting;
  bool first_request_ = true;
  bool close_after_ = false;

  // The exchange under way
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::size_t head_bytes_ = 0;  // parsed
  Admission admission_;
  std::string method_, host_;
  SteadyTime began_;
  std::size_t received_ = 0;  // of the body
  std::uint64_t exchange_ = 0;
  std::string piece_;
  std::string head_text_;
  Response response_;
  std::size_t sent_ = 0;  // of the body

  struct Lines {
    explicit Lines(std::size_t line_max) : splitter(line_max) {}
    LineTaker take;
    LineSplitter splitter;
    std::size_t first = 0;
    bool whole = false;     // the body
    bool begun = false;     // the answer
    bool finished = false;  // the answer
  };
  std::optional<Lines> lines_;

  // The stream
  using WebSocket = websocket::stream<Bytes, false>;
  std::optional<WebSocket> ws_;
  std::shared_ptr<StreamClient> client_;
  beast::flat_buffer message_;
  mutable std::mutex queue_mutex_;
  std::deque<Frame> queue_;
  std::size_t queued_bytes_ = 0;
  std::optional<SteadyTime> queued_since_;
  bool queue_closed_ = false;
};

// ---- deadlines and ends

bool Connection::enter() {
  const std::weak_ptr<Connection> self = weak_from_this();
  id_ = core_.table.enter(peer_, [self, executor = executor_](bool at_once) {
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
  if (core_.tls != nullptr) return;
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

Nanoseconds Connection::transfer_time(std::size_t bytes) const {
  const std::chrono::duration<double> seconds(static_cast<double>(bytes) / limits_.transfer_rate);
  return chrono(limits_.transfer_within) + std::chrono::duration_cast<Nanoseconds>(seconds);
}

void Connection::expire() {
  if (phase_ == Phase::handling) {
    ++exchange_;  // a late answer means nothing any more
    Response late = problem(504, "no_answer",
                            "the desk did not answer in time; what was asked may "
                            "still happen, so look before you ask again");
    return lines_ ? end_lines(std::move(late)) : reply(std::move(late));
  }
  const bool reading_request =
      (phase_ == Phase::waiting && parser_) || phase_ == Phase::body || phase_ == Phase::lines;
  if (!reading_request) return close_now();
  expired_ = true;  // its handler answers 408
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
  parser_.reset();
  lines_.reset();
  admission_ = {};
  response_ = {};
  received_ = sent_ = 0;
  expired_ = false;
  if (buffer_.size() > 0) return begin_head();  // pipelined
  within(chrono(first_request_ ? limits_.header_within : limits_.idle_within));
  bytes_.async_read_some(buffer_.prepare(piece_bytes), bound(&Connection::on_bytes));
}

void Connection::begin_head() {
  first_request_ = false;
  head_bytes_ = 0;
  parser_.emplace();
  parser_->eager(false);  // stops where the head ends
  parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
  // We count: how much it may be, the route says, which is not known yet.
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
  within(chrono(limits_.header_within));
  parse_head();
}

void Connection::on_bytes(error_code error, std::size_t count) {
  if (phase_ == Phase::closed) return;
  if (expired_) return on_head({});
  if (error) return close_now();
  buffer_.commit(count);
  parser_ ? parse_head() : begin_head();
}

/// The parser's own limit is one of what it is given at once, and would let endless fields through
/// one after another: so we feed it, and count.
void Connection::parse_head() {
  error_code error;
  while (!error && !parser_->is_header_done()) {
    const std::size_t used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    head_bytes_ += used;
  }
  const std::size_t unparsed = parser_->is_header_done() ? 0 : buffer_.size();
  if (head_bytes_ + unparsed > limits_.header_bytes) error = http::error::header_limit;
  if (error != http::error::need_more) return on_head(error);
  bytes_.async_read_some(buffer_.prepare(piece_bytes), bound(&Connection::on_bytes));
}

void Connection::on_head(error_code error) {
  began_ = std::chrono::steady_clock::now();
  method_.clear();
  host_.clear();
  if (expired_) {
    reply(problem(408, "too_slow", "the head of the request did not come in time"));
  } else if (error == http::error::header_limit) {
    reply(problem(431, "header_too_large",
                  fmt::format("the head of a request has at most {} bytes", limits_.header_bytes)));
  } else if (error) {
    reply(problem(400, "bad_request",
                  fmt::format("this is no request of HTTP/1.1: {}", error.message())));
  } else {
    core_.table.set_waiting(id_, false);
    ++core_.requests;
    act_on(take_head());
  }
}

RequestHead Connection::take_head() {
  const auto& message = parser_->get();
  RequestHead head;
  head.method = std::string(message.method_string());
  head.target = std::string(message.target());
  head.http_1_0 = message.version() < 11;
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto [at, is_new] = head.headers.try_emplace(name, field.value());
    if (is_new) continue;
    if (name == "host") head.host_repeated = true;
    at->second += ", " + std::string(field.value());
  }
  const auto length = parser_->content_length();
  head.has_body = parser_->chunked() || (length && *length > 0);
  head.upgrade = websocket::is_upgrade(message);
  head.peer = peer_;
  head.local_address = local_address_;
  return head;
}

void Connection::act_on(RequestHead head) {
  method_ = head.method;
  if (const auto host = head.headers.find("host"); host != head.headers.end()) host_ = host->second;
  if (head.headers.contains("transfer-encoding") && !parser_->chunked()) {
    close_after_ = true;  // where the body ends is not known
    return reply(problem(501, "transfer_encoding", "of all transfer encodings, chunked is known"));
  }
  const bool has_body = head.has_body;
  admission_ = core_.gate.admit(std::move(head), began_);
  switch (admission_.kind) {
    case Admission::Kind::answered:
      if (admission_.response.status == 421) host_.clear();  // a name that is not ours
      return reply(std::move(admission_.response));
    case Admission::Kind::file: {
      Response response = file_response(*admission_.file);
      answer_if_none_match(admission_.request, response);
      return reply(std::move(response));
    }
    case Admission::Kind::stream:
      return upgrade();
    case Admission::Kind::lines:
      return begin_lines();
    case Admission::Kind::route:
      if (!has_body) return handle();
      if (parser_->content_length().value_or(0) > admission_.route->body_max) return refuse_body();
      return continue_then(&Connection::read_body);
  }
}

/// A client that waits to be told so (`Expect: 100-continue`) now sends the body.
void Connection::continue_then(void (Connection::*read)()) {
  const auto expect = admission_.request.header("expect");
  if (!expect || buffer_.size() > 0 || parser_->get().version() < 11) return (this->*read)();
  static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
  phase_ = Phase::writing;
  within(transfer_time(0));
  net::async_write(bytes_, net::buffer(line),
                   [self = shared_from_this(), read](error_code error, std::size_t /*count*/) {
                     if (self->phase_ == Phase::closed) return;
                     error ? self->close_now() : (self.get()->*read)();
                   });
}

// ---- its body

void Connection::read_piece(void (Connection::*then)(error_code, std::size_t)) {
  piece_.resize(piece_bytes);
  parser_->get().body().data = piece_.data();
  parser_->get().body().size = piece_.size();
  parser_->get().body().more = true;
  http::async_read_some(bytes_, buffer_, *parser_, bound(then));
}

/// What the read brought; false when it ended the exchange.
bool Connection::take_piece(error_code& error, std::string_view& piece) {
  if (error == http::error::need_buffer) error = {};
  if (phase_ == Phase::closed) return false;
  if (!error) {
    piece = std::string_view(piece_).substr(0, piece_.size() - parser_->get().body().size);
    received_ += piece.size();
    return true;
  }
  const bool late = expired_;
  if (!late && !is_http_error(error)) {
    close_now();  // the client went away
    return false;
  }
  Response response =
      late ? problem(408, "too_slow", "the body of the request did not come in time")
           : problem(400, "bad_body",
                     fmt::format("the body is not framed as HTTP/1.1 says: {}", error.message()));
  lines_ ? end_lines(std::move(response)) : reply(std::move(response));
  return false;
}

void Connection::read_body() {
  phase_ = Phase::body;
  until(began_ + transfer_time(received_));
  read_piece(&Connection::on_body);
}

void Connection::on_body(error_code error, std::size_t /*count*/) {
  std::string_view piece;
  if (!take_piece(error, piece)) return;
  if (received_ > admission_.route->body_max) return refuse_body();
  admission_.request.body += piece;
  parser_->is_done() ? handle() : read_body();
}

void Connection::refuse_body() {
  reply(problem(413, "body_too_large",
                fmt::format("the body of {} has at most {} bytes; send it in parts",
                            admission_.route->pattern, admission_.route->body_max)));
}

void Connection::handle() {
  phase_ = Phase::handling;
  within(chrono(limits_.handle_within));
  const std::uint64_t number = ++exchange_;
  const auto respond = [weak = weak_from_this(), number](Response response) {
    const auto self = weak.lock();
    if (!self) return;
    net::post(self->executor_, [self, number, response = std::move(response)]() mutable {
      if (self->phase_ != Phase::handling || self->exchange_ != number) return;
      answer_if_none_match(self->admission_.request, response);
      self->reply(std::move(response));
    });
  };
  try {
    admission_.route->handle(admission_.request, respond);
  } catch (const std::exception& defect) {
    respond(problem(500, "internal_error", defect.what()));
  }
}

// ---- a body of lines

void Connection::begin_lines() {
  lines_.emplace(limits_.line_bytes);
  lines_->take = admission_.route->stream_lines(admission_.request);
  continue_then(&Connection::read_lines);
}

void Connection::read_lines() {
  phase_ = Phase::lines;
  within(chrono(limits_.idle_within));
  read_piece(&Connection::on_lines);
}

void Connection::on_lines(error_code error, std::size_t /*count*/) {
  std::string_view piece;
  if (!take_piece(error, piece)) return;
  LineSplitter& splitter = lines_->splitter;
  if (!splitter.add(piece))
    return end_lines(problem(413, "line_too_long",
                             fmt::format("line {} has more than {} bytes",
                                         lines_->first + splitter.ready(), limits_.line_bytes)));
  lines_->whole = parser_->is_done();
  if (lines_->whole) splitter.finish();
  // More that is there already makes a better batch; what is not there is not waited for. The line
  // end behind a chunk stays in the buffer until the next one comes.
  constexpr std::size_t chunk_end = 2;
  error_code ignored;
  const bool full = splitter.ready() >= batch_lines || splitter.bytes() >= limits_.line_bytes;
  const bool more = buffer_.size() > chunk_end || bytes_.socket().available(ignored) > 0;
  if (!lines_->whole && (splitter.ready() == 0 || (more && !full))) return read_lines();
  give_batch();
}

void Connection::give_batch() {
  LineBatch batch;
  batch.first = lines_->first;
  batch.lines = lines_->splitter.take(batch_lines);
  batch.last = lines_->whole && lines_->splitter.ready() == 0;
  lines_->first += batch.lines.size();
  lines_->finished = batch.last;
  phase_ = Phase::handling;
  within(chrono(limits_.handle_within));
  const std::uint64_t number = ++exchange_;
  lines_->take(std::move(batch), [weak = weak_from_this(), number](LineAnswer answer) {
    const auto self = weak.lock();
    if (!self) return;
    net::post(self->executor_, [self, number, answer = std::move(answer)]() mutable {
      if (self->phase_ == Phase::handling && self->exchange_ == number)
        self->on_answer(std::move(answer));
    });
  });
}

void Connection::on_answer(LineAnswer answer) {
  if (answer.end) return end_lines(std::move(*answer.end));
  write_lines(answer.line, lines_->finished);
}

/// Ends the exchange before the body ended. A status can be told only while nothing else was.
void Connection::end_lines(Response last) {
  if (!lines_->finished) close_after_ = true;
  if (!lines_->begun) return reply(std::move(last));
  lines_->finished = true;
  write_lines(last.body, true);
}

void Connection::write_lines(std::string_view line, bool last) {
  head_text_.clear();
  if (!lines_->begun && (last || !line.empty())) {
    lines_->begun = true;
    response_.content_type = "application/x-ndjson";
    head_text_ = reply_head(response_, std::nullopt,
                            {host_, core_.tls != nullptr,
                             close_after_ || !parser_->get().keep_alive(), core_.options.now()});
  }
  if (!line.empty()) head_text_ += fmt::format("{:x}\r\n{}\n\r\n", line.size() + 1, line);
  if (last) head_text_ += "0\r\n\r\n";
  sent_ += line.size();
  phase_ = Phase::writing;
  within(chrono(limits_.transfer_within));
  net::async_write(bytes_, net::buffer(head_text_), bound(&Connection::on_lines_written));
}

void Connection::on_lines_written(error_code error, std::size_t /*count*/) {
  if (phase_ == Phase::closed) return;
  if (error) return close_now();
  if (lines_->finished) return finish_exchange();
  lines_->whole || lines_->splitter.ready() > 0 ? give_batch() : read_lines();
}

// ---- the answer

void Connection::reply(Response response) {
  response_ = std::move(response);
  const bool keeps = parser_ && parser_->is_done() && parser_->get().keep_alive();
  if (!keeps || core_.draining) close_after_ = true;
  const StaticFile* file = response_.status == 200 ? admission_.file : nullptr;
  const std::string_view body = file != nullptr ? file->bytes : std::string_view(response_.body);
  head_text_ = reply_head(response_, body.size(),
                          {host_, core_.tls != nullptr, close_after_, core_.options.now()});
  const bool bare = admission_.head_only || response_.status == 204 || response_.status == 304;
  sent_ = bare ? 0 : body.size();
  phase_ = Phase::writing;
  within(transfer_time(sent_));
  const std::array<net::const_buffer, 2> parts{net::buffer(head_text_),
                                               net::buffer(body.data(), sent_)};
  net::async_write(bytes_, parts, bound(&Connection::on_written));
}

void Connection::on_written(error_code error, std::size_t /*count*/) {
  if (phase_ == Phase::closed) return;
  error ? close_now() : finish_exchange();
}

void Connection::finish_exchange() {
  if (core_.options.observe) {
    const std::string_view route = admission_.route != nullptr  ? admission_.route->pattern
                                   : admission_.file != nullptr ? std::string_view("file")
                                                                : std::string_view();
    const auto spent = std::chrono::steady_clock::now() - began_;
    core_.options.observe({peer_, method_, route, admission_.request.by.name, response_.status,
                           received_, sent_, std::chrono::duration<double>(spent).count()});
  }
  close_after_ ? linger() : await_request();
}

/// Closes so that the client can still read the answer: a socket that is closed with something
/// unread resets the connection, and the answer may be lost with it.
void Connection::linger() {
  phase_ = Phase::lingering;
  core_.table.set_waiting(id_, true);
  within(linger_within);
  received_ = 0;
  piece_.resize(piece_bytes);
  const auto then = [self = shared_from_this()](error_code /*error*/) {
    error_code ignored;
    self->bytes_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    self->drain({}, 0);
  };
  bytes_.tls() != nullptr ? bytes_.tls()->async_shutdown(then) : then({});
}

void Connection::drain(error_code error, std::size_t count) {
  received_ += count;
  if (error || phase_ == Phase::closed || received_ > linger_bytes) return close_now();
  bytes_.socket().async_read_some(net::buffer(piece_), bound(&Connection::drain));
}

// ---- the stream

void Connection::upgrade() {
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
  ws_->set_option(websocket::stream_base::decorator([this](websocket::response_type& response) {
    response.set(http::field::server, "ballast");
    for (const auto& [name, value] :
         security_headers({.host = host_, .tls = core_.tls != nullptr}, false))
      response.set(name, value);
  }));
  ws_->async_accept(parser_->get(), bound(&Connection::on_upgraded));
}

void Connection::on_upgraded(error_code error) {
  if (phase_ == Phase::closed) return;
  if (error) return close_now();
  const auto now = std::chrono::steady_clock::now();
  client_ = core_.hub.connect(
      weak_from_this(), std::move(admission_.identity),
      [this](std::string_view token) {
        return core_.gate.identify(token, peer_, std::chrono::steady_clock::now());
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
  const std::lock_guard guard(queue_mutex_);
  if (queue_closed_) return;
  queued_bytes_ += frame->size();
  queue_.push_back(std::move(frame));
  if (queue_.size() > 1) return;  // one is being written, and the next ones follow
  queued_since_ = std::chrono::steady_clock::now();
  net::post(executor_, [self = shared_from_this()] { self->write_frame(); });
}

void Connection::write_frame() {
  if (phase_ == Phase::closed) return;
  Frame frame;
  {
    const std::lock_guard guard(queue_mutex_);
    frame = queue_.front();
  }
  ws_->text(true);
  const auto text = net::buffer(*frame);
  ws_->async_write(text, [self = shared_from_this(), frame](error_code error, std::size_t count) {
    self->on_frame_written(error, count);
  });
}

void Connection::on_frame_written(error_code error, std::size_t /*count*/) {
  bool more = false;
  {
    const std::lock_guard guard(queue_mutex_);
    queued_bytes_ -= queue_.front()->size();
    queue_.pop_front();
    more = !queue_.empty();
    queued_since_ = more ? std::optional(std::chrono::steady_clock::now()) : std::nullopt;
  }
  if (phase_ == Phase::closed) return;
  if (error) return close_now();
  if (more) write_frame();
}

StreamPeer::Backlog Connection::backlog() const {
  const std::lock_guard guard(queue_mutex_);
  return {queued_bytes_, queued_since_};
}

void Connection::close(std::uint16_t code, std::string reason) {
  net::post(executor_, [self = shared_from_this(), code, reason = std::move(reason)] {
    self->close_stream(code, reason);
  });
}

void Connection::close_stream(std::uint16_t code, const std::string& reason) {
  if (phase_ == Phase::closed) return;
  {
    const std::lock_guard guard(queue_mutex_);
    if (queue_closed_) return;
    queue_closed_ = true;
    while (queue_.size() > 1) {  // the first is being written
      queued_bytes_ -= queue_.back()->size();
      queue_.pop_back();
    }
  }
  within(close_within);  // what is being written may be stuck
  ws_->async_close({static_cast<websocket::close_code>(code), reason},
                   [self = shared_from_this()](error_code /*error*/) { self->close_now(); });
}

}  // namespace

void serve(ServerCore& core, int socket, bool ipv6, std::string peer, std::string local_address) {
  tcp::socket taken(net::make_strand(core.io));
  error_code error;
  taken.assign(ipv6 ? tcp::v6() : tcp::v4(), socket, error);
  if (error) {
    ::close(socket);
    return;
  }
  taken.set_option(tcp::no_delay(true), error);
  const auto connection = std::make_shared<Connection>(core, std::move(taken), std::move(peer),
                                                       std::move(local_address));
  connection->enter() ? connection->start() : connection->turn_away();
}

}  // namespace ballast::api
