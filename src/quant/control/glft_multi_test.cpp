#include "quant/control/glft_multi.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/control/glft.hpp"

namespace ballast {
namespace {

using Numbers = std::vector<double>;
constexpr auto exponential = MarketMakerUtility::exponential;
constexpr auto mean_variance = MarketMakerUtility::mean_variance;

/// A desk that owns its numbers.
struct Desk {
  double gamma = 0.05;
  Numbers sigma, k, fill_rate, size;
  MarketMakerUtility utility = exponential;

  GlftMultiInput input() const { return {gamma, sigma, k, fill_rate, size, utility}; }
};

struct Quotes {
  Numbers bid, ask;
};
Quotes quotes(const GlftMulti& market, const Numbers& q) {
  Quotes quotes{Numbers(q.size()), Numbers(q.size())};
  EXPECT_TRUE(market.depths(q, quotes.bid, quotes.ask));
  return quotes;
}

/// Volatilities 0.6 and 0.8 price per root of a second, correlation 0.5.
const Desk two{.gamma = 0.05,
               .sigma = {0.36, 0.24, 0.24, 0.64},
               .k = {2.0, 1.5},
               .fill_rate = {0.5, 0.8},
               .size = {1.0, 2.0}};

TEST(GlftMulti, gives_the_reference_values_of_two_assets) {
  // Computed from the paper's formulas with another eigenvalue solver; good to 1e-11.
  struct Row {
    MarketMakerUtility utility;
    std::array<double, 3> gamma;         // 11, 12, 22
    std::array<double, 2> flat;          // depths of either side
    std::array<double, 2> bid_3, ask_3;  // at q = (3, 0)
  };
  const Row rows[] = {{exponential,
                       {0.66032482377976, 0.15887356684840, 0.60309373055747},
                       {0.56767881146754, 0.78024106920876},
                       {1.01063816942817, 0.88681669779902},
                       {0.12471945350690, 0.67366544061849}},
                      {mean_variance,
                       {0.65595756835333, 0.15680454612166, 0.59345826847895},
                       {0.57333828565968, 0.79936796967949},
                       {1.01336799961773, 0.90455565697220},
                       {0.13330857170162, 0.69418028238678}}};
  for (const Row& row : rows) {
    Desk desk = two;
    desk.utility = row.utility;
    const auto market = GlftMulti::create(desk.input());
    ASSERT_TRUE(market) << market.error().what;
    const auto gamma = market->gamma_matrix();
    EXPECT_NEAR(gamma[0], row.gamma[0], 1e-11);
    EXPECT_NEAR(gamma[1], row.gamma[1], 1e-11);
    EXPECT_NEAR(gamma[2], row.gamma[1], 1e-11);
    EXPECT_NEAR(gamma[3], row.gamma[2], 1e-11);
    const Quotes flat = quotes(*market, {0.0, 0.0});
    const Quotes long_one = quotes(*market, {3.0, 0.0});
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(flat.bid[i], row.flat[i], 1e-11);
      EXPECT_NEAR(flat.ask[i], row.flat[i], 1e-11);
      EXPECT_NEAR(long_one.bid[i], row.bid_3[i], 1e-11);
      EXPECT_NEAR(long_one.ask[i], row.ask_3[i], 1e-11);
    }
  }
}

TEST(GlftMulti, is_the_closed_form_of_2017_for_one_asset) {
  const double sigma = 0.4;
  for (const auto utility : {exponential, mean_variance}) {
    for (const double z : {0.1, 1.0, 7.0}) {
      const Desk one{.gamma = 0.01,
                     .sigma = {sigma * sigma},
                     .k = {0.3},
                     .fill_rate = {0.9},
                     .size = {z},
                     .utility = utility};
      const auto market = GlftMulti::create(one.input());
      ASSERT_TRUE(market);
      for (const double q : {-12.0, 0.0, 2.5}) {
        const GueantInput same{.gamma = 0.01,
                               .sigma = sigma,
                               .k = 0.3,
                               .fill_rate = 0.9,
                               .xi = utility == exponential ? 0.01 : 0.0,
                               .delta = z};
        const auto expected = gueant_closed_form(same, q);
        const Quotes got = quotes(*market, {q});
        EXPECT_NEAR(got.bid[0], *expected->bid, 4e-15 * (1.0 + std::fabs(*expected->bid)));
        EXPECT_NEAR(got.ask[0], *expected->ask, 4e-15 * (1.0 + std::fabs(*expected->ask)));
      }
    }
  }
  const Desk reference{
      .gamma = 0.01, .sigma = {0.16}, .k = {0.3}, .fill_rate = {0.9}, .size = {1.0}};
  EXPECT_NEAR(0.1 * GlftMulti::create(reference.input())->gamma_matrix()[0], 0.09048777670785,
              1e-12);
  const GlftInput glft{.gamma = 0.01, .sigma = 0.4, .k = 0.3, .fill_rate = 0.9};
  EXPECT_NEAR(quotes(*GlftMulti::create(reference.input()), {5.0}).bid[0],
              *glft_closed_form(glft, 5.0)->bid, 1e-14);
}

/// A random desk of n assets whose covariance has the given rank.
Desk random_desk(Rng& rng, std::size_t n, std::size_t rank) {
  Desk desk;
  desk.gamma = std::exp(4.0 * rng.uniform() - 6.0);
  desk.utility = rng.chance(0.5) ? exponential : mean_variance;
  Numbers loadings(n * rank);
  for (double& loading : loadings)
    loading = rng.normal();
  desk.sigma.resize(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    const double price_unit = std::exp(8.0 * rng.uniform() - 4.0);
    for (std::size_t r = 0; r < rank; ++r)
      loadings[i * rank + r] *= price_unit;
    desk.k.push_back((0.1 + rng.uniform()) / price_unit);
    desk.fill_rate.push_back(0.05 + rng.uniform());
    desk.size.push_back((0.1 + rng.uniform()) / price_unit);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t r = 0; r < rank; ++r)
        desk.sigma[i * n + j] += loadings[i * rank + r] * loadings[j * rank + r];
    }
  }
  return desk;
}

