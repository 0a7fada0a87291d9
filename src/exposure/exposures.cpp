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
std::optional<Decimal> unrealised_coin(const Leg& leg, Price price) {
  const auto worth = value(leg.contract, leg.qty, price);
  if (!worth) return std::nullopt;
  const auto profit = checked_add(*worth, -leg.cost);
  if (!profit) return std::nullopt;
  return decimal_cast<Decimal>(*profit);
}

}  // namespace

std::optional<Decimal> delta_exposure(const Contract& contract,
                                      Quantity qty,
                                      std::optional<Price> price) {
  if (qty.zero()) return Decimal{};
  if (!contract.inverse) {
    if (contract.size == Quantity::whole(1)) return decimal_cast<Decimal>(qty);
    return ok(product<Decimal>(qty, contract.size));
  }
  if (!price) return std::nullopt;
  return ok(mul_div<Decimal>(qty, contract.size, *price));
}

std::optional<Decimal> notional_exposure(const Contract& contract,
                                         Quantity qty,
                                         std::optional<Price> price) {
  if (qty.zero()) return Decimal{};
  if (contract.inverse) return ok(product<Decimal>(qty, contract.size));
  if (!price) return std::nullopt;
  const auto worth = value(contract, qty, *price);
  if (!worth) return std::nullopt;
  return decimal_cast<Decimal>(*worth);
}

constexpr Timestamp never_stated{INT64_MIN};

Exposures::Exposures(const Desk& desk)
    : desk_(&desk),
      factors_(desk.factors.size()),
      channels_(desk.channels.size()),
      channel_stated_(desk.channels.size(), never_stated),
      is_touched_(desk.factors.size(), false) {
  std::vector<std::vector<Leg>> legs(desk.factors.size());
  std::vector<std::vector<InstrumentLink>> links(desk.instruments.size());
  std::vector<std::vector<FactorId>> deltas(desk.assets.size());
  std::vector<std::vector<FactorId>> cash(desk.assets.size());
  // Instruments by base asset first: a desk of thousands of factors must not be quadratic.
  std::vector<std::vector<InstrumentId>> derivatives(desk.assets.size());
  for (std::size_t i = 0; i < desk.instruments.size(); ++i) {
    const Instrument& instrument = desk.instruments[i];
    if (!instrument.spot() && !instrument.option())
      derivatives[instrument.base.index()].push_back(InstrumentId{i});
  }
  const auto add_leg = [&](FactorId id, InstrumentId instrument) {
    auto& mine = legs[id.index()];
    const bool delta = desk.factor(id).kind == FactorKind::delta;
    const Contract contract = Contract::of(desk.instrument(instrument));
    links[instrument.index()].push_back(
        {id, static_cast<std::uint32_t>(mine.size()), delta, delta == contract.inverse});
    Leg& leg = mine.emplace_back();
    leg.instrument = instrument;
    leg.contract = contract;
  };
  for (std::size_t f = 0; f < desk.factors.size(); ++f) {
    const FactorConfig& config = desk.factors[f];
    const FactorId id{f};
    factors_[f].whole_desk = config.whole_desk();
    factors_[f].kind = config.kind;
    factors_[f].convention = config.convention;
    switch (config.kind) {
      case FactorKind::delta:
        deltas[config.asset.index()].push_back(id);
        for (const InstrumentId instrument : derivatives[config.asset.index()]) {
          add_leg(id, instrument);
        }
        break;
      case FactorKind::cash:
        cash[config.asset.index()].push_back(id);
        break;
      case FactorKind::notional:
        add_leg(id, config.instrument);
        break;
      case FactorKind::channel: {
        const ChannelConfig& channel = desk.channels[config.channel.index()];
        channels_[config.channel.index()] = id;
        factors_[f].holding = factors_[f].actual = decimal_cast<Decimal>(channel.balance);
        break;
      }
      case FactorKind::gamma:
      case FactorKind::vega:
      case FactorKind::theta:
        break;
    }
  }
  legs_ = Grouped(legs);
  links_ = Grouped(links);
  deltas_ = Grouped(deltas);
  cash_ = Grouped(cash);
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
      if (factors_[id.index()].whole_desk)
        add_holding(id, decimal_cast<Decimal>(change.change), false);
    }
  }
}

