#include "book/reconciliation.hpp"

#include <algorithm>

#include "book/checked.hpp"
#include "book/due_time.hpp"

namespace ballast {

const Reconciliation::Stated* Reconciliation::find(const BreakPlace& place) const {
  const std::uint32_t* at = index_.find(place);
  return at == nullptr ? nullptr : &places_[*at];
}

std::size_t Reconciliation::open_index(const BreakPlace& place) const {
  std::size_t index = 0;
  while (index < open_count_ && breaks_[index].place != place)
    ++index;
  return index;
}

std::optional<Timestamp> Reconciliation::latest(const BreakPlace& place) const {
  const Stated* stated = find(place);
  if (stated == nullptr) return std::nullopt;
  return stated->latest;
}

void Reconciliation::note(Transition::Kind kind, const Break& what) {
  transitions_.push_back({kind, what.place, what.stated, what.ours, what.since});
}

void Reconciliation::close(Stated& stated, std::size_t index, Timestamp t) {
  Break& what = breaks_[index];
  note(Transition::Kind::closed, what);
  if (what.disputed) note(Transition::Kind::settled, what);
  what.closed = t;
  what.disputed = false;
  const auto at = breaks_.begin() + static_cast<std::ptrdiff_t>(index);
  std::rotate(at, at + 1, breaks_.end());
  --open_count_;
  if (breaks_.size() - open_count_ > closed_max) breaks_.erase(breaks_.begin() + open_count_);
  stated.open = false;
  refresh_due();
}

void Reconciliation::refresh_due() {
  next_due_.reset();
  for (const Break& what : open()) {
    if (what.disputed) continue;
    const Timestamp due = due_time(what.since, grace_);
    if (!next_due_ || due < *next_due_) next_due_ = due;
  }
}

Break* Reconciliation::state(Timestamp t, const BreakPlace& place, Quantity stated, Quantity ours) {
  const auto [at, added] = index_.try_emplace(place, static_cast<std::uint32_t>(places_.size()));
  if (added) places_.push_back({place, t, false});
  Stated& known = places_[*at];
  known.latest = t;
  if (known.open) {
    const std::size_t index = open_index(place);
    Break& what = breaks_[index];
    what.stated = stated;
    what.ours = ours;
    what.latest = t;
    if (stated == ours) close(known, index, t);
    return nullptr;
  }
  if (stated == ours) return nullptr;
  known.open = true;
  Break& opened = *breaks_.insert(breaks_.begin() + open_count_, Break{});
  ++open_count_;
  opened.place = place;
  opened.stated = stated;
  opened.ours = ours;
  opened.since = t;
  opened.latest = t;
  note(Transition::Kind::opened, opened);
  refresh_due();
  return &opened;
}

void Reconciliation::adjust(
    Timestamp now, Timestamp t, const BreakPlace& place, Quantity change, bool settles) {
  const std::uint32_t* at = index_.find(place);
  if (at == nullptr || !places_[*at].open) return;
  const std::size_t index = open_index(place);
  Break& what = breaks_[index];
  Quantity ours = what.ours;
  if (!add_to(ours, change)) return;  // cannot be what the venue stated
  if (t > what.latest && !(settles && ours == what.stated)) return;
  what.ours = ours;
  if (ours == what.stated) close(places_[*at], index, now);
}

bool Reconciliation::disputed(const BreakPlace& place) const {
  const Stated* stated = find(place);
  return stated != nullptr && stated->open && breaks_[open_index(place)].disputed;
}

void Reconciliation::run_due(Timestamp now) {
  if (!next_due_ || *next_due_ > now) return;
  for (std::size_t i = 0; i < open_count_; ++i) {
    Break& what = breaks_[i];
    if (what.disputed || due_time(what.since, grace_) > now) continue;
    what.disputed = true;
    note(Transition::Kind::disputed, what);
  }
  refresh_due();
}

std::size_t Reconciliation::memory_bytes() const {
  std::size_t bytes = places_.capacity() * sizeof(Stated) + index_.memory_bytes() +
                      breaks_.capacity() * sizeof(Break);
  for (const Break& what : breaks_)
    bytes += what.candidates.capacity() * sizeof(BreakCandidate);
  return bytes;
}

bool Reconciliation::restore(std::size_t accounts, std::size_t instruments, std::size_t assets) {
  const auto sound = [&](const BreakPlace& place) {
    return place.account.index() < accounts && place.instrument.valid() != place.asset.valid() &&
           (!place.instrument.valid() || place.instrument.index() < instruments) &&
           (!place.asset.valid() || place.asset.index() < assets);
  };
  index_ = {};
  transitions_.clear();
  std::size_t places_open = 0;
  for (std::uint32_t i = 0; i < places_.size(); ++i) {
    if (!sound(places_[i].place) || !index_.try_emplace(places_[i].place, i).second) return false;
    if (places_[i].open) ++places_open;
  }
  if (open_count_ > breaks_.size() || places_open != open_count_) return false;
  for (std::size_t i = 0; i < breaks_.size(); ++i) {
    const Break& what = breaks_[i];
    const bool is_open = i < open_count_;
    if (!sound(what.place) || what.closed.has_value() == is_open) return false;
    if (!is_open) continue;
    const Stated* stated = find(what.place);
    const bool once = open_index(what.place) == i;
    if (stated == nullptr || !stated->open || !once) return false;
  }
  refresh_due();
  return true;
}

}  // namespace ballast
