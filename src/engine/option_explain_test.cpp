// What a desk's options earned, explained while events come: sums that are the profit, steps on
// their grid, what is unknown, and images in between.
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "engine/option_desk_test.hpp"
#include "engine/option_views.hpp"

namespace ballast {
namespace {

using test::at;
using test::dec;
using test::Trader;

constexpr auto call_70 = "BTC-C70";
constexpr auto put_55 = "BTC-P55";
constexpr auto call_in_coin = "BTC-CC65";

Timestamp expires() { return *parse_timestamp("2026-01-07T08:00:00Z"); }
Timestamp hours_on(std::int64_t n) { return at("12:00:00") + Duration::hours(n); }

/// Two options paid in quote, one in coin; the whole desk, and a book's own greeks.
Desk earning_desk() {
  Desk desk = test::plain_desk();
  const auto add = [&](std::string_view name, InstrumentKind kind, OptionRight right,
                       std::string_view strike, std::string_view size) {
    test::add_option(desk, name, kind, right, strike, size, expires());
  };
  add(call_70, InstrumentKind::option_linear, OptionRight::call, "70000", "0.1");
  add(put_55, InstrumentKind::option_linear, OptionRight::put, "55000", "1");
  add(call_in_coin, InstrumentKind::option_inverse, OptionRight::call, "65000", "1");
  desk.factors.push_back(test::delta(desk, "BTC", "1", "5"));
  FactorConfig vega = test::delta(desk, "BTC", "100", "500");
  vega.name = "vega:BTC";
  vega.kind = FactorKind::vega;
  vega.unit = AssetId{0};
  vega.book = "mm";
  desk.factors.push_back(vega);
  return desk;
}

Event flat_smile(Timestamp t, double vol) { return test::flat_surface(t, expires(), vol); }

ExplainView explained(const Engine& engine, const char* book = "*") {
  return explain_view(engine, *find_options(engine, "BTC", book));
}
double value_of(const Engine& engine, const char* book = "*") {
  return greeks_view(engine, *find_options(engine, "BTC", book)).total->value;
}

/// The profit in quote of options paid in quote: what they are worth, less what was paid.
class Ledger {
 public:
  void fill(const Event& event, double size) {
    const auto& fill = std::get<Fill>(event.body);
    const double sign = fill.side == Side::buy ? 1.0 : -1.0;
    paid_ += sign * to_double(fill.qty) * to_double(fill.price) * size;
  }
  double paid() const { return paid_; }

