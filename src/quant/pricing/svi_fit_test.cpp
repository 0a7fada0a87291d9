#include "quant/pricing/svi_fit.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr RawSvi smile{0.01, 0.12, -0.35, 0.03, 0.18};

std::vector<SmileQuote> quotes_of(const RawSvi& svi, double years, double half_spread) {
  std::vector<SmileQuote> quotes;
  for (double k = -0.8; k < 0.61; k += 0.05) {
    const double vol = std::sqrt(svi_total_variance(svi, k) / years);
    quotes.push_back({.log_strike = k, .bid = vol - half_spread, .ask = vol + half_spread});
  }
  return quotes;
}

TEST(SviFit, finds_the_smile_that_the_quotes_are_of) {
  const auto fit = fit_svi(quotes_of(smile, 0.25, 0.005), 0.25);
  ASSERT_TRUE(fit) << fit.error().what;
  EXPECT_NEAR(fit->svi.a, smile.a, 1e-6);
  EXPECT_NEAR(fit->svi.b, smile.b, 1e-6);
  EXPECT_NEAR(fit->svi.rho, smile.rho, 1e-5);
  EXPECT_NEAR(fit->svi.m, smile.m, 1e-6);
  EXPECT_NEAR(fit->svi.sigma, smile.sigma, 1e-5);
  EXPECT_LT(fit->residuals.rmse_vol, 1e-8);
  EXPECT_EQ(fit->residuals.outside_spread, 0U);
  EXPECT_TRUE(fit->butterfly.is_free);
}

TEST(SviFit, does_not_return_the_arbitrage_that_quotes_have) {
  const RawSvi vogt{-0.0410, 0.1331, 0.3060, 0.3586, 0.4153};
  std::vector<SmileQuote> quotes;
  for (double k = -1.0; k < 1.51; k += 0.1) {
    const double vol = std::sqrt(svi_total_variance(vogt, k));
    quotes.push_back({.log_strike = k, .bid = vol - 0.005, .ask = vol + 0.005});
  }
  const auto fit = fit_svi(quotes, 1.0);
  ASSERT_TRUE(fit) << fit.error().what;
  EXPECT_TRUE(fit->butterfly.is_free) << fit->butterfly.g_min << " at " << fit->butterfly.at_k;
  EXPECT_LT(fit->residuals.rmse_vol, 0.01);
  EXPECT_GT(fit->residuals.rmse_vol, 1e-5) << "the exact smile is not free";
}

TEST(SviFit, stays_above_the_earlier_expiry) {
  RawSvi higher = smile;
  higher.a += 0.002;
  const auto fit = fit_svi(quotes_of(smile, 0.25, 0.005), 0.25, &higher);
  ASSERT_TRUE(fit) << fit.error().what;
  EXPECT_TRUE(fit->calendar->is_free) << fit->calendar->gap_min << " at " << fit->calendar->at_k;
  EXPECT_TRUE(fit->butterfly.is_free);
  EXPECT_LT(fit->residuals.rmse_vol, 0.03);
}

/// A few strikes about the money say little of the wings; what the next expiry has there does.
TEST(SviFit, ceilings_keep_wings_down_that_no_quote_does) {
  constexpr double years = 0.01;
  std::vector<SmileQuote> quotes;
  for (double k = -0.08; k < 0.081; k += 0.01) {
    const double vol = 0.8 + 25.0 * k * k;
    quotes.push_back({.log_strike = k, .bid = vol - 0.01, .ask = vol + 0.01});
  }
  std::vector<VarianceCeiling> ceilings;
  for (const double k : {-0.8, -0.6, -0.4, -0.2, 0.2, 0.4, 0.6})
    ceilings.push_back({k, 0.02 + 0.04 * std::fabs(k)});
  const auto free = fit_svi(quotes, years);
  const auto held = fit_svi(quotes, years, nullptr, ceilings);
  ASSERT_TRUE(free && held);
  EXPECT_GT(svi_total_variance(free->svi, -0.8), 2.0 * ceilings[0].total_variance);
  for (const VarianceCeiling& ceiling : ceilings) {
    EXPECT_LT(svi_total_variance(held->svi, ceiling.log_strike), 1.1 * ceiling.total_variance)
        << ceiling.log_strike;
  }
  EXPECT_LT(held->residuals.rmse_vol, 0.01);
  const std::vector<VarianceCeiling> none{{0.5, 0.0}};
  EXPECT_EQ(fit_svi(quotes, years, nullptr, none).error().code, Errc::bad_input);
}

