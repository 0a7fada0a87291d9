// Questions this answers: what do stopping, starting and looking after oneself in between cost a
// desk with a long history? Goals at ten million fills: stopped within 5 s, running again within 3
// s.
//
//   ./dev bench restart [FILLS] [LATER]
//
// FILLS fills (default 1,000,000) over 1,000 instruments x 20 books and thirty days, so that every
// window of every factor is full, go through a journal and an engine; then the desk is stopped,
// started, worked on for LATER fills (default 100,000), snapshotted, stopped and started again, and
// at last killed LATER fills after its last snapshot. Times are the wall's and the processor's,
// since other load disturbs the first. BALLAST_BENCH_DIR names the folder to write in (default: the
// current); FILLS of ten million take 4 GiB there.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "adapters/codec/codec.hpp"
#include "adapters/store/journal.hpp"
#include "base/rng.hpp"
#include "engine/engine.hpp"

namespace ballast {
namespace {

constexpr std::size_t instruments = 1000;
constexpr std::size_t books = 20;
constexpr std::size_t group_size = 1024;
constexpr std::size_t fills_a_mark = 10;
constexpr std::string_view version = "bench";

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

// ---- the desk and its day
// -------------------------------------------------------------------------

Desk bench_desk() {
  Desk desk;
  desk.name = "bench";
  desk.assets.push_back({"USDT", {}});
  desk.currency = AssetId{0};
  desk.venues = {{"binance", {"main"}}};
  RuleConfig rule;
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
    rule.factors.push_back(FactorId{i});
  }
  rule.name = "out-of-band";
  rule.measure = Measure::abs_z;
  rule.threshold = 1.0;
  rule.dwell = Duration::seconds(30);
  desk.rules.push_back(rule);
  return desk;
}

/// Fills with ids as a large venue numbers them, a few of them late, and a mark now and then.
class Flow {
 public:
  explicit Flow(std::size_t fills)
      : gap_(static_cast<std::uint64_t>(2 * Duration::hours(24 * 30).ns) / fills), rng_(1) {}

