// A verb's way to a running service (docs/api.md): where it is, who asks, and what it answered.
//
// Every error says what to do about it. Not thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/ballast/output.hpp"
#include "apps/ballast/verb.hpp"
#include "base/result.hpp"
#include "ports/http_client.hpp"

namespace ballast {

struct ClientArguments {
  std::string url = "http://127.0.0.1:8420";
  std::string token_file;
  std::string journal;  // its FILE.token is the token of the first start
};
/// --url, --token-file and --journal, with the environment's BALLAST_URL and BALLAST_TOKEN.
void add_client(CLI::App& app, ClientArguments& arguments);
/// -o without a file to write to.
void add_format(CLI::App& app, Format& format);

/// A token and where it is from, for messages.
struct Token {
  std::string text;  // empty: none is sent
  std::string from;
};
Result<Token> find_token(const ClientArguments& arguments);

struct ServiceReply {
  std::string body;  // JSON
  std::string etag;
};

/// A change that is asked for.
struct ChangeRequest {
  std::string method;  // "PUT"
  std::string target;  // "/api/v1/kill"
  std::string body = {};
  std::string if_match = {};  // empty: not sent
  bool dry_run = false;
};

class Client {
 public:
  static Result<Client> open(const ClientArguments& arguments);

  /// @param target  a path and a query, percent-encoded.
  Result<ServiceReply> get(std::string_view target);
  /// Every page of a list, as one JSON array.
  Result<std::string> get_items(std::string_view target);
  Result<ServiceReply> change(const ChangeRequest& request);

 private:
  Client() = default;
  Result<ServiceReply> send(HttpRequest request);

  std::string url_;
  Token token_;
  std::unique_ptr<HttpClient> http_;
};

/// What a refusal means and what to do about it. `detail` is the service's own word for it, `token`
/// what was sent.
Error refusal(int status, std::string_view detail, std::string_view url, const Token& token);

/// A name as one segment of a path, or as a query's value.
std::string percent_encoded(std::string_view text);
/// "/api/v1/x?a=1&b=2" of "/api/v1/x" and its parameters; those that are empty are left out.
std::string with_query(std::string_view path,
                       const std::vector<std::pair<std::string_view, std::string>>& parameters);

}  // namespace ballast
