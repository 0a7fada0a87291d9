// Whatever the interleaving of batches, people, groups, time, executions and crashes: a fresh
// engine that steps what is durable, and nothing else, ends where the desk did, and what was
// answered well is durable.
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "runtime/live/desk_core.hpp"
#include "runtime/live/live_test.hpp"
#include "sim/paper_restart.hpp"
#include "sim/paper_venue.hpp"
#include "sim/random_desk.hpp"
#include "sim/random_events.hpp"

namespace ballast {
namespace {

class Life final : public LiveObserver {
 public:
  explicit Life(std::uint64_t seed)
      : rng_(seed), events_(desk_, [this](std::uint64_t bound) { return rng_.below(bound); }) {
    options_.group_max = static_cast<std::uint32_t>(rng_.between(1, 40));
    options_.snapshot_every = static_cast<std::uint64_t>(rng_.between(20, 2'000));
    for (std::size_t i = 0; i < desk_.instruments.size(); ++i)
      options_.conflate.push_back(Duration::milliseconds(rng_.chance(0.3) ? 700 : 0));
    start();
  }

  void live(int turns) {
    for (int i = 0; i < turns && !::testing::Test::HasFailure(); ++i) {
      turn();
      if (rng_.chance(0.03)) crash();
      if (rng_.chance(0.02)) stop();
    }
    stop();
    EXPECT_GT(answered_, 0U);
    EXPECT_GT(disk_.durable.size(), 100U);
  }
  /// The k-th commit of the rest fails, and with it everything after.
  void die(int k, int turns) {
    disk_.fail_at = disk_.commits + k;
    for (int i = 0; i < turns && !core_->failure(); ++i)
      turn();
    const std::size_t durable = disk_.durable.size();
    const std::uint64_t answered = answered_;
    for (int i = 0; i < 10; ++i)
      turn();
    EXPECT_EQ(answered_, answered);
    EXPECT_EQ(disk_.durable.size(), durable);
    EXPECT_TRUE(core_->failure());
    EXPECT_FALSE(core_->finish());
    disk_.fail_at = -1;
    start();  // and what is durable is enough to go on
    for (int i = 0; i < 5; ++i)
      turn();
    compare();
  }

  void on_group(const LiveGroup& group) override {
    std::vector<Effect> effects;
    for (const SeqEffect& effect : group.effects) {
      EXPECT_GE(effect.seq, group.first_seq);
      effects.push_back(effect.effect);
    }
    events_.hear(effects);
  }
  void on_reload(const LiveView& /*view*/) override {}

 private:
  void start() {
    DeskParts parts = test::parts_of(disk_, desk_, options_);
    PaperOptions paper;
    paper.seed = rng_.next();
    paper.jitter = Duration::milliseconds(300);
    paper.rejects = 0.1;
    paper.lost_answers = 0.1;
    auto venue = std::make_unique<PaperVenue>(*PaperVenue::create(parts.engine->desk(), paper));
    if (parts.engine->started()) venue->announce(parts.engine->now(), paper_restart(*parts.engine));
    parts.execution = std::move(venue);
    core_ = std::make_unique<DeskCore>(std::move(parts), clock_, [] { return std::size_t{0}; });
    core_->observe(*this);
  }
  void crash() {
    core_.reset();
    start();
    compare();
  }
  void stop() {
    EXPECT_TRUE(core_->finish());
    compare();
    core_.reset();
    start();
    compare();
  }
  void compare() {
    core_->look([&](const LiveView& view) {
      EXPECT_EQ(view.engine.digest().hex(), test::replayed_digest(disk_, desk_));
      EXPECT_EQ(view.figures.durable_seq, disk_.durable.size());
    });
  }

  void turn() {
    std::vector<Task> tasks;
    for (auto n = rng_.below(5); n > 0; --n)
      tasks.push_back({rng_.chance(0.85) ? batch() : decision(), WallClock::now()});
    core_->turn(std::move(tasks));
    clock_.advance(Duration::milliseconds(static_cast<std::int64_t>(rng_.below(1'500))));
  }
  decltype(Task::what) batch() {
    Submission batch;
    for (auto n = rng_.below(8) + 1; n > 0; --n) {
      Event event = events_.next();
      event.t = clock_.now() - Duration::milliseconds(static_cast<std::int64_t>(rng_.below(900)));
      batch.lines.push_back(rng_.chance(0.05) ? "x" : disk_.say(event));
    }
    batch.by = {"anna", Role::admin};
    batch.atomic = rng_.chance(0.2);
    if (rng_.chance(0.3)) batch.key = std::to_string(rng_.below(50));
    batch.done = [this, lines = batch.lines.size()](const Result<SubmissionOutcome>& outcome) {
      if (!outcome) return;
      ++answered_;
      EXPECT_LE(outcome->last_seq, disk_.durable.size());
      EXPECT_EQ(outcome->lines.size(), lines);
      for (const LineOutcome& line : outcome->lines)
        EXPECT_LE(line.seq, disk_.durable.size());
    };
    return batch;
  }
  decltype(Task::what) decision() {
    return ChangeTask{{"anna", Role::admin},
                      [](const LiveView&) -> Result<PlannedChange> {
                        PlannedChange plan;
                        plan.event = Kill{{}, Note("anna"), Note("drill")};
                        plan.action = "kill";
                        plan.subject = "desk";
                        return plan;
                      },
                      rng_.chance(0.2),
                      [this](const Result<ChangeOutcome>& outcome) {
                        if (!outcome) return;
                        ++answered_;
                        EXPECT_LE(outcome->audit_seq, disk_.durable.size());
                      }};
  }

  const Desk desk_ = random_desk();
  Rng rng_;
  RandomEvents events_;
  test::Disk disk_;
  test::ManualClock clock_{*parse_timestamp("2026-01-05T00:00:00Z")};
  LiveOptions options_;
  std::unique_ptr<DeskCore> core_;
  std::uint64_t answered_ = 0;
};

std::uint64_t first_seed() {
  const char* const seed = std::getenv("BALLAST_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10) * 1'000;
}

TEST(LiveDeskProperty, what_is_durable_replays_to_where_the_desk_was) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 12 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Life(seed).live(150);
  }
}

TEST(LiveDeskProperty, nothing_is_answered_well_after_a_commit_that_failed) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 12 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Life life(seed);
    life.die(static_cast<int>(seed % 12), 40);
  }
}

}  // namespace
}  // namespace ballast
