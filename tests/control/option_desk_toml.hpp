// An option desk for the loop's tests: three options paid in coin and a linear perpetual.
#pragma once

#include <string>
#include <string_view>

namespace ballast {

/// Delta, gamma and vega of BTC, all controlled and hedged by a call, a put and the perpetual;
/// `more` is TOML that follows, `modes` those of all three controls.
inline std::string option_desk_toml(std::string_view more = "",
                                    std::string_view modes = "hedge = \"auto\"") {
  std::string toml(R"toml([desk]
name = "options"
currency = "USDT"
[[assets]]
name = "BTC"
[[assets]]
name = "USDT"
[[venues]]
name = "deribit"
accounts = ["main"]
[[instruments]]
name = "BTC-PERP"
kind = "linear_perpetual"
venue = "deribit"
base = "BTC"
quote = "USDT"
tick = "0.5"
lot = "0.01"
taker_fee = "0.0005"
[[instruments]]
name = "C60"
kind = "option_inverse"
venue = "deribit"
underlying = "BTC"
quote = "USDT"
expiry = 2026-02-04T08:00:00Z
strike = "60000"
right = "call"
tick = "0.0005"
lot = "0.1"
[[instruments]]
name = "C66"
kind = "option_inverse"
venue = "deribit"
underlying = "BTC"
quote = "USDT"
expiry = 2026-02-04T08:00:00Z
strike = "66000"
right = "call"
tick = "0.0005"
lot = "0.1"
[[instruments]]
name = "P54"
kind = "option_inverse"
venue = "deribit"
underlying = "BTC"
quote = "USDT"
expiry = 2026-02-04T08:00:00Z
strike = "54000"
right = "put"
tick = "0.0005"
lot = "0.1"
[[factors]]
name = "delta:BTC"
band  = { lower = "-0.5", upper = "0.5" }
limit = { lower = "-20", upper = "20" }
[[factors]]
name = "gamma:BTC"
band  = { lower = "-0.3", upper = "0.3" }
limit = { lower = "-2", upper = "2" }
[[factors]]
name = "vega:BTC"
band  = { lower = "-1000", upper = "1000" }
limit = { lower = "-5000", upper = "5000" }
[learning]
min_observations = 5
[rails]
order_notional = 10000000
daily_notional = 100000000
price_collar = 0.05
messages = 50
position_notional = 50000000
stale_after = "10s"
[[hedges]]
instrument = "BTC-PERP"
account = "deribit/main"
book = "hedge"
max_order = "50"
[[hedges]]
instrument = "C60"
account = "deribit/main"
book = "hedge"
max_order = "100"
[[hedges]]
instrument = "P54"
account = "deribit/main"
book = "hedge"
max_order = "100"
)toml");
  for (const std::string_view factor : {"vega", "gamma", "delta"}) {
    toml += "[[controls]]\nfactor = \"" + std::string(factor) + ":BTC\"\ngamma = 1e-6\n" +
            "recover_within = \"1m\"\n" + std::string(modes) + "\n";
  }
  return toml + std::string(more);
}

}  // namespace ballast
