// How often trades come, and how deep they reach: lambda(d) = A exp(-k d), the rate of prints at a
// distance of at least d from the mid, as Avellaneda & Stoikov (2008) and GLFT take it.
//
// All counts are forgotten exponentially: N = sum of w_i, T = integral of w over the time in which
// prints would have been seen, w = 2^(-age / half-life). Rates are per second, half-lives and times
// in seconds, depths in any one unit. The errors are those of a Poisson process; trades that come
// in clusters have larger ones. Not thread-safe.
#pragma once

#include <optional>

#include "quant/stats/forgetting.hpp"

namespace ballast {

/// Events that carry a mark (a size, a depth), over an exposure.
class MarkedRate {
 public:
  explicit MarkedRate(double half_life_seconds);

  /// Time >= 0 goes by; `exposed`: events in it would have been added.
  void pass(double seconds, bool exposed = true);
  void add(double mark);

  /// Events per second, N / T, with error rate / sqrt(effective N); nothing before any exposure.
  std::optional<PointEstimate> rate() const;
  /// Sum of marks per second, with the error of a compound Poisson process, sqrt(sum w^2 x^2) / T.
  std::optional<PointEstimate> mark_rate() const;
  /// Mean mark; nothing before the first event.
  std::optional<double> mean_mark() const;
  /// Events, each counted by what is left of it.
  double events() const { return events_.sum; }
  /// Events, an effective count.
  double observations() const { return events_.effective(); }

  template <class Archive>
  void archive(Archive& ar) {
    ar(events_, marks_, mark_squares_, exposure_);
  }

 private:
  double half_life_;
  GatheredWeight events_;
  double marks_ = 0.0;         // sum of w x
  double mark_squares_ = 0.0;  // sum of (w x)^2
  double exposure_ = 0.0;      // seconds
};

struct FillIntensityFit {
  PointEstimate a_per_second;  // A: the rate extrapolated to depth 0
  PointEstimate k;             // per unit of depth
};

/// Maximum likelihood of A and k from prints of which none is nearer to the mid than a known
/// minimum depth m, the half spread: their excess over it is exponential, so
///   k = 1 / mean(depth - m),   A = (N / T) exp(k mean(m)),
///   se(k) = k / sqrt(N),       se(A) = A sqrt((1 + (k m)^2) / N),
/// with the effective N. Without m, k would come out as 1 / (m + 1/k): too small by far where
/// spreads are wide. A print within the minimum (the spread was narrower than on average) counts as
/// one at it: the rate is kept whole. A is what the curve would be at the mid, where nothing
/// trades; only lambda(d) for d >= m was seen.
/// Source: Fernandez-Tapia (2015), thesis, Universite Pierre et Marie Curie (both by maximum
///         likelihood); the shift is the likelihood of the left-truncated exponential.
/// Tests: the closed form's reference values, slow recomputation, simulated truth within 4 errors.
class FillIntensity {
 public:
  explicit FillIntensity(double half_life_seconds) : excesses_(half_life_seconds) {}

  void pass(double seconds, bool exposed = true) { excesses_.pass(seconds, exposed); }
  /// A print at `depth` from the mid, and the least depth there could have been, >= 0.
  void add(double depth, double minimum_depth);

  /// Nothing before the first print and any exposure, nor while no print went beyond its minimum
  /// (k is then infinite), nor where A leaves the doubles.
  std::optional<FillIntensityFit> fit() const;
  /// Prints, an effective count.
  double observations() const { return excesses_.observations(); }

  template <class Archive>
  void archive(Archive& ar) {
    ar(excesses_, minimum_);
  }

 private:
  MarkedRate excesses_;   // marked with max(0, depth - minimum)
  double minimum_ = 0.0;  // mean over the prints, each by what is left of it
};

}  // namespace ballast
