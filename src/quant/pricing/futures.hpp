// Futures and perpetuals, linear (margined and settled in quote) and inverse (in coin, with
// contracts of a fixed amount of quote).
//
//   linear    profit N (mark - entry) in quote, N coins
//   inverse   profit N (1/entry - 1/mark) in coin, N quote; the position is N / mark coins
// A long inverse contract is short gamma in coin: d2/dmark2 = -2 N / mark^3.
// Tests: refs/inverse_options.csv, a published example of BitMEX, finite differences.
#pragma once

#include "base/result.hpp"

namespace ballast {

struct FutureInput {
  double contracts = 0.0;      // > 0: long
  double contract_size = 0.0;  // inverse: quote a contract; linear: coins a contract; > 0
  double entry = 0.0;          // quote per coin, > 0
  double mark = 0.0;           // quote per coin, > 0
};

struct InverseFuture {
  double pnl_coin = 0.0;
  double delta_coin = 0.0;    // N / mark: coins held in the contracts
  double delta_equity = 0.0;  // and those of the profit: how its value in quote moves
  double slope_coin = 0.0;    // d pnl_coin / d mark = N / mark^2, coin per quote
  double gamma_coin = 0.0;    // d2 pnl_coin / d mark2, coin per quote squared
};
/// Errors: bad_input; overflow.
Result<InverseFuture> inverse_future(const FutureInput& input);

struct LinearFuture {
  double pnl = 0.0;         // quote
  double pnl_coin = 0.0;    // what it is worth in coins at the mark
  double delta_coin = 0.0;  // N, whatever the mark
};
/// Errors: bad_input; overflow.
Result<LinearFuture> linear_future(const FutureInput& input);

}  // namespace ballast
