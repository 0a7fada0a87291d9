#include "adapters/api/http.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ballast::api {
namespace {

int status_of(Errc code) {
  switch (code) {
    case Errc::bad_input:
      return 400;
    case Errc::not_found:
      return 404;
    case Errc::conflict:
    case Errc::stale_data:
      return 409;
    case Errc::overflow:
    case Errc::excess_digits:
    case Errc::divide_by_zero:
    case Errc::no_convergence:
    case Errc::infeasible:
    case Errc::unbounded:
      return 422;
    case Errc::io:
    case Errc::corrupt:
    case Errc::locked:
      return 503;
  }
  return 500;
}

}  // namespace

std::optional<std::string> Request::parameter(std::string_view name) const {
  // The lower bound is the first in the order of the request, which find() does not promise.
  const auto at = query.lower_bound(std::string(name));
  if (at == query.end() || at->first != name) return std::nullopt;
  return at->second;
}

std::optional<std::string> Request::header(std::string_view lower_case_name) const {
  const auto at = headers.find(std::string(lower_case_name));
  if (at == headers.end()) return std::nullopt;
  return at->second;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 207:
      return "Multi-Status";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

Response problem(int status,
                 std::string_view code,
                 std::string_view detail,
                 const std::vector<FieldProblem>& errors) {
  nlohmann::ordered_json body{{"type", "about:blank"},
                              {"title", reason_phrase(status)},
                              {"status", status},
                              {"code", code},
                              {"detail", detail}};
  for (const FieldProblem& error : errors)
    body["errors"].push_back({{"index", error.index}, {"detail", error.detail}});
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  // What is quoted from a request need not be UTF-8.
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

Response problem(const Error& error) {
  return problem(status_of(error.code), to_string(error.code), error.what);
}

}  // namespace ballast::api
