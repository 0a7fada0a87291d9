// `ballast calc` as its users meet it, and the page that tells of it.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "quant/calc/registry.hpp"
#include "support/console_page.hpp"
#include "support/program.hpp"

namespace ballast::testing {
namespace {

class Calc : public ::testing::Test {
 protected:
  Ended run(const std::string& arguments, std::string_view input = {}) const {
    return run_ballast(scratch.path(), "calc " + arguments, input);
  }
  static bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }

  Scratch scratch;
};

TEST(CalcPage, every_command_prints_what_the_page_says) {
  EXPECT_GE(run_console_blocks(read_page("calc.md")), 10U);
}

TEST(CalcPage, has_an_example_of_every_formula) {
  const std::string page = read_page("calc.md");
  for (const Formula& formula : formulas()) {
    EXPECT_NE(page.find(fmt::format("$ ballast calc {} ", formula.name)), std::string::npos)
        << formula.name;
  }
}

TEST_F(Calc, lists_every_formula_and_helps_with_each) {
  const Ended list = run("list");
  EXPECT_EQ(list.code, 0);
  for (const Formula& formula : formulas()) {
    EXPECT_TRUE(has(list.out, fmt::format("{} ", formula.name))) << list.out;
    EXPECT_TRUE(has(list.out, formula.about));
    const Ended help = run(fmt::format("{} --help", formula.name));
    EXPECT_EQ(help.code, 0);
    EXPECT_EQ(help.err, "");
    EXPECT_TRUE(has(help.out, formula.source));
    for (const Parameter& parameter : formula.parameters) {
      EXPECT_TRUE(has(help.out, fmt::format("  --{} ", parameter.name))) << help.out;
      EXPECT_TRUE(has(help.out, parameter.about)) << help.out;
    }
    for (const Answer& answer : formula.answers)
      EXPECT_TRUE(has(help.out, answer.about)) << help.out;
  }
  EXPECT_EQ(run("list -o json").out.substr(0, 30), R"({"fn":"avellaneda_stoikov","ab)");
  EXPECT_TRUE(run("list -o csv").out.starts_with("fn,about\navellaneda_stoikov,\""));
}

TEST_F(Calc, runs_the_example_of_each_help_both_ways_to_one_answer) {
  for (const Formula& formula : formulas()) {
    SCOPED_TRACE(formula.name);
    const std::string help = run(fmt::format("{} --help", formula.name)).out;
    const std::string before = "Example:\n  ballast calc ";
    const std::size_t at = help.find(before) + before.size();
    const std::string command = help.substr(at, help.find('\n', at) - at);
    const Ended by_words = run(command + " -o json");
    EXPECT_EQ(by_words.code, 0) << by_words.err;
    const Ended by_line = run("-", help.substr(help.rfind("  {")));
    EXPECT_EQ(by_line.code, 0) << by_line.out;
    EXPECT_EQ(by_words.out, by_line.out);
  }
}

const std::string glft = "glft --gamma 0.01 --sigma 0.3 --k 0.3 --A 0.9 ";

TEST_F(Calc, takes_negative_numbers_and_equals_signs_and_options_anywhere) {
  const Ended one = run(glft + "--q -5 -o json");
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(run("-o json " + glft + "--q=-5").out, one.out);
  EXPECT_EQ(run(glft + "-o json --q -5e0").out, one.out);
  const auto json = nlohmann::json::parse(one.out);
  EXPECT_GT(json["ask_depth"], json["bid_depth"]);
  const Ended list =
      run("aim_portfolio --gamma 1 --lambda 5 --rho 0 --sigma 1 --signals -1,-0.5 --decays 0,1");
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_TRUE(has(list.out, "aim   -1.")) << list.out;
}

TEST_F(Calc, prints_tables_csv_and_what_is_not_there) {
  const std::string at_limit = glft + "--q 30 --Q 30 --method stationary";
  EXPECT_TRUE(has(run(at_limit).out, "bid_depth    -\n"));
  EXPECT_TRUE(run(at_limit + " -o csv").out.starts_with("answer,value\nbid_depth,\nask_depth,"));
  EXPECT_TRUE(has(run(at_limit + " -o json").out, "\"bid_depth\":null"));
}

TEST_F(Calc, says_what_is_wrong_with_wrong_arguments) {
  const auto expect = [&](const std::string& arguments, int code, std::string_view said) {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, code) << arguments;
    EXPECT_EQ(ended.out, "") << arguments;
    EXPECT_TRUE(has(ended.err, said)) << arguments << "\n" << ended.err;
  };
  expect("", 2, "needs the NAME");
  expect("gltf", 2, "did you mean \"glft\"?");
  expect("gltf --help", 2, "did you mean \"glft\"?");
  expect("glft", 2, "q is missing: inventory");
  expect(glft + "--q", 2, "--q is the last word: its value is missing");
  expect(glft + "5", 2, "\"5\" belongs to no parameter");
  expect(glft + "--q 5 6", 2, "\"6\" belongs to no parameter");
  expect(glft + "-- 5", 2, "5");
  expect(glft + "--q five", 2, "q is \"five\": it must be a number");
  expect(glft + "--q 5x", 2, "q is \"5x\": it must be a number");
  expect(glft + "--q ''", 2, "q is \"\": it must be a number");
  expect(glft + "--q nan", 2, "q is nan: it must be a finite number");
  expect(glft + "--q inf", 2, "q is inf: it must be a finite number");
  expect(glft + "--q 1 --q 2", 2, "q is given twice");
  expect(glft + "--q 1 --gama 2", 2, "did you mean \"gamma\"?");
  expect(glft + "--q 1 --method exakt", 2, "did you mean \"exact\"?");
  expect(glft + "--q 1 --Q 1.5", 2, "Q is 1.5: it must be a whole number");
  expect(glft + "--q 1 -o xml", 2, "xml");
  expect("glft_multi --q 1,x", 2, "q[1] is \"x\": it must be a number");
  expect("glft_multi --q 1,", 2, "q[1] is \"\": it must be a number");
  expect("glft_multi --sigma [[1", 2, "sigma: not JSON");
  expect("glft_multi --q 1 --gamma 1 --sigma 5 --k 1 --A 1 --z 1", 2,
         "sigma is 5: it must be a list of rows");
  expect("list glft", 2, "takes no parameters, such as glft");
  expect("- --q 5", 2, "takes no parameters");
  expect("- -o csv", 2, "JSON only");
  expect("minimum_cost_flow --nodes 2 --supplies 1,-1 --arcs []", 1, "cannot carry all supplies");
  expect("avellaneda_stoikov --mid 0 --q 1e308 --gamma 1e308 --sigma 1 --k 1 --horizon 1", 1,
         "is no finite number");
}

