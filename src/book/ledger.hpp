// The cash ledger: what every account holds of every asset, with its double entry.
//
// Each change of cash has its counterpart: in the `outside` account of its kind, or, for transfers,
// in flight. So per asset the accounts, the flights and the outside sum to zero at every moment.
// Amounts are checked: a change that would leave the decimal range is refused before anything
// moves. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "book/change.hpp"

namespace ballast {

struct Balance {
  AssetId asset;
  Amount qty;
  friend bool operator==(const Balance&, const Balance&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(asset, qty);
  }
};

class Ledger {
 public:
  explicit Ledger(std::size_t assets) : outside_(assets), in_flight_(assets) {}

  /// All or nothing: false, and no change, when any balance or total would overflow. Accounts that
  /// are not known yet are added.
  [[nodiscard]] bool post(std::span<const CashChange> cash, std::span<const FlightChange> flights);

  Amount cash(AccountId account, AssetId asset) const;
  /// By asset, ascending; only assets that occurred on the account.
  std::span<const Balance> balances(AccountId account) const;
  Amount in_flight(AssetId asset) const { return in_flight_[asset.index()]; }
  /// The counterpart of all cash of a kind: the world's side of the desk's trades, fees and so on.
  Amount outside(AssetId asset, CashKind kind) const {
    return outside_[asset.index()][static_cast<std::size_t>(kind)];
  }
  /// Whether every asset sums to zero. Always true; for tests and audits.
  bool balanced() const;

  std::size_t memory_bytes() const;
  /// After loading: false when the bytes were damaged.
  bool restore(std::size_t assets) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(accounts_, outside_, in_flight_);
  }

 private:
  bool undo(std::span<const CashChange> posted, std::size_t accounts);
  Amount& balance(AccountId account, AssetId asset);
  Amount& outside_of(const CashChange& change) {
    return outside_[change.asset.index()][static_cast<std::size_t>(change.kind)];
  }

  std::vector<std::vector<Balance>> accounts_;
  std::vector<std::array<Amount, outside_kinds>> outside_;
  std::vector<Amount> in_flight_;
  std::vector<std::pair<AccountId, AssetId>> added_;  // balances that the last post() began
};

}  // namespace ballast
