#include "control/quoting.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "control/money.hpp"
#include "control/quote_shape.hpp"

namespace ballast {
namespace {

constexpr Timestamp never{INT64_MAX};
constexpr double z_max = 1e6;
constexpr double seconds_per_day = 86'400.0;
/// A change of size by less than this share is not worth a message.
constexpr double size_change = 0.1;

Note note(std::string_view text) { return *Note::create(text.substr(0, Note::capacity)); }

double band_z(const FactorState& state) {
  const double d = to_double(state.actual - state.target);
  const double width =
      d > 0.0 ? to_double(state.upper - state.target) : to_double(state.target - state.lower);
  if (d == 0.0) return 0.0;
  return width > 0.0 ? std::clamp(d / width, -z_max, z_max) : std::copysign(z_max, d);
}

bool moved(Price a, Price b, const TradingTerms& terms, std::uint32_t ticks) {
  const Price by = a < b ? b - a : a - b;
  if (terms.tick.zero()) return !by.zero();
  Int128 least = 0;
  if (__builtin_mul_overflow(terms.tick.raw, Int128{ticks}, &least)) return false;
  return by.raw >= least && !by.zero();
}

bool resized(Quantity a, Quantity b) {
  if (a.zero() != b.zero()) return true;
  return std::fabs(to_double(a) - to_double(b)) > size_change * to_double(std::max(a, b));
}

OwnQuote stated(const QuoteConfig& config, const Quote& quote) {
  return {quote.bid, quote.bid_qty, quote.ask, quote.ask_qty, true, config.place};
}

bool changed(const OwnQuote& own,
             const Quote& quote,
             const QuoteConfig& config,
             const TradingTerms& terms) {
  if (!own.known) return true;
  if (resized(own.bid_qty, quote.bid_qty) || resized(own.ask_qty, quote.ask_qty)) return true;
  const auto side = [&](Price was, Price is, Quantity qty) {
    return !qty.zero() && moved(was, is, terms, config.requote_ticks);
  };
  return side(own.bid, quote.bid, quote.bid_qty) || side(own.ask, quote.ask, quote.ask_qty);
}

/// What the model says, around the same middle no narrower than configured.
Result<SkewedQuote> leaned_quote(const QuoteConfig& config, const SkewInput& input) {
  BALLAST_TRY(quote, skewed(config.model, input));
  const double half_spread = (quote.bid_depth + quote.ask_depth) / 2.0;
  const double widen = std::max(0.0, config.min_half_spread * input.mid - half_spread);
  quote.bid_depth += widen;
  quote.ask_depth += widen;
  return quote;
}

Quote pulled(InstrumentId instrument, std::string_view why) {
  Quote quote;
  quote.instrument = instrument;
  quote.reason = note(why);
  return quote;
}

/// What a quote's reason ("bid: ...; ask: ...") says of one side; empty when nothing.
std::string side_reason(const Note& reason, std::string_view side) {
  const std::string_view text = reason.view();
  const std::size_t at = text.find(side);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + side.size());
  return std::string(rest.substr(0, rest.find("; ")));
}

}  // namespace

Quoting::Quoting(const Desk& desk)
    : desk_(&desk),
      slots_(desk.quotes.size()),
      by_instrument_(desk.instruments.size()),
      by_factor_(desk.factors.size()),
      joint_(desk),
      next_due_(never) {
  for (std::size_t i = 0; i < desk.quotes.size(); ++i) {
    const QuoteConfig& quote = desk.quotes[i];
    const auto index = static_cast<std::uint32_t>(i);
    slots_[i].own.known = false;
    slots_[i].own.place = quote.place;
    slots_[i].due = never;
    by_instrument_[quote.instrument.index()].push_back(index);
    by_factor_[quote.factor.index()].push_back(index);
  }
}

// ---- when to look

void Quoting::schedule() {
  next_due_ = never;
  for (const Slot& slot : slots_)
    next_due_ = std::min(next_due_, slot.due);
}

void Quoting::on_market(InstrumentId id, Timestamp now) {
  for (const std::uint32_t i : by_instrument_[id.index()]) {
    Slot& slot = slots_[i];
    const Timestamp soonest =
        slot.ever_looked ? std::max(now, slot.looked + desk_->quotes[i].interval) : now;
    slot.due = std::min(slot.due, soonest);
    next_due_ = std::min(next_due_, slot.due);
  }
}

