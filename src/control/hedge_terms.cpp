#include "control/hedge_terms.hpp"

#include <algorithm>
#include <cmath>

#include "control/account_margin.hpp"
#include "control/money.hpp"

namespace ballast {
namespace {

/// The lot of an instrument that states none: fine enough for any asset, and counts of it still
/// fit.
constexpr double finest_lot = 1e-8;

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

/// What of our orders on their way will meet this side of the market first.
double meets(const OpenOrders& orders, InstrumentId instrument, Side side) {
  double qty = 0.0;
  for (const OpenOrder& order : orders.all()) {
    const bool counts = order.instrument == instrument && order.side == side &&
                        order.origin != Origin::quote && !ended(order.state);
    if (counts) qty += to_double(order.most());
  }
  return qty;
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

}  // namespace

/// Whether the market has shown itself since the last order of ours that met this side of it.
bool answered(const Situation& situation,
              const OpenOrders& orders,
              InstrumentId instrument,
              Side side) {
  const auto traded = orders.traded_at(instrument, side);
  const auto seen = situation.market().top_at(instrument);
  return !traded || (seen && *seen > *traded);
}

std::optional<HedgeTerms> hedge_terms(const Situation& situation,
                                      const ControlConfig& control,
                                      const OpenOrders& orders,
                                      const HedgeConfig& hedge,
                                      double per_quantity,
                                      Weighed& weighed) {
  const Instrument& traded = situation.desk().instrument(hedge.instrument);
  const Top& top = situation.market().top(hedge.instrument);
  const auto notional = notional_per_quantity(situation, hedge.instrument);
  const auto money = money_per_price(situation, hedge.instrument);
  const auto fee = fee_per_quantity(situation, hedge.instrument);
  const auto leave_out = [&](std::string_view why) {
    weighed.why_not = *Note::create(why);
    return std::nullopt;
  };
  if (!notional || !money || !fee) return leave_out("no price");
  if (top.bid_qty.zero() || top.ask_qty.zero()) return leave_out("no two-sided top");
  const double half_spread = to_double(top.ask - top.bid) / 2.0;
  if (half_spread < 0.0) return leave_out("its top is crossed");

  HedgeTerms result;
  HedgeInstrument& terms = result.program;
  result.trading = half_spread * *money + *fee;
  terms.buy_cost = terms.sell_cost = std::max(0.0, result.trading);
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
    terms.carry = *funding * *notional * control.horizon.to_seconds() / 86'400.0;
  }
  const double size = per_quantity == 0.0 ? 1.0 : std::fabs(per_quantity);
  weighed.half_spread = half_spread * *money / size;
  weighed.fee = *fee / size;
  weighed.impact = terms.impact / (size * size);
  weighed.funding = terms.carry / (per_quantity == 0.0 ? 1.0 : per_quantity);
  weighed.mid = mid;
  weighed.money = *money;
  const double lot = to_double(traded.terms.lot);
  terms.lot = lot > 0.0 ? lot : traded.spot() ? finest_lot : 1.0;
  terms.minimum = least_order(traded, hedge, top);
  double most = to_double(hedge.max_order);
  if (situation.desk().rails.order_notional) {
    most = std::min(most, *situation.desk().rails.order_notional / *notional);
  }
  // An immediate order at the touch takes no more than what stands there; what an order of ours met
  // may stand there no more, and what one on its way will meet is spoken for.
  const auto there = [&](Side side, Quantity shown) {
    if (!answered(situation, orders, hedge.instrument, side)) return 0.0;
    return std::min(most, std::max(0.0, to_double(shown) - meets(orders, hedge.instrument, side)));
  };
  terms.least = -there(Side::sell, top.bid_qty);
  terms.most = there(Side::buy, top.ask_qty);
  if (terms.least == 0.0 && terms.most == 0.0) return leave_out("no top since our last orders");
  // Tops of options may be so wide that the price collar would refuse any order.
  if (const auto collar = situation.desk().rails.price_collar; collar && traded.option()) {
    const double mark = to_double(situation.market().price(hedge.instrument).price);
    if (to_double(top.bid) < mark * (1.0 - *collar)) terms.least = 0.0;
    if (to_double(top.ask) > mark * (1.0 + *collar)) terms.most = 0.0;
    if (terms.least == 0.0 && terms.most == 0.0) return leave_out("its top is past price_collar");
  }
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
  return result;
}

Result<FreeMargin> set_margin(const Situation& situation,
                              const OpenOrders& orders,
                              const HedgeConfig& hedge,
                              HedgeInstrument& program) {
  const Desk& desk = situation.desk();
  const MarginConfig* const config = margin_of(desk, hedge.place, hedge.instrument);
  if (config == nullptr) return FreeMargin{};
  const Quoted& price = situation.market().asset_price(config->currency);
  if (!price.present) return fail(Errc::stale_data, "its collateral has no price");
  const double money = to_double(price.price);
  auto changes = changes_in_flight(situation, orders, *config);
  changes.push_back({hedge.instrument, 0.0, {}});
  const Top& top = situation.market().top(hedge.instrument);
  BALLAST_TRY(now, account_margin(situation, *config, changes));
  const auto per_unit = [&](double trade) -> Result<double> {
    if (trade == 0.0) return 0.0;
    changes.back().qty = trade;
    changes.back().price = to_double(trade > 0.0 ? top.ask : top.bid);
    BALLAST_TRY(after, account_margin(situation, *config, changes));
    return std::max(0.0, now.free() - after.free()) * money / std::fabs(trade);
  };
  BALLAST_TRY(bought, per_unit(program.most));
  BALLAST_TRY(sold, per_unit(program.least));
  program.buy_margin = bought;
  program.sell_margin = sold;
  return FreeMargin{config, std::max(0.0, now.free()) * money};
}

}  // namespace ballast
