#include "control/control.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "control/arbiter.hpp"
#include "control/money.hpp"

namespace ballast {
namespace {

constexpr std::uint32_t none = UINT32_MAX;

/// Of the deviation: how much more of it makes leaning and waiting be weighed anew.
constexpr double growth = 0.1;

/// The deviation that it is about is gone, and there is one on the other side.
bool overtaken(const Proposal& proposal, const Deviation& deviation) {
  return !deviation.in_band() && (deviation.now > 0.0) != (proposal.deviation > 0.0);
}
/// Leaning and waiting were chosen for a smaller deviation.
bool outgrown(const Proposal& proposal, const Deviation& deviation) {
  const bool passive = proposal.action == Action::wait || proposal.action == Action::skew;
  return passive && std::fabs(deviation.now) > (1.0 + growth) * std::fabs(proposal.deviation);
}
constexpr std::string_view overtaken_text = "it is outside its band on the other side by now";

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
  if (fill.origin == Origin::hedge || fill.origin == Origin::rebalance) {
    count_cost(situation, fill, order);
  }
  if (order == nullptr) return;
  for (FactorWatch& watch : watches_) {
    if (watch.open && watch.proposal->id == order->proposal) {
      watch.proposal->filled += worth_at_mark(situation, fill.key.instrument, fill.qty);
    }
  }
  orders_.booked(fill);
}

/// What a fill of a proposal cost against the mids on which it rested. A person's own fill is of
/// the proposal that was advised, if it trades what that was about.
void Control::count_cost(const Situation& situation, const Fill& fill, const OpenOrder* order) {
  for (FactorWatch& watch : watches_) {
    const bool own = order == nullptr || order->proposal.empty();
    const bool advised = own && watch.open && watch.proposal->action == Action::hedge &&
                         watch.proposal->state == ProposalState::advised;
    const Proposal* const proposal = !own      ? watch.record.find(order->proposal)
                                     : advised ? watch.record.find(watch.proposal->id)
                                               : nullptr;
    if (proposal == nullptr) continue;
    for (const Weighed& weighed : proposal->weighed) {
      const HedgeConfig& hedge = desk_->hedges[weighed.hedge];
      if (hedge.instrument != fill.key.instrument || !(hedge.place == fill.key.place)) continue;
      if (hedge.book != fill.book || weighed.money == 0.0) continue;  // it was left out
      const double qty = to_double(fill.qty);
      const double against = to_double(fill.price) - weighed.mid;
      std::optional<double> cost =
          (fill.side == Side::buy ? against : -against) * weighed.money * qty;
      if (fill.fee) {
        const Quoted& price = situation.market().asset_price(fill.fee->asset);
        if (price.present) {
          *cost += to_double(fill.fee->amount) * to_double(price.price);
        } else {
          cost.reset();
        }
      }
      watch.record.traded(proposal->action, proposal->id, cost,
                          qty * std::fabs(weighed.per_quantity));
      return;
    }
  }
}

void Control::restart_records(Timestamp now) {
  for (FactorWatch& watch : watches_)
    watch.record.restart(now);
  quoting_.restart_records(now);
}

bool Control::approve(const Situation& situation,
                      const Approve& answer,
                      std::vector<Effect>& effects) {
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    FactorWatch& watch = watches_[i];
    if (!watch.open || !watch.proposal->waits() || watch.proposal->id != answer.id) continue;
    const Round round{situation, desk_->controls[i], watch, effects};
    watch.proposal->by = answer.by;
    if (!answer.accept) {
      watch.exclude(watch.proposal->action);
      close(round, ProposalState::rejected,
            fmt::format("by {}{}{}", answer.by.view(), answer.reason.empty() ? "" : ": ",
                        answer.reason.view()));
      watch.due = situation.now();
      return true;
    }
    watch.proposal->state = ProposalState::approved;
    record(round, fmt::format("by {}", answer.by.view()));
    if (const auto* stopped = switches_.stops(round.config.factor)) {
      give_up(round, ProposalState::blocked, fmt::format("stopped: {}", stopped->reason.view()),
              false);
      return true;
    }
    // The market has moved since: the same action, on today's numbers.
    const auto deviation = deviation_of(situation, round.config.factor, orders_);
    if (!deviation || deviation->in_band() || overtaken(*watch.proposal, *deviation)) {
      close(round, ProposalState::withdrawn,
            !deviation             ? "the factor is unknown"
            : deviation->in_band() ? "back in its band before it was done"
                                   : overtaken_text);
      return true;
    }
    const Candidate now = candidate(round, watch.proposal->action, *deviation);
    if (!now.possible) {
      fail(round, Failure::not_possible, now.why, false);
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
  for (const FactorWatch& watch : watches_) {
    if (watch.open && switches_.stops(watch.proposal->factor) != nullptr)
      cancel_orders(situation, watch.proposal->id, effects);
  }
  quoting_.pull(situation, switches_, gate_, effects);
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
      situation, orders_, switches_, gate_, [&](FactorId factor) { return leaning(factor); },
      effects);
}

void Control::look(const Round& round) {
  FactorWatch& watch = round.watch;
  const Timestamp now = round.situation.now();
  watch.looked = now;
  watch.ever_looked = true;
  watch.due = never;
  if (watch.open) settle(round);
  if (watch.open) {
    const bool stopped = switches_.stops(round.config.factor) != nullptr;
    if (watch.proposal->action == Action::transfer && !stopped) {
      transferring_.go_on(round.situation, switches_, watch.proposal->id, round.effects);
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
    proposal.back_in_band = done;
    return close(round, done ? ProposalState::verified : ProposalState::withdrawn,
                 done ? "back in its band" : "back in its band before it was done");
  }
  if (deviation && overtaken(proposal, *deviation)) {
    if (proposal.waits()) {
      close(round, ProposalState::withdrawn, overtaken_text);
    } else {
      fail(round, Failure::moved_on, overtaken_text, false);
    }
    round.watch.excluded = 0;  // another deviation
    return;
  }
  if (deviation && outgrown(proposal, *deviation)) {
    return close(round, ProposalState::withdrawn, "the deviation has grown: it is weighed anew");
  }
  if (proposal.waits()) {
    if (now < proposal.deadline) return;
    round.watch.exclude(proposal.action);
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
    return fail(round, Failure::data,
                fmt::format("data: {}", round.situation.why_unknown(round.config.factor)), true);
  }
  const double outside = std::fabs(deviation->outside(deviation->now));
  if (outside <= proposal.promised_outside) {
    return close(round, ProposalState::verified, "nearer by as much as was promised");
  }
  if (proposal.state == ProposalState::advised) {
    return fail(round, Failure::unheeded, "advised, and nobody acted on it", false);
  }
  if (proposal.action == Action::transfer && !transferring_.arrived(round.situation, proposal.id)) {
    return fail(round, Failure::not_arrived, "a transfer has not arrived", true);
  }
  // Flow and markets move on; what was done may still have done what it should. Only a hedge that
  // did not, by the books, is one to be afraid of.
  const bool sound = proposal.action != Action::hedge || hedge_took_hold(round);
  const bool filled = proposal.filled >= (1.0 - tolerance) * proposal.requested;
  if (proposal.action == Action::hedge && !filled) {
    const bool part = proposal.filled > 0.0;  // the market had no more: it may have, the next time
    return fail(
        round, Failure::not_filled,
        fmt::format("{}: {:.6g} of {:.6g} {}", part ? "filled in part" : "not filled",
                    proposal.filled, proposal.requested, desk_->asset(desk_->currency).name),
        !part || !sound);
  }
  const std::string_view cause = round.situation.dominant_cause(round.config.factor);
  fail(round, sound ? Failure::moved_on : Failure::no_effect,
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

/// Whether quotes lean against the factor: always where nobody controls it or its mode is `auto`,
/// else while a proposal to skew is carried out.
bool Control::leaning(FactorId factor) const {
  const std::uint32_t at = watch_index_[factor.index()];
  if (at == none || desk_->controls[at].skew == Mode::automatic) return true;
  const FactorWatch& watch = watches_[at];
  return watch.open && watch.proposal->action == Action::skew &&
         watch.proposal->state == ProposalState::acting;
}

}  // namespace ballast
