#include "control/transferring.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "control/money.hpp"
#include "quant/network/minimum_cost_flow.hpp"

namespace ballast {
namespace {

/// Costs of arcs are counts of a billionth of the amount.
constexpr double cost_unit = 1e-9;
constexpr double most_units = 1e15;

/// Whether an account is in a cash factor's scope.
bool in_scope(const FactorConfig& factor, const Place& place) {
  return factor.venue == place.venue && (factor.account.empty() || factor.account == place.account);
}

double cash(const Situation& situation, const Place& place, AssetId asset) {
  const AccountId account = situation.books().find_account(place);
  return account.valid() ? to_double(situation.books().cash(account, asset)) : 0.0;
}

/// What an account may give (away from its factor's band) or take (into it), in the asset.
struct Room {
  double give = 0.0;
  double take = std::numeric_limits<double>::infinity();
};
Room room_of(const Situation& situation, const Place& place, AssetId asset) {
  Room room{std::max(0.0, cash(situation, place, asset)), std::numeric_limits<double>::infinity()};
  const Desk& desk = situation.desk();
  for (std::size_t i = 0; i < desk.factors.size(); ++i) {
    const FactorConfig& factor = desk.factors[i];
    if (factor.kind != FactorKind::cash || factor.asset != asset || !in_scope(factor, place)) {
      continue;
    }
    const FactorState* const state = situation.known_state(FactorId{i});
    if (state == nullptr) return {0.0, 0.0};  // what is not known is not touched
    room.give = std::min(room.give, std::max(0.0, to_double(state->actual - state->lower)));
    room.take = std::min(room.take, std::max(0.0, to_double(state->upper - state->actual)));
  }
  return room;
}

/// The accounts of an asset's routes, as nodes of the flow; the last node is the factor's own end.
class Network {
 public:
  Network(const Situation& situation, AssetId asset, double unit)
      : situation_(situation), asset_(asset), unit_(unit) {}

  std::size_t node(const Place& place) {
    const auto at = std::find(places_.begin(), places_.end(), place);
    if (at != places_.end()) return static_cast<std::size_t>(at - places_.begin());
    places_.push_back(place);
    return places_.size() - 1;
  }
  std::size_t places() const { return places_.size(); }
  const Place& place(std::size_t node) const { return places_[node]; }
  std::int64_t units(double amount) const {
    return static_cast<std::int64_t>(std::floor(std::min(amount * unit_, most_units)));
  }

  void add(std::size_t from, std::size_t to, double capacity, double cost, RouteId route) {
    const std::int64_t units_capacity = units(capacity);
    if (units_capacity <= 0) return;
    FlowArc arc;
    arc.from = from;
    arc.to = to;
    arc.capacity = units_capacity;
    arc.cost = static_cast<std::int64_t>(std::llround(cost / cost_unit));
    problem_.arcs.push_back(arc);
    routes_.push_back(route);
  }

  MinimumCostFlowProblem& problem() { return problem_; }
  const std::vector<RouteId>& routes() const { return routes_; }
  Room room(std::size_t node) const { return room_of(situation_, places_[node], asset_); }

