// The verbs that only look: what they ask a service for, and what they make of its answers.
#include <string>

#include <gtest/gtest.h>

#include "client/service_script.hpp"

namespace ballast::testing {
namespace {

constexpr const char* health = R"({
  "status": "STATUS", "problems": PROBLEMS,
  "now": "2026-01-05T12:00:00Z", "wall": "2026-01-05T12:00:00.1Z", "mode": "live", "speed": 1.0,
  "venues": [
    { "venue": "binance", "age_seconds": 0.2, "lag_seconds": { "p50": 0.01, "p99": 0.08 },
      "skew_seconds": 0.004, "gaps": 0, "longest_gap_seconds": 0.0, "silent": false, "breaks": 0,
      "events_per_second": 812.0 },
    { "venue": "deribit", "age_seconds": null, "lag_seconds": null, "skew_seconds": null, "gaps": 0,
      "longest_gap_seconds": 0.0, "silent": true, "breaks": 1, "events_per_second": 0.0 } ],
  "journal": { "last_seq": 1042, "durable_seq": 1040, "lag_seconds": 0.004, "failed": null },
  "kill_switches": [ "venue:deribit" ], "breakers": [], "alerts": { "firing": 1, "acknowledged": 0 },
  "sinks": [ { "name": "pager", "queued": 2, "failing_since": null, "last_error": null } ] })";

std::string health_of(const std::string& status, const std::string& problems) {
  std::string text = health;
  text.replace(text.find("STATUS"), 6, status);
  text.replace(text.find("PROBLEMS"), 8, problems);
  return text;
}

TEST(Status, shows_how_the_service_is) {
  const Scratch scratch;
  const Receiver service({json_answer(health_of("ok", "[]"))});
  const Ended ended = ask(scratch, service, "status", "t-1");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, R"(status            ok
desk's clock      2026-01-05T12:00:00Z
mode              live
last event        1042
durable           1040
alerts firing     1
kill switches     venue:deribit
breakers          none

venue    age s  lag p99 s  skew s  gaps  silent  breaks  events/s
binance  0.2    0.08       0.004   0     no      0       812
deribit  -      -          -       0     yes     1       0

sink   queued  failing since  last error
pager  2       -              -
)");
  const auto taken = service.taken();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].method, "GET");
  EXPECT_EQ(taken[0].target, "/api/v1/health");
  EXPECT_EQ(taken[0].headers.at("authorization"), "Bearer t-1");
}

TEST(Status, fails_a_check_when_the_service_is_not_well) {
  const Scratch scratch;
  const Receiver service({json_answer(health_of(
      "degraded", R"([{"code": "feed_silent", "severity": "warning", "detail": "deribit"}])"))});
  const Ended ended = ask(scratch, service, "status");
  EXPECT_EQ(ended.code, 3);
  EXPECT_NE(ended.out.find("problem      severity  detail\nfeed_silent  warning   deribit\n"),
            std::string::npos)
      << ended.out;
  EXPECT_EQ(ended.err, "ballast: the service is degraded\n");
  EXPECT_FALSE(service.taken().at(0).headers.contains("authorization"));
  EXPECT_EQ(ask(scratch, service, "status -o json").code, 3);
  const Ended csv = ask(scratch, service, "status -o csv");
  EXPECT_EQ(csv.code, 3);
  EXPECT_NE(csv.out.find("\njournal.last_seq,1042\n"), std::string::npos) << csv.out;
}

