#include "market/market.hpp"

#include <algorithm>

#include "base/archive.hpp"

namespace ballast {
namespace {

bool fixed_at_one(const Desk& desk, AssetId id) {
  for (std::size_t hops = 0; hops <= desk.assets.size(); ++hops) {
    if (id == desk.currency) return true;
    id = desk.asset(id).equals;
    if (!id.valid()) return false;
  }
  return false;
}

}  // namespace

Market::Market(const Desk& desk)
    : instruments_(desk.instruments.size()), assets_(desk.assets.size()) {
  std::vector<std::vector<Source>> sources(desk.assets.size());
  for (std::size_t i = 0; i < assets_.size(); ++i) {
    if (!fixed_at_one(desk, AssetId{i})) continue;
    assets_[i].fixed = true;
    assets_[i].quoted = {Price::whole(1), Timestamp{INT64_MAX}, true};  // never ages
  }
  for (const bool spot : {true, false}) {
    for (std::size_t i = 0; i < desk.instruments.size(); ++i) {
      const Instrument& instrument = desk.instruments[i];
      if (instrument.spot() != spot) continue;
      instruments_[i].base = instrument.base;
      if (instrument.option()) continue;  // a premium is no price of the coin
      sources[instrument.base.index()].push_back({InstrumentId{i}, instrument.quote});
      add_dependent(instrument.quote, instrument.base);
    }
  }
  sources_ = Grouped(sources);
  asset_changes_.reserve(assets_.size());
}

MarketChange Market::apply(Timestamp t, const Mark& mark) {
  asset_changes_.clear();
  if (mark.instrument.valid()) {
    instruments_[mark.instrument.index()].marked = true;
    return set_price(mark.instrument, t, mark.price);
  }
  MarketChange change;
  change.priced = set_asset_mark(t, mark);
  return change;
}

MarketChange Market::apply(Timestamp t, const Top& top) {
  asset_changes_.clear();
  InstrumentState& state = instruments_[top.instrument.index()];
  state.top = top;
  state.top_at = t;
  const bool two_sided = top.bid_qty.sign() > 0 && top.ask_qty.sign() > 0;
  if (state.marked || !two_sided) return {};
  // The sum of two prices may pass the range; the middle of two that fit does not.
  const Int128 middle = top.bid.raw / 2 + top.ask.raw / 2 + (top.bid.raw % 2 + top.ask.raw % 2) / 2;
  return set_price(top.instrument, t, Price{middle});
}

void Market::apply(Timestamp /*t*/, const FundingRate& rate) {
  asset_changes_.clear();
  instruments_[rate.instrument.index()].funding = rate;
}

MarketChange Market::set_price(InstrumentId id, Timestamp t, Price price) {
  InstrumentState& state = instruments_[id.index()];
  if (state.quoted.present && t < state.quoted.t) {
    ++late_marks_;
    return {};
  }
  MarketChange change{id, std::nullopt, price, true, false};
  if (state.quoted.present) change.before = state.quoted.price;
  const Quoted old = state.quoted;
  state.quoted = {price, t, true};
  if (!reprice(state.base, 0)) {
    state.quoted = old;
    undo_asset_changes();
    return {InstrumentId{}, std::nullopt, {}, false, true};
  }
  return change;
}

bool Market::set_asset_mark(Timestamp t, const Mark& mark) {
  AssetState& state = assets_[mark.asset.index()];
  if (state.direct.present && t < state.direct.t) {
    ++late_marks_;
    return false;
  }
  const Quoted old = state.direct;
  state.direct = {mark.price, t, true};
  state.direct_quote = mark.quote;
  add_dependent(mark.quote, mark.asset);
  if (reprice(mark.asset, 0)) return true;
  state.direct = old;
  undo_asset_changes();
  return false;
}

/// Kept sorted, so that the order of changes does not depend on history.
void Market::add_dependent(AssetId quote, AssetId dependent) {
  auto& dependents = assets_[quote.index()].dependents;
  const auto at = std::lower_bound(dependents.begin(), dependents.end(), dependent);
  if (at == dependents.end() || *at != dependent) dependents.insert(at, dependent);
}

void Market::undo_asset_changes() {
  for (const AssetPriceChange& change : asset_changes_) {
    Quoted& quoted = assets_[change.asset.index()].quoted;
    quoted.present = change.before.has_value();
    if (change.before) quoted.price = *change.before;
  }
  asset_changes_.clear();
}

/// Recomputes one asset's price from its best source; false when a conversion overflows.
bool Market::reprice(AssetId id, int depth) {
  AssetState& state = assets_[id.index()];
  if (state.fixed || depth > max_conversions) return true;

  Quoted best;
  AssetId quote;
  if (state.direct.present && assets_[state.direct_quote.index()].quoted.present) {
    best = state.direct;
    quote = state.direct_quote;
  }
  for (const Source& source : sources_[id.index()]) {
    if (best.present) break;
    const Quoted& quoted = instruments_[source.instrument.index()].quoted;
    if (!quoted.present || !assets_[source.quote.index()].quoted.present) continue;
    best = quoted;
    quote = source.quote;
  }
  if (!best.present) return true;

  const AssetState& in = assets_[quote.index()];
  if (!in.fixed) {
    const auto converted = product<Price>(best.price, in.quoted.price);
    if (!converted) return false;
    best = {*converted, std::min(best.t, in.quoted.t), true};
  }
  const bool changed = !state.quoted.present || state.quoted.price != best.price;
  const std::optional<Price> before =
      state.quoted.present ? std::optional(state.quoted.price) : std::nullopt;
  state.quoted = best;
  if (changed) asset_changes_.push_back({id, before, best.price});
  for (const AssetId dependent : state.dependents) {
    if (!reprice(dependent, depth + 1)) return false;
  }
  return true;
}

std::optional<Price> Market::price_in(AssetId asset, AssetId quote) const {
  const Quoted& of = asset_price(asset);
  const Quoted& in = asset_price(quote);
  if (!of.present || !in.present) return std::nullopt;
  if (fixed(quote)) return of.price;
  const auto price = quotient<Price>(of.price, in.price);
  return price ? std::optional(*price) : std::nullopt;
}

template <class Archive>
void Market::archive(Archive& ar) {
  const auto quoted = [&](Quoted& q) { ar(q.price.raw, q.t.ns, q.present); };
  for (auto& i : instruments_) {
    quoted(i.quoted);
    ar(i.marked, i.top.instrument.value, i.top.bid.raw, i.top.bid_qty.raw, i.top.ask.raw,
       i.top.ask_qty.raw, i.top_at, i.funding.instrument.value, i.funding.rate.raw,
       i.funding.interval_h.raw);
  }
  for (auto& a : assets_) {
    quoted(a.quoted);
    quoted(a.direct);
    ar(a.direct_quote.value);
    if constexpr (Archive::loading) {
      if (a.direct.present && a.direct_quote.index() < assets_.size()) {
        add_dependent(a.direct_quote, AssetId{static_cast<std::size_t>(&a - assets_.data())});
      } else {
        a.direct.present = false;
      }
    }
  }
  ar(late_marks_);
}

template void Market::archive(SaveArchive&);
template void Market::archive(LoadArchive&);

}  // namespace ballast
