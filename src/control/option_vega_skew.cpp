#include "control/option_vega_skew.hpp"

#include "control/fill_units.hpp"
#include "control/money.hpp"
#include "quant/control/option_market_making.hpp"

namespace ballast {
namespace {

constexpr double days_per_year = 365.0;

/// One contract of a quoted option, in the reporting currency per 1.00 of volatility.
std::optional<QuotedOption> quoted_option(const Situation& situation,
                                          const QuoteConfig& config,
                                          const OptionVegaSkew& model) {
  const auto points =
      exposure_per_quantity(situation, config.factor, config.instrument, config.place, config.book);
  const Quoted& unit = situation.market().asset_price(situation.desk().factor(config.factor).unit);
  if (!points || !(*points > 0.0) || !unit.present) return std::nullopt;
  const double vega = 100.0 * *points * to_double(unit.price);
  return QuotedOption{
      vega, to_double(config.qty),
      ExponentialFills{model.fills_a_day * days_per_year, 1.0 / (vega * model.vol_depth)}};
}

}  // namespace

void lean_by_vega(const Situation& situation,
                  const QuoteConfig& config,
                  const OptionVegaSkew& model,
                  SkewInput& input) {
  const auto own = quoted_option(situation, config, model);
  if (!own) return;
  double liquidity = 0.0;
  for (const QuoteConfig& other : situation.desk().quotes) {
    const auto* const same = std::get_if<OptionVegaSkew>(&other.model);
    if (same == nullptr || other.factor != config.factor) continue;
    const auto option = quoted_option(situation, other, *same);
    if (option)
      liquidity += option->size * option->vega * option->vega * gain_curvature(option->fills);
  }
  const auto skew = VegaSkew::create(
      {.gamma = model.gamma, .vol_of_vol = model.vol_of_vol, .drift = 0.0, .horizon = {}},
      liquidity);
  if (!skew) return;
  const double held = input.deviation * own->vega;
  const OptionDepths depths = skew->depths(*own, held);
  input.joint_skew = (depths.bid - depths.ask) / 2.0 / input.money;
  input.joint_half_spread = (depths.bid + depths.ask) / 2.0 / input.money;
  input.vol_points = 100.0 * skew->vol_skew(held);
}

Result<SkewedQuote> skewed(const OptionVegaSkew& /*model*/, const SkewInput& input) {
  if (!input.joint_skew) return fail(Errc::stale_data, "joint_skew is not known");
  BALLAST_CHECK(require_finite("joint_skew", *input.joint_skew));
  BALLAST_TRY(half, required("joint_half_spread", input.joint_half_spread));
  return quote_at(half + *input.joint_skew, half - *input.joint_skew);
}

}  // namespace ballast
