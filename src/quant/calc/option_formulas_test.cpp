// What the formulas of surfaces and path-dependent options answer by name.
#include <cmath>

#include <gtest/gtest.h>

#include "quant/calc/registry.hpp"

namespace ballast {
namespace {

Result<Fields> answers_of(std::string_view name, Fields request) {
  const auto formula = find_formula(name);
  if (!formula) return tl::unexpected(formula.error());
  return calculate(**formula, std::move(request));
}

Fields changed(std::string_view name, Fields changes) {
  Fields request = (*find_formula(name))->example();
  for (Field& change : changes) {
    std::erase_if(request, [&](const Field& field) { return field.name == change.name; });
    request.push_back(std::move(change));
  }
  return request;
}

double answered(std::string_view name, Fields request, std::string_view wanted) {
  const auto answers = answers_of(name, std::move(request));
  EXPECT_TRUE(answers) << (answers ? "" : answers.error().what);
  const Value* const value = answers ? find(*answers, wanted) : nullptr;
  return value == nullptr || value->number() == nullptr ? -1e300 : *value->number();
}

std::string refusal_of(std::string_view name, Fields request) {
  const auto answers = answers_of(name, std::move(request));
  return answers ? "none" : answers.error().what;
}

TEST(CalcHeston, gives_the_price_and_its_gradient_by_name) {
  EXPECT_NEAR(answered("heston", changed("heston", {}), "price"), 16.070154917028834, 1e-11);
  const auto answers = answers_of("heston", changed("heston", {}));
  const Fields& gradient = *find(*answers, "gradient")->record();
  ASSERT_EQ(gradient.size(), 5U);
  EXPECT_NEAR(*find(gradient, "v0")->number(), 10.17926540448, 1e-9);
  EXPECT_NEAR(*find(gradient, "kappa")->number(), 0.68985417669116, 1e-9);
  EXPECT_NEAR(*find(gradient, "theta")->number(), 32.56013347411, 1e-9);
  EXPECT_EQ(refusal_of("heston", changed("heston", {{"rho", 1.0}})),
            "rho is 1: it must be -1 to 1, both excluded");
}

TEST(CalcHestonCalibrate, finds_the_parameters_of_prices_and_of_vols) {
  List quotes;
  for (const double years : {0.25, 1.0}) {
    for (const double strike : {70.0, 85.0, 100.0, 115.0, 140.0}) {
      const Fields option = changed("heston", {{"strike", strike}, {"years", years}});
      quotes.emplace_back(Fields{{"right", "call"},
                                 {"strike", strike},
                                 {"years", years},
                                 {"price", answered("heston", option, "price")}});
    }
  }
  const Fields market{{"spot", 100.0}, {"rate", 0.01}, {"yield", 0.02}, {"quotes", quotes}};
  Fields from_list = market;
  from_list.push_back({"start", List{0.1, 1.0, 0.1, 0.5, 0.0}});
  Fields from_record = market;
  from_record.push_back(
      {"start", Fields{{"rho", 0.0}, {"v0", 0.1}, {"kappa", 1.0}, {"theta", 0.1}, {"sigma", 0.5}}});
  for (const Fields& request : {market, from_list, from_record}) {
    EXPECT_NEAR(answered("heston_calibrate", request, "v0"), 0.04, 1e-7);
    EXPECT_NEAR(answered("heston_calibrate", request, "kappa"), 4.0, 1e-5);
    EXPECT_NEAR(answered("heston_calibrate", request, "theta"), 0.25, 1e-7);
    EXPECT_NEAR(answered("heston_calibrate", request, "sigma"), 1.0, 1e-6);
    EXPECT_NEAR(answered("heston_calibrate", request, "rho"), -0.5, 1e-7);
    EXPECT_LT(answered("heston_calibrate", request, "rmse_vol"), 1e-9);
    EXPECT_GT(answered("heston_calibrate", request, "iterations"), 1.0);
  }
}

TEST(CalcHestonCalibrate, names_the_quote_that_is_none) {
  const auto refused = [](Fields quote) {
    Fields request = changed("heston_calibrate", {});
    for (Field& field : request)
      if (field.name == "quotes") std::get<List>(field.value.held)[1] = std::move(quote);
    return refusal_of("heston_calibrate", request);
  };
  EXPECT_EQ(refused({{"strike", 100.0}, {"years", 0.1}, {"vol", 0.6}}),
            "quotes[1].right is missing: it must be call or put");
  EXPECT_EQ(refused({{"right", "call"}, {"years", 0.1}, {"vol", 0.6}}),
            "quotes[1].strike is missing");
  EXPECT_EQ(refused({{"right", "call"}, {"strike", "x"}, {"years", 0.1}, {"vol", 0.6}}),
            "quotes[1].strike is \"x\": it must be a number");
  EXPECT_EQ(refused({{"right", "call"}, {"strike", 100.0}, {"years", 0.1}}),
            "quote 1 must have either vol or price");
  EXPECT_EQ(refused({{"right", "call"}, {"strike", 100.0}, {"years", 0.1}, {"iv", 0.6}}),
            "quotes[1] has a iv: it must be of right, strike, years, price, vol, weight");
  EXPECT_EQ(
      refusal_of("heston_calibrate", changed("heston_calibrate", {{"start", List{0.1}}})),
      "start is [0.1]: it must be a record of v0, kappa, theta, sigma, rho, or a list in that "
      "order");
}

TEST(CalcSvi, gives_vogt_s_example) {
  EXPECT_NEAR(answered("svi", changed("svi", {}), "total_variance"), 0.05764411607356, 1e-13);
  EXPECT_NEAR(answered("svi", changed("svi", {{"log_strike", -1.0}}), "g"), 0.2678703587365, 1e-11);
  EXPECT_NEAR(answered("svi", changed("svi", {}), "slope_left"), 0.1331 * 0.694, 1e-14);
  EXPECT_NEAR(answered("svi", changed("svi", {}), "slope_right"), 0.1331 * 1.306, 1e-14);
}

TEST(CalcMerton, gives_the_series) {
  EXPECT_NEAR(answered("merton", changed("merton", {}), "price"), 12.7612885936288, 1e-10);
}

TEST(CalcLookback, takes_each_style_continuous_and_at_fixings) {
  EXPECT_NEAR(answered("lookback", changed("lookback", {}), "price"), 10.57509311, 1e-8);
  const Fields whole{{"style", "floating"}, {"right", "put"}, {"spot", 100.0}, {"extremum", 100.0},
                     {"years", 0.5},        {"rate", 0.1},    {"yield", 0.0},  {"vol", 0.3}};
  EXPECT_NEAR(answered("lookback", whole, "price"), 15.35255547, 1e-8);
  Fields five = whole;
  five.push_back({"monitorings", 5.0});
  EXPECT_NEAR(answered("lookback", five, "price"), 10.0642470900, 1e-9);
  five.push_back({"method", "corrected"});
  EXPECT_NEAR(answered("lookback", five, "price"), 9.6112225930, 1e-9);
  const Fields fixed{{"style", "fixed"}, {"right", "call"}, {"spot", 100.0},
                     {"strike", 95.0},   {"years", 0.5},    {"rate", 0.1},
                     {"yield", 0.0},     {"vol", 0.1},      {"extremum", 100.0}};
  EXPECT_NEAR(answered("lookback", fixed, "price"), 13.26872236, 1e-8);
  const Fields late{{"style", "partial_fixed"},
                    {"right", "call"},
                    {"spot", 100.0},
                    {"strike", 110.0},
                    {"years", 1.0},
                    {"rate", 0.06},
                    {"yield", 0.0},
                    {"vol", 0.1},
                    {"t1", 0.5}};
  EXPECT_NEAR(answered("lookback", late, "price"), 3.95797048, 1e-8);
}

TEST(CalcLookbackHeston, gives_price_and_error_and_repeats_itself) {
  const Fields request = changed("lookback_heston", {{"paths", 4000.0}});
  const double price = answered("lookback_heston", request, "price");
  const double error = answered("lookback_heston", request, "std_error");
  EXPECT_GT(error, 0.0);
  EXPECT_NEAR(price, 35.324313, 4.0 * error + 0.1);
  EXPECT_EQ(answered("lookback_heston", request, "price"), price);
}

}  // namespace
}  // namespace ballast
