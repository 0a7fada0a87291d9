// Every formula of the registry is held to what its entry promises; a new entry is taken up
// unasked.
#include "quant/calc/registry.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string refusal(const Formula& formula, const Fields& request) {
  const auto answers = calculate(formula, request);
  return answers ? "none" : answers.error().what;
}

Fields without(Fields request, std::string_view name) {
  std::erase_if(request, [&](const Field& field) { return field.name == name; });
  return request;
}

Fields with(Fields request, std::string_view name, Value value) {
  request = without(std::move(request), name);
  request.push_back({std::string(name), std::move(value)});
  return request;
}

/// The value with its first number replaced; false where there is none.
bool replace_number(Value& value, double number) {
  if (value.number() != nullptr) {
    value = number;
    return true;
  }
  if (List* const list = std::get_if<List>(&value.held)) {
    for (Value& item : *list) {
      if (replace_number(item, number)) return true;
    }
  }
  return false;
}

/// Numbers, or lists or records of them, or null.
bool finite_or_null(const Value& value) {
  if (value.null()) return true;
  if (const double* number = value.number()) return std::isfinite(*number);
  if (const Fields* const record = value.record()) {
    return std::all_of(record->begin(), record->end(),
                       [](const Field& field) { return finite_or_null(field.value); });
  }
  const List* const list = value.list();
  return list != nullptr && std::all_of(list->begin(), list->end(), finite_or_null);
}

class EveryFormula : public ::testing::TestWithParam<const Formula*> {
 protected:
  const Formula& formula() const { return *GetParam(); }
  Fields example() const { return formula().example(); }
};

TEST_P(EveryFormula, says_what_it_is_and_where_it_is_from) {
  EXPECT_FALSE(formula().name.empty());
  EXPECT_FALSE(formula().about.empty());
  EXPECT_LE(formula().about.size(), 80U) << "one line";
  EXPECT_FALSE(formula().source.empty());
  ASSERT_FALSE(formula().parameters.empty());
  ASSERT_FALSE(formula().answers.empty());
  std::set<std::string_view> names;
  for (const Parameter& parameter : formula().parameters) {
    EXPECT_FALSE(parameter.about.empty()) << parameter.name;
    EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name << " is listed twice";
    EXPECT_EQ(parameter.kind == Kind::text, !parameter.choices.empty()) << parameter.name;
  }
  for (const Answer& answer : formula().answers)
    EXPECT_FALSE(answer.about.empty()) << answer.name;
}

TEST_P(EveryFormula, has_an_example_that_evaluates_to_what_it_declares) {
  const auto answers = calculate(formula(), example());
  ASSERT_TRUE(answers) << answers.error().what;
  ASSERT_EQ(answers->size(), formula().answers.size());
  for (std::size_t i = 0; i < answers->size(); ++i) {
    EXPECT_EQ((*answers)[i].name, formula().answers[i].name);
    EXPECT_TRUE(finite_or_null((*answers)[i].value)) << (*answers)[i].name;
  }
  const auto again = calculate(formula(), example());
  EXPECT_EQ(to_text(*again), to_text(*answers));
}

TEST_P(EveryFormula, names_each_required_parameter_that_is_missing) {
  for (const Parameter& parameter : formula().parameters) {
    if (!std::holds_alternative<Required>(parameter.presence)) continue;
    for (const Fields& request :
         {without(example(), parameter.name), with(example(), parameter.name, Value())}) {
      const std::string what = refusal(formula(), request);
      EXPECT_TRUE(what.starts_with(std::string(parameter.name) + " is missing: ")) << what;
      EXPECT_TRUE(has(what, parameter.about)) << what;
    }
  }
}

