// What do a price, its greeks and an implied volatility cost on one core, beside QuantLib and
// beside a plain loop over the C library?
//
// A chain of 1,700 options, as Deribit lists on one coin: strikes within 30 % either side of the
// forward, expiries from a week to a year. The counter `option` is the time of one.
//
//   scalar        one at a time: price and all twelve greeks
//   scalar_price  one at a time: price alone
//   batched/N     price and five greeks (delta, gamma, vega, theta, rho) of the whole chain, on the
//                 path 0 (baseline), 1 (avx2) or 2 (avx512)
//   libm          price and five greeks by the textbook's formulas, erfc, exp and log of the C
//   library quantlib      the same by QuantLib's BlackCalculator implied, implied_quantlib  the
//   volatility of each price, the option out of the money; QuantLib's to
//                 1e-12
#include <cmath>
#include <numbers>
#include <vector>

#include <benchmark/benchmark.h>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/blackformula.hpp>

#include "base/contract.hpp"
#include "base/rng.hpp"
#include "quant/pricing/black_batch.hpp"
#include "quant/pricing/implied_vol.hpp"

namespace ballast {
namespace {

struct Chain {
  Chain() {
    constexpr std::size_t size = 1700;
    Rng rng(1);
    for (std::size_t i = 0; i < size; ++i) {
      forward.push_back(60'000.0);
      strike.push_back(60'000.0 * std::exp(0.6 * (rng.uniform() - 0.5)));
      years.push_back(0.02 + rng.uniform());
      vol.push_back(0.3 + 0.7 * rng.uniform());
      right.push_back(strike.back() >= 60'000.0 ? OptionRight::call : OptionRight::put);
    }
    for (auto& column : answers)
      column.resize(size);
  }
  std::size_t size() const { return right.size(); }
  Black76Input option(std::size_t i) const {
    return {right[i], forward[i], strike[i], years[i], vol[i]};
  }

  std::vector<OptionRight> right;
  std::vector<double> forward, strike, years, vol;
  std::vector<double> answers[6];
};

template <class Each>
void run_each(benchmark::State& state, const Each& each) {
  const Chain chain;
  for (auto _ : state) {
    for (std::size_t i = 0; i < chain.size(); ++i)
      benchmark::DoNotOptimize(each(chain.option(i)));
  }
  state.counters["option"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(chain.size()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void scalar(benchmark::State& state) {
  run_each(state, [](const Black76Input& input) { return black76(input)->gamma; });
}

void scalar_price(benchmark::State& state) {
  run_each(state, [](const Black76Input& input) { return *black76_price(input); });
}

void batched(benchmark::State& state) {
  Chain chain;
  const auto path = static_cast<VectorPath>(state.range(0));
  state.SetLabel(std::string(to_string(path)));
  if (path > widest_vector_path()) {
    state.SkipWithError("this processor has no such instructions");
    return;
  }
  const Black76Batch batch{chain.right, chain.forward, chain.strike, chain.years, chain.vol, {}};
  const BlackColumns columns{.price = chain.answers[0],
                             .delta = chain.answers[1],
                             .gamma = chain.answers[2],
                             .vega = chain.answers[3],
                             .theta = chain.answers[4],
                             .rho = chain.answers[5]};
  for (auto _ : state) {
    const auto done = black76_batch(batch, columns, path);
    BALLAST_ASSERT(done.has_value());
    benchmark::ClobberMemory();
  }
  state.counters["option"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(chain.size()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

struct Six {
  double price, delta, gamma, vega, theta, rho;
};

void libm(benchmark::State& state) {
  run_each(state, [](const Black76Input& o) {
    const double sign = o.right == OptionRight::call ? 1.0 : -1.0;
    const double root = std::sqrt(o.years);
    const double s = o.vol * root;
    const double d1 = std::log(o.forward / o.strike) / s + 0.5 * s;
    const double d2 = d1 - s;
    const double n1 = 0.5 * std::erfc(-sign * d1 / std::numbers::sqrt2);
    const double n2 = 0.5 * std::erfc(-sign * d2 / std::numbers::sqrt2);
    const double density = std::exp(-0.5 * d1 * d1) / std::sqrt(2.0 * std::numbers::pi);
    const double price = sign * (o.forward * n1 - o.strike * n2);
    return Six{price,
               sign * n1,
               density / (o.forward * s),
               o.forward * density * root,
               -o.forward * density * o.vol / (2.0 * root),
               -o.years * price};
  });
}

QuantLib::Option::Type type_of(OptionRight right) {
  return right == OptionRight::call ? QuantLib::Option::Call : QuantLib::Option::Put;
}

void quantlib(benchmark::State& state) {
  run_each(state, [](const Black76Input& o) {
    const QuantLib::BlackCalculator theirs(type_of(o.right), o.strike, o.forward,
                                           o.vol * std::sqrt(o.years));
    return Six{theirs.value(),
               theirs.deltaForward(),
               theirs.gammaForward(),
               theirs.vega(o.years),
               theirs.theta(o.forward, o.years),
               theirs.rho(o.years)};
  });
}

template <class Solve>
void run_implied(benchmark::State& state, const Solve& solve) {
  const Chain chain;
  std::vector<ImpliedVolInput> quotes;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Black76Input o = chain.option(i);
    quotes.push_back({o.right, o.forward, o.strike, o.years, *black76_price(o)});
  }
  for (auto _ : state) {
    for (const ImpliedVolInput& quote : quotes)
      benchmark::DoNotOptimize(solve(quote));
  }
  state.counters["option"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(chain.size()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void implied(benchmark::State& state) {
  run_implied(state, [](const ImpliedVolInput& quote) { return *implied_vol(quote); });
}

void implied_quantlib(benchmark::State& state) {
  run_implied(state, [](const ImpliedVolInput& quote) {
    return QuantLib::blackFormulaImpliedStdDev(type_of(quote.right), quote.strike, quote.forward,
                                               quote.price, 1.0, 0.0,
                                               QuantLib::Null<QuantLib::Real>(), 1e-12);
  });
}

BENCHMARK(scalar);
BENCHMARK(scalar_price);
BENCHMARK(batched)->Arg(0)->Arg(1)->Arg(2);
BENCHMARK(libm);
BENCHMARK(quantlib);
BENCHMARK(implied);
BENCHMARK(implied_quantlib);

}  // namespace
}  // namespace ballast
