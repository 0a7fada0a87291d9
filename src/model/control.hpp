// How a desk is brought back to its targets, as configured: what may be traded, quoted and moved,
// on whose word, and what must never happen. Plain values; docs/control.md tells what they mean.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

/// On whose word an action is carried out.
enum class Mode : std::uint8_t { off, advise, approve, automatic };
inline constexpr std::array<std::string_view, 4> mode_names{"off", "advise", "approve", "auto"};
constexpr std::string_view to_string(Mode mode) {
  return mode_names[static_cast<std::size_t>(mode)];
}

/// Where a hedge or a transfer stops.
enum class HedgeStop : std::uint8_t { near_edge, target };
inline constexpr std::array<std::string_view, 2> hedge_stop_names{"near_edge", "target"};

/// One factor that is brought back when it leaves its band.
struct ControlConfig {
  FactorId factor;
  double gamma = 0.0;                        // absolute risk aversion, 1 / reporting currency, > 0
  Duration recover_within{};                 // a way back that takes longer is no way back, > 0
  Duration interval = Duration::seconds(1);  // at most one look in this long, > 0
  Duration horizon = Duration::hours(8);     // over which funding of a hedge counts, > 0
  HedgeStop aim = HedgeStop::near_edge;
  double unit_risk = 0.0;  // gamma, vega, theta: standard deviation of the profit of one unit in a
                           // day, reporting currency, >= 0
  Mode skew = Mode::off;
  Mode hedge = Mode::advise;
  Mode transfer = Mode::advise;
  Duration approve_within = Duration::minutes(1);  // > 0
  std::uint32_t failures = 3;                      // that trip the breaker, > 0
  Duration failures_within = Duration::hours(1);   // > 0
  friend bool operator==(const ControlConfig&, const ControlConfig&) = default;
};

// ---- quotes: one struct each, one word in SkewModel

/// Both the prices and the sizes lean against the deviation, in proportion to it.
struct LinearSkew {
  double half_spread = 0.0;  // of the mid, > 0
  double price_skew = 0.0;   // half spreads that the middle moves at the band's edge, >= 0
  double size_skew = 0.0;    // share of the size that moves across at the band's edge, 0 to 1
  friend bool operator==(const LinearSkew&, const LinearSkew&) = default;
};
/// Risk aversion: given, or as the half-life of an inventory that the quotes should bring about.
struct Aversion {
  double gamma = 0.0;    // 1 / reporting currency; 0: from the half-life
  Duration half_life{};  // 0: gamma is given
  friend bool operator==(const Aversion&, const Aversion&) = default;
};
struct AvellanedaStoikovSkew {
  Aversion aversion;
  Duration horizon{};  // T - t, rolling, > 0
  friend bool operator==(const AvellanedaStoikovSkew&, const AvellanedaStoikovSkew&) = default;
};
enum class GlftMethod : std::uint8_t { closed_form, stationary };
inline constexpr std::array<std::string_view, 2> glft_method_names{"closed_form", "stationary"};
struct GlftSkew {
  Aversion aversion;
  GlftMethod method = GlftMethod::closed_form;
  friend bool operator==(const GlftSkew&, const GlftSkew&) = default;
};
/// All quotes with this model together: the skew of each is (Gamma q)_i.
struct MultiAssetSkew {
  double gamma = 0.0;  // 1 / reporting currency, > 0
  friend bool operator==(const MultiAssetSkew&, const MultiAssetSkew&) = default;
};
/// An option among those that are quoted against one vega factor: all lean by the same volatility.
struct OptionVegaSkew {
  double gamma = 0.0;        // 1 / reporting currency, > 0
  double vol_of_vol = 0.0;   // standard deviation of volatility in a root of a year, 1.00, > 0
  double fills_a_day = 0.0;  // of a side at depth 0, > 0
  double vol_depth = 0.0;    // depth, as volatility of 1.00, at which there are e times fewer, > 0
  friend bool operator==(const OptionVegaSkew&, const OptionVegaSkew&) = default;
};
using SkewModel =
    std::variant<LinearSkew, AvellanedaStoikovSkew, GlftSkew, MultiAssetSkew, OptionVegaSkew>;
inline constexpr std::array<std::string_view, 5> skew_model_names{
    "linear", "avellaneda_stoikov", "glft", "multi_asset", "option_vega"};
static_assert(std::variant_size_v<SkewModel> == skew_model_names.size());