TEST_P(EveryFormula, takes_its_defaults_when_they_are_given) {
  Fields request = example();
  for (const Parameter& parameter : formula().parameters) {
    if (const auto* number = std::get_if<double>(&parameter.presence)) {
      if (find(request, parameter.name) == nullptr)
        request.push_back({std::string(parameter.name), *number});
    } else if (const auto* text = std::get_if<std::string_view>(&parameter.presence)) {
      if (find(request, parameter.name) == nullptr)
        request.push_back({std::string(parameter.name), *text});
    }
  }
  const auto answers = calculate(formula(), request);
  ASSERT_TRUE(answers) << answers.error().what;
  EXPECT_EQ(to_text(*answers), to_text(*calculate(formula(), example())));
}

TEST_P(EveryFormula, refuses_unknown_and_doubled_parameters) {
  const std::string_view known = formula().parameters.front().name;
  const std::string what = refusal(formula(), with(example(), "no_such_thing", 1.0));
  EXPECT_TRUE(has(what, "has no parameter \"no_such_thing\"")) << what;
  EXPECT_TRUE(has(what, known)) << what;
  Fields twice = example();
  twice.push_back(twice.front());
  EXPECT_EQ(refusal(formula(), twice), twice.front().name + " is given twice");
}

TEST_P(EveryFormula, refuses_other_kinds_and_numbers_outside_the_domain) {
  const Fields request = example();
  for (const Parameter& parameter : formula().parameters) {
    const std::string name(parameter.name);
    const std::array others{Value(true), Value("abc"), Value(Fields{{"a", 1.0}}),
                            Value(List{Value("abc")}), Value(List{Value(List{Value("abc")})})};
    for (const Value& other : others) {
      const std::string what = refusal(formula(), with(example(), name, other));
      EXPECT_TRUE(what.starts_with(name)) << what;
      EXPECT_TRUE(has(what, ": it must be ")) << what;
    }
    if (find(request, name) == nullptr) continue;
    for (const double outside : {nan, infinity, -infinity}) {
      Value value = *find(request, name);
      if (!replace_number(value, outside)) continue;
      const std::string what = refusal(formula(), with(request, name, value));
      EXPECT_TRUE(has(what, "it must be a finite number")) << what;
      EXPECT_TRUE(what.starts_with(name)) << what;
    }
    for (const double edge : {parameter.domain.low, parameter.domain.high}) {
      Value value = *find(request, name);
      if (!std::isfinite(edge)) continue;
      const double beyond = edge == parameter.domain.low ? edge - 1.0 : edge + 1.0;
      if (!replace_number(value, beyond)) continue;
      const std::string what = refusal(formula(), with(request, name, value));
      EXPECT_TRUE(what.starts_with(name)) << what;
      EXPECT_TRUE(has(what, to_string(parameter.domain))) << what;
    }
  }
}

TEST_P(EveryFormula, answers_finite_numbers_or_an_error_at_extremes) {
  for (const Field& field : example()) {
    for (const double extreme : {0.0, 1e-308, 1e308, -1e308, 5e-324, 1e15, -1.0, 1e-9}) {
      Value value = field.value;
      if (!replace_number(value, extreme)) continue;
      const auto answers = calculate(formula(), with(example(), field.name, value));
      if (!answers) {
        EXPECT_FALSE(answers.error().what.empty());
        continue;
      }
      for (const Field& answer : *answers)
        EXPECT_TRUE(finite_or_null(answer.value)) << field.name << " " << extreme;
    }
  }
}

std::vector<const Formula*> all() {
  std::vector<const Formula*> all;
  for (const Formula& formula : formulas())
    all.push_back(&formula);
  return all;
}

std::string name_of(const ::testing::TestParamInfo<const Formula*>& formula) {
  return std::string(formula.param->name);
}
INSTANTIATE_TEST_SUITE_P(Registry, EveryFormula, ::testing::ValuesIn(all()), name_of);

TEST(Registry, names_each_formula_once_and_suggests_the_one_that_was_meant) {
  std::set<std::string_view> names;
  for (const Formula& formula : formulas()) {
    EXPECT_TRUE(names.insert(formula.name).second) << formula.name;
    EXPECT_EQ(*find_formula(formula.name), &formula);
  }
  const auto missing = find_formula("gltf");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_TRUE(has(missing.error().what, "did you mean \"glft\"?")) << missing.error().what;
}

