// Changes that people make to what watches and acts: acknowledge, shelve, approve, kill, rearm.
#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/routes/changes.hpp"
#include "adapters/api/routes/item_json.hpp"
#include "base/suggest.hpp"
#include "engine/report_factor.hpp"
#include "engine/report_items.hpp"

namespace ballast::api {
namespace {

using Planned = tl::expected<Plan, Response>;

/// `{"state": "firing"}`
std::string state_json(std::string_view state) { return fmt::format(R"({{"state":"{}"}})", state); }

std::string time_json(std::string_view key, const std::optional<Timestamp>& t) {
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key(key).value(t);
  out.end_object();
  return out.text();
}

// ---- alerts

Planned acknowledge(const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  const std::string& id = request.captures.at("id");
  auto body = body_of(request, {"reason"});
  if (!body) return tl::unexpected(std::move(body).error());
  auto reason = reason_of(*body, false);
  if (!reason) return tl::unexpected(std::move(reason).error());
  const auto plan = [&](const AlertEpisode& episode, RuleId rule) -> Planned {
    const std::string_view state = alert_state_names[static_cast<std::size_t>(episode.state)];
    if (episode.state != AlertState::firing) {
      return tl::unexpected(
          problem(409, "conflict",
                  fmt::format("{} is {}: only what fires can be acknowledged", id, state)));
    }
    Acknowledge event;
    event.rule = rule;
    event.factor = episode.factor;
    event.by = note(request.by.name);
    return PlannedChange{
        event, "alert.acknowledge", id, state_json(state), state_json("acknowledged"), *reason};
  };
  for (const AlertEpisode& episode : engine.alerts().active()) {
    if (alert_id(engine.desk(), episode.transition()) != id) continue;
    const std::size_t past = episode.objective ? engine.desk().rules.size() : 0;
    return plan(episode, RuleId{past + episode.rule.index()});
  }
  for (const StopEpisode& stop : engine.stops().all()) {
    if (!stop.cleared && alert_id(engine.desk(), stop.transition()) == id)
      return plan(stop, stop.rule);
  }
  return tl::unexpected(no_such("alert that is open,", id, ": it may have ended"));
}

Planned shelve(const DeskView& view, const Request& request) {
  const Desk& desk = view.engine.desk();
  const std::string& name = request.captures.at("name");
  const RuleId rule = desk.find_rule(name);
  if (!rule.valid()) {
    Suggestion suggestion(name);
    for (const RuleConfig& known : desk.rules)
      suggestion.consider(known.name);
    for (const ObjectiveConfig& known : desk.objectives)
      suggestion.consider(known.name);
    return tl::unexpected(no_such("rule", name, suggestion.text()));
  }
  auto body = body_of(request, {"until", "for", "reason"});
  if (!body) return tl::unexpected(std::move(body).error());
  auto until = field(body->time("until"));
  if (!until) return tl::unexpected(std::move(until).error());
  auto span = field(body->duration("for"));
  if (!span) return tl::unexpected(std::move(span).error());
  auto reason = reason_of(*body, false);
  if (!reason) return tl::unexpected(std::move(reason).error());
  if (until->has_value() == span->has_value()) {
    return tl::unexpected(
        problem(400, "bad_body",
                "give one of `until` and `for`: until when notifications are held "
                "back, or for how long"));
  }
  constexpr Duration longest = Duration::days(365);
  if (*span && ((*span)->ns <= 0 || **span > longest)) {
    return tl::unexpected(refused(
        "bad_span", fmt::format("`for` is {}: it must be above 0 and at most {}; a past `until` "
                                "ends the shelving",
                                to_string(**span), to_string(longest))));
  }
  const Timestamp now = view.figures.now;
  Shelve event;
  event.rule = rule;
  event.until = *until ? **until : now + **span;
  event.by = note(request.by.name);
  if (event.until > now + longest) {
    return tl::unexpected(
        refused("bad_span", fmt::format("`until` is {}: shelve for at most {} at a time",
                                        to_string(event.until), to_string(longest))));
  }
  const bool ends = event.until <= now;
  return PlannedChange{event,
                       "rule.shelve",
                       name,
                       time_json("shelved_until", view.engine.alerts().shelved_until(rule)),
                       time_json("shelved_until", ends ? std::nullopt : std::optional(event.until)),
                       *reason};
}

// ---- proposals

Planned answer_proposal(const DeskView& view, const Request& request, bool accept) {
  const Engine& engine = view.engine;
  const std::string& id = request.captures.at("id");
  auto body = body_of(request, {"reason"});
  if (!body) return tl::unexpected(std::move(body).error());
  auto reason = reason_of(*body, false);
  if (!reason) return tl::unexpected(std::move(reason).error());
  const FoundProposal found = find_proposal(engine, id);
  if (found.proposal == nullptr) return tl::unexpected(no_such("proposal", id));
  const ProposalReport report = proposal_report(*found.proposal);
  if (!found.proposal->waits()) {
    return tl::unexpected(problem(409, "conflict",
                                  fmt::format("proposal {} is {}: only one that waits can be {}",
                                              id, report.state, accept ? "approved" : "rejected")));
  }
  Approve event;
  event.id = found.proposal->id;
  event.accept = accept;
  event.by = note(request.by.name);
  event.reason = note(*reason);
  return PlannedChange{event,
                       accept ? "proposal.approve" : "proposal.reject",
                       id,
                       state_json(report.state),
                       state_json(accept ? "approved" : "rejected"),
                       *reason};
}

// ---- kill switches

/// Every book that the desk knows: those that traded and those that are configured.
std::vector<std::string> known_books(const Engine& engine) {
  const Desk& desk = engine.desk();
  std::vector<std::string> books;
  for (std::size_t i = 0; i < engine.books().book_count(); ++i)
    books.push_back(engine.books().book(BookId{i}).str());
  for (const FactorConfig& factor : desk.factors) {
    if (!factor.whole_desk()) books.push_back(factor.book);
  }
  for (const QuoteConfig& quote : desk.quotes)
    books.push_back(quote.book.str());
  for (const HedgeConfig& hedge : desk.hedges)
    books.push_back(hedge.book.str());
  return books;
}

template <class Names>
Response no_scope(std::string_view what, std::string_view name, const Names& names) {
  Suggestion suggestion(name);
  for (const auto& candidate : names)
    suggestion.consider(candidate);
  return refused("no_such_scope", fmt::format("the desk knows no {} `{}`{}: nothing was stopped or "
                                              "armed",
                                              what, name, suggestion.text()));
}

tl::expected<VenueId, Response> venue_of(const Desk& desk, std::string_view name) {
  const VenueId venue = desk.find_venue(name);
  if (venue.valid()) return venue;
  std::vector<std::string> names;
  for (const Venue& known : desk.venues)
    names.push_back(known.name);
  return tl::unexpected(no_scope("venue", name, names));
}

/// "desk", "venue:NAME", "account:VENUE/ACCOUNT", "book:NAME", "factor:KEY".
tl::expected<Scope, Response> scope_of(const Engine& engine, std::string_view text) {
  const Desk& desk = engine.desk();
  Scope scope;
  if (text == "desk") return scope;
  const auto colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view name =
      colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (kind == "venue") {
    auto venue = venue_of(desk, name);
    if (!venue) return tl::unexpected(std::move(venue).error());
    scope.kind = ScopeKind::venue;
    scope.place.venue = *venue;
    return scope;
  }
  if (kind == "account") {
    const auto slash = name.find('/');
    auto venue = venue_of(desk, name.substr(0, slash));
    if (!venue) return tl::unexpected(std::move(venue).error());
    const std::string_view account =
        slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
    const auto account_name = AccountName::create(account);
    const Venue& config = desk.venue(*venue);
    const bool known =
        account_name && !account.empty() &&
        (config.any_account() || std::find(config.accounts.begin(), config.accounts.end(),
                                           account) != config.accounts.end());
    if (!known) return tl::unexpected(no_scope("account", name, config.accounts));
    scope.kind = ScopeKind::account;
    scope.place = {*venue, *account_name};
    return scope;
  }
  if (kind == "book") {
    const auto books = known_books(engine);
    if (std::find(books.begin(), books.end(), name) == books.end())
      return tl::unexpected(no_scope("book", name, books));
    scope.kind = ScopeKind::book;
    scope.book = *BookName::create(name);
    return scope;
  }
  if (kind == "factor") {
    auto factor = factor_named(desk, name);
    if (!factor) return tl::unexpected(std::move(factor).error());
    scope.kind = ScopeKind::factor;
    scope.factor = *factor;
    return scope;
  }
  return tl::unexpected(problem(
      400, "bad_field",
      fmt::format("`scope` is `{}`: it must be desk, venue:NAME, account:VENUE/ACCOUNT, book:NAME, "
                  "or for a rearm factor:KEY",
                  text)));
}

bool is_stopped(const Engine& engine, const Scope& scope) {
  for (const KillSwitches::Switch& s : engine.control().switches().all()) {
    if (s.scope == scope) return true;
  }
  if (scope.kind != ScopeKind::factor) return false;
  const FactorWatch* const watch = engine.control().watch(scope.factor);
  return watch != nullptr && watch->tripped;
}

std::string stopped_json(bool stopped) {
  return fmt::format(R"({{"stopped":{}}})", stopped ? "true" : "false");
}

/// Both take the same body; a kill may be thrown without a reason: it must never wait for one.
Planned kill_or_rearm(const DeskView& view, const Request& request, bool kill) {
  auto body = body_of(request, {"scope", "reason"});
  if (!body) return tl::unexpected(std::move(body).error());
  auto text = field(body->text("scope"));
  if (!text) return tl::unexpected(std::move(text).error());
  if (!*text) {
    return tl::unexpected(problem(400, "bad_field",
                                  "`scope` is missing: say what, desk, venue:NAME, "
                                  "account:VENUE/ACCOUNT or book:NAME"));
  }
  auto reason = reason_of(*body, !kill);
  if (!reason) return tl::unexpected(std::move(reason).error());
  auto scope = scope_of(view.engine, **text);
  if (!scope) return tl::unexpected(std::move(scope).error());
  if (kill && scope->kind == ScopeKind::factor) {
    return tl::unexpected(refused("bad_scope",
                                  "a factor has a breaker and no kill switch: kill a book, an "
                                  "account, a venue or the desk"));
  }
  const bool stopped = is_stopped(view.engine, *scope);
  if (stopped == kill) {
    return tl::unexpected(problem(409, "conflict",
                                  kill ? fmt::format("{} is stopped already", **text)
                                       : fmt::format("{} is not stopped", **text)));
  }
  EventBody event;
  if (kill) {
    event =
        Kill{*scope, note(request.by.name), note(reason->empty() ? "no reason given" : *reason)};
  } else {
    event = Rearm{*scope, note(request.by.name), note(*reason)};
  }
  return PlannedChange{std::move(event),      kill ? "kill" : "rearm", **text,
                       stopped_json(stopped), stopped_json(kill),      *reason};
}

}  // namespace

void add_control_changes(Table& table, const RouteContext& context) {
  const auto add = [&](std::string pattern, Permission needs, std::string about, std::string schema,
                       Prepare prepare) {
    table.push_back(changes(context, Method::post, std::move(pattern), needs, std::move(about),
                            std::move(schema), std::move(prepare)));
  };
  add("/api/v1/alerts/{id}/acknowledge", Permission::act, "Somebody has seen a firing alert.",
      "ReasonOnly", acknowledge);
  add("/api/v1/rules/{name}/shelve", Permission::act,
      "Holds a rule's notifications back for a while; a past `until` ends that.", "Shelving",
      shelve);
  add("/api/v1/proposals/{id}/approve", Permission::act, "Approves a proposal that waits.",
      "ReasonOnly", [](const DeskView& view, const Request& request) {
        return answer_proposal(view, request, true);
      });
  add("/api/v1/proposals/{id}/reject", Permission::act, "Rejects a proposal that waits.",
      "ReasonOnly", [](const DeskView& view, const Request& request) {
        return answer_proposal(view, request, false);
      });
  add("/api/v1/kill", Permission::act, "Stops quoting, hedging and transfers in a scope.",
      "KillRequest", [](const DeskView& view, const Request& request) {
        return kill_or_rearm(view, request, true);
      });
  add("/api/v1/rearm", Permission::limit, "Lifts a kill switch, or closes a factor's breaker.",
      "RearmRequest", [](const DeskView& view, const Request& request) {
        return kill_or_rearm(view, request, false);
      });
}

}  // namespace ballast::api
