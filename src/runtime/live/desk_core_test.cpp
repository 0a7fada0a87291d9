// The turns of a desk, one by one, on a clock that the test sets.
#include "runtime/live/desk_core.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "runtime/live/live_test.hpp"

namespace ballast {
namespace {

using test::Answer;
using test::at;
using Kind = LineOutcome::Kind;

class DeskCoreTest : public ::testing::Test {
 protected:
  explicit DeskCoreTest(LiveOptions options = {}) : options_(std::move(options)) { start(); }

  void start() {
    core_ = std::make_unique<DeskCore>(test::parts_of(disk, desk, options_), clock,
                                       [] { return std::size_t{0}; });
  }
  /// Like a kill: nothing is finished.
  void restart() {
    core_.reset();
    start();
  }
  void turn(Task task) {
    std::vector<Task> tasks;
    tasks.push_back(std::move(task));
    core_->turn(std::move(tasks));
  }
  void turn() { core_->turn({}); }
  Result<SubmissionOutcome> submit(std::vector<std::string> lines,
                                   std::string key = {},
                                   Principal by = {"feed", Role::ingest},
                                   bool atomic = false) {
    Answer<SubmissionOutcome> answer;
    Submission submission =
        test::submission(std::move(lines), answer, std::move(key), std::move(by));
    submission.atomic = atomic;
    turn({std::move(submission), WallClock::now()});
    EXPECT_TRUE(answer.there());
    return answer.get();
  }
  Result<ChangeOutcome> change(PlannedChange plan, bool dry_run = false) {
    Answer<ChangeOutcome> answer;
    turn({ChangeTask{anna, [&](const LiveView&) { return plan; }, dry_run, answer.done()},
          WallClock::now()});
    EXPECT_TRUE(answer.there());
    return answer.get();
  }
  std::string price(const char* value, Timestamp t) {
    return disk.say(trader.mark(t, "BTC-USDT", value));
  }
  std::string fill() {
    return disk.say(trader.fill(clock.now(), "BTC-USDT", Side::buy, "1", "100"));
  }
  template <class T>
  std::vector<T> stored() const {
    std::vector<T> all;
    for (const Event& event : disk.durable) {
      if (const auto* body = std::get_if<T>(&event.body)) all.push_back(*body);
    }
    return all;
  }
  const Engine& engine() {
    const Engine* engine = nullptr;
    core_->look([&](const LiveView& view) { engine = &view.engine; });
    return *engine;
  }

  Desk desk = test::live_desk();
  test::Trader trader{&desk};
  test::Disk disk;
  test::ManualClock clock{at("12:00:00")};
  Principal anna{"anna", Role::risk};
  LiveOptions options_;
  std::unique_ptr<DeskCore> core_;
};

TEST_F(DeskCoreTest, answers_each_line_with_what_became_of_it_and_keeps_the_good_ones) {
  const std::string one = fill();
  Event other = disk.said.back();
  std::get<Fill>(other.body).qty = test::dec<Quantity>("2");
  const auto outcome = submit({one, "x", one, disk.say(other), price("100", clock.now())});
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->lines.size(), 5U);
  EXPECT_EQ(outcome->lines[0].kind, Kind::applied);
  EXPECT_EQ(outcome->lines[0].seq, 1U);
  EXPECT_EQ(outcome->lines[1].kind, Kind::refused);
  EXPECT_EQ(outcome->lines[1].code, "bad_input");
  EXPECT_EQ(outcome->lines[1].seq, 0U);
  EXPECT_EQ(outcome->lines[2].kind, Kind::duplicate);
  EXPECT_EQ(outcome->lines[3].kind, Kind::refused);
  EXPECT_EQ(outcome->lines[3].code, "conflicting_body");
  EXPECT_EQ(outcome->lines[4].kind, Kind::applied);
  EXPECT_EQ(outcome->last_seq, 4U);
  EXPECT_EQ(disk.durable.size(), 4U);
}

TEST_F(DeskCoreTest, takes_an_atomic_batch_whole_or_not_at_all) {
  const auto refused = submit({fill(), "x"}, {}, {"feed", Role::ingest}, true);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->lines[0].code, "atomic");
  EXPECT_EQ(refused->lines[1].code, "bad_input");
  EXPECT_TRUE(disk.durable.empty());
  const auto taken = submit({fill(), fill()}, {}, {"feed", Role::ingest}, true);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->lines[1].kind, Kind::applied);
  EXPECT_EQ(disk.durable.size(), 2U);
}