/// D of the header, from its own formula.
double liquidity(const Desk& desk, std::size_t i) {
  const double x = desk.gamma * desk.size[i] / desk.k[i];
  const double c =
      desk.utility == exponential ? std::pow(1.0 + x, -(1.0 + 1.0 / x)) : std::exp(-1.0);
  return 2.0 * desk.fill_rate[i] * desk.k[i] * c * desk.size[i];
}

TEST(GlftMulti, solves_its_equation_and_is_positive_semidefinite_on_random_desks) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    const auto n = static_cast<std::size_t>(rng.between(1, 12));
    const auto rank = static_cast<std::size_t>(rng.between(1, static_cast<std::int64_t>(n) + 3));
    const Desk desk = random_desk(rng, n, rank);
    const auto market = GlftMulti::create(desk.input());
    ASSERT_TRUE(market) << market.error().what;
    const auto gamma = market->gamma_matrix();
    Numbers x(n);
    for (double& entry : x)
      entry = rng.normal();
    double form = 0.0;
    double size = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        EXPECT_EQ(gamma[i * n + j], gamma[j * n + i]);
        double product = 0.0;
        for (std::size_t m = 0; m < n; ++m)
          product += gamma[i * n + m] * liquidity(desk, m) * gamma[m * n + j];
        const double scale = std::sqrt(desk.sigma[i * n + i] * desk.sigma[j * n + j]);
        EXPECT_NEAR(product, desk.sigma[i * n + j], 1e-9 * scale) << i << ", " << j;
        form += x[i] * gamma[i * n + j] * x[j];
        size += std::fabs(x[i] * gamma[i * n + j] * x[j]);
      }
    }
    EXPECT_GE(form, -1e-7 * size);
  }
}

TEST(GlftMulti, mirrors_bid_and_ask_and_is_linear_in_the_holding) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    const std::size_t n = 5;
    const auto market = GlftMulti::create(random_desk(rng, n, 5).input());
    ASSERT_TRUE(market);
    Numbers q(n), negative(n), twice(n);
    for (std::size_t i = 0; i < n; ++i) {
      q[i] = rng.normal();
      negative[i] = -q[i];
      twice[i] = 2.0 * q[i];
    }
    const Quotes at_q = quotes(*market, q);
    const Quotes mirrored = quotes(*market, negative);
    const Quotes flat = quotes(*market, Numbers(n, 0.0));
    const Quotes at_twice = quotes(*market, twice);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_EQ(at_q.bid[i], mirrored.ask[i]);
      EXPECT_EQ(flat.bid[i], flat.ask[i]);
      EXPECT_GT(flat.bid[i], 0.0);
      const double skew = at_q.bid[i] - flat.bid[i];
      EXPECT_NEAR(at_twice.bid[i] - flat.bid[i], 2.0 * skew, 1e-9 * (1.0 + std::fabs(skew)));
    }
  }
}

