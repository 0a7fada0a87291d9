#include "quant/control/glft.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr GlftInput figure_a{.gamma = 0.01, .sigma = 0.3, .k = 0.3, .fill_rate = 0.9, .limit = 30};
constexpr GlftInput figure_b{.gamma = 0.01, .sigma = 0.4, .k = 0.3, .fill_rate = 0.9, .limit = 30};
constexpr GlftInput figure_c{.gamma = 0.01, .sigma = 1.0, .k = 0.3, .fill_rate = 0.2, .limit = 30};
constexpr GlftInput stoikov{.gamma = 0.1, .sigma = 2.0, .k = 1.5, .fill_rate = 140.0, .limit = 15};

/// Values computed from the paper's formulas with dense matrix exponentials and eigenvectors in
/// double precision; they are good to 1e-8.
struct Row {
  GlftInput input;
  double horizon;
  int q;
  double exact_bid, stationary_bid, closed_bid, exact_ask;
};
const Row rows[] = {
    {figure_a, 600, -1, 3.244919154754, 3.244919145846, 3.245049366034, 3.381168073888},
    {figure_a, 600, 0, 3.313045409844, 3.313045418752, 3.312915198565, 3.313045409844},
    {figure_a, 600, 5, 3.653479442865, 3.653479540539, 3.652244361219, 2.972521772790},
    {figure_b, 600, -1, 3.233506486457, 3.233506486395, 3.233738393945, 3.415401097546},
    {figure_b, 600, 0, 3.324458078142, 3.324458078204, 3.324226170653, 3.324458078142},
    {figure_b, 600, 5, 3.778745686992, 3.778745687672, 3.776665054192, 2.869956892906},
    {figure_c, 600, -1, 3.032313457780, 3.032313457766, 3.039040330332, 4.017545532425},
    {figure_c, 600, 0, 3.525651106818, 3.525651106832, 3.518924234266, 3.525651106818},
    {figure_c, 600, 5, 5.918516917208, 5.918516917338, 5.918343753939, 1.100244538957},
    {stoikov, 1, -1, 0.619142820316, 0.619142807516, 0.619526603315, 0.724070229436},
    {stoikov, 1, 0, 0.671627602435, 0.671627615235, 0.671243819437, 0.671627602435},
    {stoikov, 1, 5, 0.931779824498, 0.931779958624, 0.929829900047, 0.410451763273},
};

TEST(Glft, gives_the_depths_at_the_parameters_of_the_paper_s_figures) {
  for (const Row& row : rows) {
    const auto exact = glft_exact(row.input, row.q, row.horizon);
    const auto stationary = glft_stationary(row.input, row.q);
    const auto closed = glft_closed_form(row.input, row.q);
    ASSERT_TRUE(exact && stationary && closed);
    EXPECT_NEAR(*exact->bid, row.exact_bid, 1e-8) << "q " << row.q;
    EXPECT_NEAR(*exact->ask, row.exact_ask, 1e-8) << "q " << row.q;
    EXPECT_NEAR(*stationary->bid, row.stationary_bid, 1e-8) << "q " << row.q;
    EXPECT_NEAR(*closed->bid, row.closed_bid, 1e-8) << "q " << row.q;
  }
}

TEST(Glft, follows_a_drift_and_a_price_that_moves_against_the_maker) {
  GlftInput drifting = figure_b;
  drifting.drift = 0.001;
  EXPECT_NEAR(*glft_closed_form(drifting, 2)->ask, 3.19980547767972, 1e-12);
  // Quotes are centred on the mid at Merton's inventory, mu / (gamma sigma^2).
  const auto flat = glft_closed_form(drifting, 0.625);
  EXPECT_NEAR(*flat->bid, *flat->ask, 1e-12);
  GlftInput impact = figure_b;
  impact.impact = 0.1;
  EXPECT_NEAR(*glft_stationary(impact, 1)->bid, 3.466433267231, 1e-8);
}

TEST(Glft, mirrors_bid_and_ask_and_does_not_add_at_the_limit) {
  for (const GlftInput& input : {figure_a, figure_c, stoikov}) {
    for (int q = -input.limit; q <= input.limit; ++q) {
      const auto here = glft_stationary(input, q);
      const auto there = glft_stationary(input, -q);
      ASSERT_EQ(here->bid.has_value(), q < input.limit);
      ASSERT_EQ(here->ask.has_value(), q > -input.limit);
      if (here->bid) {
        EXPECT_NEAR(*here->bid, *there->ask, 1e-9 * std::fabs(*here->bid)) << "q " << q;
      }
      const auto soon = glft_exact(input, q, 0.01);
      const auto mirrored = glft_exact(input, -q, 0.01);
      if (soon->bid) {
        EXPECT_NEAR(*soon->bid, *mirrored->ask, 1e-9) << "q " << q;
      }
    }
  }
}

