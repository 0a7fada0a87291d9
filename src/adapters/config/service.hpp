// How a desk is served: the [service] table of its configuration, and what its instruments say of
// it. None of it reaches the engine, so it is no part of the desk's identity (canonical_desk).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace ballast {

struct ServiceConfig {
  std::string listen;              // "ADDRESS:PORT"; empty: not said
  std::vector<std::string> hosts;  // names under which it is reached, beside the address
  Duration max_ahead = Duration::seconds(5);
  Duration silent_after = Duration::seconds(10);
  Duration tick = Duration::seconds(1);
  std::uint32_t queue = 4096;      // submissions
  std::vector<Duration> conflate;  // by instrument; zero: every price is stored
  struct Tls {
    std::string certificate;  // files, PEM; both or none
    std::string key;
  } tls;
};

/// Of a configuration that load_desk() takes; errors as there.
Result<ServiceConfig> load_service(std::string_view text, std::string_view file);

/// An address to listen on: "127.0.0.1:8420", "[::1]:8420".
struct ListenAddress {
  std::string address;  // without brackets
  std::uint16_t port = 0;
  bool loopback() const;
};
Result<ListenAddress> parse_listen(std::string_view text);

}  // namespace ballast
