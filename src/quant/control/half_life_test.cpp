#include "quant/control/half_life.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/control/avellaneda_stoikov.hpp"
#include "quant/control/glft.hpp"

namespace ballast {
namespace {

constexpr HalfLifeInput market{.half_life = 60.0, .sigma = 0.4, .k = 0.3, .fill_rate = 0.9};

GlftInput glft_of(const HalfLifeInput& input, double gamma) {
  return {.gamma = gamma, .sigma = input.sigma, .k = input.k, .fill_rate = input.fill_rate};
}

/// The half-life of the quotes themselves, by the two models' own functions; infinite for a double
/// when the skew is enormous.
constexpr double infinite = std::numeric_limits<double>::infinity();
double glft_half_life(const HalfLifeInput& input, double gamma) {
  const auto flat = glft_closed_form(glft_of(input, gamma), 0.0).value();
  const auto held = glft_closed_form(glft_of(input, gamma), 1.0).value();
  return inventory_half_life(input.fill_rate, input.k, *flat.bid, *held.bid - *flat.bid)
      .value_or(infinite);
}

double avellaneda_stoikov_half_life(const HalfLifeInput& input, double gamma, double horizon) {
  AvellanedaStoikovInput quote{
      .gamma = gamma, .sigma = input.sigma, .k = input.k, .horizon = horizon};
  const auto flat = avellaneda_stoikov(quote).value();
  quote.q = 1.0;
  const auto held = avellaneda_stoikov(quote).value();
  return inventory_half_life(input.fill_rate, input.k, -flat.bid, flat.bid - held.bid)
      .value_or(infinite);
}

/// The shortest half-life over a fine grid of aversions.
template <class HalfLife>
double shortest(const HalfLifeInput& input, const HalfLife& half_life) {
  double least = infinite;
  for (double x = 1e-4; x < 1e6; x *= 1.01)
    least = std::min(least, half_life(input, x * input.k));
  return least;
}

HalfLifeInput random_market(Rng& rng) {
  HalfLifeInput input;
  input.k = std::exp(rng.normal() * 2.0);
  input.sigma = std::exp(rng.normal()) / input.k;
  input.fill_rate = std::exp(rng.normal() * 2.0);
  return input;
}

TEST(HalfLife, gives_quotes_that_have_it) {
  Rng rng(1);
  for (int round = 0; round < 300; ++round) {
    HalfLifeInput input = random_market(rng);
    const double horizon = std::exp(rng.normal() * 2.0);
    const auto stoikov = [&](const HalfLifeInput& in, double gamma) {
      return avellaneda_stoikov_half_life(in, gamma, horizon);
    };
    const double longer = 1.05 + 50.0 * rng.uniform();
    input.half_life = longer * shortest(input, glft_half_life);
    const auto glft = glft_half_life_gamma(input);
    ASSERT_TRUE(glft) << "seed 1, round " << round << ": " << glft.error().what;
    EXPECT_NEAR(glft_half_life(input, *glft) / input.half_life, 1.0, 1e-9) << "round " << round;
    // The smaller of the two aversions that have it: a little less has a longer one.
    EXPECT_GT(glft_half_life(input, 0.999 * *glft), input.half_life) << "round " << round;

    input.half_life = longer * shortest(input, stoikov);
    const auto other = avellaneda_stoikov_half_life_gamma(input, horizon);
    ASSERT_TRUE(other) << "seed 1, round " << round << ": " << other.error().what;
    EXPECT_NEAR(stoikov(input, *other) / input.half_life, 1.0, 1e-9) << "round " << round;
    EXPECT_GT(stoikov(input, 0.999 * *other), input.half_life) << "round " << round;
  }
}

TEST(HalfLife, is_refused_just_below_the_shortest_that_quotes_can_have) {
  Rng rng(2);
  for (int round = 0; round < 100; ++round) {
    HalfLifeInput input = random_market(rng);
    const double least = shortest(input, glft_half_life);
    input.half_life = 0.9999 * least;
    const auto none = glft_half_life_gamma(input);
    ASSERT_FALSE(none) << "seed 2, round " << round;
    EXPECT_EQ(none.error().code, Errc::no_convergence);
    EXPECT_NE(none.error().what.find("the shortest"), std::string::npos) << none.error().what;
    input.half_life = 1.0001 * least;
    EXPECT_TRUE(glft_half_life_gamma(input)) << "seed 2, round " << round;
  }
  HalfLifeInput input = market;
  input.half_life = 0.5;
  EXPECT_EQ(glft_half_life_gamma(input).error().what,
            "no risk aversion gives a half-life of 0.5: the shortest with a fill rate of 0.9 is "
            "0.60522");
}

TEST(HalfLife, is_that_of_simulated_fills) {
  // A chain of fills at the two quotes from 8 fills held: the mean over many paths after one
  // half-life. k s is small here, so that the drift is linear as far as 8 fills.
  HalfLifeInput input = market;
  input.sigma = 0.02;
  input.half_life = 300.0;
  const double gamma = glft_half_life_gamma(input).value();
  const GlftInput quotes = glft_of(input, gamma);
  const double half = *glft_closed_form(quotes, 0.0)->bid;
  const double skew = *glft_closed_form(quotes, 1.0)->bid - half;
  ASSERT_LT(input.k * skew * 16.0, 0.2);

  constexpr std::uint64_t seed = 3;
  constexpr int paths = 20'000;
  Rng rng(seed);
  double sum = 0.0;
  double squares = 0.0;
  for (int path = 0; path < paths; ++path) {
    double t = 0.0;
    int held = 8;
    while (true) {
      const double up = input.fill_rate * std::exp(-input.k * (half + skew * held));
      const double down = input.fill_rate * std::exp(-input.k * (half - skew * held));
      t -= std::log(1.0 - rng.uniform()) / (up + down);
      if (t > input.half_life) break;
      held += rng.chance(up / (up + down)) ? 1 : -1;
    }
    sum += held;
    squares += static_cast<double>(held) * held;
  }
  const double mean = sum / paths;
  const double error = std::sqrt((squares / paths - mean * mean) / paths);
  EXPECT_NEAR(mean, 4.0, 5.0 * error) << "seed " << seed << ", standard error " << error;
  EXPECT_LT(error, 0.1);
}

TEST(HalfLife, does_not_depend_on_the_units) {
  const double gamma = glft_half_life_gamma(market).value();
  HalfLifeInput cents = market;  // prices a hundred times as large
  cents.sigma *= 100.0;
  cents.k /= 100.0;
  EXPECT_NEAR(glft_half_life_gamma(cents).value() * 100.0, gamma, 1e-9 * gamma);
  HalfLifeInput minutes = market;
  minutes.half_life /= 60.0;
  minutes.sigma *= std::sqrt(60.0);
  minutes.fill_rate *= 60.0;
  EXPECT_NEAR(glft_half_life_gamma(minutes).value(), gamma, 1e-9 * gamma);
}

TEST(HalfLife, names_what_is_outside_its_domain) {
  HalfLifeInput input = market;
  input.half_life = 0.0;
  EXPECT_EQ(glft_half_life_gamma(input).error().what, "half_life is 0: it must be above 0");
  input = market;
  input.sigma = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(glft_half_life_gamma(input).error().what, "sigma is nan: it must be above 0");
  EXPECT_EQ(avellaneda_stoikov_half_life_gamma(market, 0.0).error().what,
            "horizon is 0: it must be above 0");
  EXPECT_EQ(inventory_half_life(1.0, 1.0, 0.0, 0.0).error().what, "skew is 0: it must be above 0");
  EXPECT_EQ(inventory_half_life(1.0, 1.0, 1e6, 1.0).error().code, Errc::overflow);
  input = market;
  input.half_life = 1e300;
  EXPECT_EQ(glft_half_life_gamma(input).error().code, Errc::no_convergence);
}

TEST(HalfLife, answers_with_a_finite_aversion_or_an_error_whatever_the_scale) {
  Rng rng(4);
  for (int round = 0; round < 2000; ++round) {
    const auto wide = [&] { return std::exp(rng.normal() * 60.0); };
    const HalfLifeInput input{wide(), wide(), wide(), wide()};
    for (const auto& gamma :
         {glft_half_life_gamma(input), avellaneda_stoikov_half_life_gamma(input, wide())}) {
      if (gamma) {
        EXPECT_TRUE(std::isfinite(*gamma) && *gamma > 0.0) << "seed 4, round " << round;
      }
    }
  }
}

}  // namespace
}  // namespace ballast
