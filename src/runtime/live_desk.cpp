#include "runtime/live_desk.hpp"

#include <mutex>
#include <thread>
#include <utility>

#include "runtime/live/desk_core.hpp"
#include "runtime/live/inbox.hpp"

namespace ballast {

struct LiveDesk::Core {
  Core(DeskParts parts, const Clock& clock)
      : inbox(parts.options.queue_capacity),
        desk(std::move(parts), clock, [this] { return inbox.queued(); }) {}

  void run();
  void publish();
  /// Why nothing is taken any more.
  Error closed() const;
  Result<void> drain();

  Inbox inbox;
  DeskCore desk;  // the desk's thread's, until it has ended
  std::thread thread;

  mutable std::mutex mutex;  // of what follows
  std::optional<Error> failure;
  std::mutex after;  // held by whoever stops the desk, or looks at it once it has stopped
  std::optional<Result<void>> ended;
};

/// The desk's thread.
void LiveDesk::Core::run() {
  for (;;) {
    const bool closed = inbox.closed();  // before taking: what is put in until then is taken
    std::vector<Task> tasks = inbox.take(desk.group_max(), WallClock::now() + desk.rest());
    if (closed) desk.drain();
    if (closed && tasks.empty()) return;
    desk.turn(std::move(tasks));
    publish();
  }
}

void LiveDesk::Core::publish() {
  if (!desk.failure()) return;
  const std::lock_guard lock(mutex);
  failure = desk.failure();
}

Error LiveDesk::Core::closed() const {
  const std::lock_guard lock(mutex);
  if (failure) return {Errc::io, "the desk has stopped: " + failure->what};
  return {Errc::locked, "the desk is stopping, and takes nothing any more"};
}

Result<void> LiveDesk::Core::drain() {
  const std::lock_guard lock(after);
  if (ended) return *ended;
  inbox.close();
  if (thread.joinable()) {
    thread.join();
  } else {
    run();  // it was never started
  }
  ended = desk.finish();
  publish();
  return *ended;
}

LiveDesk::LiveDesk(DeskParts parts, const Clock& clock)
    : core_(std::make_unique<Core>(std::move(parts), clock)) {}

LiveDesk::~LiveDesk() { (void)drain(); }

void LiveDesk::observe(LiveObserver& observer) { core_->desk.observe(observer); }

void LiveDesk::start() {
  core_->thread = std::thread([core = core_.get()] { core->run(); });
}

bool LiveDesk::try_submit(Submission& submission) {
  const auto put = core_->inbox.put(submission);
  if (put == Inbox::Put::closed) submission.done(tl::unexpected(core_->closed()));
  return put != Inbox::Put::full;
}

bool LiveDesk::submit(Submission& submission, Duration at_most) {
  const auto put = core_->inbox.put(submission, at_most);
  if (put == Inbox::Put::closed) submission.done(tl::unexpected(core_->closed()));
  return put != Inbox::Put::full;
}

void LiveDesk::change(Principal by,
                      std::function<Result<PlannedChange>(const LiveView&)> prepare,
                      bool dry_run,
                      std::function<void(Result<ChangeOutcome>)> done) {
  Task task{ChangeTask{std::move(by), std::move(prepare), dry_run, std::move(done)}, {}};
  if (!core_->inbox.put(task))
    std::get<ChangeTask>(task.what).done(tl::unexpected(core_->closed()));
}

void LiveDesk::query(std::function<void(const LiveView&)> look) {
  Task task{QueryTask{std::move(look)}, {}};
  if (core_->inbox.put(task)) return;
  (void)drain();  // wait until the thread has let go of the desk
  const std::lock_guard lock(core_->after);
  core_->desk.look(std::get<QueryTask>(task.what).look);
}

void LiveDesk::reload(Principal by,
                      Remake make,
                      Remake fall_back,
                      std::string before,
                      std::string after,
                      std::function<void(Result<std::uint64_t>)> done) {
  Task task{ReloadTask{std::move(by), std::move(make), std::move(fall_back), std::move(before),
                       std::move(after), std::move(done)},
            {}};
  if (!core_->inbox.put(task))
    std::get<ReloadTask>(task.what).done(tl::unexpected(core_->closed()));
}

Result<void> LiveDesk::drain() { return core_->drain(); }

std::optional<Error> LiveDesk::failure() const {
  const std::lock_guard lock(core_->mutex);
  return core_->failure;
}

}  // namespace ballast
