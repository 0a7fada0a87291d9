#include "apps/ballast/service.hpp"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "adapters/api/routes/live_paths.hpp"
#include "adapters/config/alert_config.hpp"
#include "adapters/config/config.hpp"
#include "adapters/systemd/notify.hpp"
#include "apps/ballast/alerts_out.hpp"
#include "apps/ballast/configuration_changes.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/desk_journal.hpp"
#include "apps/ballast/line_feed.hpp"
#include "apps/ballast/paths_file.hpp"
#include "apps/ballast/service_api.hpp"
#include "apps/ballast/service_part.hpp"
#include "apps/ballast/stop_signals.hpp"
#include "apps/ballast/system_clock.hpp"
#include "base/hash.hpp"
#include "json/json_writer.hpp"
#include "runtime/live_desk.hpp"

namespace ballast {
namespace {

/// After a replay of so many events a restart saves a snapshot, so that the next is quicker.
constexpr std::uint64_t resave_after = 100'000;
/// For what a desk that has stopped still has to tell.
constexpr Duration last_words = Duration::seconds(1);

/// What else hears of a replayed event.
using Replayed =
    std::function<void(const Engine&, std::uint64_t seq, std::span<const Effect> effects)>;

/// An engine on its way to its journal's last event.
class Recovery final : public Recovering {
 public:
  Recovery(Desk desk, Replayed replayed) : replayed_(std::move(replayed)) {
    begin(std::move(desk));
  }

  Engine& engine() override { return *engine_; }
  bool restore(StateImage image) override {
    const auto restored = engine_->restore(image);
    if (restored) return true;
    complain(restored.error().what);
    begin(Desk(engine_->desk()));
    return false;
  }
  std::span<const Effect> follow(std::uint64_t seq, const Event& event) override {
    const auto effects = engine_->step(event);
    if (replayed_) replayed_(*engine_, seq, effects);
    return effects;
  }
  std::unique_ptr<Engine> take() { return std::move(engine_); }

 private:
  void begin(Desk desk) {
    EngineOptions options;
    options.keep_hours = true;  // for the journal's tables
    engine_ = std::make_unique<Engine>(std::move(desk), options);
  }
  std::unique_ptr<Engine> engine_;
  Replayed replayed_;
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

Result<std::unique_ptr<DeskJournal>> open_journal(const ServicePlan& plan,
                                                  const Configured& configured,
                                                  bool change_desk) {
  return DeskJournal::open(
      configured.desk, {.file = plan.journal, .change_desk = change_desk, .resave = resave_after});
}

/// An engine at the journal's end, and what it runs on.
Result<DeskParts> recover(const ServicePlan& plan,
                          const Configured& configured,
                          std::unique_ptr<DeskJournal> journal,
                          Replayed replayed) {
  Recovery recovery(configured.desk, std::move(replayed));
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
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("file").value(configured.file);
  out.key("hash").value(fmt::format("{:016x}", hash_bytes(configured.text)));
  out.end_object();
  return out.text();
}

std::string folder_of(const Configured& configured) {
  return std::filesystem::path(configured.file).parent_path().string();
}

/// The configuration that is in force, and how another one comes into force.
class Reloading {
 public:
  Reloading(const ServicePlan& plan, Configured configured, AlertsOut& alerts)
      : plan_(plan),
        alerts_(alerts),
        configured_(std::make_shared<const Configured>(std::move(configured))) {}

  std::shared_ptr<const Configured> configured() const {
    const std::lock_guard lock(mutex_);
    return configured_;
  }

  struct Reloaded {
    std::vector<std::string> changed;  // in words
    std::uint64_t audit_seq = 0;       // 0: nothing was done
  };
  struct Refused {
    Error error;
    bool underway = false;  // nothing is wrong with it: another reload has not ended
  };
  using Outcome = tl::expected<Reloaded, Refused>;
  using Done = std::function<void(Outcome)>;
  /// All or nothing: what is wrong with the file, or with the journal under it, changes nothing.
  /// One at a time. Any thread.
  void reload(LiveDesk& desk, const Principal& by, bool dry_run, Done done) {
    if (underway_.exchange(true)) {
      return done(tl::unexpected(
          Refused{{Errc::conflict, "the configuration is being read again already: wait"}, true}));
    }
    reload_alone(desk, by, dry_run, [this, done = std::move(done)](Result<Reloaded> reloaded) {
      underway_ = false;
      if (!reloaded) return done(tl::unexpected(Refused{std::move(reloaded).error()}));
      done(*std::move(reloaded));
    });
  }
  bool underway() const { return underway_; }

