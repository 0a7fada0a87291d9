// The desk with its thread: answers after durability, order, draining, failure.
#include "runtime/live_desk.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "runtime/live/live_test.hpp"

namespace ballast {
namespace {

using test::Answer;
using test::at;

class Watcher final : public LiveObserver {
 public:
  void on_group(const LiveGroup& group) override {
    ++groups;
    if (group.last_seq == 0) return;
    EXPECT_EQ(group.first_seq, last + 1);
    EXPECT_EQ(group.view.figures.durable_seq, group.last_seq);
    last = group.last_seq;
    fills += static_cast<std::uint64_t>(
        std::count_if(group.notable.begin(), group.notable.end(),
                      [](const Event& event) { return std::holds_alternative<Fill>(event.body); }));
    std::set<PositionId> once(group.positions.begin(), group.positions.end());
    EXPECT_EQ(once.size(), group.positions.size());
  }
  void on_reload(const LiveView& /*view*/) override {}

  std::atomic<std::uint64_t> groups = 0;
  std::uint64_t last = 0;
  std::uint64_t fills = 0;
};

TEST(LiveDesk, answers_many_threads_after_their_events_are_durable) {
  const Desk desk = test::live_desk();
  test::Disk disk;
  test::ManualClock clock(at("12:00:00"));
  test::Trader trader{&desk};
  constexpr int threads = 4;
  constexpr int each = 200;
  std::vector<std::string> lines;
  for (int i = 0; i < threads * each; ++i)
    lines.push_back(disk.say(trader.fill(clock.now(), "BTC-USDT", Side::buy, "1", "100")));
  LiveOptions options;
  options.queue_capacity = 8;
  options.group_max = 16;
  LiveDesk live(test::parts_of(disk, desk, options), clock);
  Watcher watcher;
  live.observe(watcher);
  live.start();
  std::atomic<int> applied = 0;
  std::vector<std::thread> feeds;
  for (int thread = 0; thread < threads; ++thread) {
    feeds.emplace_back([&, thread] {
      for (int i = 0; i < each; ++i) {
        Submission submission;
        submission.lines = {lines[static_cast<std::size_t>(thread * each + i)]};
        submission.by = {"feed", Role::ingest};
        submission.done = [&](const Result<SubmissionOutcome>& outcome) {
          // On the desk's thread: what the store says is durable is.
          ASSERT_TRUE(outcome);
          EXPECT_LE(outcome->lines[0].seq, disk.durable.size());
          EXPECT_EQ(outcome->lines[0].kind, LineOutcome::Kind::applied);
          ++applied;
        };
        while (!live.submit(submission, Duration::milliseconds(100)))
          ASSERT_FALSE(live.failure());
      }
    });
  }
  for (std::thread& feed : feeds)
    feed.join();
  ASSERT_TRUE(live.drain());
  EXPECT_EQ(applied, threads * each);
  EXPECT_EQ(watcher.fills, std::uint64_t{threads} * each);
  EXPECT_EQ(watcher.last, disk.durable.size());
  EXPECT_EQ(disk.snapshot_at, disk.durable.size());
  std::string digest;
  live.query([&](const LiveView& view) {
    digest = view.engine.digest().hex();
    EXPECT_TRUE(view.figures.draining);
  });
  EXPECT_EQ(digest, test::replayed_digest(disk, desk));
}

TEST(LiveDesk, takes_nothing_after_draining_and_says_so) {
  const Desk desk = test::live_desk();
  test::Disk disk;
  test::ManualClock clock(at("12:00:00"));
  LiveDesk live(test::parts_of(disk, desk), clock);
  Answer<SubmissionOutcome> before;
  Submission early = test::submission({disk.say({clock.now(), Tick{}})}, before);
  EXPECT_TRUE(live.try_submit(early));
  ASSERT_TRUE(live.drain());  // though it was never started
  EXPECT_TRUE(before.get());
  Answer<SubmissionOutcome> after;
  Submission late = test::submission({"0"}, after);
  EXPECT_TRUE(live.try_submit(late));
  EXPECT_EQ(after.get().error().code, Errc::locked);
  Answer<ChangeOutcome> change;
  live.change(
      {}, [](const LiveView&) { return PlannedChange{}; }, false, change.done());
  EXPECT_EQ(change.get().error().code, Errc::locked);
  EXPECT_TRUE(live.drain());
}

TEST(LiveDesk, answers_questions_between_groups_and_tells_observers_when_nothing_happens) {
  const Desk desk = test::live_desk();
  test::Disk disk;
  test::ManualClock clock(at("12:00:00"));
  LiveDesk live(test::parts_of(disk, desk), clock);
  Watcher watcher;
  live.observe(watcher);
  live.start();
  std::promise<std::uint64_t> seen;
  Answer<SubmissionOutcome> answer;
  test::Trader trader{&desk};
  Submission submission = test::submission(
      {disk.say(trader.fill(clock.now(), "BTC-USDT", Side::buy, "1", "1"))}, answer);
  ASSERT_TRUE(live.try_submit(submission));
  live.query([&](const LiveView& view) { seen.set_value(view.figures.durable_seq); });
  EXPECT_EQ(seen.get_future().get(), 1U);
  EXPECT_TRUE(answer.get());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (const std::uint64_t before = watcher.groups; watcher.groups < before + 2;) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

TEST(LiveDesk, stops_by_itself_when_its_journal_fails) {
  const Desk desk = test::live_desk();
  test::Disk disk;
  disk.fail_at = 0;
  test::ManualClock clock(at("12:00:00"));
  LiveDesk live(test::parts_of(disk, desk), clock);
  live.start();
  Answer<SubmissionOutcome> first;
  Submission submission = test::submission({disk.say({clock.now(), Tick{}})}, first);
  ASSERT_TRUE(live.try_submit(submission));
  EXPECT_EQ(first.get().error().code, Errc::io);
  Answer<SubmissionOutcome> second;
  Submission next = test::submission({"0"}, second);
  ASSERT_TRUE(live.try_submit(next));
  EXPECT_EQ(second.get().error().code, Errc::io);
  ASSERT_TRUE(live.failure());
  EXPECT_EQ(live.failure()->what, "the disk is full");
  EXPECT_FALSE(live.drain());
  EXPECT_TRUE(disk.durable.empty());
}

}  // namespace
}  // namespace ballast
