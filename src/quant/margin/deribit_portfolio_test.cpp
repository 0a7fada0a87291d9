#include "quant/margin/deribit_portfolio.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr DeribitSettlement coin = DeribitSettlement::coin;
constexpr DeribitSettlement quote = DeribitSettlement::quote;
constexpr DeribitInstrument dated = DeribitInstrument::future;
constexpr double index_price = 65666.19;

DeribitPosition perpetual(double size) { return {.size = size, .forward = 65910.57}; }
DeribitPosition future(double size, double years) {
  return {.instrument = dated, .size = size, .forward = 67371.75, .years = years};
}
DeribitPosition option(OptionRight right, double size, double strike, double years = 0.1) {
  return {.instrument = DeribitInstrument::option,
          .size = size,
          .forward = 66000.0,
          .years = years,
          .right = right,
          .strike = strike,
          .vol = 0.6};
}
DeribitPosition call(double size, double strike, double years = 0.1) {
  return option(OptionRight::call, size, strike, years);
}
DeribitPosition put(double size, double strike, double years = 0.1) {
  return option(OptionRight::put, size, strike, years);
}

using Positions = std::vector<DeribitPosition>;

DeribitPortfolioMargin margin_of(const Positions& positions,
                                 const DeribitPortfolioRules& rules = {},
                                 DeribitSettlement settlement = coin,
                                 const DeribitCharges& charges = {}) {
  const auto margin =
      deribit_portfolio_margin({settlement, index_price, positions}, rules, charges);
  EXPECT_TRUE(margin) << margin.error().what;
  return margin ? *margin : DeribitPortfolioMargin{};
}

/// Nothing that depends on the size of the account.
DeribitPortfolioRules homogeneous() {
  DeribitPortfolioRules rules;
  rules.extended_dampener = 0.0;
  rules.m_inc = 0.0;
  rules.decimals.reset();
  return rules;
}

/// Of one option in quote, by the error function and not by Ballast's own Black.
double black(const DeribitPosition& o, double forward, double vol) {
  const double stdev = vol * std::sqrt(o.years);
  const double d1 = std::log(forward / o.strike) / stdev + 0.5 * stdev;
  const auto normal = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  const double sign = o.right == OptionRight::call ? 1.0 : -1.0;
  return sign * (forward * normal(sign * d1) - o.strike * normal(sign * (d1 - stdev)));
}

// Deribit's API documentation, private/pme/simulate, the example's answer. The expiry is 11 days
// off, where the least move counts.
const DeribitPosition api_perpetual = perpetual(0.314538364);
const DeribitPosition api_future = future(-0.001187534, 11.0 / 365.0);

TEST(DeribitPortfolio, has_the_risk_vectors_of_the_published_example) {
  const double expected_perpetual[] = {
      -0.05991206933333334, -0.04289159509090909, -0.027351162086956524, -0.013105765166666668, 0,
      0.012097629384615385, 0.023299138074074074, 0.033700538999999995,  0.043384601931034494};
  const double expected_future[] = {0.0002261969523809524,
                                    0.00016193645454545456,
                                    0.00010326382608695652,
                                    0.00004948058333333334,
                                    0,
                                    -0.00004567438461538462,
                                    -0.00008796548148148148,
                                    -0.0001272357857142857,
                                    -0.00016379779310344832};
  const auto one = margin_of({api_perpetual});
  const auto other = margin_of({api_future});
  ASSERT_EQ(one.scenarios.size(), 9U * 3U + 8U);
  for (std::size_t i = 0; i < 27; ++i) {
    EXPECT_NEAR(one.scenarios[i].pnl, expected_perpetual[i / 3], 1e-15) << i;
    EXPECT_NEAR(other.scenarios[i].pnl, expected_future[i / 3], 1e-15) << i;
    EXPECT_NEAR(one.scenarios[i].price_move, -0.16 + 0.04 * static_cast<double>(i / 3), 1e-15);
  }
  for (std::size_t i = 27; i < 35; ++i) {
    const bool fall = i < 29;
    EXPECT_NEAR(one.scenarios[i].pnl, fall ? -0.05991206933333334 : 0.04338460193103449, 1e-15);
    EXPECT_NEAR(other.scenarios[i].pnl, fall ? 0.0002261969523809524 : -0.0001637977931034483,
                1e-15);
  }
}

