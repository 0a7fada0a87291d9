// Questions this answers:
//   1. Does a live desk on its journal keep up with 10,000 fills and 50,000 marks a second, and how
//      long does an answer take then, beside a sync of the disk alone?
//   2. How many events a second does it take when as many come as it can take?
//
// One thread feeds batches of lines, as a session of a venue does; the desk's thread does the rest.
// Needed: 60,000 a second. The sync is that of 64 KiB appended to a file beside the journal,
// before the run and after it. BALLAST_BENCH_DIR names the folder to write in (default: the current).
#include "runtime/live_desk.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/codec/codec.hpp"
#include "apps/ballast/desk_journal.hpp"
#include "apps/ballast/system_clock.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr std::size_t instruments = 200;
constexpr int seconds = 5;
constexpr int fills_a_second = 10'000;
constexpr int marks_a_second = 50'000;
constexpr int batches_a_second = 500;

std::filesystem::path folder() {
  const char* named = std::getenv("BALLAST_BENCH_DIR");
  return named == nullptr ? "." : named;
}

Desk bench_desk() {
  Desk desk;
  desk.name = "bench";
  desk.assets.push_back({"USDT", {}});
  desk.currency = AssetId{0};
  desk.venues = {{"binance", {"main"}}};
  for (std::size_t i = 0; i < instruments; ++i) {
    desk.assets.push_back({fmt::format("ASSET{}", i), {}});
    Instrument instrument;
    instrument.name = fmt::format("ASSET{}-USDT", i);
    instrument.kind = InstrumentKind::spot;
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
}

/// Batches of one second's events, again and again with other ids.
class Feed {
 public:
  explicit Feed(const Desk& desk) : desk_(desk), writer_(desk_) {}

  std::vector<std::string> batch(Timestamp t) {
    std::vector<std::string> lines;
    for (int i = 0; i < fills_a_second / batches_a_second; ++i) {
      Fill fill;
      fill.key.place = {VenueId{0}, AccountName("main")};
      fill.key.instrument = InstrumentId{rng_.below(instruments)};
      fill.key.id = *TradeId::create(fmt::format("{}", ++id_));
      fill.book = *BookName::create(fmt::format("book{}", rng_.below(20)));
      fill.side = rng_.chance(0.5) ? Side::buy : Side::sell;
      fill.qty = Quantity::whole(1);
      fill.price = Price::whole(100);
      lines.push_back(text({t, fill}));
    }
    for (int i = 0; i < marks_a_second / batches_a_second; ++i) {
      const Mark mark{InstrumentId{rng_.below(instruments)},
                      {},
                      {},
                      Price::whole(static_cast<std::int64_t>(90 + rng_.below(20)))};
      lines.push_back(text({t, mark}));
    }
    return lines;
  }

 private:
  std::string text(const Event& event) {
    std::string line;
    writer_.write(event, line);
    return line;
  }
  const Desk& desk_;
  EventWriter writer_;
  Rng rng_{1};
  std::uint64_t id_ = 0;
};

class Recovery final : public Recovering {
 public:
  explicit Recovery(const Desk& desk) {
    EngineOptions options;
    options.keep_hours = true;
    made = std::make_unique<Engine>(desk, options);
  }
  Engine& engine() override { return *made; }
  bool restore(std::string_view) override { return false; }
  std::span<const Effect> follow(std::uint64_t, const Event& event) override {
    return made->step(event);
  }
  std::unique_ptr<Engine> made;
};

DeskParts fresh_parts(const Desk& desk, const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    std::filesystem::remove(path + suffix);
  Recovery recovery(desk);
  auto journal = DeskJournal::open(desk, {.file = path});
  if (!journal || !(*journal)->recover(recovery)) std::exit(1);
  DeskParts parts;
  parts.engine = std::move(recovery.made);
  parts.store = std::move(*journal);
  return parts;
}

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// What the disk does by itself.
double sync_p99(int syncs) {
  const std::string path = (folder() / "bench-sync").string();
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  const std::string bytes(std::size_t{64} << 10U, 'x');
  std::vector<double> times;
  for (int i = 0; i < syncs; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    if (::write(file, bytes.data(), bytes.size()) < 0 || ::fdatasync(file) != 0) std::exit(1);
    times.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  ::close(file);
  ::unlink(path.c_str());
  return quantile(times, 0.99);
}

/// `paced`: at the rate that is needed; else as fast as it goes.
void live_desk(benchmark::State& state, bool paced) {
  const Desk desk = bench_desk();
  const SystemClock clock;
  for (auto _ : state) {
    const std::string path = (folder() / "bench-live.db").string();
    Feed feed(desk);
    std::vector<std::vector<std::string>> batches;
    for (int i = 0; i < seconds * batches_a_second; ++i)
      batches.push_back(feed.batch(clock.now()));
    const double sync_before = sync_p99(200);

    std::mutex mutex;
    std::vector<double> answers;
    std::atomic<std::uint64_t> refused = 0;
    LiveDesk live(fresh_parts(desk, path), clock);
    live.start();
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < batches.size(); ++i) {
      const auto due = begin + i * std::chrono::milliseconds(1000 / batches_a_second);
      if (paced) std::this_thread::sleep_until(due);
      Submission submission;
      submission.lines = std::move(batches[i]);
      submission.by = {"feed", Role::ingest};
      // From when it was due: a feed that has to wait does not hide the wait.
      submission.done = [&, since = paced ? due : std::chrono::steady_clock::now()](
                            const Result<SubmissionOutcome>& outcome) {
        if (!outcome) return void(++refused);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - since;
        const std::lock_guard lock(mutex);
        answers.push_back(took.count());
      };
      while (!live.submit(submission, Duration::seconds(1))) {
      }
    }
    LiveFigures figures;
    std::atomic<bool> seen = false;
    live.query([&](const LiveView& view) {
      figures = view.figures;
      seen = true;
    });
    while (!seen)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!live.drain() || refused > 0) return state.SkipWithError("the desk failed");
    const double sync = std::max(sync_before, sync_p99(200));
    state.counters["events/s"] = static_cast<double>(figures.durable_seq) / took.count();
    state.counters["answer_p50_ms"] = quantile(answers, 0.5) * 1e3;
    state.counters["answer_p99_ms"] = quantile(answers, 0.99) * 1e3;
    state.counters["commit_p99_ms"] = figures.commit.p99.value_or(0.0) * 1e3;
    state.counters["step_p99_us"] = figures.step.p99.value_or(0.0) * 1e6;
    state.counters["sync_p99_ms"] = sync * 1e3;
    state.SetIterationTime(took.count());
    for (const char* suffix : {"", "-wal", "-shm", ".lock"})
      std::filesystem::remove(path + suffix);
  }
}

BENCHMARK_CAPTURE(live_desk, at_the_rate_needed, true)->UseManualTime()->Iterations(1);
BENCHMARK_CAPTURE(live_desk, as_fast_as_it_goes, false)->UseManualTime()->Iterations(1);

}  // namespace
}  // namespace ballast
