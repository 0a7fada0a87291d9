// What does a hedge program cost while a desk waits for its proposal?
//
// Desks of several factors and instruments: futures that move one factor, options that move some.
// One solve in the steady state, over 400 random desks: median and worst desk, each desk's time
// being its quickest of five, which leaves the machine's other work out.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/rng.hpp"
#include "quant/control/hedge_program.hpp"

namespace ballast {
namespace {

struct Desk {
  std::vector<HedgeFactor> factors;
  std::vector<HedgeInstrument> instruments;
  std::vector<double> exposure;
  std::vector<double> covariance;
  double budget = 0.0;
  HedgeAim aim = HedgeAim::near_edge;

  HedgeInput input() const {
    return {.factors = factors,
            .instruments = instruments,
            .exposure = exposure,
            .covariance = covariance,
            .gamma = 1e-4,
            .budget = budget,
            .aim = aim};
  }
};

/// Deviations of a few bands, half of them outside; spreads of 1 to 5 basis points of a factor unit
/// worth 10,000; lots of a thousandth to a tenth of a unit; every tenth desk short of margin.
Desk random_desk(Rng& rng, std::size_t factors, std::size_t instruments) {
  Desk desk;
  std::vector<double> loads(factors * 3);
  for (double& load : loads)
    load = 200.0 * rng.normal();
  for (std::size_t f = 0; f < factors; ++f) {
    const double band = 0.5 + rng.uniform();
    desk.factors.push_back({.deviation = 1.5 * rng.normal(), .lower = -band, .upper = band});
    for (std::size_t g = 0; g < factors; ++g) {
      double sum = f == g ? 100.0 * 100.0 : 0.0;
      for (std::size_t k = 0; k < 3; ++k)
        sum += loads[f * 3 + k] * loads[g * 3 + k];
      desk.covariance.push_back(sum);
    }
  }
  for (std::size_t j = 0; j < instruments; ++j) {
    const double lots[] = {0.001, 0.01, 0.1};
    HedgeInstrument instrument;
    instrument.buy_cost = instrument.sell_cost = 1.0 + 4.0 * rng.uniform();
    instrument.impact = rng.chance(0.8) ? rng.uniform() : 0.0;
    instrument.carry = rng.normal();
    instrument.lot = lots[rng.below(3)];
    instrument.minimum = rng.chance(0.3) ? 0.1 : 0.0;
    instrument.order_cost = rng.chance(0.2) ? 0.5 : 0.0;
    instrument.most = 0.5 + 5.0 * rng.uniform();
    instrument.least = -instrument.most;
    instrument.buy_margin = instrument.sell_margin = 0.1;
    desk.instruments.push_back(instrument);
    const std::size_t main = j < factors ? j : rng.below(factors);
    const bool option = rng.chance(0.3);
    for (std::size_t f = 0; f < factors; ++f) {
      desk.exposure.push_back(f == main ? 1.0
                                        : (option && rng.chance(0.2) ? 0.3 * rng.normal() : 0.0));
    }
  }
  desk.budget = rng.chance(0.1) ? 0.4 : 100.0;
  desk.aim = rng.chance(0.5) ? HedgeAim::target : HedgeAim::near_edge;
  return desk;
}

void solve(benchmark::State& bench) {
  constexpr int desks_count = 400;
  Rng rng(1);
  std::vector<Desk> desks;
  for (int i = 0; i < desks_count; ++i) {
    desks.push_back(random_desk(rng, static_cast<std::size_t>(bench.range(0)),
                                static_cast<std::size_t>(bench.range(1))));
  }
  HedgeProgram program;
  std::vector<double> micros;
  double proven = 0.0;
  double outside = 0.0;
  double gap = 0.0;
  double total = 0.0;
  for (auto _ : bench) {
    micros.clear();
    proven = outside = gap = total = 0.0;
    for (const Desk& desk : desks) {
      Result<HedgePlan> plan;
      double quickest = HUGE_VAL;
      for (int i = 0; i < 5; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        plan = program.solve(desk.input());
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - begin;
        quickest = std::min(quickest, took.count());
      }
      if (!plan) {
        bench.SkipWithError(plan.error().what.c_str());
        return;
      }
      micros.push_back(quickest);
      proven += plan->proven ? 1.0 : 0.0;
      if (plan->obstacle != HedgeObstacle::none) {
        outside += 1.0;
      } else {
        gap += plan->gap();
        total += plan->after.total();
      }
    }
  }
  std::sort(micros.begin(), micros.end());
  bench.SetItemsProcessed(bench.iterations() * desks_count * 5);
  bench.counters["us_p50"] = micros[micros.size() / 2];
  bench.counters["us_worst"] = micros.back();
  bench.counters["proven"] = proven / desks_count;
  bench.counters["outside"] = outside / desks_count;
  bench.counters["gap"] = gap / total;
}
BENCHMARK(solve)
    ->ArgNames({"factors", "instruments"})
    ->Args({2, 5})
    ->Args({5, 20})
    ->Args({10, 50})
    ->Args({16, 64})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ballast
