#include "quant/pricing/inverse_option.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/black_oracle_test.hpp"
#include "quant/pricing/futures.hpp"

namespace ballast {
namespace {

struct CoinRow {
  OptionRight right;
  double strike, years, vol;
  double price, price_coin, delta, delta_net, slope_coin, gamma, gamma_coin, vega_coin, theta;
};

// refs/inverse_options.csv: Black-76 settled in coin, checked there by finite differences. F =
// 60,000.
constexpr std::array coin_rows{
    CoinRow{call, 65000.0, 0.0833333333333333, 0.6, 2264.4039806854, 0.0377400663447566,
            0.35363530826701, 0.315895241922253, 5.26492069870422e-6, 3.57747344222117e-5,
            4.20748217080054e-10, 0.107324203266635, -23182.0279055932},
    CoinRow{put, 65000.0, 0.0833333333333333, 0.6, 7264.4039806854, 0.12107339967809,
            -0.64636469173299, -0.76743809141108, -1.27906348568513e-5, 3.57747344222117e-5,
            1.02260006893191e-9, 0.107324203266635, -23182.0279055932},
    CoinRow{call, 60000.0, 0.25, 0.55, 6561.86443530806, 0.109364407255134, 0.554682203627567,
            0.445317796372433, 7.42196327287388e-6, 2.39508362531347e-5, 1.51781828456448e-10,
            0.197594399088361, -13041.2303398318},
    CoinRow{put, 60000.0, 0.25, 0.55, 6561.86443530806, 0.109364407255134, -0.445317796372433,
            -0.554682203627567, -9.24470339379279e-6, 2.39508362531347e-5, 7.07337384012004e-10,
            0.197594399088361, -13041.2303398318},
    CoinRow{call, 40000.0, 0.5, 0.8, 23761.8858126853, 0.396031430211421, 0.841250487661587,
            0.445219057450166, 7.42031762416944e-6, 7.13190741395048e-6, -1.28478797239807e-10,
            0.171165777934812, -8215.95734087095},
    CoinRow{put, 40000.0, 0.5, 0.8, 3761.88581268526, 0.0626980968780876, -0.158749512338413,
            -0.2214476092165, -3.69079348694167e-6, 7.13190741395048e-6, 2.41891573130564e-10,
            0.171165777934812, -8215.95734087095},
};

TEST(InverseOption, has_the_reference_values) {
  for (const CoinRow& row : coin_rows) {
    const InverseOption o = *inverse_option({row.right, 60000.0, row.strike, row.years, row.vol});
    EXPECT_NEAR(o.price, row.price, 1e-9);
    EXPECT_NEAR(o.price_coin, row.price_coin, 1e-14);
    EXPECT_NEAR(o.delta, row.delta, 1e-13);
    EXPECT_NEAR(o.delta_net, row.delta_net, 1e-13);
    EXPECT_NEAR(o.slope_coin / row.slope_coin, 1.0, 1e-12);
    EXPECT_NEAR(o.gamma / row.gamma, 1.0, 1e-12);
    EXPECT_NEAR(o.gamma_coin / row.gamma_coin, 1.0, 1e-10);
    EXPECT_NEAR(o.vega_coin, row.vega_coin, 1e-13);
    EXPECT_NEAR(o.theta, row.theta, 1e-8);
  }
}

TEST(InverseOption, calls_less_puts_are_a_coin_less_the_strike_in_coin) {
  const std::uint64_t seed = 81;
  Rng rng(seed);
  for (int i = 0; i < 2'000; ++i) {
    const double forward = 1000.0 + 1e5 * rng.uniform();
    const double strike = forward * std::exp(rng.uniform() - 0.5);
    const double years = 0.01 + rng.uniform();
    const double vol = 0.2 + rng.uniform();
    const InverseOption up = *inverse_option({call, forward, strike, years, vol});
    const InverseOption down = *inverse_option({put, forward, strike, years, vol});
    ASSERT_NEAR(up.price_coin - down.price_coin, 1.0 - strike / forward, 1e-14) << "seed " << seed;
    ASSERT_NEAR(up.delta_net - down.delta_net, strike / forward, 1e-14) << "seed " << seed;
    ASSERT_NEAR(up.delta - up.price_coin, up.delta_net, 1e-14);
    ASSERT_NEAR(down.delta - down.price_coin, down.delta_net, 1e-14);
  }
}

TEST(InverseOption, greeks_in_coin_are_the_derivatives_of_the_price_in_coin) {
  const auto at = [](double forward, double vol) {
    return *inverse_option({put, forward, 55000.0, 0.2, vol});
  };
  const InverseOption o = at(60000.0, 0.7);
  const double step = 30.0;
  const InverseOption up = at(60000.0 + step, 0.7);
  const InverseOption down = at(60000.0 - step, 0.7);
  EXPECT_NEAR((up.price_coin - down.price_coin) / (2 * step) / o.slope_coin, 1.0, 1e-5);
  EXPECT_NEAR((up.slope_coin - down.slope_coin) / (2 * step) / o.gamma_coin, 1.0, 1e-5);
  EXPECT_NEAR((up.delta_net - down.delta_net) / (2 * step) / o.gamma_net, 1.0, 1e-5);
  EXPECT_NEAR((at(60000.0, 0.701).price_coin - at(60000.0, 0.699).price_coin) / 0.002 / o.vega_coin,
              1.0, 1e-5);
}

TEST(InverseOption, delta_equity_is_what_the_account_in_quote_moves_by) {
  const double premium = 0.08;
  const auto value = [&](double forward) {
    return forward * (inverse_option({call, forward, 65000.0, 0.2, 0.7})->price_coin - premium);
  };
  const InverseOption o = *inverse_option({call, 60000.0, 65000.0, 0.2, 0.7, premium});
  EXPECT_NEAR((value(60010.0) - value(59990.0)) / 20.0, o.delta_equity, 1e-8);
  const InverseOption just_bought =
      *inverse_option({call, 60000.0, 65000.0, 0.2, 0.7, o.price_coin});
  EXPECT_EQ(just_bought.delta_equity, just_bought.delta_net);
  const InverseOption given = *inverse_option({call, 60000.0, 65000.0, 0.2, 0.7});
  EXPECT_NEAR(given.delta_equity, given.delta, 1e-15);
}

TEST(InverseOption, a_put_may_be_worth_more_than_a_coin) {
  EXPECT_NEAR(inverse_option({put, 10000.0, 50000.0, 0.1, 0.5})->price_coin, 4.0, 1e-12);
}

TEST(InverseOption, refuses_what_is_outside_its_domain) {
  EXPECT_EQ(inverse_option({call, 0.0, 1.0, 1.0, 0.5}).error().code, Errc::bad_input);
  EXPECT_EQ(inverse_option({call, 1.0, 1.0, 1.0, -0.5}).error().code, Errc::bad_input);
  EXPECT_EQ(inverse_option({call, 1.0, 1.0, 1.0, 0.5, -1.0}).error().code, Errc::bad_input);
  EXPECT_EQ(inverse_option({call, 1.0, 1.0, 0.0, 0.5}).error().code, Errc::overflow)
      << "on the strike";
  EXPECT_EQ(inverse_option({call, 2.0, 0.0, 1.0, 0.5})->delta_net, 0.0)
      << "a coin for nothing is a coin";
}

TEST(InverseFuture, has_the_reference_values) {
  // refs/inverse_options.csv.
  const InverseFuture up = *inverse_future({100000.0, 1.0, 50000.0, 60000.0});
  EXPECT_NEAR(up.pnl_coin, 1.0 / 3.0, 1e-15);
  EXPECT_NEAR(up.delta_coin, 5.0 / 3.0, 1e-15);
  EXPECT_NEAR(up.slope_coin, 2.77777777777778e-05, 1e-18);
  const InverseFuture down = *inverse_future({-25000.0, 10.0, 60000.0, 45000.0});
  EXPECT_NEAR(down.pnl_coin, 1.388888888889, 1e-12);
  EXPECT_NEAR(down.delta_coin, -5.555555555556, 1e-12);
  EXPECT_NEAR(down.slope_coin, -0.000123456790123457, 1e-18);
  // BitMEX's published example: 15,000 contracts from 750 to 800.
  EXPECT_NEAR(inverse_future({15000.0, 1.0, 750.0, 800.0})->pnl_coin, 1.25, 1e-15);
}

TEST(InverseFuture, a_long_is_short_gamma_in_coin) {
  const InverseFuture o = *inverse_future({1000.0, 10.0, 50000.0, 60000.0});
  const InverseFuture up = *inverse_future({1000.0, 10.0, 50000.0, 60010.0});
  const InverseFuture down = *inverse_future({1000.0, 10.0, 50000.0, 59990.0});
  EXPECT_LT(o.gamma_coin, 0.0);
  EXPECT_NEAR((up.pnl_coin - down.pnl_coin) / 20.0 / o.slope_coin, 1.0, 1e-6);
  EXPECT_NEAR((up.slope_coin - down.slope_coin) / 20.0 / o.gamma_coin, 1.0, 1e-6);
  EXPECT_NEAR((60010.0 * up.pnl_coin - 59990.0 * down.pnl_coin) / 20.0, o.delta_equity, 1e-9);
}

TEST(LinearFuture, has_the_delta_of_its_coins) {
  const LinearFuture o = *linear_future({-20.0, 0.1, 50000.0, 60000.0});
  EXPECT_EQ(o.delta_coin, -2.0);
  EXPECT_EQ(o.pnl, -20000.0);
  EXPECT_NEAR(o.pnl_coin, -1.0 / 3.0, 1e-15);
}

TEST(Futures, refuse_what_is_outside_their_domain) {
  EXPECT_EQ(inverse_future({1.0, 0.0, 1.0, 1.0}).error().code, Errc::bad_input);
  EXPECT_EQ(inverse_future({1.0, 1.0, 0.0, 1.0}).error().code, Errc::bad_input);
  EXPECT_EQ(linear_future({1.0, 1.0, 1.0, -1.0}).error().code, Errc::bad_input);
  EXPECT_EQ(linear_future({std::nan(""), 1.0, 1.0, 1.0}).error().code, Errc::bad_input);
  EXPECT_EQ(linear_future({1e300, 1e300, 1.0, 2.0}).error().code, Errc::overflow);
}

}  // namespace
}  // namespace ballast