TEST(DeribitPortfolio, has_the_margins_of_the_published_example_to_the_last_digit) {
  const auto book =
      margin_of({api_perpetual, api_future}, {}, coin, {.mmp = 0.06, .open_orders = 0.000018212});
  const double charged[] = {-0.05968587238095239,
                            -0.04272965863636364,
                            -0.02724789826086957,
                            -0.013056284583333334,
                            0,
                            0,
                            0,
                            0,
                            0};
  for (std::size_t i = 0; i < 35; ++i)
    EXPECT_NEAR(book.scenarios[i].charged, i < 27 ? charged[i / 3] : 0.0, 1e-15) << i;
  EXPECT_EQ(book.worst_scenario, 0U);
  EXPECT_NEAR(book.worst_case, 0.05968587238095239, 1e-15);
  EXPECT_EQ(book.delta_shock, 0.0);
  EXPECT_NEAR(book.roll_shock, 0.00315725898, 1e-16);
  EXPECT_NEAR(book.risk_matrix, 0.06284313098, 1e-16);
  EXPECT_NEAR(book.margin.initial, 0.122861343, 1e-16);
  EXPECT_NEAR(book.margin.maintenance, 0.050274504784, 1e-16);
  EXPECT_NEAR(book.delta_total, 0.31335083, 1e-15);
}

// An answer of the same API for one short ETH perpetual, 15 February 2026: a range of 18 %, gains
// offset at 60 %, and a dampener that leaves nothing of the extended table.
TEST(DeribitPortfolio, has_the_numbers_of_an_answer_for_eth) {
  DeribitPortfolioRules eth;
  eth.price_range = 0.18;
  eth.volatility_range_up = 0.4;
  eth.m_inc = 0.000004;
  eth.min_annualised_move = 0.005;
  eth.annualised_move_risk = 0.05;
  eth.pnl_offset = 0.6;
  eth.max_offsetable_pnl = 20e6;
  eth.extended_dampener = 200000.0;
  const auto book =
      deribit_portfolio_margin({coin, 1949.34, {{.size = -0.999487053, .forward = 1949.49}}}, eth);
  ASSERT_TRUE(book);
  const double pnl[] = {
      0.21939959699999997,  0.155989308849711,    0.09885036787912087,  0.04709624857068063, 0,
      -0.04304011233014354, -0.08252645391743119, -0.11888171996035243, -0.15246412672881357};
  const double charged[] = {
      0.13163975819999998,  0.09359358530982659,  0.05931022072747252,  0.028257749142408375, 0,
      -0.04304011233014354, -0.08252645391743119, -0.11888171996035243, -0.15246412672881357};
  for (std::size_t i = 0; i < 27; ++i) {
    EXPECT_NEAR(book->scenarios[i].pnl, pnl[i / 3], 1e-15) << i;
    EXPECT_NEAR(book->scenarios[i].charged, charged[i / 3], 1e-15) << i;
  }
  for (std::size_t i = 27; i < 35; ++i) {
    EXPECT_NEAR(book->scenarios[i].pnl, i < 29 ? pnl[0] : pnl[8], 1e-15) << i;
    EXPECT_EQ(book->scenarios[i].charged, 0.0) << i;
  }
  EXPECT_EQ(book->worst_scenario, 24U);
  EXPECT_NEAR(book->roll_shock, 0.004997435265, 1e-16);
  EXPECT_NEAR(book->risk_matrix, 0.157461562265, 1e-15);
  EXPECT_NEAR(book->margin.initial, 0.157461562, 1e-15);
  EXPECT_NEAR(book->margin.maintenance, 0.125969249812, 1e-15);
}

