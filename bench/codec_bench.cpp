// How fast do lines become events, and events lines? On one core, names of 1,000 instruments, 20
// books and a realistic mix: 10 % fills, 60 % marks, 30 % tops. And what does one decimal cost?

#include "adapters/codec/codec.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "base/contract.hpp"
#include "base/rng.hpp"
#include "model/desk_builder.hpp"

namespace {

using namespace ballast;

constexpr int instruments = 1000;
constexpr int books = 20;
constexpr std::size_t lines_count = 100'000;

const Desk& desk() {
  static const Desk built = [] {
    DeskBuilder builder;
    const VenueId venue = builder.venue("binance");
    builder.asset("USDT");
    for (int i = 0; i < instruments; ++i)
      builder.instrument(fmt::format("COIN{}-USDT", i), venue);
    return builder.desk();
  }();
  return built;
}

std::string line_of(std::string_view type, Rng& rng) {
  const auto t = fmt::format(R"({{"t":"2024-08-08T23:54:15.{:09}Z","type":"{}")",
                             rng.below(1'000'000'000), type);
  const auto name = fmt::format("COIN{}-USDT", rng.below(instruments));
  const auto price = [&] { return fmt::format("{}.{:02}", rng.below(70'000) + 1, rng.below(100)); };
  const auto qty = [&] { return fmt::format("{}.{:05}", rng.below(30), rng.below(99'999) + 1); };
  if (type == "fill") {
    return fmt::format(
        R"({},"id":"{}","venue":"binance","account":"main","book":"book-{}","instrument":"{}",)"
        R"("side":"{}","qty":"{}","price":"{}","fee":"0.{:06}","fee_asset":"USDT","origin":"quote"}})",
        t, rng.below(4'000'000'000), rng.below(books), name, rng.chance(0.5) ? "buy" : "sell",
        qty(), price(), rng.below(1'000'000));
  }
  if (type == "mark")
    return fmt::format(R"({},"instrument":"{}","price":"{}"}})", t, name, price());
  return fmt::format(
      R"({},"instrument":"{}","bid":"{}","bid_qty":"{}","ask":"{}","ask_qty":"{}"}})", t, name,
      price(), qty(), price(), qty());
}

std::vector<std::string> lines_of(std::string_view type) {
  Rng rng(1);
  std::vector<std::string> lines;
  lines.reserve(lines_count);
  for (std::size_t i = 0; i < lines_count; ++i) {
    std::string_view kind = type;
    if (type == "mix") {
      const double u = rng.uniform();
      kind = u < 0.1 ? "fill" : u < 0.7 ? "mark" : "top";
    }
    lines.push_back(line_of(kind, rng));
  }
  return lines;
}

constexpr std::array<std::string_view, 4> kinds{"mix", "fill", "mark", "top"};

void read_lines(benchmark::State& state) {
  const std::string_view kind = kinds[static_cast<std::size_t>(state.range(0))];
  const auto lines = lines_of(kind);
  EventReader reader(desk());
  Event event;
  std::size_t bytes = 0;
  for (auto _ : state) {
    for (const std::string& line : lines) {
      BALLAST_ASSERT(reader.read(line, event));
      benchmark::DoNotOptimize(event);
      bytes += line.size();
    }
  }
  state.SetLabel(std::string(kind));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * lines.size()));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(read_lines)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

void write_lines(benchmark::State& state) {
  const std::string_view kind = kinds[static_cast<std::size_t>(state.range(0))];
  EventReader reader(desk());
  std::vector<Event> events;
  for (const std::string& line : lines_of(kind)) {
    BALLAST_ASSERT(reader.read(line, events.emplace_back()));
  }
  const EventWriter writer(desk());
  std::string out;
  for (auto _ : state) {
    for (const Event& event : events) {
      out.clear();
      writer.write(event, out);
      benchmark::DoNotOptimize(out.data());
    }
  }
  state.SetLabel(std::string(kind));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * events.size()));
}
BENCHMARK(write_lines)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

/// Prices and quantities of the usual lengths.
std::vector<std::string> decimal_texts() {
  Rng rng(2);
  std::vector<std::string> texts;
  for (int i = 0; i < 10'000; ++i) {
    texts.push_back(i % 2 == 0 ? fmt::format("{}.{:02}", rng.below(70'000), rng.below(100))
                               : fmt::format("{}.{:08}", rng.below(30), rng.below(100'000'000)));
  }
  return texts;
}

void parse_decimals(benchmark::State& state) {
  const auto texts = decimal_texts();
  for (auto _ : state) {
    for (const std::string& text : texts) {
      auto raw = parse_decimal_raw(text);
      benchmark::DoNotOptimize(raw);
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * texts.size()));
}
BENCHMARK(parse_decimals);

void print_decimals(benchmark::State& state) {
  std::vector<Int128> values;
  for (const std::string& text : decimal_texts())
    values.push_back(*parse_decimal_raw(text));
  char buffer[decimal_text_max];
  for (auto _ : state) {
    for (const Int128 value : values)
      benchmark::DoNotOptimize(print_decimal(value, buffer));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * values.size()));
}
BENCHMARK(print_decimals);

}  // namespace
