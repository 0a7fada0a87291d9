#include "adapters/feed/binance_stream/local_book.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ballast {

LocalBook::Outcome LocalBook::update(const Frame& frame) {
  if (!following_) {
    keep(frame);
    return Outcome::kept;
  }
  const Outcome outcome = follow(frame.ids, frame.bids, frame.asks);
  if (outcome == Outcome::gap) keep(frame);  // the next snapshot may be older than it
  return outcome;
}

LocalBook::Outcome LocalBook::snapshot(const Frame& frame) {
  if (following_ && frame.ids.last <= id_) return Outcome::ignored;  // the book is past it
  book_.clear();
  // Snapshots list their best levels first; the book is filled fastest from the far end.
  const auto fill = [this](const auto& levels, Side side) {
    std::for_each(levels.rbegin(), levels.rend(),
                  [&](const auto& level) { book_.apply(side, level.price, level.qty); });
  };
  fill(frame.bids, Side::buy);
  fill(frame.asks, Side::sell);
  id_ = frame.ids.last;
  following_ = true;
  fresh_ = true;
  while (!pending_.empty()) {
    const Update& next = pending_.front();
    // A gap leaves this update and those after it for the next snapshot.
    if (follow(next.ids, next.bids, next.asks) == Outcome::gap) return Outcome::gap;
    pending_.pop_front();
  }
  return Outcome::applied;
}

LocalBook::Outcome LocalBook::follow(const DepthIds& ids,
                                     const std::vector<BookLevel>& bids,
                                     const std::vector<BookLevel>& asks) {
  if (ids.last <= id_) return Outcome::ignored;
  const bool follows = !ids.previous ? ids.first <= id_ + 1
                       : fresh_      ? *ids.previous <= id_
                                     : *ids.previous == id_;
  if (!follows) {
    gap_text_ = ids.previous
                    ? fmt::format("after update {} comes one from {} (pu) to {} (U {})", id_,
                                  *ids.previous, ids.last, ids.first)
                    : fmt::format("after update {} comes one from {} (U) to {} (u): {} are missing",
                                  id_, ids.first, ids.last, ids.first - id_ - 1);
    following_ = false;
    return Outcome::gap;
  }
  for (const BookLevel& level : bids)
    book_.apply(Side::buy, level.price, level.qty);
  for (const BookLevel& level : asks)
    book_.apply(Side::sell, level.price, level.qty);
  id_ = ids.last;
  fresh_ = false;
  ++applied_;
  return Outcome::applied;
}

void LocalBook::keep(const Frame& frame) {
  if (pending_.size() == pending_max) pending_.pop_front();
  pending_.push_back({frame.ids, frame.bids, frame.asks});
}

}  // namespace ballast
