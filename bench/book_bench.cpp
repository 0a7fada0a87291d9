// What does exact position keeping cost per fill, against a bare hash map of positions, and how
// much memory does a fill take for ever? 20,000 positions (1,000 instruments in 20 books), fills in
// random order over them, each with a fee, an order id and a numeric trade id.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/archive.hpp"
#include "base/flat_map.hpp"
#include "base/rng.hpp"
#include "book/books.hpp"

namespace ballast {
namespace {

constexpr std::size_t instruments = 1000;
constexpr std::size_t books_count = 20;

Desk desk() {
  Desk desk;
  desk.name = "bench";
  desk.assets = {{"BTC", {}}, {"USDT", {}}};
  desk.currency = AssetId(1);
  desk.venues = {{"venue", {"*"}}};
  for (std::size_t i = 0; i < instruments; ++i) {
    Instrument instrument;
    instrument.name = "I" + std::to_string(i);
    instrument.kind = i % 2 == 0 ? InstrumentKind::spot : InstrumentKind::linear_perpetual;
    instrument.venue = VenueId(0);
    instrument.base = AssetId(0);
    instrument.quote = AssetId(1);
    desk.instruments.push_back(instrument);
  }
  return desk;
}

/// A stream of fills that is made as it is asked for, so that its own memory does not count.
class FillStream {
 public:
  FillStream() {
    for (std::size_t b = 0; b < books_count; ++b) {
      names_[b] = *BookName::create("strategy-" + std::to_string(b));
    }
    fill_.key.place = {VenueId(0), AccountName("main-trading-account")};
    fill_.order = OrderId("x-A6SIDXVS1700000000000");
    fill_.origin = Origin::quote;
    fill_.liquidity = Liquidity::maker;
  }
  const Fill& next() {
    ++count_;
    fill_.key.instrument = InstrumentId(rng_.below(instruments));
    fill_.book = names_[rng_.below(books_count)];
    fill_.key.id = id(3'000'000'000 + count_);
    fill_.side = rng_.chance(0.5) ? Side::buy : Side::sell;
    fill_.qty.raw = static_cast<Int128>(1 + rng_.below(100'000)) * 100'000'000'000'000LL;
    fill_.price.raw =
        static_cast<Int128>(6'000'000 + rng_.below(100'000)) * 10'000'000'000'000'000LL;
    fill_.fee =
        Fee{Amount{static_cast<Int128>(1 + rng_.below(10'000'000)) * 10'000'000'000LL}, AssetId(1)};
    return fill_;
  }
  Timestamp time() const {
    return {static_cast<std::int64_t>(1'700'000'000'000'000'000 + count_ * 1'000'000)};
  }

 private:
  static TradeId id(std::uint64_t number) {
    std::array<char, 20> digits{};
    std::size_t at = digits.size();
    for (; number > 0; number /= 10)
      digits[--at] = static_cast<char>('0' + number % 10);
    return *TradeId::create({digits.data() + at, digits.size() - at});
  }

  Rng rng_{42};
  std::uint64_t count_ = 0;
  std::array<BookName, books_count> names_;
  Fill fill_;
};

/// The stream alone: to be taken off what the others show.
void stream_alone(benchmark::State& state) {
  FillStream stream;
  for (auto _ : state)
    benchmark::DoNotOptimize(stream.next());
}
BENCHMARK(stream_alone);

struct BareKey {
  std::uint32_t instrument = 0;
  std::uint32_t book = 0;
  friend bool operator==(const BareKey&, const BareKey&) = default;
};
struct BareHash {
  std::size_t operator()(const BareKey& key) const { return mix(key.instrument, key.book); }
};

/// The floor: a quantity and a cost in a hash map, no keys, no cash, no history.
void bare_hash_map(benchmark::State& state) {
  FillStream stream;
  FlatMap<BareKey, std::pair<std::int64_t, double>, BareHash> positions;
  for (auto _ : state) {
    const Fill& fill = stream.next();
    const BareKey key{fill.key.instrument.value,
                      static_cast<std::uint32_t>(fill.book.view().back())};
    auto& position = *positions.try_emplace(key, {}).first;
    const auto qty = static_cast<std::int64_t>(fill.qty.raw / 10'000'000'000LL);
    position.first += fill.side == Side::buy ? qty : -qty;
    position.second += static_cast<double>(qty) * to_double(fill.price);
    benchmark::DoNotOptimize(position);
  }
}
BENCHMARK(bare_hash_map);

void fills_in_order(benchmark::State& state) {
  const auto held = static_cast<std::size_t>(state.range(0));
  auto books = std::make_unique<Books>(desk());
  FillStream stream;
  for (std::size_t i = 0; i < held; ++i) {
    const Fill& fill = stream.next();
    books->apply(stream.time(), fill);
  }
  for (auto _ : state) {
    const Fill& fill = stream.next();
    benchmark::DoNotOptimize(books->apply(stream.time(), fill));
  }
  state.counters["bytes_per_fill"] =
      static_cast<double>(books->memory().total()) / static_cast<double>(books->counters().fills);
  state.counters["MiB"] = static_cast<double>(books->memory().total()) / 1048576.0;
}
BENCHMARK(fills_in_order)->Arg(100'000)->Arg(1'000'000)->Arg(10'000'000)->Iterations(1'000'000);

/// A fill that arrives `behind` fills late on one busy position.
void late_fill(benchmark::State& state) {
  auto books = std::make_unique<Books>(desk());
  FillStream stream;
  for (int i = 0; i < 100'000; ++i) {
    Fill fill = stream.next();
    fill.key.instrument = InstrumentId(0);
    fill.book = BookName("one");
    books->apply(stream.time(), fill);
  }
  for (auto _ : state) {
    Fill fill = stream.next();
    fill.key.instrument = InstrumentId(0);
    fill.book = BookName("one");
    const Timestamp t = stream.time() - Duration::milliseconds(state.range(0));
    benchmark::DoNotOptimize(books->apply(t, fill));
  }
}
BENCHMARK(late_fill)->Arg(0)->Arg(10)->Arg(1000)->Iterations(10'000);

void duplicate_fill(benchmark::State& state) {
  auto books = std::make_unique<Books>(desk());
  FillStream stream;
  FillStream again;
  for (int i = 0; i < 1'000'000; ++i) {
    const Fill& fill = stream.next();
    books->apply(stream.time(), fill);
  }
  for (auto _ : state) {
    const Fill& fill = again.next();
    benchmark::DoNotOptimize(books->apply(again.time(), fill));
  }
}
BENCHMARK(duplicate_fill)->Iterations(1'000'000);

void load_snapshot_of_a_million_fills(benchmark::State& state) {
  auto books = std::make_unique<Books>(desk());
  FillStream stream;
  for (int i = 0; i < 1'000'000; ++i) {
    const Fill& fill = stream.next();
    books->apply(stream.time(), fill);
  }
  std::string bytes;
  SaveArchive save(bytes);
  save(*books);
  for (auto _ : state) {
    auto loaded = std::make_unique<Books>(desk());
    LoadArchive load(bytes);
    load(*loaded);
    if (!load.done()) state.SkipWithError("the snapshot did not load");
  }
}
BENCHMARK(load_snapshot_of_a_million_fills)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ballast
