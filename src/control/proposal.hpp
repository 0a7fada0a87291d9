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

/// Why a proposal did not bring what it promised.
enum class Failure : std::uint8_t {
  none,
  not_filled,    // its orders found no one
  moved_on,      // it was done, but something else moved the factor meanwhile
  no_effect,     // it was done, and the factor did not move as it should have
  data,          // the factor became unknown
  unheeded,      // advised, and nobody acted on it
  not_arrived,   // a transfer
  not_possible,  // when it was approved it was possible no longer
};
inline constexpr std::array<std::string_view, 8> failure_names{
    "none", "not_filled", "moved_on",    "no_effect",
    "data", "unheeded",   "not_arrived", "not_possible"};

/// A candidate as it is remembered and shown: without what it would send.
struct Option {
  Action action = Action::wait;
  bool possible = false;
  bool in_time = false;      // back inside within the factor's recover_within
  double cost = 0.0;         // with the risk meanwhile
  double action_cost = 0.0;  // without
  double seconds = 0.0;
  Note why;

  template <class Archive>
  void archive(Archive& ar) {
    ar(action, possible, in_time, cost, action_cost, seconds, why);
  }
};

struct Proposal {
  TradeId id;
  FactorId factor;
  Action action = Action::wait;
  ProposalState state = ProposalState::advised;
  Timestamp since{};       // proposed
  Timestamp deadline{};    // of approval while it waits, of recovery afterwards
  double deviation = 0.0;  // from the target, when it was proposed
  double lower = 0.0;      // its band then, from the target
  double upper = 0.0;
  double promised_outside = 0.0;  // how far outside the band it should be by then, at most
  double requested = 0.0;         // worth of all its orders, reporting currency
  double filled = 0.0;            // of that
  double hedged = 0.0;            // exposure of all hedges ever, when it was proposed
  double shift = 0.0;             // what its orders were to move the factor by
  Note reason;                    // of its state
  Note because;                   // of its choice
  Note by;                        // who approved or rejected it; empty: nobody was asked yet
  std::array<Option, 4> options;  // by action
  std::vector<Weighed> weighed;   // the instruments of its hedge, or of the one that it lost to
  std::vector<SentTransfer> transfers;
  bool nothing_possible = false;  // it is of no action: each lacks something
  bool back_in_band = false;      // verified by that
  Failure failure = Failure::none;
  std::optional<Timestamp> ended;
  double expected_cost = 0.0;  // of its action, without funding; reporting currency
  double realised_cost = 0.0;  // of its fills so far
  double traded = 0.0;         // by them, unsigned, in the factor's unit

  bool waits() const { return state == ProposalState::waiting; }
  /// Something is being done or left to be done, and is to be verified.
  bool under_way() const {
    return state == ProposalState::advised || state == ProposalState::approved ||
           state == ProposalState::acting;
  }

  template <class Archive>
  void archive(Archive& ar) {
    ar(id, factor, action, state, since, deadline, deviation, lower, upper, promised_outside,
       requested, filled, hedged, shift, reason, because, by, options, weighed, transfers,
       nothing_possible, back_in_band, failure, ended, expected_cost, realised_cost, traded);
  }
};

}  // namespace ballast
