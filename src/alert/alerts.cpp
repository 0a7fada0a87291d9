#include "alert/alerts.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/contract.hpp"
#include "model/scope.hpp"

namespace ballast {
namespace {

constexpr bool holds(double value, Comparison comparison, double threshold) {
  switch (comparison) {
    case Comparison::above:
      return value > threshold;
    case Comparison::at_least:
      return value >= threshold;
    case Comparison::below:
      return value < threshold;
    case Comparison::at_most:
      return value <= threshold;
  }
  return false;
}

constexpr bool watches_highs(Comparison comparison) {
  return comparison == Comparison::above || comparison == Comparison::at_least;
}

/// Back on the good side of the re-entry threshold.
constexpr bool past_clear(double value, Comparison comparison, double clear) {
  return watches_highs(comparison) ? value <= clear : value >= clear;
}

/// Judged on the grid, because it changes between events.
bool on_grid(const RuleConfig& rule) {
  return rule.factors.empty() || windowed(rule.measure) || rule.measure == Measure::unknown_seconds;
}

std::size_t count_instances(const Desk& desk) {
  std::size_t count = desk.objectives.size();
  for (const RuleConfig& rule : desk.rules)
    count += std::max<std::size_t>(1, rule.factors.size());
  return count;
}

std::size_t count_timers(const Desk& desk) {  // flood, shelves, grid, instances
  return 1 + desk.rules.size() + desk.objectives.size() + 1 + count_instances(desk);
}

}  // namespace

AlertName alert_name(const Desk& desk, const AlertTransition& transition) {
  AlertName name{{}, "desk", "*"};
  if (transition.factor.valid()) {
    name.factor = desk.factor(transition.factor).name;
    name.book = desk.factor(transition.factor).book;
  }
  if (transition.rule == kill_switch_rule) {
    name.rule = kill_switch_rule_name;
    name.factor = to_text(desk, transition.scope);
  } else if (transition.rule == breaker_rule) {
    name.rule = breaker_rule_name;
  } else {
    const std::size_t index = transition.rule.index();
    name.rule = transition.objective ? desk.objectives[index].name : desk.rules[index].name;
  }
  return name;
}

std::string alert_id(const Desk& desk, const AlertTransition& transition) {
  const AlertName name = alert_name(desk, transition);
  return fmt::format("{}/{}{}/{}", name.rule, name.factor, name.book == "*" ? "" : "@" + name.book,
                     transition.episode);
}

AlertTransition AlertEpisode::transition() const {
  AlertTransition transition;
  transition.rule = rule;
  transition.objective = objective;
  transition.factor = factor;
  transition.episode = episode;
  transition.state = state;
  transition.severity = severity;
  transition.since = since;
  transition.value = value;
  return transition;
}

// ---- construction -----------------------------------------------------------------------------

Alerts::Alerts(const Desk& desk)
    : rule_count_(desk.rules.size()),
      objectives_(desk.objectives),
      timers_(count_timers(desk)),
      flood_(desk.notifications_per_minute) {
  watches_.reserve(count_instances(desk));
  instances_.reserve(count_instances(desk));
  // Immediate watches by factor, so that on_factor() walks one stretch of memory.
  std::vector<std::vector<RuleId>> rules_of(desk.factors.size());
  for (std::size_t r = 0; r < desk.rules.size(); ++r) {
    if (on_grid(desk.rules[r])) continue;
    for (const FactorId factor : desk.rules[r].factors)
      rules_of[factor.index()].push_back(RuleId{r});
  }
  first_of_factor_.push_back(0);
  for (std::size_t f = 0; f < desk.factors.size(); ++f) {
    for (const RuleId rule : rules_of[f])
      add_rule(desk.rules[rule.index()], rule, FactorId{f});
    first_of_factor_.push_back(static_cast<std::uint32_t>(watches_.size()));
  }
  for (std::size_t r = 0; r < desk.rules.size(); ++r) {
    const RuleConfig& rule = desk.rules[r];
    BALLAST_ASSERT(rule.dwell >= Duration{} && (!rule.repeat || *rule.repeat > Duration{}));
    policies_.push_back({rule.dwell, rule.repeat});
    if (!on_grid(rule)) continue;
    if (rule.factors.empty()) add_rule(rule, RuleId{r}, FactorId{});
    for (const FactorId factor : rule.factors)
      add_rule(rule, RuleId{r}, factor);
  }
  for (std::size_t o = 0; o < desk.objectives.size(); ++o) {
    policies_.push_back({});
    add_objective(desk.objectives[o], RuleId{o});
  }
}

void Alerts::add_rule(const RuleConfig& rule, RuleId id, FactorId factor) {
  watches_.push_back({rule.threshold, rule.clear.value_or(rule.threshold), factor, rule.measure,
                      rule.comparison, rule.window});
  Instance instance;
  instance.now.rule = id;
  instance.now.factor = factor;
  instance.now.severity = rule.severity;
  instance.now.state = AlertState::ok;
  instances_.push_back(instance);
}

void Alerts::add_objective(const ObjectiveConfig& objective, RuleId id) {
  Watch watch;
  watch.factor = objective.factor;
  watches_.push_back(watch);
  Instance instance;
  instance.now.rule = id;
  instance.now.objective = true;
  instance.now.factor = objective.factor;
  instance.now.severity = objective.severity;
  instance.now.state = AlertState::ok;
  instances_.push_back(instance);
}

// ---- judging ----------------------------------------------------------------------------------

void Alerts::judge(std::uint32_t instance,
                   Timestamp now,
                   const Readings& readings,
                   std::vector<Effect>& effects) {
  const Watch& watch = watches_[instance];
  const auto value = readings.value(watch.factor, watch.measure, watch.window, now);
  if (!value) {
    if (watch.state == AlertState::pending) wait(instance);
    return;
  }
  const bool triggered = holds(*value, watch.comparison, watch.threshold);
  if (!triggered && watch.state == AlertState::ok) return;
  const bool cleared = !triggered && past_clear(*value, watch.comparison, watch.clear);
  settle(instance, {*value, triggered, cleared}, now, effects);
}

void Alerts::judge_objective(std::uint32_t instance,
                             Timestamp now,
                             const Readings& readings,
                             std::vector<Effect>& effects) {
  Instance& alert = instances_[instance];
  const ObjectiveConfig& objective = objectives_[alert.now.rule.index()];
  if (watches_[instance].state == AlertState::ok && calm(objective, now, readings)) return;
  const PairBurns pairs = measure_pairs(objective, now, readings);
  const auto verdict = ballast::judge(pairs, objective.clear, alert.burning);
  if (!verdict) return;
  const double rate = worst_rate(pairs).value_or(alert.now.value);
  settle(instance, {rate, *verdict, !*verdict}, now, effects);
}

void Alerts::settle(std::uint32_t instance,
                    const Verdict& verdict,
                    Timestamp now,
                    std::vector<Effect>& effects) {
  const Watch& watch = watches_[instance];
  if (watch.state == AlertState::ok) {
    if (verdict.triggered) begin(instance, verdict.value, now, effects);
    return;
  }
  Instance& alert = instances_[instance];
  alert.now.value = verdict.value;
  alert.now.peak = watches_highs(watch.comparison) ? std::max(alert.now.peak, verdict.value)
                                                   : std::min(alert.now.peak, verdict.value);
  if (watch.state != AlertState::pending) {
    if (verdict.cleared) end(instance, now, effects);
  } else if (!verdict.triggered) {
    end(instance, now, effects);
  } else if (alert.waiting) {  // known again: it must hold for the whole dwell from here
    alert.waiting = false;
    arm(timer_of(instance), now, policies_[number_of(instance)].dwell);
  }
}

void Alerts::on_windows(Timestamp now, const Readings& readings, std::vector<Effect>& effects) {
  for (std::uint32_t i = first_of_factor_.back(); i < watches_.size(); ++i) {
    if (instances_[i].now.objective) {
      judge_objective(i, now, readings, effects);
    } else {
      judge(i, now, readings, effects);
    }
  }
}

// ---- transitions ------------------------------------------------------------------------------

void Alerts::wait(std::uint32_t instance) {
  instances_[instance].waiting = true;
  timers_.cancel(timer_of(instance));
}

void Alerts::begin(std::uint32_t instance,
                   double value,
                   Timestamp now,
                   std::vector<Effect>& effects) {
  Instance& alert = instances_[instance];
  AlertEpisode& episode = alert.now;
  ++episode.episode;
  episode.began = now;
  episode.fired = episode.acknowledged = episode.cleared = std::nullopt;
  episode.value = episode.peak = value;
  alert.waiting = false;
  alert.notified = false;
  const Duration dwell = policies_[number_of(instance)].dwell;
  if (dwell <= Duration{}) return fire(instance, now, effects);
  enter(instance, AlertState::pending, now);
  arm(timer_of(instance), now, dwell);
  emit(instance, now, false, false, effects);
}

void Alerts::fire(std::uint32_t instance, Timestamp now, std::vector<Effect>& effects) {
  Instance& alert = instances_[instance];
  alert.now.fired = now;
  enter(instance, AlertState::firing, now);
  alert.notified = may_notify(instance, now, effects);
  const auto repeat = policies_[number_of(instance)].repeat;
  if (repeat) arm(timer_of(instance), now, *repeat);
  emit(instance, now, false, alert.notified, effects);
}

/// Back to ok, from wherever it was.
void Alerts::end(std::uint32_t instance, Timestamp now, std::vector<Effect>& effects) {
  Instance& alert = instances_[instance];
  alert.now.cleared = now;
  alert.waiting = false;
  timers_.cancel(timer_of(instance));
  enter(instance, AlertState::ok, now);
  emit(instance, now, false, alert.notified && !shelved(instance), effects);
  if (alert.now.fired) remember(alert.now);
}

/// Says again that an alert fires.
void Alerts::remind(std::uint32_t instance, Timestamp now, std::vector<Effect>& effects) {
  const auto repeat = policies_[number_of(instance)].repeat;
  if (repeat) arm(timer_of(instance), now, paced(*repeat, now));
  if (shelved(instance)) return;
  const bool notify = may_notify(instance, now, effects);
  Instance& alert = instances_[instance];
  alert.notified = alert.notified || notify;
  emit(instance, now, true, notify, effects);
}

bool Alerts::may_notify(std::uint32_t instance, Timestamp now, std::vector<Effect>& effects) {
  if (shelved(instance)) return false;
  if (const auto due = timers_.due(flood_timer); due && *due <= now) end_flood(effects);
  if (flood_.admit(now)) return true;
  arm(flood_timer, flood_.minute_start(), FloodControl::minute);
  return false;
}

/// Sums up a minute that has ended.
void Alerts::end_flood(std::vector<Effect>& effects) {
  const Timestamp due = *timers_.due(flood_timer);
  timers_.cancel(flood_timer);
  effects.push_back({due, FloodSummary{flood_.take_held_back()}});
}

void Alerts::enter(std::uint32_t instance, AlertState state, Timestamp now) {
  watches_[instance].state = state;
  instances_[instance].now.state = state;
  instances_[instance].now.since = now;
}

void Alerts::emit(std::uint32_t instance,
                  Timestamp now,
                  bool repeat,
                  bool notify,
                  std::vector<Effect>& effects) const {
  AlertTransition transition = instances_[instance].now.transition();
  transition.repeat = repeat;
  transition.notify = notify;
  effects.push_back({now, transition});
}

void Alerts::remember(const AlertEpisode& episode) {
  if (history_.size() < history_max) {
    history_.push_back(episode);
    return;
  }
  history_[oldest_] = episode;
  oldest_ = (oldest_ + 1) % history_max;
}

// ---- timers -----------------------------------------------------------------------------------

void Alerts::arm(std::size_t timer, Timestamp from, Duration span) {
  Timestamp due;
  if (__builtin_add_overflow(from.ns, span.ns, &due.ns)) {
    timers_.cancel(timer);
  } else {
    timers_.set(timer, due);
  }
}

Duration Alerts::paced(Duration step, Timestamp now) const {
  Duration still;
  if (__builtin_sub_overflow(now.ns, last_move_.ns, &still.ns)) {
    still.ns = std::numeric_limits<std::int64_t>::max();
  }
  if (still <= long_stillness) return step;
  const std::int64_t steps = still.ns / steps_a_stillness / step.ns;
  return step * std::max<std::int64_t>(1, steps);
}

void Alerts::start(Timestamp now) {
  last_move_ = now;
  shorten_grid(now);
}

void Alerts::shorten_grid(Timestamp now) {
  grid_stretched_ = false;
  const bool any_on_grid = first_of_factor_.back() < watches_.size();
  if (any_on_grid) arm(grid_timer(), floor_to(now, grid), grid);
}

void Alerts::run_due(Timestamp now, const Readings& readings, std::vector<Effect>& effects) {
  while (!timers_.empty() && timers_.first_due() <= now) {
    const std::size_t timer = timers_.first();
    const Timestamp due = timers_.first_due();
    if (timer == flood_timer) {
      end_flood(effects);
    } else if (timer < grid_timer()) {
      unshelve(timer - shelf_timer(0), due, effects);
    } else if (timer == grid_timer()) {
      const Duration step = paced(grid, due);
      arm(timer, due, step);
      grid_stretched_ = step > grid;
      on_windows(due, readings, effects);
    } else {
      timers_.cancel(timer);
      run_instance(static_cast<std::uint32_t>(timer - timer_of(0)), due, readings, effects);
    }
  }
}

void Alerts::run_instance(std::uint32_t instance,
                          Timestamp now,
                          const Readings& readings,
                          std::vector<Effect>& effects) {
  if (watches_[instance].state == AlertState::firing) return remind(instance, now, effects);
  judge(instance, now, readings, effects);  // the value at which it fires; or it just went unknown
  if (watches_[instance].state == AlertState::pending && !instances_[instance].waiting) {
    fire(instance, now, effects);
  }
}

void Alerts::unshelve(std::size_t number, Timestamp now, std::vector<Effect>& effects) {
  timers_.cancel(shelf_timer(number));
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    if (watches_[i].state == AlertState::firing && number_of(i) == number) remind(i, now, effects);
  }
}

