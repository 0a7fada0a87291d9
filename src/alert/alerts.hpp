// Alerts: a desk's rules and objectives, one instance for each (rule, factor), and what they decide.
//
//               trigger holds            dwell over                acknowledge
//          ok ----------------> pending ------------> firing ---------------------> acknowledged
//           ^                      |                    |                                |
//           +----------------------+--------------------+--------------------------------+
//              trigger fails            past `clear`              past `clear`
//
// * Every transition is one effect, stamped with the time at which it happened. An episode begins when
//   ok is left, so (rule, factor, episode, state) names a transition once and for ever.
// * Dwell is exact: an alert that is due at T fires at T, stamped T, whenever the engine looks.
// * `clear` is hysteresis on what fires; while pending the trigger itself must go on holding.
// * Unknown neither fires nor clears. What fires goes on firing; what is pending waits, and its dwell
//   starts again when the measure is known again. Silence is never adherence.
// * A pending alert is never notified. The end of an episode and its acknowledgement are notified if
//   its firing was. Shelved rules and flood control hold back notifications, never transitions.
// * When shelving ends, what still fires is notified again.
//
// Rules on a factor's instantaneous measures are judged at once, when the engine says that the factor
// moved. Those on windows, on unknown_seconds or on the desk, and objectives, are judged every 5 s of
// engine time (on multiples of 5 s since the epoch): a window's figure changes between events too.
//
// Time never goes back, and run_due(now) comes before anything else at `now`. Not thread-safe.
// Nothing here allocates per event after warm-up, but the effects' vector and the history as it fills.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/burn.hpp"
#include "alert/flood.hpp"
#include "alert/readings.hpp"
#include "alert/timer_queue.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

/// "rule/factor/episode", the factor with @book when it is a book's, "desk" when it is the desk's.
std::string alert_id(const Desk& desk, const AlertTransition& transition);

/// One run from leaving ok to coming back, as far as it got.
struct AlertEpisode {
  RuleId rule;             // or, when `objective` is set, the index of the objective
  bool objective = false;
  FactorId factor;         // invalid: the desk
  std::uint32_t episode = 0;
  Severity severity = Severity::warning;
  AlertState state = AlertState::pending;
  Timestamp since;         // when this state began
  Timestamp began;         // when ok was left
  std::optional<Timestamp> fired;
  std::optional<Timestamp> acknowledged;
  std::optional<Timestamp> cleared;
  double value = 0.0;      // the measure when last judged
  double peak = 0.0;       // the furthest it went in the trigger's direction
  bool shelved = false;    // now; false once cleared

  AlertTransition transition() const;
  friend bool operator==(const AlertEpisode&, const AlertEpisode&) = default;
  template <class Archive>
  void archive(Archive& ar) {
    ar(rule, objective, factor, episode, severity, state, since, began, fired, acknowledged, cleared,
       value, peak, shelved);
  }
};

enum class AlertAnswer : std::uint8_t {
  applied,
  no_such_alert,  // no such rule, or it does not watch that factor
  not_firing,     // only what fires can be acknowledged
};
constexpr std::string_view to_string(AlertAnswer answer) {
  constexpr std::string_view names[] = {"applied", "no_such_alert", "not_firing"};
  return names[static_cast<std::size_t>(answer)];
}

class Alerts {
 public:
  static constexpr Duration grid = Duration::seconds(5);
  static constexpr std::size_t history_max = 10'000;  // ended episodes kept, the newest

  explicit Alerts(const Desk& desk);

  /// Once, with the first event's time: sets the grid's first timer.
  void start(Timestamp now);

  /// The factor's reading changed: judges the rules on its instantaneous measures. O(those rules).
  void on_factor(FactorId factor, Timestamp now, const Readings& readings,
                 std::vector<Effect>& effects) {
    const std::uint32_t end = first_of_factor_[factor.index() + 1];
    for (std::uint32_t i = first_of_factor_[factor.index()]; i < end; ++i) {
      judge(i, now, readings, effects);
    }
  }
  /// Judges all that is judged on the grid. run_due() calls it when the grid says so.
  void on_windows(Timestamp now, const Readings& readings, std::vector<Effect>& effects);

  /// When run_due() next has something to do.
  std::optional<Timestamp> next_due() const {
    return timers_.empty() ? std::nullopt : std::optional(timers_.first_due());
  }
  /// Everything that is due up to and including `now`, each at its own time, in order of time, then:
  /// a flood's minute ends, shelving ends, the grid, then dwells and reminders by instance.
  void run_due(Timestamp now, const Readings& readings, std::vector<Effect>& effects);

  /// In both, a rule's id past the desk's last rule names an objective, in their order.
  AlertAnswer apply(Timestamp now, const Acknowledge& event, std::vector<Effect>& effects);
  AlertAnswer apply(Timestamp now, const Shelve& event, std::vector<Effect>& effects);

  /// Every alert that is not ok, in a fixed order.
  std::vector<AlertEpisode> active() const;
  /// Ended episodes that had fired, oldest first, at most history_max.
  std::vector<AlertEpisode> history() const;
  /// How an objective (by its index in the desk) stands.
  Burn burn(std::size_t objective, Timestamp at, const Readings& readings) const;

  /// For an Alerts of the same desk.
  template <class Archive>
  void archive(Archive& ar) {
    for (Watch& watch : watches_) ar(watch.state);
    for (Instance& instance : instances_) ar(instance);
    ar(timers_, flood_, history_, history_next_);
    if constexpr (Archive::loading) repair();
  }

 private:
  /// What judging reads when nothing changes: two to a cache line and a half.
  struct Watch {
    double threshold = 0.0;
    double clear = 0.0;
    FactorId factor;
    Measure measure = Measure::abs_z;
    Comparison comparison = Comparison::above;
    Window window = Window::hour_1;
    AlertState state = AlertState::ok;
  };
  /// What it reads besides when an alert is not ok.
  struct Instance {
    AlertEpisode now;         // of the episode going on, or of the last
    bool waiting = false;     // pending, and the measure is unknown
    bool notified = false;    // this episode's firing was

    template <class Archive>
    void archive(Archive& ar) {
      ar(now, waiting, notified);
    }
  };
  struct Verdict;

  void judge(std::uint32_t index, Timestamp now, const Readings& readings,
             std::vector<Effect>& effects);

  std::vector<std::uint32_t> first_of_factor_;
  std::vector<Watch> watches_;
  std::vector<Instance> instances_;
  TimerQueue timers_;
  FloodControl flood_;
  std::vector<AlertEpisode> history_;
  std::uint64_t history_next_ = 0;
  void repair();
};

}  // namespace ballast
