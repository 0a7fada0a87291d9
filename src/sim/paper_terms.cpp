#include "sim/paper_terms.hpp"

#include <string_view>

#include <fmt/format.h>

#include "book/contract_value.hpp"

namespace ballast {
namespace {

template <class Tag>
bool multiple(Fixed<Tag> value, Fixed<Tag> step) {
  return step.zero() || value.raw % step.raw == 0;
}

template <class Tag>
Note because(std::string_view what, Fixed<Tag> value, std::string_view why, Fixed<Tag> bound) {
  const std::string text =
      fmt::format("{} {} {} {}", what, to_string(value), why, to_string(bound));
  return *Note::create(std::string_view(text).substr(0, Note::capacity));
}

/// What `min_notional` is held against: in the quote asset.
std::optional<Amount> quote_notional(const Instrument& instrument, Quantity qty, Price price) {
  const auto worth = instrument.inverse() ? product<Amount>(qty, instrument.contract_size)
                                          : value(instrument, qty, price);
  if (!worth) return std::nullopt;
  return worth->abs();
}

}  // namespace

Quantity whole_lots(Quantity qty, Quantity lot) {
  return lot.zero() ? qty : Quantity::from_raw(qty.raw - qty.raw % lot.raw);
}

std::optional<Note> refusal(const Instrument& instrument, Quantity qty, Price price) {
  const TradingTerms& terms = instrument.terms;
  if (qty.sign() <= 0) return because("quantity", qty, "is not above", Quantity{});
  if (price.sign() <= 0) return because("price", price, "is not above", Price{});
  if (!multiple(price, terms.tick)) return because("price", price, "is off the tick", terms.tick);
  if (!multiple(qty, terms.lot)) return because("quantity", qty, "is off the lot", terms.lot);
  if (qty < terms.min_qty) return because("quantity", qty, "is below", terms.min_qty);
  const auto worth = quote_notional(instrument, qty, price);
  if (!worth) return Note("the notional leaves the decimal range");
  if (*worth < terms.min_notional)
    return because("notional", *worth, "is below", terms.min_notional);
  return std::nullopt;
}

}  // namespace ballast
