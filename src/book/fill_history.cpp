#include "book/fill_history.hpp"

#include <algorithm>
#include <compare>
#include <utility>

#include "base/contract.hpp"

namespace ballast {

/// Whether the record at `offset` stands before `record` in (time, id, leg) order.
bool FillHistory::before(std::uint32_t offset, const Record& record) const {
  const Timestamp t = record_time(records_.at(offset));
  if (t != record.t) return t < record.t;
  const Record other = records_.read(offset);
  const auto by_id = compare_ids(other.id.text().view(), record.id.text().view());
  return by_id != 0 ? by_id < 0 : other.leg < record.leg;
}

/// Fills steps_ with the records behind the last checkpoint that stands before `from`, and finds
/// where `from` belongs among them.
void FillHistory::gather(const Trail& trail, const Record& from) {
  const auto kept_end =
      std::partition_point(trail.checkpoints.begin(), trail.checkpoints.end(),
                           [&](const Checkpoint& c) { return before(c.record, from); });
  kept_checkpoints_ = static_cast<std::size_t>(kept_end - trail.checkpoints.begin());
  predecessor_ = kept_checkpoints_ == 0 ? none : trail.checkpoints[kept_checkpoints_ - 1].record;

  steps_.clear();
  std::optional<std::size_t> behind;  // how many steps stand behind `from`
  for (std::uint32_t at = trail.last; at != predecessor_; at = record_previous(records_.at(at))) {
    if (!behind && before(at, from)) behind = steps_.size();
    steps_.push_back(at);
  }
  std::reverse(steps_.begin(), steps_.end());
  insert_at_ = steps_.size() - behind.value_or(steps_.size());
}

std::optional<FillHistory::Plan> FillHistory::replay(const Trail& trail,
                                                     const Contract& contract,
                                                     const Instead& instead) {
  AverageCost state;
  if (kept_checkpoints_ > 0) state = trail.checkpoints[kept_checkpoints_ - 1].state;
  new_checkpoints_.clear();
  steps_since_checkpoint_ = 0;
  for (const std::uint32_t offset : steps_) {
    if (offset == instead.offset) {
      if (instead.terms != nullptr &&
          !state.trade(contract, instead.t, instead.terms->signed_qty(), instead.terms->price)) {
        return std::nullopt;
      }
    } else {
      const Record record = records_.read(offset);
      const FillTerms terms = corrections_.terms(offset, record);
      if (!record.busted && !state.trade(contract, record.t, terms.signed_qty(), terms.price)) {
        return std::nullopt;
      }
    }
    if (++steps_since_checkpoint_ == checkpoint_every) {
      new_checkpoints_.push_back({offset, state});
      steps_since_checkpoint_ = 0;
    }
  }
  plan_ = {state, true};
  return plan_;
}

void FillHistory::adopt_checkpoints(Trail& trail) {
  trail.checkpoints.resize(kept_checkpoints_);
  trail.checkpoints.insert(trail.checkpoints.end(), new_checkpoints_.begin(),
                           new_checkpoints_.end());
  trail.since_checkpoint = steps_since_checkpoint_;
}

bool FillHistory::newest(PositionId position, const Record& fill) const {
  if (position.index() >= trails_.size()) return true;
  const Trail& trail = trails_[position.index()];
  return trail.last == none || trail.last_time < fill.t || before(trail.last, fill);
}

std::optional<FillHistory::Plan> FillHistory::plan_fill(PositionId position,
                                                        const AverageCost& now,
                                                        const Contract& contract,
                                                        const Record& fill,
                                                        bool at_end) {
  if (at_end) {
    plan_ = {now, false};
    if (!plan_.state.trade(contract, fill.t, fill.terms.signed_qty(), fill.terms.price)) {
      return std::nullopt;
    }
    return plan_;
  }
  const Trail& trail = trails_[position.index()];
  gather(trail, fill);
  steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(insert_at_), none);
  return replay(trail, contract, {none, fill.t, &fill.terms});
}

std::uint32_t FillHistory::commit_fill(PositionId position, const Record& fill) {
  if (trails_.size() <= position.index()) trails_.resize(position.index() + 1);
  Trail& trail = trails_[position.index()];
  const std::uint32_t offset = records_.append(fill);
  if (!plan_.late) {
    set_record_previous(records_.edit(offset), trail.last);
    trail.last = offset;
    trail.last_time = fill.t;
    if (++trail.since_checkpoint == checkpoint_every) {
      trail.checkpoints.push_back({offset, plan_.state});
      trail.since_checkpoint = 0;
    }
    return offset;
  }
  const std::uint32_t earlier = insert_at_ == 0 ? predecessor_ : steps_[insert_at_ - 1];
  set_record_previous(records_.edit(offset), earlier);
  set_record_previous(records_.edit(steps_[insert_at_ + 1]), offset);
  for (Checkpoint& checkpoint : new_checkpoints_) {
    if (checkpoint.record == none) checkpoint.record = offset;
  }
  adopt_checkpoints(trail);
  return offset;
}

std::optional<FillHistory::Plan> FillHistory::plan_change(PositionId position,
                                                          const Contract& contract,
                                                          std::uint32_t offset,
                                                          const FillTerms* terms) {
  const Trail& trail = trails_[position.index()];
  const Record record = records_.read(offset);
  gather(trail, record);
  return replay(trail, contract, {offset, record.t, terms});
}

void FillHistory::commit_correction(PositionId position,
                                    std::uint32_t offset,
                                    const Amendment& amendment) {
  remember(offset, amendment);
  adopt_checkpoints(trails_[position.index()]);
}

void FillHistory::remember(std::uint32_t offset, const Amendment& amendment) {
  corrections_.add(offset, records_.read(offset), amendment);
  mark_record_corrected(records_.edit(offset));
}

void FillHistory::commit_bust(PositionId position, std::uint32_t offset) {
  mark_record_busted(records_.edit(offset));
  adopt_checkpoints(trails_[position.index()]);
}

std::vector<std::uint32_t> FillHistory::in_order(PositionId position) const {
  std::vector<std::uint32_t> offsets;
  visit_backwards(position, [&](std::uint32_t offset) {
    offsets.push_back(offset);
    return true;
  });
  std::reverse(offsets.begin(), offsets.end());
  return offsets;
}

std::optional<Timestamp> FillHistory::last_time(PositionId position) const {
  if (position.index() >= trails_.size() || trails_[position.index()].last == none) {
    return std::nullopt;
  }
  return trails_[position.index()].last_time;
}

std::size_t FillHistory::memory_bytes() const {
  std::size_t bytes = trails_.capacity() * sizeof(Trail) + corrections_.memory_bytes();
  for (const Trail& trail : trails_)
    bytes += trail.checkpoints.capacity() * sizeof(Checkpoint);
  return bytes;
}

}  // namespace ballast
