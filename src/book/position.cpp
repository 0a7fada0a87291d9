#include "book/position.hpp"

#include "base/int128.hpp"
#include "book/checked.hpp"

namespace ballast {
namespace {

const AssetTotals* find_totals(const Position& position, AssetId asset) {
  for (const AssetTotals& entry : position.totals) {
    if (entry.asset == asset) return &entry;
  }
  return nullptr;
}

bool increase(AverageCost& to, const Contract& contract, Quantity qty, Price price, Amount worth) {
  const bool opens = to.qty.zero();
  if (!add_to(to.qty, qty) || !add_to(to.cost, worth)) return false;
  if (opens) {
    to.average = price;
    to.several_prices = false;
    return true;
  }
  if (!to.several_prices && to.average == price) return true;
  const auto average = average_price(contract, to.qty, to.cost);
  if (!average) return false;
  to.average = *average;
  to.several_prices = true;
  return true;
}

/// |qty| < |to.qty|, opposite sign.
bool reduce(AverageCost& to, Quantity qty, Amount worth) {
  const auto part =
      divide_half_even(Int256::product(to.cost.raw, qty.abs().raw), magnitude(to.qty.raw));
  if (!part) return false;
  const Amount released{*part};
  return add_to(to.qty, qty) && subtract_from(to.cost, released) &&
         subtract_from(to.realized, worth) && subtract_from(to.realized, released);
}

/// |qty| >= |to.qty|, opposite sign: closes all of it and opens what is left at the same price.
bool close(AverageCost& to, const Contract& contract, Quantity qty, Price price, Amount worth) {
  if (!add_to(to.qty, qty)) return false;
  const Amount released = to.cost;
  to.cost = Amount{};
  to.average = Price{};
  to.several_prices = false;
  Amount closing = worth;
  if (!to.qty.zero()) {
    const auto opened = value(contract, to.qty, price);
    if (!opened || !subtract_from(closing, *opened)) return false;
    to.cost = *opened;
    to.average = price;
  }
  return subtract_from(to.realized, closing) && subtract_from(to.realized, released);
}

}  // namespace

bool AverageCost::trade(const Contract& contract, Timestamp t, Quantity signed_qty, Price price) {
  const auto worth = value(contract, signed_qty, price);
  if (!worth) return false;
  AverageCost next = *this;
  const bool same_side = qty.sign() * signed_qty.sign() >= 0;
  const bool ok = same_side ? increase(next, contract, signed_qty, price, *worth)
                  : signed_qty.abs() < qty.abs() ? reduce(next, signed_qty, *worth)
                                                 : close(next, contract, signed_qty, price, *worth);
  if (!ok || !next.sound()) return false;
  next.last_fill = t;
  ++next.fills;
  *this = next;
  return true;
}

bool AverageCost::sound() const {
  Amount next_flow = realized;
  return qty.raw != int128_min && cost.raw != int128_min && average.raw != int128_min &&
         subtract_from(next_flow, cost);
}

Amount Position::fees(AssetId asset) const {
  const AssetTotals* found = find_totals(*this, asset);
  return found == nullptr ? Amount{} : found->fees;
}

Amount Position::funding(AssetId asset) const {
  const AssetTotals* found = find_totals(*this, asset);
  return found == nullptr ? Amount{} : found->funding;
}

std::optional<Amount> unrealized(const Contract& contract,
                                 const AverageCost& position,
                                 Price mark) {
  if (position.qty.zero()) return Amount{};
  auto amount = value(contract, position.qty, mark);
  if (!amount || !subtract_from(*amount, position.cost)) return std::nullopt;
  return amount;
}

}  // namespace ballast
