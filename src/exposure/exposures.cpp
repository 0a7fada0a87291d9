#include "exposure/exposures.hpp"

#include "base/archive.hpp"
#include "book/contract_value.hpp"

namespace ballast {
namespace {

template <class T>
std::optional<T> ok(Result<T> result) {
  if (!result) return std::nullopt;
  return *result;
}

/// Sums of exposures come from input that is valid one by one: leaving the range is no contract.
template <class Tag>
void accumulate(FactorExposure& factor, Fixed<Tag>& sum, Fixed<Tag> change) {
  if (__builtin_add_overflow(sum.raw, change.raw, &sum.raw)) factor.overflowed = true;
}

std::optional<Price> price_of(const Market& market, InstrumentId id) {
  const Quoted& quoted = market.price(id);
  return quoted.present ? std::optional(quoted.price) : std::nullopt;
}

/// The coin profit not yet realised of an inverse position, which `delta_equity` counts.
std::optional<Decimal> unrealised_coin(const Instrument& instrument, const Leg& leg, Price price) {
  const auto worth = value(instrument, leg.qty, price);
  if (!worth) return std::nullopt;
  const auto profit = checked_add(*worth, -leg.cost);
  if (!profit) return std::nullopt;
  return decimal_cast<Decimal>(*profit);
}

}  // namespace

std::optional<Decimal> delta_exposure(const Instrument& instrument,
                                      Quantity qty,
                                      std::optional<Price> price) {
  if (qty.zero()) return Decimal{};
  if (!instrument.inverse()) {
    if (instrument.contract_size == Quantity::whole(1)) return decimal_cast<Decimal>(qty);
    return ok(product<Decimal>(qty, instrument.contract_size));
  }
  if (!price) return std::nullopt;
  return ok(mul_div<Decimal>(qty, instrument.contract_size, *price));
}

std::optional<Decimal> notional_exposure(const Instrument& instrument,
                                         Quantity qty,
                                         std::optional<Price> price) {
  if (qty.zero()) return Decimal{};
  if (instrument.inverse()) return ok(product<Decimal>(qty, instrument.contract_size));
  if (!price) return std::nullopt;
  const auto worth = value(instrument, qty, *price);
  if (!worth) return std::nullopt;
  return decimal_cast<Decimal>(*worth);
}

Exposures::Exposures(const Desk& desk)
    : desk_(&desk),
      factors_(desk.factors.size()),
      links_(desk.instruments.size()),
      deltas_(desk.assets.size()),
      cash_(desk.assets.size()),
      is_touched_(desk.factors.size(), false) {
  // Instruments by base asset first: a desk of thousands of factors must not be quadratic.
  std::vector<std::vector<InstrumentId>> derivatives(desk.assets.size());
  for (std::size_t i = 0; i < desk.instruments.size(); ++i) {
    const Instrument& instrument = desk.instruments[i];
    if (!instrument.spot()) derivatives[instrument.base.index()].push_back(InstrumentId{i});
  }
  const auto add_leg = [&](FactorId id, InstrumentId instrument) {
    auto& legs = factors_[id.index()].legs;
    const bool delta = desk.factor(id).kind == FactorKind::delta;
    const bool inverse = desk.instrument(instrument).inverse();
    links_[instrument.index()].push_back(
        {id, static_cast<std::uint32_t>(legs.size()), delta, delta == inverse});
    legs.emplace_back().instrument = instrument;
  };
  for (std::size_t f = 0; f < desk.factors.size(); ++f) {
    const FactorConfig& config = desk.factors[f];
    const FactorId id{f};
    switch (config.kind) {
      case FactorKind::delta:
        deltas_[config.asset.index()].push_back(id);
        for (const InstrumentId instrument : derivatives[config.asset.index()]) {
          add_leg(id, instrument);
        }
        break;
      case FactorKind::cash:
        cash_[config.asset.index()].push_back(id);
        break;
      case FactorKind::notional:
        add_leg(id, config.instrument);
        break;
    }
  }
  touched_.reserve(desk.factors.size());
}

void Exposures::touch(FactorId id) {
  if (is_touched_[id.index()]) return;
  is_touched_[id.index()] = true;
  touched_.push_back(id);
}

void Exposures::clear_touched() {
  for (const FactorId id : touched_)
    is_touched_[id.index()] = false;
  touched_.clear();
}

void Exposures::resolve_books(const Books& books) {
  for (; books_resolved_ < books.book_count(); ++books_resolved_) {
    const BookId id{books_resolved_};
    for (std::size_t f = 0; f < factors_.size(); ++f) {
      if (desk_->factors[f].book == books.book(id).view()) factors_[f].book = id;
    }
  }
}

void Exposures::apply(const Books& books, const Market& market, bool hedging) {
  if (books_resolved_ < books.book_count()) resolve_books(books);
  const auto& changes = books.changes();
  for (const PositionChange& change : changes.positions)
    apply(change, market, hedging);
  for (const CashChange& change : changes.cash)
    apply(change, books, hedging);
  for (const FlightChange& change : changes.flights) {
    for (const FactorId id : deltas_[change.asset.index()]) {
      if (desk_->factor(id).whole_desk())
        add_holding(id, decimal_cast<Decimal>(change.change), false);
    }
  }
}

void Exposures::apply(const PositionChange& change, const Market& market, bool hedging) {
  for (const InstrumentLink& link : links_[change.instrument.index()]) {
    if (!in_scope(link.factor, change.book)) continue;
    FactorExposure& factor = factors_[link.factor.index()];
    Leg& leg = factor.legs[link.leg];
    const Quantity moved = change.qty_after - change.qty_before;
    accumulate(factor, leg.qty, moved);
    accumulate(factor, leg.cost, -change.flow_change);
    if (hedging) accumulate(factor, leg.hedged_qty, moved);
    reprice_leg(link.factor, leg, market);
  }
}

void Exposures::apply(const CashChange& change, const Books& books, bool hedging) {
  const auto amount = decimal_cast<Decimal>(change.change);
  const bool derivative = change.instrument.valid() && !desk_->instrument(change.instrument).spot();
  for (const FactorId id : deltas_[change.asset.index()]) {
    const FactorConfig& config = desk_->factor(id);
    if (derivative && config.convention != DeltaConvention::delta_equity) continue;
    if (!config.whole_desk() &&
        !(change.book.valid() && change.book == factors_[id.index()].book)) {
      continue;
    }
    // An inverse leg carries its whole profit, realised or not, in its cost: not twice.
    if (change.kind == CashKind::realized && desk_->instrument(change.instrument).inverse())
      continue;
    add_holding(id, amount, hedging && change.kind == CashKind::trade);
  }
  for (const FactorId id : cash_[change.asset.index()]) {
    const FactorConfig& config = desk_->factor(id);
    if (config.venue != change.venue) continue;
    if (!config.account.empty() && !(config.account == books.account(change.account).account))
      continue;
    add_holding(id, amount, hedging);
  }
}

void Exposures::add_holding(FactorId id, Decimal change, bool hedging) {
  FactorExposure& factor = factors_[id.index()];
  accumulate(factor, factor.holding, change);
  accumulate(factor, factor.actual, change);
  if (hedging) {
    accumulate(factor, factor.hedged_holding, change);
    accumulate(factor, factor.hedged, change);
  }
  touch(id);
}

void Exposures::reprice(InstrumentId instrument, const Market& market) {
  for (const InstrumentLink& link : links_[instrument.index()]) {
    Leg& leg = factors_[link.factor.index()].legs[link.leg];
    if (leg.qty.zero() && leg.hedged_qty.zero() && leg.exposure.zero()) continue;
    if (link.moves_with_price || !leg.priced) reprice_leg(link.factor, leg, market);
  }
}

void Exposures::reprice_leg(FactorId id, Leg& leg, const Market& market) {
  FactorExposure& factor = factors_[id.index()];
  const FactorConfig& config = desk_->factor(id);
  const Instrument& instrument = desk_->instrument(leg.instrument);
  const auto price = price_of(market, leg.instrument);
  const auto exposure = [&](Quantity qty) {
    return config.kind == FactorKind::notional ? notional_exposure(instrument, qty, price)
                                               : delta_exposure(instrument, qty, price);
  };
  auto now = exposure(leg.qty);
  const auto hedged = exposure(leg.hedged_qty);
  if (now && config.convention == DeltaConvention::delta_equity && instrument.inverse()) {
    const auto equity = price ? unrealised_coin(instrument, leg, *price)
                              : std::optional(decimal_cast<Decimal>(-leg.cost));
    const auto sum = equity ? ok(checked_add(*now, *equity)) : std::nullopt;
    now = sum;
  }
  const bool priced = now.has_value() && hedged.has_value();
  if (priced != leg.priced) factor.unpriced += priced ? -1U : 1U;
  leg.priced = priced;
  const Decimal exposed = now.value_or(Decimal{});
  const Decimal hedge = hedged.value_or(Decimal{});
  accumulate(factor, factor.actual, -leg.exposure);
  accumulate(factor, factor.actual, exposed);
  accumulate(factor, factor.hedged, -leg.hedged);
  accumulate(factor, factor.hedged, hedge);
  leg.exposure = exposed;
  leg.hedged = hedge;
  touch(id);
}

template <class Archive>
void Exposures::archive(Archive& ar) {
  for (auto& f : factors_) {
    ar(f.holding.raw, f.hedged_holding.raw, f.book.value, f.unpriced, f.overflowed, f.actual.raw,
       f.hedged.raw);
    for (auto& leg : f.legs) {
      ar(leg.qty.raw, leg.hedged_qty.raw, leg.cost.raw, leg.exposure.raw, leg.hedged.raw,
         leg.priced);
    }
  }
  ar(books_resolved_);
}

template void Exposures::archive(SaveArchive&);
template void Exposures::archive(LoadArchive&);

}  // namespace ballast
