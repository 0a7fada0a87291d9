// One factor's adherence, streaming: since the start, over a report's span, per calendar hour, and
// over every sliding window, with O(1) amortised work per update and none for the passing of time.
//
// Times given to one tracker never go backwards (the engine's clock). The path is right-continuous:
// an update at t closes [last, t) under the old state, and states that last no time count nowhere.
// Before the first call the factor does not exist; until the first update it is unknown.
// Memory is bounded: see memory_bytes(). Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "adherence/attribution.hpp"
#include "adherence/path.hpp"
#include "adherence/reaction.hpp"
#include "adherence/reading.hpp"
#include "adherence/sample_log.hpp"
#include "adherence/sliding.hpp"
#include "adherence/summary.hpp"
#include "base/timestamp.hpp"
#include "quant/stats/minimum_variance.hpp"

namespace ballast {

struct TrackerOptions {
  Duration grid = Duration::seconds(1);  // > 0: sampling of half-life and minimum-variance index
  /// The report's span [from, to): absent ends are open. Time outside it is not in report_window().
  std::optional<Timestamp> report_from;
  std::optional<Timestamp> report_to;
  /// Runs of equal samples of the report's span, kept for the minimum-variance index.
  std::size_t sample_runs_max = 4096;
  std::optional<Duration> reaction_delay;  // configured; absent: measured
  bool keep_hours = true;  // hand out finished hours; whoever sets it must take them
};

class Tracker {
 public:
  explicit Tracker(const TrackerOptions& options);

  /// The changes of one event, in order; the last step's state holds from t on.
  void update(Timestamp t, std::span<const Step> steps);
  /// Nothing happened until t: finishes hours and the report that end by then. Nearly free.
  void advance(Timestamp t);

  /// The factor's price moved: deviation_pnl += d * change, target_pnl += tau * change, with d and
  /// tau before the update of the same event (call this first). Also while unknown: money is exact.
  void price_move(Timestamp t, Decimal change);
  /// `amount` at 10^-36, as FactorPnl counts.
  void add_pnl(Timestamp t, PnlPart part, const Int256& amount);
  /// The money that the band puts at risk from t on (DeskRisk::band_risk); absent: no estimate.
  void set_weight(Timestamp t, std::optional<double> weight);
  /// A hedge or rebalance fill is about to move the exposure (call this before its update): the
  /// first that brings the actual nearer to its target during an excursion is the reaction to it.
  void hedge_fill(Timestamp t, Decimal exposure_change);

  /// Hint the memory system that price_move(), or any other call, is about to come.
  void prefetch_price_move() const {
    __builtin_prefetch(&boundary_);
    __builtin_prefetch(&state_);
    __builtin_prefetch(&reading_);
    path_.prefetch_pnl();
  }
  void prefetch() const {
    const auto* end = reinterpret_cast<const char*>(&windows_);
    for (const auto* line = reinterpret_cast<const char*>(this); line < end; line += 64)
      __builtin_prefetch(line);
  }
  /// What a call at `t` needs besides if it is the first in a slot of the finest window.
  void prefetch_boundary(Timestamp t) const {
    if (t < boundary_) return;
    prefetch();
    windows_.prefetch();
  }

  const FactorState& state() const { return state_; }
  const Reading& reading() const { return reading_; }
  const Attribution& attribution() const { return attribution_; }
  /// Since when the factor has been unknown; absent while it is known.
  std::optional<Timestamp> unknown_since() const;
  /// Since when it has been out of its band; absent while it is not, or unknown.
  std::optional<Timestamp> out_of_band_since() const;

  // Each is exact at any now >= the last call's time, and changes nothing. What was booked at `now`
  // itself is in it, so that money adds up to the books; in what is over, [from, to) is strict.
  Summary since_start(Timestamp now) const;
  Summary report_window(Timestamp now) const;
  Summary window(Window window, Timestamp now) const;
  /// The same with its figures yet to be computed, until the next call; absent before the first.
  std::optional<SlidingWindows::View> view(Window window, Timestamp now) const;
  /// Since midnight UTC, likewise.
  std::optional<SlidingWindows::View> today(Timestamp now) const;

  /// The calendar hours [h, h + 1 h) finished by the last call, oldest first, each handed out once.
  /// A run of hours in which nothing happened is one summary that spans them all: `from` and `to`
  /// say which, and part_of_still_run() cuts it. The first begins where the path did.
  bool has_finished_hours() const { return !finished_hours_.empty(); }
  std::vector<Summary> take_finished_hours();
  /// The hour that is not over, up to `now` (from the last handed-out hour's end).
  Summary open_hour(Timestamp now) const;

  /// The configured reaction delay, or the median of the last 1,024 measured ones.
  std::optional<Duration> reaction_delay() const;
  /// ADHERENCE section 4, over the report's span, with b = the reaction delay in samples, rounded
  /// up, at least 1; absent without a delay or with too few samples.
  std::optional<MinimumVariance> minimum_variance_index(Timestamp now,
                                                        std::int64_t order = 5) const;

  Duration grid() const { return options_.grid; }
  std::size_t memory_bytes() const;

  template <class Archive>
  void archive(Archive& ar);

 private:
  enum class ReportPhase : std::uint8_t { before, within, over };

  void start(Timestamp t);
  Timestamp reach(Timestamp t);
  void cross(Timestamp t);
  void run_to(Timestamp t);
  void run_path_to(Timestamp t);
  void leave_slot(Timestamp next);
  void finish_hours(Timestamp until);
  void cut_report();
  Tracker across_cut(Timestamp now) const;
  void schedule();
  Summary since(const Path& base, const Spans& spans, Timestamp now) const;

  // Hot: touched by every update.
  TrackerOptions options_;  // configuration, not state
  bool started_ = false;
  bool was_out_ = false;  // the last state that lasted was out of band
  bool awaiting_reaction_ = false;
  ReportPhase report_phase_ = ReportPhase::before;
  Timestamp boundary_;  // derived: the next end of a slot or cut of the report
  Timestamp wake_;      // derived: the next end of an hour or cut of the report
  Timestamp excursion_start_;
  Timestamp unknown_since_;
  Path path_;
  Spans recent_;  // since the last boundary
  FactorState state_;
  Reading reading_;  // derived: of state_
  Attribution attribution_;

  // Cold: touched when a boundary is crossed. Each of the Spans lacks what is recent.
  SlidingWindows windows_;
  Path origin_;
  Spans total_spans_;
  Path hour_base_;
  Timestamp hour_end_;
  Spans hour_spans_;
  Path report_base_;
  Timestamp report_cut_;  // where the report's span begins, then where it ends
  Spans report_spans_;
  Summary report_;  // once it is over
  std::vector<Summary> finished_hours_;
  ReactionLog reactions_;
  SampleLog samples_;
};

template <class Archive>
void Tracker::archive(Archive& ar) {
  ar(started_, was_out_, awaiting_reaction_, report_phase_, excursion_start_, unknown_since_, path_,
     recent_, state_, attribution_, windows_, origin_, total_spans_, hour_base_, hour_end_,
     hour_spans_, report_base_, report_cut_, report_spans_, report_, finished_hours_, reactions_,
     samples_);
  if constexpr (Archive::loading) {
    reading_ = read(state_);
    if (started_) schedule();
  }
}

}  // namespace ballast