TEST(Registry, suggests_the_parameter_and_the_choice_that_were_meant) {
  const Formula& glft = **find_formula("glft");
  EXPECT_TRUE(has(refusal(glft, with(glft.example(), "gama", 1.0)), "did you mean \"gamma\"?"));
  EXPECT_TRUE(
      has(refusal(glft, with(glft.example(), "method", "stationery")),
          "it must be one of closed_form, stationary, exact; did you mean \"stationary\"?"));
}

// ---- every kind, also those that no formula has yet

constexpr std::array kinds_parameters{
    Parameter{"whole", Kind::whole, "a count", not_negative, Optional{}},
    Parameter{"records", Kind::records, "a list of records", any_number, Optional{}},
    Parameter{"rows", Kind::rows, "with null", any_number, Optional{}},
    Parameter{"matrix", Kind::matrix, "without", any_number, Optional{}},
};
constexpr std::array kinds_answers{Answer{"what", "a number"}};
constexpr Formula kinds{"kinds",
                        "of parameters",
                        "this test",
                        kinds_parameters,
                        kinds_answers,
                        [](const Arguments& arguments) -> Result<Fields> {
                          double sum = 0.0;
                          if (arguments.has("whole"))
                            sum += static_cast<double>(arguments.whole("whole"));
                          if (arguments.has("records"))
                            sum += static_cast<double>(arguments.records("records").size());
                          if (arguments.has("rows")) {
                            for (const auto& row : arguments.rows("rows"))
                              for (const auto& item : row)
                                sum += item.value_or(100.0);
                          }
                          if (arguments.has("matrix")) {
                            const Matrix matrix = arguments.matrix("matrix");
                            sum += static_cast<double>(10 * matrix.rows + matrix.columns);
                          }
                          return Fields{{"what", sum}};
                        },
                        nullptr};

TEST(Formula, reads_every_kind) {
  const auto sum = [](Fields request) {
    const auto answers = calculate(kinds, std::move(request));
    return answers ? to_text(answers->front().value) : answers.error().what;
  };
  EXPECT_EQ(sum({{"whole", 7.0}}), "7");
  EXPECT_EQ(sum({{"whole", 7.5}}), "whole is 7.5: it must be a whole number");
  EXPECT_EQ(sum({{"whole", 1e17}}), "whole is 1e+17: it must be a whole number");
  EXPECT_EQ(sum({{"whole", -1.0}}), "whole is -1: it must be 0 or above");
  EXPECT_EQ(sum({{"records", List{Fields{{"a", 1.0}}, Fields{}}}}), "2");
  EXPECT_EQ(sum({{"records", List{1.0}}}), "records[0] is 1: it must be a record");
  EXPECT_EQ(sum({{"rows", List{List{1.0, Value()}, List{2.0}}}}), "103");
  EXPECT_EQ(sum({{"matrix", List{Value(List{1.0, 2.0})}}}), "12");
  EXPECT_EQ(sum({{"matrix", List{}}}), "0");
  EXPECT_EQ(sum({{"matrix", List{Value(List{1.0, Value()})}}}),
            "matrix[0][1] is null: it must be a number");
  EXPECT_EQ(sum({{"matrix", List{List{1.0}, List{1.0, 2.0}}}}),
            "matrix[1] holds 2 numbers and matrix[0] holds 1: the rows of a matrix are of one "
            "length");
  EXPECT_EQ(sum({{"rows", List{Value(List{infinity})}}}),
            "rows[0][0] is inf: it must be a finite number");
  EXPECT_EQ(sum({{"whole", Value()}}), "0") << "null is not given";
}

TEST(Formula, quotes_long_values_in_part_and_never_within_a_character) {
  std::string text;
  for (int i = 0; i < 100; ++i)
    text += "\xc3\xa9";
  const std::string what = refusal(kinds, {{"whole", text}});
  EXPECT_LT(what.size(), 120U);
  EXPECT_TRUE(has(what, "\xc3\xa9...: it must be a whole number")) << what;
}

}  // namespace
}  // namespace ballast
