#include "adapters/metrics/render.hpp"

#include <algorithm>

namespace ballast::metrics {
namespace {

constexpr std::string_view other = "other";

double flag(bool value) { return value ? 1.0 : 0.0; }
double count_of(std::uint64_t count) { return static_cast<double>(count); }

void render_service(const DeskFigures& figures, Families& out) {
  const LiveFigures& live = figures.live;
  out.gauge("ballast_desk_info",
            {{"desk", figures.names->desk}, {"currency", figures.names->currency}}, 1.0);
  out.gauge("ballast_desk_time_seconds", {}, static_cast<double>(live.now.ns) / 1e9);
  out.gauge("ballast_desk_draining", {}, flag(live.draining));
  out.gauge("ballast_desk_clock_problem", {}, flag(live.clock_problem.has_value()));
  out.gauge("ballast_queue_depth", {}, static_cast<double>(live.queued));
  out.gauge("ballast_queue_capacity", {}, static_cast<double>(live.queue_capacity));
  out.gauge("ballast_journal_last_seq", {}, count_of(live.last_seq));
  out.gauge("ballast_journal_durable_seq", {}, count_of(live.durable_seq));
  out.gauge("ballast_journal_size_bytes", {}, count_of(live.journal_bytes));
  out.gauge("ballast_journal_failed", {}, flag(live.failed.has_value()));
  const auto latency = [&](std::string_view name, const LatencyFigures& figure) {
    out.summary(name, {{0.5, figure.p50}, {0.99, figure.p99}}, figure.count, figure.sum);
  };
  latency("ballast_step_seconds", live.step);
  latency("ballast_acknowledge_seconds", live.acknowledge);

  const auto outcome = [&](std::string_view name, std::uint64_t count) {
    out.counter("ballast_events_total", {{"outcome", name}}, count_of(count));
  };
  outcome("applied", figures.events.applied);
  outcome("duplicate", figures.events.duplicate);
  outcome("refused", figures.events.refused);
  outcome("conflated", live.conflated);
  out.counter("ballast_events_late_total", {}, count_of(figures.events.late));
}

void render_control(const DeskFigures& figures, Families& out) {
  for (std::size_t severity = 0; severity < severity_names.size(); ++severity) {
    for (std::size_t state = 1; state < alert_state_names.size(); ++state) {  // but ok
      out.gauge("ballast_alerts",
                {{"severity", severity_names[severity]}, {"state", alert_state_names[state]}},
                count_of(figures.alerts[severity][state]));
    }
  }
  for (std::size_t action = 0; action < action_names.size(); ++action) {
    for (const ProposalState state : {ProposalState::advised, ProposalState::waiting,
                                      ProposalState::approved, ProposalState::acting}) {
      out.gauge("ballast_proposals_open",
                {{"action", action_names[action]}, {"state", to_string(state)}},
                count_of(figures.proposals[action][static_cast<std::size_t>(state)]));
    }
  }
  out.gauge("ballast_breakers_tripped", {}, count_of(figures.breakers));
  for (std::size_t kind = 0; kind < scope_kind_names.size(); ++kind) {
    out.gauge("ballast_kill_switches", {{"scope", scope_kind_names[kind]}},
              count_of(figures.kill_switches[kind]));
  }
}

void render_levels(const DeskNames::Factor& name, const FactorLevels& levels, Families& out) {
  const Label factor{"factor", name.factor};
  const Label book{"book", name.book};
  out.gauge("ballast_factor_info", {factor, book, {"unit", name.unit}}, 1.0);
  out.gauge("ballast_factor_known", {factor, book}, flag(levels.known));
  if (!levels.known) return;
  out.gauge("ballast_factor_actual", {factor, book}, levels.actual);
  out.gauge("ballast_factor_target", {factor, book}, levels.target);
  out.gauge("ballast_factor_band", {factor, book, {"bound", "lower"}}, levels.lower);
  out.gauge("ballast_factor_band", {factor, book, {"bound", "upper"}}, levels.upper);
  out.gauge("ballast_factor_limit", {factor, book, {"bound", "lower"}}, levels.limit_lower);
  out.gauge("ballast_factor_limit", {factor, book, {"bound", "upper"}}, levels.limit_upper);
  out.gauge("ballast_factor_deviation", {factor, book}, levels.deviation);
  out.gauge("ballast_factor_z", {factor, book}, levels.z);
  out.gauge("ballast_factor_skew", {factor, book}, levels.skew);
}

void render_times(const DeskNames::Factor& name,
                  double known_seconds,
                  const std::array<double, cause_count>& out_of_band_seconds,
                  Families& out) {
  const Label factor{"factor", name.factor};
  const Label book{"book", name.book};
  out.counter("ballast_factor_known_seconds_total", {factor, book}, known_seconds);
  for (std::size_t c = 0; c < cause_count; ++c) {
    out.counter("ballast_factor_out_of_band_seconds_total",
                {factor, book, {"cause", cause_names[c]}}, out_of_band_seconds[c]);
  }
}

void render_factors(const DeskFigures& figures, std::size_t factors_max, Families& out) {
  const Adherences& adherences = figures.adherences;
  const std::size_t all = figures.factors.size();
  const std::size_t own = std::min(all, factors_max);
  for (std::size_t i = 0; i < own; ++i) {
    const DeskNames::Factor& name = figures.names->factors[i];
    const Adherences::Factor& factor = adherences.factors[i];
    render_levels(name, figures.factors[i], out);
    for (std::size_t w = 0; w < window_infos.size(); ++w) {
      if (!factor.adherence[w]) continue;
      out.gauge("ballast_factor_adherence_ratio",
                {{"factor", name.factor}, {"book", name.book}, {"window", window_infos[w].name}},
                *factor.adherence[w]);
    }
    render_times(name, factor.known_seconds, factor.out_of_band_seconds, out);
  }
  if (all > own) {
    Adherences::Factor sum;
    for (std::size_t i = own; i < all; ++i) {
      sum.known_seconds += adherences.factors[i].known_seconds;
      for (std::size_t c = 0; c < cause_count; ++c)
        sum.out_of_band_seconds[c] += adherences.factors[i].out_of_band_seconds[c];
    }
    render_times({std::string(other), std::string(other), {}}, sum.known_seconds,
                 sum.out_of_band_seconds, out);
  }
  out.gauge("ballast_metrics_capped", {{"label", "factor"}}, static_cast<double>(all - own));
  for (std::size_t w = 0; w < window_infos.size(); ++w) {
    if (!adherences.desk[w]) continue;
    out.gauge("ballast_desk_adherence_ratio", {{"window", window_infos[w].name}},
              *adherences.desk[w]);
  }
}

void render_venues(const DeskFigures& figures, std::size_t venues_max, Families& out) {
  const std::size_t all = figures.venues.size();
  const std::size_t own = std::min(all, venues_max);
  for (std::size_t i = 0; i < own; ++i) {
    const VenueHealth& health = figures.venues[i].health;
    const Label venue{"venue", figures.names->venues[health.venue.index()]};
    const auto gauge = [&](std::string_view name, const std::optional<double>& value) {
      if (value) out.gauge(name, {venue}, *value);
    };
    gauge("ballast_feed_age_seconds", health.age_seconds);
    gauge("ballast_feed_lag_p50_seconds", health.lag_p50_seconds);
    gauge("ballast_feed_lag_p99_seconds", health.lag_p99_seconds);
    gauge("ballast_feed_clock_skew_seconds", health.skew_seconds);
    gauge("ballast_feed_silent", flag(health.silent));
    gauge("ballast_feed_longest_gap_seconds", health.longest_gap_seconds);
    gauge("ballast_feed_breaks", count_of(figures.venues[i].breaks));
    out.counter("ballast_feed_gaps_total", {venue}, count_of(health.gaps));
  }
  if (all > own) {
    std::uint64_t gaps = 0;
    for (std::size_t i = own; i < all; ++i)
      gaps += figures.venues[i].health.gaps;
    out.counter("ballast_feed_gaps_total", {{"venue", other}}, count_of(gaps));
  }
  out.gauge("ballast_metrics_capped", {{"label", "venue"}}, static_cast<double>(all - own));
}

}  // namespace

void render_desk(const DeskFigures& figures,
                 std::size_t factors_max,
                 std::size_t venues_max,
                 Families& out) {
  render_service(figures, out);
  render_factors(figures, factors_max, out);
  render_control(figures, out);
  render_venues(figures, venues_max, out);
}

}  // namespace ballast::metrics
