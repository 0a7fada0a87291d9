// What watches and acts: alerts, rules, proposals, quotes, stops, what is learnt.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "adapters/api/routes/handlers.hpp"
#include "adapters/api/routes/item_json.hpp"
#include "engine/report_factor.hpp"
#include "engine/report_items.hpp"

namespace ballast::api {
namespace {

/// An item of a list that is newest first: `began` never changes for an item, and the id breaks
/// ties, so the place of an item is its own for ever.
struct Dated {
  Timestamp began{};
  std::string id;
  friend bool operator<(const Dated& a, const Dated& b) {
    return std::tie(b.began, a.id) < std::tie(a.began, b.id);
  }
};
std::string place_of(const Dated& dated) { return fmt::format("{} {}", dated.began.ns, dated.id); }
std::optional<Dated> dated_from(const std::string& place) {
  const auto space = place.find(' ');
  if (space == std::string::npos) return std::nullopt;
  const auto time = parse_timestamp(std::string_view(place).substr(0, space));
  if (!time) return std::nullopt;
  return Dated{*time, place.substr(space + 1)};
}

/// A page of `items` that come after the cursor's place, by `dated(item)`.
template <class Item, class Date, class Write>
Response newest_first(const DeskView& view,
                      const Page& page,
                      std::string_view list,
                      const std::vector<Item>& items,
                      const Date& dated,
                      const Write& write) {
  std::optional<Dated> after;
  if (page.place) {
    after = dated_from(*page.place);
    if (!after) return lost_cursor();
  }
  std::vector<std::pair<Dated, const Item*>> rest;
  for (const Item& item : items) {
    Dated at = dated(item);
    if (!after || *after < at) rest.emplace_back(std::move(at), &item);
  }
  const auto by_date = [](const auto& a, const auto& b) { return a.first < b.first; };
  const std::size_t shown = std::min(page.limit, rest.size());
  std::partial_sort(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(shown), rest.end(),
                    by_date);
  ListAnswer answer(view);
  for (std::size_t i = 0; i < shown; ++i)
    write(answer.item(), *rest[i].second);
  if (shown == rest.size()) return answer.finish(std::nullopt);
  return answer.finish(encode_cursor(list, place_of(rest[shown - 1].first)));
}

// ---- alerts

/// One episode, of a rule or a stop.
struct Episode {
  const AlertEpisode* alert = nullptr;
  const StopEpisode* stop = nullptr;
  const AlertEpisode& base() const { return stop != nullptr ? *stop : *alert; }
};

Response alerts(const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  BALLAST_ANSWER(page, page_of(request, "alerts"));
  BALLAST_ANSWER(
      state, one_of(request, "state", "open", {"open", "firing", "acknowledged", "ended", "all"}));
  const bool open = state != "ended";
  const bool ended = state == "ended" || state == "all";
  std::vector<AlertEpisode> episodes;
  if (open) episodes = engine.alerts().active();
  if (ended) {
    const auto history = engine.alerts().history();
    episodes.insert(episodes.end(), history.begin(), history.end());
  }
  std::vector<Episode> items;
  const auto wanted = [&](const AlertEpisode& episode) {
    if (state == "firing") return episode.state == AlertState::firing;
    if (state == "acknowledged") return episode.state == AlertState::acknowledged;
    return true;
  };
  for (const AlertEpisode& episode : episodes) {
    if (wanted(episode)) items.push_back({&episode, nullptr});
  }
  for (const StopEpisode& stop : engine.stops().all()) {
    if ((stop.cleared ? ended : open) && wanted(stop)) items.push_back({nullptr, &stop});
  }
  return newest_first(
      view, page, "alerts", items,
      [&](const Episode& e) {
        return Dated{e.base().began,
                     alert_id(engine.desk(),
                              e.stop != nullptr ? e.stop->transition() : e.alert->transition())};
      },
      [&](JsonWriter& out, const Episode& e) {
        write_alert(out, e.stop != nullptr ? alert_report(engine.desk(), *e.stop)
                                           : alert_report(engine.desk(), *e.alert));
      });
}

Response rules(const DeskView& view, const Request& request) {
  BALLAST_ANSWER(page, page_of(request, "rules"));
  const auto rule = [&](std::size_t i) { return rule_view(view.engine, RuleId{i}); };
  return answer_page(view, page,
                     {.list = "rules",
                      .count = rule_count(view.engine.desk()),
                      .wanted = {},
                      .name_of = [&](std::size_t i) { return std::string(rule(i).name); },
                      .write = [&](JsonWriter& out, std::size_t i) { write_rule(out, rule(i)); }});
}

// ---- proposals

Response proposals(const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  const Desk& desk = engine.desk();
  BALLAST_ANSWER(page, page_of(request, "proposals"));
  std::vector<std::string_view> states{"open", "nothing_possible"};
  states.insert(states.end(), proposal_state_names.begin(), proposal_state_names.end());
  BALLAST_ANSWER(state, one_of(request, "state", "", states));
  FactorId only;
  if (const auto key = request.parameter("factor")) {
    auto found = factor_named(desk, *key);
    if (!found) {
      return problem(400, "bad_parameter",
                     fmt::format("factor is `{}`: the desk has none of that key", *key));
    }
    only = *found;
  }
  struct Item {
    FactorId factor;
    const Proposal* proposal;
  };
  std::vector<Item> items;
  const auto wanted = [&](const Proposal& p) {
    if (state.empty()) return true;
    if (state == "open") return is_open(p);
    return proposal_report(p).state == state;
  };
  for (const ControlConfig& control : desk.controls) {
    if (only.valid() && control.factor != only) continue;
    for (const Proposal& p : engine.control().watch(control.factor)->record.latest()) {
      if (wanted(p)) items.push_back({control.factor, &p});
    }
  }
  return newest_first(
      view, page, "proposals", items,
      [](const Item& item) {
        return Dated{item.proposal->since, item.proposal->id.str()};
      },
      [&](JsonWriter& out, const Item& item) {
        write_full_proposal(out, desk, item.factor, *item.proposal, nullptr);
      });
}

Response proposal(const DeskView& view, const Request& request) {
  const std::string& id = request.captures.at("id");
  const FoundProposal found = find_proposal(view.engine, id);
  if (found.proposal == nullptr) return no_such("proposal", id, "; the latest 50 of a factor are");
  const auto lines = view.engine.explain_proposal(found.factor, *found.proposal);
  JsonWriter out(JsonWriter::Layout::compact);
  write_full_proposal(out, view.engine.desk(), found.factor, *found.proposal, &lines);
  return ok(out);
}

// ---- quotes, stops, parameters

Response quotes(const DeskView& view, const Request& request) {
  const Desk& desk = view.engine.desk();
  BALLAST_ANSWER(page, page_of(request, "quotes"));
  return answer_page(
      view, page,
      {.list = "quotes",
       .count = desk.quotes.size(),
       .wanted = {},
       .name_of = [&](std::size_t i) { return desk.instrument(desk.quotes[i].instrument).name; },
       .write = [&](JsonWriter& out,
                    std::size_t i) { write_quote_now(out, quote_view(view.engine, i)); }});
}

Response kill_switches(const DeskView& view, const Request& request) {
  BALLAST_ANSWER(page, page_of(request, "kill-switches"));
  std::vector<StopView> items = stop_views(view.engine);
  return newest_first(
      view, page, "kill-switches", items,
      [](const StopView& stop) {
        return Dated{stop.since, stop.scope};
      },
      write_stop);
}

Response parameters(const DeskView& view, const Request& request) {
  BALLAST_ANSWER(page, page_of(request, "parameters"));
  BALLAST_ANSWER(instrument, instrument_filter(view.engine.desk(), request));
  const auto learnt = view.engine.learning().instruments();
  return answer_page(
      view, page,
      {.list = "parameters",
       .count = learnt.size(),
       .wanted = [&](std::size_t i) { return instrument.passes(learnt[i]); },
       .name_of = [&](std::size_t i) { return view.engine.desk().instrument(learnt[i]).name; },
       .write = [&](JsonWriter& out,
                    std::size_t i) { write_parameters(out, view.engine, learnt[i]); }});
}

}  // namespace

void add_control_routes(Table& table, const RouteContext& context) {
  table.push_back(
      reads(context, "/api/v1/alerts",
            "Alerts, newest first: of rules, breakers and kill switches.", "AlertList",
            with_page({{"state", "open (default), firing, acknowledged, ended or all"}}), alerts));
  table.push_back(reads(context, "/api/v1/rules", "Rules and objectives, and which are shelved.",
                        "RuleList", with_page(), rules));
  table.push_back(reads(context, "/api/v1/proposals",
                        "What control proposed, newest first: the latest 50 of each factor.",
                        "ProposalList",
                        with_page({{"factor", "only about this factor, by its key"},
                                   {"state",
                                    "only in this state; `open`: it waits or is under "
                                    "way"}}),
                        proposals));
  table.push_back(reads(context, "/api/v1/proposals/{id}",
                        "One proposal, with what was weighed and done.", "ProposalInFull", {},
                        proposal));
  table.push_back(reads(context, "/api/v1/quotes", "What is quoted now, and for which reasons not.",
                        "QuoteList", with_page(), quotes));
  table.push_back(reads(context, "/api/v1/kill-switches",
                        "What is stopped: kill switches and breakers, newest first.",
                        "KillSwitchList", with_page(), kill_switches));
  table.push_back(reads(
      context, "/api/v1/parameters", "What is learnt of each instrument, or why it is not given.",
      "ParameterList", with_page({{"instrument", "only of this instrument"}}), parameters));
}

}  // namespace ballast::api
