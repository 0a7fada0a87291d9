// What the service's server is told: where to listen, how much of anybody's it puts up with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/server/wall_clock.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace ballast::api {

struct ServerLimits {
  std::size_t header_bytes = 16 * 1024;     // of a request; 431
  std::size_t line_bytes = 1024 * 1024;     // of a body of lines; 413
  std::size_t message_bytes = 1024 * 1024;  // of the stream, from a client

  std::size_t connections = 1024;
  std::size_t connections_per_peer = 256;  // an address
  double requests_per_second = 1000;       // of a token; 429
  double requests_at_once = 2000;
  double failures_per_second = 1;  // bad tokens of a peer; 429 instead of 401
  double failures_at_once = 30;

  Duration header_within = Duration::seconds(10);    // also the TLS handshake; 408
  Duration idle_within = Duration::seconds(60);      // between requests, and between lines
  Duration transfer_within = Duration::seconds(10);  // a body, either way, and as long again as ...
  double transfer_rate = 4096;                       // ... it takes at so many bytes a second
  Duration handle_within = Duration::seconds(30);    // 504
};

struct TlsFiles {
  std::string certificate;  // PEM, with its chain
  std::string key;          // PEM
};

/// A request that was answered, for logs and metrics.
struct AnsweredRequest {
  std::string_view peer;
  std::string_view method;
  std::string_view route;  // its pattern, or "file"; empty when nothing matched
  std::string_view by;     // the token's name; empty: none
  std::string_view role;   // and its role
  int status = 0;
  std::size_t bytes_in = 0, bytes_out = 0;  // of the bodies
  double seconds = 0.0;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // numeric, or "localhost"; not loopback: needs TLS and tokens
  std::uint16_t port = 8420;          // 0: any free one
  std::vector<std::string> hosts;     // further names that `Host` may give
  std::optional<TlsFiles> tls;
  std::size_t threads = 2;
  std::string stream_path = "/api/v1/stream";
  ServerLimits limits;
  WallClock now = wall_now;
  std::function<void(const AnsweredRequest&)> observe;  // any thread; quick
};

/// "127.0.0.1:8420", "[::1]:0", "localhost:8420" into `options`.
Result<void> set_listen(std::string_view text, ServerOptions& options);

}  // namespace ballast::api
