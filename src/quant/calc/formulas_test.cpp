// What each formula answers by name, at published and computed values.
#include <cmath>

#include <gtest/gtest.h>

#include "quant/calc/registry.hpp"

namespace ballast {
namespace {

Result<Fields> answer(std::string_view name, Fields request) {
  const auto formula = find_formula(name);
  if (!formula) return tl::unexpected(formula.error());
  return calculate(**formula, std::move(request));
}

Value result(std::string_view name, Fields request, std::string_view wanted) {
  const auto answers = answer(name, std::move(request));
  EXPECT_TRUE(answers) << (answers ? "" : answers.error().what);
  const Value* const value = answers ? find(*answers, wanted) : nullptr;
  return value == nullptr ? Value() : *value;
}

double number(std::string_view name, Fields request, std::string_view wanted) {
  const Value value = result(name, std::move(request), wanted);
  return value.number() == nullptr ? std::nan("") : *value.number();
}

std::string refusal(std::string_view name, Fields request) {
  const auto answers = answer(name, std::move(request));
  return answers ? "none" : answers.error().what;
}

Fields plus(Fields request, Fields more) {
  for (Field& field : more)
    request.push_back(std::move(field));
  return request;
}

TEST(CalcAvellanedaStoikov, quotes_around_the_reservation_price) {
  const Fields request{{"mid", 100.0}, {"q", 2.0}, {"gamma", 0.1},
                       {"sigma", 2.0}, {"k", 1.5}, {"horizon", 0.5}};
  EXPECT_NEAR(number("avellaneda_stoikov", request, "reservation"), 99.6, 1e-12);
  EXPECT_NEAR(number("avellaneda_stoikov", request, "spread"), 0.2 + 20.0 * std::log1p(0.1 / 1.5),
              1e-12);
  EXPECT_NEAR(
      number("avellaneda_stoikov", request, "ask") - number("avellaneda_stoikov", request, "bid"),
      number("avellaneda_stoikov", request, "spread"), 1e-12);
}

const Fields hft{
    {"gamma", 0.05}, {"sigma", 10.69}, {"k", 0.04235741115084049}, {"A", 2.986162360812285}};
const Fields figure_a{{"gamma", 0.01}, {"sigma", 0.3}, {"k", 0.3}, {"A", 0.9}, {"Q", 30.0}};

TEST(CalcGlft, gives_the_half_spread_and_skew_that_hftbacktest_prints_at_any_inventory) {
  for (const double q : {0.0, 3.0, -7.5}) {
    const Fields request = plus(hft, {{"q", q}, {"xi", 0.05}, {"delta", 1.0}});
    EXPECT_NEAR(number("glft", request, "half_spread"), 20.47208533844371, 1e-9);
    EXPECT_NEAR(number("glft", request, "skew"), 9.76326865029227, 1e-9);
  }
  // Per unit, whatever the size of a fill.
  const double small_fills =
      number("glft", plus(hft, {{"q", 0.0}, {"xi", 0.05}, {"delta", 0.01}}), "skew");
  EXPECT_NEAR(
      number("glft", plus(hft, {{"q", 5.0}, {"xi", 0.05}, {"delta", 0.01}}), "bid_depth") -
          number("glft", plus(hft, {{"q", 0.0}, {"xi", 0.05}, {"delta", 0.01}}), "bid_depth"),
      5.0 * small_fills, 1e-9);
}

TEST(CalcGlft, offers_the_three_methods) {
  const Fields at_5 = plus(figure_a, {{"q", 5.0}});
  EXPECT_NEAR(number("glft", at_5, "bid_depth"), 3.652244361219, 1e-8);
  EXPECT_NEAR(number("glft", plus(at_5, {{"method", "stationary"}}), "bid_depth"), 3.653479540539,
              1e-8);
  const Fields exact = plus(at_5, {{"method", "exact"}, {"horizon", 600.0}});
  EXPECT_NEAR(number("glft", exact, "bid_depth"), 3.653479442865, 1e-8);
  EXPECT_NEAR(number("glft", exact, "ask_depth"), 2.972521772790, 1e-8);
  EXPECT_NEAR(number("glft", exact, "half_spread"), 0.5 * (3.653479442865 + 2.972521772790), 1e-8);
  // The skew of each method is nearly the closed form's, near flat.
  const double closed = number("glft", plus(figure_a, {{"q", 0.0}}), "skew");
  EXPECT_GT(closed, 0.0);
  const Fields stationary = plus(figure_a, {{"q", 0.0}, {"method", "stationary"}});
  EXPECT_NEAR(number("glft", stationary, "skew"), closed, 0.01 * closed);
}

TEST(CalcGlft, leaves_out_the_side_that_would_pass_the_limit) {
  for (const char* method : {"closed_form", "stationary"}) {
    for (const double q : {30.0, -30.0}) {
      const Fields request = plus(figure_a, {{"q", q}, {"method", method}});
      EXPECT_EQ(result("glft", request, "bid_depth").null(), q > 0);
      EXPECT_EQ(result("glft", request, "ask_depth").null(), q < 0);
      EXPECT_TRUE(result("glft", request, "half_spread").null());
      EXPECT_TRUE(result("glft", request, "skew").null());
    }
    EXPECT_EQ(refusal("glft", plus(figure_a, {{"q", 31.0}, {"method", method}})),
              "q is 31: it must be within +-Q, 30");
  }
  EXPECT_FALSE(
      result("glft", plus(figure_a, {{"q", -29.0}, {"method", "stationary"}}), "skew").null());
}

TEST(CalcGlft, refuses_what_a_method_has_no_use_for) {
  const Fields at_5 = plus(figure_a, {{"q", 5.0}});
  EXPECT_EQ(refusal("glft", plus(at_5, {{"horizon", 1.0}})),
            "horizon is given, but closed_form has no use for it");
  EXPECT_EQ(refusal("glft", plus(at_5, {{"method", "stationary"}, {"xi", 0.1}})),
            "xi is given, but stationary has no use for it");
  EXPECT_EQ(refusal("glft", plus(at_5, {{"method", "exact"}})),
            "horizon is missing: exact needs it");
  EXPECT_EQ(refusal("glft", plus(hft, {{"q", 1.0}, {"method", "stationary"}})),
            "Q is missing: stationary needs it");
  EXPECT_EQ(refusal("glft", plus(hft, {{"q", 1.0}, {"xi", 0.1}})),
            "delta is missing: the closed form of 2017 needs it");
  EXPECT_NE(refusal("glft", plus(hft, {{"q", 1.0}, {"xi", 0.1}, {"delta", 1.0}, {"drift", 1.0}}))
                .find("drift is given"),
            std::string::npos);
  EXPECT_EQ(refusal("glft", plus(figure_a, {{"q", 0.5}, {"method", "stationary"}})),
            "q is 0.5: stationary needs a whole number of fills");
}

TEST(CalcGlftMulti, gives_the_matrix_and_both_depths) {
  const Formula& formula = **find_formula("glft_multi");
  const auto answers = calculate(formula, formula.example());
  ASSERT_TRUE(answers);
  const List& rows = *find(*answers, "gamma_matrix")->list();
  EXPECT_NEAR(*(*rows[0].list())[1].number(), 0.15887356684840, 1e-11);
  EXPECT_NEAR(*(*find(*answers, "bid_depth")->list())[0].number(), 1.01063816942817, 1e-11);
  EXPECT_NEAR(*(*find(*answers, "ask_depth")->list())[1].number(), 0.67366544061849, 1e-11);
  Fields model_b = plus(formula.example(), {{"model", "B"}});
  EXPECT_NEAR(*(*calculate(formula, model_b)->at(1).value.list())[1].number(), 0.90455565697220,
              1e-11);
  Fields wrong = formula.example();
  wrong[0].value = List{1.0};
  EXPECT_EQ(refusal("glft_multi", wrong),
            "q holds 1 numbers: 2 are needed, for k names that many assets");
  wrong = formula.example();
  wrong[2].value = List{Value(List{0.36, 0.24})};
  EXPECT_EQ(refusal("glft_multi", wrong), "sigma has 1 rows of 2 numbers: it must be square");
}

TEST(CalcNoTradeBand, gives_the_widths_of_published_examples) {
  const Fields published{{"Gamma", 0.02}, {"S", 5000.0}, {"lambda", 0.0005}, {"gamma", 1.0},
                         {"r", 0.0},      {"T", 0.25},   {"sigma", 0.2}};
  EXPECT_NEAR(
      number("no_trade_band", plus(published, {{"model", "whalley_wilmott"}}), "half_width"),
      0.114471424255, 1e-11);
  EXPECT_NEAR(number("no_trade_band", plus(published, {{"model", "zakamouline"}}), "half_width"),
              0.020953691, 1e-9);
  const Fields option{{"S", 60000.0},       {"K", 60000.0},     {"sigma", 0.6},
                      {"T", 0.08219178082}, {"lambda", 0.0005}, {"gamma", 1e-5}};
  EXPECT_NEAR(number("no_trade_band", plus(option, {{"model", "whalley_wilmott"}}), "half_width"),
              0.188276256557, 1e-9);
  EXPECT_NEAR(number("no_trade_band", plus(option, {{"model", "zakamouline"}}), "half_width"),
              0.237043103972, 1e-9);
  const Fields both = plus(option, {{"model", "whalley_wilmott"}, {"Gamma", 3.85112021206e-05}});
  EXPECT_NEAR(number("no_trade_band", both, "half_width"), 0.188276256557, 1e-9);
  EXPECT_NE(refusal("no_trade_band", plus(option, {{"model", "zakamouline"}, {"Gamma", 0.02}}))
                .find("give one of them"),
            std::string::npos);
}

TEST(CalcNoTradeBand, gives_the_band_of_proportional_costs) {
  const Fields request{
      {"model", "proportional"}, {"mu", 0.08}, {"sigma", 0.16}, {"gamma", 5.0}, {"eps", 0.01}};
  EXPECT_NEAR(number("no_trade_band", request, "lower"), 0.581942311753, 1e-8);
  EXPECT_NEAR(number("no_trade_band", request, "upper"), 0.668057688247, 1e-8);
  EXPECT_TRUE(result("no_trade_band", request, "half_width").null());
  EXPECT_EQ(refusal("no_trade_band", plus(request, {{"S", 100.0}})),
            "S is given, but proportional has no use for it");
  EXPECT_EQ(refusal("no_trade_band", {{"model", "proportional"}, {"gamma", 5.0}}),
            "mu is missing: proportional needs it");
  EXPECT_EQ(refusal("no_trade_band", {{"model", "zakamouline"}, {"gamma", 5.0}}),
            "S is missing: zakamouline needs it");
}

TEST(CalcAimPortfolio, gives_the_rate_and_the_aim) {
  const Fields request{{"gamma", 1.0}, {"lambda", 5.0}, {"rho", 0.01}, {"sigma", 1.0}};
  const Fields one = plus(request, {{"signals", List{1.0}}, {"decays", List{0.1}}});
  EXPECT_NEAR(number("aim_portfolio", one, "rate"), 0.354335616433, 1e-11);
  EXPECT_NEAR(number("aim_portfolio", one, "aim"), 0.849496556923, 1e-10);
  EXPECT_EQ(refusal("aim_portfolio", plus(request, {{"signals", List{1.0}}, {"decays", List{}}})),
            "1 signals and 0 decays: each signal has one decay");
}

TEST(CalcMinimumCostFlow, gives_cost_flows_and_duals) {
  const Formula& formula = **find_formula("minimum_cost_flow");
  const auto answers = calculate(formula, formula.example());
  ASSERT_TRUE(answers);
  EXPECT_EQ(to_text(*answers), R"({"cost":24,"flows":[4,1,4,1],"duals":[8,1,2,0]})");
  const Fields unlimited{{"nodes", 2.0},
                         {"supplies", List{0.5, -0.5}},
                         {"arcs", List{Value(List{0.0, 1.0, Value(), 0.25})}}};
  const auto by_decimals = calculate(formula, unlimited);
  ASSERT_TRUE(by_decimals) << by_decimals.error().what;
  EXPECT_EQ(to_text(*by_decimals), R"({"cost":0.125,"flows":[0.5],"duals":[0.25,0]})");
  const auto wrong = [&](Value arcs) {
    return refusal(
        "minimum_cost_flow",
        {{"nodes", 2.0}, {"supplies", List{0.5, -0.5}}, {"arcs", List{std::move(arcs)}}});
  };
  EXPECT_NE(wrong(List{0.0, 1.0, 2.0}).find("must be [from, to, capacity, cost]"),
            std::string::npos);
  EXPECT_NE(wrong(List{0.0, 1.0, 2.0, Value()}).find("only the capacity may be null"),
            std::string::npos);
  EXPECT_EQ(wrong(List{0.0, 1.5, 2.0, 1.0}), "arcs[0] names a node 1.5: nodes are numbered from 0");
  EXPECT_EQ(wrong(List{0.0, 7.0, 2.0, 1.0}), "arc 0 is from node 0 to 7: nodes are 0 to 1");
  EXPECT_EQ(
      answer("minimum_cost_flow", {{"nodes", 2.0}, {"supplies", List{0.5, -0.5}}, {"arcs", List{}}})
          .error()
          .code,
      Errc::infeasible);
  EXPECT_EQ(
      refusal("minimum_cost_flow", {{"nodes", 3.0}, {"supplies", List{0.5}}, {"arcs", List{}}}),
      "3 nodes and 1 supplies: there must be one each");
}

}  // namespace
}  // namespace ballast
