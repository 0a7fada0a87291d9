#include "quant/pricing/chain_calibration.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/black.hpp"
#include "quant/pricing/inverse_option.hpp"

namespace ballast {
namespace {

constexpr Timestamp snapshot{1'770'292'800'000'000'000};  // 2026-02-05T12:00:00Z
constexpr HestonParameters crash{
    .v0 = 0.30, .kappa = 3.0, .theta = 0.36, .sigma = 1.4, .rho = -0.35};

double years_of(std::int64_t days) { return static_cast<double>(days) / option_year_days; }

/// Calls and puts from 60 % to 160 % of the forward, priced in coin by `price_coin`, quoted
/// `half_spread` coin around it.
template <class Price>
ChainExpiry made_expiry(std::int64_t days, double forward, double half_spread, const Price& price) {
  ChainExpiry expiry{snapshot + Duration::days(days), years_of(days), forward, {}};
  for (int i = 0; i <= 20; ++i) {
    const double strike = forward * (0.6 + 0.05 * i);
    for (const OptionRight right : {OptionRight::call, OptionRight::put}) {
      const double coin = price(right, strike);
      if (coin <= 5.0 * half_spread) continue;  // or the middle of its vols is not its vol
      expiry.quotes.push_back({.right = right,
                               .strike = strike,
                               .forward = forward,
                               .bid = coin - half_spread,
                               .ask = coin + half_spread});
    }
  }
  return expiry;
}

OptionChain heston_chain(double half_spread) {
  OptionChain chain{"BTC", snapshot, {}, 0};
  for (const std::int64_t days : {10, 30, 90, 270}) {
    const double forward = 65000.0 + 10.0 * static_cast<double>(days);
    chain.expiries.push_back(
        made_expiry(days, forward, half_spread, [&](OptionRight right, double strike) {
          std::vector<double> price(1);
          const HestonOption option{right, strike};
          EXPECT_TRUE(heston_prices(crash, {.forward = forward, .years = years_of(days)},
                                    {&option, 1}, price));
          return price[0] / forward;
        }));
  }
  return chain;
}

constexpr Ssvi made_ssvi{-0.3, 0.9, 0.5};

OptionChain svi_chain(double half_spread) {
  OptionChain chain{"BTC", snapshot, {}, 0};
  for (const std::int64_t days : {10, 30, 90, 270}) {
    const double forward = 65000.0;
    const RawSvi smile = ssvi_slice(made_ssvi, 0.35 * years_of(days));
    chain.expiries.push_back(
        made_expiry(days, forward, half_spread, [&](OptionRight right, double strike) {
          const double w = svi_total_variance(smile, std::log(strike / forward));
          return *black76_price({.right = right,
                                 .forward = forward,
                                 .strike = strike,
                                 .years = years_of(days),
                                 .vol = std::sqrt(w / years_of(days))}) /
                 forward;
        }));
  }
  return chain;
}

TEST(ChainSmile, uses_what_is_out_of_the_money_and_counts_the_rest) {
  ChainExpiry expiry = svi_chain(1e-5).expiries[1];
  const auto whole = chain_smile(expiry);
  ASSERT_TRUE(whole) << whole.error().what;
  EXPECT_EQ(whole->one_sided, 0U);
  EXPECT_EQ(whole->two_sided + whole->unused[0], expiry.quotes.size());
  for (std::size_t i = 1; i < whole->quotes.size(); ++i)
    EXPECT_LT(whole->quotes[i - 1].log_strike, whole->quotes[i].log_strike);

  std::vector<OptionQuote*> out;
  for (OptionQuote& quote : expiry.quotes) {
    if ((quote.right == OptionRight::call) == (quote.strike >= expiry.forward))
      out.push_back(&quote);
  }
  ASSERT_GT(out.size(), 8U);
  std::swap(out[0]->bid, out[0]->ask);
  out[1]->bid.reset();
  out[1]->ask.reset();
  out[2]->bid.reset();
  out[3]->ask.reset();
  out[4]->bid = 1.5;  // a put below the forward is worth less than a coin
  out[4]->ask = 1.6;
  out[5]->ask = 1.6;  // asks for more than it can be worth: no bound, but its bid is one
  const auto rest = chain_smile(expiry);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->unused[static_cast<std::size_t>(Unused::crossed)], 1U);
  EXPECT_EQ(rest->unused[static_cast<std::size_t>(Unused::no_quote)], 1U);
  EXPECT_EQ(rest->unused[static_cast<std::size_t>(Unused::no_vol)], 1U);
  EXPECT_EQ(rest->one_sided, 3U);
  EXPECT_EQ(rest->two_sided, whole->two_sided - 6U);
  EXPECT_EQ(rest->two_sided + rest->one_sided + rest->left_out(), expiry.quotes.size());
}

TEST(ChainSmile, weighs_a_quote_by_its_spread_in_vols) {
  const auto tight = chain_smile(svi_chain(1e-5).expiries[1]);
  const auto wide = chain_smile(svi_chain(1e-3).expiries[1]);
  ASSERT_TRUE(tight && wide);
  for (const SmileQuote& quote : wide->quotes) {
    const double half = 0.5 * (*quote.ask - *quote.bid) / weight_half_spread;
    EXPECT_NEAR(quote.weight, 1.0 / (1.0 + half * half), 1e-12);
    EXPECT_LT(quote.weight, 1.0);
  }
  EXPECT_GT(tight->quotes[tight->quotes.size() / 2].weight, 0.99);
}

TEST(ChainSmile, refuses_an_expiry_that_is_none) {
  ChainExpiry expiry = svi_chain(1e-5).expiries[0];
  expiry.years = 0.0;
  EXPECT_EQ(chain_smile(expiry).error().code, Errc::bad_input);
  expiry = svi_chain(1e-5).expiries[0];
  expiry.quotes[3].bid = std::nan("");
  EXPECT_EQ(chain_smile(expiry).error().code, Errc::bad_input);
  expiry = svi_chain(1e-5).expiries[0];
  expiry.quotes[3].strike = -1.0;
  EXPECT_EQ(chain_smile(expiry).error().code, Errc::bad_input);
}

TEST(MarkCheck, finds_how_far_marks_are_from_their_vols) {
  OptionChain chain = svi_chain(1e-5);
  const auto none = check_marks(chain);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none) << "there are no marks";
  for (ChainExpiry& expiry : chain.expiries) {
    for (OptionQuote& quote : expiry.quotes) {
      quote.mark_vol = 0.6;
      quote.mark = inverse_option({.right = quote.right,
                                   .forward = quote.forward,
                                   .strike = quote.strike,
                                   .years = expiry.years,
                                   .vol = 0.6})
                       ->price_coin;
    }
  }
  *chain.expiries[2].quotes[4].mark += 0.001;
  const auto check = check_marks(chain);
  ASSERT_TRUE(check && *check);
  EXPECT_LT((*check)->percentile_99, 1e-12);
  EXPECT_NEAR((*check)->most, 0.001, 1e-12);
}

