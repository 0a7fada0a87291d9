// Engine::explain_proposal: what control thought and did about a factor, for a person.
#include <cmath>

#include <fmt/format.h>

#include "control/account_margin.hpp"
#include "engine/engine.hpp"
#include "engine/report_factor.hpp"

namespace ballast {
namespace {

std::string number(double value) { return fmt::format("{:.6g}", value == 0.0 ? 0.0 : value); }

/// With its sign, as a further part of a sum.
std::string plus(double value) { return (value < 0.0 ? "- " : "+ ") + number(std::fabs(value)); }

std::string seconds(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g} s", value) : "no end";
}

/// What an action would have cost and taken, and why it was not chosen.
std::string option_text(const Proposal& proposal, const Option& option, std::string_view currency) {
  if (!option.possible) return fmt::format("not possible: {}", option.why.view());
  const Option& chosen = proposal.options[static_cast<std::size_t>(proposal.action)];
  const bool is_chosen = !proposal.nothing_possible && option.action == proposal.action;
  std::string text = fmt::format("{} + {} at risk = {} {}, in {}", number(option.action_cost),
                                 number(option.cost - option.action_cost), number(option.cost),
                                 currency, seconds(option.seconds));
  if (is_chosen) {
    text += fmt::format("; chosen: {}", proposal.because.view());
  } else if (!option.in_time && chosen.in_time) {
    text += "; not in time";
  } else if (!chosen.in_time) {
    text += fmt::format("; {} slower", seconds(option.seconds - chosen.seconds));
  } else {
    text += fmt::format("; {} dearer", number(option.cost - chosen.cost));
  }
  if (!option.why.empty()) text += fmt::format(" ({})", option.why.view());
  return text;
}

std::string weighed_text(const Instrument& instrument,
                         const Weighed& weighed,
                         bool sent,
                         std::string_view unit) {
  if (!weighed.why_not.empty()) return fmt::format("left out: {}", weighed.why_not.view());
  std::string text =
      fmt::format("{} half spread {} fee {} funding = {}", number(weighed.half_spread),
                  plus(weighed.fee), plus(weighed.funding), number(weighed.cost()));
  if (weighed.per_quantity == 0.0) {
    text += " for one of its quantity; moves other factors only";
  } else {
    if (weighed.impact > 0.0) {
      text += fmt::format(", {} more for each {} before it", number(2.0 * weighed.impact), unit);
    }
    text += fmt::format("; room for {}", number(weighed.room));
  }
  if (weighed.qty.zero()) return text + "; not traded";
  const bool buys = weighed.qty.sign() > 0;
  return text +
         fmt::format("; {} {} {} at {} or better",
                     sent ? "sent:" : "proposed:", buys ? "buy" : "sell",
                     to_string(buys ? weighed.qty : -weighed.qty), to_string(weighed.limit)) +
         (instrument.contract_size != Quantity::whole(1)
              ? fmt::format(" (contracts of {})", to_string(instrument.contract_size))
              : "");
}

std::string outcome_text(const Proposal& proposal) {
  switch (proposal.state) {
    case ProposalState::advised:
      return fmt::format("advised; to be back by {}, if somebody acts on it",
                         to_string(proposal.deadline));
    case ProposalState::waiting:
      return fmt::format("waits for approval until {}", to_string(proposal.deadline));
    case ProposalState::approved:
    case ProposalState::acting:
      return fmt::format("under way; to be verified by {}", to_string(proposal.deadline));
    default:
      break;
  }
  const Timestamp ended = proposal.ended.value_or(proposal.since);
  return fmt::format("{} at {}, after {}: {}", to_string(proposal.state), to_string(ended),
                     seconds((ended - proposal.since).to_seconds()), proposal.reason.view());
}

void explain_hedge(const Desk& desk,
                   const Proposal& proposal,
                   std::string_view unit,
                   std::string_view currency,
                   std::vector<Explanation>& lines) {
  if (proposal.weighed.empty()) return;
  lines.push_back({0, "instruments", fmt::format("cost of a {} more, {}", unit, currency)});
  const bool sent = proposal.action == Action::hedge && proposal.requested > 0.0;
  for (const Weighed& weighed : proposal.weighed) {
    const HedgeConfig& hedge = desk.hedges[weighed.hedge];
    const Instrument& instrument = desk.instrument(hedge.instrument);
    lines.push_back({1,
                     fmt::format("{} {}/{}", instrument.name, desk.venue(hedge.place.venue).name,
                                 hedge.place.account.view()),
                     weighed_text(instrument, weighed, sent, unit)});
  }
}

/// An account's margin as it is now.
Explanation margin_line(const Desk& desk,
                        const MarginConfig& config,
                        const Result<AccountMargin>& margin) {
  const std::string label =
      fmt::format("margin {}/{}", desk.venue(config.place.venue).name, config.place.account.view());
  if (!margin) return {0, label, fmt::format("unknown: {}", margin.error().what)};
  return {0, label,
          fmt::format("{}: initial {} and maintenance {} of {} {} equity",
                      margin_kind_names[static_cast<std::size_t>(config.kind)],
                      number(margin->initial), number(margin->maintenance), number(margin->equity),
                      desk.asset(config.currency).name)};
}

}  // namespace

