#include "target/staged_target.hpp"

#include <cmath>

#include "target/target_stages.hpp"

namespace ballast {
namespace {

/// Digits behind the point of a level that followed from estimates.
constexpr int level_digits = 9;

/// False when the value is out of the decimal range.
bool set_level(double value, double before, Decimal as_given, Decimal& level) {
  // What no stage changed stays as it was configured, to the last digit.
  if (value == before) {
    level = as_given;
    return true;
  }
  const auto raw = rounded_raw(value, level_digits);
  if (raw) level.raw = *raw;
  return raw.has_value();
}

}  // namespace

StagedTarget::StagedTarget(const FactorConfig& factor) {
  for (const TargetStage& stage : factor.stages)
    stages_.emplace_back().config = stage;
}

/// The reading that the stage works with: now's, or the last good one, or the safe value.
double StagedTarget::settle(Stage& stage,
                            const Hold* hold,
                            std::optional<double> reading,
                            Timestamp now) {
  if (reading && std::isfinite(*reading)) {
    stage.status = StageStatus::fresh;
    stage.reading = *reading;
    stage.good = true;
    stage.good_at = now;
    return stage.reading;
  }
  if (stage.good && hold != nullptr && now - stage.good_at <= hold->max_age) {
    stage.status = StageStatus::held;
    return stage.reading;
  }
  stage.status = StageStatus::safe;
  stage.good = false;
  stage.reading = hold == nullptr ? 0.0 : hold->safe;
  return stage.reading;
}

void StagedTarget::advance(const StageWorld& world, const std::optional<Aimed>& base) {
  worked_at_ = world.now;
  if (!base) {
    aimed_.reset();
    return;
  }
  const Draft from{to_double(base->target), to_double(base->offsets.lower),
                   to_double(base->offsets.upper)};
  Draft draft = from;
  for (Stage& stage : stages_) {
    stage.inputs.clear();
    stage.before = draft;
    std::visit(
        [&](const auto& config) {
          // A copy of the draft, so that the draft itself stays in registers.
          const auto reading = read(config, world, Draft(draft), stage.memory, stage.inputs);
          const double settled = settle(stage, hold(config), reading, world.now);
          act(config, settled, world, stage.memory, draft);
        },
        stage.config);
    stage.after = draft;
  }
  if (!aimed_) aimed_.emplace();
  const bool exact =
      set_level(draft.target, from.target, base->target, aimed_->target) &&
      set_level(draft.lower, from.lower, base->offsets.lower, aimed_->offsets.lower) &&
      set_level(draft.upper, from.upper, base->offsets.upper, aimed_->offsets.upper);
  if (!exact) aimed_.reset();
}

std::optional<std::uint16_t> StagedTarget::joint() const {
  for (const Stage& stage : stages_) {
    if (const auto* tilt = std::get_if<JointTilt>(&stage.config)) return tilt->group;
  }
  return std::nullopt;
}

std::vector<StageTrace> StagedTarget::trace() const {
  std::vector<StageTrace> all;
  for (const Stage& stage : stages_) {
    const TargetStageName& name = name_of(stage.config);
    const auto names = input_names(stage.config);
    const auto inputs = stage.inputs.all();
    all.push_back({name.part, name.model, stage.status, stage.reading,
                   stage.good ? std::optional(stage.good_at) : std::nullopt, stage.before,
                   stage.after, formula(stage.config),
                   names.first(std::min(names.size(), inputs.size())), inputs});
  }
  return all;
}

}  // namespace ballast