void Quoting::on_factor(FactorId id, Timestamp now) {
  for (const std::uint32_t i : by_factor_[id.index()])
    on_market(desk_->quotes[i].instrument, now);
}

void Quoting::wake(Timestamp now) {
  for (const QuoteConfig& quote : desk_->quotes)
    on_market(quote.instrument, now);
}

void Quoting::on_quote(const Quote& quote, Timestamp now) {
  for (const std::uint32_t i : by_instrument_[quote.instrument.index()]) {
    Slot& slot = slots_[i];
    const bool news = !slot.own.known || slot.own.bid_qty.zero() != quote.bid_qty.zero() ||
                      slot.own.ask_qty.zero() != quote.ask_qty.zero();
    slot.own = stated(desk_->quotes[i], quote);
    if (news) note_state(slot, now, quote.reason.view(), quote.reason.view());
  }
}

void Quoting::note_state(Slot& slot, Timestamp now, std::string_view bid, std::string_view ask) {
  const auto why = [](bool quoted, std::string_view reason) {
    return quoted ? std::string_view{} : reason.empty() ? "not quoted" : reason;
  };
  slot.record.set(now, {why(slot.own.known && !slot.own.bid_qty.zero(), bid),
                        why(slot.own.known && !slot.own.ask_qty.zero(), ask)});
}

void Quoting::restart_records(Timestamp now) {
  for (Slot& slot : slots_)
    slot.record.restart(now);
}

void Quoting::on_fill(const Fill& fill, Timestamp now) {
  if (fill.origin != Origin::quote) return;
  for (const std::uint32_t i : by_instrument_[fill.key.instrument.index()]) {
    Quantity& left = fill.side == Side::buy ? slots_[i].own.bid_qty : slots_[i].own.ask_qty;
    left = left > fill.qty ? left - fill.qty : Quantity{};
    if (left.zero()) slots_[i].record.pull(now, fill.side, "filled");
  }
  on_market(fill.key.instrument, now);
}

const OwnQuote* Quoting::own(InstrumentId id) const {
  const auto& mine = by_instrument_[id.index()];
  return mine.empty() ? nullptr : &slots_[mine.front()].own;
}

// ---- what a model looks at

std::optional<SkewInput> Quoting::input_of(const Situation& situation,
                                           std::size_t index,
                                           bool leaning,
                                           std::string& why) const {
  const QuoteConfig& config = desk_->quotes[index];
  const auto nothing = [&](std::string_view reason) {
    why = reason;
    return std::nullopt;
  };
  const FactorState* const state = situation.known_state(config.factor);
  if (state == nullptr) return nothing(situation.why_unknown(config.factor));
  const Top& top = situation.market().top(config.instrument);
  if (top.bid_qty.zero() || top.ask_qty.zero())
    return nothing("the instrument has no two-sided top");
  if (top.bid >= top.ask) return nothing("the instrument's top is crossed");
  const auto per_unit =
      exposure_per_quantity(situation, config.factor, config.instrument, config.place, config.book);
  const auto money = money_per_price(situation, config.instrument);
  if (!per_unit || !money) return nothing("a price is missing");
  if (!(*per_unit > 0.0)) return nothing("its fills do not move the factor");
  SkewInput input;
  input.mid = to_double(top.bid) / 2.0 + to_double(top.ask) / 2.0;
  input.deviation = leaning ? to_double(state->actual - state->target) / *per_unit : 0.0;
  input.z = leaning ? band_z(*state) : 0.0;
  input.fill = to_double(config.qty);
  input.room_up = std::max(0.0, to_double(state->limit_upper - state->actual) / *per_unit);
  input.room_down = std::max(0.0, to_double(state->actual - state->limit_lower) / *per_unit);
  input.money = *money;
  if (const auto vol = situation.value(EstimateKind::volatility, config.instrument)) {
    input.sigma = *vol * input.mid / std::sqrt(seconds_per_day);
  }
  if (const auto curve = fill_curve(situation, config.instrument)) {
    input.fill_rate = curve->fill_rate;
    input.k = curve->k;
  }
  if (const auto* model = std::get_if<OptionVegaSkew>(&config.model))
    lean_by_vega(situation, config, *model, input);
  if (const auto joint = joint_.depths(index)) {
    input.joint_skew = (joint->bid - joint->ask) / 2.0 / *money;
    input.joint_half_spread = (joint->bid + joint->ask) / 2.0 / *money;
  }
  return input;
}

