// What does learning from the market cost per event, by kind of event and number of instruments
// learnt? `unlearnt` is what an instrument costs that is not among them.
//
// Events of one kind go round all instruments, a millisecond apart, so that a price is the first of
// its step of one second for one event in 1000; that one pays for the covariance.
#include "market/learning.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

struct Setup {
  Desk desk;
  std::vector<InstrumentId> ids;
  std::vector<Top> tops;
  std::int64_t now = 1'704'067'200'000'000'000;
  std::size_t next = 0;

  explicit Setup(std::size_t instruments) {
    desk.assets = {{"BTC", {}}, {"USDT", {}}};
    desk.instruments.resize(instruments + 1);
    for (std::size_t i = 0; i < instruments; ++i)
      ids.emplace_back(i);
    Rng rng(1);
    for (int i = 0; i < 4096; ++i) {
      const Int128 mid = Int128{rng.between(6'000'000, 6'010'000)} * (decimal_one / 100);
      const Int128 qty = Int128{rng.between(1, 100'000)} * (decimal_one / 100'000);
      tops.push_back({ids[static_cast<std::size_t>(i) % ids.size()], Price{mid - decimal_one / 10},
                      Quantity{qty}, Price{mid + decimal_one / 10}, Quantity{qty + 12'345}});
    }
  }
  const Top& top() {
    now += 1'000'000;
    next = (next + 1) % tops.size();
    return tops[next];
  }
};

/// Runs `take(learning, t, top)` on a learning that has seen some of each.
template <class Take>
void run(benchmark::State& bench, Take&& take) {
  Setup setup(static_cast<std::size_t>(bench.range(0)));
  MarketLearning learning(setup.desk, LearningConfig{}, setup.ids);
  for (int i = 0; i < 20'000; ++i) {
    const Top& top = setup.top();
    learning.apply(Timestamp{setup.now}, top);
    learning.price(Timestamp{setup.now}, top.instrument, top.bid);
  }
  for (auto _ : bench) {
    const Top& top = setup.top();
    take(learning, Timestamp{setup.now}, top);
  }
  bench.SetItemsProcessed(bench.iterations());
}

void top(benchmark::State& bench) {
  run(bench, [](MarketLearning& learning, Timestamp t, const Top& top) { learning.apply(t, top); });
}
BENCHMARK(top)->ArgName("instruments")->Arg(1)->Arg(16)->Arg(1000);

void price(benchmark::State& bench) {
  run(bench, [](MarketLearning& learning, Timestamp t, const Top& top) {
    learning.price(t, top.instrument, top.ask);
  });
}
BENCHMARK(price)->ArgName("instruments")->Arg(1)->Arg(16)->Arg(100);

void top_and_trade(benchmark::State& bench) {  // a print's depth counts while the top is fresh
  run(bench, [](MarketLearning& learning, Timestamp t, const Top& top) {
    learning.apply(t, top);
    learning.apply(t, Trade{top.instrument, top.ask, top.ask_qty, Side::buy});
  });
}
BENCHMARK(top_and_trade)->ArgName("instruments")->Arg(1)->Arg(16)->Arg(1000);

void unlearnt(benchmark::State& bench) {
  run(bench, [](MarketLearning& learning, Timestamp t, const Top& top) {
    Top other = top;
    other.instrument = InstrumentId{1};
    learning.apply(t, other);
    benchmark::DoNotOptimize(learning);
  });
}
BENCHMARK(unlearnt)->ArgName("instruments")->Arg(1);

void estimate(benchmark::State& bench) {
  run(bench, [](MarketLearning& learning, Timestamp t, const Top& top) {
    benchmark::DoNotOptimize(learning.estimate(t, top.instrument, EstimateKind::half_spread));
  });
}
BENCHMARK(estimate)->ArgName("instruments")->Arg(16);

}  // namespace
}  // namespace ballast
