// What do the stream's channels cost the desk's thread?
//
// A desk of 500 factors and 20,000 positions, every one of which moves between two ticks. `tick`
// renders all 500 exposures (and only those: 20 of these a second is what a busy desk pays);
// `whole_positions` is what the first listener to 20,000 positions costs, once;
// `whole_report` is one GET /api/v1/adherence.
#include "adapters/api/routes/channels.hpp"

#include <benchmark/benchmark.h>

#include "engine/engine.hpp"
#include "json/report_json.hpp"

namespace ballast::api {
namespace {

constexpr std::size_t factors = 500;
constexpr std::size_t books = 40;

class Sink final : public ChannelSink {
 public:
  explicit Sink(std::string_view channel) : channel_(channel) {}
  void publish(Timestamp /*now*/, std::vector<ChannelChange> changes) override {
    for (const ChannelChange& change : changes) {
      for (const auto& [key, json] : change.items)
        bytes += json.size();
    }
  }
  bool wanted(std::string_view channel) const override { return channel == channel_; }
  std::size_t bytes = 0;

 private:
  std::string channel_;
};

Desk large_desk() {
  Desk desk;
  desk.name = "large";
  desk.assets = {{"USDT", {}}};
  desk.currency = AssetId{0};
  desk.venues = {{"binance", {"main"}}};
  for (std::size_t i = 0; i < factors; ++i) {
    const std::string name = "C" + std::to_string(i);
    desk.assets.push_back({name, {}});
    Instrument instrument;
    instrument.name = name + "-USDT";
    instrument.kind = InstrumentKind::spot;
    instrument.venue = VenueId{0};
    instrument.base = AssetId{i + 1};
    instrument.quote = AssetId{0};
    instrument.contract_size = Quantity::whole(1);
    desk.instruments.push_back(instrument);
    FactorConfig factor;
    factor.name = "delta:" + name;
    factor.asset = factor.unit = AssetId{i + 1};
    factor.band = {Decimal::whole(-10), Decimal::whole(10)};
    factor.limit = Range{Decimal::whole(-50), Decimal::whole(50)};
    desk.factors.push_back(factor);
  }
  return desk;
}

struct Large {
  Engine engine{large_desk()};
  LiveFigures figures;
  Services services;
  LivePaths paths;
  Timestamp now = Timestamp{1'767'614'400'000'000'000};
  std::vector<FactorId> all;

  Large() {
    for (std::size_t i = 0; i < factors; ++i) {
      Mark mark;
      mark.instrument = InstrumentId{i};
      mark.price = Price::whole(100);
      engine.step({now, mark});
      all.push_back(FactorId{i});
    }
    for (std::size_t book = 0; book < books; ++book)
      trade(book);
    // A day and a half of history in the windows.
    for (int hour = 0; hour < 36; ++hour) {
      now = now + Duration::hours(1);
      trade(static_cast<std::size_t>(hour) % books);
    }
    paths.resume(engine);
  }
  void trade(std::size_t book) {
    for (std::size_t i = 0; i < factors; ++i) {
      Fill fill;
      fill.key = {{VenueId{0}, AccountName("main")},
                  InstrumentId{i},
                  *TradeId::create(std::to_string(++fills)),
                  0};
      fill.book = *BookName::create("book" + std::to_string(book));
      fill.side = fills % 3 == 0 ? Side::sell : Side::buy;
      fill.qty = Quantity{decimal_one / 8};
      fill.price = Price::whole(100);
      engine.step({now, fill});
    }
  }
  DeskView view() const { return {engine, figures, {}}; }
  std::uint64_t fills = 0;
};

Large& large() {
  static Large desk;
  return desk;
}

void tick(benchmark::State& bench) {
  Large& desk = large();
  Sink sink("exposures");
  Duration wall = Duration::seconds(1);
  Channels channels(sink, desk.paths, desk.services,
                    {.interval = Duration::milliseconds(50),
                     .refresh = Duration::seconds(1),
                     .wall = [&] { return wall; }});
  const DeskView view = desk.view();
  const DeskGroup group{view, desk.all, {}, {}, {}, {}};
  for (auto _ : bench) {
    wall = wall + Duration::milliseconds(50);
    channels.follow(group);
  }
  bench.counters["bytes"] =
      benchmark::Counter(static_cast<double>(sink.bytes), benchmark::Counter::kAvgIterations);
}
BENCHMARK(tick)->Unit(benchmark::kMicrosecond);

void whole_positions(benchmark::State& bench) {
  Large& desk = large();
  Sink sink("positions");
  Duration wall = Duration::seconds(1);
  Channels channels(sink, desk.paths, desk.services,
                    {.interval = Duration::milliseconds(50),
                     .refresh = Duration::seconds(1),
                     .wall = [&] { return wall; }});
  const DeskView view = desk.view();
  const DeskGroup group{view, {}, {}, {}, {}, {}};
  for (auto _ : bench) {
    wall = wall + Duration::milliseconds(50);
    channels.restart();
    channels.follow(group);
  }
}
BENCHMARK(whole_positions)->Unit(benchmark::kMicrosecond);

/// What GET /api/v1/adherence costs: the whole report, which no list asks for.
void whole_report(benchmark::State& bench) {
  for (auto _ : bench)
    benchmark::DoNotOptimize(render_json(large().engine.report()));
}
BENCHMARK(whole_report)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ballast::api
