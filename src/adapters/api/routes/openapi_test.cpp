// The document against the page, the table and what is really answered.
#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

#include "adapters/api/routes/json_schema_test.hpp"
#include "adapters/api/routes/option_desk_test.hpp"
#include "adapters/api/routes/schemas.hpp"
#include "adapters/api/routes/scripted_desk_test.hpp"

namespace ballast::api {
namespace {

using test::Client;
using test::Json;
using test::SchemaChecker;
using test::ScriptedDesk;

/// Everything there is to give: no route answers that it has no service.
void provide(Client& client) {
  client.services.calendar = [](const CalendarQuery&) -> Result<std::vector<WindowRow>> {
    WindowRow row;
    row.factor = "delta:BTC";
    row.book = "*";
    row.unit = "BTC";
    return std::vector{row};
  };
  client.services.events = [](std::uint64_t from, std::size_t) -> Result<std::vector<StoredEvent>> {
    return std::vector<StoredEvent>{{from, R"({"type":"time"})"}};
  };
  client.services.config = [] {
    return std::optional<ConfigFacts>({"desk.toml", "abc", test::at("11:00:00")});
  };
  client.services.memory_bytes = [] { return std::uint64_t{1} << 28; };
  client.services.sinks = [] {
    return std::vector<SinkHealth>{{"pager", 2, test::at("11:59:00"), "no answer"}};
  };
  client.services.metrics = [] { return std::string("up 1\n"); };
  client.services.tokens.list = [] {
    return std::vector<TokenFacts>{{"root", Role::admin, test::at("11:00:00"), std::nullopt}};
  };
  client.services.tokens.create = [](const TokenFacts&) { return Result<std::string>("secret"); };
  client.services.tokens.revoke = [](const std::string&) { return Result<void>{}; };
  client.services.tokens.expires = [](const std::string&) { return std::optional<Timestamp>(); };
  client.services.reload = [](const Principal&, bool, const auto& done) {
    done(ReloadOutcome{{"factors[0].limit: [-6, 6] -> [-8, 8]"}, 7});
  };
}

class OpenApi : public ::testing::Test {
 protected:
  OpenApi() {
    test::an_eventful_morning(desk);
    VenueHealth venue;
    venue.venue = VenueId{0};
    venue.lag_p50_seconds = 0.01;
    desk.feeds = {venue};
    provide(client);
    document = Json::parse(client.routes().openapi());
  }

  const Json& operation(const Route& route) {
    std::string method(to_string(route.method));
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(std::tolower(c)); });
    return document["paths"][route.pattern][method];
  }
  /// Holds an answer to what the document says of its route and status.
  void hold(Method method, const std::string& target, const Response& response) {
    hold(client.asked, method, target, response);
  }
  void hold(const Route* asked,
            Method method,
            const std::string& target,
            const Response& response) {
    SCOPED_TRACE(std::string(to_string(method)) + " " + target);
    ASSERT_NE(asked, nullptr);
    const Json& responses = operation(*asked)["responses"];
    const std::string status = std::to_string(response.status);
    ASSERT_TRUE(responses.contains(status)) << status << " " << response.body;
    const std::string type = response.content_type.substr(0, response.content_type.find(';'));
    ASSERT_TRUE(responses[status]["content"].contains(type)) << type;
    held.insert({method, asked->pattern});
    if (type == "text/plain") return;
    const Json body = Json::parse(response.body);
    const auto problems =
        SchemaChecker(document).check(responses[status]["content"][type]["schema"], body);
    EXPECT_TRUE(problems.empty()) << ::testing::PrintToString(problems) << "\n"
                                  << body.dump(2).substr(0, 3000);
  }
  void get(const std::string& target) { hold(Method::get, target, client.get(target)); }
  void change(Method method, const std::string& target, const std::string& body) {
    client.ask(Method::get, "/api/v1/me");
    const Response response =
        client.ask(method, target, {{{"if-match", "*"}}, body, {"ana", Role::admin}});
    hold(method, target, response);
    // What we sent, and were not refused, is what the document lets clients send.
    const Json& sent = operation(*client.asked);
    if (response.status != 200 || !sent.contains("requestBody") || body.empty()) return;
    const auto problems = SchemaChecker(document).check(
        sent["requestBody"]["content"]["application/json"]["schema"], Json::parse(body));
    EXPECT_TRUE(problems.empty()) << target << ::testing::PrintToString(problems);
  }

