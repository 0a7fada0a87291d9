#include "market/learning.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

constexpr InstrumentId spot{0}, unlearnt{1}, perp{2};
constexpr Timestamp start{1'700'000'000'000'000'000};

Desk desk_of(std::size_t count) {
  Desk desk;
  desk.assets = {{"USDT", {}}, {"BTC", {}}};
  desk.currency = AssetId{0};
  desk.venues = {{"v", {"main"}}};
  for (std::size_t i = 0; i < count; ++i) {
    Instrument instrument;
    instrument.name = "I" + std::to_string(i);
    instrument.venue = VenueId{0};
    instrument.base = AssetId{1};
    instrument.quote = AssetId{0};
    desk.instruments.push_back(instrument);
  }
  return desk;
}

template <class T>
T decimal(double value) {
  return decimal_from_double<T>(value, 12).value();
}
Timestamp after(double seconds) {
  return {start.ns + static_cast<std::int64_t>(std::llround(seconds * 1e9))};
}
double exponential(Rng& rng, double rate) { return -std::log1p(-rng.uniform()) / rate; }

std::string bytes_of(MarketLearning& learning) {
  std::string bytes;
  SaveArchive save(bytes);
  learning.archive(save);
  return bytes;
}

class MarketLearningTest : public ::testing::Test {
 protected:
  void price(double t, double value, InstrumentId id = spot) {
    learning.price(after(t), id, decimal<Price>(value));
  }
  void top(double t, double bid, double bid_qty, double ask, double ask_qty) {
    learning.apply(after(t), Top{spot, decimal<Price>(bid), decimal<Quantity>(bid_qty),
                                 decimal<Price>(ask), decimal<Quantity>(ask_qty)});
  }
  void trade(double t, Side side, double at, double qty) {
    learning.apply(after(t), Trade{spot, decimal<Price>(at), decimal<Quantity>(qty), side});
  }
  void funding(double t, double rate, double hours = 8.0) {
    learning.apply(after(t), FundingRate{spot, decimal<Decimal>(rate), decimal<Decimal>(hours)});
  }
  Learned estimate(double t, EstimateKind kind) const {
    return learning.estimate(after(t), spot, kind);
  }

  Desk desk = desk_of(3);
  LearningConfig config;
  std::array<InstrumentId, 2> learnt{spot, perp};
  MarketLearning learning{desk, config, learnt};
};

TEST_F(MarketLearningTest, samples_one_return_a_step_and_none_over_a_silence) {
  Rng rng(11);
  RealisedVariance slow(1.0 / 24);
  // The naive way: the last price of each whole second in which there was one.
  double t = 0.3, value = 50'000.0, sampled = 0.0, last = 0.0, heard = 0.0;
  std::int64_t sampled_step = -1, step = -1;
  for (int i = 0; i < 20'000; ++i) {
    const auto now = static_cast<std::int64_t>(std::floor(t));
    if (step >= 0 && now != step) {
      if (sampled_step >= 0) {
        const double days = static_cast<double>(step - sampled_step) / 86400.0;
        if (sampled < 0.0) {
          slow.skip(days);
        } else {
          slow.add(days, std::log(last) - std::log(sampled));
        }
      }
      sampled = last;
      sampled_step = step;
      if (t - heard > 300.0) sampled = -1.0;
    }
    step = now;
    last = to_double(decimal<Price>(value));
    heard = t;
    price(t, value);
    value *= std::exp(1e-4 * rng.normal());
    t += rng.chance(0.003) ? 200.0 + 400.0 * rng.uniform() : exponential(rng, 1.5);
  }
  const Learned volatility = estimate(heard, EstimateKind::volatility);
  ASSERT_TRUE(volatility.given()) << lack_text(volatility);
  EXPECT_NEAR(volatility.estimate.value, std::sqrt(slow.variance()->value),
              1e-9 * volatility.estimate.value);
  EXPECT_NEAR(*volatility.estimate.std_error,
              slow.variance()->std_error / 2 / std::sqrt(slow.variance()->value), 1e-9);
  EXPECT_NEAR(estimate(heard, EstimateKind::bipower_volatility).estimate.value,
              std::sqrt(slow.bipower()->value), 1e-9);
  EXPECT_EQ(volatility.estimate.observations, static_cast<std::uint32_t>(slow.observations()));
}

