#include "quant/pricing/lookback.hpp"

#include <cmath>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/detail_bivariate_normal.hpp"
#include "quant/pricing/detail_black.hpp"
#include "quant/pricing/detail_gauss_legendre.hpp"

namespace ballast {
namespace {

constexpr auto floating = LookbackStyle::floating;
constexpr auto fixed = LookbackStyle::fixed;
constexpr auto partial_floating = LookbackStyle::partial_floating;
constexpr auto partial_fixed = LookbackStyle::partial_fixed;
constexpr auto call = OptionRight::call;
constexpr auto put = OptionRight::put;
constexpr std::nullopt_t none = std::nullopt;

/// Haug (1998, pages 61 to 64; 2006, pages 146 and 148), Broadie, Glasserman and Kou (1999): their
/// parameters; values by quadrature of the densities of the reflection principle, to 8 digits.
struct LookbackRow {
  LookbackStyle style;
  OptionRight right;
  std::optional<double> strike, extremum;
  double spot, yield, rate, years, vol;
  std::optional<double> t1;
  double price;
};
// clang-format off
const LookbackRow lookback_rows[] = {
    {floating, call, none, 100.0, 120.0, 0.06, 0.1, 0.5, 0.3, none, 25.35335527},
    {floating, call, none, 100.0, 100.0, 0.0, 0.05, 1.0, 0.3, none, 23.78843650},
    {floating, call, none, 100.0, 110.0, 0.0, 0.05, 0.2, 0.3, none, 14.45969851},
    {floating, put, none, 100.0, 100.0, 0.0, 0.1, 0.5, 0.3, none, 15.35255547},
    {floating, put, none, 110.0, 100.0, 0.0, 0.1, 0.5, 0.3, none, 16.84677268},
    {floating, put, none, 120.0, 100.0, 0.0, 0.1, 0.5, 0.3, none, 21.06453761},
    {fixed, call, 95.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.1, none, 13.26872236},
    {fixed, call, 95.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.2, none, 18.92633699},
    {fixed, call, 100.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.1, none, 8.51257524},
    {fixed, call, 100.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.2, none, 14.17018987},
    {fixed, call, 100.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.3, none, 20.22961302},
    {fixed, call, 105.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.1, none, 4.39079352},
    {fixed, call, 105.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.3, none, 15.85119903},
    {fixed, call, 95.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.1, none, 18.32415282},
    {fixed, call, 95.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.2, none, 26.07305529},
    {fixed, call, 95.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.3, none, 34.71161834},
    {fixed, call, 100.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.2, none, 21.54886820},
    {fixed, call, 100.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.3, none, 30.18743125},
    {fixed, call, 105.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.1, none, 9.54448995},
    {fixed, call, 105.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.2, none, 17.29647968},
    {fixed, put, 95.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.1, none, 0.68993291},
    {fixed, put, 95.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.2, none, 4.44477726},
    {fixed, put, 95.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.3, none, 8.92130154},
    {fixed, put, 100.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.1, none, 3.39166481},
    {fixed, put, 100.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.3, none, 13.15787957},
    {fixed, put, 105.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.1, none, 8.14781193},
    {fixed, put, 105.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.2, none, 13.07386793},
    {fixed, put, 105.0, 100.0, 100.0, 0.0, 0.1, 0.5, 0.3, none, 17.91402669},
    {fixed, put, 95.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.2, none, 6.28134462},
    {fixed, put, 95.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.3, none, 12.23753504},
    {fixed, put, 100.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.1, none, 3.80789462},
    {fixed, put, 100.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.2, none, 10.12935836},
    {fixed, put, 105.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.1, none, 8.33208171},
    {fixed, put, 105.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.2, none, 14.65354545},
    {fixed, put, 105.0, 100.0, 100.0, 0.0, 0.1, 1.0, 0.3, none, 20.91304396},
    {partial_floating, call, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.1, 0.25, 8.65234891},
    {partial_floating, call, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.1, 0.5, 9.21278074},
    {partial_floating, call, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.1, 0.25, 10.57509311},
    {partial_floating, call, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.1, 0.5, 11.26006535},
    {partial_floating, call, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.1, 0.75, 11.68036995},
    {partial_floating, call, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.2, 0.25, 13.34020937},
    {partial_floating, call, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.2, 0.75, 15.31397973},
    {partial_floating, call, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.2, 0.25, 16.30470034},
    {partial_floating, call, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.2, 0.5, 17.73696048},
    {partial_floating, call, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.2, 0.75, 18.71708633},
    {partial_floating, call, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.3, 0.5, 19.66185386},
    {partial_floating, call, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.3, 0.75, 20.84929262},
    {partial_floating, call, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.3, 0.25, 21.97932533},
    {partial_floating, call, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.3, 0.5, 24.03115472},
    {partial_floating, put, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.1, 0.25, 2.71893085},
    {partial_floating, put, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.1, 0.5, 3.46390353},
    {partial_floating, put, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.1, 0.75, 4.19121649},
    {partial_floating, put, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.1, 0.25, 3.32313771},
    {partial_floating, put, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.1, 0.75, 5.12259793},
    {partial_floating, put, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.2, 0.25, 7.91532955},
    {partial_floating, put, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.2, 0.5, 9.58247744},
    {partial_floating, put, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.2, 0.75, 11.03621432},
    {partial_floating, put, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.2, 0.5, 11.71191687},
    {partial_floating, put, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.2, 0.75, 13.48870639},
    {partial_floating, put, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.3, 0.25, 13.47196276},
    {partial_floating, put, none, 90.0, 90.0, 0.0, 0.06, 1.0, 0.3, 0.5, 16.14953829},
    {partial_floating, put, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.3, 0.25, 16.46573226},
    {partial_floating, put, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.3, 0.5, 19.73832458},
    {partial_floating, put, none, 110.0, 110.0, 0.0, 0.06, 1.0, 0.3, 0.75, 22.49758528},
    {partial_fixed, call, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.25, 20.28452981},
    {partial_fixed, call, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.5, 19.62393527},
    {partial_fixed, call, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.25, 4.04313369},
    {partial_fixed, call, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.5, 3.95797048},
    {partial_fixed, call, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.75, 3.70156386},
    {partial_fixed, call, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.25, 27.53857391},
    {partial_fixed, call, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.75, 23.49568895},
    {partial_fixed, call, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.25, 11.48949708},
    {partial_fixed, call, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.5, 10.89949785},
    {partial_fixed, call, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.75, 9.82444194},
    {partial_fixed, call, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.3, 0.5, 32.71729332},
    {partial_fixed, call, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.3, 0.75, 29.14735595},
    {partial_fixed, call, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.3, 0.25, 19.72503053},
    {partial_fixed, call, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.3, 0.5, 18.40256907},
    {partial_fixed, put, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.25, 0.49729127},
    {partial_fixed, put, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.5, 0.46320101},
    {partial_fixed, put, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.75, 0.38624842},
    {partial_fixed, put, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.25, 12.69780491},
    {partial_fixed, put, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.1, 0.75, 9.15547347},
    {partial_fixed, put, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.25, 4.58625338},
    {partial_fixed, put, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.5, 4.19250916},
    {partial_fixed, put, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.75, 3.58311792},
    {partial_fixed, put, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.5, 16.94333922},
    {partial_fixed, put, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.2, 0.75, 14.65045791},
    {partial_fixed, put, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.3, 0.25, 9.93473604},
    {partial_fixed, put, 90.0, none, 100.0, 0.0, 0.06, 1.0, 0.3, 0.5, 9.11103797},
    {partial_fixed, put, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.3, 0.25, 25.21121290},
    {partial_fixed, put, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.3, 0.5, 22.82169257},
    {partial_fixed, put, 110.0, none, 100.0, 0.0, 0.06, 1.0, 0.3, 0.75, 20.05654341},
};
// clang-format on

double priced(const LookbackMarket& market, const Lookback& lookback) {
  const auto price = lookback_price(market, lookback);
  EXPECT_TRUE(price) << (price ? "" : price.error().what);
  return price.value_or(-1.0);
}

TEST(Lookback, gives_the_prices_of_the_literature) {
  for (const LookbackRow& row : lookback_rows) {
    const double price = priced({row.spot, row.rate, row.yield, row.vol}, {.style = row.style,
                                                                           .right = row.right,
                                                                           .years = row.years,
                                                                           .strike = row.strike,
                                                                           .extremum = row.extremum,
                                                                           .t1 = row.t1});
    EXPECT_NEAR(price, row.price, 6e-9)
        << static_cast<int>(row.style) << " " << row.vol << " " << row.years;
  }
}

/// Gauss-Legendre on equal panels.
double integral(const std::function<double(double)>& f, double low, double high, int panels = 24) {
  const auto& rule = detail::gauss_legendre<20>();
  const double width = (high - low) / panels;
  double sum = 0.0;
  for (int panel = 0; panel < panels; ++panel)
    for (std::size_t i = 0; i < rule.nodes.size(); ++i)
      sum += 0.5 * width * rule.weights[i] * f(low + width * (panel + 0.5 + 0.5 * rule.nodes[i]));
  return sum;
}

LookbackMarket random_market(Rng& rng) {
  return {.spot = 100,
          .rate = -0.05 + 0.15 * rng.uniform(),
          .yield = -0.05 + 0.15 * rng.uniform(),
          .vol = 0.1 + 0.7 * rng.uniform()};
}

TEST(Lookback, agrees_with_the_integral_of_the_distribution_of_the_extreme) {
  constexpr std::uint64_t seed = 11;
  Rng rng(seed);
  for (int i = 0; i < 40; ++i) {
    LookbackMarket market = random_market(rng);
    if (i % 4 == 0) market.yield = market.rate;
    const double years = 0.05 + 2.0 * rng.uniform();
    const double drift = market.rate - market.yield - 0.5 * market.vol * market.vol;
    const double stdev = market.vol * std::sqrt(years);
    const double strike = 80 + 60 * rng.uniform();
    // P(ln max/S > y), y >= 0, by reflection; E[(max - K)+] is its integral over the price.
    const auto above = [&](double y) {
      return detail::normal_cdf((drift * years - y) / stdev) +
             std::exp(2.0 * drift * y / (market.vol * market.vol)) *
                 detail::normal_cdf((-y - drift * years) / stdev);
    };
    const double from = std::max(100.0, strike);
    const double expected =
        std::max(0.0, 100.0 - strike) +
        integral([&](double y) { return above(y) * 100.0 * std::exp(y); }, std::log(from / 100.0),
                 std::log(from / 100.0) + 12.0 * stdev + 2.0);
    EXPECT_NEAR(priced(market, {.style = fixed, .right = call, .years = years, .strike = strike}),
                std::exp(-market.rate * years) * expected, 1e-9)
        << "seed " << seed << " case " << i;
  }
}

TEST(Lookback, partial_floating_agrees_with_the_integral_over_price_and_extreme_at_t1) {
  constexpr std::uint64_t seed = 12;
  Rng rng(seed);
  for (int i = 0; i < 16; ++i) {
    LookbackMarket market = random_market(rng);
    if (i % 4 == 0) market.yield = market.rate;
    if (i % 4 == 1) market.yield = market.rate - 1e-5;
    const double years = 0.3 + rng.uniform();
    const double t1 = years * (0.2 + 0.6 * rng.uniform());
    const OptionRight right = rng.chance(0.5) ? call : put;
    const double eta = right == call ? 1.0 : -1.0;
    const double lambda = 1.0 + eta * 0.2 * rng.uniform();
    const double extremum = 100.0 * std::exp(-eta * 0.1 * rng.uniform());
    const double carry = market.rate - market.yield;
    const double variance = market.vol * market.vol;
    const double drift = eta * (carry - 0.5 * variance);
    const double rest = market.vol * std::sqrt(years - t1);
    // p: how far below the start (put: above) the extreme is; w: how far above it the price at t1.
    const auto payoff_density = [&](double p, double w) {
      const double density =
          2.0 * (p + w) / std::sqrt(2.0 * 3.14159265358979323846 * std::pow(variance * t1, 3)) *
          std::exp(-0.5 * (p + w) * (p + w) / (variance * t1) + drift * (w - p) / variance -
                   0.5 * drift * drift * t1 / variance);
      const double spot = 100.0 * std::exp(eta * (w - p));
      const double least = right == call ? std::min(extremum, 100.0 * std::exp(-p))
                                         : std::max(extremum, 100.0 * std::exp(p));
      return density * detail::black_price(right, spot * std::exp(carry * (years - t1)),
                                           lambda * least, rest);
    };
    const double far = 9.0 * market.vol * std::sqrt(t1) + std::fabs(drift) * t1;
    const double kink = eta * std::log(100.0 / extremum);
    const auto over_w = [&](double p) {
      return integral([&](double w) { return payoff_density(p, w); }, 0.0, far, 12);
    };
    const double expected = integral(over_w, 0.0, kink, 4) + integral(over_w, kink, kink + far, 12);
    EXPECT_NEAR(priced(market, {.style = partial_floating,
                                .right = right,
                                .years = years,
                                .extremum = extremum,
                                .t1 = t1,
                                .lambda = lambda}),
                std::exp(-market.rate * years) * expected, 1e-9)
        << "seed " << seed << " case " << i << " lambda " << lambda << " extremum " << extremum;
  }
}

TEST(Lookback, partial_fixed_agrees_with_the_integral_over_the_price_at_t1) {
  constexpr std::uint64_t seed = 13;
  Rng rng(seed);
  for (int i = 0; i < 40; ++i) {
    LookbackMarket market = random_market(rng);
    if (i % 4 == 0) market.yield = market.rate;
    const double years = 0.3 + rng.uniform();
    const double t1 = years * (0.1 + 0.8 * rng.uniform());
    const OptionRight right = rng.chance(0.5) ? call : put;
    const double strike = 80 + 50 * rng.uniform();
    const double mean = (market.rate - market.yield - 0.5 * market.vol * market.vol) * t1;
    const double stdev = market.vol * std::sqrt(t1);
    const auto later = [&](double z) {
      LookbackMarket then = market;
      then.spot = 100.0 * std::exp(mean + stdev * z);
      return detail::normal_density(z) *
             priced(then, {.style = fixed, .right = right, .years = years - t1, .strike = strike});
    };
    const double kink = std::clamp((std::log(strike / 100.0) - mean) / stdev, -11.0, 11.0);
    const double expected = integral(later, -12.0, kink) + integral(later, kink, 12.0);
    EXPECT_NEAR(
        priced(
            market,
            {.style = partial_fixed, .right = right, .years = years, .strike = strike, .t1 = t1}),
        std::exp(-market.rate * t1) * expected, 1e-9)
        << "seed " << seed << " case " << i;
  }
}

TEST(Lookback, is_continuous_where_the_cost_of_carry_is_nothing) {
  const auto at_carry = [](LookbackStyle style, OptionRight right, double carry) {
    Lookback lookback{.style = style, .right = right, .years = 0.7};
    if (style == fixed || style == partial_fixed) lookback.strike = 105;
    if (style == partial_floating || style == partial_fixed) lookback.t1 = 0.3;
    return priced({100, 0.04, 0.04 - carry, 0.6}, lookback);
  };
  for (const LookbackStyle style : {floating, fixed, partial_floating, partial_fixed}) {
    for (const OptionRight right : {call, put}) {
      const double none_at_all = at_carry(style, right, 0.0);
      for (const double carry : {1e-15, 1e-12, 1e-9, -1e-9, -1e-13})
        EXPECT_NEAR(at_carry(style, right, carry), none_at_all, 1e-12 + 200.0 * std::fabs(carry));
      // Smooth across the place where the two ways of computing meet.
      for (double carry = -0.3; carry < 0.3; carry += 0.01) {
        const double h = 1e-3;
        const double bend = at_carry(style, right, carry + h) -
                            2.0 * at_carry(style, right, carry) + at_carry(style, right, carry - h);
        const double wide = at_carry(style, right, carry + 2 * h) -
                            2.0 * at_carry(style, right, carry) +
                            at_carry(style, right, carry - 2 * h);
        EXPECT_NEAR(wide, 4.0 * bend, 1e-8) << carry;
      }
    }
  }
  // Garman's limit: floating call S e^(-rT) (N(a1) - N(a2) + s (phi(a1) + a1 (N(a1) - 1))).
  const double s = 0.6 * std::sqrt(0.7);
  const double a1 = 0.5 * s;
  const double limit = 100 * std::exp(-0.04 * 0.7) *
                       (detail::normal_cdf(a1) - detail::normal_cdf(a1 - s) +
                        s * (detail::normal_density(a1) + a1 * (detail::normal_cdf(a1) - 1.0)));
  EXPECT_NEAR(at_carry(floating, call, 0.0), limit, 1e-12);
}

TEST(Lookback, has_the_limits_of_t1) {
  const LookbackMarket market{100, 0.05, 0.01, 0.3};
  for (const OptionRight right : {call, put}) {
    const double lambda = right == call ? 1.1 : 0.9;
    const Lookback all{.style = partial_floating, .right = right, .years = 1, .t1 = 1.0};
    const double whole = priced(market, {.style = floating, .right = right, .years = 1});
    EXPECT_NEAR(priced(market, all), whole, 1e-11);
    Lookback fraction = all;
    fraction.lambda = lambda;
    Lookback nearly = fraction;
    nearly.t1 = 1.0 - 1e-9;
    EXPECT_NEAR(priced(market, fraction), priced(market, nearly), 1e-7);
    const Lookback from_now{
        .style = partial_fixed, .right = right, .years = 1, .strike = 102, .t1 = 0.0};
    const double watched =
        priced(market, {.style = fixed, .right = right, .years = 1, .strike = 102});
    EXPECT_NEAR(priced(market, from_now), watched, 1e-12);
    Lookback at_end = from_now;
    at_end.t1 = 1.0 - 1e-10;
    const double european =
        std::exp(-0.05) * detail::black_price(right, 100 * std::exp(0.04), 102, 0.3);
    EXPECT_NEAR(priced(market, at_end), european, 1e-3);
  }
}

TEST(Lookback, is_at_fixings_what_spitzer_s_identity_gives) {
  // At the parameters of Broadie, Glasserman and Kou's table: S 100, r 10%, vol 30%, half a year.
  const LookbackMarket market{100, 0.1, 0, 0.3};
  const Lookback lookback{.style = floating, .right = put, .years = 0.5, .extremum = 100};
  const struct {
    int fixings;
    double exact, corrected;
  } rows[] = {{5, 10.0642470900, 9.6112225930},
              {20, 12.4446276714, 12.3240511463},
              {40, 13.2394196801, 13.1781647423},
              {160, 14.2610395468, 14.2454504574}};
  for (const auto& row : rows) {
    EXPECT_NEAR(*lookback_price_discrete(market, lookback, row.fixings), row.exact, 1e-10);
    EXPECT_NEAR(*lookback_price_corrected(market, lookback, row.fixings), row.corrected, 1e-10);
  }
}

/// Spitzer (1956): the sum over n of E[e^(max of 0 and n sums)] z^n is the exponential of the sum
/// over k of E[max(1, e^(sum of k))] z^k / k. The coefficient of z^fixings.
double spitzer_maximum(const LookbackMarket& market, double years, int fixings, double eta) {
  const double step = years / fixings;
  const double drift = eta * (market.rate - market.yield - 0.5 * market.vol * market.vol);
  std::vector<double> single{0.0};
  for (int k = 1; k <= fixings; ++k) {
    const double m = drift * step * k;
    const double s = market.vol * std::sqrt(step * k);
    single.push_back(detail::normal_cdf(-m / s) +
                     std::exp(m + 0.5 * s * s) * detail::normal_cdf(m / s + s));
  }
  std::vector<double> all{1.0};
  for (int n = 1; n <= fixings; ++n) {
    double sum = 0.0;
    for (int k = 1; k <= n; ++k)
      sum += single[static_cast<std::size_t>(k)] * all[static_cast<std::size_t>(n - k)];
    all.push_back(sum / n);
  }
  return all.back();
}

TEST(Lookback, at_fixings_agrees_with_the_identity_at_random_parameters) {
  constexpr std::uint64_t seed = 14;
  Rng rng(seed);
  for (int i = 0; i < 12; ++i) {
    const LookbackMarket market = random_market(rng);
    const double years = 0.05 + 2.0 * rng.uniform();
    const int fixings = 1 + static_cast<int>(rng.below(60));
    const double expected =
        100.0 * std::exp(-market.rate * years) * spitzer_maximum(market, years, fixings, 1.0) -
        100.0 * std::exp(-market.yield * years);
    EXPECT_NEAR(*lookback_price_discrete(market, {.style = floating, .right = put, .years = years},
                                         fixings),
                expected, 1e-9)
        << "seed " << seed << " case " << i << " fixings " << fixings;
  }
}

TEST(Lookback, at_one_fixing_is_what_is_left_of_a_european_option) {
  const LookbackMarket market{100, 0.05, 0.02, 0.4};
  const double forward = 100 * std::exp(0.03 * 0.5);
  const double bond = std::exp(-0.05 * 0.5);
  const double s = 0.4 * std::sqrt(0.5);
  for (const OptionRight right : {call, put}) {
    const double sign = right == call ? 1.0 : -1.0;
    const Lookback lookback{
        .style = fixed, .right = right, .years = 0.5, .strike = 100.0 + sign * 7.0};
    EXPECT_NEAR(*lookback_price_discrete(market, lookback, 1),
                bond * detail::black_price(right, forward, *lookback.strike, s), 1e-12);
  }
  double before = 0.0;
  const Lookback lookback{.style = fixed, .right = put, .years = 0.5, .strike = 95};
  const double continuous = priced(market, lookback);
  for (const int fixings : {1, 2, 4, 8, 16, 64, 512}) {
    const double price = *lookback_price_discrete(market, lookback, fixings);
    EXPECT_GT(price, before);
    EXPECT_LT(price, continuous);
    before = price;
  }
  EXPECT_NEAR(*lookback_price_corrected(market, lookback, 512), before, 0.005);
}

TEST(Lookback, names_what_is_missing_useless_or_outside) {
  const LookbackMarket market{100, 0.05, 0, 0.3};
  const auto refusal = [&](const Lookback& lookback) {
    const auto price = lookback_price(market, lookback);
    return price ? "none" : price.error().what;
  };
  EXPECT_EQ(refusal({.style = fixed, .right = call, .years = 1}),
            "strike is missing: a fixed lookback needs it");
  EXPECT_EQ(refusal({.style = floating, .right = call, .years = 1, .strike = 100}),
            "strike is given, but a floating lookback has none");
  EXPECT_EQ(refusal({.style = partial_floating, .right = call, .years = 1}),
            "t1 is missing: a partial lookback needs it");
  EXPECT_EQ(refusal({.style = floating, .right = call, .years = 1, .extremum = 101}),
            "extremum is 101: it must be the least price so far, not above spot");
  EXPECT_EQ(refusal({.style = partial_floating, .right = call, .years = 1, .t1 = 2.0}),
            "t1 is 2: it must be from 0 to years, 0 excluded");
  Lookback low{.style = floating, .right = call, .years = 1};
  low.lambda = 0.9;
  EXPECT_EQ(refusal(low), "lambda is 0.9: it must be 1 or above for a call");
  EXPECT_EQ(lookback_price_discrete(market, {.style = floating, .right = call, .years = 1}, 0)
                .error()
                .what,
            "monitorings is 0: it must be 1 or above");
}

TEST(BivariateNormal, agrees_with_its_integral_over_one_of_the_two) {
  constexpr std::uint64_t seed = 15;
  Rng rng(seed);
  for (int i = 0; i < 300; ++i) {
    const double a = 3.0 * rng.normal();
    const double b = 3.0 * rng.normal();
    const double rho = std::tanh(2.0 * rng.normal());
    const double rest = std::sqrt(1.0 - rho * rho);
    const auto given = [&](double x) {
      return detail::normal_density(x) * detail::normal_cdf((b - rho * x) / rest);
    };
    if (a < -12.0) continue;
    const double bend = std::clamp(b / rho, -12.0, a);
    const double expected = integral(given, -12.0, bend, 400) + integral(given, bend, a, 400);
    EXPECT_NEAR(detail::bivariate_normal_cdf(a, b, rho), expected, 2e-14)
        << "seed " << seed << " case " << i << " a " << a << " b " << b << " rho " << rho;
  }
  EXPECT_NEAR(detail::bivariate_normal_cdf(0, 0, 0.5), 1.0 / 3.0, 1e-15);
  EXPECT_DOUBLE_EQ(detail::bivariate_normal_cdf(0.3, INFINITY, -0.2), detail::normal_cdf(0.3));
  EXPECT_EQ(detail::bivariate_normal_cdf(0.3, -INFINITY, -0.2), 0.0);
  EXPECT_NEAR(detail::log_normal_cdf(-29.9), detail::log_normal_cdf(-30.1), 30.0 * 0.21);
  EXPECT_NEAR(detail::log_normal_cdf(-35.0), std::log(detail::normal_cdf(-35.0)), 1e-10);
}

}  // namespace
}  // namespace ballast
