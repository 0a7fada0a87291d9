// What a desk trades, and where: assets, venues, instruments. Plain values, fixed while an engine
// runs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/option_right.hpp"
#include "base/timestamp.hpp"

namespace ballast {

struct Asset {
  std::string name;
  /// Another asset that this one is worth exactly (USD kept as USDT, say); invalid: none.
  AssetId equals;
  friend bool operator==(const Asset&, const Asset&) = default;
};

struct Venue {
  std::string name;
  std::vector<std::string> accounts;  // "*" alone: any account name is taken
  bool any_account() const { return accounts.size() == 1 && accounts.front() == "*"; }
  friend bool operator==(const Venue&, const Venue&) = default;
};

enum class InstrumentKind : std::uint8_t {
  spot,
  linear_perpetual,
  linear_future,
  inverse_perpetual,
  inverse_future,
  option_linear,
  option_inverse,
  pool,
};
inline constexpr std::array<std::string_view, 8> instrument_kind_names{
    "spot",           "linear_perpetual", "linear_future",  "inverse_perpetual",
    "inverse_future", "option_linear",    "option_inverse", "pool"};
constexpr std::string_view to_string(InstrumentKind kind) {
  return instrument_kind_names[static_cast<std::size_t>(kind)];
}

/// How a venue takes orders in an instrument, and what it charges.
struct TradingTerms {
  Price tick;           // prices are multiples of it; 0: any
  Quantity lot;         // quantities are multiples of it; 0: any
  Quantity min_qty;     // of an order
  Amount min_notional;  // of an order, in the quote asset
  /// Of the notional, of an option that of its underlying; negative: a rebate.
  Decimal maker_fee;
  Decimal taker_fee;
  /// Of an option's premium: the most that a fee is.
  std::optional<Decimal> fee_cap = std::nullopt;
  friend bool operator==(const TradingTerms&, const TradingTerms&) = default;
};

struct Instrument {
  std::string name;
  InstrumentKind kind = InstrumentKind::spot;
  VenueId venue;
  AssetId base;   // spot: what is bought; derivatives: the underlying coin
  AssetId quote;  // what the price is stated in; option_inverse: what the strike is, its price
                  // being in coins
  /// Linear and options: base units per contract. Inverse: quote currency per contract. Always > 0.
  Quantity contract_size = Quantity::whole(1);
  // Options and futures.
  std::optional<Timestamp> expiry;
  std::optional<Price> strike;
  std::optional<OptionRight> right;
  TradingTerms terms;

  constexpr bool spot() const { return kind == InstrumentKind::spot; }
  constexpr bool option() const {
    return kind == InstrumentKind::option_linear || kind == InstrumentKind::option_inverse;
  }
  /// A contract on a fixed amount of quote, worth less coin the higher its price. No option is: the
  /// price of option_inverse is a number of coins.
  constexpr bool inverse() const {
    return kind == InstrumentKind::inverse_perpetual || kind == InstrumentKind::inverse_future;
  }
  /// The asset that profit, loss, funding and premium are paid in: the coin for inverse contracts.
  constexpr AssetId settlement() const {
    return inverse() || kind == InstrumentKind::option_inverse ? base : quote;
  }
  friend bool operator==(const Instrument&, const Instrument&) = default;
};

}  // namespace ballast
