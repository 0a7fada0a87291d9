#include "adapters/http_client/http_client.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "adapters/http_client/resolver.hpp"
#include "ports/url.hpp"

namespace ballast {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Steady = std::chrono::steady_clock;
using tcp = asio::ip::tcp;

constexpr std::uint32_t header_max = 64 * 1024;  // bytes of a reply's header

/// Runs one asynchronous step after another to its end, its deadline, or a request to stop.
class Steps {
 public:
  Steps(asio::io_context& io, const std::stop_token& stop)
      : io_(&io), stop_(stop), on_stop_(stop, [&io] { io.stop(); }) {}

  /// `start` begins the step with the handler that it is given; `give_up` makes it end.
  template <class Start, class GiveUp>
  Result<void> run(std::string_view doing, Steady::time_point until, Start start, GiveUp give_up) {
    std::optional<error_code> outcome;
    start([&outcome](error_code error, const auto&...) { outcome = error; });
    io_->restart();
    if (!stop_.stop_requested()) io_->run_until(until);
    if (!outcome) {
      give_up();
      while (!outcome) {  // the step refers to what is ours, so it must have ended
        io_->restart();
        io_->run();
      }
      return fail(Errc::io,
                  fmt::format("{} {}", stop_.stop_requested() ? "stopped" : "timed out", doing));
    }
    if (*outcome) return fail(Errc::io, fmt::format("failed {}: {}", doing, outcome->message()));
    return {};
  }

