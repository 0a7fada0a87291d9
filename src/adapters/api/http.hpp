// What handlers of the API see of HTTP: requests and responses as values, routes as rows of a
// table.
//
// A handler may answer at once or later, from any thread, by calling `respond` exactly once; the
// server gives up on it after its deadline (504).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "runtime/principal.hpp"

namespace ballast::api {

enum class Method : std::uint8_t { get, post, put, del };
constexpr std::string_view to_string(Method method) {
  constexpr std::string_view names[] = {"GET", "POST", "PUT", "DELETE"};
  return names[static_cast<std::size_t>(method)];
}

struct Request {
  Method method = Method::get;
  std::string path;                             // decoded, without the query
  std::map<std::string, std::string> captures;  // of the route's {names}, percent-decoded
  std::multimap<std::string, std::string> query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // at most what the route allows
  Principal by;                                // of the token; named "" where none is needed

  /// The first value of a query parameter.
  std::optional<std::string> parameter(std::string_view name) const;
  std::optional<std::string> header(std::string_view lower_case_name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// "Not Found"; empty for a status that we do not give.
std::string_view reason_phrase(int status);

struct FieldProblem {
  std::size_t index = 0;
  std::string detail;
};
/// application/problem+json. `code` is ours ("conflict", "if_match_missing"); `detail` says what,
/// where, why, and what to do.
Response problem(int status,
                 std::string_view code,
                 std::string_view detail,
                 const std::vector<FieldProblem>& errors = {});
/// The status that fits the error.
Response problem(const Error& error);

using Respond = std::function<void(Response)>;
using Handler = std::function<void(const Request&, Respond)>;

/// Lines of a body that is read as it comes: at most 1,000, fewer when no more are there yet.
struct LineBatch {
  std::size_t first = 0;           // the index in the body of the first; blank lines do not count
  std::vector<std::string> lines;  // without their ends; may be empty in the last batch
  bool last = false;               // the body is whole
};
struct LineAnswer {
  std::string line = {};  // sent as a line of the answer; empty: nothing to say of this batch
  /// Nothing more is read. As the first answer it is the whole response, later its body becomes the
  /// last line.
  std::optional<Response> end = {};
};
/// Takes the batches of one body in turn. The next one is read after the former was answered, once,
/// from any thread; so a slow taker slows the client, and memory stays bounded.
using LineTaker = std::function<void(LineBatch, std::function<void(LineAnswer)>)>;

struct ParameterDoc {
  std::string name;  // "limit"
  std::string about;
  std::string type = "string";  // of its JSON schema
};

/// One row of the API: what the router matches, what OpenAPI says.
struct Route {
  Method method = Method::get;
  std::string pattern;                                 // "/api/v1/targets/{key}"
  std::optional<Permission> needs = Permission::read;  // nothing: no token is asked for
  std::string about;                                   // one sentence
  std::vector<ParameterDoc> parameters = {};
  std::string request_schema = {};   // JSON schema, or a name under components/schemas; empty: none
  std::string response_schema = {};  // the same
  std::size_t body_max = 64 * 1024;  // bytes; 413 above
  bool changes = false;              // takes ?dry_run, answers 409, 422
  bool versioned = false;            // asks for If-Match, answers 412, 428
  Handler handle = {};
  std::string produces = "application/json";  // 406 for who does not accept it
  /// Where set, a body of `application/x-ndjson` goes, whatever its length, to what this makes for
  /// the request (whose `body` is empty), and is answered by lines of the same type.
  std::function<LineTaker(const Request&)> stream_lines = {};
};

}  // namespace ballast::api
