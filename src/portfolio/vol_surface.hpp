// The implied volatilities of one underlying: the expiries that `surface` events gave, and what
// lies between them.
//
//   in time      A volatility holds from when it was said: total variance w = vol^2 T shrinks with
//                the time T that is left. SVI is read as w of the time that was left when it came.
//   in strike    vol^2 linear in ln K between the strikes given, level beyond the outer ones; SVI
//                and flat expiries as they are.
//   in expiry    w linear in T between two expiries, at one log-moneyness k; the volatilities of
//                the nearest expiry before the first and behind the last.
//
// When the forward moves, one of two things stays (SmileDynamics). Both speak of k = ln(K / F0):
// F0 is the anchor, the forward in force when the expiry's smile was said (between two expiries,
// ln F0 linear in T), or under sticky_delta the forward of now. Black's delta is a function of k
// and w alone, so what sticks to moneyness sticks to delta.
//
// A year has 365 days. No arbitrage is looked for: check_butterfly and check_calendar of svi.hpp
// do. Single-threaded; apply() allocates, reading does not.
// Tests: against the formulas written out; limits; refused input; images.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "model/event.hpp"
#include "quant/pricing/svi.hpp"

namespace ballast {

/// What a volatility belongs to while the forward moves.
enum class SmileDynamics : std::uint8_t {
  sticky_strike,  // to a strike
  sticky_delta,   // to a moneyness K / F, and so, for one expiry, to a delta
};

/// From `now` to `expiry` in years of 365 days; negative when it has passed.
double years_between(Timestamp now, Timestamp expiry);

/// One expiry as it was said.
struct VolSlice {
  Timestamp expiry;
  Timestamp said;
  std::uint64_t revision = 0;        // of no other slice of the surface, nor of this one before
  std::optional<double> log_anchor;  // ln of quote per base; absent until a forward is known
  double years_said = 0.0;           // from `said` to the expiry, > 0
  double flat_vol = 0.0;             // annual; where there are neither strikes nor SVI
  std::vector<double> log_strikes;   // rising
  std::vector<double> variances;     // vol^2 a year, one for each strike
  std::optional<RawSvi> svi;

  bool flat() const { return log_strikes.empty() && !svi; }
  /// vol^2 a year at k = ln(K / F0). A slice that is not flat has an anchor by then.
  double variance(double k) const;

  template <class Archive>
  void archive(Archive& ar);
};

/// The smile of one expiry at one time; valid until the surface's next apply() or anchor().
struct ExpirySmile {
  const VolSlice* near = nullptr;  // the same as `far` where no two expiries enclose it
  const VolSlice* far = nullptr;
  double near_weight = 1.0;  // vol^2 = near_weight vol_near^2 + far_weight vol_far^2
  double far_weight = 0.0;
  double log_anchor = 0.0;

  /// ln F0 for a forward of now, given as ln F.
  double log_reference(double log_forward, SmileDynamics dynamics) const {
    return dynamics == SmileDynamics::sticky_strike ? log_anchor : log_forward;
  }
  /// Annual, at k = ln(K / F0).
  double vol(double k) const;
  /// Of strikes given as ln K: out[i] belongs to log_strikes[i], both of one length.
  void vols(std::span<const double> log_strikes, double log_reference, std::span<double> out) const;
};

class VolSurface {
 public:
  /// Takes what is said of one expiry at `t`, with the forward of that expiry then; without one,
  /// anchor() is to follow. False: something newer was said of the expiry before, nothing changed.
  /// Expiries that have passed by `t` are dropped. Errors: bad_input, naming the field, also for an
  /// expiry that is not after `t`; nothing is changed then.
  Result<bool> apply(Timestamp t, const Surface& surface, std::optional<double> forward);
  /// Gives the slice of exactly this expiry its anchor, unless it has one. `forward` > 0.
  void anchor(Timestamp expiry, double forward);

  /// Whether a slice has no anchor.
  bool waiting() const;

  /// Errors: stale_data where no expiry after `now` is known, or a smile that it rests on waits for
  /// its anchor; bad_input where `expiry` is not after `now`.
  Result<ExpirySmile> smile(Timestamp now, Timestamp expiry) const;
  /// The same for who asks often: no text on the way; a null `near` is the error.
  ExpirySmile find_smile(Timestamp now, Timestamp expiry) const;

  /// Annual, of a strike > 0 at a forward > 0. Errors: those of smile(); bad_input.
  Result<double> vol(
      Timestamp now, Timestamp expiry, double strike, double forward, SmileDynamics dynamics) const;
  /// Of the older of the slices that the expiry's smile rests on. Errors: those of smile().
  Result<Duration> age(Timestamp now, Timestamp expiry) const;

  /// By expiry, rising.
  std::span<const VolSlice> slices() const { return slices_; }

  template <class Archive>
  void archive(Archive& ar);

 private:
  std::vector<VolSlice> slices_;
  std::uint64_t revisions_ = 0;
};

}  // namespace ballast