  ScriptedDesk desk;
  Client client{desk};
  Json document;
  std::set<std::pair<Method, std::string>> held;
};

TEST_F(OpenApi, every_route_answers_as_its_schema_says) {
  for (const char* target : {"/livez",
                             "/readyz",
                             "/api/v1/stream",
                             "/metrics",
                             "/api/v1/health",
                             "/api/v1/me",
                             "/api/v1/desk",
                             "/api/v1/positions",
                             "/api/v1/balances",
                             "/api/v1/transfers",
                             "/api/v1/exposures",
                             "/api/v1/exposures/delta:BTC",
                             "/api/v1/factors/delta:BTC",
                             "/api/v1/factors/delta:BTC/path",
                             "/api/v1/factors/delta:BTC/explain",
                             "/api/v1/targets",
                             "/api/v1/targets/delta:BTC",
                             "/api/v1/targets/delta:BTC/explain",
                             "/api/v1/adherence",
                             "/api/v1/adherence?window=today",
                             "/api/v1/adherence?by=day",
                             "/api/v1/alerts",
                             "/api/v1/rules",
                             "/api/v1/proposals",
                             "/api/v1/quotes",
                             "/api/v1/limits",
                             "/api/v1/limits/delta:BTC",
                             "/api/v1/parameters",
                             "/api/v1/breaks",
                             "/api/v1/pnl",
                             "/api/v1/journal",
                             "/api/v1/journal/events",
                             "/api/v1/system",
                             "/api/v1/tokens",
                             "/api/v1/openapi.json",
                             "/api/v1/positions?limit=0",
                             "/api/v1/exposures/delta:XRP"}) {
    get(target);
  }
  const std::string id = client.json("/api/v1/proposals?state=open")["items"][0]["id"];
  const std::string alert = client.json("/api/v1/alerts")["items"][0]["id"];
  get("/api/v1/proposals/" + id);
  change(Method::put, "/api/v1/targets/delta:BTC",
         R"({"target":0.5,"band":["0","1"],"until":"2026-01-05T18:00:00Z","reason":"x"})");
  get("/api/v1/exposures/delta:BTC");
  change(Method::del, "/api/v1/targets/delta:BTC", R"({"reason":"x"})");
  change(Method::del, "/api/v1/targets/delta:BTC", R"({"reason":"x"})");
  change(Method::put, "/api/v1/limits/delta:BTC?dry_run=true",
         R"({"limit":["-4","4"],"reason":"x"})");
  change(Method::put, "/api/v1/limits/delta:BTC", R"({"limit":["4","-4"],"reason":"x"})");
  change(Method::post, "/api/v1/alerts/" + alert + "/acknowledge", "");
  change(Method::post, "/api/v1/rules/btc-out-of-band/shelve", R"({"for":"2h"})");
  change(Method::post, "/api/v1/proposals/" + id + "/approve", R"({"reason":"x"})");
  get("/api/v1/orders");
  change(Method::post, "/api/v1/proposals/" + id + "/reject", R"({"reason":"x"})");
  change(Method::post, "/api/v1/kill", R"({"scope":"desk"})");
  get("/api/v1/kill-switches");
  change(Method::post, "/api/v1/rearm", R"({"scope":"desk","reason":"x"})");
  change(Method::post, "/api/v1/tokens", R"({"name":"web","role":"viewer"})");
  change(Method::del, "/api/v1/tokens/root", "");
  change(Method::post, "/api/v1/reload", "");
  get("/api/v1/audit");
  desk.answer_to = [](const Submission&) {
    SubmissionOutcome outcome;
    outcome.lines = {{}, {LineOutcome::Kind::refused, 0, "bad_input", "column 1: no"}};
    return Result<SubmissionOutcome>(outcome);
  };
  change(Method::post, "/api/v1/events", R"([{"type":"time"},{}])");

  ScriptedDesk options{test::option_desk()};
  test::an_optional_morning(options);
  Client trader{options};
  for (const char* target :
       {"/api/v1/options", "/api/v1/options/BTC/greeks", "/api/v1/options/BTC/smile?book=vol",
        "/api/v1/options/BTC/scenarios", "/api/v1/options/BTC/explain",
        "/api/v1/options/BTC/greeks?book=x", "/api/v1/options/BTC/scenarios?spot=x"}) {
    const Response response = trader.get(target);
    hold(trader.asked, Method::get, target, response);
  }

  for (const MarginKind kind : {MarginKind::standard, MarginKind::portfolio}) {
    ScriptedDesk margined{test::margined_option_desk(kind)};
    Client risk{margined};
    for (const bool priced : {false, true}) {
      if (priced) test::an_optional_morning(margined);
      const Response response = risk.get("/api/v1/margins");
      hold(risk.asked, Method::get, "/api/v1/margins", response);
    }
  }

  for (const Route& route : client.routes().table()) {
    EXPECT_TRUE(held.contains({route.method, route.pattern}))
        << to_string(route.method) << " " << route.pattern << " was never held to its schema";
  }
}