TEST(ChainFit, finds_the_heston_parameters_that_a_chain_was_made_from) {
  const auto fit = fit_heston_chain(heston_chain(1e-5), {});
  ASSERT_TRUE(fit) << fit.error().what;
  ASSERT_TRUE(fit->heston);
  const HestonParameters& p = fit->heston->parameters;
  EXPECT_NEAR(p.v0, crash.v0, 1e-4);
  EXPECT_NEAR(p.kappa, crash.kappa, 1e-2);
  EXPECT_NEAR(p.theta, crash.theta, 1e-3);
  EXPECT_NEAR(p.sigma, crash.sigma, 1e-2);
  EXPECT_NEAR(p.rho, crash.rho, 1e-3);
  EXPECT_EQ(fit->heston->searches.size(), 5U);
  EXPECT_LT(fit->rmse_vol, 1e-3);
  EXPECT_EQ(fit->fitted(), 4U);
  EXPECT_EQ(fit->outside_spread, 0U);
  for (const ExpiryFit& expiry : fit->expiries) {
    ASSERT_EQ(expiry.curve.size(), 61U);
    EXPECT_EQ(expiry.curve.front().log_strike, expiry.smile.quotes.front().log_strike);
    EXPECT_NEAR(expiry.curve.back().vol,
                0.5 * (*expiry.smile.quotes.back().bid + *expiry.smile.quotes.back().ask), 0.01);
  }
}

TEST(ChainFit, finds_the_surface_that_a_chain_was_made_from) {
  const auto fit = fit_svi_chain(svi_chain(1e-5));
  ASSERT_TRUE(fit) << fit.error().what;
  EXPECT_EQ(fit->fitted(), 4U);
  EXPECT_TRUE(fit->is_free());
  EXPECT_LT(fit->rmse_vol, 1e-3);
  ASSERT_TRUE(fit->ssvi) << fit->why_no_ssvi;
  EXPECT_NEAR(fit->ssvi->ssvi.rho, made_ssvi.rho, 0.01);
  EXPECT_NEAR(fit->ssvi->ssvi.eta, made_ssvi.eta, 0.02);
  EXPECT_NEAR(fit->ssvi->ssvi.gamma, made_ssvi.gamma, 0.02);
  EXPECT_TRUE(fit->ssvi->is_free);
}

