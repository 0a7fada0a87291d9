// Venues' statements against our books, and what could explain a difference.
#include <algorithm>
#include <utility>

#include "book/books.hpp"
#include "book/checked.hpp"

namespace ballast {
namespace {

constexpr std::size_t recent_fills = 64;    // looked at for candidates
constexpr std::size_t candidates_max = 16;  // per break

}  // namespace

BreakPlace Books::place_of(AccountId account, InstrumentId instrument) const {
  const Contract& terms = contract(instrument);
  if (terms.spot) return {account, InstrumentId{}, terms.base};
  return {account, instrument, AssetId{}};
}

Outcome Books::apply(Timestamp t, const Statement& statement) {
  changes_.clear();
  const bool of_position = statement.instrument.valid();
  if (!known_place(statement.place) || statement.qty.raw == int128_min ||
      !(of_position ? known_instrument(statement.instrument) : known_asset(statement.asset))) {
    return refuse(Refusal::invalid);
  }
  const AccountId account = accounts_.find_or_next(statement.place);
  const BreakPlace place = of_position ? place_of(account, statement.instrument)
                                       : BreakPlace{account, InstrumentId{}, statement.asset};
  if (const auto latest = reconciliation_.latest(place); latest && t < *latest) {
    ++counters_.old_statements;
    return {};
  }
  const auto ours = ours_at(t, place);
  if (!ours || !account.valid()) return refuse(Refusal::overflow);
  intern_account(statement.place);
  ++counters_.statements;
  if (Break* opened = reconciliation_.state(t, place, statement.qty, *ours)) {
    find_candidates(*opened);
    reconciliation_.run_due(t);  // without a grace it is disputed at once
  }
  publish_breaks();
  return {};
}

/// The positions whose fills move the place by amounts that the fill alone tells.
std::vector<PositionId> Books::contributors(const BreakPlace& place) const {
  std::vector<PositionId> ids;
  if (place.instrument.valid()) {
    const PositionId* head = position_index_.find({place.account, place.instrument, BookId{}});
    for (PositionId id = head == nullptr ? PositionId{} : *head; id.valid();
         id = next_sibling_[id.index()]) {
      ids.push_back(id);
    }
    return ids;
  }
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    if (positions_[i].account == place.account && contract(positions_[i].instrument).spot) {
      ids.emplace_back(i);
    }
  }
  return ids;
}

/// What a fill adds to the place; nothing on overflow.
std::optional<Quantity> Books::contribution(const BreakPlace& place,
                                            InstrumentId instrument,
                                            const FillTerms& terms) const {
  if (place.instrument.valid()) {
    return instrument == place.instrument ? terms.signed_qty() : Quantity{};
  }
  const Contract& traded = contract(instrument);
  Quantity sum;
  if (!traded.spot) return sum;
  if (traded.base == place.asset) sum = terms.signed_qty();
  if (traded.quote == place.asset) {
    const auto paid = value(traded, terms.signed_qty(), terms.price);
    if (!paid || !subtract_from(sum, decimal_cast<Quantity>(*paid))) return std::nullopt;
  }
  if (terms.fee && terms.fee->asset == place.asset &&
      !subtract_from(sum, decimal_cast<Quantity>(terms.fee->amount))) {
    return std::nullopt;
  }
  return sum;
}

/// What our books held when the statement was made: what they hold now, without the fills after it.
std::optional<Quantity> Books::ours_at(Timestamp t, const BreakPlace& place) const {
  auto held = place.instrument.valid()
                  ? net(place.account, place.instrument)
                  : std::optional(decimal_cast<Quantity>(ledger_.cash(place.account, place.asset)));
  const bool known = place.account.index() < last_fill_on_.size();
  if (!held || !known || last_fill_on_[place.account.index()] <= t) return held;
  for (const PositionId id : contributors(place)) {
    bool fits = true;
    history_.visit_backwards(id, [&](std::uint32_t offset) {
      const Record record = history_.records().read(offset);
      if (record.t <= t) return false;
      if (record.busted) return true;
      const FillTerms terms = history_.terms(offset, record);
      const auto part = contribution(place, positions_[id.index()].instrument, terms);
      fits = fits && part && subtract_from(*held, *part);
      return fits;
    });
    if (!fits) return std::nullopt;
  }
  return held;
}

