#include "portfolio/scenario.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "portfolio/option_books_test.hpp"

namespace ballast {
namespace {

using test::day;
using test::option;
using test::random_book;
using test::smiling_surface;

ScenarioRequest request() {
  ScenarioRequest request;
  request.spot_moves = {-0.4, -0.1, 0.0, 0.05, 0.5};
  request.vol_shifts = {-0.7, -0.1, 0.0, 0.25};
  request.times = {Duration{}, Duration::days(3), Duration::days(6), Duration::days(50)};
  request.hedges = {.coins = -3.0, .inverse_quote = 250'000.0, .forward = 60'200.0};
  request.delta_band = InventoryBand{1.0, -2.0, 4.0};
  return request;
}

/// One cell, one option at a time: no batch, no parity, no rows.
ScenarioCell oracle(const OptionBook& book,
                    const VolSurface& surface,
                    Timestamp now,
                    const ScenarioRequest& request,
                    std::size_t t,
                    std::size_t v,
                    std::size_t s) {
  const double move = request.spot_moves[s];
  ScenarioCell cell;
  for (std::size_t i = 0; i < book.size(); ++i) {
    const OptionTerms& terms = book.terms(i);
    const double coins = book.coins(i);
    const double forward = book.expiry_of(i).forward;
    const double moved = forward * (1.0 + move);
    const double base_vol =
        *surface.vol(now, terms.expiry, terms.strike, forward, request.dynamics);
    const double vol =
        std::max(*surface.vol(now, terms.expiry, terms.strike, moved, request.dynamics) +
                     request.vol_shifts[v],
                 vol_floor);
    const BlackGreeks before =
        test::oracle(terms, forward, years_between(now, terms.expiry), base_vol);
    const double years = years_between(now + request.times[t], terms.expiry);
    const BlackGreeks after = test::oracle(terms, moved, years, vol);
    cell.pnl += coins * (after.price - before.price);
    const bool coin = terms.paid_in == PaidIn::coin;
    cell.delta += coins * after.delta;
    if (coin && request.delta == DeltaKind::delta_net && years > 0.0)
      cell.delta -= coins * after.price / moved;
    if (coin && request.delta == DeltaKind::delta_equity) {
      if (years <= 0.0) cell.delta += coins * after.price / moved;
      cell.delta -= book.premium_coin(i);
    }
    cell.gamma += coins * after.gamma;
    cell.gamma_percent += coins * after.gamma * moved / 100.0;
    cell.vega += coins * after.vega;
    cell.theta += coins * after.theta;
  }
  const double hedge = request.hedges.forward * (1.0 + move);
  cell.pnl += request.hedges.coins * (hedge - request.hedges.forward);
  cell.pnl += request.hedges.inverse_quote * (hedge / request.hedges.forward - 1.0);
  cell.delta += request.hedges.coins + request.hedges.inverse_quote / hedge;
  return cell;
}

TEST(ScenarioGrid, equals_full_revaluation_one_option_at_a_time_in_every_cell) {
  const VolSurface surface = smiling_surface();
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    auto made = random_book(rng, 70, SmileDynamics::sticky_strike);
    made.book.revalue(day(2), surface);
    ScenarioRequest asked = request();
    asked.dynamics = seed % 2 == 0 ? SmileDynamics::sticky_strike : SmileDynamics::sticky_delta;
    asked.delta = static_cast<DeltaKind>(seed % 3);
    const auto grid = scenario_grid(made.book, surface, day(2), asked);
    ASSERT_TRUE(grid) << grid.error().what;
    for (std::size_t t = 0; t < asked.times.size(); ++t) {
      for (std::size_t v = 0; v < asked.vol_shifts.size(); ++v) {
        for (std::size_t s = 0; s < asked.spot_moves.size(); ++s) {
          SCOPED_TRACE(std::to_string(t) + " " + std::to_string(v) + " " + std::to_string(s));
          const ScenarioCell& cell = grid->at(t, v, s);
          const ScenarioCell expected = oracle(made.book, surface, day(2), asked, t, v, s);
          EXPECT_NEAR(cell.pnl, expected.pnl, 1e-5);
          EXPECT_NEAR(cell.delta, expected.delta, 1e-9);
          EXPECT_NEAR(cell.gamma, expected.gamma, 1e-12);
          EXPECT_NEAR(cell.gamma_percent, expected.gamma_percent, 1e-9);
          EXPECT_NEAR(cell.vega, expected.vega, 1e-9 * (1.0 + std::fabs(expected.vega)) + 1e-6);
          EXPECT_NEAR(cell.theta, expected.theta, 1e-9 * (1.0 + std::fabs(expected.theta)) + 1e-5);
        }
      }
    }
  }
}

TEST(ScenarioGrid, is_zero_where_nothing_moves_and_holds_the_inventory_of_now) {
  const VolSurface surface = smiling_surface();
  Rng rng(3);
  auto made = random_book(rng, 70, SmileDynamics::sticky_strike);
  made.book.revalue(day(2), surface);
  const OptionExposure total = *made.book.total();
  for (const auto& [kind, delta] :
       {std::pair{DeltaKind::delta, total.delta}, std::pair{DeltaKind::delta_net, total.delta_net},
        std::pair{DeltaKind::delta_equity, total.delta_equity}}) {
    ScenarioRequest asked = request();
    asked.hedges = {};
    asked.delta = kind;
    const ScenarioCell cell = scenario_grid(made.book, surface, day(2), asked)->at(0, 2, 2);
    EXPECT_EQ(cell.pnl, 0.0);
    EXPECT_NEAR(cell.delta, delta, 1e-10);
    EXPECT_NEAR(cell.gamma, total.gamma, 1e-13);
    EXPECT_NEAR(cell.vega, total.vega, 1e-7);
    EXPECT_NEAR(cell.theta, total.theta, 1e-6);
  }
}

TEST(ScenarioGrid, tells_on_which_side_of_its_band_the_inventory_ends) {
  const VolSurface surface = smiling_surface();
  OptionBook book =
      *OptionBook::create({option(0, OptionRight::call, PaidIn::coin, 60'000.0, day(40))},
                          SmileDynamics::sticky_strike);
  ASSERT_TRUE(book.set_position(0, 10.0));
  ASSERT_TRUE(book.set_forward(0, 60'000.0));
  book.revalue(day(1), surface);
  ScenarioRequest asked;
  asked.spot_moves = {-0.6, 0.0, 1.0};
  asked.vol_shifts = {0.0};
  asked.times = {Duration{}};
  asked.hedges = {.coins = -5.0, .forward = 60'000.0};
  asked.delta_band = InventoryBand{0.5, -2.0, 2.0};
  asked.vega_band = InventoryBand{0.0, -1.0, 1.0};
  const ScenarioGrid grid = *scenario_grid(book, surface, day(1), asked);
  EXPECT_EQ(grid.at(0, 0, 0).delta_side, BandSide::below);
  EXPECT_EQ(grid.at(0, 0, 1).delta_side, BandSide::inside);
  EXPECT_EQ(grid.at(0, 0, 2).delta_side, BandSide::above);
  EXPECT_NEAR(grid.at(0, 0, 2).delta_deviation, 10.0 - 5.0 - 0.5, 1e-3);
  EXPECT_EQ(grid.at(0, 0, 1).vega_side, BandSide::above);
  EXPECT_EQ(grid.at(0, 0, 1).gamma_side, BandSide::none);
}

TEST(ScenarioGrid, leaves_no_inventory_of_options_that_expire_on_the_way) {
  const VolSurface surface = smiling_surface();
  OptionBook book =
      *OptionBook::create({option(0, OptionRight::call, PaidIn::quote, 60'000.0, day(7))},
                          SmileDynamics::sticky_strike);
  ASSERT_TRUE(book.set_position(0, 1.0));
  ASSERT_TRUE(book.set_forward(0, 60'000.0));
  book.revalue(day(1), surface);
  ScenarioRequest asked;
  asked.spot_moves = {0.0, 0.1};  // at the strike too, where a payoff has no slope
  asked.vol_shifts = {0.0};
  asked.times = {Duration::days(6)};
  const ScenarioGrid grid = *scenario_grid(book, surface, day(1), asked);
  EXPECT_NEAR(grid.at(0, 0, 0).pnl, -book.total()->value, 1e-10);
  EXPECT_NEAR(grid.at(0, 0, 1).pnl, 6'000.0 - book.total()->value, 1e-10);
  EXPECT_EQ(grid.at(0, 0, 1).delta, 0.0);
  EXPECT_EQ(grid.at(0, 0, 1).gamma, 0.0);
}

TEST(ScenarioGrid, refuses_axes_and_bands_that_make_no_grid) {
  const VolSurface surface = smiling_surface();
  Rng rng(3);
  auto made = random_book(rng, 20, SmileDynamics::sticky_strike);
  const auto refused = [&](const ScenarioRequest& asked, Errc code, std::string_view words) {
    const auto grid = scenario_grid(made.book, surface, day(2), asked);
    ASSERT_FALSE(grid);
    EXPECT_EQ(grid.error().code, code);
    EXPECT_NE(grid.error().what.find(words), std::string::npos) << grid.error().what;
  };
  refused(request(), Errc::stale_data, "no value");
  made.book.revalue(day(2), surface);
  ScenarioRequest asked = request();
  asked.spot_moves = {-1.0};
  refused(asked, Errc::bad_input, "spot_moves");
  asked = request();
  asked.vol_shifts = {std::nan("")};
  refused(asked, Errc::bad_input, "vol_shifts");
  asked = request();
  asked.times = {Duration::days(2), Duration::days(1)};
  refused(asked, Errc::bad_input, "times");
  asked = request();
  asked.times.clear();
  refused(asked, Errc::bad_input, "5 x 4 x 0");
  asked = request();
  asked.delta_band = InventoryBand{5.0, -2.0, 4.0};
  refused(asked, Errc::bad_input, "delta_band");
  asked = request();
  asked.hedges.forward = 0.0;
  refused(asked, Errc::bad_input, "forward of the hedges");
}

}  // namespace
}  // namespace ballast