TEST_F(MarketLearningTest, finds_volatility_and_covariance_of_simulated_prices) {
  const double vol_a = 0.04, vol_b = 0.06, correlation = 0.7;  // per root of a day
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    MarketLearning fresh(desk, config, learnt);
    double a = 0.0, b = 0.0;
    const double root = std::sqrt(1.0 / 86400.0);
    for (int i = 0; i < 20'000; ++i) {
      const double common = rng.normal();
      a += vol_a * root * common;
      b += vol_b * root *
           (correlation * common + std::sqrt(1 - correlation * correlation) * rng.normal());
      fresh.price(after(i), spot, decimal<Price>(100 * std::exp(a)));
      fresh.price(after(i + 0.5), perp, decimal<Price>(20 * std::exp(b)));
    }
    const auto volatility =
        fresh.estimate(after(20'000), spot, EstimateKind::volatility).given().value();
    EXPECT_NEAR(volatility.value, vol_a, 4 * *volatility.std_error);
    const auto variance = fresh.covariance(after(20'000), perp, perp).given().value();
    EXPECT_NEAR(variance.value, vol_b * vol_b, 4 * *variance.std_error);
    const auto covariance = fresh.covariance(after(20'000), spot, perp).given().value();
    EXPECT_NEAR(covariance.value, correlation * vol_a * vol_b, 4 * *covariance.std_error);
    EXPECT_EQ(fresh.covariance(after(20'000), perp, spot).estimate.value, covariance.value);

    const std::array<InstrumentId, 2> order{perp, spot};
    std::array<double, 4> matrix{};
    EXPECT_EQ(fresh.covariance_matrix(after(20'000), order, matrix), Lack::none);
    EXPECT_EQ(matrix[0], variance.value);
    EXPECT_EQ(matrix[1], covariance.value);
    EXPECT_EQ(matrix[2], covariance.value);
    EXPECT_EQ(fresh.covariance_matrix(after(21'000), order, matrix), Lack::too_old);
    EXPECT_EQ(matrix[0], 0.0);
  }
}

TEST_F(MarketLearningTest, means_spreads_and_sizes_over_the_time_they_stood) {
  // Half-lives of ten minutes: one quote for ten, another for five.
  for (int i = 0; i < 10; ++i)
    top(60.0 * i, 99.0, 2.0, 101.0, 4.0);
  for (int i = 10; i < 15; ++i)
    top(60.0 * i, 99.5, 1.0, 100.5, 1.0);
  const double now = 60.0 * 15;
  const double old_weight = std::exp2(-0.5) - std::exp2(-1.5), new_weight = 1 - std::exp2(-0.5);
  const double half = (1.0 * old_weight + 0.5 * new_weight) / (old_weight + new_weight);
  const Learned spread = estimate(now, EstimateKind::half_spread);
  EXPECT_EQ(spread.lack, Lack::too_few) << "fourteen minutes of quotes, one a minute";
  EXPECT_NEAR(spread.estimate.value, half, 1e-12);
  EXPECT_EQ(spread.estimate.t, after(60.0 * 14));
  EXPECT_NEAR(estimate(now, EstimateKind::relative_half_spread).estimate.value, half / 100, 1e-14);
  EXPECT_NEAR(estimate(now, EstimateKind::top_depth).estimate.value,
              (3.0 * old_weight + 1.0 * new_weight) / (old_weight + new_weight), 1e-12);
  // One side goes: what was stays the mean, and there is no mid to compare it with.
  top(now, 99.5, 0.0, 100.5, 1.0);
  EXPECT_NEAR(estimate(now + 60, EstimateKind::half_spread).estimate.value, half, 1e-12);
  for (int i = 0; i < 600; ++i)
    top(now + 60 + i, 99.0, 2.0, 101.0, 4.0);
  EXPECT_TRUE(estimate(now + 660, EstimateKind::half_spread).given());
  EXPECT_EQ(estimate(now + 1000, EstimateKind::half_spread).lack, Lack::too_old);
  EXPECT_EQ(learning.age(after(now + 1000), spot, Feed::top)->to_seconds(), 341.0);
  EXPECT_FALSE(learning.age(after(now + 1000), spot, Feed::trade));
}

TEST_F(MarketLearningTest, counts_the_book_within_its_distance_of_the_mid) {
  const auto level = [](double at, double qty) {
    return BookLevel{decimal<Price>(at), decimal<Quantity>(qty)};
  };
  // Ten basis points of a mid of 1000: from 999 to 1001.
  const std::array bids{level(999.5, 1.0), level(999.0, 2.0), level(998.9, 100.0)};
  const std::array asks{level(1000.5, 3.0), level(1000.9, 4.0), level(1001.1, 100.0)};
  for (int i = 0; i < 40; ++i)
    learning.depth(after(i), spot, bids, asks);
  EXPECT_DOUBLE_EQ(estimate(40, EstimateKind::book_depth).given()->value, 5.0);
  learning.depth(after(40), spot, bids, {});
  EXPECT_DOUBLE_EQ(estimate(50, EstimateKind::book_depth).given()->value, 5.0);
}

TEST_F(MarketLearningTest, finds_the_flow_that_was_simulated) {
  const double a = 1.5, k = 2.0, half_spread = 0.4, mean_qty = 0.2;  // A of each side
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    learning = MarketLearning(desk, config, learnt);
    const double rate = 2 * a * std::exp(-k * half_spread);
    double t = 0.0;
    for (int i = 0; i < 8000; ++i) {
      t += exponential(rng, rate);
      const double mid = 100.0 + 0.01 * i;
      top(t, mid - half_spread, 1.0, mid + half_spread, 1.0);
      const double depth = half_spread + exponential(rng, k);
      const bool buy = rng.chance(0.5);
      trade(t, buy ? Side::buy : Side::sell, buy ? mid + depth : mid - depth,
            exponential(rng, 1 / mean_qty) + 1e-9);
    }
    const auto within = [&](EstimateKind kind, double truth) {
      const auto found = estimate(t, kind).given();
      ASSERT_TRUE(found) << to_string(kind);
      EXPECT_NEAR(found->value, truth, 4 * *found->std_error) << to_string(kind);
      EXPECT_LT(*found->std_error, 0.2 * truth) << to_string(kind);
    };
    within(EstimateKind::intensity_a, a);
    within(EstimateKind::intensity_k, k);
    within(EstimateKind::trade_rate, rate);
    within(EstimateKind::traded_volume, rate * mean_qty);
  }
}

TEST_F(MarketLearningTest, counts_exposure_while_it_was_listening_alone) {
  // Two hours of one print a second, then a night of silence, then a minute more of it.
  for (int i = 0; i < 7200; ++i)
    trade(i, Side::buy, 100.0, 1.0);
  for (int i = 0; i < 60; ++i)
    trade(50'000 + i, Side::buy, 100.0, 1.0);
  EXPECT_NEAR(estimate(50'059, EstimateKind::trade_rate).given()->value, 1.0, 0.02);
  EXPECT_EQ(estimate(50'059, EstimateKind::intensity_k).lack, Lack::too_few) << "there was no mid";
  // Time in which nothing was printed counts when the instrument is heard of otherwise.
  for (int i = 60; i < 250; ++i)
    top(50'000 + i, 99.0, 1.0, 101.0, 1.0);
  EXPECT_LT(estimate(50'250, EstimateKind::trade_rate).given()->value, 0.5);
}

TEST_F(MarketLearningTest, knows_no_intensity_where_nothing_prints_past_the_spread) {
  for (int i = 0; i < 100; ++i) {
    top(i, 99.5, 1.0, 100.5, 1.0);
    trade(i, Side::buy, 100.5, 1.0);
  }
  EXPECT_EQ(estimate(100, EstimateKind::intensity_k).lack, Lack::undetermined);
  EXPECT_TRUE(estimate(100, EstimateKind::trade_rate).given());
}

TEST_F(MarketLearningTest, states_funding_per_day_and_what_it_reverts_to) {
  config.funding_half_life = Duration::days(60);
  const double hours = 3600.0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    learning = MarketLearning(desk, config, learnt);
    MeanReversion slow(60.0);
    slow.restart(1.0 / 3);
    double rate = 1e-4, t = 0.0;
    const double stamp = 57'600.0 - static_cast<double>(start.ns / 1'000'000'000 % 28'800);
    for (int i = 0; i < 400; ++i) {
      rate = 1e-4 + 0.7 * (rate - 1e-4) + 5e-5 * rng.normal();
      // Stamps that come up to a minute early or late, and forecasts that change nothing.
      t = stamp + 8 * hours * i + 60.0 * (2 * rng.uniform() - 1);
      funding(t, rate);
      slow.add(3 * to_double(decimal<Decimal>(rate)));
      if (i < 399) funding(t + hours, rate + 1.0);
    }
    const auto level = estimate(t + hours, EstimateKind::funding).given().value();
    EXPECT_NEAR(level.value, 3 * rate, 1e-11);
    EXPECT_EQ(level.observations, 1U);
    const auto mean = estimate(t + hours, EstimateKind::funding_mean).given().value();
    EXPECT_NEAR(mean.value, slow.fit()->mean, 1e-12);
    EXPECT_NEAR(mean.value, 3e-4, 4 * *mean.std_error);
    const auto half_life =
        estimate(t + hours, EstimateKind::funding_half_life_days).given().value();
    EXPECT_NEAR(half_life.value, std::log(2.0) / -std::log(0.7) / 3, 4 * *half_life.std_error);
    EXPECT_NEAR(learning.expected_funding(after(t), spot, Duration::days(2)).given()->value,
                slow.fit()->expected_average(3 * rate, 2.0), 1e-11);
    // A stamp and a half later it is too old.
    EXPECT_TRUE(estimate(t + 11.9 * hours, EstimateKind::funding).given());
    EXPECT_EQ(estimate(t + 12.1 * hours, EstimateKind::funding).lack, Lack::too_old);
    EXPECT_EQ(estimate(t + 12.1 * hours, EstimateKind::funding_mean).lack, Lack::too_old);
  }
}

TEST_F(MarketLearningTest, begins_funding_anew_when_its_interval_changes) {
  for (int i = 0; i < 50; ++i)
    funding(28'800.0 * i, 1e-4 * (i % 3));
  EXPECT_TRUE(estimate(28'800.0 * 49, EstimateKind::funding_mean).given());
  funding(28'800.0 * 50, 2e-4, 4.0);
  EXPECT_EQ(estimate(28'800.0 * 50, EstimateKind::funding_mean).lack, Lack::too_few);
  EXPECT_NEAR(estimate(28'800.0 * 50, EstimateKind::funding).given()->value, 12e-4, 1e-15);
}

TEST_F(MarketLearningTest, gives_nothing_of_too_little_or_too_old) {
  EXPECT_EQ(lack_text(estimate(0, EstimateKind::volatility)), "never");
  EXPECT_EQ(lack_text(learning.estimate(start, unlearnt, EstimateKind::volatility)), "never");
  for (int i = 0; i <= 13; ++i)
    price(i, 100.0 + i % 2);
  const Learned few = estimate(13, EstimateKind::volatility);
  EXPECT_FALSE(few.given());
  EXPECT_EQ(lack_text(few), "too few: 11 of 30") << "12 returns less what was forgotten of them";
  EXPECT_GT(few.estimate.value, 0.0);
  for (int i = 14; i <= 40; ++i)
    price(i, 100.0 + i % 2);
  EXPECT_TRUE(estimate(40, EstimateKind::volatility).given());
  EXPECT_TRUE(estimate(340, EstimateKind::volatility).given());
  EXPECT_EQ(lack_text(estimate(341, EstimateKind::volatility)), "too old: 5m1s, at most 5m");
  EXPECT_EQ(learning.covariance(after(40), spot, perp).lack, Lack::never);
  price(41, 20.0, perp);
  EXPECT_EQ(learning.covariance(after(41), spot, perp).lack, Lack::too_few);
}

/// A busy stream of everything, deterministic by its seed.
class Stream {
 public:
  explicit Stream(std::uint64_t seed) : rng_(seed) {}
  void next(MarketLearning& to, Timestamp at) {
    const InstrumentId id{rng_.below(3)};
    const double mid = 100.0 + rng_.normal();
    const auto near = [&](double offset) { return decimal<Price>(mid + offset); };
    const Quantity qty = decimal<Quantity>(0.1 + rng_.uniform());
    const std::array levels{BookLevel{near(-0.1), qty}, BookLevel{near(-0.2), qty}};
    const std::array above{BookLevel{near(0.1), qty}, BookLevel{near(0.2), qty}};
    switch (rng_.below(5)) {
      case 0:
        return to.price(at, id, near(0.0));
      case 1:
        return to.apply(at,
                        Top{id, near(-0.1), rng_.chance(0.1) ? Quantity{} : qty, near(0.1), qty});
      case 2:
        return to.apply(at, Trade{id, near(0.3 * rng_.normal()), qty,
                                  rng_.chance(0.5) ? Side::buy : Side::sell});
      case 3:
        return to.depth(at, id, levels, above);
      default:
        return to.apply(at, FundingRate{id, decimal<Decimal>(1e-4 * rng_.normal()),
                                        rng_.chance(0.01) ? Decimal::whole(8) : Decimal::whole(1)});
    }
  }
  double wait() { return rng_.chance(0.01) ? 1000.0 * rng_.uniform() : exponential(rng_, 2.0); }

 private:
  Rng rng_;
};

TEST_F(MarketLearningTest, ignores_what_is_late_and_what_it_does_not_learn) {
  Stream stream(5), late(6);
  MarketLearning disturbed(desk, config, learnt);
  double t = 0.0;
  for (int i = 0; i < 5000; ++i) {
    Stream same = stream;
    stream.next(learning, after(t));
    same.next(disturbed, after(t));
    // From the time on at which every feed of both has spoken, all before the first is late.
    if (i > 500) late.next(disturbed, after(-1.0 - i % 100'000));
    t += stream.wait();
  }
  EXPECT_EQ(bytes_of(learning), bytes_of(disturbed));

  const std::string before = bytes_of(learning);
  learning.price(after(t), unlearnt, Price::whole(1));
  learning.apply(after(t), Top{unlearnt, Price::whole(1), Quantity::whole(1), Price::whole(2),
                               Quantity::whole(1)});
  learning.apply(after(t), Trade{unlearnt, Price::whole(1), Quantity::whole(1), Side::buy});
  learning.apply(after(t), FundingRate{unlearnt, Decimal{}, Decimal::whole(8)});
  learning.depth(after(t), unlearnt, {}, {});
  price(t + 1.0, -5.0);
  funding(t + 1.0, 1e-4, 0.0);
  EXPECT_EQ(bytes_of(learning), before);
  EXPECT_FALSE(learning.learns(unlearnt));
}

TEST_F(MarketLearningTest, goes_on_from_a_snapshot_as_if_it_had_never_stopped) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Stream stream(seed);
    learning = MarketLearning(desk, config, learnt);
    double t = 0.0;
    for (int i = 0; i < 2000; ++i, t += stream.wait())
      stream.next(learning, after(t));
    const std::string bytes = bytes_of(learning);
    MarketLearning loaded(desk, config, learnt);
    LoadArchive load(bytes);
    loaded.archive(load);
    ASSERT_TRUE(load.done());
    EXPECT_EQ(bytes_of(loaded), bytes);
    for (int i = 0; i < 500; ++i, t += stream.wait()) {
      Stream same = stream;
      stream.next(learning, after(t));
      same.next(loaded, after(t));
    }
    EXPECT_EQ(bytes_of(loaded), bytes_of(learning));
    for (std::size_t kind = 0; kind < estimate_infos.size(); ++kind) {
      const Learned one = estimate(t, estimate_kind(kind));
      const Learned other = loaded.estimate(after(t), spot, estimate_kind(kind));
      EXPECT_EQ(one.estimate.value, other.estimate.value) << to_string(estimate_kind(kind));
      EXPECT_EQ(one.lack, other.lack);
    }
    for (std::size_t size = 0; size < bytes.size(); size += 37) {
      MarketLearning damaged(desk, config, learnt);
      LoadArchive cut(std::string_view(bytes).substr(0, size));
      damaged.archive(cut);
      EXPECT_TRUE(cut.failed());
    }
  }
}

/// What is kept between two questions is what would be worked out anew.
TEST_F(MarketLearningTest, answers_the_same_however_often_it_was_asked_before) {
  const auto same = [](const Learned& a, const Learned& b) {
    return a.estimate.value == b.estimate.value && a.estimate.std_error == b.estimate.std_error &&
           a.estimate.observations == b.estimate.observations && a.estimate.t == b.estimate.t &&
           a.lack == b.lack && a.needed == b.needed && a.age == b.age && a.allowed == b.allowed;
  };
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    MarketLearning asked(desk, config, learnt);
    Stream stream(seed);
    Rng rng(seed);
    double t = 0.0;
    for (int i = 0; i < 1500; ++i, t += stream.wait()) {
      stream.next(asked, after(t));
      const std::string bytes = bytes_of(asked);
      MarketLearning anew(desk, config, learnt);
      LoadArchive load(bytes);
      anew.archive(load);
      ASSERT_TRUE(load.done());
      const Timestamp now = after(t + (rng.below(4) == 0 ? 1000.0 * rng.uniform() : 0.0));
      for (const InstrumentId id : learnt) {
        for (std::size_t kind = 0; kind < estimate_infos.size(); ++kind) {
          ASSERT_TRUE(same(asked.estimate(now, id, estimate_kind(kind)),
                           anew.estimate(now, id, estimate_kind(kind))))
              << to_string(estimate_kind(kind)) << ", seed " << seed << ", event " << i;
        }
        for (const Duration horizon : {Duration::hours(8), Duration{}, Duration::hours(1)}) {
          ASSERT_TRUE(same(asked.expected_funding(now, id, horizon),
                           anew.expected_funding(now, id, horizon)))
              << "funding, seed " << seed << ", event " << i;
        }
      }
    }
  }
}

TEST_F(MarketLearningTest, never_answers_with_what_is_not_a_number) {
  Stream stream(9);
  double t = 0.0;
  for (int i = 0; i < 3000; ++i, t += stream.wait()) {
    stream.next(learning, after(t));
    for (std::size_t kind = 0; kind < estimate_infos.size(); ++kind) {
      const Learned learned = estimate(t, estimate_kind(kind));
      ASSERT_TRUE(std::isfinite(learned.estimate.value)) << to_string(estimate_kind(kind));
      ASSERT_TRUE(std::isfinite(learned.estimate.std_error.value_or(0.0)));
    }
  }
}

}  // namespace
}  // namespace ballast
