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
    rules();
    return std::move(desk_);
  }

 private:
  static constexpr AssetId usdt{0}, btc{1}, eth{2}, usd{3};

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
    FactorConfig& hedger = delta("delta:BTC", btc);
    hedger.book = "hedger";
    hedger.convention = DeltaConvention::delta_equity;
    hedger.target = StaticTarget{Decimal::whole(1)};
    FactorConfig& share = delta("delta:ETH", eth);
    share.target = ShareTarget{Decimal{decimal_one / 10}};
    FactorConfig& cash = delta("cash:USDT@binance", usdt);
    cash.kind = FactorKind::cash;
    cash.venue = VenueId{0};
    cash.target = StaticTarget{Decimal::whole(10'000)};
    cash.band = {Decimal::whole(-20'000), Decimal::whole(50'000)};
    FactorConfig& account = delta("cash:BTC@deribit/main", btc);
    account.kind = FactorKind::cash;
    account.venue = VenueId{1};
    account.account = AccountName("main");
    FactorConfig& notional = delta("notional:BTC-PERP", usdt);
    notional.kind = FactorKind::notional;
    notional.instrument = InstrumentId{1};
    notional.asset = AssetId{};
    notional.band = {Decimal::whole(-100'000), Decimal::whole(100'000)};
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

  Desk desk_;
};

}  // namespace

Desk random_desk() { return Builder{}.build(); }

}  // namespace ballast