TEST(DeribitPortfolio, shocks_volatility_by_powers_of_the_days_that_are_left) {
  const DeribitPortfolioRules rules;
  const auto up = [&](double days, double vol = 0.6) {
    return *deribit_shocked_vol(rules, DeribitVolShock::up, vol, days / 365.0);
  };
  const auto down = [&](double days, double vol = 0.6) {
    return *deribit_shocked_vol(rules, DeribitVolShock::down, vol, days / 365.0);
  };
  EXPECT_NEAR(up(30.0), 0.9, 1e-12);
  EXPECT_NEAR(up(15.0), 0.9693433240034748, 1e-12);
  EXPECT_NEAR(up(7.0), 1.0642246731632439, 1e-12);
  EXPECT_NEAR(up(90.0), 0.860073134273476, 1e-12);
  EXPECT_NEAR(up(31.0), 0.6 * (1.0 + 0.5 * std::pow(30.0 / 31.0, 0.13)), 1e-12);
  EXPECT_NEAR(down(30.0), 0.45, 1e-12);
  EXPECT_NEAR(down(15.0), 0.6 * (1.0 - 0.25 * std::pow(2.0, 0.3)), 1e-12);
  EXPECT_EQ(up(30.0, 0.2), 0.5) << "the least volatility of a shock up";
  EXPECT_EQ(up(0.25), up(1.0)) << "a day is the least";
  EXPECT_EQ(*deribit_shocked_vol(rules, DeribitVolShock::same, 0.6, 0.0), 0.6);
  DeribitPortfolioRules wide;
  wide.volatility_range_down = 0.9;
  EXPECT_EQ(*deribit_shocked_vol(wide, DeribitVolShock::down, 0.6, 1.0 / 365.0), 0.0);
  EXPECT_FALSE(deribit_shocked_vol(rules, DeribitVolShock::up, -0.1, 1.0));
  EXPECT_FALSE(deribit_shocked_vol(rules, DeribitVolShock::up, 0.1, -1.0));
}

// To the bit, as kernel::exp has it everywhere; glibc's pow differs in the last one at 7 days. The
// decimals are worked out with 40 digits.
TEST(DeribitPortfolio, has_the_same_bits_on_every_machine) {
  DeribitPortfolioRules rules;
  rules.volatility_range_up = 0x1p60;  // so that one more is nothing
  const auto weight = [&](double days) {
    return *deribit_shocked_vol(rules, DeribitVolShock::up, 1.0, days / 365.0) * 0x1p-60;
  };
  EXPECT_EQ(weight(1.5), 0x1.3a6d26e432ad2p+1);
  EXPECT_EQ(weight(7.0), 0x1.8c236d6171000p+0);
  EXPECT_EQ(weight(15.0), 0x1.3b2c47bff8329p+0);
  EXPECT_EQ(weight(30.0), 1.0);
  EXPECT_EQ(weight(90.0), 0x1.bbdbafa9d1927p-1);
  EXPECT_NEAR(weight(1.5), 2.45645605223158085, 5e-16);
  EXPECT_NEAR(weight(7.0), 1.5474155772108132, 5e-16);
  EXPECT_NEAR(weight(15.0), 1.23114441334491628, 5e-16);
  EXPECT_NEAR(weight(90.0), 0.866910447578253288, 5e-16);

  DeribitPortfolioRules compounded = homogeneous();
  compounded.roll_compounded = true;
  compounded.min_annualised_move = 0.0;
  compounded.annualised_move_risk = 1.0;
  const auto growth = [&](double years) {
    return margin_of({future(1.0, years)}, compounded).roll_shock;
  };
  EXPECT_EQ(growth(0.075), 0x1.3f03738ed1ce1p-4);
  EXPECT_NEAR(growth(0.075), 0.0778841508846315327, 1e-16);
  EXPECT_EQ(growth(0.3), 0x1.6641632306a56p-2);
  EXPECT_NEAR(growth(0.3), 0.349858807576003089, 1e-16);
  EXPECT_EQ(growth(2.0), 0x1.98e64b8d4ddaep+2);
  EXPECT_NEAR(growth(2.0), 6.38905609893065023, 2e-15);
}

