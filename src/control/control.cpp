#include "control/control.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "control/arbiter.hpp"
#include "control/money.hpp"

namespace ballast {
namespace {

constexpr std::uint32_t none = UINT32_MAX;
constexpr Timestamp never{INT64_MAX};
/// Of the distance that was to be gained, how much may be missing.
constexpr double tolerance = 0.1;

std::uint8_t bit(Action action) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(action));
}

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

/// At its mark, in the reporting currency: contracts and coins add up in nothing else.
double worth(const Situation& situation, InstrumentId instrument, Quantity qty) {
  return notional_per_quantity(situation, instrument).value_or(0.0) * to_double(qty);
}

Option option_of(const ControlConfig& config, const Candidate& candidate) {
  Option option;
  option.action = candidate.action;
  option.possible = candidate.possible;
  option.cost = candidate.cost;
  option.seconds = candidate.seconds;
  option.in_time = candidate.possible && candidate.seconds <= config.recover_within.to_seconds();
  option.why = note(candidate.why);
  return option;
}

}  // namespace

Control::Control(const Desk& desk)
    : desk_(&desk), watch_index_(desk.factors.size(), none), quoting_(desk) {
  for (const ControlConfig& control : desk.controls) {
    watch_index_[control.factor.index()] = static_cast<std::uint32_t>(watches_.size());
    watches_.emplace_back().due = never;
  }
  idle_ = desk.controls.empty() && desk.quotes.empty();
}

const FactorWatch* Control::watch(FactorId id) const {
  const std::uint32_t at = watch_index_[id.index()];
  return at == none ? nullptr : &watches_[at];
}

FactorWatch* Control::watch_of(FactorId id) {
  const std::uint32_t at = watch_index_[id.index()];
  return at == none ? nullptr : &watches_[at];
}

// ---- news

void Control::on_factor(FactorId id, Timestamp now) {
  quoting_.on_factor(id, now);
  FactorWatch* const watch = watch_of(id);
  if (watch == nullptr) return;
  const ControlConfig& config = desk_->controls[watch_index_[id.index()]];
  const Timestamp soonest =
      watch->ever_looked ? std::max(now, watch->looked + config.interval) : now;
  watch->due = std::min(watch->due, soonest);
}

void Control::on_order(Timestamp now, const Order& order) {
  orders_.apply(now, order);
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    FactorWatch& watch = watches_[i];
    if (watch.open && watch.proposal->id == order.proposal) watch.due = std::min(watch.due, now);
  }
}

void Control::on_fill(const Situation& situation, const Fill& fill) {
  quoting_.on_fill(fill, situation.now());
  const OpenOrder* const order = fill.order.empty() ? nullptr : orders_.find(fill.order);
  if (order == nullptr) return;
  for (FactorWatch& watch : watches_) {
    if (watch.open && watch.proposal->id == order->proposal) {
      watch.proposal->filled += worth(situation, fill.key.instrument, fill.qty);
    }
  }
  orders_.booked(fill);
}

bool Control::approve(const Situation& situation,
                      const Approve& answer,
                      std::vector<Effect>& effects) {
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    FactorWatch& watch = watches_[i];
    if (!watch.open || !watch.proposal->waits() || watch.proposal->id != answer.id) continue;
    const Round round{situation, desk_->controls[i], watch, effects};
    if (!answer.accept) {
      watch.excluded |= bit(watch.proposal->action);
      close(round, ProposalState::rejected,
            fmt::format("by {}{}{}", answer.by.view(), answer.reason.empty() ? "" : ": ",
                        answer.reason.view()));
      watch.due = situation.now();
      return true;
    }
    watch.proposal->state = ProposalState::approved;
    record(round, fmt::format("by {}", answer.by.view()));
    // The market has moved since: the same action, on today's numbers.
    const auto deviation = deviation_of(situation, round.config.factor, orders_);
    if (!deviation || deviation->in_band()) {
      close(round, ProposalState::withdrawn,
            deviation ? "back in its band before it was done" : "the factor is unknown");
      return true;
    }
    const Candidate now = candidate(round, watch.proposal->action, *deviation);
    if (!now.possible) {
      fail(round, ProposalState::failed, now.why, false);
      return true;
    }
    carry_out(round, now);
    return true;
  }
  return std::erase(elsewhere_, answer.id) > 0;
}

