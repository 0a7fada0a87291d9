#include "runtime/outbox/outbox.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "runtime/outbox/outbox_test.hpp"

namespace ballast {
namespace {

using testing::MemoryStore;
using testing::notification;
using State = NotificationState;

/// Waits for what other threads do, with patience for a loaded machine.
bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// A sink that takes, fails or hangs as it is told. Any thread.
class FakeSink final : public AlertSink {
 public:
  struct Script {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::vector<std::string> heard;  // messages that were taken
    bool hang = false;
    int fail = 0;  // attempts
    std::size_t attempts = 0;

    std::size_t count() {
      const std::lock_guard lock(mutex);
      return heard.size();
    }
    std::size_t attempted() {
      const std::lock_guard lock(mutex);
      return attempts;
    }
  };
  explicit FakeSink(std::shared_ptr<Script> script) : script_(std::move(script)) {}

  SinkTraits traits() const override { return {}; }
  tl::expected<Delivered, DeliveryFailure> deliver(const Notification& n,
                                                   Duration /*at_most*/,
                                                   std::stop_token stop) override {
    std::unique_lock lock(script_->mutex);
    ++script_->attempts;
    script_->changed.wait(lock, stop, [this] { return !script_->hang; });
    const bool fails = script_->fail > 0;
    if (fails) --script_->fail;
    if (stop.stop_requested() || fails)
      return tl::unexpected(DeliveryFailure{DeliveryFailure::Kind::unavailable, "no", {}});
    script_->heard.push_back(n.id + " " + std::string(to_string(n.state)));
    return Delivered{"ok"};
  }

 private:
  std::shared_ptr<Script> script_;
};

struct Bench {
  std::shared_ptr<MemoryStore::Rows> rows = std::make_shared<MemoryStore::Rows>();
  std::vector<std::shared_ptr<FakeSink::Script>> sinks;
  std::atomic<std::int64_t> wall{testing::t0.ns};  // stands still but for the test

