// Prices and greeks of black.hpp for many options, as a structure of arrays.
//
// The kernel is compiled for several processors and chosen when the program runs; all give the same
// bits as black76() and black_scholes(), for where one fuses a product and a sum all do. On a
// processor that cannot (x86-64 before 2013) libm does it instead: some 40 times slower than
// avx512. Nothing is allocated; safe to call from several threads. Tests: against the scalar forms
// bit for bit, at every length and on every path.
#pragma once

#include <span>

#include "base/result.hpp"
#include "quant/pricing/black.hpp"
#include "quant/pricing/vector_path.hpp"

namespace ballast {

/// Option i is the i-th of every span; all are of one length. Domains as in Black76Input.
struct Black76Batch {
  std::span<const OptionRight> right = {};
  std::span<const double> forward = {};
  std::span<const double> strike = {};
  std::span<const double> years = {};
  std::span<const double> vol = {};
  std::span<const double> discount = {};  // empty: 1 throughout
};

/// Domains as in BlackScholesInput.
struct BlackScholesBatch {
  std::span<const OptionRight> right = {};
  std::span<const double> spot = {};
  std::span<const double> strike = {};
  std::span<const double> years = {};
  std::span<const double> vol = {};
  std::span<const double> rate = {};
  std::span<const double> yield = {};
};

/// Where the answers go, named as in BlackGreeks. A column that is empty is not computed; the
/// others are as long as the batch, and overlap neither it nor one another.
struct BlackColumns {
  std::span<double> price = {};
  std::span<double> delta = {};
  std::span<double> gamma = {};
  std::span<double> vega = {};
  std::span<double> theta = {};
  std::span<double> rho = {};
  std::span<double> vanna = {};
  std::span<double> volga = {};
  std::span<double> charm = {};
  std::span<double> speed = {};
  std::span<double> color = {};
  std::span<double> zomma = {};
  std::span<double> ultima = {};
};

/// Errors: bad_input (also for spans of other lengths) or overflow, naming the first option that is
/// wrong; the columns then hold nothing of use. A greek that was not asked for is not looked at.
Result<void> black76_batch(const Black76Batch& batch, const BlackColumns& columns);
Result<void> black_scholes_batch(const BlackScholesBatch& batch, const BlackColumns& columns);

/// The same on a narrower path. One that the processor does not have is bad_input.
Result<void> black76_batch(const Black76Batch& batch, const BlackColumns& columns, VectorPath path);

}  // namespace ballast
