#include "quant/control/avellaneda_stoikov.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace ballast {
namespace {

/// The parameters of the paper's tables: s = 100, sigma = 2, k = 1.5, T = 1.
AvellanedaStoikovInput table(double gamma, double q, double t) {
  return {.mid = 100.0, .q = q, .gamma = gamma, .sigma = 2.0, .k = 1.5, .horizon = 1.0 - t};
}

TEST(AvellanedaStoikov, quotes_by_equations_3_17_and_3_18) {
  struct Row {
    double gamma, q, t, reservation, bid, ask;
  };
  // Evaluated in higher precision from the paper's equations.
  for (const Row& row : {Row{0.1, 3, 0.0, 98.8, 97.9546147886243, 99.6453852113757},
                         Row{0.1, -5, 0.25, 101.5, 100.704614788624, 102.295385211376},
                         Row{0.1, 2, 0.9, 99.92, 99.2546147886243, 100.585385211376},
                         Row{0.01, 3, 0.0, 99.88, 99.1955457281331, 100.564454271867},
                         Row{0.01, -5, 0.25, 100.15, 99.4705457281331, 100.829454271867}}) {
    const auto quote = avellaneda_stoikov(table(row.gamma, row.q, row.t));
    ASSERT_TRUE(quote);
    EXPECT_NEAR(quote->reservation, row.reservation, 1e-12);
    EXPECT_NEAR(quote->bid, row.bid, 1e-12);
    EXPECT_NEAR(quote->ask, row.ask, 1e-12);
    EXPECT_NEAR(quote->spread, row.ask - row.bid, 1e-12);
  }
}

TEST(AvellanedaStoikov, at_the_end_has_the_spreads_of_the_paper_s_tables) {
  // Tables 1 to 3 print the spread without the term of the horizon: 1.29, 1.33, 1.15.
  EXPECT_NEAR(avellaneda_stoikov(table(0.1, 0, 1.0))->spread, 1.29, 0.005);
  EXPECT_NEAR(avellaneda_stoikov(table(0.01, 0, 1.0))->spread, 1.33, 0.005);
  EXPECT_NEAR(avellaneda_stoikov(table(0.5, 0, 1.0))->spread, 1.15, 0.005);
}

TEST(AvellanedaStoikov, leans_against_inventory_and_the_more_so_the_more_averse) {
  const auto centre = [](double gamma, double q) {
    return avellaneda_stoikov(table(gamma, q, 0.0))->reservation;
  };
  EXPECT_EQ(centre(0.1, 0), 100.0);
  EXPECT_LT(centre(0.1, 1), 100.0);
  EXPECT_GT(centre(0.1, -1), 100.0);
  EXPECT_LT(centre(0.5, 1), centre(0.1, 1));
  EXPECT_NEAR(centre(1e-9, 10), 100.0, 1e-6);
}

TEST(AvellanedaStoikov, names_what_is_outside_its_domain) {
  AvellanedaStoikovInput input = table(0.1, 0, 0.0);
  input.gamma = 0.0;
  EXPECT_EQ(avellaneda_stoikov(input).error().what, "gamma is 0: it must be above 0");
  input = table(0.1, 0, 2.0);
  EXPECT_EQ(avellaneda_stoikov(input).error().what, "horizon is -1: it must be 0 or above");
  input = table(0.1, std::numeric_limits<double>::quiet_NaN(), 0.0);
  EXPECT_EQ(avellaneda_stoikov(input).error().what, "q is nan: it must be a finite number");
}

}  // namespace
}  // namespace ballast
