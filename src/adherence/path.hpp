// A factor's path so far, integrated: running totals, and the constant state that goes on.
//
// Between updates everything is constant, so run_to() moves to any later time in closed form, and
// the figures of [a, b) are the difference of the totals at b and at a. That difference of two
// large numbers is why the totals are double-doubles whose every term is an exact product: an
// integral is right to 1e-12 while the whole path's is below 1e19 times it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "adherence/attribution.hpp"
#include "adherence/reading.hpp"
#include "adherence/spans.hpp"
#include "adherence/summary.hpp"
#include "base/timestamp.hpp"

namespace ballast {

/// The integrands: those of Integral, then the uncontrolled deviation g and its square in raw
/// decimal units, each as a high and a low double. An even number, for two lanes a register.
constexpr std::size_t lane_count = integral_count + 4;

class Path {
 public:
  explicit Path(Duration grid) : grid_(grid) {}

  /// Where the path begins; its state is unknown until set.
  void start(Timestamp t);
  Timestamp time() const { return time_; }

  /// Integrates the constant state up to t >= time(). Returns how many grid points lie in
  /// [time(), t): the samples taken, each of the current state's deviation.
  std::int64_t run_to(Timestamp t);
  /// What run_to(t) would make of the totals, one by one.
  Times times_at(Timestamp t) const;
  DoubleDouble integral_at(Integral i, Timestamp t) const;
  /// What holds from time() on.
  void set(const FactorState& state, const Reading& reading, Cause dominant);
  /// The money the band puts at risk, from time() on.
  void set_weight(std::optional<double> weight);

  bool known() const { return region_ != Region::unknown; }
  bool out_of_band() const { return region_ == Region::above || region_ == Region::below; }
  double abs_z() const { return abs_z_; }
  double deviation() const { return deviation_; }
  FactorPnl& pnl() { return pnl_; }
  void prefetch_pnl() const {
    __builtin_prefetch(&pnl_);
    __builtin_prefetch(&pnl_.parts);
  }

  /// The constant state over [from, to).
  Spans constant(Timestamp from, Timestamp to) const {
    Spans spans;
    spans.append(from, (to - from).ns, out_of_band(), abs_z_);
    return spans;
  }

  /// The summary of [base.time(), time()), where `base` is this same path earlier on.
  Summary since(const Path& base, const Spans& spans) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(time_, next_sample_, deviation_, last_sample_, abs_z_, weight_, hedged_, rates_, sums_,
       sums_low_, times_, pairs_, pnl_, region_, dominant_, past_limit_, weighted_,
       last_sample_known_);
    if constexpr (Archive::loading) {
      // Damage must not become an index out of range.
      if (region_ > Region::unknown) region_ = Region::unknown;
      if (dominant_ > Cause::band) dominant_ = Cause::unknown;
      if (next_sample_ < time_ || next_sample_ - time_ > grid_) next_sample_ = time_;
    }
  }

 private:
  void add_times(Times& times, std::int64_t ns) const;
  std::int64_t sample_until(Timestamp t);

  Duration grid_;  // configuration, not state
  Timestamp time_;
  Timestamp next_sample_;  // the first grid point at or after time_
  double deviation_ = 0.0;
  double last_sample_ = 0.0;
  double abs_z_ = 0.0;
  double weight_ = 0.0;
  Decimal hedged_;
  Region region_ = Region::unknown;
  Cause dominant_ = Cause::unknown;
  bool past_limit_ = false;
  bool weighted_ = false;
  bool last_sample_known_ = false;
  std::array<double, lane_count> rates_{};
  std::array<double, lane_count> sums_{};
  std::array<double, lane_count> sums_low_{};
  Times times_;
  PairSums pairs_;
  FactorPnl pnl_;
};

}  // namespace ballast
