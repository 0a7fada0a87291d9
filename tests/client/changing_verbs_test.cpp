// The verbs that change something: what they send, and how they show the difference.
#include <string>

#include <gtest/gtest.h>

#include "client/service_script.hpp"

namespace ballast::testing {
namespace {

const Answer killed = json_answer(
    R"({"seq":43,"audit_seq":44,"before":{"stopped":false},"after":{"stopped":true,"by":"anna"}})");

TEST(Kill, sends_scope_and_reason) {
  const Scratch scratch;
  const Receiver service({killed});
  const Ended ended = ask(scratch, service, "kill venue:binance --reason 'marks are \"off\"'");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "kill venue:binance: event 43\n"
            "  by       -   ->  anna\n"
            "  stopped  no  ->  yes\n");
  const auto taken = service.taken().at(0);
  EXPECT_EQ(taken.method, "POST");
  EXPECT_EQ(taken.target, "/api/v1/kill");
  EXPECT_EQ(taken.body, R"({"scope":"venue:binance","reason":"marks are \"off\""})");
  EXPECT_EQ(taken.headers.at("content-type"), "application/json");
}

TEST(Kill, and_rearm_need_a_reason) {
  const Scratch scratch;
  const Receiver service({killed});
  for (const char* verb : {"kill desk", "rearm desk", "rearm desk --reason ''"}) {
    const Ended ended = ask(scratch, service, verb);
    EXPECT_EQ(ended.code, 2) << verb;
    EXPECT_NE(ended.err.find("--reason"), std::string::npos) << ended.err;
  }
  EXPECT_EQ(service.taken().size(), 0U);
  EXPECT_EQ(ask(scratch, service, "rearm factor:delta:BTC --reason checked").code, 0);
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/rearm");
  EXPECT_EQ(service.taken().at(0).body, R"({"scope":"factor:delta:BTC","reason":"checked"})");
}

TEST(Kill, dry_changes_nothing_and_says_so) {
  const Scratch scratch;
  const Receiver service({json_answer(R"({"before":{"stopped":false},"after":{"stopped":true}})")});
  const Ended ended = ask(scratch, service, "kill desk --reason drill --dry-run");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "dry run, nothing is changed: kill desk\n"
            "  stopped  no  ->  yes\n");
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/kill?dry_run=true");
  EXPECT_EQ(ask(scratch, service, "kill desk --reason drill --dry-run -o csv").out,
            "field,before,after\nstopped,no,yes\n");
  EXPECT_NE(ask(scratch, service, "kill desk --reason drill -o json").out.find("\"before\": {"),
            std::string::npos);
}

TEST(Target, is_set_against_the_version_that_was_seen) {
  const Scratch scratch;
  const Receiver service([](const TakenRequest& request) {
    if (request.method == "GET") {
      Answer answer = json_answer(R"({"key":"delta:BTC@mm","target":"0","version":"v7"})");
      answer.headers.push_back({"ETag", "\"v7\""});
      return answer;
    }
    return json_answer(R"({"seq":9,"audit_seq":10,
        "before":{"target":"0","band":["-2","2"],"until":null},
        "after":{"target":"3","band":["-2","2"],"until":"2026-01-05T18:00:00Z"}})");
  });
  const Ended ended = ask(scratch, service,
                          "target set delta:BTC@mm --target 3 --band -2 2 "
                          "--until 2026-01-05T18:00:00Z --reason 'client block'");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "set the target of delta:BTC@mm: event 9\n"
            "  target  0  ->  3\n"
            "  until   -  ->  2026-01-05T18:00:00Z\n");
  const auto taken = service.taken();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].target, "/api/v1/targets/delta:BTC@mm");
  EXPECT_EQ(taken[1].method, "PUT");
  EXPECT_EQ(taken[1].headers.at("if-match"), "\"v7\"");
  EXPECT_EQ(taken[1].body, R"({"target":"3","band":["-2","2"],"until":"2026-01-05T18:00:00Z",)"
                           R"("reason":"client block"})");
  EXPECT_EQ(ask(scratch, service, "target clear delta:BTC@mm --dry-run").code, 0);
  EXPECT_EQ(service.taken().at(3).method, "DELETE");
  EXPECT_EQ(service.taken().at(3).target, "/api/v1/targets/delta:BTC@mm?dry_run=true");
  EXPECT_EQ(service.taken().at(3).headers.at("if-match"), "\"v7\"");
  const Ended nothing = ask(scratch, service, "target set delta:BTC");
  EXPECT_EQ(nothing.code, 2);
  EXPECT_EQ(nothing.err, "ballast: target set needs --target, --band, or both\n");
}