 private:
  const Situation& situation_;
  AssetId asset_;
  double unit_;
  std::vector<Place> places_;
  MinimumCostFlowProblem problem_;
  std::vector<RouteId> routes_;  // by arc; invalid: no transfer, but an end
};

bool covered(const KillSwitches& switches, const Place& from, const Place& to) {
  return switches.covers(from, BookName{}) != nullptr || switches.covers(to, BookName{}) != nullptr;
}

/// The most that a route carries now.
double capacity_of(const Situation& situation, const RouteConfig& route, double sent_today) {
  double most = route.most ? to_double(*route.most) : std::numeric_limits<double>::infinity();
  if (route.daily) most = std::min(most, std::max(0.0, to_double(*route.daily) - sent_today));
  if (!route.channel.valid()) return most;
  const Desk& desk = situation.desk();
  const ChannelConfig& channel = desk.channels[route.channel.index()];
  for (std::size_t i = 0; i < desk.factors.size(); ++i) {
    const FactorConfig& factor = desk.factors[i];
    if (factor.kind != FactorKind::channel || factor.channel != route.channel) continue;
    const FactorState* const state = situation.known_state(FactorId{i});
    if (state == nullptr) return 0.0;
    const double ours = to_double(state->actual);
    return std::min(most, route.from == channel.ours ? ours : to_double(channel.capacity) - ours);
  }
  return 0.0;  // a channel that no factor watches has no known balance
}

}  // namespace

double Transferring::sent_today(RouteId route, Timestamp now) const {
  double total = 0.0;
  for (const Sent& sent : sent_) {
    if (sent.route == route && now - sent.t < Duration::days(1)) total += to_double(sent.qty);
  }
  return total;
}

Candidate Transferring::candidate(const Situation& situation,
                                  const ControlConfig& control,
                                  const KillSwitches& switches,
                                  const Deviation& deviation,
                                  const TradeId& proposal) {
  const Desk& desk = situation.desk();
  const FactorConfig& factor = desk.factor(control.factor);
  const bool channel = factor.kind == FactorKind::channel;
  if (factor.kind != FactorKind::cash && !channel) {
    return Candidate::impossible(Action::transfer, "a transfer moves no such factor");
  }
  hear(situation);
  if (std::any_of(untold_.begin(), untold_.end(),
                  [&](const Leg& leg) { return leg.transfer.asset == factor.asset; })) {
    return Candidate::impossible(Action::transfer, "nothing was heard yet of one asked for");
  }
  const double outside = deviation.outside(deviation.expected);
  const bool missing = outside < 0.0;  // it must come here
  if (outside == 0.0)
    return Candidate::impossible(Action::transfer, "what is on its way is enough");
  const double need = std::fabs(control.aim == HedgeStop::target ? deviation.expected : outside);
  // More than is needed may be moved, as far as the band's other edge.
  const double bearable = std::fabs(outside) + deviation.upper - deviation.lower;
  // Units as fine as their counts allow.
  const double unit = std::pow(10.0, std::clamp(std::floor(11.0 - std::log10(need)), 0.0, 8.0));
  Network network(situation, factor.asset, unit);
  std::vector<RouteId> usable;
  for (std::size_t i = 0; i < desk.routes.size(); ++i) {
    const RouteConfig& route = desk.routes[i];
    if (route.asset != factor.asset || route.delay > control.recover_within) continue;
    if (covered(switches, route.from, route.to)) continue;
    network.node(route.from);
    network.node(route.to);
    usable.emplace_back(i);
  }
  if (usable.empty()) return Candidate::impossible(Action::transfer, "no route is in time");
  const std::size_t accounts = network.places();
  const std::size_t end = accounts;       // the factor's own side
  const std::size_t rest = accounts + 1;  // every other account's

  const auto add_route = [&](RouteId id, std::size_t from, std::size_t to) {
    const RouteConfig& route = desk.routes[id.index()];
    const double capacity = capacity_of(situation, route, sent_today(id, situation.now()));
    if (to_double(route.least) > std::min(capacity, bearable)) return;
    network.add(from, to, std::min(capacity, need), route.fee_rate + to_double(route.fee) / need,
                id);
  };
  for (const RouteId id : usable) {
    const RouteConfig& route = desk.routes[id.index()];
    std::size_t from = network.node(route.from);
    std::size_t to = network.node(route.to);
    if (channel && route.channel == factor.channel) {
      // What counts is what passes here, in the direction that helps.
      const bool inward = route.to == desk.channels[factor.channel.index()].ours;
      if (inward != missing) continue;
      (missing ? to : from) = end;
    }
    add_route(id, from, to);
  }
  for (std::size_t node = 0; node < accounts; ++node) {
    const bool own = channel ? network.place(node) == desk.channels[factor.channel.index()].ours
                             : in_scope(factor, network.place(node));
    if (own && !channel) {
      missing ? network.add(node, end, need, 0.0, {}) : network.add(end, node, need, 0.0, {});
    } else if (own) {  // a payment through a channel may begin and end at our own node
      missing ? network.add(rest, node, need, 0.0, {}) : network.add(node, rest, need, 0.0, {});
    } else {
      const Room room = network.room(node);
      missing ? network.add(rest, node, std::min(need, room.give), 0.0, {})
              : network.add(node, rest, std::min(need, room.take), 0.0, {});
    }
  }
  MinimumCostFlowProblem& problem = network.problem();
  std::int64_t amount = static_cast<std::int64_t>(std::ceil(need * unit));
  problem.supplies.assign(accounts + 2, 0);
  const auto supply = [&](std::int64_t units) {
    problem.supplies[end] = missing ? -units : units;
    problem.supplies[rest] = missing ? units : -units;
  };
  supply(amount);
  if (const auto left = undeliverable(problem)) {
    amount -= std::abs((*left)[end]);
    supply(amount);
  }
  if (amount <= 0) {
    return Candidate::impossible(Action::transfer, "no account can spare or take it in time");
  }
  const auto flow = minimum_cost_flow(problem);
  if (!flow) return Candidate::impossible(Action::transfer, flow.error().what);

  Candidate candidate;
  candidate.action = Action::transfer;
  candidate.residual = std::max(0.0, std::fabs(outside) - static_cast<double>(amount) / unit);
  double fees = 0.0;
  double delay = 0.0;
  for (std::size_t arc = 0; arc < flow->flows.size(); ++arc) {
    const RouteId id = network.routes()[arc];
    if (!id.valid() || flow->flows[arc] == 0) continue;
    const RouteConfig& route = desk.routes[id.index()];
    const double moved =
        std::max(static_cast<double>(flow->flows[arc]) / unit, to_double(route.least));
    const auto qty = decimal_from_double<Amount>(moved, 9);
    if (!qty) return Candidate::impossible(Action::transfer, "an amount leaves the decimal range");
    Transfer transfer;
    transfer.asset = factor.asset;
    transfer.qty = *qty;
    transfer.from = route.from;
    transfer.to = route.to;
    transfer.state = TransferState::sent;
    transfer.route = id;
    transfer.id =
        TradeId::create(fmt::format("{}-t{}", proposal.view(), candidate.transfers.size() + 1))
            .value_or(TradeId{});
    candidate.transfers.push_back(transfer);
    fees += to_double(route.fee) + route.fee_rate * moved;
    delay += route.delay.to_seconds();
  }
  const Quoted& price = situation.market().asset_price(factor.asset);
  if (!price.present) return Candidate::impossible(Action::transfer, "the asset has no price");
  candidate.possible = !candidate.transfers.empty();
  candidate.shift = std::copysign(static_cast<double>(amount) / unit, -outside);
  candidate.action_cost = fees * to_double(price.price);
  candidate.seconds = delay;
  candidate.why =
      fmt::format("one more unit costs {:.3g}",
                  static_cast<double>(std::abs(flow->duals[rest] - flow->duals[end])) * cost_unit);
  return candidate;
}

/// What the books know of by now is no longer untold.
void Transferring::hear(const Situation& situation) {
  std::erase_if(untold_, [&](const Leg& leg) {
    return situation.books().transfers().find(leg.transfer.id) != nullptr;
  });
}

void Transferring::request(Timestamp now, const Leg& leg, std::vector<Effect>& effects) {
  const Transfer& transfer = leg.transfer;
  untold_.push_back(leg);
  effects.push_back({now, TransferRequest{transfer}});
  requested_.push_back(transfer.id);
  while (!sent_.empty() && now - sent_.front().t >= Duration::days(1))
    sent_.pop_front();
  sent_.push_back({transfer.route, transfer.qty, now});
}

/// "p1-7-t2" is a transfer of the proposal "p1-7".
TradeId Transferring::proposal_of(const TradeId& transfer) {
  const std::string_view id = transfer.view();
  return TradeId::create(id.substr(0, std::min(id.rfind('-'), id.size()))).value_or(TradeId{});
}

void Transferring::begin(const Situation& situation,
                         const KillSwitches& switches,
                         const std::vector<Transfer>& transfers,
                         std::vector<Effect>& effects) {
  if (transfers.empty()) return;
  const TradeId proposal = proposal_of(transfers.front().id);
  for (const Transfer& transfer : transfers)
    waiting_.push_back({proposal, transfer});
  go_on(situation, switches, proposal, effects);
}

void Transferring::go_on(const Situation& situation,
                         const KillSwitches& switches,
                         const TradeId& proposal,
                         std::vector<Effect>& effects) {
  hear(situation);
  std::erase_if(waiting_, [&](const Leg& leg) {
    if (leg.proposal != proposal) return false;
    if (covered(switches, leg.transfer.from, leg.transfer.to)) return false;
    const RouteConfig& route = situation.desk().routes[leg.transfer.route.index()];
    // A payment through a channel takes all of its hops at once; a balance must be there first.
    double there = cash(situation, leg.transfer.from, leg.transfer.asset);
    for (const Leg& other : untold_) {
      const bool leaves =
          other.transfer.from == leg.transfer.from && other.transfer.asset == leg.transfer.asset;
      if (leaves) there -= to_double(other.transfer.qty);
    }
    const bool ready = route.channel.valid() || there >= to_double(leg.transfer.qty);
    if (ready) request(situation.now(), leg, effects);
    return ready;
  });
}

void Transferring::drop(const TradeId& proposal) {
  std::erase_if(requested_, [&](const TradeId& id) { return proposal_of(id) == proposal; });
  std::erase_if(waiting_, [&](const Leg& leg) { return leg.proposal == proposal; });
}

bool Transferring::under_way(const Situation& situation, const TradeId& proposal) const {
  const Transfers& transfers = situation.books().transfers();
  const auto waits = [&](const Leg& leg) { return leg.proposal == proposal; };
  const auto open = [&](const TradeId& id) {
    if (proposal_of(id) != proposal) return false;
    const TransferRecord* const record = transfers.find(id);
    return record == nullptr || record->state == TransferState::sent;
  };
  return std::any_of(waiting_.begin(), waiting_.end(), waits) ||
         std::any_of(requested_.begin(), requested_.end(), open);
}

bool Transferring::arrived(const Situation& situation, const TradeId& proposal) const {
  const Transfers& transfers = situation.books().transfers();
  const auto missing = [&](const TradeId& id) {
    if (proposal_of(id) != proposal) return false;
    const TransferRecord* const record = transfers.find(id);
    return record == nullptr || record->state != TransferState::arrived;
  };
  const auto waits = [&](const Leg& leg) { return leg.proposal == proposal; };
  return std::none_of(waiting_.begin(), waiting_.end(), waits) &&
         std::none_of(requested_.begin(), requested_.end(), missing);
}

}  // namespace ballast