TEST(DeribitPortfolio, refuses_powers_and_growth_beyond_numbers) {
  DeribitPortfolioRules steep;
  steep.short_term_vega_power = 300.0;
  const double day = 1.0 / 365.0;
  EXPECT_TRUE(std::isinf(*deribit_shocked_vol(steep, DeribitVolShock::up, 0.6, day)));
  EXPECT_EQ(*deribit_shocked_vol(steep, DeribitVolShock::down, 0.6, day), 0.0);
  DeribitPortfolioRules fast;
  fast.roll_compounded = true;
  fast.annualised_move_risk = 1000.0;
  const auto margin = deribit_portfolio_margin({coin, index_price, {future(1.0, 1.0)}}, fast);
  ASSERT_FALSE(margin);
  EXPECT_EQ(margin.error().code, Errc::overflow);
}

TEST(DeribitPortfolio, revalues_options_in_coin_and_in_quote) {
  const DeribitPortfolioRules rules = homogeneous();
  for (const DeribitSettlement settlement : {coin, quote}) {
    for (const DeribitPosition& o : {call(-2.0, 70000.0), put(3.0, 60000.0, 0.02),
                                     call(1.0, 30000.0, 0.5), put(-1.5, 90000.0, 0.9)}) {
      const auto book = margin_of({o}, rules, settlement);
      for (const DeribitScenario& scenario : book.scenarios) {
        const double move = scenario.price_move;
        const double forward = o.forward * (1.0 + move);
        const double vol = *deribit_shocked_vol(rules, scenario.vol, o.vol, o.years);
        const double now = black(o, o.forward, o.vol);
        const double then = black(o, forward, vol);
        double expected = settlement == quote ? o.size * (then - now)
                                              : o.size * (then / forward - now / o.forward);
        if (scenario.extended) {
          expected *= 0.16 / std::fabs(move);
          if (settlement == coin) expected *= (1.0 + move) / (1.0 + std::copysign(0.16, move));
        }
        EXPECT_NEAR(scenario.pnl, expected, settlement == coin ? 1e-13 : 1e-8) << move;
        EXPECT_NEAR(scenario.charged, std::min(expected, 0.0), settlement == coin ? 1e-13 : 1e-8);
      }
      const double step = 1e-3;
      const double slope = o.size *
                           (black(o, o.forward + step, o.vol) / (o.forward + step) -
                            black(o, o.forward - step, o.vol) / (o.forward - step)) /
                           (2.0 * step) * o.forward;
      if (settlement == coin) {
        EXPECT_NEAR(book.delta_total, slope, 1e-6) << "delta net of the price";
      }
    }
  }
}

// Far calls sold short lose next to nothing within 16 %, and coins beyond: the extended table.
TEST(DeribitPortfolio, charges_far_short_options_by_the_extended_table_less_the_dampener) {
  const DeribitPosition far = call(-100.0, 130000.0);
  DeribitPortfolioRules rules = homogeneous();
  const auto plain = margin_of({far}, rules);
  const DeribitScenario& worst = plain.scenarios[plain.worst_scenario];
  EXPECT_TRUE(worst.extended);
  rules.extended_dampener = 1000.0;
  const auto dampened = margin_of({far}, rules);
  for (std::size_t i = 27; i < 35; ++i) {
    const double distance = std::fabs(plain.scenarios[i].price_move) / 0.16;
    const double edge = plain.scenarios[i].price_move > 0.0 ? 1.16 : 0.84;
    const double most = (distance - 1.0) * 1000.0 / (index_price * edge);
    EXPECT_NEAR(dampened.scenarios[i].charged, std::min(plain.scenarios[i].charged + most, 0.0),
                1e-14);
  }
  rules.extended_dampener = 0.0;
  rules.extended_table_factor = 0.5;
  EXPECT_NEAR(margin_of({far}, rules).scenarios[30].pnl, 0.5 * plain.scenarios[30].pnl, 1e-12);
  rules.extended_moves.clear();
  EXPECT_LT(margin_of({far}, rules).worst_case, 0.2 * plain.worst_case);
  // In quote, the dampener is an amount as it stands.
  rules = homogeneous();
  rules.extended_dampener = 1000.0;
  const DeribitScenario there = margin_of({far}, rules, quote).scenarios[30];
  EXPECT_NEAR(there.charged, there.pnl + (1.0 / 0.16 - 1.0) * 1000.0, 1e-9);
}

