#include "adapters/metrics/metrics.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "adapters/metrics/desk_figures.hpp"
#include "adapters/metrics/families.hpp"
#include "adapters/metrics/process_figures.hpp"
#include "adapters/metrics/render.hpp"

namespace ballast::metrics {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array commit_bounds{0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                   0.05,    0.1,    0.25,  0.5,    1.0,   2.5};
constexpr std::array request_bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                    0.05,   0.1,   0.25,   0.5,   1.0,  5.0};

double count_of(std::uint64_t count) { return static_cast<double>(count); }

/// Whether so much time passed since `then`, where there was one.
bool passed(std::optional<Clock::time_point> then, Duration span) {
  return !then || Clock::now() - *then >= std::chrono::nanoseconds(span.ns);
}

/// `word`, where it is one of those; else `other`.
template <std::size_t Count>
std::string_view one_of(const std::array<std::string_view, Count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end() ? word : "other";
}

/// Counted from effects, on the desk's thread; rendered elsewhere.
struct Transitions {
  BySeverityAndState alerts{};
  ByActionAndState proposals{};
  Buckets commits{commit_bounds};
};

struct HttpCounts {
  // method, route, status, role
  std::map<std::tuple<std::string, std::string, int, std::string>, std::uint64_t, std::less<>>
      requests;
  std::map<std::pair<std::string, std::string>, Buckets, std::less<>> seconds;
  std::set<std::string, std::less<>> routes;
  std::set<std::string, std::less<>> capped;  // at most routes_max as well
};

}  // namespace

struct Metrics::State {
  MetricsOptions options;

  // Of the desk's thread alone.
  std::shared_ptr<const DeskNames> names;
  AdherenceCopy adherences;

  mutable std::mutex desk;  // guards these, for as long as a pointer or the counts are copied
  std::shared_ptr<const DeskFigures> figures;
  std::optional<Clock::time_point> figures_at;
  Transitions transitions;

  mutable std::mutex http;
  HttpCounts answers;

  std::function<StreamFigures()> stream;
  std::function<std::vector<SinkFigures>()> sinks;

  void render_counts(Families& out) const;
  void render_http(Families& out) const;
  void render_others(Families& out) const;
};

Metrics::Metrics(const MetricsOptions& options) : state_(std::make_unique<State>()) {
  state_->options = options;
}

Metrics::~Metrics() = default;

void Metrics::count(std::span<const SeqEffect> effects, double commit_seconds) {
  if (effects.empty() && commit_seconds <= 0.0) return;
  const std::lock_guard lock(state_->desk);
  Transitions& counts = state_->transitions;
  if (commit_seconds > 0.0) counts.commits.observe(commit_seconds);
  for (const SeqEffect& item : effects) {
    if (const auto* alert = std::get_if<AlertTransition>(&item.effect.body)) {
      if (alert->repeat) continue;
      ++counts.alerts[static_cast<std::size_t>(alert->severity)]
                     [static_cast<std::size_t>(alert->state)];
    } else if (const auto* decided = std::get_if<Decided>(&item.effect.body)) {
      ++counts.proposals[static_cast<std::size_t>(decided->decision.action)]
                        [static_cast<std::size_t>(decided->decision.state)];
    }
  }
}

bool Metrics::copy_due() const {
  const std::lock_guard lock(state_->desk);
  return passed(state_->figures_at, state_->options.copy_every);
}

void Metrics::copy(const Engine& engine,
                   const LiveFigures& live,
                   std::span<const VenueHealth> venues) {
  State& state = *state_;
  if (!state.names) state.names = std::make_shared<const DeskNames>(names_of(engine.desk()));
  // A part of the factors each time, so that no copy takes long.
  const auto turns = static_cast<std::size_t>(std::max<std::int64_t>(
      1,
      state.options.adherence_every.ns / std::max<std::int64_t>(1, state.options.copy_every.ns)));
  state.adherences.refresh(engine, engine.desk().factors.size() / turns + 1);
  auto figures = std::make_shared<DeskFigures>(figures_of(engine, live, venues));
  figures->names = state.names;
  figures->adherences = state.adherences.latest();
  std::shared_ptr<const DeskFigures> old = std::move(figures);  // freed outside of the lock
  const std::lock_guard lock(state.desk);
  state.figures.swap(old);
  state.figures_at = Clock::now();
}

void Metrics::forget_names() {
  state_->names = nullptr;
  state_->adherences.restart();
}

void Metrics::count(const HttpAnswer& answer) {
  const std::lock_guard lock(state_->http);
  HttpCounts& counts = state_->answers;
  std::string_view route = answer.route.empty() ? "other" : answer.route;
  if (!counts.routes.contains(route)) {
    if (counts.routes.size() < state_->options.routes_max) {
      counts.routes.emplace(route);
    } else {
      if (counts.capped.size() < state_->options.routes_max) counts.capped.emplace(route);
      route = "other";
    }
  }
  constexpr std::array<std::string_view, 7> methods{"GET",  "POST",    "PUT",  "DELETE",
                                                    "HEAD", "OPTIONS", "PATCH"};
  const std::string_view method = one_of(methods, answer.method);
  const std::string_view role = answer.role.empty() ? "none" : one_of(role_names, answer.role);
  ++counts.requests[{std::string(method), std::string(route), std::clamp(answer.status, 100, 599),
                     std::string(role)}];
  counts.seconds.try_emplace({std::string(method), std::string(route)}, request_bounds)
      .first->second.observe(answer.seconds);
}

