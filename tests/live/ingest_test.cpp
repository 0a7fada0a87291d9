// The service over HTTP when things go wrong: killed while it takes events, and among clients that
// mean it no good.
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "adapters/store/reader.hpp"
#include "adapters/store/verify.hpp"
#include "base/rng.hpp"
#include "live/served.hpp"
#include "support/program.hpp"

namespace ballast::testing {
namespace {

using Json = nlohmann::json;

std::uint64_t test_seed() {
  const char* const text = std::getenv("BALLAST_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
}

std::string fill(const std::string& id) {
  return fmt::format(
      R"({{"t":"2026-01-05T00:00:00Z","type":"fill","id":"{}","venue":"binance","account":"main",)"
      R"("book":"mm","instrument":"BTC-USDT","side":"buy","qty":"0.001","price":"60000"}})",
      id);
}

class LiveIngest : public ::testing::Test {
 protected:
  LiveIngest() { scratch.write("desk.toml", served_desk_toml); }

  /// How often each fill is in the journal.
  std::map<std::string, int> stored_fills() const {
    std::map<std::string, int> counts;
    auto reader = JournalReader::open((scratch.path() / "desk.db").string());
    EXPECT_TRUE(reader) << reader.error().what;
    const auto read = reader->for_each(1, {}, [&](const JournalEvent& event) -> Result<void> {
      const Json line = Json::parse(event.body);
      if (line["type"] == "fill") ++counts[line["id"]];
      return {};
    });
    EXPECT_TRUE(read) << read.error().what;
    return counts;
  }

  Scratch scratch;
};

TEST_F(LiveIngest, loses_nothing_acknowledged_and_repeats_nothing_when_killed) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(fmt::format("BALLAST_SEED={}", seed));
  Rng rng(seed);
  std::string token;
  int batch = 0;  // the next; whether it was stored is known once it was answered
  for (int kill = 0; kill < 5; ++kill) {
    Served served(scratch.path());
    if (token.empty()) token = served.make_token("feed", "ingest");
    std::atomic<bool> killed{false};
    std::thread killer([&, after = 20 + rng.below(300)] {
      std::this_thread::sleep_for(std::chrono::milliseconds(after));
      killed = true;
      served.program().signal(SIGKILL);
    });
    while (true) {
      std::string lines;
      for (int i = 0; i < 40; ++i)
        lines += fill(fmt::format("b{}f{}", batch, i)) + "\n";
      const auto reply = served.ask(
          "POST", "/api/v1/events", token, lines,
          fmt::format("Content-Type: application/x-ndjson\r\nIdempotency-Key: b{}\r\n", batch));
      if (reply.status == 0) break;  // killed: the same batch again, under the same key
      if (reply.status != 200) {
        ADD_FAILURE() << reply.status << " " << reply.body;
        break;
      }
      ++batch;
    }
    killer.join();
    ASSERT_TRUE(killed);
    ASSERT_EQ(served.program().wait(), 128 + SIGKILL);
    const auto counts = stored_fills();
    EXPECT_GE(counts.size(), static_cast<std::size_t>(batch) * 40);
    for (const auto& [id, times] : counts)
      ASSERT_EQ(times, 1) << id;
  }
  EXPECT_GT(batch, 5);
  const auto report = verify_journal((scratch.path() / "desk.db").string());
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_TRUE(report->damage.empty());
}

TEST_F(LiveIngest, serves_honest_clients_among_hostile_ones_and_stays_small) {
  Served served(scratch.path());
  const std::string token = served.make_token("feed", "ingest");
  const auto from = [](int i) { return fmt::format("127.0.2.{}", 1 + i % 200); };
  std::vector<std::unique_ptr<api::TestClient>> slow;
  for (int i = 0; i < 400; ++i) {  // heads that never end, and bodies
    const std::string address = from(i);
    slow.push_back(std::make_unique<api::TestClient>(
        served.port(), api::TestClient::Options{address.c_str(), 4096}));
    slow.back()->send(i % 2 == 0
                          ? "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
                          : "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                            "Bearer " +
                                token +
                                "\r\nContent-Type: application/json\r\n"
                                "Content-Length: 1000\r\n\r\n[");
  }
  std::string deep(200'000, '[');
  const auto nested = served.ask("POST", "/api/v1/events", token, deep);
  EXPECT_TRUE(nested.status == 400 || nested.status == 422) << nested.status;
  api::TestClient huge(served.port());
  const auto refused = huge.ask("POST", "/api/v1/events", token,
                                "Content-Type: application/json\r\nContent-Length: 67108864\r\n");
  EXPECT_EQ(refused.status, 413) << refused.body;
  for (int i = 0; i < 50; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto reply = served.ask("POST", "/api/v1/events", token, fill(fmt::format("h{}", i)));
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  }
  const auto system = served.ask("GET", "/api/v1/system", served.admin());
  ASSERT_EQ(system.status, 200);
  EXPECT_LT(Json::parse(system.body)["memory_bytes"].get<std::uint64_t>(), 512U << 20U);
  EXPECT_EQ(stored_fills().size(), 50U);
}

TEST_F(LiveIngest, drains_within_five_seconds_and_resumes_where_it_was) {
  std::string token;
  {
    Served served(scratch.path());
    token = served.make_token("desk", "admin");
    const auto reply = served.ask("POST", "/api/v1/events", token, fill("a"));
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto pushed =
        served.ask("PUT", "/api/v1/targets/delta%3ABTC", token,
                   R"({"target":"1","band":["0","2"],"reason":"test"})", "If-Match: *\r\n");
    ASSERT_EQ(pushed.status, 200) << pushed.body;
    const auto begin = std::chrono::steady_clock::now();
    served.program().signal(SIGTERM);
    EXPECT_EQ(served.program().wait(), 0) << served.program().log();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
  Served again(scratch.path());
  const Json exposure = Json::parse(again.ask("GET", "/api/v1/exposures/delta%3ABTC", token).body);
  EXPECT_EQ(exposure["actual"], "0.001") << exposure;
  EXPECT_EQ(exposure["target"], "1") << exposure;
  EXPECT_EQ(exposure["overridden"], true) << exposure;
  const Json audit = Json::parse(again.ask("GET", "/api/v1/audit", token).body);
  EXPECT_EQ(audit["items"][0]["action"], "target.set") << audit;
  EXPECT_EQ(audit["items"][0]["by"], "desk") << audit;
}

}  // namespace
}  // namespace ballast::testing