TEST_F(OpenApi, the_checker_can_fail) {
  const Json schema = Json::parse(R"({"$ref":"#/components/schemas/Balance"})");
  const SchemaChecker checker(document);
  const Json good = Json::parse(R"({"venue":"a","account":"b","asset":"c","qty":"1.5"})");
  EXPECT_TRUE(checker.check(schema, good).empty());
  for (const char* patch :
       {R"([{"op":"remove","path":"/qty"}])", R"([{"op":"replace","path":"/qty","value":1.5}])",
        R"([{"op":"replace","path":"/qty","value":"1e5"}])",
        R"([{"op":"add","path":"/more","value":1}])"}) {
    EXPECT_FALSE(checker.check(schema, good.patch(Json::parse(patch))).empty()) << patch;
  }
}

TEST_F(OpenApi, every_reference_leads_somewhere_and_every_schema_is_used) {
  std::set<std::string> used;
  const std::string text = document.dump();
  const std::regex reference("#/components/schemas/([A-Za-z]+)");
  for (std::sregex_iterator at(text.begin(), text.end(), reference), end; at != end; ++at)
    used.insert((*at)[1]);
  for (const std::string& name : used)
    EXPECT_TRUE(document["components"]["schemas"].contains(name)) << name;
  for (const auto& [name, schema] : schemas())
    EXPECT_TRUE(used.contains(name)) << name << " is nobody's";
  EXPECT_EQ(document["openapi"], "3.1.0");
}

/// "GET /api/v1/targets" of every row of the page's table of routes.
std::set<std::string> routes_of_page() {
  std::ifstream file(std::string(BALLAST_SOURCE_DIR) + "/docs/api.md");
  std::set<std::string> out;
  std::string line;
  bool within = false;
  while (std::getline(file, line)) {
    if (line.starts_with("##")) within = line == "## Routes";
    if (!within || !line.starts_with("| `")) continue;
    const std::string first = line.substr(2, line.find(" | ", 2) - 2);
    const std::regex code("`([^`]*)`");
    std::string method;
    for (std::sregex_iterator at(first.begin(), first.end(), code), end; at != end; ++at) {
      const std::string words = (*at)[1];
      const auto space = words.find(' ');
      if (space != std::string::npos) method = words.substr(0, space);
      out.insert(method + " " + (space == std::string::npos ? words : words.substr(space + 1)));
    }
  }
  return out;
}

TEST_F(OpenApi, the_page_the_table_and_the_document_list_the_same_routes) {
  std::set<std::string> table;
  std::set<std::string> listed;
  for (const Route& route : client.routes().table()) {
    table.insert(std::string(to_string(route.method)) + " " + route.pattern);
    EXPECT_FALSE(route.about.empty()) << route.pattern;
    EXPECT_FALSE(route.response_schema.empty()) << route.pattern;
  }
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      std::string upper = method;
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](char c) { return static_cast<char>(std::toupper(c)); });
      listed.insert(upper + " " + path);
    }
  }
  EXPECT_EQ(table, listed);
  EXPECT_EQ(table, routes_of_page());
}

TEST_F(OpenApi, each_operation_has_a_name_of_its_own) {
  std::set<std::string> names;
  std::size_t count = 0;
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      names.insert(operation["operationId"]);
      ++count;
    }
  }
  EXPECT_EQ(names.size(), count);
}

}  // namespace
}  // namespace ballast::api
