// Configurations for the tests.
#pragma once

#include <string_view>

namespace ballast {

/// The sample of the published format, as it stands there.
inline constexpr std::string_view published_sample = R"toml([desk]
name = "demo"
currency = "USDT"                 # reporting currency

[[assets]]
name = "BTC"
[[assets]]
name = "USDT"

[[venues]]
name = "binance"
accounts = ["main"]

[[instruments]]
name = "BTC-USDT"
kind = "spot"                     # spot, linear_perpetual, linear_future, ...
venue = "binance"
base = "BTC"
quote = "USDT"
contract_size = "1"               # inverse: quote currency per contract
# derivatives: underlying, expiry, strike, right = "call" | "put"

[[factors]]
name = "delta:BTC"
book = "*"                        # "*" the whole desk, or a book's name
target = { model = "static", value = "0" }
band  = { lower = "-2", upper = "2" }      # as offsets from the target
limit = { lower = "-6", upper = "6" }      # absolute
max_age = "60s"                   # inputs older than this make the factor unknown
weight = 1.0                      # optional

[[rules]]
name = "btc-out-of-band"
factor = "delta:BTC"
when = "abs_z > 1"                # a measure of ADHERENCE.md, a comparison, a number
for = "30s"
clear = 0.8
severity = "warning"
)toml";

/// Every key there is, at least once.
inline constexpr std::string_view full_sample = R"toml([desk]
name = "full \"desk\""
currency = "USDT"
grid = "500ms"
transfer_overdue = "2h"
break_grace = "0s"
notifications_per_minute = 7

[[assets]]
name = "USD"
equals = "USDT"                   # may name an asset that stands below
[[assets]]
name = "USDT"
[[assets]]
name = "BTC"

[[venues]]
name = "binance"
accounts = ["main", "sub/1"]
[[venues]]
name = "dex"
accounts = ["*"]

[[instruments]]
name = "BTC-USDT"
kind = "spot"
venue = "binance"
base = "BTC"
quote = "USDT"
[[instruments]]
name = "BTC-PERP"
kind = "linear_perpetual"
venue = "binance"
underlying = "BTC"
quote = "USDT"
contract_size = 0.001
[[instruments]]
name = "BTCUSD_241227"
kind = "inverse_future"
venue = "binance"
base = "BTC"
quote = "USD"
contract_size = 100
expiry = 2024-12-27T08:00:00Z

[[factors]]
name = "delta:BTC"
target = { model = "schedule", value = "1.5", entries = [
  { days = ["fri"], from = "21:00", for = "51h", value = "0" },
  { days = "weekdays", from = "23:30", to = "00:30", scale = 0.5, band_scale = "0.25" },
  { from = "00:00", to = "24:00", band_scale = 2 } ] }
band = { lower = -2.5, upper = 2 }
limit = { lower = "-6", upper = "6" }
max_age = "1m30s"
weight = 3
convention = "delta_equity"
price = "BTC-PERP"
reaction_delay = "250ms"
[[factors]]
name = "delta:BTC"
book = "mm"
target = { model = "neutral" }
band = { lower = "-0.000000000000000001", upper = "0" }
limit = { lower = "-1", upper = "1" }
max_age = "10s"
[[factors]]
name = "cash:USDT@binance/sub/1"
target = { model = "share", fraction = "0.25" }
band = { lower = "-1000", upper = "1000" }
limit = { lower = "0", upper = "100000000000000000000" }
max_age = "1d"
[[factors]]
name = "notional:BTCUSD_241227"
target = { model = "static", value = "-5000" }
band = { lower = "-100", upper = "100" }
limit = { lower = "-10000", upper = "10000" }
max_age = "1h"

[[rules]]
name = "any"
factor = "*"
when = "abs_z>=1.5"
repeat = "15m"
severity = "critical"
[[rules]]
name = "mm-only"
factor = "*"
book = "mm"
when = "skew < -0.5"
clear = -0.4
severity = "info"
[[rules]]
name = "desk"
factor = "desk"
when = "adherence < 0.9"
window = "24h"
for = "5m"
clear = "0.95"

[[objectives]]
name = "month"
factor = "delta:BTC"
when = "time_in_band >= 0.99"
[[objectives]]
name = "three days"
factor = "delta:BTC"
book = "mm"
when = "adherence >= 0.5"
over = "3d"
clear = 0.75
severity = "info"
)toml";

}  // namespace ballast
