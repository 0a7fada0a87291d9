// Control: from a deviation to a proposal, and what becomes of it.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "control/arbiter.hpp"
#include "control/control.hpp"
#include "control/money.hpp"

namespace ballast {
namespace {

Note note(std::string_view text) { return *Note::create(text.substr(0, Note::capacity)); }

Mode mode_of(const ControlConfig& config, Action action) {
  switch (action) {
    case Action::wait:
      return Mode::automatic;  // needs nobody's word
    case Action::skew:
      return config.skew;
    case Action::hedge:
      return config.hedge;
    case Action::transfer:
      return config.transfer;
  }
  return Mode::off;
}

Option option_of(const ControlConfig& config, const Candidate& candidate) {
  Option option;
  option.action = candidate.action;
  option.possible = candidate.possible;
  option.cost = candidate.cost;
  option.action_cost = candidate.action_cost;
  option.seconds = candidate.seconds;
  option.in_time = candidate.possible && candidate.seconds <= config.recover_within.to_seconds();
  option.why = note(candidate.why);
  return option;
}

}  // namespace

Candidate Control::candidate(const Round& round, Action action, const Deviation& deviation) {
  const ControlConfig& config = round.config;
  const TradeId id = round.watch.proposal->id;
  switch (action) {
    case Action::wait:
      return wait_candidate(config, deviation, round.situation.half_life_seconds(config.factor));
    case Action::skew:
      return skew_candidate(config, deviation,
                            quoting_.flow(round.situation, config.factor, deviation));
    case Action::hedge: {
      Candidate found =
          hedging_.candidate(round.situation, config, orders_, switches_, deviation, id);
      if (found.possible) add_risk(config, deviation, found);
      return found;
    }
    case Action::transfer: {
      Candidate found = transferring_.candidate(round.situation, config, switches_, deviation, id);
      if (found.possible) add_risk(config, deviation, found);
      return found;
    }
  }
  return {};
}

void Control::propose(const Round& round, const Deviation& deviation) {
  FactorWatch& watch = round.watch;
  const ControlConfig& config = round.config;
  const Timestamp now = round.situation.now();
  const bool said = watch.at_a_loss;
  Proposal proposal;
  proposal.id = *TradeId::create(fmt::format("p{}-{}", config.factor.value, watch.proposals + 1));
  proposal.factor = config.factor;
  proposal.since = now;
  proposal.deviation = deviation.now;
  proposal.lower = deviation.lower;
  proposal.upper = deviation.upper;
  std::optional<Proposal> before = std::move(watch.proposal);
  watch.proposal = proposal;

  std::array<Candidate, 4> candidates;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto action = static_cast<Action>(i);
    candidates[i] =
        mode_of(config, action) == Mode::off ? Candidate::impossible(action, "its mode is off")
        : watch.excludes(action) ? Candidate::impossible(action, "tried already for this deviation")
                                 : candidate(round, action, deviation);
    candidates[i].action = action;
    if (candidates[i].soon) {
      watch.proposal = std::move(before);
      return;
    }
    watch.proposal->options[i] = option_of(config, candidates[i]);
    if (action == Action::hedge) watch.proposal->weighed = candidates[i].weighed;
  }
  const auto action = choose(watch.proposal->options);
  if (!action) {
    // Failures make room for each other: once everything was tried, everything may be tried again.
    watch.excluded = 0;
    if (said) {
      watch.proposal = std::move(before);  // said once is enough
      return;
    }
    ++watch.proposals;
    watch.at_a_loss = true;
    watch.proposal->state = ProposalState::blocked;
    watch.proposal->nothing_possible = true;
    return record(round, "nothing brings it back: see what each action lacks");
  }
  ++watch.proposals;
  watch.at_a_loss = false;
  watch.open = true;
  const Candidate& chosen = candidates[static_cast<std::size_t>(*action)];
  Proposal& made = *watch.proposal;
  made.action = *action;
  made.expected_cost = chosen.action_cost - chosen.funding;
  const double outside = std::fabs(deviation.outside(deviation.now));
  made.promised_outside = outside - (1.0 - tolerance) * (outside - chosen.residual);
  const bool late = !made.options[static_cast<std::size_t>(*action)].in_time;
  const std::string_view reason = late ? "the fastest: nothing is in time" : "the cheapest in time";
  made.because = note(reason);
  switch (mode_of(config, *action)) {
    case Mode::off:
      return;
    case Mode::advise:
      made.state = ProposalState::advised;
      made.deadline = now + config.recover_within;
      return record(round, reason);
    case Mode::approve:
      made.state = ProposalState::waiting;
      made.deadline = now + config.approve_within;
      return record(round, reason);
    case Mode::automatic:
      made.reason = note(reason);
      return carry_out(round, chosen);
  }
}