// ---- quotes

void Quoting::run_due(const Situation& situation,
                      const OpenOrders& orders,
                      const KillSwitches& switches,
                      Gate& gate,
                      const std::function<bool(FactorId)>& leaning,
                      std::vector<Effect>& effects) {
  const Timestamp now = situation.now();
  if (next_due_ > now) return;
  joint_.renew(situation);
  joint_.solve(situation, leaning);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.due > now) continue;
    slot.due = never;
    slot.looked = now;
    slot.ever_looked = true;
    look(situation, i, orders, switches, gate, leaning(desk_->quotes[i].factor), effects);
  }
  schedule();
}

void Quoting::look(const Situation& situation,
                   std::size_t index,
                   const OpenOrders& orders,
                   const KillSwitches& switches,
                   Gate& gate,
                   bool leaning,
                   std::vector<Effect>& effects) {
  const QuoteConfig& config = desk_->quotes[index];
  std::string why;
  const auto pull_both = [&](const std::string& reason) {
    ask_for(situation, index, pulled(config.instrument, reason), {reason, reason}, gate, effects);
  };
  const auto input = input_of(situation, index, leaning, why);
  if (!input) return pull_both(why);
  const auto skew = leaned_quote(config, *input);
  if (!skew) return pull_both(skew.error().what);
  ShapeInput shape;
  shape.mid = input->mid;
  shape.qty = config.qty;
  shape.post_only = config.post_only;
  shape.top = situation.market().top(config.instrument);
  shape.room_up = input->room_up;
  shape.room_down = input->room_down;
  auto quote = shaped(*skew, desk_->instrument(config.instrument), config.instrument, shape);
  if (!quote) return pull_both(quote.error().what);
  Pulls pulls{side_reason(quote->reason, "bid: "), side_reason(quote->reason, "ask: ")};
  bool too_many = false;
  const auto guard = [&](Side side, Price& price, Quantity& qty, std::string& pull) {
    if (qty.zero()) return;
    Order order;
    order.place = config.place;
    order.book = config.book;
    order.instrument = config.instrument;
    order.side = side;
    order.qty = qty;
    order.price = price;
    order.origin = Origin::quote;
    const auto block = gate.check(situation, orders, switches, nullptr, order, true);
    if (!block) return;
    // To pull a side is a message too: what stands stays, and is looked at again.
    too_many = too_many || block->rail == MessageRateRail::name;
    quote->reason = note(block->why);
    pull = block->rail;
    price = {};
    qty = {};
  };
  guard(Side::buy, quote->bid, quote->bid_qty, pulls.bid);
  guard(Side::sell, quote->ask, quote->ask_qty, pulls.ask);
  if (too_many) {
    slots_[index].due = situation.now() + config.interval;
    return;
  }
  const auto add = [&](std::string_view name, std::optional<double> value) {
    if (value) quote->inputs.push_back({*Text<39>::create(name), *value});
  };
  add("mid", input->mid);
  add("deviation", input->deviation);
  add("z", input->z);
  add("sigma", input->sigma);
  add("intensity_a", input->fill_rate);
  add("intensity_k", input->k);
  add("vol_points", input->vol_points);
  add("bid_depth", skew->bid_depth);
  add("ask_depth", skew->ask_depth);
  ask_for(situation, index, *quote, pulls, gate, effects);
}

void Quoting::ask_for(const Situation& situation,
                      std::size_t index,
                      const Quote& quote,
                      const Pulls& pulls,
                      Gate& gate,
                      std::vector<Effect>& effects) {
  const QuoteConfig& config = desk_->quotes[index];
  OwnQuote& own = slots_[index].own;
  const bool nothing_before = !own.known && quote.bid_qty.zero() && quote.ask_qty.zero();
  const bool send = !nothing_before &&  // then there is nothing to pull
                    changed(own, quote, config, desk_->instrument(config.instrument).terms);
  if (send) own = stated(config, quote);
  note_state(slots_[index], situation.now(), pulls.bid, pulls.ask);
  if (!send) return;
  gate.passed(situation.now(), 0.0);
  effects.push_back(
      {situation.now(), QuoteRequest{quote, config.place, config.book, config.post_only}});
}

