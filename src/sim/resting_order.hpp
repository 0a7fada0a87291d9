// RestingOrder: one of our own limit orders in a recorded book, and where it stands in the queue.
//
//   a print                              fills
//   through our price                    up to the print's quantity
//   at our price                         what is left of the print behind the queue ahead of us
//   better than our price, or of the     nothing
//   other aggressor
//
// The queue ahead is the quantity stated at our price when we came (none where we improve on the
// best). It shrinks by each print at that price; by cancellations only so far as fewer are stated
// there than stood ahead of us, for nobody can tell from a book who in a level left. A price deeper
// than the recording reaches has an unknown queue: prints at it fill nothing until the book shows
// that price. So the time to a fill errs on the long side, but for a feed whose tops come before
// the prints that caused them: there both shrink the queue.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

struct RestingOrder {
  Order order;                    // with its limit price
  std::optional<Quantity> ahead;  // nothing: unknown
  Timestamp since;                // prints from before it are none of its business
  std::uint32_t fills = 0;

  Price price() const { return *order.price; }
  Quantity left() const { return order.qty - order.filled; }

  /// The book shows this quantity at our price (nothing: it does not reach that deep).
  void see(std::optional<Quantity> stated) {
    if (stated) ahead = ahead ? std::min(*ahead, *stated) : *stated;
  }

  /// What a public print leaves for us, at most left(); moves the queue and fills nothing.
  Quantity share_of(Timestamp t, const Trade& print) {
    if (print.side == order.side || t < since) return {};
    const bool through = order.side == Side::buy ? print.price < price() : print.price > price();
    if (through) {
      ahead = Quantity{};
      return std::min(left(), print.qty);
    }
    if (print.price != price() || !ahead) return {};
    const Quantity before_us = std::min(*ahead, print.qty);
    *ahead -= before_us;
    return std::min(left(), print.qty - before_us);
  }
};

}  // namespace ballast
