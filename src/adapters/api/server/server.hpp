// Server: HTTP/1.1 and WebSocket, plain or with TLS, for one desk. It knows connections, trust and
// limits; what is asked of the desk, its routes answer, and what is told of it, the hub tells.
//
// create() checks everything and listens, start() serves, stop() ends. Handlers run on the I/O
// threads and must not block. After stop() no handler is called; what handlers still owe may be
// answered until the server is destroyed, and must be by then.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/api/http.hpp"
#include "adapters/api/server/server_options.hpp"
#include "adapters/api/server/static_files.hpp"
#include "adapters/api/server/stream_hub.hpp"
#include "adapters/api/server/tokens.hpp"
#include "base/result.hpp"

namespace ballast::api {

struct ServerFigures {
  std::size_t connections = 0;
  std::uint64_t requests = 0;
};

class Server {
 public:
  /// `tokens` and `hub` outlive it. Errors: an address that is no loopback without TLS and tokens,
  /// one that cannot be listened on, a certificate that cannot be used, routes that clash.
  static Result<std::unique_ptr<Server>> create(ServerOptions options,
                                                Tokens& tokens,
                                                std::vector<Route> routes,
                                                StaticFiles files,
                                                StreamHub& hub);
  ~Server();  // stops at once
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();
  /// Takes no new connections, answers what was asked, tells the stream's clients, and waits for
  /// all that until the deadline; then it closes what is left.
  void stop(Duration deadline);

  std::uint16_t port() const;
  /// "http://127.0.0.1:8420".
  std::string address() const;
  ServerFigures figures() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ballast::api
