// The schema of the tables whose keys are the fields of one struct: each struct is described once,
// and the reader, the canonical writer and the list of keys follow from the description.
//
//   template <class Visitor>
//   void fields(Visitor& v, AimSmoothing& s) {
//     v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);    // with an example: required
//     v.duration({"period"}, s.period);                          // without: optional
//   }
#pragma once

#include <string_view>

#include "model/desk.hpp"

namespace ballast::schema {

struct Key {
  std::string_view name;
  std::string_view example = {};  // as the value is written; given: the key is required
  bool required() const { return !example.empty(); }
};

enum class Domain : std::uint8_t {
  any,
  positive,
  not_negative,
  share,             // [0, 1]
  share_above_zero,  // (0, 1]
  below_one,         // [0, 1)
  fraction,          // (-1, 1)
};

// ---- target stages

template <class Visitor>
void fields(Visitor& v, Hold& hold, std::string_view safe_example) {
  v.duration({"max_age"}, hold.max_age, Domain::not_negative);
  v.number({"safe", safe_example}, hold.safe, Domain::any);
}
template <class Visitor>
void fields(Visitor& v, CarryTilt& s) {
  v.instrument({"instrument", "\"BTC-PERP\""}, s.instrument);
  v.instrument({"against"}, s.against);
  v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);
  v.duration({"horizon", "\"8h\""}, s.horizon, Domain::positive);
  v.number({"convergence"}, s.convergence, Domain::share);
  fields(v, s.hold, "0");
}
template <class Visitor>
void fields(Visitor& v, DriftTilt& s) {
  v.instrument({"instrument", "\"BTC-USDT\""}, s.instrument);
  v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);
  fields(v, s.hold, "0");
}
template <class Visitor>
void fields(Visitor& v, JointTilt& s) {
  v.joint_target({"joint", "\"carry\""}, s.group);
  fields(v, s.hold, "0");
}
template <class Visitor>
void fields(Visitor& v, VolBudgetScale& s) {
  v.instrument({"instrument", "\"BTC-USDT\""}, s.instrument);
  v.number({"budget", "10000"}, s.budget, Domain::positive);
  fields(v, s.hold, "0");
}
template <class Visitor>
void fields(Visitor& v, RegimeLevel& s) {
  v.number({"above", "0.05"}, s.above, Domain::not_negative);
  v.number({"scale"}, s.scale, Domain::not_negative);
  v.number({"band_scale"}, s.band_scale, Domain::not_negative);
}
template <class Visitor>
void fields(Visitor& v, RegimeScale& s) {
  v.instrument({"instrument", "\"BTC-USDT\""}, s.instrument);
  v.tables({"levels", "[{ above = 0 }, { above = 0.05, scale = 0.5 }]"}, s.levels);
  v.number({"hysteresis"}, s.hysteresis, Domain::below_one);
  fields(v, s.hold, "0.1");
}
template <class Visitor>
void fields(Visitor& v, VolBand& s) {
  v.instrument({"instrument", "\"BTC-USDT\""}, s.instrument);
  v.number({"reference", "0.03"}, s.reference, Domain::positive);
  v.number({"least"}, s.least, Domain::not_negative);
  v.number({"most"}, s.most, Domain::positive);
  fields(v, s.hold, "0.1");
}
template <class Visitor>
void fields(Visitor& v, NoTradeBandStage& s) {
  v.instrument({"instrument", "\"BTC-USDT\""}, s.instrument);
  v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);
  v.duration({"half_life"}, s.half_life, Domain::positive);
  v.number({"least"}, s.least, Domain::not_negative);
  v.number({"most"}, s.most, Domain::not_negative);
  fields(v, s.hold, "1");
}
template <class Visitor>
void fields(Visitor& v, WhalleyWilmottBand& s) {
  v.instrument({"instrument", "\"BTC-USDT\""}, s.instrument);
  v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);
  v.number({"position_gamma", "0.002"}, s.position_gamma, Domain::any);
  fields(v, s.hold, "1");
}
template <class Visitor>
void fields(Visitor& v, LiquidityCap& s) {
  v.instrument({"instrument", "\"BTC-USDT\""}, s.instrument);
  v.duration({"horizon", "\"10m\""}, s.horizon, Domain::positive);
  v.number({"participation", "0.1"}, s.participation, Domain::share_above_zero);
  fields(v, s.hold, "1");
}
template <class Visitor>
void fields(Visitor& v, AimSmoothing& s) {
  v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);
  v.number({"lambda", "1e-5"}, s.lambda, Domain::positive);
  v.number({"discount"}, s.discount, Domain::below_one);
  v.duration({"period"}, s.period, Domain::positive);
}
template <class Visitor>
void fields(Visitor& v, JointMember& s) {
  v.factor({"factor", "\"delta:BTC\""}, s.factor);
  v.instrument({"instrument", "\"BTC-PERP\""}, s.instrument);
}
template <class Visitor>
void fields(Visitor& v, JointTargetConfig& s) {
  v.name({"name", "\"carry\""}, s.name);
  v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);
  v.duration({"horizon", "\"8h\""}, s.horizon, Domain::positive);
  v.tables({"members", "[{ factor = \"delta:BTC\", instrument = \"BTC-PERP\" }]"}, s.members);
}

