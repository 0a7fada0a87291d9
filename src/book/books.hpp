// Books: the exact record of what the desk holds and why, from its fills, balances, transfers,
// funding and the venues' statements.
//
//   apply(t, body)  one event; the Outcome says applied, duplicate or refused and why
//   changes()       what that event changed, in lists that hold until the next call
//
// A refused event leaves no trace but a count. The same events in any order, with any repeats, give
// the same positions, cost, realised profit and cash: fills of a position are ordered by (time, id,
// leg), and a fill, correction or bust that comes late recomputes what in-order news would have
// given.
//
// Everything is exact (Decimal, see base/decimal.hpp) in the units that the position, contract and
// ledger headers state. Accounts, books and positions are numbered in order of first appearance.
// Time is the event's; deadlines (overdue transfers, break grace) are due at next_due() and happen
// in run_due(). Deterministic, no I/O, not thread-safe; a Books does not refer to the desk after
// construction.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "book/change.hpp"
#include "book/contract_value.hpp"
#include "book/fill_history.hpp"
#include "book/key_index.hpp"
#include "book/ledger.hpp"
#include "book/names.hpp"
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

struct BookMemory {           // bytes
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
  const Changes& changes() const { return changes_; }

  /// A fill that is to come; see announce().
  struct Announced {
    AccountId account;
    InstrumentId instrument;
    BookId book;
    PositionId position;
  };
  /// Hint the memory system that a fill is to be applied soon, each through what the one before it
  /// asked for: what finds the key and the position, then the position, then its totals.
  Announced announce(const Fill& fill) const;
  void prefetch_position(Announced& fill) const;
  void prefetch_totals(const Announced& fill) const;

  /// When run_due() next has something to do.
  std::optional<Timestamp> next_due() const {
    const auto transfer = transfers_.next_due();
    const auto dispute = reconciliation_.next_due();
    if (!transfer || !dispute) return transfer ? transfer : dispute;
    return std::min(*transfer, *dispute);
  }
  /// Raises overdue transfers (into `effects`, by due time) and breaks past their grace (into
  /// changes().disputes, in order of opening). Each once.
  void run_due(Timestamp now, std::vector<Effect>& effects);

  // Names. Invalid ids mean "never appeared".
  AccountId find_account(const Place& place) const { return accounts_.find(place); }
  BookId find_book(const BookName& name) const { return books_.find(name); }
  PositionId find_position(AccountId account, InstrumentId instrument, BookId book) const;
  const Place& account(AccountId id) const { return accounts_.name(id); }
  const BookName& book(BookId id) const { return books_.name(id); }
  std::size_t account_count() const { return accounts_.size(); }
  std::size_t book_count() const { return books_.size(); }

  // Positions, in PositionId order.
  std::span<const Position> positions() const { return positions_; }
  const Position& position(PositionId id) const { return positions_[id.index()]; }
  /// Summed over the account's books; nothing on overflow.
  std::optional<Quantity> net(AccountId account, InstrumentId instrument) const;
  const Contract& contract(InstrumentId id) const { return contracts_[id.index()]; }
  /// Every fill of a position in (time, id, leg) order: fn(const FillView&).
  template <class Fn>
  void visit_fills(PositionId id, Fn&& fn) const {
    for (const std::uint32_t offset : history_.in_order(id))
      fn(view(offset));
  }
  /// The latest first, while it says true: fn(const FillView&).
  template <class Fn>
  void visit_fills_backwards(PositionId id, Fn&& fn) const {
    history_.visit_backwards(id, [&](std::uint32_t offset) { return fn(view(offset)); });
  }

  // Cash.
  Amount cash(AccountId account, AssetId asset) const { return ledger_.cash(account, asset); }
  /// By asset, ascending; only assets that occurred on the account.
  std::span<const Balance> balances(AccountId account) const { return ledger_.balances(account); }
  Amount in_flight(AssetId asset) const { return ledger_.in_flight(asset); }
  /// The world's side of all cash of a kind (not `transfer`).
  Amount outside(AssetId asset, CashKind kind) const { return ledger_.outside(asset, kind); }
  /// Accounts, flights and the outside sum to zero in every asset. Always true; for tests and
  /// audits.
  bool balanced() const { return ledger_.balanced(); }
  const Transfers& transfers() const { return transfers_; }

  // Reconciliation.
  /// The open breaks in order of opening, then the latest closed ones (bounded) in order of
  /// closing.
  std::span<const Break> breaks() const { return reconciliation_.breaks(); }
  /// Whether a break has been open on it past the grace, as of the last run_due() or apply(). For a
  /// spot instrument: on the balance of its base asset.
  bool disputed(AccountId account, InstrumentId instrument) const {
    return reconciliation_.disputed(place_of(account, instrument));
  }
  bool disputed(AccountId account, AssetId asset) const {
    return reconciliation_.disputed({account, InstrumentId{}, asset});
  }

  const BookCounters& counters() const { return counters_; }
  BookMemory memory() const;

