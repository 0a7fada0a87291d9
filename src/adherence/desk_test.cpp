#include "adherence/desk.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr Timestamp epoch_2024{1'704'067'200'000'000'000};

TEST(DeskAdherence, weighs_factors_by_the_money_their_bands_put_at_risk) {
  const std::array<FactorShare, 2> factors{{{0.5, {}, 300.0}, {1.0, {}, 100.0}}};
  const DeskAdherence desk = desk_adherence(factors);
  EXPECT_EQ(desk.basis, WeightBasis::band_risk);
  EXPECT_EQ(desk.weights, (std::vector<double>{0.75, 0.25}));
  EXPECT_EQ(desk.adherence, 0.625);
}

TEST(DeskAdherence, weighs_equally_until_every_factor_has_an_estimate) {
  const std::array<FactorShare, 2> factors{{{0.5, {}, 300.0}, {1.0, {}, {}}}};
  EXPECT_EQ(desk_adherence(factors).basis, WeightBasis::equal);
  EXPECT_EQ(desk_adherence(factors).adherence, 0.75);
  const std::array<FactorShare, 2> riskless{{{0.5, {}, 0.0}, {1.0, {}, 0.0}}};
  EXPECT_EQ(desk_adherence(riskless).basis, WeightBasis::equal);
}

TEST(DeskAdherence, lets_weights_set_by_hand_win) {
  const std::array<FactorShare, 2> all{{{0.5, 1.0, 300.0}, {1.0, 4.0, 100.0}}};
  EXPECT_EQ(desk_adherence(all).basis, WeightBasis::manual);
  EXPECT_EQ(desk_adherence(all).adherence, 0.9);
  const std::array<FactorShare, 3> some{{{0.5, 0.5, {}}, {1.0, {}, 300.0}, {0.0, {}, 100.0}}};
  const DeskAdherence mixed = desk_adherence(some);
  EXPECT_EQ(mixed.basis, WeightBasis::mixed);
  EXPECT_EQ(mixed.weights, (std::vector<double>{0.5, 0.375, 0.125}));
  const std::array<FactorShare, 2> none_left{{{0.5, 2.0, {}}, {1.0, {}, 300.0}}};
  EXPECT_EQ(desk_adherence(none_left).adherence, 0.5);
}

TEST(DeskAdherence, leaves_out_what_was_never_known_and_is_absent_without_anything) {
  const std::array<FactorShare, 3> factors{{{0.5, {}, 100.0}, {{}, {}, 800.0}, {1.0, {}, 100.0}}};
  const DeskAdherence desk = desk_adherence(factors);
  EXPECT_EQ(desk.weights, (std::vector<double>{0.5, 0.0, 0.5}));
  EXPECT_EQ(desk.adherence, 0.75);
  EXPECT_FALSE(desk_adherence({}).adherence);
  const std::array<FactorShare, 1> unknown{{{{}, 1.0, 1.0}}};
  EXPECT_FALSE(desk_adherence(unknown).adherence);
}

DeskRiskOptions two_factors() {
  DeskRiskOptions options;
  options.factors = 2;
  return options;
}

TEST(DeskRisk, samples_the_first_event_in_each_cell_of_its_grid) {
  DeskRisk risk(two_factors());
  const std::array<RiskSample, 2> samples{};
  EXPECT_TRUE(risk.due(epoch_2024 + Duration::seconds(59)));
  risk.sample(epoch_2024 + Duration::seconds(59), samples);
  EXPECT_FALSE(risk.due(epoch_2024 + Duration{Duration::seconds(60).ns - 1}));
  EXPECT_TRUE(risk.due(epoch_2024 + Duration::seconds(60)));
  EXPECT_FALSE(risk.tracking_risk(epoch_2024 + Duration::days(1))) << "nothing has a price";
}

TEST(DeskRisk, puts_half_the_band_times_the_daily_price_move_at_risk) {
  DeskRisk risk(two_factors());
  std::array<RiskSample, 2> samples{{{true, 1.0, 100.0, 4.0}, {true, 5.0, {}, 1.0}}};
  risk.sample(epoch_2024, samples);
  EXPECT_FALSE(risk.band_risk(0)) << "one price is no estimate";
  samples[0].price = 103.0;
  risk.sample(epoch_2024 + Duration::hours(6), samples);
  // 3 in a quarter of a day: 3 / sqrt(1/4) = 6 a square-root day.
  EXPECT_DOUBLE_EQ(risk.volatility(0).value(), 6.0);
  EXPECT_DOUBLE_EQ(risk.band_risk(0).value(), 12.0);
  EXPECT_FALSE(risk.band_risk(1));
  // The factor without a price is not price-like: only d = 1 counts.
  EXPECT_DOUBLE_EQ(risk.tracking_risk(epoch_2024 + Duration::hours(7)).value(), 6.0);
}

TEST(DeskRisk, averages_joint_risk_over_the_time_in_which_all_is_known) {
  DeskRisk risk(two_factors());
  std::array<RiskSample, 2> samples{{{true, 2.0, 100.0, 1.0}, {true, -1.0, 50.0, 1.0}}};
  risk.sample(epoch_2024, samples);
  samples[0].price = 104.0;
  samples[1].price = 53.0;
  risk.sample(epoch_2024 + Duration::days(1), samples);  // d' r = 8 - 3 = 5 a day
  samples[0].known = false;
  risk.sample(epoch_2024 + Duration::days(3), samples);
  const TrackingTotals totals = risk.totals(epoch_2024 + Duration::days(10));
  EXPECT_DOUBLE_EQ(totals.variance_days, 2 * 25.0);
  EXPECT_DOUBLE_EQ(totals.days, 2.0);
  EXPECT_DOUBLE_EQ(totals.unknown_days, 8.0);
  EXPECT_DOUBLE_EQ(tracking_risk(totals).value(), 5.0);
  EXPECT_FALSE(tracking_risk(risk.totals(epoch_2024 + Duration::days(10)) - totals));
}

TEST(DeskRisk, goes_on_alike_after_saving_and_loading) {
  Rng rng(9);
  DeskRisk straight(two_factors());
  DeskRisk resumed(two_factors());
  const auto saved = [](DeskRisk& risk) {
    std::string bytes;
    SaveArchive ar(bytes);
    risk.archive(ar);
    return bytes;
  };
  Timestamp t = epoch_2024;
  for (int i = 0; i < 200; ++i) {
    t = t + Duration::seconds(rng.between(30, 200));
    std::array<RiskSample, 2> samples{};
    for (auto& sample : samples) {
      sample = {rng.chance(0.9), rng.normal(), {}, rng.uniform()};
      if (rng.chance(0.8)) sample.price = 100.0 + rng.normal();
    }
    for (DeskRisk* risk : {&straight, &resumed}) {
      if (risk->due(t)) risk->sample(t, samples);
    }
    const std::string bytes = saved(straight);
    ASSERT_EQ(bytes, saved(resumed));
    resumed = DeskRisk(two_factors());
    LoadArchive ar(bytes);
    resumed.archive(ar);
    ASSERT_TRUE(ar.done());
  }
  EXPECT_TRUE(straight.tracking_risk(t));
  EXPECT_EQ(straight.tracking_risk(t), resumed.tracking_risk(t));
}

}  // namespace
}  // namespace ballast
