#include "adapters/api/server/request_parser.hpp"

#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <fmt/format.h>

namespace ballast::api {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

}  // namespace

RequestParser::RequestParser(std::size_t header_bytes)
    : header_bytes_(header_bytes), beast_(std::make_unique<Beast>()) {
  beast_->eager(false);  // stops where the head ends
  beast_->header_limit(static_cast<std::uint32_t>(header_bytes));
  // The exchange counts: how much it may be, the route says, which is not known yet.
  beast_->body_limit(std::numeric_limits<std::uint64_t>::max());
}

RequestParser::~RequestParser() = default;

/// Beast's own limit is one of what it is given at once, and would let endless fields through one
/// after another: so we count.
std::size_t RequestParser::feed(std::string_view bytes) {
  error_code error;
  std::size_t taken = 0;
  while (!error && !beast_->is_header_done())
    taken += beast_->put(boost::asio::buffer(bytes.substr(taken)), error);
  head_bytes_ += taken;
  const std::size_t unparsed = beast_->is_header_done() ? 0 : bytes.size() - taken;
  if (head_bytes_ + unparsed > header_bytes_) error = http::error::header_limit;
  if (error == http::error::need_more) return taken;
  if (error == http::error::header_limit) {
    state_ = State::too_large;
  } else if (error) {
    state_ = State::malformed;
    why_ = error.message();
  } else {
    state_ = State::ended;
  }
  return taken;
}

std::optional<Response> RequestParser::head_problem() const {
  if (state_ == State::too_large) {
    return problem(431, "header_too_large",
                   fmt::format("the head of a request has at most {} bytes", header_bytes_));
  }
  if (state_ == State::malformed) {
    return problem(400, "bad_request", fmt::format("this is no request of HTTP/1.1: {}", why_));
  }
  return std::nullopt;
}

RequestHead RequestParser::head() const {
  const auto& message = beast_->get();
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
  if (const auto length = beast_->content_length()) head.content_length = *length;
  head.has_body = beast_->chunked() || head.content_length.value_or(0) > 0;
  head.unknown_encoding = head.headers.contains("transfer-encoding") && !beast_->chunked();
  head.keep_alive = beast_->keep_alive();
  head.upgrade = boost::beast::websocket::is_upgrade(message);
  return head;
}

void RequestParser::read_into(std::string& piece) {
  auto& body = beast_->get().body();
  body.data = piece.data();
  body.size = piece.size();
  body.more = true;
}

std::size_t RequestParser::unfilled() const { return beast_->get().body().size; }

bool RequestParser::done() const { return beast_->is_done(); }

std::optional<Response> RequestParser::body_problem(const error_code& error) {
  if (error.category() != make_error_code(http::error::bad_method).category()) return std::nullopt;
  return problem(400, "bad_body",
                 fmt::format("the body is not framed as HTTP/1.1 says: {}", error.message()));
}

}  // namespace ballast::api
