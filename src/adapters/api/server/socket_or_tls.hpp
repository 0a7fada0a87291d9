// A socket, with TLS over it or without: one type, so that all above it is compiled once. It names
// no library: whoever uses it says which socket, which TLS stream over it, and how errors are told.
#pragma once

#include <memory>
#include <utility>

namespace ballast::api {

/// `Tls` is a stream over a `Socket&`.
template <class Socket, class Tls, class Error>
class SocketOrTls {
 public:
  using executor_type = typename Socket::executor_type;

  /// `tls` is null for none.
  template <class TlsContext>
  SocketOrTls(Socket socket, TlsContext* tls)
      : socket_(std::make_unique<Socket>(std::move(socket))),
        tls_(tls == nullptr ? nullptr : std::make_unique<Tls>(*socket_, *tls)) {}

  executor_type get_executor() { return socket_->get_executor(); }
  Socket& socket() { return *socket_; }
  Tls* tls() { return tls_.get(); }
  void close() {
    Error ignored;
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
  std::unique_ptr<Socket> socket_;  // stays where it is: `tls_` refers to it
  std::unique_ptr<Tls> tls_;
};

}  // namespace ballast::api
