#include "control/loop_audit.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ballast {
namespace {

constexpr std::int64_t ns_per_day = 86'400'000'000'000;
/// What two ways of adding the same up may differ by.
constexpr double rounding = 1e-9;

double sign(Side side) { return side == Side::buy ? 1.0 : -1.0; }

bool over(ProposalState state) {
  return state != ProposalState::advised && state != ProposalState::waiting &&
         state != ProposalState::approved && state != ProposalState::acting;
}

std::string at(const Place& place, AssetId asset) {
  return fmt::format("{}/{}/{}", place.venue.index(), place.account.view(), asset.index());
}
std::string at(const Place& place) {
  return fmt::format("{}/{}", place.venue.index(), place.account.view());
}

bool holds(const FactorConfig& factor, const Place& place) {
  return factor.kind == FactorKind::cash && factor.venue == place.venue &&
         (factor.account.empty() || factor.account == place.account);
}

double target_of(const FactorConfig& factor) {
  return to_double(std::get<StaticTarget>(factor.target).value);
}

}  // namespace

double LoopAudit::Working::certain() const {
  const bool told = ended || order.state == OrderState::unknown;
  return told ? std::max(0.0, to_double(order.filled - booked)) : 0.0;
}
double LoopAudit::Working::most() const {
  return ended ? certain() : std::max(0.0, to_double(order.qty - booked));
}

void LoopAudit::fault(Timestamp t, const std::string& what) {
  faults_.push_back(fmt::format("{}: {}", to_string(t), what));
}

void LoopAudit::step(const Event& event, std::span<const Effect> effects) {
  std::size_t i = 0;
  for (; i < effects.size() && effects[i].t < event.t; ++i)
    act(effects[i]);
  take(event);
  for (; i < effects.size(); ++i)
    act(effects[i]);
}

// ---- what happened

void LoopAudit::take(const Event& event) {
  if (const auto* order = std::get_if<Order>(&event.body)) return take(*order);
  if (const auto* fill = std::get_if<Fill>(&event.body)) return take(*fill);
  if (const auto* top = std::get_if<Top>(&event.body)) return take(*top, event.t);
  if (const auto* mark = std::get_if<Mark>(&event.body)) {
    Known& known = known_[mark->instrument.index()];
    known.mark = to_double(mark->price);
    known.mark_at = event.t;
    known.own_mark = true;
  } else if (const auto* change = std::get_if<BalanceChange>(&event.body)) {
    cash_[at(change->place, change->asset)] += to_double(change->qty);
  } else if (const auto* transfer = std::get_if<Transfer>(&event.body)) {
    Moving& moving = transfers_[transfer->id];
    moving.transfer = *transfer;
    const bool sent = transfer->state == TransferState::sent;
    const Place& place = transfer->state == TransferState::arrived ? transfer->to : transfer->from;
    cash_[at(place, transfer->asset)] += (sent ? -1.0 : 1.0) * to_double(transfer->qty);
    moving.told = true;
    moving.ended = !sent;
  } else if (const auto* kill = std::get_if<Kill>(&event.body)) {
    if (std::find(kills_.begin(), kills_.end(), kill->scope) == kills_.end())
      kills_.push_back(kill->scope);
  } else if (const auto* rearm = std::get_if<Rearm>(&event.body)) {
    std::erase(kills_, rearm->scope);
  }
}

void LoopAudit::take(const Order& order) {
  Working& working = orders_[order.id];
  if (working.order.id.empty()) working.order = order;  // of a quote
  working.order.filled = std::max(working.order.filled, order.filled);
  working.order.state = order.state;
  working.ended = working.ended || ended(order.state);
}

void LoopAudit::take(const Fill& fill) {
  const Instrument& traded = desk_->instrument(fill.key.instrument);
  const double qty = sign(fill.side) * to_double(fill.qty);
  positions_[{at(fill.key.place), fill.key.instrument.index()}] += qty;
  if (traded.spot()) {
    cash_[at(fill.key.place, traded.quote)] -= qty * to_double(fill.price);
  } else {
    margined_.insert(at(fill.key.place));
  }
  if (fill.fee) cash_[at(fill.key.place, fill.fee->asset)] -= to_double(fill.fee->amount);
  if (const auto order = orders_.find(fill.order); order != orders_.end())
    order->second.booked += fill.qty;
  if (fill.origin != Origin::quote) return;
  const auto quote = quotes_.find(fill.key.instrument.index());
  if (quote == quotes_.end()) return;
  Quote& stands = quote->second.quote;
  Quantity& left = fill.side == Side::buy ? stands.bid_qty : stands.ask_qty;
  left = left > fill.qty ? left - fill.qty : Quantity{};
}

