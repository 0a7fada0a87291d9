#include "engine/engine.hpp"

#include <gtest/gtest.h>

#include "engine/engine_test_desk.hpp"

namespace ballast {
namespace {

using test::at;
using test::dec;

std::vector<Event> worked_example(const Desk& desk) {
  test::Trader trader{&desk};
  const FactorId btc{0};
  return {
      {at("12:00:00"), Tick{}},
      trader.fill(at("12:00:20"), "BTC-USDT", Side::buy, "3", "50000"),
      trader.fill(at("12:00:40"), "BTC-USDT", Side::buy, "3", "50000"),
      trader.fill(at("12:00:50"), "BTC-USDT", Side::sell, "5", "50000", Origin::hedge),
      test::target(at("12:01:10"), btc, "3", "1", "5"),
      test::target(at("12:01:20"), btc, "3", "2", "4"),
      {at("12:01:40"), Tick{}},
  };
}

Desk example_desk() {
  Desk desk = test::plain_desk();
  desk.factors.push_back(test::delta(desk, "BTC", "2", "6"));
  return desk;
}

TEST(Engine, reproduces_the_worked_example_of_the_definition_to_the_digit) {
  const Desk desk = example_desk();
  Engine engine(desk);
  for (const Event& event : worked_example(desk))
    engine.step(event);
  const Report report = engine.report();

  EXPECT_EQ(report.from, at("12:00:00"));
  EXPECT_EQ(report.to, at("12:01:40"));
  EXPECT_EQ(report.adherence, 0.825);
  ASSERT_EQ(report.factors.size(), 1U);
  const FactorReport& f = report.factors[0];
  EXPECT_EQ(f.actual, dec<Decimal>("1"));
  EXPECT_EQ(f.target, dec<Decimal>("3"));
  EXPECT_EQ(f.deviation, dec<Decimal>("-2"));
  EXPECT_EQ(f.band, (Range{dec<Decimal>("2"), dec<Decimal>("4")}));
  EXPECT_EQ(f.limit, (Range{dec<Decimal>("-6"), dec<Decimal>("6")}));
  EXPECT_EQ(f.z, -2.0);
  EXPECT_EQ(f.state, "below");
  EXPECT_EQ(f.known_seconds, 100.0);
  EXPECT_EQ(f.unknown_fraction, 0.0);
  EXPECT_EQ(f.adherence, 0.825);
  EXPECT_EQ(f.time_in_band, 0.5);
  EXPECT_EQ(f.time_above, 0.3);
  EXPECT_EQ(f.time_below, 0.2);
  EXPECT_EQ(f.time_past_limit, 0.1);
  EXPECT_EQ(f.bias, 0.2);
  EXPECT_EQ(f.max_abs_z, 3.0);
  EXPECT_EQ(f.iae, 200.0);
  EXPECT_EQ(f.ise, 680.0);
  EXPECT_EQ(f.excursions.count, 2U);
  EXPECT_EQ(f.excursions.longest_seconds, 30.0);
  EXPECT_EQ(f.excursions.mean_seconds, 25.0);
  EXPECT_EQ(f.excursions.open_seconds, 20.0);
  ASSERT_TRUE(f.effectiveness.has_value());
  EXPECT_NEAR(*f.effectiveness, 1.0 / 3.0, 1e-15);
  const std::vector<std::pair<std::string, double>> causes{{"quote", 30.0}, {"band", 20.0}};
  EXPECT_EQ(f.out_of_band_seconds_by_cause, causes);
  EXPECT_EQ(report.events.applied, 7U);
  EXPECT_EQ(report.positions.at(0).qty, dec<Quantity>("1"));
}

TEST(Engine, resumed_from_a_snapshot_at_any_event_equals_the_whole_run) {
  const Desk desk = example_desk();
  const auto events = worked_example(desk);
  Engine whole(desk);
  for (const Event& event : events)
    whole.step(event);
  for (std::size_t cut = 0; cut <= events.size(); ++cut) {
    Engine first(desk);
    for (std::size_t i = 0; i < cut; ++i)
      first.step(events[i]);
    Engine second(desk);
    ASSERT_TRUE(second.restore(first.snapshot()).has_value()) << cut;
    for (std::size_t i = cut; i < events.size(); ++i)
      second.step(events[i]);
    EXPECT_EQ(second.digest(), whole.digest()) << cut;
    EXPECT_EQ(second.snapshot(), whole.snapshot()) << cut;
  }
}

TEST(Engine, nets_spot_linear_and_inverse_in_coin) {
  const Desk desk = example_desk();
  test::Trader trader{&desk};
  Engine engine(desk);
  engine.step(trader.mark(at("12:00:00"), "BTC-USD", "40000"));
  engine.step(trader.fill(at("12:00:01"), "BTC-USDT", Side::buy, "0.5", "40000"));
  engine.step(trader.fill(at("12:00:02"), "BTC-PERP", Side::sell, "0.2", "40000"));
  engine.step(trader.fill(at("12:00:03"), "BTC-USD", Side::buy, "40", "40000"));
  EXPECT_EQ(engine.factor(FactorId{0}).state.actual,
            dec<Decimal>("0.4"));  // 0.5 - 0.2 + 4000/40000
  engine.step(trader.mark(at("12:00:04"), "BTC-USD", "50000"));
  EXPECT_EQ(engine.factor(FactorId{0}).state.actual,
            dec<Decimal>("0.38"));  // the inverse leg is 0.08
}

TEST(Engine, does_not_know_an_inverse_exposure_without_a_mark) {
  const Desk desk = example_desk();
  test::Trader trader{&desk};
  Engine engine(desk);
  engine.step({at("12:00:00"), Tick{}});
  engine.step(trader.fill(at("12:00:10"), "BTC-USD", Side::buy, "40", "40000"));
  EXPECT_EQ(engine.factor(FactorId{0}).knowledge, Knowledge::no_price);
  engine.step(trader.mark(at("12:00:30"), "BTC-USD", "40000"));
  EXPECT_EQ(engine.factor(FactorId{0}).knowledge, Knowledge::known);
  engine.step({at("12:00:40"), Tick{}});
  const Report report = engine.report();
  EXPECT_EQ(report.factors[0].known_seconds, 20.0);
  EXPECT_EQ(report.factors[0].unknown_fraction, 0.5);
}

TEST(Engine, is_unknown_once_a_mark_is_older_than_max_age_and_known_again_with_the_next) {
  Desk desk = example_desk();
  desk.factors[0].max_age = Duration::seconds(60);
  test::Trader trader{&desk};
  Engine engine(desk);
  engine.step(trader.mark(at("12:00:00"), "BTC-USDT", "40000"));
  engine.step({at("12:01:00"), Tick{}});
  EXPECT_EQ(engine.factor(FactorId{0}).knowledge, Knowledge::known)
      << "60 s are not older than 60 s";
  engine.step(trader.mark(at("12:03:00"), "BTC-USDT", "40000"));
  EXPECT_EQ(engine.factor(FactorId{0}).knowledge, Knowledge::known);
  engine.step({at("12:04:00"), Tick{}});
  const Report report = engine.report();
  EXPECT_NEAR(report.factors[0].known_seconds, 120.0, 1e-6);
  EXPECT_NEAR(report.factors[0].unknown_fraction, 0.5, 1e-9);
}

TEST(Engine, is_unknown_before_the_first_mark_of_what_has_a_max_age) {
  Desk desk = example_desk();
  desk.factors[0].max_age = Duration::seconds(60);
  test::Trader trader{&desk};
  Engine engine(desk);
  const auto knowledge = [&] { return engine.factor(FactorId{0}).knowledge; };
  engine.step(trader.fill(at("12:00:00"), "BTC-USDT", Side::buy, "1", "40000"));
  EXPECT_EQ(knowledge(), Knowledge::stale) << "no mark of the coin";
  engine.step(trader.mark(at("12:00:10"), "BTC-USDT", "40000"));
  EXPECT_EQ(knowledge(), Knowledge::known) << "no position in the perpetual, no mark of it needed";
  engine.step(trader.fill(at("12:00:20"), "BTC-PERP", Side::sell, "1", "40000"));
  EXPECT_EQ(knowledge(), Knowledge::stale) << "no mark of the perpetual";
  engine.step(trader.mark(at("12:00:30"), "BTC-PERP", "40000"));
  EXPECT_EQ(knowledge(), Knowledge::known);
  EXPECT_EQ(engine.report().factors[0].known_seconds, 10.0);
}

TEST(Engine, cash_needs_no_mark_whatever_its_max_age) {
  Desk desk = example_desk();
  FactorConfig cash;
  cash.name = "cash:BTC@kraken";
  cash.kind = FactorKind::cash;
  cash.asset = cash.unit = desk.find_asset("BTC");
  cash.venue = desk.find_venue("kraken");
  cash.max_age = Duration::seconds(60);
  desk.factors.push_back(cash);
  Engine engine(desk);
  engine.step({at("12:00:00"), Tick{}});
  EXPECT_EQ(engine.factor(FactorId{1}).knowledge, Knowledge::known);
}

TEST(Engine, a_price_by_way_of_another_coin_is_seen_and_renewed_with_both) {
  Desk desk = example_desk();
  Instrument cross = desk.instruments[3];
  cross.name = "BNB-ETH";
  cross.base = desk.find_asset("BNB");
  cross.quote = desk.find_asset("ETH");
  desk.instruments.push_back(cross);
  desk.factors = {test::delta(desk, "BNB", "1", "2")};
  desk.factors[0].max_age = Duration::seconds(60);
  test::Trader trader{&desk};
  Engine engine(desk);
  const auto knowledge = [&] { return engine.factor(FactorId{0}).knowledge; };
  engine.step(trader.mark(at("12:00:00"), "BNB-ETH", "0.2"));
  EXPECT_EQ(knowledge(), Knowledge::stale);
  engine.step(trader.mark(at("12:00:10"), "ETH-USDT", "3000"));
  EXPECT_EQ(knowledge(), Knowledge::known);
  engine.step(trader.mark(at("12:02:00"), "BNB-ETH", "0.2"));
  EXPECT_EQ(knowledge(), Knowledge::stale);
  engine.step(trader.mark(at("12:02:10"), "ETH-USDT", "3000"));
  EXPECT_EQ(knowledge(), Knowledge::known);
}

TEST(Engine, a_deposit_and_a_transfer_count_for_the_desk_while_in_flight_but_not_for_venue_cash) {
  Desk desk = example_desk();
  FactorConfig cash;
  cash.name = "cash:BTC@kraken";
  cash.kind = FactorKind::cash;
  cash.asset = cash.unit = desk.find_asset("BTC");
  cash.venue = desk.find_venue("kraken");
  desk.factors.push_back(cash);
  Engine engine(desk);
  const Place binance{VenueId{0}, AccountName("main")};
  const Place kraken{VenueId{1}, AccountName("main")};
  engine.step({at("12:00:00"), BalanceChange{binance, AssetId{1}, dec<Amount>("2"), {}, {}}});
  const auto transfer = [&](TransferState state) {
    return Transfer{TradeId("x1"), AssetId{1}, dec<Amount>("0.5"), binance, kraken, state};
  };
  engine.step({at("12:00:10"), transfer(TransferState::sent)});
  EXPECT_EQ(engine.factor(FactorId{0}).state.actual, dec<Decimal>("2"));
  EXPECT_EQ(engine.factor(FactorId{1}).state.actual, dec<Decimal>("0"));
  engine.step({at("12:00:20"), transfer(TransferState::arrived)});
  EXPECT_EQ(engine.factor(FactorId{0}).state.actual, dec<Decimal>("2"));
  EXPECT_EQ(engine.factor(FactorId{1}).state.actual, dec<Decimal>("0.5"));
}

TEST(Engine, a_share_of_net_asset_value_moves_with_price_and_holdings) {
  Desk desk = example_desk();
  desk.factors[0].target = ShareTarget{dec<Decimal>("0.5")};
  test::Trader trader{&desk};
  Engine engine(desk);
  const Place binance{VenueId{0}, AccountName("main")};
  engine.step({at("12:00:00"), BalanceChange{binance, AssetId{1}, dec<Amount>("1"), {}, {}}});
  EXPECT_EQ(engine.factor(FactorId{0}).knowledge, Knowledge::no_target) << "no price yet";
  engine.step({at("12:00:00"), BalanceChange{binance, AssetId{0}, dec<Amount>("10000"), {}, {}}});
  engine.step(trader.mark(at("12:00:01"), "BTC-USDT", "10000"));
  EXPECT_EQ(engine.factor(FactorId{0}).state.target, dec<Decimal>("1"));
  engine.step(trader.mark(at("12:00:02"), "BTC-USDT", "20000"));  // worth 30,000: half is 0.75 BTC
  EXPECT_EQ(engine.factor(FactorId{0}).state.target, dec<Decimal>("0.75"));
}

TEST(Engine, parts_of_the_profit_sum_to_the_change_in_value) {
  Desk desk = example_desk();
  test::Trader trader{&desk};
  Engine engine(desk);
  engine.step(trader.mark(at("12:00:00"), "BTC-USDT", "40000"));
  engine.step(trader.mark(at("12:00:00"), "BTC-PERP", "40010"));
  engine.step(trader.fill(at("12:00:10"), "BTC-USDT", Side::buy, "1.5", "39990"));
  engine.step(trader.fill(at("12:00:11"), "BTC-PERP", Side::sell, "1", "40020", Origin::hedge));
  engine.step(trader.mark(at("12:00:20"), "BTC-USDT", "41000"));
  engine.step(trader.mark(at("12:00:20"), "BTC-PERP", "41005"));
  const Report report = engine.report();
  ASSERT_TRUE(report.factors[0].profit.has_value());
  const FactorProfit& p = *report.factors[0].profit;
  EXPECT_EQ(p.spread, dec<Decimal>("25"));      // 1.5 * 10 + 1 * 10
  EXPECT_EQ(p.deviation, dec<Decimal>("500"));  // 0.5 * 1000
  EXPECT_EQ(p.basis, dec<Decimal>("5"));        // the perpetual rose by 995 only, and we are short
  EXPECT_EQ(p.total, dec<Decimal>("530"));
  Amount of_positions;
  for (const PositionReport& position : report.positions) {
    of_positions += position.realized_pnl + *position.unrealized_pnl;
  }
  EXPECT_EQ(decimal_cast<Decimal>(of_positions), p.total);
}

TEST(Engine, parts_of_the_profit_sum_to_the_change_of_net_asset_value_when_coin_equity_counts) {
  Desk desk = example_desk();
  desk.factors[0].convention = DeltaConvention::delta_equity;
  test::Trader trader{&desk};
  Engine engine(desk);
  engine.step(trader.mark(at("12:00:00"), "BTC-USDT", "40000"));
  engine.step(trader.mark(at("12:00:00"), "BTC-USD", "40000"));
  engine.step(trader.fill(at("12:00:10"), "BTC-USD", Side::sell, "40", "32000"));  // 0.125 BTC
  engine.step(trader.mark(at("12:00:20"), "BTC-USD", "50000"));
  engine.step(trader.mark(at("12:00:21"), "BTC-USDT", "50000"));
  engine.step(trader.fill(at("12:00:25"), "BTC-USD", Side::buy, "20", "50000"));  // half realised
  engine.step(trader.mark(at("12:00:30"), "BTC-USDT", "64000"));
  engine.step(trader.mark(at("12:00:31"), "BTC-USD", "64000"));
  const Report report = engine.report();
  ASSERT_TRUE(report.factors[0].profit.has_value() && report.net_asset_value.has_value());
  const FactorProfit& p = *report.factors[0].profit;
  EXPECT_EQ(p.total, *report.net_asset_value);
  // Sold 4,000 at 32,000, bought 2,000 back at 50,000: 2,000/64,000 - 4,000/32,000 + 2,000/50,000.
  EXPECT_EQ(p.total, dec<Decimal>("-3440"));  // -0.05375 BTC at 64,000
}

TEST(Engine, late_fills_leave_the_position_of_in_order_ones_and_are_judged_from_when_they_came) {
  const Desk desk = example_desk();
  test::Trader trader{&desk};
  const Event first = trader.fill(at("12:00:10"), "BTC-USDT", Side::buy, "1", "40000");
  const Event second = trader.fill(at("12:00:20"), "BTC-USDT", Side::buy, "3", "41000");
  Engine ordered(desk);
  Engine late(desk);
  for (Engine* e : {&ordered, &late})
    e->step({at("12:00:00"), Tick{}});
  ordered.step(first);
  ordered.step(second);
  late.step(second);
  late.step(first);
  EXPECT_EQ(late.books().positions()[0], ordered.books().positions()[0]);
  EXPECT_EQ(late.counts().late, 1U);
  for (Engine* e : {&ordered, &late})
    e->step({at("12:00:30"), Tick{}});
  // Known as 0 until 12:00:20, then 4 at once; in order it was 1 for ten seconds.
  EXPECT_EQ(late.report().factors[0].iae, 40.0);
  EXPECT_EQ(ordered.report().factors[0].iae, 50.0);
}

TEST(Engine, a_duplicate_is_counted_and_a_conflicting_body_refused_without_a_trace) {
  const Desk desk = example_desk();
  test::Trader trader{&desk};
  Engine engine(desk);
  Event fill = trader.fill(at("12:00:10"), "BTC-USDT", Side::buy, "1", "40000");
  engine.step(fill);
  const auto duplicate = engine.step(fill);
  ASSERT_EQ(duplicate.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Duplicate>(duplicate[0].body));
  std::get<Fill>(fill.body).qty = dec<Quantity>("2");
  const auto refused = engine.step(fill);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(std::get<Refused>(refused[0].body).why, Refusal::conflicting_body);
  EXPECT_EQ(engine.factor(FactorId{0}).state.actual, dec<Decimal>("1"));
  EXPECT_EQ(engine.counts().duplicate, 1U);
  EXPECT_EQ(engine.counts().refused, 1U);
}

TEST(Engine, a_break_makes_its_factor_unknown_after_the_grace_until_it_is_settled) {
  Desk desk = example_desk();
  desk.break_grace = Duration::seconds(30);
  test::Trader trader{&desk};
  Engine engine(desk);
  const Place main{VenueId{0}, AccountName("main")};
  engine.step(trader.fill(at("12:00:00"), "BTC-PERP", Side::buy, "1", "40000"));
  const auto state = [&](const char* clock, const char* qty) {
    return Event{at(clock), Statement{main, InstrumentId{1}, {}, dec<Quantity>(qty)}};
  };
  const auto opened = engine.step(state("12:00:10", "0.4"));
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(std::get<BreakChange>(opened[0].body).state, BreakState::open);
  EXPECT_EQ(engine.factor(FactorId{0}).knowledge, Knowledge::known);
  engine.step({at("12:00:41"), Tick{}});
  EXPECT_EQ(engine.factor(FactorId{0}).knowledge, Knowledge::disputed);
  engine.step(state("12:01:00", "1"));
  EXPECT_EQ(engine.factor(FactorId{0}).knowledge, Knowledge::known);
  EXPECT_NEAR(engine.report().factors[0].unknown_fraction, 20.0 / 60.0, 1e-9);
}

TEST(Engine, reports_the_alerts_whose_episode_overlaps_the_span) {
  Desk desk = example_desk();
  RuleConfig rule;
  rule.name = "out";
  rule.factors = {FactorId{0}};
  rule.threshold = 1.0;
  desk.rules = {rule};
  // Out of band for a minute at 12:00, 12:10 and 12:20, and from 12:30 on.
  test::Trader trader{&desk};
  std::vector<Event> events{{at("12:00:00"), Tick{}}};
  for (const char* minute : {"12:00:", "12:10:", "12:20:", "12:30:"}) {
    const std::string out = std::string(minute) + "30";
    events.push_back(trader.fill(at(out), "BTC-USDT", Side::buy, "3", "50000"));
    if (out == "12:30:30") break;
    events.push_back(trader.fill(at(out) + Duration::minutes(1), "BTC-USDT", Side::sell, "3",
                                 "50000", Origin::hedge));
  }
  const auto episodes = [&](std::optional<Timestamp> from, std::optional<Timestamp> to) {
    EngineOptions options;
    options.from = from;
    options.to = to;
    Engine engine(desk, options);
    for (const Event& event : events) {
      if (!to || event.t < *to) engine.step(event);
    }
    if (to) engine.pass_time(*to);
    std::vector<std::uint32_t> list;
    for (const AlertReport& alert : engine.report().alerts)
      list.push_back(alert.episode);
    return list;
  };
  using List = std::vector<std::uint32_t>;
  EXPECT_EQ(episodes({}, {}), (List{4, 3, 2, 1}));
  EXPECT_EQ(episodes(test::at("12:11:00"), {}), (List{4, 3, 2})) << "the second was going on";
  EXPECT_EQ(episodes(test::at("12:11:29"), {}), (List{4, 3, 2}));
  EXPECT_EQ(episodes(test::at("12:11:30"), {}), (List{4, 3}))
      << "[from, to) and [began, cleared) touch";
  EXPECT_EQ(episodes(test::at("12:12:00"), test::at("12:20:31")), (List{3}));
  EXPECT_EQ(episodes(test::at("12:12:00"), test::at("12:20:30")), List{});
  EXPECT_EQ(episodes(test::at("12:31:00"), {}), (List{4})) << "firing since before the span";
}

TEST(EngineChannels, are_unknown_without_a_statement_of_late) {
  Desk desk = test::plain_desk();
  ChannelConfig channel;
  channel.name = "credit";
  channel.asset = AssetId{0};
  channel.ours = {VenueId{0}, AccountName("main")};
  channel.theirs = {VenueId{1}, AccountName("main")};
  channel.capacity = Amount::whole(10);
  channel.balance = Amount::whole(5);
  desk.channels = {channel};
  FactorConfig factor;
  factor.name = "channel:credit";
  factor.kind = FactorKind::channel;
  factor.channel = ChannelId{0};
  factor.asset = factor.unit = AssetId{0};
  factor.max_age = Duration::minutes(1);
  desk.factors = {factor};
  Engine engine(desk);
  const auto knowledge = [&] { return engine.factor(FactorId{0}).knowledge; };
  const auto stated = [&](std::string_view clock, std::int64_t balance) {
    engine.step({test::at(clock), ChannelBalance{ChannelId{0}, Amount::whole(balance)}});
  };
  engine.step({test::at("12:00:00"), Tick{}});
  EXPECT_EQ(knowledge(), Knowledge::stale);  // the balance at the start is nobody's word
  stated("12:00:10", 4);
  EXPECT_EQ(knowledge(), Knowledge::known);
  engine.step({test::at("12:01:10"), Tick{}});
  EXPECT_EQ(knowledge(), Knowledge::known);
  engine.step({test::at("12:01:10.000000001"), Tick{}});
  EXPECT_EQ(knowledge(), Knowledge::stale);
  stated("12:01:20", 4);  // the same again is news
  EXPECT_EQ(knowledge(), Knowledge::known);
  stated("12:01:05", 9);  // older than what is known
  EXPECT_EQ(engine.counts().late, 1U);
  EXPECT_EQ(engine.factor(FactorId{0}).state.actual, Decimal::whole(4));
  Engine resumed(desk);
  ASSERT_TRUE(resumed.restore(engine.snapshot()));
  for (Engine* each : {&engine, &resumed}) {
    each->step({test::at("12:02:20"), Tick{}});
    EXPECT_EQ(each->factor(FactorId{0}).knowledge, Knowledge::known);
    each->step({test::at("12:02:21"), Tick{}});
    EXPECT_EQ(each->factor(FactorId{0}).knowledge, Knowledge::stale);
  }
}

}  // namespace
}  // namespace ballast
