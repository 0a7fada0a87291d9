// DeskJournal: a desk's events in the SQLite journal, in their text form, with the projections and
// snapshots derived from them. What replay, demo and the live service have in common.
//
//   DeskJournal::open()   the file, locked, recovered from a crash
//   recover(desk)         brings an engine up to the last event: from a snapshot, then by replay
//   append() ... follow() ... commit()
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/codec/codec.hpp"
#include "adapters/store/journal.hpp"
#include "adapters/store/projector.hpp"
#include "base/archive.hpp"
#include "base/state_image.hpp"
#include "engine/engine.hpp"
#include "ports/desk_store.hpp"
#include "runtime/live/receipts.hpp"

namespace ballast {

/// The bytes of a snapshot are readable by the same version only.
extern const char* const engine_version;

/// An event of a journal that the engine refused.
struct JournalRefusal {
  std::uint64_t seq = 0;
  std::string what;
  bool placed = false;  // an input says where it is
  template <class Archive>
  void archive(Archive& ar) {
    ar(seq, what);
  }
};

/// What a snapshot holds. In its image, what the engine does not know is the last block.
struct DeskSnapshot {
  std::vector<JournalRefusal> refusals;  // of events, first to last
  std::string receipts;
  StateImage engine;

  StateImage save() &&;
  static Result<DeskSnapshot> load(StateImage image);
};

/// Who is brought up to a journal's last event.
class Recovering {
 public:
  virtual ~Recovering() = default;
  virtual Engine& engine() = 0;
  /// From an engine's snapshot; when it is unfit, false, and the engine has begun anew.
  virtual bool restore(StateImage image) = 0;
  virtual std::span<const Effect> follow(std::uint64_t seq, const Event& event) = 0;

 protected:
  Recovering() = default;
  Recovering(const Recovering&) = default;
  Recovering& operator=(const Recovering&) = default;
};

class DeskJournal final : public DeskStore {
 public:
  struct Options {
    std::string file;
    bool from_start = false;     // replay all of the journal, not from a snapshot
    bool rebuild = false;        // derive the projections anew
    bool change_desk = false;    // take over a journal that another desk wrote
    std::uint32_t group = 1024;  // events a commit, for commit_if_due()
    std::uint64_t resave = 0;    // after a replay of so many events save a snapshot; 0: never
  };
  /// The engines that follow must be of this desk.
  static Result<std::unique_ptr<DeskJournal>> open(const Desk& desk, Options options);

  /// Once, before anything is appended. Its engine outlives this and keeps its address.
  Result<void> recover(Recovering& desk);

  Result<void> read(std::string_view text, Event& out) override;
  Result<std::uint64_t> append(const Event& event) override;
  void follow(std::uint64_t seq, const Event& event, std::span<const Effect> effects) override;
  Result<std::uint64_t> commit() override;
  /// By count or by time.
  Result<void> commit_if_due();
  std::uint64_t last_seq() const override { return journal_->last_seq(); }
  std::uint64_t durable_seq() const override { return journal_->durable_seq(); }
  Result<void> save_snapshot(std::string_view receipts) override;
  Result<void> begin_snapshot(std::string_view receipts) override;
  bool snapshot_underway() const override { return journal_->snapshot_underway(); }
  std::uint64_t bytes() const override;
  /// Commits what is open and lets go of the file, telling errors.
  Result<void> close();

  /// Up to the last event.
  const Receipts& receipts() const { return receipts_; }
  std::vector<JournalRefusal>& refusals() { return refusals_; }
  const std::vector<JournalRefusal>& refusals() const { return refusals_; }

  static constexpr std::size_t listed_max = 100;  // refusals; the rest are counted only

 private:
  explicit DeskJournal(Options options) : options_(std::move(options)) {}
  Result<void> replay(Recovering& desk, std::uint64_t from, bool rebuild);
  StateImage snapshot(std::string_view receipts);
  void put_open();
  void remember(std::uint64_t seq, const Event& event, std::span<const Effect> effects);

  Options options_;
  std::unique_ptr<SqliteJournal> journal_;
  Engine* engine_ = nullptr;
  std::unique_ptr<EventReader> reader_;
  std::unique_ptr<EventWriter> writer_;
  std::unique_ptr<Projector> projector_;
  std::vector<JournalRefusal> refusals_;
  Receipts receipts_;
  std::string line_;
  Event reread_;
};

/// Tells of each refusal among a step's effects: the event, and why.
template <class Fn>
void for_refusals(const Event& event, std::span<const Effect> effects, const Fn& tell) {
  for (const Effect& effect : effects) {
    const auto* refused = std::get_if<Refused>(&effect.body);
    if (refused == nullptr) continue;
    std::string what(event.type());
    if (!refused->id.empty()) what += " " + refused->id.str();
    tell(what + " refused: " + std::string(refusal_text(refused->why)));
  }
}

}  // namespace ballast
