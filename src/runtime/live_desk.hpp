// LiveDesk: an engine that runs on a clock, on a journal, with everything around it that a desk
// expects.
//
//   any thread        submit(), change(), query()  ->  a bounded inbox
//   the desk's thread inbox -> read -> conflate -> append -> step -> execute -> commit  (a group)
//                     -> acknowledge -> tell observers
//
// Nothing is acknowledged, and no effect leaves, before the group that caused it is durable. A
// failed commit ends the desk: every answer is that error from then on. All functions may be called
// by any thread but those that say otherwise. Callbacks run on the desk's thread and must be quick.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "ports/clock.hpp"
#include "ports/desk_store.hpp"
#include "ports/execution.hpp"
#include "runtime/feed_health.hpp"
#include "runtime/principal.hpp"

namespace ballast {

// ---- events from outside

struct LineOutcome {
  enum class Kind : std::uint8_t {
    applied,
    duplicate,
    refused,    // `code` and `detail` say why
    conflated,  // a price within the interval of another: a later one replaces it, or it is stored
                // when the interval is over
  };
  Kind kind = Kind::applied;
  std::uint64_t seq = 0;  // 0: not stored
  std::string code;
  std::string detail;
};

struct SubmissionOutcome {
  std::vector<LineOutcome> lines;  // as submitted
  std::uint64_t last_seq = 0;      // durable, and so is everything above
  bool replayed = false;           // the key was known, with the same lines
};

/// Events as text, in order.
struct Submission {
  std::vector<std::string> lines;
  Principal by;
  bool atomic = false;  // all can be read and may be posted by `by`, or none is taken
  std::string key;      // Idempotency-Key; empty: none
  /// Errors: conflict (the key with other lines), io (the journal has failed), locked (draining).
  std::function<void(Result<SubmissionOutcome>)> done;
};

// ---- changes by people

/// An event and what the audit says of it; `before` and `after` are JSON.
struct PlannedChange {
  EventBody event;  // a Tick: no event, only the audit record
  std::string action;
  std::string subject;
  std::string before;
  std::string after;
  std::string reason;
};
struct ChangeOutcome {
  std::uint64_t seq = 0;  // 0 in a dry run
  std::uint64_t audit_seq = 0;
  std::string before;
  std::string after;
};

// ---- what others see

struct LatencyFigures {            // seconds of the wall
  std::optional<double> p50, p99;  // of the last minute, if there was anything in it
  std::uint64_t count = 0;         // since the start, and so is `sum`
  double sum = 0.0;
};
struct LiveFigures {
  Timestamp now;  // the desk's clock
  double uptime_seconds = 0.0;
  std::uint64_t last_seq = 0, durable_seq = 0;
  double events_per_second = 0.0;              // over the last ten seconds
  std::size_t queued = 0, queue_capacity = 0;  // submissions
  std::uint64_t conflated = 0;
  LatencyFigures step, commit, acknowledge;
  std::uint64_t journal_bytes = 0;
  bool draining = false;
  std::optional<std::string> failed;  // the journal's last word
  std::optional<std::string> clock_problem;
};

/// Valid during the call that hands it out, on the desk's thread.
struct LiveView {
  const Engine& engine;
  const FeedHealth& feeds;
  LiveFigures figures;
};

struct SeqEffect {
  std::uint64_t seq = 0;  // of the event that caused it
  Effect effect;
};

/// What a durable group changed; each thing once.
struct LiveGroup {
  const LiveView& view;
  std::uint64_t first_seq = 0, last_seq = 0;
  double commit_seconds = 0.0;  // how long making it durable took; 0 of an empty group
  std::span<const FactorId> factors;
  std::span<const PositionId> positions;
  std::span<const std::pair<AccountId, AssetId>> balances;
  std::span<const SeqEffect> effects;  // in order
  std::span<const Event> notable;      // in order: all but prices, trades, depths, time
};

class LiveObserver {
 public:
  virtual ~LiveObserver() = default;
  /// After each group, and at least four times a second when nothing happens (an empty group).
  virtual void on_group(const LiveGroup& group) = 0;
  /// The desk was configured anew: ids and names of before hold no longer.
  virtual void on_reload(const LiveView& view) = 0;
};

// ---- the desk

struct LiveOptions {
  std::size_t queue_capacity = 4096;              // submissions
  std::uint32_t group_max = 8192;                 // events a commit
  Duration tick = Duration::seconds(1);           // a `time` event when nothing else came
  Duration max_ahead = Duration::seconds(5);      // of the clock; later events are refused
  Duration silent_after = Duration::seconds(10);  // a venue
  std::vector<Duration> conflate;                 // by instrument; zero: every price is stored
  std::uint64_t snapshot_every = 100'000;  // events; about so many are replayed after a crash
};

/// What a live desk is made of.
struct DeskParts {
  std::unique_ptr<Engine> engine;
  std::unique_ptr<DeskStore> store;
  std::unique_ptr<Execution> execution;  // may be null: nobody executes
  std::string extra;                     // what save_snapshot() kept, brought up to the last event
  LiveOptions options;
};

class LiveDesk {
 public:
  /// `clock` outlives it. Observers are added before start().
  LiveDesk(DeskParts parts, const Clock& clock);
  LiveDesk(const LiveDesk&) = delete;
  LiveDesk& operator=(const LiveDesk&) = delete;
  ~LiveDesk();  // drains

  void observe(LiveObserver& observer);
  void start();

  /// False when the inbox is full: nothing was taken, `submission` is as it was; try again.
  bool try_submit(Submission& submission);
  /// Waits for room, at most so long; false as above.
  bool submit(Submission& submission, Duration at_most);

  /// `prepare` runs on the desk's thread and sees the engine as it is then; what it plans is
  /// applied in the same turn, with its audit record. In a dry run nothing is applied. `done` is
  /// called once.
  void change(Principal by,
              std::function<Result<PlannedChange>(const LiveView&)> prepare,
              bool dry_run,
              std::function<void(Result<ChangeOutcome>)> done);

  /// `look` runs on the desk's thread, between groups; once the desk has stopped, on the caller's.
  /// Not from a callback.
  void query(std::function<void(const LiveView&)> look);

  /// Replaces engine and store by those that `make` returns (called on the desk's thread, with the
  /// present store closed when it is called); when it fails, those of `fall_back` go on.
  using Remake = std::function<Result<DeskParts>()>;
  void reload(Principal by,
              Remake make,
              Remake fall_back,
              std::string before,
              std::string after,
              std::function<void(Result<std::uint64_t> audit_seq)> done);

  /// Stops taking, finishes what was taken, saves a snapshot, closes. Waits for it.
  Result<void> drain();
  /// Why it stopped by itself; nothing while it runs.
  std::optional<Error> failure() const;

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace ballast
