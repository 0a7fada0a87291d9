// Fills, and what is learnt about them later: corrections and busts.
#include <algorithm>

#include "base/hash.hpp"
#include "book/books.hpp"
#include "book/checked.hpp"

namespace ballast {
namespace {

bool sound(const Fill& fill) {
  return fill.qty.sign() > 0 && fill.side <= Side::sell &&
         static_cast<std::size_t>(fill.origin) < origin_names.size() &&
         fill.liquidity <= Liquidity::taker;
}

Record record_of(Timestamp t, const Fill& fill) {
  Record record;
  record.t = t;
  record.terms = {fill.side, fill.qty, fill.price, fill.fee};
  record.origin = fill.origin;
  record.liquidity = fill.liquidity;
  if (!fill.order.empty()) record.order_hash = hash_bytes(fill.order.view());
  record.leg = fill.key.leg;
  record.id = PackedId(fill.key.id.view());
  return record;
}

bool same_occasion(const Record& a, const Record& b) {
  return a.t == b.t && a.owner == b.owner && a.origin == b.origin && a.liquidity == b.liquidity &&
         a.order_hash == b.order_hash;
}

}  // namespace

std::uint64_t Books::key_hash(const Owner& owner, const Record& record) {
  const std::uint64_t what =
      record.kind == RecordKind::balance ? record.terms.fee->asset.value : owner.instrument.value;
  const std::uint64_t where = (std::uint64_t{owner.account.value} << 32) | what;
  const std::uint64_t form = (std::uint64_t{record.leg} << 3) |
                             (static_cast<std::uint64_t>(record.kind) << 1) |
                             (record.id.numeric() ? 1U : 0U);
  return hash_bytes(record.id.bytes(), mix(where, form));
}

/// The record under the same key, or none.
std::uint32_t Books::find_key(const Owner& owner, const Record& record, std::uint64_t hash) const {
  return keys_.find(hash, [&](std::uint32_t offset) {
    const Record other = history_.records().read(offset);
    if (other.kind != record.kind || other.leg != record.leg || !(other.id == record.id)) {
      return false;
    }
    if (record.kind == RecordKind::balance) {
      return other.owner == record.owner && other.terms.fee->asset == record.terms.fee->asset;
    }
    const Position& position = positions_[other.owner];
    return position.account == owner.account && position.instrument == owner.instrument;
  });
}

Books::Announced Books::announce(const Fill& fill) const {
  if (!known_place(fill.key.place) || !known_instrument(fill.key.instrument)) return {};
  const Owner owner = names_of(fill.key.place, fill.key.instrument, fill.book);
  Record record;
  record.leg = fill.key.leg;
  record.id = PackedId(fill.key.id.view());
  keys_.prefetch(key_hash(owner, record));
  position_index_.prefetch({owner.account, owner.instrument, owner.book});
  return {owner.account, owner.instrument, owner.book, PositionId{}};
}

void Books::prefetch_position(Announced& fill) const {
  fill.position = find_position(fill.account, fill.instrument, fill.book);
  if (fill.position.valid()) prefetch(fill.position);
}

void Books::prefetch_totals(const Announced& fill) const {
  if (fill.position.valid()) __builtin_prefetch(positions_[fill.position.index()].totals.data());
}

Outcome Books::apply(Timestamp t, const Fill& fill) {
  changes_.clear();
  const FillKey& key = fill.key;
  if (!sound(fill) || !known_place(key.place) || !known_instrument(key.instrument) ||
      !contract(key.instrument).trades_at(fill.price) ||
      (fill.fee && !known_asset(fill.fee->asset))) {
    return refuse(Refusal::invalid);
  }
  // What follows is a handful of cache misses; each is announced before the one before it is waited
  // for.
  Record record = record_of(t, fill);
  Owner owner = names_of(key.place, key.instrument, fill.book);
  const std::uint64_t hash = key_hash(owner, record);
  keys_.prefetch(hash);
  find_position_of(owner);
  record.owner = owner.position.value;
  // A repeat must not be planned as a late fill, which can be dear; a newest fill is planned while
  // its key is on the way.
  const bool newest = history_.newest(owner.position, record);
  std::uint32_t seen = newest ? KeyIndex::none : find_key(owner, record, hash);
  if (seen != KeyIndex::none) return repeated(seen, owner, record);

  const AverageCost before = owner.known ? positions_[owner.position.index()] : AverageCost{};
  const auto plan =
      history_.plan_fill(owner.position, before, contract(key.instrument), record, newest);
  const bool fits = plan && has_room(owner) && history_.records().has_room() &&
                    collect(owner, before, plan->state, nullptr, &record.terms) &&
                    totals_fit(owner);
  if (newest) seen = find_key(owner, record, hash);
  if (seen != KeyIndex::none) return repeated(seen, owner, record);
  if (!fits || !ledger_.post(changes_.cash, changes_.flights)) {
    remember_dropped(owner, record);
    return refuse(Refusal::overflow);
  }
  Position& position = commit_owner(owner, key.place, fill.book);
  keys_.insert(hash, history_.commit_fill(owner.position, record));
  static_cast<AverageCost&>(position) = plan->state;
  commit_totals(position);
  Timestamp& last_fill = last_fill_on_[owner.account.index()];
  last_fill = std::max(last_fill, t);
  ++counters_.fills;
  if (plan->late) ++counters_.late_fills;
  reconcile(t, t, false);
  return {
      .late = plan->late, .origin = fill.origin, .signed_qty_change = record.terms.signed_qty()};
}

/// A known key: the same body, as first reported or as corrected since, is a duplicate.
Outcome Books::repeated(std::uint32_t offset, const Owner& owner, const Record& again) {
  const Record first = history_.records().read(offset);
  remember_dropped(owner, again);
  const bool same =
      same_occasion(first, again) && history_.corrections().ever(offset, first, again.terms);
  return same ? duplicate() : refuse(Refusal::conflicting_body);
}

void Books::remember_dropped(const Owner& owner, const Record& record) {
  const DroppedFill dropped{owner.account,    owner.instrument,   record.terms.side,
                            record.terms.qty, record.terms.price, record.id.text()};
  if (dropped_.size() < dropped_max) {
    dropped_.push_back(dropped);
  } else {
    dropped_[next_dropped_] = dropped;
  }
  next_dropped_ = (next_dropped_ + 1) % dropped_max;
}

/// Collects what turning `old_terms` into `new_terms` changes; absent terms count for nothing.
/// False on overflow.
bool Books::collect(const Owner& owner,
                    const AverageCost& before,
                    const AverageCost& after,
                    const FillTerms* old_terms,
                    const FillTerms* new_terms) {
  Quantity qty_change = after.qty;
  Amount flow_change = after.flow();
  Amount realized_change = after.realized;
  if (!subtract_from(qty_change, before.qty) || !subtract_from(flow_change, before.flow()) ||
      !subtract_from(realized_change, before.realized)) {
    return false;
  }
  changes_.positions.push_back({owner.position, owner.instrument, owner.account, owner.book,
                                before.qty, after.qty, flow_change});
  const Contract& terms_of = contract(owner.instrument);
  if (terms_of.spot) {
    add_cash(owner, terms_of.base, decimal_cast<Amount>(qty_change), CashKind::trade);
    add_cash(owner, terms_of.quote, flow_change, CashKind::trade);
  } else if (terms_of.option) {  // the premium is paid when it trades
    add_cash(owner, terms_of.settlement(), flow_change, CashKind::trade);
  } else {
    add_cash(owner, terms_of.settlement(), realized_change, CashKind::realized);
  }

  const Fee none;
  const Fee old_fee = old_terms != nullptr ? old_terms->fee.value_or(none) : none;
  const Fee new_fee = new_terms != nullptr ? new_terms->fee.value_or(none) : none;
  if (old_fee.asset == new_fee.asset) {
    Amount change = old_fee.amount;
    if (!subtract_from(change, new_fee.amount)) return false;
    add_cash(owner, new_fee.asset, change, CashKind::fee);
  } else {
    add_cash(owner, old_fee.asset, old_fee.amount, CashKind::fee);
    add_cash(owner, new_fee.asset, -new_fee.amount, CashKind::fee);
  }
  return true;
}

/// The fill under a key that a correction or bust names, and whose it is; nothing when it is not
/// known.
std::optional<Books::KnownFill> Books::known_fill(const FillKey& key) const {
  if (!known_place(key.place) || !known_instrument(key.instrument)) return std::nullopt;
  Owner owner;
  owner.account = accounts_.find(key.place);
  owner.instrument = key.instrument;
  owner.venue = key.place.venue;
  if (!owner.account.valid()) return std::nullopt;
  Record record;
  record.leg = key.leg;
  record.id = PackedId(key.id.view());
  const std::uint32_t offset = find_key(owner, record, key_hash(owner, record));
  if (offset == KeyIndex::none) return std::nullopt;
  record = history_.records().read(offset);
  owner.position = PositionId(record.owner);
  owner.book = positions_[record.owner].book;
  owner.known = true;
  return KnownFill{offset, owner, record};
}

Outcome Books::apply(Timestamp t, const Correct& correct) {
  changes_.clear();
  const auto fill = known_fill(correct.key);
  if (!fill) return refuse(Refusal::unknown_fill);
  const Amendment amendment{t,           correct.side,     correct.qty, correct.price,
                            correct.fee, correct.fee_asset};
  if (history_.corrections().knows(fill->offset, amendment)) return duplicate();
  if (fill->record.busted) return refuse(Refusal::busted_fill);
  const FillTerms now = history_.corrections().terms_with(fill->offset, fill->record, amendment);
  if (now.qty.sign() <= 0 || !contract(fill->owner.instrument).trades_at(now.price) ||
      now.side > Side::sell ||
      (now.fee && (!known_asset(now.fee->asset) || now.fee->amount.raw == int128_min))) {
    return refuse(Refusal::invalid);
  }
  if (now == history_.terms(fill->offset, fill->record)) {
    history_.remember(fill->offset, amendment);
    return duplicate();
  }
  return change_fill(t, *fill, &now, &amendment);
}

Outcome Books::apply(Timestamp t, const Bust& bust) {
  changes_.clear();
  const auto fill = known_fill(bust.key);
  if (!fill) return refuse(Refusal::unknown_fill);
  if (fill->record.busted) return duplicate();
  return change_fill(t, *fill, nullptr, nullptr);
}

/// Gives a known fill other terms by an amendment, or, with neither, takes it out.
Outcome Books::change_fill(Timestamp t,
                           const KnownFill& fill,
                           const FillTerms* new_terms,
                           const Amendment* amendment) {
  const Owner& owner = fill.owner;
  Position& position = positions_[owner.position.index()];
  const FillTerms old_terms = history_.terms(fill.offset, fill.record);
  Quantity qty_change = new_terms != nullptr ? new_terms->signed_qty() : Quantity{};
  const auto plan =
      history_.plan_change(owner.position, contract(owner.instrument), fill.offset, new_terms);
  if (!plan || !subtract_from(qty_change, old_terms.signed_qty()) ||
      !collect(owner, position, plan->state, &old_terms, new_terms) || !totals_fit(owner) ||
      !ledger_.post(changes_.cash, changes_.flights)) {
    return refuse(Refusal::overflow);
  }
  if (amendment != nullptr) {
    history_.commit_correction(owner.position, fill.offset, *amendment);
    ++counters_.corrections;
  } else {
    history_.commit_bust(owner.position, fill.offset);
    ++counters_.busts;
  }
  static_cast<AverageCost&>(position) = plan->state;
  commit_totals(position);
  reconcile(t, fill.record.t, false);
  return {.origin = fill.record.origin, .signed_qty_change = qty_change};
}

}  // namespace ballast
