#include "control/account_margin.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "book/contract_value.hpp"
#include "quant/margin/deribit_portfolio.hpp"
#include "quant/margin/deribit_standard.hpp"

namespace ballast {
namespace {

tl::unexpected<Error> lacks(const Instrument& instrument, std::string_view what) {
  return fail(Errc::stale_data, fmt::format("{}: {}", instrument.name, what));
}

/// What the account holds of the instrument, over all books, with the changes.
Result<double> net_of(const Situation& situation,
                      AccountId account,
                      InstrumentId instrument,
                      std::span<const MarginChange> changes) {
  double qty = 0.0;
  if (account.valid()) {
    const auto net = situation.books().net(account, instrument);
    if (!net) return lacks(situation.desk().instrument(instrument), "its position is out of range");
    qty = to_double(*net);
  }
  for (const MarginChange& change : changes) {
    if (change.instrument == instrument) qty += change.qty;
  }
  return qty;
}

struct Margined {
  DeribitPosition position;
  double option_worth = 0.0;  // in the currency
};

Result<Margined> option_position(const Situation& situation, InstrumentId id, double qty) {
  const Instrument& traded = situation.desk().instrument(id);
  const auto now = situation.options().value(id, situation.now());
  if (!now) return lacks(traded, now.error().what);
  const double coins = qty * to_double(traded.contract_size);
  const double worth =
      now->terms.paid_in == PaidIn::coin ? now->unit.price / now->forward : now->unit.price;
  const Quoted& price = situation.market().price(id);
  Margined margined;
  margined.position = {.instrument = DeribitInstrument::option,
                       .size = coins,
                       .forward = now->forward,
                       .years = now->years,
                       .right = now->terms.right,
                       .strike = now->terms.strike,
                       .vol = now->vol,
                       .mark = price.present ? to_double(price.price) : worth};
  margined.option_worth = coins * margined.position.mark;
  return margined;
}

Result<Margined> future_position(const Situation& situation, InstrumentId id, double qty) {
  const Instrument& traded = situation.desk().instrument(id);
  const Quoted& price = situation.market().price(id);
  if (!price.present) return lacks(traded, "no price");
  const bool dated =
      traded.kind == InstrumentKind::linear_future || traded.kind == InstrumentKind::inverse_future;
  const double size = qty * to_double(traded.contract_size);
  const double mark = to_double(price.price);
  Margined margined;
  margined.position.instrument = dated ? DeribitInstrument::future : DeribitInstrument::perpetual;
  margined.position.size = traded.inverse() ? size / mark : size;
  margined.position.forward = mark;
  if (dated && traded.expiry && *traded.expiry > situation.now())
    margined.position.years = years_between(situation.now(), *traded.expiry);
  return margined;
}

Result<DeribitMargin> margin_of_book(const MarginConfig& config, const DeribitBook& book) {
  if (config.kind == MarginKind::standard) {
    DeribitStandardRules rules;
    rules.futures = {config.future_initial, config.future_maintenance, config.future_per_coin};
    rules.options.initial = config.option_initial;
    rules.options.initial_min = config.option_initial_min;
    rules.options.maintenance = config.option_maintenance;
    BALLAST_TRY(margin, deribit_standard_margin(book, rules));
    return margin.total;
  }
  DeribitPortfolioRules rules = deribit_portfolio_rules(book.settlement);
  rules.price_range = config.price_range;
  rules.volatility_range_up = config.volatility_up;
  rules.volatility_range_down = config.volatility_down;
  rules.mm_factor = config.maintenance_share;
  if (config.roll_risk) rules.annualised_move_risk = *config.roll_risk;
  std::erase_if(rules.extended_moves,
                [&](double move) { return std::fabs(move) <= rules.price_range; });
  BALLAST_TRY(margin, deribit_portfolio_margin(book, rules));
  return margin.margin;
}

/// Profit of the account's futures and perpetuals settled in the currency, not realised yet.
Result<double> unrealised(const Situation& situation, AccountId account, AssetId currency) {
  double sum = 0.0;
  for (const Position& position : situation.books().positions()) {
    const Instrument& traded = situation.desk().instrument(position.instrument);
    const bool counts = position.account == account && !position.qty.zero() && !traded.spot() &&
                        !traded.option() && traded.settlement() == currency;
    if (!counts) continue;
    const Quoted& price = situation.market().price(position.instrument);
    if (!price.present) return lacks(traded, "no price");
    const auto worth = value(Contract::of(traded), position.qty, price.price);
    if (!worth) return lacks(traded, "its value is out of range");
    sum += to_double(*worth) - to_double(position.cost);
  }
  return sum;
}

}  // namespace

const MarginConfig* margin_of(const Desk& desk, const Place& place, InstrumentId instrument) {
  const Instrument& traded = desk.instrument(instrument);
  if (traded.spot()) return nullptr;
  for (const MarginConfig& config : desk.margins) {
    if (config.place == place && config.currency == traded.settlement()) return &config;
  }
  return nullptr;
}

std::vector<MarginChange> changes_in_flight(const Situation& situation,
                                            const OpenOrders& orders,
                                            const MarginConfig& config) {
  std::vector<MarginChange> changes;
  for (const OpenOrder& order : orders.all()) {
    if (margin_of(situation.desk(), order.place, order.instrument) != &config) continue;
    const bool buys = order.side == Side::buy;
    const double qty = to_double(order.most());
    const Top& top = situation.market().top(order.instrument);
    MarginChange change{order.instrument, buys ? qty : -qty, {}};
    if (!(buys ? top.ask_qty : top.bid_qty).zero())
      change.price = to_double(buys ? top.ask : top.bid);
    changes.push_back(change);
  }
  return changes;
}

Result<AccountMargin> account_margin(const Situation& situation,
                                     const MarginConfig& config,
                                     std::span<const MarginChange> changes) {
  const Desk& desk = situation.desk();
  const Market& market = situation.market();
  const AccountId account = situation.books().find_account(config.place);
  AccountMargin result;
  if (account.valid()) {
    result.equity = to_double(situation.books().cash(account, config.currency));
    BALLAST_TRY(profit, unrealised(situation, account, config.currency));
    result.equity += profit;
  }
  std::vector<std::pair<AssetId, DeribitBook>> coins;
  for (std::size_t i = 0; i < desk.instruments.size(); ++i) {
    const Instrument& traded = desk.instruments[i];
    const InstrumentId id{i};
    const bool derivative = !traded.spot() && traded.kind != InstrumentKind::pool;
    if (!derivative || traded.settlement() != config.currency) continue;
    if (traded.venue != config.place.venue) continue;
    if (traded.option() && *traded.expiry <= situation.now()) continue;
    BALLAST_TRY(qty, net_of(situation, account, id, changes));
    const auto changed = std::find_if(changes.begin(), changes.end(),
                                      [&](const MarginChange& c) { return c.instrument == id; });
    if (qty == 0.0 && changed == changes.end()) continue;
    BALLAST_TRY(margined, traded.option() ? option_position(situation, id, qty)
                                          : future_position(situation, id, qty));
    if (traded.option()) {
      if (config.kind == MarginKind::portfolio) result.equity += margined.option_worth;
      for (const MarginChange& change : changes) {
        if (change.instrument != id) continue;
        const double premium = change.price.value_or(margined.position.mark);
        result.equity -= change.qty * to_double(traded.contract_size) * premium;
      }
    }
    auto book = std::find_if(coins.begin(), coins.end(),
                             [&](const auto& one) { return one.first == traded.base; });
    if (book == coins.end()) {
      coins.push_back({traded.base, {}});
      book = coins.end() - 1;
      const bool in_coin = traded.settlement() == traded.base;
      book->second.settlement = in_coin ? DeribitSettlement::coin : DeribitSettlement::quote;
      const Quoted& coin = market.asset_price(traded.base);
      const Quoted& quote = market.asset_price(in_coin ? traded.quote : traded.settlement());
      if (!coin.present || !quote.present) return lacks(traded, "its coin has no price");
      book->second.index = to_double(coin.price) / to_double(quote.price);
    }
    if (qty != 0.0) book->second.positions.push_back(margined.position);
  }
  for (const auto& [coin, book] : coins) {
    BALLAST_TRY(margin, margin_of_book(config, book));
    result.initial += margin.initial;
    result.maintenance += margin.maintenance;
  }
  return result;
}

}  // namespace ballast
