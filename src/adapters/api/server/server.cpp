#include "adapters/api/server/server.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include "adapters/api/server/connection.hpp"

namespace ballast::api {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using tcp = net::ip::tcp;

constexpr auto tick_every = std::chrono::milliseconds(25);
constexpr auto accept_again = std::chrono::milliseconds(100);
constexpr std::uint64_t other_files = 256;  // that the process has open, beside connections

std::string in_brackets(const net::ip::address& address) {
  return address.is_v6() ? fmt::format("[{}]", address.to_string()) : address.to_string();
}

/// An IPv4 address that came through an IPv6 socket is what it is.
net::ip::address plain_address(const net::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6());
}

/// Whose connections are counted together: an address, or the network that a host of IPv6 has for
/// itself.
std::string peer_of(const net::ip::address& address) {
  if (!address.is_v6() || address.is_loopback()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return net::ip::address_v6(bytes).to_string() + "/64";
}

Result<net::ip::address> parse_address(const std::string& text) {
  error_code error;
  const auto address = net::ip::make_address(text == "localhost" ? "127.0.0.1" : text, error);
  if (error)
    return fail(Errc::bad_input,
                fmt::format("\"{}\" is no address to listen on; give a number such as 127.0.0.1, "
                            "::1 or 0.0.0.0, or localhost",
                            text));
  return address;
}

Result<void> check_trust(const net::ip::address& address,
                         const ServerOptions& options,
                         const Tokens& tokens) {
  if (address.is_loopback()) return {};
  if (tokens.asks_nobody())
    return fail(Errc::bad_input,
                fmt::format("without tokens (--no-auth) the service listens on 127.0.0.1 or ::1 "
                            "only, and not on {}; leave --no-auth out",
                            address.to_string()));
  if (!options.tls)
    return fail(
        Errc::bad_input,
        fmt::format("listening on {}, which others can reach, needs TLS: give [service.tls] "
                    "certificate and key, or listen on 127.0.0.1 behind a proxy that has "
                    "them",
                    address.to_string()));
  return {};
}

Result<std::unique_ptr<net::ssl::context>> load_tls(const TlsFiles& files) {
  auto context = std::make_unique<net::ssl::context>(net::ssl::context::tls_server);
  error_code error;
  const auto failed = [&](std::string_view what, const std::string& file) {
    return fail(Errc::bad_input, fmt::format("the {} {} cannot be used: {}; it is PEM, and the key "
                                             "is that of the certificate",
                                             what, file, error.message()));
  };
  context->set_options(net::ssl::context::default_workarounds | net::ssl::context::no_sslv2 |
                           net::ssl::context::no_sslv3 | net::ssl::context::no_tlsv1 |
                           net::ssl::context::no_tlsv1_1,
                       error);
  if (!error) context->use_certificate_chain_file(files.certificate, error);
  if (error) return failed("certificate", files.certificate);
  context->use_private_key_file(files.key, net::ssl::context::pem, error);
  if (error) return failed("key", files.key);
  return context;
}

/// A connection is a file, and the customary bound of a process is 1,024 of them.
void raise_file_limit(std::size_t connections) {
  rlimit limit{};
  const rlim_t wanted = connections + other_files;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Result<void> set_listen(std::string_view text, ServerOptions& options) {
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const std::string_view port = colon == text.npos ? "" : text.substr(colon + 1);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool port_good = error == std::errc{} && end == port.data() + port.size();
  if (!port_good || host.empty() || brackets != (host.find(':') != host.npos))
    return fail(Errc::bad_input, fmt::format("\"{}\" is no address and port; write it as "
                                             "127.0.0.1:8420 or [::1]:8420",
                                             text));
  BALLAST_CHECK(parse_address(std::string(host)));
  options.address = std::string(host);
  options.port = number;
  return {};
}

struct Server::Impl {
  explicit Impl(std::size_t thread_count)
      : io(static_cast<int>(thread_count)),
        work(io.get_executor()),
        acceptor(net::make_strand(io)),
        accept_timer(acceptor.get_executor()),
        tick_timer(net::make_strand(io)) {}

  Result<void> listen(const net::ip::address& address, std::uint16_t port);
  void accept();
  void take(tcp::socket socket);
  void tick();

  std::unique_ptr<net::ssl::context> tls;
  std::unique_ptr<ServerCore> core;  // outlives `io`, which holds the connections
  net::io_context io;
  net::executor_work_guard<net::io_context::executor_type> work;
  tcp::acceptor acceptor;
  net::steady_timer accept_timer;
  net::steady_timer tick_timer;
  tcp::endpoint endpoint;
  std::atomic<bool> ended{false};  // a timer that has run out already cannot be cancelled
  std::vector<std::jthread> threads;
};

Result<void> Server::Impl::listen(const net::ip::address& address, std::uint16_t port) {
  error_code error;
  const tcp::endpoint wanted(address, port);
  acceptor.open(wanted.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(net::ip::v6_only(false), error);
  if (!error) acceptor.bind(wanted, error);
  if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
  if (!error) endpoint = acceptor.local_endpoint(error);
  if (error)
    return fail(Errc::io, fmt::format("cannot listen on {}:{}: {}; stop what listens there, or "
                                      "give another address with --listen",
                                      in_brackets(address), port, error.message()));
  return {};
}

void Server::Impl::accept() {
  acceptor.async_accept([this](error_code error, tcp::socket socket) {
    if (error == net::error::operation_aborted || !acceptor.is_open()) return;
    if (!error) {
      take(std::move(socket));
      return accept();
    }
    // Out of files or memory: what is open goes on, and new ones wait.
    accept_timer.expires_after(accept_again);
    accept_timer.async_wait([this](error_code stopped) {
      if (!stopped && acceptor.is_open()) accept();
    });
  });
}

void Server::Impl::take(tcp::socket socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  const auto local = socket.local_endpoint(error);
  if (error) return;
  const int file = socket.release(error);
  if (error) return;
  serve(*core, io, tls.get(),
        {.socket = file,
         .ipv6 = endpoint.address().is_v6(),
         .peer = peer_of(plain_address(peer.address())),
         .local_address = plain_address(local.address()).to_string()});
}

void Server::Impl::tick() {
  tick_timer.expires_after(tick_every);
  tick_timer.async_wait([this](error_code stopped) {
    if (stopped || ended) return;
    core->hub.tick(std::chrono::steady_clock::now());
    tick();
  });
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { stop({}); }

Result<std::unique_ptr<Server>> Server::create(ServerOptions options,
                                               Tokens& tokens,
                                               std::vector<Route> routes,
                                               StaticFiles files,
                                               StreamHub& hub) {
  BALLAST_TRY(address, parse_address(options.address));
  BALLAST_CHECK(check_trust(address, options, tokens));
  BALLAST_TRY(router, Router::create(std::move(routes)));
  options.threads = std::max<std::size_t>(options.threads, 1);
  auto impl = std::make_unique<Impl>(options.threads);
  if (options.tls) {
    BALLAST_TRY(tls, load_tls(*options.tls));
    impl->tls = std::move(tls);
  }
  raise_file_limit(options.limits.connections);
  BALLAST_CHECK(impl->listen(address, options.port));
  const ServerLimits& limits = options.limits;
  impl->core.reset(
      new ServerCore{.options = options,
                     .gate = Gate(options, tokens, std::move(router), std::move(files)),
                     .hub = hub,
                     .table = ConnectionTable(limits.connections, limits.connections_per_peer)});
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::start() {
  net::post(impl_->acceptor.get_executor(), [impl = impl_.get()] { impl->accept(); });
  net::post(impl_->tick_timer.get_executor(), [impl = impl_.get()] { impl->tick(); });
  for (std::size_t i = 0; i < impl_->core->options.threads; ++i)
    impl_->threads.emplace_back([impl = impl_.get()] { impl->io.run(); });
}

void Server::stop(Duration deadline) {
  if (impl_->threads.empty()) return;
  ServerCore& core = *impl_->core;
  const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(deadline.ns);
  core.draining = true;
  net::post(impl_->acceptor.get_executor(), [impl = impl_.get()] {
    error_code ignored;
    impl->acceptor.close(ignored);
    impl->accept_timer.cancel();
  });
  core.table.close_all(false);
  core.hub.close_all();
  while (core.table.size() > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  core.table.close_all(true);
  impl_->ended = true;
  net::post(impl_->tick_timer.get_executor(), [impl = impl_.get()] { impl->tick_timer.cancel(); });
  impl_->work.reset();
  impl_->threads.clear();  // each ends when nothing is left to do
}

std::uint16_t Server::port() const { return impl_->endpoint.port(); }

std::string Server::address() const {
  return fmt::format("{}://{}:{}", impl_->tls ? "https" : "http",
                     in_brackets(impl_->endpoint.address()), impl_->endpoint.port());
}

ServerFigures Server::figures() const { return {impl_->core->table.size(), impl_->core->requests}; }

}  // namespace ballast::api
