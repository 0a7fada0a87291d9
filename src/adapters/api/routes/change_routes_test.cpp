// Changing: each change done, dry, refused; who is written down; what a trader reads.
#include "adapters/api/routes/scripted_desk_test.hpp"
#include "base/rng.hpp"

namespace ballast::api {
namespace {

using test::Ask;
using test::Client;
using test::code_of;
using test::Json;
using test::ScriptedDesk;

class ChangeRoutes : public ::testing::Test {
 protected:
  ChangeRoutes() : now(test::an_eventful_morning(desk)) {}

  Response put(std::string_view target, std::string body, std::string if_match = "*") {
    return client.ask(Method::put, target,
                      {{{"if-match", std::move(if_match)}}, std::move(body), {"ana", Role::risk}});
  }
  Response post(std::string_view target, std::string body) {
    return client.ask(Method::post, target, {{}, std::move(body), {"tom", Role::trader}});
  }
  Response del(std::string_view target, std::string if_match = "*") {
    return client.ask(Method::del, target,
                      {{{"if-match", std::move(if_match)}}, "", {"tom", Role::trader}});
  }
  std::string etag(std::string_view target) {
    for (const auto& [name, value] : client.get(target).headers)
      if (name == "ETag") return value;
    return "";
  }
  void expect_refused(const Response& response, int status, std::string_view says) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_NE(response.body.find(says), std::string::npos) << response.body;
  }

