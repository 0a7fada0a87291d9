#include "target/target_pipeline.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "target/target_models.hpp"

namespace ballast {
namespace {

bool contains(const Range& range, Decimal value) {
  return range.lower <= value && value <= range.upper;
}
Decimal held_in(Decimal value, const Range& range) {
  return std::clamp(value, range.lower, range.upper);
}
Range held_in(const Range& inner, const Range& outer) {
  return {held_in(inner.lower, outer), held_in(inner.upper, outer)};
}

std::optional<Range> moved(const Range& range, Decimal from, Decimal to) {
  const auto shift = checked_add(to, -from);
  if (!shift) return std::nullopt;
  const auto lower = checked_add(range.lower, *shift);
  const auto upper = checked_add(range.upper, *shift);
  if (!lower || !upper) return std::nullopt;
  return Range{*lower, *upper};
}

std::string text_of(const Range& range) {
  return fmt::format("[{}, {}]", to_string(range.lower), to_string(range.upper));
}

}  // namespace

TargetPipeline::TargetPipeline(const FactorConfig& factor)
    : model_(factor.target), band_(factor.band), limit_(factor.limit) {
  BALLAST_ASSERT(band_.lower.sign() <= 0 && band_.upper.sign() >= 0);
  BALLAST_ASSERT(!limit_ || limit_->lower <= limit_->upper);
  if (!factor.stages.empty()) staged_.emplace(factor);
}

/// What `target` events say the base is; nothing but under the model `event`.
std::optional<Decimal> TargetPipeline::said(Timestamp now) const {
  if (!base_by_event()) return std::nullopt;
  const auto override = in_force(now);
  return override ? override->target : std::nullopt;
}

/// The model's target and the band around it; nothing past the decimal range.
std::optional<Aimed> TargetPipeline::modelled(const Inventory& inventory) const {
  std::optional<Aim> answer;
  if (base_by_event()) {
    Inventory with = inventory;
    with.said = said(inventory.now);
    answer = aim(model_, with);
  } else {
    answer = aim(model_, inventory);
  }
  if (!answer) return std::nullopt;
  if (answer->band_scale == Decimal::whole(1)) return Aimed{answer->target, band_};
  const auto lower = product<Decimal>(band_.lower, answer->band_scale);
  const auto upper = product<Decimal>(band_.upper, answer->band_scale);
  if (!lower || !upper) return std::nullopt;
  return Aimed{answer->target, {*lower, *upper}};
}

std::optional<Aimed> TargetPipeline::aimed(const Inventory& inventory) const {
  return staged_.has_value() ? staged_->aimed() : modelled(inventory);
}

void TargetPipeline::retarget(const Inventory& inventory, const StageWorld& world) {
  staged_->advance(world, modelled(inventory));
}

/// The plan around a target; nothing past the decimal range.
std::optional<Plan> TargetPipeline::around(Decimal target, const Range& offsets) const {
  Range band;
  if (__builtin_add_overflow(target.raw, offsets.lower.raw, &band.lower.raw) ||
      __builtin_add_overflow(target.raw, offsets.upper.raw, &band.upper.raw)) {
    return std::nullopt;
  }
  return Plan{target, band, limit_.value_or(band)};
}

void TargetPipeline::impose(const Override& override,
                            const Range& offsets,
                            std::optional<Plan>& plan) const {
  if (override.target && !base_by_event()) plan = around(*override.target, offsets);
  if (!plan) return;
  if (override.band) {
    plan->band = *override.band;
    plan->target = held_in(plan->target, plan->band);
  }
  plan->limit = override.limit ? *override.limit : limit_.value_or(plan->band);
}

void TargetPipeline::bring_inside_limit(Plan& plan) {
  plan.target = held_in(plan.target, plan.limit);
  plan.band = held_in(plan.band, plan.limit);
}

TargetPipeline::Steps TargetPipeline::step_by_step(const Inventory& inventory) const {
  Steps steps;
  if (const auto base = modelled(inventory)) steps.modelled = around(base->target, base->offsets);
  const auto answer = aimed(inventory);
  if (answer) steps.staged = around(answer->target, answer->offsets);
  steps.overridden = steps.staged;
  if (const auto override = in_force(inventory.now)) {
    impose(*override, answer ? answer->offsets : band_, steps.overridden);
  }
  steps.limited = steps.overridden;
  if (steps.limited) bring_inside_limit(*steps.limited);
  return steps;
}

std::optional<Plan> TargetPipeline::plan(const Inventory& inventory) const {
  std::optional<Plan> plan;
  const auto answer = aimed(inventory);
  if (answer) plan = around(answer->target, answer->offsets);
  if (const auto override = in_force(inventory.now)) {
    impose(*override, answer ? answer->offsets : band_, plan);
  }
  if (plan) bring_inside_limit(*plan);
  return plan;
}

OverrideAnswer TargetPipeline::apply(const TargetOverride& change, const Inventory& inventory) {
  const auto reversed = [](const std::optional<Range>& range) {
    return range && range->lower > range->upper;
  };
  if (reversed(change.band) || reversed(change.limit)) return OverrideAnswer::reversed_range;
  if (change.until && *change.until <= inventory.now) return OverrideAnswer::already_over;

  const auto old = change.clear ? std::nullopt : in_force(inventory.now);
  Override next = old.value_or(Override{});
  const bool any_level = change.target || change.band || change.limit;
  if (!any_level && !(change.until && old) && !change.clear) {
    return OverrideAnswer::says_nothing;
  }

  if (change.target && next.band && !change.band) {  // the band moves with its target
    if (const auto before = step_by_step(inventory).overridden) {
      next.band = moved(*next.band, before->target, *change.target);
      if (!next.band) return OverrideAnswer::overflow;
    }
  }
  if (change.target) next.target = change.target;
  if (change.band) next.band = change.band;
  if (change.limit) next.limit = change.limit;
  if (change.until && (change.target || change.band || !any_level)) next.until = change.until;
  if (change.until && (change.limit || !any_level)) next.limit_until = change.until;
  if (!next.target && !next.band) next.until.reset();
  if (!next.limit) next.limit_until.reset();
  if (change.target || change.band || !any_level || !old) next.set_at = inventory.now;

  if (next.target && !around(*next.target, band_)) return OverrideAnswer::overflow;
  if ((change.target || change.band) && next.band) {
    const auto answer = aimed(inventory);
    const auto target = next.target ? next.target
                        : answer    ? std::optional(answer->target)
                                    : std::nullopt;
    if (target && !contains(*next.band, *target)) return OverrideAnswer::target_outside_band;
  }
  override_ = next;
  return OverrideAnswer::applied;
}

std::optional<TargetPipeline::Override> TargetPipeline::in_force(Timestamp now) const {
  if (override_.empty()) return std::nullopt;
  Override left = override_;
  if (left.until && *left.until <= now) {
    left.target.reset();
    left.band.reset();
    left.until.reset();
  }
  if (left.limit_until && *left.limit_until <= now) {
    left.limit.reset();
    left.limit_until.reset();
  }
  return left.empty() ? std::nullopt : std::optional(left);
}

std::optional<Timestamp> TargetPipeline::next_change(Timestamp now) const {
  auto next = ballast::next_change(model_, now);
  const auto override = in_force(now);
  if (!override) return next;
  for (const auto& until : {override->until, override->limit_until}) {
    if (until && (!next || *until < *next)) next = until;
  }
  return next;
}

bool TargetPipeline::reads_value(Timestamp now) const {
  const auto override = in_force(now);
  return ballast::reads_value(model_) && !(override && override->target);
}

std::optional<Timestamp> TargetPipeline::overridden_at(Timestamp now) const {
  const auto override = in_force(now);
  // One that says until when it holds has stated its own age, and a limit is no input that ages.
  if (!override || override->until || !(override->target || override->band)) return std::nullopt;
  return override->set_at;
}

std::vector<PlanStage> TargetPipeline::explain(const Inventory& inventory) const {
  const Steps steps = step_by_step(inventory);
  Inventory with = inventory;
  with.said = said(inventory.now);
  std::vector<PlanStage> result;
  result.push_back(
      {"model", fmt::format("{}: {}", name_of(model_), describe(model_, with)), steps.modelled});
  if (staged_.has_value()) {
    result.push_back({"stages", "worked out at " + to_string(staged_->worked_at()), steps.staged});
  }

  if (const auto override = in_force(inventory.now)) {
    std::string text = "set at " + to_string(override->set_at);
    if (override->target) text += ", target " + to_string(*override->target);
    if (override->band) text += ", band " + text_of(*override->band);
    if (override->limit) text += ", limit " + text_of(*override->limit);
    if (override->until) text += ", until " + to_string(*override->until);
    if (override->limit_until) text += ", the limit until " + to_string(*override->limit_until);
    if (override->band && !override->target && steps.staged &&
        !contains(*override->band, steps.staged->target)) {
      text += "; the model's target is held at the band's edge";
    }
    result.push_back({"override", std::move(text), steps.overridden});
  }

  std::string text = "inside the limit";
  if (!steps.overridden) {
    text = "unknown";
  } else if (steps.limited != steps.overridden) {
    text = fmt::format("target {} and band {} brought inside the limit {}",
                       to_string(steps.overridden->target), text_of(steps.overridden->band),
                       text_of(steps.overridden->limit));
  }
  result.push_back({"limit", std::move(text), steps.limited});
  return result;
}

}  // namespace ballast
