// DeskFigures: what a rendering says of the desk, copied from it on its thread so that rendering
// needs nothing of it. A plain value.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adherence/attribution.hpp"
#include "adherence/desk.hpp"
#include "engine/engine.hpp"
#include "model/effect.hpp"
#include "runtime/feed_health.hpp"
#include "runtime/live_desk.hpp"

namespace ballast::metrics {

using ByWindow = std::array<std::optional<double>, window_infos.size()>;
using BySeverityAndState =
    std::array<std::array<std::uint64_t, alert_state_names.size()>, severity_names.size()>;
using ByActionAndState =
    std::array<std::array<std::uint64_t, proposal_state_names.size()>, action_names.size()>;

/// What only a new configuration changes.
struct DeskNames {
  struct Factor {
    std::string factor, book, unit;
  };
  std::string desk, currency;
  std::vector<Factor> factors;
  std::vector<std::string> venues;
};
DeskNames names_of(const Desk& desk);

struct FactorLevels {
  bool known = false;
  double actual = 0.0, target = 0.0, lower = 0.0, upper = 0.0, limit_lower = 0.0, limit_upper = 0.0;
  double deviation = 0.0, z = 0.0, skew = 0.0;
};

/// What moves slowly and costs more to ask for.
struct Adherences {
  struct Factor {
    ByWindow adherence;
    double known_seconds = 0.0;
    std::array<double, cause_count> out_of_band_seconds{};
  };
  std::vector<Factor> factors;
  ByWindow desk;
};

/// Keeps a copy of them, a few factors at a time. One thread.
class AdherenceCopy {
 public:
  /// Copies the next so many factors, in turn; all of them at first, and of another desk.
  void refresh(const Engine& engine, std::size_t count);
  /// The engine was made anew.
  void restart() { shares_.clear(); }
  const Adherences& latest() const { return latest_; }

 private:
  void refresh_factor(const Engine& engine, std::size_t i);

  Adherences latest_;
  std::vector<std::array<FactorShare, window_infos.size()>> shares_;  // by factor
  std::size_t next_ = 0;
};

struct Venue {
  VenueHealth health;
  std::uint64_t breaks = 0;
};

struct DeskFigures {
  std::shared_ptr<const DeskNames> names;  // shared by all copies of one configuration
  Adherences adherences;
  std::vector<FactorLevels> factors;
  std::vector<Venue> venues;
  BySeverityAndState alerts{};
  ByActionAndState proposals{};  // open ones
  std::uint64_t breakers = 0;
  std::array<std::uint64_t, scope_kind_names.size()> kill_switches{};
  EventCounts events;
  LiveFigures live;
};
/// All but names and adherences.
DeskFigures figures_of(const Engine& engine,
                       const LiveFigures& live,
                       std::span<const VenueHealth> venues);

}  // namespace ballast::metrics
