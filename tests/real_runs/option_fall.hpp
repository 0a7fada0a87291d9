// The fall of 2026 as the tests of this folder take it: the recording imported once for a program,
// BTC alone, with the desk that trades it.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/feed/common/import_testing.hpp"
#include "real_runs/option_market.hpp"

namespace ballast::option_run {

inline constexpr std::string_view fall_head = R"([desk]
name = "premium"
currency = "USD"

[[assets]]
name = "BTC"
[[assets]]
name = "USD"

[[venues]]
name = "deribit"
accounts = ["main"]

[[instruments]]
name = "BTC-PERPETUAL"
kind = "inverse_perpetual"
venue = "deribit"
underlying = "BTC"
quote = "USD"
contract_size = "10"

[[factors]]
name = "delta:BTC"
book = "options"
band = { lower = "-0.25", upper = "0.25" }
limit = { lower = "-2", upper = "2" }

[[factors]]
name = "vega:BTC"
book = "options"
target = { model = "static", value = "-2000" }
band = { lower = "-250", upper = "250" }
limit = { lower = "-4000", upper = "0" }

)";
inline constexpr FactorId delta_factor{0};
inline constexpr FactorId vega_factor{1};

/// Imported once; the tests only read it.
inline const OptionRecording& fall() {
  static const OptionRecording read = [] {
    const std::vector<ImportRun> runs{
        {"option-chain",
         {{"underlying", "BTC"}, {"top_qty", "1"}},
         files_of("deribit_chains_2026", "deribit_options_snapshot_")},
        {"csv",
         {{"type", "mark"},
          {"map.t", "obs_datetime"},
          {"map.instrument", "instrument_name"},
          {"map.price", "candle_price_used"},
          {"where.coin", "BTC"}},
         files_of("deribit_chains_2026", "perpetual_")},
    };
    auto made =
        import_recording(fall_head, runs, at("2026-01-01T00:00:00Z"), at("2026-02-11T00:00:00Z"));
    EXPECT_TRUE(made) << made.error().what;
    return made ? std::move(*made) : OptionRecording{};
  }();
  return read;
}

class OptionFall2026 : public ::testing::Test {
 protected:
  void SetUp() override { BALLAST_NEEDS_RECORDING(recording("deribit_chains_2026")); }
};

/// The magnitude that a share of the values does not pass.
inline double magnitude(std::vector<double> values, double share) {
  for (double& value : values)
    value = std::fabs(value);
  std::sort(values.begin(), values.end());
  return values.at(static_cast<std::size_t>(share * static_cast<double>(values.size() - 1)));
}

}  // namespace ballast::option_run
