// From a deviation of cash, or of a channel, to the transfers that bring it back at least cost: a
// minimum-cost flow (quant/network/minimum_cost_flow.hpp) over accounts and configured routes.
//
// What an account can give is what it holds above its own factor's lower band edge (all of it where
// no factor watches it), and what it can take is what is missing to its upper edge. A channel's
// routes carry at most what stands on the side they leave; keeping it balanced is a flow through
// it, which may come back to where it began. A route is used within its amounts, its daily limit
// and the time in which the factor must recover. A transfer that goes on from where another one
// arrives is sent when the balance is there. While nothing was heard of one that was asked for, no
// other of its asset is. Deterministic; not thread-safe.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "control/candidate.hpp"
#include "control/kill_switches.hpp"
#include "control/situation.hpp"

namespace ballast {

class Transferring {
 public:
  Candidate candidate(const Situation& situation,
                      const ControlConfig& control,
                      const KillSwitches& switches,
                      const Deviation& deviation,
                      const TradeId& proposal);
  /// Takes over the candidate's transfers: those that can start now are requested at once.
  void begin(const Situation& situation,
             const KillSwitches& switches,
             const std::vector<Transfer>& transfers,
             std::vector<Effect>& effects);
  /// Requests what of a proposal waited for a balance that has arrived, but for what a kill switch
  /// covers.
  void go_on(const Situation& situation,
             const KillSwitches& switches,
             const TradeId& proposal,
             std::vector<Effect>& effects);
  /// Forgets a proposal's transfers: what waits is not wanted any more.
  void drop(const TradeId& proposal);
  /// Whether some of a proposal's transfers wait or are on their way.
  bool under_way(const Situation& situation, const TradeId& proposal) const;
  /// Whether all of them have arrived.
  bool arrived(const Situation& situation, const TradeId& proposal) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(waiting_, sent_, requested_, untold_);
  }

 private:
  struct Leg {
    TradeId proposal;
    Transfer transfer;
    template <class Archive>
    void archive(Archive& ar) {
      ar(proposal, transfer.id, transfer.asset, transfer.qty, transfer.from.venue,
         transfer.from.account, transfer.to.venue, transfer.to.account, transfer.state,
         transfer.route);
    }
  };
  struct Sent {
    RouteId route;
    Amount qty;
    Timestamp t{};
    template <class Archive>
    void archive(Archive& ar) {
      ar(route, qty, t);
    }
  };
  static TradeId proposal_of(const TradeId& transfer);
  double sent_today(RouteId route, Timestamp now) const;
  void request(Timestamp now, const Leg& leg, std::vector<Effect>& effects);
  void hear(const Situation& situation);

  std::vector<Leg> waiting_;
  std::deque<Sent> sent_;           // of the last 24 hours
  std::vector<TradeId> requested_;  // of the proposals under way
  std::vector<Leg> untold_;         // asked for, whatever became of the proposal, and no news yet
};

}  // namespace ballast
