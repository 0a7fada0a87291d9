#include "control/account_margin.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "book/contract_value.hpp"
#include "quant/margin/deribit_standard.hpp"

namespace ballast {
namespace {

tl::unexpected<Error> lacks(const Instrument& instrument, std::string_view what) {
  return fail(Errc::stale_data, fmt::format("{}: {}", instrument.name, what));
}

/// What margin rests on: when the oldest of it came, and whether it is recent enough.
class Inputs {
 public:
  Inputs(Timestamp now, Duration max_age) : now_(now), max_age_(max_age) {}

  /// Error: stale_data, where it is older than max_age.
  Result<void> take(const Instrument& of, std::string_view what, Timestamp said) {
    oldest_ = std::min(oldest_, said);
    if (max_age_ == Duration{} || said >= now_ - max_age_) return {};
    return lacks(of, fmt::format("{} is {:.6g} s old, max_age is {}", what,
                                 (now_ - said).to_seconds(), to_string(max_age_)));
  }
  std::optional<Timestamp> oldest() const {
    return oldest_ == ageless ? std::nullopt : std::optional(oldest_);
  }

 private:
  static constexpr Timestamp ageless{INT64_MAX};  // as the price of the reporting currency is said
  Timestamp now_;
  Duration max_age_;
  Timestamp oldest_ = ageless;
};

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

Result<Margined> option_position(const Situation& situation,
                                 InstrumentId id,
                                 double qty,
                                 Inputs& inputs) {
  const Instrument& traded = situation.desk().instrument(id);
  const auto now = situation.options().value(id, situation.now());
  if (!now) return lacks(traded, now.error().what);
  BALLAST_CHECK(inputs.take(traded, "its volatility", now->surface_said));
  BALLAST_CHECK(
      inputs.take(traded, "its forward", situation.options().forward_said(id, situation.market())));
  const double coins = qty * to_double(traded.contract_size);
  const double worth =
      now->terms.paid_in == PaidIn::coin ? now->unit.price / now->forward : now->unit.price;
  const Quoted& price = situation.market().price(id);
  if (price.present) BALLAST_CHECK(inputs.take(traded, "its price", price.t));
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

Result<Margined> future_position(const Situation& situation,
                                 InstrumentId id,
                                 double qty,
                                 Inputs& inputs) {
  const Instrument& traded = situation.desk().instrument(id);
  const Quoted& price = situation.market().price(id);
  if (!price.present) return lacks(traded, "no price");
  BALLAST_CHECK(inputs.take(traded, "its price", price.t));
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

/// The account's positions on one coin, and which instruments they are in.
struct CoinBook {
  AssetId coin;
  DeribitBook book;
  std::vector<InstrumentId> instruments;
};

Result<CoinBook> book_of(const Situation& situation, const Instrument& traded, Inputs& inputs) {
  CoinBook out;
  out.coin = traded.base;
  const bool in_coin = traded.settlement() == traded.base;
  out.book.settlement = in_coin ? DeribitSettlement::coin : DeribitSettlement::quote;
  const Market& market = situation.market();
  const Quoted& coin = market.asset_price(traded.base);
  const Quoted& quote = market.asset_price(in_coin ? traded.quote : traded.settlement());
  if (!coin.present || !quote.present) return lacks(traded, "its coin has no price");
  BALLAST_CHECK(inputs.take(traded, "the price of its coin", std::min(coin.t, quote.t)));
  out.book.index = to_double(coin.price) / to_double(quote.price);
  return out;
}

Result<void> add_standard(const MarginConfig& config, const CoinBook& coin, MarginDetail& out) {
  DeribitStandardRules rules;
  rules.futures = {config.future_initial, config.future_maintenance, config.future_per_coin};
  rules.options.initial = config.option_initial;
  rules.options.initial_min = config.option_initial_min;
  rules.options.maintenance = config.option_maintenance;
  BALLAST_TRY(margin, deribit_standard_margin(coin.book, rules));
  out.initial += margin.total.initial;
  out.maintenance += margin.total.maintenance;
  for (std::size_t i = 0; i < coin.instruments.size(); ++i) {
    out.positions.push_back(
        {coin.instruments[i], coin.book.positions[i].size, margin.positions[i]});
  }
  return {};
}

Result<void> add_portfolio(const MarginConfig& config, const CoinBook& coin, MarginDetail& out) {
  DeribitPortfolioRules rules = deribit_portfolio_rules(coin.book.settlement);
  rules.price_range = config.price_range;
  rules.volatility_range_up = config.volatility_up;
  rules.volatility_range_down = config.volatility_down;
  rules.mm_factor = config.maintenance_share;
  if (config.roll_risk) rules.annualised_move_risk = *config.roll_risk;
  std::erase_if(rules.extended_moves,
                [&](double move) { return std::fabs(move) <= rules.price_range; });
  BALLAST_TRY(margin, deribit_portfolio_margin(coin.book, rules));
  out.initial += margin.margin.initial;
  out.maintenance += margin.margin.maintenance;
  out.coins.push_back({.coin = coin.coin,
                       .margin = margin.margin,
                       .worst = margin.scenarios[margin.worst_scenario],
                       .loss = margin.worst_case,
                       .delta_shock = margin.delta_shock,
                       .roll_shock = margin.roll_shock});
  for (std::size_t i = 0; i < coin.instruments.size(); ++i)
    out.positions.push_back({coin.instruments[i], coin.book.positions[i].size, {}});
  return {};
}

/// Profit of the account's futures and perpetuals settled in the currency, not realised yet.
Result<double> unrealised(const Situation& situation,
                          AccountId account,
                          AssetId currency,
                          Inputs& inputs) {
  double sum = 0.0;
  for (const Position& position : situation.books().positions()) {
    const Instrument& traded = situation.desk().instrument(position.instrument);
    const bool counts = position.account == account && !position.qty.zero() && !traded.spot() &&
                        !traded.option() && traded.settlement() == currency;
    if (!counts) continue;
    const Quoted& price = situation.market().price(position.instrument);
    if (!price.present) return lacks(traded, "no price");
    BALLAST_CHECK(inputs.take(traded, "its price", price.t));
    const auto worth = value(Contract::of(traded), position.qty, price.price);
    if (!worth) return lacks(traded, "its value is out of range");
    sum += to_double(*worth) - to_double(position.cost);
  }
  return sum;
}

}  // namespace

bool margined_in(const MarginConfig& config, const Instrument& traded) {
  const bool derivative = !traded.spot() && traded.kind != InstrumentKind::pool;
  return derivative && traded.settlement() == config.currency && traded.venue == config.place.venue;
}

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

Result<MarginDetail> margin_detail(const Situation& situation,
                                   const MarginConfig& config,
                                   std::span<const MarginChange> changes) {
  const Desk& desk = situation.desk();
  const AccountId account = situation.books().find_account(config.place);
  Inputs inputs(situation.now(), config.max_age);
  MarginDetail result;
  if (account.valid()) {
    result.equity = to_double(situation.books().cash(account, config.currency));
    BALLAST_TRY(profit, unrealised(situation, account, config.currency, inputs));
    result.equity += profit;
  }
  std::vector<CoinBook> coins;
  for (std::size_t i = 0; i < desk.instruments.size(); ++i) {
    const Instrument& traded = desk.instruments[i];
    const InstrumentId id{i};
    if (!margined_in(config, traded)) continue;
    if (traded.option() && *traded.expiry <= situation.now()) continue;
    BALLAST_TRY(qty, net_of(situation, account, id, changes));
    const auto changed = std::find_if(changes.begin(), changes.end(),
                                      [&](const MarginChange& c) { return c.instrument == id; });
    if (qty == 0.0 && changed == changes.end()) continue;
    BALLAST_TRY(margined, traded.option() ? option_position(situation, id, qty, inputs)
                                          : future_position(situation, id, qty, inputs));
    if (traded.option()) {
      if (config.kind == MarginKind::portfolio) result.equity += margined.option_worth;
      for (const MarginChange& change : changes) {
        if (change.instrument != id) continue;
        const double premium = change.price.value_or(margined.position.mark);
        result.equity -= change.qty * to_double(traded.contract_size) * premium;
      }
    }
    auto of = std::find_if(coins.begin(), coins.end(),
                           [&](const CoinBook& one) { return one.coin == traded.base; });
    if (of == coins.end()) {
      BALLAST_TRY(begun, book_of(situation, traded, inputs));
      of = coins.insert(coins.end(), std::move(begun));
    }
    if (qty == 0.0) continue;
    of->book.positions.push_back(margined.position);
    of->instruments.push_back(id);
  }
  for (const CoinBook& coin : coins) {
    BALLAST_CHECK(config.kind == MarginKind::standard ? add_standard(config, coin, result)
                                                      : add_portfolio(config, coin, result));
  }
  result.oldest_input = inputs.oldest();
  return result;
}

Result<AccountMargin> account_margin(const Situation& situation,
                                     const MarginConfig& config,
                                     std::span<const MarginChange> changes) {
  BALLAST_TRY(detail, margin_detail(situation, config, changes));
  return AccountMargin{detail.initial, detail.maintenance, detail.equity};
}

}  // namespace ballast