std::vector<Explanation> Engine::explain_proposal(FactorId id) const {
  std::vector<Explanation> lines;
  lines.push_back({0, factor_label(desk_.factor(id)), fmt::format("at {}", to_string(now_))});
  const FactorWatch* const watch = control_.watch(id);
  if (watch == nullptr) {
    lines.push_back({0, "control", "none: no [[controls]] names this factor"});
    return lines;
  }
  for (const StopEpisode& stop : stops_.all()) {
    if (stop.cleared) continue;
    const AlertName name = alert_name(desk_, stop.transition());
    if (stop.rule == breaker_rule && stop.factor != id) continue;
    lines.push_back({0, fmt::format("{} {}", name.rule, name.factor),
                     fmt::format("since {}: {}", to_string(stop.began), stop.reason)});
  }
  for (std::size_t i = 0; i < desk_.margins.size(); ++i)
    lines.push_back(margin_line(desk_, desk_.margins[i], margin(i)));
  if (watch->record.latest().empty()) {
    lines.push_back({0, "proposal", "none was made"});
    return lines;
  }
  const auto about = explain_proposal(id, watch->record.latest().back());
  lines.insert(lines.end(), about.begin(), about.end());
  return lines;
}

std::vector<Explanation> Engine::explain_proposal(FactorId id, const Proposal& proposal) const {
  const std::string& unit = desk_.asset(desk_.factor(id).unit).name;
  const std::string& currency = desk_.asset(desk_.currency).name;
  std::vector<Explanation> lines;
  lines.push_back({0, fmt::format("proposal {}", proposal.id.view()),
                   fmt::format("of {}", to_string(proposal.since))});
  lines.push_back(
      {0, "deviation",
       fmt::format("{:+.6g} {} from the target, in a band from {} to {}", proposal.deviation, unit,
                   number(proposal.lower), number(proposal.upper))});
  lines.push_back({0, "weighed", proposal.nothing_possible ? "nothing is possible" : ""});
  for (const Option& option : proposal.options) {
    lines.push_back(
        {1, std::string(to_string(option.action)), option_text(proposal, option, currency)});
  }
  explain_hedge(desk_, proposal, unit, currency, lines);
  for (const SentTransfer& transfer : proposal.transfers) {
    const RouteConfig& route = desk_.routes[transfer.route.index()];
    lines.push_back({0, "transfer",
                     fmt::format("{} {} over {}", to_string(transfer.qty),
                                 desk_.asset(route.asset).name, route.name)});
  }
  if (proposal.nothing_possible) return lines;
  lines.push_back({0, "outcome", outcome_text(proposal)});
  if (proposal.traded > 0.0) {
    lines.push_back(
        {0, "cost",
         fmt::format("{} {} for {} {} traded; {} was expected", number(proposal.realised_cost),
                     currency, number(proposal.traded), unit, number(proposal.expected_cost))});
  }
  return lines;
}

}  // namespace ballast
