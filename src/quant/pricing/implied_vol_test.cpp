#include "quant/pricing/implied_vol.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/black_oracle_test.hpp"
#include "quant/pricing/rational_cubic.hpp"

namespace ballast {
namespace {

struct VolRow {
  OptionRight right;
  double forward, strike, years, vol, price, tolerance;
};

// Prices by py_lets_be_rational's tests (Jäckel's C++), then by bisection with 60 digits of the
// exact double price.
constexpr std::array vol_rows{
    VolRow{call, 111, 246, 0.89, 0.6907245366960202, 5.578476100968555, 1e-12},
    VolRow{call, 863, 641, 0.82, 0.9060763870855116, 364.9850275006686, 1e-12},
    VolRow{call, 198, 954, 0.47, 0.741465580858911, 0.058813045608447065, 1e-12},
    VolRow{call, 812, 308, 0.81, 0.9182156591849042, 527.1413314704919, 1e-12},
    VolRow{call, 484, 250, 0.32, 0.581316675965678, 234.93818501605497, 1e-12},
    VolRow{call, 23, 452, 1.07, 0.6819565729163032, 0.00017751472868531362, 1e-12},
    VolRow{put, 682, 88, 0.9, 0.8908643953169433, 0.4882866026012882, 1e-12},
    VolRow{put, 539, 909, 1.03, 0.6203476103434663, 418.75865475699516, 1e-12},
    VolRow{call, 100.0, 400.0, 0.02, 0.5, 5.0097681718343165e-86, 1e-14},
    VolRow{call, 60000.0, 120000.0, 0.0191780821917808, 0.6, 3.000618225932985e-14, 1e-14},
    VolRow{call, 100.0, 101.0, 0.25, 0.01, 0.004381423570986948, 1e-14},
    VolRow{put, 100.0, 10.0, 30.0, 0.4, 3.585377838482878, 1e-14},
    VolRow{call, 60000.0, 60000.0, 3.17097919837646e-8, 0.49999999999999995, 2.1312186940265194,
           1e-14},
    VolRow{call, 100.0, 50.0, 0.1, 0.29996925534679245, 50.00000000000012, 1e-12},
    VolRow{call, 100.0, 1000.0, 0.1, 0.35, 3.3263618443852935e-96, 1e-14},
};

TEST(ImpliedVol, is_that_of_reference_values) {
  for (const VolRow& row : vol_rows) {
    const auto vol = implied_vol({row.right, row.forward, row.strike, row.years, row.price});
    ASSERT_TRUE(vol) << vol.error().what;
    EXPECT_NEAR(*vol / row.vol, 1.0, row.tolerance) << row.forward << " " << row.strike;
  }
}

TEST(ImpliedVol, gives_back_the_price_from_1e_minus_300_to_the_most) {
  const std::uint64_t seed = 71;
  Rng rng(seed);
  int checked = 0;
  for (int i = 0; i < 40'000; ++i) {
    const double s = std::exp(std::log(1e-6) + rng.uniform() * std::log(50.0 / 1e-6));
    const double kind = rng.uniform();
    const double x = kind < 0.2   ? 0.0
                     : kind < 0.6 ? std::min(s * (s / 2 + 37.0 * rng.uniform()), 690.0)
                                  : 5.0 * rng.uniform() * rng.uniform();
    const double strike = 100.0 * std::exp(x);
    if (x / s - s / 2 > 36.5 || !std::isfinite(strike)) continue;
    const bool swapped = rng.chance(0.5);
    const OptionRight right = swapped ? put : call;
    const double forward_at = swapped ? strike : 100.0;
    const double strike_at = swapped ? 100.0 : strike;
    const double price = *black76_price({right, forward_at, strike_at, 1.0, s});
    if (price <= 1e-298 || price >= 100.0) continue;
    const auto vol = implied_vol({right, forward_at, strike_at, 1.0, price});
    ASSERT_TRUE(vol) << "seed " << seed << ", case " << i << ": " << vol.error().what;
    // The volatility's error against the oracle, beside what half a unit of the price does to it.
    const Wide exact_x = log1pl((static_cast<Wide>(strike) - 100.0L) / 100.0L);
    const Wide g = wide_density(exact_x / *vol - *vol / 2.0L);
    const Wide error = (wide_time_value(exact_x, *vol) - price / 100.0L) / g / *vol;
    const Wide attainable = 0x1p-53L + 0x1p-53L * (price / 100.0L) / g / *vol;
    ASSERT_LT(fabsl(error), 16.0L * attainable) << "seed " << seed << ", case " << i << ": s " << s
                                                << ", strike " << strike << ", price " << price;
    ++checked;
  }
  EXPECT_GT(checked, 20'000);
}

TEST(ImpliedVol, of_intrinsic_value_is_0) {
  EXPECT_EQ(*implied_vol({call, 100.0, 90.0, 0.5, 10.0}), 0.0);
  EXPECT_EQ(*implied_vol({put, 100.0, 90.0, 0.5, 0.0}), 0.0);
  EXPECT_EQ(*implied_vol({call, 100.0, 100.0, 0.5, 0.0}), 0.0);
}

TEST(ImpliedVol, of_what_no_option_costs_is_infeasible) {
  for (const ImpliedVolInput& input : {ImpliedVolInput{call, 100.0, 90.0, 0.5, 9.99},
                                       ImpliedVolInput{call, 100.0, 90.0, 0.5, 100.01},
                                       ImpliedVolInput{call, 100.0, 90.0, 0.5, 100.0},
                                       ImpliedVolInput{put, 100.0, 90.0, 0.5, 90.0}}) {
    const auto vol = implied_vol(input);
    ASSERT_FALSE(vol) << *vol;
    EXPECT_EQ(vol.error().code, Errc::infeasible);
  }
  EXPECT_EQ(implied_vol({call, 100.0, 90.0, 0.5, 9.99}).error().what,
            "price is 9.99: no volatility gives less than the intrinsic value, 10");
  EXPECT_EQ(implied_vol({put, 100.0, 90.0, 0.5, 91.0}).error().what,
            "price is 91: every volatility gives less than 90");
}

TEST(ImpliedVol, refuses_what_is_outside_its_domain) {
  for (const double bad : {std::nan(""), -1.0, std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(implied_vol({call, bad, 90.0, 0.5, 11.0}).error().code, Errc::bad_input);
    EXPECT_EQ(implied_vol({call, 100.0, bad, 0.5, 11.0}).error().code, Errc::bad_input);
    EXPECT_EQ(implied_vol({call, 100.0, 90.0, bad, 11.0}).error().code, Errc::bad_input);
    EXPECT_EQ(implied_vol({call, 100.0, 90.0, 0.5, bad}).error().code, Errc::bad_input);
  }
  EXPECT_EQ(implied_vol({call, 100.0, 90.0, 0.0, 11.0}).error().code, Errc::bad_input);
}

TEST(RationalCubic, meets_its_ends_and_the_second_derivative_asked_for) {
  const CubicEnd left{1.0, 2.0, 0.5};
  const CubicEnd right{3.0, 6.0, 4.0};
  const double second = 0.6;
  const double r = kernel::cubic_parameter(left, right, 1.0, second, CubicPreference::smooth);
  const auto at = [&](double x) { return kernel::rational_cubic(x, left, right, r); };
  EXPECT_EQ(at(1.0), 2.0);
  EXPECT_EQ(at(3.0), 6.0);
  const double step = 1e-5;
  EXPECT_NEAR((at(1.0 + step) - at(1.0)) / step, 0.5, 1e-4);
  EXPECT_NEAR((at(3.0) - at(3.0 - step)) / step, 4.0, 1e-4);
  EXPECT_LT(at(2.0), 4.0) << "convex, as its slopes are";
}

}  // namespace
}  // namespace ballast
