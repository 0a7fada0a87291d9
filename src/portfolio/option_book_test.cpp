#include "portfolio/option_book.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "portfolio/option_books_test.hpp"
#include "quant/pricing/inverse_option.hpp"

namespace ballast {
namespace {

using test::day;
using test::flat_surface;
using test::option;
using test::random_book;
using test::smiling_surface;
using test::strike_surface;

constexpr std::array numbers{&OptionExposure::value,        &OptionExposure::value_coin,
                             &OptionExposure::delta,        &OptionExposure::delta_net,
                             &OptionExposure::delta_equity, &OptionExposure::gamma,
                             &OptionExposure::vega,         &OptionExposure::theta,
                             &OptionExposure::vanna,        &OptionExposure::volga};

OptionBook pair_of(PaidIn paid_in, double strike = 66'000.0) {
  return *OptionBook::create({option(0, OptionRight::call, paid_in, strike, day(40)),
                              option(1, OptionRight::put, paid_in, strike, day(40))},
                             SmileDynamics::sticky_strike);
}

void hold(OptionBook& book, std::size_t instrument, double contracts, double premium = 0.0) {
  ASSERT_TRUE(book.set_position(*book.line(InstrumentId{instrument}), contracts, premium));
}

void forwards(OptionBook& book, double forward) {
  for (std::size_t e = 0; e < book.expiries().size(); ++e)
    ASSERT_TRUE(book.set_forward(e, forward));
}

void expect_near(const OptionExposure& a, const OptionExposure& b, double relative) {
  for (const auto number : numbers) {
    const double scale = std::max(std::fabs(a.*number), std::fabs(b.*number));
    EXPECT_NEAR(a.*number, b.*number, relative * (scale + 1e-9));
  }
}

TEST(OptionBook, keeps_put_call_parity_in_coin) {
  const VolSurface surface = smiling_surface();
  OptionBook book = pair_of(PaidIn::coin);
  hold(book, 0, 3.0);
  hold(book, 1, -3.0);
  forwards(book, 61'000.0);
  book.revalue(day(1), surface);
  const OptionExposure total = *book.total();
  EXPECT_NEAR(total.value_coin, 3.0 * (1.0 - 66'000.0 / 61'000.0), 1e-13);
  EXPECT_NEAR(total.delta, 3.0, 1e-13);
  EXPECT_NEAR(total.delta_net, 3.0 * 66'000.0 / 61'000.0, 1e-13);
  for (const auto number : {&OptionExposure::gamma, &OptionExposure::vega, &OptionExposure::vanna,
                            &OptionExposure::volga, &OptionExposure::theta})
    EXPECT_NEAR(total.*number, 0.0, 1e-8);
}

TEST(OptionBook, keeps_put_call_parity_in_quote) {
  OptionBook book = pair_of(PaidIn::quote);
  hold(book, 0, 2.0);
  hold(book, 1, -2.0);
  forwards(book, 61'000.0);
  book.revalue(day(1), smiling_surface());
  EXPECT_NEAR(book.total()->value, 2.0 * (61'000.0 - 66'000.0), 1e-9);
  EXPECT_EQ(book.total()->value_coin, 0.0);
  EXPECT_EQ(book.total()->delta_net, book.total()->delta);
}

TEST(OptionBook, has_the_deltas_of_inverse_option_by_each_convention) {
  const VolSurface surface = smiling_surface();
  OptionBook book = pair_of(PaidIn::coin);
  hold(book, 0, 5.0, 5.0 * 0.03);
  forwards(book, 61'000.0);
  book.revalue(day(1), surface);
  const InverseOption expected = *inverse_option(
      {.right = OptionRight::call,
       .forward = 61'000.0,
       .strike = 66'000.0,
       .years = 39.0 / 365.0,
       .vol = *surface.vol(day(1), day(40), 66'000.0, 61'000.0, SmileDynamics::sticky_strike),
       .premium_coin = 0.03});
  const OptionExposure total = *book.total();
  EXPECT_NEAR(total.value_coin, 5.0 * expected.price_coin, 1e-13);
  EXPECT_NEAR(total.delta, 5.0 * expected.delta, 1e-13);
  EXPECT_NEAR(total.delta_net, 5.0 * expected.delta_net, 1e-13);
  EXPECT_NEAR(total.delta_equity, 5.0 * expected.delta_equity, 1e-13);
  EXPECT_NEAR(total.vega, 5.0 * expected.vega, 1e-9);
  EXPECT_NEAR(total.theta, 5.0 * expected.theta, 1e-8);
}

TEST(OptionBook, prices_each_line_as_the_scalar_formula_does) {
  for (const auto dynamics : {SmileDynamics::sticky_strike, SmileDynamics::sticky_delta}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      Rng rng(seed);
      const VolSurface surface = smiling_surface();
      auto made = random_book(rng, 60, dynamics);
      made.book.revalue(day(2), surface);
      for (std::size_t i = 0; i < made.book.size(); ++i) {
        const OptionTerms& terms = made.book.terms(i);
        const double forward = made.forwards[*made.book.expiry(terms.expiry)];
        const double vol = *surface.vol(day(2), terms.expiry, terms.strike, forward, dynamics);
        const BlackGreeks expected =
            test::oracle(terms, forward, years_between(day(2), terms.expiry), vol);
        const OptionUnit unit = made.book.unit(i);
        EXPECT_EQ(made.book.vol(i), vol);
        EXPECT_EQ(unit.price, expected.price);
        EXPECT_EQ(unit.delta, expected.delta);
        EXPECT_EQ(unit.gamma, expected.gamma);
        EXPECT_EQ(unit.vega, expected.vega);
        EXPECT_EQ(unit.theta, expected.theta);
        EXPECT_EQ(unit.vanna, expected.vanna);
        EXPECT_EQ(unit.volga, expected.volga);
      }
    }
  }
}

TEST(OptionBook, totals_are_the_sums_of_lines_of_strikes_and_of_expiries) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    auto made = random_book(rng, 80, SmileDynamics::sticky_strike);
    made.book.revalue(day(1), smiling_surface());
    OptionExposure lines, strikes, expiries;
    for (std::size_t i = 0; i < made.book.size(); ++i)
      lines += made.book.exposure(i);
    for (std::size_t e = 0; e < made.book.expiries().size(); ++e) {
      expiries += made.book.expiries()[e].sum;
      const auto by_strike = made.book.by_strike(e);
      ASSERT_TRUE(by_strike);
      for (const StrikeExposure& strike : *by_strike)
        strikes += strike.sum;
    }
    EXPECT_EQ(*made.book.total(), expiries);
    expect_near(*made.book.total(), lines, 1e-10);
    expect_near(*made.book.total(), strikes, 1e-10);
  }
}

/// The book's value with one input moved.
struct Moved {
  double forward = 0.0, vol = 0.0;
  Duration time{};
  OptionExposure of() const {
    VolSurface surface;
    EXPECT_TRUE(surface.apply(day(0), flat_surface(day(40), 0.6 + vol), {}));
    OptionBook book = pair_of(PaidIn::coin);
    hold(book, 0, 3.0, 0.1);
    hold(book, 1, -2.0);
    forwards(book, 61'000.0 + forward);
    book.revalue(day(1) + time, surface);
    return *book.total();
  }
};

TEST(OptionBook, greeks_are_the_slopes_of_its_value) {
  const OptionExposure at = Moved{}.of();
  const double df = 6.0, dvol = 1e-4;
  const auto up = Moved{.forward = df}.of(), down = Moved{.forward = -df}.of();
  const auto over = Moved{.vol = dvol}.of(), under = Moved{.vol = -dvol}.of();
  EXPECT_NEAR(at.delta, (up.value - down.value) / (2 * df), 1e-7);
  EXPECT_NEAR(at.gamma, (up.delta - down.delta) / (2 * df), 1e-7 * std::fabs(at.gamma));
  EXPECT_NEAR(at.vega, (over.value - under.value) / (2 * dvol), 1e-5 * std::fabs(at.vega));
  EXPECT_NEAR(at.vanna, (over.delta - under.delta) / (2 * dvol), 1e-5 * std::fabs(at.vanna));
  EXPECT_NEAR(at.volga, (over.vega - under.vega) / (2 * dvol), 1e-5 * std::fabs(at.volga));
  // What the book is worth in coin moves by delta_net / F.
  EXPECT_NEAR(at.delta_net / 61'000.0, (up.value_coin - down.value_coin) / (2 * df), 1e-11);
  const auto later = Moved{.time = Duration::minutes(1)}.of();
  const auto sooner = Moved{.time = Duration::minutes(-1)}.of();
  EXPECT_NEAR(at.theta, (later.value - sooner.value) / (2.0 / (365 * 1440)),
              1e-6 * std::fabs(at.theta));
}

TEST(OptionBook, delta_equity_is_how_the_value_of_the_account_in_quote_moves) {
  const double df = 6.0;
  // The account: the options, and the coins that paying for them took out of it.
  const auto worth = [&](double move) {
    const OptionExposure at = Moved{.forward = move}.of();
    return at.value - 0.1 * (61'000.0 + move);
  };
  EXPECT_NEAR(Moved{}.of().delta_equity, (worth(df) - worth(-df)) / (2 * df), 1e-7);
}

TEST(OptionBook, reprices_what_a_change_reaches_and_nothing_else) {
  Rng rng(7);
  auto made = random_book(rng, 200, SmileDynamics::sticky_strike);
  OptionBook& book = made.book;
  VolSurface surface = smiling_surface();
  const auto lines = [&](std::size_t e) {
    return book.expiries()[e].end - book.expiries()[e].begin;
  };
  EXPECT_EQ(book.revalue(day(1), surface).options, 200U);
  EXPECT_EQ(book.revalue(day(1), surface).options, 0U);

  ASSERT_TRUE(book.set_forward(1, 60'123.0));
  EXPECT_EQ(book.revalue(day(1), surface).options, lines(1));

  // Expiries at days 7, 21, 40, 100: the slice of day 40 reaches the last three.
  ASSERT_TRUE(*surface.apply(day(1), flat_surface(day(40), 0.5), {}));
  const Revaluation done = book.revalue(day(1), surface);
  EXPECT_EQ(done.expiries, 3U);
  EXPECT_EQ(done.options, lines(1) + lines(2) + lines(3));

  ASSERT_TRUE(book.set_position(0, 11.0));
  EXPECT_EQ(book.revalue(day(1), surface).options, 0U);
  EXPECT_EQ(book.revalue(day(2), surface).options, 200U);
}

TEST(OptionBook, adds_up_a_new_position_at_once) {
  OptionBook book = pair_of(PaidIn::coin);
  hold(book, 0, 3.0);
  forwards(book, 61'000.0);
  book.revalue(day(1), smiling_surface());
  const double delta = book.total()->delta;
  hold(book, 0, 6.0);
  EXPECT_NEAR(book.total()->delta, 2.0 * delta, 1e-12);
}

TEST(OptionBook, leaves_expiries_without_a_position_alone_where_it_is_told_to) {
  OptionBook book =
      *OptionBook::create({option(0, OptionRight::call, PaidIn::coin, 66'000.0, day(40)),
                           option(1, OptionRight::call, PaidIn::coin, 66'000.0, day(7))},
                          SmileDynamics::sticky_strike);
  hold(book, 0, 3.0);
  forwards(book, 61'000.0);
  EXPECT_EQ(book.revalue(day(1), smiling_surface(), Lines::held).options, 1U);
  const OptionExposure before = *book.total();
  hold(book, 1, 1.0);
  EXPECT_FALSE(book.total());
  EXPECT_EQ(book.revalue(day(1), smiling_surface(), Lines::held).options, 1U);
  EXPECT_GT(book.total()->delta, before.delta);
}

TEST(OptionBook, holds_the_same_bits_in_one_go_and_step_by_step) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    VolSurface surface = smiling_surface();
    auto made = random_book(rng, 60, SmileDynamics::sticky_delta);
    OptionBook whole = made.book;
    OptionBook steps = made.book;
    for (int step = 0; step < 30; ++step) {
      const auto line = static_cast<std::size_t>(rng.below(60));
      const auto contracts = static_cast<double>(rng.between(-9, 9));
      const auto expiry = static_cast<std::size_t>(rng.below(steps.expiries().size()));
      const double forward = 60'000.0 + 100.0 * rng.uniform();
      ASSERT_TRUE(whole.set_position(line, contracts));
      ASSERT_TRUE(steps.set_position(line, contracts));
      ASSERT_TRUE(whole.set_forward(expiry, forward));
      ASSERT_TRUE(steps.set_forward(expiry, forward));
      if (rng.chance(0.3)) {
        ASSERT_TRUE(surface.apply(day(1), flat_surface(day(40), 0.3 + rng.uniform()), {}));
      }
      steps.revalue(day(1) + Duration::hours(rng.between(0, 5)), surface);
    }
    whole.revalue(day(2), surface);
    steps.revalue(day(2), surface);
    EXPECT_EQ(*whole.total(), *steps.total());
  }
}

TEST(OptionBook, is_unknown_for_the_reason_of_the_first_expiry_without_a_value) {
  OptionBook book = pair_of(PaidIn::coin);
  hold(book, 0, 1.0);
  const VolSurface none;
  const auto why = [&] {
    const auto total = book.total();
    EXPECT_FALSE(total);
    EXPECT_EQ(total ? Errc::io : total.error().code, Errc::stale_data);
    return book.expiries()[0].state;
  };
  book.revalue(day(1), none);
  EXPECT_EQ(why(), PricingState::no_forward);
  forwards(book, 60'000.0);
  book.revalue(day(1), none);
  EXPECT_EQ(why(), PricingState::no_surface);
  EXPECT_FALSE(book.by_strike(0));
  book.revalue(day(1), smiling_surface());
  EXPECT_TRUE(book.total());
  book.revalue(day(40), smiling_surface());
  EXPECT_EQ(why(), PricingState::unsettled);
  hold(book, 0, 0.0);
  EXPECT_EQ(*book.total(), OptionExposure{});  // nothing is held, so nothing is missing
}

TEST(OptionBook, is_worth_its_payoff_from_its_settlement_on) {
  OptionBook book = pair_of(PaidIn::coin, 60'000.0);
  hold(book, 0, 2.0, 0.01);
  hold(book, 1, 3.0);
  forwards(book, 61'000.0);
  const VolSurface surface = smiling_surface();
  book.revalue(day(39), surface);
  ASSERT_TRUE(book.settle(0, 64'000.0));
  EXPECT_EQ(book.revalue(day(39), surface).options, 0U);  // not before the expiry
  EXPECT_EQ(book.revalue(day(40), surface).options, 2U);
  EXPECT_EQ(book.revalue(day(41), surface).options, 0U);
  EXPECT_EQ(book.expiries()[0].state, PricingState::settled);
  const OptionExposure total = *book.total();
  EXPECT_EQ(total.value, 2.0 * 4'000.0);
  EXPECT_NEAR(total.value_coin, 2.0 * 4'000.0 / 64'000.0, 1e-16);
  EXPECT_EQ(total.delta, 0.0);
  EXPECT_EQ(total.delta_net, 0.0);
  EXPECT_NEAR(total.delta_equity, 0.125 - 0.01, 1e-16);
  EXPECT_EQ(total.gamma, 0.0);
  EXPECT_EQ(total.vega, 0.0);
  EXPECT_EQ(total.theta, 0.0);
  const auto moved = book.set_forward(0, 1.0);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, Errc::conflict);
}

TEST(OptionBook, refuses_what_is_no_option_no_price_and_no_position) {
  const auto refused = [](std::vector<OptionTerms> options, std::string_view words) {
    const auto made = OptionBook::create(std::move(options), SmileDynamics::sticky_strike);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::bad_input);
    EXPECT_NE(made.error().what.find(words), std::string::npos) << made.error().what;
  };
  const auto good = option(0, OptionRight::call, PaidIn::coin, 1.0, day(1));
  refused({good, option(1, OptionRight::call, PaidIn::coin, 0.0, day(1))}, "strike of option 1");
  refused({option(0, OptionRight::call, PaidIn::coin, 1.0, day(1), -1.0)}, "contract_size");
  refused({good, option(0, OptionRight::put, PaidIn::coin, 1.0, day(1))}, "twice");

  OptionBook book = pair_of(PaidIn::coin);
  EXPECT_EQ(book.set_position(0, std::nan("")).error().code, Errc::bad_input);
  EXPECT_EQ(book.set_position(0, 1.0, std::nan("")).error().code, Errc::bad_input);
  EXPECT_EQ(book.set_forward(0, 0.0).error().code, Errc::bad_input);
  EXPECT_EQ(book.settle(0, -1.0).error().code, Errc::bad_input);
  EXPECT_FALSE(book.line(InstrumentId{7}));
  EXPECT_FALSE(book.expiry(day(2)));
}

}  // namespace
}  // namespace ballast
