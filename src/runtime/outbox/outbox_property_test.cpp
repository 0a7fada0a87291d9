// Random alerts, faults and restarts against what must hold: every alert's messages reach each sink
// at least once, in order, none is lost, and nothing is in the queue twice.
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "runtime/outbox/outbox_test.hpp"

namespace ballast {
namespace {

using testing::notification;
using State = NotificationState;

/// What a sink was told of one alert: each message once, as they first came, and the last of all.
/// After a loss of power it may hear again of what it had, from somewhere on.
struct Heard {
  std::vector<std::string> first;
  std::size_t last = 0;  // place in `first`
};

/// By alert; false when a message was left out before another.
bool in_order(const std::vector<Notification>& all, std::map<std::string, Heard>& by_alert) {
  for (const Notification& n : all) {
    Heard& heard = by_alert[n.id];
    const auto known = std::find(heard.first.begin(), heard.first.end(), n.message);
    const auto place = static_cast<std::size_t>(known - heard.first.begin());
    if (!heard.first.empty() && place > heard.last + 1) return false;
    if (known == heard.first.end()) heard.first.push_back(n.message);
    heard.last = place;
  }
  return true;
}

class Day {
 public:
  explicit Day(std::uint64_t seed) : rng_(seed) {
    settings_.sinks = {testing::sink_settings("both"), testing::sink_settings("latest")};
    for (SinkSettings& sink : settings_.sinks)
      sink.give_up_after = Duration::days(9999);
    traits_ = {{.keeps_state = true}, {.latest_only = true, .keeps_state = true}};
    start();
  }

  void go() {
    for (int step = 0; step < 400; ++step) {
      const std::uint64_t what = rng_.below(100);
      wall_ = wall_ + Duration::milliseconds(rng_.between(1, 3000));
      if (what < 30) {
        happen();
        if (rng_.chance(0.2)) snapshot_ = state_->seq();  // the desk's, after its observers
      } else if (what < 90) {
        attempt(rng_.below(2));
      } else if (what < 95) {
        crash(true);
      } else {
        crash(false);
      }
    }
    // Then all is well for long enough.
    for (int step = 0; step < 10'000; ++step) {
      bool any = false;
      for (std::size_t sink = 0; sink < 2; ++sink) {
        if (auto job = state_->turn(sink, wall_).job) {
          any = true;
          deliver(sink, *job);
        }
      }
      if (any) continue;
      std::uint64_t queued = 0;
      for (const SinkHealth& health : state_->health())
        queued += health.queued;
      if (queued == 0) return;
      wall_ = wall_ + Duration::minutes(6);
    }
    FAIL() << "never done";
  }

  void check() {
    std::map<std::string, Heard> both, latest;
    EXPECT_TRUE(in_order(heard_[0], both)) << "a newer message came first";
    in_order(heard_[1], latest);
    for (const auto& [id, said] : said_) {
      EXPECT_EQ(both[id].first, said) << id;
      ASSERT_FALSE(both[id].first.empty()) << id;
      EXPECT_EQ(both[id].first[both[id].last], said.back()) << id;
      ASSERT_FALSE(latest[id].first.empty()) << id;
      EXPECT_EQ(latest[id].first[latest[id].last], said.back()) << id;
    }
    EXPECT_EQ(both.size(), said_.size());
    EXPECT_EQ(latest.size(), said_.size());
  }

 private:
  /// An event of the desk: journaled, and put; or the machine dies between the two.
  void happen() {
    const std::string id = fmt::format("alert/{}", rng_.below(12));
    Notification n;
    const auto open = open_.find(id);
    t_ = t_ + Duration::seconds(1);
    if (open == open_.end()) {
      const std::string episode = fmt::format("{}/{}", id, ++episodes_);
      open_[id] = episode;
      n = notification(episode, State::firing, t_);
    } else {
      const State next[] = {State::reminder, State::acknowledged, State::resolved, State::resolved};
      n = notification(open->second, next[rng_.below(4)], t_);
      if (n.state == State::resolved) open_.erase(open);
    }
    journal_.push_back({journal_.size() + 1, n, true});
    n.message.clear();
    said_[n.id].push_back(fmt::format("{}|{}|{}|0", n.id, to_string(n.state), n.t.ns));
    if (rng_.chance(0.05)) return crash(true);
    state_->put({&journal_.back(), 1}, wall_);
    save(true);
  }

  void attempt(std::size_t sink) {
    const auto job = state_->turn(sink, wall_).job;
    if (!job) return;
    const std::uint64_t what = rng_.below(10);
    if (what < 4) return deliver(sink, *job);
    DeliveryFailure failure{DeliveryFailure::Kind::unavailable, "x", {}};
    if (what == 4) failure.kind = DeliveryFailure::Kind::failed;
    if (what == 5) failure.retry_after = Duration::seconds(rng_.between(1, 30));
    if (what == 6) heard_[sink].push_back(job->notification);  // taken, and never said so
    if (what == 7) {
      heard_[sink].push_back(job->notification);
      return crash(false);
    }
    state_->settle(sink, *job, tl::unexpected(failure), wall_);
    save(false);
  }

  void deliver(std::size_t sink, const DeliveryJob& job) {
    heard_[sink].push_back(job.notification);
    state_->settle(sink, job, Delivered{"ok"}, wall_);
    save(false);
  }

  /// A sync makes all that was written before it durable.
  void save(bool may_sync) {
    const OutboxChanges changes = state_->take_changes(false);
    EXPECT_TRUE(!changes.durable || may_sync) << "an attempt must cost no sync";
    testing::MemoryStore::apply(changes, cached_);
    if (changes.durable) disk_ = cached_;
  }

  void crash(bool power) {
    if (!power) disk_ = cached_;  // the process alone: the system has its writes
    cached_ = disk_;
    start();
    for (std::uint64_t seq = snapshot_ + 1; seq <= journal_.size(); ++seq)
      state_->put({&journal_[seq - 1], 1}, wall_);
    save(true);
  }

  void start() {
    state_ = std::make_unique<OutboxState>("maker", settings_, traits_, disk_, rng_.next());
    std::set<std::string> queued;
    for (const QueuedDelivery& delivery : disk_.deliveries)
      EXPECT_TRUE(queued.insert(delivery.sink + delivery.notification.message).second);
  }

  Rng rng_;
  AlertSettings settings_;
  std::vector<SinkTraits> traits_;
  std::unique_ptr<OutboxState> state_;
  OutboxImage disk_, cached_;
  Timestamp wall_ = testing::t0;
  Timestamp t_ = testing::t0;
  std::vector<AlertNews> journal_;
  std::uint64_t snapshot_ = 0;               // a restart replays what is behind it
  std::map<std::string, std::string> open_;  // alert -> its episode
  std::uint64_t episodes_ = 0;
  std::map<std::string, std::vector<std::string>> said_;  // by episode
  std::vector<Notification> heard_[2];
};

TEST(OutboxProperty, loses_nothing_and_keeps_the_order_through_faults_and_restarts) {
  const char* given = std::getenv("BALLAST_SEED");
  const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  for (std::uint64_t seed = first; seed < first + 60; ++seed) {
    SCOPED_TRACE(fmt::format("BALLAST_SEED={}", seed));
    Day day(seed);
    day.go();
    day.check();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace ballast
