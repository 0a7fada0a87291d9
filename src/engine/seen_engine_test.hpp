// An engine as control sees it, for tests that ask control's own functions.
#pragma once

#include "control/situation.hpp"
#include "engine/engine.hpp"

namespace ballast::test {

/// What control sees of an engine.
class Seen final : public Situation {
 public:
  explicit Seen(const Engine& engine) : engine_(engine) {}
  Timestamp now() const override { return engine_.now(); }
  const Desk& desk() const override { return engine_.desk(); }
  const Market& market() const override { return engine_.market(); }
  const MarketLearning& learning() const override { return engine_.learning(); }
  const Books& books() const override { return engine_.books(); }
  const OptionDesk& options() const override { return engine_.options(); }
  const FactorState* known_state(FactorId id) const override { return &engine_.factor(id).state; }
  std::string_view why_unknown(FactorId /*id*/) const override { return "known"; }
  std::optional<double> half_life_seconds(FactorId /*id*/) const override { return std::nullopt; }
  std::string_view dominant_cause(FactorId /*id*/) const override { return "none"; }

 private:
  const Engine& engine_;
};

}  // namespace ballast::test
