// HttpClient: one HTTP request to somewhere else, and its reply.
//
// Blocking, and bounded in all: in time, in the size of the reply, and it ends early when asked to
// stop. Redirects are not followed: a reply of 301 is a reply of 301. Any thread; calls do not wait
// for one another.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace ballast {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::size_t reply_max = std::size_t{1} << 20;  // bytes of the reply's body; more is an error
};

struct HttpReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  std::optional<std::string_view> header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers) {
      if (name == lower_case_name) return value;
    }
    return std::nullopt;
  }
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Any status is a reply. Errors: bad_input (the request cannot be sent as it is), io (nobody
  /// answered, in time, with what can be understood and trusted); they name the URL's origin only.
  /// Whoever asked may have been heard even so.
  Result<HttpReply> request(const HttpRequest& what, Duration at_most, std::stop_token stop = {}) {
    return exchange(what, at_most, std::move(stop));
  }

 protected:
  HttpClient() = default;
  HttpClient(const HttpClient&) = default;
  HttpClient& operator=(const HttpClient&) = default;

 private:
  virtual Result<HttpReply> exchange(const HttpRequest& what,
                                     Duration at_most,
                                     std::stop_token stop) = 0;
};

}  // namespace ballast
