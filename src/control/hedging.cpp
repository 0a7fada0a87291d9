#include "control/hedging.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "control/money.hpp"

namespace ballast {
namespace {

constexpr double seconds_per_day = 86'400.0;
/// The lot of an instrument that states none: fine enough for any asset, and counts of it still
/// fit.
constexpr double finest_lot = 1e-8;

Note note(std::string_view text) { return *Note::create(text.substr(0, Note::capacity)); }

double signed_quantity(Side side, double qty) { return side == Side::buy ? qty : -qty; }

/// The position and what is in flight for it.
double held(const Situation& situation, const OpenOrders& orders, const HedgeConfig& hedge) {
  const Books& books = situation.books();
  const AccountId account = books.find_account(hedge.place);
  const BookId book = books.find_book(hedge.book);
  double qty = 0.0;
  if (account.valid() && book.valid()) {
    const PositionId id = books.find_position(account, hedge.instrument, book);
    if (id.valid()) qty = to_double(books.position(id).qty);
  }
  for (const OpenOrder& order : orders.all()) {
    if (order.instrument != hedge.instrument || !(order.place == hedge.place)) continue;
    if (order.book == hedge.book) qty += signed_quantity(order.side, to_double(order.most()));
  }
  return qty;
}

/// What other books hold of it in the same account.
double others(const Situation& situation, const HedgeConfig& hedge) {
  const Books& books = situation.books();
  const AccountId account = books.find_account(hedge.place);
  if (!account.valid()) return 0.0;
  const auto net = books.net(account, hedge.instrument);
  const BookId book = books.find_book(hedge.book);
  const PositionId own =
      book.valid() ? books.find_position(account, hedge.instrument, book) : PositionId{};
  return (net ? to_double(*net) : 0.0) - (own.valid() ? to_double(books.position(own).qty) : 0.0);
}

/// Fewest units of quantity that an order may have, be it sold as far down as it may trade.
double least_order(const Instrument& traded, const HedgeConfig& hedge, const Top& top) {
  const double size = to_double(traded.contract_size);
  const double lowest = to_double(top.bid) * (1.0 - hedge.slippage);
  const double worth = traded.inverse() ? size : size * lowest;  // of a unit, in the quote asset
  const double by_notional = worth > 0.0 ? to_double(traded.terms.min_notional) / worth : 0.0;
  return std::max(to_double(traded.terms.min_qty), by_notional);
}

/// A day's funding for one unit of value held long: as it is expected over the horizon, or the
/// present rate where too few are known to expect another.
std::optional<double> funding_a_day(const Situation& situation,
                                    InstrumentId instrument,
                                    Duration horizon) {
  const auto expected =
      situation.learning().expected_funding(situation.now(), instrument, horizon).given();
  return expected ? expected->value : situation.value(EstimateKind::funding, instrument);
}

/// Past the best price by the slippage, on the tick, never short of the best price itself.
std::optional<Price> limit_price(Side side, const Top& top, Price tick, double slippage) {
  const Price best = side == Side::buy ? top.ask : top.bid;
  const auto past = decimal_from_double<Price>(to_double(best) * slippage, 9);
  if (!past) return std::nullopt;
  // Whole ticks only, so that a price on the tick stays there.
  const Price by = tick.zero() ? *past : Price::from_raw(past->raw / tick.raw * tick.raw);
  return side == Side::buy ? best + by : best - by;
}

/// Whether the market has shown itself since the last order of ours that met this side of it.
bool answered(const Situation& situation,
              const OpenOrders& orders,
              InstrumentId instrument,
              Side side) {
  const auto traded = orders.traded_at(instrument, side);
  const auto seen = situation.market().top_at(instrument);
  return !traded || (seen && *seen > *traded);
}

/// Cash on its way to the accounts of a cash factor: it may arrive or fail.
double arriving(const Situation& situation, FactorId id) {
  const FactorConfig& factor = situation.desk().factor(id);
  if (factor.kind != FactorKind::cash) return 0.0;
  const Books& books = situation.books();
  double sum = 0.0;
  for (const std::uint32_t index : books.transfers().open()) {
    const TransferRecord& transfer = books.transfers().all()[index];
    const Place& to = books.account(transfer.to);
    const bool ours = transfer.asset == factor.asset && to.venue == factor.venue &&
                      (factor.account.empty() || to.account == factor.account);
    if (ours) sum += to_double(transfer.qty);
  }
  return sum;
}

}  // namespace

std::optional<Deviation> deviation_of(const Situation& situation,
                                      FactorId factor,
                                      const OpenOrders& orders) {
  const FactorState* const state = situation.known_state(factor);
  if (state == nullptr) return std::nullopt;
  Deviation d;
  d.now = to_double(state->actual - state->target);
  d.lower = to_double(state->lower - state->target);
  d.upper = to_double(state->upper - state->target);
  const auto variance = unit_variance(situation, factor);
  d.variance = variance.value_or(0.0);
  // What is in flight may bring the factor anywhere between these two.
  double least = d.now;
  double most = d.now;
  for (const OpenOrder& order : orders.all()) {
    if (order.origin == Origin::quote) continue;  // rests; nobody knows whether it trades
    const auto per_unit =
        exposure_per_quantity(situation, factor, order.instrument, order.place, order.book);
    if (!per_unit) return std::nullopt;
    const double sure = signed_quantity(order.side, to_double(order.least())) * *per_unit;
    const double all = signed_quantity(order.side, to_double(order.most())) * *per_unit;
    least += std::min(sure, all);
    most += std::max(sure, all);
  }
  most += arriving(situation, factor);
  // As near to the band as it may be: to trade for the rest could be too much, never for this.
  if (d.outside(least) <= 0.0 && d.outside(most) >= 0.0) {
    d.expected = std::clamp(0.0, least, most);
    d.expected = std::clamp(d.expected, std::max(least, d.lower), std::min(most, d.upper));
  } else {
    d.expected = std::fabs(d.outside(least)) < std::fabs(d.outside(most)) ? least : most;
  }
  return d;
}

/// The controlled factors that the hedges touch, the one in question first.
bool Hedging::add_factors(const Situation& situation,
                          const ControlConfig& control,
                          const OpenOrders& orders) {
  factor_ids_.clear();
  factors_.clear();
  const auto add = [&](FactorId id) {
    const auto d = deviation_of(situation, id, orders);
    if (!d) return false;
    factor_ids_.push_back(id);
    factors_.push_back({d->expected, d->lower, d->upper});
    return true;
  };
  if (!add(control.factor)) return false;
  for (const ControlConfig& other : situation.desk().controls) {
    if (other.factor == control.factor || factors_.size() == HedgeProgram::factors_max) continue;
    const bool touched = std::any_of(usable_.begin(), usable_.end(), [&](const Usable& usable) {
      return exposure_per_quantity(situation, other.factor, usable.config->instrument,
                                   usable.config->place, usable.config->book)
                 .value_or(0.0) != 0.0;
    });
    // One that is unknown cannot be kept inside its band; it does not keep this one outside.
    if (touched) add(other.factor);
  }
  const std::size_t f = factors_.size();
  covariance_.assign(f * f, 0.0);
  for (std::size_t i = 0; i < f; ++i) {
    for (std::size_t j = 0; j < f; ++j) {
      const auto c = unit_covariance(situation, factor_ids_[i], factor_ids_[j]);
      if (!c) return false;
      covariance_[i * f + j] = *c;
    }
  }
  return true;
}

std::optional<HedgeInstrument> Hedging::terms_of(const Situation& situation,
                                                 const ControlConfig& control,
                                                 const OpenOrders& orders,
                                                 const HedgeConfig& hedge,
                                                 double per_quantity,
                                                 Weighed& weighed) {
  const Instrument& traded = situation.desk().instrument(hedge.instrument);
  const Top& top = situation.market().top(hedge.instrument);
  const auto notional = notional_per_quantity(situation, hedge.instrument);
  const auto money = money_per_price(situation, hedge.instrument);
  const auto leave_out = [&](std::string_view why) {
    weighed.why_not = note(why);
    return std::nullopt;
  };
  if (!notional || !money) return leave_out("no price");
  if (top.bid_qty.zero() || top.ask_qty.zero()) return leave_out("no two-sided top");
  const double half_spread = to_double(top.ask - top.bid) / 2.0;
  if (half_spread < 0.0) return leave_out("its top is crossed");

  HedgeInstrument terms;
  const double fee = to_double(traded.terms.taker_fee) * *notional;
  const double size = std::fabs(per_quantity);  // units of the factor
  terms.buy_cost = terms.sell_cost = std::max(0.0, half_spread * *money + fee);
  // Walking a book of even depth: its last unit costs the distance over which the depth was
  // counted.
  const auto depth = situation.value(EstimateKind::book_depth, hedge.instrument);
  const double mid = to_double(top.bid) / 2.0 + to_double(top.ask) / 2.0;
  if (depth && *depth > 0.0) {
    terms.impact = situation.desk().learning.depth_distance * mid * *money / (2.0 * *depth);
  }
  const auto funding = funding_a_day(situation, hedge.instrument, control.horizon);
  if (funding && !traded.spot()) {
    // A long pays funding: holding one unit costs rate * notional a day.
    terms.carry = *funding * *notional * control.horizon.to_seconds() / seconds_per_day;
  }
  weighed.half_spread = half_spread * *money / size;
  weighed.fee = fee / size;
  weighed.impact = terms.impact / (size * size);
  weighed.funding = terms.carry / per_quantity;
  weighed.mid = mid;
  weighed.money = *money;
  const double lot = to_double(traded.terms.lot);
  terms.lot = lot > 0.0 ? lot : traded.spot() ? finest_lot : 1.0;
  terms.minimum = least_order(traded, hedge, top);
  double most = to_double(hedge.max_order);
  if (situation.desk().rails.order_notional) {
    most = std::min(most, *situation.desk().rails.order_notional / *notional);
  }
  // An immediate order at the touch takes no more than what stands there, and what an order of
  // ours met may stand there no more.
  const auto there = [&](Side side, Quantity shown) {
    return answered(situation, orders, hedge.instrument, side) ? std::min(most, to_double(shown))
                                                               : 0.0;
  };
  terms.least = -there(Side::sell, top.bid_qty);
  terms.most = there(Side::buy, top.ask_qty);
  if (terms.least == 0.0 && terms.most == 0.0) return leave_out("no top since our last orders");
  const double position = held(situation, orders, hedge);
  if (hedge.position) {
    terms.least = std::max(terms.least, std::min(0.0, to_double(hedge.position->lower) - position));
    terms.most = std::min(terms.most, std::max(0.0, to_double(hedge.position->upper) - position));
  }
  if (hedge.margin > 0.0) {
    const AccountId account = situation.books().find_account(hedge.place);
    const Quoted& price = situation.market().asset_price(traded.settlement());
    if (!price.present) return leave_out("its collateral has no price");
    const double free = account.valid()
                            ? to_double(situation.books().cash(account, traded.settlement())) *
                                  to_double(price.price)
                            : 0.0;
    // The venue nets what all books hold in the account.
    const double net = position + others(situation, hedge);
    const double bearable = std::max(0.0, free) / (hedge.margin * *notional);
    terms.least = std::max(terms.least, std::min(0.0, -bearable - net));
    terms.most = std::min(terms.most, std::max(0.0, bearable - net));
  }
  return terms;
}

/// An order more has to save more than the rounding of another to its lots: else finer lots of a
/// second instrument are worth an order of their own.
void Hedging::price_orders() {
  double rounding = 0.0;
  for (const HedgeInstrument& terms : instruments_) {
    if (std::max(terms.most, -terms.least) < terms.lot) continue;
    rounding = std::max(rounding, terms.lot * std::max(terms.buy_cost, terms.sell_cost));
  }
  for (HedgeInstrument& terms : instruments_)
    terms.order_cost = rounding;
}

/// A side's carry counts for no more than its cost, so that hedges which pay for themselves would
/// all be the same to the program. One price for every unit of the factor that is traded, from the
/// largest gift on, keeps all in order. What a hedge to the edge has to trade is given, so that it
/// alone decides nothing; how far to go towards a target is not, so there it is but a shade.
void Hedging::rank_gifts(HedgeStop aim) {
  const double shade = aim == HedgeStop::near_edge ? 1.0 : 0.01;
  const auto per_unit = [&](std::size_t j) {
    return std::fabs(exposure_[j * factor_ids_.size()]);  // of the factor in question
  };
  double largest = 0.0;
  for (std::size_t j = 0; j < instruments_.size(); ++j) {
    const HedgeInstrument& terms = instruments_[j];
    const double net = std::min(terms.buy_cost + terms.carry, terms.sell_cost - terms.carry);
    largest = std::max(largest, -net / per_unit(j));
  }
  if (largest <= 0.0) return;
  for (std::size_t j = 0; j < instruments_.size(); ++j) {
    HedgeInstrument& terms = instruments_[j];
    const auto shaded = [&](double net) {
      return std::max(0.0, net) + shade * (largest * per_unit(j) + std::min(0.0, net));
    };
    terms.buy_cost = std::max(0.0, shaded(terms.buy_cost + terms.carry) - terms.carry);
    terms.sell_cost = std::max(0.0, shaded(terms.sell_cost - terms.carry) + terms.carry);
  }
}

Candidate Hedging::candidate(const Situation& situation,
                             const ControlConfig& control,
                             const OpenOrders& orders,
                             const KillSwitches& switches,
                             const Deviation& deviation,
                             const TradeId& proposal) {
  const Desk& desk = situation.desk();
  Candidate candidate;
  candidate.action = Action::hedge;
  const auto impossible = [&](std::string why) {
    candidate.why = std::move(why);
    candidate.orders.clear();
    return candidate;
  };
  usable_.clear();
  instruments_.clear();
  for (std::size_t i = 0; i < desk.hedges.size(); ++i) {
    const HedgeConfig& hedge = desk.hedges[i];
    const auto per_unit =
        exposure_per_quantity(situation, control.factor, hedge.instrument, hedge.place, hedge.book);
    if (per_unit && *per_unit == 0.0) continue;
    Weighed weighed;
    weighed.hedge = static_cast<std::uint32_t>(i);
    if (const auto* killed = switches.covers(hedge.place, hedge.book)) {
      weighed.why_not = note(fmt::format("stopped, {}", killed->reason.view()));
    } else if (!per_unit) {
      weighed.why_not = note("no price");
    } else {
      const Side side = (deviation.now > 0.0) == (*per_unit > 0.0) ? Side::sell : Side::buy;
      if (!answered(situation, orders, hedge.instrument, side) &&
          situation.now() - *orders.traded_at(hedge.instrument, side) <=
              control.interval + control.interval) {
        candidate.soon = true;
        return impossible(fmt::format("waits for the next top of {} after an order of ours",
                                      desk.instrument(hedge.instrument).name));
      }
      weighed.per_quantity = *per_unit;
      const auto terms = terms_of(situation, control, orders, hedge, *per_unit, weighed);
      if (terms) {
        usable_.push_back({&hedge, std::max(0.0, terms->buy_cost + terms->carry),
                           std::max(0.0, terms->sell_cost - terms->carry),
                           candidate.weighed.size()});
        instruments_.push_back(*terms);
      }
    }
    candidate.weighed.push_back(weighed);
  }
  for (const Weighed& weighed : candidate.weighed) {
    if (weighed.why_not.empty()) continue;
    const HedgeConfig& hedge = desk.hedges[weighed.hedge];
    candidate.why += fmt::format("{}{}: {}", candidate.why.empty() ? "" : "; ",
                                 desk.instrument(hedge.instrument).name, weighed.why_not.view());
  }
  if (usable_.empty()) {
    return impossible(candidate.why.empty() ? "no hedge instrument touches it" : candidate.why);
  }
  if (!add_factors(situation, control, orders)) {
    return impossible("its risk is unknown: no volatility yet");
  }
  const double wanted = -factors_.front().deviation;
  for (std::size_t j = 0; j < usable_.size(); ++j) {
    Weighed& weighed = candidate.weighed[usable_[j].weighed];
    const bool buys = wanted * weighed.per_quantity > 0.0;
    weighed.room =
        std::fabs((buys ? instruments_[j].most : instruments_[j].least) * weighed.per_quantity);
    if (wanted < 0.0) weighed.funding = -weighed.funding;  // a short receives what a long pays
  }
  price_orders();
  exposure_.clear();
  for (const Usable& usable : usable_) {
    for (const FactorId id : factor_ids_) {
      exposure_.push_back(exposure_per_quantity(situation, id, usable.config->instrument,
                                                usable.config->place, usable.config->book)
                              .value_or(0.0));
    }
  }
  rank_gifts(control.aim);
  HedgeInput input;
  input.factors = factors_;
  input.instruments = instruments_;
  input.exposure = exposure_;
  input.covariance = covariance_;
  input.gamma = control.gamma;
  input.horizon_days = control.horizon.to_seconds() / seconds_per_day;
  input.aim = control.aim == HedgeStop::target ? HedgeAim::target : HedgeAim::near_edge;
  const auto plan = program_.solve(input);
  if (!plan) return impossible(plan.error().what);

  candidate.action_cost = plan->after.impact;
  double trading = plan->after.impact;
  std::size_t number = 0;
  for (std::size_t j = 0; j < usable_.size(); ++j) {
    if (plan->lots[j] == 0) continue;
    const double trade = plan->trades[j];
    candidate.action_cost += std::fabs(trade) * (trade > 0.0 ? usable_[j].buy : usable_[j].sell);
    Weighed& weighed = candidate.weighed[usable_[j].weighed];
    trading += std::fabs(trade * weighed.per_quantity) * (weighed.half_spread + weighed.fee);
    const HedgeConfig& hedge = *usable_[j].config;
    const Instrument& traded = desk.instrument(hedge.instrument);
    Order order;
    order.place = hedge.place;
    order.book = hedge.book;
    order.instrument = hedge.instrument;
    order.side = plan->lots[j] > 0 ? Side::buy : Side::sell;
    const Quantity lot = traded.terms.lot.sign() > 0 ? traded.terms.lot
                         : traded.spot()             ? Quantity::from_raw(decimal_one / 100'000'000)
                                                     : Quantity::whole(1);
    const std::int64_t lots = plan->lots[j] < 0 ? -plan->lots[j] : plan->lots[j];
    Int128 raw = 0;
    if (__builtin_mul_overflow(lot.raw, Int128{lots}, &raw)) {
      return impossible("a quantity leaves the decimal range");
    }
    order.qty = Quantity::from_raw(raw);
    const Top& top = situation.market().top(hedge.instrument);
    const auto limit = limit_price(order.side, top, traded.terms.tick, hedge.slippage);
    if (!limit) return impossible("a price leaves the decimal range");
    order.price = *limit;
    order.state = OrderState::sent;
    order.origin = Origin::hedge;
    order.proposal = proposal;
    order.id = OrderId::create(fmt::format("{}-{}", proposal.view(), ++number)).value_or(OrderId{});
    weighed.qty = order.side == Side::buy ? order.qty : -order.qty;
    weighed.limit = *limit;
    candidate.orders.push_back(order);
  }
  candidate.possible = !candidate.orders.empty();
  if (!candidate.possible) candidate.why = std::string(to_string(plan->obstacle));
  candidate.funding = candidate.action_cost - trading;
  candidate.seconds = orders.seconds();
  const HedgeFactor& first = factors_.front();
  const double rest = plan->residual.front();
  candidate.shift = rest - first.deviation;
  candidate.residual = std::max({0.0, rest - first.upper, first.lower - rest});
  if (plan->inside.front() == 0 && candidate.possible) {
    // Not all at once: as often again as the rest is large against what this one takes away.
    const double outside =
        std::max({0.0, first.deviation - first.upper, first.lower - first.deviation});
    const double taken = outside - candidate.residual;
    const double times = taken > 0.0 ? std::ceil(outside / taken) : 1e9;
    candidate.seconds = times * (orders.seconds() + control.interval.to_seconds());
  }
  return candidate;
}

}  // namespace ballast
