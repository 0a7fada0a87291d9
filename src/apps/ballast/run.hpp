// What replay, report, explain and demo share: a desk, an engine, and events going through it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/codec/codec.hpp"
#include "adapters/store/known_events.hpp"
#include "apps/ballast/console.hpp"
#include "apps/ballast/desk_journal.hpp"
#include "apps/ballast/verb.hpp"
#include "engine/engine.hpp"
#include "ports/event_source.hpp"
#include "runtime/recorder.hpp"

namespace ballast {

/// The desk of a TOML file; problems, warnings too, go to standard error.
Result<Desk> read_desk(const std::string& path);

/// An engine that may keep a journal. Events go through one at a time: into the journal, through
/// the engine, into the projections; a group is durable at the latest when finish() returns.
class Run final : private Recovering {
 public:
  struct Options {
    EngineOptions engine;
    std::optional<std::string> journal;  // file
    bool from_start = false;             // replay all of the journal, not from a snapshot
    bool rebuild = false;                // derive the projections anew
    bool change_desk = false;            // take over a journal that another desk wrote
    bool go_on = false;                  // pass over fed events that the journal holds already
    std::uint32_t group = 1024;          // events a commit
  };

  static Result<std::unique_ptr<Run>> open(Desk desk, Options options);

  /// `source` says where the event is from in messages about a refusal; may be null.
  Result<void> feed(const Event& event, const EventSource* source);
  /// What the last fed event led to; valid until the next is fed.
  std::span<const Effect> effects() const { return effects_; }
  /// Steps an event that a journal holds.
  std::span<const Effect> follow(std::uint64_t seq, const Event& event) override;
  /// Begins with a snapshot; false, and at the beginning, if it is unfit.
  bool begin_with(StateImage snapshot);
  /// Commits what is open, stores a snapshot, closes the journal.
  Result<void> finish();
  /// An event that could not be read: counted and listed like one that the engine refused.
  void refuse_input(const std::string& where, const Error& error);

  Engine& engine() override { return *engine_; }
  Recorder& recorder() { return *recorder_; }
  /// Events that the journal held before.
  std::uint64_t recovered() const { return recovered_; }
  /// Fed events that were among them.
  std::uint64_t passed_over() const { return passed_over_; }
  /// Fed events that were not.
  std::uint64_t added() const { return added_; }
  std::uint64_t refused() const { return engine_->counts().refused + unread_; }
  /// The engine's report, with charts, unread input and refusals in it.
  Report report() const;

 private:
  Run(Desk desk, Options options);
  void begin(Desk desk);
  bool restore(StateImage image) override;
  Result<void> recover();
  /// The event's number when it is stored or was already; absent: it was, and there is no more to
  /// do.
  Result<std::optional<std::uint64_t>> store(const Event& event, const EventSource* source);
  void list(std::string line);

  Options options_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<EventWriter> writer_;
  std::unique_ptr<DeskJournal> journal_;
  std::optional<KnownEvents> known_;
  std::string line_;
  std::span<const Effect> effects_;  // of the last fed event
  std::uint64_t recovered_ = 0;
  std::uint64_t passed_over_ = 0;
  std::uint64_t added_ = 0;
  std::uint64_t unread_ = 0;
  std::vector<JournalRefusal> refusals_read_;  // of a journal that is only read
  std::size_t placed_ = 0;                     // of the journal's, while events are passed over
  std::vector<std::string> refusals_;          // of the inputs
};

}  // namespace ballast
