// `ballast watch` on a stream that plays a script: lines, resuming, gaps, refusals.
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "client/stream_script.hpp"
#include "support/program.hpp"
#include "support/receiver.hpp"

namespace ballast::testing {
namespace {

using nlohmann::json;

std::string notification(const std::string& channel,
                         const std::string& type,
                         int seq,
                         const std::string& before,
                         const std::string& data) {
  return fmt::format(
      R"({{"jsonrpc":"2.0","method":"subscription","params":{{"channel":"{}",)"
      R"("type":"{}","seq":{},"prev_seq":{},"t":"2026-01-05T12:00:0{}Z","data":{}}}}})",
      channel, type, seq, before, seq % 10, data);
}
std::string exposure(const std::string& actual, const std::string& state, const std::string& age) {
  return fmt::format(R"({{"key":"delta:BTC","state":"{}","actual":"{}","age_seconds":{}}})", state,
                     actual, age);
}
std::string items(const std::string& list) { return R"({"items":[)" + list + "]}"; }
const std::string subscribed = R"({"jsonrpc":"2.0","id":1,"result":["exposures"]})";

Ended watch(const Scratch& scratch, const StreamScript& stream, const std::string& arguments) {
  unsetenv("BALLAST_URL");
  setenv("BALLAST_TOKEN", "t-1", 1);
  return run_ballast(scratch.path(),
                     fmt::format("watch {} --url http://127.0.0.1:{}", arguments, stream.port()));
}

TEST(Watch, prints_an_item_in_full_and_then_what_changes) {
  const Scratch scratch;
  const StreamScript stream({{{
      subscribed,
      notification("exposures", "snapshot", 1, "null", items(exposure("9.4", "above", "0.4"))),
      notification("exposures", "change", 2, "1", items(exposure("9.4", "above", "0.9"))),
      notification("exposures", "change", 3, "2", items(exposure("9", "in_band", "0.1"))),
      notification("exposures", "change", 4, "3", R"({"items":[],"removed":["delta:BTC"]})"),
  }}});
  const Ended ended = watch(scratch, stream, "exposures -n 3 --interval 250ms");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "2026-01-05T12:00:01Z exposures delta:BTC actual=9.4 age_seconds=0.4 key=delta:BTC "
            "state=above\n"
            "2026-01-05T12:00:03Z exposures delta:BTC actual=9 age_seconds=0.1 state=in_band\n"
            "2026-01-05T12:00:04Z exposures delta:BTC gone=yes\n");
  const json asked = json::parse(stream.heard().at(0));
  EXPECT_EQ(asked.at("method"), "private/subscribe");
  EXPECT_EQ(asked.at("params"), json::parse(R"({"channels":["exposures"],"interval_ms":250})"));
  EXPECT_EQ(stream.authorizations().at(0), "Bearer t-1");
}

TEST(Watch, comes_back_and_asks_for_what_it_missed) {
  const Scratch scratch;
  const StreamScript stream({{{subscribed, notification("exposures", "snapshot", 1, "null",
                                                        items(exposure("9.4", "above", "0")))}},
                             {{subscribed, notification("exposures", "change", 2, "1",
                                                        items(exposure("9", "in_band", "0")))}}});
  const Ended ended = watch(scratch, stream, "exposures -n 2");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("Z exposures delta:BTC actual=9 state=in_band\n"), std::string::npos)
      << ended.out;
  EXPECT_EQ(ended.err, "ballast: the connection is lost (the script is over); trying again\n");
  EXPECT_EQ(json::parse(stream.heard().at(1)).at("params").at("resume"),
            json::parse(R"({"exposures":1})"));
}

TEST(Watch, asks_anew_after_a_gap) {
  const Scratch scratch;
  const StreamScript stream(
      {{{subscribed,
         notification("exposures", "snapshot", 1, "null", items(exposure("9.4", "above", "0"))),
         notification("exposures", "change", 5, "4", items(exposure("1", "above", "0")))},
        {subscribed,
         notification("exposures", "change", 6, "5", items(exposure("2", "above", "0"))),
         notification("exposures", "snapshot", 7, "null", items(exposure("3", "in_band", "0")))}}});
  const Ended ended = watch(scratch, stream, "exposures -n 2 -o json");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err, "ballast: exposures: changes between 1 and 5 are missing; asking anew\n");
  EXPECT_EQ(ended.out.find("\"actual\":\"1\""), std::string::npos) << "it rests on what is missing";
  EXPECT_EQ(ended.out.find("\"actual\":\"2\""), std::string::npos)
      << "it is older than the snapshot";
  EXPECT_NE(ended.out.find("\"actual\":\"3\""), std::string::npos);
  EXPECT_FALSE(json::parse(stream.heard().at(1)).at("params").contains("resume"));
}

TEST(Watch, is_told_why_it_may_not) {
  const Scratch scratch;
  const StreamScript stream({{.texts = {}, .then = {}, .refuse = true}});
  const Ended ended = watch(scratch, stream, "exposures");
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.err.find("does not take the token of BALLAST_TOKEN"), std::string::npos)
      << ended.err;
  const StreamScript unknown(
      {{{R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no channel x"}})"}}});
  const Ended refused = watch(scratch, unknown, "x");
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.err, "ballast: the service refuses to subscribe: no channel x\n");
}

TEST(Watch, says_when_nobody_listens) {
  const Scratch scratch;
  const Ended ended =
      run_ballast(scratch.path(), fmt::format("watch --url http://127.0.0.1:{}", closed_port()));
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.err.find("is it running"), std::string::npos) << ended.err;
}

TEST(Watch, writes_a_row_for_each_field_as_csv) {
  const Scratch scratch;
  const StreamScript stream({{{
      subscribed,
      notification("alerts", "snapshot", 1, "null",
                   items(R"({"id":"a/b/1","state":"firing","reason":"x, y"})")),
  }}});
  EXPECT_EQ(watch(scratch, stream, "alerts -n 1 -o csv").out,
            "t,channel,item,field,value\n"
            "2026-01-05T12:00:01Z,alerts,a/b/1,id,a/b/1\n"
            "2026-01-05T12:00:01Z,alerts,a/b/1,reason,\"x, y\"\n"
            "2026-01-05T12:00:01Z,alerts,a/b/1,state,firing\n");
}

}  // namespace
}  // namespace ballast::testing
