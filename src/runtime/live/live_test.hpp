// A journal in memory, a clock that a test sets, and short ways to ask a live desk. Include gtest
// before it.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/engine.hpp"
#include "engine/engine_test_desk.hpp"
#include "runtime/live/receipts.hpp"
#include "runtime/live_desk.hpp"

namespace ballast::test {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp t) : ns_(t.ns) {}
  Timestamp now() const override { return {ns_.load()}; }
  void advance(Duration by) { ns_ += by.ns; }
  void set(Timestamp t) { ns_ = t.ns; }

 private:
  std::atomic<std::int64_t> ns_;
};

/// What survives a crash. Events have no text form here: "7" reads as the eighth of `said`.
struct Disk {
  std::vector<Event> said;
  std::vector<Event> durable;
  std::string extra;  // of the snapshot
  StateImage engine;
  std::size_t snapshot_at = 0;
  std::size_t snapshots = 0;
  int commits = 0;
  int fail_at = -1;                 // the commit that fails, and with it all later ones
  std::optional<Event> unwritable;  // append refuses it

  std::string say(const Event& event) {
    said.push_back(event);
    return std::to_string(said.size() - 1);
  }
};

class FakeStore final : public DeskStore {
 public:
  FakeStore(Disk& disk, Engine& engine) : disk_(&disk), engine_(&engine) {}

  Result<void> read(std::string_view text, Event& out) override {
    if (text.starts_with('x')) return fail(Errc::bad_input, "column 1: this is no event");
    out = disk_->said[static_cast<std::size_t>(std::stoul(std::string(text)))];
    return {};
  }
  Result<std::uint64_t> append(const Event& event) override {
    if (disk_->unwritable == event) return fail(Errc::bad_input, "it has no text form");
    if (failed_) return fail(Errc::io, "the disk is full");
    open_.push_back(event);
    return last_seq();
  }
  void follow(std::uint64_t seq, const Event& event, std::span<const Effect>) override {
    EXPECT_EQ(seq, last_seq());
    EXPECT_TRUE(open_.back() == event);
  }
  Result<std::uint64_t> commit() override {
    if (disk_->commits++ == disk_->fail_at) failed_ = true;
    if (failed_) return fail(Errc::io, "the disk is full");
    for (Event& event : open_)
      disk_->durable.push_back(std::move(event));
    open_.clear();
    if (const auto begun = std::exchange(begun_, std::nullopt)) {
      disk_->extra = begun->extra;
      disk_->engine = begun->engine;
      disk_->snapshot_at = begun->at;
      ++disk_->snapshots;
    }
    return durable_seq();
  }
  std::uint64_t last_seq() const override { return disk_->durable.size() + open_.size(); }
  std::uint64_t durable_seq() const override { return disk_->durable.size(); }
  Result<void> save_snapshot(std::string_view extra) override {
    BALLAST_CHECK(commit());
    BALLAST_CHECK(begin_snapshot(extra));
    BALLAST_CHECK(commit());
    return {};
  }
  /// Done with the next commit.
  Result<void> begin_snapshot(std::string_view extra) override {
    begun_ = Begun{std::string(extra), engine_->snapshot(), disk_->durable.size()};
    return {};
  }
  bool snapshot_underway() const override { return begun_.has_value(); }
  std::uint64_t bytes() const override { return disk_->durable.size() * 100; }

 private:
  struct Begun {
    std::string extra;
    StateImage engine;
    std::size_t at = 0;
  };
  Disk* disk_;
  Engine* engine_;
  std::optional<Begun> begun_;
  std::vector<Event> open_;
  bool failed_ = false;
};

/// As a start after a crash makes them.
inline DeskParts parts_of(Disk& disk, const Desk& desk, LiveOptions options = {}) {
  DeskParts parts;
  parts.engine = std::make_unique<Engine>(desk);
  Receipts receipts = *Receipts::load(disk.extra);
  if (disk.snapshot_at > 0) {
    EXPECT_TRUE(parts.engine->restore(disk.engine));
  }
  for (std::size_t i = disk.snapshot_at; i < disk.durable.size(); ++i) {
    const Event& event = disk.durable[i];
    parts.engine->step(event);
    if (const auto* receipt = std::get_if<Receipt>(&event.body)) receipts.add(event.t, *receipt);
  }
  parts.extra = receipts.save();
  parts.store = std::make_unique<FakeStore>(disk, *parts.engine);
  parts.options = std::move(options);
  return parts;
}

/// Of a fresh engine that steps what is durable, and nothing else.
inline std::string replayed_digest(const Disk& disk, const Desk& desk) {
  Engine engine(desk);
  for (const Event& event : disk.durable)
    engine.step(event);
  return engine.digest().hex();
}

/// An answer, once there is one.
template <class T>
class Answer {
 public:
  Answer()
      : promise_(std::make_shared<std::promise<Result<T>>>()), future_(promise_->get_future()) {}
  std::function<void(Result<T>)> done() {
    return [promise = promise_](Result<T> result) { promise->set_value(std::move(result)); };
  }
  bool there() const {
    return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  Result<T> get() {
    EXPECT_EQ(future_.wait_for(std::chrono::seconds(60)), std::future_status::ready);
    return future_.get();
  }

 private:
  std::shared_ptr<std::promise<Result<T>>> promise_;
  std::future<Result<T>> future_;
};

inline Submission submission(std::vector<std::string> lines,
                             Answer<SubmissionOutcome>& answer,
                             std::string key = {},
                             Principal by = {"feed", Role::ingest}) {
  Submission submission;
  submission.lines = std::move(lines);
  submission.by = std::move(by);
  submission.key = std::move(key);
  submission.done = answer.done();
  return submission;
}

inline Desk live_desk() {
  Desk desk = plain_desk();
  desk.factors.push_back(delta(desk, "BTC", "2", "6"));
  return desk;
}

}  // namespace ballast::test
