#include "exposure/net_asset_value.hpp"

#include "base/archive.hpp"
#include "book/contract_value.hpp"

namespace ballast {

NetAssetValue::NetAssetValue(const Desk& desk, bool live)
    : desk_(&desk), live_(live), derivatives_(desk.instruments.size()), held_(desk.assets.size()) {}

template <class Tag>
void NetAssetValue::accumulate(Fixed<Tag>& sum, Fixed<Tag> change) {
  if (__builtin_add_overflow(sum.raw, change.raw, &sum.raw)) overflowed_ = true;
}

void NetAssetValue::apply(const Books& books, const Market& market) {
  const auto& changes = books.changes();
  for (const CashChange& change : changes.cash) {
    // The profit of a derivative comes in through its flow and worth, realised or not.
    if (change.kind != CashKind::realized) add(change.asset, change.change, market);
  }
  for (const FlightChange& change : changes.flights)
    add(change.asset, change.change, market);
  for (const PositionChange& change : changes.positions) {
    const Instrument& instrument = desk_->instrument(change.instrument);
    if (instrument.spot()) continue;
    accumulate(derivatives_[change.instrument.index()].qty, change.qty_after - change.qty_before);
    add(instrument.settlement(), change.flow_change, market);
    if (live_) reprice(change.instrument, market);
  }
}

void NetAssetValue::reprice_all(const Market& market) {
  for (std::size_t i = 0; i < derivatives_.size(); ++i)
    reprice(InstrumentId{i}, market);
  for (std::size_t i = 0; i < held_.size(); ++i)
    reprice(AssetId{i}, market);
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

void NetAssetValue::add(AssetId asset, Amount change, const Market& market) {
  accumulate(held_[asset.index()].qty, change);
  if (live_) reprice(asset, market);
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
