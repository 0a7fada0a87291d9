// How fast is Engine::step on a realistic book, and does its cost depend on anything but the event?
//
// 1,000 instruments x 20 books, 10 % fills, 60 % marks, 30 % tops, one delta factor an asset for
// the desk. Instruments as the large venues list them: half spot, half perpetuals, of which a tenth
// is coin-margined. The table of the second benchmark varies instruments and history; its rows
// should be level.
#include "engine/engine.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <new>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/rng.hpp"

namespace {
std::uint64_t allocations = 0;
}  // namespace

// The pair below is malloc and free on both sides; the compiler sees only one of them inlined.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace ballast {
namespace {

Desk bench_desk(std::size_t instruments) {
  Desk desk;
  desk.name = "bench";
  desk.assets.push_back({"USDT", {}});
  desk.currency = AssetId{0};
  desk.venues = {{"venue", {"main"}}};
  for (std::size_t i = 0; i < instruments; ++i) {
    desk.assets.push_back({fmt::format("A{}", i), {}});
    Instrument instrument;
    instrument.name = fmt::format("A{}-PERP", i);
    instrument.kind = i % 20 == 3  ? InstrumentKind::inverse_perpetual
                      : i % 2 == 0 ? InstrumentKind::spot
                                   : InstrumentKind::linear_perpetual;
    instrument.venue = VenueId{0};
    instrument.base = AssetId{i + 1};
    instrument.quote = AssetId{0};
    if (instrument.inverse()) instrument.contract_size = Quantity::whole(100);
    desk.instruments.push_back(instrument);
    FactorConfig factor;
    factor.name = fmt::format("delta:A{}", i);
    factor.asset = factor.unit = instrument.base;
    factor.band = {Decimal::whole(-50), Decimal::whole(50)};
    factor.limit = Range{Decimal::whole(-500), Decimal::whole(500)};
    factor.max_age = Duration::hours(24);
    desk.factors.push_back(factor);
  }
  RuleConfig rule;
  rule.name = "out-of-band";
  for (std::size_t i = 0; i < desk.factors.size(); ++i)
    rule.factors.push_back(FactorId{i});
  rule.measure = Measure::abs_z;
  rule.threshold = 1.0;
  rule.dwell = Duration::seconds(30);
  desk.rules.push_back(rule);
  return desk;
}

/// Makes the mix, one event after another, from a seed.
class Mix {
 public:
  /// Ten thousand events a second of desk time, unless told.
  explicit Mix(const Desk& desk, Duration mean_gap = Duration{100'000})
      : desk_(&desk), gap_(static_cast<std::uint64_t>(2 * mean_gap.ns)), rng_(1) {
    for (std::size_t i = 0; i < desk.instruments.size(); ++i) {
      prices_.push_back(100'000 + static_cast<std::int64_t>(rng_.below(900'000)));
    }
  }

  /// 0 the mix (from the start); else fills (1), marks (2) or tops (3) alone.
  void only(std::int64_t kind) { only_ = kind; }

