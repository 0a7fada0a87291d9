#include "control/option_exposure.hpp"

#include <fmt/format.h>

namespace ballast {
namespace {

/// Coins that one coin's option costs; 0 for one paid in quote.
double price_in_coin(const OptionNow& option) {
  return option.terms.paid_in == PaidIn::coin ? option.unit.price / option.forward : 0.0;
}

/// What one coin's option adds to a factor.
double unit_exposure(const FactorConfig& factor, const OptionNow& option) {
  switch (factor.kind) {
    case FactorKind::gamma:
      return option.unit.gamma * option.forward / 100.0;
    case FactorKind::vega:
      return option.unit.vega / 100.0;
    case FactorKind::theta:
      return option.unit.theta / 365.0;
    default:
      break;
  }
  // Bought at what it is worth, an option adds as much equity in coin as its premium takes away.
  return factor.convention == DeltaConvention::delta ? option.unit.delta
                                                     : option.unit.delta - price_in_coin(option);
}

bool of_account(const FactorConfig& cash, const Place& place) {
  return cash.venue == place.venue && (cash.account.empty() || cash.account == place.account);
}

}  // namespace

bool counts_option(const Situation& situation,
                   const FactorConfig& factor,
                   const Instrument& option) {
  if (factor.kind != FactorKind::delta && !greek(factor.kind)) return false;
  if (factor.asset != option.base) return false;
  const Timestamp now = floor_to(situation.now(), OptionDesk::time_step);
  return *option.expiry <= now || factor.bucket.holds(*option.expiry - now);
}

std::optional<double> option_per_quantity(const Situation& situation,
                                          FactorId id,
                                          InstrumentId instrument,
                                          const Place& place) {
  const FactorConfig& factor = situation.desk().factor(id);
  const Instrument& option = situation.desk().instrument(instrument);
  const double size = to_double(option.contract_size);
  if (factor.kind == FactorKind::cash) {
    if (factor.asset != option.settlement() || !of_account(factor, place)) return 0.0;
    // What is bought costs the ask. Spreads of options are wide.
    const Top& top = situation.market().top(instrument);
    if (!top.ask_qty.zero()) return -size * to_double(top.ask);
    const Quoted& price = situation.market().price(instrument);
    if (!price.present) return std::nullopt;
    return -size * to_double(price.price);
  }
  if (!counts_option(situation, factor, option) || *option.expiry <= situation.now()) return 0.0;
  const auto now = situation.options().value(instrument, situation.now());
  if (!now) return std::nullopt;
  return size * unit_exposure(factor, *now);
}

std::string option_lack(const Situation& situation, FactorId id, InstrumentId instrument) {
  const auto now = situation.options().value(instrument, situation.now());
  if (!now) return now.error().what;
  const auto& max_age = situation.desk().factor(id).max_age;
  if (!max_age || situation.now() - now->surface_said <= *max_age) return {};
  return fmt::format("its volatility is older than {}", to_string(*max_age));
}

}  // namespace ballast