  ScriptedDesk desk;
  Timestamp now;
  Client client{desk};
};

TEST_F(ChangeRoutes, a_target_is_pushed_held_and_cleared) {
  const std::string before = etag("/api/v1/targets/delta:BTC");
  const Response pushed = put(
      "/api/v1/targets/delta:BTC",
      R"({"target":"2","band":["1.5","2.5"],"until":"2026-01-05T18:00:00Z","reason":"quarter end"})",
      before);
  ASSERT_EQ(pushed.status, 200) << pushed.body;
  const Json answer = Json::parse(pushed.body);
  EXPECT_EQ(answer["before"]["target"], "0");
  EXPECT_EQ(answer["after"]["target"], "2");
  EXPECT_EQ(answer["after"]["pushed_by"], "ana");
  EXPECT_EQ(answer["audit_seq"].get<int>(), answer["seq"].get<int>() + 1);
  const Json target = client.json("/api/v1/targets/delta:BTC");
  EXPECT_EQ(target, answer["after"]);
  EXPECT_EQ(target["overridden"], true);
  EXPECT_EQ(target["until"], "2026-01-05T18:00:00Z");
  EXPECT_EQ(client.json("/api/v1/exposures/delta:BTC")["target"], "2");
  EXPECT_EQ(client.json("/api/v1/targets")["items"][0], target);
  ASSERT_EQ(desk.audit.size(), 1U);
  EXPECT_EQ(desk.audit[0].by, "ana");
  EXPECT_EQ(desk.audit[0].action, "target.set");
  EXPECT_EQ(desk.audit[0].reason, "quarter end");

  expect_refused(del("/api/v1/targets/delta:BTC", before), 412, "somebody has changed it");
  const Response cleared = del("/api/v1/targets/delta:BTC", etag("/api/v1/targets/delta:BTC"));
  ASSERT_EQ(cleared.status, 200) << cleared.body;
  EXPECT_EQ(client.json("/api/v1/targets/delta:BTC")["target"], "0");
  EXPECT_EQ(etag("/api/v1/targets/delta:BTC"), before);
  expect_refused(del("/api/v1/targets/delta:BTC"), 409, "nothing to clear");
}

TEST_F(ChangeRoutes, a_dry_run_says_what_would_change_and_changes_nothing) {
  const auto digest = desk.engine().digest();
  const std::string body = R"({"target":"2","band":["1.5","2.5"]})";
  const Response dry = put("/api/v1/targets/delta:BTC?dry_run=true", body);
  ASSERT_EQ(dry.status, 200) << dry.body;
  const Json answer = Json::parse(dry.body);
  EXPECT_EQ(answer["after"]["target"], "2");
  EXPECT_FALSE(answer.contains("seq"));
  EXPECT_EQ(desk.engine().digest(), digest);
  EXPECT_TRUE(desk.audit.empty());
  EXPECT_EQ(put("/api/v1/targets/delta:BTC?dry_run=maybe", body).status, 400);
  const Response done = put("/api/v1/targets/delta:BTC?dry_run=false", body);
  EXPECT_EQ(Json::parse(done.body)["after"], answer["after"]);
}

TEST_F(ChangeRoutes, versions_are_asked_for_and_compared) {
  const Response missing = client.ask(Method::put, "/api/v1/targets/delta:BTC",
                                      {{}, R"({"target":"0.5"})", {"tom", Role::trader}});
  expect_refused(missing, 428, "If-Match");
  expect_refused(put("/api/v1/targets/delta:BTC", R"({"target":"0.5"})", "\"0123\""), 412, "0123");
  EXPECT_EQ(put("/api/v1/targets/delta:BTC", R"({"target":"0.5"})",
                "\"x\", " + etag("/api/v1/targets/delta:BTC"))
                .status,
            200);
}

TEST_F(ChangeRoutes, a_target_that_cannot_be_is_refused_with_the_numbers) {
  const auto try_put = [&](const char* body) { return put("/api/v1/targets/delta:BTC", body); };
  expect_refused(try_put(R"({"band":["2","1"]})"), 422, "[2, 1] of delta:BTC is reversed");
  expect_refused(try_put(R"({"target":"3","band":["1","2"]})"), 422, "outside its band [1, 2]");
  expect_refused(try_put(R"({"target":"0","band":["-6","1"]})"), 422,
                 "the band [-6, 1] of delta:BTC is not within its limit [-5, 5]");
  expect_refused(try_put(R"({"target":"7"})"), 422,
                 "target 7 of delta:BTC is not within its limit");
  expect_refused(try_put(R"({"target":"1","until":"2026-01-05T11:00:00Z"})"), 422, "which is over");
  expect_refused(try_put(R"({})"), 400, "nothing is said");
  expect_refused(put("/api/v1/targets/delta:ETH", R"({"target":"1"})"), 422, "max_age of 10m");
  EXPECT_EQ(
      put("/api/v1/targets/delta:ETH", R"({"target":"1","until":"2026-01-05T13:00:00Z"})").status,
      200);
  expect_refused(put("/api/v1/targets/delta:XRP", R"({"target":"1"})"), 404, "delta:XRP");
}

TEST_F(ChangeRoutes, a_body_is_read_strictly_and_exactly) {
  const auto try_put = [&](const std::string& body) {
    return put("/api/v1/targets/delta:BTC?dry_run=true", body);
  };
  EXPECT_EQ(try_put(R"({"target":0.123456789012345678})").status, 200)
      << "a number keeps its digits";
  EXPECT_EQ(Json::parse(try_put(R"({"target":0.123456789012345678})").body)["after"]["target"],
            "0.123456789012345678");
  expect_refused(try_put(R"({"target":"0.1234567890123456789"})"), 400, "`target`");
  expect_refused(try_put(R"({"targt":"1"})"), 400, "did you mean \\\"target\\\"");
  expect_refused(try_put(R"({"target":"1","target":"2"})"), 400, "said twice");
  expect_refused(try_put(R"({"target":"one"})"), 400, "`target` is `one`");
  expect_refused(try_put(R"({"target":true})"), 400, "`target` is true or false");
  expect_refused(try_put(R"({"band":["1"]})"), 400, "a list of two");
  expect_refused(try_put(R"({"band":[["1"],"2"]})"), 400, "list of lists");
  expect_refused(try_put(R"({"band":{"lower":"1"}})"), 400, "`band` is an object");
  expect_refused(try_put(R"({"target":"1","until":"tomorrow"})"), 400, "`until` is `tomorrow`");
  expect_refused(try_put(R"([1,2])"), 400, "it is a list");
  expect_refused(try_put(R"("target")"), 400, "a JSON object");
  expect_refused(try_put(R"({"target":"1")"), 400, "not JSON at byte");
  expect_refused(try_put(R"({"target":1e400})"), 400, "`target`");
  expect_refused(try_put("{\"reason\":\"\xFF\"}"), 400, "not JSON");
  expect_refused(try_put(R"({"target":"1","reason":")" + std::string(96, 'x') + "\"}"), 422, "96");
}