bool Control::kill(const Situation& situation, const Kill& kill, std::vector<Effect>& effects) {
  if (!switches_.kill(situation.now(), kill)) return false;
  for (const OpenOrder& order : orders_.all()) {
    if (ended(order.state) || order.cancelling) continue;
    if (switches_.covers(order.place, order.book) == nullptr) continue;
    effects.push_back({situation.now(), CancelRequest{order.id, order.place, order.instrument}});
    orders_.cancelling(order.id);
  }
  quoting_.pull(situation, switches_, effects);
  return true;
}

bool Control::rearm(Timestamp now, const Rearm& rearm) {
  bool lifted = switches_.rearm(rearm.scope);
  if (rearm.scope.kind == ScopeKind::factor) {
    FactorWatch* const watch = watch_of(rearm.scope.factor);
    if (watch != nullptr && watch->tripped) {
      watch->tripped = false;
      watch->failures.clear();
      watch->excluded = 0;
      watch->due = now;
      lifted = true;
    }
  }
  if (lifted) {
    for (FactorWatch& watch : watches_)
      watch.due = std::min(watch.due, now);
    quoting_.wake(now);
  }
  return lifted;
}

bool Control::confirm(const Decision& decision) {
  const auto same = [&](const Recorded& recorded) {
    return recorded.decision.id == decision.id && recorded.decision.state == decision.state;
  };
  const auto at = std::find_if(unconfirmed_.begin(), unconfirmed_.end(), same);
  if (at == unconfirmed_.end()) {
    std::erase(elsewhere_, decision.id);
    if (decision.state == ProposalState::waiting) elsewhere_.push_back(decision.id);
    return true;
  }
  if (!(at->decision == decision)) return false;
  unconfirmed_.erase(at);
  return true;
}

// ---- time

std::optional<Timestamp> Control::next_due() const {
  Timestamp due = quoting_.next_due();
  for (const FactorWatch& watch : watches_)
    due = std::min(due, watch.due);
  return due == never ? std::nullopt : std::optional(due);
}

void Control::run_due(const Situation& situation, std::vector<Effect>& effects) {
  const Timestamp now = situation.now();
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    if (watches_[i].due <= now) look({situation, desk_->controls[i], watches_[i], effects});
  }
  quoting_.run_due(
      situation, orders_, switches_, gate_,
      [&](FactorId factor) { return leaning(situation, factor); }, effects);
}

void Control::look(const Round& round) {
  FactorWatch& watch = round.watch;
  const Timestamp now = round.situation.now();
  watch.looked = now;
  watch.ever_looked = true;
  watch.due = never;
  if (watch.open) settle(round);
  if (watch.open) {
    if (watch.proposal->action == Action::transfer) {
      transferring_.go_on(round.situation, round.effects);
    }
    watch.due = std::min(watch.proposal->deadline, now + round.config.interval);
    return;
  }
  if (watch.tripped || switches_.stops(round.config.factor) != nullptr) return;
  const auto deviation = deviation_of(round.situation, round.config.factor, orders_);
  if (!deviation) return;  // it wakes when it is known again
  if (deviation->in_band()) {
    watch.excluded = 0;
    watch.at_a_loss = false;
    return;
  }
  // News of an order asks for a look at once, but not for the next order.
  const Timestamp next = watch.proposal ? watch.proposal->since + round.config.interval : now;
  watch.due = next > now ? next : now + round.config.interval;
  if (next <= now && !deviation->in_band_soon()) propose(round, *deviation);
}

