// What does Heston's model cost a desk: a price of a chain whose strikes share the characteristic
// function, a price with its derivatives, and a calibration of 40 quotes from one start?
//
// Eight expiries from a month to a year and a half, of five to forty strikes. Times are per option,
// and per calibration.
#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>

#include "quant/pricing/heston_calibration.hpp"

namespace ballast {
namespace {

constexpr HestonParameters market{0.08, 3.0, 0.10, 0.25, -0.8};
constexpr double expiries[] = {0.08, 0.16, 0.25, 0.4, 0.6, 0.8, 1.1, 1.6};

std::vector<HestonOption> chain(double years, int strikes) {
  std::vector<HestonOption> options;
  const double width = std::sqrt(market.theta * years);
  for (int i = 0; i < strikes; ++i) {
    const double place = -1.2 + 2.2 * i / (strikes - 1);
    options.push_back(
        {place < 0.0 ? OptionRight::put : OptionRight::call, 100.0 * std::exp(place * width)});
  }
  return options;
}

void price(benchmark::State& state) {
  const auto strikes = static_cast<int>(state.range(0));
  std::vector<double> prices(static_cast<std::size_t>(strikes));
  for (auto _ : state) {
    for (const double years : expiries) {
      const auto options = chain(years, strikes);
      const auto priced = heston_prices(market, {100.0, 1.0, years}, options, prices);
      if (!priced) state.SkipWithError(priced.error().what.c_str());
      benchmark::DoNotOptimize(prices.data());
    }
  }
  const double options = static_cast<double>(std::size(expiries)) * strikes;
  state.counters["us_per_option"] = benchmark::Counter(
      options * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(price)->Arg(5)->Arg(10)->Arg(40);

void price_and_derivatives(benchmark::State& state) {
  const auto strikes = static_cast<int>(state.range(0));
  std::vector<HestonValue> values(static_cast<std::size_t>(strikes));
  for (auto _ : state) {
    for (const double years : expiries) {
      const auto options = chain(years, strikes);
      const auto valued = heston_values(market, {100.0, 1.0, years}, options, values);
      if (!valued) state.SkipWithError(valued.error().what.c_str());
      benchmark::DoNotOptimize(values.data());
    }
  }
  const double options = static_cast<double>(std::size(expiries)) * strikes;
  state.counters["us_per_option"] = benchmark::Counter(
      options * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(price_and_derivatives)->Arg(5)->Arg(10)->Arg(40);

void calibration_of_40_quotes(benchmark::State& state) {
  std::vector<HestonQuote> quotes;
  for (const double years : expiries) {
    const auto options = chain(years, 5);
    std::vector<double> prices(options.size());
    if (!heston_prices(market, {100.0, 1.0, years}, options, prices))
      state.SkipWithError("the market cannot be priced");
    for (std::size_t i = 0; i < options.size(); ++i)
      quotes.push_back({.expiry = {100.0, 1.0, years}, .option = options[i], .price = prices[i]});
  }
  HestonCalibrationOptions from_afar;
  from_afar.starts = {{0.2, 1.2, 0.2, 0.6, -0.3}};
  int iterations = 0;
  double error = 0.0;
  for (auto _ : state) {
    const auto calibration = calibrate_heston(quotes, from_afar);
    if (!calibration) {
      state.SkipWithError(calibration.error().what.c_str());
      break;
    }
    iterations = calibration->iterations;
    error = std::fabs(calibration->parameters.kappa - market.kappa);
  }
  state.counters["iterations"] = iterations;
  state.counters["kappa_error"] = error;
}
BENCHMARK(calibration_of_40_quotes)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ballast