  const Event& next() {
    event_.t = Timestamp{t_ += static_cast<std::int64_t>(rng_.below(gap_) + 1)};
    const InstrumentId instrument{rng_.below(instruments)};
    const Price price =
        Price::from_raw(Int128{rng_.between(100'000, 9'999'999)} * (decimal_one / 100));
    if (++made_ % (fills_a_mark + 1) == 0) {
      Mark mark;
      mark.instrument = instrument;
      mark.price = price;
      event_.body = mark;
      return event_;
    }
    if (rng_.below(100) == 0) event_.t = Timestamp{t_ - Duration::milliseconds(500).ns};
    Fill fill;
    fill.key.place = {VenueId{0}, AccountName("main")};
    fill.key.instrument = instrument;
    fill.key.id = *TradeId::create(fmt::format_int(id_ += 1 + rng_.below(9)).str());
    fill.book = *BookName::create(fmt::format("book-{}", rng_.below(books)));
    fill.side = rng_.chance(0.5) ? Side::buy : Side::sell;
    fill.qty = Quantity::from_raw(Int128{rng_.between(1, 1000)} * (decimal_one / 1000));
    fill.price = price;
    fill.fee = Fee{Amount::from_raw(Int128{rng_.between(1, 999'999)} * (decimal_one / 100'000'000)),
                   AssetId{0}};
    fill.order = *OrderId::create(fmt::format("mm-{}", id_ % 10'000'000));
    fill.origin = Origin::quote;
    fill.liquidity = Liquidity::maker;
    event_.body = fill;
    return event_;
  }

 private:
  std::uint64_t gap_;
  Rng rng_;
  std::int64_t t_ = parse_timestamp("2026-01-05T00:00:00Z")->ns;
  std::uint64_t made_ = 0;
  std::uint64_t id_ = 3'600'000'000;
  Event event_;
};

// ---- measuring
// ------------------------------------------------------------------------------------

double cpu_now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}
double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double resident_mib(const char* which) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(which))
      return std::strtod(line.c_str() + line.find(':') + 1, nullptr) / 1024;
  }
  return 0.0;
}
/// Begins a new peak.
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

struct Total {
  double wall = 0.0, cpu = 0.0;
};

template <class Fn>
auto timed(Total& total, std::string_view what, Fn&& fn) {
  const double wall = seconds_now();
  const double cpu = cpu_now();
  const auto tell = [&] {
    const double took = seconds_now() - wall;
    const double worked = cpu_now() - cpu;
    total.wall += took;
    total.cpu += worked;
    fmt::print("  {:<44} {:>9.3f} s {:>9.3f} s\n", what, took, worked);
  };
  if constexpr (std::is_void_v<decltype(fn())>) {
    fn();
    tell();
  } else {
    auto result = fn();
    tell();
    return result;
  }
}

void begin_part(std::string_view what) {
  forget_peak();
  fmt::print("{}\n", what);
}
void end_part(const Total& total) {
  fmt::print("  {:<44} {:>9.3f} s {:>9.3f} s   peak {:.0f} MiB\n\n", "together", total.wall,
             total.cpu, resident_mib("VmHWM"));
  std::fflush(stdout);
}
void tell_size(std::string_view what, std::size_t bytes) {
  fmt::print("  {:<44} {:>9.1f} MiB\n", what, static_cast<double>(bytes) / (1 << 20));
}

// ---- the desk at work
// -----------------------------------------------------------------------------

class Bench {
 public:
  Bench(std::string path, std::size_t fills)
      : path_(std::move(path)), desk_(bench_desk()), flow_(fills), writer_(desk_) {}

  void open(Total& total) {
    journal_ = timed(total, "open the journal", [&] {
      return value_of(SqliteJournal::open(path_, {.desk = "bench", .verify_tail = false}));
    });
    engine_ = timed(total, "make the engine", [&] { return std::make_unique<Engine>(desk_); });
  }

  void work(std::size_t fills) {
    const std::size_t events = fills + fills / fills_a_mark;
    for (std::size_t i = 0; i < events; ++i) {
      const Event& event = flow_.next();
      line_.clear();
      writer_.write(event, line_);
      value_of(journal_->append(event.t, line_));
      engine_->step(event);
      if (i % group_size == group_size - 1 || i + 1 == events) value_of(journal_->commit());
    }
  }

  void save(Total& total) {
    auto image = timed(total, "Engine::snapshot", [&] { return engine_->snapshot(); });
    tell_size("of what changes", image.bytes.size());
    tell_size("of history", image.size() - image.bytes.size());
    timed(total, "save_snapshot",
          [&] { check(journal_->save_snapshot(version, std::move(image))); });
  }

  void close(Total& total) {
    timed(total, "close the journal", [&] { check(journal_->close()); });
    digest_ = engine_->digest().hex();
    journal_.reset();
    engine_.reset();
  }
  void kill() {
    digest_ = engine_->digest().hex();
    journal_.reset();
    engine_.reset();
  }

  void start(Total& total) {
    open(total);
    std::uint64_t from = 1;
    {
      auto search =
          timed(total, "load_snapshot", [&] { return value_of(journal_->load_snapshot(version)); });
      if (!search.latest) std::exit(1);
      timed(total, "Engine::restore", [&] { check(engine_->restore(search.latest->image)); });
      from = search.latest->seq + 1;
      timed(total, "let go of the bytes", [&] { search = {}; });
    }
    timed(total, fmt::format("replay {} events", journal_->last_seq() + 1 - from), [&] {
      EventReader reader(desk_);
      Event event;
      check(journal_->replay(from, [&](const JournalEvent& stored) -> Result<void> {
        BALLAST_CHECK(reader.read(stored.body, event));
        engine_->step(event);
        return {};
      }));
    });
    if (engine_->digest().hex() != digest_) {
      fmt::print(stderr, "the restored engine is another\n");
      std::exit(1);
    }
    timed(total, "first event: append, step, commit", [&] { work(1); });
  }

  const Engine& engine() const { return *engine_; }

 private:
  std::string path_;
  Desk desk_;
  Flow flow_;
  EventWriter writer_;
  std::unique_ptr<SqliteJournal> journal_;
  std::unique_ptr<Engine> engine_;
  std::string line_;
  std::string digest_;
};

std::string bench_path() {
  const char* folder = std::getenv("BALLAST_BENCH_DIR");
  const std::filesystem::path path =
      std::filesystem::path(folder == nullptr ? "." : folder) / "bench-restart.db";
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock"})
    std::filesystem::remove(path.string() + suffix);
  return path.string();
}

void run(std::size_t fills, std::size_t later) {
  const std::string path = bench_path();
  Bench bench(path, fills);
  fmt::print("{:<46} {:>11} {:>11}\n", "", "wall", "processor");

  Total total;
  begin_part(fmt::format("The desk's past: {} fills, {} instruments x {} books", fills, instruments,
                         books));
  bench.open(total);
  timed(total, "write, append, step, commit", [&] { bench.work(fills); });
  tell_size("the books", bench.engine().books().memory().total());
  fmt::print("  {:<44} {:>9.1f} MiB\n", "resident", resident_mib("VmRSS"));
  end_part(total);

  const auto stop = [&](std::string_view what) {
    Total spent;
    begin_part(what);
    bench.save(spent);
    bench.close(spent);
    end_part(spent);
  };
  const auto start = [&](std::string_view what) {
    Total spent;
    begin_part(what);
    bench.start(spent);
    end_part(spent);
  };
  stop("Stop, with no snapshot before");
  start("Start");
  bench.work(later);
  total = {};
  begin_part(fmt::format("Snapshot while running, {} fills later", later));
  bench.save(total);
  end_part(total);
  bench.work(later);
  stop(fmt::format("Stop, {} fills later", later));
  start("Start again");
  bench.work(later);
  bench.kill();
  start(fmt::format("Start after a kill, {} fills after the last snapshot", later));
  bench_path();
}

std::size_t count_of(const char* text) {
  const std::string_view digits(text);
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error == std::errc{} && end == digits.data() + digits.size() && count > 0) return count;
  fmt::print(stderr, "{} is no number of fills\n", text);
  std::exit(2);
}

}  // namespace
}  // namespace ballast

int main(int argc, char** argv) {
  const std::size_t fills = argc > 1 ? ballast::count_of(argv[1]) : 1'000'000;
  const std::size_t later = argc > 2 ? ballast::count_of(argv[2]) : 100'000;
  ballast::run(fills, later);
}
