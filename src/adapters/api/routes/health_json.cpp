#include "adapters/api/routes/health_json.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/routes/item_json.hpp"
#include "engine/report_factor.hpp"

namespace ballast::api {
namespace {

struct HealthProblem {
  std::string_view code;
  Severity severity;
  std::string detail;
};

std::vector<HealthProblem> problems_of(const DeskView& view,
                                       const std::vector<VenueHealth>& venues,
                                       const std::vector<SinkHealth>& sinks,
                                       const std::optional<std::string>& tokens,
                                       std::size_t breaks) {
  const Desk& desk = view.engine.desk();
  const LiveFigures& f = view.figures;
  std::vector<HealthProblem> out;
  if (f.failed) {
    out.push_back({"journal_failed", Severity::critical,
                   fmt::format("the journal has failed, nothing more is taken: {}", *f.failed)});
  }
  if (f.draining) out.push_back({"draining", Severity::warning, "the service is stopping"});
  if (f.clock_problem) out.push_back({"clock", Severity::warning, *f.clock_problem});
  if (tokens) out.push_back({"tokens", Severity::warning, *tokens});
  if (f.queue_capacity > 0 && f.queued * 10 >= f.queue_capacity * 8) {
    out.push_back({"queue_filling", Severity::warning,
                   fmt::format("{} of {} places of the queue are taken: events come faster than "
                               "they are stored",
                               f.queued, f.queue_capacity)});
  }
  for (const VenueHealth& venue : venues) {
    if (!venue.silent) continue;
    const std::string& name = desk.venue(venue.venue).name;
    out.push_back(
        {"feed_silent", Severity::warning,
         venue.age_seconds
             ? fmt::format("nothing was heard of {} for {:.0f} s", name, *venue.age_seconds)
             : fmt::format("nothing was heard of {} since the start", name)});
  }
  for (const StopView& stop : stop_views(view.engine)) {
    out.push_back({stop.breaker ? std::string_view("breaker") : std::string_view("kill_switch"),
                   Severity::warning, fmt::format("{} is stopped: {}", stop.scope, stop.reason)});
  }
  if (breaks > 0) {
    out.push_back(
        {"breaks", Severity::warning,
         fmt::format("{} reconciliation break{} open", breaks, breaks == 1 ? " is" : "s are")});
  }
  for (std::size_t i = 0; i < desk.factors.size(); ++i) {
    const FactorNow& factor = view.engine.factor(FactorId{i});
    if (factor.knowledge == Knowledge::known || !view.engine.started()) continue;
    out.push_back({"factor_unknown", Severity::warning,
                   fmt::format("{} is unknown: {}", factor_label(desk.factors[i]),
                               to_string(factor.knowledge))});
  }
  for (const SinkHealth& sink : sinks) {
    if (!sink.failing_since) continue;
    out.push_back({"sink_failing", Severity::warning,
                   fmt::format("{} fails since {}: {}", sink.name, to_string(*sink.failing_since),
                               sink.last_error)});
  }
  return out;
}

/// Open breaks by venue.
std::vector<std::size_t> breaks_by_venue(const Engine& engine) {
  std::vector<std::size_t> out(engine.desk().venues.size());
  for (const Break& item : engine.books().breaks()) {
    if (!item.closed) ++out[engine.books().account(item.place.account).venue.index()];
  }
  return out;
}

void write_problems(JsonWriter& out, const std::vector<HealthProblem>& problems) {
  out.key("problems").begin_array();
  for (const HealthProblem& problem : problems) {
    out.begin_object();
    out.key("code").value(problem.code);
    out.key("severity").value(to_string(problem.severity));
    out.key("detail").value(problem.detail);
    out.end_object();
  }
  out.end_array();
}

void write_stops(JsonWriter& out, const Engine& engine) {
  const auto stops = stop_views(engine);
  constexpr std::string_view of_factor = "factor:";
  out.key("kill_switches").begin_array();
  for (const StopView& stop : stops)
    if (!stop.breaker) out.value(stop.scope);
  out.end_array();
  out.key("breakers").begin_array();
  for (const StopView& stop : stops)
    if (stop.breaker) out.value(std::string_view(stop.scope).substr(of_factor.size()));
  out.end_array();
}

void write_alert_counts(JsonWriter& out, const Engine& engine) {
  std::size_t firing = 0;
  std::size_t acknowledged = 0;
  const auto count = [&](AlertState state) {
    firing += state == AlertState::firing ? 1 : 0;
    acknowledged += state == AlertState::acknowledged ? 1 : 0;
  };
  for (const AlertEpisode& episode : engine.alerts().active())
    count(episode.state);
  for (const StopEpisode& stop : engine.stops().all())
    count(stop.state);
  out.key("alerts").begin_object();
  out.key("firing").value(firing);
  out.key("acknowledged").value(acknowledged);
  out.end_object();
}

void write_sinks(JsonWriter& out, const std::vector<SinkHealth>& sinks) {
  out.key("sinks").begin_array();
  for (const SinkHealth& sink : sinks) {
    out.begin_object();
    out.key("name").value(sink.name);
    out.key("queued").value(sink.queued);
    out.key("failing_since").value(sink.failing_since);
    write_reason(out, "last_error", sink.last_error);
    out.end_object();
  }
  out.end_array();
}

}  // namespace

void write_health(JsonWriter& out, const Services& services, const DeskView& view) {
  const LiveFigures& f = view.figures;
  const std::vector<VenueHealth> venues = view.feeds ? view.feeds() : std::vector<VenueHealth>{};
  const auto sinks = services.sinks ? services.sinks() : std::vector<SinkHealth>{};
  const auto breaks = breaks_by_venue(view.engine);
  std::size_t open_breaks = 0;
  for (const std::size_t count : breaks)
    open_breaks += count;
  const auto tokens =
      services.tokens.problem ? services.tokens.problem() : std::optional<std::string>();
  const auto problems = problems_of(view, venues, sinks, tokens, open_breaks);
  const bool stopped = f.failed.has_value() || f.draining;
  out.begin_object();
  out.key("status").value(stopped ? "stopped" : problems.empty() ? "ok" : "degraded");
  write_problems(out, problems);
  out.key("now").value(f.now);
  out.key("wall").value(services.wall ? services.wall() : f.now);
  out.key("mode").value(services.mode);
  out.key("speed").value(services.speed ? services.speed() : 1.0);
  out.key("venues").begin_array();
  for (const VenueHealth& venue : venues)
    write_venue_health(out, view.engine.desk(), venue, breaks[venue.venue.index()]);
  out.end_array();
  out.key("journal").begin_object();
  out.key("last_seq").value(f.last_seq);
  out.key("durable_seq").value(f.durable_seq);
  out.key("lag_seconds").value(f.acknowledge.p50.value_or(0.0));  // nothing waited
  out.key("failed").value(f.failed);
  out.end_object();
  write_stops(out, view.engine);
  write_alert_counts(out, view.engine);
  write_sinks(out, sinks);
  out.end_object();
}

void write_latency(JsonWriter& out, std::string_view key, const LatencyFigures& latency) {
  out.key(key).begin_object();
  out.key("p50").value(latency.p50);
  out.key("p99").value(latency.p99);
  out.end_object();
}

void write_journal(JsonWriter& out, const Services& services, const DeskView& view) {
  const LiveFigures& f = view.figures;
  out.begin_object();
  out.key("file").value(services.journal_file);
  out.key("last_seq").value(f.last_seq);
  out.key("durable_seq").value(f.durable_seq);
  out.key("digest").value(view.engine.digest().hex());
  out.key("bytes").value(f.journal_bytes);
  write_latency(out, "commit_seconds", f.commit);
  out.end_object();
}

}  // namespace ballast::api
