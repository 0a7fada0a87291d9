#include "quant/pricing/settlement_average.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/black_oracle_test.hpp"

namespace ballast {
namespace {

constexpr double window = deribit_window_years;

TEST(SettlementMean, decays_with_the_window) {
  const SettlementMean before = *settlement_mean({60000.0, 1.0});
  EXPECT_EQ(before.expected, 60000.0);
  EXPECT_EQ(before.share_left, 1.0);
  EXPECT_EQ(before.coin_share, 1.0);
  EXPECT_NEAR(before.deviation_years, 1.0 - window * 2.0 / 3.0, 1e-15);
  const SettlementMean half = *settlement_mean({60000.0, window / 2, window, 59000.0});
  EXPECT_NEAR(half.expected, 59500.0, 1e-9);
  EXPECT_NEAR(half.share_left, 0.5, 1e-15);
  EXPECT_NEAR(half.coin_share, 30000.0 / 59500.0, 1e-15);
  const SettlementMean end = *settlement_mean({60000.0, 0.0, window, 59000.0});
  EXPECT_EQ(end.expected, 59000.0);
  EXPECT_EQ(end.share_left, 0.0);
}

TEST(AveragedOption, long_before_the_window_is_an_option_on_the_index) {
  const AveragedOption o = *averaged_option({call, 62000.0, 0.6, {60000.0, 0.5}});
  const BlackGreeks plain = *black76({call, 60000.0, 62000.0, 0.5 - window * 2.0 / 3.0, 0.6});
  EXPECT_NEAR(o.price / plain.price, 1.0, 1e-8);
  EXPECT_NEAR(o.delta, plain.delta, 1e-8);
  EXPECT_NEAR(o.vega / plain.vega, 1.0, 1e-7);
  EXPECT_NEAR(o.delta_net, o.delta - o.price_coin, 1e-15);
}

TEST(AveragedOption, at_the_end_of_the_window_is_its_payoff) {
  const SettlementAverage end{60000.0, 0.0, window, 59000.0};
  const AveragedOption in = *averaged_option({call, 58000.0, 0.6, end});
  EXPECT_EQ(in.price, 1000.0);
  EXPECT_EQ(in.price_coin, 1000.0 / 59000.0);
  EXPECT_EQ(in.delta, 0.0) << "nothing moves it any more";
  EXPECT_EQ(averaged_option({put, 58000.0, 0.6, end})->price, 0.0);
}

TEST(AveragedOption, delta_decays_as_the_window_passes) {
  double last = 1.0;
  for (const double left : {1.0, 0.75, 0.5, 0.25, 0.1, 0.0}) {
    const AveragedOption o =
        *averaged_option({call, 50000.0, 0.6, {60000.0, left * window, window, 60000.0}});
    EXPECT_NEAR(o.delta, left, 1e-12) << "deep in the money";
    EXPECT_LE(o.delta, last);
    last = o.delta;
  }
}

TEST(AveragedOption, calls_less_puts_are_the_mean_less_the_strike) {
  for (const double strike : {20000.0, 59900.0, 61000.0, 0.0}) {
    for (const double years : {0.1, window, 0.6 * window, 0.0}) {
      const SettlementAverage average{60000.0, years, window, 59800.0};
      const AveragedOption up = *averaged_option({call, strike, 0.8, average});
      const AveragedOption down = *averaged_option({put, strike, 0.8, average});
      const SettlementMean mean = *settlement_mean(average);
      EXPECT_NEAR(up.price - down.price, mean.expected - strike, 1e-9);
      EXPECT_NEAR(up.delta - down.delta, mean.share_left, 1e-12);
      EXPECT_NEAR(up.delta_net - down.delta_net, mean.share_left * strike / mean.expected, 1e-12);
    }
  }
}

TEST(AveragedOption, greeks_are_the_derivatives) {
  for (const double years : {0.02, 0.5 * window}) {
    const auto at = [&](double forward, double vol) {
      return *averaged_option({put, 60050.0, vol, {forward, years, window, 59950.0}});
    };
    const AveragedOption o = at(60000.0, 0.7);
    const double step = 1.0;
    const AveragedOption up = at(60000.0 + step, 0.7);
    const AveragedOption down = at(60000.0 - step, 0.7);
    EXPECT_NEAR((up.price - down.price) / (2 * step), o.delta, 1e-5);
    EXPECT_NEAR((up.delta - down.delta) / (2 * step) / o.gamma, 1.0, 1e-4);
    EXPECT_NEAR((at(60000.0, 0.701).price - at(60000.0, 0.699).price) / 0.002 / o.vega, 1.0, 1e-5);
  }
}

TEST(AveragedOption, is_the_mean_of_simulated_payoffs) {
  // A wide window and a high volatility, so that averaging matters.
  const std::uint64_t seed = 91;
  Rng rng(seed);
  const double years = 0.5;
  const double vol = 0.8;
  constexpr int paths = 20'000;
  constexpr int steps = 100;
  double sum = 0.0;
  double squares = 0.0;
  for (int path = 0; path < paths; ++path) {
    double log_index = 0.0;
    double total = 0.0;
    const double step = years / steps;
    for (int i = 0; i < steps; ++i) {
      const double before = std::exp(log_index);
      log_index += vol * std::sqrt(step) * rng.normal() - 0.5 * vol * vol * step;
      total += 0.5 * (before + std::exp(log_index));
    }
    const double payoff = std::max(100.0 * total / steps - 105.0, 0.0);
    sum += payoff;
    squares += payoff * payoff;
  }
  const double mean = sum / paths;
  const double error = std::sqrt((squares / paths - mean * mean) / paths);
  const AveragedOption o = *averaged_option({call, 105.0, vol, {100.0, years, years}});
  EXPECT_NEAR(o.price, mean, 4.0 * error + 0.02 * mean)
      << "seed " << seed << ": 2 % for the lognormal";
}

TEST(AveragedOption, refuses_what_is_outside_its_domain) {
  EXPECT_EQ(averaged_option({call, 1.0, 0.5, {0.0, 1.0}}).error().code, Errc::bad_input);
  EXPECT_EQ(averaged_option({call, -1.0, 0.5, {1.0, 1.0}}).error().code, Errc::bad_input);
  EXPECT_EQ(averaged_option({call, 1.0, -0.5, {1.0, 1.0}}).error().code, Errc::bad_input);
  EXPECT_EQ(settlement_mean({1.0, 0.5 * window}).error().what, "seen is 0: it must be above 0");
  EXPECT_EQ(settlement_mean({1.0, 0.5, 0.0}).error().code, Errc::bad_input);
}

}  // namespace
}  // namespace ballast