TEST_F(ChangeRoutes, a_limit_outlives_a_target_that_ends) {
  expect_refused(put("/api/v1/limits/delta:BTC", R"({"limit":["-3","3"]})"), 400, "`reason`");
  expect_refused(put("/api/v1/limits/delta:BTC", R"({"reason":"x"})"), 400, "`limit` is missing");
  expect_refused(put("/api/v1/limits/delta:BTC", R"({"limit":["3","-3"],"reason":"x"})"), 422,
                 "reversed");
  EXPECT_EQ(put("/api/v1/targets/delta:BTC",
                R"({"target":"1","band":["0","2"],"until":"2026-01-05T12:30:00Z"})")
                .status,
            200);
  const Response changed =
      put("/api/v1/limits/delta:BTC", R"({"limit":["-4","4"],"reason":"thin market"})",
          etag("/api/v1/limits/delta:BTC"));
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(Json::parse(changed.body)["after"], client.json("/api/v1/limits/delta:BTC"));
  Timestamp later = test::at("12:40:00");
  test::pass(desk, later, 3);
  const Json target = client.json("/api/v1/targets/delta:BTC");
  EXPECT_EQ(target["overridden"], false);
  EXPECT_EQ(target["target"], "0");
  EXPECT_EQ(target["limit"], Json::parse(R"(["-4","4"])"));
  const Json limit = client.json("/api/v1/limits/delta:BTC");
  EXPECT_EQ(limit["overridden"], true);
  EXPECT_EQ(limit["configured"], Json::parse(R"(["-5","5"])"));
  // And a target that is cleared leaves it as well.
  EXPECT_EQ(put("/api/v1/targets/delta:BTC", R"({"target":"1","band":["0","2"]})").status, 200);
  EXPECT_EQ(del("/api/v1/targets/delta:BTC").status, 200);
  EXPECT_EQ(client.json("/api/v1/limits/delta:BTC")["limit"], Json::parse(R"(["-4","4"])"));
}

TEST_F(ChangeRoutes, limits_are_listed_with_the_guard_rails) {
  const Json limits = client.json("/api/v1/limits?limit=1");
  EXPECT_EQ(limits["items"].size(), 1U);
  EXPECT_EQ(limits["rails"]["order_notional"], "1000000");
  EXPECT_EQ(limits["rails"]["price_collar"], nullptr);
}

TEST_F(ChangeRoutes, a_firing_alert_is_acknowledged_once) {
  const std::string id = client.json("/api/v1/alerts")["items"][0]["id"];
  const std::string route = "/api/v1/alerts/" + id + "/acknowledge";
  const Response done = post(route, R"({"reason":"on it"})");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(Json::parse(done.body)["before"]["state"], "firing");
  EXPECT_EQ(client.json("/api/v1/alerts?state=acknowledged")["items"].size(), 1U);
  expect_refused(post(route, ""), 409, "acknowledged: only what fires");
  expect_refused(post("/api/v1/alerts/none/delta:BTC/1/acknowledge", ""), 404, "none/delta:BTC/1");
}

