// The desk of the demonstration: a small market maker in BTC, ETH and BTC's options, once as the
// text that `ballast demo` writes out and once as the value that this text means (a test holds them
// together).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/desk.hpp"

namespace ballast {

/// An option on BTC, paid in coin, of one coin a contract.
struct DemoOption {
  std::string_view name;
  int expiry_day = 0;  // at 08:00 UTC, so many days after 2026-01-05
  OptionRight right = OptionRight::call;
  int strike = 0;  // USD
};
inline constexpr std::array<DemoOption, 9> demo_options{{
    {"BTC-5JAN26-91000-C", 0, OptionRight::call, 91'000},
    {"BTC-9JAN26-88000-P", 4, OptionRight::put, 88'000},
    {"BTC-9JAN26-91000-C", 4, OptionRight::call, 91'000},
    {"BTC-9JAN26-94000-C", 4, OptionRight::call, 94'000},
    {"BTC-30JAN26-80000-P", 25, OptionRight::put, 80'000},
    {"BTC-30JAN26-86000-P", 25, OptionRight::put, 86'000},
    {"BTC-30JAN26-91000-C", 25, OptionRight::call, 91'000},
    {"BTC-30JAN26-96000-C", 25, OptionRight::call, 96'000},
    {"BTC-30JAN26-104000-C", 25, OptionRight::call, 104'000},
}};
/// Those that the desk hedges with.
inline constexpr std::array<std::size_t, 2> demo_hedge_options{5, 6};
/// The first expiry.
inline constexpr Timestamp demo_expiry{1'767'600'000'000'000'000};  // 2026-01-05T08:00:00Z
constexpr Timestamp expiry_of(const DemoOption& option) {
  return demo_expiry + Duration::days(option.expiry_day);
}

/// Ids as demo_desk() numbers them.
struct DemoIds {
  AssetId btc{0}, eth{1}, usdt{2}, usd{3};
  VenueId binance{0}, bybit{1}, deribit{2};
  InstrumentId btc_spot{0}, eth_spot{1}, btc_linear{2}, eth_linear{3}, btc_inverse{4};
  FactorId delta_btc{0}, delta_eth{1}, cash_usdt{2}, vega_btc{3}, gamma_btc{4};
  static constexpr InstrumentId option(std::size_t place) { return InstrumentId{5 + place}; }
  RuleId btc_blind{4};
};

extern const std::string_view demo_desk_toml;
Desk demo_desk();

}  // namespace ballast
