#include "exposure/net_asset_value.hpp"

#include "base/archive.hpp"
#include "book/contract_value.hpp"

namespace ballast {

NetAssetValue::NetAssetValue(const Desk& desk)
    : desk_(&desk), derivatives_(desk.instruments.size()), held_(desk.assets.size()) {}

template <class Tag>
void NetAssetValue::accumulate(Fixed<Tag>& sum, Fixed<Tag> change) {
  if (__builtin_add_overflow(sum.raw, change.raw, &sum.raw)) overflowed_ = true;
}

void NetAssetValue::apply(const Books& books, const Market& market) {
  const auto& changes = books.changes();
  for (const CashChange& change : changes.cash) {
    // The profit of a derivative comes in through its flow and worth, realised or not.
    if (change.kind == CashKind::realized) continue;
    add(change.asset, change.change);
    reprice(change.asset, market);
  }
  for (const FlightChange& change : changes.flights) {
    add(change.asset, change.change);
    reprice(change.asset, market);
  }
  for (const PositionChange& change : changes.positions) {
    const Instrument& instrument = desk_->instrument(change.instrument);
    if (instrument.spot()) continue;
    accumulate(derivatives_[change.instrument.index()].qty, change.qty_after - change.qty_before);
    // An option's premium is among the cash.
    if (!instrument.option()) add(instrument.settlement(), change.flow_change);
    reprice(instrument.settlement(), market);
    reprice(change.instrument, market);
  }
}

std::optional<Decimal> NetAssetValue::of(const Desk& desk,
                                         const Books& books,
                                         const Market& market) {
  NetAssetValue whole(desk);
  for (std::size_t account = 0; account < books.account_count(); ++account) {
    for (const Balance& balance : books.balances(AccountId{account}))
      whole.add(balance.asset, balance.qty);
  }
  for (std::size_t asset = 0; asset < desk.assets.size(); ++asset)
    whole.add(AssetId{asset}, books.in_flight(AssetId{asset}));
  for (const Position& position : books.positions()) {
    const Instrument& instrument = desk.instrument(position.instrument);
    if (instrument.spot()) continue;
    whole.accumulate(whole.derivatives_[position.instrument.index()].qty, position.qty);
    // What it realised is in the balances; its worth at the mark less its cost is not. An option's
    // balances hold all that was paid for it.
    if (!instrument.option()) whole.add(instrument.settlement(), -position.cost);
  }
  for (std::size_t i = 0; i < desk.instruments.size(); ++i)
    whole.reprice(InstrumentId{i}, market);
  for (std::size_t i = 0; i < desk.assets.size(); ++i)
    whole.reprice(AssetId{i}, market);
  return whole.value();
}

void NetAssetValue::reprice(InstrumentId id, const Market& market) {
  Derivative& derivative = derivatives_[id.index()];
  if (derivative.qty.zero() && derivative.worth.zero() && !derivative.missing) return;
  const Instrument& instrument = desk_->instrument(id);
  const Quoted& quoted = market.price(id);
  Amount worth;
  bool missing = false;
  if (!derivative.qty.zero()) {
    const auto at_mark = quoted.present ? ballast::value(instrument, derivative.qty, quoted.price)
                                        : Result<Amount>(Amount{});
    missing = !quoted.present || !at_mark;
    if (!missing) worth = *at_mark;
  }
  if (missing != derivative.missing) missing_ += missing ? 1U : -1U;
  derivative.missing = missing;
  if (worth == derivative.worth) return;
  Held& held = held_[instrument.settlement().index()];
  accumulate(held.qty, -derivative.worth);
  accumulate(held.qty, worth);
  derivative.worth = worth;
  reprice(instrument.settlement(), market);
}

void NetAssetValue::add(AssetId asset, Amount change) {
  accumulate(held_[asset.index()].qty, change);
}

void NetAssetValue::reprice(AssetId id, const Market& market) {
  Held& held = held_[id.index()];
  const Quoted& quoted = market.asset_price(id);
  Decimal worth;
  bool missing = false;
  if (!held.qty.zero()) {
    const auto value =
        quoted.present ? product<Decimal>(held.qty, quoted.price) : Result<Decimal>(Decimal{});
    missing = !quoted.present || !value;
    if (!missing) worth = *value;
  }
  if (missing != held.missing) missing_ += missing ? 1U : -1U;
  held.missing = missing;
  accumulate(value_, -held.worth);
  accumulate(value_, worth);
  held.worth = worth;
}

template <class Archive>
void NetAssetValue::archive(Archive& ar) {
  for (auto& d : derivatives_)
    ar(d.qty.raw, d.worth.raw, d.missing);
  for (auto& h : held_)
    ar(h.qty.raw, h.worth.raw, h.missing);
  ar(value_.raw, missing_, overflowed_);
}

template void NetAssetValue::archive(SaveArchive&);
template void NetAssetValue::archive(LoadArchive&);

}  // namespace ballast
