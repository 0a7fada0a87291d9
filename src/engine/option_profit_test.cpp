// What options add to the profit of a delta factor.
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/engine.hpp"
#include "engine/option_desk_test.hpp"

namespace ballast {
namespace {

using test::at;
using test::coin_call;
using test::delta_all;
using test::delta_equity;
using test::delta_net;
using test::expiry;
using test::option_desk;
using test::quote_put;
using test::random_events;
using test::surface;
using test::Trader;

/// The profit of one delta factor of the whole desk against the net asset value.
struct ProfitCheck {
  std::optional<Decimal> profit;
  std::optional<Decimal> net_asset_value;
};

ProfitCheck profit_of(Desk desk, DeltaConvention convention, const std::vector<Event>& events) {
  desk.factors[delta_all.index()].convention = convention;
  Engine engine(desk);
  for (const Event& event : events)
    engine.step(event);
  const Report report = engine.report();
  const auto& factor = report.factors[delta_all.index()];
  return {factor.profit ? std::optional(factor.profit->total) : std::nullopt,
          report.net_asset_value};
}

/// All prices known from the start, options marked as random as everything else, and expired.
std::vector<Event> marked_events(const Desk& desk, std::uint64_t seed) {
  Rng rng(seed);
  Trader venue{&desk};
  const auto mark = [&](Timestamp t) {
    switch (rng.below(3)) {
      case 0:
        return venue.mark(t, coin_call, "0.0" + std::to_string(rng.between(10, 99)));
      case 1:
        return venue.mark(t, quote_put, std::to_string(rng.between(500, 2500)));
      default:
        return venue.mark(t, "BTC-USD", std::to_string(rng.between(50'000, 70'000)));
    }
  };
  std::vector<Event> events{
      venue.mark(at("12:00:00"), "BTC-USDT", "60000"),
      venue.mark(at("12:00:00"), "BTC-USD", "60000"), venue.mark(at("12:00:00"), coin_call, "0.04"),
      venue.mark(at("12:00:00"), quote_put, "1000"), surface(at("12:00:00"), 0.6)};
  for (const Event& event : random_events(desk, seed, 300)) {
    events.push_back(event);
    if (rng.chance(0.5)) events.push_back(mark(event.t));
  }
  events.push_back({expiry(), Tick{}});
  for (int i = 0; i < 20; ++i)
    events.push_back(mark(expiry() + Duration::seconds(i)));
  events.push_back(venue.mark(expiry() + Duration::minutes(1), "BTC-USDT", "75000"));
  return events;
}

TEST(OptionProfit, adds_up_to_the_change_of_net_asset_value_where_coin_equity_counts) {
  const Desk desk = option_desk();
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const ProfitCheck check =
        profit_of(desk, DeltaConvention::delta_equity, marked_events(desk, seed));
    ASSERT_TRUE(check.profit && check.net_asset_value) << "seed " << seed;
    EXPECT_NEAR(to_double(*check.profit - *check.net_asset_value), 0.0, 1e-9) << "seed " << seed;
  }
}

TEST(OptionProfit, is_what_their_marks_and_fills_say_by_every_convention) {
  const Desk desk = option_desk();
  Trader mm{&desk};
  // Bought 3 at 0.04 and marked at 0.05; then the coin moves, and after it the mark.
  const std::vector<Event> events{mm.mark(at("12:00:00"), "BTC-USDT", "60000"),
                                  mm.mark(at("12:00:00"), coin_call, "0.05"),
                                  surface(at("12:00:00"), 0.6),
                                  mm.fill(at("12:00:10"), coin_call, Side::buy, "3", "0.04"),
                                  mm.mark(at("12:00:20"), "BTC-USDT", "61000"),
                                  mm.mark(at("12:00:21"), coin_call, "0.06")};
  // 3 (0.05 - 0.04) at 60000 when it was bought, 3 (0.06 - 0.05) at 61000 when the mark moved.
  for (const DeltaConvention convention : {DeltaConvention::delta, DeltaConvention::delta_net}) {
    const ProfitCheck check = profit_of(desk, convention, events);
    ASSERT_TRUE(check.profit);
    EXPECT_NEAR(to_double(*check.profit), 1800.0 + 1830.0, 1e-9);
  }
  // And the coins that the account is up meanwhile, 0.03, from 60000 to 61000.
  const ProfitCheck equity = profit_of(desk, DeltaConvention::delta_equity, events);
  ASSERT_TRUE(equity.profit);
  EXPECT_NEAR(to_double(*equity.profit), 1800.0 + 30.0 + 1830.0, 1e-9);
}

TEST(OptionProfit, is_not_told_where_what_options_add_was_unknown_while_the_coin_moved) {
  const Desk desk = option_desk();
  Trader mm{&desk};
  std::vector<Event> events{mm.mark(at("12:00:00"), "BTC-USDT", "60000"),
                            mm.mark(at("12:00:00"), coin_call, "0.05"),
                            mm.fill(at("12:00:10"), coin_call, Side::buy, "3", "0.04")};
  EXPECT_TRUE(profit_of(desk, DeltaConvention::delta, events).profit);
  events.push_back(mm.mark(at("12:00:20"), "BTC-USDT", "61000"));
  EXPECT_FALSE(profit_of(desk, DeltaConvention::delta, events).profit);
}

TEST(OptionProfit, of_an_option_that_was_never_marked_is_not_told) {
  const Desk desk = option_desk();
  Trader mm{&desk};
  EXPECT_FALSE(
      profit_of(desk, DeltaConvention::delta,
                {mm.mark(at("12:00:00"), "BTC-USDT", "60000"), surface(at("12:00:00"), 0.6),
                 mm.fill(at("12:00:10"), coin_call, Side::buy, "3", "0.04")})
          .profit);
}

}  // namespace
}  // namespace ballast
