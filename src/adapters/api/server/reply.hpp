// The head of an answer as bytes, with what every answer of the service carries.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/http.hpp"
#include "adapters/api/server/static_files.hpp"
#include "base/timestamp.hpp"

namespace ballast::api {

struct ReplyTo {
  std::string_view host;  // as the request named us, checked by then; may be empty
  bool tls = false;
  bool close = false;  // the connection, after this answer
  Timestamp now = {};
};

/// `length`: of the body; absent when it is sent in chunks.
std::string reply_head(const Response& response,
                       std::optional<std::size_t> length,
                       const ReplyTo& to);

/// The answer to a GET whose client has the same version already: 304, without the body.
void answer_if_none_match(const Request& request, Response& response);

/// All of a file's answer but its bytes.
Response file_response(const StaticFile& file);

/// What an answer carries to bind the browser that reads it. For the answer to a WebSocket too.
using Headers = std::vector<std::pair<std::string, std::string>>;
Headers security_headers(const ReplyTo& to, bool page);

}  // namespace ballast::api
