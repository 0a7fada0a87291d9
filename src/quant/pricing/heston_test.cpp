#include "quant/pricing/heston.hpp"

#include <cmath>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/detail_black.hpp"

namespace ballast {
namespace {

constexpr OptionRight call = OptionRight::call;
constexpr OptionRight put = OptionRight::put;

double price(const HestonParameters& p, const HestonExpiry& expiry, HestonOption option) {
  double price = 0.0;
  const auto priced = heston_prices(p, expiry, {&option, 1}, {&price, 1});
  EXPECT_TRUE(priced) << (priced ? "" : priced.error().what);
  return price;
}
HestonValue value(const HestonParameters& p, const HestonExpiry& expiry, HestonOption option) {
  HestonValue value;
  const auto valued = heston_values(p, expiry, {&option, 1}, {&value, 1});
  EXPECT_TRUE(valued) << (valued ? "" : valued.error().what);
  return value;
}

/// Another form, slowly: Heston's two probabilities, their integrals by Gauss-Legendre in long
/// double on many panels, the characteristic function as Albrecher and others print it.
long double slow_call(const HestonParameters& p, const HestonExpiry& expiry, long double strike) {
  using C = std::complex<long double>;
  const C i(0, 1);
  const long double s2 = static_cast<long double>(p.sigma) * p.sigma;
  const long double t = expiry.years;
  const auto phi = [&](C u) {
    const C x =
        static_cast<long double>(p.kappa) - static_cast<long double>(p.rho * p.sigma) * i * u;
    const C d = std::sqrt(x * x + s2 * (u * u + i * u));
    const C g = (x - d) / (x + d);
    const C e = std::exp(-d * t);
    const C c = static_cast<long double>(p.kappa * p.theta) / s2 *
                ((x - d) * t - 2.0L * std::log((1.0L - g * e) / (1.0L - g)));
    return std::exp(c +
                    (x - d) / s2 * (1.0L - e) / (1.0L - g * e) * static_cast<long double>(p.v0));
  };
  const long double x = std::log(static_cast<long double>(expiry.forward) / strike);
  constexpr long double nodes[] = {0.1488743389816312108848260L, 0.4333953941292471907992659L,
                                   0.6794095682990244062343274L, 0.8650633666889845107320967L,
                                   0.9739065285171717200779640L};
  constexpr long double weights[] = {0.2955242247147528701738930L, 0.2692667193099963550912269L,
                                     0.2190863625159820439955349L, 0.1494513491505805931457763L,
                                     0.0666713443086881375935688L};
  long double first = 0, second = 0;
  constexpr int panels = 2000;
  constexpr long double width = 0.1L;
  for (int panel = 0; panel < panels; ++panel) {
    for (int n = 0; n < 10; ++n) {
      const long double side = n < 5 ? 1 : -1;
      const long double u = width * (panel + 0.5L + 0.5L * side * nodes[n % 5]);
      const long double weight = 0.5L * width * weights[n % 5];
      const C turn = std::exp(i * u * x) / (i * u);
      first += weight * (turn * phi(C(u, -1))).real();
      second += weight * (turn * phi(C(u, 0))).real();
    }
  }
  const long double pi = std::acos(-1.0L);
  return expiry.discount * (expiry.forward * (0.5L + first / pi) - strike * (0.5L + second / pi));
}

HestonParameters random_parameters(Rng& rng) {
  return {.v0 = 0.02 + 0.5 * rng.uniform(),
          .kappa = 0.2 + 5.0 * rng.uniform(),
          .theta = 0.02 + 0.5 * rng.uniform(),
          .sigma = 0.1 + 1.5 * rng.uniform(),
          .rho = -0.9 + 1.8 * rng.uniform()};
}

TEST(Heston, agrees_with_the_two_probabilities_integrated_slowly) {
  constexpr std::uint64_t seed = 20250301;
  Rng rng(seed);
  for (int i = 0; i < 5; ++i) {
    const HestonParameters p = random_parameters(rng);
    const HestonExpiry expiry{100, 0.97, 0.3 + 2.0 * rng.uniform()};
    for (const double strike : {55.0, 100.0, 170.0}) {
      EXPECT_NEAR(price(p, expiry, {call, strike}),
                  static_cast<double>(slow_call(p, expiry, strike)), 2e-11)
          << "seed " << seed << " case " << i << " strike " << strike << " v0 " << p.v0 << " kappa "
          << p.kappa << " theta " << p.theta << " sigma " << p.sigma << " rho " << p.rho;
    }
  }
}

/// Of sixth order.
double difference(const std::function<double(double)>& f, double at, double h) {
  return (45.0 * (f(at + h) - f(at - h)) - 9.0 * (f(at + 2 * h) - f(at - 2 * h)) +
          (f(at + 3 * h) - f(at - 3 * h))) /
         (60.0 * h);
}

TEST(Heston, has_the_derivatives_that_differences_show) {
  constexpr std::uint64_t seed = 77;
  Rng rng(seed);
  using Member = double HestonParameters::*;
  const Member members[] = {&HestonParameters::v0, &HestonParameters::kappa,
                            &HestonParameters::theta, &HestonParameters::sigma,
                            &HestonParameters::rho};
  for (int i = 0; i < 40; ++i) {
    const HestonParameters p = random_parameters(rng);
    const HestonExpiry expiry{100, 0.97, 0.02 + 2.0 * rng.uniform()};
    const HestonOption option{rng.chance(0.5) ? call : put, 60.0 + 90.0 * rng.uniform()};
    const HestonValue here = value(p, expiry, option);
    for (const Member member : members) {
      const auto moved = [&](double to) {
        HestonParameters q = p;
        q.*member = to;
        return price(q, expiry, option);
      };
      const double h = 0.005 * std::max(0.02, std::fabs(p.*member));
      EXPECT_NEAR(here.gradient.*member, difference(moved, p.*member, h),
                  2e-8 * (1.0 + std::fabs(here.gradient.*member)))
          << "seed " << seed << " case " << i;
    }
    const auto at_forward = [&](double forward) {
      return value(p, {forward, expiry.discount, expiry.years}, option);
    };
    EXPECT_NEAR(here.delta, difference([&](double f) { return at_forward(f).price; }, 100, 0.2),
                1e-9)
        << "seed " << seed << " case " << i;
    EXPECT_NEAR(here.gamma, difference([&](double f) { return at_forward(f).delta; }, 100, 0.2),
                1e-9)
        << "seed " << seed << " case " << i;
  }
}

TEST(Heston, is_black_without_volatility_of_the_variance) {
  const HestonParameters still{0.04, 1.5, 0.09, 0.0, -0.4};
  const HestonExpiry expiry{100, 0.95, 0.8};
  const double stdev = std::sqrt(heston_expected_variance(still, expiry.years));
  for (const double strike : {40.0, 80.0, 100.0, 130.0, 260.0}) {
    const double black = 0.95 * detail::black_price(call, expiry.forward, strike, stdev);
    EXPECT_NEAR(price(still, expiry, {call, strike}), black, 1e-12);
    // The derivative by sigma at 0 is the slope there: nothing divides by sigma.
    HestonParameters nearly = still;
    nearly.sigma = 1e-7;
    EXPECT_NEAR((price(nearly, expiry, {call, strike}) - black) / 1e-7,
                value(still, expiry, {call, strike}).gradient.sigma, 1e-4);
  }
}

TEST(Heston, keeps_parity_bounds_and_convexity_at_random_parameters) {
  constexpr std::uint64_t seed = 4711;
  Rng rng(seed);
  for (int i = 0; i < 60; ++i) {
    const HestonParameters p = random_parameters(rng);
    const HestonExpiry expiry{1000, 0.9, std::exp(-7.0 + 8.0 * rng.uniform())};
    std::vector<HestonOption> options;
    for (double strike = 400; strike <= 1800; strike += 50)
      for (const OptionRight right : {call, put})
        options.push_back({right, strike});
    std::vector<double> prices(options.size());
    ASSERT_TRUE(heston_prices(p, expiry, options, prices));
    for (std::size_t j = 0; j < options.size(); j += 2) {
      const double strike = options[j].strike;
      EXPECT_NEAR(prices[j] - prices[j + 1], 0.9 * (1000 - strike), 1e-10);
      EXPECT_GE(prices[j], 0.9 * std::max(0.0, 1000 - strike));
      EXPECT_LE(prices[j], 900.0);
      if (j < 2 || j + 2 >= options.size()) continue;
      EXPECT_LE(prices[j], prices[j - 2] + 1e-10) << "seed " << seed << " case " << i;
      EXPECT_GE(prices[j - 2] - 2.0 * prices[j] + prices[j + 2], -1e-9)
          << "seed " << seed << " case " << i << " strike " << strike;
      EXPECT_NEAR(prices[j], price(p, expiry, options[j]), 1e-9)
          << "alone or among others: seed " << seed << " case " << i;
    }
  }
}

TEST(Heston, has_a_characteristic_function_that_is_a_martingale_and_knows_its_mean) {
  const HestonParameters p{0.09, 1.2, 0.08, 1.8, -0.45};
  for (const double years : {0.0, 0.1, 5.0}) {
    EXPECT_NEAR(std::abs(heston_characteristic(p, years, {0.0, 0.0})->log_phi), 0.0, 1e-15);
    EXPECT_NEAR(std::abs(heston_characteristic(p, years, {0.0, -1.0})->log_phi), 0.0, 1e-14);
    // d ln phi / du at 0 is i E[ln S_T/F] = -i/2 E[total variance].
    const double h = 1e-4;
    EXPECT_NEAR(heston_characteristic(p, years, {h, 0.0})->log_phi.imag() / h,
                -0.5 * heston_expected_variance(p, years), 1e-6);
  }
}

TEST(Heston, names_what_is_outside_its_domain) {
  const HestonParameters good{0.04, 1, 0.04, 0.5, -0.5};
  const auto refusal = [](HestonParameters p, HestonExpiry expiry, double strike) {
    const HestonOption option{call, strike};
    double price = 0.0;
    const auto result = heston_prices(p, expiry, {&option, 1}, {&price, 1});
    return result ? "none" : result.error().what;
  };
  HestonParameters p = good;
  p.rho = -1.0;
  EXPECT_EQ(refusal(p, {100, 1, 1}, 100), "rho is -1: it must be -1 to 1, both excluded");
  p = good;
  p.kappa = 0.0;
  EXPECT_EQ(refusal(p, {100, 1, 1}, 100), "kappa is 0: it must be above 0");
  p = good;
  p.v0 = p.theta = 0.0;
  EXPECT_EQ(refusal(p, {100, 1, 1}, 100), "v0 and theta are both 0: there is no variance to price");
  EXPECT_EQ(refusal(good, {100, 1, 0}, 100), "years is 0: it must be above 0");
  EXPECT_EQ(refusal(good, {100, 1, 1}, std::nan("")), "strike is nan: it must be above 0");
  p = {1e-6, 1e-6, 1e-6, 50.0, -0.99};
  const HestonOption option{call, 100};
  double slow = 0.0;
  const auto result = heston_prices(p, {100, 1, 1}, {&option, 1}, {&slow, 1});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::no_convergence) << result.error().what;
}

}  // namespace
}  // namespace ballast
