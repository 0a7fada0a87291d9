// VisibleMarket: the order book of one instrument as a recording shows it, and what a paper venue
// may still take of it.
//
// A top states the best level of both sides; a depth states the best and the levels behind it,
// which count for as long as the depth is recent and as far as they lie behind the best. What was
// taken of a level is gone for as long as the venue goes on stating that very quantity there. But
// the recording does not know of us: as soon as it states another one, all of that is there again,
// so whoever takes much from one level is treated too well.
//
// A side is named after its orders: Side::buy are the bids.
#pragma once

#include <optional>
#include <vector>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

/// How much of what is visible may be taken.
struct TakingRule {
  Decimal share = Decimal::whole(1);          // of each level, in (0, 1]
  Quantity lot;                               // it is taken in whole lots; 0: any
  Duration depth_age = Duration::seconds(1);  // a depth older than this is forgotten, >= 0
};

class VisibleMarket {
 public:
  explicit VisibleMarket(const TakingRule& rule) : rule_(rule) {}

  /// News of the book; false when it is older than the last, and changed nothing.
  bool hear(Timestamp t, const Top& top);
  bool hear(Timestamp t, const Depth& depth);

  /// Whether the venue has stated anything yet.
  bool known() const { return known_; }
  /// The best level as stated, whatever was taken of it; nothing when the side is empty.
  const std::optional<BookLevel>& best(Side side) const { return ladder(side).best; }
  /// Whether an order of `side` at this price would trade with the best of the other side.
  bool crosses(Side side, Price price) const;
  /// The quantity stated at a price; nothing when the recording does not reach that deep.
  std::optional<Quantity> stated_at(Side side, Price price, Timestamp now) const;

  /// What an order of `side` up to `qty`, no worse than `limit` (absent: any price), would trade
  /// now, best first.
  std::vector<BookLevel> takeable(Side side,
                                  Quantity qty,
                                  std::optional<Price> limit,
                                  Timestamp now) const;
  /// Takes exactly that.
  std::vector<BookLevel> take(Side side, Quantity qty, std::optional<Price> limit, Timestamp now);

 private:
  struct Level {
    BookLevel stated;
    Quantity left;  // of it, for us
  };
  struct Ladder {
    std::optional<BookLevel> best;
    Quantity best_left;
    std::vector<Level> levels;  // of the last depth, its best among them
  };

  const Ladder& ladder(Side side) const { return side == Side::buy ? bids_ : asks_; }
  Ladder& ladder(Side side) { return side == Side::buy ? bids_ : asks_; }
  Quantity left_of(const Ladder& ladder, const BookLevel& stated) const;
  void state_best(Ladder& ladder, std::optional<BookLevel> best) const;
  void state_levels(Ladder& ladder, const std::vector<BookLevel>& levels) const;
  bool depth_recent(Timestamp now) const { return now - depth_at_ <= rule_.depth_age; }
  bool news(Timestamp t);

  TakingRule rule_;
  Ladder bids_;
  Ladder asks_;
  Timestamp heard_{};
  Timestamp depth_at_{};
  bool known_ = false;
};

}  // namespace ballast
