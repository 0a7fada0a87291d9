// One instrument's price levels, exact: prices to total quantities on both sides.
//
// Each side is a flat vector sorted so that its best level stands last: most updates are near the
// best price, so they move little memory and touch warm lines. The book does what it is told: it
// keeps no update ids, and a feed that applies a bad update can cross it (see crossed()).
// Quantities are in the instrument's quantity unit. Deterministic, not thread-safe; allocates only
// when a side grows beyond what it has held before.
#pragma once

#include <cstddef>
#include <vector>

#include "base/decimal.hpp"
#include "model/event.hpp"

namespace ballast {

class OrderBook {
 public:
  /// Sets the whole quantity at a price; zero removes the level, and removing one that is not there
  /// is fine. Side::buy is the bids. Requires price > 0 and qty >= 0.
  void apply(Side side, Price price, Quantity qty);
  void clear();

  std::size_t depth(Side side) const { return levels(side).size(); }
  /// The level at `rank` from the best, which is rank 0. Requires rank < depth(side).
  const BookLevel& level(Side side, std::size_t rank) const;
  /// The best level, or nullptr when the side is empty; valid until the book changes.
  const BookLevel* best(Side side) const {
    return levels(side).empty() ? nullptr : &levels(side).back();
  }

  /// Both sides have a level.
  bool two_sided() const { return !bids_.empty() && !asks_.empty(); }
  /// The best bid is at or above the best ask: some update was lost or misapplied.
  bool crossed() const { return two_sided() && bids_.back().price >= asks_.back().price; }
  /// Half way between the best bid and ask, rounded half to even at 1e-18. Requires two_sided().
  Price mid() const;

  friend bool operator==(const OrderBook&, const OrderBook&) = default;

 private:
  const std::vector<BookLevel>& levels(Side side) const {
    return side == Side::buy ? bids_ : asks_;
  }

  std::vector<BookLevel> bids_;  // ascending: the highest is last
  std::vector<BookLevel> asks_;  // descending: the lowest is last
};

}  // namespace ballast
