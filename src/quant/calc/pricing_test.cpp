// What the pricing formulas answer by name.
#include <cmath>

#include <gtest/gtest.h>

#include "quant/calc/registry.hpp"

namespace ballast {
namespace {

Result<Fields> priced(std::string_view name, Fields request) {
  return calculate(**find_formula(name), std::move(request));
}

double named(const Fields& answers, std::string_view wanted) {
  return *find(answers, wanted)->number();
}

TEST(CalcBlack76, gives_price_and_greeks) {
  const Fields request{
      {"right", "call"}, {"forward", 100.0}, {"strike", 100.0}, {"years", 0.5}, {"vol", 0.2}};
  const Fields o = *priced("black76", request);
  EXPECT_NEAR(named(o, "price"), 5.637197779701664, 1e-13);
  EXPECT_NEAR(named(o, "delta"), 0.5 + 0.5 * 0.05637197779701664, 1e-14);
  const double years_per_day = 1.0 / 365.0;
  Fields later = request;
  later[3].value = 0.5 - years_per_day;
  const double passed = named(*priced("black76", later), "price") - named(o, "price");
  EXPECT_NEAR(named(o, "theta") * years_per_day / passed, 1.0, 1e-2);
  Fields discounted = request;
  discounted.push_back({"discount", 0.9});
  EXPECT_NEAR(named(*priced("black76", discounted), "delta"), 0.9 * named(o, "delta"), 1e-15);
  EXPECT_NEAR(named(*priced("black76", discounted), "rho"), -0.5 * 0.9 * named(o, "price"), 1e-13);
}

TEST(CalcImpliedVol, gives_the_volatility_or_says_that_there_is_none) {
  Fields request{{"right", "put"},
                 {"forward", 539.0},
                 {"strike", 909.0},
                 {"years", 1.03},
                 {"price", 418.75865475699516}};
  EXPECT_NEAR(named(*priced("implied_vol", request), "vol"), 0.6203476103434663, 1e-12);
  request.back().value = 1.0;
  const auto none = priced("implied_vol", request);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::infeasible);
}

TEST(CalcInverseOption, gives_price_and_greeks_in_coin) {
  const Fields o = *priced("inverse_option", {{"right", "call"},
                                              {"forward", 60000.0},
                                              {"strike", 65000.0},
                                              {"years", 0.0833333333333333},
                                              {"vol", 0.6}});
  EXPECT_NEAR(named(o, "price_coin"), 0.0377400663447566, 1e-10);
  EXPECT_NEAR(named(o, "delta"), 0.35363530826701, 1e-10);
  EXPECT_NEAR(named(o, "delta_net"), 0.315895241922253, 1e-10);
  EXPECT_NEAR(named(o, "gamma"), 3.57747344222117e-5, 1e-15);
  EXPECT_NEAR(named(o, "vega_coin"), 0.107324203266635, 1e-10);
  EXPECT_NEAR(named(o, "theta_usd"), -23182.0279055932, 1e-7);
}

TEST(CalcInverseFuture, gives_profit_and_delta_in_coin) {
  const Fields o = *priced(
      "inverse_future",
      {{"contracts", 10000.0}, {"contract_size", 10.0}, {"entry", 50000.0}, {"mark", 60000.0}});
  EXPECT_NEAR(named(o, "pnl_coin"), 1.0 / 3.0, 1e-15);
  EXPECT_NEAR(named(o, "delta_coin"), 5.0 / 3.0, 1e-15);
}

}  // namespace
}  // namespace ballast