/// A two-sided quote that is kept in an instrument.
struct QuoteConfig {
  InstrumentId instrument;
  Place place;
  BookName book;
  FactorId factor;  // whose deviation leans it
  SkewModel model;
  Quantity qty;                              // a side, > 0
  double min_half_spread = 0.0;              // of the mid, [0, 1): a narrower quote is widened
  Duration interval = Duration::seconds(1);  // at most one change in this long, > 0
  std::uint32_t requote_ticks = 1;           // a move of fewer ticks changes nothing
  bool post_only = true;                     // never through the other side's best
  friend bool operator==(const QuoteConfig&, const QuoteConfig&) = default;
};

/// An instrument that hedges may trade.
struct HedgeConfig {
  InstrumentId instrument;
  Place place;
  BookName book;
  Quantity max_order;             // a single order, > 0
  std::optional<Range> position;  // the position may not leave it by a hedge
  double margin = 0.0;            // of a derivative's notional, tied up by holding it, 0 to 1;
                                  // of an option's, the value of the coins that it is on
  double slippage = 0.0002;  // how far past the best price an order may trade, relative, [0, 1)
  friend bool operator==(const HedgeConfig&, const HedgeConfig&) = default;
};

/// How a venue margins an account.
enum class MarginKind : std::uint8_t {
  standard,   // Deribit's: each position by itself
  portfolio,  // Deribit's: the worst of scenarios for all positions on a coin
};
inline constexpr std::array<std::string_view, 2> margin_kind_names{"standard", "portfolio"};

/// An account's margin in one currency: of all positions that are settled in it. Parameters as in
/// quant/margin; their defaults are those of BTC.
struct MarginConfig {
  Place place;
  AssetId currency;
  MarginKind kind = MarginKind::standard;
  Duration max_age{};  // of what it is worked out from; 0: nothing ages
  // standard
  double future_initial = 0.02;       // of the position, >= 0
  double future_maintenance = 0.01;   // >= 0
  double future_per_coin = 0.00005;   // more of both for each coin, >= 0
  double option_initial = 0.15;       // of the coin, >= 0
  double option_initial_min = 0.10;   // >= 0
  double option_maintenance = 0.075;  // >= 0
  // portfolio
  double price_range = 0.16;        // of the price, (0, 1)
  double volatility_up = 0.5;       // share of the volatility, >= 0
  double volatility_down = 0.25;    // >= 0
  std::optional<double> roll_risk;  // per year, >= 0; absent: Deribit's of the settlement
  double maintenance_share = 0.8;   // of the risk matrix, > 0
  friend bool operator==(const MarginConfig&, const MarginConfig&) = default;
};

/// A way for an asset from one account to another.
struct RouteConfig {
  std::string name;
  AssetId asset;
  Place from;
  Place to;
  Amount fee;                   // of one transfer, in the asset, >= 0
  double fee_rate = 0.0;        // of what is moved, 0 to 1
  Duration delay{};             // until it has arrived
  Amount least;                 // smaller amounts are not moved, >= 0
  std::optional<Amount> most;   // of one transfer
  std::optional<Amount> daily;  // in any 24 hours
  ChannelId channel;            // it shifts this channel's balance; invalid: none
  friend bool operator==(const RouteConfig&, const RouteConfig&) = default;
};

/// A channel with limited capacity in each direction: what one side gains the other loses.
struct ChannelConfig {
  std::string name;
  AssetId asset;
  Place ours;  // the account whose side is counted
  Place theirs;
  Amount capacity;  // of both sides together, > 0
  Amount balance;   // on our side at the start
  friend bool operator==(const ChannelConfig&, const ChannelConfig&) = default;
};

// ---- guard rails

/// What must never happen, whatever control thinks. Money in the reporting currency, the notional
/// of an option being the value of the coins that it is on; what is absent is not watched (`check`
/// says so), but for stale data and self-trades, which always are.
struct RailsConfig {
  std::optional<double> order_notional;          // of one order, > 0
  std::optional<double> daily_notional;          // of all orders of a UTC day, > 0
  std::optional<double> price_collar;            // relative distance from the mark, in (0, 1)
  std::optional<std::uint32_t> messages;         // orders and quotes in any second, > 0
  std::optional<double> position_notional;       // of a position after the fill, > 0
  Duration stale_after = Duration::seconds(10);  // of a top or mark that an order rests on, > 0
  friend bool operator==(const RailsConfig&, const RailsConfig&) = default;
};

}  // namespace ballast
