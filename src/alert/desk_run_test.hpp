// For the tests of this folder: alerts with readings set by hand, fed as the engine feeds them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alert/alerts.hpp"
#include "alert/scripted_readings_test.hpp"
#include "base/archive.hpp"

namespace ballast {

inline constexpr FactorId btc{std::size_t{0}};
inline constexpr FactorId eth{std::size_t{1}};
inline const Timestamp midnight = parse_timestamp("2024-08-09T00:00:00Z").value();
inline Timestamp second(std::int64_t s) { return midnight + Duration::seconds(s); }

inline FactorConfig factor(std::string name, std::string book = "*") {
  FactorConfig config;
  config.name = std::move(name);
  config.book = std::move(book);
  return config;
}

inline RuleConfig rule(std::string name, std::vector<FactorId> factors) {
  RuleConfig config;
  config.name = std::move(name);
  config.factors = std::move(factors);
  config.threshold = 1.0;
  return config;
}

inline Desk two_factors() {
  Desk desk;
  desk.factors = {factor("delta:BTC"), factor("delta:ETH", "mm")};
  return desk;
}

/// Alerts with their readings and everything they said, fed as the engine feeds them.
struct DeskRun {
  explicit DeskRun(const Desk& d) : desk(d), alerts(d) { alerts.start(midnight); }

  void pass(Timestamp now) { alerts.run_due(now - Duration{1}, readings, effects); }
  void arrived(Timestamp now) { alerts.run_due(now, readings, effects); }
  void set(Timestamp now, FactorId id, Measure measure, std::optional<double> value) {
    pass(now);
    readings.set(id, measure, value);
    alerts.on_factor(id, now, readings, effects);
    arrived(now);
  }
  void z(Timestamp now, FactorId id, std::optional<double> value) {
    set(now, id, Measure::abs_z, value);
  }
  std::vector<AlertTransition> transitions() const {
    std::vector<AlertTransition> result;
    for (const Effect& effect : effects) {
      if (const auto* t = std::get_if<AlertTransition>(&effect.body)) result.push_back(*t);
    }
    return result;
  }
  std::string saved() {
    std::string bytes;
    SaveArchive save(bytes);
    alerts.archive(save);
    return bytes;
  }

  Desk desk;
  ScriptedReadings readings;
  Alerts alerts;
  std::vector<Effect> effects;
};

inline std::string line(const Desk& desk, const Effect& effect) {
  if (const auto* flood = std::get_if<FloodSummary>(&effect.body)) {
    return to_string(effect.t) + " held back " + std::to_string(flood->held_back);
  }
  const auto& t = std::get<AlertTransition>(effect.body);
  return to_string(effect.t) + " " + alert_id(desk, t) + " " +
         std::string(alert_state_names[static_cast<std::size_t>(t.state)]) +
         (t.repeat ? " R" : "") + (t.notify ? " N " : " - ") + std::to_string(t.value) + " since " +
         to_string(t.since);
}
inline std::vector<std::string> lines(const DeskRun& run) {
  std::vector<std::string> result;
  for (const Effect& effect : run.effects)
    result.push_back(line(run.desk, effect));
  return result;
}

}  // namespace ballast
