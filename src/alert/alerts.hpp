// Alerts: a desk's rules and objectives, one instance for each (rule, factor), and what they
// decide.
//
//               trigger holds            dwell over                acknowledge
//          ok ----------------> pending ------------> firing ---------------------> acknowledged
//           ^                      |                    |                                |
//           +----------------------+--------------------+--------------------------------+
//              trigger fails            past `clear`              past `clear`
//
// * Every transition is one effect, stamped with the time at which it happened. An episode begins
// when
//   ok is left, so (rule, factor, episode, state) names a transition once and for ever.
// * Dwell is exact: an alert that is due at T fires at T, stamped T, whenever the engine looks. The
//   measure is asked once more then, and must still hold.
// * `clear` is hysteresis on what fires; while pending the trigger itself must go on holding. An
// objective's is a share of the rate at which each of its pairs of windows fires (burn.hpp).
// * Unknown neither fires nor clears. What fires goes on firing; what is pending waits, and its
// dwell
//   starts again when the measure is known again. Silence is never adherence.
// * A pending alert is never notified. The end of an episode and its acknowledgement are notified
// if
//   its firing was. Shelved rules and flood control hold back notifications, never transitions.
// * When shelving ends, what still fires is notified again.
//
// Rules on a factor's instantaneous measures are judged at once, when the engine says that the
// factor moved. Those on windows, on unknown_seconds or on the desk, and objectives, are judged
// every 5 s of engine time (on multiples of 5 s since the epoch): a window's figure changes between
// events too. While no factor moves for more than ten minutes, the step is 1/120 of the stillness
// so far, and reminders are no closer than that: a gap in the data, or an event from the next
// century, has a bounded cost.
//
// Time never goes back. start() comes first; run_due(t) for every t < now comes before anything
// else at `now`, so what happens at the instant at which a dwell ends may still prevent the firing.
// Not thread-safe.
// Nothing here allocates per event after warm-up, but the effects' vector and the history as it
// fills.
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

/// How an alert is called: its rule or objective, and what it is about. `factor` is "desk" for the
/// desk's adherence, and a kill switch's scope.
struct AlertName {
  std::string rule, factor, book;
};
AlertName alert_name(const Desk& desk, const AlertTransition& transition);

/// "rule/factor/episode", the factor with @book when it is a book's, "desk" when it is the desk's,
/// the scope of a kill switch.
std::string alert_id(const Desk& desk, const AlertTransition& transition);

/// One run from leaving ok to coming back, as far as it got.
struct AlertEpisode {
  RuleId rule;  // or, when `objective` is set, the index of the objective
  bool objective = false;
  FactorId factor;  // invalid: the desk
  std::uint32_t episode = 0;
  Severity severity = Severity::warning;
  AlertState state = AlertState::pending;
  Timestamp since;  // when this state began
  Timestamp began;  // when ok was left
  std::optional<Timestamp> fired;
  std::optional<Timestamp> acknowledged;
  std::optional<Timestamp> cleared;
  double value = 0.0;    // the measure when last judged
  double peak = 0.0;     // the furthest it went in the trigger's direction
  bool shelved = false;  // now; false once cleared

  /// As the effect that reports its state.
  AlertTransition transition() const;
  friend bool operator==(const AlertEpisode&, const AlertEpisode&) = default;

