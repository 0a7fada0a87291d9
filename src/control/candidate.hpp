// What could be done about a deviation, on one scale: money until it is back inside its band, and
// seconds until then.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

/// What an instrument would cost as a hedge, in the reporting currency for one unit of the factor,
/// and what it was to trade. Why it was left out, if it was: then the rest says nothing.
struct Weighed {
  std::uint32_t hedge = 0;  // index in Desk::hedges
  double half_spread = 0.0;
  double fee = 0.0;
  double impact = 0.0;        // of the first unit in its book; the last costs it times the units
  double funding = 0.0;       // expected over the horizon, received is negative
  double room = 0.0;          // units of the factor that it could bring back at most
  double mid = 0.0;           // of the instrument
  double money = 0.0;         // reporting currency for a price's move by one, a unit of quantity
  double per_quantity = 0.0;  // units of the factor for one of quantity
  Quantity qty;               // to trade, signed
  Price limit;                // of the order
  Note why_not;

  /// Of the first unit traded, without impact.
  double cost() const { return half_spread + fee + funding; }

  template <class Archive>
  void archive(Archive& ar) {
    ar(hedge, half_spread, fee, impact, funding, room, mid, money, per_quantity, qty, limit,
       why_not);
  }
};

/// A transfer over a route.
struct SentTransfer {
  RouteId route;
  Amount qty;
  template <class Archive>
  void archive(Archive& ar) {
    ar(route, qty);
  }
};

struct Candidate {
  Action action = Action::wait;
  bool possible = false;
  bool soon = false;             // not possible, but in a moment it may be: nothing else is tried
  std::string why;               // not possible; or, of the others, a remark
  double cost = 0.0;             // of the action and of the risk meanwhile, reporting currency
  double action_cost = 0.0;      // of the action alone
  double funding = 0.0;          // of that, what holding a hedge is expected to cost
  double seconds = 0.0;          // until the deviation is inside its band
  double residual = 0.0;         // what is then left outside the band, in the factor's unit
  double shift = 0.0;            // hedge, transfer: what it moves the factor by
  std::vector<Order> orders;     // hedge
  std::vector<Weighed> weighed;  // hedge: every instrument that touches the factor
  std::vector<Transfer> transfers;

  static Candidate impossible(Action action, std::string why) {
    Candidate candidate;
    candidate.action = action;
    candidate.why = std::move(why);
    return candidate;
  }
};

/// A factor's deviation as control sees it: with what is in flight, at its worst for a further
/// trade. All in the factor's unit.
struct Deviation {
  double now = 0.0;       // actual less target, booked
  double expected = 0.0;  // with orders in flight, as near to the band as they may bring it
  double lower = 0.0;     // the band as offsets, lower <= 0 <= upper
  double upper = 0.0;
  double variance = 0.0;  // money^2 a day of one unit

  double outside(double d) const { return d > upper ? d - upper : d < lower ? d - lower : 0.0; }
  bool in_band() const { return outside(now) == 0.0; }
  bool in_band_soon() const { return outside(expected) == 0.0; }
  double edge() const { return now > 0.0 ? upper : lower; }
};

}  // namespace ballast