TEST_F(ChangeRoutes, a_rule_is_shelved_for_a_while) {
  const Response done = post("/api/v1/rules/btc-out-of-band/shelve", R"({"for":"2h"})");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(client.json("/api/v1/rules")["items"][0]["shelved_until"],
            to_string(now + Duration::hours(2)));
  EXPECT_EQ(
      post("/api/v1/rules/btc-out-of-band/shelve", R"({"until":"2026-01-05T00:00:00Z"})").status,
      200);
  EXPECT_EQ(client.json("/api/v1/rules")["items"][0]["shelved_until"], nullptr);
  EXPECT_EQ(post("/api/v1/rules/btc-in-band/shelve", R"({"for":"1h"})").status, 200)
      << "an objective as well";
  EXPECT_NE(client.json("/api/v1/rules")["items"][2]["shelved_until"], nullptr);
  const auto shelve = [&](const char* body) {
    return post("/api/v1/rules/btc-out-of-band/shelve", body);
  };
  expect_refused(shelve("{}"), 400, "one of `until` and `for`");
  expect_refused(shelve(R"({"for":"2h","until":"2026-01-06T00:00:00Z"})"), 400, "one of");
  expect_refused(shelve(R"({"for":"two hours"})"), 400, "`for` is `two hours`");
  expect_refused(shelve(R"({"for":"9999d"})"), 422, "at most 365d");
  expect_refused(post("/api/v1/rules/btc-out-of-bnd/shelve", R"({"for":"2h"})"), 404,
                 "did you mean \\\"btc-out-of-band\\\"");
}

TEST_F(ChangeRoutes, a_proposal_is_approved_or_rejected_while_it_waits) {
  const std::string id = client.json("/api/v1/proposals?state=open")["items"][0]["id"];
  const Response done = post("/api/v1/proposals/" + id + "/reject", R"({"reason":"not now"})");
  ASSERT_EQ(done.status, 200) << done.body;
  const Json rejected = client.json("/api/v1/proposals/" + id);
  EXPECT_EQ(rejected["state"], "rejected");
  EXPECT_EQ(rejected["by"], "tom");
  expect_refused(post("/api/v1/proposals/" + id + "/approve", ""), 409, "is rejected");
  expect_refused(post("/api/v1/proposals/p-0/approve", ""), 404, "p-0");
}

TEST_F(ChangeRoutes, an_approved_proposal_is_carried_out) {
  const std::string id = client.json("/api/v1/proposals?state=open")["items"][0]["id"];
  ASSERT_EQ(post("/api/v1/proposals/" + id + "/approve", "").status, 200);
  EXPECT_EQ(client.json("/api/v1/proposals/" + id)["by"], "tom");
  const Json orders = client.json("/api/v1/orders")["items"];
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0]["proposal"], id);
  EXPECT_EQ(orders[0]["side"], "sell");
}

