#include "adapters/metrics/desk_figures.hpp"

#include "adherence/desk.hpp"
#include "adherence/measure.hpp"

namespace ballast::metrics {
namespace {

FactorLevels levels_of(const Engine& engine, FactorId id) {
  FactorLevels levels;
  const FactorNow& now = engine.factor(id);
  const Reading& reading = engine.reading(id);
  levels.known = now.knowledge == Knowledge::known && reading.known();
  if (!levels.known) return levels;
  levels.actual = to_double(now.state.actual);
  levels.target = to_double(now.state.target);
  levels.lower = to_double(now.state.lower);
  levels.upper = to_double(now.state.upper);
  levels.limit_lower = to_double(now.state.limit_lower);
  levels.limit_upper = to_double(now.state.limit_upper);
  levels.deviation = to_double(reading.deviation);
  levels.z = reading.z;
  levels.skew = reading.skew;
  return levels;
}

void count_alerts(const Engine& engine, BySeverityAndState& alerts) {
  const auto count = [&](const AlertEpisode& episode) {
    if (episode.state == AlertState::ok) return;
    ++alerts[static_cast<std::size_t>(episode.severity)][static_cast<std::size_t>(episode.state)];
  };
  for (const AlertEpisode& episode : engine.alerts().active())
    count(episode);
  for (const StopEpisode& episode : engine.stops().all())
    count(episode);
}

void count_control(const Engine& engine, DeskFigures& figures) {
  for (std::size_t i = 0; i < engine.desk().factors.size(); ++i) {
    const FactorWatch* watch = engine.control().watch(FactorId{i});
    if (watch == nullptr) continue;
    if (watch->tripped) ++figures.breakers;
    if (!watch->open || !watch->proposal) continue;
    ++figures.proposals[static_cast<std::size_t>(watch->proposal->action)]
                       [static_cast<std::size_t>(watch->proposal->state)];
  }
  for (const KillSwitches::Switch& thrown : engine.control().switches().all())
    ++figures.kill_switches[static_cast<std::size_t>(thrown.scope.kind)];
}

void count_breaks(const Engine& engine, std::vector<Venue>& venues) {
  for (const Break& item : engine.books().breaks()) {
    if (item.closed) continue;
    const VenueId at = engine.books().account(item.place.account).venue;
    for (Venue& venue : venues) {
      if (venue.health.venue == at) ++venue.breaks;
    }
  }
}

}  // namespace

DeskNames names_of(const Desk& desk) {
  DeskNames names;
  names.desk = desk.name;
  names.currency = desk.asset(desk.currency).name;
  for (const FactorConfig& factor : desk.factors)
    names.factors.push_back({factor.name, factor.book, desk.asset(factor.unit).name});
  for (const ballast::Venue& venue : desk.venues)
    names.venues.push_back(venue.name);
  return names;
}

Adherences adherences_of(const Engine& engine) {
  Adherences all;
  const std::vector<FactorConfig>& configs = engine.desk().factors;
  all.factors.resize(configs.size());
  std::vector<FactorShare> shares(configs.size());
  for (std::size_t w = 0; w < window_infos.size(); ++w) {
    for (std::size_t i = 0; i < configs.size(); ++i) {
      const auto view = engine.tracker(FactorId{i}).view(static_cast<Window>(w), engine.now());
      shares[i] = {std::nullopt, configs[i].weight, std::nullopt};
      if (!view) continue;
      shares[i].adherence = measured(*view, Measure::adherence);
      shares[i].mean_weight = mean_weight(*view);
      all.factors[i].adherence[w] = shares[i].adherence;
    }
    all.desk[w] = desk_adherence(shares).adherence;
  }
  for (std::size_t i = 0; i < configs.size(); ++i) {
    const Times times = engine.tracker(FactorId{i}).since_start(engine.now()).times;
    all.factors[i].known_seconds = Duration{times.known()}.to_seconds();
    for (std::size_t c = 0; c < cause_count; ++c)
      all.factors[i].out_of_band_seconds[c] = Duration{times.by_cause[c]}.to_seconds();
  }
  return all;
}

DeskFigures figures_of(const Engine& engine,
                       const LiveFigures& live,
                       std::span<const VenueHealth> venues) {
  DeskFigures figures;
  figures.factors.reserve(engine.desk().factors.size());
  for (std::size_t i = 0; i < engine.desk().factors.size(); ++i)
    figures.factors.push_back(levels_of(engine, FactorId{i}));
  for (const VenueHealth& health : venues)
    figures.venues.push_back({health, 0});
  count_breaks(engine, figures.venues);
  count_alerts(engine, figures.alerts);
  count_control(engine, figures);
  figures.events = engine.counts();
  figures.live = live;
  return figures;
}

}  // namespace ballast::metrics
