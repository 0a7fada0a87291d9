// What control asks of the engine: how a factor stands and what moved it.
#include <cmath>

#include "control/account_margin.hpp"
#include "engine/engine.hpp"

namespace ballast {
namespace {

/// Of the root mean square deviation: hedges that changed more of it have shaped the path.
constexpr double shaped = 0.1;

}  // namespace

const FactorState* Engine::known_state(FactorId id) const {
  const FactorNow& factor = factors_[id.index()];
  return factor.knowledge == Knowledge::known ? &factor.state : nullptr;
}

Result<AccountMargin> Engine::margin(std::size_t index) const {
  return account_margin(*this, desk_.margins[index]);
}

Result<MarginDetail> Engine::margin_detail(std::size_t index) const {
  return ballast::margin_detail(*this, desk_.margins[index]);
}

Result<AccountMargin> Engine::margin_in_flight(std::size_t index) const {
  const MarginConfig& config = desk_.margins[index];
  return account_margin(*this, config, changes_in_flight(*this, control_.orders(), config));
}

std::string_view Engine::why_unknown(FactorId id) const {
  return to_string(factors_[id.index()].knowledge);
}

std::optional<double> Engine::half_life_seconds(FactorId id) const {
  const Tracker& tracker = trackers_[id.index()];
  const auto hour = figures(tracker.window(Window::hour_1, now_), tracker.grid());
  // What was brought back by hedges did not come back by itself.
  if (std::fabs(hour.effectiveness.value_or(0.0)) > shaped) return std::nullopt;
  return hour.half_life_seconds;
}

std::string_view Engine::dominant_cause(FactorId id) const {
  const Attribution& attribution = trackers_[id.index()].attribution();
  std::size_t dominant = 0;
  for (std::size_t c = 1; c < cause_count; ++c) {
    if (attribution.contribution(static_cast<Cause>(c)).abs() >
        attribution.contribution(static_cast<Cause>(dominant)).abs()) {
      dominant = c;
    }
  }
  return cause_names[dominant];
}

}  // namespace ballast