TEST(GlftMulti, does_not_depend_on_the_order_of_assets) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    const std::size_t n = 6;
    const Desk desk = random_desk(rng, n, 8);
    std::array<std::size_t, n> order{};
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t i = n; i > 1; --i)
      std::swap(order[i - 1], order[rng.below(i)]);
    Desk shuffled = desk;
    Numbers q(n), q_shuffled(n);
    for (double& held : q)
      held = rng.normal() / desk.k[0];
    for (std::size_t i = 0; i < n; ++i) {
      shuffled.k[i] = desk.k[order[i]];
      shuffled.fill_rate[i] = desk.fill_rate[order[i]];
      shuffled.size[i] = desk.size[order[i]];
      q_shuffled[i] = q[order[i]];
      for (std::size_t j = 0; j < n; ++j)
        shuffled.sigma[i * n + j] = desk.sigma[order[i] * n + order[j]];
    }
    const Quotes expected = quotes(*GlftMulti::create(desk.input()), q);
    const Quotes got = quotes(*GlftMulti::create(shuffled.input()), q_shuffled);
    for (std::size_t i = 0; i < n; ++i) {
      const double bid = expected.bid[order[i]];
      EXPECT_NEAR(got.bid[i], bid, 1e-8 * (std::fabs(bid) + std::fabs(expected.ask[order[i]])));
    }
  }
}

TEST(GlftMulti, quotes_uncorrelated_assets_as_if_each_were_alone) {
  Desk desk = two;
  desk.sigma = {0.36, 0.0, 0.0, 0.64};
  const Quotes together = quotes(*GlftMulti::create(desk.input()), {3.0, -2.0});
  const Desk second{.gamma = 0.05, .sigma = {0.64}, .k = {1.5}, .fill_rate = {0.8}, .size = {2.0}};
  EXPECT_NEAR(together.bid[1], quotes(*GlftMulti::create(second.input()), {-2.0}).bid[0], 1e-14);
}

TEST(GlftMulti, takes_a_covariance_that_is_singular) {
  Desk desk = two;
  desk.sigma = {0.36, 0.48, 0.48, 0.64};  // correlation 1
  EXPECT_TRUE(GlftMulti::create(desk.input()));
  desk.sigma = {0.36, 0.0, 0.0, 0.0};  // a stablecoin
  const auto market = GlftMulti::create(desk.input());
  ASSERT_TRUE(market) << market.error().what;
  EXPECT_EQ(market->gamma_matrix()[3], 0.0);
}

std::string refusal(const Desk& desk) {
  const auto market = GlftMulti::create(desk.input());
  return market ? "none" : market.error().what;
}

TEST(GlftMulti, names_what_is_outside_its_domain) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto with = [](auto change) {
    Desk desk = two;
    change(desk);
    return refusal(desk);
  };
  EXPECT_EQ(with([](Desk& d) { d.gamma = 0.0; }), "gamma is 0: it must be above 0");
  EXPECT_EQ(with([](Desk& d) { d.k[1] = -1.0; }), "k[1] is -1: it must be above 0");
  EXPECT_EQ(with([](Desk& d) { d.k = {}; }), "k holds 0 numbers: it must be 1 to 1000");
  EXPECT_EQ(with([](Desk& d) { d.size = {1.0}; }),
            "z holds 1 numbers: 2 are needed, for k names that many assets");
  EXPECT_EQ(with([](Desk& d) { d.fill_rate[0] = nan; }), "A[0] is nan: it must be above 0");
  EXPECT_EQ(with([](Desk& d) { d.sigma = {0.36}; }),
            "sigma holds 1 numbers: 2 x 2 are needed, a row an asset");
  EXPECT_EQ(with([](Desk& d) { d.sigma[1] = nan; }),
            "sigma[0][1] is nan: it must be a finite number");
  EXPECT_EQ(with([](Desk& d) { d.sigma[0] = -0.36; }),
            "sigma[0][0] is -0.36: it must be 0 or above");
  EXPECT_EQ(with([](Desk& d) { d.sigma[1] = 0.2; }),
            "sigma[1][0] is 0.24 and sigma[0][1] is 0.2: it must be symmetric");
  EXPECT_NE(with([](Desk& d) { d.sigma[1] = d.sigma[2] = 0.6; }).find("negative eigenvalue"),
            std::string::npos);
  EXPECT_NE(with([](Desk& d) {
              d.sigma[0] = 1e308;
              d.fill_rate[0] = 1e10;
            }).find("more than a double"),
            std::string::npos);
  const auto market = GlftMulti::create(two.input());
  Numbers bid(2), ask(2);
  EXPECT_EQ(market->depths(Numbers{0.0, nan}, bid, ask).error().what,
            "q[1] is nan: it must be a finite number");
}

TEST(GlftMulti, refuses_rather_than_quote_an_asset_by_rounding_errors) {
  Desk desk = two;
  desk.sigma = {1e24, 5e-1, 5e-1, 1e-24};  // correlation 0.5 over 24 decades of volatility
  const auto market = GlftMulti::create(desk.input());
  ASSERT_FALSE(market);
  EXPECT_EQ(market.error().code, Errc::no_convergence);
  EXPECT_NE(market.error().what.find("must be quoted alone"), std::string::npos);
}

}  // namespace
}  // namespace ballast
