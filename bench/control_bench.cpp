// What does it cost to skew and shape a quote, and all the quotes of a desk?
//
// 100 instruments that differ in price, tick and lot, with a book around each. `quotes` is the
// rate; the time is that of all 100. The rails are those of one order that passes them all.
#include <array>
#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/rng.hpp"
#include "control/quote_shape.hpp"
#include "control/rails.hpp"
#include "control/skew_models.hpp"

namespace ballast {
namespace {

constexpr std::size_t instruments = 100;

struct Market {
  Instrument instrument;
  SkewInput skew;
  ShapeInput shape;
};

std::vector<Market> markets() {
  Rng rng(1);
  std::vector<Market> result(instruments);
  constexpr std::array<std::int64_t, 4> prices{60'000, 3'000, 150, 2};
  for (std::size_t i = 0; i < instruments; ++i) {
    auto& [instrument, skew, shape] = result[i];
    const std::int64_t price = prices[i % prices.size()];
    instrument.terms.tick = Price{Int128{price} * (decimal_one / 100'000)};
    instrument.terms.lot = Quantity{decimal_one / 1000};
    instrument.terms.min_qty = instrument.terms.lot;
    instrument.terms.min_notional = Amount::whole(5);
    const double mid = static_cast<double>(price) * (1.0 + 0.01 * rng.uniform());
    skew.mid = shape.mid = mid;
    skew.fill = 0.25;
    skew.deviation = rng.normal();
    skew.z = skew.deviation / 2.0;
    skew.room_up = shape.room_up = 10.0 - skew.deviation;
    skew.room_down = shape.room_down = 10.0 + skew.deviation;
    skew.money = 1.0;
    skew.sigma = 7e-5 * mid;
    skew.fill_rate = 0.4;
    skew.k = 12'000.0 / mid;
    skew.joint_skew = 1e-5 * mid * skew.deviation;
    skew.joint_half_spread = 1e-4 * mid;
    shape.qty = Quantity{decimal_one * 5};
    const auto tick = instrument.terms.tick;
    shape.top = Top{InstrumentId{i}, Price{Int128{price} * decimal_one}, Quantity::whole(1),
                    Price{Int128{price} * decimal_one} + tick, Quantity::whole(1)};
  }
  return result;
}

void quote_all(benchmark::State& bench, const SkewModel& model) {
  const std::vector<Market> all = markets();
  for (auto _ : bench) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto skew = skewed(model, all[i].skew);
      if (!skew) return bench.SkipWithError(skew.error().what.c_str());
      auto quote = shaped(*skew, all[i].instrument, InstrumentId{i}, all[i].shape);
      benchmark::DoNotOptimize(quote);
    }
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations() * all.size()));
}
BENCHMARK_CAPTURE(quote_all, linear, LinearSkew{0.0005, 1.0, 0.5});
BENCHMARK_CAPTURE(quote_all,
                  avellaneda_stoikov,
                  AvellanedaStoikovSkew{{1e-6, {}}, Duration::hours(1)});
BENCHMARK_CAPTURE(quote_all, glft, GlftSkew{{1e-6, {}}, GlftMethod::closed_form});
BENCHMARK_CAPTURE(quote_all,
                  glft_half_life,
                  GlftSkew{{0.0, Duration::hours(1)}, GlftMethod::closed_form});
BENCHMARK_CAPTURE(quote_all, glft_stationary, GlftSkew{{1e-6, {}}, GlftMethod::stationary});
BENCHMARK_CAPTURE(quote_all, multi_asset, MultiAssetSkew{1e-6});

/// The skew of the goal's model alone: what is left is the shape.
void skew_all(benchmark::State& bench) {
  const std::vector<Market> all = markets();
  const SkewModel model = GlftSkew{{1e-6, {}}, GlftMethod::closed_form};
  for (auto _ : bench)
    for (const Market& market : all)
      benchmark::DoNotOptimize(skewed(model, market.skew));
  bench.SetItemsProcessed(static_cast<std::int64_t>(bench.iterations() * all.size()));
}
BENCHMARK(skew_all);

void rails(benchmark::State& bench) {
  RailsConfig config;
  config.order_notional = 1e6;
  config.daily_notional = 1e8;
  config.price_collar = 0.01;
  config.messages = 100;
  config.position_notional = 1e7;
  RailInput input;
  input.now = input.mark_at.emplace() = input.top_at.emplace() = Timestamp{1};
  input.qty = 1.0;
  input.price = input.mark = 60'000.0;
  input.notional = 60'000.0;
  input.sent_today = input.position = input.working = 0.0;
  input.messages = 1;
  for (auto _ : bench)
    benchmark::DoNotOptimize(check_rails(config, input));
}
BENCHMARK(rails);

}  // namespace
}  // namespace ballast
