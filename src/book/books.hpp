// Books: the exact record of what the desk holds and why, from its fills, balances, transfers, funding and
// the venues' statements.
//
//   apply(t, body)  one event; the Outcome says applied, duplicate or refused and why
//   changes()       what that event changed, in lists that hold until the next call
//
// A refused event leaves no trace but a count. The same events in any order, with any repeats, give the
// same positions, cost, realised profit and cash: fills of a position are ordered by (time, id, leg), and
// a fill, correction or bust that comes late recomputes what in-order news would have given.
//
// Everything is exact (Decimal, see base/decimal.hpp) in the units that the position, contract and ledger
// headers state. Accounts, books and positions are numbered in order of first appearance. Time is the
// event's; deadlines (overdue transfers, break grace) are due at next_due() and happen in run_due().
// Deterministic, no I/O, not thread-safe; a Books does not refer to the desk after construction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "book/change.hpp"
#include "book/contract_value.hpp"
#include "book/ledger.hpp"
#include "book/position.hpp"
#include "book/reconciliation.hpp"
#include "book/transfers.hpp"
#include "model/desk.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

/// One fill as it counts now, in the order of its position.
struct FillView {
  Timestamp t;
  TradeId id;
  std::uint16_t leg = 0;
  Side side = Side::buy;
  Quantity qty;  // > 0
  Price price;
  std::optional<Fee> fee;
  Origin origin = Origin::unknown;
  Liquidity liquidity = Liquidity::unknown;
  bool corrected = false;
  bool busted = false;  // shown, but counts for nothing
};

/// What arrived, by what became of it.
struct BookCounters {
  std::uint64_t fills = 0;  // applied
  std::uint64_t late_fills = 0;
  std::uint64_t corrections = 0;
  std::uint64_t busts = 0;
  std::uint64_t balances = 0;
  std::uint64_t transfers = 0;
  std::uint64_t fundings = 0;
  std::uint64_t statements = 0;
  std::uint64_t old_statements = 0;  // older than the latest one of their place: not compared
  std::uint64_t duplicates = 0;
  std::array<std::uint64_t, refusal_names.size()> refused{};  // by Refusal
};

struct BookMemory {  // bytes
  std::size_t records = 0;    // bodies of fills, funding and balances
  std::size_t keys = 0;       // the exact index for duplicates
  std::size_t positions = 0;  // with checkpoints and corrections
  std::size_t names = 0;
  std::size_t cash = 0;
  std::size_t transfers = 0;
  std::size_t breaks = 0;
  std::size_t total() const {
    return records + keys + positions + names + cash + transfers + breaks;
  }
};

class Books {
 public:
  explicit Books(const Desk& desk);

  Outcome apply(Timestamp t, const Fill& fill);
  Outcome apply(Timestamp t, const Correct& correct);
  Outcome apply(Timestamp t, const Bust& bust);
  Outcome apply(Timestamp t, const BalanceChange& balance);
  Outcome apply(Timestamp t, const Transfer& transfer);
  Outcome apply(Timestamp t, const FundingPayment& funding);
  Outcome apply(Timestamp t, const Statement& statement);
  const Changes& changes() const;

  /// When run_due() next has something to do.
  std::optional<Timestamp> next_due() const;
  /// Raises overdue transfers (into `effects`) and breaks past their grace (into changes().disputes), in
  /// the order of their due times.
  void run_due(Timestamp now, std::vector<Effect>& effects);

  // Names. Invalid ids mean "never appeared".
  AccountId find_account(const Place& place) const;
  BookId find_book(const BookName& name) const;
  PositionId find_position(AccountId account, InstrumentId instrument, BookId book) const;
  const Place& account(AccountId id) const;
  const BookName& book(BookId id) const;
  std::size_t account_count() const;
  std::size_t book_count() const;

  // Positions, in PositionId order.
  std::span<const Position> positions() const;
  const Position& position(PositionId id) const;
  /// Summed over the account's books; nothing on overflow.
  std::optional<Quantity> net(AccountId account, InstrumentId instrument) const;
  const Contract& contract(InstrumentId id) const;
  /// Every fill of a position in (time, id, leg) order: fn(const FillView&).
  template <class Fn>
  void visit_fills(PositionId id, Fn&& fn) const;

  // Cash.
  Amount cash(AccountId account, AssetId asset) const;
  std::span<const Balance> balances(AccountId account) const;  // by asset, ascending
  Amount in_flight(AssetId asset) const;
  Amount outside(AssetId asset, CashKind kind) const;
  bool balanced() const;
  const Transfers& transfers() const;

  // Reconciliation.
  /// Open breaks by since, then the latest closed ones (bounded).
  std::span<const Break> breaks() const;
  /// Whether a break on it has been open past the grace, as of the last run_due(). For a spot instrument:
  /// on the balance of its base asset.
  bool disputed(AccountId account, InstrumentId instrument) const;
  bool disputed(AccountId account, AssetId asset) const;

  const BookCounters& counters() const;
  BookMemory memory() const;

  /// Equal state gives equal bytes. Loading into a Books of the same desk; damage sets ar.failed().
  template <class Archive>
  void archive(Archive& ar);
};

}  // namespace ballast
