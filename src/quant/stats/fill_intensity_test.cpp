#include "quant/stats/fill_intensity.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/archive.hpp"
#include "base/rng.hpp"

namespace ballast {
namespace {

double exponential(Rng& rng, double rate) { return -std::log1p(-rng.uniform()) / rate; }

TEST(FillIntensity, is_the_published_closed_form_when_nothing_is_forgotten) {
  // Fernandez-Tapia: k = 1 / mean depth, A = N / T.
  FillIntensity learnt(1e12);
  for (const double depth : {0.2, 0.9, 1.7, 0.4, 3.1, 0.8})
    learnt.add(depth, 0.0);
  EXPECT_FALSE(learnt.fit()) << "no exposure yet";
  learnt.pass(10.0);
  const FillIntensityFit fit = learnt.fit().value();
  EXPECT_NEAR(fit.k.value, 0.845070422535211, 1e-10);
  EXPECT_NEAR(fit.a_per_second.value, 0.6, 1e-10);
  EXPECT_NEAR(fit.k.std_error, fit.k.value / std::sqrt(6.0), 1e-10);
  EXPECT_NEAR(fit.a_per_second.std_error, 0.6 / std::sqrt(6.0), 1e-10);
}

struct Print {
  double t, depth, minimum;
};

TEST(FillIntensity, equals_the_slow_recomputation) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    FillIntensity fast(600.0);
    std::vector<Print> prints;
    double t = 0.0;
    for (int i = 0; i < 400; ++i) {
      const double dt = exponential(rng, 0.2);
      t += dt;
      fast.pass(dt);
      prints.push_back({t, 3.0 * rng.uniform(), 0.5 * rng.uniform()});
      fast.add(prints.back().depth, prints.back().minimum);
    }
    double n = 0.0, n2 = 0.0, excess = 0.0, minimum = 0.0;
    for (const Print& print : prints) {
      const double w = std::exp2(-(t - print.t) / 600.0);
      n += w;
      n2 += w * w;
      excess += w * std::max(0.0, print.depth - print.minimum);
      minimum += w * print.minimum;
    }
    const double exposure = 600.0 / std::log(2.0) * (1.0 - std::exp2(-t / 600.0));
    const double k = n / excess;
    const double a = n / exposure * std::exp(k * minimum / n);
    const FillIntensityFit fit = fast.fit().value();
    EXPECT_NEAR(fit.k.value, k, 1e-12 * k);
    EXPECT_NEAR(fit.a_per_second.value, a, 1e-11 * a);
    EXPECT_NEAR(fast.observations(), n * n / n2, 1e-9 * n);
  }
}

TEST(FillIntensity, holds_the_truth_within_four_errors_behind_a_half_spread) {
  const double a = 2.0, k = 4.0, half_spread = 0.25;  // per second, per unit, unit
  double chi = 0.0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    FillIntensity learnt(3600.0);
    FillIntensity unshifted(3600.0);
    // No print is nearer than the half spread: they come at lambda(half_spread).
    for (int i = 0; i < 10'000; ++i) {
      const double dt = exponential(rng, a * std::exp(-k * half_spread));
      const double depth = half_spread + exponential(rng, k);
      learnt.pass(dt);
      learnt.add(depth, half_spread);
      unshifted.pass(dt);
      unshifted.add(depth, 0.0);
    }
    const FillIntensityFit fit = learnt.fit().value();
    EXPECT_NEAR(fit.k.value, k, 4 * fit.k.std_error);
    EXPECT_NEAR(fit.a_per_second.value, a, 4 * fit.a_per_second.std_error);
    EXPECT_LT(fit.a_per_second.std_error, 0.05 * a);
    EXPECT_NEAR(unshifted.fit()->k.value, 1 / (half_spread + 1 / k), 0.1) << "what the shift mends";
    const double zk = (fit.k.value - k) / fit.k.std_error;
    const double za = (fit.a_per_second.value - a) / fit.a_per_second.std_error;
    chi += (zk * zk + za * za) / 60;
  }
  EXPECT_GT(chi, 0.4) << "the errors stated are far too large";
  EXPECT_LT(chi, 2.0) << "the errors stated are far too small";
}

TEST(FillIntensity, is_unknown_where_no_print_goes_beyond_the_half_spread) {
  FillIntensity learnt(60.0);
  learnt.pass(10.0);
  EXPECT_FALSE(learnt.fit());
  for (int i = 0; i < 10; ++i)
    learnt.add(0.5, 0.5);
  EXPECT_FALSE(learnt.fit());
  learnt.add(0.5 + 1e-6, 0.5);
  EXPECT_FALSE(learnt.fit()) << "extrapolated to the mid, the rate leaves the doubles";
  for (int i = 0; i < 10; ++i)
    learnt.add(1.0, 0.5);
  EXPECT_TRUE(learnt.fit());
}

TEST(MarkedRate, counts_events_and_marks_over_the_exposure_alone) {
  MarkedRate learnt(100.0);
  EXPECT_FALSE(learnt.rate());
  EXPECT_FALSE(learnt.mean_mark());
  learnt.pass(50.0);
  learnt.add(3.0);
  learnt.pass(200.0, false);
  learnt.pass(50.0);
  learnt.add(5.0);
  const double exposure = 100.0 / std::log(2.0) * (1 - std::exp2(-0.5)) * (1 + std::exp2(-2.5));
  const double left = std::exp2(-2.5);
  EXPECT_NEAR(learnt.rate()->value, (1 + left) / exposure, 1e-14);
  EXPECT_NEAR(learnt.rate()->std_error, std::sqrt(1 + left * left) / exposure, 1e-14);
  EXPECT_NEAR(learnt.mark_rate()->value, (5 + 3 * left) / exposure, 1e-14);
  EXPECT_NEAR(learnt.mark_rate()->std_error, std::sqrt(25 + 9 * left * left) / exposure, 1e-14);
  EXPECT_NEAR(learnt.observations(), (1 + left) * (1 + left) / (1 + left * left), 1e-12);
}

TEST(MarkedRate, holds_the_truth_of_a_compound_poisson_process_within_four_errors) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    MarkedRate learnt(600.0);
    for (int i = 0; i < 5000; ++i) {
      learnt.pass(exponential(rng, 0.5));
      learnt.add(exponential(rng, 0.1));
    }
    EXPECT_NEAR(learnt.rate()->value, 0.5, 4 * learnt.rate()->std_error);
    EXPECT_NEAR(learnt.mark_rate()->value, 5.0, 4 * learnt.mark_rate()->std_error);
  }
}

TEST(FillIntensity, goes_on_from_a_snapshot) {
  FillIntensity one(60.0), other(60.0);
  for (int i = 1; i < 10; ++i) {
    one.pass(i);
    one.add(0.3 * i, 0.2);
  }
  std::string bytes;
  SaveArchive save(bytes);
  one.archive(save);
  LoadArchive load(bytes);
  other.archive(load);
  EXPECT_TRUE(load.done());
  one.pass(3.0);
  other.pass(3.0);
  one.add(2.0, 0.4);
  other.add(2.0, 0.4);
  EXPECT_EQ(one.fit()->a_per_second.value, other.fit()->a_per_second.value);
  EXPECT_EQ(one.fit()->k.std_error, other.fit()->k.std_error);
}

}  // namespace
}  // namespace ballast
