// Every route by every role and every kind of bad token, over real sockets. For tests.
#pragma once

#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/api/http.hpp"
#include "adapters/api/server/test_client.hpp"
#include "adapters/api/server/tokens.hpp"
#include "base/contract.hpp"

namespace ballast::api {

struct MatrixResult {
  std::size_t checked = 0;
  std::vector<std::string> wrong;  // "GET /x as viewer: 200 instead of 403"
};

/// A target that the pattern matches: each capture is "x". Changes are only tried.
inline std::string example_target(const Route& route) {
  std::string target;
  for (std::size_t i = 0; i < route.pattern.size(); ++i) {
    if (route.pattern[i] == '{') {
      target += 'x';
      i = route.pattern.find('}', i);
    } else {
      target += route.pattern[i];
    }
  }
  return route.changes ? target + "?dry_run=true" : target;
}

/// Headers, and what to put behind the target, of each kind of token that is no good.
struct BadToken {
  std::string kind;
  std::string headers;
  std::string query = {};
};
inline std::vector<BadToken> bad_tokens(Tokens& tokens) {
  const auto bearer = [](const std::string& token) {
    return "Authorization: Bearer " + token + "\r\n";
  };
  const auto create = [&](const std::string& name, std::optional<Timestamp> expires) {
    auto token = tokens.create({name, Role::admin, expires});
    BALLAST_ASSERT(token);
    return *token;
  };
  const std::string good = create("matrix-good", std::nullopt);
  const std::string revoked = create("matrix-revoked", std::nullopt);
  BALLAST_ASSERT(tokens.revoke("matrix-revoked"));
  const std::string expired = create("matrix-expired", wall_now() + Duration::milliseconds(300));
  while (tokens.find(expired))
    std::this_thread::yield();
  std::string mistyped = good;
  mistyped.back() = mistyped.back() == 'x' ? 'y' : 'x';
  return {{"no token", ""},
          {"an empty token", bearer("")},
          {"garbage", bearer("\x01\xff'; drop table tokens")},
          {"a wrong checksum", bearer(mistyped)},
          {"a cut token", bearer(good.substr(0, 40))},
          {"an unknown token", bearer(random_token())},
          {"a revoked token", bearer(revoked)},
          {"an expired token", bearer(expired)},
          {"two tokens", bearer(good) + bearer(good)},
          {"another scheme", "Authorization: Basic " + good + "\r\n"},
          {"no scheme", "Authorization: " + good + "\r\n"},
          {"a token in the query", "", "token=" + good},
          {"a token in a cookie", "Cookie: token=" + good + "\r\n"}};
}

/// Tries all of `routes`, which the server at `port` with `tokens` serves. Its limit
/// `failures_at_once` must be beyond what is tried, some twenty times the routes.
inline MatrixResult check_authorisation(std::uint16_t port,
                                        Tokens& tokens,
                                        const std::vector<Route>& routes) {
  MatrixResult result;
  const auto status = [&](const Route& route, const std::string& target,
                          const std::string& headers) {
    TestClient client(port);
    const bool body = !route.request_schema.empty();
    return client
        .ask(to_string(route.method), target, "", headers + "Connection: close\r\n",
             body ? "{}" : "")
        .status;
  };
  const auto expect = [&](const Route& route, const std::string& as, int got, bool right,
                          const std::string& wanted) {
    ++result.checked;
    if (!right)
      result.wrong.push_back(std::string(to_string(route.method)) + " " + route.pattern + " with " +
                             as + ": " + std::to_string(got) + " instead of " + wanted);
  };
  const auto let_in = [](int got) { return got != 0 && got != 401 && got != 403 && got != 429; };

  std::vector<std::pair<Role, std::string>> roles;
  for (std::size_t i = 0; i < role_names.size(); ++i) {
    const auto role = static_cast<Role>(i);
    auto token = tokens.create({"matrix-" + std::string(to_string(role)), role, std::nullopt});
    BALLAST_ASSERT(token);
    roles.emplace_back(role, *token);
  }
  const std::vector<BadToken> bad = bad_tokens(tokens);
  for (const Route& route : routes) {
    const std::string target = example_target(route);
    for (const auto& [role, token] : roles) {
      const int got = status(route, target, "Authorization: Bearer " + token + "\r\n");
      const bool allowed = !route.needs || may(role, *route.needs);
      expect(route, "role " + std::string(to_string(role)), got, allowed ? let_in(got) : got == 403,
             allowed ? "an answer" : "403");
    }
    for (const BadToken& token : bad) {
      const bool joined = target.find('?') != std::string::npos;
      const std::string query = token.query.empty() ? "" : (joined ? "&" : "?") + token.query;
      const int got = status(route, target + query, token.headers);
      // What is no text at all may be refused before anybody looks for a token.
      const bool refused = got == 401 || (token.kind == "garbage" && got == 400);
      expect(route, token.kind, got, route.needs ? refused : let_in(got),
             route.needs ? "401" : "an answer");
    }
  }
  return result;
}

}  // namespace ballast::api