void LoopAudit::take(const Top& top, Timestamp t) {
  Known& known = known_[top.instrument.index()];
  known.top_at = t;
  if (known.own_mark || top.bid_qty.zero() || top.ask_qty.zero()) return;
  known.mark = (to_double(top.bid) + to_double(top.ask)) / 2.0;
  known.mark_at = t;
}

// ---- what is known

std::optional<double> LoopAudit::notional(InstrumentId instrument) const {
  const auto known = known_.find(instrument.index());
  if (known == known_.end() || !known->second.mark) return std::nullopt;
  return to_double(desk_->instrument(instrument).contract_size) * *known->second.mark;
}

double LoopAudit::position(const Place& place, InstrumentId instrument) const {
  const auto found = positions_.find({at(place), instrument.index()});
  return found == positions_.end() ? 0.0 : found->second;
}

double LoopAudit::exposure(const FactorConfig& factor, InstrumentId instrument) const {
  const Instrument& traded = desk_->instrument(instrument);
  const bool touches = factor.kind == FactorKind::delta && traded.base == factor.asset;
  return touches ? to_double(traded.contract_size) : 0.0;
}

double LoopAudit::deviation(const FactorConfig& factor) const {
  double sum = -target_of(factor);
  for (const auto& [key, qty] : positions_)
    sum += qty * exposure(factor, InstrumentId{key.second});
  return sum;
}

double LoopAudit::cash(const FactorConfig& factor) const {
  double sum = 0.0;
  for (const auto& [key, qty] : cash_) {
    for (std::size_t v = 0; v < desk_->venues.size(); ++v) {
      for (const std::string& account : desk_->venues[v].accounts) {
        const Place place{VenueId{v}, *AccountName::create(account)};
        if (holds(factor, place) && key == at(place, factor.asset)) sum += qty;
      }
    }
  }
  return sum;
}

bool LoopAudit::killed(const Place& place, const BookName& book) const {
  return std::any_of(kills_.begin(), kills_.end(), [&](const Scope& scope) {
    return scope.kind == ScopeKind::desk ||
           (scope.kind == ScopeKind::venue && scope.place.venue == place.venue) ||
           (scope.kind == ScopeKind::account && scope.place == place) ||
           (scope.kind == ScopeKind::book && scope.book == book);
  });
}

bool LoopAudit::killed(FactorId factor) const {
  return std::any_of(kills_.begin(), kills_.end(), [&](const Scope& scope) {
    return scope.kind == ScopeKind::factor && scope.factor == factor;
  });
}

// ---- what was asked for

void LoopAudit::act(const Effect& effect) {
  if (const auto* order = std::get_if<OrderRequest>(&effect.body)) {
    judge(effect.t, order->order);
  } else if (const auto* quote = std::get_if<QuoteRequest>(&effect.body)) {
    judge(effect.t, *quote);
  } else if (const auto* transfer = std::get_if<TransferRequest>(&effect.body)) {
    judge(effect.t, transfer->transfer);
  } else if (const auto* decided = std::get_if<Decided>(&effect.body)) {
    judge(effect.t, decided->decision);
  }
}

void LoopAudit::judge_message(Timestamp t, bool may_wait) {
  std::erase_if(messages_, [&](Timestamp before) { return t - before >= Duration::seconds(1); });
  messages_.push_back(t);
  const auto most = desk_->rails.messages;
  if (may_wait && most && messages_.size() > *most)
    fault(t, fmt::format("message_rate: {} within a second", messages_.size()));
}