TEST_F(ChangeRoutes, each_scope_is_killed_and_armed_again) {
  for (const char* scope : {"desk", "venue:kraken", "account:binance/other", "book:mm"}) {
    const std::string body = std::string(R"({"scope":")") + scope + R"(","reason":"drill"})";
    const Response killed = post("/api/v1/kill", body);
    ASSERT_EQ(killed.status, 200) << killed.body;
    const Json stops = client.json("/api/v1/kill-switches")["items"];
    ASSERT_EQ(stops.size(), 1U);
    EXPECT_EQ(stops[0]["scope"], scope);
    EXPECT_EQ(stops[0]["by"], "tom");
    EXPECT_EQ(client.json("/api/v1/health")["kill_switches"][0], scope);
    expect_refused(post("/api/v1/kill", body), 409, "stopped already");
    expect_refused(post("/api/v1/rearm", std::string(R"({"scope":")") + scope + "\"}"), 400,
                   "reason");
    EXPECT_EQ(post("/api/v1/rearm", body).status, 200);
    EXPECT_EQ(client.json("/api/v1/kill-switches")["items"].size(), 0U);
    expect_refused(post("/api/v1/rearm", body), 409, "is not stopped");
  }
}

TEST_F(ChangeRoutes, a_kill_needs_no_reason_and_a_known_scope) {
  EXPECT_EQ(post("/api/v1/kill", R"({"scope":"desk"})").status, 200);
  expect_refused(post("/api/v1/kill", R"({"scope":"venue:krakken"})"), 422,
                 "did you mean \\\"kraken\\\"");
  expect_refused(post("/api/v1/kill", R"({"scope":"account:binance/mian"})"), 422, "account");
  expect_refused(post("/api/v1/kill", R"({"scope":"account:binance"})"), 422, "account");
  expect_refused(post("/api/v1/kill", R"({"scope":"book:nn"})"), 422, "book");
  expect_refused(post("/api/v1/kill", R"({"scope":"factor:delta:BTC"})"), 422, "breaker");
  expect_refused(post("/api/v1/kill", R"({"scope":"everything"})"), 400, "`scope` is `everything`");
  expect_refused(post("/api/v1/kill", R"({"scope":7})"), 400, "`scope` is a number");
  expect_refused(post("/api/v1/kill", ""), 400, "`scope` is missing");
  expect_refused(post("/api/v1/rearm", R"({"scope":"factor:delta:BTC","reason":"x"})"), 409,
                 "is not stopped");
  EXPECT_EQ(client.json("/api/v1/kill-switches")["items"].size(), 1U);
}

TEST_F(ChangeRoutes, a_kill_switch_is_an_alert_that_can_be_acknowledged) {
  ASSERT_EQ(post("/api/v1/kill", R"({"scope":"desk"})").status, 200);
  const Json firing = client.json("/api/v1/alerts?state=firing");
  for (const Json& alert : firing["items"]) {
    if (alert["rule"] != "kill_switch") continue;
    const std::string id = alert["id"];
    EXPECT_EQ(post("/api/v1/alerts/" + id + "/acknowledge", "").status, 200);
    return;
  }
  FAIL() << "no alert of the kill switch";
}

TEST_F(ChangeRoutes, tokens_are_made_shown_once_and_revoked) {
  std::vector<TokenFacts> tokens{{"root", Role::admin, now, std::nullopt}};
  client.services.tokens.list = [&] { return tokens; };
  client.services.tokens.create = [&](const TokenFacts& token) -> Result<std::string> {
    tokens.push_back(token);
    return std::string("s3cret");
  };
  client.services.tokens.revoke = [&](const std::string& name) -> Result<void> {
    std::erase_if(tokens, [&](const TokenFacts& token) { return token.name == name; });
    return {};
  };
  const Response dry = post("/api/v1/tokens?dry_run=true", R"({"name":"web","role":"viewer"})");
  EXPECT_EQ(dry.status, 200);
  EXPECT_EQ(tokens.size(), 1U);
  const Response made = post("/api/v1/tokens", R"({"name":"web","role":"viewer"})");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(Json::parse(made.body)["token"], "s3cret");
  EXPECT_EQ(desk.audit.back().action, "token.create");
  EXPECT_EQ(desk.audit.back().after.find("s3cret"), std::string::npos);
  EXPECT_EQ(client.json("/api/v1/tokens")["items"].size(), 2U);
  expect_refused(post("/api/v1/tokens", R"({"name":"web","role":"viewer"})"), 409, "web");
  expect_refused(post("/api/v1/tokens", R"({"name":"w e b","role":"viewer"})"), 400, "`name`");
  expect_refused(post("/api/v1/tokens", R"({"name":"x","role":"boss"})"), 400, "viewer, trader");
  expect_refused(
      post("/api/v1/tokens", R"({"name":"x","role":"risk","expires":"2020-01-01T00:00:00Z"})"), 422,
      "which is over");
  EXPECT_EQ(del("/api/v1/tokens/web").status, 200);
  EXPECT_EQ(tokens.size(), 1U);
  expect_refused(del("/api/v1/tokens/web"), 404, "web");
}

TEST_F(ChangeRoutes, a_refused_reload_says_every_problem) {
  EXPECT_EQ(code_of(post("/api/v1/reload", "")), "not_available");
  Client with(desk);
  with.services.reload = [&](const Principal& by, bool /*dry_run*/, const auto& done) {
    EXPECT_EQ(by.name, "ana");
    done(tl::unexpected(ReloadRefusal{{"desk.toml:3:1: error: a", "desk.toml:9:1: error: b"}}));
  };
  const Response refused = with.ask(Method::post, "/api/v1/reload");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(Json::parse(refused.body)["errors"].size(), 2U);
  with.services.reload = [&](const Principal&, bool, const auto& done) {
    done(tl::unexpected(ReloadRefusal{{"wait"}, true}));
  };
  expect_refused(with.ask(Method::post, "/api/v1/reload"), 409, "wait");
}

TEST_F(ChangeRoutes, a_reload_says_what_changed) {
  Client with(desk);
  with.services.reload = [&](const Principal&, bool dry_run, const auto& done) {
    done(ReloadOutcome{{"factors[0].limit"}, dry_run ? 0U : 9U});
  };
  const Json done = Json::parse(with.ask(Method::post, "/api/v1/reload").body);
  EXPECT_EQ(done["changed"][0], "factors[0].limit");
  EXPECT_EQ(done["audit_seq"], 9);
}

TEST_F(ChangeRoutes, the_audit_tells_who_did_what_to_what_and_why) {
  put("/api/v1/targets/delta:BTC", R"({"target":"1","band":["0","2"],"reason":"a"})");
  post("/api/v1/kill", R"({"scope":"book:mm","reason":"b"})");
  const Json all = client.json("/api/v1/audit")["items"];
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["action"], "kill");
  EXPECT_EQ(all[0]["subject"], "book:mm");
  EXPECT_EQ(all[1]["by"], "ana");
  EXPECT_EQ(all[1]["before"]["target"], "0");
  EXPECT_EQ(client.json("/api/v1/audit?by=tom")["items"].size(), 1U);
  EXPECT_EQ(client.json("/api/v1/audit?action=target.set")["items"].size(), 1U);
}

