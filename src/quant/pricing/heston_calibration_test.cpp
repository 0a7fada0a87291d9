#include "quant/pricing/heston_calibration.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/detail_black.hpp"

namespace ballast {
namespace {

constexpr HestonParameters truth{0.08, 3.0, 0.10, 0.25, -0.8};
constexpr HestonParameters wild{0.35, 2.0, 0.45, 2.2, -0.45};  // a coin's: Feller does not hold

using Member = double HestonParameters::*;
constexpr Member members[] = {&HestonParameters::v0, &HestonParameters::kappa,
                              &HestonParameters::theta, &HestonParameters::sigma,
                              &HestonParameters::rho};

/// Eight expiries of five strikes, whose vols are the model's own.
std::vector<HestonQuote> quotes_of(const HestonParameters& p) {
  std::vector<HestonQuote> quotes;
  for (const double years : {0.08, 0.16, 0.25, 0.4, 0.6, 0.8, 1.1, 1.6}) {
    const HestonExpiry expiry{100.0 * std::exp(0.03 * years), std::exp(-0.01 * years), years};
    const double width = std::sqrt(p.theta * years);
    for (const double place : {-1.2, -0.5, 0.0, 0.5, 1.0}) {
      const double strike = expiry.forward * std::exp(place * width);
      const HestonOption option{place < 0.0 ? OptionRight::put : OptionRight::call, strike};
      double price = 0.0;
      EXPECT_TRUE(heston_prices(p, expiry, {&option, 1}, {&price, 1}));
      quotes.push_back({.expiry = expiry, .option = option, .price = price});
    }
  }
  return quotes;
}

TEST(HestonCalibration, finds_the_parameters_of_the_quotes_from_every_start) {
  for (const HestonParameters& p : {truth, wild}) {
    const auto calibration = calibrate_heston(quotes_of(p), {});
    ASSERT_TRUE(calibration) << calibration.error().what;
    for (const Member member : members)
      EXPECT_NEAR(calibration->parameters.*member, p.*member, 1e-8);
    EXPECT_LT(calibration->rmse_vol, 1e-11);
    ASSERT_EQ(calibration->searches.size(), 5U);
    for (const HestonSearch& search : calibration->searches) {
      EXPECT_TRUE(search.has_converged) << search.iterations;
      for (const Member member : members)
        EXPECT_NEAR(search.end.*member, p.*member, 1e-8) << "from kappa " << search.start.kappa;
    }
    EXPECT_TRUE(calibration->at_bound.empty());
    EXPECT_GT(*calibration->condition, 1.0);
    EXPECT_EQ(calibration->feller_holds, feller_holds(p));
  }
}

TEST(HestonCalibration, takes_vols_as_it_takes_prices) {
  std::vector<HestonQuote> quotes = quotes_of(truth);
  for (HestonQuote& quote : quotes) {
    const double forward = quote.expiry.forward;
    const double strike = quote.option.strike;
    const double x = -std::fabs(std::log(forward / strike));
    const double value = *quote.price / quote.expiry.discount / std::sqrt(forward * strike);
    quote.vol = *detail::black_stdev(x, value) / std::sqrt(quote.expiry.years);
    quote.price.reset();
  }
  const auto calibration = calibrate_heston(quotes, {});
  ASSERT_TRUE(calibration);
  EXPECT_NEAR(calibration->parameters.kappa, truth.kappa, 1e-7);
}

TEST(HestonCalibration, has_errors_that_cover_the_truth_as_often_as_they_say) {
  constexpr std::uint64_t seed = 5;
  Rng rng(seed);
  const std::vector<HestonQuote> exact = quotes_of(wild);
  const HestonCalibrationOptions from_truth{.starts = {wild}};
  const auto clean = calibrate_heston(exact, from_truth);
  int within = 0;
  constexpr int draws = 60;
  for (int draw = 0; draw < draws; ++draw) {
    std::vector<HestonQuote> quotes = exact;
    for (std::size_t i = 0; i < quotes.size(); ++i) {
      const double strike = quotes[i].option.strike;
      const double forward = quotes[i].expiry.forward;
      const double x = -std::fabs(std::log(forward / strike));
      const double value =
          *exact[i].price / quotes[i].expiry.discount / std::sqrt(forward * strike);
      quotes[i].vol =
          *detail::black_stdev(x, value) / std::sqrt(quotes[i].expiry.years) + 0.002 * rng.normal();
      quotes[i].price.reset();
    }
    const auto noisy = calibrate_heston(quotes, from_truth);
    ASSERT_TRUE(noisy) << "seed " << seed << " draw " << draw;
    EXPECT_NEAR(noisy->rmse_vol, 0.002 * std::sqrt(35.0 / 40.0), 0.0009);
    for (const Member member : members)
      within +=
          std::fabs(noisy->parameters.*member - wild.*member) <= *noisy->standard_errors.*member;
  }
  // Of a normal, 68.3% are within one standard error; 300 draws in five correlated columns.
  EXPECT_NEAR(within / (5.0 * draws), 0.683, 0.12) << "seed " << seed;
}

TEST(HestonCalibration, holds_feller_s_condition_when_asked_to) {
  HestonCalibrationOptions options;
  options.feller = true;
  const auto calibration = calibrate_heston(quotes_of(wild), options);
  ASSERT_TRUE(calibration);
  const HestonParameters& p = calibration->parameters;
  EXPECT_LE(p.sigma * p.sigma, 2.0 * p.kappa * p.theta * (1.0 + 1e-9));
  EXPECT_GT(calibration->rmse_vol, 1e-4);
  ASSERT_FALSE(calibration->at_bound.empty());
  const auto free = calibrate_heston(quotes_of(truth), options);
  EXPECT_NEAR(free->parameters.sigma, truth.sigma, 1e-7) << "it holds by itself";
}

TEST(HestonCalibration, names_the_parameters_at_their_bounds) {
  HestonCalibrationOptions options;
  options.bounds.upper.kappa = 1.0;
  const auto calibration = calibrate_heston(quotes_of(truth), options);
  ASSERT_TRUE(calibration);
  EXPECT_EQ(calibration->at_bound, std::vector<std::string_view>{"kappa"});
  EXPECT_NEAR(calibration->parameters.kappa, 1.0, 1e-6);
}

TEST(HestonCalibration, says_what_the_previous_parameters_make_of_the_quotes) {
  HestonCalibrationOptions options;
  options.previous = truth;
  options.previous->v0 += 0.02;
  const auto calibration = calibrate_heston(quotes_of(truth), options);
  ASSERT_TRUE(calibration && calibration->previous);
  EXPECT_NEAR(calibration->previous->change.v0, -0.02, 1e-8);
  EXPECT_GT(calibration->previous->rmse_vol, 0.005);
}

TEST(HestonCalibration, weighs_quotes) {
  std::vector<HestonQuote> quotes = quotes_of(truth);
  *quotes[2].price *= 1.2;
  const auto pulled = calibrate_heston(quotes, {});
  quotes[2].weight = 1e-12;
  const auto passed = calibrate_heston(quotes, {});
  ASSERT_TRUE(pulled && passed);
  EXPECT_GT(std::fabs(pulled->parameters.v0 - truth.v0), 1e-3);
  EXPECT_NEAR(passed->parameters.v0, truth.v0, 1e-7);
}

TEST(HestonCalibration, refuses_what_is_no_quote) {
  std::vector<HestonQuote> quotes = quotes_of(truth);
  const auto refusal = [](std::span<const HestonQuote> given) {
    const auto result = calibrate_heston(given, {});
    return result ? "none" : result.error().what;
  };
  quotes[1].vol = 0.3;
  EXPECT_EQ(refusal(quotes), "quote 1 must have either vol or price");
  quotes[1].vol.reset();
  quotes[1].price = 1e9;
  EXPECT_NE(refusal(quotes).find("of quote 1 is that of no vol"), std::string::npos);
  quotes[1].price = std::nan("");
  EXPECT_EQ(refusal(quotes), "price is nan: it must be 0 or above");
  EXPECT_EQ(refusal(std::span(quotes).first(4)), "4 quotes do not determine five parameters");
  HestonCalibrationOptions options;
  options.bounds.lower.sigma = 20.0;
  EXPECT_EQ(calibrate_heston(quotes_of(truth), options).error().code, Errc::bad_input);
}

}  // namespace
}  // namespace ballast
