// HttpClient over TCP and TLS (Boost.Beast, OpenSSL): a connection for each request.
//
// With https, certificate and host name are verified against the system's store of authorities, or
// those of a file; there is no way to turn it off. TLS 1.2 at least.
#pragma once

#include <memory>
#include <string>

#include "ports/http_client.hpp"

namespace ballast {

struct HttpClientOptions {
  std::string ca_file = {};                         // PEM; empty: the system's store
  Duration connect_at_most = Duration::seconds(5);  // of the time that the request has in all
};

/// An error when `ca_file` cannot be read.
Result<std::unique_ptr<HttpClient>> make_http_client(const HttpClientOptions& options = {});

}  // namespace ballast
