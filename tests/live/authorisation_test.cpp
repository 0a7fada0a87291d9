// Who may what, on the service as it runs: every route that its document lists and every channel,
// by every role and every kind of token that is no good.
#include <map>
#include <set>

#include <fmt/format.h>

#include "live/served.hpp"
#include "support/program.hpp"

namespace ballast::testing {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> roles{"viewer", "trader", "risk", "admin", "ingest", "metrics"};

/// By docs/api.md: whom each of the document's words lets in.
const std::map<std::string, std::set<std::string>> let_in{
    {"any token", {"viewer", "trader", "risk", "admin", "ingest", "metrics"}},
    {"viewer", {"viewer", "trader", "risk", "admin"}},
    {"trader", {"trader", "risk", "admin"}},
    {"risk", {"risk", "admin"}},
    {"admin", {"admin"}},
    {"ingest (or admin)", {"ingest", "admin"}},
    {"metrics (or viewer)", {"metrics", "viewer", "trader", "risk", "admin"}},
};

struct Operation {
  std::string method;
  std::string target;
  std::string needs;  // one of let_in; empty: no token
  bool has_body = false;
};

std::vector<Operation> operations(const Json& document) {
  std::vector<Operation> all;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (!operation.contains("operationId") || path == "/api/v1/stream") continue;
      Operation one;
      for (const char c : method)
        one.method += static_cast<char>(c - 'a' + 'A');
      for (std::size_t i = 0; i < path.size(); ++i) {
        one.target += path[i] == '{' ? 'x' : path[i];
        if (path[i] == '{') i = path.find('}', i);
      }
      if (one.method != "GET") one.target += "?dry_run=true";
      const std::string text = operation["description"];
      const std::string_view prefix = "Needs: ";
      one.needs = text.substr(prefix.size(), text.size() - prefix.size() - 1);
      if (one.needs == "no token") one.needs.clear();
      one.has_body = operation.contains("requestBody");
      all.push_back(one);
    }
  }
  return all;
}

class Authorisation : public ::testing::Test {
 protected:
  Authorisation() {
    scratch.write("desk.toml", served_desk_toml);
    served.emplace(scratch.path());
    for (const std::string& role : roles)
      tokens[role] = served->make_token("a-" + role, role);
  }
  static std::string bearer(const std::string& token) {
    return "Authorization: Bearer " + token + "\r\n";
  }
  /// Headers of each kind of token that is no good.
  std::map<std::string, std::string> bad_tokens() {
    const std::string revoked = served->make_token("revoked", "admin");
    const auto gone =
        served->ask("DELETE", "/api/v1/tokens/revoked", served->admin(), R"({"reason":"test"})");
    EXPECT_EQ(gone.status, 200) << gone.body;
    std::string mistyped = tokens["admin"];
    mistyped.back() = mistyped.back() == 'x' ? 'y' : 'x';
    return {{"none", ""},
            {"empty", bearer("")},
            {"mistyped", bearer(mistyped)},
            {"cut", bearer(tokens["admin"].substr(0, 40))},
            {"revoked", bearer(revoked)},
            {"two", bearer(tokens["admin"]) + bearer(tokens["admin"])},
            {"other scheme", "Authorization: Basic " + tokens["admin"] + "\r\n"},
            {"in a cookie", "Cookie: token=" + tokens["admin"] + "\r\n"}};
  }
  /// Bad tokens are counted by address, and the loopback has many.
  std::string fresh_address() {
    ++peers;
    return fmt::format("127.0.{}.{}", 1 + peers / 200, 1 + peers % 200);
  }
  int status(const Operation& operation, const std::string& headers) {
    const std::string from = fresh_address();
    api::TestClient client(served->port(), {.from = from.c_str()});
    return client
        .ask(operation.method, operation.target, "", headers + "Connection: close\r\n",
             operation.has_body ? "{}" : "")
        .status;
  }

  Scratch scratch;
  std::optional<Served> served;
  std::map<std::string, std::string> tokens;
  int peers = 0;
};