void LoopAudit::judge(Timestamp t, const Order& order) {
  judge_message(t, true);
  if (killed(order.place, order.book)) fault(t, fmt::format("kill: {} sent", order.id.view()));
  const auto per_unit = notional(order.instrument);
  if (!per_unit) return fault(t, "an order in an instrument that has no price");
  const double value = *per_unit * to_double(order.qty);
  judge_rails(t, order, value);
  double& today = sent_[t.ns / ns_per_day];
  today += value;
  if (desk_->rails.daily_notional && today > *desk_->rails.daily_notional * (1.0 + rounding))
    fault(t, fmt::format("daily_notional: {} with {}", today, order.id.view()));
  if (const auto quote = quotes_.find(order.instrument.index()); quote != quotes_.end()) {
    const Quote& own = quote->second.quote;
    const bool meets = order.side == Side::buy
                           ? !own.ask_qty.zero() && own.ask <= order.price.value_or(own.ask)
                           : !own.bid_qty.zero() && own.bid >= order.price.value_or(own.bid);
    if (meets) fault(t, fmt::format("self_trade: {}", order.id.view()));
  }
  orders_[order.id] = {order, {}, false};
  judge_hedge(t, order);
}

/// Rails of an order and of a quote's side alike.
void LoopAudit::judge_rails(Timestamp t, const Order& order, double value) {
  const RailsConfig& rails = desk_->rails;
  const Known& known = known_.at(order.instrument.index());
  const std::string what = fmt::format("{} {}", to_string(order.side), order.id.view());
  if (!known.top_at || t - *known.top_at > rails.stale_after ||
      t - known.mark_at > rails.stale_after)
    fault(t, "stale_data: " + what);
  if (rails.order_notional && value > *rails.order_notional * (1.0 + rounding))
    fault(t, "order_notional: " + what);
  const double way = sign(order.side);
  if (rails.price_collar && way * to_double(*order.price) >
                                way * *known.mark * (1.0 + way * *rails.price_collar) + 1e-6) {
    fault(t, "price_collar: " + what);
  }
  if (!rails.position_notional) return;
  const double per_unit = value / to_double(order.qty);
  const double before = position(order.place, order.instrument) * per_unit;
  double working = value;
  for (const auto& [id, other] : orders_) {
    const Order& o = other.order;
    if (o.instrument == order.instrument && o.place == order.place && o.side == order.side &&
        o.origin != Origin::quote) {
      working += other.most() * per_unit;
    }
  }
  const auto quote = quotes_.find(order.instrument.index());
  if (order.origin != Origin::quote && quote != quotes_.end() &&
      quote->second.place == order.place) {
    const Quote& own = quote->second.quote;
    working += to_double(order.side == Side::buy ? own.bid_qty : own.ask_qty) * per_unit;
  }
  const double after = before + way * working;
  const bool nearer = (before > 0.0) == (after > 0.0) && std::fabs(after) <= std::fabs(before);
  if (!nearer && std::fabs(after) > *rails.position_notional * (1.0 + rounding))
    fault(t, fmt::format("position_after_fill: {} to {} by {}", before, after, what));
}

/// A hedge goes against a deviation outside its band, and with all that works no further than it
/// aims, but for a lot.
void LoopAudit::judge_hedge(Timestamp t, const Order& order) {
  for (const ControlConfig& control : desk_->controls) {
    const FactorConfig& factor = desk_->factor(control.factor);
    if (exposure(factor, order.instrument) == 0.0) continue;
    if (killed(control.factor)) fault(t, fmt::format("kill: {} for a factor", order.id.view()));
    double d = deviation(factor);
    for (const auto& [id, other] : orders_) {  // what has traded counts, if its fills are to come
      d += sign(other.order.side) * other.certain() * exposure(factor, other.order.instrument);
    }
    const double edge = to_double(d > 0.0 ? factor.band.upper : factor.band.lower);
    const double way = -sign(order.side);
    double lot = 0.0;
    for (const HedgeConfig& hedge : desk_->hedges) {
      const TradingTerms& terms = desk_->instrument(hedge.instrument).terms;
      const double least = to_double(std::max(terms.lot, terms.min_qty));
      lot = std::max(lot, exposure(factor, hedge.instrument) * least);
    }
    if (way * d <= way * edge) {  // a fine lot may make up for a coarse one, by less than that
      if (to_double(order.qty) * exposure(factor, order.instrument) > lot)
        fault(t, fmt::format("hedge: {} with a deviation of {}", order.id.view(), d));
      continue;
    }
    double working = 0.0;
    for (const auto& [id, other] : orders_) {
      if (other.order.side == order.side && other.order.origin == Origin::hedge)
        working += (other.most() - other.certain()) * exposure(factor, other.order.instrument);
    }
    const double stop = control.aim == HedgeStop::near_edge ? edge : 0.0;
    if (way * (d - stop) < working - lot - rounding) {
      fault(t, fmt::format("over-hedge: deviation {}, stop {}, working {} with {}", d, stop,
                           working, order.id.view()));
    }
  }
}

