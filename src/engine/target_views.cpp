// What targets and limits show of themselves, and what a change would make of them.
#include <fmt/format.h>

#include "base/hash.hpp"
#include "engine/report_factor.hpp"
#include "engine/views.hpp"

namespace ballast {
namespace {

using Override = TargetPipeline::Override;

std::string range_text(const Range& range) {
  return fmt::format("[{}, {}]", to_string(range.lower), to_string(range.upper));
}

/// Equal overrides have one version; 0 is that of none.
std::uint64_t version_of(const std::optional<Override>& override) {
  if (!override) return 0;
  const auto ends = [](const std::optional<Range>& range) {
    return range ? range_text(*range) : std::string();
  };
  const auto end = [](const std::optional<Timestamp>& t) { return t ? t->ns : 0; };
  return hash_bytes(fmt::format(
      "{} {} {} {} {}", override->target ? to_string(*override->target) : "", ends(override->band),
      ends(override->limit), end(override->until), end(override->limit_until)));
}

TargetView view_of(const Engine& engine, FactorId id, const TargetPipeline& pipeline) {
  const FactorConfig& config = engine.desk().factor(id);
  const FactorNow& now = engine.factor(id);
  TargetView out;
  out.key = factor_label(config);
  out.unit = engine.desk().asset(config.unit).name;
  out.plan = pipeline.plan(engine.inventory(id));
  out.model = target_model_names[config.target.index()];
  for (const TargetStage& stage : config.stages)
    out.stages.push_back(target_stage_names[stage.index()].model);
  out.override = pipeline.in_force(engine.now());
  out.version = version_of(out.override);
  out.known = now.knowledge == Knowledge::known;
  if (!out.known) out.unknown_reason = to_string(now.knowledge);
  return out;
}

/// Why an override is refused, on its own numbers, and what to do.
std::string refusal(const TargetView& before,
                    const TargetOverride& change,
                    OverrideAnswer answer,
                    Timestamp now) {
  const std::string key = before.key;
  switch (answer) {
    case OverrideAnswer::reversed_range: {
      const bool band = change.band && change.band->lower > change.band->upper;
      return fmt::format("the {} {} of {} is reversed: give the lower end first",
                         band ? "band" : "limit", range_text(band ? *change.band : *change.limit),
                         key);
    }
    case OverrideAnswer::target_outside_band: {
      std::string target, band;
      if (change.target || before.plan)
        target = fmt::format(
            ", {},",
            to_string(change.target.value_or(before.plan ? before.plan->target : Decimal{})));
      if (change.band || before.plan)
        band = " " + range_text(change.band.value_or(before.plan ? before.plan->band : Range{}));
      return fmt::format(
          "the target of {}{} would be outside its band{}: give both, the band around "
          "the target",
          key, target, band);
    }
    case OverrideAnswer::already_over:
      return fmt::format("`until` is {}, which is over: it is {}", to_string(*change.until),
                         to_string(now));
    case OverrideAnswer::says_nothing:
      return fmt::format("nothing is said of {}: give a target, a band, or both", key);
    case OverrideAnswer::overflow:
      return fmt::format("the band of {} would leave the decimal range of +-1.7e20", key);
    case OverrideAnswer::applied:
      break;
  }
  return {};
}

}  // namespace

TargetView target_view(const Engine& engine, FactorId id) {
  return view_of(engine, id, engine.target(id));
}

Result<TargetView> target_view_after(const Engine& engine, const TargetOverride& change) {
  TargetPipeline pipeline = engine.target(change.factor);
  const OverrideAnswer answer = pipeline.apply(change, engine.inventory(change.factor));
  if (answer != OverrideAnswer::applied) {
    return fail(Errc::bad_input,
                refusal(target_view(engine, change.factor), change, answer, engine.now()));
  }
  return view_of(engine, change.factor, pipeline);
}

namespace {

LimitView limit_of(const Engine& engine, FactorId id, const TargetView& target) {
  LimitView out;
  out.key = target.key;
  out.unit = target.unit;
  out.configured = engine.desk().factor(id).limit;
  if (target.plan) {
    out.limit = target.plan->limit;
    FactorState state = engine.factor(id).state;  // where it is, within the limit that is to be
    state.limit_lower = out.limit->lower;
    state.limit_upper = out.limit->upper;
    if (state.known) out.used = read(state).skew;
  }
  out.overridden = target.override && target.override->limit;
  if (out.overridden) out.until = target.override->limit_until;
  out.version = target.version;
  return out;
}

}  // namespace

LimitView limit_view(const Engine& engine, FactorId id) {
  return limit_of(engine, id, target_view(engine, id));
}

Result<LimitView> limit_view_after(const Engine& engine, const TargetOverride& change) {
  BALLAST_TRY(target, target_view_after(engine, change));
  return limit_of(engine, change.factor, target);
}

}  // namespace ballast
