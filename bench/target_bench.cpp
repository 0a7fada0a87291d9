// What does it cost to work out where a desk should be, and how its quotes should lean?
//
// 100 perpetuals of 100 coins, watched for forty minutes. Each has a target of six stages (carry,
// budget, regime, band by volatility, liquidity, smoothing) and a quote that leans by it.
//
// Timed is one look at all 100, as on the desk's retarget grid: every stage of every target on the
// estimates of that moment, then every quote, from estimates to ticks and lots. Before each look,
// and not timed, a second of the market goes by: every instrument has a new top, price and print,
// so that there is a new return in every volatility, and once a minute a new funding rate.
//
//   targets             the targets alone
//   targets_and_skews   all targets, then for each how its quote leans: reservation shift, half
//                       spreads and sizes by the model, before ticks and lots
//   targets_and_quotes  all targets, then all quotes: the order of the engine's retarget()
//   one_by_one          a target and its quote, then the next: the code of both by turns
//   later               all targets, then all quotes, a quarter of a second after the last event:
//                       estimates over time are brought forward first
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/rng.hpp"
#include "control/quote_shape.hpp"
#include "control/skew_models.hpp"
#include "target/staged_target.hpp"

namespace ballast {
namespace {

constexpr std::size_t coins = 100;
constexpr int seconds = 2400;

Decimal thousandths(std::int64_t count) {
  return Decimal::from_raw(Int128{count} * (decimal_one / 1000));
}

std::vector<TargetStage> stages(InstrumentId instrument) {
  const Hold hold{Duration::minutes(5), 0.02};
  CarryTilt carry{instrument, {}, 1e-6, Duration::hours(8), 0.0, hold};
  VolBudgetScale budget{instrument, 50'000.0, hold};
  RegimeScale regime{instrument, {{0.0, 1.0, 1.0}, {0.1, 0.5, 1.0}}, 0.1, hold};
  VolBand band{instrument, 0.03, 0.25, 4.0, hold};
  LiquidityCap cap{instrument, Duration::minutes(10), 0.1, hold};
  AimSmoothing aim{1e-6, 1e-5, 0.0, Duration::minutes(1)};
  return {carry, budget, regime, band, cap, aim};
}

Desk make_desk() {
  Desk desk;
  desk.assets = {{"USDT", {}}};
  desk.currency = AssetId{0};
  desk.venues = {{"venue", {"main"}}};
  desk.learning.min_observations = 3;
  desk.learning.max_age = Duration::hours(1);
  for (std::size_t i = 0; i < coins; ++i) {
    const AssetId coin{i + 1};
    desk.assets.push_back({"C" + std::to_string(i), {}});
    Instrument perpetual;
    perpetual.name = desk.assets.back().name + "-PERP";
    perpetual.kind = InstrumentKind::linear_perpetual;
    perpetual.venue = VenueId{0};
    perpetual.base = coin;
    perpetual.quote = desk.currency;
    perpetual.terms.tick = Price::from_raw(decimal_one / 100);
    perpetual.terms.lot = perpetual.terms.min_qty = Quantity::from_raw(decimal_one / 1000);
    desk.instruments.push_back(perpetual);
    FactorConfig factor;
    factor.name = "delta:" + desk.assets.back().name;
    factor.asset = factor.unit = coin;
    factor.band = {thousandths(-1000), thousandths(1000)};
    factor.stages = stages(InstrumentId{i});
    desk.factors.push_back(factor);
  }
  return desk;
}

/// A desk and what is known of its market.
struct World {
  World() : desk(make_desk()), market(desk), drifts(desk.assets.size()), price(coins), rate(coins) {
    for (std::size_t i = 0; i < coins; ++i)
      ids.emplace_back(i);
    learning.emplace(desk, desk.learning, ids);
    for (double& p : price)
      p = 100.0 + 3000.0 * rng.uniform();
    for (int s = 0; s < seconds; ++s)
      listen();
    for (const FactorConfig& factor : desk.factors)
      targets.emplace_back(factor);
  }

  /// A second of every instrument's market.
  void listen() {
    now = now + Duration::seconds(1);
    for (const InstrumentId id : ids) {
      double& p = price[id.index()];
      p *= 1.0 + 1e-4 * rng.normal();
      const Price bid = Price::from_raw(Int128{std::llround(p * 100.0)} * (decimal_one / 100));
      const Top top{id, bid, Quantity::whole(20), bid + Price::from_raw(decimal_one / 50),
                    Quantity::whole(20)};
      market.apply(now, top);
      learning->apply(now, top);
      learning->price(now, id, market.price(id).price);
      learning->apply(now, Trade{id, bid, Quantity::whole(1), Side::sell});
      if (now.ns / 1'000'000'000 % 60 != 0) continue;
      double& r = rate[id.index()];
      r = 0.5 * r + rng.normal();
      const FundingRate said{id, thousandths(std::llround(r)), thousandths(17)};  // a minute's
      market.apply(now, said);
      learning->apply(now, said);
    }
  }

  StageWorld of(std::size_t i) const {
    StageWorld world;
    world.now = now;
    world.desk = &desk;
    world.factor = &desk.factors[i];
    world.market = &market;
    world.learning = &*learning;
    world.drifts = &drifts;
    world.uncontrolled = 0.5;
    return world;
  }

  Desk desk;
  Market market;
  Drifts drifts;
  std::vector<InstrumentId> ids;
  std::optional<MarketLearning> learning;
  std::vector<StagedTarget> targets;
  Timestamp now{1'704'067'200'000'000'000};
  Rng rng{1};
  std::vector<double> price;
  std::vector<double> rate;
};

/// Works the target of one factor out, from a base of 1.
const Aimed* target(World& world, std::size_t i) {
  static const Aimed base{thousandths(1000), {thousandths(-1000), thousandths(1000)}};
  world.targets[i].advance(world.of(i), base);
  const auto& aimed = world.targets[i].aimed();
  return aimed ? &*aimed : nullptr;
}

double mid_of(const Top& top) { return to_double(top.bid) / 2.0 + to_double(top.ask) / 2.0; }

/// How the quote leans for its deviation, from the estimates of its moment.
Result<SkewedQuote> skew(const World& world, std::size_t i, const Aimed& aimed) {
  static const SkewModel model = GlftSkew{{1e-6, {}}, GlftMethod::closed_form};
  const InstrumentId id{i};
  const auto learnt = [&](EstimateKind kind) {
    return world.learning->figure(world.now, id, kind).given();
  };
  SkewInput input;
  input.mid = mid_of(world.market.top(id));
  input.deviation = 0.5 - to_double(aimed.target);
  input.z = input.deviation / to_double(aimed.offsets.upper);
  input.fill = 0.25;
  input.room_up = input.room_down = 5.0;
  input.money = 1.0;
  if (const auto vol = learnt(EstimateKind::volatility)) {
    input.sigma = *vol * input.mid / std::sqrt(86'400.0);
  }
  if (const auto rate = learnt(EstimateKind::trade_rate)) input.fill_rate = *rate / 2.0;
  if (const auto spread = learnt(EstimateKind::half_spread)) input.k = 1.0 / (2.0 * *spread);
  return skewed(model, input);
}

Result<Quote> quote(const World& world, std::size_t i, const Aimed& aimed) {
  BALLAST_TRY(lean, skew(world, i, aimed));
  const InstrumentId id{i};
  const Top& top = world.market.top(id);
  ShapeInput shape;
  shape.mid = mid_of(top);
  shape.qty = Quantity::from_raw(decimal_one / 4);
  shape.top = top;
  shape.room_up = shape.room_down = 5.0;
  return shaped(lean, world.desk.instrument(id), id, shape);
}

/// Times look(world), which says what went wrong or nullptr, each time `later` than a second of the
/// market.
template <class Look>
void run(benchmark::State& bench, const Look& look, Duration later = {}) {
  World world;
  for (auto _ : bench) {
    world.listen();
    world.now = world.now + later;
    const auto begin = std::chrono::steady_clock::now();
    const char* const wrong = look(world);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    if (wrong != nullptr) return bench.SkipWithError(wrong);
    bench.SetIterationTime(taken.count());
    world.now = world.now - later;
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations() * coins));
}

const char* all_targets(World& world) {
  for (std::size_t i = 0; i < coins; ++i)
    if (target(world, i) == nullptr) return "a target is unknown";
  return nullptr;
}

const char* one_skew(const World& world, std::size_t i, const Aimed& aimed) {
  const auto made = skew(world, i, aimed);
  if (!made) return "a skew cannot be worked out";
  benchmark::DoNotOptimize(*made);
  return nullptr;
}

const char* one_quote(const World& world, std::size_t i, const Aimed& aimed) {
  const auto made = quote(world, i, aimed);
  if (!made) return "a quote cannot be made";
  benchmark::DoNotOptimize(*made);
  return nullptr;
}

const char* targets_then(World& world,
                         const char* (*each)(const World&, std::size_t, const Aimed&)) {
  if (const char* const wrong = all_targets(world)) return wrong;
  for (std::size_t i = 0; i < coins; ++i)
    if (const char* const wrong = each(world, i, *world.targets[i].aimed())) return wrong;
  return nullptr;
}
const char* targets_then_quotes(World& world) { return targets_then(world, one_quote); }

void targets(benchmark::State& bench) { run(bench, all_targets); }
BENCHMARK(targets)->UseManualTime()->Unit(benchmark::kMicrosecond);

void targets_and_skews(benchmark::State& bench) {
  run(bench, [](World& world) { return targets_then(world, one_skew); });
}
BENCHMARK(targets_and_skews)->UseManualTime()->Unit(benchmark::kMicrosecond);

void targets_and_quotes(benchmark::State& bench) { run(bench, targets_then_quotes); }
BENCHMARK(targets_and_quotes)->UseManualTime()->Unit(benchmark::kMicrosecond);

void one_by_one(benchmark::State& bench) {
  run(bench, [](World& world) -> const char* {
    for (std::size_t i = 0; i < coins; ++i) {
      const Aimed* const aimed = target(world, i);
      if (aimed == nullptr) return "a target is unknown";
      if (const char* const wrong = one_quote(world, i, *aimed)) return wrong;
    }
    return nullptr;
  });
}
BENCHMARK(one_by_one)->UseManualTime()->Unit(benchmark::kMicrosecond);

void later(benchmark::State& bench) {
  run(bench, targets_then_quotes, Duration::milliseconds(250));
}
BENCHMARK(later)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ballast
