#include "quant/pricing/black.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/black_oracle_test.hpp"

namespace ballast {
namespace {

double price_at(OptionRight right, double forward, double strike, double years, double vol) {
  return *black76_price({right, forward, strike, years, vol});
}

struct PriceRow {
  OptionRight right;
  double forward, strike, years, vol, price;
};

// py_lets_be_rational tests/TestValues.json (by Jäckel's own C++), recomputed with 60 digits.
constexpr std::array lets_be_rational{
    PriceRow{call, 100, 100, 0.5, 0.2, 5.637197779701664},
    PriceRow{call, 111, 246, 0.89, 0.6907245366960202, 5.578476100968555},
    PriceRow{call, 863, 641, 0.82, 0.9060763870855116, 364.9850275006686},
    PriceRow{call, 198, 954, 0.47, 0.741465580858911, 0.058813045608447065},
    PriceRow{call, 812, 308, 0.81, 0.9182156591849042, 527.1413314704919},
    PriceRow{put, 274, 433, 0.17, 0.7021668590346233, 161.4070444257288},
    PriceRow{call, 23, 452, 1.07, 0.6819565729163032, 0.00017751472868531362},
    PriceRow{put, 682, 88, 0.9, 0.8908643953169433, 0.4882866026012882},
    PriceRow{put, 622, 410, 0.82, 0.8017666810525731, 62.282875783721394},
    PriceRow{put, 539, 909, 1.03, 0.6203476103434663, 418.75865475699516},
};

TEST(Black76, prices_are_those_of_lets_be_rational) {
  for (const PriceRow& row : lets_be_rational) {
    EXPECT_NEAR(price_at(row.right, row.forward, row.strike, row.years, row.vol) / row.price, 1.0,
                1e-12)
        << row.forward << " " << row.strike;
  }
  // Normalised, from the same tests: a put over root(F K).
  EXPECT_NEAR(price_at(put, 100, 95, 0.5, 0.3) / std::sqrt(9500.0), 0.061296663817558904, 1e-14);
}

TEST(Black76, prices_out_of_the_money_are_right_to_the_last_digits) {
  const std::uint64_t seed = 11;
  Rng rng(seed);
  for (int i = 0; i < 20'000; ++i) {
    const double s = std::exp(std::log(1e-6) + rng.uniform() * std::log(50.0 / 1e-6));
    const double x =
        rng.chance(0.3) ? 0.0 : std::min(s * (s / 2 + 37.0 * rng.uniform()), 600.0 * rng.uniform());
    const double strike = 100.0 * std::exp(x);
    if (x > 690.0 || !std::isfinite(strike)) continue;
    const Wide exact_x = log1pl((static_cast<Wide>(strike) - 100.0L) / 100.0L);
    const Wide exact = 100.0L * wide_time_value(exact_x, s);
    const double d = static_cast<double>(exact_x / s - s / 2);
    if (exact < 1e-300L) continue;
    // What the rounding of ln(F/K) / s does, and a few units.
    const double tolerance = (8.0 + 2.0 * d * d) * 0x1p-52 * 4.0;
    ASSERT_NEAR(static_cast<double>(price_at(call, 100.0, strike, 1.0, s) / exact), 1.0, tolerance)
        << "seed " << seed << ", case " << i << ": s " << s << ", strike " << strike;
    ASSERT_NEAR(static_cast<double>(price_at(put, strike, 100.0, 1.0, s) / exact), 1.0, tolerance)
        << "seed " << seed << ", case " << i;
  }
}

TEST(Black76, deltas_out_of_the_money_are_right_to_the_last_digits) {
  const std::uint64_t seed = 14;
  Rng rng(seed);
  for (int i = 0; i < 20'000; ++i) {
    const double s = std::exp(std::log(1e-6) + rng.uniform() * std::log(5.0 / 1e-6));
    const double strike = 100.0 * std::exp(s * 30.0 * rng.uniform());
    const Wide x = log1pl((static_cast<Wide>(strike) - 100.0L) / 100.0L);
    const Wide z = x / s - s / 2.0L;
    const Wide w = x / s + s / 2.0L;
    if (!std::isfinite(strike) || w > 36.0L) continue;
    // What the rounding of ln(F/K) / s does, and a few units.
    const double tolerance = (8.0 + 2.0 * static_cast<double>(w * w)) * 0x1p-52 * 4.0;
    const double call_delta = black76({call, 100.0, strike, 1.0, s})->delta;
    const double put_delta = black76({put, strike, 100.0, 1.0, s})->delta;
    ASSERT_NEAR(static_cast<double>(call_delta / wide_tail(z)), 1.0, tolerance)
        << "seed " << seed << ", case " << i << ": s " << s << ", strike " << strike;
    ASSERT_NEAR(static_cast<double>(-put_delta / wide_tail(w)), 1.0, tolerance)
        << "seed " << seed << ", case " << i;
  }
}

TEST(Black76, calls_less_puts_are_the_discounted_forward_less_the_strike) {
  const std::uint64_t seed = 12;
  Rng rng(seed);
  for (int i = 0; i < 5'000; ++i) {
    Black76Input input{call,
                       100.0,
                       100.0 * std::exp(2.0 * (rng.uniform() - 0.5)),
                       2.0 * rng.uniform() + 1e-3,
                       0.1 + rng.uniform(),
                       0.5 + rng.uniform()};
    const BlackGreeks up = *black76(input);
    input.right = put;
    const BlackGreeks down = *black76(input);
    const double carried = input.discount * (input.forward - input.strike);
    ASSERT_NEAR(up.price - down.price, carried, 1e-13 * input.strike)
        << "seed " << seed << ", case " << i;
    ASSERT_NEAR(up.delta - down.delta, input.discount, 1e-15);
    ASSERT_NEAR(up.rho - down.rho, -input.years * carried, 1e-12 * input.strike);
    ASSERT_EQ(up.gamma, down.gamma);
    ASSERT_EQ(up.vega, down.vega);
    ASSERT_EQ(up.ultima, down.ultima);
    const double rate = -std::log(input.discount) / input.years;
    ASSERT_NEAR(up.charm - down.charm, rate * input.discount, 1e-9 * (1.0 + std::fabs(rate)));
    ASSERT_NEAR(up.theta - down.theta, rate * carried, 1e-10 * (1.0 + std::fabs(rate * carried)));
  }
}

/// The derivative by eighth-order central differences.
template <class Function>
double derivative(const Function& f, double x, double step) {
  const auto side = [&](int n) { return f(x + n * step) - f(x - n * step); };
  return (0.8 * side(1) - 0.2 * side(2) + 4.0 / 105.0 * side(3) - side(4) / 280.0) / step;
}

void expect_close(double analytic, double numeric, double scale, const char* name) {
  EXPECT_NEAR(analytic, numeric, 1e-8 * scale + 1e-8 * std::fabs(analytic)) << name;
}

TEST(Black76, greeks_are_the_derivatives) {
  for (const OptionRight right : {call, put}) {
    for (const double strike : {70.0, 95.0, 100.0, 130.0}) {
      for (const double vol : {0.25, 0.8}) {
        const double rate = 0.07;
        const double years = 0.7;
        const auto at = [&](double forward, double vol_at, double years_left) {
          return *black76(
              {right, forward, strike, years_left, vol_at, std::exp(-rate * years_left)});
        };
        const BlackGreeks o = at(100.0, vol, years);
        const auto by_forward = [&](double BlackGreeks::*greek) {
          return derivative([&](double f) { return at(f, vol, years).*greek; }, 100.0, 0.5);
        };
        const auto by_vol = [&](double BlackGreeks::*greek) {
          return derivative([&](double v) { return at(100.0, v, years).*greek; }, vol, 0.004);
        };
        const auto by_time = [&](double BlackGreeks::*greek) {
          return -derivative([&](double left) { return at(100.0, vol, left).*greek; }, years, 0.01);
        };
        SCOPED_TRACE(::testing::Message() << "strike " << strike << " vol " << vol);
        expect_close(o.delta, by_forward(&BlackGreeks::price), 1.0, "delta");
        expect_close(o.gamma, by_forward(&BlackGreeks::delta), 0.1, "gamma");
        expect_close(o.speed, by_forward(&BlackGreeks::gamma), 0.01, "speed");
        expect_close(o.vega, by_vol(&BlackGreeks::price), 100.0, "vega");
        expect_close(o.vanna, by_vol(&BlackGreeks::delta), 1.0, "vanna");
        expect_close(o.volga, by_vol(&BlackGreeks::vega), 100.0, "volga");
        expect_close(o.zomma, by_vol(&BlackGreeks::gamma), 0.1, "zomma");
        expect_close(o.ultima, by_vol(&BlackGreeks::volga), 100.0, "ultima");
        expect_close(o.theta, by_time(&BlackGreeks::price), 10.0, "theta");
        expect_close(o.charm, by_time(&BlackGreeks::delta), 1.0, "charm");
        expect_close(o.color, by_time(&BlackGreeks::gamma), 0.1, "color");
        EXPECT_NEAR(o.rho, -years * o.price, 1e-12);
      }
    }
  }
}

TEST(BlackScholes, greeks_are_the_derivatives) {
  for (const OptionRight right : {call, put}) {
    for (const double strike : {70.0, 100.0, 130.0}) {
      const BlackScholesInput base{right, 100.0, strike, 0.7, 0.4, 0.06, 0.02};
      const BlackGreeks o = *black_scholes(base);
      const auto by = [&](double BlackScholesInput::*input, double BlackGreeks::*greek,
                          double step) {
        return derivative(
            [&](double value) {
              BlackScholesInput moved = base;
              moved.*input = value;
              return (*black_scholes(moved)).*greek;
            },
            base.*input, step);
      };
      SCOPED_TRACE(::testing::Message() << "strike " << strike);
      expect_close(o.delta, by(&BlackScholesInput::spot, &BlackGreeks::price, 0.5), 1.0, "delta");
      expect_close(o.gamma, by(&BlackScholesInput::spot, &BlackGreeks::delta, 0.5), 0.1, "gamma");
      expect_close(o.speed, by(&BlackScholesInput::spot, &BlackGreeks::gamma, 0.5), 0.01, "speed");
      expect_close(o.vega, by(&BlackScholesInput::vol, &BlackGreeks::price, 0.004), 100.0, "vega");
      expect_close(o.vanna, by(&BlackScholesInput::vol, &BlackGreeks::delta, 0.004), 1.0, "vanna");
      expect_close(o.volga, by(&BlackScholesInput::vol, &BlackGreeks::vega, 0.004), 100.0, "volga");
      expect_close(o.zomma, by(&BlackScholesInput::vol, &BlackGreeks::gamma, 0.004), 0.1, "zomma");
      expect_close(o.ultima, by(&BlackScholesInput::vol, &BlackGreeks::volga, 0.004), 100.0,
                   "ultima");
      expect_close(o.theta, -by(&BlackScholesInput::years, &BlackGreeks::price, 0.01), 10.0,
                   "theta");
      expect_close(o.charm, -by(&BlackScholesInput::years, &BlackGreeks::delta, 0.01), 1.0,
                   "charm");
      expect_close(o.color, -by(&BlackScholesInput::years, &BlackGreeks::gamma, 0.01), 0.1,
                   "color");
      expect_close(o.rho, by(&BlackScholesInput::rate, &BlackGreeks::price, 0.005), 100.0, "rho");
    }
  }
}

TEST(BlackScholes, prices_a_published_example) {
  // Hull, Options, Futures, and Other Derivatives, example 15.6: 4.76 and 0.81.
  EXPECT_NEAR(*black_scholes_price({call, 42.0, 40.0, 0.5, 0.2, 0.1, 0.0}), 4.759422392871532,
              1e-12);
  EXPECT_NEAR(*black_scholes_price({put, 42.0, 40.0, 0.5, 0.2, 0.1, 0.0}), 0.8085993729000922,
              1e-12);
}

TEST(Black76, without_time_or_volatility_it_is_the_payoff) {
  for (const auto& [years, vol] : {std::pair(0.0, 0.5), std::pair(0.5, 0.0), std::pair(0.0, 0.0)}) {
    const BlackGreeks in = *black76({call, 110.0, 100.0, years, vol});
    EXPECT_EQ(in.price, 10.0);
    EXPECT_EQ(in.delta, 1.0);
    for (const double greek :
         {in.gamma, in.vega, in.theta, in.vanna, in.volga, in.charm, in.speed, in.color, in.zomma})
      EXPECT_EQ(greek, 0.0);
    const BlackGreeks out = *black76({put, 110.0, 100.0, years, vol});
    EXPECT_EQ(out.price, 0.0);
    EXPECT_EQ(out.delta, 0.0);
    EXPECT_EQ(price_at(call, 100.0, 100.0, years, vol), 0.0) << "on the strike";
    const auto kink = black76({call, 100.0, 100.0, years, vol});
    ASSERT_FALSE(kink);
    EXPECT_EQ(kink.error().code, Errc::overflow);
  }
}

TEST(Black76, at_strike_0_the_call_is_the_forward) {
  const BlackGreeks o = *black76({call, 110.0, 0.0, 1.0, 5.0});
  EXPECT_EQ(o.price, 110.0);
  EXPECT_EQ(o.delta, 1.0);
  EXPECT_EQ(o.gamma, 0.0);
  EXPECT_EQ(price_at(put, 110.0, 0.0, 1.0, 1e6), 0.0);
}

TEST(Black76, wings_end_at_0_and_at_the_payoff) {
  EXPECT_EQ(price_at(call, 1.0, 1e30, 0.01, 0.5), 0.0);
  EXPECT_EQ(price_at(put, 1.0, 1e30, 0.01, 0.5), 1e30);
  EXPECT_EQ(price_at(call, 1e300, 1e-300, 0.01, 0.5), 1e300);
  EXPECT_EQ(price_at(call, 100.0, 120.0, 1.0, 1e200), 100.0)
      << "the forward, at any volatility large enough";
  EXPECT_EQ(price_at(put, 100.0, 120.0, 1.0, 1e200), 120.0);
  const BlackGreeks far = *black76({call, 1.0, 1e30, 0.01, 0.5});
  EXPECT_EQ(far.delta, 0.0);
  EXPECT_EQ(far.ultima, 0.0);
}

TEST(Black76, price_rises_with_volatility_and_is_convex_in_strike) {
  const std::uint64_t seed = 13;
  Rng rng(seed);
  for (int i = 0; i < 5'000; ++i) {
    const double strike = 100.0 * std::exp(rng.uniform() - 0.5);
    const double vol = 0.05 + 2.0 * rng.uniform();
    const double step = 0.01 * strike;
    ASSERT_GE(price_at(call, 100.0, strike, 0.3, vol * 1.001),
              price_at(call, 100.0, strike, 0.3, vol));
    const double butterfly = price_at(call, 100.0, strike - step, 0.3, vol) -
                             2.0 * price_at(call, 100.0, strike, 0.3, vol) +
                             price_at(call, 100.0, strike + step, 0.3, vol);
    ASSERT_GE(butterfly, -1e-13) << "seed " << seed << ", case " << i;
  }
}

TEST(Black76, refuses_what_is_outside_its_domain) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const Black76Input good{call, 100.0, 100.0, 1.0, 0.5};
  const auto refused = [&](double Black76Input::*input, double value) {
    Black76Input bad = good;
    bad.*input = value;
    const auto price = black76_price(bad);
    EXPECT_FALSE(price) << value;
    return price ? Errc{} : price.error().code;
  };
  for (const double value : {nan, infinity, -1.0}) {
    EXPECT_EQ(refused(&Black76Input::forward, value), Errc::bad_input);
    EXPECT_EQ(refused(&Black76Input::strike, value), Errc::bad_input);
    EXPECT_EQ(refused(&Black76Input::years, value), Errc::bad_input);
    EXPECT_EQ(refused(&Black76Input::vol, value), Errc::bad_input);
    EXPECT_EQ(refused(&Black76Input::discount, value), Errc::bad_input);
  }
  EXPECT_EQ(refused(&Black76Input::forward, 0.0), Errc::bad_input);
  EXPECT_FALSE(black76({call, 100.0, 90.0, 0.0, 0.5, 0.9})) << "nothing is discounted over no time";
  EXPECT_EQ(black_scholes({call, 100.0, 90.0, 1.0, 0.5, 800.0, 0.0}).error().code, Errc::overflow);
  EXPECT_EQ(black_scholes({call, 100.0, 90.0, 1.0, 0.5, nan, 0.0}).error().code, Errc::bad_input);
}

}  // namespace
}  // namespace ballast
