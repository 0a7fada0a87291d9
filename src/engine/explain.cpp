// Engine::explain: what a factor's number is made of, for a person.
#include <fmt/format.h>

#include "engine/engine.hpp"
#include "engine/report_factor.hpp"

namespace ballast {
namespace {

std::string level(Decimal value, std::string_view unit) {
  return fmt::format("{} {}", to_string(value), unit);
}

std::string range(Decimal lower, Decimal upper) {
  return fmt::format("[{}, {}]", to_string(lower), to_string(upper));
}

/// "3 contracts at 50000 = 0.006 BTC (mark of 12:00:00)"
std::string leg_text(const Desk& desk,
                     const Market& market,
                     const Leg& leg,
                     std::string_view unit) {
  const Instrument& instrument = desk.instrument(leg.instrument);
  const Quoted& mark = market.price(leg.instrument);
  std::string text = to_string(leg.qty);
  if (instrument.contract_size != Quantity::whole(1)) {
    text += fmt::format(" contracts of {}", to_string(instrument.contract_size));
  }
  if (mark.present) text += fmt::format(" at {}", to_string(mark.price));
  text += leg.priced ? fmt::format(" = {} {}", to_string(leg.exposure), unit)
                     : " cannot be valued: there is no mark";
  if (mark.present) text += fmt::format(" (mark of {})", to_string(mark.t));
  return text;
}

std::string expiry_text(const OptionExpiry& expiry, Timestamp now) {
  if (expiry.expiry <= now) return "expired: no exposure is left";
  if (!valued(expiry.state)) return fmt::format("no value: {}", to_string(expiry.state));
  const OptionExposure& sum = expiry.sum;
  return fmt::format(
      "at a forward of {:.10g}: delta {:.6g}, net {:.6g}, gamma {:.6g}, vega {:.6g}, theta {:.6g} "
      "a "
      "year",
      expiry.valued_forward, sum.delta, sum.delta_net, sum.gamma, sum.vega, sum.theta);
}

}  // namespace

void Engine::explain_positions(FactorId id, std::vector<Explanation>& lines) const {
  const FactorConfig& config = desk_.factor(id);
  for (const Position& position : books_.positions()) {
    const Instrument& instrument = desk_.instrument(position.instrument);
    const bool concerns =
        config.kind == FactorKind::delta ? instrument.base == config.asset
        : greek(config.kind)             ? instrument.option() && instrument.base == config.asset
        : config.kind == FactorKind::notional ? position.instrument == config.instrument
                                              : false;
    if (!concerns || position.qty.zero() || !exposures_.in_scope(id, position.book)) continue;
    const Place& place = books_.account(position.account);
    lines.push_back({2,
                     fmt::format("{} {}/{} {}", instrument.name, desk_.venue(place.venue).name,
                                 place.account.view(), books_.book(position.book).view()),
                     fmt::format("{} at an average of {}", to_string(position.qty),
                                 to_string(position.average))});
  }
}

void Engine::explain_actual(FactorId id, std::vector<Explanation>& lines) const {
  const FactorConfig& config = desk_.factor(id);
  const FactorExposure& exposure = exposures_.factor(id);
  const std::string& unit = desk_.asset(config.unit).name;
  lines.push_back({0, "actual", exposure.defined() ? level(exposure.actual, unit) : "unknown"});
  if (config.kind == FactorKind::delta) {
    lines.push_back(
        {1, "spot holding (fills, fees, deposits, in flight)", level(exposure.holding, unit)});
  } else if (config.kind == FactorKind::cash) {
    lines.push_back({1, "balances", level(exposure.holding, unit)});
  } else if (config.kind == FactorKind::channel) {
    lines.push_back({1, "on our side of the channel", level(exposure.holding, unit)});
  }
  for (const Leg& leg : exposures_.legs(id)) {
    if (leg.qty.zero() && leg.exposure.zero()) continue;
    lines.push_back(
        {1, desk_.instrument(leg.instrument).name, leg_text(desk_, market_, leg, unit)});
  }
  if (const OptionBook* const book = option_desk_.book(id)) {
    if (exposure.options_missing || !exposure.options.zero()) {
      lines.push_back(
          {1, "options", exposure.options_missing ? "unknown" : level(exposure.options, unit)});
    }
    for (const OptionExpiry& expiry : book->expiries()) {
      if (expiry.held > 0)
        lines.push_back(
            {2, fmt::format("options of {}", to_string(expiry.expiry)), expiry_text(expiry, now_)});
    }
  }
  explain_positions(id, lines);
}

std::vector<Explanation> Engine::explain(FactorId id) const {
  const FactorConfig& config = desk_.factor(id);
  const FactorNow& factor = factors_[id.index()];
  const Tracker& tracker = trackers_[id.index()];
  const Reading& reading = tracker.reading();
  const std::string& unit = desk_.asset(config.unit).name;

  std::vector<Explanation> lines;
  lines.push_back({0, factor_label(config), fmt::format("at {}", to_string(now_))});
  if (factor.knowledge != Knowledge::known) {
    lines.push_back({0, "unknown", std::string(to_string(factor.knowledge))});
  }
  explain_actual(id, lines);
  lines.push_back({0, "target", factor.defined ? level(factor.state.target, unit) : "unknown"});
  for (const PlanStage& stage : targets_[id.index()].explain(inventory(id))) {
    std::string text = stage.text;
    if (stage.plan) {
      text += fmt::format(": {} in {}, limit {}", to_string(stage.plan->target),
                          range(stage.plan->band.lower, stage.plan->band.upper),
                          range(stage.plan->limit.lower, stage.plan->limit.upper));
    }
    lines.push_back({1, std::string(stage.name), std::move(text)});
  }
  if (factor.defined) {
    const FactorState& s = factor.state;
    lines.push_back({0, "band", range(s.lower, s.upper)});
    lines.push_back({0, "limit", range(s.limit_lower, s.limit_upper)});
    lines.push_back({0, "deviation", level(reading.deviation, unit)});
  }
  if (reading.known()) {
    lines.push_back(
        {0, "state",
         fmt::format("{}, z = {:.4g}, alpha = {:.4g}, skew = {:.4g}", to_string(reading.region),
                     reading.z, reading.alpha, reading.skew)});
  }
  if (reading.out_of_band()) {
    const Attribution& attribution = tracker.attribution();
    lines.push_back({0, "outside the band by", level(attribution.distance(), unit)});
    for (std::size_t c = 0; c < cause_count; ++c) {
      const Decimal part = attribution.contribution(static_cast<Cause>(c));
      if (!part.zero()) lines.push_back({1, std::string(cause_names[c]), level(part, unit)});
    }
  }
  return lines;
}

}  // namespace ballast
