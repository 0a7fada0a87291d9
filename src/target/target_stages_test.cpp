// Conformance: what every target stage keeps, whichever it is; and each stage against numbers
// worked out by hand. A new word in TargetStage is tested here once samples<It>() says how users
// write it.
#include "target/target_stages.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "target/staged_target.hpp"

namespace ballast {
namespace {

constexpr double gamma_test = 1e-6;
const Timestamp start = parse_timestamp("2026-01-05T12:00:00Z").value();

Decimal dec(std::string_view text) { return parse_decimal<Decimal>(text).value(); }

/// A desk of one coin, spot and perpetual, and a market of it that has been watched for an hour.
class World {
 public:
  World()
      : desk_(make_desk()),
        market_(desk_),
        learning_(desk_, desk_.learning, instruments()),
        drifts_(desk_.assets.size()) {}

  static std::span<const InstrumentId> instruments() {
    static const std::array<InstrumentId, 2> both{InstrumentId{0}, InstrumentId{1}};
    return both;
  }

  /// Tops and prices a second apart around 50,000, trades and funding, up to `minutes`.
  void watch(int minutes) {
    for (int second = 0; second <= minutes * 60; ++second) {
      now_ = start + Duration::seconds(second);
      for (std::size_t i = 0; i < 2; ++i) {
        const std::int64_t wobble = second % 2 == 0 ? 10 : -10;
        const Price bid =
            Price::whole(50'000 + wobble + static_cast<std::int64_t>(i) * (second % 3));
        const Top top{InstrumentId{i}, bid, Quantity::whole(2), bid + Price::whole(2),
                      Quantity::whole(2)};
        market_.apply(now_, top);
        learning_.apply(now_, top);
        learning_.price(now_, InstrumentId{i}, market_.price(InstrumentId{i}).price);
        learning_.apply(now_, Trade{InstrumentId{i}, bid - Price::whole(second % 4),
                                    Quantity::whole(1), Side::sell});
      }
      if (second % 180 == 0) {  // a rate every three minutes
        const bool up = second / 180 % 2 == 0;
        const FundingRate rate{InstrumentId{1}, dec(up ? "0.0002" : "0.0001"), dec("0.05")};
        market_.apply(now_, rate);
        learning_.apply(now_, rate);
      }
    }
  }
  void expect(std::string_view rate, std::string_view error) {
    drifts_.apply(now_, Drift{AssetId{0}, dec(rate), dec(error), std::nullopt, false});
  }

  StageWorld at(Timestamp now) const {
    StageWorld world;
    world.now = now;
    world.desk = &desk_;
    world.factor = &desk_.factors[0];
    world.market = &market_;
    world.learning = &learning_;
    world.drifts = &drifts_;
    world.joint = {2.5, now};
    world.uncontrolled = 0.3;
    return world;
  }
  StageWorld now() const { return at(now_); }
  Timestamp time() const { return now_; }
  const MarketLearning& learning() const { return learning_; }
  double price() const { return to_double(market_.asset_price(AssetId{0}).price); }
  double volatility() const {
    return learning_.estimate(now_, InstrumentId{0}, EstimateKind::volatility).estimate.value;
  }

 private:
  static Desk make_desk() {
    Desk desk;
    desk.assets = {{"BTC", {}}, {"USDT", {}}};
    desk.currency = AssetId{1};
    desk.venues = {{"v", {"*"}}};
    Instrument instrument;
    instrument.venue = VenueId{0};
    instrument.base = AssetId{0};
    instrument.quote = AssetId{1};
    instrument.name = "SPOT";
    instrument.terms.taker_fee = dec("0.0004");
    desk.instruments.push_back(instrument);
    instrument.name = "PERP";
    instrument.kind = InstrumentKind::linear_perpetual;
    desk.instruments.push_back(instrument);
    FactorConfig factor;
    factor.name = "delta:BTC";
    factor.asset = factor.unit = AssetId{0};
    desk.factors.push_back(factor);
    desk.learning.min_observations = 5;
    desk.learning.max_age = Duration::minutes(2);
    return desk;
  }

  Desk desk_;
  Market market_;
  MarketLearning learning_;
  Drifts drifts_;
  Timestamp now_ = start;
};

template <class S>
std::vector<S> samples();
template <>
std::vector<CarryTilt> samples() {
  return {{InstrumentId{1}, {}, gamma_test, Duration::hours(8), 0.0, {Duration::minutes(5), 1.0}},
          {InstrumentId{1},
           InstrumentId{0},
           gamma_test,
           Duration::hours(8),
           0.5,
           {Duration::minutes(5), 1.0}}};
}
template <>
std::vector<DriftTilt> samples() {
  return {{InstrumentId{0}, gamma_test, {Duration::minutes(5), 1.0}}};
}
template <>
std::vector<JointTilt> samples() {
  return {{0, {Duration::minutes(5), 1.0}}};
}
template <>
std::vector<VolBudgetScale> samples() {
  return {{InstrumentId{0}, 1000.0, {Duration::minutes(5), 1.0}}};
}
template <>
std::vector<RegimeScale> samples() {
  return {
      {InstrumentId{0}, {{0.0, 1.0, 1.0}, {0.01, 0.5, 0.75}}, 0.1, {Duration::minutes(5), 1.0}}};
}
template <>
std::vector<VolBand> samples() {
  return {{InstrumentId{0}, 0.03, 0.25, 4.0, {Duration::minutes(5), 0.1}}};
}
template <>
std::vector<NoTradeBandStage> samples() {
  return {
      {InstrumentId{0}, gamma_test, Duration::hours(24), 0.0, 0.0, {Duration::minutes(5), 1.0}}};
}
template <>
std::vector<WhalleyWilmottBand> samples() {
  return {{InstrumentId{0}, gamma_test, 0.001, {Duration::minutes(5), 1.0}}};
}
template <>
std::vector<LiquidityCap> samples() {
  return {{InstrumentId{0}, Duration::minutes(10), 0.1, {Duration::minutes(5), 1.0}}};
}
template <>
std::vector<AimSmoothing> samples() {
  return {{1e-9, 3e-7, 0.0, Duration::minutes(1)}};
}

template <class List>
struct TypesOf;
template <class... Ss>
struct TypesOf<std::variant<Ss...>> {
  using type = ::testing::Types<Ss...>;
};

template <class S>
class EveryTargetStage : public ::testing::Test {};
TYPED_TEST_SUITE(EveryTargetStage, typename TypesOf<TargetStage>::type);

/// One worked out alone, on a base of 4 in [2, 6].
StagedTarget alone(const TargetStage& stage) {
  FactorConfig factor;
  factor.stages = {stage};
  return StagedTarget(factor);
}
const Aimed base{dec("4"), {dec("-2"), dec("2")}};

TYPED_TEST(EveryTargetStage, is_fresh_when_all_is_known_and_keeps_the_target_in_its_band) {
  World world;
  world.watch(60);
  world.expect("0.002", "0.0001");
  for (const TypeParam& stage : samples<TypeParam>()) {
    StagedTarget target = alone(stage);
    for (int i = 0; i < 20; ++i)
      target.advance(world.at(world.time() + Duration::seconds(i)), base);
    const StageTrace trace = target.trace().front();
    EXPECT_EQ(trace.status, StageStatus::fresh) << trace.model;
    ASSERT_TRUE(target.aimed());
    EXPECT_LE(target.aimed()->offsets.lower.sign(), 0);
    EXPECT_GE(target.aimed()->offsets.upper.sign(), 0);
  }
}

TYPED_TEST(EveryTargetStage, names_every_input_that_it_looks_at) {
  World world;
  world.watch(60);
  world.expect("0.002", "0.0001");
  for (const TypeParam& stage : samples<TypeParam>()) {
    StageInputs inputs;
    StageMemory memory;
    read(stage, world.now(), Draft{}, memory, inputs);
    EXPECT_LE(inputs.all().size(), input_names(stage).size());
    for (const StageInput& input : inputs.all())
      EXPECT_TRUE(std::isfinite(input.value));
  }
}

TYPED_TEST(EveryTargetStage, holds_its_last_good_reading_then_falls_to_its_safe_value) {
  World world;
  world.watch(60);
  world.expect("0.002", "0.0001");
  const World blind;
  for (const TypeParam& stage : samples<TypeParam>()) {
    const Hold* const keeps = hold(stage);
    if (keeps == nullptr) continue;  // it needs no input
    StagedTarget target = alone(stage);
    for (int i = 0; i < 20; ++i)
      target.advance(world.at(world.time() + Duration::seconds(i)), base);
    const double good = target.trace().front().reading;
    const Timestamp seen = world.time() + Duration::seconds(19);
    const auto later = [&](Duration after) {
      StageWorld unseen = blind.at(seen + after);
      unseen.joint = {};
      unseen.uncontrolled.reset();
      target.advance(unseen, base);
      return target.trace().front();
    };
    const StageTrace held = later(keeps->max_age);
    EXPECT_EQ(held.status, StageStatus::held) << held.model;
    EXPECT_EQ(held.reading, good);
    const StageTrace safe = later(keeps->max_age + Duration{1});
    EXPECT_EQ(safe.status, StageStatus::safe);
    EXPECT_EQ(safe.reading, keeps->safe);
    ASSERT_TRUE(target.aimed());
  }
}

TYPED_TEST(EveryTargetStage, never_speaks_from_a_market_that_it_has_not_seen) {
  const World blind;
  for (const TypeParam& stage : samples<TypeParam>()) {
    const Hold* const keeps = hold(stage);
    if (keeps == nullptr) continue;
    StagedTarget target = alone(stage);
    StageWorld world = blind.now();
    world.joint = {};
    world.uncontrolled.reset();
    target.advance(world, base);
    EXPECT_EQ(target.trace().front().status, StageStatus::safe);
    EXPECT_EQ(target.trace().front().reading, keeps->safe);
  }
}

TYPED_TEST(EveryTargetStage, goes_on_from_a_snapshot_as_it_was) {
  World world;
  world.watch(60);
  world.expect("0.002", "0.0001");
  for (const TypeParam& stage : samples<TypeParam>()) {
    StagedTarget whole = alone(stage);
    StagedTarget cut = alone(stage);
    for (int i = 0; i < 10; ++i)
      whole.advance(world.at(world.time() + Duration::seconds(i)), base);
    std::string bytes;
    SaveArchive save(bytes);
    save(whole);
    LoadArchive load(bytes);
    load(cut);
    ASSERT_TRUE(load.done());
    for (int i = 10; i < 20; ++i) {
      whole.advance(world.at(world.time() + Duration::seconds(i)), base);
      cut.advance(world.at(world.time() + Duration::seconds(i)), base);
      ASSERT_EQ(whole.aimed(), cut.aimed());
    }
  }
}

// ---- numbers worked out by hand

double target_of(const TargetStage& stage, const World& world, int times = 1) {
  StagedTarget target = alone(stage);
  for (int i = 0; i < times; ++i)
    target.advance(world.at(world.time() + Duration::seconds(i)), base);
  return to_double(target.aimed()->target);
}

TEST(CarryTilt, is_short_what_pays_funding_to_shorts) {
  World world;
  world.watch(60);
  const auto funding =
      world.learning().expected_funding(world.time(), InstrumentId{1}, Duration::hours(8)).given();
  ASSERT_TRUE(funding);
  ASSERT_GT(funding->value, 0.0);
  const double sigma = world.learning()
                           .estimate(world.time(), InstrumentId{1}, EstimateKind::volatility)
                           .estimate.value;
  const double mu = -funding->value;
  const auto mean =
      world.learning().estimate(world.time(), InstrumentId{1}, EstimateKind::funding_mean).given();
  ASSERT_TRUE(mean && mean->std_error);
  const double error = *mean->std_error;
  const double shrunk = std::max(0.0, 1.0 - error * error / (mu * mu));
  const double expected = 4.0 + mu / (gamma_test * sigma * sigma) / world.price() * shrunk;
  EXPECT_NEAR(target_of(samples<CarryTilt>()[0], world), expected, 1e-8 * std::fabs(expected));
}

TEST(DriftTilt, is_zero_when_the_error_is_as_large_as_the_drift) {
  World world;
  world.watch(60);
  world.expect("0.002", "0.002");
  EXPECT_EQ(target_of(samples<DriftTilt>()[0], world), 4.0);
  world.expect("0.002", "0");
  const double sigma = world.volatility();
  EXPECT_NEAR(target_of(samples<DriftTilt>()[0], world),
              4.0 + 0.002 / (gamma_test * sigma * sigma) / world.price(), 1e-6);
}

TEST(VolBudgetScale, holds_the_money_at_risk_in_a_day) {
  World world;
  world.watch(60);
  const double held = target_of(VolBudgetScale{InstrumentId{0}, 100.0, {}}, world);
  EXPECT_NEAR(held * world.price() * world.volatility(), 100.0, 1e-4);
  EXPECT_EQ(target_of(VolBudgetScale{InstrumentId{0}, 1e9, {}}, world), 4.0);
}

TEST(RegimeScale, enters_at_its_level_and_leaves_below_it) {
  const RegimeScale stage{InstrumentId{0}, {{0.0, 1.0, 1.0}, {0.04, 0.5, 0.75}}, 0.1, {}};
  const World world;
  StageMemory memory;
  const auto scaled = [&](double volatility) {
    Draft draft{4.0, -2.0, 2.0};
    act(stage, volatility, world.now(), memory, draft);
    return draft;
  };
  EXPECT_EQ(scaled(0.039), (Draft{4.0, -2.0, 2.0}));
  EXPECT_EQ(scaled(0.04), (Draft{2.0, -1.5, 1.5}));
  EXPECT_EQ(scaled(0.0365), (Draft{2.0, -1.5, 1.5}));  // not below 0.9 of 0.04
  EXPECT_EQ(scaled(0.0359), (Draft{4.0, -2.0, 2.0}));
}

TEST(VolBand, keeps_the_money_at_risk_within_its_bounds) {
  const VolBand stage{InstrumentId{0}, 0.03, 0.5, 2.0, {}};
  const World world;
  StageMemory memory;
  const auto upper = [&](double volatility) {
    Draft draft{0.0, -1.0, 2.0};
    act(stage, volatility, world.now(), memory, draft);
    return draft.upper;
  };
  EXPECT_DOUBLE_EQ(upper(0.03), 2.0);
  EXPECT_DOUBLE_EQ(upper(0.06), 1.0);
  EXPECT_DOUBLE_EQ(upper(0.6), 1.0);    // not below half
  EXPECT_DOUBLE_EQ(upper(0.001), 4.0);  // not above twice
}

TEST(NoTradeBand, is_the_cube_root_of_cost_and_wander_over_risk) {
  World world;
  world.watch(60);
  const NoTradeBandStage stage = samples<NoTradeBandStage>()[0];
  FactorConfig factor;
  factor.stages = {stage};
  StagedTarget target(factor);
  for (int i = 0; i <= 20; ++i) {  // a unit of flow back and forth every second
    StageWorld now = world.at(world.time() + Duration::seconds(i));
    now.uncontrolled = i % 2 == 0 ? 0.0 : 1.0;
    target.advance(now, base);
  }
  const double wander2 = 86'400.0;  // one unit a second, squared, in a day
  const double sigma = world.volatility() * world.price();
  const double cost = (1.0 / world.price() + 0.0004) * world.price();
  const double width = std::cbrt(1.5 * cost * wander2 / (gamma_test * sigma * sigma));
  EXPECT_NEAR(to_double(target.aimed()->offsets.upper), width, 1e-3 * width);
  EXPECT_NEAR(to_double(target.aimed()->offsets.lower), -width, 1e-3 * width);
}

TEST(LiquidityCap, is_what_can_be_unwound_in_time) {
  World world;
  world.watch(60);
  const double volume = world.learning()
                            .estimate(world.time(), InstrumentId{0}, EstimateKind::traded_volume)
                            .estimate.value;
  EXPECT_NEAR(volume, 1.0, 0.01);  // one unit a second
  const LiquidityCap stage{InstrumentId{0}, Duration::seconds(20), 0.1, {}};
  EXPECT_NEAR(target_of(stage, world), 2.0, 0.03);
}

TEST(AimSmoothing, goes_the_same_way_in_small_steps_as_in_large_ones) {
  const World world;
  const AimSmoothing stage{1e-9, 3e-7, 0.0, Duration::minutes(1)};
  const auto after = [&](int steps) {
    StagedTarget target = alone(stage);
    target.advance(world.at(start), base);
    const Aimed higher{dec("8"), base.offsets};
    for (int i = 1; i <= steps; ++i)
      target.advance(world.at(start + Duration{600'000'000'000LL / steps * i}), higher);
    return to_double(target.aimed()->target);
  };
  EXPECT_NEAR(after(1), after(10), 1e-8);
  EXPECT_GT(after(1), 4.0);
  EXPECT_LT(after(1), 8.0);
}

TEST(AimSmoothing, goes_as_far_whatever_it_went_before) {
  const World world;
  const AimSmoothing stage{1e-9, 3e-7, 0.0, Duration::minutes(1)};
  StagedTarget target = alone(stage);  // keeps the share of its last step
  target.advance(world.at(start), base);
  Timestamp now = start;
  for (const int seconds : {1, 1, 60, 1, 0, 1, 1, 300, 60, 60}) {
    StagedTarget anew = alone(stage);  // keeps none
    std::string bytes;
    SaveArchive save(bytes);
    target.archive(save);
    LoadArchive load(bytes);
    anew.archive(load);
    ASSERT_TRUE(load.done());
    now = now + Duration::seconds(seconds);
    const Aimed higher{dec("8"), base.offsets};
    target.advance(world.at(now), higher);
    anew.advance(world.at(now), higher);
    EXPECT_EQ(target.aimed(), anew.aimed());
  }
}

TEST(StagedTarget, leaves_to_the_last_digit_what_no_stage_changed) {
  World world;
  world.watch(60);
  const Aimed fine{dec("4.000000000000000001"), {dec("-0.000000000000000003"), dec("2")}};
  StagedTarget target = alone(VolBudgetScale{InstrumentId{0}, 1e12, {}});
  target.advance(world.now(), fine);
  EXPECT_EQ(target.aimed(), fine);
}

TEST(StagedTarget, is_unknown_without_a_base) {
  const World world;
  StagedTarget target = alone(AimSmoothing{1e-9, 3e-7, 0.0, Duration::minutes(1)});
  target.advance(world.now(), std::nullopt);
  EXPECT_EQ(target.aimed(), std::nullopt);
}

}  // namespace
}  // namespace ballast
