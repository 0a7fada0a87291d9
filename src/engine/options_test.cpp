// Options in the engine: what they add to delta, gamma, vega and theta, and when that is unknown.
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "control/money.hpp"
#include "engine/engine.hpp"
#include "engine/option_desk_test.hpp"
#include "engine/seen_engine_test.hpp"
#include "quant/pricing/black.hpp"
#include "quant/pricing/inverse_option.hpp"

namespace ballast {
namespace {

using test::at;
using test::coin_call;
using test::delta_all;
using test::delta_equity;
using test::delta_net;
using test::expiry;
using test::gamma_all;
using test::option_desk;
using test::quote_put;
using test::random_events;
using test::Seen;
using test::surface;
using test::theta_all;
using test::Trader;
using test::vega_all;
using test::vega_short;

InverseOption call_at(double forward, double vol, Timestamp t, double premium = 0.0) {
  return *inverse_option({.right = OptionRight::call,
                          .forward = forward,
                          .strike = 70'000.0,
                          .years = (expiry() - t).to_seconds() / (365.0 * 86'400.0),
                          .vol = vol,
                          .premium_coin = premium});
}

double actual(const Engine& engine, FactorId id) {
  EXPECT_EQ(engine.factor(id).knowledge, Knowledge::known) << id.value;
  return to_double(engine.factor(id).state.actual);
}

TEST(EngineOptions, count_in_every_factor_by_its_own_convention) {
  const Desk desk = option_desk();
  Engine engine(desk);
  Trader mm{&desk};
  Trader other{&desk, "other", 100};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(surface(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:00:00"), coin_call, Side::buy, "3", "0.04"));
  engine.step(other.fill(at("12:00:00"), coin_call, Side::sell, "1", "0.05"));
  const InverseOption call = call_at(60'000.0, 0.6, at("12:00:00"));
  EXPECT_NEAR(actual(engine, delta_all), 2.0 * call.delta, 1e-10);
  EXPECT_NEAR(actual(engine, delta_net), 3.0 * call.delta_net, 1e-10);
  const double equity = call_at(60'000.0, 0.6, at("12:00:00"), 0.05).delta_equity;
  EXPECT_NEAR(actual(engine, delta_equity), -equity, 1e-10);
  EXPECT_NEAR(actual(engine, gamma_all), 2.0 * call.gamma * 600.0, 1e-10);
  EXPECT_NEAR(actual(engine, vega_all), 2.0 * call.vega / 100.0, 1e-9);
  EXPECT_NEAR(actual(engine, theta_all), 2.0 * call.theta / 365.0, 1e-9);
  EXPECT_EQ(actual(engine, vega_short), 0.0);
}

TEST(EngineOptions, follow_a_mark_a_surface_and_time) {
  const Desk desk = option_desk();
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(surface(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:00:00"), coin_call, Side::buy, "3", "0.04"));
  engine.step(mm.mark(at("12:00:30"), "BTC-USDT", "61000"));
  EXPECT_NEAR(actual(engine, vega_all), 3.0 * call_at(61'000.0, 0.6, at("12:00:00")).vega / 100.0,
              1e-9);
  engine.step(surface(at("12:00:40"), 0.7));
  EXPECT_NEAR(actual(engine, vega_all), 3.0 * call_at(61'000.0, 0.7, at("12:00:00")).vega / 100.0,
              1e-9);
  engine.step({at("15:07:59"), Tick{}});
  EXPECT_NEAR(actual(engine, vega_all), 3.0 * call_at(61'000.0, 0.7, at("15:07:00")).vega / 100.0,
              1e-9);
}

TEST(EngineOptions, are_unknown_until_there_is_a_forward_and_a_volatility) {
  const Desk desk = option_desk();
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.fill(at("12:00:00"), coin_call, Side::buy, "3", "0.04"));
  const auto knowledge = [&] { return engine.factor(vega_all).knowledge; };
  EXPECT_EQ(knowledge(), Knowledge::no_volatility);
  EXPECT_EQ(engine.factor(delta_all).knowledge, Knowledge::no_volatility);
  EXPECT_EQ(engine.factor(vega_short).knowledge, Knowledge::known) << "none of its bucket is held";
  const auto told = [&](std::string_view label) {
    for (const Explanation& line : engine.explain(vega_all)) {
      if (line.label == label) return line.value;
    }
    return std::string("nothing");
  };
  EXPECT_EQ(told("actual"), "unknown");
  EXPECT_EQ(told("options of 2026-02-04T12:00:00Z"), "no value: no forward is known");
  engine.step(surface(at("12:00:01"), 0.6));
  EXPECT_EQ(knowledge(), Knowledge::no_volatility);
  engine.step(mm.mark(at("12:00:02"), "BTC-USDT", "60000"));
  EXPECT_EQ(knowledge(), Knowledge::known);
  EXPECT_EQ(engine.factor(delta_all).knowledge, Knowledge::known);
  EXPECT_EQ(told("options of 2026-02-04T12:00:00Z").substr(0, 19), "at a forward of 600");
}

TEST(EngineOptions, are_stale_with_their_surface_and_their_forward) {
  Desk desk = option_desk();
  desk.factors[vega_all.index()].max_age = Duration::seconds(60);
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(surface(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:00:00"), coin_call, Side::buy, "3", "0.04"));
  const auto knowledge = [&] { return engine.factor(vega_all).knowledge; };
  EXPECT_EQ(knowledge(), Knowledge::known);
  engine.step(mm.mark(at("12:00:50"), "BTC-USDT", "60000"));
  engine.step({at("12:01:10"), Tick{}});
  EXPECT_EQ(knowledge(), Knowledge::stale) << "the surface is old";
  engine.step(surface(at("12:01:10"), 0.6));
  EXPECT_EQ(knowledge(), Knowledge::known);
  engine.step({at("12:02:00"), Tick{}});
  EXPECT_EQ(knowledge(), Knowledge::stale) << "the price is old";
  engine.step(mm.mark(at("12:02:00"), "BTC-USDT", "60000"));
  EXPECT_EQ(knowledge(), Knowledge::known);
}

TEST(EngineOptions, end_their_exposure_at_expiry_and_pay_by_a_fill_at_the_payoff) {
  const Desk desk = option_desk();
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "80000"));
  engine.step(surface(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:00:00"), coin_call, Side::buy, "2", "0.12"));
  const Place place{VenueId{0}, AccountName("main")};
  const auto coins = [&] {
    for (const Balance& one : engine.books().balances(engine.books().find_account(place))) {
      if (one.asset == AssetId{1}) return to_string(one.qty);
    }
    return std::string("none");
  };
  EXPECT_EQ(coins(), "-0.24");  // the premium
  engine.step({expiry() - Duration::minutes(1), Tick{}});
  EXPECT_NEAR(actual(engine, delta_all), 2.0, 1e-6);
  engine.step({expiry(), Tick{}});
  EXPECT_EQ(actual(engine, delta_all), 0.0);
  EXPECT_EQ(actual(engine, vega_all), 0.0);
  engine.step(mm.fill(expiry(), coin_call, Side::sell, "2", "0.125"));
  EXPECT_EQ(coins(), "0.01");  // 2 (80000 - 70000) / 80000 came back
  EXPECT_EQ(actual(engine, delta_all), 0.0);
  EXPECT_TRUE(engine.books().positions()[0].qty.zero());
}

TEST(EngineOptions, take_their_forward_from_the_future_of_their_expiry) {
  Desk desk = option_desk();
  Instrument future = desk.instruments[desk.find_instrument("BTC-PERP").index()];
  future.name = "BTC-0204";
  future.kind = InstrumentKind::linear_future;
  future.expiry = expiry();
  desk.instruments.push_back(future);
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(surface(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:00:00"), coin_call, Side::buy, "3", "0.04"));
  EXPECT_EQ(engine.factor(vega_all).knowledge, Knowledge::no_volatility);
  engine.step(mm.mark(at("12:00:00"), "BTC-0204", "61000"));
  EXPECT_NEAR(actual(engine, vega_all), 3.0 * call_at(61'000.0, 0.6, at("12:00:00")).vega / 100.0,
              1e-9);
}

TEST(EngineOptions, price_no_coin_with_their_premium) {
  const Desk desk = option_desk();
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), coin_call, "0.04"));
  EXPECT_FALSE(engine.market().asset_price(AssetId{1}).present);
}

TEST(EngineOptions, make_the_net_asset_value_of_premium_paid_and_value_at_their_mark) {
  const Desk desk = option_desk();
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(mm.mark(at("12:00:00"), coin_call, "0.05"));
  engine.step(mm.mark(at("12:00:00"), quote_put, "1100"));
  engine.step(mm.fill(at("12:00:00"), coin_call, Side::buy, "3", "0.04"));
  engine.step(mm.fill(at("12:00:00"), quote_put, Side::sell, "20", "1000"));
  // 3 (0.05 - 0.04) BTC at 60000, and 20 contracts of 0.1 sold 100 below their mark.
  const auto value = NetAssetValue::of(desk, engine.books(), engine.market());
  ASSERT_TRUE(value);
  EXPECT_EQ(to_string(*value), "1600");
}

TEST(EngineOptions, count_as_hedged_what_hedge_fills_traded_at_the_greeks_of_now) {
  const Desk desk = option_desk();
  Engine engine(desk);
  Trader mm{&desk};
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  engine.step(surface(at("12:00:00"), 0.6));
  engine.step(mm.fill(at("12:00:00"), coin_call, Side::buy, "5", "0.04"));
  engine.step(mm.fill(at("12:00:01"), coin_call, Side::sell, "2", "0.04", Origin::hedge));
  engine.step(mm.fill(at("12:00:02"), quote_put, Side::buy, "10", "900", Origin::rebalance));
  const auto hedged = [&](FactorId id) { return to_double(engine.factor(id).state.hedged); };
  const auto put = [&](double forward) {
    return *black76({.right = OptionRight::put,
                     .forward = forward,
                     .strike = 55'000.0,
                     .years = (expiry() - at("12:00:00")).to_seconds() / (365.0 * 86'400.0),
                     .vol = 0.6});
  };
  for (const char* const price : {"60000", "62000"}) {
    engine.step(mm.mark(at("12:00:30"), "BTC-USDT", price));
    const double forward = std::stod(price);
    const InverseOption call = call_at(forward, 0.6, at("12:00:00"));
    EXPECT_NEAR(hedged(delta_all), -2.0 * call.delta + put(forward).delta, 1e-9);
    EXPECT_NEAR(hedged(delta_net), -2.0 * call.delta_net + put(forward).delta, 1e-9);
    EXPECT_NEAR(hedged(vega_all), (-2.0 * call.vega + put(forward).vega) / 100.0, 1e-8);
    EXPECT_NEAR(hedged(gamma_all), (-2.0 * call.gamma + put(forward).gamma) * forward / 100.0,
                1e-9);
    EXPECT_EQ(hedged(vega_short), 0.0);
    EXPECT_NEAR(actual(engine, delta_all), 3.0 * call.delta + put(forward).delta, 1e-9);
  }
  EXPECT_EQ(hedged(delta_equity), 0.0) << "of another book";
  engine.step({expiry(), Tick{}});
  EXPECT_EQ(hedged(delta_all), 0.0);
}

TEST(EngineOptions, tell_what_one_is_worth_whether_it_is_held_or_not) {
  const Desk desk = option_desk();
  Engine engine(desk);
  Trader mm{&desk};
  const InstrumentId call = desk.find_instrument(coin_call);
  const auto lack = [&] {
    const auto now = engine.options().value(call, engine.now());
    return now ? std::string("nothing") : now.error().what;
  };
  EXPECT_EQ(lack(), "no forward is known");
  engine.step(mm.mark(at("12:00:00"), "BTC-USDT", "60000"));
  EXPECT_EQ(lack(), "no volatility is known");
  engine.step(surface(at("12:00:00"), 0.6));
  engine.step({at("15:07:59"), Tick{}});
  const auto now = engine.options().value(call, engine.now());
  ASSERT_TRUE(now);
  const InverseOption want = call_at(60'000.0, 0.6, at("15:07:00"));
  EXPECT_NEAR(now->unit.vega, want.vega, 1e-9);
  EXPECT_NEAR(now->unit.price / now->forward, want.price_coin, 1e-12);
  engine.step(mm.fill(at("15:08:00"), coin_call, Side::buy, "1", "0.04"));
  const OptionBook& book = *engine.options().book(delta_all);
  EXPECT_EQ(engine.options().value(call, engine.now())->unit.delta,
            book.unit(*book.line(call)).delta)
      << "the same bits as in the book";
  engine.step({expiry(), Tick{}});
  EXPECT_EQ(lack(), "it has expired");
  EXPECT_FALSE(engine.options().value(desk.find_instrument("BTC-PERP"), engine.now()));
}

TEST(EngineOptions, move_each_factor_by_as_much_as_control_expects_of_a_trade) {
  Desk desk = option_desk();
  for (const std::size_t asset : {1U, 0U}) {
    FactorConfig cash = test::delta(desk, "BTC", "1", "5");
    cash.name = "cash";
    cash.kind = FactorKind::cash;
    cash.asset = cash.unit = AssetId{asset};
    cash.venue = VenueId{0};
    desk.factors.push_back(cash);
  }
  for (const std::string_view book : {"mm", "other"}) {
    for (const std::string_view name : {coin_call, quote_put}) {
      Engine engine(desk);
      Trader trader{&desk, std::string(book)};
      engine.step(trader.mark(at("12:00:00"), "BTC-USDT", "60000"));
      engine.step(surface(at("12:00:00"), 0.6));
      const InstrumentId option = desk.find_instrument(name);
      const OptionNow now = *engine.options().value(option, engine.now());
      const double coins = now.terms.paid_in == PaidIn::coin ? now.forward : 1.0;
      const std::string price = std::to_string(now.unit.price / coins) + "0";
      engine.step(trader.mark(at("12:00:00"), name, price));
      const Seen seen(engine);
      std::vector<double> expected;
      std::vector<double> before;
      for (std::size_t f = 0; f < desk.factors.size(); ++f) {
        const auto per_quantity = exposure_per_quantity(
            seen, FactorId{f}, option, {VenueId{0}, AccountName("main")}, *BookName::create(book));
        ASSERT_TRUE(per_quantity);
        expected.push_back(*per_quantity);
        before.push_back(actual(engine, FactorId{f}));
      }
      engine.step(trader.fill(at("12:00:00"), name, Side::buy, "1", price));
      for (std::size_t f = 0; f < desk.factors.size(); ++f) {
        // To the digits of the premium.
        EXPECT_NEAR(actual(engine, FactorId{f}) - before[f], expected[f],
                    2e-6 + 1e-9 * std::fabs(expected[f]))
            << name << " in " << book << ", factor " << f << " " << desk.factors[f].name;
      }
    }
  }
}

TEST(EngineOptions, refuse_a_surface_of_the_past_and_count_a_late_one) {
  const Desk desk = option_desk();
  Engine engine(desk);
  engine.step(surface(at("12:00:01"), 0.6));
  engine.step(surface(at("12:00:00"), 0.9));
  EXPECT_EQ(engine.counts().late, 1U);
  Surface past;
  past.underlying = AssetId{1};
  past.expiry = at("11:00:00");
  past.vol = 0.5;
  engine.step({at("12:00:02"), past});
  EXPECT_EQ(engine.counts().refused, 1U);
}

TEST(EngineOptions, replay_to_the_same_digest_whole_and_from_a_snapshot) {
  const Desk desk = option_desk();
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto events = random_events(desk, seed, 200);
    Engine whole(desk);
    Engine first(desk);
    for (std::size_t i = 0; i < events.size(); ++i) {
      whole.step(events[i]);
      if (i < events.size() / 2) first.step(events[i]);
    }
    Engine second(desk);
    ASSERT_TRUE(second.restore(first.snapshot()));
    EXPECT_EQ(second.snapshot().bytes, first.snapshot().bytes);
    for (std::size_t i = events.size() / 2; i < events.size(); ++i)
      second.step(events[i]);
    EXPECT_EQ(second.digest(), whole.digest());
    EXPECT_EQ(second.snapshot().bytes, whole.snapshot().bytes);
  }
}

}  // namespace
}  // namespace ballast