  /// Equal state gives equal bytes. Loading needs a Books of the same desk; damage sets
  /// ar.failed(), and then the Books must not be used.
  template <class Archive>
  void archive(Archive& ar) {
    ar(accounts_, books_, positions_, history_, ledger_, transfers_, reconciliation_, dropped_,
       next_dropped_);
    ar(counters_.fills, counters_.late_fills, counters_.corrections, counters_.busts,
       counters_.balances, counters_.transfers, counters_.fundings, counters_.statements,
       counters_.old_statements, counters_.duplicates, counters_.refused);
    if constexpr (Archive::loading) {
      if (ar.failed() || !restore()) ar.fail();
    }
  }

 private:
  struct PositionKey {
    AccountId account;
    InstrumentId instrument;
    BookId book;  // invalid: the first position of any book
    friend bool operator==(const PositionKey&, const PositionKey&) = default;
  };
  struct PositionKeyHash {
    std::size_t operator()(const PositionKey& key) const {
      return mix((std::uint64_t{key.account.value} << 32) | key.instrument.value, key.book.value);
    }
  };
  /// A fill that was refused or taken for a duplicate: it may explain a break.
  struct DroppedFill {
    AccountId account;
    InstrumentId instrument;
    Side side = Side::buy;
    Quantity qty;
    Price price;
    TradeId id;
    template <class Archive>
    void archive(Archive& ar) {
      ar(account, instrument, side, qty, price, id);
    }
  };
  /// Whose fill or funding it is: names as ids, those of first appearance as they would be given.
  struct Owner {
    AccountId account;
    InstrumentId instrument;
    BookId book;
    VenueId venue;
    PositionId position;
    bool known = false;  // the position exists
  };

  struct KnownFill {
    std::uint32_t offset = 0;
    Owner owner;
    Record record;
  };
  struct RecentFill {
    Timestamp t;
    std::uint32_t offset = 0;
    Quantity part;  // what it adds to a break's place
  };
  static constexpr std::uint32_t dropped_max = 64;
  static constexpr Timestamp no_fill_yet{std::numeric_limits<std::int64_t>::min()};

  // Shared by every kind of event (books.cpp).
  Outcome refuse(Refusal why);
  Outcome duplicate();
  bool known_place(const Place& place) const { return place.venue.index() < venues_; }
  bool known_instrument(InstrumentId id) const { return id.index() < contracts_.size(); }
  bool known_asset(AssetId id) const { return id.index() < assets_; }
  Owner names_of(const Place& place, InstrumentId instrument, const BookName& book) const;
  void find_position_of(Owner& owner) const;
  void prefetch(PositionId id) const;
  bool has_room(const Owner& owner) const;
  void intern_account(const Place& place);
  Position& commit_owner(const Owner& owner, const Place& place, const BookName& book);
  bool index_position(PositionId id);
  void add_cash(const Owner& owner, AssetId asset, Amount change, CashKind kind);
  bool totals_fit(const Owner& owner) const;
  void commit_totals(Position& position);
  FillView view(std::uint32_t offset) const;
  bool restore();
  bool restore_records();
  std::optional<Owner> owner_of(const Record& record, std::span<const PositionKey> owners) const;

  // Fills, corrections, busts (books_fills.cpp).
  static std::uint64_t key_hash(const Owner& owner, const Record& record);
  std::uint32_t find_key(const Owner& owner, const Record& record, std::uint64_t hash) const;
  std::optional<KnownFill> known_fill(const FillKey& key) const;
  Outcome repeated(std::uint32_t offset, const Owner& owner, const Record& again);
  void remember_dropped(const Owner& owner, const Record& record);
  bool collect(const Owner& owner,
               const AverageCost& before,
               const AverageCost& after,
               const FillTerms* old_terms,
               const FillTerms* new_terms);
  Outcome change_fill(Timestamp t,
                      const KnownFill& fill,
                      const FillTerms* new_terms,
                      const Amendment* amendment);

  // Transfers (books_cash.cpp).
  static bool same_body(const TransferRecord& a, const TransferRecord& b);
  void collect_transfer(const TransferRecord* known,
                        const TransferRecord& news,
                        VenueId from_venue,
                        VenueId to_venue);

  // Statements (books_statements.cpp).
  BreakPlace place_of(AccountId account, InstrumentId instrument) const;
  std::vector<PositionId> contributors(const BreakPlace& place) const;
  std::optional<Quantity> contribution(const BreakPlace& place,
                                       InstrumentId instrument,
                                       const FillTerms& terms) const;
  std::optional<Quantity> ours_at(Timestamp t, const BreakPlace& place) const;
  std::vector<RecentFill> recent_on(const Break& what) const;
  void find_candidates(Break& what) const;
  void reconcile(Timestamp now, Timestamp t, bool settles);
  void publish_breaks();

  std::vector<Contract> contracts_;  // by instrument
  std::size_t venues_ = 0;
  std::size_t assets_ = 0;

  Names<Place, AccountId> accounts_;
  Names<BookName, BookId> books_;
  std::vector<Position> positions_;
  FlatMap<PositionKey, PositionId, PositionKeyHash> position_index_;
  std::vector<PositionId> next_sibling_;  // the next position of the same account and instrument
  std::vector<Timestamp> last_fill_on_;   // by account
  FillHistory history_;
  KeyIndex keys_;
  Ledger ledger_;
  Transfers transfers_;
  Reconciliation reconciliation_;
  std::vector<DroppedFill> dropped_;  // a ring of the latest
  std::uint32_t next_dropped_ = 0;
  BookCounters counters_;
  Changes changes_;
};

}  // namespace ballast