 private:
  double paid_ = 0.0;
};

TEST(OptionExplain, sums_to_the_profit_over_steps_trades_and_a_settlement) {
  const Desk desk = earning_desk();
  Engine engine(desk);
  Trader mm{&desk};
  Ledger ledger;
  const auto trade = [&](Timestamp t, const char* name, Side side, const char* qty,
                         const char* price, double size) {
    const Event event = mm.fill(t, name, side, qty, price);
    ledger.fill(event, size);
    engine.step(event);
  };
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(flat_smile(at("12:00:00"), 0.6));
  trade(at("12:10:00"), call_70, Side::buy, "30", "12.5", 0.1);
  trade(at("12:20:00"), put_55, Side::sell, "4", "95", 1.0);
  engine.step(mm.mark(at("13:30:00"), "BTC-USDT", "61500"));
  engine.step(flat_smile(at("14:15:00"), 0.72));
  trade(at("15:45:30"), put_55, Side::buy, "1", "88.5", 1.0);
  engine.step(mm.mark(hours_on(20), "BTC-USDT", "71000"));
  const ExplainView midway = explained(engine);
  ASSERT_TRUE(midway.open);
  EXPECT_NEAR(midway.all.total() + midway.open->total(), value_of(engine) - ledger.paid(), 1e-6);
  EXPECT_NE(midway.all.gamma, 0.0);
  EXPECT_EQ(midway.steps.front().from, at("12:10:00"));
  EXPECT_EQ(midway.steps.front().to, at("13:00:00"));

  engine.step(mm.mark(expires() - Duration::minutes(2), "BTC-USDT", "72000"));
  engine.step({expires() + Duration::minutes(1), Tick{}});
  // The venue settles at an average: not at the forward in force.
  trade(expires() + Duration::minutes(2), call_70, Side::sell, "30", "1980", 0.1);
  trade(expires() + Duration::minutes(2), put_55, Side::buy, "3", "0", 1.0);
  engine.step({expires() + Duration::hours(3), Tick{}});
  const ExplainView end = explained(engine);
  EXPECT_FALSE(end.open) << "nothing is held any more";
  EXPECT_NEAR(end.all.total(), -ledger.paid(), 1e-6);
  EXPECT_EQ(end.unknown_seconds, 0.0);
  double steps = 0.0;
  for (const ExplainStep& step : end.steps)
    steps += step.parts->total();
  EXPECT_NEAR(steps, end.all.total(), 1e-6);
  EXPECT_EQ(end.steps.back().from, expires());
  EXPECT_NEAR(end.steps.back().parts->new_trades, -30.0 * 0.1 * 20.0, 1e-9);
  EXPECT_NEAR(end.steps.back().parts->unexplained, 0.0, 1e-9);
}

TEST(OptionExplain, counts_coins_paid_as_premium_at_the_forward_of_the_end) {
  const Desk desk = earning_desk();
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(flat_smile(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:10:00"), call_in_coin, Side::buy, "2", "0.01"));
  engine.step(mm.mark(at("12:30:00"), "BTC-USDT", "62000"));
  engine.step({at("13:00:00"), Tick{}});
  EXPECT_NEAR(explained(engine).all.total(), value_of(engine) - 2.0 * 0.01 * 62'000.0, 1e-6);
  EXPECT_NEAR(explained(engine).all.new_trades, explained(engine).all.total(), 1e-9);
}

TEST(OptionExplain, is_of_each_book_alone) {
  const Desk desk = earning_desk();
  Engine engine(desk);
  Trader mm{&desk};
  Trader other{&desk, "other", 100};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(flat_smile(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:10:00"), put_55, Side::buy, "2", "90"));
  engine.step(other.fill(at("12:20:00"), put_55, Side::sell, "2", "100"));
  engine.step({at("13:00:00"), Tick{}});
  EXPECT_NEAR(explained(engine).all.total(), 20.0, 1e-9);
  EXPECT_NEAR(explained(engine, "mm").all.total(), value_of(engine, "mm") - 180.0, 1e-9);
  EXPECT_FALSE(find_options(engine, "BTC", "other")) << "no factor names it";
}

TEST(OptionExplain, counts_a_step_without_a_surface_as_unknown_time) {
  const Desk desk = earning_desk();
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(mm.fill(at("12:30:00"), put_55, Side::buy, "2", "90"));
  EXPECT_FALSE(explained(engine).open) << "it has no value yet";
  engine.step(flat_smile(at("13:30:00"), 0.6));
  engine.step({at("14:30:00"), Tick{}});
  ExplainView view = explained(engine);
  // 12:30 to 13:00 ends, and 13:00 to 14:00 begins, without a value.
  EXPECT_EQ(view.unknown_seconds, 5'400.0);
  EXPECT_EQ(view.all, PnlExplain{});
  ASSERT_EQ(view.steps.size(), 2U);
  EXPECT_FALSE(view.steps[0].parts);
  EXPECT_FALSE(view.steps[1].parts);
  ASSERT_TRUE(view.open);
  EXPECT_LT(view.open->theta, 0.0);
  engine.step({at("15:00:00"), Tick{}});
  view = explained(engine);
  EXPECT_EQ(view.unknown_seconds, 5'400.0);
  EXPECT_LT(view.all.total(), 0.0);
}

TEST(OptionExplain, begins_the_sum_of_today_at_midnight) {
  Desk desk = earning_desk();
  desk.options.explain_every = Duration::hours(5);  // no divisor of a day
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(flat_smile(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:30:00"), put_55, Side::buy, "2", "90"));
  engine.step({hours_on(11), Tick{}});
  EXPECT_EQ(explained(engine).today, explained(engine).all);
  engine.step({hours_on(14), Tick{}});
  const ExplainView view = explained(engine);
  EXPECT_EQ(view.steps.back().to, hours_on(12)) << "midnight";
  EXPECT_EQ(view.today, PnlExplain{});
  engine.step({hours_on(17), Tick{}});
  const ExplainView later = explained(engine);
  ASSERT_GT(later.steps.size(), view.steps.size());
  PnlExplain since;
  for (std::size_t i = view.steps.size(); i < later.steps.size(); ++i)
    since += *later.steps[i].parts;
  EXPECT_EQ(later.today, since);
  EXPECT_LT(later.today.theta, 0.0);
}

TEST(OptionExplain, of_a_span_begins_with_it) {
  const Desk desk = earning_desk();
  EngineOptions options;
  options.from = at("13:20:00");
  Engine engine(desk, options);
  Engine whole(desk);
  Trader mm{&desk};
  const std::vector<Event> events{mm.mark(at("12:00:00"), "BTC-USDT", "60000"),
                                  flat_smile(at("12:00:00"), 0.6),
                                  mm.fill(at("12:30:00"), put_55, Side::buy, "2", "90"),
                                  mm.mark(at("13:10:00"), "BTC-USDT", "58000"),
                                  mm.mark(at("13:40:00"), "BTC-USDT", "57000"),
                                  {at("15:00:00"), Tick{}}};
  double value_then = 0.0;
  for (const Event& event : events) {
    if (event.t > *options.from && value_then == 0.0) {
      Engine then(desk);
      ASSERT_TRUE(then.restore(whole.snapshot()));
      then.step({*options.from, Tick{}});
      value_then = value_of(then);
    }
    engine.step(event);
    whole.step(event);
  }
  const OptionsReport report = option_reports(engine, *options.from).front();
  EXPECT_EQ(report.explain.from, at("13:20:00"));
  ASSERT_EQ(report.explain.steps.size(), 2U);
  EXPECT_EQ(report.explain.steps[0].from, at("13:20:00"));
  EXPECT_EQ(report.explain.steps[0].to, at("14:00:00"));
  EXPECT_NEAR(report.explain.all.total(), value_of(engine) - value_then, 1e-9);
  // Where steps are cut changes what is explained, and not what was earned.
  EXPECT_NEAR(explained(engine).all.total(), explained(whole).all.total(), 1e-9);
  EXPECT_EQ(engine.digest(), whole.digest());
}

TEST(OptionExplain, keeps_a_week_of_steps_and_the_sums_of_all) {
  Desk desk = earning_desk();
  desk.options.explain_every = Duration::minutes(10);
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(flat_smile(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:00:00"), put_55, Side::buy, "2", "90"));
  engine.step({hours_on(36), Tick{}});
  const ExplainView view = explained(engine);
  EXPECT_EQ(view.steps.size(), ExplainRecord::steps_max);
  EXPECT_EQ(view.steps.back().to, hours_on(36));
  EXPECT_NEAR(view.all.total(), value_of(engine) - 180.0, 1e-6);
}

TEST(OptionExplain, takes_a_corrected_price_for_what_was_paid) {
  const Desk desk = earning_desk();
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(flat_smile(at("12:00:00"), 0.6));
  const Event bought = mm.fill(at("12:30:00"), put_55, Side::buy, "2", "90");
  engine.step(bought);
  engine.step({at("13:10:00"), Tick{}});
  const auto& fill = std::get<Fill>(bought.body);
  Correct correct;
  correct.key = fill.key;
  correct.price = dec<Price>("80");
  engine.step({at("13:20:00"), correct});
  engine.step({at("14:00:00"), Tick{}});
  EXPECT_NEAR(explained(engine).all.total(), value_of(engine) - 160.0, 1e-9);
  engine.step({at("14:20:00"), Bust{fill.key}});
  engine.step({at("15:00:00"), Tick{}});
  EXPECT_NEAR(explained(engine).all.total(), 0.0, 1e-9);
}

/// Marks, surfaces, fills and time over three days, in any order, past the expiry.
std::vector<Event> any_events(const Desk& desk, std::uint64_t seed) {
  Rng rng(seed);
  Trader mm{&desk};
  Trader other{&desk, "other", 100'000};
  Timestamp t = at("12:00:00");
  std::vector<Event> events;
  const std::array names{call_70, put_55, call_in_coin};
  while (t < expires() + Duration::hours(6)) {
    t = t + Duration::seconds(rng.between(0, 1'800));
    Trader& trader = rng.chance(0.5) ? mm : other;
    const auto* name = names[rng.below(3)];
    switch (rng.below(5)) {
      case 0:
        if (t < expires()) events.push_back(flat_smile(t, 0.3 + 0.5 * rng.uniform()));
        break;
      case 1:
        events.push_back(trader.fill(t, name, rng.chance(0.5) ? Side::buy : Side::sell,
                                     std::to_string(rng.between(1, 9)),
                                     name == call_in_coin ? "0.01" : "300"));
        break;
      case 2:
        events.push_back({t, Tick{}});
        break;
      default:
        events.push_back(mm.mark(t, "BTC-USDT", std::to_string(rng.between(50'000, 75'000))));
    }
  }
  return events;
}

TEST(OptionExplain, is_the_same_whole_and_from_a_snapshot) {
  const Desk desk = earning_desk();
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto events = any_events(desk, seed);
    Engine whole(desk);
    Engine first(desk);
    Rng rng(seed);
    const std::size_t cut = rng.below(events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
      whole.step(events[i]);
      if (i < cut) first.step(events[i]);
    }
    Engine second(desk);
    ASSERT_TRUE(second.restore(first.snapshot()));
    EXPECT_EQ(second.snapshot(), first.snapshot());
    for (std::size_t i = cut; i < events.size(); ++i)
      second.step(events[i]);
    EXPECT_EQ(second.snapshot(), whole.snapshot());
    EXPECT_EQ(explained(second).all, explained(whole).all);
    EXPECT_EQ(explained(second, "mm").today, explained(whole, "mm").today);
    ASSERT_FALSE(explained(whole).steps.empty());
  }
}

TEST(OptionExplain, sums_to_the_profit_of_any_trades_in_quote) {
  Desk desk = earning_desk();
  desk.options.explain_every = Duration::minutes(17);
  for (std::uint64_t seed = 100; seed < 112; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Engine engine(desk);
    Ledger ledger;
    Trader mm{&desk};
    engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
    engine.step(flat_smile(at("12:00:00"), 0.6));
    for (const Event& event : any_events(desk, seed)) {
      if (event.t >= expires()) break;
      if (const auto* fill = std::get_if<Fill>(&event.body)) {
        if (fill->key.instrument == desk.find_instrument(call_in_coin)) continue;
        ledger.fill(event, fill->key.instrument == desk.find_instrument(call_70) ? 0.1 : 1.0);
      }
      engine.step(event);
    }
    // Greeks are of the last whole minute, a step of its instant: there the two are one.
    engine.step({next_multiple(engine.now(), Duration::minutes(1)), Tick{}});
    if (engine.now() >= expires()) continue;
    const ExplainView view = explained(engine);
    EXPECT_EQ(view.unknown_seconds, 0.0);
    const double open = view.open ? view.open->total() : 0.0;
    EXPECT_NEAR(view.all.total() + open, value_of(engine) - ledger.paid(), 1e-5);
  }
}

}  // namespace
}  // namespace ballast
