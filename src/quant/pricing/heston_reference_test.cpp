// What is printed in the literature, and computed at its parameters.
#include <cmath>

#include <gtest/gtest.h>

#include "quant/pricing/heston.hpp"

namespace ballast {
namespace {

constexpr OptionRight call = OptionRight::call;
constexpr OptionRight put = OptionRight::put;

/// Lewis's published prices; Fang and Oosterlee (2008), Broadie and Kaya (2006), Andersen (2008,
/// cases I and II), Kahl and Jäckel (2005): their parameters, and the grid of Cui, del Baño Rollin
/// and Germano (2017). Values by Lewis's integral with 30 digits.
struct Row {
  OptionRight right;
  double spot, strike, years, rate, yield;
  HestonParameters parameters;
  double price;
};
// clang-format off
const Row rows[] = {
    {put, 100, 80, 1, 0.01, 0.02, {0.04, 4, 0.25, 1, -0.5}, 7.958878113256768},
    {call, 100, 80, 1, 0.01, 0.02, {0.04, 4, 0.25, 1, -0.5}, 26.774758743998856},
    {put, 100, 90, 1, 0.01, 0.02, {0.04, 4, 0.25, 1, -0.5}, 12.017966707346305},
    {call, 100, 90, 1, 0.01, 0.02, {0.04, 4, 0.25, 1, -0.5}, 20.93334900059671},
    {put, 100, 100, 1, 0.01, 0.02, {0.04, 4, 0.25, 1, -0.5}, 17.05527096127011},
    {call, 100, 100, 1, 0.01, 0.02, {0.04, 4, 0.25, 1, -0.5}, 16.070154917028834},
    {put, 100, 120, 1, 0.01, 0.02, {0.04, 4, 0.25, 1, -0.5}, 29.811026202682473},
    {call, 100, 120, 1, 0.01, 0.02, {0.04, 4, 0.25, 1, -0.5}, 9.024913483457835},
    {call, 100, 100, 1, 0, 0, {0.0175, 1.5768, 0.0398, 0.5751, -0.5711}, 5.785155434376189},
    {call, 100, 100, 1, 0.0319, 0, {0.010201, 6.21, 0.019, 0.61, -0.70}, 6.806113313462027},
    {call, 100, 100, 10, 0, 0, {0.04, 0.5, 0.04, 1, -0.9}, 13.08467013699236},
    {call, 100, 100, 15, 0, 0, {0.04, 0.3, 0.04, 0.9, -0.5}, 16.64922292035864},
    {call, 100, 200, 10, 0, 0, {0.16, 1, 0.16, 2, -0.8}, 4.952114720879765},
    {call, 1.0, 0.9, 0.7, 0.05, 0.02, {0.09, 1.2, 0.08, 1.8, -0.45}, 0.1509476650145983},
    {call, 0.97921896456945959, 0.9, 0.7, 0.05, 0.02, {0.09, 1.2, 0.08, 1.8, -0.45}, 0.1330369759950742},
    {call, 0.97921896456945959, 1.0, 0.7, 0.05, 0.02, {0.09, 1.2, 0.08, 1.8, -0.45}, 0.06410165088434577},
    {call, 1, 0.9371, 0.119047619047619, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.08033144682413756},
    {call, 1, 0.8603, 0.238095238095238, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.154887998765441},
    {call, 1, 0.8112, 0.357142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.205333668033996},
    {call, 1, 0.747, 0.595238095238095, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.2735951763841546},
    {call, 1, 0.7216, 0.714285714285714, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.3008055458183068},
    {call, 1, 0.6699, 1.07142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.3585259851002653},
    {call, 1, 0.9956, 0.119047619047619, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.04296090390369423},
    {call, 1, 0.9868, 0.238095238095238, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.0657904129438855},
    {call, 1, 0.9728, 0.357142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.08787226756818951},
    {call, 1, 0.9464, 0.595238095238095, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.126123359558547},
    {call, 1, 0.9358, 0.714285714285714, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.1421356088592231},
    {call, 1, 0.9175, 1.07142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.1781261590581377},
    {call, 1, 1.0427, 0.119047619047619, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.02251905194709469},
    {call, 1, 1.0463, 0.238095238095238, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.03822724065151643},
    {call, 1, 1.0499, 0.357142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.05079163238707565},
    {call, 1, 1.0562, 0.595238095238095, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.07158948105109873},
    {call, 1, 1.0593, 0.714285714285714, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.08054656107597195},
    {call, 1, 1.0663, 1.07142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.1047193029849125},
    {call, 1, 1.2287, 0.119047619047619, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.0003313824851382563},
    {call, 1, 1.2399, 0.238095238095238, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.002883611448737724},
    {call, 1, 1.2485, 0.357142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.007218506626641158},
    {call, 1, 1.2646, 0.595238095238095, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.0177755114667606},
    {call, 1, 1.2715, 0.714285714285714, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.02340643980754724},
    {call, 1, 1.2859, 1.07142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.04099696610593282},
    {call, 1, 1.3939, 0.119047619047619, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 4.310638641528139e-07},
    {call, 1, 1.4102, 0.238095238095238, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 8.319901545270011e-05},
    {call, 1, 1.4291, 0.357142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.0005540063349403945},
    {call, 1, 1.4603, 0.595238095238095, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.003178422594903101},
    {call, 1, 1.4736, 0.714285714285714, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.005229752750278125},
    {call, 1, 1.5005, 1.07142857142857, 0.02, 0, {0.08, 3, 0.10, 0.25, -0.8}, 0.0138154087767626},
};
// clang-format on

HestonExpiry expiry_of(const Row& row) {
  return {.forward = row.spot * std::exp((row.rate - row.yield) * row.years),
          .discount = std::exp(-row.rate * row.years),
          .years = row.years};
}

double price(const HestonParameters& p, const HestonExpiry& expiry, HestonOption option) {
  double price = 0.0;
  const auto priced = heston_prices(p, expiry, {&option, 1}, {&price, 1});
  EXPECT_TRUE(priced) << (priced ? "" : priced.error().what);
  return price;
}
HestonValue value(const HestonParameters& p, const HestonExpiry& expiry, HestonOption option) {
  HestonValue value;
  const auto valued = heston_values(p, expiry, {&option, 1}, {&value, 1});
  EXPECT_TRUE(valued) << (valued ? "" : valued.error().what);
  return value;
}

TEST(HestonReference, gives_the_prices_of_the_literature) {
  for (const Row& row : rows) {
    const double got = price(row.parameters, expiry_of(row), {row.right, row.strike});
    EXPECT_NEAR(got, row.price, 1e-13 * row.spot)
        << row.spot << " " << row.strike << " " << row.years;
    const HestonValue both = value(row.parameters, expiry_of(row), {row.right, row.strike});
    EXPECT_NEAR(both.price, got, 1e-14 * row.spot)
        << row.spot << " " << row.strike << " " << row.years;
  }
}

TEST(HestonReference, gives_the_derivatives_of_the_literature) {
  // Finite differences of prices with 30 digits, at Lewis's parameters and on Cui's grid.
  const HestonParameters lewis{0.04, 4, 0.25, 1, -0.5};
  const HestonExpiry year{100 * std::exp(-0.01), std::exp(-0.01), 1};
  const HestonValue at_100 = value(lewis, year, {call, 100});
  EXPECT_NEAR(at_100.delta * std::exp(-0.01), 0.59947132575003, 1e-12);
  EXPECT_NEAR(at_100.gamma * std::exp(-0.02), 0.00928753738383, 1e-13);
  EXPECT_NEAR(at_100.gradient.v0, 10.17926540448, 1e-11);
  EXPECT_NEAR(at_100.gradient.kappa, 0.68985417669116, 1e-11);
  EXPECT_NEAR(at_100.gradient.theta, 32.56013347411, 1e-11);
  const HestonParameters cui{0.08, 3, 0.10, 0.25, -0.8};
  const double years = 0.595238095238095;
  const HestonValue grid =
      value(cui, {std::exp(0.02 * years), std::exp(-0.02 * years), years}, {call, 1.0562});
  EXPECT_NEAR(grid.gradient.v0, 0.2368247267126, 1e-12);
  EXPECT_NEAR(grid.gradient.kappa, 0.001475208021804, 1e-12);
  EXPECT_NEAR(grid.gradient.theta, 0.2778913939378, 1e-12);
  EXPECT_NEAR(grid.gradient.sigma, -0.01280452805139, 1e-12);
  EXPECT_NEAR(grid.gradient.rho, 0.002853192367485, 1e-12);
}

}  // namespace
}  // namespace ballast
