// `ballast simulate`, and what report and explain say of control afterwards.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/desk_loop.hpp"
#include "support/program.hpp"

namespace ballast::testing {
namespace {

class ControlCli : public ::testing::Test {
 protected:
  /// A desk with one controlled factor, and a recording in which it leaves its band once.
  void SetUp() override {
    const std::string toml = control_desk_toml(hedge_control("auto"));
    scratch.write("desk.toml", toml);
    const Desk desk = load_desk(toml, "desk.toml").value();
    std::vector<Event> events;
    Wobble market(desk);
    market.pass(events, 60);
    events.push_back(client_fill(market.now(), "c1", Side::buy, "3"));
    market.pass(events, 30);
    const EventWriter writer(desk);
    std::string lines;
    for (const Event& event : events) {
      writer.write(event, lines);
      lines += '\n';
    }
    scratch.write("tape.jsonl", lines);
  }
  Ended run(const std::string& arguments) const { return run_ballast(scratch.path(), arguments); }
  static bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }

  Scratch scratch;
};

TEST_F(ControlCli, simulates_and_replays_to_the_same_digest_and_control) {
  const Ended live =
      run("simulate -c desk.toml tape.jsonl --journal run.db --events all.jsonl -o json");
  ASSERT_EQ(live.code, 0) << live.err;
  EXPECT_TRUE(has(live.err, "delta:BTC: 1 proposals")) << live.err;
  const auto report = nlohmann::json::parse(live.out);
  const auto& control = report["control"][0];
  EXPECT_EQ(control["proposals"], 1);
  EXPECT_EQ(control["verified"], 1);
  EXPECT_EQ(control["latest"][0]["action"], "hedge");
  EXPECT_NEAR(control["actions"][2]["quantity"].get<double>(), 2.0, 1e-9);
  const Ended again = run("replay -c desk.toml all.jsonl -o json");
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(nlohmann::json::parse(again.out)["digest"], report["digest"]);
  EXPECT_EQ(nlohmann::json::parse(again.out)["control"], report["control"]);
  const Ended stored = run("report --journal run.db -o json");
  EXPECT_EQ(nlohmann::json::parse(stored.out)["control"], report["control"]);
  const Ended table = run("report --journal run.db");
  EXPECT_TRUE(has(table.out, "What the last proposal weighed")) << table.out;
  EXPECT_EQ(run("journal verify run.db").code, 0);
  EXPECT_EQ(run("simulate -c desk.toml tape.jsonl --journal run.db").code, 1) << "it is not empty";
}

TEST_F(ControlCli, simulate_names_what_is_wrong_with_its_options) {
  EXPECT_EQ(run("simulate tape.jsonl").code, 2);
  EXPECT_EQ(run("simulate -c desk.toml").code, 2);
  for (const char* bad : {"--latency 50", "--latency -1s", "--rejects 2", "--share 0"}) {
    const Ended ended = run(std::string("simulate -c desk.toml tape.jsonl ") + bad);
    EXPECT_NE(ended.code, 0) << bad;
    EXPECT_FALSE(ended.err.empty()) << bad;
  }
  EXPECT_EQ(run("simulate -c desk.toml none.jsonl").code, 1);
}

TEST_F(ControlCli, a_tripped_breaker_is_told_and_stands_in_the_journal_s_alerts) {
  const Ended live =
      run("simulate -c desk.toml tape.jsonl --journal run.db --rejects 1 --events all.jsonl");
  ASSERT_EQ(live.code, 0) << live.err;
  EXPECT_TRUE(has(live.err, "breaker delta:BTC since ")) << live.err;
  EXPECT_TRUE(has(live.err, "only a rearm lifts it")) << live.err;
  EXPECT_TRUE(has(live.out, "critical  firing")) << live.out;
  const Ended stored = run("report --journal run.db -o json");
  const auto alert = nlohmann::json::parse(stored.out)["alerts"][0];
  EXPECT_EQ(alert["id"], "breaker/delta:BTC/1");
  EXPECT_EQ(alert["reason"], "3 failed, the last: not filled: 0 of 120004 USDT");
  EXPECT_TRUE(has(stored.err, "breaker delta:BTC since ")) << stored.err;

  std::string lines = scratch.read("all.jsonl");
  lines +=
      R"({"t":"2026-01-05T12:02:00Z","type":"acknowledge","rule":"breaker","factor":"delta:BTC"})"
      "\n"
      R"({"t":"2026-01-05T12:02:01Z","type":"rearm","scope":"factor:delta:BTC","by":"ben",)"
      R"("reason":"fixed"})"
      "\n";
  scratch.write("rearmed.jsonl", lines);
  const Ended rearmed = run("replay -c desk.toml rearmed.jsonl -o json");
  ASSERT_EQ(rearmed.code, 0) << rearmed.err;
  EXPECT_FALSE(has(rearmed.err, "only a rearm lifts it")) << rearmed.err;
  const auto over = nlohmann::json::parse(rearmed.out)["alerts"][0];
  EXPECT_EQ(over["state"], "ok");
  EXPECT_EQ(over["cleared"], "2026-01-05T12:02:01Z");
}

TEST_F(ControlCli, explains_the_latest_proposal_of_a_journal_or_of_files) {
  ASSERT_EQ(run("simulate -c desk.toml tape.jsonl --journal run.db --events all.jsonl").code, 0);
  const Ended stored = run("explain proposal delta:BTC --journal run.db");
  ASSERT_EQ(stored.code, 0) << stored.err;
  for (const char* part :
       {"proposal p0-1", "+3 BTC from the target, in a band from -1 to 1",
        "chosen: the cheapest in time", "not traded", "sent: sell 2 at ", "back in its band"}) {
    EXPECT_TRUE(has(stored.out, part)) << part << "\n" << stored.out;
  }
  EXPECT_EQ(run("explain proposal delta:BTC -c desk.toml all.jsonl").out, stored.out);
  const Ended early = run("explain proposal delta:BTC --journal run.db --at 2026-01-05T12:00:30Z");
  EXPECT_TRUE(has(early.out, "none was made")) << early.out;
  const Ended before =
      run("explain proposal delta:BTC -c desk.toml tape.jsonl --at 2026-01-05T12:01:00Z");
  EXPECT_TRUE(has(before.out, "under way; to be verified by")) << before.out;
  EXPECT_EQ(run("explain proposal delta:XRP --journal run.db").code, 2);
}

}  // namespace
}  // namespace ballast::testing
