// The fills of every position in (time, id, leg) order, and the accounting state along the way.
//
// Records link backwards in that order; every 256th has a checkpoint of the state behind it. A fill
// at the end costs one step; a late fill, a correction or a bust replays from the nearest earlier
// checkpoint. Work is planned first, which may fail, and then committed, which cannot: a refusal
// leaves no trace. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "book/contract_value.hpp"
#include "book/corrections.hpp"
#include "book/position.hpp"
#include "book/record.hpp"
#include "book/record_store.hpp"

namespace ballast {

class FillHistory {
 public:
  /// What a position would be after the fill, correction or bust that was planned last.
  struct Plan {
    AverageCost state;
    bool late = false;
  };

  /// Hints the memory system that a fill of the position is about to be planned.
  void prefetch(PositionId position) const {
    if (position.index() < trails_.size()) __builtin_prefetch(&trails_[position.index()]);
  }
  /// Whether a new fill would stand behind all others of its position (which may be new as well).
  bool newest(PositionId position, const Record& fill) const;
  /// Plans a new fill. `now` is the position's state, `at_end` what newest() said. Nothing on
  /// overflow.
  std::optional<Plan> plan_fill(PositionId position,
                                const AverageCost& now,
                                const Contract& contract,
                                const Record& fill,
                                bool at_end);
  /// Appends the planned fill's record and takes its place in order. Returns the record's offset.
  std::uint32_t commit_fill(PositionId position, const Record& fill);

  /// Plans other terms for a known fill, or none at all: a bust.
  std::optional<Plan> plan_change(PositionId position,
                                  const Contract& contract,
                                  std::uint32_t offset,
                                  const FillTerms* terms);
  void commit_correction(PositionId position, std::uint32_t offset, const Amendment& amendment);
  /// Keeps a correction that changes nothing now, but may once others are known.
  void remember(std::uint32_t offset, const Amendment& amendment);
  void commit_bust(PositionId position, std::uint32_t offset);

  /// The offsets of a position's records, in order.
  std::vector<std::uint32_t> in_order(PositionId position) const;
  /// fn(offset) from the latest record back, while it says true.
  template <class Fn>
  void visit_backwards(PositionId position, Fn&& fn) const {
    if (position.index() >= trails_.size()) return;
    std::uint32_t at = trails_[position.index()].last;
    while (at != none && fn(at))
      at = record_previous(records_.at(at));
  }
  /// The time of the latest record in order; nothing when there is none.
  std::optional<Timestamp> last_time(PositionId position) const;
  FillTerms terms(std::uint32_t offset, const Record& record) const {
    return corrections_.terms(offset, record);
  }

  RecordStore& records() { return records_; }
  const RecordStore& records() const { return records_; }
  const Corrections& corrections() const { return corrections_; }
  std::size_t memory_bytes() const;  // beside the records

  template <class Archive>
  void archive(Archive& ar) {
    ar(records_, corrections_, trails_);
  }

 private:
  static constexpr std::uint32_t none = RecordStore::none;
  static constexpr std::uint32_t checkpoint_every = 256;

  struct Checkpoint {
    std::uint32_t record = none;
    AverageCost state;  // after it
    template <class Archive>
    void archive(Archive& ar) {
      ar(record, state);
    }
  };
  struct Trail {
    std::uint32_t last = none;
    std::uint32_t since_checkpoint = 0;  // records after the last checkpoint
    Timestamp last_time{};
    std::vector<Checkpoint> checkpoints;
    template <class Archive>
    void archive(Archive& ar) {
      ar(last, since_checkpoint, last_time, checkpoints);
    }
  };

  /// The one step of a replay that differs from what the records say.
  struct Instead {
    std::uint32_t offset = none;  // `none`: the new fill
    Timestamp t{};
    const FillTerms* terms = nullptr;  // absent: it counts for nothing
  };
  friend class HistoryCheck;
  bool before(std::uint32_t offset, const Record& record) const;
  void gather(const Trail& trail, const Record& from);
  std::optional<Plan> replay(const Trail& trail, const Contract& contract, const Instead& instead);
  void adopt_checkpoints(Trail& trail);

  RecordStore records_;
  Corrections corrections_;
  std::vector<Trail> trails_;  // by position

  // The plan, reused from call to call.
  Plan plan_;
  std::size_t kept_checkpoints_ = 0;         // of the trail: those before what changes
  std::uint32_t predecessor_ = none;         // of steps_.front()
  std::size_t insert_at_ = 0;                // where a new fill goes among steps_
  std::vector<std::uint32_t> steps_;         // records to replay, in order; `none` is the new fill
  std::vector<Checkpoint> new_checkpoints_;  // along steps_
  std::uint32_t steps_since_checkpoint_ = 0;
};

}  // namespace ballast
