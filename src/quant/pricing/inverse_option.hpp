// European options settled in coin, as Deribit lists them, on the forward F of the coin:
//
//   payoff in coin   call max(S - K, 0) / S, put max(K - S, 0) / S, at the settlement price S
//   price in coin    c = V / F, V: Black's price in quote, undiscounted, since premium and payoff
//                    are in the coin that the forward is carried in
//   parity           call - put = 1 - K / F
//
// Three deltas in coins per contract of one coin, each with its name:
//   delta         dV/dF, Black's: the coins that hedge the value in quote, premium aside
//   delta_net     delta - c = F dc/dF: what a book kept in coin holds, call (K/F) N(d2), put -(K/F)
//                 N(-d2); as shown by Deribit
//   delta_equity  delta_net and the coins that the option has left behind, c - premium: how the
//                 value in quote of the account's coins moves
// A put may be worth more than a coin, without bound as F falls.
// Source: Black (1976); Deribit's contract specifications ("delta (net) = BS delta - mark price").
// Tests: refs/inverse_options.csv; parity; finite differences in coin.
#pragma once

#include "base/result.hpp"
#include "quant/pricing/black.hpp"

namespace ballast {

struct InverseOptionInput {
  OptionRight right = OptionRight::call;
  double forward = 0.0;       // F, quote per coin, > 0
  double strike = 0.0;        // K, quote per coin, >= 0
  double years = 0.0;         // to expiry, >= 0
  double vol = 0.0;           // annual, >= 0
  double premium_coin = 0.0;  // paid for it (received, when short), >= 0; only delta_equity asks
};

/// Of one contract on one coin, held long.
struct InverseOption {
  double price_coin = 0.0;
  double price = 0.0;  // in quote: price_coin F
  double delta = 0.0;
  double delta_net = 0.0;
  double delta_equity = 0.0;
  double slope_coin = 0.0;  // dc/dF, coin per quote: delta_net / F
  double gamma = 0.0;       // d2V/dF2, 1 / quote
  double gamma_coin = 0.0;  // d2c/dF2, coin per quote squared: gamma/F - 2 delta_net/F^2
  double gamma_net = 0.0;   // d delta_net / dF, coin per quote: gamma - delta_net / F
  double vega = 0.0;        // dV/dvol, quote per 1.00
  double vega_coin = 0.0;   // dc/dvol, coin per 1.00
  double theta = 0.0;       // dV/dt, quote per year
  double theta_coin = 0.0;  // dc/dt, coin per year
};

/// Errors: bad_input; overflow, where a greek is no finite number.
Result<InverseOption> inverse_option(const InverseOptionInput& input);

}  // namespace ballast