TEST_F(DeskCoreTest, refuses_what_a_role_may_not_post_and_what_only_the_service_writes) {
  const std::string kill = disk.say({clock.now(), Kill{{}, Note("me"), Note("why")}});
  const std::string audit = disk.say({clock.now(), Audit{}});
  const auto outcome = submit({kill, audit});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->lines[0].code, "not_allowed");
  EXPECT_NE(outcome->lines[0].detail.find("trader or risk or admin"), std::string::npos)
      << outcome->lines[0].detail;
  EXPECT_EQ(outcome->lines[1].code, "not_allowed");
  EXPECT_TRUE(disk.durable.empty());
}

TEST_F(DeskCoreTest, puts_the_poster_s_name_on_a_decision_and_audits_it) {
  submit({disk.say({clock.now(), Kill{{}, Note("somebody"), Note("a strange fill")}})}, {}, anna);
  ASSERT_EQ(stored<Kill>().size(), 1U);
  EXPECT_EQ(stored<Kill>()[0].by.view(), "anna");
  const auto audits = stored<Audit>();
  ASSERT_EQ(audits.size(), 1U);
  EXPECT_EQ(audits[0].by.view(), "anna");
  EXPECT_EQ(audits[0].role.view(), "risk");
  EXPECT_EQ(audits[0].action.view(), "kill");
  EXPECT_EQ(audits[0].subject.view(), "desk");
  EXPECT_EQ(audits[0].reason, "a strange fill");
  EXPECT_EQ(audits[0].event, 1U);
  // Refused by the engine (it is stopped already): nothing was changed, so nothing is audited.
  submit({disk.say({clock.now(), Kill{{}, Note("x"), Note("again")}})}, {}, anna);
  EXPECT_EQ(stored<Audit>().size(), 1U);
}

TEST_F(DeskCoreTest, refuses_events_far_ahead_of_its_clock_and_says_by_how_much) {
  const auto outcome = submit({price("100", clock.now() + Duration::seconds(9)),
                               price("100", clock.now() + Duration::seconds(5))});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->lines[0].code, "ahead_of_clock");
  EXPECT_NE(outcome->lines[0].detail.find("9s ahead of the desk's clock"), std::string::npos)
      << outcome->lines[0].detail;
  EXPECT_EQ(outcome->lines[1].kind, Kind::applied);
}

TEST_F(DeskCoreTest, answers_the_same_batch_under_its_key_as_the_first_time) {
  const std::vector<std::string> lines{fill(), "x", fill()};
  const auto first = submit(lines, "batch 1");
  ASSERT_TRUE(first);
  const std::size_t stored = disk.durable.size();
  const auto same = [&](const Result<SubmissionOutcome>& again) {
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->last_seq, first->last_seq);
    ASSERT_EQ(again->lines.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(again->lines[i].kind, first->lines[i].kind);
      EXPECT_EQ(again->lines[i].seq, first->lines[i].seq);
      EXPECT_EQ(again->lines[i].detail, first->lines[i].detail);
    }
    EXPECT_EQ(disk.durable.size(), stored);
  };
  same(submit(lines, "batch 1"));
  restart();
  same(submit(lines, "batch 1"));
  ASSERT_TRUE(core_->finish());  // a snapshot
  start();
  same(submit(lines, "batch 1"));
  const auto other = submit({fill()}, "batch 1");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::conflict);
  EXPECT_TRUE(submit({fill()}, "batch 1", {"other feed", Role::ingest}));
}

TEST_F(DeskCoreTest, forgets_keys_after_a_time_but_the_last_of_each_name) {
  const std::vector<std::string> first{fill()}, last{fill()}, other{fill()};
  submit(first, "1");
  submit(last, "2");
  clock.advance(Duration::hours(25));
  submit(other, "1", {"other", Role::ingest});
  EXPECT_TRUE(submit(last, "2")->replayed);
  const auto again = submit(first, "1");  // known no more: taken, and a duplicate by its fill
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->replayed);
  EXPECT_EQ(again->lines[0].kind, Kind::duplicate);
}

