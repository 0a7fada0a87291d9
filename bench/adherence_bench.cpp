// What does one factor's adherence cost per update, and does it depend on how far apart updates
// are?
//
// gap_ns is the time between updates of one factor: below the 5 s slot most updates stay within a
// slot, above it each leaves one. factors tells what the caches do.
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "adherence/summary.hpp"
#include "adherence/tracker.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

FactorState random_state(Rng& rng) {
  FactorState state;
  state.known = true;
  state.actual =
      Decimal::from_raw(Int128{rng.between(-4'000'000'000, 4'000'000'000)} * 1'000'000'007);
  state.lower = Decimal::whole(-2);
  state.upper = Decimal::whole(2);
  state.limit_lower = Decimal::whole(-3);
  state.limit_upper = Decimal::whole(3);
  state.hedged = Decimal::from_raw(state.actual.raw / 3);
  return state;
}

struct Setup {
  std::vector<Tracker> trackers;
  std::vector<FactorState> states;
  std::int64_t now = 1'704'067'200'000'000'000;
  std::size_t next = 0;
  std::size_t state = 0;

  explicit Setup(std::size_t factors) {
    TrackerOptions options;
    options.keep_hours = false;
    trackers.assign(factors, Tracker(options));
    Rng rng(1);
    for (int i = 0; i < 4096; ++i)
      states.push_back(random_state(rng));
  }
  Tracker& tracker() {
    if (++next == trackers.size()) next = 0;
    return trackers[next];
  }
  void update(std::int64_t gap_ns) {
    now += gap_ns / static_cast<std::int64_t>(trackers.size());
    state = (state + 1) % states.size();
    const Step step{states[state], Cause::client};
    tracker().update(Timestamp{now}, std::span(&step, 1));
  }
};

void update(benchmark::State& bench) {
  Setup setup(static_cast<std::size_t>(bench.range(0)));
  const std::int64_t gap = bench.range(1);
  // Warm up until every ring has its final size.
  for (int i = 0; i < 300'000; ++i)
    setup.update(gap);
  for (auto _ : bench)
    setup.update(gap);
  bench.SetItemsProcessed(bench.iterations());
  bench.counters["bytes_per_factor"] = static_cast<double>(setup.trackers[0].memory_bytes());
}
BENCHMARK(update)
    ->ArgNames({"factors", "gap_ns"})
    ->Args({1, 1'000'000})
    ->Args({1, 100'000'000})
    ->Args({1, 4'000'000'000})
    ->Args({1, 60'000'000'000})
    ->Args({1000, 1'000'000})
    ->Args({1000, 100'000'000})
    ->Args({1000, 4'000'000'000})
    ->Args({1000, 60'000'000'000});

void price_move(benchmark::State& bench) {
  Setup setup(1000);
  for (int i = 0; i < 10'000; ++i)
    setup.update(1'000'000'000);
  for (auto _ : bench) {
    setup.now += 1000;
    setup.tracker().price_move(Timestamp{setup.now}, Decimal::from_raw(1'234'567'890'123'456));
  }
}
BENCHMARK(price_move);

void advance(benchmark::State& bench) {
  Setup setup(1000);
  for (int i = 0; i < 10'000; ++i)
    setup.update(1'000'000'000);
  for (auto _ : bench) {
    setup.now += 1'000'000;
    setup.tracker().advance(Timestamp{setup.now});
  }
}
BENCHMARK(advance);

void window_summary(benchmark::State& bench) {
  Setup setup(100);
  for (int i = 0; i < 300'000; ++i)
    setup.update(1'000'000'000);
  for (auto _ : bench) {
    benchmark::DoNotOptimize(setup.tracker().window(Window::hour_1, Timestamp{setup.now}));
  }
}
BENCHMARK(window_summary);

void window_figures(benchmark::State& bench) {
  Setup setup(100);
  for (int i = 0; i < 300'000; ++i)
    setup.update(1'000'000'000);
  for (auto _ : bench) {
    const Summary summary = setup.tracker().window(Window::hour_1, Timestamp{setup.now});
    benchmark::DoNotOptimize(figures(summary, Duration::seconds(1)));
  }
}
BENCHMARK(window_figures);

}  // namespace
}  // namespace ballast
