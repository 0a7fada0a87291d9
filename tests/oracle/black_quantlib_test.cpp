// Our Black against QuantLib's, on a grid: prices, greeks and implied volatility.
#include <cmath>

#include <gtest/gtest.h>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/blackformula.hpp>

#include "quant/pricing/black.hpp"
#include "quant/pricing/implied_vol.hpp"

namespace ballast {
namespace {

template <class Check>
void over_grid(const Check& check) {
  for (const OptionRight right : {OptionRight::call, OptionRight::put}) {
    for (const double strike : {40.0, 80.0, 95.0, 100.0, 105.0, 130.0, 250.0}) {
      for (const double years : {0.01, 0.25, 1.0, 5.0}) {
        for (const double vol : {0.1, 0.5, 1.5})
          check(Black76Input{right, 100.0, strike, years, vol, std::exp(-0.03 * years)});
      }
    }
  }
}

QuantLib::Option::Type type_of(OptionRight right) {
  return right == OptionRight::call ? QuantLib::Option::Call : QuantLib::Option::Put;
}

TEST(BlackAgainstQuantLib, prices_and_greeks_agree) {
  over_grid([](const Black76Input& input) {
    const BlackGreeks ours = *black76(input);
    const QuantLib::BlackCalculator theirs(type_of(input.right), input.strike, input.forward,
                                           input.vol * std::sqrt(input.years), input.discount);
    SCOPED_TRACE(::testing::Message() << input.strike << " " << input.years << " " << input.vol);
    EXPECT_NEAR(ours.price, theirs.value(), 2e-13 * input.strike);
    EXPECT_NEAR(ours.delta, theirs.deltaForward(), 1e-13);
    EXPECT_NEAR(ours.gamma, theirs.gammaForward(), 1e-12);
    EXPECT_NEAR(ours.vega, theirs.vega(input.years), 1e-11);
  });
}

TEST(BlackAgainstQuantLib, implied_volatilities_agree) {
  over_grid([](const Black76Input& input) {
    Black76Input undiscounted = input;
    undiscounted.discount = 1.0;
    const double price = *black76_price(undiscounted);
    const double intrinsic = std::max(
        (input.right == OptionRight::call ? 1.0 : -1.0) * (input.forward - input.strike), 0.0);
    if (price - intrinsic < 1e-3) return;  // QuantLib's needs digits of the time value
    const auto vol = implied_vol({input.right, input.forward, input.strike, input.years, price});
    ASSERT_TRUE(vol) << vol.error().what;
    const double theirs = QuantLib::blackFormulaImpliedStdDev(
                              type_of(input.right), input.strike, input.forward, price, 1.0, 0.0,
                              input.vol * std::sqrt(input.years), 1e-12, 100) /
                          std::sqrt(input.years);
    EXPECT_NEAR(*vol, theirs, 1e-8) << input.strike << " " << input.years << " " << input.vol;
    EXPECT_NEAR(*vol, input.vol, 1e-9);
  });
}

}  // namespace
}  // namespace ballast
