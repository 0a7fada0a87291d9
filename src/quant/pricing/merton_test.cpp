#include "quant/pricing/merton.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/pricing/detail_black.hpp"
#include "quant/pricing/gap_option.hpp"

namespace ballast {
namespace {

/// Haug's (1998, page 9) parameters, total vol 25%, and others; values by the series with 25
/// digits, the last four also by the integral of the characteristic function.
struct JumpRow {
  double spot, strike, rate, yield, years, sigma, lambda, jump_mean, jump_sd, price;
};
// clang-format off
const JumpRow jump_rows[] = {
    {100.0, 80.0, 0.08, 0.0, 0.1, 0.2165063509461097, 5.0, -0.0015625, 0.05590169943749474, 20.646110700278},
    {100.0, 80.0, 0.08, 0.0, 0.1, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 20.64342208489},
    {100.0, 80.0, 0.08, 0.0, 0.5, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 23.605461950402},
    {100.0, 90.0, 0.08, 0.0, 0.1, 0.2165063509461097, 5.0, -0.0015625, 0.05590169943749474, 10.984746392557},
    {100.0, 90.0, 0.08, 0.0, 0.1, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 10.978841087498},
    {100.0, 90.0, 0.08, 0.0, 0.5, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 15.421728019256},
    {100.0, 100.0, 0.08, 0.0, 0.1, 0.2165063509461097, 5.0, -0.0015625, 0.05590169943749474, 3.513206296784},
    {100.0, 100.0, 0.08, 0.0, 0.1, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 3.532474965515},
    {100.0, 100.0, 0.08, 0.0, 0.5, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 9.0312765970807},
    {100.0, 110.0, 0.08, 0.0, 0.1, 0.2165063509461097, 5.0, -0.0015625, 0.05590169943749474, 0.56487249272027},
    {100.0, 110.0, 0.08, 0.0, 0.1, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 0.56387306813323},
    {100.0, 110.0, 0.08, 0.0, 0.5, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 4.7410558253761},
    {100.0, 120.0, 0.08, 0.0, 0.1, 0.2165063509461097, 5.0, -0.0015625, 0.05590169943749474, 0.057942481071682},
    {100.0, 120.0, 0.08, 0.0, 0.1, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 0.050151172177342},
    {100.0, 120.0, 0.08, 0.0, 0.5, 0.2165063509461097, 10.0, -0.00078125, 0.03952847075210474, 2.253041180121},
    {100.0, 80.0, 0.08, 0.0, 0.1, 0.1767766952966369, 5.0, -0.003125, 0.07905694150420948, 20.660737309622},
    {100.0, 80.0, 0.08, 0.0, 0.1, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 20.650601524575},
    {100.0, 80.0, 0.08, 0.0, 0.5, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 23.616755406031},
    {100.0, 90.0, 0.08, 0.0, 0.1, 0.1767766952966369, 5.0, -0.003125, 0.07905694150420948, 11.022845415475},
    {100.0, 90.0, 0.08, 0.0, 0.1, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 11.002031963276},
    {100.0, 90.0, 0.08, 0.0, 0.5, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 15.414950613288},
    {100.0, 100.0, 0.08, 0.0, 0.1, 0.1767766952966369, 5.0, -0.003125, 0.07905694150420948, 3.3927544756084},
    {100.0, 100.0, 0.08, 0.0, 0.1, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 3.4642765476514},
    {100.0, 100.0, 0.08, 0.0, 0.5, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 9.001330272033},
    {100.0, 110.0, 0.08, 0.0, 0.1, 0.1767766952966369, 5.0, -0.003125, 0.07905694150420948, 0.57789864084303},
    {100.0, 110.0, 0.08, 0.0, 0.1, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 0.57338525603287},
    {100.0, 110.0, 0.08, 0.0, 0.5, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 4.7119488509344},
    {100.0, 120.0, 0.08, 0.0, 0.1, 0.1767766952966369, 5.0, -0.003125, 0.07905694150420948, 0.099379896690168},
    {100.0, 120.0, 0.08, 0.0, 0.1, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 0.073166584059935},
    {100.0, 120.0, 0.08, 0.0, 0.5, 0.1767766952966369, 10.0, -0.0015625, 0.05590169943749474, 2.2443848589675},
    {100.0, 80.0, 0.08, 0.0, 0.1, 0.125, 5.0, -0.0046875, 0.09682458365518542, 20.682028136463},
    {100.0, 80.0, 0.08, 0.0, 0.1, 0.125, 10.0, -0.00234375, 0.06846531968814576, 20.661519763941},
    {100.0, 80.0, 0.08, 0.0, 0.5, 0.125, 10.0, -0.00234375, 0.06846531968814576, 23.63628548237},
    {100.0, 90.0, 0.08, 0.0, 0.1, 0.125, 5.0, -0.0046875, 0.09682458365518542, 11.09147567222},
    {100.0, 90.0, 0.08, 0.0, 0.1, 0.125, 10.0, -0.00234375, 0.06846531968814576, 11.044583314365},
    {100.0, 90.0, 0.08, 0.0, 0.5, 0.125, 10.0, -0.00234375, 0.06846531968814576, 15.405731191295},
    {100.0, 100.0, 0.08, 0.0, 0.1, 0.125, 5.0, -0.0046875, 0.09682458365518542, 3.1638835790983},
    {100.0, 100.0, 0.08, 0.0, 0.1, 0.125, 10.0, -0.00234375, 0.06846531968814576, 3.3307003527144},
    {100.0, 100.0, 0.08, 0.0, 0.5, 0.125, 10.0, -0.00234375, 0.06846531968814576, 8.9488882257811},
    {100.0, 110.0, 0.08, 0.0, 0.1, 0.125, 5.0, -0.0046875, 0.09682458365518542, 0.62467003173393},
    {100.0, 110.0, 0.08, 0.0, 0.1, 0.125, 10.0, -0.00234375, 0.06846531968814576, 0.60425209132278},
    {100.0, 110.0, 0.08, 0.0, 0.5, 0.125, 10.0, -0.00234375, 0.06846531968814576, 4.6614660396585},
    {100.0, 120.0, 0.08, 0.0, 0.1, 0.125, 5.0, -0.0046875, 0.09682458365518542, 0.15481670704197},
    {100.0, 120.0, 0.08, 0.0, 0.1, 0.125, 10.0, -0.00234375, 0.06846531968814576, 0.10509600463098},
    {100.0, 120.0, 0.08, 0.0, 0.5, 0.125, 10.0, -0.00234375, 0.06846531968814576, 2.2322722035671},
    {100.0, 100.0, 0.05, 0.0, 1.0, 0.2, 1.0, -0.1, 0.15, 12.7612885936288},
    {100.0, 90.0, 0.05, 0.0, 0.5, 0.2, 3.0, -0.1, 0.15, 17.0258753675542},
    {100.0, 120.0, 0.03, 0.01, 2.0, 0.35, 0.5, -0.3, 0.25, 17.7002179340523},
    {100.0, 100.0, 0.05, 0.0, 1.0, 0.2, 0.02, -12.0, 0.0001, 11.5414618926411},
};
// clang-format on

MertonInput input_of(const JumpRow& row) {
  return {.forward = row.spot * std::exp((row.rate - row.yield) * row.years),
          .discount = std::exp(-row.rate * row.years),
          .strike = row.strike,
          .years = row.years,
          .sigma = row.sigma,
          .lambda = row.lambda,
          .jump_mean = row.jump_mean,
          .jump_sd = row.jump_sd};
}

TEST(Merton, gives_the_prices_of_the_literature) {
  for (const JumpRow& row : jump_rows) {
    const auto price = merton_price(OptionRight::call, input_of(row));
    ASSERT_TRUE(price) << price.error().what;
    EXPECT_NEAR(*price, row.price, 2e-11) << row.strike << " " << row.years << " " << row.lambda;
  }
}

TEST(Merton, is_black_at_the_rate_plus_lambda_when_a_jump_is_ruin) {
  // Merton (1976), page 135.
  const struct {
    double lambda, price;
  } ruins[] = {{0.01, 10.989549152626}, {0.05, 13.2696765846609}, {0.2, 23.0097346905662}};
  for (const auto& ruin : ruins) {
    const MertonInput input{.forward = 100 * std::exp(0.05),
                            .discount = std::exp(-0.05),
                            .strike = 100,
                            .years = 1,
                            .sigma = 0.2,
                            .lambda = ruin.lambda,
                            .jump_mean = -800.0,
                            .jump_sd = 0.0};
    EXPECT_NEAR(*merton_price(OptionRight::call, input), ruin.price, 1e-11);
    const double parity = input.discount * (input.forward - 100);
    EXPECT_NEAR(*merton_price(OptionRight::put, input), ruin.price - parity, 1e-11);
  }
}

TEST(Merton, keeps_parity_and_is_black_without_jumps) {
  constexpr std::uint64_t seed = 31;
  Rng rng(seed);
  for (int i = 0; i < 200; ++i) {
    MertonInput input{.forward = 100,
                      .discount = 0.95,
                      .strike = 50 + 100 * rng.uniform(),
                      .years = 0.01 + 3 * rng.uniform(),
                      .sigma = rng.uniform(),
                      .lambda = std::exp(-4 + 10 * rng.uniform()),
                      .jump_mean = 0.3 * rng.normal(),
                      .jump_sd = 0.3 * rng.uniform()};
    const auto call = merton_price(OptionRight::call, input);
    const auto put = merton_price(OptionRight::put, input);
    ASSERT_TRUE(call && put);
    EXPECT_NEAR(*call - *put, 0.95 * (100 - input.strike), 1e-9)
        << "seed " << seed << " case " << i;
    input.lambda = 0.0;
    EXPECT_NEAR(*merton_price(OptionRight::call, input),
                0.95 * detail::black_price(OptionRight::call, 100, input.strike,
                                           input.sigma * std::sqrt(input.years)),
                1e-12);
  }
}

TEST(Merton, is_the_same_when_many_small_jumps_are_a_diffusion) {
  // lambda jumps of sd d have the variance lambda d^2.
  const MertonInput input{.forward = 100,
                          .discount = 1,
                          .strike = 105,
                          .years = 0.5,
                          .sigma = 0.1,
                          .lambda = 1e5,
                          .jump_mean = 0,
                          .jump_sd = std::sqrt(0.03 / 1e5)};
  EXPECT_NEAR(*merton_price(OptionRight::call, input),
              detail::black_price(OptionRight::call, 100, 105, std::sqrt(0.04 * 0.5)), 1e-4);
}

TEST(Merton, names_what_is_outside_its_domain) {
  MertonInput input = input_of(jump_rows[0]);
  input.lambda = 1e15;
  EXPECT_EQ(merton_price(OptionRight::call, input).error().code, Errc::no_convergence);
  input.lambda = -1;
  EXPECT_EQ(merton_price(OptionRight::call, input).error().what,
            "lambda is -1: it must be 0 or above");
}

TEST(GapOption, gives_haug_s_example_and_is_black_at_one_strike) {
  // Haug (2006), section 4.17.1: S 50, K 57, trigger 50, r 9%, vol 20%, half a year: -0.0053.
  GapOption option{.forward = 50 * std::exp(0.045),
                   .discount = std::exp(-0.045),
                   .strike = 57,
                   .trigger = 50,
                   .years = 0.5,
                   .vol = 0.2};
  EXPECT_NEAR(*gap_option_price(OptionRight::call, option), -0.0053, 5e-5);
  const double call = *gap_option_price(OptionRight::call, option);
  const double put = *gap_option_price(OptionRight::put, option);
  EXPECT_NEAR(call - put, option.discount * (option.forward - option.strike), 1e-12);
  option.trigger = option.strike;
  EXPECT_NEAR(*gap_option_price(OptionRight::put, option),
              option.discount *
                  detail::black_price(OptionRight::put, option.forward, 57, 0.2 * std::sqrt(0.5)),
              1e-12);
  option.trigger = 0.0;
  EXPECT_EQ(gap_option_price(OptionRight::put, option).error().what,
            "trigger is 0: it must be above 0");
}

}  // namespace
}  // namespace ballast
