#include "adapters/metrics/desk_figures.hpp"

#include <algorithm>

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

void AdherenceCopy::refresh_factor(const Engine& engine, std::size_t i) {
  const FactorId id{i};
  const FactorConfig& config = engine.desk().factor(id);
  Adherences::Factor& factor = latest_.factors[i];
  for (std::size_t w = 0; w < window_infos.size(); ++w) {
    FactorShare& share = shares_[i][w];
    share = {std::nullopt, config.weight, std::nullopt};
    if (const auto view = engine.tracker(id).view(static_cast<Window>(w), engine.now())) {
      share.adherence = measured(*view, Measure::adherence);
      share.mean_weight = mean_weight(*view);
    }
    factor.adherence[w] = share.adherence;
  }
  const Times times = engine.tracker(id).since_start(engine.now()).times;
  factor.known_seconds = Duration{times.known()}.to_seconds();
  for (std::size_t c = 0; c < cause_count; ++c)
    factor.out_of_band_seconds[c] = Duration{times.by_cause[c]}.to_seconds();
}

void AdherenceCopy::refresh(const Engine& engine, std::size_t count) {
  const std::size_t all = engine.desk().factors.size();
  if (shares_.size() != all) {
    shares_.assign(all, {});
    latest_.factors.assign(all, {});
    next_ = 0;
    count = all;
  }
  for (std::size_t left = std::min(count, all); left > 0; --left) {
    refresh_factor(engine, next_);
    next_ = (next_ + 1) % all;
  }
  std::vector<FactorShare> shares(all);
  for (std::size_t w = 0; w < window_infos.size(); ++w) {
    for (std::size_t i = 0; i < all; ++i)
      shares[i] = shares_[i][w];
    latest_.desk[w] = desk_adherence(shares).adherence;
  }
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
