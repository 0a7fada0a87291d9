// Average-cost accounting of one position: quantity, cost, average price, realised profit.
//
// Invariants, to the last unit (10^-18 of the settlement asset), for every kind of instrument:
//   realized - cost == flow == -sum of value(trade)
//   unrealised at a mark == value(qty, mark) - cost
//   flat: cost and average are zero; opened at one price only: average is exactly that price
// Increases move the average; reductions release cost in proportion (half-even) and leave it; a
// flip releases all of the cost and opens the rest at the fill's price.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "book/contract_value.hpp"

namespace ballast {

/// The path-dependent part: what the order of fills decides.
struct AverageCost {
  Quantity qty;                 // signed
  Amount cost;                  // value of the open quantity at entry, settlement asset
  Price average;                // entry price; zero when flat
  Amount realized;              // gross of fees, settlement asset
  Timestamp last_fill{};        // of the last fill that counts
  std::uint32_t fills = 0;      // how many count (busted ones do not)
  bool several_prices = false;  // the open quantity was entered at more than one price

  /// Adds a trade of a signed quantity != 0 at a price that the contract trades at. False on
  /// overflow, leaving all as it was.
  [[nodiscard]] bool trade(const Contract& contract, Timestamp t, Quantity signed_qty, Price price);

  /// -sum of value(trade): what all trades together paid in.
  Amount flow() const { return realized - cost; }

  /// What trade() keeps true of the numbers: each can be negated, and flow() is in range.
  bool sound() const;

  friend bool operator==(const AverageCost&, const AverageCost&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(qty, cost, average, realized, last_fill, fills, several_prices);
  }
};

/// Fees and funding of a position in one asset.
struct AssetTotals {
  AssetId asset;
  Amount fees;     // + paid
  Amount funding;  // + received
  friend bool operator==(const AssetTotals&, const AssetTotals&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(asset, fees, funding);
  }
};

/// The position of one book in one instrument on one account.
struct Position : AverageCost {
  AccountId account;
  InstrumentId instrument;
  BookId book;
  std::vector<AssetTotals> totals;  // by asset, ascending; only assets that occurred

  Amount fees(AssetId asset) const;
  Amount funding(AssetId asset) const;
  friend bool operator==(const Position&, const Position&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    AverageCost::archive(ar);
    ar(account, instrument, book, totals);
  }
};

/// value(qty, mark) - cost in the settlement asset; nothing on overflow.
std::optional<Amount> unrealized(const Contract& contract, const AverageCost& position, Price mark);

}  // namespace ballast