 private:
  void reload_alone(LiveDesk& desk,
                    const Principal& by,
                    bool dry_run,
                    std::function<void(Result<Reloaded>)> done) {
    auto read = plan_.configure();
    if (!read) return done(tl::unexpected(read.error()));
    const auto next = std::make_shared<const Configured>(std::move(*read));
    const auto before = configured();
    auto changed = configuration_changes(before->text, next->text);
    if (dry_run || changed.empty()) return done(Reloaded{std::move(changed), 0});
    auto opened = open_sinks(next->alerts, folder_of(*next));
    if (!opened) return done(tl::unexpected(std::move(opened).error()));
    const auto make = [this, next, sinks = std::make_shared<OpenSinks>(std::move(*opened))] {
      auto parts = remade(*next);
      if (parts) alerts_.reconfigure(next->alerts, std::move(*sinks));
      return parts;
    };
    desk.reload(
        by, make, [this, before] { return remade(*before); }, identity(*before), identity(*next),
        [this, next, changed = std::move(changed),
         done = std::move(done)](const Result<std::uint64_t>& audit_seq) {
          if (!audit_seq) return done(tl::unexpected(audit_seq.error()));
          {
            const std::lock_guard lock(mutex_);
            configured_ = next;
          }
          done(Reloaded{changed, *audit_seq});
        });
  }
  Result<DeskParts> remade(const Configured& configured) {
    BALLAST_TRY(journal, open_journal(plan_, configured, true));
    return recover(plan_, configured, std::move(journal), nullptr);
  }

  const ServicePlan& plan_;
  AlertsOut& alerts_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Configured> configured_;
  std::atomic<bool> underway_{false};
};

/// When the desk's thread last told how it is, which it does several times a second.
class Pulse final : public LiveObserver {
 public:
  void on_group(const LiveGroup& /*group*/) override { felt_ = monotonic_seconds(); }
  void on_reload(const LiveView& /*view*/) override { felt_ = monotonic_seconds(); }
  bool felt_within(double seconds) const { return monotonic_seconds() - felt_ <= seconds; }

 private:
  std::atomic<double> felt_{monotonic_seconds()};
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

void say_reloaded(const Reloading::Outcome& reloaded) {
  if (!reloaded)
    return complain("the configuration stays as it was: " + reloaded.error().error.what);
  complain(reloaded->changed.empty() ? "the configuration was read again; nothing in it is new"
                                     : "the configuration was read again, and is in force:");
  for (const std::string& change : reloaded->changed)
    complain("  " + change);
}

/// The API's words for the same.
void answer_reload(
    Reloading& reloading,
    LiveDesk& desk,
    const Principal& by,
    bool dry_run,
    const std::function<void(tl::expected<api::ReloadOutcome, api::ReloadRefusal>)>& done) {
  reloading.reload(desk, by, dry_run, [done](const Reloading::Outcome& reloaded) {
    if (reloaded) return done(api::ReloadOutcome{reloaded->changed, reloaded->audit_seq});
    api::ReloadRefusal refusal;
    refusal.underway = reloaded.error().underway;
    std::istringstream lines(reloaded.error().error.what);
    for (std::string line; std::getline(lines, line);)
      refusal.problems.push_back(line);
    done(tl::unexpected(std::move(refusal)));
  });
}

/// The API, where there is an address to listen on.
Result<std::unique_ptr<ServiceApi>> make_api(const ServicePlan& plan,
                                             const Clock& clock,
                                             Reloading& reloading,
                                             AlertsOut& alerts,
                                             LiveDesk& desk,
                                             api::LivePaths& paths) {
  ServiceApi::Options options;
  const auto configured = reloading.configured();
  options.service = configured->service;
  if (plan.listen) {
    options.listen = *plan.listen;
  } else if (!configured->service.listen.empty()) {
    BALLAST_TRY(listen, parse_listen(configured->service.listen));
    options.listen = listen;
  } else {
    return std::unique_ptr<ServiceApi>();
  }
  options.no_auth = plan.no_auth;
  options.journal = plan.journal;
  options.clock = &clock;
  options.mode = plan.simulated ? "simulated" : "live";
  options.config = [&reloading]() -> std::optional<api::ConfigFacts> {
    const auto now = reloading.configured();
    return api::ConfigFacts{now->file, now->sha256, now->loaded};
  };
  options.reload = [&reloading, &desk](const Principal& by, bool dry_run, const auto& done) {
    answer_reload(reloading, desk, by, dry_run, done);
  };
  options.sinks = [&alerts] { return alerts.health(); };
  return ServiceApi::create(std::move(options), desk, paths);
}

void say(const Result<void>& said) {
  if (!said) complain(said.error().what);
}

double seconds_of(Duration duration) { return static_cast<double>(duration.ns) * 1e-9; }

/// Says what is wrong with the outbox, once, and what waited for sinks that are gone.
class OutboxLog {
 public:
  explicit OutboxLog(const AlertsOut& alerts) : alerts_(alerts) {}

  void look() {
    const auto failure = alerts_.failure();
    const std::string said = failure ? failure->what : "";
    if (said != said_ && failure) complain("alerts may not go out: " + said);
    said_ = said;
    auto dropped = alerts_.dropped();
    if (dropped == dropped_) return;
    for (const std::string& what : dropped)
      complain(what);
    dropped_ = std::move(dropped);
  }

