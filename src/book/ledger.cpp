#include "book/ledger.hpp"

#include <algorithm>

#include "base/int128.hpp"
#include "book/checked.hpp"

namespace ballast {
namespace {

auto place_of(std::span<const Balance> balances, AssetId asset) {
  return std::lower_bound(balances.begin(), balances.end(), asset,
                          [](const Balance& b, AssetId a) { return b.asset < a; });
}

}  // namespace

Amount Ledger::cash(AccountId account, AssetId asset) const {
  if (account.index() >= accounts_.size()) return Amount{};
  const std::span<const Balance> held = accounts_[account.index()];
  const auto at = place_of(held, asset);
  return at != held.end() && at->asset == asset ? at->qty : Amount{};
}

std::span<const Balance> Ledger::balances(AccountId account) const {
  if (account.index() >= accounts_.size()) return {};
  return accounts_[account.index()];
}

Amount& Ledger::balance(AccountId account, AssetId asset) {
  if (accounts_.size() <= account.index()) accounts_.resize(account.index() + 1);
  std::vector<Balance>& held = accounts_[account.index()];
  const auto index = place_of(held, asset) - std::span<const Balance>(held).begin();
  const auto at = held.begin() + index;
  if (at != held.end() && at->asset == asset) return at->qty;
  added_.emplace_back(account, asset);
  return held.insert(at, {asset, Amount{}})->qty;
}

bool Ledger::post(std::span<const CashChange> cash_changes, std::span<const FlightChange> flights) {
  added_.clear();
  const std::size_t accounts = accounts_.size();
  for (std::size_t i = 0; i < cash_changes.size(); ++i) {
    const CashChange& change = cash_changes[i];
    Amount& held = balance(change.account, change.asset);
    if (!add_to(held, change.change)) return undo(cash_changes.first(i), accounts);
    if (change.kind == CashKind::transfer) continue;
    if (!subtract_from(outside_of(change), change.change)) {
      held -= change.change;
      return undo(cash_changes.first(i), accounts);
    }
  }
  for (const FlightChange& flight : flights) {  // one at most
    if (!add_to(in_flight_[flight.asset.index()], flight.change)) {
      return undo(cash_changes, accounts);
    }
  }
  return true;
}

/// Takes back what was posted, the last first, so that every sum passes only where it was, and what
/// was added to hold it. False.
bool Ledger::undo(std::span<const CashChange> posted, std::size_t accounts) {
  for (std::size_t i = posted.size(); i-- > 0;) {
    const CashChange& change = posted[i];
    balance(change.account, change.asset) -= change.change;
    if (change.kind != CashKind::transfer) outside_of(change) += change.change;
  }
  for (const auto& [account, asset] : added_) {
    auto& held = accounts_[account.index()];
    held.erase(held.begin() + (place_of(held, asset) - std::span<const Balance>(held).begin()));
  }
  accounts_.resize(accounts);
  return false;
}

bool Ledger::balanced() const {
  std::vector<Int256> sums(in_flight_.size());
  const auto add = [&sums](std::size_t asset, Amount amount) {
    sums[asset] += Int256::from(amount.raw);
  };
  for (const auto& account : accounts_) {
    for (const Balance& held : account)
      add(held.asset.index(), held.qty);
  }
  for (std::size_t asset = 0; asset < sums.size(); ++asset) {
    add(asset, in_flight_[asset]);
    for (const Amount other : outside_[asset])
      add(asset, other);
  }
  return std::all_of(sums.begin(), sums.end(), [](const Int256& sum) { return sum == Int256{}; });
}

std::size_t Ledger::memory_bytes() const {
  std::size_t bytes = accounts_.capacity() * sizeof(std::vector<Balance>) +
                      outside_.capacity() * sizeof(outside_[0]) +
                      in_flight_.capacity() * sizeof(Amount);
  for (const auto& account : accounts_)
    bytes += account.capacity() * sizeof(Balance);
  return bytes;
}

bool Ledger::restore(std::size_t assets) const {
  if (outside_.size() != assets || in_flight_.size() != assets) return false;
  for (const auto& account : accounts_) {
    for (std::size_t i = 0; i < account.size(); ++i) {
      if (account[i].asset.index() >= assets) return false;
      if (i > 0 && account[i - 1].asset >= account[i].asset) return false;
    }
  }
  return balanced();
}

}  // namespace ballast
