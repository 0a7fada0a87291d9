// What do a price, its greeks and an implied volatility cost on one core, beside QuantLib and
// beside a plain loop over the C library?
//
// A chain of 1,700 options, as Deribit lists on one coin: twelve expiries from a week to a year,
// one after the other, with strikes within 30 % either side of the forward. The counter `option` is
// the time of one.
//
//   scalar        one at a time: price and all twelve greeks
//   scalar_price  one at a time: price alone
//   batched/N     price and five greeks (delta, gamma, vega, theta, rho) of the whole chain, on the
//                 path 0 (baseline), 1 (avx2) or 2 (avx512)
//   libm          price and five greeks by the textbook's formulas, erfc, exp and log of the C
//                 library
//   libmvec       the same, eight options at a time, by the vector functions of the C library
//   quantlib      the same by QuantLib's BlackCalculator
//   batched_beside_libm, batched_beside_libmvec  ours by the widest path and each of these in turns
//   implied, implied_quantlib  the volatility of each price, the option out of the money;
//                 QuantLib's to 1e-12
//   implied_batched/N  ours of the whole chain at once, by path
//   implied_beside_quantlib  both in turns
#include <cmath>
#include <numbers>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <benchmark/benchmark.h>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/blackformula.hpp>

#include "base/contract.hpp"
#include "base/rng.hpp"
#include "in_turns.hpp"
#include "quant/pricing/black_batch.hpp"
#include "quant/pricing/implied_vol.hpp"
#include "quant/pricing/implied_vol_batch.hpp"

