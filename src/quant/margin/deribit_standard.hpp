// Deribit's standard margin: each position by itself, and the sum.
//
//   future, perpetual   initial (2 % + 0.005 % size) size, maintenance (1 % + 0.005 % size) size
//   short call          initial max(15 % - out / F, 10 %) + mark, maintenance 7.5 % + mark
//   short put           initial max(max(15 % - out / F, 10 %) + mark, maintenance),
//                       maintenance max(7.5 %, 7.5 % mark) + mark
//   long option         none: its premium is paid
//
// per coin of the option, in coins; F: its forward, out: how far it is out of the money, in quote.
// Settled in quote, futures are margined on the index and options on their forward: the same
// formulas times that price, with a mark in quote divided by it.
// Futures are homogeneous of degree two in size beyond their first term: margin does not add up
// over parts of one position. That of options does.
// Source: Deribit, "Linear Perpetual" (support article 25944738177565), "Margin changes" of 11
// January 2022 (support article 25944826427293), contract specifications of options. Exchanges
// change such rules: all are parameters.
// Tests: the published examples; identities between settlements; sizes; errors.
#pragma once

#include <vector>

#include "quant/margin/deribit_book.hpp"

namespace ballast {

/// Shares of the position, >= 0; the defaults are BTC's.
struct DeribitFutureRules {
  double initial = 0.02;
  double maintenance = 0.01;
  double per_coin = 0.00005;  // more of both for each coin of size
};
constexpr DeribitFutureRules deribit_eth_futures{.per_coin = 0.000004};
constexpr DeribitFutureRules deribit_sol_futures{
    .initial = 0.04, .maintenance = 0.02, .per_coin = 0.000005};

/// Shares of the underlying, >= 0; the defaults are those of BTC and ETH.
struct DeribitOptionRules {
  double initial = 0.15;  // at the money; less by what the option is out of it
  double initial_min = 0.10;
  double maintenance = 0.075;
  double put_mark_maintenance = 0.075;  // of a short put's mark: in place of it where it is more
};

struct DeribitStandardRules {
  DeribitFutureRules futures = {};
  DeribitOptionRules options = {};
};

struct DeribitStandardMargin {
  DeribitMargin total;
  std::vector<DeribitMargin> positions;  // as those of the book
};

/// Errors: bad_input, naming the position; overflow.
Result<DeribitStandardMargin> deribit_standard_margin(const DeribitBook& book,
                                                      const DeribitStandardRules& rules = {});

}  // namespace ballast
