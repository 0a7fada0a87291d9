// Targets that follow the market: worked out together, on the desk's retarget grid.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/engine.hpp"
#include "target/target_stages.hpp"

namespace ballast {

void Engine::learn(const MarketChange& change) {
  if (!change.instrument.valid() || !learning_.learns(change.instrument)) return;
  const Quoted& price = market_.price(change.instrument);
  learning_.price(price.t, change.instrument, price.price);
  if (!control_.idle()) control_.on_market(change.instrument, now_);
}

StageWorld Engine::stage_world(FactorId id) const {
  StageWorld world;
  world.now = now_;
  world.desk = &desk_;
  world.factor = &desk_.factor(id);
  world.market = &market_;
  world.learning = &learning_;
  world.drifts = &drifts_;
  const FactorExposure& exposure = exposures_.factor(id);
  if (exposure.defined()) world.uncontrolled = to_double(exposure.actual - exposure.hedged);
  if (const auto group = targets_[id.index()].stages()->joint()) {
    const auto& members = desk_.joint_targets[*group].members;
    for (std::size_t m = 0; m < members.size(); ++m) {
      if (members[m].factor == id) world.joint = joint_shares_[*group][m];
    }
  }
  return world;
}

void Engine::retarget(Timestamp due) {
  next_retarget_ = next_multiple(due, desk_.retarget);
  solve_joint_targets();
  for (const FactorId id : staged_) {
    targets_[id.index()].retarget(inventory(id), stage_world(id));
    refresh(id, Cause::target);
  }
}

/// Every joint target from present estimates; all of its shares unknown when one input is.
void Engine::solve_joint_targets() {
  for (std::size_t g = 0; g < desk_.joint_targets.size(); ++g) {
    const JointTargetConfig& joint = desk_.joint_targets[g];
    std::vector<JointShare>& shares = joint_shares_[g];
    std::fill(shares.begin(), shares.end(), JointShare{});
    solve_joint_target(joint, shares);
  }
}

/// In money: carry and covariance of one unit each over the horizon, and the cost of trading one.
void Engine::solve_joint_target(const JointTargetConfig& joint, std::vector<JointShare>& shares) {
  const std::size_t n = joint.members.size();
  const double days = joint.horizon.to_seconds() / 86'400.0;
  std::vector<JointTargetFactor> factors(n);
  std::vector<double> price(n);
  std::vector<InstrumentId> instruments(n);
  std::vector<double> covariance(n * n);
  Timestamp oldest = now_;
  for (std::size_t i = 0; i < n; ++i) {
    const JointMember& member = joint.members[i];
    const FactorConfig& factor = desk_.factor(member.factor);
    const Instrument& traded = desk_.instrument(member.instrument);
    const Quoted& unit = market_.asset_price(factor.unit);
    const Quoted& at = market_.price(member.instrument);
    const auto spread =
        learning_.estimate(now_, member.instrument, EstimateKind::half_spread).given();
    const auto funding = learning_.expected_funding(now_, member.instrument, joint.horizon).given();
    const FactorExposure& exposure = exposures_.factor(member.factor);
    if (!unit.present || !at.present || !spread || !exposure.defined()) return;
    if (!funding && !traded.spot()) return;
    const auto drift = drifts_.of(traded.base, now_);
    instruments[i] = member.instrument;
    price[i] = to_double(unit.price);
    const double rate = (drift ? drift->rate : 0.0) - (funding ? funding->value : 0.0);
    factors[i].carry = rate * price[i] * days;
    factors[i].cost =
        (spread->value / to_double(at.price) + to_double(traded.terms.taker_fee)) * price[i];
    factors[i].current = to_double(exposure.actual);
    const Range reach = factor.limit.value_or(factor.band);
    factors[i].lower = to_double(reach.lower);
    factors[i].upper = to_double(reach.upper);
    oldest = std::min({oldest, unit.t, at.t, spread->t});
  }
  if (learning_.covariance_matrix(now_, instruments, covariance) != Lack::none) return;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j)
      covariance[i * n + j] *= price[i] * price[j] * days;
  }
  const auto solved = joint_program_.solve({factors, covariance, joint.gamma});
  if (!solved) return;
  for (std::size_t i = 0; i < n; ++i)
    shares[i] = {solved->holdings[i], oldest};
}

// ---- for a person

namespace {

std::string input_text(std::string_view name, const StageInput& input, Timestamp at) {
  std::string text(name);
  if (const auto value = input.given()) {
    text += fmt::format(" {:.6g}", *value);
  } else {
    text += fmt::format(" unknown ({})", to_string(input.lack));
  }
  if (input.lack == Lack::never) return text;
  text += fmt::format(", {} old", to_string(at - input.t));
  if (input.observations > 0) text += fmt::format(", {} observations", input.observations);
  return text;
}

std::string draft_text(const Draft& draft) {
  return fmt::format("{:.9g} in [{:.9g}, {:.9g}]", draft.target, draft.target + draft.lower,
                     draft.target + draft.upper);
}

std::string status_text(const StageTrace& stage) {
  switch (stage.status) {
    case StageStatus::fresh:
      return {};
    case StageStatus::held:
      return fmt::format("; an input is unknown: the last good reading holds, of {}",
                         to_string(*stage.good_at));
    case StageStatus::safe:
      return "; an input is unknown: the safe value holds";
  }
  return {};
}

}  // namespace

std::vector<Explanation> Engine::explain_target(FactorId id) const {
  const FactorConfig& config = desk_.factor(id);
  const std::string& unit = desk_.asset(config.unit).name;
  std::vector<Explanation> lines;
  lines.push_back(
      {0, "target of " + config.name, fmt::format("at {}, in {}", to_string(now_), unit)});
  for (const PlanStage& stage : targets_[id.index()].explain(inventory(id))) {
    std::string text = stage.text;
    if (stage.plan) {
      text += fmt::format(": {} in [{}, {}], limit [{}, {}]", to_string(stage.plan->target),
                          to_string(stage.plan->band.lower), to_string(stage.plan->band.upper),
                          to_string(stage.plan->limit.lower), to_string(stage.plan->limit.upper));
    }
    lines.push_back({1, std::string(stage.name), std::move(text)});
    if (stage.name != "stages") continue;
    for (const StageTrace& work : targets_[id.index()].stages()->trace()) {
      lines.push_back(
          {2, fmt::format("{}: {}", work.part, work.model),
           fmt::format("{:.9g} = {}{}", work.reading, work.formula, status_text(work))});
      for (std::size_t i = 0; i < work.input_names.size(); ++i) {
        lines.push_back({3, "from",
                         input_text(work.input_names[i], work.inputs[i],
                                    targets_[id.index()].stages()->worked_at())});
      }
      lines.push_back({3, "effect",
                       work.before == work.after ? "none"
                                                 : fmt::format("{} -> {}", draft_text(work.before),
                                                               draft_text(work.after))});
    }
  }
  return lines;
}

}  // namespace ballast