void Exposures::apply(const PositionChange& change, const Market& market, bool hedging) {
  for (const InstrumentLink& link : links_[change.instrument.index()]) {
    if (!in_scope(link.factor, change.book)) continue;
    FactorExposure& factor = factors_[link.factor.index()];
    Leg& leg = legs_[link.factor.index()][link.leg];
    const Quantity moved = change.qty_after - change.qty_before;
    accumulate(factor, leg.qty, moved);
    accumulate(factor, leg.cost, -change.flow_change);
    if (hedging) accumulate(factor, leg.hedged_qty, moved);
    reprice_leg(link.factor, leg, market);
  }
}

void Exposures::apply(const CashChange& change, const Books& books, bool hedging) {
  const auto amount = decimal_cast<Decimal>(change.change);
  const Contract* const contract =
      change.instrument.valid() ? &books.contract(change.instrument) : nullptr;
  const bool derivative = contract != nullptr && !contract->spot;
  for (const FactorId id : deltas_[change.asset.index()]) {
    const FactorExposure& factor = factors_[id.index()];
    if (derivative && factor.convention != DeltaConvention::delta_equity) continue;
    if (!factor.whole_desk && !(change.book.valid() && change.book == factor.book)) continue;
    // An inverse leg carries its whole profit, realised or not, in its cost: not twice.
    if (change.kind == CashKind::realized && contract->inverse) continue;
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

bool Exposures::state_channel(ChannelId channel, Amount balance, Timestamp t) {
  if (t < channel_stated_[channel.index()]) return false;
  channel_stated_[channel.index()] = t;
  const FactorId id = channels_[channel.index()];
  if (id.valid())
    add_holding(id, decimal_cast<Decimal>(balance) - factors_[id.index()].holding, false);
  return true;
}

void Exposures::use_channel(ChannelId channel, Amount shift) {
  const FactorId id = channels_[channel.index()];
  if (id.valid()) add_holding(id, decimal_cast<Decimal>(shift), true);
}

void Exposures::set_options(FactorId id,
                            std::optional<Decimal> level,
                            std::optional<Decimal> hedged) {
  FactorExposure& factor = factors_[id.index()];
  const Decimal now = level.value_or(Decimal{});
  const Decimal hedges = hedged.value_or(Decimal{});
  const bool missing = !level || !hedged;
  if (now == factor.options && hedges == factor.options_hedged &&
      missing == factor.options_missing) {
    return;
  }
  if (missing != factor.options_missing) factor.unpriced += missing ? 1U : -1U;
  factor.options_missing = missing;
  accumulate(factor, factor.actual, -factor.options);
  accumulate(factor, factor.actual, now);
  accumulate(factor, factor.hedged, -factor.options_hedged);
  accumulate(factor, factor.hedged, hedges);
  factor.options = now;
  factor.options_hedged = hedges;
  touch(id);
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
    Leg& leg = legs_[link.factor.index()][link.leg];
    if (leg.qty.zero() && leg.hedged_qty.zero() && leg.exposure.zero()) continue;
    if (link.moves_with_price || !leg.priced) reprice_leg(link.factor, leg, market);
  }
}

void Exposures::reprice_leg(FactorId id, Leg& leg, const Market& market) {
  FactorExposure& factor = factors_[id.index()];
  const auto price = price_of(market, leg.instrument);
  const auto exposure = [&](Quantity qty) {
    return factor.kind == FactorKind::notional ? notional_exposure(leg.contract, qty, price)
                                               : delta_exposure(leg.contract, qty, price);
  };
  auto now = exposure(leg.qty);
  const auto hedged = exposure(leg.hedged_qty);
  if (now && factor.convention == DeltaConvention::delta_equity && leg.contract.inverse) {
    const auto equity =
        price ? unrealised_coin(leg, *price) : std::optional(decimal_cast<Decimal>(-leg.cost));
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
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    FactorExposure& f = factors_[i];
    ar(f.holding.raw, f.hedged_holding.raw, f.book.value, f.unpriced, f.overflowed, f.actual.raw,
       f.hedged.raw, f.options.raw, f.options_hedged.raw, f.options_missing);
    for (Leg& leg : legs_[i]) {
      ar(leg.qty.raw, leg.hedged_qty.raw, leg.cost.raw, leg.exposure.raw, leg.hedged.raw,
         leg.priced);
    }
  }
  ar(books_resolved_);
  for (Timestamp& stated : channel_stated_)
    ar(stated);
}

template void Exposures::archive(SaveArchive&);
template void Exposures::archive(LoadArchive&);

}  // namespace ballast
