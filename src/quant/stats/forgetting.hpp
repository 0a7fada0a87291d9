// What every estimator that forgets exponentially shares: the decay, and how much data is left.
//
// A datum that is one half-life old counts half. Such an estimate never rests on "all data so far",
// and right after a gap hardly on anything, so the count to state with it is the effective one.
#pragma once

#include <cmath>

namespace ballast {

constexpr double ln_2 = 0.693147180559945309417;

/// A number that was estimated, and the standard deviation of its error.
struct PointEstimate {
  double value = 0.0;
  double std_error = 0.0;
};

/// What is left of a weight after `passed` >= 0, in the unit of half_life > 0:
/// 2^(-passed/half_life).
inline double kept_after(double passed, double half_life) { return std::exp2(-passed / half_life); }

/// 1 - kept_after(passed, half_life), exact also when next to nothing has been forgotten.
inline double fresh_after(double passed, double half_life) {
  return -std::expm1(-ln_2 * passed / half_life);
}

/// The weights that a weighted mean has gathered.
struct GatheredWeight {
  double sum = 0.0;
  double squares = 0.0;

  void forget(double kept) {
    sum *= kept;
    squares *= kept * kept;
  }
  void add(double weight) {
    sum += weight;
    squares += weight * weight;
  }
  /// The effective count, (sum w)^2 / sum w^2: so many equal weights give a mean as precise. Equal
  /// steps that keep w have (1 + w) / (1 - w) of it in the end, 2.9 half-lives' worth; while young
  /// it is the plain count. 0: no data.
  /// Source: Kish (1965), Survey Sampling, section 11.7.
  double effective() const { return squares > 0.0 ? sum * sum / squares : 0.0; }

  template <class Archive>
  void archive(Archive& ar) {
    ar(sum, squares);
  }
};

}  // namespace ballast
