#include "quant/pricing/svi.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/detail_black.hpp"

namespace ballast {
namespace {

/// Axel Vogt's smile, which has butterfly arbitrage: Gatheral and Jacquier (2014), examples 3.1 and
/// 5.1.
constexpr RawSvi vogt{-0.0410, 0.1331, 0.3060, 0.3586, 0.4153};

TEST(Svi, gives_the_values_of_vogt_s_example) {
  const struct {
    double k, w;
  } variances[] = {{-1.0, 0.09275565217221}, {-0.5, 0.05097657169033}, {0.0, 0.01742625255516},
                   {0.5, 0.02315156561219},  {0.8, 0.05764411607356},  {1.5, 0.1671516998864}};
  for (const auto& row : variances)
    EXPECT_NEAR(svi_total_variance(vogt, row.k), row.w, 1e-13) << row.k;
  const struct {
    double k, g;
  } gs[] = {{-1.0, 0.2678703587365},
            {-0.5, 0.3568535725377},
            {0.0, 1.038649731282},
            {0.5, 0.06937921130083},
            {1.5, 0.0291238656582}};
  for (const auto& row : gs)
    EXPECT_NEAR(*durrleman_g(vogt, row.k), row.g, 1e-11) << row.k;
  const ButterflyCheck check = *check_butterfly(vogt);
  EXPECT_NEAR(check.g_min, -0.03286357338702, 1e-9);
  EXPECT_NEAR(check.at_k, 0.879275, 1e-4);
  EXPECT_FALSE(check.is_free);
  const SviJumpWings wings = svi_jump_wings(vogt, 1.0);
  EXPECT_NEAR(wings.variance, 0.01742625255516, 1e-13);
  EXPECT_NEAR(wings.skew, -0.1752111, 1e-7);
  EXPECT_NEAR(wings.put_slope, 0.6997381041168, 1e-12);
  EXPECT_NEAR(wings.call_slope, 1.316798218986, 1e-12);
  EXPECT_NEAR(wings.variance_minimum, 0.01162490323548, 1e-13);
  // Their repair: with the call wing at p + 2 psi the smile is free.
  EXPECT_NEAR(wings.put_slope + 2.0 * wings.skew, 0.3493158224986, 1e-12);
  EXPECT_NEAR(svi_slopes(vogt).right, 0.1331 * 1.3060, 1e-15);
  EXPECT_NEAR(svi_slopes(vogt).left, 0.1331 * 0.6940, 1e-15);
}

TEST(Svi, has_the_derivatives_that_differences_show) {
  for (const double k : {-2.0, -0.3, 0.0, 0.36, 1.7}) {
    const SviDerivatives d = svi_derivatives(vogt, k);
    const double h = 1e-4;
    const double up = svi_total_variance(vogt, k + h);
    const double down = svi_total_variance(vogt, k - h);
    EXPECT_NEAR(d.by_k, (up - down) / (2 * h), 1e-8);
    EXPECT_NEAR(d.by_k_twice, (up - 2 * d.w + down) / (h * h), 1e-6);
  }
}

TEST(Svi, has_a_density_that_g_is_proportional_to) {
  // d^2 C / dK^2 = g / (K sqrt(2 pi w)) e^(-d2^2 / 2), at F = 1.
  const auto call = [](double strike) {
    const double w = svi_total_variance(vogt, std::log(strike));
    return detail::black_price(OptionRight::call, 1.0, strike, std::sqrt(w));
  };
  for (const double k : {-0.6, -0.2, 0.1, 0.4, 0.88}) {
    const double strike = std::exp(k);
    const double h = 1e-3 * strike;
    const double density = (-call(strike + 2 * h) + 16 * call(strike + h) - 30 * call(strike) +
                            16 * call(strike - h) - call(strike - 2 * h)) /
                           (12 * h * h);
    const double s = std::sqrt(svi_total_variance(vogt, k));
    const double d2 = -k / s - 0.5 * s;
    EXPECT_NEAR(density, *durrleman_g(vogt, k) * detail::normal_density(d2) / (strike * s), 1e-6);
  }
}

TEST(Svi, finds_arbitrage_wherever_it_is) {
  EXPECT_TRUE(check_butterfly({0.04, 0.1, -0.4, 0.0, 0.3})->is_free);
  EXPECT_FALSE(check_butterfly({0.04, 1.5, 0.5, 0.0, 0.3})->is_free) << "a wing of 2.25";
  const RawSvi flat{0.04, 0.0, 0.0, 0.0, 0.1};
  EXPECT_NEAR(check_butterfly(flat)->g_min, 1.0, 1e-12);
  const RawSvi later{0.05, 0.1, -0.4, 0.0, 0.3};
  const RawSvi earlier{0.04, 0.1, -0.4, 0.0, 0.3};
  EXPECT_NEAR(check_calendar(earlier, later).gap_min, 0.01, 1e-9);
  EXPECT_TRUE(check_calendar(earlier, later).is_free);
  EXPECT_FALSE(check_calendar(later, earlier).is_free);
  RawSvi steeper = earlier;
  steeper.b = 0.11;
  EXPECT_FALSE(check_calendar(steeper, later).is_free) << "they cross far out";
}

TEST(Svi, has_ssvi_slices_that_are_the_same_smile) {
  const Ssvi ssvi{-0.4, 1.2, 0.5};
  EXPECT_NEAR(ssvi_total_variance(ssvi, 0.04, -0.3), 0.08114129659254, 1e-13);
  EXPECT_NEAR(ssvi_total_variance(ssvi, 0.04, 0.0), 0.04, 1e-15);
  EXPECT_NEAR(ssvi_total_variance(ssvi, 0.04, 0.4), 0.04432720951408, 1e-13);
  EXPECT_NEAR(ssvi_conditions(ssvi, 0.04).first, 0.3294751070321, 1e-12);
  EXPECT_NEAR(ssvi_conditions(ssvi, 0.04).second, 1.938461538462, 1e-12);
  EXPECT_TRUE(ssvi_conditions(ssvi, 0.04).hold);
  const Ssvi steep{-0.7, 2.5, 0.4};
  EXPECT_NEAR(ssvi_conditions(steep, 0.25).first, 1.618105847908, 1e-12);
  EXPECT_NEAR(ssvi_conditions(steep, 0.25).second, 6.16062714126, 1e-11);
  EXPECT_FALSE(ssvi_conditions(steep, 0.25).hold);
  const RawSvi raw = ssvi_slice(steep, 0.25);
  EXPECT_NEAR(raw.a, 0.06375, 1e-12);
  EXPECT_NEAR(raw.b, 0.475913484679, 1e-12);
  EXPECT_NEAR(raw.m, 0.183856946308, 1e-12);
  EXPECT_NEAR(raw.sigma, 0.187571603307, 1e-12);
  for (const double k : {-1.0, -0.2, 0.0, 0.7})
    EXPECT_NEAR(svi_total_variance(raw, k), ssvi_total_variance(steep, 0.25, k), 1e-14);
}

TEST(Svi, is_free_wherever_the_conditions_of_ssvi_say_so) {
  constexpr std::uint64_t seed = 99;
  Rng rng(seed);
  int held = 0;
  for (int i = 0; i < 300; ++i) {
    const Ssvi ssvi{-0.95 + 1.9 * rng.uniform(), 3.0 * rng.uniform() + 0.05,
                    0.05 + 0.9 * rng.uniform()};
    const double theta = std::exp(-6.0 + 7.0 * rng.uniform());
    if (!ssvi_conditions(ssvi, theta).hold) continue;
    ++held;
    EXPECT_TRUE(check_butterfly(ssvi_slice(ssvi, theta))->is_free)
        << "seed " << seed << " case " << i;
    EXPECT_TRUE(check_calendar(ssvi_slice(ssvi, theta), ssvi_slice(ssvi, 1.1 * theta)).gap_min >=
                -1e-12)
        << "seed " << seed << " case " << i;
  }
  EXPECT_GT(held, 50);
}

TEST(Svi, names_what_is_outside_its_domain) {
  EXPECT_EQ(check_svi({0.04, -1.0, 0.0, 0.0, 0.1}).error().what, "b is -1: it must be 0 or above");
  EXPECT_EQ(check_svi({0.04, 0.1, 1.0, 0.0, 0.1}).error().what,
            "rho is 1: it must be -1 to 1, both excluded");
  EXPECT_EQ(check_svi({0.04, 0.1, 0.0, 0.0, 0.0}).error().what, "sigma is 0: it must be above 0");
  EXPECT_EQ(check_svi({-1.0, 0.1, 0.0, 0.0, 0.1}).error().code, Errc::bad_input);
  EXPECT_EQ(durrleman_g({0.0, 0.0, 0.0, 0.0, 0.1}, 0.0).error().code, Errc::divide_by_zero);
}

}  // namespace
}  // namespace ballast