TEST(Positions, are_listed_page_by_page) {
  const Scratch scratch;
  const auto position = [](const std::string& instrument, const std::string& unrealized) {
    return R"({"venue":"binance","account":"main","book":"mm","instrument":")" + instrument +
           R"(","qty":"1.5","average_price":"50000","realized_pnl":"0","unrealized_pnl":)" +
           unrealized + R"(,"fees":{},"funding":{}})";
  };
  const Receiver service([&](const TakenRequest& request) {
    return request.target.find("cursor") == std::string::npos
               ? json_answer(R"({"items":[)" + position("BTC-USDT", "\"12.5\"") +
                             R"(],"next":"b c","as_of":"2026-01-05T12:00:00Z","seq":7})")
               : json_answer(R"({"items":[)" + position("ETH, spot", "null") +
                             R"(],"next":null,"as_of":"2026-01-05T12:00:00Z","seq":7})");
  });
  const Ended table = ask(scratch, service, "positions --book mm --venue binance");
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_EQ(table.out, R"(venue    account  book  instrument  qty  average  realized  unrealized
binance  main     mm    BTC-USDT    1.5  50000    0         12.5
binance  main     mm    ETH, spot   1.5  50000    0         -
)");
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/positions?venue=binance&book=mm");
  EXPECT_EQ(service.taken().at(1).target, "/api/v1/positions?venue=binance&book=mm&cursor=b%20c");
  const Ended csv = ask(scratch, service, "positions -o csv");
  EXPECT_EQ(csv.out,
            "venue,account,book,instrument,qty,average_price,realized_pnl,unrealized_pnl\n"
            "binance,main,mm,BTC-USDT,1.5,50000,0,12.5\n"
            "binance,main,mm,\"ETH, spot\",1.5,50000,0,\n");
  const Ended json = ask(scratch, service, "positions -o json");
  EXPECT_NE(json.out.find("\"instrument\": \"ETH, spot\""), std::string::npos) << json.out;
}

TEST(Positions, say_when_there_are_none) {
  const Scratch scratch;
  const Receiver service({json_answer(R"({"items":[],"next":null,"as_of":"","seq":0})")});
  EXPECT_EQ(ask(scratch, service, "positions").out, "no positions\n");
}

constexpr const char* window = R"({"window":"1h","from":"2026-01-05T11:00:00Z",
  "to":"2026-01-05T12:00:00Z","adherence":0.97,"rows":[
  {"factor":"delta:BTC","book":"*","unit":"BTC","from":"2026-01-05T11:00:00Z",
   "to":"2026-01-05T12:00:00Z","known_seconds":3600.0,"unknown_fraction":0.0,"adherence":0.97,
   "time_in_band":0.95,"time_above":0.05,"time_below":0.0,"time_past_limit":0.0,
   "excursions":{"count":2,"longest_seconds":30.0,"mean_seconds":25.0,"open_seconds":null}},
  {"factor":"delta:ETH","book":"mm","unit":"ETH","from":"2026-01-05T11:00:00Z",
   "to":"2026-01-05T12:00:00Z","known_seconds":0.0,"unknown_fraction":1.0,"adherence":null,
   "time_in_band":null,"time_above":null,"time_below":null,"time_past_limit":null,
   "excursions":{"count":0,"longest_seconds":0.0,"mean_seconds":null,"open_seconds":null}}]})";

TEST(Adherence, is_shown_by_factor_and_held_against_what_is_required) {
  const Scratch scratch;
  const Receiver service({json_answer(window)});
  const Ended ended = ask(scratch, service, "adherence --window 1h --require 0.97");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "factor     book  from                  adherence  in band  above  below  past limit  "
            "excursions  longest s  known s  unknown\n"
            "delta:BTC  *     2026-01-05T11:00:00Z  0.97       0.95     0.05   0      0           "
            "2           30         3600     0\n"
            "delta:ETH  mm    2026-01-05T11:00:00Z  -          -        -      -      -           "
            "0           0          0        1\n");
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/adherence?window=1h");
  const Ended below = ask(scratch, service, "adherence --require 0.98");
  EXPECT_EQ(below.code, 4);
  EXPECT_EQ(below.err, "ballast: adherence 0.970000 is below the required 0.98\n");
  EXPECT_EQ(service.taken().at(1).target, "/api/v1/adherence?window=24h");
  EXPECT_EQ(ask(scratch, service, "adherence --from 2026-01-01T00:00:00Z --by day").code, 0);
  EXPECT_EQ(service.taken().at(2).target, "/api/v1/adherence?from=2026-01-01T00:00:00Z&by=day");
  EXPECT_EQ(ask(scratch, service, "adherence --window 1h --by day").code, 2);
}