std::optional<OwnQuote> Quoting::left_beside(const Order& order) const {
  const OwnQuote* const mine = own(order.instrument);
  if (mine == nullptr) return std::nullopt;
  OwnQuote left = *mine;
  const bool buys = order.side == Side::buy;
  const bool meets = order.price && (buys ? !left.ask_qty.zero() && left.ask <= *order.price
                                          : !left.bid_qty.zero() && left.bid >= *order.price);
  if (meets) (buys ? left.ask_qty : left.bid_qty) = {};
  return left;
}

void Quoting::step_aside(const Situation& situation,
                         const Order& order,
                         std::vector<Effect>& effects) {
  const std::optional<OwnQuote> left = left_beside(order);
  if (!left || *left == *own(order.instrument)) return;
  const std::uint32_t i = by_instrument_[order.instrument.index()].front();
  slots_[i].own = *left;
  slots_[i].record.pull(situation.now(), order.side == Side::buy ? Side::sell : Side::buy,
                        "steps aside for a hedge");
  const QuoteConfig& config = desk_->quotes[i];
  const Quote quote{config.instrument,
                    left->bid,
                    left->bid_qty,
                    left->ask,
                    left->ask_qty,
                    note("steps aside for a hedge"),
                    {}};
  effects.push_back(
      {situation.now(), QuoteRequest{quote, config.place, config.book, config.post_only}});
  on_market(config.instrument, situation.now());
}

void Quoting::pull(const Situation& situation,
                   const KillSwitches& switches,
                   Gate& gate,
                   std::vector<Effect>& effects) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const QuoteConfig& config = desk_->quotes[i];
    OwnQuote& own = slots_[i].own;
    const auto* killed = switches.covers(config.place, config.book);
    const bool quoting = own.known && !(own.bid_qty.zero() && own.ask_qty.zero());
    if (killed == nullptr || !quoting) continue;
    note_state(slots_[i], situation.now(), KillSwitchRail::name, KillSwitchRail::name);
    const Quote quote = pulled(config.instrument, killed->reason.view());
    own = stated(config, quote);
    gate.passed(situation.now(), 0.0);
    effects.push_back(
        {situation.now(), QuoteRequest{quote, config.place, config.book, config.post_only}});
  }
}

std::optional<SkewFlow> Quoting::flow(const Situation& situation,
                                      FactorId factor,
                                      const Deviation& deviation) {
  std::optional<SkewFlow> total;
  if (by_factor_[factor.index()].empty()) return total;
  joint_.solve(situation, [&](FactorId id) { return id == factor; });
  for (const std::uint32_t i : by_factor_[factor.index()]) {
    const QuoteConfig& config = desk_->quotes[i];
    std::string why;
    const auto leaned = input_of(situation, i, true, why);
    const auto straight = input_of(situation, i, false, why);
    const auto volume = situation.value(EstimateKind::traded_volume, config.instrument);
    const auto prints = situation.value(EstimateKind::trade_rate, config.instrument);
    if (!leaned || !straight || !leaned->fill_rate || !leaned->k || !volume || !prints) {
      return std::nullopt;
    }
    const double print = *volume / *prints;  // nobody fills a quote with more than he trades
    SkewInput flat = *straight;
    if (leaned->joint_skew) flat.joint_skew = 0.0;
    const auto quote = leaned_quote(config, *leaned);
    const auto symmetric = leaned_quote(config, flat);
    if (!quote || !symmetric) return std::nullopt;
    const auto fills = [&](double depth, double size) {  // units a second
      return *leaned->fill_rate * std::exp(-*leaned->k * std::max(0.0, depth)) *
             std::min(size * leaned->fill, print);
    };
    const auto earned = [&](const SkewedQuote& q) {
      return (fills(q.bid_depth, q.bid_size) * q.bid_depth +
              fills(q.ask_depth, q.ask_size) * q.ask_depth) *
             leaned->money;
    };
    const double per_unit =
        exposure_per_quantity(situation, factor, config.instrument, config.place, config.book)
            .value_or(0.0);
    const double sold =
        fills(quote->ask_depth, quote->ask_size) - fills(quote->bid_depth, quote->bid_size);
    if (!total) total.emplace();
    total->rate += (deviation.now > 0.0 ? sold : -sold) * per_unit;
    total->cost += std::max(0.0, earned(*symmetric) - earned(*quote));
  }
  return total;
}

}  // namespace ballast
