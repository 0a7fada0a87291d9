// The desk's own orders that may still trade, or have traded what no fill has told yet.
//
//   in flight, of a side        at least                 at most
//   sent, working               0                        qty - booked
//   unknown                     stated filled - booked   qty - booked
//   filled, cancelled           stated filled - booked   the same
//
// `booked` is what fills that name the order have brought. A decision counts an order where it
// makes that decision worst. Not thread-safe; the list is short, and searched.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

struct OpenOrder {
  OrderId id;
  Place place;
  BookName book;
  InstrumentId instrument;
  Side side = Side::buy;
  Quantity qty;
  Quantity filled;  // as stated
  Quantity booked;  // by fills
  OrderState state = OrderState::sent;
  Origin origin = Origin::unknown;
  TradeId proposal;
  Timestamp sent{};
  bool cancelling = false;  // a cancellation was asked for

  /// What it may still bring, unsigned.
  Quantity least() const {
    const bool certain = ended(state) || state == OrderState::unknown;
    return certain ? open(filled) : Quantity{};
  }
  Quantity most() const { return ended(state) ? open(filled) : open(qty); }
  bool over() const { return ended(state) && booked >= filled; }

  template <class Archive>
  void archive(Archive& ar) {
    ar(id, place.venue, place.account, book, instrument, side, qty, filled, booked, state, origin,
       proposal, sent, cancelling);
  }

 private:
  Quantity open(Quantity of) const { return of > booked ? of - booked : Quantity{}; }
};

class OpenOrders {
 public:
  /// Just sent: counted from now on.
  void sent(Timestamp now, const Order& order);
  /// News of an order, ours or one that somebody else sent for the desk.
  void apply(Timestamp now, const Order& order);
  /// A fill that names its order.
  void booked(const Fill& fill);
  void cancelling(const OrderId& id);

  std::span<const OpenOrder> all() const { return orders_; }
  const OpenOrder* find(const OrderId& id) const;
  /// How long orders take from being sent to their end, in seconds, on average; 1 until one has.
  double seconds() const { return seconds_; }
  /// When the last order that met this side of the market ended; nothing before the first. What the
  /// market showed until then may have been taken.
  std::optional<Timestamp> traded_at(InstrumentId id, Side side) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(orders_, seconds_, traded_);
  }

 private:
  struct Traded {
    InstrumentId instrument;
    Side side = Side::buy;
    Timestamp at{};
    template <class Archive>
    void archive(Archive& ar) {
      ar(instrument, side, at);
    }
  };

  OpenOrder* find_open(const OrderId& id);
  void has_traded(Timestamp now, InstrumentId id, Side side);
  void sweep();

  std::vector<OpenOrder> orders_;  // in the order of their news
  std::vector<Traded> traded_;     // in the order of their first
  double seconds_ = 1.0;
};

}  // namespace ballast
