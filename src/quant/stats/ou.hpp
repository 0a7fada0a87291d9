// Mean reversion: an Ornstein-Uhlenbeck fit from pairs of neighbouring samples.
#pragma once

#include <cstdint>
#include <optional>

#include "quant/stats/double_double.hpp"

namespace ballast {

/// Sums over pairs (x, y) of one sample and the next. Plain sums in double-double, so that two sets
/// can be added and subtracted without losing what their difference holds.
struct PairSums {
  std::int64_t count = 0;
  DoubleDouble x, y, xx, xy, yy;

  void add(double x_value, double y_value) {
    const DoubleDouble square = two_product(x_value, x_value);
    const DoubleDouble joint = two_product(x_value, y_value);
    const DoubleDouble next_square = two_product(y_value, y_value);
    ++count;
    accumulate(x, x_value, 0.0);
    accumulate(y, y_value, 0.0);
    accumulate(xx, square.hi, square.lo);
    accumulate(xy, joint.hi, joint.lo);
    accumulate(yy, next_square.hi, next_square.lo);
  }
  /// Adds the pair of a value that did not change, `times` times; 0 <= times < 2^53.
  void add_constant(double value, std::int64_t times) {
    const auto n = static_cast<double>(times);
    const DoubleDouble once = two_product(value, value);
    const DoubleDouble square = two_product(n, once.hi);
    const DoubleDouble sum = two_product(n, value);
    const double square_low = square.lo + n * once.lo;
    count += times;
    accumulate(x, sum.hi, sum.lo);
    accumulate(y, sum.hi, sum.lo);
    accumulate(xx, square.hi, square_low);
    accumulate(xy, square.hi, square_low);
    accumulate(yy, square.hi, square_low);
  }
  PairSums& operator+=(const PairSums& other) {
    count += other.count;
    x += other.x;
    y += other.y;
    xx += other.xx;
    xy += other.xy;
    yy += other.yy;
    return *this;
  }
  PairSums& operator-=(const PairSums& other) {
    count -= other.count;
    x -= other.x;
    y -= other.y;
    xx -= other.xx;
    xy -= other.xy;
    yy -= other.yy;
    return *this;
  }
  friend bool operator==(const PairSums&, const PairSums&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(count, x, y, xx, xy, yy);
  }
};

/// 25 pairs: the shortest series in the published table of critical values.
constexpr std::int64_t ou_pairs_min = 25;

struct OuFit {
  double slope = 0.0;              // of y on x: exp(-kappa * dt), in (0, 1)
  double mean = 0.0;               // what it reverts to, in the samples' unit
  double kappa_per_second = 0.0;   // > 0
  double half_life_seconds = 0.0;  // ln 2 / kappa
  double dickey_fuller_t = 0.0;    // (slope - 1) / se(slope); -infinity where the fit is perfect
};

/// dX = kappa (mean - X) dt + sigma dW has the exact discretisation
///   X(t + dt) = mean + (X(t) - mean) exp(-kappa dt) + noise,
/// so the least-squares slope b of y on x gives kappa = -ln(b) / dt. A random walk's slope comes
/// out below 1 as well, nearly always: b counts as mean reversion only where the Dickey-Fuller t
/// test (constant, no trend, no lags) refuses the random walk at 5 %.
/// @param dt_seconds  > 0, the time between the samples of a pair.
/// @return nothing for fewer than ou_pairs_min pairs, for a constant x (spread below 1e-12 of its
///         size), when b >= 1, when b < 1e-9 (nothing is left of a sample in the next, and rounding
///         alone decides on the sign), and when the test does not refuse the random walk.
/// Source: Phillips (1972); Tang & Chen (2009), J. Econometrics 149, eq. 2.2; Dickey & Fuller
///         (1979), J. Am. Stat. Assoc. 74.
/// Tests: naive regression, recovery of kappa from simulated paths, size of the test.
std::optional<OuFit> ou_fit(const PairSums& pairs, double dt_seconds);

/// What t has to be below for a random walk to be refused at 5 %, by the number of pairs: -2.86 for
/// many, -2.99 for 25.
/// Source: MacKinnon (2010), Queen's Economics Department Working Paper 1227, table 2; Fuller
///         (1976), Introduction to Statistical Time Series, table 8.5.2.
double dickey_fuller_critical(std::int64_t pairs);

}  // namespace ballast
