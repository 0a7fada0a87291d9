// The journal as its users meet it: through the program, killed, damaged, in use, rebuilt.
#include "support/program.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/codec/codec.hpp"
#include "adapters/store/reader.hpp"
#include "adapters/store/schema.hpp"
#include "base/hash.hpp"
#include "support/demo_run.hpp"
#include "support/kept_text.hpp"

namespace ballast::testing {
namespace {

/// The demonstration's day without most of its market: every kind of row comes of it.
struct Day {
  std::string desk;
  std::vector<std::string> lines;
  std::string text;
};
std::string thin_day() {
  const DemoDay demo = run_demo(7);
  const Desk desk = demo_desk();
  const EventWriter writer(desk);
  std::string text;
  const auto add = [&](const Event& event) {
    writer.write(event, text);
    text += '\n';
  };
  Bust unknown;  // refused: of a fill that nobody reported
  unknown.key = {Place{VenueId{0}, AccountName("main")}, InstrumentId{0},
                 *TradeId::create("never-reported"), 0};
  add({demo.events.front().t, unknown});
  std::size_t marks = 0;
  for (const Event& event : demo.events) {
    const std::string_view type = event.type();
    const bool many = type == "mark" || type == "top" || type == "trade" || type == "quote";
    if (many && ++marks % 40 != 0) continue;
    add(event);
  }
  Audit audit;  // a service's, of a change that is no event
  audit.by = Note("ana");
  audit.role = *Text<15>::create("admin");
  audit.action = *Text<39>::create("token.create");
  audit.subject = *Text<95>::create("feed");
  audit.after = R"({"role":"ingest"})";
  add({demo.events.back().t, audit});
  return text;
}
const Day& day() {
  static const Day made = [] {
    Day thin{std::string(demo_desk_toml), {}, kept_text("thin_day", thin_day)};
    for (std::string_view rest = thin.text; !rest.empty();) {
      const std::size_t end = rest.find('\n');
      thin.lines.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    return thin;
  }();
  return made;
}

/// Exit code of its replay: one event is refused. Refusals are part of the report that must come
/// out the same.
constexpr int replayed = 5;

/// `ballast ARGUMENTS` with a pipe for its standard input, to be killed.
class Running {
 public:
  Running(const std::filesystem::path& folder, const std::vector<std::string>& arguments) {
    int ends[2] = {};
    if (::pipe(ends) != 0) return;
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[0], STDIN_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      const int nowhere = ::open("/dev/null", O_WRONLY);
      ::dup2(nowhere, STDOUT_FILENO);
      ::dup2(nowhere, STDERR_FILENO);
      if (::chdir(folder.c_str()) != 0) ::_exit(127);
      std::vector<char*> argv{const_cast<char*>(BALLAST_PROGRAM)};
      for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
      argv.push_back(nullptr);
      ::execv(BALLAST_PROGRAM, argv.data());
      ::_exit(127);
    }
    ::close(ends[0]);
    input_ = ends[1];
  }
  ~Running() { kill(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// Blocks while the program reads more slowly.
  void feed(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(input_, text.data(), text.size());
      if (written <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(input_);
    child_ = 0;
  }

 private:
  pid_t child_ = 0;
  int input_ = -1;
};

class JournalProgram : public ::testing::Test {
 protected:
  JournalProgram() {
    scratch_.write("desk.toml", day().desk);
    scratch_.write("day.jsonl", day().text);
  }

  Ended run(const std::string& arguments, std::string_view input = {}) const {
    return run_ballast(scratch_.path(), arguments, input);
  }
  Ended replay(const std::string& journal, const std::string& more = "day.jsonl") const {
    return run("replay -c desk.toml -o json --journal " + journal + " " + more);
  }
  std::string path(const std::string& name) const { return (scratch_.path() / name).string(); }
  std::uint64_t durable(const std::string& journal) const {
    auto reader = JournalReader::open(path(journal));
    return reader ? reader->last_seq().value_or(0) : 0;
  }
  void sql(const std::string& journal, const std::string& statements) const {
    auto database = sqlite::Database::open(path(journal), sqlite::Access::read_write, {});
    ASSERT_TRUE(database);
    const auto done = database->exec(statements.c_str());
    ASSERT_TRUE(done) << done.error().what;
  }
  using Tables = std::map<std::string, std::vector<std::string>>;
  /// Every row of every projection, as text, by table.
  Tables projections(const std::string& journal) const {
    Tables tables;
    auto database = sqlite::Database::open(path(journal), sqlite::Access::read_only, {});
    for (const std::string_view table : projection_tables) {
      auto rows = database->prepare(fmt::format("SELECT * FROM {} ORDER BY 1, 2, 3, 4", table));
      auto& texts = tables[std::string(table)];
      while (*rows->step()) {
        std::string row;
        for (int column = 0; column < rows->column_count(); ++column)
          row += (rows->is_blob(column) ? std::to_string(hash_bytes(rows->bytes(column)))
                                        : std::string(rows->bytes(column))) +
                 "|";
        texts.push_back(std::move(row));
      }
    }
    return tables;
  }
  /// Where they differ, table by table, in few words.
  static std::string differences(const Tables& left, const Tables& right) {
    std::string all;
    for (const auto& [table, rows] : left) {
      const auto& others = right.at(table);
      if (rows.size() != others.size())
        all += fmt::format("{}: {} rows and {}\n", table, rows.size(), others.size());
      const auto [a, b] = std::mismatch(rows.begin(), rows.end(), others.begin(), others.end());
      if (a != rows.end() && b != others.end()) all += fmt::format("{}: {}\n  {}\n", table, *a, *b);
    }
    return all;
  }

  Scratch scratch_;
};

TEST_F(JournalProgram, goes_on_after_each_kill_to_the_report_of_an_unbroken_run) {
  const Ended whole = replay("whole.db");
  ASSERT_EQ(whole.code, replayed) << whole.err;
  const std::size_t total = day().lines.size();
  constexpr std::size_t kills = 6;
  for (std::size_t i = 1; i <= kills; ++i) {
    const std::uint64_t before = durable("cut.db");
    Running running(scratch_.path(), {"replay", "-c", "desk.toml", "--journal", "cut.db", "-"});
    std::string part;
    for (std::size_t line = 0; line < total * i / (kills + 1); ++line)
      part += day().lines[line] + '\n';
    running.feed(part);
    // Its input stays open, so it does not end by itself.
    for (int wait = 0; wait < 1000 && durable("cut.db") == before; ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    running.kill();
    EXPECT_GT(durable("cut.db"), before) << "kill " << i << " came before any progress";
  }
  const std::uint64_t held = durable("cut.db");
  ASSERT_LT(held, total);
  std::string part;
  for (std::size_t line = 0; line < held; ++line)
    part += day().lines[line] + '\n';
  scratch_.write("part.jsonl", part);
  EXPECT_TRUE(replay("cut.db", "part.jsonl").out == replay("part.db", "part.jsonl").out);
  EXPECT_EQ(differences(projections("cut.db"), projections("part.db")), "")
      << "rows held back by the killed one";

  const Ended resumed = replay("cut.db");
  EXPECT_EQ(resumed.code, replayed);
  EXPECT_TRUE(resumed.out == whole.out) << resumed.out;
  EXPECT_NE(resumed.err.find(fmt::format("cut.db held the first {} of these events already; {} "
                                         "were added",
                                         held, total - held)),
            std::string::npos)
      << resumed.err;
  EXPECT_EQ(differences(projections("cut.db"), projections("whole.db")), "");
  EXPECT_EQ(run("journal export cut.db").out, day().text);
  EXPECT_EQ(run("journal verify cut.db").code, 0);

  const Ended again = replay("cut.db");
  EXPECT_EQ(again.out, whole.out) << "an input that is known already adds nothing";
  EXPECT_NE(again.err.find("; 0 were added"), std::string::npos) << again.err;
}

TEST_F(JournalProgram, an_input_that_differs_from_the_journal_is_not_mixed_in) {
  ASSERT_EQ(replay("desk.db").code, replayed);
  std::string other;
  for (std::size_t line = 0; line < day().lines.size(); ++line)
    if (line != 500) other += day().lines[line] + '\n';
  scratch_.write("other.jsonl", other);
  const Ended mixed = replay("desk.db", "other.jsonl");
  EXPECT_EQ(mixed.code, 1);
  EXPECT_NE(mixed.err.find("differs from it at event 501"), std::string::npos) << mixed.err;
  EXPECT_EQ(durable("desk.db"), day().lines.size());
}

TEST_F(JournalProgram, a_journal_in_use_refuses_a_second_writer_and_serves_readers) {
  const Running first(scratch_.path(), {"replay", "-c", "desk.toml", "--journal", "desk.db", "-"});
  first.feed(std::string_view(day().text).substr(0, 1 << 20));
  for (int wait = 0; wait < 1000 && durable("desk.db") == 0; ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  for (const char* writer :
       {"replay -c desk.toml --journal desk.db day.jsonl", "journal rebuild desk.db"}) {
    const Ended second = run(writer);
    EXPECT_EQ(second.code, 1) << writer;
    EXPECT_NE(second.err.find("desk.db already has a writer"), std::string::npos) << second.err;
  }
  EXPECT_EQ(run("journal verify desk.db").code, 0);
  EXPECT_EQ(run("journal tail -n 3 desk.db").code, 0);
  const int code = run("report --journal desk.db").code;
  EXPECT_TRUE(code == 0 || code == replayed) << code;  // by how much is durable by now
}

TEST_F(JournalProgram, reports_from_a_snapshot_what_it_reports_from_the_beginning) {
  std::string half;
  for (std::size_t line = 0; line < day().lines.size() / 2; ++line)
    half += day().lines[line] + '\n';
  scratch_.write("half.jsonl", half);
  ASSERT_NE(replay("desk.db", "half.jsonl").code, 1);
  const std::uint64_t snapshot = durable("desk.db");
  {
    Running running(scratch_.path(), {"replay", "-c", "desk.toml", "--journal", "desk.db", "-"});
    running.feed(day().text);
    for (int wait = 0; wait < 1000 && durable("desk.db") == snapshot; ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ASSERT_GT(durable("desk.db"), snapshot) << "events after the snapshot";
  const std::vector<std::string> questions = {"report -o csv --journal desk.db",
                                              "report -o table --journal desk.db",
                                              "explain delta:BTC --journal desk.db"};
  std::vector<Ended> from_snapshot;
  sql("desk.db", "UPDATE events SET body = '{}' WHERE seq = 9");
  for (const std::string& question : questions)
    from_snapshot.push_back(run(question));
  EXPECT_EQ(run("report -o json --journal desk.db").code, 74) << "one by one: needs every event";
  sql("desk.db", fmt::format("UPDATE events SET body = '{}' WHERE seq = 9; DELETE FROM snapshots; "
                             "DELETE FROM snapshot_parts",
                             day().lines[8]));
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Ended whole = run(questions[i]);
    EXPECT_EQ(from_snapshot[i].code, whole.code) << questions[i];
    EXPECT_EQ(from_snapshot[i].out, whole.out) << questions[i];
    EXPECT_EQ(from_snapshot[i].err, whole.err) << questions[i];
  }
  EXPECT_EQ(run(questions[0]).code, replayed) << "and lists what was refused";
}

TEST_F(JournalProgram, rebuild_derives_the_same_rows) {
  ASSERT_EQ(replay("desk.db").code, replayed);
  const auto before = projections("desk.db");
  for (const auto& [table, rows] : before)
    EXPECT_FALSE(rows.empty()) << table << " is not tested";
  const std::string report = run("report --journal desk.db").out;
  const auto expect_as_before = [&] {
    const Ended rebuilt = run("journal rebuild desk.db");
    EXPECT_EQ(rebuilt.code, 0) << rebuilt.err;
    EXPECT_EQ(differences(projections("desk.db"), before), "");
    EXPECT_EQ(run("journal verify desk.db").code, 0);
    EXPECT_EQ(run("report --journal desk.db").out, report);
  };
  expect_as_before();
  sql("desk.db",
      "UPDATE positions SET qty = '1'; DELETE FROM fills; UPDATE alerts SET state = 'firing'; "
      "DELETE FROM adherence_hourly; INSERT INTO balances VALUES('a', 'b', 'c', '1', 0)");
  expect_as_before();
}

TEST_F(JournalProgram, every_row_names_what_the_desk_names) {
  ASSERT_EQ(replay("desk.db").code, replayed);
  auto database = sqlite::Database::open(path("desk.db"), sqlite::Access::read_only, {});
  ASSERT_TRUE(database);
  EXPECT_EQ(database
                ->text_of("SELECT group_concat(name, ' ') FROM (SELECT DISTINCT factor || '@' "
                          "|| book AS name FROM alerts WHERE factor <> 'desk' ORDER BY 1)")
                .value_or("?"),
            "book:hedger@* cash:USDT@binance@* delta:BTC@* delta:ETH@*");
  EXPECT_EQ(*database->text_of("SELECT count(*) FROM alerts WHERE started > since"), "0");
  EXPECT_EQ(*database->text_of("SELECT count(*) FROM transfers WHERE settled > sent + "
                               "3600 * 1000000000"),
            "0")
      << "settled when it arrived, not when its group ended";
  EXPECT_EQ(*database->text_of("SELECT subject || state FROM breaks"), "ETH-USDT-PERPclosed");
}

TEST_F(JournalProgram, damage_is_named_and_ends_with_its_own_exit_code) {
  ASSERT_EQ(replay("desk.db").code, replayed);
  sql("desk.db", "UPDATE events SET t = t + 1 WHERE seq = 700");
  const Ended verified = run("journal verify desk.db");
  EXPECT_EQ(verified.code, 74);
  EXPECT_NE(verified.out.find("event 700: not as it was appended"), std::string::npos)
      << verified.out;
  EXPECT_NE(verified.err.find("restore a copy"), std::string::npos) << verified.err;
  const Ended json = run("journal verify -o json desk.db");
  EXPECT_EQ(json.code, 74);
  EXPECT_NE(json.out.find(R"("event": 700)"), std::string::npos) << json.out;
  const Ended exported = run("journal export desk.db");
  EXPECT_EQ(exported.code, 74);
  EXPECT_EQ(std::count(exported.out.begin(), exported.out.end(), '\n'), 699);
  for (const char* reading :
       {"report -o json --journal desk.db",
        "explain delta:BTC --at 2026-01-05T23:59:00Z --journal desk.db", "journal rebuild desk.db",
        "replay -c desk.toml -o json --journal desk.db day.jsonl"}) {
    const Ended read = run(reading);
    EXPECT_EQ(read.code, 74) << reading;
    EXPECT_EQ(read.out, "") << reading;
    EXPECT_NE(read.err.find("event 700"), std::string::npos) << reading << ": " << read.err;
  }
  sql("desk.db", "UPDATE events SET t = t - 1 WHERE seq = 700; UPDATE positions SET qty = '0'");
  const Ended rows = run("journal verify desk.db");
  EXPECT_EQ(rows.code, 74);
  EXPECT_NE(rows.out.find("table positions: row 1"), std::string::npos) << rows.out;
  EXPECT_NE(rows.err.find("ballast journal rebuild desk.db"), std::string::npos) << rows.err;
}

TEST_F(JournalProgram, exported_events_replay_to_the_same_report) {
  const Ended whole = replay("desk.db");
  const Ended exported = run("journal export desk.db");
  EXPECT_EQ(exported.out, day().text);
  scratch_.write("day.jsonl", exported.out);
  EXPECT_EQ(replay("copy.db").out, whole.out);
  const Ended tail = run("journal tail -n 2 desk.db");
  EXPECT_EQ(tail.out, day().lines[day().lines.size() - 2] + '\n' + day().lines.back() + '\n');
  EXPECT_EQ(run("journal export --from-seq 3 --to-seq 3 desk.db").out, day().lines[2] + '\n');
  const std::string onto_full_disk = fmt::format(
      "'{}' journal export '{}' > /dev/full 2> /dev/null", BALLAST_PROGRAM, path("desk.db"));
  EXPECT_NE(std::system(onto_full_disk.c_str()), 0) << "what cannot be written is no success";
}

TEST_F(JournalProgram, another_desk_takes_a_journal_over_only_when_told) {
  ASSERT_EQ(replay("desk.db").code, replayed);
  std::string changed = day().desk;
  const std::size_t at = changed.find("name = \"demo\"");
  ASSERT_NE(at, std::string::npos);
  changed.replace(at, 13, "name = \"other\"");
  scratch_.write("desk.toml", changed);
  const Ended refused = replay("desk.db");
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("--change-desk"), std::string::npos) << refused.err;
  const Ended taken = replay("desk.db", "--change-desk day.jsonl");
  EXPECT_EQ(taken.code, replayed) << taken.err;
  EXPECT_EQ(taken.out, replay("fresh.db").out);
  EXPECT_EQ(differences(projections("desk.db"), projections("fresh.db")), "");
}

}  // namespace
}  // namespace ballast::testing