  Event next() {
    t_.ns += static_cast<std::int64_t>(rng_.below(gap_));
    const std::size_t i = rng_.below(prices_.size());
    std::int64_t& price = prices_[i];
    price = std::clamp<std::int64_t>(price + rng_.between(-50, 50), 50'000, 2'000'000);
    constexpr std::array<std::uint64_t, 4> kinds{0, 0, 1, 7};
    const std::uint64_t kind = only_ == 0 ? rng_.below(10) : kinds[static_cast<std::size_t>(only_)];
    if (kind == 0) return fill(i, price);
    if (kind < 7) {
      Mark mark;
      mark.instrument = InstrumentId{i};
      mark.price = cents(price);
      return {t_, mark};
    }
    return {t_, Top{InstrumentId{i}, cents(price - 1), Quantity::whole(3), cents(price + 1),
                    Quantity::whole(2)}};
  }

 private:
  static Price cents(std::int64_t price) { return Price{Int128{price} * (decimal_one / 100)}; }

  Event fill(std::size_t i, std::int64_t price) {
    Fill fill;
    fill.key.place = {VenueId{0}, AccountName("main")};
    fill.key.instrument = InstrumentId{i};
    fill.key.id = *TradeId::create(fmt::format_int(++id_).str());
    fill.book = *BookName::create(fmt::format("book{}", rng_.below(20)));
    fill.side = rng_.below(2) == 0 ? Side::buy : Side::sell;
    fill.qty = Quantity{Int128{1 + static_cast<std::int64_t>(rng_.below(50'000))} *
                        (decimal_one / 10'000)};
    if (desk_->instruments[i].inverse())
      fill.qty = Quantity::whole(1 + static_cast<std::int64_t>(rng_.below(50)));
    fill.price = cents(price);
    fill.fee = Fee{Amount{decimal_one / 1000}, AssetId{0}};
    fill.origin = rng_.below(5) == 0 ? Origin::hedge : Origin::quote;
    return {t_, fill};
  }

  const Desk* desk_;
  std::uint64_t gap_;
  std::int64_t only_ = 0;
  Rng rng_;
  std::vector<std::int64_t> prices_;
  Timestamp t_ = *parse_timestamp("2026-01-05T00:00:00Z");
  std::uint64_t id_ = 1'000'000'000;
};

using Clock = std::chrono::steady_clock;

double nanoseconds(Clock::duration d) {
  return std::chrono::duration<double, std::nano>(d).count();
}

/// Few enough to be handed over from the cache, as a decoder does.
constexpr std::size_t batch = 1 << 10;

void fill_batch(Mix& mix, std::vector<Event>& events) {
  events.clear();
  for (std::size_t i = 0; i < batch; ++i)
    events.push_back(mix.next());
}

/// As a replay does: the next two events are at hand while this one is stepped.
void step_all(Engine& engine, const std::vector<Event>& events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i + 2 < events.size()) engine.announce(events[i + 2]);
    benchmark::DoNotOptimize(engine.step(events[i]).data());
  }
}

/// Events per second on one core; allocations per event after warm-up.
void engine_step_mix(benchmark::State& state) {
  const Desk desk = bench_desk(static_cast<std::size_t>(state.range(0)));
  Engine engine(desk);
  Mix mix(desk);
  std::vector<Event> events;
  events.reserve(batch);
  for (int i = 0; i < 1024; ++i) {  // names seen, tables grown
    fill_batch(mix, events);
    step_all(engine, events);
  }
  std::uint64_t steps = 0;
  std::uint64_t allocated = 0;
  for (auto _ : state) {
    state.PauseTiming();
    fill_batch(mix, events);
    const std::uint64_t before = allocations;
    state.ResumeTiming();
    step_all(engine, events);
    allocated += allocations - before;
    steps += events.size();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(steps));
  state.counters["allocations/event"] = static_cast<double>(allocated) / static_cast<double>(steps);
}
BENCHMARK(engine_step_mix)->Arg(1000)->Unit(benchmark::kMillisecond);

/// Each kind of event alone, after a warm-up with the mix.
void engine_step_kind(benchmark::State& state) {
  const Desk desk = bench_desk(1000);
  Engine engine(desk);
  Mix mix(desk);
  std::vector<Event> events;
  events.reserve(batch);
  for (int i = 0; i < 1024; ++i) {
    fill_batch(mix, events);
    step_all(engine, events);
  }
  mix.only(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    fill_batch(mix, events);
    state.ResumeTiming();
    step_all(engine, events);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * batch));
}
BENCHMARK(engine_step_kind)->DenseRange(1, 3)->Unit(benchmark::kMillisecond);

/// The distribution of single steps, the clock's own cost left in.
void engine_step_latency(benchmark::State& state) {
  const Desk desk = bench_desk(1000);
  Engine engine(desk);
  Mix mix(desk);
  std::vector<Event> events;
  events.reserve(batch);
  std::vector<double> times;
  times.reserve(batch * 4096);
  for (int i = 0; i < 1024; ++i) {
    fill_batch(mix, events);
    step_all(engine, events);
  }
  for (auto _ : state) {
    fill_batch(mix, events);
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (i + 2 < events.size()) engine.announce(events[i + 2]);
      const auto begin = Clock::now();
      benchmark::DoNotOptimize(engine.step(events[i]).data());
      times.push_back(nanoseconds(Clock::now() - begin));
    }
  }
  std::sort(times.begin(), times.end());
  const auto quantile = [&](double q) {
    return times[static_cast<std::size_t>(q * static_cast<double>(times.size() - 1))];
  };
  state.counters["p50_ns"] = quantile(0.50);
  state.counters["p99_ns"] = quantile(0.99);
  state.counters["p99.9_ns"] = quantile(0.999);
  state.counters["max_ns"] = times.back();
}
BENCHMARK(engine_step_latency)->Iterations(4000)->Unit(benchmark::kMillisecond);

/// Nanoseconds an event over instruments and length of history.
void engine_step_scaling(benchmark::State& state) {
  const auto instruments = static_cast<std::size_t>(state.range(0));
  const auto history = static_cast<std::uint64_t>(state.range(1));
  for (auto _ : state) {
    const Desk desk = bench_desk(instruments);
    Engine engine(desk);
    Mix mix(desk);
    std::vector<Event> events;
    events.reserve(batch);
    std::uint64_t done = 0;
    std::uint64_t timed = 0;  // of the last tenth
    double spent = 0.0;
    while (done < history) {
      fill_batch(mix, events);
      const auto begin = Clock::now();
      step_all(engine, events);
      const double batch_ns = nanoseconds(Clock::now() - begin);
      done += events.size();
      if (done < history - history / 10) continue;
      spent += batch_ns;
      timed += events.size();
    }
    state.counters["ns/event at the end"] = spent / static_cast<double>(timed);
  }
}
BENCHMARK(engine_step_scaling)
    ->ArgNames({"instruments", "events"})
    ->ArgsProduct({{10, 100, 1000, 10000}, {100'000, 1'000'000, 10'000'000}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

/// What a factor and a position cost once every sliding window is full: 31 days of events.
void engine_memory(benchmark::State& state) {
  const Desk desk = bench_desk(100);
  for (auto _ : state) {
    Engine engine(desk);
    Mix mix(desk, Duration::seconds(5));
    for (int i = 0; i < 31 * 24 * 720; ++i)
      engine.step(mix.next());
    std::size_t factors = 0;
    for (std::size_t i = 0; i < desk.factors.size(); ++i)
      factors += engine.tracker(FactorId{i}).memory_bytes();
    const BookMemory books = engine.books().memory();
    state.counters["bytes/factor"] =
        static_cast<double>(factors) / static_cast<double>(desk.factors.size());
    state.counters["bytes/position"] = static_cast<double>(books.positions) /
                                       static_cast<double>(engine.books().positions().size());
  }
}
BENCHMARK(engine_memory)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ballast

BENCHMARK_MAIN();
