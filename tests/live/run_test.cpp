// `ballast run` on real files: events come in once whatever happens to the program, and a disk that
// takes no more stops it.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/store/lock_file.hpp"
#include "adapters/store/reader.hpp"
#include "adapters/store/verify.hpp"
#include "base/rng.hpp"
#include "live/live_program.hpp"
#include "support/program.hpp"

namespace ballast::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view desk_toml = R"(
[desk]
name = "live"
currency = "USDT"
[[assets]]
name = "BTC"
[[assets]]
name = "USDT"
[[venues]]
name = "binance"
accounts = ["main"]
[[instruments]]
name = "BTC-USDT"
kind = "spot"
venue = "binance"
base = "BTC"
quote = "USDT"
[[factors]]
name = "delta:BTC"
target = { model = "static", value = "0" }
band  = { lower = "-2", upper = "2" }
max_age = "60s"
)";

class LiveRun : public ::testing::Test {
 protected:
  LiveRun() { scratch.write("desk.toml", desk_toml); }

  std::vector<std::string> arguments(std::vector<std::string> more = {}) const {
    std::vector<std::string> all{"run", "-c", "desk.toml", "--journal", "desk.db"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// Each a millisecond after the one before.
  static std::string fill(int id) {
    return fmt::format(
        R"({{"t":"2026-01-05T00:{:02}:{:02}.{:03}Z","type":"fill","id":"f{}","venue":"binance",)"
        R"("account":"main","book":"mm","instrument":"BTC-USDT","side":"buy","qty":"0.001",)"
        R"("price":"60000"}})"
        "\n",
        id / 60'000, id / 1000 % 60, id % 1000, id);
  }
  void append(const std::string& name, std::string_view text) const {
    std::ofstream(scratch.path() / name, std::ios::binary | std::ios::app) << text;
  }
  std::string journal() const { return (scratch.path() / "desk.db").string(); }
  /// How often each fill is in the journal.
  std::map<std::string, int> fills() const {
    std::map<std::string, int> counts;
    if (!fs::exists(journal())) return counts;
    auto reader = JournalReader::open(journal());
    if (!reader) {  // while it is made, or recovered, it may not be readable: whoever waits says
                    // why
      why_unread_ = reader.error().what;
      return counts;
    }
    why_unread_.clear();
    const auto read = reader->for_each(1, {}, [&](const JournalEvent& event) -> Result<void> {
      const std::size_t at = event.body.find(R"("id":"f)");
      if (event.body.find(R"("type":"fill")") == std::string_view::npos) return {};
      const std::string_view id = event.body.substr(at + 6, event.body.find('"', at + 6) - at - 6);
      ++counts[std::string(id)];
      return {};
    });
    EXPECT_TRUE(read) << read.error().what;
    return counts;
  }
  void expect_each_once(int count) const {
    const auto counts = fills();
    EXPECT_EQ(counts.size(), static_cast<std::size_t>(count));
    for (const auto& [id, times] : counts)
      EXPECT_EQ(times, 1) << id;
    const auto report = verify_journal(journal());
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_TRUE(report->damage.empty());
  }

  Scratch scratch;
  mutable std::string why_unread_;  // the journal, at the last look
};

TEST_F(LiveRun, follows_a_file_through_growth_rotation_restart_and_truncation) {
  append("events.jsonl", "# fills\n" + fill(0) + fill(1));
  {
    LiveProgram program(scratch.path(), arguments({"--follow", "events.jsonl"}));
    ASSERT_TRUE(program.says("runs on desk.db")) << program.log();
    EXPECT_TRUE(eventually([&] { return fills().size() == 2; }));
    const std::string line = fill(2);
    append("events.jsonl", line.substr(0, 20));
    append("events.jsonl", line.substr(20));
    EXPECT_TRUE(eventually([&] { return fills().size() == 3; }));
    append("events.jsonl", fill(3) + "nonsense\n" + fill(4));
    fs::rename(scratch.path() / "events.jsonl", scratch.path() / "events.jsonl.1");
    append("events.jsonl", fill(5));
    EXPECT_TRUE(eventually([&] { return fills().size() == 6; })) << program.log();
    EXPECT_TRUE(program.says("refused: column 1")) << program.log();
    const auto begin = std::chrono::steady_clock::now();
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait(), 0) << program.log();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
  append("events.jsonl", fill(6));
  fs::rename(scratch.path() / "events.jsonl", scratch.path() / "events.jsonl.1");
  append("events.jsonl", fill(7));
  {
    LiveProgram program(scratch.path(), arguments({"--follow", "events.jsonl"}));
    EXPECT_TRUE(program.says("runs on desk.db")) << program.log();
    EXPECT_TRUE(eventually([&] { return fills().size() == 8; })) << program.log();
    std::ofstream(scratch.path() / "events.jsonl", std::ios::trunc).close();
    append("events.jsonl", fill(8));
    EXPECT_TRUE(eventually([&] { return fills().size() == 9; })) << program.log();
    program.signal(SIGINT);
    EXPECT_EQ(program.wait(), 0) << program.log();
  }
  expect_each_once(9);
}

TEST_F(LiveRun, loses_and_repeats_nothing_when_it_is_killed_while_it_follows) {
  const char* const text = std::getenv("BALLAST_SEED");
  const std::uint64_t seed = text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
  Rng rng(seed);
  int written = 0;
  for (int kill = 0; kill < 6; ++kill) {
    SCOPED_TRACE(fmt::format("kill {}, BALLAST_SEED={}", kill, seed));
    LiveProgram program(scratch.path(), arguments({"--follow", "events.jsonl"}));
    const std::size_t before = fills().size();
    for (auto batches = rng.below(40) + 10; batches > 0; --batches) {
      std::string lines;
      for (auto n = rng.below(300); n > 0; --n)
        lines += fill(written++);
      append("events.jsonl", lines);
    }
    ASSERT_TRUE(eventually([&] { return fills().size() > before; }))
        << before << " before; " << why_unread_ << "\n"
        << program.log();
    std::this_thread::sleep_for(std::chrono::microseconds(rng.below(100'000)));
    program.signal(SIGKILL);
    ASSERT_EQ(program.wait(), 128 + SIGKILL);
    const auto mark = LockFile::read_mark(journal(), {});
    ASSERT_TRUE(mark && *mark);
    auto reader = JournalReader::open(journal());
    ASSERT_TRUE(reader) << reader.error().what;
    EXPECT_GE(*reader->last_seq(), (*mark)->seq);  // acknowledged is there
  }
  LiveProgram program(scratch.path(), arguments({"--follow", "events.jsonl"}));
  EXPECT_TRUE(program.says("runs on desk.db")) << program.log();
  EXPECT_TRUE(eventually([&] { return fills().size() == static_cast<std::size_t>(written); }))
      << program.log();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.log();
  expect_each_once(written);
}

TEST_F(LiveRun, takes_standard_input_and_goes_on_after_its_end) {
  LiveProgram program(scratch.path(), arguments({"--follow", "-"}));
  EXPECT_TRUE(program.feed(fill(0) + "\n" + fill(1)));
  EXPECT_TRUE(eventually([&] { return fills().size() == 2; })) << program.log();
  EXPECT_TRUE(program.feed(fill(2).substr(0, fill(2).size() - 1)));  // without a line end
  program.end_input();
  EXPECT_TRUE(eventually([&] { return fills().size() == 3; })) << program.log();
  EXPECT_FALSE(program.wait(1));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(LiveRun, stops_with_a_reason_when_the_disk_is_full_and_keeps_what_it_acknowledged) {
  LiveProgram program(scratch.path(), arguments({"--follow", "events.jsonl"}),
                      {.file_size = std::uint64_t{3} << 20U});
  int written = 0;
  for (int batch = 0; batch < 100 && !program.wait(0); ++batch) {
    std::string lines;
    for (int i = 0; i < 500; ++i)
      lines += fill(written++);
    append("events.jsonl", lines);
    nap();
  }
  EXPECT_EQ(program.wait(), 1) << program.log();
  EXPECT_NE(program.log().find("desk.db"), std::string::npos) << program.log();
  const auto report = verify_journal(journal());
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_TRUE(report->damage.empty());
  const auto mark = LockFile::read_mark(journal(), {});
  ASSERT_TRUE(mark && *mark);
  EXPECT_GE(report->events, (*mark)->seq);
  // With room again it goes on where it was.
  LiveProgram again(scratch.path(), arguments({"--follow", "events.jsonl"}));
  EXPECT_TRUE(again.says("runs on desk.db")) << again.log();
  EXPECT_TRUE(eventually([&] { return fills().size() == static_cast<std::size_t>(written); }))
      << again.log();
  again.signal(SIGTERM);
  EXPECT_EQ(again.wait(), 0) << again.log();
  expect_each_once(written);
}

TEST_F(LiveRun, says_why_it_cannot_start) {
  const Ended nowhere = run_ballast(scratch.path(), "run -c desk.toml --journal /proc/desk.db");
  EXPECT_EQ(nowhere.code, 1);
  EXPECT_NE(nowhere.err.find("/proc/desk.db"), std::string::npos) << nowhere.err;
  scratch.write("bad.toml", std::string(desk_toml) + "[service]\nqueue = 0\nlisten = \"here\"\n");
  const Ended bad = run_ballast(scratch.path(), "run -c bad.toml --journal desk.db");
  EXPECT_EQ(bad.code, 78);
  EXPECT_NE(bad.err.find("queue must be greater than zero"), std::string::npos) << bad.err;
  EXPECT_NE(bad.err.find("no address to listen on"), std::string::npos) << bad.err;
  const Ended open = run_ballast(scratch.path(),
                                 "run -c desk.toml --journal desk.db --listen 0.0.0.0:0 --no-auth");
  EXPECT_EQ(open.code, 2);
  EXPECT_NE(open.err.find("loopback only"), std::string::npos) << open.err;
}

TEST_F(LiveRun, reads_its_configuration_again_all_or_nothing) {
  append("events.jsonl", fill(0));
  LiveProgram program(scratch.path(), arguments({"--follow", "events.jsonl"}));
  ASSERT_TRUE(eventually([&] { return fills().size() == 1; })) << program.log();
  scratch.write("desk.toml", "[desk]\nname = 7\n");
  program.signal(SIGHUP);
  ASSERT_TRUE(program.says("stays as it was")) << program.log();
  scratch.write("desk.toml", std::string(desk_toml) +
                                 "[[rules]]\nname = \"out\"\nfactor = \"delta:BTC\"\n"
                                 "when = \"abs_z > 1\"\nfor = \"1s\"\nseverity = \"warning\"\n");
  program.signal(SIGHUP);
  ASSERT_TRUE(program.says("is in force")) << program.log();
  append("events.jsonl", fill(1));
  EXPECT_TRUE(eventually([&] { return fills().size() == 2; })) << program.log();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.log();
  expect_each_once(2);
  auto reader = JournalReader::open(journal());
  ASSERT_TRUE(reader);
  EXPECT_NE(reader->desk().find("\"out\""), std::string::npos);
}

}  // namespace
}  // namespace ballast::testing
