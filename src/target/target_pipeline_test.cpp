#include "target/target_pipeline.hpp"

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

Decimal dec(std::string_view text) { return parse_decimal<Decimal>(text).value(); }
Range range(std::string_view lower, std::string_view upper) { return {dec(lower), dec(upper)}; }
Plan plan(std::string_view target, Range band, Range limit) { return {dec(target), band, limit}; }

/// A second of the test's day, with a price and a net asset value.
Inventory at(int second) {
  return {Timestamp{1'723'190'400'000'000'000 + second * 1'000'000'000LL}, dec("50000"),
          dec("500000")};
}

FactorConfig factor(TargetModel model) {
  FactorConfig config;
  config.target = std::move(model);
  config.band = range("-2", "2");
  config.limit = range("-6", "6");
  return config;
}
TargetPipeline fixed(std::string_view value) {
  return TargetPipeline(factor(StaticTarget{dec(value)}));
}

TargetOverride target_to(Decimal value) {
  TargetOverride change;
  change.target = value;
  return change;
}
TargetOverride target_to(std::string_view value) { return target_to(dec(value)); }
TargetOverride band_to(std::string_view lower, std::string_view upper) {
  TargetOverride change;
  change.band = range(lower, upper);
  return change;
}
TargetOverride limit_to(std::string_view lower, std::string_view upper) {
  TargetOverride change;
  change.limit = range(lower, upper);
  return change;
}
TargetOverride until(Timestamp end) {
  TargetOverride change;
  change.until = end;
  return change;
}
TargetOverride clear() {
  TargetOverride change;
  change.clear = true;
  return change;
}

TEST(TargetPipeline, puts_the_band_around_the_models_target) {
  EXPECT_EQ(fixed("0").plan(at(0)), plan("0", range("-2", "2"), range("-6", "6")));
  EXPECT_EQ(fixed("3.5").plan(at(0)), plan("3.5", range("1.5", "5.5"), range("-6", "6")));
}

TEST(TargetPipeline, takes_the_band_for_the_limit_when_there_is_none) {
  FactorConfig config = factor(NeutralTarget{});
  config.limit = std::nullopt;
  TargetPipeline pipeline(config);
  EXPECT_EQ(pipeline.plan(at(0))->limit, range("-2", "2"));
  ASSERT_EQ(pipeline.apply(target_to("10"), at(0)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(0)), plan("10", range("8", "12"), range("8", "12")));
}

TEST(TargetPipeline, follows_the_worked_example_of_the_definition) {
  TargetPipeline pipeline = fixed("0");
  TargetOverride both = target_to("3");
  both.band = range("1", "5");
  ASSERT_EQ(pipeline.apply(both, at(70)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(70)), plan("3", range("1", "5"), range("-6", "6")));
  ASSERT_EQ(pipeline.apply(band_to("2", "4"), at(80)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(80)), plan("3", range("2", "4"), range("-6", "6")));
}

TEST(TargetPipeline, scales_the_band_as_the_schedule_says) {
  const ScheduleEntry always{0x7F, Duration{}, Duration::days(1), {}, {}, dec("0.25")};
  const TargetPipeline pipeline(factor(ScheduleTarget{dec("1"), {always}}));
  EXPECT_EQ(pipeline.plan(at(0)), plan("1", range("0.5", "1.5"), range("-6", "6")));
}

TEST(TargetPipeline, keeps_a_hard_limit_hard) {
  EXPECT_EQ(fixed("5").plan(at(0)), plan("5", range("3", "6"), range("-6", "6")));
  EXPECT_EQ(fixed("-9").plan(at(0)), plan("-6", range("-6", "-6"), range("-6", "6")));
}

TEST(TargetPipeline, moves_the_band_with_a_target_that_comes_alone) {
  TargetPipeline pipeline = fixed("0");
  ASSERT_EQ(pipeline.apply(target_to("1"), at(0)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(0))->band, range("-1", "3"));  // the configured offsets
  ASSERT_EQ(pipeline.apply(band_to("0.5", "2"), at(1)), OverrideAnswer::applied);
  ASSERT_EQ(pipeline.apply(target_to("3"), at(2)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(2)), plan("3", range("2.5", "4"), range("-6", "6")));
}

TEST(TargetPipeline, keeps_the_target_under_a_band_that_comes_alone) {
  TargetPipeline pipeline = fixed("0");
  ASSERT_EQ(pipeline.apply(band_to("-1", "0.5"), at(0)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(0)), plan("0", range("-1", "0.5"), range("-6", "6")));
}

TEST(TargetPipeline, holds_a_wandering_model_at_the_overridden_bands_edge) {
  TargetPipeline pipeline(factor(ShareTarget{dec("0.3")}));  // 0.3 * 500000 / 50000 = 3
  ASSERT_EQ(pipeline.apply(band_to("2", "3.5"), at(0)), OverrideAnswer::applied);
  Inventory cheaper = at(1);
  cheaper.price = dec("30000");  // the model now says 5
  EXPECT_EQ(pipeline.plan(cheaper), plan("3.5", range("2", "3.5"), range("-6", "6")));
  EXPECT_TRUE(pipeline.reads_value(at(1).now));
}

TEST(TargetPipeline, replaces_the_limit_and_clamps_into_the_new_one) {
  TargetPipeline pipeline = fixed("0");
  ASSERT_EQ(pipeline.apply(limit_to("-1", "8"), at(0)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(0)), plan("0", range("-1", "2"), range("-1", "8")));
}

TEST(TargetPipeline, ends_an_override_at_its_time_and_not_before) {
  TargetPipeline pipeline = fixed("0");
  TargetOverride change = target_to("1");
  change.until = at(60).now;
  ASSERT_EQ(pipeline.apply(change, at(0)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.next_change(at(0).now), at(60).now);
  Inventory last = at(60);
  last.now = last.now - Duration{1};
  EXPECT_EQ(pipeline.plan(last)->target, dec("1"));
  EXPECT_EQ(pipeline.plan(at(60))->target, dec("0"));
  EXPECT_EQ(pipeline.next_change(at(60).now), std::nullopt);
  EXPECT_EQ(pipeline.overridden_at(at(60).now), std::nullopt);
}

TEST(TargetPipeline, keeps_until_and_levels_that_the_next_override_leaves_out) {
  TargetPipeline pipeline = fixed("0");
  TargetOverride change = target_to("1");
  change.until = at(60).now;
  ASSERT_EQ(pipeline.apply(change, at(0)), OverrideAnswer::applied);
  ASSERT_EQ(pipeline.apply(band_to("0", "2"), at(10)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(59))->target, dec("1"));
  EXPECT_EQ(pipeline.overridden_at(at(59).now), std::nullopt);  // its end is known: it cannot age
  EXPECT_EQ(pipeline.plan(at(60)), fixed("0").plan(at(60)));
  // An `until` alone moves the end of what is in force; there must be something in force.
  ASSERT_EQ(pipeline.apply(until(at(90).now), at(30)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(60))->target, dec("1"));
  EXPECT_EQ(pipeline.apply(until(at(200).now), at(90)), OverrideAnswer::says_nothing);
  // What has ended is not kept.
  ASSERT_EQ(pipeline.apply(limit_to("-3", "3"), at(100)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(100)), plan("0", range("-2", "2"), range("-3", "3")));
  EXPECT_EQ(pipeline.next_change(at(100).now), std::nullopt);
}

TEST(TargetPipeline, ends_a_target_and_a_limit_each_at_its_own_time) {
  TargetPipeline pipeline = fixed("0");
  TargetOverride target = target_to("1");
  target.until = at(60).now;
  ASSERT_EQ(pipeline.apply(target, at(0)), OverrideAnswer::applied);
  ASSERT_EQ(pipeline.apply(limit_to("-3", "3"), at(10)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(59)), plan("1", range("-1", "3"), range("-3", "3")));
  EXPECT_EQ(pipeline.plan(at(60)), plan("0", range("-2", "2"), range("-3", "3")));
  EXPECT_EQ(pipeline.next_change(at(60).now), std::nullopt);
  EXPECT_EQ(pipeline.overridden_at(at(60).now), std::nullopt);  // a limit does not age
  // A limit may say its own end, and an `until` alone is for all that is in force.
  TargetOverride limit = limit_to("-4", "4");
  limit.until = at(100).now;
  ASSERT_EQ(pipeline.apply(limit, at(70)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.next_change(at(70).now), at(100).now);
  ASSERT_EQ(pipeline.apply(target_to("1"), at(80)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(100)), plan("1", range("-1", "3"), range("-6", "6")));
  // What is said of one when it is over does not bind the next.
  ASSERT_EQ(pipeline.apply(limit_to("-5", "5"), at(110)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.next_change(at(110).now), std::nullopt);
}

TEST(TargetPipeline, clears_and_starts_afresh) {
  TargetPipeline pipeline = fixed("0");
  ASSERT_EQ(pipeline.apply(target_to("1"), at(0)), OverrideAnswer::applied);
  ASSERT_EQ(pipeline.apply(clear(), at(1)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(1)), fixed("0").plan(at(1)));
  ASSERT_EQ(pipeline.apply(target_to("1"), at(2)), OverrideAnswer::applied);
  TargetOverride afresh = band_to("-1", "1");
  afresh.clear = true;
  ASSERT_EQ(pipeline.apply(afresh, at(3)), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(at(3)), plan("0", range("-1", "1"), range("-6", "6")));
}

TEST(TargetPipeline, refuses_nonsense_and_stays_as_it_was) {
  TargetPipeline pipeline = fixed("0");
  ASSERT_EQ(pipeline.apply(band_to("-1", "1"), at(0)), OverrideAnswer::applied);
  const auto before = pipeline.plan(at(1));
  const auto refused = [&](const TargetOverride& change) {
    const auto answer = pipeline.apply(change, at(1));
    EXPECT_EQ(pipeline.plan(at(1)), before);
    return answer;
  };
  EXPECT_EQ(refused(band_to("1", "-1")), OverrideAnswer::reversed_range);
  EXPECT_EQ(refused(limit_to("1", "-1")), OverrideAnswer::reversed_range);
  EXPECT_EQ(refused(band_to("1", "2")), OverrideAnswer::target_outside_band);
  TargetOverride outside = target_to("5");
  outside.band = range("1", "4");
  EXPECT_EQ(refused(outside), OverrideAnswer::target_outside_band);
  TargetOverride over = target_to("0.5");
  over.until = at(1).now;
  EXPECT_EQ(refused(over), OverrideAnswer::already_over);
  EXPECT_EQ(refused(TargetOverride{}), OverrideAnswer::says_nothing);
  EXPECT_EQ(refused(target_to(Decimal{int128_max})), OverrideAnswer::overflow);
}

TEST(TargetPipeline, is_unknown_with_its_model_until_a_person_sets_a_target) {
  TargetPipeline pipeline(factor(ShareTarget{dec("0.3")}));
  Inventory blind = at(0);
  blind.price = std::nullopt;
  EXPECT_EQ(pipeline.plan(blind), std::nullopt);
  ASSERT_EQ(pipeline.apply(band_to("-1", "1"), blind), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(blind), std::nullopt);
  ASSERT_EQ(pipeline.apply(target_to("0.5"), blind), OverrideAnswer::applied);
  EXPECT_EQ(pipeline.plan(blind), plan("0.5", range("-1", "1"), range("-6", "6")));
  EXPECT_FALSE(pipeline.reads_value(blind.now));
}

TEST(TargetPipeline, is_unknown_past_the_decimal_range) {
  const Decimal near_end{int128_max - decimal_one};
  EXPECT_EQ(TargetPipeline(factor(StaticTarget{near_end})).plan(at(0)), std::nullopt);
}

TEST(TargetPipeline, explains_what_each_stage_did) {
  TargetPipeline pipeline = fixed("0");
  auto stages = pipeline.explain(at(0));
  ASSERT_EQ(stages.size(), 2U);
  EXPECT_EQ(stages[0].text, "static: fixed at 0");
  EXPECT_EQ(stages[1].text, "inside the limit");

  TargetOverride change = target_to("5");
  change.until = at(60).now;
  ASSERT_EQ(pipeline.apply(change, at(0)), OverrideAnswer::applied);
  stages = pipeline.explain(at(1));
  ASSERT_EQ(stages.size(), 3U);
  EXPECT_EQ(stages[1].text, "set at 2024-08-09T08:00:00Z, target 5, until 2024-08-09T08:01:00Z");
  EXPECT_EQ(stages[1].plan, plan("5", range("3", "7"), range("-6", "6")));
  EXPECT_EQ(stages[2].text, "target 5 and band [3, 7] brought inside the limit [-6, 6]");
  EXPECT_EQ(stages[2].plan, pipeline.plan(at(1)));
}

TEST(TargetPipeline, explains_neutral_once) {
  const TargetPipeline pipeline(factor(NeutralTarget{}));
  EXPECT_EQ(pipeline.explain(at(0))[0].text, "neutral: 0");
}

TEST(TargetPipeline, explains_a_target_held_at_the_bands_edge_and_an_unknown_one) {
  TargetPipeline pipeline(factor(ShareTarget{dec("0.3")}));
  ASSERT_EQ(pipeline.apply(band_to("2", "3.5"), at(0)), OverrideAnswer::applied);
  Inventory cheaper = at(1);
  cheaper.price = dec("30000");
  EXPECT_NE(pipeline.explain(cheaper)[1].text.find("held at the band's edge"), std::string::npos);
  cheaper.price = std::nullopt;
  EXPECT_EQ(pipeline.explain(cheaper)[2].text, "unknown");
  EXPECT_EQ(pipeline.explain(cheaper)[2].plan, std::nullopt);
}

TEST(TargetPipelineDeathTest, trusts_the_desk_to_put_the_target_inside_its_band) {
  FactorConfig config = factor(NeutralTarget{});
  config.band = range("1", "2");
  EXPECT_DEATH(TargetPipeline{config}, "band_.lower");
}

// ---- properties -------------------------------------------------------------------------------

TargetOverride random_override(Rng& rng, Timestamp now) {
  const auto level = [&] { return Decimal::whole(rng.between(-10, 10)); };
  const auto levels = [&] { return Range{level(), level()}; };
  TargetOverride change;
  if (rng.chance(0.5)) change.target = level();
  if (rng.chance(0.4)) change.band = levels();
  if (rng.chance(0.2)) change.limit = levels();
  if (rng.chance(0.3)) change.until = now + Duration::seconds(rng.between(-5, 100));
  change.clear = rng.chance(0.1);
  return change;
}

FactorConfig random_factor(Rng& rng) {
  const ScheduleEntry entry{0x7F,
                            Duration::seconds(8 * 3600 + rng.between(0, 300)),
                            Duration::seconds(rng.between(1, 200)),
                            {},
                            Decimal::whole(rng.between(0, 3)),
                            dec("0.5")};
  switch (rng.below(3)) {
    case 0:
      return factor(StaticTarget{Decimal::whole(rng.between(-8, 8))});
    case 1:
      return factor(ShareTarget{dec("0.3")});
    default:
      return factor(ScheduleTarget{Decimal::whole(rng.between(-3, 3)), {entry}});
  }
}

TEST(TargetPipeline, always_nests_target_in_band_in_limit_and_goes_on_alike_from_a_snapshot) {
  int applied = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Rng rng(seed);
    const FactorConfig config = random_factor(rng);
    TargetPipeline whole(config);
    TargetPipeline parts(config);
    Inventory now = at(0);
    for (int step = 0; step < 60; ++step) {
      const auto change_at = whole.next_change(now.now);
      const auto before = whole.plan(now);
      Inventory next = now;
      next.now = now.now + Duration::seconds(rng.between(0, 20));
      if (!change_at || next.now < *change_at) {
        ASSERT_EQ(whole.plan(next), before)
            << "seed " << seed << ": moved by time without saying so";
      }
      now = next;
      now.price = rng.chance(0.1) ? std::nullopt
                                  : std::optional(Decimal::whole(rng.between(1, 9) * 10'000));
      if (rng.chance(0.3)) {
        const TargetOverride change = random_override(rng, now.now);
        const auto answer = whole.apply(change, now);
        ASSERT_EQ(answer, parts.apply(change, now)) << "seed " << seed;
        applied += answer == OverrideAnswer::applied ? 1 : 0;
      }
      std::string bytes;
      SaveArchive save(bytes);
      parts.archive(save);
      TargetPipeline fresh(config);
      LoadArchive load(bytes);
      fresh.archive(load);
      ASSERT_TRUE(load.done());
      parts = fresh;
      const auto plan = whole.plan(now);
      ASSERT_EQ(plan, parts.plan(now)) << "seed " << seed;
      ASSERT_EQ(plan, whole.explain(now).back().plan) << "seed " << seed;
      if (!plan) continue;
      ASSERT_LE(plan->limit.lower, plan->band.lower) << "seed " << seed;
      ASSERT_LE(plan->band.lower, plan->target) << "seed " << seed;
      ASSERT_LE(plan->target, plan->band.upper) << "seed " << seed;
      ASSERT_LE(plan->band.upper, plan->limit.upper) << "seed " << seed;
    }
  }
  EXPECT_GT(applied, 1000);
}

}  // namespace
}  // namespace ballast
