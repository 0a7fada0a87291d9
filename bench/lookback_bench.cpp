// What does a lookback cost, by its formula and along paths, beside QuantLib?
//
//   formulas  floating and fixed, call and put, watched continuously: the time of one
//   paths/N   Monte Carlo under Heston's model by the quadratic-exponential scheme with the
//             martingale correction: the time of one step of one path. 0: both look at their paths
//             at the steps alone. 1: ours draw the extreme between them as well
//   quantlib_engine  QuantLib's own Monte Carlo of lookbacks, which is of Black and Scholes: the
//             time of a step
#include "quant/pricing/lookback.hpp"

#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>
#include <ql/instruments/lookbackoption.hpp>
#include <ql/math/randomnumbers/rngtraits.hpp>
#include <ql/methods/montecarlo/multipathgenerator.hpp>
#include <ql/pricingengines/lookback/analyticcontinuousfixedlookback.hpp>
#include <ql/pricingengines/lookback/analyticcontinuousfloatinglookback.hpp>
#include <ql/pricingengines/lookback/mclookbackengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/processes/hestonprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>

#include "base/contract.hpp"
#include "in_turns.hpp"
#include "quant/pricing/heston_paths.hpp"

namespace ballast {
namespace {

namespace ql = QuantLib;

constexpr double spot = 100.0;
constexpr double rate = 0.05;
constexpr double yield = 0.02;
constexpr double vol = 0.3;
constexpr HestonParameters parameters{0.09, 2.0, 0.09, 0.5, -0.6};
constexpr int half_year = 182;
constexpr double years = half_year / 365.0;

/// The same market.
struct Theirs {
  Theirs() {
    ql::Settings::instance().evaluationDate() = today;
    const auto flat = [&](double of) {
      return ql::Handle<ql::YieldTermStructure>(
          ql::ext::make_shared<ql::FlatForward>(today, of, ql::Actual365Fixed()));
    };
    const ql::Handle<ql::Quote> now(ql::ext::make_shared<ql::SimpleQuote>(spot));
    black = ql::ext::make_shared<ql::BlackScholesMertonProcess>(
        now, flat(yield), flat(rate),
        ql::Handle<ql::BlackVolTermStructure>(ql::ext::make_shared<ql::BlackConstantVol>(
            today, ql::NullCalendar(), vol, ql::Actual365Fixed())));
    const HestonParameters& p = parameters;
    heston = ql::ext::make_shared<ql::HestonProcess>(
        flat(rate), flat(yield), now, p.v0, p.kappa, p.theta, p.sigma, p.rho,
        ql::HestonProcess::QuadraticExponentialMartingale);
    exercise = ql::ext::make_shared<ql::EuropeanExercise>(today + half_year);
  }
  ql::Date today{5, ql::February, 2026};
  ql::ext::shared_ptr<ql::BlackScholesMertonProcess> black;
  ql::ext::shared_ptr<ql::HestonProcess> heston;
  ql::ext::shared_ptr<ql::Exercise> exercise;
};

void formulas(benchmark::State& state) {
  const Theirs theirs;
  constexpr double low = 90.0;
  constexpr double high = 108.0;
  constexpr double strike = 95.0;
  const LookbackMarket market{spot, rate, yield, vol};
  const std::vector<Lookback> lookbacks{
      {LookbackStyle::floating, OptionRight::call, years, {}, low},
      {LookbackStyle::floating, OptionRight::put, years, {}, high},
      {LookbackStyle::fixed, OptionRight::call, years, strike, high},
      {LookbackStyle::fixed, OptionRight::put, years, strike, low}};
  std::vector<ql::ext::shared_ptr<ql::Instrument>> options;
  const auto floating_engine =
      ql::ext::make_shared<ql::AnalyticContinuousFloatingLookbackEngine>(theirs.black);
  const auto fixed_engine =
      ql::ext::make_shared<ql::AnalyticContinuousFixedLookbackEngine>(theirs.black);
  for (const Lookback& lookback : lookbacks) {
    const auto type = lookback.right == OptionRight::call ? ql::Option::Call : ql::Option::Put;
    if (lookback.style == LookbackStyle::floating) {
      options.push_back(ql::ext::make_shared<ql::ContinuousFloatingLookbackOption>(
          *lookback.extremum, ql::ext::make_shared<ql::FloatingTypePayoff>(type), theirs.exercise));
      options.back()->setPricingEngine(floating_engine);
    } else {
      options.push_back(ql::ext::make_shared<ql::ContinuousFixedLookbackOption>(
          *lookback.extremum, ql::ext::make_shared<ql::PlainVanillaPayoff>(type, strike),
          theirs.exercise));
      options.back()->setPricingEngine(fixed_engine);
    }
  }
  std::vector<double> ours(lookbacks.size());
  std::vector<double> by_them(lookbacks.size());
  in_turns(
      state, static_cast<double>(lookbacks.size()), 16,
      [&] {
        for (std::size_t i = 0; i < lookbacks.size(); ++i)
          ours[i] = *lookback_price(market, lookbacks[i]);
        benchmark::ClobberMemory();
      },
      [&] {
        for (std::size_t i = 0; i < options.size(); ++i) {
          options[i]->recalculate();
          by_them[i] = options[i]->NPV();
        }
      });
  double apart = 0.0;
  for (std::size_t i = 0; i < ours.size(); ++i)
    apart = std::max(apart, std::fabs(ours[i] - by_them[i]) / spot);
  state.counters["apart"] = apart;
}
BENCHMARK(formulas)->Unit(benchmark::kMicrosecond);

constexpr int steps = 100;
constexpr int paths_each = 2000;

void paths(benchmark::State& state) {
  const Theirs theirs;
  const bool continuous = state.range(0) == 1;
  state.SetLabel(continuous ? "continuous" : "at the steps");
  const Lookback lookback{
      .style = LookbackStyle::floating, .right = OptionRight::call, .years = years};
  using Traits = ql::PseudoRandom;
  const ql::TimeGrid grid(years, steps);
  ql::MultiPathGenerator<Traits::rsg_type> generator(
      theirs.heston, grid, Traits::make_sequence_generator(2 * steps, 42), false);
  HestonPaths ours{.parameters = parameters,
                   .spot = spot,
                   .rate = rate,
                   .yield = yield,
                   .paths = paths_each,
                   .steps = steps,
                   .seed = 1};
  double our_price = 0.0;
  double their_sum = 0.0;
  double their_count = 0.0;
  in_turns(
      state, static_cast<double>(steps) * paths_each, 1,
      [&] {
        ++ours.seed;
        our_price =
            lookback_price_heston(ours, lookback, continuous ? std::nullopt : std::optional(steps))
                ->price;
      },
      [&] {
        for (int i = 0; i < paths_each; ++i) {
          const auto& path = generator.next().value[0];
          double least = path[0];
          for (std::size_t j = 1; j < path.length(); ++j)
            least = std::min(least, path[j]);
          their_sum += (path.back() - least) * std::exp(-rate * years);
          their_count += 1.0;
        }
      });
  state.counters["our_price"] = our_price;
  state.counters["their_price"] = their_sum / their_count;
}
BENCHMARK(paths)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void quantlib_engine(benchmark::State& state) {
  const Theirs theirs;
  const ql::ext::shared_ptr<ql::PricingEngine> engine =
      ql::MakeMCLookbackEngine<ql::ContinuousFloatingLookbackOption>(theirs.black)
          .withSteps(steps)
          .withSamples(paths_each)
          .withSeed(42);
  ql::ContinuousFloatingLookbackOption option(
      spot, ql::ext::make_shared<ql::FloatingTypePayoff>(ql::Option::Call), theirs.exercise);
  option.setPricingEngine(engine);
  for (auto _ : state) {
    option.recalculate();
    benchmark::DoNotOptimize(option.NPV());
  }
  state.counters["step"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * steps * paths_each,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(quantlib_engine)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ballast
