// How the engine keeps each factor's state: what is known, where it should be, when to look again.
#include <algorithm>
#include <array>
#include <cmath>

#include "adherence/measure.hpp"
#include "engine/engine.hpp"

namespace ballast {
namespace {

/// Levels beyond this are out of range: the difference of two still fits a Decimal.
constexpr Decimal level_max = Decimal::whole(80'000'000'000'000'000);

bool in_range(Decimal level) { return level <= level_max && -level_max <= level; }

/// Whether the state's target, band and limit are the plan's.
bool as_planned(const FactorState& state, const Plan& plan) {
  return state.target == plan.target && state.lower == plan.band.lower &&
         state.upper == plan.band.upper && state.limit_lower == plan.limit.lower &&
         state.limit_upper == plan.limit.upper;
}

/// From `before`, where the actual stands already, to the plan's target and band.
FactorState replanned(const FactorState& before, const Plan& plan) {
  FactorState after = before;
  after.target = plan.target;
  after.lower = plan.band.lower;
  after.upper = plan.band.upper;
  after.limit_lower = plan.limit.lower;
  after.limit_upper = plan.limit.upper;
  return after;
}

}  // namespace

std::string_view to_string(Knowledge knowledge) {
  switch (knowledge) {
    case Knowledge::known:
      return "known";
    case Knowledge::no_price:
      return "a price that its exposure needs is missing";
    case Knowledge::no_target:
      return "its target cannot be computed: a price or the net asset value is missing";
    case Knowledge::stale:
      return "an input is older than max_age, or has never come";
    case Knowledge::disputed:
      return "a reconciliation break is open on one of its positions";
    case Knowledge::out_of_range:
      return "a level is beyond +-8e16, where deviations stop being exact";
    case Knowledge::no_volatility:
      return "a forward or a volatility that its options need is missing";
  }
  return "unknown";
}

Inventory Engine::inventory(FactorId id) const {
  Inventory inventory;
  inventory.now = now_;
  if (reads_value_.empty()) return inventory;  // no target asks
  const Quoted& price = market_.asset_price(desk_.factor(id).unit);
  if (price.present) inventory.price = decimal_cast<Decimal>(price.price);
  inventory.net_asset_value = net_asset_value_.value();
  return inventory;
}

/// When the oldest input of the factor came; `never` when none ages, and before any other time for
/// what has never come.
Timestamp Engine::oldest_input(FactorId id) const {
  const FactorConfig& config = desk_.factor(id);
  Timestamp oldest = DueTimes::never;
  const auto consider = [&](const Quoted& quoted) {
    oldest = std::min(oldest, quoted.present ? quoted.t : Timestamp{INT64_MIN});
  };
  if (config.kind == FactorKind::delta && config.asset != desk_.currency) {
    consider(config.instrument.valid() ? market_.price(config.instrument)
                                       : market_.asset_price(config.asset));
  }
  for (const Leg& leg : exposures_.legs(id)) {
    if (!leg.qty.zero()) consider(market_.price(leg.instrument));
  }
  if (config.kind == FactorKind::channel)
    oldest = std::min(oldest, exposures_.channel_stated(config.channel));
  if (const auto set = targets_[id.index()].overridden_at(now_)) oldest = std::min(oldest, *set);
  return option_desk_.oldest_input(id, market_, oldest);
}

/// The last instant at which every input of the factor is fresh enough; `never` when none ages.
Timestamp Engine::fresh_until(FactorId id) const {
  const auto max_age = desk_.factor(id).max_age;
  if (!max_age) return DueTimes::never;
  const Timestamp oldest = oldest_input(id);
  if (oldest == DueTimes::never) return oldest;
  // The reporting currency and its equals are priced at one since the epoch: they do not age.
  return oldest + *max_age;
}

std::optional<Duration> Engine::input_age(FactorId id) const {
  const Timestamp oldest = oldest_input(id);
  if (oldest == DueTimes::never || oldest == Timestamp{INT64_MIN}) return std::nullopt;
  return now_ - oldest;
}

Knowledge Engine::judge(FactorId id, const std::optional<Plan>& plan, Timestamp fresh) const {
  const FactorExposure& exposure = exposures_.factor(id);
  if (exposure.options_missing) return Knowledge::no_volatility;
  if (exposure.unpriced > 0) return Knowledge::no_price;
  if (exposure.overflowed || !in_range(exposure.actual) || !in_range(exposure.hedged)) {
    return Knowledge::out_of_range;
  }
  if (!plan) return Knowledge::no_target;
  for (const Decimal level :
       {plan->target, plan->band.lower, plan->band.upper, plan->limit.lower, plan->limit.upper}) {
    if (!in_range(level)) return Knowledge::out_of_range;
  }
  if (factors_[id.index()].disputes > 0) return Knowledge::disputed;
  if (fresh < now_) return Knowledge::stale;
  return Knowledge::known;
}

void Engine::settle(Cause cause, bool hedging) {
  for (const FactorId id : exposures_.touched()) {
    if (hedging) {
      const Decimal hedged =
          saturating_difference(exposures_.factor(id).hedged, factors_[id.index()].state.hedged);
      if (!hedged.zero()) trackers_[id.index()].hedge_fill(now_, hedged);
    }
    refresh(id, cause);
  }
  exposures_.clear_touched();
}

/// Brings one factor up to date: the actual moved by `cause`, then the target, then the band.
void Engine::refresh(FactorId id, Cause cause) {
  FactorNow& factor = factors_[id.index()];
  const FactorExposure& exposure = exposures_.factor(id);
  const TargetPipeline& target = targets_[id.index()];
  const auto plan = target.plan(inventory(id));
  const Timestamp fresh = fresh_until(id);
  factor.knowledge = judge(id, plan, fresh);
  unknown_[id.index()] = factor.knowledge != Knowledge::known ? 1 : 0;

  FactorState next = factor.state;
  next.known = factor.knowledge == Knowledge::known;
  const bool computable =
      next.known || factor.knowledge == Knowledge::disputed || factor.knowledge == Knowledge::stale;
  factor.defined = computable;
  if (computable) {  // else the last values stay, unknown
    next.actual = exposure.actual;
    next.hedged = exposure.hedged;
  }
  const bool moved = next.actual != factor.state.actual || next.known != factor.state.known ||
                     next.hedged != factor.state.hedged;
  const bool aimed = computable && !as_planned(next, *plan);
  if (moved || aimed || !factor.begun) {
    if (aimed) {
      const FactorState aim = replanned(next, *plan);
      const auto aims = split_target_step(next, aim);
      const std::array steps{Step{next, cause}, aims[0], aims[1]};
      trackers_[id.index()].update(now_, std::span(steps).subspan(moved ? 0 : 1));
      next = aim;
    } else {
      const Step step{next, cause};
      trackers_[id.index()].update(now_, std::span(&step, 1));
    }
    factor.begun = true;
    factor.state = next;
    trace_.factors.push_back(id);
    alerts_.on_factor(id, now_, *this, effects_);
    if (!control_.idle()) control_.on_factor(id, now_);
  }
  Timestamp due = factor.knowledge == Knowledge::known ? fresh : DueTimes::never;
  if (due != DueTimes::never) due = due + Duration{1};  // stale is strictly older
  if (const auto change = target.next_change(now_)) due = std::min(due, *change);
  factor_due_.set(id.index(), due);
}

/// Fires everything due up to and including `until`, each at its own time, and finds when to look
/// again.
void Engine::run_timers(Timestamp until) {
  for (;;) {
    const Timestamp factor_due = factor_due_.first_due();
    const Timestamp alert_due = alerts_.next_due().value_or(DueTimes::never);
    const Timestamp book_due = books_.next_due().value_or(DueTimes::never);
    const Timestamp control_due =
        control_.idle() ? DueTimes::never : control_.next_due().value_or(DueTimes::never);
    const Timestamp explain_due = option_desk_.explain_due().value_or(DueTimes::never);
    const Timestamp due = std::min(
        {factor_due, alert_due, book_due, option_due_, explain_due, next_retarget_, control_due});
    next_timer_ = due;
    if (due > until || due == DueTimes::never) return;
    now_ = std::max(now_, due);
    if (book_due == due) {
      books_.run_due(due, effects_);
      raise_breaks();
      settle(Cause::correction, false);
    } else if (option_due_ == due) {
      count_options();
      settle(Cause::market, false);
    } else if (explain_due == due) {
      option_desk_.close_steps(due);
    } else if (factor_due == due) {
      refresh(FactorId{factor_due_.first()}, Cause::market);
    } else if (next_retarget_ == due) {
      retarget(due);
    } else if (alert_due == due) {
      alerts_.run_due(due, *this, effects_);
    } else {
      run_control();
    }
  }
}

/// Before time passes to `t`: what control does from the span's beginning on counts, and what
/// options earn, and no more.
void Engine::begin_span(Timestamp t) {
  if (t < *options_.from) return;
  span_begun_ = true;
  if (*options_.from <= started_at_) return;
  run_timers(Timestamp{options_.from->ns - 1});
  control_.restart_records(*options_.from);
  option_desk_.begin_span(*options_.from);
}

void Engine::run_control() {
  const std::size_t before = effects_.size();
  control_.run_due(*this, effects_);
  raise_stops(before);
}

/// A breaker that tripped is an alert.
void Engine::raise_stops(std::size_t before) {
  for (std::size_t i = before, end = effects_.size(); i < end; ++i) {
    const auto* breaker = std::get_if<BreakerTripped>(&effects_[i].body);
    if (breaker == nullptr) continue;
    const BreakerTripped tripped = *breaker;  // the effects move as they grow
    stops_.tripped(now_, tripped, effects_);
  }
}

/// On the risk grid: volatilities and covariances from the prices, and with them each factor's
/// weight.
void Engine::sample_risk() {
  for (std::size_t i = 0; i < risk_samples_.size(); ++i) {
    const FactorNow& factor = factors_[i];
    const FactorConfig& config = desk_.factors[i];
    RiskSample& sample = risk_samples_[i];
    sample.known = factor.knowledge == Knowledge::known;
    sample.deviation = to_double(factor.state.actual - factor.state.target);
    sample.band_width = to_double(factor.state.upper - factor.state.lower);
    sample.price.reset();
    const Quoted& price = market_.asset_price(config.unit);
    if (price_like(config) && price.present) sample.price = to_double(price.price);
  }
  risk_.sample(now_, risk_samples_);
  for (std::size_t i = 0; i < risk_samples_.size(); ++i) {
    // What never moves in price puts no money at risk: an estimate too.
    const bool fixed = !price_like(desk_.factors[i]);
    trackers_[i].set_weight(now_, fixed ? std::optional(0.0) : risk_.band_risk(i));
  }
}

/// Whether holding the factor is holding something whose price moves.
bool Engine::price_like(const FactorConfig& config) const {
  return config.kind != FactorKind::notional && !greek(config.kind) && !market_.fixed(config.unit);
}

std::optional<double> Engine::value(FactorId factor,
                                    Measure measure,
                                    Window window,
                                    Timestamp at) const {
  if (!factor.valid()) return desk_adherence_over(window, at);
  const Tracker& tracker = trackers_[factor.index()];
  if (windowed(measure)) {
    const auto asked = tracker.view(window, at);
    return asked ? measured(*asked, measure) : std::nullopt;
  }
  if (measure == Measure::unknown_seconds) {
    const auto since = tracker.unknown_since();
    return since ? (at - *since).to_seconds() : 0.0;
  }
  const Reading& reading = tracker.reading();
  if (!reading.known()) return std::nullopt;
  const FactorState& state = factors_[factor.index()].state;
  switch (measure) {
    case Measure::z:
      return reading.z;
    case Measure::abs_z:
      return std::fabs(reading.z);
    case Measure::deviation:
      return to_double(reading.deviation);
    case Measure::abs_deviation:
      return std::fabs(to_double(reading.deviation));
    case Measure::skew:
      return reading.skew;
    case Measure::abs_skew:
      return std::fabs(reading.skew);
    case Measure::alpha:
      return reading.alpha;
    case Measure::actual:
      return to_double(state.actual);
    case Measure::target:
      return to_double(state.target);
    default:
      return std::nullopt;
  }
}

std::optional<double> Engine::desk_adherence_over(Window window, Timestamp at) const {
  std::vector<FactorShare> shares;
  for (std::size_t i = 0; i < trackers_.size(); ++i) {
    FactorShare share{std::nullopt, desk_.factors[i].weight, std::nullopt};
    if (const auto asked = trackers_[i].view(window, at)) {
      share.adherence = measured(*asked, Measure::adherence);
      share.mean_weight = mean_weight(*asked);
    }
    shares.push_back(share);
  }
  return desk_adherence(shares).adherence;
}

}  // namespace ballast
