#include "book/trade_fee.hpp"

#include <algorithm>

#include "book/contract_value.hpp"

namespace ballast {
namespace {

std::optional<Amount> share_of(Decimal rate, std::optional<Amount> worth) {
  if (!worth) return std::nullopt;
  const auto share = product<Amount>(worth->abs(), rate);
  return share ? std::optional(*share) : std::nullopt;
}

std::optional<Amount> option_fee(const Instrument& option, const FeeInput& input, Decimal rate) {
  const Contract contract = Contract::of(option);
  if (!contract.trades_at(input.price)) return std::nullopt;
  const auto coin = contract.paid_in_base ? std::optional(Price::whole(1)) : input.underlying;
  if (!coin) return std::nullopt;
  const auto fee = share_of(rate, value(contract, input.qty, *coin));
  if (!fee || !option.terms.fee_cap) return fee;
  const auto most = share_of(*option.terms.fee_cap, value(contract, input.qty, input.price));
  if (!most) return std::nullopt;
  return std::clamp(*fee, -*most, *most);
}

}  // namespace

bool needs_underlying(const Instrument& instrument) {
  const bool free = instrument.terms.maker_fee.zero() && instrument.terms.taker_fee.zero();
  return instrument.option() && instrument.settlement() == instrument.quote && !free;
}

std::optional<Fee> trade_fee(const Instrument& instrument, const FeeInput& input) {
  const TradingTerms& terms = instrument.terms;
  const Decimal rate = input.liquidity == Liquidity::maker ? terms.maker_fee : terms.taker_fee;
  if (rate.zero()) return Fee{Amount{}, instrument.settlement()};
  const auto amount = instrument.option()
                          ? option_fee(instrument, input, rate)
                          : share_of(rate, value(Contract::of(instrument), input.qty, input.price));
  if (!amount) return std::nullopt;
  return Fee{*amount, instrument.settlement()};
}

}  // namespace ballast
