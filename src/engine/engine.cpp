#include "engine/engine.hpp"

#include <algorithm>

#include "engine/event_digest.hpp"

namespace ballast {
namespace {

constexpr bool hedges(Origin origin) {
  return origin == Origin::hedge || origin == Origin::rebalance;
}

/// take(body): what most events are without std::visit's call through a table.
template <class Take>
void with_body(const EventBody& body, Take&& take) {
  if (const auto* mark = std::get_if<Mark>(&body)) {
    take(*mark);
  } else if (const auto* top = std::get_if<Top>(&body)) {
    take(*top);
  } else if (const auto* fill = std::get_if<Fill>(&body)) {
    take(*fill);
  } else {
    std::visit(take, body);
  }
}

}  // namespace

std::span<const Effect> Engine::step(const Event& event) {
  effects_.clear();
  trace_.clear();
  ++counts_.read;
  if (!started_) start(event.t);
  if (event.t > now_) {
    if (options_.from && !span_begun_) begin_span(event.t);
    if (next_timer_ < event.t) run_timers(Timestamp{event.t.ns - 1});
    now_ = event.t;
  }
  if (options_.from && !risk_at_from_taken_ && now_ >= *options_.from) {
    risk_at_from_ = risk_.totals(*options_.from);
    risk_at_from_taken_ = true;
  }
  const std::uint64_t applied = counts_.applied;
  digest_.add(static_cast<std::uint64_t>(event.t.ns), event.body.index());
  with_body(event.body, [&](const auto& body) {
    add_body(digest_, body);
    take(body, event.t);
  });
  trace_.applied = counts_.applied > applied;
  run_timers(now_);
  if (risk_.due(now_)) sample_risk();
  digest_step();
  return effects_;
}

std::span<const Effect> Engine::pass_time(Timestamp t) {
  effects_.clear();
  trace_.clear();
  if (started_ && t > now_) {
    if (options_.from && !span_begun_) begin_span(t);
    run_timers(t);
    now_ = t;
  }
  return effects_;
}

std::optional<Timestamp> Engine::wakes() const {
  if (!started_ || control_.idle()) return std::nullopt;
  const Timestamp due = std::min(next_retarget_, control_.next_due().value_or(DueTimes::never));
  return due == DueTimes::never ? std::nullopt : std::optional(due);
}

/// A desk's state is larger than a core's nearest caches, and an event needs a few dozen lines of
/// it: asked for at once, they arrive together. What can be named outright is asked for now, and
/// what is found through it with the next announcement, and the one after that.
void Engine::announce(const Event& event) {
  prefetch_rest(ahead_[1]);
  prefetch_state(ahead_[0]);
  ahead_[1] = ahead_[0];
  ahead_[0] = {};
  const auto* mark = std::get_if<Mark>(&event.body);
  const auto* fill = mark == nullptr ? std::get_if<Fill>(&event.body) : nullptr;
  if (mark == nullptr && fill == nullptr) return;
  const InstrumentId instrument = mark != nullptr ? mark->instrument : fill->key.instrument;
  if (instrument.index() >= routes_.size()) return;
  const Route& route = routes_[instrument.index()];
  ahead_[0].t = event.t;
  ahead_[0].delta = route.delta;
  ahead_[0].moves_exposure = fill != nullptr || route.inverse;
  market_.prefetch(instrument);
  market_.prefetch(route.base);
  if (route.delta.valid()) exposures_.prefetch(route.delta, instrument);
  if (fill != nullptr) ahead_[0].fill = books_.announce(*fill);
}

void Engine::prefetch_state(Ahead& ahead) const {
  if (ahead.fill) books_.prefetch_position(*ahead.fill);
  if (!ahead.delta.valid()) return;
  const Tracker& tracker = trackers_[ahead.delta.index()];
  if (!ahead.moves_exposure) return tracker.prefetch_price_move();
  tracker.prefetch();
  const FactorNow& factor = factors_[ahead.delta.index()];
  __builtin_prefetch(&factor);
  __builtin_prefetch(&factor.state.lower);
  __builtin_prefetch(&factor.state.hedged);
  targets_[ahead.delta.index()].prefetch();
}

void Engine::prefetch_rest(const Ahead& ahead) const {
  if (ahead.fill) books_.prefetch_totals(*ahead.fill);
  if (ahead.delta.valid()) trackers_[ahead.delta.index()].prefetch_boundary(ahead.t);
}

void Engine::start(Timestamp t) {
  started_ = true;
  started_at_ = now_ = t;
  alerts_.start(t);
  if (!staged_.empty()) retarget(t);
  for (std::size_t i = 0; i < factors_.size(); ++i)
    refresh(FactorId{i}, Cause::unknown);
}

// ---- bookings
// --------------------------------------------------------------------------------------

void Engine::take(const Fill& fill, Timestamp t) {
  const Outcome outcome = books_.apply(t, fill);
  if (!control_.idle() && outcome.verdict == Verdict::applied) control_.on_fill(*this, fill);
  booked(outcome, fill.key.id, cause_of(fill.origin));
}
void Engine::take(const Correct& correct, Timestamp t) {
  booked(books_.apply(t, correct), correct.key.id, Cause::correction);
}
void Engine::take(const Bust& bust, Timestamp t) {
  booked(books_.apply(t, bust), bust.key.id, Cause::correction);
}
void Engine::take(const BalanceChange& change, Timestamp t) {
  booked(books_.apply(t, change), change.id, Cause::rebalance);
}
void Engine::take(const Transfer& transfer, Timestamp t) {
  const Outcome outcome = books_.apply(t, transfer);
  if (transfer.route.valid() && transfer.state == TransferState::arrived &&
      outcome.verdict == Verdict::applied) {
    shift_channel(desk_.routes[transfer.route.index()], transfer.qty);
  }
  booked(outcome, transfer.id, Cause::rebalance);
}

/// What moves over a channel leaves our side of it, or comes to it.
void Engine::shift_channel(const RouteConfig& route, Amount qty) {
  if (!route.channel.valid()) return;
  const ChannelConfig& channel = desk_.channels[route.channel.index()];
  exposures_.use_channel(route.channel, route.to == channel.ours ? qty : -qty);
}
void Engine::take(const FundingPayment& payment, Timestamp t) {
  booked(books_.apply(t, payment), payment.id, Cause::market);
}
void Engine::take(const Statement& statement, Timestamp t) {
  booked(books_.apply(t, statement), TradeId{}, Cause::correction);
}

void Engine::booked(const Outcome& outcome, const TradeId& id, Cause cause) {
  if (outcome.verdict == Verdict::duplicate) {
    ++counts_.duplicate;
    effects_.push_back({now_, Duplicate{id}});
    return;
  }
  if (outcome.verdict == Verdict::refused) {
    refuse(outcome.why, id);
    return;
  }
  ++counts_.applied;
  if (outcome.late) ++counts_.late;
  const Changes& changes = books_.changes();
  for (const PositionChange& c : changes.positions)
    trace_.positions.push_back(c.position);
  for (const CashChange& c : changes.cash) {
    trace_.balances.emplace_back(c.account, c.asset);
    if (c.kind == CashKind::funding) {  // the position's own total, though it did not trade
      trace_.positions.push_back(books_.find_position(c.account, c.instrument, c.book));
    }
  }
  const bool hedging = hedges(outcome.origin);
  exposures_.apply(books_, market_, hedging);
  if (!option_desk_.empty()) {
    option_desk_.apply(now_, books_, hedging);
    count_options();
    next_timer_ = std::min(next_timer_, option_desk_.explain_due().value_or(DueTimes::never));
  }
  profit_.booked(now_, exposures_, books_, market_, trackers_);
  raise_breaks();
  if (!reads_value_.empty()) {
    net_asset_value_.apply(books_, market_);
    touch_valued();
  }
  settle(cause, hedging);
}

void Engine::raise_breaks() {
  const Changes& changes = books_.changes();
  for (const BreakChange& change : changes.breaks)
    effects_.push_back({now_, change});
  for (const DisputeChange& change : changes.disputes)
    dispute(change);
}

/// Counts on each factor that rests on the disputed position or balance.
void Engine::dispute(const DisputeChange& change) {
  const auto count = [&](FactorId id) {
    factors_[id.index()].disputes += change.disputed ? 1U : -1U;
    exposures_.touch(id);
  };
  if (change.instrument.valid() && desk_.instrument(change.instrument).option()) {
    for (const FactorId id : option_desk_.factors(desk_.instrument(change.instrument).base))
      count(id);
    return;
  }
  if (change.instrument.valid() && !desk_.instrument(change.instrument).spot()) {
    for (const auto& link : exposures_.links(change.instrument))
      count(link.factor);
    return;
  }
  const AssetId asset =
      change.instrument.valid() ? desk_.instrument(change.instrument).base : change.asset;
  for (const FactorId id : exposures_.deltas(asset))
    count(id);
  for (const FactorId id : exposures_.cash(asset)) {
    const FactorConfig& config = desk_.factor(id);
    const Place& place = books_.account(change.account);
    if (config.venue != place.venue) continue;
    if (config.account.empty() || config.account == place.account) count(id);
  }
}

void Engine::refuse(Refusal why, const TradeId& id) {
  ++counts_.refused;
  effects_.push_back({now_, Refused{why, id}});
}

// ---- market data
// -----------------------------------------------------------------------------------

void Engine::take(const Mark& mark, Timestamp t) {
  priced(market_.apply(t, mark), mark.instrument, mark.asset);
}

void Engine::take(const Top& top, Timestamp t) {
  const MarketChange change = market_.apply(t, top);
  learning_.apply(t, top);
  if (!control_.idle()) control_.on_market(top.instrument, now_);
  if (change.priced || change.overflow) {
    priced(change, top.instrument, AssetId{});
  } else {
    ++counts_.applied;  // kept as the top, not taken as a price
  }
}

void Engine::take(const FundingRate& rate, Timestamp t) {
  market_.apply(t, rate);
  learning_.apply(t, rate);
  ++counts_.applied;
}

void Engine::take(const Trade& trade, Timestamp t) {
  learning_.apply(t, trade);
  ++counts_.applied;
}

void Engine::take(const Depth& depth, Timestamp t) {
  learning_.depth(t, depth.instrument, depth.bids, depth.asks);
  ++counts_.applied;
}

void Engine::take(const Drift& drift, Timestamp /*t*/) {
  drifts_.apply(now_, drift);
  ++counts_.applied;
}

void Engine::take(const Surface& surface, Timestamp t) {
  if (option_desk_.factors(surface.underlying).empty()) {  // kept in the journal, and no more
    ++counts_.applied;
    return;
  }
  const auto taken = option_desk_.apply(t, surface, market_);
  if (!taken) return refuse(Refusal::invalid, TradeId{});
  ++counts_.applied;
  if (!*taken) {  // older than what was said of the expiry last
    ++counts_.late;
    return;
  }
  count_options();
  wake_options();
  settle(Cause::market, false);
}
void Engine::take(const Tick& /*tick*/, Timestamp /*t*/) { ++counts_.applied; }
void Engine::take(const Audit& /*audit*/, Timestamp /*t*/) { ++counts_.applied; }
void Engine::take(const Receipt& /*receipt*/, Timestamp /*t*/) { ++counts_.applied; }

void Engine::take(const ChannelBalance& statement, Timestamp t) {
  if (statement.balance > desk_.channels[statement.channel.index()].capacity) {
    return refuse(Refusal::invalid, TradeId{});
  }
  ++counts_.applied;
  if (!exposures_.state_channel(statement.channel, statement.balance, t)) {
    ++counts_.late;  // older than what was said last
    return;
  }
  settle(Cause::correction, false);
}

void Engine::priced(const MarketChange& change, InstrumentId instrument, AssetId asset) {
  if (change.overflow) {
    refuse(Refusal::overflow, TradeId{});
    return;
  }
  ++counts_.applied;
  if (!change.priced) {  // older than the price in force
    ++counts_.late;
    return;
  }
  learn(change);
  profit_.priced(now_, change, exposures_, option_desk_, market_, trackers_);
  if (change.instrument.valid()) exposures_.reprice(change.instrument, market_);
  if (!option_desk_.empty()) {
    option_desk_.priced(market_);
    count_options();
    wake_options();
  }
  if (!reads_value_.empty()) {
    if (change.instrument.valid()) net_asset_value_.reprice(change.instrument, market_);
    for (const AssetPriceChange& c : market_.asset_changes())
      net_asset_value_.reprice(c.asset, market_);
    touch_valued();
  }
  if (instrument.valid()) wake(instrument);
  wake(instrument.valid() ? routes_[instrument.index()].base : asset, 0);
  settle(Cause::market, false);
}

/// A price that still holds, or a first one, may end what made a factor unknown.
void Engine::wake(InstrumentId instrument) {
  for (const auto& link : exposures_.links(instrument)) {
    if (unknown_[link.factor.index()] != 0) exposures_.touch(link.factor);
  }
}

/// The same for the factors on an asset and on what is priced by way of it.
void Engine::wake(AssetId asset, int conversions) {
  for (const FactorId id : exposures_.deltas(asset)) {
    if (unknown_[id.index()] != 0) exposures_.touch(id);
  }
  if (conversions == Market::max_conversions) return;
  for (const AssetId dependent : market_.dependents(asset))
    wake(dependent, conversions + 1);
}

/// Hands the factors what their options add now.
void Engine::count_options() {
  if (!option_desk_.revalue(now_)) return;
  for (const FactorId id : option_desk_.factors())
    exposures_.set_options(id, option_desk_.level(id), option_desk_.hedged(id));
  option_due_ = option_desk_.next_due().value_or(DueTimes::never);
  next_timer_ = std::min(next_timer_, option_due_);
}

/// What was said again may end what made a factor unknown.
void Engine::wake_options() {
  for (const FactorId id : option_desk_.factors()) {
    if (unknown_[id.index()] != 0) exposures_.touch(id);
  }
}

void Engine::touch_valued() {
  for (const FactorId id : reads_value_)
    exposures_.touch(id);
}

// ---- decisions from outside
// ------------------------------------------------------------------------

void Engine::take(const TargetOverride& change, Timestamp /*t*/) {
  if (targets_[change.factor.index()].apply(change, inventory(change.factor)) !=
      OverrideAnswer::applied) {
    refuse(Refusal::invalid, TradeId{});
    return;
  }
  ++counts_.applied;
  exposures_.touch(change.factor);
  settle(Cause::target, false);
}

void Engine::take(const Acknowledge& event, Timestamp /*t*/) {
  const bool stop = event.rule == breaker_rule || event.rule == kill_switch_rule;
  const AlertAnswer answer =
      stop ? stops_.apply(now_, event, effects_) : alerts_.apply(now_, event, effects_);
  if (answer != AlertAnswer::applied) return refuse(Refusal::invalid, TradeId{});
  ++counts_.applied;
}

void Engine::take(const Shelve& event, Timestamp /*t*/) {
  if (alerts_.apply(now_, event, effects_) == AlertAnswer::applied) {
    ++counts_.applied;
  } else {
    refuse(Refusal::invalid, TradeId{});
  }
}

// ---- control
// --------------------------------------------------------------------------------------

void Engine::take(const Order& order, Timestamp /*t*/) {
  control_.on_order(now_, order);
  ++counts_.applied;
}

void Engine::take(const Quote& quote, Timestamp /*t*/) {
  control_.on_quote(quote, now_);
  ++counts_.applied;
}

void Engine::take(const Decision& decision, Timestamp /*t*/) {
  if (!control_.confirm(decision)) return refuse(Refusal::conflicting_body, decision.id);
  ++counts_.applied;
}

void Engine::take(const Approve& answer, Timestamp /*t*/) {
  const std::size_t before = effects_.size();
  if (!control_.approve(*this, answer, effects_)) return refuse(Refusal::invalid, answer.id);
  ++counts_.applied;
  raise_stops(before);
}

void Engine::take(const Kill& kill, Timestamp /*t*/) {
  if (!control_.kill(*this, kill, effects_)) return refuse(Refusal::invalid, TradeId{});
  ++counts_.applied;
  stops_.killed(now_, kill, effects_);
}

void Engine::take(const Rearm& rearm, Timestamp /*t*/) {
  if (!control_.rearm(now_, rearm)) return refuse(Refusal::invalid, TradeId{});
  ++counts_.applied;
  stops_.rearmed(now_, rearm, effects_);
}

// ---- digest
// ----------------------------------------------------------------------------------------

/// What the step led to, behind the event itself.
void Engine::digest_step() {
  for (const PositionId id : trace_.positions) {
    const Position& position = books_.position(id);
    digest_.add(position.qty.raw);
    digest_.add(position.cost.raw);
    digest_.add(position.realized.raw);
  }
  for (const FactorId id : trace_.factors) {
    const FactorNow& now = factors_[id.index()];
    digest_.add(std::uint64_t{id.value}, static_cast<std::uint64_t>(now.knowledge));
    digest_.add(now.state.actual.raw);
    digest_.add(now.state.target.raw);
    digest_.add(now.state.lower.raw);
    digest_.add(now.state.upper.raw);
  }
  digest_.add(counts_.applied << 32 ^ effects_.size(), counts_.duplicate << 32 ^ counts_.refused);
}

}  // namespace ballast