  template <class Archive>
  void archive(Archive& ar) {
    ar(rule, objective, factor, severity);
    archive_progress(ar);
  }
  /// All but what the desk says.
  template <class Archive>
  void archive_progress(Archive& ar) {
    ar(episode, state, since, began, fired, acknowledged, cleared, value, peak);
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
  static constexpr Duration long_stillness = Duration::minutes(10);
  static constexpr std::int64_t steps_a_stillness = 120;
  static constexpr std::size_t history_max = 10'000;  // ended episodes kept, the newest

  explicit Alerts(const Desk& desk);

  /// Once, with the first event's time: starts the grid.
  void start(Timestamp now);

  /// The factor's reading changed: judges the rules on its instantaneous measures. O(those rules).
  void on_factor(FactorId factor,
                 Timestamp now,
                 const Readings& readings,
                 std::vector<Effect>& effects) {
    last_move_ = now;
    if (grid_stretched_) shorten_grid(now);
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
  /// Everything that is due up to and including `now`, each at its own time, in order of time,
  /// then: a flood's minute ends, shelving ends, the grid, then dwells and reminders by instance.
  void run_due(Timestamp now, const Readings& readings, std::vector<Effect>& effects);

  /// In both, a rule's id past the desk's last rule names an objective, in their order.
  AlertAnswer apply(Timestamp now, const Acknowledge& event, std::vector<Effect>& effects);
  AlertAnswer apply(Timestamp now, const Shelve& event, std::vector<Effect>& effects);

  /// Until when a rule's notifications are held back; nothing when they are not. The number is the
  /// rule's id, or past the desk's last rule that of an objective, as in apply().
  std::optional<Timestamp> shelved_until(RuleId number) const {
    return timers_.due(shelf_timer(number.index()));
  }
  /// Every alert that is not ok, in a fixed order.
  std::vector<AlertEpisode> active() const;
  /// Ended episodes that had fired, oldest first, at most history_max.
  std::vector<AlertEpisode> history() const;
  /// The same, the newest first, while it says true: fn(const AlertEpisode&).
  template <class Fn>
  void visit_history_backwards(Fn&& fn) const {
    for (std::size_t i = history_.size(); i > 0; --i) {
      if (!fn(history_[(oldest_ + i - 1) % history_.size()])) return;
    }
  }
  /// How an objective (by its index in the desk) stands.
  Burn burn(std::size_t objective, Timestamp at, const Readings& readings) const;

  /// Loads into an Alerts of the same desk only.
  template <class Archive>
  void archive(Archive& ar) {
    for (Instance& instance : instances_)
      ar(instance);
    ar(last_move_, grid_stretched_, timers_, flood_, history_, oldest_);
    if constexpr (Archive::loading) after_load();
  }

 private:
  /// What judging reads when nothing changes: small, and the instances of a factor stand together.
  struct Watch {
    double threshold = 0.0;
    double clear = 0.0;
    FactorId factor;
    Measure measure = Measure::abs_z;
    Comparison comparison = Comparison::above;
    Window window = Window::hour_1;
    AlertState state = AlertState::ok;  // that of the instance
  };
  /// What it reads besides when an alert is not ok.
  struct Instance {
    AlertEpisode now;        // the episode going on, or the last
    bool waiting = false;    // pending, and the measure is unknown: no dwell runs
    bool notified = false;   // this episode's firing was
    BurningPairs burning{};  // an objective's, while it is not ok

    template <class Archive>
    void archive(Archive& ar) {
      now.archive_progress(ar);
      ar(waiting, notified, burning);
    }
  };
  /// What a rule or an objective says besides its condition.
  struct Policy {
    Duration dwell;
    std::optional<Duration> repeat;
  };
  struct Verdict {
    double value;
    bool triggered;
    bool cleared;
  };

  void add_rule(const RuleConfig& rule, RuleId id, FactorId factor);
  void add_objective(const ObjectiveConfig& objective, RuleId id);
  void after_load();

  // Rules and, after them, objectives in one numbering; likewise all timers.
  std::size_t number_of(std::uint32_t instance) const;
  std::size_t shelf_timer(std::size_t number) const { return 1 + number; }
  std::size_t grid_timer() const { return 1 + policies_.size(); }
  std::size_t timer_of(std::uint32_t instance) const { return 2 + policies_.size() + instance; }
  static constexpr std::size_t flood_timer = 0;
  bool shelved(std::uint32_t instance) const;

  void shorten_grid(Timestamp now);
  /// Sets a timer to `from` + `span`, or not at all past the end of time.
  void arm(std::size_t timer, Timestamp from, Duration span);
  /// What recurs every `step` recurs after this, at `now`.
  Duration paced(Duration step, Timestamp now) const;

  void judge(std::uint32_t instance,
             Timestamp now,
             const Readings& readings,
             std::vector<Effect>& effects);
  void judge_objective(std::uint32_t instance,
                       Timestamp now,
                       const Readings& readings,
                       std::vector<Effect>& effects);
  void settle(std::uint32_t instance,
              const Verdict& verdict,
              Timestamp now,
              std::vector<Effect>& effects);
  void wait(std::uint32_t instance);
  void begin(std::uint32_t instance, double value, Timestamp now, std::vector<Effect>& effects);
  void fire(std::uint32_t instance, Timestamp now, std::vector<Effect>& effects);
  void end(std::uint32_t instance, Timestamp now, std::vector<Effect>& effects);
  void remind(std::uint32_t instance, Timestamp now, std::vector<Effect>& effects);
  void unshelve(std::size_t number, Timestamp now, std::vector<Effect>& effects);
  void run_instance(std::uint32_t instance,
                    Timestamp now,
                    const Readings& readings,
                    std::vector<Effect>& effects);
  bool may_notify(std::uint32_t instance, Timestamp now, std::vector<Effect>& effects);
  void end_flood(std::vector<Effect>& effects);
  void enter(std::uint32_t instance, AlertState state, Timestamp now);
  void emit(std::uint32_t instance,
            Timestamp now,
            bool repeat,
            bool notify,
            std::vector<Effect>& effects) const;
  void remember(const AlertEpisode& episode);

  std::size_t rule_count_;
  std::vector<ObjectiveConfig> objectives_;
  std::vector<Policy> policies_;                // by number
  std::vector<std::uint32_t> first_of_factor_;  // by factor, and one past: its watches
  std::vector<Watch> watches_;                  // by instance; those of the grid stand last
  std::vector<Instance> instances_;
  Timestamp last_move_{};
  bool grid_stretched_ = false;  // its timer may be later than the next multiple of 5 s
  TimerQueue timers_;
  FloodControl flood_;
  std::vector<AlertEpisode> history_;  // a ring once it is full
  std::uint64_t oldest_ = 0;           // its place in a full ring
};

}  // namespace ballast
