#include "sim/demo_desk.hpp"

#include <utility>

namespace ballast {
namespace {

Decimal decimal(std::int64_t thousandths) {
  return Decimal::from_raw(Int128{thousandths} * (decimal_one / 1000));
}
Range range(std::int64_t lower_thousandths, std::int64_t upper_thousandths) {
  return {decimal(lower_thousandths), decimal(upper_thousandths)};
}

Instrument instrument(std::string name,
                      InstrumentKind kind,
                      VenueId venue,
                      AssetId base,
                      AssetId quote,
                      const TradingTerms& terms,
                      std::int64_t contract_size = 1) {
  Instrument made;
  made.name = std::move(name);
  made.kind = kind;
  made.venue = venue;
  made.base = base;
  made.quote = quote;
  made.contract_size = Quantity::whole(contract_size);
  made.terms = terms;
  return made;
}

/// One over this.
template <class To>
To part(std::int64_t of_one) {
  return To::from_raw(decimal_one / of_one);
}
/// Fees in millionths.
TradingTerms terms(Price tick, Quantity lot, std::int64_t maker_fee, std::int64_t taker_fee) {
  TradingTerms made;
  made.tick = tick;
  made.lot = lot;
  made.min_qty = lot;
  made.maker_fee = Decimal::from_raw(Int128{maker_fee} * (decimal_one / 1'000'000));
  made.taker_fee = Decimal::from_raw(Int128{taker_fee} * (decimal_one / 1'000'000));
  return made;
}

ScheduleEntry around_funding(Duration from) {
  ScheduleEntry entry;
  entry.from = from;
  entry.length = Duration::minutes(30);
  entry.scale = decimal(750);
  return entry;
}

std::vector<FactorConfig> factors(const DemoIds& id) {
  FactorConfig btc;
  btc.name = "delta:BTC";
  btc.asset = id.btc;
  btc.unit = id.btc;
  btc.convention = DeltaConvention::delta_net;
  btc.target = ScheduleTarget{Decimal::whole(8),
                              {around_funding(Duration::minutes(23 * 60 + 45)),
                               around_funding(Duration::minutes(7 * 60 + 45)),
                               around_funding(Duration::minutes(15 * 60 + 45))}};
  btc.band = range(-1200, 1200);
  btc.limit = range(4000, 12000);
  btc.max_age = Duration::seconds(60);
  RegimeScale regime;
  regime.instrument = id.btc_spot;
  regime.levels = {{0.0, 1.0, 1.0}, {0.07, 0.75, 1.0}};
  regime.hold.safe = 0.03;
  btc.stages = {regime};

  FactorConfig eth;
  eth.name = "delta:ETH";
  eth.asset = id.eth;
  eth.unit = id.eth;
  eth.target = ShareTarget{decimal(150)};
  eth.band = range(-30'000, 30'000);
  eth.limit = range(60'000, 300'000);
  eth.max_age = Duration::seconds(60);
  VolBand narrower;
  narrower.instrument = id.eth_spot;
  narrower.reference = 0.035;
  narrower.least = 0.5;
  narrower.most = 1.25;
  narrower.hold.safe = 0.035;
  eth.stages = {narrower};

  FactorConfig cash;
  cash.name = "cash:USDT@binance";
  cash.kind = FactorKind::cash;
  cash.asset = id.usdt;
  cash.unit = id.usdt;
  cash.venue = id.binance;
  cash.target = StaticTarget{Decimal::whole(1'500'000)};
  cash.band = range(-300'000'000, 300'000'000);
  cash.limit = range(300'000'000, 2'700'000'000);

  FactorConfig vega;
  vega.name = "vega:BTC";
  vega.kind = FactorKind::vega;
  vega.asset = id.btc;
  vega.unit = id.usd;
  vega.target = NeutralTarget{};
  vega.band = range(-900'000, 900'000);
  vega.limit = range(-2'000'000, 2'000'000);
  vega.max_age = Duration::minutes(2);
  FactorConfig gamma = vega;
  gamma.name = "gamma:BTC";
  gamma.kind = FactorKind::gamma;
  gamma.unit = id.btc;
  gamma.band = range(-400, 400);
  gamma.limit = range(-1200, 1200);
  return {btc, eth, cash, vega, gamma};
}

RuleConfig rule(std::string name,
                FactorId factor,
                Measure measure,
                Comparison comparison,
                double threshold,
                Duration dwell,
                std::optional<double> clear,
                Severity severity) {
  RuleConfig made;
  made.name = std::move(name);
  made.factors = {factor};
  made.measure = measure;
  made.comparison = comparison;
  made.threshold = threshold;
  made.dwell = dwell;
  made.clear = clear;
  made.severity = severity;
  return made;
}

std::vector<RuleConfig> rules(const DemoIds& id) {
  using enum Measure;
  using enum Comparison;
  return {
      rule("btc-out-of-band", id.delta_btc, abs_z, above, 1.0, Duration::seconds(30), 0.8,
           Severity::warning),
      rule("btc-at-limit", id.delta_btc, abs_skew, at_least, 1.0, {}, 0.9, Severity::critical),
      rule("eth-out-of-band", id.delta_eth, abs_z, above, 1.0, Duration::minutes(5), 0.8,
           Severity::warning),
      rule("cash-out-of-band", id.cash_usdt, abs_z, above, 1.0, Duration::minutes(5), 0.9,
           Severity::info),
      rule("btc-blind", id.delta_btc, unknown_seconds, above, 120.0, {}, std::nullopt,
           Severity::warning),
  };
}

Instrument option(const DemoOption& terms_of, const DemoIds& id) {
  Instrument made =
      instrument(std::string(terms_of.name), InstrumentKind::option_inverse, id.deribit, id.btc,
                 id.usd, terms(part<Price>(10'000), part<Quantity>(10), 300, 300));
  made.terms.fee_cap = decimal(125);
  made.expiry = expiry_of(terms_of);
  made.strike = Price::whole(terms_of.strike);
  made.right = terms_of.right;
  return made;
}

/// How the desk is brought back.
void control(Desk& desk, const DemoIds& id) {
  const auto main_of = [](VenueId venue) { return Place{venue, AccountName("main")}; };
  desk.learning.intensity_half_life = Duration::minutes(30);
  desk.learning.max_age = Duration::minutes(2);

  ControlConfig btc;
  btc.factor = id.delta_btc;
  btc.gamma = 2e-6;
  btc.recover_within = Duration::minutes(5);
  btc.skew = Mode::automatic;
  btc.hedge = Mode::automatic;
  btc.failures = 6;
  ControlConfig eth = btc;
  eth.factor = id.delta_eth;
  eth.recover_within = Duration::minutes(10);
  eth.hedge = Mode::approve;
  eth.approve_within = Duration::minutes(5);
  ControlConfig cash;
  cash.factor = id.cash_usdt;
  cash.gamma = 1e-6;
  cash.recover_within = Duration::hours(1);
  cash.aim = HedgeStop::target;
  cash.hedge = Mode::off;
  cash.transfer = Mode::automatic;
  ControlConfig vega;
  vega.factor = id.vega_btc;
  vega.gamma = 2e-6;
  vega.unit_risk = 4.0;
  vega.recover_within = Duration::minutes(15);
  vega.hedge = Mode::approve;
  vega.approve_within = Duration::minutes(5);
  vega.transfer = Mode::off;
  ControlConfig gamma = vega;
  gamma.factor = id.gamma_btc;
  gamma.unit_risk = 1500.0;
  desk.controls = {btc, eth, cash, vega, gamma};

  const auto quote = [&](InstrumentId instrument, VenueId venue, FactorId factor, SkewModel model,
                         Quantity qty, double min_half_spread, std::uint32_t requote_ticks) {
    QuoteConfig made;
    made.instrument = instrument;
    made.place = main_of(venue);
    made.book = BookName("mm");
    made.factor = factor;
    made.model = std::move(model);
    made.qty = qty;
    made.min_half_spread = min_half_spread;
    made.interval = Duration::seconds(5);
    made.requote_ticks = requote_ticks;
    desk.quotes.push_back(std::move(made));
  };
  GlftSkew glft;
  glft.aversion.half_life = Duration::minutes(20);
  quote(id.btc_spot, id.binance, id.delta_btc, glft, part<Quantity>(10), 0.0003, 100);
  quote(id.btc_linear, id.bybit, id.delta_btc, LinearSkew{0.00035, 0.5, 0.5}, part<Quantity>(10),
        0.0, 10);
  quote(id.eth_spot, id.binance, id.delta_eth, glft, Quantity::whole(2), 0.0003, 10);

  const auto hedge = [&](InstrumentId instrument, VenueId venue, std::int64_t most) {
    HedgeConfig made;
    made.instrument = instrument;
    made.place = main_of(venue);
    made.book = BookName("hedger");
    made.max_order = Quantity::whole(most);
    made.slippage = 0.001;
    desk.hedges.push_back(std::move(made));
  };
  hedge(id.btc_inverse, id.deribit, 20'000);
  hedge(id.btc_linear, id.bybit, 2);
  hedge(id.eth_linear, id.bybit, 60);
  for (const std::size_t option : demo_hedge_options)
    hedge(id.option(option), id.deribit, 4);

  const auto route = [&](std::string name, VenueId from, VenueId to) {
    RouteConfig made;
    made.name = std::move(name);
    made.asset = id.usdt;
    made.from = main_of(from);
    made.to = main_of(to);
    made.fee = Amount::whole(1);
    made.delay = Duration::minutes(8);
    made.least = Amount::whole(1000);
    desk.routes.push_back(std::move(made));
  };
  route("binance-to-bybit", id.binance, id.bybit);
  route("bybit-to-binance", id.bybit, id.binance);

  desk.rails.order_notional = 400'000.0;
  desk.rails.daily_notional = 100'000'000.0;
  desk.rails.price_collar = 0.02;
  desk.rails.messages = 20;
  desk.rails.position_notional = 3'000'000.0;
  desk.rails.stale_after = Duration::seconds(30);
}

}  // namespace

Desk demo_desk() {
  const DemoIds id;
  Desk desk;
  desk.name = "demo";
  desk.currency = id.usdt;
  desk.assets = {{"BTC", {}}, {"ETH", {}}, {"USDT", {}}, {"USD", id.usdt}};
  desk.venues = {{"binance", {"main"}}, {"bybit", {"main"}}, {"deribit", {"main"}}};
  using enum InstrumentKind;
  desk.instruments = {
      instrument("BTC-USDT", spot, id.binance, id.btc, id.usdt,
                 terms(part<Price>(100), part<Quantity>(100'000), -50, 250)),
      instrument("ETH-USDT", spot, id.binance, id.eth, id.usdt,
                 terms(part<Price>(100), part<Quantity>(10'000), -50, 250)),
      instrument("BTC-USDT-PERP", linear_perpetual, id.bybit, id.btc, id.usdt,
                 terms(part<Price>(10), part<Quantity>(1000), -25, 300)),
      instrument("ETH-USDT-PERP", linear_perpetual, id.bybit, id.eth, id.usdt,
                 terms(part<Price>(100), part<Quantity>(100), -25, 300)),
      instrument("BTC-USD-PERP", inverse_perpetual, id.deribit, id.btc, id.usd,
                 terms(part<Price>(2), part<Quantity>(1), 0, 300), 10),
  };
  for (const DemoOption& one : demo_options)
    desk.instruments.push_back(option(one, id));
  desk.factors = factors(id);
  desk.rules = rules(id);
  ObjectiveConfig objective;
  objective.name = "btc-in-band";
  objective.factor = id.delta_btc;
  objective.measure = Measure::time_in_band;
  objective.goal = 0.95;
  objective.over = Window::hour_24;
  objective.severity = Severity::critical;
  desk.objectives = {objective};
  control(desk, id);
  return desk;
}

}  // namespace ballast
