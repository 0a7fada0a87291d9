// What the connections of a server share. It outlives them. Any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "adapters/api/server/connection_table.hpp"
#include "adapters/api/server/gate.hpp"
#include "adapters/api/server/reply.hpp"
#include "adapters/api/server/server_options.hpp"
#include "adapters/api/server/stream_hub.hpp"

namespace ballast::api {

struct ServerCore {
  const ServerOptions options;
  Gate gate;
  StreamHub& hub;
  ConnectionTable table;
  std::atomic<std::uint64_t> requests{0};
  std::atomic<bool> draining{false};
};

}  // namespace ballast::api