// ---- the market

template <class Visitor>
void fields(Visitor& v, TradingTerms& s) {
  v.decimal({"tick"}, s.tick, Domain::not_negative);
  v.decimal({"lot"}, s.lot, Domain::not_negative);
  v.decimal({"min_qty"}, s.min_qty, Domain::not_negative);
  v.decimal({"min_notional"}, s.min_notional, Domain::not_negative);
  v.decimal({"maker_fee"}, s.maker_fee, Domain::fraction);
  v.decimal({"taker_fee"}, s.taker_fee, Domain::fraction);
  v.optional_decimal({"fee_cap"}, s.fee_cap, Domain::share);
}
template <class Visitor>
void fields(Visitor& v, LearningConfig& s) {
  v.duration({"grid"}, s.grid, Domain::positive);
  v.duration({"volatility_half_life"}, s.volatility_half_life, Domain::positive);
  v.duration({"covariance_half_life"}, s.covariance_half_life, Domain::positive);
  v.duration({"liquidity_half_life"}, s.liquidity_half_life, Domain::positive);
  v.duration({"intensity_half_life"}, s.intensity_half_life, Domain::positive);
  v.duration({"funding_half_life"}, s.funding_half_life, Domain::positive);
  v.number({"shrinkage"}, s.shrinkage, Domain::share);
  v.number({"depth_distance"}, s.depth_distance, Domain::share_above_zero);
  v.count({"min_observations"}, s.min_observations, Domain::positive);
  v.duration({"max_age"}, s.max_age, Domain::positive);
}

template <class Visitor>
void fields(Visitor& v, OptionsConfig& s) {
  v.duration({"explain_every"}, s.explain_every, Domain::positive);
}

// ---- control

