#include "sim/demo_desk.hpp"

namespace ballast {

const std::string_view demo_desk_toml =
    R"toml(# The desk of `ballast demo`: a small market maker in BTC and ETH.
#
# It quotes spot on one venue and a linear perpetual on another (book "mm"), and hedges on
# perpetuals (book "hedger"), one of them inverse: one netted delta:BTC spans all three kinds.

[desk]
name = "demo"
currency = "USDT"

[[assets]]
name = "BTC"
[[assets]]
name = "ETH"
[[assets]]
name = "USDT"
[[assets]]
name = "USD"
equals = "USDT"                   # what inverse contracts are quoted in

[[venues]]
name = "binance"
accounts = ["main"]
[[venues]]
name = "bybit"
accounts = ["main"]
[[venues]]
name = "deribit"
accounts = ["main"]

[[instruments]]
name = "BTC-USDT"
kind = "spot"
venue = "binance"
base = "BTC"
quote = "USDT"

[[instruments]]
name = "ETH-USDT"
kind = "spot"
venue = "binance"
base = "ETH"
quote = "USDT"

[[instruments]]
name = "BTC-USDT-PERP"
kind = "linear_perpetual"
venue = "bybit"
base = "BTC"
quote = "USDT"
contract_size = "1"               # BTC per contract

[[instruments]]
name = "ETH-USDT-PERP"
kind = "linear_perpetual"
venue = "bybit"
base = "ETH"
quote = "USDT"
contract_size = "1"

[[instruments]]
name = "BTC-USD-PERP"
kind = "inverse_perpetual"
venue = "deribit"
base = "BTC"
quote = "USD"
contract_size = "10"              # USD per contract

# Eight coins, a quarter less around the funding stamps at 00:00, 08:00 and 16:00 UTC.
[[factors]]
name = "delta:BTC"
book = "*"
band = { lower = "-1.2", upper = "1.2" }
limit = { lower = "4", upper = "12" }
max_age = "60s"
[factors.target]
model = "schedule"
value = "8"
[[factors.target.entries]]
from = "23:45"
for = "30m"
scale = "0.75"
[[factors.target.entries]]
from = "07:45"
for = "30m"
scale = "0.75"
[[factors.target.entries]]
from = "15:45"
for = "30m"
scale = "0.75"

# Fifteen per cent of the desk's net asset value.
[[factors]]
name = "delta:ETH"
book = "*"
target = { model = "share", fraction = "0.15" }
band = { lower = "-30", upper = "30" }
limit = { lower = "60", upper = "300" }
max_age = "60s"

[[factors]]
name = "cash:USDT@binance"
book = "*"
target = { model = "static", value = "1500000" }
band = { lower = "-300000", upper = "300000" }
limit = { lower = "300000", upper = "2700000" }

[[rules]]
name = "btc-out-of-band"
factor = "delta:BTC"
when = "abs_z > 1"
for = "30s"
clear = 0.8
severity = "warning"

[[rules]]
name = "btc-at-limit"
factor = "delta:BTC"
when = "abs_skew >= 1"
clear = 0.9
severity = "critical"

[[rules]]
name = "eth-out-of-band"
factor = "delta:ETH"
when = "abs_z > 1"
for = "1m"
clear = 0.8
severity = "warning"

[[rules]]
name = "cash-out-of-band"
factor = "cash:USDT@binance"
when = "abs_z > 1"
for = "5m"
clear = 0.9
severity = "info"

[[rules]]
name = "btc-blind"
factor = "delta:BTC"
when = "unknown_seconds > 120"
severity = "warning"

[[objectives]]
name = "btc-in-band"
factor = "delta:BTC"
when = "time_in_band >= 0.95"
over = "24h"
severity = "critical"
)toml";

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
                      std::int64_t contract_size = 1) {
  Instrument made;
  made.name = std::move(name);
  made.kind = kind;
  made.venue = venue;
  made.base = base;
  made.quote = quote;
  made.contract_size = Quantity::whole(contract_size);
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
  btc.target = ScheduleTarget{Decimal::whole(8),
                              {around_funding(Duration::minutes(23 * 60 + 45)),
                               around_funding(Duration::minutes(7 * 60 + 45)),
                               around_funding(Duration::minutes(15 * 60 + 45))}};
  btc.band = range(-1200, 1200);
  btc.limit = range(4000, 12000);
  btc.max_age = Duration::seconds(60);

  FactorConfig eth;
  eth.name = "delta:ETH";
  eth.asset = id.eth;
  eth.unit = id.eth;
  eth.target = ShareTarget{decimal(150)};
  eth.band = range(-30'000, 30'000);
  eth.limit = range(60'000, 300'000);
  eth.max_age = Duration::seconds(60);

  FactorConfig cash;
  cash.name = "cash:USDT@binance";
  cash.kind = FactorKind::cash;
  cash.asset = id.usdt;
  cash.unit = id.usdt;
  cash.venue = id.binance;
  cash.target = StaticTarget{Decimal::whole(1'500'000)};
  cash.band = range(-300'000'000, 300'000'000);
  cash.limit = range(300'000'000, 2'700'000'000);
  return {btc, eth, cash};
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
      rule("eth-out-of-band", id.delta_eth, abs_z, above, 1.0, Duration::minutes(1), 0.8,
           Severity::warning),
      rule("cash-out-of-band", id.cash_usdt, abs_z, above, 1.0, Duration::minutes(5), 0.9,
           Severity::info),
      rule("btc-blind", id.delta_btc, unknown_seconds, above, 120.0, {}, std::nullopt,
           Severity::warning),
  };
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
      instrument("BTC-USDT", spot, id.binance, id.btc, id.usdt),
      instrument("ETH-USDT", spot, id.binance, id.eth, id.usdt),
      instrument("BTC-USDT-PERP", linear_perpetual, id.bybit, id.btc, id.usdt),
      instrument("ETH-USDT-PERP", linear_perpetual, id.bybit, id.eth, id.usdt),
      instrument("BTC-USD-PERP", inverse_perpetual, id.deribit, id.btc, id.usd, 10),
  };
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
  return desk;
}

}  // namespace ballast
