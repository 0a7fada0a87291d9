// What does an options desk's book cost on one core?
//
// A book as Deribit's listing: 10 expiries from two days to a year, each a smile of its own (half
// by SVI, half by strikes), calls and puts at strikes within 40 % either side of the forward,
// settled in coin. Goals stand beside the names; the counter `option` is the time of one valuation.
//
//   revalue_time     all of 1,700 options with greeks, as when time moves      (goal: 150 us)
//   revalue_forward  the same book when one expiry's forward moves
//   revalue_nothing  the same book when nothing moved
//   set_position     one fill: its line, and its expiry's sums
//   grid/D           21 x 11 x 5 scenarios of 500 options; D: 0 sticky strike, 1 sticky delta
//                                                                              (goal: 10 ms)
//   grid_unpaired/D  the same of options with a strike each, so that parity saves nothing
//   explain_states   two states of the 1,700
#include <array>
#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/contract.hpp"
#include "portfolio/explain.hpp"
#include "portfolio/option_book.hpp"
#include "portfolio/scenario.hpp"
#include "portfolio/vol_surface.hpp"

namespace ballast {
namespace {

constexpr Timestamp start{1'767'225'600'000'000'000};
constexpr double forward = 60'000.0;
constexpr std::array<std::int64_t, 10> days{2, 5, 9, 16, 30, 58, 86, 121, 212, 365};

VolSurface make_surface() {
  VolSurface surface;
  for (std::size_t e = 0; e < days.size(); ++e) {
    Surface said;
    said.underlying = AssetId{0};
    said.expiry = start + Duration::days(days[e]);
    if (e % 2 == 0) {
      const double years = static_cast<double>(days[e]) / 365.0;
      said.svi = {0.15 * years, 0.3 * std::sqrt(years) * 0.3, -0.2, 0.0, 0.2};
    } else {
      for (int k = -20; k <= 20; ++k) {
        said.strikes.push_back(forward * (1.0 + 0.02 * k));
        said.vols.push_back(0.55 + 0.4 * (0.02 * k) * (0.02 * k));
      }
    }
    BALLAST_ASSERT(surface.apply(start, said, forward).value_or(false));
  }
  return surface;
}

OptionBook make_book(std::size_t size, bool paired = true) {
  std::vector<OptionTerms> options;
  const std::size_t strikes = size / days.size() / (paired ? 2 : 1);
  for (const std::int64_t expiry : days) {
    for (std::size_t k = 0; k < strikes; ++k) {
      const double share = static_cast<double>(k) / static_cast<double>(strikes);
      for (const OptionRight right : {OptionRight::call, OptionRight::put}) {
        if (!paired && (right == OptionRight::call) != (k % 2 == 0)) continue;
        options.push_back({InstrumentId{options.size()}, right, PaidIn::coin,
                           forward * (0.6 + 0.8 * share), start + Duration::days(expiry), 1.0});
      }
    }
  }
  OptionBook book = *OptionBook::create(options, SmileDynamics::sticky_strike);
  for (std::size_t i = 0; i < book.size(); ++i) {
    const double contracts = static_cast<double>(i % 13) - 6.5;
    BALLAST_ASSERT(book.set_position(i, contracts, 0.01 * contracts).has_value());
  }
  for (std::size_t e = 0; e < days.size(); ++e)
    BALLAST_ASSERT(book.set_forward(e, forward).has_value());
  return book;
}

void count(benchmark::State& state, std::size_t options) {
  state.counters["option"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(options),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void revalue_time(benchmark::State& state) {
  const VolSurface surface = make_surface();
  OptionBook book = make_book(1700);
  Timestamp now = start;
  for (auto _ : state) {
    now = now == start ? start + Duration::minutes(1) : start;
    BALLAST_ASSERT(book.revalue(now, surface).options == book.size());
  }
  count(state, book.size());
}

void revalue_forward(benchmark::State& state) {
  const VolSurface surface = make_surface();
  OptionBook book = make_book(1700);
  book.revalue(start, surface);
  double moved = forward;
  for (auto _ : state) {
    moved = moved == forward ? forward + 1.0 : forward;
    BALLAST_ASSERT(book.set_forward(4, moved).has_value());
    BALLAST_ASSERT(book.revalue(start, surface).expiries == 1);
  }
}

void revalue_nothing(benchmark::State& state) {
  const VolSurface surface = make_surface();
  OptionBook book = make_book(1700);
  book.revalue(start, surface);
  for (auto _ : state)
    BALLAST_ASSERT(book.revalue(start, surface).expiries == 0);
}

void set_position(benchmark::State& state) {
  const VolSurface surface = make_surface();
  OptionBook book = make_book(1700);
  book.revalue(start, surface);
  double contracts = 0.0;
  for (auto _ : state) {
    contracts += 1.0;
    BALLAST_ASSERT(book.set_position(700, contracts).has_value());
  }
}

void run_grid(benchmark::State& state, bool paired) {
  const VolSurface surface = make_surface();
  OptionBook book = make_book(500, paired);
  book.revalue(start, surface);
  ScenarioRequest request;
  for (int i = -10; i <= 10; ++i)
    request.spot_moves.push_back(0.03 * i);
  for (int i = -5; i <= 5; ++i)
    request.vol_shifts.push_back(0.04 * i);
  for (const int day : {0, 1, 3, 7, 14})
    request.times.push_back(Duration::days(day));
  request.dynamics = static_cast<SmileDynamics>(state.range(0));
  request.delta = DeltaKind::delta_net;
  request.delta_band = InventoryBand{0.0, -10.0, 10.0};
  for (auto _ : state)
    benchmark::DoNotOptimize(scenario_grid(book, surface, start, request)->cells.data());
  count(state, book.size() * 21 * 11 * 5);
}

void grid(benchmark::State& state) { run_grid(state, true); }
void grid_unpaired(benchmark::State& state) { run_grid(state, false); }

void explain_states(benchmark::State& state) {
  const VolSurface surface = make_surface();
  OptionBook before = make_book(1700);
  before.revalue(start, surface);
  OptionBook after = before;
  after.revalue(start + Duration::hours(1), surface);
  for (auto _ : state)
    benchmark::DoNotOptimize(explain(before, after, {})->unexplained);
}

BENCHMARK(revalue_time)->Unit(benchmark::kMicrosecond);
BENCHMARK(revalue_forward)->Unit(benchmark::kMicrosecond);
BENCHMARK(revalue_nothing);
BENCHMARK(set_position);
BENCHMARK(grid)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(grid_unpaired)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(explain_states)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ballast
