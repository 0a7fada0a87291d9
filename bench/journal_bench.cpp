// Questions this answers:
//   1. What do chain, marks and projections cost on top of bare SQLite inserts of equal rows in
//   equal
//      groups (WAL, FULL, 1,024 a group)? Limit: twice.
//   2. How many events a second become state again: read, checked, decoded, stepped? Needed:
//      1,000,000. And how many are read and checked alone?
//   3. How long does the commit of a single event take?
//
// Bare and journaled ingest run in turns inside one process, since a shared disk's speed wanders:
// compare the ratio, not the rates. The mix is 10 % fills, 60 % marks, 30 % tops over 1,000
// instruments and 20 books. BALLAST_BENCH_DIR names the folder to write in (default: the current).
#include "adapters/store/journal.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "adapters/codec/codec.hpp"
#include "adapters/store/chain.hpp"
#include "adapters/store/projector.hpp"
#include "adapters/store/reader.hpp"
#include "adapters/store/sqlite.hpp"
#include "base/rng.hpp"
#include "engine/engine.hpp"

namespace ballast {
namespace {

constexpr std::size_t events_total = 400'000;
constexpr std::size_t group_size = 1024;
constexpr std::size_t instruments = 1000;
constexpr std::size_t books = 20;

template <class T>
T value_of(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", result.error().what);
  std::exit(1);
}
void check(const Result<void>& result) {
  if (result) return;
  fmt::print(stderr, "{}\n", result.error().what);
  std::exit(1);
}

std::string bench_path(std::string_view name) {
  const char* folder = std::getenv("BALLAST_BENCH_DIR");
  const std::filesystem::path path =
      std::filesystem::path(folder == nullptr ? "." : folder) / fmt::format("bench-{}.db", name);
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock"})
    std::filesystem::remove(path.string() + suffix);
  return path.string();
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Elapsed time, and the processor's part of it, which other load on the machine disturbs less.
struct Spent {
  double wall = 0.0;
  double cpu = 0.0;
};
double cpu_now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// 1,000 instruments, half of them spot, half perpetuals, with a delta factor each.
const Desk& desk() {
  static const Desk made = [] {
    Desk desk;
    desk.name = "bench";
    desk.assets.push_back({"USDT", {}});
    desk.currency = AssetId{0};
    desk.venues = {{"binance", {"main"}}};
    for (std::size_t i = 0; i < instruments; ++i) {
      desk.assets.push_back({fmt::format("ASSET{}", i), {}});
      Instrument instrument;
      instrument.name = fmt::format("ASSET{}-USDT", i);
      instrument.kind = i % 2 == 0 ? InstrumentKind::spot : InstrumentKind::linear_perpetual;
      instrument.venue = VenueId{0};
      instrument.base = AssetId{i + 1};
      instrument.quote = AssetId{0};
      desk.instruments.push_back(instrument);
      FactorConfig factor;
      factor.name = fmt::format("delta:ASSET{}", i);
      factor.asset = factor.unit = instrument.base;
      factor.band = {Decimal::whole(-50), Decimal::whole(50)};
      factor.limit = Range{Decimal::whole(-500), Decimal::whole(500)};
      desk.factors.push_back(factor);
    }
    return desk;
  }();
  return made;
}

/// What one event is and, for a fill, the rows it touches.
struct Sample {
  Timestamp t;
  std::string body;
  bool fill = false;
  std::size_t instrument = 0;
  std::size_t book = 0;
  std::string id;
};

/// Fills fall on all 20,000 positions alike: the hardest case for the projections, since conflation
/// then saves least.
const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = [] {
    std::vector<Sample> made;
    const EventWriter writer(desk());
    Rng rng(1);
    Event event;
    event.t = Timestamp{1'723'161'255'000'000'000};
    for (std::size_t i = 0; i < events_total; ++i) {
      event.t = event.t + Duration::nanoseconds(rng.between(1, 2'000'000));
      Sample sample{.t = event.t, .body = {}, .fill = rng.chance(0.1), .id = {}};
      sample.instrument = rng.below(instruments);
      sample.book = rng.below(books);
      const InstrumentId instrument{sample.instrument};
      const auto cents = [](std::int64_t price) {
        return Price::from_raw(Int128{price} * (decimal_one / 100));
      };
      const auto price = rng.between(100'000, 9'999'999);
      if (sample.fill) {
        sample.id = std::to_string(3'600'000'000 + i);
        Fill fill;
        fill.key.place = {VenueId{0}, AccountName("main")};
        fill.key.instrument = instrument;
        fill.key.id = *TradeId::create(sample.id);
        fill.book = *BookName::create(fmt::format("book-{}", sample.book));
        fill.side = rng.chance(0.5) ? Side::buy : Side::sell;
        fill.qty = Quantity::from_raw(rng.between(1, 1000) * (decimal_one / 1000));
        fill.price = cents(price);
        fill.fee = Fee{Amount::from_raw(decimal_one / 100), AssetId{0}};
        fill.origin = Origin::quote;
        fill.liquidity = Liquidity::maker;
        event.body = fill;
      } else if (rng.chance(2.0 / 3.0)) {
        Mark mark;
        mark.instrument = instrument;
        mark.price = cents(price);
        event.body = mark;
      } else {
        event.body = Top{instrument, cents(price - 1), Quantity::whole(3), cents(price + 1),
                         Quantity::whole(2)};
      }
      writer.write(event, sample.body);
      made.push_back(std::move(sample));
    }
    return made;
  }();
  return all;
}

Spent bare_inserts() {
  const std::string path = bench_path("bare");
  sqlite::Database database = value_of(sqlite::Database::open(path, sqlite::Access::create, ""));
  check(database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
      "CREATE TABLE events(seq INTEGER PRIMARY KEY, t INTEGER, body TEXT, chain BLOB)"));
  sqlite::Statement begin = value_of(database.prepare("BEGIN IMMEDIATE"));
  sqlite::Statement insert = value_of(database.prepare("INSERT INTO events VALUES(?, ?, ?, ?)"));
  sqlite::Statement commit = value_of(database.prepare("COMMIT"));
  const Chain chain = chain_start();  // any 32 bytes
  const auto& all = samples();
  const Spent start{seconds_now(), cpu_now()};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % group_size == 0) check(begin.run());
    insert.bind(1, static_cast<std::int64_t>(i + 1));
    insert.bind(2, all[i].t.ns);
    insert.bind_text(3, all[i].body);
    insert.bind_blob(4, bytes_of(chain));
    check(insert.run());
    if (i % group_size == group_size - 1 || i + 1 == all.size()) check(commit.run());
  }
  return {seconds_now() - start.wall, cpu_now() - start.cpu};
}

/// The names that rows refer to, as a desk would hold them.
struct Names {
  std::array<std::string, instruments> instrument, asset;
  std::array<std::string, books> book;
  Names() {
    for (std::size_t i = 0; i < instruments; ++i) {
      asset[i] = fmt::format("ASSET{}", i);
      instrument[i] = asset[i] + "-USDT";
    }
    for (std::size_t i = 0; i < books; ++i)
      book[i] = fmt::format("book-{}", i);
  }
};

void put_group(Projections& out,
               const Names& names,
               const std::set<std::pair<std::size_t, std::size_t>>& touched,
               std::uint64_t seq) {
  std::size_t last_instrument = instruments;
  for (const auto& [instrument, book] : touched) {
    out.put(PositionRow{.venue = "binance",
                        .account = "main",
                        .book = names.book[book],
                        .instrument = names.instrument[instrument],
                        .qty = Quantity::whole(static_cast<std::int64_t>(seq)),
                        .average_price = Price::from_raw(Int128{1'234'567} * 1'000'000'000'000),
                        .cost = Amount::whole(static_cast<std::int64_t>(seq)),
                        .realized_pnl = Amount::from_raw(static_cast<Int128>(seq) * 1'000'000'000),
                        .fees = R"({"USDT":"12.345678"})",
                        .funding = "{}"});
    if (instrument != last_instrument)
      out.put(BalanceRow{"binance", "main", names.asset[instrument],
                         Amount::whole(static_cast<std::int64_t>(seq))});
    last_instrument = instrument;
  }
  if (!touched.empty())
    out.put(BalanceRow{"binance", "main", "USDT", Amount::whole(static_cast<std::int64_t>(seq))});
}

Spent journaled(bool projected, const std::string& path) {
  static const Names names;
  auto journal = value_of(SqliteJournal::open(path, {.desk = "bench"}));
  std::set<std::pair<std::size_t, std::size_t>> touched;
  const auto& all = samples();
  double flushed = 0.0;
  const Spent start{seconds_now(), cpu_now()};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Sample& sample = all[i];
    const std::uint64_t seq = value_of(journal->append(sample.t, sample.body));
    if (projected && sample.fill) {
      touched.emplace(sample.instrument, sample.book);
      journal->projections().put(FillRow{.seq = seq,
                                         .t = sample.t,
                                         .venue = "binance",
                                         .account = "main",
                                         .book = names.book[sample.book],
                                         .instrument = names.instrument[sample.instrument],
                                         .id = sample.id,
                                         .qty = Quantity::from_raw(decimal_one / 8),
                                         .price = Price::whole(1'234'567),
                                         .fee = Amount::from_raw(decimal_one / 100),
                                         .fee_asset = "USDT",
                                         .origin = Origin::quote,
                                         .liquidity = Liquidity::maker});
    }
    const bool last = i + 1 == all.size();
    if (i % group_size == group_size - 1 || last) {
      // As Projector does.
      if (last || seconds_now() - flushed >= Projector::flush_interval.to_seconds()) {
        put_group(journal->projections(), names, touched, seq);
        touched.clear();
        flushed = seconds_now();
      }
      value_of(journal->commit());
    }
  }
  return {seconds_now() - start.wall, cpu_now() - start.cpu};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void ingest_against_bare_inserts(benchmark::State& state) {
  std::vector<double> bare, chained, projected, ratio, chain_ratio, cpu_ratio;
  samples();
  for (auto _ : state) {
    const Spent before = bare_inserts();
    const Spent chain_only = journaled(false, bench_path("chained"));
    const Spent full = journaled(true, bench_path("projected"));
    const Spent after = bare_inserts();
    bare.push_back((before.wall + after.wall) / 2);
    chained.push_back(chain_only.wall);
    projected.push_back(full.wall);
    chain_ratio.push_back(chain_only.wall / bare.back());
    ratio.push_back(full.wall / bare.back());
    cpu_ratio.push_back(full.cpu / ((before.cpu + after.cpu) / 2));
  }
  const auto rate = [](const std::vector<double>& seconds) {
    return static_cast<double>(events_total) / median(seconds);
  };
  state.counters["bare_rows_per_s"] = rate(bare);
  state.counters["chained_per_s"] = rate(chained);
  state.counters["projected_per_s"] = rate(projected);
  state.counters["chain_ratio"] = median(chain_ratio);
  state.counters["ratio"] = median(ratio);
  state.counters["cpu_ratio"] = median(cpu_ratio);
}
BENCHMARK(ingest_against_bare_inserts)->Iterations(5)->Unit(benchmark::kMillisecond);

void reader_hands_out_checked_events(benchmark::State& state) {
  const std::string path = bench_path("read");
  journaled(true, path);
  JournalReader reader = value_of(JournalReader::open(path));
  std::size_t bytes = 0;
  for (auto _ : state) {
    check(reader.for_each(1, {}, [&bytes](const JournalEvent& event) -> Result<void> {
      bytes += event.body.size();
      return {};
    }));
  }
  benchmark::DoNotOptimize(bytes);
  state.counters["events_per_s"] = benchmark::Counter(
      static_cast<double>(events_total), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(reader_hands_out_checked_events)->Unit(benchmark::kMillisecond)->UseRealTime();

/// As the program replays: one thread reads and checks, the other decodes and steps.
void replay_to_state(benchmark::State& state) {
  const std::string path = bench_path("replay");
  journaled(false, path);
  JournalReader reader = value_of(JournalReader::open(path));
  EventReader decoder(desk());
  for (auto _ : state) {
    Engine engine{Desk(desk())};
    std::array<Event, 3> events;  // a ring: each is announced two ahead of its step
    std::size_t count = 0;
    check(reader.for_each(1, {}, [&](const JournalEvent& stored) -> Result<void> {
      Event& next = events[count % events.size()];
      BALLAST_CHECK(decoder.read(stored.body, next));
      engine.announce(next);
      if (++count > 2) engine.step(events[count % events.size()]);
      return {};
    }));
    for (const std::size_t left : {count + 1, count + 2})
      engine.step(events[left % events.size()]);
    if (engine.counts().applied != events_total) std::abort();
  }
  state.counters["events_per_s"] = benchmark::Counter(
      static_cast<double>(events_total), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(replay_to_state)->Unit(benchmark::kMillisecond)->UseRealTime();

void commit_of_one_event(benchmark::State& state) {
  auto journal = value_of(SqliteJournal::open(bench_path("single"), {.desk = "bench"}));
  std::vector<double> seconds;
  std::size_t i = 0;
  for (auto _ : state) {
    const Sample& sample = samples()[i++ % events_total];
    const double start = seconds_now();
    value_of(journal->append(sample.t, sample.body));
    value_of(journal->commit());
    seconds.push_back(seconds_now() - start);
  }
  std::sort(seconds.begin(), seconds.end());
  state.counters["p50_us"] = seconds[seconds.size() / 2] * 1e6;
  state.counters["p99_us"] = seconds[seconds.size() * 99 / 100] * 1e6;
}
BENCHMARK(commit_of_one_event)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace ballast