/// What became of the proposal that is open.
void Control::settle(const Round& round) {
  Proposal& proposal = *round.watch.proposal;
  const Timestamp now = round.situation.now();
  const auto deviation = deviation_of(round.situation, round.config.factor, orders_);
  if (deviation && deviation->in_band()) {
    round.watch.excluded = 0;
    round.watch.at_a_loss = false;
    const bool done = !proposal.waits();
    transferring_.drop(proposal.id);
    cancel_orders(round.situation, proposal.id, round.effects);
    return close(round, done ? ProposalState::verified : ProposalState::withdrawn,
                 done ? "back in its band" : "back in its band before it was done");
  }
  if (proposal.waits()) {
    if (now < proposal.deadline) return;
    round.watch.excluded |= bit(proposal.action);
    return close(round, ProposalState::expired, "nobody approved it in time");
  }
  const bool working =
      std::any_of(orders_.all().begin(), orders_.all().end(),
                  [&](const OpenOrder& order) { return order.proposal == proposal.id; });
  const bool spent = proposal.state == ProposalState::acting &&
                     ((proposal.action == Action::hedge && !working) ||
                      (proposal.action == Action::transfer &&
                       !transferring_.under_way(round.situation, proposal.id)));
  if (spent || now >= proposal.deadline) verify(round, deviation);
}

/// Its time is over and the factor is still outside: as promised, or why not.
void Control::verify(const Round& round, const std::optional<Deviation>& deviation) {
  Proposal& proposal = *round.watch.proposal;
  if (!deviation) {
    return fail(round, ProposalState::failed,
                fmt::format("data: {}", round.situation.why_unknown(round.config.factor)), true);
  }
  const double outside = std::fabs(deviation->outside(deviation->now));
  if (outside <= proposal.promised_outside) {
    return close(round, ProposalState::verified, "nearer by as much as was promised");
  }
  if (proposal.state == ProposalState::advised) {
    return fail(round, ProposalState::failed, "advised, and nobody acted on it", false);
  }
  if (proposal.action == Action::transfer && !transferring_.arrived(round.situation, proposal.id)) {
    return fail(round, ProposalState::failed, "a transfer has not arrived", true);
  }
  // Flow and markets move on; what was done may still have done what it should. Only a hedge that
  // did not, by the books, is one to be afraid of.
  const bool sound = proposal.action != Action::hedge || hedge_took_hold(round);
  const bool filled = proposal.filled >= (1.0 - tolerance) * proposal.requested;
  if (proposal.action == Action::hedge && !filled) {
    const bool part = proposal.filled > 0.0;  // the market had no more: it may have, the next time
    return fail(
        round, ProposalState::failed,
        fmt::format("{}: {:.6g} of {:.6g} {}", part ? "filled in part" : "not filled",
                    proposal.filled, proposal.requested, desk_->asset(desk_->currency).name),
        !part || !sound);
  }
  const std::string_view cause = round.situation.dominant_cause(round.config.factor);
  fail(round, ProposalState::failed,
       sound ? fmt::format("done, but {} moved it on", cause)
             : std::string("filled, but it did not move the factor as it should have"),
       !sound);
}

/// Whether the exposure of hedge fills went where the orders were to take it, as far as they
/// filled.
bool Control::hedge_took_hold(const Round& round) const {
  const Proposal& proposal = *round.watch.proposal;
  const FactorState* const state = round.situation.known_state(round.config.factor);
  if (state == nullptr || proposal.shift == 0.0 || proposal.requested == 0.0) return false;
  const double moved = to_double(state->hedged) - proposal.hedged;
  const double filled = std::min(1.0, proposal.filled / proposal.requested);
  return moved / proposal.shift >= (1.0 - 2.0 * tolerance) * filled;
}

