#include "book/books.hpp"

#include <algorithm>

#include "base/int128.hpp"
#include "book/checked.hpp"
#include "book/history_check.hpp"

namespace ballast {

Books::Books(const Desk& desk)
    : venues_(desk.venues.size()),
      assets_(desk.assets.size()),
      ledger_(desk.assets.size()),
      transfers_(desk.transfer_overdue),
      reconciliation_(desk.break_grace) {
  contracts_.reserve(desk.instruments.size());
  for (const Instrument& instrument : desk.instruments) {
    contracts_.push_back(Contract::of(instrument));
  }
}

Outcome Books::refuse(Refusal why) {
  ++counters_.refused[static_cast<std::size_t>(why)];
  changes_.clear();
  return {.verdict = Verdict::refused, .why = why};
}

Outcome Books::duplicate() {
  ++counters_.duplicates;
  changes_.clear();
  return {.verdict = Verdict::duplicate};
}

Books::Owner Books::names_of(const Place& place,
                             InstrumentId instrument,
                             const BookName& book) const {
  Owner owner;
  owner.account = accounts_.find_or_next(place);
  owner.instrument = instrument;
  owner.book = books_.find_or_next(book);
  owner.venue = place.venue;
  return owner;
}

void Books::find_position_of(Owner& owner) const {
  const PositionId* position = position_index_.find({owner.account, owner.instrument, owner.book});
  owner.known = position != nullptr;
  owner.position = owner.known ? *position : PositionId(positions_.size());
  if (owner.known) prefetch(owner.position);
}

void Books::prefetch(PositionId id) const {
  const Position& position = positions_[id.index()];
  history_.prefetch(id);
  __builtin_prefetch(&position.qty);
  __builtin_prefetch(&position.last_fill);
  __builtin_prefetch(&position.totals);
}

/// Whether what the owner names for the first time can still be numbered.
bool Books::has_room(const Owner& owner) const {
  return owner.known || (owner.account.valid() && owner.book.valid() && owner.position.valid());
}

void Books::intern_account(const Place& place) {
  accounts_.intern(place);
  last_fill_on_.resize(accounts_.size(), no_fill_yet);
}

Position& Books::commit_owner(const Owner& owner, const Place& place, const BookName& book) {
  if (owner.known) return positions_[owner.position.index()];
  intern_account(place);
  books_.intern(book);
  Position& position = positions_.emplace_back();
  position.account = owner.account;
  position.instrument = owner.instrument;
  position.book = owner.book;
  index_position(owner.position);
  return position;
}

bool Books::index_position(PositionId id) {
  const Position& position = positions_[id.index()];
  const PositionKey key{position.account, position.instrument, position.book};
  if (!position_index_.try_emplace(key, id).second) return false;
  const PositionKey any_book{position.account, position.instrument, BookId{}};
  const auto [head, first] = position_index_.try_emplace(any_book, id);
  next_sibling_.push_back(first ? PositionId{} : *head);
  *head = id;
  return true;
}

std::optional<Quantity> Books::net(AccountId account, InstrumentId instrument) const {
  Quantity sum;
  const PositionId* head = position_index_.find({account, instrument, BookId{}});
  for (PositionId id = head == nullptr ? PositionId{} : *head; id.valid();
       id = next_sibling_[id.index()]) {
    if (!add_to(sum, positions_[id.index()].qty)) return std::nullopt;
  }
  return sum;
}

PositionId Books::find_position(AccountId account, InstrumentId instrument, BookId book) const {
  if (!book.valid()) return PositionId{};
  const PositionId* id = position_index_.find({account, instrument, book});
  return id == nullptr ? PositionId{} : *id;
}

void Books::add_cash(const Owner& owner, AssetId asset, Amount change, CashKind kind) {
  if (change.zero()) return;
  changes_.cash.push_back(
      {owner.account, owner.venue, asset, owner.book, owner.instrument, change, kind});
}

/// Whether the position's fees and funding stay in range after the cash changes collected.
bool Books::totals_fit(const Owner& owner) const {
  if (!owner.known) return true;
  const Position& position = positions_[owner.position.index()];
  for (const CashChange& cash : changes_.cash) {
    Amount fees = position.fees(cash.asset);
    Amount funding = position.funding(cash.asset);
    if (cash.kind == CashKind::fee && !subtract_from(fees, cash.change)) return false;
    if (cash.kind == CashKind::funding && !add_to(funding, cash.change)) return false;
  }
  return true;
}

void Books::commit_totals(Position& position) {
  for (const CashChange& cash : changes_.cash) {
    if (cash.kind != CashKind::fee && cash.kind != CashKind::funding) continue;
    auto at = std::lower_bound(position.totals.begin(), position.totals.end(), cash.asset,
                               [](const AssetTotals& t, AssetId asset) { return t.asset < asset; });
    if (at == position.totals.end() || at->asset != cash.asset) {
      at = position.totals.insert(at, {cash.asset, Amount{}, Amount{}});
    }
    if (cash.kind == CashKind::fee) at->fees -= cash.change;
    if (cash.kind == CashKind::funding) at->funding += cash.change;
    if (at->fees.zero() && at->funding.zero()) position.totals.erase(at);
  }
}

FillView Books::view(std::uint32_t offset) const {
  const Record record = history_.records().read(offset);
  const FillTerms terms = history_.terms(offset, record);
  return {record.t,         record.id.text(), record.leg,   terms.side,
          terms.qty,        terms.price,      terms.fee,    record.origin,
          record.liquidity, record.corrected, record.busted};
}

void Books::run_due(Timestamp now, std::vector<Effect>& effects) {
  changes_.clear();
  transfers_.run_due(now, effects);
  reconciliation_.run_due(now);
  publish_breaks();
}

BookMemory Books::memory() const {
  BookMemory memory;
  memory.records = history_.records().memory_bytes();
  memory.keys = keys_.memory_bytes();
  memory.positions = positions_.capacity() * sizeof(Position) + position_index_.memory_bytes() +
                     next_sibling_.capacity() * sizeof(PositionId) + history_.memory_bytes();
  for (const Position& position : positions_) {
    memory.positions += position.totals.capacity() * sizeof(AssetTotals);
  }
  memory.names = accounts_.memory_bytes() + books_.memory_bytes();
  memory.cash = ledger_.memory_bytes();
  memory.transfers = transfers_.memory_bytes();
  memory.breaks = reconciliation_.memory_bytes() + dropped_.capacity() * sizeof(DroppedFill);
  return memory;
}

/// Rebuilds every table from what was loaded, and checks all that the code relies on.
bool Books::restore() {
  changes_.clear();
  position_index_ = {};
  next_sibling_.clear();
  keys_ = {};
  if (!accounts_.restore() || !books_.restore()) return false;
  const std::size_t accounts = accounts_.size();
  for (std::size_t i = 0; i < accounts; ++i) {
    if (!known_place(accounts_.name(AccountId(i)))) return false;
  }
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    const Position& position = positions_[i];
    if (position.account.index() >= accounts || !known_instrument(position.instrument) ||
        !position.sound() || position.book.index() >= books_.size() ||
        !index_position(PositionId(i))) {
      return false;
    }
    for (const AssetTotals& totals : position.totals) {
      if (!known_asset(totals.asset)) return false;
    }
  }
  if (!restore_records()) return false;
  last_fill_on_.assign(accounts, no_fill_yet);
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    const Timestamp last = history_.last_time(PositionId(i)).value_or(no_fill_yet);
    Timestamp& on_account = last_fill_on_[positions_[i].account.index()];
    on_account = std::max(on_account, last);
  }
  const bool dropped_sound =
      dropped_.size() <= dropped_max && next_dropped_ < dropped_max &&
      (next_dropped_ == dropped_.size() || dropped_.size() == dropped_max) &&
      std::all_of(dropped_.begin(), dropped_.end(), [&](const DroppedFill& dropped) {
        return dropped.side <= Side::sell && known_instrument(dropped.instrument) &&
               dropped.qty.sign() > 0 && contract(dropped.instrument).trades_at(dropped.price);
      });
  return dropped_sound && ledger_.restore(assets_) && transfers_.restore(accounts, assets_) &&
         reconciliation_.restore(accounts, contracts_.size(), assets_);
}

