#include "book/history_check.hpp"

namespace ballast {

HistoryCheck::HistoryCheck(FillHistory& history, std::size_t positions, std::size_t assets)
    : history_(history),
      sound_(history.corrections_.restore(assets) && history.trails_.size() <= positions),
      fills_(history.records_.end()),
      followed_(history.records_.end()),
      latest_(history.trails_.size()) {}

bool HistoryCheck::take(std::uint32_t offset, const Record& record) {
  if (!sound_) return false;
  if (record.kind != RecordKind::fill) return true;
  if (record.owner >= history_.trails_.size()) return false;
  fills_[offset] = true;
  if (record.corrected) {
    if (!history_.corrections_.has(offset)) return false;
    history_.corrections_.restore_terms(offset, record);
    ++corrected_;
  }
  if (!link(offset, record)) return false;
  Latest& latest = latest_[record.owner];
  if (latest.offset == FillHistory::none || latest.t < record.t) {
    latest.t = record.t;
    latest.offset = offset;
  }
  return true;
}

bool HistoryCheck::link(std::uint32_t offset, const Record& record) {
  Latest& latest = latest_[record.owner];
  const std::uint32_t previous = record_previous(history_.records_.at(offset));
  if (previous == FillHistory::none) {
    const bool second = latest.begun;
    latest.begun = true;
    return !second;
  }
  if (previous > offset) {
    late_links_.emplace_back(offset, previous);
    return true;
  }
  if (previous != latest.offset || latest.t >= record.t) return follow(previous, record);
  const bool twice = followed_[previous];
  followed_[previous] = true;
  return !twice;
}

bool HistoryCheck::follow(std::uint32_t previous, const Record& record) {
  if (!fill_of(previous, record.owner) || followed_[previous]) return false;
  followed_[previous] = true;
  return history_.before(previous, record);
}

bool HistoryCheck::fill_of(std::uint32_t offset, std::size_t position) const {
  return offset < fills_.size() && fills_[offset] &&
         record_owner(history_.records_.at(offset)) == position;
}

bool HistoryCheck::finish() {
  if (!sound_ || corrected_ != history_.corrections_.size()) return false;
  for (const auto& [offset, previous] : late_links_) {
    if (!follow(previous, history_.records_.read(offset))) return false;
  }
  for (std::size_t position = 0; position < history_.trails_.size(); ++position) {
    if (!trail_fits(position)) return false;
  }
  return true;
}

bool HistoryCheck::trail_fits(std::size_t position) const {
  const FillHistory::Trail& trail = history_.trails_[position];
  if (trail.last == FillHistory::none) return !latest_[position].begun && trail.checkpoints.empty();
  // Its fills form one chain, so the one that no link leads to is the last.
  if (!fill_of(trail.last, position) || followed_[trail.last] ||
      record_time(history_.records_.at(trail.last)) != trail.last_time ||
      trail.since_checkpoint >= FillHistory::checkpoint_every) {
    return false;
  }
  for (std::size_t i = 0; i < trail.checkpoints.size(); ++i) {
    const FillHistory::Checkpoint& checkpoint = trail.checkpoints[i];
    if (!fill_of(checkpoint.record, position) || !checkpoint.state.sound()) return false;
    if (i > 0 && !history_.before(trail.checkpoints[i - 1].record,
                                  history_.records_.read(checkpoint.record))) {
      return false;
    }
  }
  return true;
}

}  // namespace ballast