TEST(Adherence, that_is_unknown_is_never_enough) {
  const Scratch scratch;
  const Receiver service(
      {json_answer(R"({"window":"24h","adherence":1.0,"rows":[{"adherence":null}]})")});
  EXPECT_EQ(ask(scratch, service, "adherence --require 0").code, 0);  // the desk's is known
  const Ended ended = ask(scratch, service, "adherence --require 0 --factor delta:BTC@mm");
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(ended.err, "ballast: adherence unknown is below the required 0\n");
  EXPECT_EQ(service.taken().at(1).target, "/api/v1/adherence?window=24h&factor=delta:BTC@mm");
}

TEST(Explain, prints_the_services_lines_as_it_prints_its_own) {
  const Scratch scratch;
  const Receiver service([](const TakenRequest& request) {
    if (request.target.starts_with("/api/v1/proposals?"))
      return json_answer(R"({"items":[{"id":"p-17"}],"next":null})");
    return json_answer(R"({"lines":[{"depth":0,"label":"actual","value":"9.4 BTC"},
                                    {"depth":1,"label":"binance BTC-USDT","value":"9.4"}]})");
  });
  const Ended number = ask(scratch, service, "explain delta:BTC --book mm");
  EXPECT_EQ(number.code, 0) << number.err;
  EXPECT_EQ(number.out,
            "actual                             9.4 BTC\n"
            "  binance BTC-USDT                 9.4\n");
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/factors/delta:BTC@mm/explain");
  EXPECT_EQ(ask(scratch, service, "explain target delta:BTC").code, 0);
  EXPECT_EQ(service.taken().at(1).target, "/api/v1/targets/delta:BTC/explain");
  EXPECT_EQ(ask(scratch, service, "explain proposal delta:BTC").code, 0);
  EXPECT_EQ(service.taken().at(2).target, "/api/v1/proposals?factor=delta:BTC&limit=1");
  EXPECT_EQ(service.taken().at(3).target, "/api/v1/proposals/p-17");
  const Ended past = ask(scratch, service, "explain delta:BTC --at 2026-01-05T00:00:00Z");
  EXPECT_EQ(past.code, 2);
  EXPECT_NE(past.err.find("name its journal"), std::string::npos) << past.err;
}

TEST(Alerts, are_listed_by_state) {
  const Scratch scratch;
  const Receiver service({json_answer(
      R"({"items":[{"id":"btc-out/delta:BTC/3","rule":"btc-out","severity":"critical",
      "state":"firing","since":"2026-01-05T12:00:00Z","value":1.4,"reason":"\u001b[2J"}],"next":null})")});
  const Ended ended = ask(scratch, service, "alerts --state all");
  EXPECT_EQ(ended.out,
            "id                   severity  state   since                 value  reason\n"
            "btc-out/delta:BTC/3  critical  firing  2026-01-05T12:00:00Z  1.4    ?[2J\n")
      << "what a terminal obeys is not shown";
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/alerts?state=all");
}

TEST(Audit, is_listed) {
  const Scratch scratch;
  const Receiver service({json_answer(
      R"({"items":[{"seq":8,"t":"2026-01-05T12:00:00Z","by":"anna","role":"trader",
      "action":"target.set","subject":"delta:BTC","reason":"block","before":null,"after":{"target":"3"},
      "event":7}],"next":null})")});
  const Ended ended = ask(scratch, service, "audit list --by anna");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("target.set  delta:BTC  block"), std::string::npos) << ended.out;
  EXPECT_EQ(service.taken().at(0).target, "/api/v1/audit?by=anna");
}

}  // namespace
}  // namespace ballast::testing
