// Cash that moves without a trade: balance events, funding payments, transfers.
#include "base/int128.hpp"
#include "book/books.hpp"

namespace ballast {

Outcome Books::apply(Timestamp t, const BalanceChange& balance) {
  changes_.clear();
  if (!known_place(balance.place) || !known_asset(balance.asset) || balance.qty.raw == int128_min) {
    return refuse(Refusal::invalid);
  }
  Owner owner;
  owner.account = accounts_.find_or_next(balance.place);
  owner.venue = balance.place.venue;
  Record record;
  record.kind = RecordKind::balance;
  record.owner = owner.account.value;
  record.t = t;
  record.terms.fee = Fee{balance.qty, balance.asset};
  record.id = PackedId(balance.id.view());
  const std::uint64_t hash = key_hash(owner, record);
  if (!record.id.empty()) {
    if (const std::uint32_t seen = find_key(owner, record, hash); seen != KeyIndex::none) {
      const bool same = history_.records().read(seen).terms.fee == record.terms.fee;
      return same ? duplicate() : refuse(Refusal::conflicting_body);
    }
  }
  add_cash(owner, balance.asset, balance.qty, CashKind::deposit);
  if (!owner.account.valid() || !history_.records().has_room() ||
      !ledger_.post(changes_.cash, changes_.flights)) {
    return refuse(Refusal::overflow);
  }
  intern_account(balance.place);
  if (!record.id.empty()) keys_.insert(hash, history_.records().append(record));
  ++counters_.balances;
  reconcile(t, t, true);
  return {};
}

Outcome Books::apply(Timestamp t, const FundingPayment& funding) {
  changes_.clear();
  if (!known_place(funding.place) || !known_instrument(funding.instrument) ||
      !known_asset(funding.asset) || funding.amount.raw == int128_min) {
    return refuse(Refusal::invalid);
  }
  Owner owner = names_of(funding.place, funding.instrument, funding.book);
  find_position_of(owner);
  Record record;
  record.kind = RecordKind::funding;
  record.owner = owner.position.value;
  record.t = t;
  record.terms.fee = Fee{funding.amount, funding.asset};
  record.id = PackedId(funding.id.view());
  const std::uint64_t hash = key_hash(owner, record);
  if (!record.id.empty()) {
    if (const std::uint32_t seen = find_key(owner, record, hash); seen != KeyIndex::none) {
      const Record first = history_.records().read(seen);
      const bool same = first.owner == record.owner && first.terms.fee == record.terms.fee;
      return same ? duplicate() : refuse(Refusal::conflicting_body);
    }
  }
  add_cash(owner, funding.asset, funding.amount, CashKind::funding);
  if (!has_room(owner) || !history_.records().has_room() || !totals_fit(owner) ||
      !ledger_.post(changes_.cash, changes_.flights)) {
    return refuse(Refusal::overflow);
  }
  Position& position = commit_owner(owner, funding.place, funding.book);
  if (!record.id.empty()) keys_.insert(hash, history_.records().append(record));
  commit_totals(position);
  ++counters_.fundings;
  reconcile(t, t, false);
  return {};
}

Outcome Books::apply(Timestamp t, const Transfer& transfer) {
  changes_.clear();
  if (transfer.id.empty() || transfer.qty.sign() <= 0 || !known_asset(transfer.asset) ||
      !known_place(transfer.from) || !known_place(transfer.to) ||
      transfer.state > TransferState::failed) {
    return refuse(Refusal::invalid);
  }
  TransferRecord record;
  record.id = transfer.id;
  record.asset = transfer.asset;
  record.qty = transfer.qty;
  record.from = accounts_.find_or_next(transfer.from);
  record.to = accounts_.find_or_next(transfer.to);
  if (record.from == record.to && transfer.from != transfer.to) {  // both are new
    record.to = AccountId(accounts_.size() + 1);
  }
  record.state = transfer.state;
  record.sent_seen = transfer.state == TransferState::sent;
  record.sent = t;

  const TransferRecord* known = transfers_.find(transfer.id);
  if (known != nullptr) {
    if (!same_body(*known, record)) return refuse(Refusal::conflicting_transfer);
    if (known->state == transfer.state) return duplicate();
    if (transfer.state == TransferState::sent && known->sent_seen) return duplicate();
    if (transfer.state != TransferState::sent && known->state != TransferState::sent) {
      return refuse(Refusal::duplicate_state);
    }
  }
  collect_transfer(known, record, transfer.from.venue, transfer.to.venue);
  if (!record.from.valid() || !record.to.valid() ||
      !ledger_.post(changes_.cash, changes_.flights)) {
    return refuse(Refusal::overflow);
  }
  intern_account(transfer.from);
  intern_account(transfer.to);
  if (known != nullptr) {
    transfers_.advance(transfer.id, transfer.state, t);
  } else {
    transfers_.add(record);
  }
  ++counters_.transfers;
  reconcile(t, t, false);
  return {};
}

bool Books::same_body(const TransferRecord& a, const TransferRecord& b) {
  return a.asset == b.asset && a.qty == b.qty && a.from == b.from && a.to == b.to;
}

/// What the news moves: leaving `from`, landing on `to` or back on `from`, and the flight between.
void Books::collect_transfer(const TransferRecord* known,
                             const TransferRecord& news,
                             VenueId from_venue,
                             VenueId to_venue) {
  Owner from;
  from.account = news.from;
  from.venue = from_venue;
  Owner to;
  to.account = news.to;
  to.venue = to_venue;
  const bool flying = known != nullptr && known->state == TransferState::sent;
  const bool leaves = known == nullptr && news.state != TransferState::failed;
  if (leaves) add_cash(from, news.asset, -news.qty, CashKind::transfer);
  if (news.state == TransferState::arrived) add_cash(to, news.asset, news.qty, CashKind::transfer);
  if (flying && news.state == TransferState::failed) {
    add_cash(from, news.asset, news.qty, CashKind::transfer);
  }
  if (leaves && news.state == TransferState::sent)
    changes_.flights.push_back({news.asset, news.qty});
  if (flying) changes_.flights.push_back({news.asset, -news.qty});
}

}  // namespace ballast
