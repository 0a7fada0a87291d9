// What margin_deribit answers by name.
#include <gtest/gtest.h>

#include "quant/calc/registry.hpp"

namespace ballast {
namespace {

Result<Fields> margin_of(Fields request) {
  return calculate(margin_formulas().front(), std::move(request));
}

std::string refusal(Fields request) {
  const auto answers = margin_of(std::move(request));
  return answers ? "none" : answers.error().what;
}

double named(const Fields& answers, std::string_view wanted) {
  return *find(answers, wanted)->number();
}

Fields plus(Fields request, const Fields& more) {
  for (const Field& field : more) {
    std::erase_if(request, [&](const Field& known) { return known.name == field.name; });
    request.push_back(field);
  }
  return request;
}

/// A list of one record: List{Value(...)} is not the same to every compiler.
List one(Fields record) {
  List list;
  list.emplace_back(std::move(record));
  return list;
}

const Fields short_call{{"instrument", "BTC-9000-C"},
                        {"size", -1.0},
                        {"right", "call"},
                        {"strike", 9000.0},
                        {"years", 0.1}};
const Fields mark{
    {"instrument", "BTC-9000-C"}, {"price", 0.025}, {"forward", 10000.0}, {"vol", 0.6}};

// Deribit's API documentation, private/pme/simulate, the example's answer.
TEST(CalcMarginDeribit, gives_the_portfolio_margin_of_the_published_example) {
  const Fields orders{
      {"parameters", Fields{{"mmp_margin", 0.06}, {"open_orders_margin", 0.000018212}}}};
  const auto answers = margin_of(plus(margin_formulas().front().example(), orders));
  ASSERT_TRUE(answers) << answers.error().what;
  EXPECT_NEAR(named(*answers, "initial"), 0.122861343, 1e-15);
  EXPECT_NEAR(named(*answers, "maintenance"), 0.050274504784, 1e-15);
  EXPECT_NEAR(named(*answers, "risk_matrix"), 0.06284313098, 1e-15);
  EXPECT_NEAR(named(*answers, "worst_case"), 0.05968587238095239, 1e-15);
  EXPECT_NEAR(named(*answers, "roll_shock"), 0.00315725898, 1e-15);
  const List& scenarios = *find(*answers, "scenarios")->list();
  ASSERT_EQ(scenarios.size(), 35U);
  const List& first = *scenarios[0].list();
  EXPECT_NEAR(*first[0].number(), -0.16, 1e-15);
  EXPECT_EQ(*first[1].number(), 1.0);
  EXPECT_NEAR(*first[3].number(), -0.05968587238095239, 1e-15);
  EXPECT_TRUE(find(*answers, "positions")->null());
}

TEST(CalcMarginDeribit, gives_standard_margin_in_either_settlement) {
  const Fields request{{"kind", "standard"}, {"positions", one(short_call)}, {"marks", one(mark)}};
  const auto answers = margin_of(request);
  ASSERT_TRUE(answers) << answers.error().what;
  EXPECT_NEAR(named(*answers, "initial"), 0.175, 1e-15);
  EXPECT_NEAR(named(*answers, "maintenance"), 0.1, 1e-15);
  EXPECT_TRUE(find(*answers, "scenarios")->null());
  EXPECT_EQ(to_text(*find(*answers, "positions")), "[[0.175,0.1]]");

  const Fields sol{{"kind", "standard"},
                   {"settlement", "quote"},
                   {"index", 200.0},
                   {"positions", one({{"instrument", "SOL_USDC-PERPETUAL"}, {"size", 25.0}})},
                   {"parameters", Fields{{"futures_initial", 0.04},
                                         {"futures_maintenance", 0.02},
                                         {"futures_per_coin", 0.000005}}}};
  EXPECT_NEAR(named(*margin_of(sol), "initial"), 200.625, 1e-9);
  EXPECT_NEAR(named(*margin_of(sol), "maintenance"), 100.625, 1e-9);
}

TEST(CalcMarginDeribit, follows_rules_of_every_kind) {
  const Fields request{{"kind", "portfolio"},
                       {"index", 10000.0},
                       {"positions", one(short_call)},
                       {"marks", one(mark)}};
  const auto with = [&](const Fields& rules) {
    return margin_of(plus(request, {{"parameters", rules}}));
  };
  ASSERT_TRUE(margin_of(request)) << margin_of(request).error().what;
  const auto few = with({{"buckets_count", 1.0}, {"extended_moves", List{1.0, 2.0}}});
  EXPECT_EQ(find(*few, "scenarios")->list()->size(), 11U);
  const double fine = named(*with({{"decimals", Value()}}), "initial");
  EXPECT_NEAR(named(*with({{"decimals", 2.0}}), "initial"), fine, 0.01);
  EXPECT_NE(named(*with({{"decimals", 2.0}}), "initial"), fine);
  EXPECT_GT(named(*with({{"roll_compounded", true}, {"annualised_move_risk", 2.0}}), "roll_shock"),
            named(*with({{"annualised_move_risk", 2.0}}), "roll_shock"));
  EXPECT_NEAR(named(*with({{"short_option_contingency", 0.01}}), "contingency"), 0.01, 1e-15);
}

TEST(CalcMarginDeribit, says_what_is_missing_and_what_it_does_not_know) {
  const Fields request{{"kind", "portfolio"},
                       {"index", 10000.0},
                       {"positions", one(short_call)},
                       {"marks", one(mark)}};
  EXPECT_EQ(refusal({{"kind", "portfolio"}, {"positions", List{}}}),
            "index is missing: portfolio needs it");
  EXPECT_EQ(refusal(plus(request, {{"marks", List{}}})),
            "the mark of BTC-9000-C.forward is missing: it must be a number");
  EXPECT_EQ(refusal(plus(request, {{"positions", one({{"size", 1.0}})}})),
            "positions[0].instrument is missing: it must be a text");
  EXPECT_EQ(refusal(plus(request, {{"positions", one(plus(short_call, {{"size", "x"}}))}})),
            "positions[0].size is \"x\": it must be a number");
  EXPECT_EQ(refusal(plus(request, {{"positions", one(plus(short_call, {{"right", "c"}}))}})),
            "positions[0].right is \"c\": it must be call or put");
  EXPECT_EQ(refusal(plus(request, {{"positions", one(plus(short_call, {{"side", 1.0}}))}})),
            "positions[0].side is 1: it must be one of instrument, size, right, strike, years");
  EXPECT_EQ(refusal(plus(request, {{"marks", List{mark, mark}}})),
            "marks[1]: BTC-9000-C has a mark before");
  Fields twice = short_call;
  twice.push_back({"size", 2.0});
  EXPECT_EQ(refusal(plus(request, {{"positions", one(twice)}})),
            "positions[0].size is given twice");
  const auto rule = [&](const Fields& rules) {
    return refusal(plus(request, {{"parameters", rules}}));
  };
  EXPECT_TRUE(
      rule({{"range", 0.1}})
          .starts_with(
              "parameters.range is 0.1: it must be one of price_range, volatility_range_up"));
  EXPECT_EQ(rule({{"price_range", 2.0}}), "price_range is 2: it must be 0 to 1, both excluded");
  EXPECT_EQ(rule({{"buckets_count", 2.5}}),
            "parameters.buckets_count is 2.5: it must be a whole number of 0 to 100");
  EXPECT_EQ(rule({{"roll_compounded", 1.0}}),
            "parameters.roll_compounded is 1: it must be true or false");
  EXPECT_EQ(rule({{"extended_moves", List{"x"}}}),
            "parameters.extended_moves is [\"x\"]: it must be a list of numbers");
  EXPECT_EQ(refusal(plus(request, {{"parameters", 1.0}})), "parameters is 1: it must be a record");
}

}  // namespace
}  // namespace ballast