TEST(Glft, is_a_line_between_whole_inventories_and_level_where_a_side_is_not_quoted) {
  for (const GlftInput& input : {figure_c, stoikov}) {
    for (int q = -input.limit; q < input.limit; ++q) {
      const auto below = glft_stationary(input, q);
      const auto above = glft_stationary(input, q + 1);
      for (const double part : {0.0, 0.25, 0.5}) {
        const auto depths = glft_stationary_between(input, q + part);
        const double end = *above->ask;
        const double start = below->ask.value_or(end);
        EXPECT_NEAR(*depths->ask, start + part * (end - start), 1e-12 * std::fabs(start)) << q;
        const double first = *below->bid;
        const double next = above->bid.value_or(first);
        EXPECT_NEAR(*depths->bid, first + part * (next - first), 1e-12 * std::fabs(first)) << q;
      }
    }
    const auto edge = glft_stationary_between(input, input.limit);
    EXPECT_EQ(edge->bid, glft_stationary(input, input.limit - 1)->bid);
    EXPECT_EQ(glft_stationary_between(input, 1e300)->ask, edge->ask);
  }
}

TEST(Glft, at_the_end_quotes_alike_at_any_inventory_and_long_before_it_is_stationary) {
  for (const int q : {-30, -7, 0, 12, 29}) {
    EXPECT_NEAR(*glft_exact(figure_b, q, 0.0)->bid, std::log1p(0.01 / 0.3) / 0.01, 1e-12);
    EXPECT_NEAR(*glft_exact(figure_b, q, 1e6)->bid, *glft_stationary(figure_b, q)->bid, 1e-8);
  }
}

TEST(Glft, solves_its_own_equation_far_out_where_the_vector_itself_is_rounding) {
  // From the depths back to v: M v = lambda v at every q must give the one eigenvalue.
  const GlftInput input{.gamma = 0.05, .sigma = 2.0, .k = 0.3, .fill_rate = 0.5, .limit = 60};
  const double eta =
      input.fill_rate * std::pow(1.0 + input.gamma / input.k, -(1.0 + input.k / input.gamma));
  const double alpha = 0.5 * input.k * input.gamma * input.sigma * input.sigma;
  const double base = std::log1p(input.gamma / input.k) / input.gamma;
  const auto eigenvalue = [&](int q) {
    const auto depths = glft_stationary(input, q);
    const double next = std::exp(-input.k * (*depths->bid - base));      // v_(q+1) / v_q
    const double previous = std::exp(-input.k * (*depths->ask - base));  // v_(q-1) / v_q
    return alpha * q * q - eta * (next + previous);
  };
  for (int q = -59; q <= 59; ++q)
    EXPECT_NEAR(eigenvalue(q), eigenvalue(0), 1e-12 * alpha * 3600) << "q " << q;
}

TEST(Glft, agrees_with_the_closed_form_of_2017) {
  const GueantInput hft{.gamma = 0.05,
                        .sigma = 10.69,
                        .k = 0.04235741115084049,
                        .fill_rate = 2.986162360812285,
                        .xi = 0.05,
                        .delta = 1.0};
  const auto flat = gueant_closed_form(hft, 0.0);
  // As hftbacktest's notebook prints: half spread 20.47208533844371, skew 9.76326865029227.
  EXPECT_NEAR(*flat->bid, 20.4720853384437, 1e-9);
  EXPECT_NEAR(*gueant_closed_form(hft, 1.0)->bid - *flat->bid, 9.76326865029227, 1e-9);
  const GlftInput same{
      .gamma = hft.gamma, .sigma = hft.sigma, .k = hft.k, .fill_rate = hft.fill_rate};
  EXPECT_NEAR(*glft_closed_form(same, 3.0)->ask, *gueant_closed_form(hft, 3.0)->ask, 1e-9);
  GueantInput mean_variance = hft;
  mean_variance.xi = 0.0;
  GueantInput nearly = hft;
  nearly.xi = 1e-7;
  EXPECT_NEAR(*gueant_closed_form(mean_variance, 2.0)->bid, *gueant_closed_form(nearly, 2.0)->bid,
              1e-4);
}

TEST(Glft, names_what_is_outside_its_domain) {
  GlftInput input = figure_a;
  EXPECT_EQ(glft_stationary(input, 31).error().what, "q is 31: it must be within +-Q, 30");
  input.limit = 0;
  EXPECT_EQ(glft_stationary(input, 0).error().what, "Q is 0: it must be 1 to 500");
  input = figure_a;
  input.fill_rate = 0.0;
  EXPECT_EQ(glft_closed_form(input, 0).error().what, "A is 0: it must be above 0");
}

}  // namespace
}  // namespace ballast