// ---- people -----------------------------------------------------------------------------------

AlertAnswer Alerts::apply(Timestamp now, const Acknowledge& event, std::vector<Effect>& effects) {
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    Instance& alert = instances_[i];
    if (number_of(i) != event.rule.index() || alert.now.factor != event.factor) continue;
    if (alert.now.state != AlertState::firing) return AlertAnswer::not_firing;
    alert.now.acknowledged = now;
    timers_.cancel(timer_of(i));
    enter(i, AlertState::acknowledged, now);
    emit(i, now, false, alert.notified && !shelved(i), effects);
    return AlertAnswer::applied;
  }
  return AlertAnswer::no_such_alert;
}

AlertAnswer Alerts::apply(Timestamp now, const Shelve& event, std::vector<Effect>& effects) {
  const std::size_t number = event.rule.index();
  if (number >= policies_.size()) return AlertAnswer::no_such_alert;
  const std::size_t shelf = shelf_timer(number);
  if (event.until > now) {
    timers_.set(shelf, event.until);
  } else if (timers_.due(shelf)) {
    unshelve(number, now, effects);
  }
  return AlertAnswer::applied;
}

bool Alerts::shelved(std::uint32_t instance) const {
  return timers_.due(shelf_timer(number_of(instance))).has_value();
}