 private:
  const AlertsOut& alerts_;
  std::string said_;
  std::vector<std::string> dropped_;  // by the last configuration
};

/// Until somebody wants it to stop, or it has stopped.
void wait(StopSignals& signals,
          LiveDesk& desk,
          const Pulse& pulse,
          Reloading& reloading,
          OutboxLog& outbox,
          const systemd::Notifier& notifier) {
  constexpr double hung = 10.0;
  double said_alive = monotonic_seconds();
  while (!desk.failure()) {
    outbox.look();
    const auto alive_every = notifier.alive_every();
    const bool alive = pulse.felt_within(hung) || reloading.underway();
    if (alive && alive_every && monotonic_seconds() - said_alive >= seconds_of(*alive_every)) {
      say(notifier.alive());
      said_alive = monotonic_seconds();
    }
    switch (signals.wait(Duration::milliseconds(200))) {
      case StopSignals::Heard::stop:
        complain("stopping: what was taken is finished");
        return;
      case StopSignals::Heard::reload:
        say(notifier.reloading());
        reloading.reload(desk, {"signal", Role::admin}, false, [&notifier](const auto& reloaded) {
          say_reloaded(reloaded);
          say(notifier.ready(reloaded ? "reloaded" : "runs on as before: reloading failed"));
        });
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
  BALLAST_TRY(text, read_file(path));
  Configured configured;
  configured.file = path;
  configured.text = std::move(text);
  configured.sha256 = sha256_text(configured.text);
  configured.loaded = SystemClock().now();
  BALLAST_TRY(desk, load_desk(configured.text, path));
  BALLAST_TRY(service, load_service(configured.text, path));
  BALLAST_TRY(alerts, load_alert_settings(configured.text, path));
  configured.desk = std::move(desk);
  configured.service = std::move(service);
  configured.alerts = std::move(alerts);
  return configured;
}

Exit serve(const ServicePlan& plan) {
  auto configured = plan.configure();
  if (!configured) {
    const bool unread = configured.error().code == Errc::io;
    return failed(configured.error(), unread ? Exit::failed : Exit::bad_configuration);
  }
  const auto notifier = systemd::Notifier::from_environment();
  if (!notifier) return failed(notifier.error(), Exit::failed);
  auto journal = open_journal(plan, *configured, plan.change_desk);
  if (!journal) return failed(journal.error(), Exit::failed);
  const std::uint64_t last = (*journal)->last_seq();
  auto alerts = AlertsOut::open(configured->alerts, {.desk = configured->desk.name,
                                                     .folder = folder_of(*configured),
                                                     .journal = plan.journal,
                                                     .journal_seq = last});
  if (!alerts) {  // damage of the outbox is none of the journal's
    complain(alerts.error().what);
    return alerts.error().code == Errc::bad_input ? Exit::bad_configuration : Exit::failed;
  }

  PathsFile paths(plan.journal + ".paths");
  auto parts =
      recover(plan, *configured, std::move(*journal),
              [&](const Engine& engine, std::uint64_t seq, std::span<const Effect> effects) {
                (*alerts)->feed().replayed(engine, seq, effects);
                paths.paths().replayed(engine);
              });
  if (!parts) return failed(parts.error(), Exit::failed);
  paths.paths().resume(*parts->engine);
  if (parts->engine->started()) {
    (*alerts)->feed().reconcile(*parts->engine, parts->engine->now());
  }
  const auto receipts = Receipts::load(parts->extra);
  if (!receipts) return failed(receipts.error(), Exit::failed);
  const auto clock = plan.clock(*parts->engine);
  Reloading reloading(plan, std::move(*configured), **alerts);

  StopSignals signals(plan.quit_on_key);  // until here nothing was taken: whoever stops it may
  LiveDesk desk(std::move(*parts), *clock);
  desk.observe((*alerts)->feed());
  Pulse pulse;
  desk.observe(pulse);
  OutboxLog outbox(**alerts);
  const auto feeds = make_parts(plan, *receipts, desk);
  const auto api = make_api(plan, *clock, reloading, **alerts, desk, paths.paths());
  if (!api) {
    const bool asked_wrongly = api.error().code == Errc::bad_input;
    return failed(api.error(), asked_wrongly ? Exit::bad_configuration : Exit::failed);
  }
  desk.start();
  (*alerts)->start();
  Result<void> started;
  if (*api) started = (*api)->start();
  for (const auto& feed : feeds) {
    if (started) started = feed->start();
  }
  if (started) {
    complain(fmt::format("desk \"{}\" runs on {} from event {} on",
                         reloading.configured()->desk.name, plan.journal, last + 1));
    say(notifier->ready("runs"));
    wait(signals, desk, pulse, reloading, outbox, *notifier);
    say(notifier->stopping("finishes what was taken"));
  } else {
    complain(started.error().what);
  }
  for (auto feed = feeds.rbegin(); feed != feeds.rend(); ++feed)
    (*feed)->stop();
  if (*api) (*api)->stop();
  const auto failure = desk.failure();
  const auto drained = desk.drain();
  (*alerts)->stop(last_words);
  if (!failure) say(paths.save());
  if (failure || !drained) return failed(failure ? *failure : drained.error(), Exit::failed);
  return started ? Exit::fine : Exit::failed;
}

}  // namespace ballast