TEST_F(DeskCoreTest, applies_a_change_with_its_record_and_says_what_the_engine_refuses) {
  PlannedChange plan;
  plan.event = Kill{{}, Note(), Note("drill")};
  plan.action = "kill";
  plan.subject = "desk";
  plan.before = "{}";
  plan.after = R"({"killed":true})";
  plan.reason = "drill";
  const auto dry = change(plan, true);
  ASSERT_TRUE(dry);
  EXPECT_EQ(dry->seq, 0U);
  EXPECT_EQ(dry->after, plan.after);
  EXPECT_TRUE(disk.durable.empty());
  const auto done = change(plan);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->seq, 1U);
  EXPECT_EQ(stored<Kill>()[0].by.view(), "anna");
  EXPECT_EQ(stored<Audit>()[0].event, 1U);
  EXPECT_EQ(done->audit_seq, disk.durable.size());
  const auto again = change(plan);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict);
  plan.event = Tick{};
  plan.action = "token.create";
  const auto recorded = change(plan);
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->seq, 0U);
  EXPECT_EQ(stored<Audit>().back().action.view(), "token.create");
  plan.reason = "\xff";
  EXPECT_EQ(change(plan).error().code, Errc::bad_input);
}

TEST_F(DeskCoreTest, refuses_a_change_that_has_no_text_form_and_goes_on) {
  PlannedChange plan;
  plan.event = Kill{{}, Note("anna"), Note("odd")};
  plan.action = "kill";
  plan.subject = "desk";
  disk.unwritable = Event{clock.now(), plan.event};
  EXPECT_EQ(change(plan).error().what, "it has no text form");
  EXPECT_FALSE(core_->failure());
  EXPECT_EQ(submit({fill()})->lines[0].kind, Kind::applied);
}

TEST_F(DeskCoreTest, lets_time_pass_when_nothing_comes_and_never_backwards) {
  submit({price("100", clock.now() + Duration::seconds(3))});
  clock.advance(Duration::seconds(2));
  turn();
  EXPECT_TRUE(stored<Tick>().empty());  // the engine is ahead
  clock.advance(Duration::seconds(2));
  turn();
  ASSERT_EQ(stored<Tick>().size(), 1U);
  EXPECT_EQ(disk.durable.back().t, at("12:00:04"));
  turn();
  EXPECT_EQ(stored<Tick>().size(), 1U);  // not so soon again
  clock.advance(Duration::seconds(10));
  turn();
  EXPECT_EQ(disk.durable.back().t, at("12:00:14"));
}

TEST_F(DeskCoreTest, passes_a_long_silence_in_one_step) {
  submit({price("100", clock.now())});
  clock.advance(Duration::days(3));
  const std::size_t before = disk.durable.size();
  submit({price("101", clock.now())});
  EXPECT_LE(disk.durable.size(), before + 2);
  EXPECT_EQ(test::replayed_digest(disk, desk), engine().digest().hex());
}

TEST_F(DeskCoreTest, saves_a_snapshot_after_so_many_events) {
  options_.snapshot_every = 10;
  restart();
  std::vector<std::string> lines;
  for (int i = 0; i < 9; ++i)
    lines.push_back(fill());
  submit(lines);
  EXPECT_EQ(disk.snapshots, 0U);
  submit({fill()});
  EXPECT_EQ(disk.snapshots, 0U) << "it is begun";
  submit({fill()});
  EXPECT_EQ(disk.snapshots, 1U);
  EXPECT_EQ(disk.snapshot_at, 10U);
  for (int i = 0; i < 9; ++i)
    submit({fill()});
  turn();  // nothing else takes it along
  EXPECT_EQ(disk.snapshots, 2U);
  EXPECT_EQ(disk.snapshot_at, 20U);
}

TEST_F(DeskCoreTest, tells_how_long_steps_commits_and_answers_take) {
  const auto figures = [this] {
    LiveFigures shown;
    core_->look([&](const LiveView& view) { shown = view.figures; });
    return shown;
  };
  EXPECT_FALSE(figures().acknowledge.p50) << "nothing was answered";
  submit({fill(), fill()});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // they are worked out so often
  const LiveFigures shown = figures();
  EXPECT_EQ(shown.acknowledge.count, 1U);
  EXPECT_EQ(shown.commit.count, 1U);
  EXPECT_EQ(shown.step.count, 2U);
  for (const LatencyFigures& latency : {shown.acknowledge, shown.commit, shown.step}) {
    ASSERT_TRUE(latency.p50 && latency.p99);
    EXPECT_GT(*latency.p50, 0.0);
    EXPECT_GE(*latency.p99, *latency.p50);
    EXPECT_GT(latency.sum, 0.0);
  }
}

