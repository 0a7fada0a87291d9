#include "runtime/outbox/outbox.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace ballast {
namespace {

using Steady = std::chrono::steady_clock;

constexpr auto retry_every = std::chrono::seconds(1);  // of a store that fails

/// Nobody sleeps longer, so that a wall clock which is set back delays nothing for ever.
constexpr Duration longest_sleep = Duration::seconds(5);

std::vector<SinkTraits> traits_of(const std::vector<std::unique_ptr<AlertSink>>& sinks) {
  std::vector<SinkTraits> traits;
  for (const auto& sink : sinks)
    traits.push_back(sink->traits());
  return traits;
}

}  // namespace

struct Outbox::Core {
  Core(OutboxParts from, OutboxImage image, const std::vector<SinkTraits>& traits)
      : parts(std::move(from)),
        state(parts.desk, parts.settings, traits, std::move(image), parts.seed) {}

  OutboxParts parts;
  mutable std::mutex mutex;
  std::condition_variable_any changed;  // `changes` rose, or the workers shall end
  std::condition_variable_any settled;  // a worker has nothing to do now
  std::uint64_t changes = 0;
  OutboxState state;
  std::optional<Error> failure;
  Steady::time_point failed_at;
  std::size_t under_way = 0;  // attempts
  std::vector<std::jthread> workers;

  /// With the mutex held. `whole`: also that nothing else is there any more.
  void save(bool whole = false) {
    if (!state.changed() && !failure && !whole) return;
    // After a failure what was not stored is not known any more: store all.
    const auto saved = parts.store->save(state.take_changes(whole || failure.has_value()));
    failure.reset();
    if (!saved) {
      failure = saved.error();
      failed_at = Steady::now();
    }
  }

  template <class Change>
  void change(Change apply) {
    {
      const std::lock_guard lock(mutex);
      apply(parts.wall());
      save();
      ++changes;
    }
    changed.notify_all();
  }

  void work(std::size_t sink, const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      const Timestamp wall = parts.wall();
      SinkTurn turn = state.turn(sink, wall);
      if (!turn.job) {
        const Duration sleep =
            turn.at ? std::clamp(*turn.at - wall, Duration{}, longest_sleep) : longest_sleep;
        settled.notify_all();
        changed.wait_for(lock, stop, std::chrono::nanoseconds(sleep.ns),
                         [this, seen = changes] { return changes != seen; });
        continue;
      }
      ++under_way;
      lock.unlock();
      const DeliveryOutcome outcome = parts.sinks[sink]->deliver(
          turn.job->notification, parts.settings.sinks[sink].timeout, stop);
      lock.lock();
      --under_way;
      if (!outcome && stop.stop_requested()) return;  // interrupted, so not known: told again
      state.settle(sink, *turn.job, outcome, parts.wall());
      save();
    }
  }

  /// With the mutex held: nothing can be delivered right now.
  bool idle() const {
    const Timestamp wall = parts.wall();
    for (std::size_t i = 0; i < state.sink_count(); ++i)
      if (state.turn(i, wall).job) return false;
    return under_way == 0;
  }
};

Outbox::Outbox(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Result<std::unique_ptr<Outbox>> Outbox::open(OutboxParts parts, std::uint64_t journal_seq) {
  BALLAST_TRY(image, parts.store->load());
  if (!image.seq) image.seq = journal_seq;
  if (*image.seq > journal_seq) {
    return fail(Errc::conflict,
                fmt::format("the outbox has seen event {}, but the journal ends with event {}: it "
                            "belongs to another journal; move it away, and what waits in it is "
                            "not sent",
                            *image.seq, journal_seq));
  }
  const std::vector<SinkTraits> traits = traits_of(parts.sinks);
  auto core = std::make_unique<Core>(std::move(parts), std::move(image), traits);
  BALLAST_CHECK(core->parts.store->save(
      core->state.take_changes(true)));  // of sinks that are gone nothing stays
  return std::unique_ptr<Outbox>(new Outbox(std::move(core)));
}

Outbox::~Outbox() { stop(Duration{}); }

void Outbox::start() {
  for (std::size_t i = 0; i < core_->parts.sinks.size(); ++i) {
    core_->workers.emplace_back(
        [core = core_.get(), i](const std::stop_token& stop) { core->work(i, stop); });
  }
}

void Outbox::stop(Duration grace) {
  {
    std::unique_lock lock(core_->mutex);
    if (!core_->workers.empty())
      core_->settled.wait_until(lock, Steady::now() + std::chrono::nanoseconds(grace.ns),
                                [this] { return core_->idle(); });
  }
  for (std::jthread& worker : core_->workers)
    worker.request_stop();
  core_->workers.clear();  // joins
}

void Outbox::reconfigure(AlertSettings settings, std::vector<std::unique_ptr<AlertSink>> sinks) {
  const bool working = !core_->workers.empty();
  stop(Duration{});
  {
    const std::lock_guard lock(core_->mutex);
    OutboxParts& parts = core_->parts;
    parts.settings = std::move(settings);
    parts.sinks = std::move(sinks);
    core_->state = OutboxState(parts.desk, parts.settings, traits_of(parts.sinks),
                               core_->state.image(), ++parts.seed);
    core_->save(true);
  }
  if (working) start();
}

void Outbox::put(std::span<const AlertNews> news) {
  core_->change([&](Timestamp wall) { core_->state.put(news, wall); });
}

void Outbox::tick(Timestamp desk, const AskStanding& ask) {
  const std::lock_guard lock(core_->mutex);
  core_->state.tick(desk, core_->parts.wall(), ask);
  if (!core_->state.changed() && !core_->failure) return;
  // A store that fails may take its time to say so, and whoever calls is the desk.
  if (core_->failure && Steady::now() < core_->failed_at + retry_every) return;
  core_->save();
  ++core_->changes;
  core_->changed.notify_all();
}

void Outbox::forget(const std::string& id, Timestamp t, const std::string& reason) {
  core_->change([&](Timestamp wall) { core_->state.forget(id, t, reason, wall); });
}

void Outbox::adopt(const Notification& firing) {
  core_->change([&](Timestamp wall) { core_->state.adopt(firing, wall); });
}

std::uint64_t Outbox::seq() const {
  const std::lock_guard lock(core_->mutex);
  return core_->state.seq();
}

std::vector<std::string> Outbox::open_alerts() const {
  const std::lock_guard lock(core_->mutex);
  return core_->state.open_alerts();
}

std::vector<std::string> Outbox::dropped() const {
  const std::lock_guard lock(core_->mutex);
  return core_->state.dropped();
}

std::vector<SinkHealth> Outbox::health() const {
  const std::lock_guard lock(core_->mutex);
  return core_->state.health();
}

std::optional<Error> Outbox::failure() const {
  const std::lock_guard lock(core_->mutex);
  return core_->failure;
}

}  // namespace ballast
