// The desk as a whole: adherence weighted over factors, and the risk of all deviations together.
//
// Money is in the reporting currency, times in days for volatility. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/timestamp.hpp"
#include "quant/stats/ewma.hpp"

namespace ballast {

// ---- desk adherence
// --------------------------------------------------------------------------------

struct FactorShare {
  std::optional<double> adherence;      // of the factor over the window; absent: never known
  std::optional<double> manual_weight;  // FactorConfig::weight, >= 0
  std::optional<double> mean_weight;    // Figures::mean_weight: the money its band put at risk
};

enum class WeightBasis : std::uint8_t {
  band_risk,  // the money each band puts at risk
  equal,      // some factor has no estimate yet, or all weights are zero
  manual,     // every weight was set by hand
  mixed,      // some by hand, the rest share what those leave of 1
};
inline constexpr std::array<std::string_view, 4> weight_basis_names{"band_risk", "equal", "manual",
                                                                    "mixed"};

struct DeskAdherence {
  std::optional<double> adherence;  // absent when no factor has one
  /// One per factor, summing to 1 over those that have an adherence; 0 for the others.
  std::vector<double> weights;
  WeightBasis basis = WeightBasis::equal;
};

/// The weighted mean over factors (ADHERENCE section 3). Weights set by hand win: when every factor
/// has one they are normalised; when only some have, theirs are fractions of 1 and the others share
/// the rest by default weight. Factors without an adherence are left out and the rest normalised.
DeskAdherence desk_adherence(std::span<const FactorShare> factors);

// ---- joint risk
// ------------------------------------------------------------------------------------

struct DeskRiskOptions {
  std::size_t factors = 0;                   // up to 256: memory and time grow with the square
  Duration grid = Duration::seconds(60);     // the first event in each cell samples, > 0
  Duration half_life = Duration::hours(24);  // of volatility and covariance, > 0
};

struct RiskSample {
  bool known = false;
  double deviation = 0.0;       // d, in the factor's unit
  std::optional<double> price;  // of one unit, in the reporting currency
  double band_width = 0.0;      // u - l, in the factor's unit
};

/// An integral over time of d' Sigma d, to be differenced for a window: money^2 per day, times
/// days.
struct TrackingTotals {
  double variance_days = 0.0;
  double days = 0.0;          // in which every price-like factor was known
  double unknown_days = 0.0;  // in which one was not, or there was no estimate yet

  friend TrackingTotals operator-(const TrackingTotals& a, const TrackingTotals& b) {
    return {a.variance_days - b.variance_days, a.days - b.days, a.unknown_days - b.unknown_days};
  }
  template <class Archive>
  void archive(Archive& ar) {
    ar(variance_days, days, unknown_days);
  }
};
/// sqrt(time average of d' Sigma d): money per square-root day; absent without known time.
std::optional<double> tracking_risk(const TrackingTotals& totals);

/// Samples prices and deviations on a grid in time; each sample holds until the next.
class DeskRisk {
 public:
  static constexpr std::size_t factors_max = 256;
  explicit DeskRisk(const DeskRiskOptions& options);

  /// True for the first event in each cell of the grid: then call sample(), before or after the
  /// event is applied but always alike.
  bool due(Timestamp t) const { return !started_ || t >= next_; }
  /// One sample per factor. A factor that never had a price is not price-like and left out.
  void sample(Timestamp t, std::span<const RiskSample> factors);

  /// 0.5 * (u - l) * sigma_f * price_f at the last sample, money per square-root day: the factor's
  /// weight for Tracker::set_weight(). Absent until its volatility is estimated.
  std::optional<double> band_risk(std::size_t factor) const;
  /// Standard deviation of the price's absolute move, money per unit per square-root day.
  std::optional<double> volatility(std::size_t factor) const {
    return covariance_.volatility(factor);
  }
  TrackingTotals totals(Timestamp now) const;
  std::optional<double> tracking_risk(Timestamp now) const {
    return ballast::tracking_risk(totals(now));
  }

  template <class Archive>
  void archive(Archive& ar) {
    ar(started_, last_, next_, variance_, totals_);
    for (auto& width : band_width_)
      ar(width);
    for (auto& price : has_price_)
      ar(price);
    covariance_.archive(ar);
  }

 private:
  DeskRiskOptions options_;
  bool started_ = false;
  Timestamp last_;
  Timestamp next_;
  std::optional<double> variance_;  // d' Sigma d at the last sample
  TrackingTotals totals_;           // up to the last sample
  std::vector<double> band_width_;
  std::vector<std::uint8_t> has_price_;
  EwmaCovariance covariance_;
  std::vector<std::optional<double>> prices_;  // scratch
  std::vector<double> deviations_;             // scratch
};

}  // namespace ballast
