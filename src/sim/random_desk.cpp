#include "sim/random_desk.hpp"

namespace ballast {
namespace {

class Builder {
 public:
  Desk build() {
    desk_.name = "random";
    desk_.assets = {{"USDT", {}}, {"BTC", {}}, {"ETH", {}}, {"USD", AssetId{0}}};
    desk_.currency = usdt;
    desk_.venues = {{"binance", {"main", "other"}}, {"deribit", {"main", "second"}}};
    instrument("BTC-USDT", InstrumentKind::spot, 0, btc, usdt, 1);
    instrument("BTC-PERP", InstrumentKind::linear_perpetual, 0, btc, usdt, 1);
    instrument("BTC-USD", InstrumentKind::inverse_perpetual, 1, btc, usd, 100);
    instrument("ETH-USDT", InstrumentKind::spot, 0, eth, usdt, 1);
    instrument("ETH-BTC", InstrumentKind::spot, 0, eth, btc, 1);
    factors();
    stages();
    rules();
    learning();
    treasury();
    controls();
    quotes();
    hedges();
    return std::move(desk_);
  }

 private:
  static constexpr AssetId usdt{0}, btc{1}, eth{2}, usd{3};
  static constexpr InstrumentId btc_spot{0}, perpetual{1}, inverse{2}, eth_spot{3}, cross{4};
  // In the order in which factors() adds them.
  static constexpr FactorId delta_btc{0}, hedger{1}, delta_eth{2}, cash_usdt{3}, cash_btc{4},
      notional{5}, credit{6};

  static Place place(std::size_t venue, const AccountName& account) {
    return {VenueId{venue}, account};
  }
  template <class T>
  static T thousandths(std::int64_t count) {
    return T{Int128{count} * (decimal_one / 1000)};
  }

  void instrument(const char* name,
                  InstrumentKind kind,
                  std::size_t venue,
                  AssetId base,
                  AssetId quote,
                  std::int64_t size) {
    Instrument instrument;
    instrument.name = name;
    instrument.kind = kind;
    instrument.venue = VenueId{venue};
    instrument.base = base;
    instrument.quote = quote;
    instrument.contract_size = Quantity::whole(size);
    instrument.terms.tick = thousandths<Price>(10);
    if (instrument.spot()) {
      instrument.terms.lot = instrument.terms.min_qty = thousandths<Quantity>(1);
      instrument.terms.min_notional = quote == btc ? thousandths<Amount>(1) : Amount::whole(5);
      instrument.terms.maker_fee = thousandths<Decimal>(-1);
    }
    instrument.terms.taker_fee = thousandths<Decimal>(1);
    desk_.instruments.push_back(instrument);
  }

  FactorConfig& delta(const char* name, AssetId asset) {
    FactorConfig factor;
    factor.name = name;
    factor.asset = factor.unit = asset;
    factor.band = {Decimal::whole(-2), Decimal::whole(2)};
    desk_.factors.push_back(factor);
    return desk_.factors.back();
  }

