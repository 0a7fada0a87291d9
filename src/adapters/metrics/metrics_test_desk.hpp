// A desk with something to say in every metric, for tests.
#pragma once

#include <memory>
#include <vector>

#include "adapters/metrics/metrics.hpp"
#include "engine/engine_test_desk.hpp"

namespace ballast::metrics::test {

/// delta:BTC is 1 above a band of +-1 since 12:00:00, seen at 12:00:30; delta:ETH was never priced.
/// With so many more factors of the same exposure in books of their own.
inline Desk desk_of(std::size_t more = 0) {
  Desk desk = ballast::test::plain_desk();
  desk.factors.push_back(ballast::test::delta(desk, "BTC", "1", "4"));
  desk.factors.push_back(ballast::test::delta(desk, "ETH", "1", "4"));
  desk.factors.back().max_age = Duration::seconds(1);
  for (std::size_t i = 0; i < more; ++i) {
    desk.factors.push_back(ballast::test::delta(desk, "BTC", "1", "4"));
    desk.factors.back().book = "book" + std::to_string(i);
  }
  RuleConfig rule;
  rule.name = "btc-out";
  rule.factors = {FactorId{0}};
  rule.threshold = 1.5;
  desk.rules.push_back(rule);
  return desk;
}

struct SampleRun {
  explicit SampleRun(Desk desk) : engine(std::move(desk)) {
    using ballast::test::at;
    ballast::test::Trader trader{&engine.desk()};
    step(trader.mark(at("12:00:00"), "BTC-USDT", "50000"));
    step(trader.fill(at("12:00:00"), "BTC-USDT", Side::buy, "2", "50000", Origin::client));
    Kill kill;
    kill.scope.kind = ScopeKind::venue;
    kill.scope.place.venue = VenueId{0};
    step({at("12:00:10"), kill});
    step({at("12:00:30"), Tick{}});
    live.now = at("12:00:30");
    live.last_seq = 44;
    live.durable_seq = 43;
    live.queued = 3;
    live.queue_capacity = 4096;
    live.conflated = 9;
    live.journal_bytes = 8192;
    live.step = {2e-6, 3e-6, 4, 8.5e-6};
    VenueHealth binance;
    binance.venue = VenueId{0};
    binance.age_seconds = 0.25;
    binance.lag_p50_seconds = 0.01;
    binance.lag_p99_seconds = 0.08;
    binance.skew_seconds = 0.004;
    binance.gaps = 2;
    binance.longest_gap_seconds = 12.5;
    VenueHealth kraken;
    kraken.venue = VenueId{1};
    kraken.silent = true;
    venues = {binance, kraken};
  }

  void step(const Event& event) {
    for (const Effect& effect : engine.step(event))
      effects.push_back({++seq, effect});
  }
  void fill(Metrics& metrics) {
    metrics.count(effects, 0.004);
    metrics.copy(engine, live, venues);
    metrics.count(HttpAnswer{"GET", "/api/v1/targets/{key}", 200, "viewer", 0.0021});
    metrics.ask_stream([] { return StreamFigures{2, 300, 1}; });
    metrics.ask_sinks([] { return std::vector{SinkFigures{"pager", 1, 7, 2, true}}; });
  }

  Engine engine;
  LiveFigures live;
  std::vector<VenueHealth> venues;
  std::vector<SeqEffect> effects;
  std::uint64_t seq = 0;
};

}  // namespace ballast::metrics::test