/// Checks every record, and enters its key into the index. Ten million records are many seconds
/// where each waits for memory in turn: so what a record needs of its position stands together, and
/// what it needs from elsewhere is asked for before its turn.
bool Books::restore_records() {
  std::vector<PositionKey> owners;
  owners.reserve(positions_.size());
  for (const Position& position : positions_)
    owners.push_back({position.account, position.instrument, {}});
  const RecordStore& records = history_.records();
  // Damage may have made the counts anything, but there is room for so many at most.
  const std::uint64_t counted = counters_.fills + counters_.balances + counters_.fundings;
  keys_.reserve(std::min<std::uint64_t>(counted, records.end() * 4 / Record::min_size));

  HistoryCheck check(history_, positions_.size(), assets_);
  KeyIndex::Bulk keys(keys_);
  const auto announce = [&](const Record& record) {
    if (record.owner < owners.size()) __builtin_prefetch(&owners[record.owner]);
    check.announce(record);
  };
  const bool sound = records.visit(announce, [&](std::uint32_t offset, const Record& record) {
    const auto owner = owner_of(record, owners);
    if (!owner || !check.take(offset, record)) return false;
    keys.add(key_hash(*owner, record), offset);
    return true;
  });
  keys.place();
  return sound && check.finish();
}

/// Whose record it is; nothing when it is no record of these books.
std::optional<Books::Owner> Books::owner_of(const Record& record,
                                            std::span<const PositionKey> owners) const {
  const auto& fee = record.terms.fee;
  if (fee && !known_asset(fee->asset)) return std::nullopt;
  if (!fee && record.kind != RecordKind::fill) return std::nullopt;
  Owner owner;
  if (record.kind == RecordKind::balance) {
    if (record.owner >= accounts_.size()) return std::nullopt;
    owner.account = AccountId(record.owner);
    return owner;
  }
  if (record.owner >= owners.size()) return std::nullopt;
  owner.account = owners[record.owner].account;
  owner.instrument = owners[record.owner].instrument;
  if (record.kind == RecordKind::fill &&
      (record.terms.qty.sign() <= 0 || !contract(owner.instrument).trades_at(record.terms.price))) {
    return std::nullopt;
  }
  return owner;
}

}  // namespace ballast
