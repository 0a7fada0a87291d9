#include "portfolio/explain.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "portfolio/option_books_test.hpp"

namespace ballast {
namespace {

using test::day;
using test::flat_surface;
using test::option;
using test::random_book;
using test::smiling_surface;

OptionBook one_call(PaidIn paid_in, double contracts) {
  OptionBook book =
      *OptionBook::create({option(0, OptionRight::call, paid_in, 66'000.0, day(40), 0.1)},
                          SmileDynamics::sticky_strike);
  EXPECT_TRUE(book.set_position(0, contracts));
  return book;
}

VolSurface flat(double vol) {
  VolSurface surface;
  EXPECT_TRUE(surface.apply(day(0), flat_surface(day(40), vol), {}));
  return surface;
}

OptionBook at(OptionBook book, double forward, double vol, Timestamp t) {
  EXPECT_TRUE(book.set_forward(0, forward));
  book.revalue(t, flat(vol));
  return book;
}

TEST(Explain, gives_each_move_to_its_own_terms) {
  const OptionBook book = one_call(PaidIn::quote, 30.0);
  const OptionBook before = at(book, 61'000.0, 0.6, day(1));
  const OptionExposure greeks = *before.total();

  const PnlExplain spot = *explain(before, at(book, 61'100.0, 0.6, day(1)), {});
  EXPECT_NEAR(spot.delta, greeks.delta * 100.0, 1e-9);
  EXPECT_NEAR(spot.gamma, greeks.gamma * 5'000.0, 1e-9);
  EXPECT_EQ(spot.vega, 0.0);
  EXPECT_EQ(spot.theta, 0.0);
  EXPECT_EQ(spot.vanna, 0.0);
  EXPECT_LT(std::fabs(spot.unexplained), 1e-3 * std::fabs(spot.gamma));

  const PnlExplain vol = *explain(before, at(book, 61'000.0, 0.62, day(1)), {});
  EXPECT_NEAR(vol.vega, greeks.vega * 0.02, 1e-9);
  EXPECT_NEAR(vol.volga, greeks.volga * 0.0002, 1e-9);
  EXPECT_EQ(vol.delta, 0.0);

  const PnlExplain both = *explain(before, at(book, 61'100.0, 0.62, day(1)), {});
  EXPECT_NEAR(both.vanna, greeks.vanna * 100.0 * 0.02, 1e-9);

  const PnlExplain time = *explain(before, at(book, 61'000.0, 0.6, day(2)), {});
  EXPECT_NEAR(time.theta, greeks.theta / 365.0, 1e-9);
  EXPECT_EQ(time.delta, 0.0);
  EXPECT_EQ(time.vega, 0.0);
}

TEST(Explain, leaves_a_rest_of_third_order) {
  const OptionBook book = one_call(PaidIn::coin, 30.0);
  const OptionBook before = at(book, 61'000.0, 0.6, day(1));
  for (const PnlUnit unit : {PnlUnit::quote, PnlUnit::coin}) {
    const auto rest = [&](double size) {
      return explain(before, at(book, 61'000.0 * (1.0 + 0.02 * size), 0.6 + 0.02 * size, day(1)),
                     {}, unit)
          ->unexplained;
    };
    EXPECT_NEAR(rest(0.1) / rest(0.05), 8.0, 0.4);
  }
}

TEST(Explain, sums_to_the_profit_whatever_was_traded) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    VolSurface surface = smiling_surface();
    auto made = random_book(rng, 50, SmileDynamics::sticky_delta);
    OptionBook before = made.book;
    before.revalue(day(1), surface);
    OptionBook after = made.book;
    for (std::size_t e = 0; e < after.expiries().size(); ++e)
      ASSERT_TRUE(after.set_forward(e, made.forwards[e] * (0.97 + 0.06 * rng.uniform())));
    ASSERT_TRUE(surface.apply(day(2), flat_surface(day(40), 0.4 + 0.4 * rng.uniform()), {}));
    std::vector<OptionTrade> trades;
    std::vector<double> paid(50, 0.0);
    for (int i = 0; i < 20; ++i) {
      const auto line = static_cast<std::size_t>(rng.below(50));
      const OptionTrade trade{after.terms(line).instrument, static_cast<double>(rng.between(-5, 5)),
                              0.05 * rng.uniform()};
      trades.push_back(trade);
      paid[line] += trade.contracts * trade.price;
      ASSERT_TRUE(after.set_position(line, after.contracts(line) + trade.contracts));
    }
    after.revalue(day(3), surface);

    double profit = 0.0, profit_coin = 0.0;
    for (std::size_t i = 0; i < 50; ++i) {
      const double size = after.terms(i).contract_size;
      const double forward = after.expiry_of(i).forward;
      if (after.terms(i).paid_in == PaidIn::coin) {
        const double coin =
            after.exposure(i).value_coin - before.exposure(i).value_coin - size * paid[i];
        profit_coin += coin;
        profit += after.exposure(i).value - before.exposure(i).value - size * paid[i] * forward;
      } else {
        profit += after.exposure(i).value - before.exposure(i).value - size * paid[i];
      }
    }
    const PnlExplain quote = *explain(before, after, trades);
    const PnlExplain coin = *explain(before, after, trades, PnlUnit::coin);
    EXPECT_NEAR(quote.total(), profit, 1e-6);
    EXPECT_NEAR(coin.total(), profit_coin, 1e-10);
    // Exactly, and not only to rounding: the eight are the profit.
    EXPECT_EQ(quote.delta + quote.gamma + quote.vega + quote.theta + quote.vanna + quote.volga +
                  quote.new_trades + quote.unexplained,
              quote.total());
  }
}

TEST(Explain, counts_a_new_trade_from_its_premium_to_the_value_at_the_end) {
  const OptionBook none = one_call(PaidIn::coin, 0.0);
  const OptionBook before = at(none, 61'000.0, 0.6, day(1));
  const OptionBook after = at(one_call(PaidIn::coin, 20.0), 62'000.0, 0.6, day(1));
  const std::vector<OptionTrade> trades{{InstrumentId{0}, 20.0, 0.03}};
  const PnlExplain explained = *explain(before, after, trades);
  EXPECT_NEAR(explained.new_trades, 2.0 * (after.unit(0).price - 0.03 * 62'000.0), 1e-9);
  EXPECT_EQ(explained.delta, 0.0);
  EXPECT_NEAR(explained.unexplained, 0.0, 1e-9);
}

TEST(Explain, takes_a_settlement_as_a_trade_at_the_payoff) {
  const OptionBook book = one_call(PaidIn::coin, 20.0);
  const OptionBook before = at(book, 68'000.0, 0.6, day(39));
  OptionBook after = one_call(PaidIn::coin, 0.0);
  ASSERT_TRUE(after.settle(0, 69'000.0));
  after.revalue(day(40), flat(0.6));
  const double payoff = 3'000.0 / 69'000.0;
  const std::vector<OptionTrade> trades{{InstrumentId{0}, -20.0, payoff}};
  const PnlExplain explained = *explain(before, after, trades);
  EXPECT_NEAR(explained.total(), 2.0 * 3'000.0 - before.total()->value, 1e-9);
  EXPECT_NEAR(explained.new_trades, 0.0, 1e-9);
  EXPECT_NEAR(explained.theta, before.total()->theta / 365.0, 1e-9);
  EXPECT_EQ(explained.vega, 0.0);
}

TEST(Explain, refuses_states_that_no_trades_connect) {
  const OptionBook book = one_call(PaidIn::coin, 20.0);
  const OptionBook before = at(book, 61'000.0, 0.6, day(1));
  const OptionBook after = at(book, 61'000.0, 0.6, day(2));
  const auto code = [](const Result<PnlExplain>& result) {
    EXPECT_FALSE(result);
    return result ? Errc::io : result.error().code;
  };
  const std::vector<OptionTrade> some{{InstrumentId{0}, 1.0, 0.03}};
  const std::vector<OptionTrade> other{{InstrumentId{9}, 1.0, 0.03}};
  const std::vector<OptionTrade> nan{{InstrumentId{0}, std::nan(""), 0.03}};
  const std::vector<OptionTrade> negative{{InstrumentId{0}, 1.0, -0.03}};
  EXPECT_EQ(code(explain(before, after, some)), Errc::conflict);
  EXPECT_EQ(code(explain(before, after, other)), Errc::bad_input);
  EXPECT_EQ(code(explain(before, after, nan)), Errc::bad_input);
  EXPECT_EQ(code(explain(before, after, negative)), Errc::bad_input);
  EXPECT_EQ(code(explain(after, before, {})), Errc::bad_input);  // time runs forward
  EXPECT_EQ(code(explain(before, book, {})), Errc::stale_data);
  const OptionBook others = *OptionBook::create({}, SmileDynamics::sticky_strike);
  EXPECT_EQ(code(explain(before, others, {})), Errc::bad_input);
}

}  // namespace
}  // namespace ballast