 private:
  asio::io_context* io_;
  std::stop_token stop_;
  std::stop_callback<std::function<void()>> on_stop_;
};

bool legal_header(const std::pair<std::string, std::string>& header) {
  const auto token = [](char c) { return c > ' ' && c < 127 && c != ':'; };
  const auto text = [](char c) { return c == '\t' || (c >= ' ' && c != 127) || c < 0; };
  return !header.first.empty() && std::all_of(header.first.begin(), header.first.end(), token) &&
         std::all_of(header.second.begin(), header.second.end(), text);
}

Result<http::request<http::string_body>> message_of(const HttpRequest& what, const Url& url) {
  const http::verb verb = http::string_to_verb(what.method);
  if (verb == http::verb::unknown) {
    return fail(Errc::bad_input, fmt::format("\"{}\" is no HTTP method", what.method));
  }
  http::request<http::string_body> message(verb, url.target, 11);
  message.set(http::field::host, url.authority());
  message.set(http::field::user_agent, "ballast/" BALLAST_VERSION);
  message.set(http::field::accept_encoding, "identity");
  for (const auto& header : what.headers) {
    if (!legal_header(header)) {  // the value may be a secret
      return fail(Errc::bad_input,
                  fmt::format("the header \"{}\" holds a line break or another control character",
                              legal_header({header.first, ""}) ? header.first : "?"));
    }
    message.set(header.first, header.second);
  }
  message.keep_alive(false);
  message.body() = what.body;
  message.prepare_payload();
  return message;
}

HttpReply reply_of(http::response<http::string_body>&& message) {
  HttpReply reply{.status = static_cast<int>(message.result_int()), .headers = {}, .body = {}};
  for (const auto& field : message) {
    std::string name(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    reply.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  reply.body = std::move(message.body());
  return reply;
}

/// Sends and receives on a stream that is connected.
template <class Stream>
Result<HttpReply> converse(Steps& steps,
                           Stream& stream,
                           tcp::socket& socket,
                           const http::request<http::string_body>& message,
                           std::size_t reply_max,
                           Steady::time_point deadline) {
  const auto close = [&socket] {
    error_code ignored;
    socket.close(ignored);
  };
  http::request_serializer<http::string_body> serializer(message);
  const auto sent = steps.run(
      "sending the request", deadline,
      [&](auto handler) { http::async_write(stream, serializer, handler); }, close);
  // A server may answer and close before it has read all: its answer says more than our error.
  if (!sent && !socket.is_open()) return tl::unexpected(sent.error());

  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.header_limit(header_max);
  parser.body_limit(reply_max);
  if (message.method() == http::verb::head) parser.skip(true);
  // The header by itself: read in one go, Beast 1.74 forgets the limit of an announced length.
  const auto header = steps.run(
      "waiting for the reply", deadline,
      [&](auto handler) { http::async_read_header(stream, buffer, parser, handler); }, close);
  if (!header) return tl::unexpected(sent ? header.error() : sent.error());
  BALLAST_CHECK(steps.run(
      "reading the reply", deadline,
      [&](auto handler) { http::async_read(stream, buffer, parser, handler); }, close));
  return reply_of(parser.release());
}

class BeastClient final : public HttpClient {
 public:
  BeastClient(asio::ssl::context tls, Duration connect_at_most)
      : tls_(std::move(tls)), connect_at_most_(connect_at_most) {}

 private:
  Result<HttpReply> exchange(const HttpRequest& what,
                             Duration at_most,
                             std::stop_token stop) override {
    BALLAST_TRY(url, parse_url(what.url));
    BALLAST_TRY(message, message_of(what, url));
    auto reply = exchange(url, message, what.reply_max, at_most, stop);
    if (!reply) {
      return fail(reply.error().code, fmt::format("{}: {}", url.origin(), reply.error().what));
    }
    return reply;
  }

  Result<HttpReply> exchange(const Url& url,
                             const http::request<http::string_body>& message,
                             std::size_t reply_max,
                             Duration at_most,
                             const std::stop_token& stop) {
    const auto started = Steady::now();
    const auto deadline = started + std::chrono::nanoseconds(at_most.ns);
    const auto connected_by =
        started + std::chrono::nanoseconds(std::min(at_most, connect_at_most_).ns);
    BALLAST_TRY(addresses, resolve(url.host, connected_by, stop));
    std::vector<tcp::endpoint> endpoints;
    for (const std::string& address : addresses) {
      error_code error;
      const auto ip = asio::ip::make_address(address, error);
      if (!error) endpoints.emplace_back(ip, url.port);
    }

    asio::io_context io(1);
    asio::ssl::stream<tcp::socket> stream(io, tls_);
    tcp::socket& socket = stream.next_layer();
    Steps steps(io, stop);
    const auto close = [&socket] {
      error_code ignored;
      socket.close(ignored);
    };
    BALLAST_CHECK(steps.run(
        "connecting", connected_by,
        [&](auto handler) { asio::async_connect(socket, endpoints, handler); }, close));
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (!url.tls) return converse(steps, socket, socket, message, reply_max, deadline);

    BALLAST_CHECK(expect_host(stream.native_handle(), url.host));
    const auto secured = steps.run(
        "agreeing on TLS", connected_by,
        [&](auto handler) { stream.async_handshake(asio::ssl::stream_base::client, handler); },
        close);
    if (!secured) return refusal(stream.native_handle(), secured.error());
    return converse(steps, stream, socket, message, reply_max, deadline);
  }

  /// The certificate must be of this host, which is sent along unless it is an address.
  static Result<void> expect_host(SSL* tls, const std::string& host) {
    error_code no_address;
    asio::ip::make_address(host, no_address);
    const bool taken = no_address
                           ? SSL_set_tlsext_host_name(tls, host.c_str()) == 1 &&
                                 SSL_set1_host(tls, host.c_str()) == 1
                           : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1;
    if (!taken) return fail(Errc::bad_input, "the host cannot be asked for with TLS");
    return {};
  }

  /// OpenSSL says "certificate verify failed"; why, it keeps elsewhere.
  static tl::unexpected<Error> refusal(SSL* tls, const Error& error) {
    const long why = SSL_get_verify_result(tls);
    if (why == X509_V_OK) return tl::unexpected(error);
    return fail(error.code,
                fmt::format("the server's certificate is not trusted: {}; `ca_file` may name the "
                            "authority that signed it",
                            X509_verify_cert_error_string(why)));
  }

  asio::ssl::context tls_;
  Duration connect_at_most_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(const HttpClientOptions& options) {
  asio::ssl::context tls(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  error_code error;
  tls.set_verify_mode(asio::ssl::verify_peer, error);
  if (options.ca_file.empty()) {
    tls.set_default_verify_paths(error);
  } else {
    tls.load_verify_file(options.ca_file, error);
  }
  if (error) {
    return fail(Errc::io,
                fmt::format("cannot read certificate authorities from {}: {}",
                            options.ca_file.empty() ? "the system's store" : options.ca_file,
                            error.message()));
  }
  return std::make_unique<BeastClient>(std::move(tls), options.connect_at_most);
}

}  // namespace ballast