TEST(DeribitPortfolio, asks_less_of_a_hedged_book) {
  const double alone = margin_of({call(-10.0, 70000.0)}).margin.initial;
  EXPECT_LT(margin_of({call(-10.0, 70000.0), perpetual(3.0)}).margin.initial, alone);
  EXPECT_LT(margin_of({call(-10.0, 70000.0), call(10.0, 75000.0)}).margin.initial, 0.5 * alone);
  EXPECT_LT(margin_of({perpetual(5.0), put(5.0, 66000.0)}).margin.initial,
            margin_of({perpetual(5.0)}).margin.initial);
  EXPECT_LT(margin_of({perpetual(5.0), future(-5.0, 0.2)}).margin.initial,
            0.2 * margin_of({perpetual(5.0)}).margin.initial);
  EXPECT_EQ(margin_of({perpetual(5.0), perpetual(-5.0)}).margin.initial, 0.0);
  EXPECT_EQ(margin_of({}).margin.initial, 0.0);
}

// Long, an option loses no more than what it is worth.
TEST(DeribitPortfolio, asks_no_more_of_a_long_option_than_its_value_and_the_roll) {
  for (const double strike : {40000.0, 66000.0, 100000.0}) {
    for (const DeribitPosition& o : {call(1.0, strike), put(1.0, strike)}) {
      const auto book = margin_of({o}, homogeneous());
      EXPECT_LE(book.worst_case, black(o, o.forward, o.vol) / o.forward + 1e-12) << strike;
      EXPECT_GE(book.worst_case, 0.0);
    }
  }
}

TEST(DeribitPortfolio, is_homogeneous_and_subadditive_but_for_what_depends_on_size) {
  const DeribitPortfolioRules rules = homogeneous();
  Rng rng(7);
  const auto draw = [&] {
    Positions positions;
    for (int i = 0; i < 6; ++i) {
      const double size = 4.0 * rng.uniform() - 2.0;
      const double strike = 40000.0 + 60000.0 * rng.uniform();
      const double years = 0.02 + rng.uniform();
      if (i == 0) positions.push_back(perpetual(size));
      if (i == 1) positions.push_back(future(size, 0.25));
      if (i > 1)
        positions.push_back(
            option(i % 2 == 0 ? OptionRight::call : OptionRight::put, size, strike, years));
    }
    return positions;
  };
  for (int i = 0; i < 50; ++i) {
    const Positions one = draw();
    const Positions other = draw();
    Positions both = one;
    both.insert(both.end(), other.begin(), other.end());
    Positions threefold = one;
    for (DeribitPosition& position : threefold)
      position.size *= 3.0;
    const double initial = margin_of(one, rules).margin.initial;
    EXPECT_NEAR(margin_of(threefold, rules).margin.initial, 3.0 * initial, 1e-12);
    EXPECT_LE(margin_of(both, rules).margin.initial,
              initial + margin_of(other, rules).margin.initial + 1e-12);
    EXPECT_NEAR(margin_of(one, rules).margin.maintenance, 0.8 * initial, 1e-14);
  }
}

