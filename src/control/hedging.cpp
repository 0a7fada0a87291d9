#include "control/hedging.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "control/hedge_terms.hpp"
#include "control/money.hpp"
#include "control/option_exposure.hpp"

namespace ballast {
namespace {

constexpr double seconds_per_day = 86'400.0;

Note note(std::string_view text) { return *Note::create(text.substr(0, Note::capacity)); }

/// Past the best price by the slippage, on the tick, never short of the best price itself.
std::optional<Price> limit_price(Side side, const Top& top, Price tick, double slippage) {
  const Price best = side == Side::buy ? top.ask : top.bid;
  const auto past = decimal_from_double<Price>(to_double(best) * slippage, 9);
  if (!past) return std::nullopt;
  // Whole ticks only, so that a price on the tick stays there.
  const Price by = tick.zero() ? *past : Price::from_raw(past->raw / tick.raw * tick.raw);
  return side == Side::buy ? best + by : best - by;
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
    if (per_unit(j) == 0.0) continue;
    const HedgeInstrument& terms = instruments_[j];
    const double net = std::min(terms.buy_cost + terms.carry, terms.sell_cost - terms.carry);
    largest = std::max(largest, -net / per_unit(j));
  }
  if (largest <= 0.0) return;
  for (std::size_t j = 0; j < instruments_.size(); ++j) {
    if (per_unit(j) == 0.0) continue;
    HedgeInstrument& terms = instruments_[j];
    const auto shaded = [&](double net) {
      return std::max(0.0, net) + shade * (largest * per_unit(j) + std::min(0.0, net));
    };
    terms.buy_cost = std::max(0.0, shaded(terms.buy_cost + terms.carry) - terms.carry);
    terms.sell_cost = std::max(0.0, shaded(terms.sell_cost - terms.carry) + terms.carry);
  }
}

/// Whether trading the hedge can move the factor at all; known without any price.
bool Hedging::moves(const Situation& situation, FactorId factor, const HedgeConfig& hedge) {
  const auto per_unit =
      exposure_per_quantity(situation, factor, hedge.instrument, hedge.place, hedge.book);
  if (!per_unit || *per_unit != 0.0) return true;
  const FactorConfig& config = situation.desk().factor(factor);
  const Instrument& traded = situation.desk().instrument(hedge.instrument);
  // An option that has expired is told of, though it moves nothing.
  return traded.option() && *traded.expiry <= situation.now() &&
         (config.whole_desk() || config.book == hedge.book.view()) &&
         counts_option(situation, config, traded);
}

void Hedging::count_margin(const FreeMargin& margin) {
  if (margin.account == nullptr) return;
  const bool counted = std::any_of(margins_.begin(), margins_.end(), [&](const FreeMargin& one) {
    return one.account == margin.account;
  });
  if (!counted) margins_.push_back(margin);
}

/// Takes the hedge in, or says why not.
void Hedging::weigh(const Situation& situation,
                    const ControlConfig& control,
                    const OpenOrders& orders,
                    const KillSwitches& switches,
                    std::uint32_t index,
                    Candidate& candidate) {
  const HedgeConfig& hedge = situation.desk().hedges[index];
  Weighed weighed;
  weighed.hedge = index;
  const auto per_unit =
      exposure_per_quantity(situation, control.factor, hedge.instrument, hedge.place, hedge.book);
  const std::string lack = situation.desk().instrument(hedge.instrument).option()
                               ? option_lack(situation, control.factor, hedge.instrument)
                               : std::string();
  if (const auto* killed = switches.covers(hedge.place, hedge.book)) {
    weighed.why_not = note(fmt::format("stopped, {}", killed->reason.view()));
  } else if (!lack.empty()) {
    weighed.why_not = note(lack);
  } else if (!per_unit) {
    weighed.why_not = note("no price");
  } else {
    weighed.per_quantity = *per_unit;
    auto terms = hedge_terms(situation, control, orders, hedge, *per_unit, weighed);
    if (terms) {
      const auto margin = set_margin(situation, orders, hedge, terms->program);
      if (margin) {
        count_margin(*margin);
      } else {
        weighed.why_not = note(fmt::format("its margin is not known: {}", margin.error().what));
        terms.reset();
      }
    }
    if (terms) {
      const HedgeInstrument& program = terms->program;
      usable_.push_back({&hedge, std::max(0.0, program.buy_cost + program.carry),
                         std::max(0.0, program.sell_cost - program.carry), terms->trading,
                         candidate.weighed.size()});
      instruments_.push_back(program);
    }
  }
  candidate.weighed.push_back(weighed);
}

/// An option moves several factors at once: what moves the others comes along, so that they can be
/// kept, or brought, inside their bands with the same trades.
void Hedging::add_companions(const Situation& situation,
                             const ControlConfig& control,
                             const OpenOrders& orders,
                             const KillSwitches& switches,
                             Candidate& candidate) {
  const Desk& desk = situation.desk();
  std::vector<FactorId> others;
  for (const ControlConfig& other : desk.controls) {
    if (other.factor == control.factor || situation.known_state(other.factor) == nullptr) continue;
    const bool touched = std::any_of(usable_.begin(), usable_.end(), [&](const Usable& usable) {
      return desk.instrument(usable.config->instrument).option() &&
             moves(situation, other.factor, *usable.config);
    });
    if (touched) others.push_back(other.factor);
  }
  for (std::size_t i = 0; i < desk.hedges.size(); ++i) {
    const HedgeConfig& hedge = desk.hedges[i];
    if (moves(situation, control.factor, hedge)) continue;
    const bool helps = std::any_of(others.begin(), others.end(),
                                   [&](FactorId other) { return moves(situation, other, hedge); });
    if (helps) {
      weigh(situation, control, orders, switches, static_cast<std::uint32_t>(i), candidate);
    }
  }
}

/// The hedge's instrument, where it just met an order of ours and has not shown itself since.
std::string_view Hedging::unanswered(const Situation& situation,
                                     const ControlConfig& control,
                                     const OpenOrders& orders,
                                     const HedgeConfig& hedge,
                                     const Deviation& deviation) {
  const auto per_unit =
      exposure_per_quantity(situation, control.factor, hedge.instrument, hedge.place, hedge.book);
  if (!per_unit) return {};
  const Side side = (deviation.now > 0.0) == (*per_unit > 0.0) ? Side::sell : Side::buy;
  const bool soon = !answered(situation, orders, hedge.instrument, side) &&
                    situation.now() - *orders.traded_at(hedge.instrument, side) <=
                        control.interval + control.interval;
  return soon ? std::string_view(situation.desk().instrument(hedge.instrument).name)
              : std::string_view{};
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
  margins_.clear();
  for (std::size_t i = 0; i < desk.hedges.size(); ++i) {
    const HedgeConfig& hedge = desk.hedges[i];
    if (!moves(situation, control.factor, hedge)) continue;
    const bool stopped = switches.covers(hedge.place, hedge.book) != nullptr;
    const auto waits =
        stopped ? std::string_view{} : unanswered(situation, control, orders, hedge, deviation);
    if (!waits.empty()) {
      candidate.soon = true;
      return impossible(fmt::format("waits for the next top of {} after an order of ours", waits));
    }
    weigh(situation, control, orders, switches, static_cast<std::uint32_t>(i), candidate);
  }
  if (!usable_.empty()) add_companions(situation, control, orders, switches, candidate);
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
  if (!margins_.empty()) {
    // Of all accounts together; each order is held to its own by the rail.
    input.budget = 0.0;
    for (const FreeMargin& margin : margins_)
      input.budget += margin.free;
  }
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
    trading += std::fabs(trade) * usable_[j].trading;
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
  if (!candidate.possible) {
    candidate.why = plan->obstacle == HedgeObstacle::budget
                        ? "no margin is free for more"
                        : std::string(to_string(plan->obstacle));
  }
  if (candidate.possible && plan->inside.front() == 0 && plan->obstacle == HedgeObstacle::budget)
    candidate.why = "margin is short: as near as it goes";
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