template <class Visitor>
void fields(Visitor& v, ControlConfig& s) {
  v.factor({"factor", "\"delta:BTC\""}, s.factor);
  v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);
  v.duration({"recover_within", "\"5m\""}, s.recover_within, Domain::positive);
  v.duration({"interval"}, s.interval, Domain::positive);
  v.duration({"horizon"}, s.horizon, Domain::positive);
  v.choice({"aim"}, s.aim, hedge_stop_names);
  v.number({"unit_risk"}, s.unit_risk, Domain::not_negative);
  v.choice({"skew"}, s.skew, mode_names);
  v.choice({"hedge"}, s.hedge, mode_names);
  v.choice({"transfer"}, s.transfer, mode_names);
  v.duration({"approve_within"}, s.approve_within, Domain::positive);
  v.count({"failures"}, s.failures, Domain::positive);
  v.duration({"failures_within"}, s.failures_within, Domain::positive);
}
template <class Visitor>
void fields(Visitor& v, Aversion& s) {
  v.number({"gamma"}, s.gamma, Domain::positive);
  v.duration({"half_life"}, s.half_life, Domain::positive);
  v.one_of("gamma", "half_life");
}
template <class Visitor>
void fields(Visitor& v, LinearSkew& s) {
  v.number({"half_spread", "0.0005"}, s.half_spread, Domain::positive);
  v.number({"price_skew", "1"}, s.price_skew, Domain::not_negative);
  v.number({"size_skew"}, s.size_skew, Domain::share);
}
template <class Visitor>
void fields(Visitor& v, AvellanedaStoikovSkew& s) {
  fields(v, s.aversion);
  v.duration({"horizon", "\"1h\""}, s.horizon, Domain::positive);
}
template <class Visitor>
void fields(Visitor& v, GlftSkew& s) {
  fields(v, s.aversion);
  v.choice({"method"}, s.method, glft_method_names);
}
template <class Visitor>
void fields(Visitor& v, MultiAssetSkew& s) {
  v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);
}
template <class Visitor>
void fields(Visitor& v, OptionVegaSkew& s) {
  v.number({"gamma", "1e-6"}, s.gamma, Domain::positive);
  v.number({"vol_of_vol", "0.8"}, s.vol_of_vol, Domain::positive);
  v.number({"fills_a_day", "20"}, s.fills_a_day, Domain::positive);
  v.number({"vol_depth", "0.01"}, s.vol_depth, Domain::positive);
}
template <class Visitor>
void fields(Visitor& v, QuoteConfig& s) {
  v.instrument({"instrument", "\"BTC-USDT\""}, s.instrument);
  v.account({"account", "\"binance/main\""}, s.place);
  v.book({"book", "\"mm\""}, s.book);
  v.factor({"factor", "\"delta:BTC\""}, s.factor);
  v.model({"skew", "{ model = \"glft\", half_life = \"10m\" }"}, s.model, skew_model_names);
  v.decimal({"qty", "\"0.1\""}, s.qty, Domain::positive);
  v.number({"min_half_spread"}, s.min_half_spread, Domain::below_one);
  v.duration({"interval"}, s.interval, Domain::positive);
  v.count({"requote_ticks"}, s.requote_ticks, Domain::not_negative);
  v.flag({"post_only"}, s.post_only);
}
template <class Visitor>
void fields(Visitor& v, HedgeConfig& s) {
  v.instrument({"instrument", "\"BTC-PERP\""}, s.instrument);
  v.account({"account", "\"binance/main\""}, s.place);
  v.book({"book", "\"hedge\""}, s.book);
  v.decimal({"max_order", "\"10\""}, s.max_order, Domain::positive);
  v.range({"position"}, s.position);
  v.number({"margin"}, s.margin, Domain::share);
  v.number({"slippage"}, s.slippage, Domain::below_one);
}
template <class Visitor>
void fields(Visitor& v, MarginConfig& s) {
  v.account({"account", "\"deribit/main\""}, s.place);
  v.asset({"currency", "\"BTC\""}, s.currency);
  v.choice({"kind"}, s.kind, margin_kind_names);
  v.duration({"max_age"}, s.max_age, Domain::positive);
  v.number({"future_initial"}, s.future_initial, Domain::not_negative);
  v.number({"future_maintenance"}, s.future_maintenance, Domain::not_negative);
  v.number({"future_per_coin"}, s.future_per_coin, Domain::not_negative);
  v.number({"option_initial"}, s.option_initial, Domain::not_negative);
  v.number({"option_initial_min"}, s.option_initial_min, Domain::not_negative);
  v.number({"option_maintenance"}, s.option_maintenance, Domain::not_negative);
  v.number({"price_range"}, s.price_range, Domain::share_above_zero);
  v.number({"volatility_up"}, s.volatility_up, Domain::not_negative);
  v.number({"volatility_down"}, s.volatility_down, Domain::not_negative);
  v.optional_number({"roll_risk"}, s.roll_risk, Domain::not_negative);
  v.number({"maintenance_share"}, s.maintenance_share, Domain::positive);
}
template <class Visitor>
void fields(Visitor& v, ChannelConfig& s) {
  v.name({"name", "\"lightning-1\""}, s.name);
  v.asset({"asset", "\"BTC\""}, s.asset);
  v.account({"ours", "\"node/main\""}, s.ours);
  v.account({"theirs", "\"peer/main\""}, s.theirs);
  v.decimal({"capacity", "\"2\""}, s.capacity, Domain::positive);
  v.decimal({"balance"}, s.balance, Domain::not_negative);
}
template <class Visitor>
void fields(Visitor& v, RouteConfig& s) {
  v.name({"name", "\"binance-to-okx\""}, s.name);
  v.asset({"asset", "\"USDT\""}, s.asset);
  v.account({"from", "\"binance/main\""}, s.from);
  v.account({"to", "\"okx/main\""}, s.to);
  v.decimal({"fee"}, s.fee, Domain::not_negative);
  v.number({"fee_rate"}, s.fee_rate, Domain::share);
  v.duration({"delay"}, s.delay, Domain::not_negative);
  v.decimal({"least"}, s.least, Domain::not_negative);
  v.optional_decimal({"most"}, s.most, Domain::positive);
  v.optional_decimal({"daily"}, s.daily, Domain::positive);
  v.channel({"channel"}, s.channel);
}
template <class Visitor>
void fields(Visitor& v, RailsConfig& s) {
  v.optional_number({"order_notional"}, s.order_notional, Domain::positive);
  v.optional_number({"daily_notional"}, s.daily_notional, Domain::positive);
  v.optional_number({"price_collar"}, s.price_collar, Domain::share_above_zero);
  v.optional_count({"messages"}, s.messages, Domain::positive);
  v.optional_number({"position_notional"}, s.position_notional, Domain::positive);
  v.duration({"stale_after"}, s.stale_after, Domain::positive);
}

}  // namespace ballast::schema
