// A socket, with TLS or without: one type, so that all above it is compiled once.
#pragma once

#include <memory>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

namespace ballast::api {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using tcp = net::ip::tcp;

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
inline void beast_close_socket(Bytes& bytes) { bytes.close(); }

}  // namespace ballast::api