TEST(DeribitPortfolio, shocks_the_delta_of_large_accounts) {
  const double threshold = 20e6 / index_price;
  EXPECT_EQ(margin_of({perpetual(threshold)}).delta_shock, 0.0);
  const double size = threshold + 200.0;
  for (const double side : {1.0, -1.0})
    EXPECT_NEAR(margin_of({perpetual(side * size)}).delta_shock, size * 0.00005 * 200.0, 1e-9);
  EXPECT_NEAR(margin_of({perpetual(1e5)}).delta_shock, 0.1 * 1e5, 1e-9);
  EXPECT_NEAR(margin_of({perpetual(-size)}, {}, quote).delta_shock,
              size * 0.00005 * 200.0 * index_price, 1e-4);
  // Long options take from what futures and short options have, and never add to it.
  const auto shock = [](const Positions& positions) { return margin_of(positions).delta_shock; };
  const double alone = shock({perpetual(size)});
  EXPECT_LT(shock({perpetual(size), put(400.0, 66000.0)}), alone);
  EXPECT_EQ(shock({perpetual(size), call(400.0, 66000.0)}), alone);
  EXPECT_GT(shock({perpetual(size), put(-400.0, 66000.0)}), alone);
  EXPECT_EQ(shock({perpetual(size), put(1e6, 66000.0)}), 0.0);
  EXPECT_EQ(shock({call(1e5, 66000.0)}), 0.0);
}

TEST(DeribitPortfolio, shocks_the_roll_of_each_expiry_by_its_time) {
  const auto roll = [](const Positions& positions, const DeribitPortfolioRules& rules = {}) {
    return margin_of(positions, rules).roll_shock;
  };
  EXPECT_NEAR(roll({perpetual(2.0)}), 0.02, 1e-15);
  EXPECT_NEAR(roll({future(2.0, 0.1)}), 0.02, 1e-15);
  EXPECT_NEAR(roll({future(-2.0, 0.5)}), 2.0 * 0.0375, 1e-15);
  EXPECT_NEAR(roll({future(-2.0, 0.5), future(2.0, 0.4)}), 0.075 + 0.06, 1e-15);
  const double net = margin_of({call(-4.0, 70000.0, 0.5)}).delta_total;
  EXPECT_NEAR(roll({call(-4.0, 70000.0, 0.5), future(-net, 0.5)}), 0.0, 1e-15);
  DeribitPortfolioRules compounded;
  compounded.roll_compounded = true;
  EXPECT_NEAR(roll({future(2.0, 1.0)}, compounded), 2.0 * std::expm1(0.075), 1e-15);
  EXPECT_NEAR(margin_of({future(2.0, 1.0)}, deribit_portfolio_rules(quote), quote).roll_shock,
              2.0 * 0.1 * index_price, 1e-9);
}

// The examples of Deribit's page on the model before: calls +10 and puts -20 at one strike, and
// 100 coins long against 100 short.
TEST(DeribitPortfolio, adds_contingencies_where_rules_have_them) {
  DeribitPortfolioRules rules;
  rules.short_option_contingency = 0.01;
  rules.offsetting_future_contingency = 0.01;
  const auto charge = [&](const Positions& positions) {
    return margin_of(positions, rules).contingency;
  };
  EXPECT_NEAR(charge({call(10.0, 66000.0), put(-20.0, 66000.0)}), 0.1, 1e-15);
  EXPECT_NEAR(charge({call(10.0, 66000.0), put(-20.0, 66000.0, 0.2)}), 0.2, 1e-15);
  EXPECT_NEAR(charge({future(100.0, 0.1), future(-100.0, 0.3)}), 1.0, 1e-15);
  EXPECT_NEAR(charge({future(100.0, 0.1), perpetual(-40.0)}), 0.4, 1e-15);
  EXPECT_EQ(charge({future(100.0, 0.1), call(5.0, 70000.0)}), 0.0);
  EXPECT_EQ(margin_of({put(-20.0, 66000.0)}).contingency, 0.0);
  const auto book = margin_of({put(-20.0, 66000.0)}, rules);
  EXPECT_NEAR(book.risk_matrix, book.worst_case + book.roll_shock + book.contingency, 1e-9);
}

