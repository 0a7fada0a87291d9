// Everything ADHERENCE.md sections 3 and 4 need to know of a factor over [from, to), in one value
// that merges: merge(hours of a day) is the day, exactly in times, counts and money, to 2^-100 in
// integrals.
//
// Integrals are kept in unit x nanoseconds as double-doubles; figures() turns them into the
// figures, in seconds. What does not exist is an absent optional, never a NaN. Plain values; no
// threading.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "adherence/attribution.hpp"
#include "adherence/reading.hpp"
#include "adherence/spans.hpp"
#include "base/decimal.hpp"
#include "base/int128.hpp"
#include "base/timestamp.hpp"
#include "quant/stats/double_double.hpp"
#include "quant/stats/ou.hpp"

namespace ballast {

/// Exact nanoseconds.
struct Times {
  std::array<std::int64_t, region_names.size()> by_region{};
  std::array<std::int64_t, cause_count> by_cause{};  // out of band, by dominant cause
  std::int64_t past_limit = 0;
  std::int64_t weighted = 0;  // known time in which the factor had a weight

  std::int64_t in(Region region) const { return by_region[static_cast<std::size_t>(region)]; }
  std::int64_t by(Cause cause) const { return by_cause[static_cast<std::size_t>(cause)]; }
  std::int64_t out_of_band() const { return in(Region::above) + in(Region::below); }
  std::int64_t known() const { return in(Region::in_band) + out_of_band(); }
  std::int64_t unknown() const { return in(Region::unknown); }

  Times& operator+=(const Times& other);
  Times& operator-=(const Times& other);
  friend bool operator==(const Times&, const Times&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(by_region, by_cause, past_limit, weighted);
  }
};

/// The factor's profit and loss, in its price's currency. All at 10^-36: exact sums of products.
enum class PnlPart : std::uint8_t { spread, basis, funding, fees };
inline constexpr std::array<std::string_view, 4> pnl_part_names{"spread", "basis", "funding",
                                                                "fees"};

struct FactorPnl {
  Int256 deviation;                                   // sum of d * price change
  Int256 target;                                      // sum of tau * price change
  std::array<Int256, pnl_part_names.size()> parts{};  // added by the caller, by PnlPart

  const Int256& part(PnlPart p) const { return parts[static_cast<std::size_t>(p)]; }
  Int256 total() const;

  FactorPnl& operator+=(const FactorPnl& other);
  FactorPnl& operator-=(const FactorPnl& other);
  friend bool operator==(const FactorPnl&, const FactorPnl&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(deviation.lo, deviation.hi, target.lo, target.hi);
    for (Int256& part : parts)
      ar(part.lo, part.hi);
  }
};

/// What is integrated over known time, in this order.
enum class Integral : std::uint8_t {
  alpha,
  z,
  z_squared,
  abs_deviation,
  deviation_squared,
  weight,  // the money the band puts at risk
};
constexpr std::size_t integral_count = 6;

struct Summary {
  Timestamp from;
  Timestamp to;  // to == from: the empty summary, neutral to merge()
  Times times;
  std::array<DoubleDouble, integral_count> integrals{};
  /// Of g = d - (hedged - hedged at `from`), the deviation had nobody hedged since `from`, in raw
  /// decimal units (10^-18): integrals of g and g^2 over known time, and what hedging moved.
  DoubleDouble uncontrolled;
  DoubleDouble uncontrolled_squared;
  Decimal hedged_change;
  /// Neighbouring grid samples; a pair belongs to the interval that its later sample is in.
  PairSums pairs;
  FactorPnl pnl;
  Spans spans;

  const DoubleDouble& integral(Integral i) const { return integrals[static_cast<std::size_t>(i)]; }
  friend bool operator==(const Summary&, const Summary&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(from, to, times, integrals, uncontrolled, uncontrolled_squared, hedged_change, pairs, pnl,
       spans);
  }
};

/// The summary of two intervals of which the second begins where the first ends.
Summary merge(const Summary& left, const Summary& right);

/// `hedged` taken off the uncontrolled path once more, for moments that start `hedged` later:
/// integrals of (g - h) and (g - h)^2 from those of g and g^2 over `known_ns`. `scale` is the size
/// of what `second` was itself a difference of.
void shift_uncontrolled(
    DoubleDouble& first, DoubleDouble& second, Decimal hedged, std::int64_t known_ns, double scale);

/// Sections 3 and 4, for a report. Averages are over known time and absent when there is none.
struct Figures {
  Timestamp from;
  Timestamp to;
  Duration known;
  Duration unknown;
  std::optional<double> unknown_fraction;  // absent for an empty interval
  std::optional<double> adherence;
  std::optional<double> time_in_band, time_above, time_below, time_past_limit;  // shares
  std::optional<double> bias, rms_z, max_abs_z;
  std::optional<double> iae, ise;  // unit-seconds, unit^2-seconds
  std::int64_t excursions = 0;
  std::optional<Duration> longest_excursion;    // these three are absent without an excursion
  std::optional<Duration> mean_excursion;       // the mean time to recover, rounded down
  std::optional<Duration> open_excursion;       // age of the one still open
  std::optional<Duration> mean_between_starts;  // absent below two excursions; rounded down
  std::optional<double> half_life_seconds;      // absent when not mean reverting
  std::optional<double> ise_uncontrolled;
  std::optional<double> effectiveness;  // 1 - sqrt(ise / ise_uncontrolled)
  std::array<Duration, cause_count> out_of_band_by_cause{};
  Amount deviation_pnl;  // rounded half-even to 10^-18; exact in Summary::pnl
  Amount target_pnl;
  std::optional<double> mean_weight;  // time average of the weight; absent without one
};

/// @param grid  the sampling grid that the tracker ran on, > 0.
Figures figures(const Summary& summary, Duration grid);

/// An amount at 10^-36, as FactorPnl counts.
constexpr Int256 at_36_digits(Amount amount) { return Int256::product(amount.raw, decimal_one); }

/// An exact sum of products as an amount, rounded half to even, held at the ends of the range.
Amount rounded_amount(const Int256& at_36_digits);

}  // namespace ballast