// ---- proposals

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
  std::optional<Proposal> before = std::move(watch.proposal);
  watch.proposal = proposal;

  std::array<Candidate, 4> candidates;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto action = static_cast<Action>(i);
    candidates[i] = mode_of(config, action) == Mode::off
                        ? Candidate::impossible(action, "its mode is off")
                    : (watch.excluded & bit(action)) != 0
                        ? Candidate::impossible(action, "tried already for this deviation")
                        : candidate(round, action, deviation);
    candidates[i].action = action;
    if (candidates[i].soon) {
      watch.proposal = std::move(before);
      return;
    }
    watch.proposal->options[i] = option_of(config, candidates[i]);
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
    return record(round, "nothing brings it back: see what each action lacks");
  }
  ++watch.proposals;
  watch.at_a_loss = false;
  watch.open = true;
  const Candidate& chosen = candidates[static_cast<std::size_t>(*action)];
  Proposal& made = *watch.proposal;
  made.action = *action;
  const double outside = std::fabs(deviation.outside(deviation.now));
  made.promised_outside = outside - (1.0 - tolerance) * (outside - chosen.residual);
  const bool late = !made.options[static_cast<std::size_t>(*action)].in_time;
  const std::string_view reason = late ? "the fastest: nothing is in time" : "the cheapest in time";
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
  if (candidate.action == Action::hedge) {
    proposal.shift = candidate.shift;
    if (const FactorState* const state = round.situation.known_state(config.factor)) {
      proposal.hedged = to_double(state->hedged);
    }
    proposal.deadline = now + std::max(config.recover_within, config.interval);
    if (!send(round, candidate.orders)) return;
  }
  if (candidate.action == Action::transfer) {
    proposal.deadline = now + std::max(config.recover_within, config.interval);
    transferring_.begin(round.situation, candidate.transfers, round.effects);
  }
  proposal.state = ProposalState::acting;
  record(round, proposal.reason.empty() ? "approved" : proposal.reason.view());
}

/// All of the orders, or none: false when a guard rail holds one back.
bool Control::send(const Round& round, const std::vector<Order>& orders) {
  const Timestamp now = round.situation.now();
  for (const Order& order : orders) {
    quoting_.step_aside(round.situation, order, round.effects);
    const auto block = gate_.check(round.situation, orders_, switches_,
                                   quoting_.own(order.instrument), order, false);
    if (!block) continue;
    fail(round, ProposalState::blocked, fmt::format("{}: {}", block->rail, block->why), true);
    return false;
  }
  for (const Order& order : orders) {
    orders_.sent(now, order);
    const double notional = worth(round.situation, order.instrument, order.qty);
    gate_.passed(now, notional);
    round.watch.proposal->requested += notional;
    round.effects.push_back({now, OrderRequest{order}});
  }
  return true;
}

void Control::close(const Round& round, ProposalState state, std::string_view reason) {
  round.watch.proposal->state = state;
  round.watch.open = false;
  record(round, reason);
}

/// It did not help: another action's turn, but for a hedge that did its part and may do so again.
void Control::fail(const Round& round, ProposalState state, std::string_view reason, bool counts) {
  FactorWatch& watch = round.watch;
  const Timestamp now = round.situation.now();
  if (counts || watch.proposal->action != Action::hedge) {
    watch.excluded |= bit(watch.proposal->action);
  }
  cancel_orders(round.situation, watch.proposal->id, round.effects);
  transferring_.drop(watch.proposal->id);
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

/// Whether quotes lean against the factor: always where nobody controls it or its mode is `auto`,
/// else while a proposal to skew is carried out.
bool Control::leaning(const Situation& /*situation*/, FactorId factor) const {
  const std::uint32_t at = watch_index_[factor.index()];
  if (at == none || desk_->controls[at].skew == Mode::automatic) return true;
  const FactorWatch& watch = watches_[at];
  return watch.open && watch.proposal->action == Action::skew &&
         watch.proposal->state == ProposalState::acting;
}

}  // namespace ballast
