// Engine::report: what control did, from its own records.
#include <algorithm>
#include <cmath>

#include "engine/engine.hpp"
#include "engine/report_factor.hpp"
#include "engine/report_items.hpp"

namespace ballast {
namespace {

std::string action_text(const Proposal& proposal) {
  return proposal.nothing_possible ? "none" : std::string(to_string(proposal.action));
}

std::string state_text(const Proposal& proposal) {
  return proposal.nothing_possible ? "nothing_possible" : std::string(to_string(proposal.state));
}

}  // namespace

ProposalReport proposal_report(const Proposal& proposal) {
  ProposalReport out;
  out.id = proposal.id.str();
  out.action = action_text(proposal);
  out.state = state_text(proposal);
  out.reason = proposal.reason.str();
  out.since = proposal.since;
  out.ended = proposal.ended;
  out.deviation = proposal.deviation;
  if (proposal.nothing_possible) return out;
  out.expected_cost = proposal.expected_cost;
  if (proposal.action == Action::hedge) {
    out.realised_cost = proposal.realised_cost;
    out.quantity = proposal.traded;
  }
  if (proposal.action == Action::transfer) out.quantity = std::fabs(proposal.shift);
  return out;
}

OptionReport option_report(const Proposal& proposal, const Option& option) {
  OptionReport out;
  out.action = std::string(to_string(option.action));
  out.chosen = !proposal.nothing_possible && option.action == proposal.action;
  out.possible = option.possible;
  out.in_time = option.in_time;
  out.why = option.why.str();
  if (!option.possible) return out;
  out.cost = option.action_cost;
  out.risk_cost = option.cost - option.action_cost;
  out.total = option.cost;
  if (std::isfinite(option.seconds)) out.seconds = option.seconds;
  return out;
}

namespace {

ActionReport action_report(const ControlRecord& record, Action action) {
  const ActionTotals& totals = record.action(action);
  ActionReport out;
  out.action = std::string(to_string(action));
  out.proposals = totals.proposals;
  out.carried_out = totals.carried_out;
  out.expected_cost = totals.expected_cost;
  if (action == Action::hedge && record.all_valued()) out.realised_cost = totals.realised_cost;
  if (action == Action::hedge || action == Action::transfer) out.quantity = totals.quantity;
  return out;
}

ControlReport control_report(const FactorConfig& factor,
                             std::string_view unit,
                             const FactorWatch& watch) {
  const ControlRecord& record = watch.record;
  ControlReport out;
  out.factor = factor.name;
  out.book = factor.book;
  out.unit = unit;
  out.proposals = record.made();
  out.verified = record.count(ProposalState::verified);
  out.blocked = record.count(ProposalState::blocked);
  out.nothing_possible = record.at_a_loss();
  out.rejected = record.count(ProposalState::rejected);
  out.expired = record.count(ProposalState::expired);
  out.withdrawn = record.count(ProposalState::withdrawn);
  const bool open = watch.open && record.find(watch.proposal->id) != nullptr;
  out.awaiting_approval = open && watch.proposal->waits() ? 1 : 0;
  out.under_way = open && !watch.proposal->waits() ? 1 : 0;
  for (std::size_t i = 1; i < failure_names.size(); ++i) {
    out.failed.emplace_back(failure_names[i], record.failed(static_cast<Failure>(i)));
  }
  for (std::size_t i = 0; i < action_names.size(); ++i) {
    out.actions.push_back(action_report(record, static_cast<Action>(i)));
  }
  out.median_seconds_back = record.median_seconds_back();
  out.breaker_trips = record.trips();
  out.breaker_tripped = watch.tripped;
  for (const Proposal& proposal : record.latest())
    out.latest.push_back(proposal_report(proposal));
  if (!record.latest().empty()) {
    const Proposal& last = record.latest().back();
    for (const Option& option : last.options)
      out.last_options.push_back(option_report(last, option));
  }
  return out;
}

}  // namespace

QuoteReport quote_report(const Desk& desk,
                         const QuoteConfig& quote,
                         const QuoteRecord::Totals& totals) {
  QuoteReport out;
  out.instrument = desk.instrument(quote.instrument).name;
  out.account = desk.venue(quote.place.venue).name + "/" + quote.place.account.str();
  out.book = quote.book.str();
  out.factor = factor_label(desk.factor(quote.factor));
  out.known_seconds = totals.known.to_seconds();
  if (totals.known.ns == 0) return out;
  const auto share = [&](Duration part) { return part.to_seconds() / out.known_seconds; };
  out.two_sided = share(totals.two_sided);
  out.bid_pulled = share(totals.pulled[0]);
  out.ask_pulled = share(totals.pulled[1]);
  const auto reasons = [&](std::size_t side, auto& list) {
    for (const QuoteRecord::Reason& reason : totals.reasons) {
      if (reason.pulled[side].ns > 0) {
        list.emplace_back(reason.why.str(), share(reason.pulled[side]));
      }
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
  };
  reasons(0, out.bid_reasons);
  reasons(1, out.ask_reasons);
  return out;
}

void Engine::report_control(Report& report) const {
  for (const ControlConfig& control : desk_.controls) {
    const FactorConfig& factor = desk_.factor(control.factor);
    report.control.push_back(
        control_report(factor, desk_.asset(factor.unit).name, *control_.watch(control.factor)));
  }
  for (std::size_t i = 0; i < desk_.quotes.size(); ++i) {
    report.quotes.push_back(
        quote_report(desk_, desk_.quotes[i], control_.quoting().record(i).totals(now_)));
  }
}

}  // namespace ballast
