#include "control/money.hpp"

#include <algorithm>

#include "book/trade_fee.hpp"
#include "control/option_exposure.hpp"

namespace ballast {
namespace {

std::optional<double> number(const Quoted& price) {
  if (!price.present) return std::nullopt;
  return to_double(price.price);
}

std::optional<double> unit_price(const Situation& situation, FactorId id) {
  return number(situation.market().asset_price(situation.desk().factor(id).unit));
}

/// Whether the factor's money moves with prices at all.
bool priced(const Situation& situation, FactorId id) {
  const FactorConfig& config = situation.desk().factor(id);
  if (greek(config.kind)) return false;  // with volatilities, moves squared and time
  return config.kind == FactorKind::notional || !situation.market().fixed(config.unit);
}

std::optional<double> cash_exposure(const Situation& situation,
                                    const FactorConfig& config,
                                    const Instrument& traded,
                                    InstrumentId instrument,
                                    const Place& place) {
  if (config.venue != place.venue) return 0.0;
  if (!config.account.empty() && config.account != place.account) return 0.0;
  if (!traded.spot()) return 0.0;  // margin moves with profit, not with the trade
  if (traded.base == config.asset) return 1.0;
  if (traded.quote != config.asset) return 0.0;
  const auto price = number(situation.market().price(instrument));
  if (!price) return std::nullopt;
  return -*price;
}

}  // namespace

std::optional<double> exposure_per_quantity(const Situation& situation,
                                            FactorId factor,
                                            InstrumentId instrument,
                                            const Place& place,
                                            const BookName& book) {
  const FactorConfig& config = situation.desk().factor(factor);
  const Instrument& traded = situation.desk().instrument(instrument);
  if (!config.whole_desk() && config.book != book.view()) return 0.0;
  if (traded.option()) return option_per_quantity(situation, factor, instrument, place);
  const double size = to_double(traded.contract_size);
  switch (config.kind) {
    case FactorKind::cash:
      return cash_exposure(situation, config, traded, instrument, place);
    case FactorKind::channel:
    case FactorKind::gamma:  // only options have them
    case FactorKind::vega:
    case FactorKind::theta:
      return 0.0;
    case FactorKind::delta: {
      if (traded.spot() && traded.quote == config.asset) {
        const auto price = number(situation.market().price(instrument));
        if (!price) return std::nullopt;
        return -*price;
      }
      if (traded.base != config.asset) return 0.0;
      if (!traded.inverse()) return size;
      const auto price = number(situation.market().price(instrument));
      if (!price) return std::nullopt;
      return size / *price;
    }
    case FactorKind::notional: {
      if (config.instrument != instrument) return 0.0;
      if (traded.inverse()) return size;
      const auto price = number(situation.market().price(instrument));
      if (!price) return std::nullopt;
      return size * *price;
    }
  }
  return std::nullopt;
}

std::optional<double> notional_per_quantity(const Situation& situation, InstrumentId instrument) {
  const Instrument& traded = situation.desk().instrument(instrument);
  const double size = to_double(traded.contract_size);
  if (traded.option()) {
    const auto coin = number(situation.market().asset_price(traded.base));
    return coin ? std::optional(size * *coin) : std::nullopt;
  }
  const auto quote = number(situation.market().asset_price(traded.quote));
  if (!quote) return std::nullopt;
  if (traded.inverse()) return size * *quote;
  const auto price = number(situation.market().price(instrument));
  if (!price) return std::nullopt;
  return size * *price * *quote;
}

std::optional<double> money_per_price(const Situation& situation, InstrumentId instrument) {
  const Instrument& traded = situation.desk().instrument(instrument);
  if (traded.option()) {
    const auto paid_in = number(situation.market().asset_price(traded.settlement()));
    return paid_in ? std::optional(to_double(traded.contract_size) * *paid_in) : std::nullopt;
  }
  const auto notional = notional_per_quantity(situation, instrument);
  const auto price = number(situation.market().price(instrument));
  if (!notional || !price) return std::nullopt;
  return *notional / *price;
}

std::optional<double> fee_per_quantity(const Situation& situation, InstrumentId instrument) {
  const Instrument& traded = situation.desk().instrument(instrument);
  if (!traded.option()) {
    // In money a share of the notional is the same for all kinds.
    const auto notional = notional_per_quantity(situation, instrument);
    return notional ? std::optional(to_double(traded.terms.taker_fee) * *notional) : std::nullopt;
  }
  const Market& market = situation.market();
  const Quoted& price = market.price(instrument);
  const auto paid_in = number(market.asset_price(traded.settlement()));
  if (!price.present || !paid_in) return std::nullopt;
  const auto fee = trade_fee(traded, {.qty = Quantity::whole(1),
                                      .price = price.price,
                                      .underlying = market.price_in(traded.base, traded.quote),
                                      .liquidity = Liquidity::taker});
  return fee ? std::optional(to_double(fee->amount) * *paid_in) : std::nullopt;
}

std::optional<FillCurve> fill_curve(const Situation& situation, InstrumentId instrument) {
  const auto rate = situation.value(EstimateKind::trade_rate, instrument);
  const auto spread = situation.value(EstimateKind::half_spread, instrument);
  const auto k = situation.value(EstimateKind::intensity_k, instrument);
  if (!rate || !spread || !k || !(*rate > 0.0) || !(*k > 0.0)) return std::nullopt;
  return FillCurve{*rate / 2.0, 1.0 / (std::max(0.0, *spread) + 1.0 / *k)};
}

InstrumentId risk_instrument(const Desk& desk, FactorId factor) {
  const FactorConfig& config = desk.factor(factor);
  if (config.instrument.valid()) return config.instrument;
  const auto on_it = [&](InstrumentId id) {
    // An option's returns are not its underlying's.
    return desk.instrument(id).base == config.unit && !desk.instrument(id).option();
  };
  for (const HedgeConfig& hedge : desk.hedges) {
    if (on_it(hedge.instrument)) return hedge.instrument;
  }
  for (const QuoteConfig& quote : desk.quotes) {
    if (on_it(quote.instrument)) return quote.instrument;
  }
  for (std::size_t i = 0; i < desk.instruments.size(); ++i) {
    if (on_it(InstrumentId{i})) return InstrumentId{i};
  }
  return {};
}

std::optional<double> unit_variance(const Situation& situation, FactorId factor) {
  return unit_covariance(situation, factor, factor);
}

std::optional<double> unit_covariance(const Situation& situation, FactorId a, FactorId b) {
  if (a == b && greek(situation.desk().factor(a).kind)) {
    const ControlConfig* const control = situation.desk().find_control(a);
    const double risk = control == nullptr ? 0.0 : control->unit_risk;
    return risk * risk;
  }
  if (!priced(situation, a) || !priced(situation, b)) return 0.0;
  const InstrumentId i = risk_instrument(situation.desk(), a);
  const InstrumentId j = risk_instrument(situation.desk(), b);
  const auto price_a = unit_price(situation, a);
  const auto price_b = unit_price(situation, b);
  if (!i.valid() || !j.valid() || !price_a || !price_b) return std::nullopt;
  if (i == j) {
    const auto sigma = situation.value(EstimateKind::volatility, i);
    if (!sigma) return std::nullopt;
    return *sigma * *sigma * *price_a * *price_b;
  }
  const Learned covariance = situation.learning().covariance(situation.now(), i, j);
  if (covariance.lack != Lack::none) return std::nullopt;
  return covariance.estimate.value * *price_a * *price_b;
}

}  // namespace ballast
