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
retarget = "2s"
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
tick = "0.01"
lot = "0.00001"
min_qty = "0.00002"
min_notional = 5
maker_fee = "-0.0001"
taker_fee = 0.0005
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
[[factors]]
name = "delta:BTC"
book = "carry"
target = { model = "event" }
scales = [
  { model = "vol_budget", instrument = "BTC-USDT", budget = 50000, max_age = "1m", safe = 0.5 },
  { model = "regime", instrument = "BTC-USDT", hysteresis = 0.2, safe = 0.1, levels = [
    { above = 0 }, { above = 0.04, scale = 0.5, band_scale = 0.75 } ] } ]
smoothing = { model = "aim", gamma = 1e-6, lambda = 1e-5, discount = 0.01, period = "30s" }
limit = { lower = "-6", upper = "6" }
max_age = "60s"
[[factors.tilts]]
model = "joint"
joint = "both"
max_age = "1m"
safe = 0
[[factors.tilts]]
model = "drift"
instrument = "BTC-USDT"
gamma = "1e-6"
safe = 0
[[factors.tilts]]
model = "carry"
instrument = "BTC-PERP"
against = "BTC-USDT"
gamma = 1e-6
horizon = "8h"
convergence = 0.5
max_age = "1m"
safe = -1
[[factors.caps]]
model = "liquidity"
instrument = "BTC-USDT"
horizon = "10m"
participation = 0.1
max_age = "1m"
safe = 1
[factors.band]
lower = -1
upper = 1
model = "no_trade"
instrument = "BTC-USDT"
gamma = 1e-6
half_life = "12h"
least = 0.1
most = 3
max_age = "1m"
safe = 1
[[factors]]
name = "delta:BTC"
book = "vol"
tilts = [{ model = "joint", joint = "both", safe = 0 }]
limit = { lower = "-6", upper = "6" }
max_age = "60s"
[factors.band]
lower = -1
upper = 1
model = "vol"
instrument = "BTC-USDT"
reference = 0.03
least = 0.5
most = 2
max_age = "1m"
safe = 0.1
[[factors]]
name = "delta:BTC"
book = "options"
caps = [
  { model = "liquidity", instrument = "BTC-USDT", horizon = "1h", participation = 1, safe = 1 } ]
limit = { lower = "-6", upper = "6" }
max_age = "60s"
[factors.band]
lower = -1
upper = 1
model = "whalley_wilmott"
instrument = "BTC-USDT"
gamma = 1e-6
position_gamma = -0.002
max_age = "1m"
safe = 0.1
[[factors]]
name = "channel:credit"
target = { model = "static", value = "500" }
band = { lower = -100, upper = 100 }
limit = { lower = "0", upper = "1000" }
max_age = "1h"

[[joint_targets]]
name = "both"
gamma = 2e-6
horizon = "4h"
members = [{ factor = "delta:BTC of carry", instrument = "BTC-PERP" },
           { factor = "delta:BTC of vol", instrument = "BTC-USDT" }]

[learning]
grid = "2s"
volatility_half_life = "30m"
covariance_half_life = "12h"
liquidity_half_life = "5m"
intensity_half_life = "2h"
funding_half_life = "10d"
shrinkage = 0.2
depth_distance = 0.002
min_observations = 20
max_age = "10m"

[options]
explain_every = "30m"

[[channels]]
name = "credit"
asset = "USDT"
ours = "binance/main"
theirs = "dex/peer"
capacity = 1000
balance = "400.5"

[[controls]]
factor = "delta:BTC"
gamma = 1e-6
recover_within = "5m"
interval = "2s"
horizon = "4h"
aim = "target"
unit_risk = 0
skew = "auto"
hedge = "approve"
transfer = "off"
approve_within = "30s"
failures = 5
failures_within = "2h"
[[controls]]
factor = "delta:BTC of mm"
gamma = 2e-6
recover_within = "1m"

[[quotes]]
instrument = "BTC-USDT"
account = "binance/main"
book = "mm"
factor = "delta:BTC"
skew = { model = "linear", half_spread = 0.0005, price_skew = 1, size_skew = 0.5 }
qty = "0.1"
interval = "2s"
min_half_spread = 0.0005
requote_ticks = 3
post_only = false
[[quotes]]
instrument = "BTC-PERP"
account = "binance/sub/1"
book = "mm"
factor = "delta:BTC of mm"
skew = { model = "avellaneda_stoikov", half_life = "10m", horizon = "1h" }
qty = 100

[[quotes]]
instrument = "BTCUSD_241227"
account = "binance/main"
book = "mm"
factor = "delta:BTC"
skew = { model = "glft", gamma = 1e-6, method = "stationary" }
qty = 100
[[instruments]]
name = "BTC-PERP-2"
kind = "linear_perpetual"
venue = "dex"
base = "BTC"
quote = "USDT"
[[quotes]]
instrument = "BTC-PERP-2"
account = "dex/0x1"
book = "mm"
factor = "delta:BTC"
skew = { model = "multi_asset", gamma = 1e-6 }
qty = 100
[[instruments]]
name = "BTC-PUT"
kind = "option_inverse"
venue = "binance"
underlying = "BTC"
quote = "USD"
expiry = 2027-03-26T08:00:00Z
strike = "60000"
right = "put"
maker_fee = "0.0003"
taker_fee = "0.0003"
fee_cap = "0.125"
[[factors]]
name = "vega:BTC"
band = { lower = "-2", upper = "2" }
limit = { lower = "-6", upper = "6" }
max_age = "60s"
[[quotes]]
instrument = "BTC-PUT"
account = "binance/main"
book = "mm"
factor = "vega:BTC"
skew = { model = "option_vega", gamma = 1e-6, vol_of_vol = 0.8, fills_a_day = 20, vol_depth = 0.01 }
qty = 1

[[hedges]]
instrument = "BTC-PERP"
account = "binance/main"
book = "hedge"
max_order = 5000
position = { lower = "-20000", upper = "20000" }
margin = 0.1
slippage = 0.0005

[[margins]]
account = "binance/main"
currency = "BTC"
kind = "portfolio"
max_age = "2m"
future_initial = 0.03
future_maintenance = 0.015
future_per_coin = 0.0001
option_initial = 0.2
option_initial_min = 0.12
option_maintenance = 0.1
price_range = 0.2
volatility_up = 0.6
volatility_down = 0.3
roll_risk = 0.08
maintenance_share = 0.75

[[routes]]
name = "to-dex"
asset = "USDT"
from = "binance/main"
to = "dex/0x1"
fee = "1.5"
fee_rate = 0.001
delay = "10m"
least = 10
most = 5000
daily = 20000
[[routes]]
name = "pay"
asset = "USDT"
from = "binance/main"
to = "dex/peer"
channel = "credit"

[rails]
order_notional = 250000
daily_notional = 2e7
price_collar = 0.01
messages = 20
position_notional = 1e6
stale_after = "5s"

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
