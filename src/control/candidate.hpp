// What could be done about a deviation, on one scale: money until it is back inside its band, and
// seconds until then.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

struct Candidate {
  Action action = Action::wait;
  bool possible = false;
  bool soon = false;          // not possible, but in a moment it may be: nothing else is tried
  std::string why;            // not possible; or, of the others, a remark
  double cost = 0.0;          // of the action and of the risk meanwhile, reporting currency
  double action_cost = 0.0;   // of the action alone
  double seconds = 0.0;       // until the deviation is inside its band
  double residual = 0.0;      // what is then left outside the band, in the factor's unit
  double shift = 0.0;         // hedge: what its orders move the factor by
  std::vector<Order> orders;  // hedge
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