TEST_F(Calc, answers_line_by_line_in_order_and_goes_on_after_errors) {
  const std::string aim =
      R"({"fn":"aim_portfolio","gamma":1,"lambda":5,"rho":0.01,"sigma":1,"signals":[1],"decays":[0.1]})";
  const std::string input = aim + "\nnot json\n\n# a comment\n" + aim +
                            "\r\n{\"fn\":\"nothing\"}\n[]\n" + std::string(100'000, '[') +
                            "\n\xff\xfe\n" + aim;  // no newline at the end
  const Ended ended = run("-", input);
  EXPECT_EQ(ended.code, 5);
  EXPECT_EQ(ended.err, "ballast: 5 of 8 requests were refused\n");
  std::vector<nlohmann::json> answers;
  for (std::size_t at = 0; at < ended.out.size(); at = ended.out.find('\n', at) + 1)
    answers.push_back(nlohmann::json::parse(ended.out.substr(at, ended.out.find('\n', at) - at)));
  ASSERT_EQ(answers.size(), 8U);
  for (const std::size_t good : {0U, 2U, 7U})
    EXPECT_EQ(answers[good]["aim"], 0.8494965569226802);
  for (const std::size_t bad : {1U, 4U, 5U, 6U})
    EXPECT_EQ(answers[bad]["error"]["code"], "bad_input");
  EXPECT_EQ(answers[3]["error"]["code"], "not_found");
  EXPECT_EQ(run("-", aim + "\n").code, 0);
  EXPECT_EQ(run("-", "").code, 0);
}

TEST_F(Calc, answers_one_question_before_it_waits_for_the_next) {
  // The second question is asked only once the first has been answered: through two named pipes.
  scratch.write("talk.sh", R"(mkfifo ask told
"$1" calc - < ask > told &
exec 3> ask 4< told
echo '{"fn":"minimum_cost_flow","nodes":1,"supplies":[0],"arcs":[]}' >&3
IFS= read -r -t 60 one <&4 || exit 9
echo "$one" >&3
IFS= read -r -t 60 two <&4 || exit 9
exec 3>&-
wait $!
echo "$one $two $?"
)");
  const std::string command =
      fmt::format("cd '{}' && bash talk.sh '{}' > said", scratch.path().string(), BALLAST_PROGRAM);
  EXPECT_EQ(std::system(command.c_str()), 0);
  const std::string said = scratch.read("said");
  EXPECT_TRUE(said.starts_with(R"({"cost":0.0,"flows":[],"duals":[0.0]} {"error":)")) << said;
  EXPECT_TRUE(said.ends_with(" 5\n")) << said;
}

}  // namespace
}  // namespace ballast::testing