TEST_F(Authorisation, holds_on_every_route_by_every_role_and_bad_token) {
  const auto document = served->ask("GET", "/api/v1/openapi.json", tokens["viewer"]);
  ASSERT_EQ(document.status, 200) << document.body;
  const auto all = operations(Json::parse(document.body));
  ASSERT_GT(all.size(), 40U);
  const auto bad = bad_tokens();
  const auto answers = [](int got) {
    return got != 0 && got != 401 && got != 403 && got != 421 && got != 429;
  };
  for (const Operation& operation : all) {
    SCOPED_TRACE(operation.method + " " + operation.target + " needs " + operation.needs);
    ASSERT_TRUE(operation.needs.empty() || let_in.contains(operation.needs));
    for (const std::string& role : roles) {
      const int got = status(operation, bearer(tokens[role]));
      const bool allowed = operation.needs.empty() || let_in.at(operation.needs).contains(role);
      EXPECT_TRUE(allowed ? answers(got) : got == 403) << role << ": " << got;
    }
    for (const auto& [kind, headers] : bad) {
      const int got = status(operation, headers);
      EXPECT_TRUE(operation.needs.empty() ? answers(got) : got == 401) << kind << ": " << got;
    }
  }
}

TEST_F(Authorisation, holds_on_every_channel) {
  const auto call = [](api::TestClient& client, const std::string& method, const Json& params) {
    client.send_text(
        Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}}.dump());
    for (;;) {
      const auto said = client.message();
      if (said.close_code != 0) return Json{{"closed", said.close_code}};
      Json answer = Json::parse(said.text);
      if (answer.contains("id")) return answer;
    }
  };
  const auto open = [&](const std::string& headers) {
    const std::string from = fresh_address();
    auto client =
        std::make_unique<api::TestClient>(served->port(), api::TestClient::Options{from.c_str()});
    EXPECT_EQ(client->upgrade("/api/v1/stream", "", headers).status, 101);
    return client;
  };
  auto first = open(bearer(tokens["viewer"]));
  const Json hello = call(*first, "public/hello", Json::object());
  std::vector<std::string> channels = hello["result"]["channels"];
  ASSERT_GE(channels.size(), 10U) << hello;
  for (std::string& channel : channels)
    if (channel.ends_with(':')) channel += "delta:BTC";
  for (const std::string& role : roles) {
    const bool allowed = role != "ingest" && role != "metrics";
    for (const std::string& channel : channels) {
      auto client = open(bearer(tokens[role]));
      const Json answer = call(*client, "private/subscribe", {{"channels", {channel}}});
      EXPECT_EQ(answer.contains("result"), allowed) << role << " " << channel << " " << answer;
      EXPECT_EQ(answer.contains("error"), !allowed) << role << " " << channel << " " << answer;
    }
  }
  for (const auto& [kind, headers] : bad_tokens()) {
    if (kind == "none" || kind == "in a cookie") {  // who says nothing may still authenticate
      auto client = open(headers);
      EXPECT_TRUE(
          call(*client, "private/subscribe", {{"channels", {"exposures"}}}).contains("error"))
          << kind;
      EXPECT_TRUE(call(*client, "public/auth", {{"token", "nonsense"}}).contains("error")) << kind;
      continue;
    }
    const std::string from = fresh_address();
    api::TestClient client(served->port(), {.from = from.c_str()});
    EXPECT_EQ(client.upgrade("/api/v1/stream", "", headers).status, 401) << kind;
  }
}

TEST_F(Authorisation, ends_within_a_second_of_a_revocation) {
  const std::string token = served->make_token("leaver", "viewer");
  EXPECT_EQ(served->ask("GET", "/api/v1/me", token).status, 200);
  const auto gone =
      served->ask("DELETE", "/api/v1/tokens/leaver", served->admin(), R"({"reason":"left"})");
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_TRUE(eventually([&] { return served->ask("GET", "/api/v1/me", token).status == 401; }, 1));
}

}  // namespace
}  // namespace ballast::testing