void Control::carry_out(const Round& round, const Candidate& candidate) {
  Proposal& proposal = *round.watch.proposal;
  const ControlConfig& config = round.config;
  const Timestamp now = round.situation.now();
  // Flow comes by chance: it gets twice the time that it should need, and a while in any case.
  const double within = config.recover_within.to_seconds();
  const double seconds = std::min(within, std::max(2.0 * candidate.seconds, within / 4.0));
  proposal.deadline = now + Duration{static_cast<std::int64_t>(seconds * 1e9)};
  proposal.expected_cost = candidate.action_cost - candidate.funding;
  proposal.shift = candidate.shift;
  if (candidate.action == Action::hedge) {
    proposal.weighed = candidate.weighed;
    if (const FactorState* const state = round.situation.known_state(config.factor)) {
      proposal.hedged = to_double(state->hedged);
    }
    proposal.deadline = now + std::max(config.recover_within, config.interval);
    if (!send(round, candidate.orders)) return;
  }
  if (candidate.action == Action::transfer) {
    proposal.deadline = now + std::max(config.recover_within, config.interval);
    for (const Transfer& transfer : candidate.transfers)
      proposal.transfers.push_back({transfer.route, transfer.qty});
    transferring_.begin(round.situation, switches_, candidate.transfers, round.effects);
  }
  proposal.state = ProposalState::acting;
  record(round, proposal.reason.empty() ? "approved" : proposal.reason.view());
  round.watch.record.carried_out(proposal);
}

/// All of the orders, or none: false when a guard rail holds one back. Each is looked at as if
/// those before it had been sent.
bool Control::send(const Round& round, const std::vector<Order>& orders) {
  const Timestamp now = round.situation.now();
  Gate gate = gate_;
  OpenOrders open = orders_;
  for (const Order& order : orders) {
    const std::optional<OwnQuote> left = quoting_.left_beside(order);
    const bool aside = left && *left != *quoting_.own(order.instrument);
    if (aside) gate.passed(now, 0.0);  // to say so is a message too
    const auto block =
        gate.check(round.situation, open, switches_, left ? &*left : nullptr, order, false);
    if (block) {
      give_up(round, ProposalState::blocked, fmt::format("{}: {}", block->rail, block->why), true);
      return false;
    }
    gate.passed(now, worth_at_mark(round.situation, order.instrument, order.qty));
    open.sent(now, order);
  }
  gate_ = std::move(gate);
  orders_ = std::move(open);
  for (const Order& order : orders) {
    quoting_.step_aside(round.situation, order, round.effects);
    round.watch.proposal->requested += worth_at_mark(round.situation, order.instrument, order.qty);
    round.effects.push_back({now, OrderRequest{order}});
  }
  return true;
}

/// However it ends, nothing of it is still to come.
void Control::close(const Round& round, ProposalState state, std::string_view reason) {
  cancel_orders(round.situation, round.watch.proposal->id, round.effects);
  transferring_.drop(round.watch.proposal->id);
  round.watch.proposal->state = state;
  round.watch.open = false;
  record(round, reason);
}

void Control::fail(const Round& round, Failure failure, std::string_view reason, bool counts) {
  round.watch.proposal->failure = failure;
  give_up(round, ProposalState::failed, reason, counts);
}

/// It did not help: another action's turn, but for a hedge that did its part and may do so again.
void Control::give_up(const Round& round,
                      ProposalState state,
                      std::string_view reason,
                      bool counts) {
  FactorWatch& watch = round.watch;
  const Timestamp now = round.situation.now();
  if (counts || watch.proposal->action != Action::hedge) {
    watch.exclude(watch.proposal->action);
  }
  close(round, state, reason);
  watch.due = now + round.config.interval;
  if (!counts) return;
  std::erase_if(watch.failures,
                [&](Timestamp t) { return now - t > round.config.failures_within; });
  watch.failures.push_back(now);
  if (watch.failures.size() >= round.config.failures) trip(round, reason);
}

void Control::trip(const Round& round, std::string_view reason) {
  round.watch.tripped = true;
  round.watch.record.tripped();
  round.watch.due = never;
  round.effects.push_back(
      {round.situation.now(),
       BreakerTripped{round.config.factor, static_cast<std::uint32_t>(round.watch.failures.size()),
                      note(reason)}});
}

void Control::cancel_orders(const Situation& situation,
                            const TradeId& proposal,
                            std::vector<Effect>& effects) {
  for (const OpenOrder& order : orders_.all()) {
    if (order.proposal != proposal || ended(order.state) || order.cancelling) continue;
    effects.push_back({situation.now(), CancelRequest{order.id, order.place, order.instrument}});
    orders_.cancelling(order.id);
  }
}

/// The decision as an effect, with every number that it rests on.
void Control::record(const Round& round, std::string_view reason) {
  Proposal& proposal = *round.watch.proposal;
  proposal.reason = note(reason);
  round.watch.record.decided(round.situation.now(), proposal);
  Decision decision;
  decision.id = proposal.id;
  decision.factor = proposal.factor;
  decision.action = proposal.action;
  decision.state = proposal.state;
  decision.reason = proposal.reason;
  const auto add = [&](std::string_view name, double value) {
    if (std::isfinite(value)) decision.inputs.push_back({*Text<39>::create(name), value});
  };
  if (const FactorState* const state = round.situation.known_state(proposal.factor)) {
    add("actual", to_double(state->actual));
    add("target", to_double(state->target));
    add("lower", to_double(state->lower));
    add("upper", to_double(state->upper));
  }
  add("outside_promised", proposal.promised_outside);
  for (const Option& option : proposal.options) {
    if (!option.possible) continue;
    const std::string name(to_string(option.action));
    add(name + "_cost", option.cost);
    add(name + "_seconds", option.seconds);
  }
  if (proposal.requested > 0.0) add("requested", proposal.requested);
  unconfirmed_.push_back({decision});
  if (unconfirmed_.size() > unconfirmed_max) unconfirmed_.pop_front();
  round.effects.push_back({round.situation.now(), Decided{std::move(decision)}});
}

}  // namespace ballast