/// Bytes that are nearly bodies: nothing may crash, and nothing but a good body may change
/// anything.
TEST_F(ChangeRoutes, noise_for_a_body_is_an_answer_and_never_a_change) {
  const std::string good[] = {
      R"({"target":"2","band":["1.5","2.5"],"until":"2026-01-05T18:00:00Z"})",
      R"({"limit":["-4","4"],"reason":"x"})", R"({"scope":"desk"})",
      R"({"for":"2h","reason":"\u00e9"})"};
  const std::string routes[] = {"/api/v1/targets/delta:BTC?dry_run=true",
                                "/api/v1/limits/delta:BTC?dry_run=true"};
  const auto digest = desk.engine().digest();
  Rng rng(20260105);
  for (int i = 0; i < 4000; ++i) {
    std::string body = good[rng.below(std::size(good))];
    for (std::size_t edits = 1 + rng.below(4); edits > 0 && !body.empty(); --edits) {
      const std::size_t at = rng.below(body.size());
      switch (rng.below(3)) {
        case 0:
          body[at] = static_cast<char>(rng.below(256));
          break;
        case 1:
          body.erase(at, 1 + rng.below(5));
          break;
        default:
          body.insert(at, body.substr(rng.below(body.size()), rng.below(8)));
      }
    }
    for (const std::string& route : routes) {
      const Response answer = put(route, body);
      ASSERT_TRUE(answer.status == 200 || answer.status == 400 || answer.status == 422) << body;
      ASSERT_TRUE(Json::accept(answer.body)) << answer.body;
    }
    const Response answer = post("/api/v1/kill?dry_run=true", body);
    ASSERT_TRUE(Json::accept(answer.body)) << answer.body;
  }
  EXPECT_EQ(desk.engine().digest(), digest);
  EXPECT_TRUE(desk.audit.empty());
}

}  // namespace
}  // namespace ballast::api