/// A chain in a crash: steep, noisy, wide, a quarter of the quotes with one side.
TEST(SviFit, takes_one_sided_quotes_as_inequalities) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Rng rng(seed);
    const double years = 0.02 + 0.5 * rng.uniform();
    const RawSvi crash{0.3 * years, 0.35 * std::sqrt(years), -0.75, -0.02, 0.15};
    std::vector<SmileQuote> quotes = quotes_of(crash, years, 0.03);
    std::size_t one_sided = 0;
    for (SmileQuote& quote : quotes) {
      const double noise = 0.01 * rng.normal();
      *quote.bid += noise;
      *quote.ask += noise;
      if (!rng.chance(0.25)) continue;
      ++one_sided;
      if (rng.chance(0.5)) {
        quote.bid.reset();
      } else {
        *quote.bid -= 0.2 * *quote.bid;  // far below: to be passed over, not averaged
        quote.ask.reset();
      }
    }
    const auto fit = fit_svi(quotes, years);
    ASSERT_TRUE(fit) << "seed " << seed << ": " << fit.error().what;
    EXPECT_EQ(fit->residuals.one_sided, one_sided) << "seed " << seed;
    EXPECT_EQ(fit->residuals.one_sided + fit->residuals.two_sided, quotes.size());
    EXPECT_LT(fit->residuals.rmse_vol, 0.02) << "seed " << seed;
    EXPECT_EQ(fit->residuals.one_sided_violated, 0U) << "seed " << seed;
    EXPECT_TRUE(fit->butterfly.is_free) << "seed " << seed << ": " << fit->butterfly.g_min;
  }
}

TEST(SviFit, fits_ssvi_across_expiries) {
  const Ssvi ssvi{-0.4, 1.1, 0.45};
  const std::vector<double> years{0.05, 0.2, 0.5, 1.0};
  const std::vector<double> thetas{0.02, 0.06, 0.13, 0.22};
  std::vector<std::vector<SmileQuote>> quotes;
  std::vector<SmileExpiry> expiries;
  for (std::size_t e = 0; e < years.size(); ++e)
    quotes.push_back(quotes_of(ssvi_slice(ssvi, thetas[e]), years[e], 0.01));
  for (std::size_t e = 0; e < years.size(); ++e)
    expiries.push_back({years[e], quotes[e]});
  const auto fit = fit_ssvi(expiries);
  ASSERT_TRUE(fit) << fit.error().what;
  EXPECT_NEAR(fit->ssvi.rho, ssvi.rho, 1e-5);
  EXPECT_NEAR(fit->ssvi.eta, ssvi.eta, 1e-4);
  EXPECT_NEAR(fit->ssvi.gamma, ssvi.gamma, 1e-4);
  for (std::size_t e = 0; e < years.size(); ++e) {
    EXPECT_NEAR(fit->thetas[e], thetas[e], 1e-6);
    EXPECT_LT(fit->residuals[e].rmse_vol, 1e-6);
  }
  EXPECT_TRUE(fit->is_free);
  std::swap(expiries[0], expiries[1]);
  EXPECT_EQ(fit_ssvi(expiries).error().code, Errc::bad_input);
}

TEST(SviFit, refuses_quotes_that_say_nothing_or_contradict_themselves) {
  std::vector<SmileQuote> quotes = quotes_of(smile, 0.25, 0.005);
  std::swap(quotes[3].bid, quotes[3].ask);
  EXPECT_NE(fit_svi(quotes, 0.25).error().what.find("quote 3 is crossed"), std::string::npos);
  quotes = quotes_of(smile, 0.25, 0.005);
  quotes[3].bid.reset();
  quotes[3].ask.reset();
  EXPECT_EQ(fit_svi(quotes, 0.25).error().what, "quote 3 has neither bid nor ask");
  quotes[3].bid = std::nan("");
  EXPECT_EQ(fit_svi(quotes, 0.25).error().code, Errc::bad_input);
  quotes.resize(3);
  EXPECT_EQ(fit_svi(quotes, 0.25).error().code, Errc::infeasible);
  quotes = quotes_of(smile, 0.25, 0.005);
  EXPECT_EQ(fit_svi(quotes, 0.0).error().what, "years is 0: it must be above 0");
}

}  // namespace
}  // namespace ballast
