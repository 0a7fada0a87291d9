// What does Heston's model cost a desk: a price of a chain whose strikes share the characteristic
// function, a price with its derivatives, and a calibration of 40 quotes from one start?
//
// Eight expiries from a month to a year and a half, of five to forty strikes. Times are per option,
// and per calibration.
//
//   surface_beside_quantlib      40 prices by each: QuantLib's by Gauss and Laguerre's rule of 64
//                                nodes with its best control variate. `apart`: of the spot
//   calibration_beside_quantlib  both from one start, on implied vols; the residuals of both, in
//                                vols, and how far our kappa is from the truth
#include <cmath>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/math/optimization/levenbergmarquardt.hpp>
#include <ql/models/equity/hestonmodel.hpp>
#include <ql/models/equity/hestonmodelhelper.hpp>
#include <ql/pricingengines/vanilla/analytichestonengine.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>

#include "base/contract.hpp"
#include "in_turns.hpp"
#include "quant/pricing/detail_black.hpp"
#include "quant/pricing/heston_calibration.hpp"

namespace ballast {
namespace {

constexpr HestonParameters market{0.08, 3.0, 0.10, 0.25, -0.8};
constexpr HestonParameters from_afar{0.2, 1.2, 0.2, 0.6, -0.3};
constexpr int days[] = {29, 58, 91, 146, 219, 292, 401, 584};
const std::vector<double> expiries = [] {
  std::vector<double> years;
  for (const int day : days)
    years.push_back(day / 365.0);
  return years;
}();

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
  const double options = static_cast<double>(expiries.size()) * strikes;
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
  const double options = static_cast<double>(expiries.size()) * strikes;
  state.counters["us_per_option"] = benchmark::Counter(
      options * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(price_and_derivatives)->Arg(5)->Arg(10)->Arg(40);

std::vector<HestonQuote> market_quotes() {
  std::vector<HestonQuote> quotes;
  for (const double years : expiries) {
    const auto options = chain(years, 5);
    std::vector<double> prices(options.size());
    BALLAST_ASSERT(heston_prices(market, {100.0, 1.0, years}, options, prices).has_value());
    for (std::size_t i = 0; i < options.size(); ++i)
      quotes.push_back({.expiry = {100.0, 1.0, years}, .option = options[i], .price = prices[i]});
  }
  return quotes;
}

void calibration_of_40_quotes(benchmark::State& state) {
  const std::vector<HestonQuote> quotes = market_quotes();
  const HestonCalibrationOptions options{.starts = {from_afar}};
  int iterations = 0;
  double error = 0.0;
  for (auto _ : state) {
    const auto calibration = calibrate_heston(quotes, options);
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

// ---- QuantLib

namespace ql = QuantLib;

/// The same market, discounted at 0.
struct Theirs {
  explicit Theirs(const HestonParameters& p) {
    ql::Settings::instance().evaluationDate() = today;
    const auto curve = ql::ext::make_shared<ql::FlatForward>(today, 0.0, ql::Actual365Fixed());
    rates = ql::Handle<ql::YieldTermStructure>(curve);
    spot = ql::Handle<ql::Quote>(ql::ext::make_shared<ql::SimpleQuote>(100.0));
    model = ql::ext::make_shared<ql::HestonModel>(ql::ext::make_shared<ql::HestonProcess>(
        rates, rates, spot, p.v0, p.kappa, p.theta, p.sigma, p.rho));
    using Engine = ql::AnalyticHestonEngine;
    engine = ql::ext::make_shared<Engine>(model, Engine::OptimalCV,
                                          Engine::Integration::gaussLaguerre(64));
  }
  ql::Date today{5, ql::February, 2026};
  ql::Handle<ql::YieldTermStructure> rates;
  ql::Handle<ql::Quote> spot;
  ql::ext::shared_ptr<ql::HestonModel> model;
  ql::ext::shared_ptr<ql::PricingEngine> engine;
};

void surface_beside_quantlib(benchmark::State& state) {
  const Theirs theirs(market);
  std::vector<ql::ext::shared_ptr<ql::VanillaOption>> their_options;
  std::vector<std::vector<HestonOption>> our_options;
  for (std::size_t e = 0; e < expiries.size(); ++e) {
    our_options.push_back(chain(expiries[e], 5));
    for (const HestonOption& option : our_options.back()) {
      const auto type = option.right == OptionRight::call ? ql::Option::Call : ql::Option::Put;
      their_options.push_back(ql::ext::make_shared<ql::VanillaOption>(
          ql::ext::make_shared<ql::PlainVanillaPayoff>(type, option.strike),
          ql::ext::make_shared<ql::EuropeanExercise>(theirs.today + days[e])));
      their_options.back()->setPricingEngine(theirs.engine);
    }
  }
  std::vector<double> ours(their_options.size());
  std::vector<double> by_them(their_options.size());
  in_turns(
      state, static_cast<double>(ours.size()), 16,
      [&] {
        for (std::size_t e = 0; e < expiries.size(); ++e) {
          BALLAST_ASSERT(heston_prices(market, {100.0, 1.0, expiries[e]}, our_options[e],
                                       std::span(ours).subspan(5 * e, 5))
                             .has_value());
        }
        benchmark::ClobberMemory();
      },
      [&] {
        for (std::size_t i = 0; i < their_options.size(); ++i) {
          their_options[i]->recalculate();
          by_them[i] = their_options[i]->NPV();
        }
      });
  double apart = 0.0;
  for (std::size_t i = 0; i < ours.size(); ++i)
    apart = std::max(apart, std::fabs(ours[i] - by_them[i]) / 100.0);
  state.counters["apart"] = apart;
}
BENCHMARK(surface_beside_quantlib)->Unit(benchmark::kMillisecond);

double rmse_of(const std::vector<double>& residuals) {
  double sum = 0.0;
  for (const double residual : residuals)
    sum += residual * residual;
  return std::sqrt(sum / static_cast<double>(residuals.size()));
}

void calibration_beside_quantlib(benchmark::State& state) {
  const std::vector<HestonQuote> quotes = market_quotes();
  const HestonCalibrationOptions options{.starts = {from_afar}};
  const Theirs theirs(from_afar);
  std::vector<ql::ext::shared_ptr<ql::CalibrationHelper>> helpers;
  std::vector<ql::ext::shared_ptr<ql::HestonModelHelper>> typed;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    const HestonQuote& quote = quotes[i];
    const double strike = quote.option.strike;
    const double vol = *detail::black_stdev(-std::fabs(std::log(100.0 / strike)),
                                            *quote.price / std::sqrt(100.0 * strike)) /
                       std::sqrt(quote.expiry.years);
    typed.push_back(ql::ext::make_shared<ql::HestonModelHelper>(
        ql::Period(days[i / 5], ql::Days), ql::NullCalendar(), theirs.spot, strike,
        ql::Handle<ql::Quote>(ql::ext::make_shared<ql::SimpleQuote>(vol)), theirs.rates,
        theirs.rates, ql::BlackCalibrationHelper::ImpliedVolError));
    typed.back()->setPricingEngine(theirs.engine);
    helpers.push_back(typed.back());
  }
  double our_rmse = 0.0;
  double error = 0.0;
  const ql::Array start = theirs.model->params();
  in_turns(
      state, 1.0, 4,
      [&] {
        const auto calibration = calibrate_heston(quotes, options);
        BALLAST_ASSERT(calibration.has_value());
        our_rmse = calibration->rmse_vol;
        error = std::fabs(calibration->parameters.kappa - market.kappa);
      },
      [&] {
        theirs.model->setParams(start);
        ql::LevenbergMarquardt search(1e-8, 1e-8, 1e-8);
        theirs.model->calibrate(helpers, search, ql::EndCriteria(400, 40, 1e-8, 1e-8, 1e-8));
      });
  std::vector<double> residuals;
  for (const auto& helper : typed)
    residuals.push_back(helper->calibrationError());
  state.counters["our_rmse_vol"] = our_rmse;
  state.counters["their_rmse_vol"] = rmse_of(residuals);
  state.counters["kappa_error"] = error;
}
BENCHMARK(calibration_beside_quantlib)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ballast