  Result<std::unique_ptr<Outbox>> open(std::size_t count, std::uint64_t journal_seq = 0) {
    OutboxParts parts{.desk = "maker",
                      .settings = {},
                      .sinks = {},
                      .store = std::make_unique<MemoryStore>(rows),
                      .wall = [this] { return Timestamp{wall.load()}; }};
    for (std::size_t i = 0; i < count; ++i) {
      if (sinks.size() <= i) sinks.push_back(std::make_shared<FakeSink::Script>());
      parts.settings.sinks.push_back(testing::sink_settings(fmt::format("sink{}", i)));
      parts.sinks.push_back(std::make_unique<FakeSink>(sinks[i]));
    }
    return Outbox::open(std::move(parts), journal_seq);
  }
};

void put(Outbox& outbox, std::uint64_t seq, const std::string& id, State state) {
  const AlertNews news{seq, notification(id, state), true};
  outbox.put({&news, 1});
}

TEST(Outbox, delivers_what_it_is_given) {
  Bench bench;
  const auto outbox = std::move(*bench.open(1));
  outbox->start();
  put(*outbox, 1, "a", State::firing);
  put(*outbox, 2, "a", State::resolved);
  ASSERT_TRUE(eventually([&] { return bench.sinks[0]->count() == 2; }));
  EXPECT_EQ(bench.sinks[0]->heard, (std::vector<std::string>{"a firing", "a resolved"}));
  EXPECT_TRUE(eventually([&] { return bench.rows->delivered(); }));
}

TEST(Outbox, lets_no_sink_wait_for_one_that_hangs) {
  Bench bench;
  const auto outbox = std::move(*bench.open(2));
  bench.sinks[0]->hang = true;
  outbox->start();
  for (std::uint64_t seq = 1; seq <= 20; ++seq)
    put(*outbox, seq, fmt::format("a{}", seq), State::firing);
  EXPECT_TRUE(eventually([&] { return bench.sinks[1]->count() == 20; }));
  EXPECT_EQ(bench.sinks[0]->count(), 0u);
  outbox->stop(Duration{});  // interrupts what hangs
  EXPECT_EQ(bench.rows->image.deliveries.size(), 20u);
}

TEST(Outbox, goes_on_after_a_restart_where_it_was) {
  Bench bench;
  {
    const auto outbox = std::move(*bench.open(1));
    bench.sinks[0]->hang = true;
    outbox->start();
    put(*outbox, 1, "a", State::firing);
    put(*outbox, 2, "a", State::resolved);
    ASSERT_TRUE(eventually([&] { return bench.sinks[0]->attempted() == 1; }));
  }
  bench.sinks[0]->hang = false;
  const auto outbox = std::move(*bench.open(1, 5));
  EXPECT_EQ(outbox->seq(), 2u);
  outbox->start();
  ASSERT_TRUE(eventually([&] { return bench.sinks[0]->count() == 2; }));
  EXPECT_EQ(bench.sinks[0]->heard, (std::vector<std::string>{"a firing", "a resolved"}));
}

TEST(Outbox, tries_again_when_the_time_has_come) {
  Bench bench;
  const auto outbox = std::move(*bench.open(1));
  bench.sinks[0]->fail = 2;
  outbox->start();
  put(*outbox, 1, "a", State::firing);
  ASSERT_TRUE(eventually([&] { return outbox->health()[0].failing_since.has_value(); }));
  EXPECT_EQ(outbox->health()[0].last_error, "no");
  EXPECT_EQ(outbox->health()[0].queued, 1u);
  // The wall passes in leaps here; whoever sleeps looks at it again when something is said.
  for (std::uint64_t seq = 2; bench.sinks[0]->count() == 0 && seq < 2000; ++seq) {
    bench.wall += Duration::seconds(2).ns;
    outbox->forget("nobody", testing::t0, "");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(bench.sinks[0]->count(), 1u);
  EXPECT_TRUE(eventually([&] { return !outbox->health()[0].failing_since; }));
}

TEST(Outbox, begins_behind_the_journal_and_refuses_another_one_s) {
  Bench bench;
  {
    const auto outbox = std::move(*bench.open(1, 100));
    EXPECT_EQ(outbox->seq(), 100u);
    put(*outbox, 100, "old", State::firing);
    put(*outbox, 101, "new", State::firing);
  }
  ASSERT_EQ(bench.rows->image.deliveries.size(), 1u);
  EXPECT_EQ(bench.rows->image.deliveries[0].notification.id, "new");
  const auto other = bench.open(1, 100);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::conflict);
  EXPECT_NE(other.error().what.find("event 101"), std::string::npos) << other.error().what;
}

TEST(Outbox, goes_on_in_memory_while_its_store_fails_and_stores_all_after) {
  Bench bench;
  const auto outbox = std::move(*bench.open(1));
  bench.sinks[0]->hang = true;
  outbox->start();
  bench.rows->failing = true;
  put(*outbox, 1, "a", State::firing);
  put(*outbox, 2, "b", State::firing);
  ASSERT_TRUE(outbox->failure());
  EXPECT_EQ(outbox->failure()->what, "the disk is full");
  {
    const std::lock_guard lock(bench.rows->mutex);
    bench.rows->failing = false;
  }
  const auto tick = [&] {
    outbox->tick(testing::t0, [](const std::string&) { return AlertStanding::over; });
  };
  tick();
  EXPECT_TRUE(outbox->failure()) << "a store that fails is not asked at every tick";
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (outbox->failure() && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    tick();
  }
  EXPECT_FALSE(outbox->failure());
  EXPECT_EQ(bench.rows->image.deliveries.size(), 2u);
  EXPECT_EQ(bench.rows->image.seq, 2u);
}

TEST(Outbox, sends_its_last_words_before_it_stops) {
  Bench bench;
  const auto outbox = std::move(*bench.open(1));
  outbox->start();
  for (std::uint64_t seq = 1; seq <= 50; ++seq)
    put(*outbox, seq, fmt::format("a{}", seq), State::firing);
  outbox->stop(Duration::seconds(30));
  EXPECT_EQ(bench.sinks[0]->count(), 50u);
}

TEST(Outbox, takes_other_sinks_while_it_works) {
  Bench bench;
  const auto outbox = std::move(*bench.open(2));
  bench.sinks[0]->hang = bench.sinks[1]->hang = true;
  outbox->start();
  put(*outbox, 1, "a", State::firing);
  auto script = std::make_shared<FakeSink::Script>();
  std::vector<std::unique_ptr<AlertSink>> sinks;
  sinks.push_back(std::make_unique<FakeSink>(script));
  outbox->reconfigure({.sinks = {testing::sink_settings("sink1")}}, std::move(sinks));
  EXPECT_TRUE(eventually([&] { return script->count() == 1; }));
  ASSERT_EQ(outbox->dropped().size(), 1u);
  put(*outbox, 2, "a", State::resolved);
  EXPECT_TRUE(eventually([&] { return script->count() == 2; }));
}

TEST(Outbox, syncs_what_it_was_given_and_not_how_attempts_went) {
  Bench bench;
  const auto outbox = std::move(*bench.open(1));
  const std::size_t before = bench.rows->durable_saves;
  outbox->start();
  for (std::uint64_t seq = 1; seq <= 10; ++seq)
    put(*outbox, seq, fmt::format("a{}", seq), State::firing);
  outbox->stop(Duration::seconds(30));
  EXPECT_EQ(bench.sinks[0]->count(), 10u);
  EXPECT_EQ(bench.rows->durable_saves - before, 10u);
}

}  // namespace
}  // namespace ballast
