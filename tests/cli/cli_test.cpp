// The command line as its users meet it: outputs, exit codes, what is said of wrong input.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/program.hpp"

namespace ballast::testing {
namespace {

namespace fs = std::filesystem;

const fs::path example = fs::path(BALLAST_SOURCE_DIR) / "examples" / "worked_example";

class Cli : public ::testing::Test {
 protected:
  Ended run(const std::string& arguments, std::string_view input = {}) const {
    return run_ballast(scratch.path(), arguments, input);
  }
  static std::string file(const char* name) { return (example / name).string(); }
  static std::string replay(const std::string& more) {
    return "replay -c " + file("desk.toml") + " " + file("targets.jsonl") + " " +
           file("fills.jsonl") + " " + more;
  }
  static bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }

  Scratch scratch;
};

TEST_F(Cli, replays_the_worked_example_to_the_digit) {
  const Ended ended = run(replay("-o json"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto report = nlohmann::json::parse(ended.out);
  const auto& factor = report["factors"][0];
  EXPECT_EQ(report["adherence"], 0.825);
  EXPECT_EQ(factor["deviation"], "-2");
  EXPECT_EQ(factor["time_in_band"], 0.5);
  EXPECT_EQ(factor["iae"], 200.0);
  EXPECT_EQ(factor["ise"], 680.0);
  EXPECT_NEAR(factor["effectiveness"].get<double>(), 1.0 / 3.0, 1e-15);
  EXPECT_TRUE(factor["half_life_seconds"].is_null());
  EXPECT_TRUE(factor["minimum_variance_index"].is_null());
  EXPECT_EQ(factor["out_of_band_seconds_by_cause"], (nlohmann::json{{"quote", 30}, {"band", 20}}));
  EXPECT_EQ(report["alerts"][0]["rule"], "btc-out-of-band");
  EXPECT_EQ(report["events"]["applied"], 7);
}

TEST_F(Cli, the_order_of_inputs_does_not_matter_and_a_file_twice_counts_duplicates) {
  const auto digest = [&](const std::string& arguments) {
    const Ended ended = run("replay -o json -c " + file("desk.toml") + " " + arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return nlohmann::json::parse(ended.out);
  };
  const auto one = digest(file("targets.jsonl") + " " + file("fills.jsonl"));
  const auto other = digest(file("fills.jsonl") + " " + file("targets.jsonl"));
  EXPECT_EQ(one["digest"], other["digest"]);
  const auto twice =
      digest(file("targets.jsonl") + " " + file("fills.jsonl") + " " + file("fills.jsonl"));
  EXPECT_EQ(twice["events"]["duplicate"], 3);
  EXPECT_EQ(twice["factors"], one["factors"]);
}

TEST_F(Cli, a_journal_in_parts_ends_in_the_digest_of_the_whole) {
  const Ended whole = run(replay("-o json"));
  // By hand in order of time, and cut in two.
  std::string text;
  const Ended merged = run(replay("--journal whole.db -o json"));
  ASSERT_EQ(merged.code, 0) << merged.err;
  const Ended exported = run("journal export whole.db");
  ASSERT_EQ(exported.code, 0) << exported.err;
  std::size_t cut = 0;
  for (int line = 0; line < 3; ++line)
    cut = exported.out.find('\n', cut) + 1;
  const std::string desk = "replay -c " + file("desk.toml") + " --journal parts.db -o json -";
  ASSERT_EQ(run(desk, exported.out.substr(0, cut)).code, 0);
  const Ended parts = run(desk, exported.out.substr(cut));
  ASSERT_EQ(parts.code, 0) << parts.err;
  const auto digest = nlohmann::json::parse(whole.out)["digest"];
  EXPECT_EQ(nlohmann::json::parse(merged.out)["digest"], digest);
  EXPECT_EQ(nlohmann::json::parse(parts.out)["digest"], digest);
  EXPECT_EQ(nlohmann::json::parse(run("report --journal parts.db -o json").out)["factors"],
            nlohmann::json::parse(whole.out)["factors"]);
  EXPECT_EQ(run("journal verify parts.db").code, 0);
}

TEST_F(Cli, every_output_format_speaks) {
  EXPECT_TRUE(has(run(replay("")).out, "82.50 %"));
  EXPECT_TRUE(has(run(replay("-o csv")).out, "delta:BTC"));
  const Ended html = run(replay("-o html --out report.html"));
  EXPECT_EQ(html.code, 0) << html.err;
  const std::string page = scratch.read("report.html");
  EXPECT_TRUE(has(page, "<svg"));
  EXPECT_FALSE(has(page, "src=\"http"));
}

TEST_F(Cli, require_judges_the_desk) {
  EXPECT_EQ(run(replay("--require 0.8")).code, 0);
  EXPECT_EQ(run(replay("--require 0.9")).code, 4);
  EXPECT_EQ(run(replay("--require 1.5")).code, 2);
}

TEST_F(Cli, bad_lines_are_named_counted_and_cost_nothing_else) {
  const Ended ended = run(replay("-o json -"),
                          "{\"t\":\"2026-01-05T12:00:30Z\",\"type\":\"fil\"}\nnot json\n"
                          "{\"t\":\"2026-01-05T12:00:31Z\",\"type\":\"mark\",\"instrument\":\"BTC-"
                          "USD\",\"price\":1}\n");
  EXPECT_EQ(ended.code, 5);
  const auto report = nlohmann::json::parse(ended.out);
  EXPECT_EQ(report["events"]["refused"], 3);
  EXPECT_EQ(report["adherence"], 0.825);
  EXPECT_TRUE(has(ended.err, "standard input:1: ")) << ended.err;
  EXPECT_TRUE(has(ended.err, "did you mean \"fill\"")) << ended.err;
  EXPECT_TRUE(has(ended.err, "did you mean \"BTC-USDT\"")) << ended.err;
}

TEST_F(Cli, check_names_every_problem_with_its_place) {
  std::string text =
      "[desk]\nname = \"d\"\ncurency = \"USDT\"\n[[factors]]\nname = \"delta:BTX\"\n";
  scratch.write("bad.toml", text);
  const Ended ended = run("check bad.toml");
  EXPECT_EQ(ended.code, 78) << ended.out << ended.err;
  const std::string said = ended.out + ended.err;
  EXPECT_TRUE(has(said, "bad.toml:3:")) << said;
  EXPECT_TRUE(has(said, "did you mean \"currency\"")) << said;
  EXPECT_TRUE(has(said, "bad.toml:5:")) << said;
  EXPECT_EQ(run("check " + file("desk.toml")).code, 0);
  scratch.write("empty.toml", "");
  const Ended empty = run("check empty.toml");
  EXPECT_EQ(empty.code, 78);
  EXPECT_TRUE(has(empty.out, "the desk has no [[assets]]")) << empty.out << empty.err;
}

TEST_F(Cli, explains_a_number_at_a_time) {
  const Ended ended =
      run("explain delta:BTC -c " + file("desk.toml") + " " + file("targets.jsonl") + " " +
          file("fills.jsonl") + " --at 2026-01-05T12:00:45Z");
  EXPECT_EQ(ended.code, 0) << ended.err;
  for (const char* part : {"delta:BTC", "BTC-USDT", "6", "target", "band", "quote"})
    EXPECT_TRUE(has(ended.out, part)) << part << "\n" << ended.out;
  const Ended wrong = run("explain delta:BTX -c " + file("desk.toml") + " " + file("fills.jsonl"));
  EXPECT_NE(wrong.code, 0);
  EXPECT_TRUE(has(wrong.err, "this desk has the factors:")) << wrong.err;
}

TEST_F(Cli, windows_of_a_journal_merge_to_the_whole) {
  ASSERT_EQ(run(replay("--journal desk.db")).code, 0);
  const Ended hours = run("report --journal desk.db --window hour -o csv");
  EXPECT_EQ(hours.code, 0) << hours.err;
  EXPECT_TRUE(has(hours.out, "delta:BTC,"));
  EXPECT_TRUE(has(hours.out, "0.825"));
  EXPECT_EQ(run("report --journal desk.db --window day --require 0.5").code, 2);
  EXPECT_EQ(run("report --journal desk.db --window day --from 2026-01-05T12:30:00Z").code, 2);
}

TEST_F(Cli, each_window_holds_its_own_part_of_a_long_stillness) {
  const Ended replayed =
      run(replay("--journal desk.db - -o json"), R"({"t":"2026-03-03T06:30:00Z","type":"time"})"
                                                 "\n");
  ASSERT_EQ(replayed.code, 0) << replayed.err;
  const auto whole = nlohmann::json::parse(replayed.out)["factors"][0];
  const auto rows_of = [&](const std::string& arguments) {
    const Ended ended = run("report --journal desk.db -o json --window " + arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return nlohmann::json::parse(ended.out);
  };
  constexpr double day = 86'400.0;
  const std::vector<std::tuple<std::string, double, std::size_t>> windows{
      {"hour", day / 24, 12 + 24 * 56 + 7},
      {"day", day, 58},
      {"week", 7 * day, 9},
      {"month", 31 * day, 3}};
  for (const auto& [window, longest, count] : windows) {
    const auto rows = rows_of(window);
    EXPECT_EQ(rows.size(), count) << window;
    double known = 0.0;
    double ise = 0.0;
    std::string reached = "2026-01-05T12:00:00Z";
    for (const auto& row : rows) {
      EXPECT_EQ(row["from"], reached) << window;
      reached = row["to"];
      EXPECT_LE(row["known_seconds"], longest) << window << reached;
      known += row["known_seconds"].get<double>();
      ise += row["ise"].get<double>();
    }
    EXPECT_EQ(reached, "2026-03-03T06:30:00Z") << window;
    EXPECT_EQ(known, whole["known_seconds"].get<double>()) << window;
    EXPECT_EQ(ise, whole["ise"].get<double>()) << window;
  }
  const auto clipped = rows_of("day --from 2026-01-31T18:00:00Z --to 2026-02-02T06:00:00Z");
  ASSERT_EQ(clipped.size(), 3);
  EXPECT_EQ(clipped[0]["from"], "2026-01-31T18:00:00Z");
  EXPECT_EQ(clipped[0]["known_seconds"], 6 * 3600.0);
  EXPECT_EQ(clipped[1]["known_seconds"], day);
  EXPECT_EQ(clipped[2]["to"], "2026-02-02T06:00:00Z");
}

TEST_F(Cli, wrong_usage_is_two_and_a_missing_file_is_named) {
  EXPECT_EQ(run("").code, 2);
  EXPECT_EQ(run("replya").code, 2);
  EXPECT_EQ(run("replay").code, 2);
  const Ended missing = run("replay -c nowhere.toml x.jsonl");
  EXPECT_EQ(missing.code, 1);
  EXPECT_TRUE(has(missing.err, "nowhere.toml")) << missing.err;
  const Ended journal = run("report --journal nowhere.db");
  EXPECT_EQ(journal.code, 1);
  EXPECT_FALSE(fs::exists(scratch.path() / "nowhere.db"));
}

TEST_F(Cli, a_verb_s_help_has_an_example_and_completion_knows_every_verb) {
  const Ended bash = run("completion bash");
  EXPECT_EQ(bash.code, 0);
  for (const std::string verb : {"check", "replay", "report", "explain", "import", "journal",
                                 "calc", "calibrate", "demo", "version"}) {
    const Ended help = run(verb + " --help");
    EXPECT_EQ(help.code, 0);
    EXPECT_TRUE(has(help.out, "Example:\n  ballast " + verb)) << help.out;
    EXPECT_TRUE(has(bash.out, verb));
  }
  EXPECT_EQ(run("man --dir man").code, 0);
  EXPECT_TRUE(fs::exists(scratch.path() / "man" / "ballast-replay.1"));
}

TEST_F(Cli, says_its_version_and_which_vector_instructions_it_uses) {
  const Ended flag = run("--version");
  EXPECT_EQ(flag.code, 0) << flag.err;
  EXPECT_TRUE(flag.out.starts_with("ballast ")) << flag.out;
  EXPECT_EQ(run("version").out, flag.out) << "one line, for scripts";
  const Ended verb = run("version --verbose");
  EXPECT_EQ(verb.code, 0);
  EXPECT_TRUE(verb.out.starts_with(flag.out + "vector instructions: ")) << verb.out;
  for (const std::string path : {"baseline", "avx2", "avx512"}) {
    if (has(verb.out, ": " + path + "\n")) return;
  }
  ADD_FAILURE() << verb.out;
}

TEST_F(Cli, the_demonstration_says_where_its_page_is) {
  const Ended ended = run("demo --report --dir demo");
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(fs::exists(scratch.path() / "demo" / "report.html")) << ended.out << ended.err;
  EXPECT_TRUE(has(ended.out + ended.err, "report.html"));
  EXPECT_EQ(run("journal verify demo/desk.db").code, 0);
}

}  // namespace
}  // namespace ballast::testing