/// A quarter of the quotes of a crash with one side: they still fit, and what they say is kept to.
TEST(ChainFit, fits_a_chain_with_a_quarter_of_its_quotes_one_sided) {
  OptionChain chain = svi_chain(2e-4);
  Rng rng(7);
  for (ChainExpiry& expiry : chain.expiries) {
    for (OptionQuote& quote : expiry.quotes) {
      if (!rng.chance(0.25)) continue;
      if (rng.chance(0.5)) {
        quote.bid.reset();
        *quote.ask += 0.002;  // far above: to be passed over, not averaged
      } else {
        quote.ask.reset();
      }
    }
  }
  const auto svi = fit_svi_chain(chain);
  ASSERT_TRUE(svi) << svi.error().what;
  EXPECT_EQ(svi->fitted(), 4U);
  EXPECT_GT(svi->one_sided, 10U);
  EXPECT_EQ(svi->one_sided_violated, 0U);
  EXPECT_TRUE(svi->is_free());
  EXPECT_LT(svi->rmse_vol, 0.003);
  const auto heston = fit_heston_chain(chain, {.starts = 2});
  ASSERT_TRUE(heston) << heston.error().what;
  EXPECT_EQ(heston->one_sided, svi->one_sided);
  EXPECT_EQ(heston->heston->residuals.size(), heston->two_sided);
}

TEST(ChainFit, leaves_out_what_cannot_be_fitted_and_says_why) {
  OptionChain chain = svi_chain(1e-5);
  chain.expiries[1].quotes.resize(3);
  const auto svi = fit_svi_chain(chain);
  ASSERT_TRUE(svi) << svi.error().what;
  EXPECT_EQ(svi->fitted(), 3U);
  EXPECT_NE(svi->expiries[1].why_not.find("a smile needs 5"), std::string::npos)
      << svi->expiries[1].why_not;
  EXPECT_FALSE(svi->expiries[1].residuals);
  const auto heston = fit_heston_chain(chain, {.years_min = years_of(20), .starts = 1});
  ASSERT_TRUE(heston) << heston.error().what;
  EXPECT_EQ(heston->expiries[0].why_not, "it expires within 20 days");
  const auto nothing = fit_heston_chain(chain, {.years_min = 10.0});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, Errc::infeasible);
  EXPECT_EQ(nothing.error().what.rfind("BTC at 2026-02-05T12:00:00Z: no expiry can be fitted (", 0),
            0U)
      << nothing.error().what;
}

TEST(ChainFit, compares_with_what_was_before) {
  const OptionChain chain = svi_chain(1e-5);
  const auto first = fit_svi_chain(chain);
  ASSERT_TRUE(first);
  RawSvi other = first->expiries[0].svi->svi;
  other.a += 0.1 * chain.expiries[0].years;
  const std::vector<PreviousSmile> before{{chain.expiries[0].expires, other}};
  const auto again = fit_svi_chain(chain, before);
  ASSERT_TRUE(again);
  ASSERT_TRUE(again->expiries[0].previous_rmse_vol);
  EXPECT_GT(*again->expiries[0].previous_rmse_vol, 0.05);
  EXPECT_FALSE(again->expiries[1].previous_rmse_vol);

  const auto heston =
      fit_heston_chain(heston_chain(1e-5),
                       {.starts = 1,
                        .previous = HestonParameters{
                            .v0 = 0.4, .kappa = 3.0, .theta = 0.36, .sigma = 1.4, .rho = -0.35}});
  ASSERT_TRUE(heston && heston->heston->previous);
  EXPECT_NEAR(heston->heston->previous->change.v0, -0.1, 1e-3);
  EXPECT_GT(heston->heston->previous->rmse_vol, 0.01);
}

TEST(HestonStarts, are_as_many_as_asked_for_and_the_same_each_time) {
  EXPECT_EQ(heston_starts({}, 1).size(), 1U);
  const auto twelve = heston_starts({}, 12);
  ASSERT_EQ(twelve.size(), 12U);
  EXPECT_EQ(twelve, heston_starts({}, 12));
  for (const HestonParameters& start : twelve)
    EXPECT_TRUE(check_heston(start));
}

}  // namespace
}  // namespace ballast
