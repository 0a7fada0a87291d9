#include "sim/demo_desk.hpp"

namespace ballast {

const std::string_view demo_desk_toml =
    R"toml(# The desk of `ballast demo`: a small market maker in BTC, ETH and BTC's options.
#
# It quotes spot on one venue and a linear perpetual on another (book "mm"), hedges on perpetuals
# (book "hedger"), one of them inverse, and trades options with clients (book "options"): one netted
# delta:BTC spans all four kinds. What leaves its band is brought back by leaning quotes, hedges or
# transfers, whichever is cheapest.

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
tick = "0.01"
lot = "0.00001"
min_qty = "0.00001"
maker_fee = "-0.00005"
taker_fee = "0.00025"

[[instruments]]
name = "ETH-USDT"
kind = "spot"
venue = "binance"
base = "ETH"
quote = "USDT"
tick = "0.01"
lot = "0.0001"
min_qty = "0.0001"
maker_fee = "-0.00005"
taker_fee = "0.00025"

[[instruments]]
name = "BTC-USDT-PERP"
kind = "linear_perpetual"
venue = "bybit"
base = "BTC"
quote = "USDT"
contract_size = "1"               # BTC per contract
tick = "0.1"
lot = "0.001"
min_qty = "0.001"
maker_fee = "-0.000025"
taker_fee = "0.0003"

[[instruments]]
name = "ETH-USDT-PERP"
kind = "linear_perpetual"
venue = "bybit"
base = "ETH"
quote = "USDT"
contract_size = "1"
tick = "0.01"
lot = "0.01"
min_qty = "0.01"
maker_fee = "-0.000025"
taker_fee = "0.0003"

[[instruments]]
name = "BTC-USD-PERP"
kind = "inverse_perpetual"
venue = "deribit"
base = "BTC"
quote = "USD"
contract_size = "10"              # USD per contract
tick = "0.5"
lot = "1"
min_qty = "1"
taker_fee = "0.0003"

# Options on BTC, paid in coin; one that expires in the morning.
[[instruments]]
name = "BTC-5JAN26-91000-C"
kind = "option_inverse"
venue = "deribit"
base = "BTC"
quote = "USD"
expiry = 2026-01-05T08:00:00Z
strike = "91000"
right = "call"
tick = "0.0001"
lot = "0.1"
min_qty = "0.1"
maker_fee = "0.0003"              # of a coin, at most 12.5 % of the premium
taker_fee = "0.0003"
fee_cap = "0.125"

[[instruments]]
name = "BTC-9JAN26-88000-P"
kind = "option_inverse"
venue = "deribit"
base = "BTC"
quote = "USD"
expiry = 2026-01-09T08:00:00Z
strike = "88000"
right = "put"
tick = "0.0001"
lot = "0.1"
min_qty = "0.1"
maker_fee = "0.0003"
taker_fee = "0.0003"
fee_cap = "0.125"

[[instruments]]
name = "BTC-9JAN26-91000-C"
kind = "option_inverse"
venue = "deribit"
base = "BTC"
quote = "USD"
expiry = 2026-01-09T08:00:00Z
strike = "91000"
right = "call"
tick = "0.0001"
lot = "0.1"
min_qty = "0.1"
maker_fee = "0.0003"
taker_fee = "0.0003"
fee_cap = "0.125"

[[instruments]]
name = "BTC-9JAN26-94000-C"
kind = "option_inverse"
venue = "deribit"
base = "BTC"
quote = "USD"
expiry = 2026-01-09T08:00:00Z
strike = "94000"
right = "call"
tick = "0.0001"
lot = "0.1"
min_qty = "0.1"
maker_fee = "0.0003"
taker_fee = "0.0003"
fee_cap = "0.125"

[[instruments]]
name = "BTC-30JAN26-80000-P"
kind = "option_inverse"
venue = "deribit"
base = "BTC"
quote = "USD"
expiry = 2026-01-30T08:00:00Z
strike = "80000"
right = "put"
tick = "0.0001"
lot = "0.1"
min_qty = "0.1"
maker_fee = "0.0003"
taker_fee = "0.0003"
fee_cap = "0.125"

[[instruments]]
name = "BTC-30JAN26-86000-P"
kind = "option_inverse"
venue = "deribit"
base = "BTC"
quote = "USD"
expiry = 2026-01-30T08:00:00Z
strike = "86000"
right = "put"
tick = "0.0001"
lot = "0.1"
min_qty = "0.1"
maker_fee = "0.0003"
taker_fee = "0.0003"
fee_cap = "0.125"

[[instruments]]
name = "BTC-30JAN26-91000-C"
kind = "option_inverse"
venue = "deribit"
base = "BTC"
quote = "USD"
expiry = 2026-01-30T08:00:00Z
strike = "91000"
right = "call"
tick = "0.0001"
lot = "0.1"
min_qty = "0.1"
maker_fee = "0.0003"
taker_fee = "0.0003"
fee_cap = "0.125"

[[instruments]]
name = "BTC-30JAN26-96000-C"
kind = "option_inverse"
venue = "deribit"
base = "BTC"
quote = "USD"
expiry = 2026-01-30T08:00:00Z
strike = "96000"
right = "call"
tick = "0.0001"
lot = "0.1"
min_qty = "0.1"
maker_fee = "0.0003"
taker_fee = "0.0003"
fee_cap = "0.125"

[[instruments]]
name = "BTC-30JAN26-104000-C"
kind = "option_inverse"
venue = "deribit"
base = "BTC"
quote = "USD"
expiry = 2026-01-30T08:00:00Z
strike = "104000"
right = "call"
tick = "0.0001"
lot = "0.1"
min_qty = "0.1"
maker_fee = "0.0003"
taker_fee = "0.0003"
fee_cap = "0.125"

# Eight coins, a quarter less around the funding stamps at 00:00, 08:00 and 16:00 UTC, and while
# the market is wild.
[[factors]]
name = "delta:BTC"
book = "*"
convention = "delta_net"          # of options: in coin, as their venue shows it
band = { lower = "-1.2", upper = "1.2" }
limit = { lower = "4", upper = "12" }
max_age = "60s"
scales = [
  { model = "regime", instrument = "BTC-USDT", safe = 0.03, levels = [
    { above = 0 }, { above = 0.07, scale = 0.75 } ] } ]
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

# Fifteen per cent of the desk's net asset value, in a band that narrows as volatility grows.
[[factors]]
name = "delta:ETH"
book = "*"
target = { model = "share", fraction = "0.15" }
limit = { lower = "60", upper = "300" }
max_age = "60s"
[factors.band]
lower = "-30"
upper = "30"
model = "vol"
instrument = "ETH-USDT"
reference = 0.035
least = 0.5
most = 1.25
safe = 0.035

[[factors]]
name = "cash:USDT@binance"
book = "*"
target = { model = "static", value = "1500000" }
band = { lower = "-300000", upper = "300000" }
limit = { lower = "300000", upper = "2700000" }

# What options bring beside their delta.
[[factors]]
name = "vega:BTC"
book = "*"
target = { model = "neutral" }
band = { lower = "-900", upper = "900" }
limit = { lower = "-2000", upper = "2000" }
max_age = "2m"

[[factors]]
name = "gamma:BTC"
book = "*"
target = { model = "neutral" }
band = { lower = "-0.4", upper = "0.4" }
limit = { lower = "-1.2", upper = "1.2" }
max_age = "2m"

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
for = "5m"
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

# ---- how it is brought back

[learning]
intensity_half_life = "30m"
max_age = "2m"

[[controls]]
factor = "delta:BTC"
gamma = 2e-6
recover_within = "5m"
skew = "auto"
hedge = "auto"
failures = 6

[[controls]]
factor = "delta:ETH"
gamma = 2e-6
recover_within = "10m"
skew = "auto"
hedge = "approve"                 # a trader has the last word
approve_within = "5m"
failures = 6

[[controls]]
factor = "cash:USDT@binance"
gamma = 1e-6
recover_within = "1h"
aim = "target"                    # each transfer costs the same
hedge = "off"
transfer = "auto"

[[controls]]
factor = "vega:BTC"
gamma = 2e-6
unit_risk = 4                     # USDT a day: four points of volatility
recover_within = "15m"
hedge = "approve"
approve_within = "5m"
transfer = "off"

[[controls]]
factor = "gamma:BTC"
gamma = 2e-6
unit_risk = 1500
recover_within = "15m"
hedge = "approve"
approve_within = "5m"
transfer = "off"

[[quotes]]
instrument = "BTC-USDT"
account = "binance/main"
book = "mm"
factor = "delta:BTC"
skew = { model = "glft", half_life = "20m" }
qty = "0.1"
min_half_spread = 0.0003
interval = "5s"
requote_ticks = 100

[[quotes]]
instrument = "BTC-USDT-PERP"
account = "bybit/main"
book = "mm"
factor = "delta:BTC"
skew = { model = "linear", half_spread = 0.00035, price_skew = 0.5, size_skew = 0.5 }
qty = "0.1"
interval = "5s"
requote_ticks = 10

[[quotes]]
instrument = "ETH-USDT"
account = "binance/main"
book = "mm"
factor = "delta:ETH"
skew = { model = "glft", half_life = "20m" }
qty = "2"
min_half_spread = 0.0003
interval = "5s"
requote_ticks = 10

[[hedges]]
instrument = "BTC-USD-PERP"
account = "deribit/main"
book = "hedger"
max_order = "20000"
slippage = 0.001

[[hedges]]
instrument = "BTC-USDT-PERP"
account = "bybit/main"
book = "hedger"
max_order = "2"
slippage = 0.001

[[hedges]]
instrument = "ETH-USDT-PERP"
account = "bybit/main"
book = "hedger"
max_order = "60"
slippage = 0.001

[[hedges]]
instrument = "BTC-30JAN26-86000-P"
account = "deribit/main"
book = "hedger"
max_order = "4"
slippage = 0.001

[[hedges]]
instrument = "BTC-30JAN26-91000-C"
account = "deribit/main"
book = "hedger"
max_order = "4"
slippage = 0.001

[[routes]]
name = "binance-to-bybit"
asset = "USDT"
from = "binance/main"
to = "bybit/main"
fee = "1"
delay = "8m"
least = "1000"

[[routes]]
name = "bybit-to-binance"
asset = "USDT"
from = "bybit/main"
to = "binance/main"
fee = "1"
delay = "8m"
least = "1000"

[rails]
order_notional = 400000
daily_notional = 100000000
price_collar = 0.02
messages = 20
position_notional = 3000000
stale_after = "30s"
)toml";

}  // namespace ballast
