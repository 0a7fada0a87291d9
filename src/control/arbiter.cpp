#include "control/arbiter.hpp"

#include <cmath>

#include <fmt/format.h>

namespace ballast {
namespace {

constexpr double seconds_per_day = 86'400.0;

}  // namespace

double risk_of_line(double gamma, double variance, double from, double to, double seconds) {
  const double mean_square = (from * from + from * to + to * to) / 3.0;
  return 0.5 * gamma * variance * mean_square * seconds / seconds_per_day;
}

double risk_of_decay(
    double gamma, double variance, double from, double half_life_seconds, double seconds) {
  // The square decays at twice the rate.
  const double rate = 2.0 * std::log(2.0) / half_life_seconds;
  const double integral = from * from * -std::expm1(-rate * seconds) / rate;
  return 0.5 * gamma * variance * integral / seconds_per_day;
}

Candidate wait_candidate(const ControlConfig& control,
                         const Deviation& deviation,
                         std::optional<double> half_life_seconds) {
  if (!half_life_seconds) {
    return Candidate::impossible(Action::wait,
                                 "the deviation does not come back by itself, as far as is known");
  }
  const double from = std::fabs(deviation.now);
  const double edge = std::fabs(deviation.edge());
  if (edge == 0.0) {
    return Candidate::impossible(Action::wait, "the band has no width on this side");
  }
  Candidate candidate;
  candidate.action = Action::wait;
  candidate.possible = true;
  candidate.seconds = *half_life_seconds * std::log2(from / edge);
  candidate.cost =
      risk_of_decay(control.gamma, deviation.variance, from, *half_life_seconds, candidate.seconds);
  candidate.why = fmt::format("half-life {:.3g} s", *half_life_seconds);
  return candidate;
}

Candidate skew_candidate(const ControlConfig& control,
                         const Deviation& deviation,
                         const std::optional<SkewFlow>& flow) {
  if (!flow)
    return Candidate::impossible(Action::skew, "no quote leans against it, or A and k are unknown");
  if (!(flow->rate > 0.0)) {
    return Candidate::impossible(Action::skew, "leaned quotes do not attract enough flow");
  }
  const double outside = std::fabs(deviation.outside(deviation.now));
  Candidate candidate;
  candidate.action = Action::skew;
  candidate.possible = true;
  candidate.seconds = outside / flow->rate;
  candidate.action_cost = flow->cost * candidate.seconds;
  candidate.cost = candidate.action_cost;
  candidate.why = fmt::format("{:.3g} units a second", flow->rate);
  add_risk(control, deviation, candidate);
  return candidate;
}

void add_risk(const ControlConfig& control, const Deviation& deviation, Candidate& candidate) {
  candidate.cost =
      candidate.action_cost + risk_of_line(control.gamma, deviation.variance, deviation.now,
                                           deviation.edge(), candidate.seconds);
}

std::optional<Action> choose(const std::array<Option, 4>& options) {
  const Option* best = nullptr;
  const auto better = [&](const Option& option) {
    if (best == nullptr) return true;
    if (option.in_time != best->in_time) return option.in_time;
    return option.in_time ? option.cost < best->cost : option.seconds < best->seconds;
  };
  for (const Option& option : options) {
    if (option.possible && better(option)) best = &option;
  }
  if (best == nullptr) return std::nullopt;
  return best->action;
}

}  // namespace ballast