TEST(Limits, are_changed_with_negative_levels) {
  const Scratch scratch;
  const Receiver service({json_answer(R"({"seq":9,"before":{"limit":["-8","8"]},)"
                                      R"("after":{"limit":["-6","6.5"]}})")});
  const Ended ended = ask(scratch, service, "limits set cash:USDT@a/b -6 6.5 --reason weekend");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "set the limit of cash:USDT@a/b: event 9\n"
            "  limit.0  -8  ->  -6\n"
            "  limit.1  8   ->  6.5\n");
  EXPECT_EQ(service.taken().at(1).target, "/api/v1/limits/cash:USDT@a%2Fb");
  EXPECT_EQ(service.taken().at(1).body, R"({"limit":["-6","6.5"],"reason":"weekend"})");
  EXPECT_EQ(service.taken().at(1).headers.at("if-match"), "*");  // no ETag came
}

TEST(Alerts, are_acknowledged_and_their_rules_shelved) {
  const Scratch scratch;
  const Receiver service({json_answer(R"({"seq":1,"before":null,"after":null})")});
  const Ended ack = ask(scratch, service, "alerts ack btc-out/delta:BTC/3 --reason 'by hand'");
  EXPECT_EQ(ack.code, 0) << ack.err;
  EXPECT_EQ(ack.out, "acknowledge btc-out/delta:BTC/3: event 1\n  no difference\n");
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/alerts/btc-out%2Fdelta:BTC%2F3/acknowledge");
  EXPECT_EQ(service.taken().at(0).body, R"({"reason":"by hand"})");
  EXPECT_EQ(ask(scratch, service, "alerts shelve btc-out --for 2h").code, 0);
  EXPECT_EQ(service.taken().at(1).target, "/api/v1/rules/btc-out/shelve");
  EXPECT_EQ(service.taken().at(1).body, R"({"for":"2h"})");
  EXPECT_EQ(ask(scratch, service, "alerts shelve btc-out").code, 2);
  EXPECT_EQ(
      ask(scratch, service, "alerts shelve btc-out --for 2h --until 2026-01-05T00:00:00Z").code, 2);
}

TEST(Proposals, are_answered) {
  const Scratch scratch;
  const Receiver service({json_answer(R"({"seq":1,"before":{"state":"waiting"},)"
                                      R"("after":{"state":"approved"}})")});
  EXPECT_EQ(ask(scratch, service, "proposals approve p-17").out,
            "approve p-17: event 1\n  state  waiting  ->  approved\n");
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/proposals/p-17/approve");
  EXPECT_EQ(service.taken().at(0).body, "{}");
  EXPECT_EQ(ask(scratch, service, "proposals reject p-17 --reason later").code, 0);
  EXPECT_EQ(service.taken().at(1).target, "/api/v1/proposals/p-17/reject");
  EXPECT_EQ(service.taken().at(1).body, R"({"reason":"later"})");
}

TEST(Tokens, are_shown_once_and_alone) {
  const Scratch scratch;
  const Receiver service([](const TakenRequest& request) {
    return request.method == "POST"
               ? json_answer(R"({"name":"prometheus","role":"metrics","token":"blt_abc"})")
               : json_answer(
                     R"({"seq":0,"audit_seq":5,"before":{"name":"prometheus"},"after":null})");
  });
  const Ended made = ask(scratch, service, "token create prometheus --role metrics");
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(made.out, "blt_abc\n");
  EXPECT_EQ(made.err,
            "ballast: this is the only time that the token prometheus is shown; whoever has "
            "it is metrics\n");
  EXPECT_EQ(service.taken().at(0).body, R"({"name":"prometheus","role":"metrics"})");
  EXPECT_EQ(ask(scratch, service, "token create x --role king").code, 2);
  EXPECT_EQ(ask(scratch, service, "token revoke prometheus").code, 0);
  EXPECT_EQ(service.taken().at(1).method, "DELETE");
  EXPECT_EQ(service.taken().at(1).target, "/api/v1/tokens/prometheus");
}

}  // namespace
}  // namespace ballast::testing
