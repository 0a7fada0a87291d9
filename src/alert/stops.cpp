#include "alert/stops.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ballast {
namespace {

bool same_subject(const StopEpisode& a, const StopEpisode& b) {
  return a.rule == b.rule && a.factor == b.factor && a.scope == b.scope;
}

void enter(StopEpisode& stop, AlertState state, Timestamp now, std::vector<Effect>& effects) {
  stop.state = state;
  stop.since = now;
  effects.push_back({now, stop.transition()});
}

}  // namespace

AlertTransition StopEpisode::transition() const {
  AlertTransition transition = AlertEpisode::transition();
  transition.scope = scope;
  transition.reason = reason;
  return transition;
}

void Stops::tripped(Timestamp now, const BreakerTripped& breaker, std::vector<Effect>& effects) {
  StopEpisode stop;
  stop.rule = breaker_rule;
  stop.factor = breaker.factor;
  stop.value = breaker.failures;
  stop.reason = fmt::format("{} failed, the last: {}", breaker.failures, breaker.reason.view());
  begin(std::move(stop), now, effects);
}

void Stops::killed(Timestamp now, const Kill& kill, std::vector<Effect>& effects) {
  StopEpisode stop;
  stop.rule = kill_switch_rule;
  stop.scope = kill.scope;
  stop.value = 1.0;
  stop.reason = fmt::format("thrown by {}: {}", kill.by.view(), kill.reason.view());
  begin(std::move(stop), now, effects);
}

void Stops::begin(StopEpisode stop, Timestamp now, std::vector<Effect>& effects) {
  const auto before = std::find_if(all_.rbegin(), all_.rend(),
                                   [&](const StopEpisode& s) { return same_subject(s, stop); });
  stop.episode = before == all_.rend() ? 1 : before->episode + 1;
  stop.severity = Severity::critical;
  stop.began = now;
  stop.fired = now;
  stop.peak = stop.value;
  if (all_.size() == history_max) {
    // The oldest that is over and not the last of its subject, which the next is numbered by.
    for (auto at = all_.begin(); at != all_.end(); ++at) {
      if (!at->cleared) continue;
      const auto is_same = [&](const StopEpisode& s) { return same_subject(s, *at); };
      if (!same_subject(*at, stop) && std::none_of(at + 1, all_.end(), is_same)) continue;
      all_.erase(at);
      break;
    }
  }
  all_.push_back(std::move(stop));
  enter(all_.back(), AlertState::firing, now, effects);
}

void Stops::rearmed(Timestamp now, const Rearm& rearm, std::vector<Effect>& effects) {
  for (StopEpisode& stop : all_) {
    if (stop.state == AlertState::ok) continue;
    const bool lifted = stop.rule == breaker_rule ? rearm.scope.kind == ScopeKind::factor &&
                                                        rearm.scope.factor == stop.factor
                                                  : rearm.scope == stop.scope;
    if (!lifted) continue;
    stop.cleared = now;
    stop.value = 0.0;
    stop.reason += fmt::format("; rearmed by {}: {}", rearm.by.view(), rearm.reason.view());
    enter(stop, AlertState::ok, now, effects);
  }
}

AlertAnswer Stops::apply(Timestamp now, const Acknowledge& event, std::vector<Effect>& effects) {
  AlertAnswer answer = AlertAnswer::no_such_alert;
  for (StopEpisode& stop : all_) {
    if (stop.rule != event.rule || stop.factor != event.factor) continue;
    if (answer == AlertAnswer::no_such_alert) answer = AlertAnswer::not_firing;
    if (stop.state != AlertState::firing) continue;
    stop.acknowledged = now;
    enter(stop, AlertState::acknowledged, now, effects);
    answer = AlertAnswer::applied;
  }
  return answer;
}

bool Stops::fits(const Desk& desk) const {
  return std::all_of(all_.begin(), all_.end(), [&](const StopEpisode& stop) {
    if (stop.state > AlertState::acknowledged || stop.severity > Severity::critical) return false;
    if (stop.rule == breaker_rule) return stop.factor.index() < desk.factors.size();
    const Scope& scope = stop.scope;
    const bool of_venue = scope.kind == ScopeKind::venue || scope.kind == ScopeKind::account;
    return stop.rule == kill_switch_rule && !stop.factor.valid() &&
           scope.kind <= ScopeKind::factor &&
           (!of_venue || scope.place.venue.index() < desk.venues.size()) &&
           (scope.kind != ScopeKind::factor || scope.factor.index() < desk.factors.size());
  });
}

}  // namespace ballast