/// The latest fills before the statement that move its place, latest first.
std::vector<Books::RecentFill> Books::recent_on(const Break& what) const {
  std::vector<std::pair<Timestamp, PositionId>> latest;
  for (const PositionId id : contributors(what.place)) {
    if (const auto t = history_.last_time(id)) latest.emplace_back(*t, id);
  }
  std::sort(latest.begin(), latest.end(), std::greater<>());
  if (latest.size() > recent_fills) latest.resize(recent_fills);

  std::vector<RecentFill> recent;
  for (const auto& [last, id] : latest) {
    std::size_t looked_at = 0;
    history_.visit_backwards(id, [&, position = id](std::uint32_t offset) {
      const Record record = history_.records().read(offset);
      if (record.busted || record.t > what.since) return true;
      const FillTerms terms = history_.terms(offset, record);
      const auto part = contribution(what.place, positions_[position.index()].instrument, terms);
      if (part && !part->zero()) recent.push_back({record.t, offset, *part});
      return ++looked_at < recent_fills;
    });
  }
  std::sort(recent.begin(), recent.end(), [](const RecentFill& a, const RecentFill& b) {
    return std::pair(a.t, a.offset) > std::pair(b.t, b.offset);
  });
  if (recent.size() > recent_fills) recent.resize(recent_fills);
  return recent;
}

void Books::find_candidates(Break& what) const {
  using Kind = BreakCandidate::Kind;
  Quantity missing = what.stated;  // what our books would have to gain
  if (!subtract_from(missing, what.ours)) return;
  const auto add = [&](Kind kind, const TradeId& id, const TradeId& other, Quantity qty) {
    if (what.candidates.size() < candidates_max) what.candidates.push_back({kind, id, other, qty});
  };
  for (const std::uint32_t open : transfers_.open()) {
    const TransferRecord& transfer = transfers_.all()[open];
    const bool here = transfer.from == what.place.account || transfer.to == what.place.account;
    const auto qty = decimal_cast<Quantity>(transfer.qty);
    if (here && transfer.asset == what.place.asset && qty == missing.abs()) {
      add(Kind::in_flight, transfer.id, TradeId{}, missing);
    }
  }
  for (const DroppedFill& dropped : dropped_) {
    if (dropped.account != what.place.account) continue;
    const auto part = contribution(what.place, dropped.instrument,
                                   {dropped.side, dropped.qty, dropped.price, std::nullopt});
    if (part == missing) add(Kind::dropped, dropped.id, TradeId{}, missing);
  }
  const std::vector<RecentFill> recent = recent_on(what);
  const auto id_of = [&](const RecentFill& fill) {
    return history_.records().read(fill.offset).id.text();
  };
  bool single = false;
  for (const RecentFill& fill : recent) {
    const bool again = fill.part == missing;
    if (!again && fill.part != -missing) continue;
    add(again ? Kind::traded_more : Kind::not_traded, id_of(fill), TradeId{}, missing);
    single = true;
  }
  for (std::size_t i = 0; i < recent.size() && !single; ++i) {
    for (std::size_t j = i + 1; j < recent.size(); ++j) {
      Quantity pair = recent[i].part;
      if (!add_to(pair, recent[j].part)) continue;
      const bool again = pair == missing;
      if (!again && pair != -missing) continue;
      add(again ? Kind::traded_more : Kind::not_traded, id_of(recent[i]), id_of(recent[j]),
          missing);
    }
  }
}

/// Lets open breaks know what the event changed, as of time `t`.
void Books::reconcile(Timestamp now, Timestamp t, bool settles) {
  if (!reconciliation_.any_open()) return;
  for (const PositionChange& change : changes_.positions) {
    if (contract(change.instrument).spot) continue;
    Quantity qty = change.qty_after;
    if (!subtract_from(qty, change.qty_before)) continue;
    reconciliation_.adjust(now, t, {change.account, change.instrument, AssetId{}}, qty, settles);
  }
  const std::vector<CashChange>& cash = changes_.cash;
  for (std::size_t i = 0; i < cash.size(); ++i) {
    const auto same = [&](const CashChange& c) {
      return c.account == cash[i].account && c.asset == cash[i].asset;
    };
    const auto here = cash.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(cash.begin(), here, same)) continue;  // summed with an earlier one
    Amount sum;
    bool fits = true;
    for (const CashChange& c : cash)
      fits = fits && (!same(c) || add_to(sum, c.change));
    const BreakPlace place{cash[i].account, InstrumentId{}, cash[i].asset};
    if (fits) reconciliation_.adjust(now, t, place, decimal_cast<Quantity>(sum), settles);
  }
  publish_breaks();
}

/// Turns what happened to breaks into changes that the floors above read.
void Books::publish_breaks() {
  using Kind = Reconciliation::Transition::Kind;
  for (const auto& transition : reconciliation_.transitions()) {
    const BreakPlace& place = transition.place;
    if (transition.kind == Kind::disputed || transition.kind == Kind::settled) {
      changes_.disputes.push_back(
          {place.account, place.instrument, place.asset, transition.kind == Kind::disputed});
      continue;
    }
    const BreakState state =
        transition.kind == Kind::opened ? BreakState::open : BreakState::closed;
    changes_.breaks.push_back({state, account(place.account).venue, place.account, place.instrument,
                               place.asset, transition.stated, transition.ours, transition.since});
  }
  reconciliation_.transitions().clear();
}

}  // namespace ballast
