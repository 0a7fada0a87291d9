// What does a surface cost: the smiles of a whole chain by raw SVI, free of arbitrage, with SSVI
// across them?
//
// A chain of 12 expiries from two days to a year and a half, 68 strikes each, as a venue lists it:
// the smiles of a desk's surface with noise on every quote, spreads of half a vol to several, and a
// tenth of the quotes with one side.
//
//   chain     prices in coin to implied vols, smiles, and SSVI
//   smiles    the fits of the smiles alone
//   surface   the fit of SSVI alone
#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/rng.hpp"
#include "quant/pricing/black.hpp"
#include "quant/pricing/chain_calibration.hpp"

namespace ballast {
namespace {

constexpr int strikes = 68;
constexpr double days[] = {2, 3, 5, 9, 16, 30, 44, 72, 135, 226, 317, 500};
constexpr Timestamp snapshot{1'770'292'800'000'000'000};  // 2026-02-05T12:00:00Z

RawSvi smile_of(double years) {
  const double theta = 0.36 * years * (1.0 + 0.3 * std::exp(-8.0 * years));
  return ssvi_slice({-0.3, 0.9, 0.45}, theta);
}

/// Both sides about the price, in coin.
OptionChain made_chain(std::uint64_t seed) {
  Rng rng(seed);
  OptionChain chain{.underlying = "BTC", .at = snapshot, .expiries = {}};
  for (const double day : days) {
    const double years = day / option_year_days;
    constexpr double forward = 60'000.0;
    ChainExpiry expiry{
        snapshot + Duration::days(static_cast<std::int64_t>(day)), years, forward, {}};
    const double width = 3.2 * std::sqrt(0.4 * years);
    for (int i = 0; i < strikes; ++i) {
      const double k = width * (2.0 * (i + 0.5) / strikes - 1.0);
      const OptionRight right = k >= 0.0 ? OptionRight::call : OptionRight::put;
      const double strike = forward * std::exp(k);
      const double vol = std::sqrt(svi_total_variance(smile_of(years), k) / years);
      const double half = 0.005 + 0.02 * rng.uniform() * std::fabs(k) / width;
      const double middle = vol + 0.004 * rng.normal();
      const auto coin = [&](double at) {
        return *black76_price({right, forward, strike, years, at}) / forward;
      };
      OptionQuote quote{.right = right, .strike = strike, .forward = forward};
      const double kind = rng.uniform();
      if (kind > 0.05) quote.bid = coin(middle - half);
      if (kind < 0.95) quote.ask = coin(middle + half);
      expiry.quotes.push_back(quote);
    }
    chain.expiries.push_back(std::move(expiry));
  }
  return chain;
}

std::vector<OptionChain> made_chains() {
  std::vector<OptionChain> chains;
  for (std::uint64_t seed = 1; seed <= 8; ++seed)
    chains.push_back(made_chain(seed));
  return chains;
}

void chain(benchmark::State& state) {
  const auto chains = made_chains();
  std::size_t next = 0;
  double rmse = 0.0;
  bool is_free = true;
  for (auto _ : state) {
    const auto fit = fit_svi_chain(chains[next++ % chains.size()]);
    if (!fit) {
      state.SkipWithError(fit.error().what.c_str());
      break;
    }
    rmse = std::max(rmse, fit->rmse_vol);
    is_free = is_free && fit->is_free();
  }
  state.counters["rmse_vol"] = rmse;
  state.counters["is_free"] = is_free ? 1.0 : 0.0;
}
BENCHMARK(chain)->Unit(benchmark::kMillisecond);

std::vector<ChainSmile> smiles_of(const OptionChain& chain) {
  std::vector<ChainSmile> smiles;
  for (const ChainExpiry& expiry : chain.expiries)
    smiles.push_back(*chain_smile(expiry));
  return smiles;
}

void smiles(benchmark::State& state) {
  const auto quoted = smiles_of(made_chain(1));
  int iterations = 0;
  for (auto _ : state) {
    RawSvi earlier;
    iterations = 0;
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      const auto fit = fit_svi(quoted[i].quotes, quoted[i].years, i == 0 ? nullptr : &earlier);
      if (!fit) {
        state.SkipWithError(fit.error().what.c_str());
        break;
      }
      earlier = fit->svi;
      iterations += fit->iterations;
    }
  }
  state.counters["iterations"] = iterations;
}
BENCHMARK(smiles)->Unit(benchmark::kMillisecond);

void surface(benchmark::State& state) {
  const auto quoted = smiles_of(made_chain(1));
  std::vector<SmileExpiry> expiries;
  expiries.reserve(quoted.size());
  for (const ChainSmile& smile : quoted)
    expiries.push_back({smile.years, smile.quotes});
  int iterations = 0;
  for (auto _ : state) {
    const auto fit = fit_ssvi(expiries);
    if (!fit) {
      state.SkipWithError(fit.error().what.c_str());
      break;
    }
    iterations = fit->iterations;
  }
  state.counters["iterations"] = iterations;
}
BENCHMARK(surface)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ballast
