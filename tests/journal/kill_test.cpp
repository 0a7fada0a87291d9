// kill -9 under load: a process writes groups and tells of each acknowledgement through a pipe, the
// only record that outlives it; what it leaves behind must hold all of that, be an exact prefix of
// what it appended, and be gone on with by the next process. On real files.
//
// BALLAST_SEED repeats a run's choices (the moment of death is the machine's).
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/store/reader.hpp"
#include "adapters/store/verify.hpp"
#include "base/rng.hpp"
#include "journal/script.hpp"

namespace ballast::testing {
namespace {

constexpr int kills = 100;
constexpr int kills_per_file = 20;

std::uint64_t base_seed() {
  const char* text = std::getenv("BALLAST_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
}

// ---- the process that dies ----------------------------------------------------------------------

class Writer {
 public:
  Writer(std::string path, int pipe, std::uint64_t seed, Driver driver)
      : path_(std::move(path)), pipe_(pipe), rng_(seed), driver_(driver) {}

  /// Never ends well: it is killed, or says what went wrong.
  [[noreturn]] void run() {
    Result<void> done;
    while (done)
      done = live();
    static_cast<void>(std::fputs((done.error().what + "\n").c_str(), stderr));
    ::_exit(1);
  }

 private:
  /// From opening to closing.
  Result<void> live() {
    JournalOptions options;
    options.desk = "script";
    BALLAST_TRY(journal, SqliteJournal::open(path_, options));
    acknowledge(journal->durable_seq());
    BALLAST_TRY(search, journal->load_snapshot("1"));
    std::vector<Block> history;
    if (search.latest) history = search.latest->image.blocks;
    for (std::uint64_t groups = 1 + rng_.below(200); groups > 0; --groups) {
      BALLAST_CHECK(write_group(*journal));
      if (rng_.chance(0.05)) BALLAST_CHECK(journal->checkpoint());
      if (rng_.chance(0.02))
        BALLAST_CHECK(journal->save_snapshot("1", script_image(journal->last_seq(), history)));
      if (rng_.chance(0.05))
        BALLAST_CHECK(journal->begin_snapshot("1", script_image(journal->last_seq(), history)));
    }
    return journal->close();
  }

  Result<void> write_group(SqliteJournal& journal) {
    std::uint64_t seq = 0;
    // The mutant is caught between an append and its commit, so it takes its time there.
    const std::uint64_t group_max = driver_ == Driver::honest ? 64 : 4000;
    for (std::uint64_t left = 1 + rng_.below(group_max); left > 0; --left) {
      seq = journal.last_seq() + 1;
      BALLAST_CHECK(journal.append(script_time(seq), script_body(seq)));
      if (driver_ == Driver::acks_before_sync) acknowledge(seq);
    }
    const auto count = Amount::whole(static_cast<std::int64_t>(seq));
    journal.projections().put(BalanceRow{"venue", "main", "COUNT", count});
    BALLAST_TRY(durable, journal.commit());
    acknowledge(durable);
    return {};
  }

  /// So few bytes enter a pipe whole or not at all.
  void acknowledge(std::uint64_t seq) {
    if (::write(pipe_, &seq, sizeof seq) != sizeof seq) ::_exit(2);
  }

  std::string path_;
  int pipe_;
  Rng rng_;
  Driver driver_;
};

// ---- the one that watches -----------------------------------------------------------------------

class JournalKill : public ::testing::Test {
 protected:
  JournalKill() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ballast-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~JournalKill() override { std::filesystem::remove_all(folder_); }

  /// Starts a writer, kills it, and says what is wrong with what it leaves.
  std::string kill_one(const std::string& path, std::uint64_t seed, Driver driver) {
    int ends[2] = {};
    if (::pipe(ends) != 0) return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      Writer(path, ends[1], seed, driver).run();
    }
    ::close(ends[1]);
    Rng rng(seed + 1'000'000);
    std::string wrong;
    const std::uint64_t known = read_one(ends[0]);
    std::this_thread::sleep_for(std::chrono::microseconds(rng.below(60'000)));
    // A third dies while it is read from, so that what SQLite shares among processes outlives it.
    if (driver == Driver::honest && rng.chance(0.33)) {
      auto reader = JournalReader::open(path);
      wrong = reader ? wrong_in(*reader, known) : "reader: " + reader.error().what;
      ::kill(child, SIGKILL);
    } else {
      ::kill(child, SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const std::uint64_t acknowledged = read_last(ends[0], known);
    ::close(ends[0]);
    if (!WIFSIGNALED(status)) return "the writer gave up";
    if (wrong.empty()) wrong = wrong_after(path, acknowledged);
    return wrong;
  }

  std::uint64_t events_written() const { return events_written_; }
  int snapshots_read() const { return snapshots_read_; }

 private:
  static std::uint64_t read_one(int pipe) {
    std::uint64_t seq = 0;
    return ::read(pipe, &seq, sizeof seq) == sizeof seq ? seq : 0;
  }
  static std::uint64_t read_last(int pipe, std::uint64_t last) {
    for (std::uint64_t seq = 0; ::read(pipe, &seq, sizeof seq) == sizeof seq;)
      last = seq;
    return last;
  }

  /// Anything but an exact prefix that holds `acknowledged`.
  static std::string wrong_in(JournalReader& reader, std::uint64_t acknowledged) {
    std::uint64_t count = 0;
    std::string wrong;
    const auto done = reader.for_each(1, {}, [&](const JournalEvent& event) -> Result<void> {
      ++count;
      if (event.seq != count || event.t != script_time(count) || event.body != script_body(count))
        return fail(Errc::bad_input, fmt::format("event {} differs", count));
      return {};
    });
    if (!done) return done.error().what;
    if (count < acknowledged) return fmt::format("{} of {} acknowledged", count, acknowledged);
    return {};
  }

  std::string wrong_after(const std::string& path, std::uint64_t acknowledged) {
    const auto report = verify_journal(path);
    if (!report) return "verify: " + report.error().what;
    if (!report->damage.empty()) return "verify: " + report->damage.front().what;
    auto reader = JournalReader::open(path);
    if (!reader) return "reader: " + reader.error().what;
    if (std::string wrong = wrong_in(*reader, acknowledged); !wrong.empty()) return wrong;
    const auto search = reader->load_snapshot("1");
    if (!search || !search->damaged.empty()) return "a snapshot cannot be read";
    if (search->latest) {
      ++snapshots_read_;
      if (std::string wrong = wrong_snapshot(*search->latest); !wrong.empty()) return wrong;
    }
    auto database = sqlite::Database::open(path, sqlite::Access::read_only, {});
    if (!database) return database.error().what;
    const auto projected = database->text_of("SELECT coalesce(max(qty), '0') FROM balances");
    if (!projected || *projected != std::to_string(report->events))
      return fmt::format("projections of {} events, and {} events", projected.value_or("?"),
                         report->events);
    events_written_ = report->events;
    return {};
  }

  std::filesystem::path folder_;
  std::uint64_t events_written_ = 0;
  int snapshots_read_ = 0;

 protected:
  std::string path_of(int number) const {
    return (folder_ / fmt::format("desk{}.db", number)).string();
  }
};

TEST_F(JournalKill, loses_nothing_acknowledged_and_goes_on) {
  const std::uint64_t seed = base_seed();
  std::uint64_t total = 0;
  for (int i = 0; i < kills; ++i) {
    const std::uint64_t own = seed * 1000 + static_cast<std::uint64_t>(i);
    ASSERT_EQ(kill_one(path_of(i / kills_per_file), own, Driver::honest), "")
        << "kill " << i << ", BALLAST_SEED=" << seed;
    if (i % kills_per_file == kills_per_file - 1) total += events_written();
  }
  fmt::print("{} kills, {} events, BALLAST_SEED={}\n", kills, total, seed);
  EXPECT_GT(total, 1000U) << "the writers were killed before they did anything";
  EXPECT_GT(snapshots_read(), kills / 4);
}

TEST_F(JournalKill, a_writer_that_acknowledges_before_the_sync_is_caught) {
  for (int i = 0; i < kills; ++i) {
    const auto seed = base_seed() * 1000 + static_cast<std::uint64_t>(i);
    const std::string wrong = kill_one(path_of(i), seed, Driver::acks_before_sync);
    if (wrong.find("acknowledged") != std::string::npos) return;
    ASSERT_EQ(wrong, "");
  }
  FAIL() << "never caught";
}

}  // namespace
}  // namespace ballast::testing
