#include "adapters/calc/calc_json.hpp"

#include <bit>
#include <charconv>
#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/rng.hpp"
#include "quant/calc/registry.hpp"

namespace ballast {
namespace {

std::string read_error(std::string_view json) {
  const auto value = read_value(json);
  return value ? "none" : value.error().what;
}

TEST(CalcJson, reads_every_kind_of_value) {
  const auto value = read_value(R"( {"a": [1, -2.5, null, true, "x\u00e9"], "b": {}, "a": 1e3} )");
  ASSERT_TRUE(value) << value.error().what;
  EXPECT_EQ(to_text(*value), "{\"a\":[1,-2.5,null,true,\"x\xc3\xa9\"],\"b\":{},\"a\":1000}");
  EXPECT_EQ(*read_value("18014398509481984")->number(), 0x1p54);
  EXPECT_TRUE(std::signbit(*read_value("-0.0")->number()));
}

TEST(CalcJson, refuses_what_is_not_json_or_not_a_double_or_endlessly_deep) {
  for (const char* text :
       {"", "   ", "not json", "{\"a\":1", "[1,]", "{\"a\":nan}", "NaN", "Infinity", "1e999",
        "{} {}", "'a'", "\"\xff\"", "{\"a\" 1}", "{1:2}", "01", "+1"})
    EXPECT_NE(read_error(text), "none") << text;
  EXPECT_EQ(read_error("9007199254740993"),
            "not JSON that can be read: 9007199254740993 has more digits than a double holds");
  EXPECT_NE(read_error("-9223372036854775807").find("more digits"), std::string::npos);
  EXPECT_NE(read_error("123456789012345678901234567890").find("more digits"), std::string::npos);
  EXPECT_NE(read_error(std::string(100'000, '[')).find("nested more than 16 deep"),
            std::string::npos);
  EXPECT_NE(read_error("[1, x]").find("column 5"), std::string::npos) << read_error("[1, x]");
}

TEST(CalcJson, writes_numbers_that_read_back_the_same) {
  for (const double number :
       {0.0, -0.0, 0.1, 1.0, 1e300, 5e-324, 1.0 / 3.0, 9007199254740993.0, 1e15}) {
    const std::string text = write_value(number);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*read_value(text)->number()),
              std::bit_cast<std::uint64_t>(number))
        << text;
    EXPECT_NE(text.find_first_of(".e"), std::string::npos) << text;
  }
  Rng rng(1);
  for (int i = 0; i < 20000; ++i) {
    const auto number = std::bit_cast<double>(rng.next());
    if (!std::isfinite(number)) continue;
    const std::string text = write_value(number);
    EXPECT_EQ(*read_value(text)->number(), number) << "seed 1, " << text;
    double other = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), other);
    EXPECT_EQ(other, number) << "seed 1, " << text;
  }
}

TEST(CalcJson, answers_a_request_by_name) {
  const auto answer = answer_request(
      R"({"fn":"avellaneda_stoikov","mid":100,"q":2,"gamma":0.1,"sigma":2,"k":1.5,"horizon":0.5})");
  EXPECT_FALSE(answer.refused);
  EXPECT_TRUE(answer.line.starts_with("{\"reservation\":99.6,\"bid\":")) << answer.line;
  for (const Formula& formula : formulas()) {
    Fields request = formula.example();
    request.insert(request.begin() + 1, {"fn", formula.name});
    const auto by_line = answer_request(write_value(std::move(request)));
    EXPECT_FALSE(by_line.refused) << by_line.line;
    EXPECT_EQ(by_line.line, write_value(*calculate(formula, formula.example())));
  }
}

TEST(CalcJson, answers_a_side_that_is_not_quoted_with_null) {
  const auto answer = answer_request(
      R"({"fn":"glft","q":3,"gamma":0.01,"sigma":0.3,"k":0.3,"A":0.9,"Q":3,"method":"stationary"})");
  EXPECT_TRUE(answer.line.starts_with("{\"bid_depth\":null,\"ask_depth\":")) << answer.line;
}

TEST(CalcJson, answers_wrong_requests_with_a_code_and_a_message) {
  const auto error = [](std::string_view line) {
    const auto answer = answer_request(line);
    EXPECT_TRUE(answer.refused) << answer.line;
    EXPECT_EQ(answer.line.find('\n'), std::string::npos);
    const auto json = nlohmann::json::parse(answer.line);
    EXPECT_EQ(json.size(), 1U);
    return json["error"]["code"].get<std::string>() + ": " +
           json["error"]["message"].get<std::string>();
  };
  EXPECT_TRUE(error("hello").starts_with("bad_input: not JSON"));
  EXPECT_EQ(error("[1]"), "bad_input: a request is an object: {\"fn\": NAME, ...}");
  EXPECT_TRUE(error("{}").starts_with("bad_input: a request needs \"fn\""));
  EXPECT_TRUE(error(R"({"fn":7})").starts_with("bad_input: a request needs \"fn\""));
  EXPECT_EQ(error(R"({"fn":"gltf"})"),
            "not_found: there is no function \"gltf\"; did you mean \"glft\"?; `ballast calc list` "
            "names them all");
  EXPECT_TRUE(error(R"({"fn":"glft"})").starts_with("bad_input: q is missing"));
  EXPECT_TRUE(
      error(R"({"fn":"glft","fn":"glft"})").starts_with("bad_input: glft has no parameter \"fn\""));
  EXPECT_TRUE(error(R"({"fn":"minimum_cost_flow","nodes":2,"supplies":[1,-1],"arcs":[]})")
                  .starts_with("infeasible: "));
  EXPECT_TRUE(error(R"({"fn":"minimum_cost_flow","nodes":1,"supplies":[0],"arcs":[[0,0,null,-1]]})")
                  .starts_with("unbounded: "));
  EXPECT_TRUE(
      error(
          R"({"fn":"avellaneda_stoikov","mid":1e308,"q":-1e308,"gamma":1e9,"sigma":1,"k":1,"horizon":1})")
          .starts_with("overflow: "));
}

}  // namespace
}  // namespace ballast
