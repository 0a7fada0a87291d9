#include "control/control_record.hpp"

#include <algorithm>
#include <cmath>

namespace ballast {
namespace {

constexpr bool over(ProposalState state) {
  return state != ProposalState::advised && state != ProposalState::waiting &&
         state != ProposalState::approved && state != ProposalState::acting;
}

}  // namespace

void ControlRecord::decided(Timestamp now, const Proposal& proposal) {
  if (from_ && proposal.since < *from_) return;
  const auto at = std::find_if(latest_.rbegin(), latest_.rend(),
                               [&](const Proposal& p) { return p.id == proposal.id; });
  const bool is_new = at == latest_.rend();
  if (is_new) {
    if (latest_.size() == latest_max) latest_.pop_front();
    latest_.push_back(proposal);
  } else {
    const double realised = at->realised_cost;  // fills are told of here
    const double traded = at->traded;
    *at = proposal;
    at->realised_cost = realised;
    at->traded = traded;
  }
  Proposal& shown = is_new ? latest_.back() : *at;
  if (proposal.nothing_possible) {
    ++at_a_loss_;
    shown.ended = now;
    return;
  }
  ActionTotals& totals = actions_[static_cast<std::size_t>(proposal.action)];
  if (is_new) ++totals.proposals;
  if (!over(proposal.state)) return;
  shown.ended = now;
  ++states_[static_cast<std::size_t>(proposal.state)];
  if (proposal.state == ProposalState::failed) {
    ++failures_[static_cast<std::size_t>(proposal.failure)];
  }
  if (proposal.state != ProposalState::verified || !proposal.back_in_band) return;
  const double seconds = (now - proposal.since).to_seconds();
  if (seconds_back_.size() < times_max) {
    seconds_back_.push_back(seconds);
  } else {
    seconds_back_[next_ % times_max] = seconds;
  }
  ++next_;
}

void ControlRecord::carried_out(const Proposal& proposal) {
  if (from_ && proposal.since < *from_) return;
  ActionTotals& totals = actions_[static_cast<std::size_t>(proposal.action)];
  ++totals.carried_out;
  totals.expected_cost += proposal.expected_cost;
  if (proposal.action == Action::transfer) totals.quantity += std::fabs(proposal.shift);
}

void ControlRecord::traded(Action action,
                           const TradeId& id,
                           std::optional<double> cost,
                           double quantity) {
  const auto at =
      std::find_if(latest_.rbegin(), latest_.rend(), [&](const Proposal& p) { return p.id == id; });
  if (at == latest_.rend()) return;
  ActionTotals& totals = actions_[static_cast<std::size_t>(action)];
  totals.quantity += quantity;
  at->traded += quantity;
  if (!cost) {
    ++unvalued_;
    return;
  }
  totals.realised_cost += *cost;
  at->realised_cost += *cost;
}

void ControlRecord::restart(Timestamp now) {
  *this = {};
  from_ = now;
}

std::uint32_t ControlRecord::made() const {
  std::uint32_t made = at_a_loss_;
  for (const ActionTotals& totals : actions_)
    made += totals.proposals;
  return made;
}

std::optional<double> ControlRecord::median_seconds_back() const {
  if (seconds_back_.empty()) return std::nullopt;
  std::vector<double> sorted = seconds_back_;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2.0;
}

const Proposal* ControlRecord::find(const TradeId& id) const {
  const auto at =
      std::find_if(latest_.rbegin(), latest_.rend(), [&](const Proposal& p) { return p.id == id; });
  return at == latest_.rend() ? nullptr : &*at;
}

}  // namespace ballast
