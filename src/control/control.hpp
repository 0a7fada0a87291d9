// Control: what the desk does about deviations. For each controlled factor it looks when something
// moved, at most once an interval; lets the arbiter choose; acts on whoever's word the
// configuration asks for; and verifies that it helped.
//
//   deviation -> candidates -> proposal -> (approval) -> guard rails -> orders, leaning, transfers
//             -> verified, or failed: the next best, until the breaker trips
//
// One proposal a factor at a time, and what is in flight counts, so no deviation is hedged twice.
// While the factor is unknown nothing is proposed. Every decision leaves as an effect; whoever
// carries it out writes it down as an event, which is held against the decision when it is read
// back. Deterministic; not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "control/control_record.hpp"
#include "control/gate.hpp"
#include "control/hedging.hpp"
#include "control/kill_switches.hpp"
#include "control/open_orders.hpp"
#include "control/proposal.hpp"
#include "control/quoting.hpp"
#include "control/situation.hpp"
#include "control/transferring.hpp"
#include "model/effect.hpp"

namespace ballast {

/// One controlled factor.
struct FactorWatch {
  Timestamp due{};     // the next look; `never` when none is due
  Timestamp looked{};  // the last
  bool ever_looked = false;
  std::uint32_t proposals = 0;  // made so far
  std::uint8_t excluded = 0;    // bit by Action: failed or refused for this deviation
  bool at_a_loss = false;       // nothing was possible, and that was said
  bool tripped = false;
  std::vector<Timestamp> failures;   // of the last failures_within
  std::optional<Proposal> proposal;  // the last one made; under way, waiting or over
  bool open = false;                 // the proposal is under way or waiting
  ControlRecord record;

  void exclude(Action action) { excluded |= bit(action); }
  bool excludes(Action action) const { return (excluded & bit(action)) != 0; }

  static constexpr std::uint8_t bit(Action action) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(action));
  }

  template <class Archive>
  void archive(Archive& ar) {
    ar(due, looked, ever_looked, proposals, excluded, at_a_loss, tripped, failures, proposal, open,
       record);
  }
};

class Control {
 public:
  explicit Control(const Desk& desk);

  /// Nothing is controlled and nothing quoted: every call is free.
  bool idle() const { return idle_; }

  // ---- news
  void on_factor(FactorId id, Timestamp now);
  /// A top or a price of the instrument moved.
  void on_market(InstrumentId id, Timestamp now) { quoting_.on_market(id, now); }
  void on_order(Timestamp now, const Order& order);
  void on_fill(const Situation& situation, const Fill& fill);
  void on_quote(const Quote& quote, Timestamp now) { quoting_.on_quote(quote, now); }
  /// False when the proposal does not wait. One that was decided elsewhere is answered there.
  bool approve(const Situation& situation, const Approve& answer, std::vector<Effect>& effects);
  /// False when the scope is stopped already.
  bool kill(const Situation& situation, const Kill& kill, std::vector<Effect>& effects);
  /// False when the scope is not stopped.
  bool rearm(Timestamp now, const Rearm& rearm);
  /// False when it contradicts what was decided here. What was not decided here stands as it is.
  bool confirm(const Decision& decision);

  std::optional<Timestamp> next_due() const;
  void run_due(const Situation& situation, std::vector<Effect>& effects);

  /// A report's span begins: what was done before does not count.
  void restart_records(Timestamp now);

  // ---- what it knows
  /// nullptr when the factor is not controlled.
  const FactorWatch* watch(FactorId id) const;
  const OpenOrders& orders() const { return orders_; }
  const KillSwitches& switches() const { return switches_; }
  const Quoting& quoting() const { return quoting_; }
  const Gate& gate() const { return gate_; }

  template <class Archive>
  void archive(Archive& ar) {
    for (FactorWatch& watch : watches_)
      ar(watch);
    ar(orders_, switches_, gate_, quoting_, unconfirmed_, elsewhere_, transferring_);
  }

 private:
  struct Recorded {
    Decision decision;
    template <class Archive>
    void archive(Archive& ar) {
      ar(decision.id, decision.factor, decision.action, decision.state, decision.reason);
      decision.inputs.resize(ar.length(decision.inputs.size(), sizeof(DecisionInput)));
      for (DecisionInput& input : decision.inputs)
        ar(input.name, input.value);
    }
  };
  struct Round {  // what a look works with
    const Situation& situation;
    const ControlConfig& config;
    FactorWatch& watch;
    std::vector<Effect>& effects;
  };

  void look(const Round& round);
  void settle(const Round& round);
  void verify(const Round& round, const std::optional<Deviation>& deviation);
  void propose(const Round& round, const Deviation& deviation);
  Candidate candidate(const Round& round, Action action, const Deviation& deviation);
  void carry_out(const Round& round, const Candidate& candidate);
  bool send(const Round& round, const std::vector<Order>& orders);
  void close(const Round& round, ProposalState state, std::string_view reason);
  /// @param counts  towards the breaker.
  void fail(const Round& round, Failure failure, std::string_view reason, bool counts);
  void give_up(const Round& round, ProposalState state, std::string_view reason, bool counts);
  void count_cost(const Situation& situation, const Fill& fill, const OpenOrder* order);
  bool hedge_took_hold(const Round& round) const;
  void trip(const Round& round, std::string_view reason);
  void cancel_orders(const Situation& situation,
                     const TradeId& proposal,
                     std::vector<Effect>& effects);
  void record(const Round& round, std::string_view reason);
  bool leaning(FactorId factor) const;
  FactorWatch* watch_of(FactorId id);

  static constexpr std::size_t unconfirmed_max = 256;
  static constexpr Timestamp never{INT64_MAX};
  /// Of the distance that was to be gained, how much may be missing.
  static constexpr double tolerance = 0.1;

  const Desk* desk_;
  bool idle_ = true;
  std::vector<std::uint32_t> watch_index_;  // by factor; none when it is not controlled
  std::vector<FactorWatch> watches_;        // in the order of Desk::controls
  OpenOrders orders_;
  KillSwitches switches_;
  Gate gate_;
  Hedging hedging_;
  Transferring transferring_;
  Quoting quoting_;
  std::deque<Recorded> unconfirmed_;
  std::vector<TradeId> elsewhere_;  // proposals that wait and were not made here
};

}  // namespace ballast
