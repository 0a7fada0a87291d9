#include "engine/profit.hpp"

#include "book/contract_value.hpp"

namespace ballast {

ProfitAttribution::ProfitAttribution(const Desk& desk)
    : desk_(&desk), incomplete_(desk.factors.size(), 0) {}

std::optional<Int256> ProfitAttribution::worth(AssetId asset, Amount amount, const Market& market) {
  if (amount.zero()) return Int256{};
  const Quoted& quoted = market.asset_price(asset);
  if (!quoted.present) return std::nullopt;
  return Int256::product(amount.raw, quoted.price.raw);
}

void ProfitAttribution::add(Timestamp now,
                            FactorId id,
                            PnlPart part,
                            const std::optional<Int256>& amount,
                            std::vector<Tracker>& trackers) {
  if (!amount) {
    incomplete_[id.index()] = 1;
  } else if (*amount != Int256{}) {
    trackers[id.index()].add_pnl(now, part, *amount);
  }
}

void ProfitAttribution::priced(Timestamp now,
                               const MarketChange& change,
                               const Exposures& exposures,
                               const OptionDesk& options,
                               const Market& market,
                               std::vector<Tracker>& trackers) {
  for (const AssetPriceChange& moved : market.asset_changes()) {
    if (!moved.before) continue;
    const Decimal move = decimal_cast<Decimal>(moved.after) - decimal_cast<Decimal>(*moved.before);
    for (const FactorId id : exposures.deltas(moved.asset)) {
      const FactorExposure& exposure = exposures.factor(id);
      if (exposure.options_missing) incomplete_[id.index()] = 1;
      if (!exposure.defined()) continue;
      trackers[id.index()].price_move(now, move);
      // Deviation and target together are actual * move; derivatives move with their own marks.
      const auto derivatives = derivatives_delta(id, change, exposures, options, market);
      if (derivatives && derivatives->zero()) continue;
      add(now, id, PnlPart::basis,
          derivatives ? std::optional(Int256::product(-derivatives->raw, move.raw)) : std::nullopt,
          trackers);
    }
  }
  if (!change.instrument.valid() || !change.before || change.after == *change.before) return;
  const Instrument& instrument = desk_->instrument(change.instrument);
  if (instrument.option()) {
    const Contract contract = Contract::of(instrument);
    for (const FactorId id : exposures.deltas(instrument.base)) {
      const Quantity held = options.held(id, change.instrument);
      if (held.zero()) continue;
      add(now, id, PnlPart::basis, profit_of(contract, held, change, market), trackers);
    }
    return;
  }
  for (const auto& link : exposures.links(change.instrument)) {
    if (!link.delta) continue;
    const Leg& leg = exposures.legs(link.factor)[link.leg];
    if (leg.qty.zero()) continue;
    add(now, link.factor, PnlPart::basis, profit_of(leg.contract, leg.qty, change, market),
        trackers);
  }
}

/// The delta of a factor's derivatives before the change. Under `delta_equity` its actual also
/// holds the coin that derivatives have earned, and that moves with the price of the coin.
std::optional<Decimal> ProfitAttribution::derivatives_delta(FactorId id,
                                                            const MarketChange& change,
                                                            const Exposures& exposures,
                                                            const OptionDesk& options,
                                                            const Market& market) {
  const FactorExposure& exposure = exposures.factor(id);
  if (exposure.convention != DeltaConvention::delta_equity) {
    const auto delta = checked_add(exposure.actual, -exposure.holding);
    return delta ? std::optional(*delta) : std::nullopt;
  }
  const auto coins = options.marked_coins(id, market);
  if (!coins) return std::nullopt;
  const auto beyond_coins = checked_add(exposure.options, -decimal_cast<Decimal>(*coins));
  if (!beyond_coins) return std::nullopt;
  Decimal sum = *beyond_coins;
  for (const Leg& leg : exposures.legs(id)) {
    const Quoted& quoted = market.price(leg.instrument);
    const auto price = leg.instrument == change.instrument ? change.before
                       : quoted.present                    ? std::optional(quoted.price)
                                                           : std::nullopt;
    const auto delta = delta_exposure(leg.contract, leg.qty, price);
    if (!delta || __builtin_add_overflow(sum.raw, delta->raw, &sum.raw)) return std::nullopt;
  }
  return sum;
}

/// What a position earned while its instrument's price moved, whatever the factor's own price did.
std::optional<Int256> ProfitAttribution::profit_of(const Contract& contract,
                                                   Quantity qty,
                                                   const MarketChange& change,
                                                   const Market& market) {
  const AssetId settlement = contract.settlement();
  if (!contract.inverse && contract.size == Quantity::whole(1) && market.fixed(settlement)) {
    return Int256::product(qty.raw, change.after.raw - change.before->raw);
  }
  const auto before = value(contract, qty, *change.before);
  const auto after = value(contract, qty, change.after);
  if (!before || !after) return std::nullopt;
  const auto earned = checked_add(*after, -*before);
  return earned ? worth(settlement, *earned, market) : std::nullopt;
}

void ProfitAttribution::booked(Timestamp now,
                               const Exposures& exposures,
                               const Books& books,
                               const Market& market,
                               std::vector<Tracker>& trackers) {
  const Changes& changes = books.changes();
  for (const PositionChange& change : changes.positions) {
    const Contract& contract = books.contract(change.instrument);
    const auto earned = spread(contract, change, market);
    for (const FactorId id : exposures.deltas(contract.base)) {
      if (exposures.in_scope(id, change.book)) add(now, id, PnlPart::spread, earned, trackers);
    }
  }
  for (const CashChange& change : changes.cash) {
    const bool fee = change.kind == CashKind::fee;
    if (!fee && change.kind != CashKind::funding) continue;
    const auto paid = worth(change.asset, change.change, market);
    for (const FactorId id : exposures.deltas(books.contract(change.instrument).base)) {
      if (!exposures.in_scope(id, change.book)) continue;
      add(now, id, fee ? PnlPart::fees : PnlPart::funding, paid, trackers);
    }
  }
}

std::optional<Int256> ProfitAttribution::spread(const Contract& contract,
                                                const PositionChange& change,
                                                const Market& market) {
  const Quantity moved = change.qty_after - change.qty_before;
  const auto paid = worth(contract.settlement(), change.flow_change, market);
  if (!paid) return std::nullopt;
  std::optional<Int256> held;
  if (contract.spot) {  // the holding is worth the coin's price, wherever it was bought
    held = worth(contract.base, decimal_cast<Amount>(moved), market);
  } else if (const Quoted& mark = market.price(change.instrument); mark.present) {
    const auto at_mark = value(contract, moved, mark.price);
    if (at_mark) held = worth(contract.settlement(), *at_mark, market);
  }
  if (!held) return std::nullopt;
  return *held + *paid;
}

}  // namespace ballast