std::size_t Alerts::number_of(std::uint32_t instance) const {
  const AlertEpisode& alert = instances_[instance].now;
  return alert.rule.index() + (alert.objective ? rule_count_ : 0);
}

// ---- reports and snapshots --------------------------------------------------------------------

std::vector<AlertEpisode> Alerts::active() const {
  std::vector<AlertEpisode> result;
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    if (watches_[i].state == AlertState::ok) continue;
    result.push_back(instances_[i].now);
    result.back().shelved = shelved(i);
  }
  return result;
}

std::vector<AlertEpisode> Alerts::history() const {
  std::vector<AlertEpisode> result = history_;
  std::rotate(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(oldest_), result.end());
  return result;
}

Burn Alerts::burn(std::size_t objective, Timestamp at, const Readings& readings) const {
  return measure_burn(objectives_[objective], at, readings);
}

/// What was loaded may be damaged: nothing in it may lead outside a table.
void Alerts::after_load() {
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    AlertEpisode& alert = instances_[i].now;
    if (alert.state > AlertState::acknowledged) alert.state = AlertState::ok;
    watches_[i].state = alert.state;
  }
  const auto unknown = [this](const AlertEpisode& past) {
    const std::size_t count = past.objective ? objectives_.size() : rule_count_;
    return past.rule.index() >= count || past.state > AlertState::acknowledged ||
           past.severity > Severity::critical ||
           (past.factor.valid() && past.factor.index() + 1 >= first_of_factor_.size());
  };
  history_.erase(std::remove_if(history_.begin(), history_.end(), unknown), history_.end());
  if (history_.size() > history_max) history_.resize(history_max);
  if (oldest_ >= history_.size()) oldest_ = 0;
}

}  // namespace ballast
