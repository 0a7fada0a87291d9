#include "quant/pricing/inverse_option.hpp"

#include "quant/control/domain.hpp"

namespace ballast {

Result<InverseOption> inverse_option(const InverseOptionInput& input) {
  BALLAST_CHECK(require_not_negative("premium_coin", input.premium_coin));
  BALLAST_TRY(quote, black76({.right = input.right,
                              .forward = input.forward,
                              .strike = input.strike,
                              .years = input.years,
                              .vol = input.vol}));
  // delta - c cancels in the wings. (K/F) N(d2) does not, and N(d2) is the delta, but for its sign,
  // of the other right with F and K exchanged.
  double net = 0.0;
  if (input.strike > 0.0) {
    const bool call = input.right == OptionRight::call;
    BALLAST_TRY(exchanged, black76({.right = call ? OptionRight::put : OptionRight::call,
                                    .forward = input.strike,
                                    .strike = input.forward,
                                    .years = input.years,
                                    .vol = input.vol}));
    net = -exchanged.delta * (input.strike / input.forward);
  }
  InverseOption option{.price_coin = quote.price / input.forward,
                       .price = quote.price,
                       .delta = quote.delta,
                       .delta_net = net,
                       .slope_coin = net / input.forward,
                       .gamma = quote.gamma,
                       .gamma_net = quote.gamma - net / input.forward,
                       .vega = quote.vega,
                       .vega_coin = quote.vega / input.forward,
                       .theta = quote.theta,
                       .theta_coin = quote.theta / input.forward};
  option.delta_equity = net + (option.price_coin - input.premium_coin);
  option.gamma_coin = (quote.gamma - 2.0 * option.slope_coin) / input.forward;
  return option;
}

}  // namespace ballast
