#include "apps/ballast/service.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <mutex>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "adapters/config/config.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/desk_journal.hpp"
#include "apps/ballast/line_feed.hpp"
#include "apps/ballast/service_part.hpp"
#include "apps/ballast/stop_signals.hpp"
#include "base/hash.hpp"
#include "runtime/live_desk.hpp"

namespace ballast {
namespace {

/// After a replay of so many events a restart saves a snapshot, so that the next is quicker.
constexpr std::uint64_t resave_after = 100'000;

/// An engine on its way to its journal's last event.
class Recovery final : public Recovering {
 public:
  explicit Recovery(Desk desk) { begin(std::move(desk)); }

  Engine& engine() override { return *engine_; }
  bool restore(std::string_view engine_bytes) override {
    const auto restored = engine_->restore(engine_bytes);
    if (restored) return true;
    complain(restored.error().what);
    begin(Desk(engine_->desk()));
    return false;
  }
  std::span<const Effect> follow(std::uint64_t /*seq*/, const Event& event) override {
    return engine_->step(event);
  }
  std::unique_ptr<Engine> take() { return std::move(engine_); }

 private:
  void begin(Desk desk) {
    EngineOptions options;
    options.keep_hours = true;  // for the journal's tables
    engine_ = std::make_unique<Engine>(std::move(desk), options);
  }
  std::unique_ptr<Engine> engine_;
};

LiveOptions live_options(const ServiceConfig& config) {
  LiveOptions options;
  options.queue_capacity = config.queue;
  options.tick = config.tick;
  options.max_ahead = config.max_ahead;
  options.silent_after = config.silent_after;
  options.conflate = config.conflate;
  return options;
}

Result<DeskParts> open_parts(const ServicePlan& plan,
                             const Configured& configured,
                             bool change_desk) {
  Recovery recovery(configured.desk);
  BALLAST_TRY(journal, DeskJournal::open(configured.desk, {.file = plan.journal,
                                                           .change_desk = change_desk,
                                                           .resave = resave_after}));
  BALLAST_CHECK(journal->recover(recovery));
  DeskParts parts;
  parts.extra = journal->receipts().save();
  parts.engine = recovery.take();
  parts.store = std::move(journal);
  parts.options = live_options(configured.service);
  if (plan.execute) {
    BALLAST_TRY(execution, plan.execute(*parts.engine));
    parts.execution = std::move(execution);
  }
  return parts;
}

/// Which configuration it is, for the audit.
std::string identity(const Configured& configured) {
  return fmt::format(R"({{"file":"{}","hash":"{:016x}"}})", configured.file,
                     hash_bytes(configured.text));
}

/// The configuration that is in force, and how another one comes into force.
class Reloading {
 public:
  Reloading(const ServicePlan& plan, Configured configured)
      : plan_(plan), configured_(std::make_shared<const Configured>(std::move(configured))) {}

  std::shared_ptr<const Configured> configured() const {
    const std::lock_guard lock(mutex_);
    return configured_;
  }

  /// All or nothing: what is wrong with the file, or with the journal under it, changes nothing.
  void reload(LiveDesk& desk, const Principal& by, std::function<void(Result<void>)> done) {
    auto read = plan_.configure();
    if (!read) return done(tl::unexpected(read.error()));
    const auto next = std::make_shared<const Configured>(std::move(*read));
    const auto before = configured();
    desk.reload(
        by, [this, next] { return open_parts(plan_, *next, true); },
        [this, before] { return open_parts(plan_, *before, true); }, identity(*before),
        identity(*next),
        [this, next, done = std::move(done)](const Result<void>& reloaded) {
          if (reloaded) {
            const std::lock_guard lock(mutex_);
            configured_ = next;
          }
          done(reloaded);
        });
  }

 private:
  const ServicePlan& plan_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Configured> configured_;
};

/// What works beside the desk, in the order in which it starts.
std::vector<std::unique_ptr<ServicePart>> make_parts(const ServicePlan& plan,
                                                     const Receipts& receipts,
                                                     LiveDesk& desk) {
  std::vector<std::unique_ptr<ServicePart>> parts;
  for (const std::string& path : plan.follow) {
    if (path == "-") {
      parts.push_back(std::make_unique<StandardInput>(desk));
    } else {
      parts.push_back(std::make_unique<FileFollower>(
          desk, path, receipts.last_key(FileFollower::name_of(path))));
    }
  }
  return parts;
}

void say_reloaded(const Result<void>& reloaded) {
  complain(reloaded ? "the configuration was read again, and is in force"
                    : "the configuration stays as it was: " + reloaded.error().what);
}

/// Until somebody wants it to stop, or it has stopped.
void wait(StopSignals& signals, LiveDesk& desk, Reloading& reloading) {
  while (!desk.failure()) {
    switch (signals.wait(Duration::milliseconds(200))) {
      case StopSignals::Heard::stop:
        complain("stopping: what was taken is finished");
        return;
      case StopSignals::Heard::reload:
        reloading.reload(desk, {"signal", Role::admin}, say_reloaded);
        break;
      case StopSignals::Heard::nothing:
        break;
    }
  }
}

Exit failed(const Error& error, Exit otherwise) {
  complain(error.what);
  return error.code == Errc::corrupt ? Exit::journal_damaged : otherwise;
}

}  // namespace

Result<Configured> read_configuration(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!(file && text << file.rdbuf()))
    return fail(Errc::io, fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  Configured configured{path, text.str(), {}, {}};
  BALLAST_TRY(desk, load_desk(configured.text, path));
  BALLAST_TRY(service, load_service(configured.text, path));
  configured.desk = std::move(desk);
  configured.service = std::move(service);
  return configured;
}

Exit serve(const ServicePlan& plan) {
  StopSignals signals(plan.quit_on_key);
  auto configured = plan.configure();
  if (!configured) {
    const bool unread = configured.error().code == Errc::io;
    return failed(configured.error(), unread ? Exit::failed : Exit::bad_configuration);
  }
  auto opened = open_parts(plan, *configured, plan.change_desk);
  if (!opened) return failed(opened.error(), Exit::failed);
  const auto receipts = Receipts::load(opened->extra);
  if (!receipts) return failed(receipts.error(), Exit::failed);
  const auto clock = plan.clock(*opened->engine);
  const std::uint64_t last = opened->store->last_seq();
  Reloading reloading(plan, std::move(*configured));

  LiveDesk desk(std::move(*opened), *clock);
  const auto parts = make_parts(plan, *receipts, desk);
  desk.start();
  Result<void> started;
  for (const auto& part : parts) {
    if (started) started = part->start();
  }
  if (started) {
    complain(fmt::format("desk \"{}\" runs on {} from event {} on",
                         reloading.configured()->desk.name, plan.journal, last + 1));
    wait(signals, desk, reloading);
  } else {
    complain(started.error().what);
  }
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    (*part)->stop();
  const auto failure = desk.failure();
  const auto drained = desk.drain();
  if (failure || !drained) return failed(failure ? *failure : drained.error(), Exit::failed);
  return started ? Exit::fine : Exit::failed;
}

}  // namespace ballast
