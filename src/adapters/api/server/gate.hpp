// The gate: what a request's head leads to, before anything of its body is read. Host, Origin,
// route, token, role, rates, and what the body is. No sockets here. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/http.hpp"
#include "adapters/api/server/router.hpp"
#include "adapters/api/server/server_options.hpp"
#include "adapters/api/server/static_files.hpp"
#include "adapters/api/server/target.hpp"
#include "adapters/api/server/token_buckets.hpp"
#include "adapters/api/server/tokens.hpp"

namespace ballast::api {

struct RequestHead {
  std::string method;
  std::string target;
  bool http_1_0 = false;
  std::map<std::string, std::string> headers;  // names in lower case; repeated ones joined by ", "
  bool host_repeated = false;
  bool has_body = false;
  bool upgrade = false;  // to a WebSocket
  std::optional<std::uint64_t> content_length = {};
  bool body_begun = false;        // some of the body came with the head
  bool unknown_encoding = false;  // a Transfer-Encoding that does not end in chunks
  bool keep_alive = false;
  std::string peer;           // its address
  std::string local_address;  // the one it came to
};

struct Admission {
  enum class Kind : std::uint8_t { answered, file, stream, lines, route };
  Kind kind = Kind::answered;
  bool head_only = false;
  Response response = {};            // answered
  const StaticFile* file = nullptr;  // file
  const Route* route = nullptr;      // lines, route; also answered where one matched
  Request request = {};
  std::optional<Identity> identity = {};  // stream: absent where the client authenticates later
};

class Gate {
 public:
  /// `tokens` outlives it.
  Gate(const ServerOptions& options, Tokens& tokens, Router router, StaticFiles files);

  Admission admit(RequestHead head, TokenBuckets::Time now);
  /// A token told in the stream: absent when it is no good, or too many were no good.
  std::optional<Identity> identify(std::string_view token,
                                   std::string_view peer,
                                   TokenBuckets::Time now);

 private:
  std::optional<Response> refuse_host(RequestHead& head) const;
  std::optional<Response> refuse_body(const RequestHead& head,
                                      const Route& route,
                                      bool lines) const;
  std::optional<Response> refuse_bearer(const RequestHead& head,
                                        TokenBuckets::Time now,
                                        std::optional<Identity>& identity);
  std::optional<Response> refuse_rate(const Identity& identity, TokenBuckets::Time now);
  void admit_stream(const RequestHead& head, TokenBuckets::Time now, Admission& admission);
  void admit_route(const RequestHead& head, TokenBuckets::Time now, Admission& admission);

  const std::vector<std::string> hosts_;
  const std::string stream_path_;
  Tokens& tokens_;
  const Router router_;
  const StaticFiles files_;
  TokenBuckets requests_;
  TokenBuckets failures_;
};

}  // namespace ballast::api