TEST_F(DeskCoreTest, never_answers_well_after_a_commit_that_failed) {
  submit({fill()});
  disk.fail_at = disk.commits;
  const auto lost = submit({fill()});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::io);
  EXPECT_NE(lost.error().what.find("the disk is full"), std::string::npos);
  EXPECT_FALSE(submit({fill()}));
  EXPECT_FALSE(change({}));
  EXPECT_EQ(core_->failure()->what, "the disk is full");
  EXPECT_EQ(disk.durable.size(), 1U);
  std::optional<std::string> shown;
  core_->look([&](const LiveView& view) { shown = view.figures.failed; });
  EXPECT_EQ(shown, "the disk is full");
  EXPECT_FALSE(core_->finish());
  EXPECT_EQ(disk.durable.size(), 1U);
}

TEST_F(DeskCoreTest, reloads_all_or_nothing) {
  submit({fill()}, "batch 1");
  const auto reload = [&](LiveDesk::Remake make) {
    Answer<std::uint64_t> answer;
    turn({ReloadTask{anna, std::move(make), [&] { return test::parts_of(disk, desk, options_); },
                     "{}", R"({"v":2})", answer.done()},
          WallClock::now()});
    return answer.get();
  };
  const auto refused =
      reload([]() -> Result<DeskParts> { return fail(Errc::conflict, "event 1 has no factor"); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "event 1 has no factor");
  EXPECT_EQ(submit({fill()})->lines[0].kind, Kind::applied);
  Desk other = desk;
  other.factors.push_back(test::delta(other, "ETH", "1", "3"));
  ASSERT_TRUE(reload([&]() -> Result<DeskParts> {
    disk.snapshot_at = 0;  // it was another desk's
    return test::parts_of(disk, other, options_);
  }));
  EXPECT_EQ(engine().desk().factors.size(), 2U);
  EXPECT_EQ(stored<Audit>().back().action.view(), "config.reload");
  EXPECT_EQ(stored<Audit>().back().after, R"({"v":2})");
  EXPECT_EQ(submit({fill()})->lines[0].kind, Kind::applied);
  EXPECT_EQ(test::replayed_digest(disk, other), engine().digest().hex());
}

// ---- conflation

class ConflatingDeskTest : public DeskCoreTest {
 protected:
  ConflatingDeskTest()
      : DeskCoreTest([] {
          LiveOptions options;
          options.conflate = {Duration::milliseconds(100)};
          options.tick = Duration::hours(1);
          return options;
        }()) {}
};

TEST_F(ConflatingDeskTest, stores_the_latest_price_once_an_interval_and_every_fill) {
  const auto outcome = submit(
      {price("100", clock.now()), price("101", clock.now()), fill(), price("102", clock.now())});
  EXPECT_EQ(outcome->lines[0].kind, Kind::applied);
  EXPECT_EQ(outcome->lines[1].kind, Kind::conflated);
  EXPECT_EQ(outcome->lines[2].kind, Kind::applied);
  EXPECT_EQ(outcome->lines[3].kind, Kind::conflated);
  EXPECT_EQ(stored<Mark>().size(), 1U);
  clock.advance(Duration::milliseconds(99));
  turn();
  EXPECT_EQ(stored<Mark>().size(), 1U);
  clock.advance(Duration::milliseconds(1));
  turn();
  ASSERT_EQ(stored<Mark>().size(), 2U);
  EXPECT_EQ(to_string(stored<Mark>()[1].price), "102");
  std::uint64_t conflated = 0;
  core_->look([&](const LiveView& view) { conflated = view.figures.conflated; });
  EXPECT_EQ(conflated, 1U);
}

TEST_F(ConflatingDeskTest, keeps_the_later_of_two_by_their_own_times_and_stores_it_at_the_end) {
  submit({price("100", clock.now()), price("102", clock.now() + Duration::milliseconds(2)),
          price("101", clock.now() + Duration::milliseconds(1))});
  ASSERT_TRUE(core_->finish());
  ASSERT_EQ(stored<Mark>().size(), 2U);
  EXPECT_EQ(to_string(stored<Mark>()[1].price), "102");
}

TEST_F(ConflatingDeskTest, leaves_instruments_alone_that_do_not_ask_for_it) {
  const auto other = [&](const char* value) {
    return disk.say(trader.mark(clock.now(), "ETH-USDT", value));
  };
  submit({other("1"), other("2"), other("3")});
  EXPECT_EQ(stored<Mark>().size(), 3U);
}

}  // namespace
}  // namespace ballast
