// One connection: TLS, HTTP/1.1 requests one after another, and what becomes of it when it is
// upgraded to a WebSocket. Everything of Boost that is not listening stands in its .cpp.
//
// A connection owns itself: its pending operations hold it. All that it does runs on its strand.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "adapters/api/server/connection_table.hpp"
#include "adapters/api/server/gate.hpp"
#include "adapters/api/server/server_options.hpp"
#include "adapters/api/server/stream_hub.hpp"

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace ballast::api {

/// What the connections of a server share. It outlives them.
struct ServerCore {
  const ServerOptions options;
  Gate gate;
  StreamHub& hub;
  ConnectionTable table;
  boost::asio::io_context& io;
  boost::asio::ssl::context* tls;  // null: plain
  std::atomic<std::uint64_t> requests{0};
  std::atomic<bool> draining{false};
};

/// Serves an accepted socket, which it closes.
void serve(ServerCore& core, int socket, bool ipv6, std::string peer, std::string local_address);

}  // namespace ballast::api
