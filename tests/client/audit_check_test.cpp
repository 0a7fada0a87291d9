// `ballast audit verify` on journals.
#include "apps/ballast/audit_check.hpp"

#include <string>

#include <gtest/gtest.h>

#include "support/program.hpp"

namespace ballast {
namespace {

AuditCheck checked(const std::vector<std::string>& bodies) {
  AuditCheck check;
  std::uint64_t seq = 0;
  for (const std::string& body : bodies)
    check.see({++seq, {}, body}, body.find("refused") == std::string::npos);
  check.finish();
  return check;
}
std::string audit_of(std::uint64_t event) {
  return R"({"t":"2026-01-05T12:00:00Z","type":"audit","by":"anna","role":"trader","action":"kill",)"
         R"("subject":"desk","event":)" +
         std::to_string(event) + "}";
}
const std::string kill = R"({"t":"2026-01-05T12:00:00Z","type":"kill","scope":"desk","by":"anna"})";
const std::string mark =
    R"({"t":"2026-01-05T12:00:00Z","type":"mark","instrument":"I","price":"1"})";

TEST(AuditCheck, accounts_for_each_change) {
  const AuditCheck check = checked({mark, kill, audit_of(2), mark, audit_of(0)});
  EXPECT_EQ(check.changes(), 1U);
  EXPECT_EQ(check.records(), 2U);
  EXPECT_EQ(check.problems(), std::vector<std::string>{});
}

TEST(AuditCheck, finds_a_change_without_a_record) {
  EXPECT_EQ(checked({kill, mark}).problems(),
            std::vector<std::string>{"event 1 (kill by anna) has no audit record behind it"});
}

TEST(AuditCheck, asks_for_no_record_of_what_was_refused) {
  const std::string refused =
      R"({"t":"2026-01-05T12:00:00Z","type":"kill","scope":"desk","reason":"refused"})";
  EXPECT_EQ(checked({kill, audit_of(1), refused}).problems(), std::vector<std::string>{});
  EXPECT_EQ(checked({refused, audit_of(1)}).problems().size(), 1U);
}

TEST(AuditCheck, finds_a_record_of_nothing) {
  EXPECT_EQ(checked({mark, audit_of(1)}).problems(),
            std::vector<std::string>{
                "audit record 2 speaks of event 1, which is no decision of a person before it"});
  EXPECT_EQ(checked({audit_of(2), kill}).problems().size(), 2U);  // the record came first
}

TEST(AuditCheck, finds_a_second_record) {
  EXPECT_EQ(checked({kill, audit_of(1), audit_of(1)}).problems(),
            std::vector<std::string>{"audit record 3 speaks of event 1, which has one already"});
}

TEST(AuditCheck, bounds_what_it_keeps) {
  const AuditCheck check = checked(std::vector<std::string>(3000, kill));
  EXPECT_EQ(check.problem_count(), 3000U);
  EXPECT_EQ(check.problems().size(), 1000U);
}

TEST(AuditVerify, reads_the_journal_of_a_desk) {
  const testing::Scratch scratch;
  const std::string example = BALLAST_SOURCE_DIR "/examples/worked_example/desk.toml";
  scratch.write("quiet.jsonl",
                R"({"t":"2026-01-05T12:00:00Z","type":"mark","instrument":"BTC-USDT","price":"1"})"
                "\n");
  scratch.write(
      "kill.jsonl",
      R"({"t":"2026-01-05T12:00:01Z","type":"kill","scope":"desk","by":"anna","reason":"x"})"
      "\n");
  const auto run = [&](const std::string& arguments) {
    return testing::run_ballast(scratch.path(), arguments);
  };
  const std::string replay = "replay -c '" + example + "' --journal desk.db ";
  ASSERT_EQ(run(replay + "quiet.jsonl").code, 0);
  const testing::Ended fine = run("audit verify desk.db");
  EXPECT_EQ(fine.code, 0) << fine.err;
  EXPECT_EQ(fine.out, "changes   0\nrecords   0\nproblems  none\n");

  ASSERT_EQ(run(replay + "kill.jsonl").code, 0);
  // Stopped already: the engine refuses it, so nothing was changed.
  scratch.write(
      "again.jsonl",
      R"({"t":"2026-01-05T12:00:02Z","type":"kill","scope":"desk","by":"bert","reason":"y"})"
      "\n");
  ASSERT_EQ(run(replay + "again.jsonl").code, 5);
  const testing::Ended unaccounted = run("audit verify desk.db -o json");
  EXPECT_EQ(unaccounted.code, 3);
  EXPECT_NE(unaccounted.out.find("event 2 (kill by anna) has no audit record behind it"),
            std::string::npos)
      << unaccounted.out;
  EXPECT_EQ(unaccounted.out.find("bert"), std::string::npos) << unaccounted.out;
  EXPECT_EQ(run("audit verify desk.db --from-seq 3").code, 0);
  EXPECT_EQ(run("audit verify none.db").code, 1);
}

}  // namespace
}  // namespace ballast
