// A Binance order book kept by update ids, as the venue documents it ("How to manage a local order
// book correctly", spot web-socket-streams and both derivatives pages).
//
//   state      an update that arrives                                          then
//   waiting    is kept, the oldest dropped beyond pending_max                  waiting
//   waiting    (a snapshot arrives: the book is its levels, kept updates follow)   following
//   following  ends at or before the book's id: old, ignored                   following
//   following  follows on: its quantities are set                              following
//   following  does not: a gap; the book is unknown and the update is kept     waiting
//
// An update follows on from a book at `id` when
//   spot      U <= id + 1                  (ids count one by one)
//   futures   pu == id; the first after a snapshot: pu <= id <= u
// The derivatives pages ask U <= id <= u of the first. Their ids are shared between symbols, so
// that a snapshot's id can stand between pu and U; an update from pu to u carries the book past it
// all the same. Not thread-safe; no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "adapters/feed/binance_stream/frame.hpp"
#include "market/order_book.hpp"

namespace ballast {

class LocalBook {
 public:
  /// What happened to a frame.
  enum class Outcome : std::uint8_t {
    kept,     // waits for a snapshot
    ignored,  // older than the book
    applied,  // the book moved
    gap,      // the book is unknown from here to the next snapshot
  };

  /// Both read the levels and ids of `frame`. gap_text() says which ids after a gap.
  Outcome update(const Frame& frame);
  Outcome snapshot(const Frame& frame);

  bool known() const { return following_; }
  const OrderBook& book() const { return book_; }  // meaningful while known()
  std::uint64_t id() const { return id_; }         // of the last update or snapshot in the book
  const std::string& gap_text() const { return gap_text_; }
  std::uint64_t applied() const { return applied_; }

  static constexpr std::size_t pending_max = 20'000;

 private:
  struct Update {
    DepthIds ids;
    std::vector<BookLevel> bids;
    std::vector<BookLevel> asks;
  };

  Outcome follow(const DepthIds& ids,
                 const std::vector<BookLevel>& bids,
                 const std::vector<BookLevel>& asks);
  void keep(const Frame& frame);

  OrderBook book_;
  std::uint64_t id_ = 0;
  bool following_ = false;
  bool fresh_ = false;  // no update since the snapshot
  std::deque<Update> pending_;
  std::string gap_text_;
  std::uint64_t applied_ = 0;
};

}  // namespace ballast
