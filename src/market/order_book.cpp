#include "market/order_book.hpp"

#include <algorithm>

#include "base/contract.hpp"

namespace ballast {
namespace {

/// `before(a, b)`: a stands before b, that is further from the best.
template <class Before>
void set_level(std::vector<BookLevel>& levels, BookLevel level, Before before) {
  const auto at = std::lower_bound(
      levels.begin(), levels.end(), level.price,
      [&](const BookLevel& known, Price price) { return before(known.price, price); });
  const bool known = at != levels.end() && at->price == level.price;
  if (level.qty.zero()) {
    if (known) levels.erase(at);
  } else if (known) {
    at->qty = level.qty;
  } else {
    levels.insert(at, level);
  }
}

}  // namespace

void OrderBook::apply(Side side, Price price, Quantity qty) {
  BALLAST_ASSERT(price.sign() > 0 && qty.sign() >= 0);
  if (side == Side::buy) {
    set_level(bids_, {price, qty}, [](Price a, Price b) { return a < b; });
  } else {
    set_level(asks_, {price, qty}, [](Price a, Price b) { return a > b; });
  }
}

void OrderBook::clear() {
  bids_.clear();
  asks_.clear();
}

const BookLevel& OrderBook::level(Side side, std::size_t rank) const {
  const auto& side_levels = levels(side);
  BALLAST_ASSERT(rank < side_levels.size());
  return side_levels[side_levels.size() - 1 - rank];
}

Price OrderBook::mid() const {
  BALLAST_ASSERT(two_sided());
  const Price bid = bids_.back().price;
  const Int128 spread = asks_.back().price.raw - bid.raw;  // no overflow: both are positive
  Int128 half = spread / 2;
  const Int128 middle = bid.raw + half;
  // An odd spread leaves half a unit: towards the even neighbour.
  if (spread % 2 != 0 && middle % 2 != 0) half += spread < 0 ? -1 : 1;
  return Price::from_raw(bid.raw + half);
}

}  // namespace ballast