  void factors() {
    FactorConfig& desk_delta = delta("delta:BTC", btc);
    desk_delta.limit = Range{Decimal::whole(-20), Decimal::whole(20)};
    desk_delta.max_age = Duration::minutes(10);
    FactorConfig& of_book = delta("delta:BTC", btc);
    of_book.book = "hedger";
    of_book.convention = DeltaConvention::delta_equity;
    of_book.target = StaticTarget{Decimal::whole(1)};
    delta("delta:ETH", eth);
    FactorConfig& cash = delta("cash:USDT@binance", usdt);
    cash.kind = FactorKind::cash;
    cash.venue = VenueId{0};
    cash.target = StaticTarget{Decimal::whole(10'000)};
    cash.band = {Decimal::whole(-20'000), Decimal::whole(50'000)};
    FactorConfig& account = delta("cash:BTC@deribit/main", btc);
    account.kind = FactorKind::cash;
    account.venue = VenueId{1};
    account.account = AccountName("main");
    account.target = ShareTarget{Decimal{decimal_one / 10}};
    FactorConfig& value = delta("notional:BTC-PERP", usdt);
    value.kind = FactorKind::notional;
    value.instrument = perpetual;
    value.asset = AssetId{};
    value.band = {Decimal::whole(-100'000), Decimal::whole(100'000)};
    FactorConfig& channel = delta("channel:credit", usdt);
    channel.kind = FactorKind::channel;
    channel.channel = ChannelId{0};
    channel.target = StaticTarget{Decimal::whole(500)};
    channel.band = {Decimal::whole(-200), Decimal::whole(200)};
    channel.limit = Range{Decimal::whole(0), Decimal::whole(1000)};
    channel.max_age = Duration::hours(1);
    FactorConfig& told = delta("delta:USD", usd);
    told.target = EventTarget{};
  }

  static Hold hold(double safe) { return {Duration::minutes(2), safe}; }

  /// Each stage once.
  void stages() {
    RegimeScale regimes{
        btc_spot, {{0.0, 1.0, 1.0}, {2.0, 0.5, 0.75}, {9.0, 0.0, 2.0}}, 0.1, hold(1.0)};
    desk_.factors[delta_btc.index()].stages = {
        CarryTilt{perpetual, btc_spot, 1e-6, Duration::hours(8), 0.5, hold(0.25)},
        JointTilt{0, hold(0.0)},
        VolBudgetScale{btc_spot, 50'000.0, hold(3.0)},
        regimes,
        NoTradeBandStage{btc_spot, 1e-6, Duration::hours(1), 0.1, 3.0, hold(1.0)},
        LiquidityCap{btc_spot, Duration::minutes(10), 0.5, hold(5.0)},
        AimSmoothing{1e-6, 1e-5, 0.01, Duration::seconds(30)}};
    desk_.factors[delta_eth.index()].stages = {DriftTilt{eth_spot, 1e-6, hold(0.0)},
                                               JointTilt{0, hold(0.0)},
                                               VolBand{eth_spot, 1.0, 0.25, 4.0, hold(1.0)}};
    desk_.factors[hedger.index()].stages = {WhalleyWilmottBand{inverse, 1e-6, 0.001, hold(1.0)}};
    JointTargetConfig joint;
    joint.name = "carry";
    joint.gamma = 1e-6;
    joint.horizon = Duration::hours(8);
    joint.members = {{delta_btc, perpetual}, {delta_eth, eth_spot}};
    desk_.joint_targets = {joint};
    desk_.retarget = Duration::minutes(2);
  }

  void rules() {
    RuleConfig rule;
    rule.name = "out-of-band";
    for (std::size_t i = 0; i < desk_.factors.size(); ++i)
      rule.factors.emplace_back(i);
    rule.threshold = 1.0;
    rule.dwell = Duration::seconds(20);
    rule.clear = 0.5;
    rule.repeat = Duration::minutes(10);
    desk_.rules.push_back(rule);
    RuleConfig low;
    low.name = "low-adherence";
    low.measure = Measure::adherence;
    low.comparison = Comparison::below;
    low.threshold = 0.9;
    desk_.rules.push_back(low);
  }

  /// Estimates of one or two observations, far apart.
  void learning() {
    desk_.learning.min_observations = 1;
    desk_.learning.max_age = Duration::hours(2);
    desk_.break_grace = Duration::minutes(10);
    desk_.learning.liquidity_half_life = desk_.learning.intensity_half_life = Duration::hours(6);
    desk_.notifications_per_minute = 2;
    desk_.learning.funding_half_life = Duration::days(2);
  }

  void treasury() {
    ChannelConfig channel;
    channel.name = "credit";
    channel.asset = usdt;
    channel.ours = place(0, AccountName("main"));
    channel.theirs = place(1, AccountName("main"));
    channel.capacity = Amount::whole(1000);
    channel.balance = Amount::whole(400);
    desk_.channels = {channel};
    const auto route = [&](const char* name, AssetId asset, const Place& from, const Place& to) {
      RouteConfig& added = desk_.routes.emplace_back();
      added.name = name;
      added.asset = asset;
      added.from = from;
      added.to = to;
      added.fee = thousandths<Amount>(10);
      added.fee_rate = 0.001;
      added.delay = Duration::seconds(30);
      return &added;
    };
    route("to-other", usdt, place(0, AccountName("main")), place(0, AccountName("other")))->daily =
        Amount::whole(100'000);
    route("to-deribit", usdt, place(0, AccountName("other")), place(1, AccountName("main")))->most =
        Amount::whole(5'000);
    route("back", usdt, place(1, AccountName("main")), place(0, AccountName("main")))->least =
        Amount::whole(10);
    route("pay", usdt, place(0, AccountName("main")), place(1, AccountName("main")))->channel =
        ChannelId{0};
    route("be-paid", usdt, place(1, AccountName("main")), place(0, AccountName("main")))->channel =
        ChannelId{0};
    route("coin-in", btc, place(1, AccountName("second")), place(1, AccountName("main")));
    route("coin-out", btc, place(1, AccountName("main")), place(1, AccountName("second")));
  }

  ControlConfig& control(FactorId factor, Mode skew, Mode hedge, Mode transfer) {
    ControlConfig& added = desk_.controls.emplace_back();
    added.factor = factor;
    added.gamma = 1e-6;
    added.recover_within = Duration::minutes(5);
    added.interval = Duration::seconds(30);
    added.skew = skew;
    added.hedge = hedge;
    added.transfer = transfer;
    return added;
  }

  /// Each mode of each action.
  void controls() {
    ControlConfig& first = control(delta_btc, Mode::approve, Mode::automatic, Mode::off);
    first.aim = HedgeStop::target;
    first.failures = 5;
    control(hedger, Mode::off, Mode::approve, Mode::off).interval = Duration::seconds(7);
    control(delta_eth, Mode::advise, Mode::advise, Mode::off).recover_within = Duration::hours(1);
    control(cash_usdt, Mode::off, Mode::off, Mode::automatic).failures = 10;
    control(cash_btc, Mode::off, Mode::off, Mode::approve);
    control(notional, Mode::automatic, Mode::automatic, Mode::advise);
    control(credit, Mode::off, Mode::off, Mode::automatic);
  }

  void quote(InstrumentId instrument, FactorId factor, SkewModel model, std::uint32_t ticks) {
    QuoteConfig& added = desk_.quotes.emplace_back();
    added.instrument = instrument;
    added.place = {desk_.instrument(instrument).venue, AccountName("main")};
    added.book = BookName("mm");
    added.factor = factor;
    added.model = model;
    added.qty =
        desk_.instrument(instrument).inverse() ? Quantity::whole(3) : thousandths<Quantity>(50);
    added.requote_ticks = ticks;
    added.post_only = ticks != 2;
  }

  /// Each model.
  void quotes() {
    quote(btc_spot, delta_btc, MultiAssetSkew{1e-7}, 1);
    quote(perpetual, notional, MultiAssetSkew{1e-7}, 3);
    quote(inverse, hedger, GlftSkew{{0.0, Duration::minutes(10)}, GlftMethod::stationary}, 10);
    desk_.quotes.back().book = BookName("hedger");
    quote(cross, delta_eth, LinearSkew{0.001, 1.0, 0.5}, 1);
    desk_.quotes.back().qty = thousandths<Quantity>(1);  // worth a hundred times one in USDT
    quote(eth_spot, delta_eth, AvellanedaStoikovSkew{{1e-7, {}}, Duration::minutes(10)}, 2);
  }

  HedgeConfig& hedge(InstrumentId instrument, const AccountName& account) {
    HedgeConfig& added = desk_.hedges.emplace_back();
    added.instrument = instrument;
    added.place = {desk_.instrument(instrument).venue, account};
    added.book = BookName("hedger");
    added.max_order = Quantity::whole(5);
    return added;
  }

  void hedges() {
    hedge(btc_spot, AccountName("other"));
    hedge(perpetual, AccountName("main")).position = Range{Decimal::whole(-30), Decimal::whole(30)};
    HedgeConfig& coin = hedge(inverse, AccountName("second"));
    coin.max_order = Quantity::whole(1000);
    coin.margin = 0.1;
    hedge(eth_spot, AccountName("main")).slippage = 0.001;
    desk_.rails.order_notional = 1e5;
    desk_.rails.daily_notional = 1e6;
    desk_.rails.price_collar = 0.25;
    desk_.rails.messages = 4;
    desk_.rails.position_notional = 1e6;
    desk_.rails.stale_after = Duration::minutes(5);
  }

  Desk desk_;
};

}  // namespace

Desk random_desk() { return Builder{}.build(); }

void watch_only(Desk& desk) {
  for (FactorConfig& factor : desk.factors)
    factor.stages.clear();
  desk.joint_targets.clear();
  desk.controls.clear();
  desk.quotes.clear();
  desk.hedges.clear();
}

}  // namespace ballast