namespace ballast {
namespace {

struct Chain {
  Chain() {
    constexpr std::size_t size = 1700;
    constexpr std::size_t expiries = 12;
    Rng rng(1);
    for (std::size_t i = 0; i < size; ++i) {
      const double of_expiries = static_cast<double>(i * expiries / size + 1) / expiries;
      forward.push_back(60'000.0);
      strike.push_back(60'000.0 * std::exp(0.6 * (rng.uniform() - 0.5)));
      years.push_back(0.02 + of_expiries * of_expiries);
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

struct Six {
  double price, delta, gamma, vega, theta, rho;
};

BlackColumns six_columns(Chain& chain) {
  return {.price = chain.answers[0],
          .delta = chain.answers[1],
          .gamma = chain.answers[2],
          .vega = chain.answers[3],
          .theta = chain.answers[4],
          .rho = chain.answers[5]};
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
  const BlackColumns columns = six_columns(chain);
  for (auto _ : state) {
    const auto done = black76_batch(batch, columns, path);
    BALLAST_ASSERT(done.has_value());
    benchmark::ClobberMemory();
  }
  state.counters["option"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(chain.size()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

Six by_libm(const Black76Input& o) {
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
}

void libm(benchmark::State& state) { run_each(state, by_libm); }

void run_batched(Chain& chain, const BlackColumns& columns) {
  const auto done = black76_batch(
      {chain.right, chain.forward, chain.strike, chain.years, chain.vol, {}}, columns);
  BALLAST_ASSERT(done.has_value());
  benchmark::ClobberMemory();
}

void batched_beside_libm(benchmark::State& state) {
  Chain chain;
  const BlackColumns columns = six_columns(chain);
  in_turns(
      state, static_cast<double>(chain.size()), 8, [&] { run_batched(chain, columns); },
      [&] {
        for (std::size_t i = 0; i < chain.size(); ++i)
          benchmark::DoNotOptimize(by_libm(chain.option(i)));
      });
}

#if defined(__x86_64__)
// By their names in glibc's x86-64 vector ABI: what g++ calls when it may reorder arithmetic.
extern "C" {
__m512d _ZGVeN8v_exp(__m512d);
__m512d _ZGVeN8v_log(__m512d);
__m512d _ZGVeN8v_erfc(__m512d);
}

/// `count` is of whole vectors.
[[gnu::target("avx512f")]] void by_libmvec(Chain& chain,
                                           const std::vector<double>& sign,
                                           std::size_t count) {
  const __m512d half = _mm512_set1_pd(0.5);
  const __m512d per_root_2 = _mm512_set1_pd(1.0 / std::numbers::sqrt2);
  const __m512d per_root_2_pi = _mm512_set1_pd(0.3989422804014327);
  const auto put = [&](int column, std::size_t i, __m512d value)
      __attribute__((target("avx512f"), always_inline)) {
    _mm512_storeu_pd(chain.answers[column].data() + i, value);
  };
  for (std::size_t i = 0; i < count; i += 8) {
    const __m512d w = _mm512_loadu_pd(sign.data() + i);
    const __m512d f = _mm512_loadu_pd(chain.forward.data() + i);
    const __m512d k = _mm512_loadu_pd(chain.strike.data() + i);
    const __m512d t = _mm512_loadu_pd(chain.years.data() + i);
    const __m512d v = _mm512_loadu_pd(chain.vol.data() + i);
    const __m512d root = _mm512_sqrt_pd(t);
    const __m512d s = v * root;
    const __m512d d1 = _ZGVeN8v_log(f / k) / s + half * s;
    const __m512d d2 = d1 - s;
    const __m512d n1 = half * _ZGVeN8v_erfc(-w * d1 * per_root_2);
    const __m512d n2 = half * _ZGVeN8v_erfc(-w * d2 * per_root_2);
    const __m512d density = _ZGVeN8v_exp(-half * d1 * d1) * per_root_2_pi;
    const __m512d price = w * (f * n1 - k * n2);
    put(0, i, price);
    put(1, i, w * n1);
    put(2, i, density / (f * s));
    put(3, i, f * density * root);
    put(4, i, -half * f * density * v / root);
    put(5, i, -t * price);
  }
}

void batched_beside_libmvec(benchmark::State& state) {
  if (!has_vector_path(VectorPath::avx512)) {
    state.SkipWithError("this processor has no such instructions");
    return;
  }
  Chain chain;
  Chain theirs;
  std::vector<double> sign;
  for (const OptionRight right : chain.right)
    sign.push_back(right == OptionRight::call ? 1.0 : -1.0);
  const std::size_t count = chain.size() / 8 * 8;
  const BlackColumns columns = six_columns(chain);
  in_turns(
      state, static_cast<double>(count), 4, [&] { run_batched(chain, columns); },
      [&] {
        for (int round = 0; round < 4; ++round)
          by_libmvec(theirs, sign, count);
        benchmark::ClobberMemory();
      });
  double apart = 0.0;
  for (std::size_t i = 0; i < count; ++i)
    apart = std::max(apart, std::fabs(chain.answers[0][i] - theirs.answers[0][i]) / 60'000.0);
  state.counters["apart"] = apart;
  state.counters["theirs_ns"] = state.counters["theirs_ns"] / 4.0;
  state.counters["ratio"] = state.counters["ratio"] / 4.0;
}
BENCHMARK(batched_beside_libmvec);
#endif

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

double by_quantlib(const ImpliedVolInput& quote) {
  return QuantLib::blackFormulaImpliedStdDev(type_of(quote.right), quote.strike, quote.forward,
                                             quote.price, 1.0, 0.0,
                                             QuantLib::Null<QuantLib::Real>(), 1e-12);
}

void implied_quantlib(benchmark::State& state) { run_implied(state, by_quantlib); }

/// Columns of prices, and where their volatilities go.
struct PricedChain {
  PricedChain() {
    for (std::size_t i = 0; i < chain.size(); ++i)
      prices.push_back(*black76_price(chain.option(i)));
    vols.resize(chain.size());
    status.resize(chain.size());
  }
  ImpliedVolInput quote(std::size_t i) const {
    return {chain.right[i], chain.forward[i], chain.strike[i], chain.years[i], prices[i]};
  }
  void invert(VectorPath path) {
    const auto found = implied_vol_batch(
        {chain.right, chain.forward, chain.strike, chain.years, prices}, vols, status, path);
    BALLAST_ASSERT(found && *found == chain.size());
    benchmark::ClobberMemory();
  }

  Chain chain;
  std::vector<double> prices;
  std::vector<double> vols;
  std::vector<ImpliedVolStatus> status;
};

void implied_batched(benchmark::State& state) {
  PricedChain priced;
  const auto path = static_cast<VectorPath>(state.range(0));
  state.SetLabel(std::string(to_string(path)));
  if (!has_vector_path(path)) {
    state.SkipWithError("this processor has no such instructions");
    return;
  }
  for (auto _ : state)
    priced.invert(path);
  state.counters["option"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(priced.vols.size()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void implied_beside_quantlib(benchmark::State& state) {
  PricedChain priced;
  in_turns(
      state, static_cast<double>(priced.vols.size()), 12,
      [&] { priced.invert(widest_vector_path()); },
      [&] {
        for (std::size_t i = 0; i < priced.vols.size(); ++i)
          benchmark::DoNotOptimize(by_quantlib(priced.quote(i)));
      });
}

BENCHMARK(scalar);
BENCHMARK(scalar_price);
BENCHMARK(batched)->Arg(0)->Arg(1)->Arg(2);
BENCHMARK(libm);
BENCHMARK(batched_beside_libm);
BENCHMARK(quantlib);
BENCHMARK(implied);
BENCHMARK(implied_quantlib);
BENCHMARK(implied_batched)->Arg(0)->Arg(1)->Arg(2);
BENCHMARK(implied_beside_quantlib)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ballast