void LoopAudit::judge(Timestamp t, const QuoteRequest& request) {
  const Quote& quote = request.quote;
  const auto before = quotes_.find(quote.instrument.index());
  // A side that stays, or shrinks, is no news to the rails; what is placed must pass them.
  const auto placed = [&](Side side) {
    const Price price = side == Side::buy ? quote.bid : quote.ask;
    const Quantity qty = side == Side::buy ? quote.bid_qty : quote.ask_qty;
    if (qty.zero()) return false;
    if (before == quotes_.end()) return true;
    const Quote& old = before->second.quote;
    return price != (side == Side::buy ? old.bid : old.ask) ||
           qty > (side == Side::buy ? old.bid_qty : old.ask_qty);
  };
  bool any = false;
  for (const Side side : {Side::buy, Side::sell}) {
    if (!placed(side)) continue;
    any = true;
    if (killed(request.place, request.book)) fault(t, "kill: a quote is placed");
    Order order;
    order.place = request.place;
    order.instrument = quote.instrument;
    order.side = side;
    order.qty = side == Side::buy ? quote.bid_qty : quote.ask_qty;
    order.price = side == Side::buy ? quote.bid : quote.ask;
    order.origin = Origin::quote;
    const auto per_unit = notional(quote.instrument);
    if (!per_unit) return fault(t, "a quote in an instrument that has no price");
    judge_rails(t, order, *per_unit * to_double(order.qty));
  }
  judge_message(t, any);
  pulled_ += any ? 0 : 1;
  quotes_[quote.instrument.index()] = request;
}

/// What is there, within what the route may carry, and no more than what is missing.
void LoopAudit::judge(Timestamp t, const Transfer& transfer) {
  const std::string id = transfer.id.str();
  if (killed(transfer.from, {}) || killed(transfer.to, {})) fault(t, "kill: transfer " + id);
  const RouteConfig& route = desk_->routes[transfer.route.index()];
  const double qty = to_double(transfer.qty);
  if (route.most && qty > to_double(*route.most) + 1e-6) fault(t, "route: most, " + id);
  double there = cash_[at(transfer.from, transfer.asset)];
  double daily = qty;
  for (const auto& [other, moving] : transfers_) {
    if (moving.transfer.route == transfer.route && t - moving.since < Duration::days(1))
      daily += to_double(moving.transfer.qty);
    if (!moving.told && moving.transfer.from == transfer.from)
      there -= to_double(moving.transfer.qty);
  }
  if (route.daily && daily > to_double(*route.daily) + 1e-6) fault(t, "route: daily, " + id);
  // What derivatives leave behind is not followed here.
  if (qty > there + 1e-6 && !margined_.contains(at(transfer.from)))
    fault(t, fmt::format("transfer {} of {}, there is {}", id, qty, there));
  transfers_[transfer.id] = {transfer, t, false, false};
  for (const ControlConfig& control : desk_->controls) {
    const FactorConfig& factor = desk_->factor(control.factor);
    if (!holds(factor, transfer.to) || holds(factor, transfer.from)) continue;
    if (killed(control.factor)) fault(t, "kill: transfer for a factor, " + id);
    double expected = cash(factor);
    for (const auto& [other, moving] : transfers_) {
      if (!moving.ended && holds(factor, moving.transfer.to))
        expected += to_double(moving.transfer.qty);
    }
    // A leg that waited for another one was decided before, on what was missing then.
    const auto made = proposals_.find(*TradeId::create(id.substr(0, id.rfind('-'))));
    const bool waited = made != proposals_.end() && made->second.since < t;
    const double edge = control.aim == HedgeStop::target ? 0.0 : to_double(factor.band.lower);
    const double stop = waited ? to_double(factor.band.upper) : edge;
    const double least = std::max(to_double(route.least), 1e-6);
    if (expected > target_of(factor) + stop + least)
      fault(t, fmt::format("transfer {}: {} is more than what was missing", id, expected));
  }
}

void LoopAudit::judge(Timestamp t, const Decision& decision) {
  const auto [made, first] = proposals_.try_emplace(decision.id, Made{decision, t});
  if (!first && over(made->second.last.state))
    fault(t, fmt::format("{} goes on after its end", decision.id.view()));
  made->second.last = decision;
}

}  // namespace ballast
