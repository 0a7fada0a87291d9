#include "quant/pricing/heston_paths.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "quant/pricing/detail_black.hpp"

namespace ballast {
namespace {

constexpr std::uint64_t seed = 42;
constexpr HestonParameters lewis{0.04, 4, 0.25, 1, -0.5};

TEST(HestonPaths, give_european_prices_also_where_feller_s_condition_is_far) {
  // Andersen (2008), case I: ten years, 2 kappa theta / sigma^2 = 0.04.
  const HestonPaths paths{.parameters = {0.04, 0.5, 0.04, 1, -0.9},
                          .spot = 100,
                          .paths = 20'000,
                          .steps = 80,
                          .seed = seed};
  const struct {
    double strike, price;
  } rows[] = {{70, 35.8498}, {100, 13.08467013699236}, {140, 0.2958}};
  for (const auto& row : rows) {
    const auto got = european_price_heston(paths, OptionRight::call, row.strike, 10);
    ASSERT_TRUE(got) << got.error().what;
    EXPECT_NEAR(got->price, row.price, 4 * got->std_error + 0.01) << "seed " << seed;
    EXPECT_LT(got->std_error, 0.1);
  }
}

/// Values of 4 million paths of 800 steps by full truncation, standard errors up to 0.0056.
TEST(HestonPaths, give_the_lookbacks_of_another_scheme) {
  const HestonPaths paths{.parameters = lewis,
                          .spot = 100,
                          .rate = 0.01,
                          .yield = 0.02,
                          .paths = 30'000,
                          .steps = 100,
                          .seed = seed};
  const struct {
    LookbackStyle style;
    OptionRight right;
    double price;
  } rows[] = {{LookbackStyle::floating, OptionRight::call, 30.188758},
              {LookbackStyle::floating, OptionRight::put, 35.324313},
              {LookbackStyle::fixed, OptionRight::call, 34.340468},
              {LookbackStyle::fixed, OptionRight::put, 31.172603}};
  for (const auto& row : rows) {
    Lookback lookback{.style = row.style, .right = row.right, .years = 1};
    if (row.style == LookbackStyle::fixed) lookback.strike = 100;
    const auto got = lookback_price_heston(paths, lookback);
    ASSERT_TRUE(got) << got.error().what;
    EXPECT_NEAR(got->price, row.price, 4 * got->std_error + 0.03) << "seed " << seed;
    EXPECT_LT(got->std_error, 0.7 * got->plain_std_error) << "the controls explain half and more";
    EXPECT_EQ(got->controls, 2);
  }
}

TEST(HestonPaths, give_the_closed_forms_where_the_variance_stands_still) {
  const HestonPaths paths{.parameters = {0.09, 1, 0.09, 1e-3, 0.3},
                          .spot = 100,
                          .rate = 0.05,
                          .yield = 0.01,
                          .paths = 20'000,
                          .steps = 20,
                          .seed = seed};
  const LookbackMarket market{100, 0.05, 0.01, 0.3};
  for (const OptionRight right : {OptionRight::call, OptionRight::put}) {
    const Lookback lookbacks[] = {
        {.style = LookbackStyle::floating, .right = right, .years = 0.5},
        {.style = LookbackStyle::fixed, .right = right, .years = 0.5, .strike = 103},
        {.style = LookbackStyle::partial_floating, .right = right, .years = 0.5, .t1 = 0.2},
        {.style = LookbackStyle::partial_fixed,
         .right = right,
         .years = 0.5,
         .strike = 98,
         .t1 = 0.2}};
    for (const Lookback& lookback : lookbacks) {
      const auto got = lookback_price_heston(paths, lookback);
      ASSERT_TRUE(got) << got.error().what;
      EXPECT_NEAR(got->price, *lookback_price(market, lookback), 4 * got->std_error)
          << "seed " << seed << " style " << static_cast<int>(lookback.style);
      if (lookback.t1) continue;
      const auto at_fixings = lookback_price_heston(paths, lookback, 10);
      EXPECT_NEAR(at_fixings->price, *lookback_price_discrete(market, lookback, 10),
                  4 * at_fixings->std_error)
          << "seed " << seed << " style " << static_cast<int>(lookback.style);
    }
  }
}

TEST(HestonPaths, have_errors_that_cover_the_truth_as_often_as_they_say) {
  HestonPaths paths{.parameters = {0.09, 1, 0.09, 1e-3, 0.3},
                    .spot = 100,
                    .rate = 0.05,
                    .yield = 0.01,
                    .paths = 1000,
                    .steps = 4,
                    .seed = 0};
  const Lookback lookback{
      .style = LookbackStyle::fixed, .right = OptionRight::call, .years = 0.5, .strike = 103};
  const double truth = *lookback_price({100, 0.05, 0.01, 0.3}, lookback);
  int within = 0;
  constexpr int draws = 200;
  for (paths.seed = 0; paths.seed < draws; ++paths.seed) {
    const auto got = lookback_price_heston(paths, lookback);
    within += std::fabs(got->price - truth) <= got->std_error;
  }
  EXPECT_NEAR(within, 0.683 * draws, 4 * std::sqrt(draws * 0.683 * 0.317));
}

TEST(HestonPaths, are_the_same_from_the_same_seed_alone) {
  HestonPaths paths{.parameters = lewis, .spot = 100, .paths = 500, .steps = 10, .seed = 7};
  const Lookback lookback{.style = LookbackStyle::floating, .right = OptionRight::put, .years = 1};
  const double price = lookback_price_heston(paths, lookback)->price;
  EXPECT_EQ(lookback_price_heston(paths, lookback)->price, price);
  paths.seed = 8;
  EXPECT_NE(lookback_price_heston(paths, lookback)->price, price);
}

TEST(HestonPaths, name_what_is_outside_their_domain) {
  HestonPaths paths{.parameters = lewis, .spot = 100, .paths = 1, .steps = 10, .seed = 7};
  const Lookback lookback{.style = LookbackStyle::floating, .right = OptionRight::put, .years = 1};
  EXPECT_EQ(lookback_price_heston(paths, lookback).error().what,
            "paths is 1: it must be 2 to 100,000,000");
  paths.paths = 10;
  EXPECT_EQ(lookback_price_heston(paths, lookback, 0).error().what,
            "monitorings is 0: it must be 1 to 100,000");
  paths.parameters.sigma = 0;
  EXPECT_EQ(lookback_price_heston(paths, lookback).error().what, "sigma is 0: it must be above 0");
}

}  // namespace
}  // namespace ballast