void Metrics::ask_stream(std::function<StreamFigures()> stream) {
  state_->stream = std::move(stream);
}

void Metrics::ask_sinks(std::function<std::vector<SinkFigures>()> sinks) {
  state_->sinks = std::move(sinks);
}

void Metrics::State::render_counts(Families& out) const {
  const Transitions counts = [&] {
    const std::lock_guard lock(desk);
    return transitions;
  }();
  for (std::size_t severity = 0; severity < severity_names.size(); ++severity) {
    for (std::size_t state = 0; state < alert_state_names.size(); ++state) {
      out.counter("ballast_alert_transitions_total",
                  {{"severity", severity_names[severity]}, {"state", alert_state_names[state]}},
                  count_of(counts.alerts[severity][state]));
    }
  }
  for (std::size_t action = 0; action < action_names.size(); ++action) {
    for (std::size_t state = 0; state < proposal_state_names.size(); ++state) {
      out.counter("ballast_proposals_total",
                  {{"action", action_names[action]}, {"state", proposal_state_names[state]}},
                  count_of(counts.proposals[action][state]));
    }
  }
  out.histogram("ballast_journal_commit_seconds", {}, counts.commits);
}

void Metrics::State::render_http(Families& out) const {
  const std::lock_guard lock(http);
  for (const auto& [key, count] : answers.requests) {
    const auto& [method, route, status, role] = key;
    const std::string status_text = std::to_string(status);
    out.counter("ballast_http_requests_total",
                {{"method", method}, {"route", route}, {"status", status_text}, {"role", role}},
                count_of(count));
  }
  for (const auto& [key, buckets] : answers.seconds) {
    out.histogram("ballast_http_request_seconds", {{"method", key.first}, {"route", key.second}},
                  buckets);
  }
  out.gauge("ballast_metrics_capped", {{"label", "route"}},
            static_cast<double>(answers.capped.size()));
}

void Metrics::State::render_others(Families& out) const {
  out.gauge("ballast_build_info", {{"version", BALLAST_VERSION}, {"compiler", __VERSION__}}, 1.0);
  if (stream) {
    const StreamFigures now = stream();
    out.gauge("ballast_stream_clients", {}, count_of(now.clients));
    out.counter("ballast_stream_messages_total", {}, count_of(now.messages));
    out.counter("ballast_stream_dropped_total", {}, count_of(now.dropped));
  }
  if (sinks) {
    const std::vector<SinkFigures> all = sinks();
    const std::size_t own = std::min(all.size(), options.sinks_max);
    SinkFigures rest;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const SinkFigures& now = all[i];
      if (i >= own) {
        rest.delivered += now.delivered;
        rest.given_up += now.given_up;
        continue;
      }
      const Label sink{"sink", now.sink};
      out.gauge("ballast_sink_queued", {sink}, count_of(now.queued));
      out.counter("ballast_sink_delivered_total", {sink}, count_of(now.delivered));
      out.counter("ballast_sink_given_up_total", {sink}, count_of(now.given_up));
      out.gauge("ballast_sink_failing", {sink}, now.failing ? 1.0 : 0.0);
    }
    if (all.size() > own) {
      out.counter("ballast_sink_delivered_total", {{"sink", "other"}}, count_of(rest.delivered));
      out.counter("ballast_sink_given_up_total", {{"sink", "other"}}, count_of(rest.given_up));
    }
    out.gauge("ballast_metrics_capped", {{"label", "sink"}}, static_cast<double>(all.size() - own));
  }
  if (const auto process = process_figures()) {
    out.counter("process_cpu_seconds_total", {}, process->cpu_seconds);
    out.gauge("process_resident_memory_bytes", {}, process->resident_bytes);
    out.gauge("process_virtual_memory_bytes", {}, process->virtual_bytes);
    out.gauge("process_threads", {}, process->threads);
    out.gauge("process_open_fds", {}, process->open_fds);
    if (process->max_fds) out.gauge("process_max_fds", {}, *process->max_fds);
    out.gauge("process_start_time_seconds", {}, process->start_seconds);
  }
}

std::string Metrics::render() const {
  Families out;
  std::shared_ptr<const DeskFigures> figures;
  std::optional<Clock::time_point> taken;
  {
    const std::lock_guard lock(state_->desk);
    figures = state_->figures;
    taken = state_->figures_at;
  }
  if (figures) {
    const std::chrono::duration<double> age = Clock::now() - *taken;
    out.gauge("ballast_desk_figures_age_seconds", {}, age.count());
    render_desk(*figures, state_->options.factors_max, state_->options.venues_max, out);
  }
  state_->render_counts(out);
  state_->render_http(out);
  state_->render_others(out);
  return std::move(out).text();
}

}  // namespace ballast::metrics
