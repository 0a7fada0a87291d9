// A proposal: what control wants to do about one factor's deviation, from the first thought to the
// proof that it worked. docs/control.md tells its life.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.hpp"
#include "control/candidate.hpp"
#include "model/event.hpp"

namespace ballast {

/// A candidate as it is remembered and shown: without what it would send.
struct Option {
  Action action = Action::wait;
  bool possible = false;
  bool in_time = false;  // back inside within the factor's recover_within
  double cost = 0.0;
  double seconds = 0.0;
  Note why;

  template <class Archive>
  void archive(Archive& ar) {
    ar(action, possible, in_time, cost, seconds, why);
  }
};

struct Proposal {
  TradeId id;
  FactorId factor;
  Action action = Action::wait;
  ProposalState state = ProposalState::advised;
  Timestamp since{};              // proposed
  Timestamp deadline{};           // of approval while it waits, of recovery afterwards
  double deviation = 0.0;         // from the target, when it was proposed
  double promised_outside = 0.0;  // how far outside the band it should be by then, at most
  double requested = 0.0;         // worth of all its orders, reporting currency
  double filled = 0.0;            // of that
  double hedged = 0.0;  // exposure of all hedges ever, when it was proposed
  double shift = 0.0;   // what its orders were to move the factor by
  Note reason;
  std::array<Option, 4> options;  // by action

  bool waits() const { return state == ProposalState::waiting; }
  /// Something is being done or left to be done, and is to be verified.
  bool under_way() const {
    return state == ProposalState::advised || state == ProposalState::approved ||
           state == ProposalState::acting;
  }

  template <class Archive>
  void archive(Archive& ar) {
    ar(id, factor, action, state, since, deadline, deviation, promised_outside, requested, filled,
       hedged, shift, reason, options);
  }
};

}  // namespace ballast