TEST(DeribitPortfolio, charges_gains_as_far_as_they_offset) {
  DeribitPortfolioRules rules;
  rules.pnl_offset = 0.5;
  rules.max_offsetable_pnl = 10000.0;
  EXPECT_NEAR(margin_of({perpetual(1.0)}, rules).scenarios[26].charged, 0.5 * 0.16 / 1.16, 1e-15);
  EXPECT_NEAR(margin_of({perpetual(100.0)}, rules).scenarios[26].charged, 10000.0 / index_price,
              1e-15);
  EXPECT_NEAR(margin_of({perpetual(100.0)}, rules, quote).scenarios[26].charged, 10000.0, 1e-9);
}

TEST(DeribitPortfolio, values_an_option_at_its_expiry_and_without_volatility) {
  DeribitPosition expiring = call(-1.0, 66000.0, 0.0);
  EXPECT_NEAR(margin_of({expiring}, homogeneous()).scenarios[25].pnl, -0.16 / 1.16, 1e-14);
  expiring.years = 0.5;
  expiring.vol = 0.0;
  EXPECT_NEAR(margin_of({expiring}, homogeneous()).scenarios[25].pnl, -0.16 / 1.16, 1e-14);
}

TEST(DeribitPortfolio, refuses_what_is_no_position_no_rule_and_no_charge) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refusal = [](const Positions& positions, const DeribitPortfolioRules& rules = {},
                          double index = index_price, const DeribitCharges& charges = {}) {
    const auto margin = deribit_portfolio_margin({coin, index, positions}, rules, charges);
    return margin ? "none" : margin.error().what;
  };
  EXPECT_EQ(refusal({}, {}, 0.0), "index is 0: it must be above 0");
  EXPECT_EQ(refusal({}, {}, 1.0, {.spot = -1.0}), "spot margin is -1: it must be 0 or above");
  EXPECT_EQ(refusal({perpetual(1.0), perpetual(nan)}),
            "positions[1]: size is nan: it must be a finite number");
  EXPECT_EQ(refusal({call(1.0, 0.0)}), "positions[0]: strike is 0: it must be above 0");
  EXPECT_EQ(refusal({call(1.0, 1.0, -1.0)}), "positions[0]: years is -1: it must be 0 or above");
  DeribitPosition bad = call(1.0, 66000.0);
  bad.vol = -0.5;
  EXPECT_EQ(refusal({bad}), "positions[0]: vol is -0.5: it must be 0 or above");
  EXPECT_EQ(deribit_portfolio_margin({quote, 1.0, {{.size = 1.0}}}).error().what,
            "positions[0]: forward is 0: it must be above 0");
  DeribitPortfolioRules rules;
  rules.price_range = 1.0;
  EXPECT_EQ(refusal({}, rules), "price_range is 1: it must be 0 to 1, both excluded");
  rules = {};
  rules.buckets_count = 0;
  EXPECT_EQ(refusal({}, rules), "buckets_count is 0: it must be 1 to 100");
  rules = {};
  rules.extended_moves = {-0.66, 0.1};
  EXPECT_EQ(refusal({}, rules),
            "extended_moves is 0.1: it must be above -1, and not within price_range");
  rules.extended_moves = {-1.0};
  EXPECT_NE(refusal({}, rules), "none");
  rules = {};
  rules.pnl_offset = 1.5;
  EXPECT_EQ(refusal({}, rules), "pnl_offset is 1.5: it must be 0 to 1");
  rules = {};
  rules.decimals = 16;
  EXPECT_EQ(refusal({}, rules), "decimals is 16: it must be 0 to 15");
  rules = {};
  rules.mm_factor = nan;
  EXPECT_EQ(refusal({}, rules), "mm_factor is nan: it must be above 0");
  const auto huge = deribit_portfolio_margin({quote, 1e300, {{.size = 1e300, .forward = 1e300}}});
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, Errc::overflow);
}

}  // namespace
}  // namespace ballast
