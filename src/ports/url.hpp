// Url: where an HTTP request goes: "https://host:port/path?query".
//
// Only http and https, no user information (secrets do not belong into URLs) and no fragment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ballast {

struct Url {
  bool tls = false;
  std::string host;         // without brackets, when it is an IPv6 address
  std::uint16_t port = 80;  // 443 with TLS, unless the text says otherwise
  std::string target;       // "/path?query", at least "/"

  /// "https://host:port": what messages may name. A path may be a secret, as Slack's is.
  std::string origin() const;
  /// As the Host header has it: without the scheme's own port.
  std::string authority() const;
};

/// Whether a host is this machine by its very name: localhost, ::1, 127.0.0.1 and its like.
bool is_loopback(std::string_view host);

/// The error names the origin at most, never the path.
Result<Url> parse_url(std::string_view text);

}  // namespace ballast
